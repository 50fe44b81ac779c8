"""Some drift is put right without anybody."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    NotBuilt,
    Oversight,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(oversight: Oversight) -> Verdict:
    if not oversight.remediates.value:
        return Fail(f"No rule under the {oversight.name} puts drift right by itself")
    return Pass(f"At least one rule under the {oversight.name} puts drift right by itself")


CHECK = Check(
    id="oversight_drift_remediated",
    title="Drift is put right automatically",
    why=(
        "A bucket that was opened by mistake is found by others within minutes, and by its owner in the "
        "next review. Automatic repair closes that gap."
    ),
    severity=Severity.LOW,
    resource=Oversight,
    needs=("remediates",),
    practice="APP-3.4",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Give the rules with a safe repair a remediation action with automatic remediation "
                "(AWS Config > Rules > the rule > Manage remediation).",
                "https://docs.aws.amazon.com/config/latest/developerguide/remediation.html",
                charges=("aws-automation",),
            ),
        ),
        AZURE: NotBuilt(
            "Azure's counterpart is policies with the effect deployIfNotExists or modify; this version "
            "does not read assignments."
        ),
        GCP: NotBuilt(
            "Google Cloud's counterpart is responses to Security Command Center findings; this version "
            "does not read them."
        ),
    },
    examples=Examples(passes={"remediates": True}, fails={"remediates": False}),
)
