"""The newest version of a registered model is encrypted with a key the customer manages."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    ModelGroup,
    NotApplicable,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(group: ModelGroup) -> Verdict:
    if group.empty.value:
        return NotApplicable(f"{group.name} holds no version")
    if not group.customer_key.value:
        return Fail(f"the newest version of {group.name} is encrypted with the provider's key")
    return Pass(f"the newest version of {group.name} is encrypted with a key the customer manages")


CHECK = Check(
    id="model_group_customer_key",
    title="Registered models use a customer-managed key",
    why=(
        "A version's record holds metrics, paths and metadata of the model. A key the customer "
        "manages decides who reads them, and shows each reading."
    ),
    severity=Severity.LOW,
    resource=ModelGroup,
    needs=("empty", "customer_key"),
    practice="DATA-2.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "The key is fixed when a version is registered. Register the next version with a "
                "customer-managed key in SecurityConfig.KmsKeyId.",
                "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ModelPackageSecurityConfig.html",
                charges=("aws-kms-key",),
            )
        ),
        AZURE: NotBuilt(
            "A registry's storage takes a key on the registry; ai_service_customer_key judges workspaces, "
            "and registries are not listed in this version."
        ),
        GCP: NotBuilt(
            "A version in Vertex AI Model Registry is a model, whose key model_customer_key judges; "
            "groups of versions are not listed."
        ),
    },
    examples=Examples(
        passes={"empty": False, "customer_key": True},
        fails={"empty": False, "customer_key": False},
        not_applicable={"empty": True},
    ),
)
