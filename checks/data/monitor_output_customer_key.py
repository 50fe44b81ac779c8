"""What monitoring jobs write is encrypted with a key the customer manages."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    Monitor,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(monitor: Monitor) -> Verdict:
    if not monitor.customer_key.value:
        return Fail(f"the output of {monitor.name} is encrypted with the provider's key")
    return Pass(f"the output of {monitor.name} is encrypted with a key the customer manages")


CHECK = Check(
    id="monitor_output_customer_key",
    title="Output of monitoring jobs uses a customer-managed key",
    why=(
        "Reports of a monitor carry statistics, and often samples, of what people sent to a model. "
        "They belong under a key that the organization can withdraw."
    ),
    severity=Severity.LOW,
    resource=Monitor,
    needs=("customer_key",),
    practice="DATA-2.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Create the job definition again with KmsKeyId in its output configuration, and point the "
                "schedule to it.",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/encryption-at-rest.html",
                charges=("aws-kms-key",),
            ),
        ),
        AZURE: NotBuilt(
            "Azure Machine Learning model monitors write to the workspace's storage, which has the key; "
            "this version does not read monitors."
        ),
        GCP: NotBuilt(
            "Vertex AI Model Monitoring writes to a bucket and to BigQuery, which have the keys; this "
            "version does not read its monitors."
        ),
    },
    examples=Examples(
        passes={"customer_key": True},
        fails={"customer_key": False},
    ),
)
