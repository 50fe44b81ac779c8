"""No identity that AI workloads run as has a way to become administrator."""

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
    if identity.escalates.value:
        return Fail(f"AI workloads run as {identity.name}, which is an administrator or can make its way to be one")
    return Pass(
        f"No way from {identity.name} to an administrator was found over identities, roles that services take, and AI "
        f"resources"
    )


CHECK = Check(
    id="identity_cannot_escalate",
    title="AI workloads cannot work their way up to administrator",
    why=(
        "A role that may pass another to a service, or change what runs as another, has that role's rights as well. "
        "Such steps add up to an administrator that no single policy shows."
    ),
    severity=Severity.HIGH,
    resource=Identity,
    needs=("runs_ai", "escalates"),
    practice="ID-2.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Hold iam:PassRole and sts:AssumeRole to the roles the workload needs, with iam:PassedToService "
                "(policy.json), and take away the right to change functions, notebooks and policies of other "
                "identities; 'auditor access paths --to admin' shows each step.",
                "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
                command=(
                    "aws iam put-role-policy --role-name {name} --policy-name POLICY --policy-document "
                    "file://policy.json"
                ),
            )
        ),
        AZURE: NotBuilt(
            "The counterpart is a role assignment that lets a managed identity write role assignments, or run code as "
            "another identity; steps over several identities are not followed."
        ),
        GCP: NotBuilt(
            "The counterpart is iam.serviceAccounts.actAs and getAccessToken on a stronger service account; steps "
            "over several accounts are not followed."
        ),
    },
    examples=Examples(
        passes={"runs_ai": True, "escalates": False},
        fails={"runs_ai": True, "escalates": True},
        not_applicable={"runs_ai": False},
    ),
)
