"""An audit log receives every management event of the account."""

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
    if not account.control_plane_audit.value:
        return Fail(f"{account.name} has no active audit log that receives every management event")
    return Pass(f"{account.name} has an active audit log that receives every management event")


CHECK = Check(
    id="account_control_plane_audited",
    title="Management events are kept in an audit log",
    why="Without it nobody can say who created, changed or deleted a model, its data or its permissions.",
    severity=Severity.HIGH,
    resource=AccountSettings,
    needs=("control_plane_audit",),
    practice="DATA-1.3",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Create a trail for all regions with read and write management events, and start its logging "
                "(CloudTrail > Trails); an organization trail covers all accounts at once.",
                "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-create-and-update-a-trail.html",
                command=(
                    "aws cloudtrail create-trail --name TRAIL --s3-bucket-name LOG_BUCKET "
                    "--is-multi-region-trail --enable-log-file-validation"
                ),
                charges=("aws-cloudtrail-copy", "aws-s3-storage"),
            )
        ),
        AZURE: Supported(
            Remediation(
                "Export the activity log (Monitor > Activity log > Export Activity Logs) with the categories "
                "Administrative, Security, Policy and Alert (logs.json) to a storage account or Log Analytics "
                "workspace.",
                "https://learn.microsoft.com/azure/azure-monitor/platform/activity-log",
                command=(
                    "az monitor diagnostic-settings subscription create --name EXPORT --location LOCATION "
                    "--storage-account STORAGE_ACCOUNT_ID --logs @logs.json --subscription {account}"
                ),
                charges=("azure-logs", "azure-storage"),
            )
        ),
        GCP: Supported(
            Remediation(
                "Create a sink (Logging > Log router) that sends every log named cloudaudit.googleapis.com to "
                "a log bucket or Cloud Storage bucket, without exclusions.",
                "https://cloud.google.com/logging/docs/export/configure_export_v2",
                command=(
                    "gcloud logging sinks create SINK DESTINATION --log-filter=logName:cloudaudit.googleapis.com "
                    "--project={account}"
                ),
                charges=("gcp-logs", "gcp-storage"),
            )
        ),
    },
    examples=Examples(passes={"control_plane_audit": True}, fails={"control_plane_audit": False}),
)
