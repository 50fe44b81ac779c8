"""AI workloads use the AI services that their policies allow."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    Identity,
    NotApplicable,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(identity: Identity) -> Verdict:
    if identity.service_linked.value:
        return NotApplicable(f"{identity.name} belongs to a service of the provider, which fixes its rights")
    if not identity.runs_ai.value:
        return NotApplicable(f"No AI workload runs as {identity.name}")
    unused = identity.unused_ai_services.value
    if unused:
        return Fail(f"{identity.name} may use, and did not use in the last 90 days: {', '.join(unused)}")
    return Pass(f"No AI service that the policies of {identity.name} allow was left unused for 90 days")


CHECK = Check(
    id="identity_permissions_used",
    title="AI workloads use the AI permissions that they have",
    why=(
        "A workload that is broken into can do whatever its role may. A service it never calls can be taken out of its "
        "policies without anyone noticing, except an attacker."
    ),
    severity=Severity.MEDIUM,
    resource=Identity,
    needs=("service_linked", "runs_ai", "unused_ai_services"),
    practice="ID-2.4",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Take the named services out of the policies of the role (IAM > Roles > the role > Last Accessed shows "
                "the same dates, and which policy allows each service); policy.json holds what remains. A service "
                "that is needed less often than every 90 days, or was allowed a short while ago, needs an exemption.",
                "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html",
                command=(
                    "aws iam put-role-policy --role-name {name} --policy-name POLICY_NAME "
                    "--policy-document file://policy.json"
                ),
            ),
        ),
        AZURE: NotBuilt(
            "Microsoft Entra ID shows unused role assignments in access reviews only, which need Microsoft Graph and "
            "are not read."
        ),
        GCP: NotBuilt(
            "Unused permissions of service accounts are in the insights of the Recommender API, which is not read."
        ),
    },
    examples=Examples(
        passes={"service_linked": False, "runs_ai": True, "unused_ai_services": ()},
        fails={"service_linked": False, "runs_ai": True, "unused_ai_services": ("sagemaker",)},
        not_applicable={"runs_ai": False, "service_linked": False},
    ),
)
