"""Models with a copy of their own are encrypted with a key the customer manages."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    Model,
    NoCounterpart,
    NotApplicable,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(model: Model) -> Verdict:
    if model.encrypted_with_storage.value:
        return NotApplicable(f"{model.name} lies in storage, whose key is judged there")
    if not model.customer_key.value:
        return Fail(f"{model.name} is encrypted with the provider's key")
    return Pass(f"{model.name} is encrypted with a key the customer manages")


CHECK = Check(
    id="model_customer_key",
    title="Models use a customer-managed key",
    why=(
        "Weights are the most valuable copy of the training data. A key the customer manages makes each "
        "decryption a decision that can be seen and withdrawn."
    ),
    severity=Severity.MEDIUM,
    resource=Model,
    needs=("encrypted_with_storage", "customer_key"),
    practice="DATA-2.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "The key is fixed when the model is made. Run the customization or import job again with a "
                "customer-managed key (customModelKmsKeyId or importedModelKmsKeyId).",
                "https://docs.aws.amazon.com/bedrock/latest/userguide/encryption-custom-job.html",
                charges=("aws-kms-key",),
            )
        ),
        AZURE: NoCounterpart(
            "A registered model is a pointer to files in a storage account; storage_customer_key and "
            "ai_service_customer_key judge the keys of the account and of the workspace.",
            "https://learn.microsoft.com/azure/machine-learning/concept-customer-managed-keys",
        ),
        GCP: Supported(
            Remediation(
                "The key is fixed at upload. Upload the model again with encryptionSpec.kmsKeyName.",
                "https://cloud.google.com/vertex-ai/docs/general/cmek",
                charges=("gcp-key",),
            )
        ),
    },
    examples=Examples(
        passes={"encrypted_with_storage": False, "customer_key": True},
        fails={"encrypted_with_storage": False, "customer_key": False},
        not_applicable={"encrypted_with_storage": True},
    ),
)
