"""Machines of a distributed job encrypt what they send each other."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    Job,
    NotApplicable,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(job: Job) -> Verdict:
    encrypted = job.traffic_encrypted.value
    if encrypted is None:
        return NotApplicable(f"{job.name} has no traffic between machines to encrypt")
    if not encrypted:
        return Fail(f"the machines of {job.name} talk to each other without encryption")
    return Pass(f"the machines of {job.name} encrypt what they send each other")


CHECK = Check(
    id="job_traffic_encrypted",
    title="Distributed jobs encrypt traffic between machines",
    why=(
        "Distributed training sends samples and gradients from machine to machine. Without encryption "
        "whoever can read that segment can read them."
    ),
    severity=Severity.MEDIUM,
    resource=Job,
    needs=("traffic_encrypted",),
    practice="NET-3.4",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Set EnableInterContainerTrafficEncryption where the job is created. Expect longer "
                "training, and open UDP 500 and protocol 50 between members of its security group.",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/train-encrypt.html",
            ),
        ),
        AZURE: NotBuilt(
            "The nodes of an Azure Machine Learning job talk over the network of their compute cluster. "
            "This version does not list the jobs of workspaces."
        ),
        GCP: NotBuilt(
            "The replicas of a Vertex AI custom job talk over the network of the provider or a peered "
            "one. This version does not list custom jobs."
        ),
    },
    examples=Examples(
        passes={"traffic_encrypted": True},
        fails={"traffic_encrypted": False},
        not_applicable={"traffic_encrypted": None},
    ),
)
