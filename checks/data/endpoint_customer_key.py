"""Endpoints store data encrypted with a key the customer manages."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Endpoint,
    Examples,
    Fail,
    NoCounterpart,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(endpoint: Endpoint) -> Verdict:
    if not endpoint.customer_key.value:
        return Fail(f"{endpoint.name} is encrypted with the provider's key")
    return Pass(f"{endpoint.name} is encrypted with a key the customer manages")


CHECK = Check(
    id="endpoint_customer_key",
    title="Endpoints use a customer-managed key",
    why=(
        "An endpoint keeps the model, and often requests, on its disks. With a provider's key the "
        "organization cannot withdraw access to them."
    ),
    severity=Severity.MEDIUM,
    resource=Endpoint,
    needs=("customer_key",),
    practice="DATA-2.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Create an endpoint configuration with KmsKeyId set to a customer-managed key (NEW_CONFIG), "
                "and update the endpoint to it. A Bedrock provisioned throughput has the key of its custom "
                "model.",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/encryption-at-rest.html",
                command=(
                    "aws sagemaker update-endpoint --endpoint-name {name} --endpoint-config-name NEW_CONFIG "
                    "--region {location}"
                ),
                charges=("aws-kms-key",),
            )
        ),
        AZURE: NoCounterpart(
            "An online or batch endpoint has no key setting of its own. What the service stores for it "
            "falls under the workspace's key, which ai_service_customer_key judges.",
            "https://learn.microsoft.com/azure/machine-learning/concept-customer-managed-keys",
        ),
        GCP: Supported(
            Remediation(
                "The key is fixed at creation. Create the endpoint again with encryptionSpec.kmsKeyName, and "
                "deploy the model there.",
                "https://cloud.google.com/vertex-ai/docs/general/cmek",
                command=(
                    "gcloud ai endpoints create --display-name=NEW_ENDPOINT --encryption-kms-key-name=KEY_ID "
                    "--region={location} --project={account}"
                ),
                charges=("gcp-key",),
            )
        ),
    },
    examples=Examples(passes={"customer_key": True}, fails={"customer_key": False}),
)
