"""Custom models and indexes of AI services are encrypted with a key the customer manages."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    AiAsset,
    Check,
    Examples,
    Fail,
    NotApplicable,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(asset: AiAsset) -> Verdict:
    if not asset.keyable.value:
        return NotApplicable(f"{asset.name} is of a kind for which the service lets nobody choose a key")
    if not asset.customer_key.value:
        return Fail(f"{asset.name} is encrypted with a key of the provider")
    return Pass(f"{asset.name} is encrypted with a key the customer manages")


CHECK = Check(
    id="ai_asset_customer_key",
    title="Custom models and indexes of AI services use your key",
    why=(
        "A custom classifier, a search index or a set of recommendations is made of your documents and records. "
        "With a key of your own you can withdraw the service's access to them."
    ),
    severity=Severity.MEDIUM,
    resource=AiAsset,
    needs=("keyable", "customer_key"),
    practice="DATA-2.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "The key is fixed at creation. Train or create it again with a customer-managed KMS key: "
                "ModelKmsKeyId in Comprehend, KmsKeyId in Rekognition and Textract, the server-side encryption "
                "configuration in Kendra, the encryption configuration in Q Business, kmsKeyArn in Personalize.",
                "https://docs.aws.amazon.com/comprehend/latest/dg/kms-in-comprehend.html",
                charges=("aws-kms-key",),
            ),
        ),
        AZURE: NotBuilt(
            "The counterpart is custom models of Azure AI Language, Vision and Document Intelligence and "
            "indexes of Azure AI Search. They take the key of their account, which ai_service_customer_key "
            "judges; indexes are not listed."
        ),
        GCP: NotBuilt(
            "The counterpart is processors of Document AI and data stores of Vertex AI Search. This version "
            "does not list them."
        ),
    },
    examples=Examples(
        passes={"keyable": True, "customer_key": True},
        fails={"keyable": True, "customer_key": False},
        not_applicable={"keyable": False},
    ),
)
