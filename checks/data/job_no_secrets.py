"""Variables and hyperparameters of jobs hold no secrets."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    Job,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(job: Job) -> Verdict:
    found = job.secrets.value
    if found:
        return Fail(f"{job.name} carries what looks like secrets: {', '.join(found)}")
    return Pass(f"nothing in the variables and hyperparameters of {job.name} looks like a secret")


CHECK = Check(
    id="job_no_secrets",
    title="No secrets in variables or hyperparameters of jobs",
    why=(
        "Settings of a job are shown to everyone who may describe it, are kept with its history and "
        "get into logs. A password or token there is read by far more people than need it."
    ),
    severity=Severity.HIGH,
    resource=Job,
    needs=("secrets",),
    practice="DATA-2.4",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Revoke the secret, because the job's description stays. Keep the new one in AWS Secrets "
                "Manager, let the job's role read it, and pass only its name to the container.",
                "https://docs.aws.amazon.com/secretsmanager/latest/userguide/integrating-sagemaker.html",
                charges=("aws-secret",),
            ),
        ),
        AZURE: NotBuilt(
            "An Azure Machine Learning job states its environment variables; this version does not list "
            "the jobs of workspaces."
        ),
        GCP: NotBuilt(
            "A Vertex AI custom job states its environment variables and arguments; this version does not "
            "list custom jobs."
        ),
    },
    examples=Examples(
        passes={"secrets": ()},
        fails={"secrets": ("x",)},
    ),
)
