"""What jobs write is encrypted with a key the customer manages."""

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
    customer = job.output_customer_key.value
    if customer is None:
        return NotApplicable(f"{job.name} leaves no output in storage")
    if not customer:
        return Fail(f"the output of {job.name} is encrypted with the provider's key")
    return Pass(f"the output of {job.name} is encrypted with a key the customer manages")


CHECK = Check(
    id="job_output_customer_key",
    title="Output of jobs uses a customer-managed key",
    why=(
        "Jobs leave models, predictions and transformed records behind. These copies need the same "
        "key control as the data that they were made from."
    ),
    severity=Severity.MEDIUM,
    resource=Job,
    needs=("output_customer_key",),
    practice="DATA-2.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Name a customer-managed key for the output (KmsKeyId of the output configuration) where "
                "the job is created. For training, transform, compilation and labeling jobs the default "
                "key of the bucket does not count: without a name, SageMaker takes the provider's.",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/encryption-at-rest.html",
                charges=("aws-kms-key",),
            ),
            same_as=("Security Hub SageMaker.24",),
        ),
        AZURE: NotBuilt(
            "An Azure Machine Learning job states the datastore of its outputs, whose storage account has "
            "the key; this version does not list the jobs of workspaces."
        ),
        GCP: NotBuilt(
            "A Vertex AI custom job states the bucket of its outputs, which has the key; this version "
            "does not list custom jobs."
        ),
    },
    examples=Examples(
        passes={"output_customer_key": True},
        fails={"output_customer_key": False},
        not_applicable={"output_customer_key": None},
    ),
)
