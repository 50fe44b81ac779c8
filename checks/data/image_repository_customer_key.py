"""Images that models run are encrypted with a key the customer manages."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    ImageRepository,
    NotApplicable,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(repository: ImageRepository) -> Verdict:
    if not repository.runs_ai.value:
        return NotApplicable(f"No model that was read runs an image of {repository.name}")
    if not repository.customer_key.value:
        return Fail(f"{repository.name}, which models run images of, is encrypted with the provider's key")
    return Pass(f"{repository.name}, which models run images of, is encrypted with a key the customer manages")


CHECK = Check(
    id="image_repository_customer_key",
    title="Image repositories of models use a customer-managed key",
    why=(
        "Images often carry the code of a model, and sometimes its weights. With its own key the "
        "organization can see each use of them and withdraw access."
    ),
    severity=Severity.LOW,
    resource=ImageRepository,
    needs=("runs_ai", "customer_key"),
    practice="DATA-2.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Create the repository again with KMS encryption and a customer-managed key, and push the images "
                "to it; the encryption of a repository cannot be changed.",
                "https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html",
                command=(
                    "aws ecr create-repository --repository-name NEW_NAME --encryption-configuration "
                    "encryptionType=KMS,kmsKey=KEY_ARN --region {location}"
                ),
                charges=("aws-kms-key",),
            ),
            same_as=("Security Hub ECR.5",),
        ),
        AZURE: NotBuilt(
            "Azure's counterpart is a customer-managed key of Azure Container Registry; this version does not "
            "list registries."
        ),
        GCP: NotBuilt(
            "Google Cloud's counterpart is a customer-managed key of Artifact Registry; this version does not "
            "list repositories."
        ),
    },
    examples=Examples(
        passes={"runs_ai": True, "customer_key": True},
        fails={"runs_ai": True, "customer_key": False},
        not_applicable={"runs_ai": False},
    ),
)
