"""No identity that AI workloads run as is an administrator."""

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
    if identity.administrator.value:
        return Fail(f"AI workloads run as {identity.name}, which is an administrator or can make itself one")
    return Pass(f"{identity.name} runs AI workloads and is no administrator")


CHECK = Check(
    id="identity_not_administrator",
    title="AI workloads do not run as administrator",
    why=(
        "Whoever gets code into a notebook, a model or an agent acts as its identity. If that is an "
        "administrator, one bad package or injected prompt takes the account."
    ),
    severity=Severity.CRITICAL,
    resource=Identity,
    needs=("runs_ai", "administrator"),
    practice="ID-1.4",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Detach AdministratorAccess and every policy that lets the role change its own rights, and "
                "attach one that names the actions and resources the workload uses.",
                "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege",
                command=(
                    "aws iam detach-role-policy --role-name {name} --policy-arn "
                    "arn:aws:iam::aws:policy/AdministratorAccess"
                ),
            )
        ),
        AZURE: Supported(
            Remediation(
                "Remove the role assignments of Owner, Contributor, User Access Administrator and Role Based "
                "Access Control Administrator, and assign data-plane roles on the resources the workload "
                "uses.",
                "https://learn.microsoft.com/azure/role-based-access-control/best-practices",
                command=(
                    "az role assignment delete --assignee PRINCIPAL_ID --role Owner --scope /subscriptions/{account}"
                ),
            )
        ),
        GCP: Supported(
            Remediation(
                "Remove roles/owner, roles/editor and the IAM administration roles from the service account, "
                "and grant the predefined roles the workload needs.",
                "https://cloud.google.com/iam/docs/best-practices-service-accounts",
                command=(
                    "gcloud projects remove-iam-policy-binding {account} --member=serviceAccount:{name} "
                    "--role=roles/editor"
                ),
            )
        ),
    },
    examples=Examples(
        passes={"runs_ai": True, "administrator": False},
        fails={"runs_ai": True, "administrator": True},
        not_applicable={"runs_ai": False},
    ),
)
