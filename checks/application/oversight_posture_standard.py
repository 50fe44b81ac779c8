"""A posture service holds AI resources against a standard for them."""

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
    if not oversight.posture_standard.value:
        return Fail(f"No standard for AI is fully enabled under the {oversight.name}")
    return Pass(f"A standard for AI is enabled under the {oversight.name}")


CHECK = Check(
    id="oversight_posture_standard",
    title="A posture standard for AI is enabled",
    why=(
        "An audit sees one moment. A posture service holds every change against the same rules, and tells "
        "on the day a setting slips."
    ),
    severity=Severity.MEDIUM,
    resource=Oversight,
    needs=("posture_standard",),
    practice="APP-3.4",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Enable the AI Security Best Practices standard in Security Hub CSPM; it needs AWS Config to record.",
                "https://docs.aws.amazon.com/securityhub/latest/userguide/enable-standards.html",
                command=(
                    "aws securityhub batch-enable-standards --standards-subscription-requests "
                    "StandardsArn=arn:aws:securityhub:{location}::standards/ai-security-best-practices/v/1.0.0 "
                    "--region {location}"
                ),
                charges=("aws-security-hub", "aws-config"),
            ),
        ),
        AZURE: NotBuilt(
            "Azure's counterpart is Defender for Cloud with its AI recommendations; this version reads "
            "the plan, not the standards."
        ),
        GCP: NotBuilt(
            "Google Cloud's counterpart is Security Command Center with AI protection; this version does "
            "not read its postures."
        ),
    },
    examples=Examples(passes={"posture_standard": True}, fails={"posture_standard": False}),
)
