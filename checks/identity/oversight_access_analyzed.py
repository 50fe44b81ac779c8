"""External and unused access is analyzed."""

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
    if not oversight.external_access_analyzed.value:
        return Fail(f"No analyzer of this account looks for access from outside under the {oversight.name}")
    if not oversight.unused_access_analyzed.value:
        return Fail(f"No analyzer of this account looks for unused access under the {oversight.name}")
    return Pass(f"External and unused access is analyzed under the {oversight.name}")


CHECK = Check(
    id="oversight_access_analyzed",
    title="External and unused access is analyzed",
    why=(
        "Access is granted in many policies of many services, and removed in few of them. An analyzer "
        "reads all of them and says who else gets in."
    ),
    severity=Severity.MEDIUM,
    resource=Oversight,
    needs=("external_access_analyzed", "unused_access_analyzed"),
    practice="ID-3.3",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Create an analyzer of external access in the region and one of unused access in any. "
                "An analyzer for the organization counts where it lives, in the management or "
                "delegated account.",
                "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-getting-started.html",
                command=(
                    "aws accessanalyzer create-analyzer --analyzer-name external-access --type ACCOUNT "
                    "--region {location}"
                ),
                charges=("aws-access-analyzer",),
            ),
            same_as=("Security Hub IAM.28",),
        ),
        AZURE: NotBuilt(
            "Azure's counterpart is access reviews and permissions management of Microsoft Entra; this "
            "version does not read them."
        ),
        GCP: NotBuilt(
            "Google Cloud's counterpart is the IAM recommender and Policy Analyzer; this version does not read them."
        ),
    },
    examples=Examples(
        passes={"external_access_analyzed": True, "unused_access_analyzed": True},
        fails={"external_access_analyzed": False},
    ),
)
