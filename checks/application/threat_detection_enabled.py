"""Managed threat detection is on wherever there are AI resources."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    NotApplicable,
    Pass,
    Remediation,
    Severity,
    Supported,
    ThreatDetection,
    Verdict,
)


def evaluate(detection: ThreatDetection) -> Verdict:
    if not detection.ai_present.value:
        return NotApplicable(f"There are no AI resources where {detection.name} watches")
    if not detection.enabled.value:
        return Fail(f"{detection.name} is off, and there are AI resources where it would watch")
    return Pass(f"{detection.name} is on where there are AI resources")


CHECK = Check(
    id="threat_detection_enabled",
    title="Threat detection is on where AI resources are",
    why=(
        "Attackers prefer places nobody watches, often to run costly jobs. Managed detection needs no rules to start."
    ),
    severity=Severity.HIGH,
    resource=ThreatDetection,
    needs=("ai_present", "enabled"),
    practice="APP-1.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Turn on GuardDuty in the region, or for the whole organization from its delegated administrator.",
                "https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_settingup.html",
                command="aws guardduty create-detector --enable --region {location}",
                charges=("aws-guardduty",),
            )
        ),
        AZURE: Supported(
            Remediation(
                "Turn on the Defender plan for AI services (Defender for Cloud > Environment settings > the "
                "subscription).",
                "https://learn.microsoft.com/azure/defender-for-cloud/ai-onboarding",
                command="az security pricing create --name AI --tier standard --subscription {account}",
                charges=("azure-defender-ai",),
            )
        ),
        GCP: Supported(
            Remediation(
                "Activate Security Command Center for the project or organization, and turn on Event Threat Detection.",
                "https://cloud.google.com/security-command-center/docs/activate-scc-overview",
                command=(
                    "gcloud scc manage services update event-threat-detection --enablement-state=ENABLED "
                    "--project={account}"
                ),
                charges=("gcp-security-command-center",),
            )
        ),
    },
    examples=Examples(
        passes={"ai_present": True, "enabled": True},
        fails={"ai_present": True, "enabled": False},
        not_applicable={"ai_present": False},
    ),
)
