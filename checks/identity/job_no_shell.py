"""Nobody can open a shell in a job while it runs."""

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
    access = job.shell_access.value
    if access is None:
        return NotApplicable(f"{job.name} is of a kind that offers no shell")
    if access:
        return Fail(f"remote debugging is on in {job.name}: people can open a shell in it")
    return Pass(f"remote debugging is off in {job.name}")


CHECK = Check(
    id="job_no_shell",
    title="Jobs offer no remote shell",
    why=(
        "A shell into a running training container acts as the role of the job, with its data in "
        "reach. What is done there is in no code review."
    ),
    severity=Severity.MEDIUM,
    resource=Job,
    needs=("shell_access",),
    practice="ID-2.6",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Leave RemoteDebugConfig out where the job is created, or set EnableRemoteDebug to false. "
                "Deny sagemaker:CreateTrainingJob with sagemaker:EnableRemoteDebug to people who do not "
                "need it.",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/train-remote-debugging.html",
            ),
        ),
        AZURE: NotBuilt(
            "An Azure Machine Learning job states its interactive services, such as SSH and JupyterLab; "
            "this version does not list the jobs of workspaces."
        ),
        GCP: NotBuilt(
            "A Vertex AI custom job states whether the web console may open a shell in it "
            "(enableWebAccess); this version does not list custom jobs."
        ),
    },
    examples=Examples(
        passes={"shell_access": False},
        fails={"shell_access": True},
        not_applicable={"shell_access": None},
    ),
)
