"""Online stores of feature groups are encrypted with a key the customer manages."""

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
    if not group.online.value:
        return NotApplicable(f"{group.name} has no online store")
    if not group.online_customer_key.value:
        return Fail(f"{group.name} encrypts its online store with the provider's key")
    return Pass(f"{group.name} encrypts its online store with a key the customer manages")


CHECK = Check(
    id="feature_group_online_customer_key",
    title="Online feature stores use a customer-managed key",
    why=(
        "The online store holds the current value of every feature of every customer, ready to be read in "
        "milliseconds. A key of your own makes access to it a decision of yours."
    ),
    severity=Severity.MEDIUM,
    resource=FeatureGroup,
    needs=("online", "online_customer_key"),
    practice="DATA-2.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "The key is fixed at creation. Create the feature group again with a customer-managed key in "
                "the security configuration of its online store (KmsKeyId), and ingest the records anew.",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-security.html",
                charges=("aws-kms-key",),
            ),
            same_as=("Security Hub SageMaker.18",),
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
        passes={"online": True, "online_customer_key": True},
        fails={"online": True, "online_customer_key": False},
        not_applicable={"online": False},
    ),
)
