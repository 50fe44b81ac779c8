"""AI workloads can hand named identities to named services only."""

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
    if not identity.runs_ai.value:
        return NotApplicable(f"No AI workload runs as {identity.name}")
    if identity.passes_any_role.value:
        return Fail(f"{identity.name} may pass any role to any service: {', '.join(identity.passes_any_role.value)}")
    return Pass(f"{identity.name} may not pass any role to any service")


CHECK = Check(
    id="identity_passes_named_roles",
    title="AI workloads may pass named roles only",
    why=(
        "Whoever may pass every role can start a job as an administrator's role and take its credentials. A "
        "named role and a named service end that route."
    ),
    severity=Severity.HIGH,
    resource=Identity,
    needs=("runs_ai", "passes_any_role"),
    practice="ID-2.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Limit iam:PassRole to the ARNs of the roles the workload starts jobs with, and add the "
                "condition iam:PassedToService with the service that gets them (policy.json).",
                "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
                command=(
                    "aws iam put-role-policy --role-name {name} --policy-name POLICY --policy-document "
                    "file://policy.json"
                ),
            ),
        ),
        AZURE: NotBuilt(
            "Whether a role assignment includes assigning managed identities at subscription scope is not read."
        ),
        GCP: NotBuilt(
            "Whether a project-wide binding of roles/iam.serviceAccountUser lets an identity act as any other "
            "is not read."
        ),
    },
    examples=Examples(
        passes={"runs_ai": True, "passes_any_role": ()},
        fails={"runs_ai": True, "passes_any_role": ("iam:PassRole",)},
        not_applicable={"runs_ai": False},
    ),
)
