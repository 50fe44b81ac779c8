"""Stores of AI logs and of the audit trail are encrypted with a key the customer manages."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    LogStore,
    NotApplicable,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(store: LogStore) -> Verdict:
    if not store.holds_ai_logs.value:
        return NotApplicable(f"{store.name} is no known destination of AI logs or of the audit trail")
    if not store.customer_key.value:
        return Fail(f"{store.name} is encrypted with the provider's key")
    return Pass(f"{store.name} is encrypted with a key the customer manages")


CHECK = Check(
    id="log_store_customer_key",
    title="Stores of AI logs use a customer-managed key",
    why=(
        "Invocation logs hold prompts and answers word for word, often for longer than the application keeps them. "
        "With a provider's key the organization cannot withdraw access to them."
    ),
    severity=Severity.MEDIUM,
    resource=LogStore,
    needs=("holds_ai_logs", "customer_key"),
    practice="DATA-2.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Associate a customer-managed key of the region with the log group, after letting CloudWatch Logs "
                "use it in the key policy. Entries that are already there keep the key they were written with.",
                "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html",
                command=("aws logs associate-kms-key --log-group-name {name} --kms-key-id KEY_ARN --region {location}"),
                charges=("aws-kms-key",),
            )
        ),
        AZURE: Supported(
            Remediation(
                "Link the workspace to a dedicated cluster of its region (CLUSTER_ID) that has a key from Key Vault. "
                "A workspace outside a cluster takes no key, and a cluster has a minimum commitment.",
                "https://learn.microsoft.com/azure/azure-monitor/logs/customer-managed-keys",
                command=(
                    "az monitor log-analytics workspace linked-service create --name cluster --resource-group GROUP "
                    "--workspace-name {name} --write-access-resource-id CLUSTER_ID"
                ),
                charges=("azure-key", "azure-logs-cluster"),
            )
        ),
        GCP: Supported(
            Remediation(
                "The key is fixed at creation. Create a log bucket with a Cloud KMS key of its region (NEW_BUCKET), "
                "and let the _Default sink send the entries there. _Required has a key only if the default settings of "
                "the organization or folder named one before the project was made.",
                "https://cloud.google.com/logging/docs/routing/managed-encryption-storage",
                command=(
                    "gcloud logging buckets create NEW_BUCKET --location=REGION --cmek-kms-key-name=KEY_ID "
                    "--project={account}"
                ),
                charges=("gcp-key", "gcp-logs"),
            )
        ),
    },
    examples=Examples(
        passes={"holds_ai_logs": True, "customer_key": True},
        fails={"holds_ai_logs": True, "customer_key": False},
        not_applicable={"holds_ai_logs": False},
    ),
)
