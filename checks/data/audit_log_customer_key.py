"""Files of audit logs are encrypted with a key the customer manages."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    AuditLog,
    Check,
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


def evaluate(audit: AuditLog) -> Verdict:
    if not audit.active.value:
        return NotApplicable(f"{audit.name} delivers nothing now")
    if not audit.customer_key.value:
        return Fail(f"Files of {audit.name} are encrypted with no key that the customer manages")
    return Pass(f"Files of {audit.name} are encrypted with a key the customer manages")


CHECK = Check(
    id="audit_log_customer_key",
    title="Audit log files use a customer-managed key",
    why=(
        "Reading the audit trail shows an intruder what is watched. A key of its own separates who may "
        "read the bucket from who may read the log."
    ),
    severity=Severity.LOW,
    resource=AuditLog,
    needs=("active", "customer_key"),
    practice="DATA-3.4",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Set a customer-managed KMS key on the trail, with a key policy that lets CloudTrail encrypt and "
                "only auditors decrypt.",
                "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/encrypting-cloudtrail-log-files-"
                "with-aws-kms.html",
                command="aws cloudtrail update-trail --name {name} --kms-key-id KEY_ARN --region {location}",
                charges=("aws-kms-key",),
            ),
            same_as=("Security Hub CloudTrail.2",),
        ),
        AZURE: NotBuilt(
            "Azure's counterpart is the key of the storage account or workspace that the activity log goes to; "
            "the destination's key is not followed yet."
        ),
        GCP: NotBuilt(
            "Google Cloud's counterpart is the Cloud KMS key of the log bucket or storage bucket behind a sink; "
            "the destination's key is not followed yet."
        ),
    },
    examples=Examples(
        passes={"active": True, "customer_key": True},
        fails={"active": True, "customer_key": False},
        not_applicable={"active": False},
    ),
)
