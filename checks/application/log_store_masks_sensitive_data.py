"""Stores of prompts and answers mask sensitive data."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    LogStore,
    NoCounterpart,
    NotApplicable,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(store: LogStore) -> Verdict:
    if not store.holds_invocations.value:
        return NotApplicable(f"{store.name} is not where prompts and answers are logged")
    if not store.masks_sensitive_data.value:
        return Fail(f"{store.name} shows sensitive data in prompts and answers to all who read it")
    return Pass(f"{store.name} masks sensitive data in prompts and answers")


CHECK = Check(
    id="log_store_masks_sensitive_data",
    title="Stores of prompts and answers mask sensitive data",
    why=(
        "People paste names, numbers and passwords into prompts. In an unmasked log each of them is there for "
        "everybody who may read logs."
    ),
    severity=Severity.MEDIUM,
    resource=LogStore,
    needs=("holds_invocations", "masks_sensitive_data"),
    practice="APP-3.3",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Put a data protection policy with Audit and Deidentify statements on the log group "
                "(policy.json), and give logs:Unmask to few. Entries that are already there stay as they "
                "are.",
                "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/mask-sensitive-log-data.html",
                command=(
                    "aws logs put-data-protection-policy --log-group-identifier {name} --policy-document "
                    "file://policy.json --region {location}"
                ),
                charges=("aws-logs-masked",),
            )
        ),
        AZURE: NoCounterpart(
            (
                "A Log Analytics workspace masks nothing when it is read. A transformation can take values "
                "out on the way in, which is set on the data collection rule."
            ),
            "https://learn.microsoft.com/azure/azure-monitor/logs/personal-data-mgmt",
        ),
        GCP: NoCounterpart(
            (
                "Cloud Logging masks nothing when it is read. Field-level access can hide whole fields of a "
                "log bucket, whatever they hold."
            ),
            "https://cloud.google.com/logging/docs/field-level-acl",
        ),
    },
    examples=Examples(
        passes={"holds_invocations": True, "masks_sensitive_data": True},
        fails={"holds_invocations": True, "masks_sensitive_data": False},
        not_applicable={"holds_invocations": False},
    ),
)
