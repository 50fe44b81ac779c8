"""Threat detection watches AI, data, functions and running code."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    NotApplicable,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    ThreatDetection,
    Verdict,
)


def evaluate(detection: ThreatDetection) -> Verdict:
    if not detection.ai_present.value:
        return NotApplicable(f"There are no AI resources where {detection.name} would need more protections")
    if detection.missing_protections.value:
        return Fail(f"{detection.name} lacks protections: {', '.join(detection.missing_protections.value)}")
    return Pass(f"{detection.name} watches AI, data, functions and running code")


CHECK = Check(
    id="threat_detection_covers_ai",
    title="Threat detection covers AI, data and running code",
    why=(
        "The foundation of a detector reads account activity. Abuse of models, theft of training data and "
        "code in containers show only to protections that are switched on."
    ),
    severity=Severity.MEDIUM,
    resource=ThreatDetection,
    needs=("ai_present", "missing_protections"),
    practice="APP-4.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Enable AI Protection, S3 Protection, Lambda Protection and Runtime Monitoring in GuardDuty.",
                "https://docs.aws.amazon.com/guardduty/latest/ug/guardduty-features-activation-model.html",
                command=(
                    "aws guardduty update-detector --detector-id DETECTOR_ID --features "
                    "Name=AI_PROTECTION,Status=ENABLED Name=S3_DATA_EVENTS,Status=ENABLED --region "
                    "{location}"
                ),
                charges=("aws-guardduty-ai", "aws-guardduty-s3", "aws-guardduty-lambda", "aws-guardduty-runtime"),
            ),
            same_as=("Security Hub GuardDuty.6", "Security Hub GuardDuty.10"),
        ),
        AZURE: NotBuilt(
            "Azure's counterpart is the Defender plans for storage, containers and app services; this "
            "version reads the AI plan only."
        ),
        GCP: NotBuilt(
            "Google Cloud's counterpart is the detectors of Event and Container Threat Detection; this "
            "version does not read each."
        ),
    },
    examples=Examples(
        passes={"ai_present": True, "missing_protections": ()},
        fails={"ai_present": True, "missing_protections": ("AI_PROTECTION",)},
        not_applicable={"ai_present": False},
    ),
)
