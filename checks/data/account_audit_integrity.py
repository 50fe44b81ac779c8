"""The audit log carries proof that its files are unaltered."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    AccountSettings,
    Check,
    Examples,
    Fail,
    NoCounterpart,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(account: AccountSettings) -> Verdict:
    if not account.audit_integrity.value:
        return Fail(f"{account.name} has no complete audit log with file validation")
    return Pass(f"{account.name} has a complete audit log with file validation")


CHECK = Check(
    id="account_audit_integrity",
    title="Audit log files are validated",
    why="An intruder's second step is to alter the record of the first. Signed digests make the alteration visible.",
    severity=Severity.MEDIUM,
    resource=AccountSettings,
    needs=("audit_integrity",),
    practice="DATA-3.4",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Turn on log file validation on the trail (CloudTrail > Trails > the trail > General details).",
                "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-intro.html",
                command="aws cloudtrail update-trail --name TRAIL --enable-log-file-validation",
            )
        ),
        AZURE: NoCounterpart(
            "Azure offers no digests for exported activity logs. The log in the platform is written by "
            "the system and cannot be changed or deleted; whether the exported copy can be is judged by "
            "account_audit_immutable.",
            "https://learn.microsoft.com/azure/azure-monitor/platform/activity-log",
        ),
        GCP: NoCounterpart(
            "Google Cloud offers no digests for exported audit logs. Admin Activity logs are always "
            "written and cannot be switched off; whether the kept copy can be altered is judged by "
            "account_audit_immutable.",
            "https://cloud.google.com/logging/docs/audit",
        ),
    },
    examples=Examples(passes={"audit_integrity": True}, fails={"audit_integrity": False}),
)
