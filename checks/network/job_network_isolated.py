"""The containers of jobs can make no network calls of their own."""

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
    isolated = job.network_isolated.value
    if isolated is None:
        return NotApplicable(f"{job.name} is of a kind that has no network isolation")
    if not isolated:
        return Fail(f"the containers of {job.name} could make network calls")
    return Pass(f"the containers of {job.name} could make no network calls")


CHECK = Check(
    id="job_network_isolated",
    title="Containers of jobs are cut off from the network",
    why=(
        "A poisoned package in a training container sends data and credentials out. With network "
        "isolation the platform moves data in and out, and the container reaches nothing."
    ),
    severity=Severity.MEDIUM,
    resource=Job,
    needs=("network_isolated",),
    practice="NET-3.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Set EnableNetworkIsolation where the job is created, and let channels bring in data and "
                "packages that the container fetched itself so far.",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/mkt-algo-model-internet-free.html",
            ),
        ),
        AZURE: NotBuilt(
            "An Azure Machine Learning job has no such setting; the managed network of its workspace "
            "isolates it. This version does not list the jobs of workspaces."
        ),
        GCP: NotBuilt(
            "A Vertex AI custom job has no such setting; a service perimeter around the project isolates "
            "it. This version does not list custom jobs."
        ),
    },
    examples=Examples(
        passes={"network_isolated": True},
        fails={"network_isolated": False},
        not_applicable={"network_isolated": None},
    ),
)
