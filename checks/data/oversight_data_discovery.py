"""Sensitive data in storage is discovered automatically."""

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
    if not oversight.data_discovery.value:
        return Fail(f"Nothing looks for sensitive data in storage under the {oversight.name}")
    return Pass(f"Sensitive data in storage is discovered automatically under the {oversight.name}")


CHECK = Check(
    id="oversight_data_discovery",
    title="Sensitive data in storage is discovered",
    why=(
        "Training sets collect records that nobody meant to put there, and models repeat them. Discovery "
        "finds such data before a model does."
    ),
    severity=Severity.MEDIUM,
    resource=Oversight,
    needs=("data_discovery",),
    practice="DATA-3.3",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Turn on Amazon Macie and its automated sensitive data discovery in the region.",
                "https://docs.aws.amazon.com/macie/latest/user/discovery-asdd.html",
                command="aws macie2 update-automated-discovery-configuration --status ENABLED --region {location}",
                charges=("aws-macie",),
            ),
            same_as=("Security Hub Macie.1", "Security Hub Macie.2"),
        ),
        AZURE: NotBuilt(
            "Azure's counterpart is data scanning by Microsoft Purview or Defender for Storage; this "
            "version does not read it."
        ),
        GCP: NotBuilt(
            "Google Cloud's counterpart is the discovery service of Sensitive Data Protection; this "
            "version does not read it."
        ),
    },
    examples=Examples(passes={"data_discovery": True}, fails={"data_discovery": False}),
)
