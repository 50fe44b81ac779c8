"""Captured requests are encrypted with a key the customer manages."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Endpoint,
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


def evaluate(endpoint: Endpoint) -> Verdict:
    if not endpoint.captures.value:
        return NotApplicable(f"{endpoint.name} captures nothing to storage")
    if not endpoint.capture_customer_key.value:
        return Fail(f"what {endpoint.name} captures is encrypted with the provider's key")
    return Pass(f"what {endpoint.name} captures is encrypted with a key the customer manages")


CHECK = Check(
    id="endpoint_capture_customer_key",
    title="Captured requests use a customer-managed key",
    why=(
        "Captured requests and answers are the raw data of real people. Whoever reads the bucket "
        "reads all of them unless a key of the organization stands between."
    ),
    severity=Severity.MEDIUM,
    resource=Endpoint,
    needs=("captures", "capture_customer_key"),
    practice="DATA-2.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Create an endpoint configuration whose DataCaptureConfig names a customer-managed key in "
                "KmsKeyId (NEW_CONFIG), or make such a key the default of the bucket, and update the "
                "endpoint.",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html",
                command=(
                    "aws sagemaker update-endpoint --endpoint-name {name} --endpoint-config-name NEW_CONFIG "
                    "--region {location}"
                ),
                charges=("aws-kms-key",),
            )
        ),
        AZURE: NotBuilt(
            "Data collection of an online deployment goes to the workspace's storage account; that the "
            "data lies there is not followed in this version."
        ),
        GCP: NotBuilt("Request-response logging goes to a BigQuery table, whose key this version does not read."),
    },
    examples=Examples(
        passes={"captures": True, "capture_customer_key": True},
        fails={"captures": True, "capture_customer_key": False},
        not_applicable={"captures": False},
    ),
)
