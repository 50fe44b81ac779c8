"""Offline stores of feature groups are encrypted with a key the customer manages."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    FeatureGroup,
    NotApplicable,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(group: FeatureGroup) -> Verdict:
    if not group.offline.value:
        return NotApplicable(f"{group.name} has no offline store")
    if not group.offline_customer_key.value:
        return Fail(f"{group.name} encrypts its offline store with the provider's key")
    return Pass(f"{group.name} encrypts its offline store with a key the customer manages")


CHECK = Check(
    id="feature_group_offline_customer_key",
    title="Offline feature stores use a customer-managed key",
    why=(
        "The offline store keeps every value a feature ever had, which is the training set of many models. Only "
        "a key of your own lets you decide who decrypts that history."
    ),
    severity=Severity.MEDIUM,
    resource=FeatureGroup,
    needs=("offline", "offline_customer_key"),
    practice="DATA-2.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "The key is fixed at creation. Create the feature group again with a customer-managed key in "
                "the S3 storage configuration of its offline store (KmsKeyId), and ingest the records anew.",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-security.html",
                charges=("aws-kms-key",),
            ),
            same_as=("Security Hub SageMaker.17",),
        ),
        AZURE: NotBuilt(
            "The counterpart is the stores behind a feature store of Azure Machine Learning. This version does "
            "not list feature stores."
        ),
        GCP: NotBuilt(
            "The counterpart is the key of a feature online store or of the BigQuery table behind a feature "
            "group. This version does not list feature stores."
        ),
    },
    examples=Examples(
        passes={"offline": True, "offline_customer_key": True},
        fails={"offline": True, "offline_customer_key": False},
        not_applicable={"offline": False},
    ),
)
