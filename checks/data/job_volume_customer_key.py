"""Volumes of jobs are encrypted with a key the customer manages."""

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
    if not job.volume_keyable.value:
        return NotApplicable(f"{job.name} has no volumes that take a key")
    if not job.volume_customer_key.value:
        return Fail(f"the volumes of {job.name} are encrypted with the provider's key")
    return Pass(f"the volumes of {job.name} are encrypted with a key the customer manages")


CHECK = Check(
    id="job_volume_customer_key",
    title="Volumes of jobs use a customer-managed key",
    why=(
        "The volumes of a job hold the training set and what is made of it. With a provider's key the "
        "organization cannot withdraw access to them or see their use."
    ),
    severity=Severity.MEDIUM,
    resource=Job,
    needs=(
        "volume_keyable",
        "volume_customer_key",
    ),
    practice="DATA-2.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Name a customer-managed key for volumes (VolumeKmsKeyId; KmsKey of a shadow test) where "
                "the job is created. Instance types with local NVMe storage refuse one and encrypt "
                "themselves.",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/encryption-at-rest.html",
                charges=("aws-kms-key",),
            ),
            same_as=("Security Hub SageMaker.23",),
        ),
        AZURE: NotBuilt(
            "The disks of the compute that an Azure Machine Learning job runs on follow the key of its "
            "workspace. This version does not list the jobs of workspaces."
        ),
        GCP: NotBuilt(
            "A Vertex AI custom job states the key for its disks in encryptionSpec; this version does not "
            "list custom jobs."
        ),
    },
    examples=Examples(
        passes={"volume_keyable": True, "volume_customer_key": True},
        fails={"volume_keyable": True, "volume_customer_key": False},
        not_applicable={"volume_keyable": False},
    ),
)
