"""No finding of access from outside is open on what AI uses."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    NotApplicable,
    NotBuilt,
    Oversight,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(oversight: Oversight) -> Verdict:
    if not oversight.external_access_analyzed.value:
        return NotApplicable(f"Nothing under the {oversight.name} looks for access from outside")
    if oversight.open_access_findings.value:
        types = ", ".join(oversight.open_access_findings.value)
        return Fail(f"Access from outside is found and not decided on under the {oversight.name}: {types}")
    return Pass(f"No finding of access from outside is open under the {oversight.name}")


CHECK = Check(
    id="oversight_no_open_access_findings",
    title="No finding of access from outside is open",
    why=(
        "An open finding is a door that is known. Either somebody closes it, or archives it because it is "
        "meant to be there."
    ),
    severity=Severity.HIGH,
    resource=Oversight,
    needs=("external_access_analyzed", "open_access_findings"),
    practice="ID-3.3",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Close the access that each finding names, or archive the finding with a rule that "
                "says why it is intended.",
                "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-findings-remediate.html",
            ),
        ),
        AZURE: NotBuilt(
            "Azure's counterpart is the exposure findings of Defender for Cloud; this version does not read them."
        ),
        GCP: NotBuilt(
            "Google Cloud's counterpart is the public access findings of Security Command Center; this "
            "version does not read them."
        ),
    },
    examples=Examples(
        passes={"external_access_analyzed": True, "open_access_findings": ()},
        fails={"external_access_analyzed": True, "open_access_findings": ("AWS::S3::Bucket",)},
        not_applicable={"external_access_analyzed": False},
    ),
)
