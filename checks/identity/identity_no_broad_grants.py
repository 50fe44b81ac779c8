"""Identities of AI workloads hold no grants wider than a workload needs."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    Identity,
    NotApplicable,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(identity: Identity) -> Verdict:
    if not identity.runs_ai.value:
        return NotApplicable(f"No AI workload runs as {identity.name}")
    if identity.broad_grants.value:
        return Fail(f"{identity.name} runs AI workloads with broad grants: {', '.join(identity.broad_grants.value)}")
    return Pass(f"{identity.name} runs AI workloads without broad grants")


CHECK = Check(
    id="identity_no_broad_grants",
    title="AI workloads have no wildcard or full-access grants",
    why=(
        "With a service-wide grant a training job can delete models or read another team's data. Narrow "
        "grants keep a compromised job inside its own task."
    ),
    severity=Severity.HIGH,
    resource=Identity,
    needs=("runs_ai", "broad_grants"),
    practice="ID-2.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Replace service wildcards and full-access managed policies with the actions and ARNs the "
                "workload uses. IAM > Roles > the role > Generate policy proposes them from CloudTrail.",
                "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-policy-generation.html",
                command=(
                    "aws iam detach-role-policy --role-name {name} --policy-arn "
                    "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"
                ),
            )
        ),
        AZURE: Supported(
            Remediation(
                "Replace broad roles by the narrowest built-in data-plane role, assigned on the single "
                "resource instead of the subscription or resource group.",
                "https://learn.microsoft.com/azure/role-based-access-control/best-practices",
                command=(
                    "az role assignment delete --assignee PRINCIPAL_ID --role Contributor --scope "
                    "/subscriptions/{account}"
                ),
            )
        ),
        GCP: Supported(
            Remediation(
                "Replace admin and basic roles by predefined roles for the task, such as "
                "roles/aiplatform.user, bound on the single resource where it can be. IAM > the principal > "
                "Security insights lists what is unused.",
                "https://cloud.google.com/policy-intelligence/docs/role-recommendations-overview",
                command=(
                    "gcloud projects remove-iam-policy-binding {account} --member=serviceAccount:{name} "
                    "--role=roles/aiplatform.admin"
                ),
            )
        ),
    },
    examples=Examples(
        passes={"runs_ai": True, "broad_grants": ()},
        fails={"runs_ai": True, "broad_grants": ("sagemaker:*",)},
        not_applicable={"runs_ai": False},
    ),
)
