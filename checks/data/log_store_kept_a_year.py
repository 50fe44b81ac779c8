"""Logs of prompts and answers are kept for at least a year."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    LogStore,
    NotApplicable,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)

A_YEAR = 365


def evaluate(store: LogStore) -> Verdict:
    if not store.holds_invocations.value:
        return NotApplicable(f"{store.name} is not where prompts and answers are logged")
    days = store.retention_days.value
    if days is not None and days < A_YEAR:
        return Fail(f"{store.name} deletes prompts and answers after {days} days")
    return Pass(f"{store.name} keeps prompts and answers " + ("for ever" if days is None else f"for {days} days"))


CHECK = Check(
    id="log_store_kept_a_year",
    title="Logs of prompts and answers are kept for a year",
    why=(
        "Abuse of a model is often noticed months later, and by then the log has to be there. A year is what "
        "PCI DSS 10.5.1 asks of audit records."
    ),
    severity=Severity.LOW,
    resource=LogStore,
    needs=("holds_invocations", "retention_days"),
    practice="DATA-2.5",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Set the retention of the log group to 365 days or more. Shorter periods are right where "
                "a law wants prompts of persons deleted sooner; write that down as an exemption.",
                "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html",
                command=(
                    "aws logs put-retention-policy --log-group-name {name} --retention-in-days 365 --region {location}"
                ),
                charges=("aws-logs-kept",),
            )
        ),
        AZURE: NotBuilt(
            "The counterpart is the retention of the tables that diagnostic settings write to; which "
            "workspace holds invocations is not read yet."
        ),
        GCP: NotBuilt(
            "The counterpart is the retention of the log bucket, or of the BigQuery table, that "
            "request-response logging writes to; that place is not read yet."
        ),
    },
    examples=Examples(
        passes={"holds_invocations": True, "retention_days": 365},
        fails={"holds_invocations": True, "retention_days": 30},
        not_applicable={"holds_invocations": False},
    ),
)
