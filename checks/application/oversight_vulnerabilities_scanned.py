"""Images, functions and their code are scanned for vulnerabilities."""

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
    if oversight.unscanned.value:
        return Fail(f"Nothing scans {', '.join(oversight.unscanned.value)} under the {oversight.name}")
    return Pass(f"Images, functions and their code are scanned under the {oversight.name}")


CHECK = Check(
    id="oversight_vulnerabilities_scanned",
    title="Images and functions are scanned for vulnerabilities",
    why=(
        "New flaws are published every day in libraries that already run. Continuous scanning finds the "
        "images and functions that carry them."
    ),
    severity=Severity.MEDIUM,
    resource=Oversight,
    needs=("unscanned",),
    practice="APP-2.4",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Turn on Amazon Inspector for ECR, Lambda and Lambda code in the region.",
                "https://docs.aws.amazon.com/inspector/latest/user/activate-scans.html",
                command="aws inspector2 enable --resource-types ECR LAMBDA LAMBDA_CODE --region {location}",
                charges=("aws-inspector",),
            ),
            same_as=("Security Hub Inspector.2", "Security Hub Inspector.3", "Security Hub Inspector.4"),
        ),
        AZURE: NotBuilt(
            "Azure's counterpart is Defender for Containers and Defender CSPM; this version reads the AI plan only."
        ),
        GCP: NotBuilt(
            "Google Cloud's counterpart is Artifact Analysis; this version does not read whether scanning is on."
        ),
    },
    examples=Examples(passes={"unscanned": ()}, fails={"unscanned": ("functions",)}),
)
