"""AI accounts and workspaces are encrypted with a key the customer manages."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    AiService,
    Check,
    Examples,
    Fail,
    NoCounterpart,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(service: AiService) -> Verdict:
    if not service.customer_key.value:
        return Fail(f"{service.name} is encrypted with the provider's key")
    return Pass(f"{service.name} is encrypted with a key the customer manages")


CHECK = Check(
    id="ai_service_customer_key",
    title="AI accounts and workspaces use a customer-managed key",
    why=(
        "Fine-tuned models, uploaded files and stored conversations lie in the account. With a provider's "
        "key the organization cannot withdraw access to them."
    ),
    severity=Severity.MEDIUM,
    resource=AiService,
    needs=("customer_key",),
    practice="DATA-2.1",
    evaluate=evaluate,
    providers={
        AWS: NoCounterpart(
            "Amazon Bedrock and SageMaker as services have no key. It is set on each model and endpoint, "
            "which are judged one by one.",
            "https://docs.aws.amazon.com/bedrock/latest/userguide/data-encryption.html",
        ),
        AZURE: Supported(
            Remediation(
                "Set a key from Key Vault on the account (Resource Management > Encryption). A workspace "
                "takes one only when it is created.",
                "https://learn.microsoft.com/azure/ai-services/encryption/cognitive-services-encryption-keys-portal",
                command=(
                    "az resource update --ids {id} --set properties.encryption.keySource=Microsoft.KeyVault "
                    "properties.encryption.keyVaultProperties.keyVaultUri=VAULT_URI "
                    "properties.encryption.keyVaultProperties.keyName=KEY_NAME"
                ),
                charges=("azure-key",),
            )
        ),
        GCP: NoCounterpart(
            "Vertex AI in a project has no key. It is set on each model and endpoint (encryptionSpec), "
            "which are judged one by one.",
            "https://cloud.google.com/vertex-ai/docs/general/cmek",
        ),
    },
    examples=Examples(passes={"customer_key": True}, fails={"customer_key": False}),
)
