"""Jobs that run containers stand in a network of the customer's."""

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
    inside = job.in_customer_network.value
    if inside is None:
        return NotApplicable(f"{job.name} runs no containers of its own that a network could hold")
    if not inside:
        return Fail(f"{job.name} ran in the provider's network")
    return Pass(f"{job.name} ran in a network of the customer's")


CHECK = Check(
    id="job_in_customer_network",
    title="Jobs run in the customer's network",
    why=(
        "A job in the provider's network sends training data around the organization's routes, "
        "filters and flow logs. Nobody there can limit or see whom its code talks to."
    ),
    severity=Severity.MEDIUM,
    resource=Job,
    needs=("in_customer_network",),
    practice="NET-2.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "A job cannot be moved. Name subnets and security groups (VpcConfig) where the job is "
                "created: in the pipeline, the estimator or the Bedrock console.",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/train-vpc.html",
            ),
        ),
        AZURE: NotBuilt(
            "An Azure Machine Learning job states the compute and so the virtual network that it runs in; "
            "this version does not list the jobs of workspaces."
        ),
        GCP: NotBuilt(
            "A Vertex AI custom job states the network that it is peered with; this version does not list custom jobs."
        ),
    },
    examples=Examples(
        passes={"in_customer_network": True},
        fails={"in_customer_network": False},
        not_applicable={"in_customer_network": None},
    ),
)
