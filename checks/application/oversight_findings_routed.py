"""New security findings are sent on."""

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
    if not oversight.findings_routed.value:
        return Fail(f"No rule sends new security findings anywhere under the {oversight.name}")
    return Pass(f"New security findings are sent on under the {oversight.name}")


CHECK = Check(
    id="oversight_findings_routed",
    title="New security findings are sent on as they arise",
    why=(
        "Detection works at night, its console is opened by day. A rule that sends findings to a team or "
        "a SIEM starts the response at once."
    ),
    severity=Severity.MEDIUM,
    resource=Oversight,
    needs=("findings_routed",),
    practice="APP-2.5",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Create an EventBridge rule for the events of Security Hub or GuardDuty with a target "
                "that a person or a SIEM reads.",
                "https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cwe-send.html",
            ),
        ),
        AZURE: NotBuilt(
            "Azure's counterpart is workflow automation and continuous export of Defender for Cloud; this "
            "version does not read them."
        ),
        GCP: NotBuilt(
            "Google Cloud's counterpart is notification configs of Security Command Center; this version "
            "does not read them."
        ),
    },
    examples=Examples(passes={"findings_routed": True}, fails={"findings_routed": False}),
)
