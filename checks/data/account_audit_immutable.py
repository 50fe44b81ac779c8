"""The audit log is stored where it cannot be deleted or changed before its time."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    AccountSettings,
    Check,
    Examples,
    Fail,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(account: AccountSettings) -> Verdict:
    if not account.audit_immutable.value:
        return Fail(f"{account.name} has no complete audit log in locked storage")
    return Pass(f"{account.name} has a complete audit log in locked storage")


CHECK = Check(
    id="account_audit_immutable",
    title="The audit log is immutable",
    why=(
        "Logs that an administrator can delete are gone after an intrusion by that administrator. A lock survives it."
    ),
    severity=Severity.MEDIUM,
    resource=AccountSettings,
    needs=("audit_immutable",),
    practice="DATA-3.4",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Turn on Object Lock in compliance mode with a default retention (lock.json) on the bucket "
                "that receives the trail.",
                "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-configure.html",
                command=(
                    "aws s3api put-object-lock-configuration --bucket LOG_BUCKET --object-lock-configuration "
                    "file://lock.json"
                ),
                charges=("aws-s3-storage",),
            )
        ),
        AZURE: Supported(
            Remediation(
                "Set a time-based retention policy on the container that receives the activity log "
                "(insights-activity-logs), and lock it.",
                "https://learn.microsoft.com/azure/storage/blobs/immutable-policy-configure-container-scope",
                command=(
                    "az storage container immutability-policy create --account-name LOG_ACCOUNT --container-name "
                    "insights-activity-logs --period 365"
                ),
                charges=("azure-storage",),
            )
        ),
        GCP: Supported(
            Remediation(
                "Set the retention of the log bucket (or of the Cloud Storage bucket) that receives the audit "
                "logs, and lock it. A lock cannot be undone.",
                "https://cloud.google.com/logging/docs/buckets",
                command=(
                    "gcloud logging buckets update LOG_BUCKET --location=LOCATION --retention-days=365 --locked "
                    "--project={account}"
                ),
                charges=("gcp-logs", "gcp-storage"),
            )
        ),
    },
    examples=Examples(passes={"audit_immutable": True}, fails={"audit_immutable": False}),
)
