"""Notebook disks are encrypted with a key the customer manages."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    NoCounterpart,
    Notebook,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(notebook: Notebook) -> Verdict:
    if not notebook.customer_key.value:
        return Fail(f"{notebook.name} has disks encrypted with the provider's key")
    return Pass(f"{notebook.name} has disks encrypted with a key the customer manages")


CHECK = Check(
    id="notebook_customer_key",
    title="Notebooks use a customer-managed key",
    why=(
        "Extracts of training data and half-finished models pile up on the disks of notebooks. With a provider's "
        "key the organization cannot withdraw access to them."
    ),
    severity=Severity.MEDIUM,
    resource=Notebook,
    needs=("customer_key",),
    practice="DATA-2.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "The key is fixed at creation. Create the notebook instance again (NEW_NOTEBOOK) with a "
                "customer-managed key, and move the files.",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/encryption-at-rest.html",
                command=(
                    "aws sagemaker create-notebook-instance --notebook-instance-name NEW_NOTEBOOK --instance-type "
                    "TYPE --role-arn ROLE_ARN --kms-key-id KEY_ARN --region {location}"
                ),
                charges=("aws-kms-key",),
            ),
            same_as=("Security Hub SageMaker.21",),
        ),
        AZURE: NoCounterpart(
            "Disks of compute instances and compute clusters are encrypted with Microsoft's keys, and no other key "
            "can be set for them. What a workspace keeps under its own key is judged by ai_service_customer_key.",
            "https://learn.microsoft.com/azure/machine-learning/concept-data-encryption",
        ),
        GCP: Supported(
            Remediation(
                "The key is fixed at creation. Create the instance again with a Cloud KMS key of its region on the "
                "boot disk and the data disk (diskEncryption CMEK and kmsKey), and move the files.",
                "https://cloud.google.com/vertex-ai/docs/workbench/instances/cmek",
                charges=("gcp-key",),
            )
        ),
    },
    examples=Examples(passes={"customer_key": True}, fails={"customer_key": False}),
)
