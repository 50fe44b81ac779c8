"""No two users of a workspace act as the same role."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
    Workspace,
)


def evaluate(workspace: Workspace) -> Verdict:
    sharing = workspace.shared_identities.value
    if sharing:
        return Fail(f"{workspace.name} has users that act as a role which others act as too: {_some(sharing)}")
    return Pass(f"{workspace.name} has no two users that act as the same role")


def _some(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:5])
    return shown if len(names) <= 5 else f"{shown} and {len(names) - 5} more"


CHECK = Check(
    id="workspace_one_identity_per_user",
    title="Users of a workspace do not share a role",
    why=(
        "One role for all users must be allowed what any of them needs, so each can do what all of them can. A "
        "role per user or small team keeps rights apart."
    ),
    severity=Severity.LOW,
    resource=Workspace,
    needs=("shared_identities",),
    practice="ID-2.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Create a role with the rights each user needs, set it as the execution role of their user "
                "profile, and take the shared rights from the default role of the domain.",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/domain-user-profile.html",
                command=(
                    "aws sagemaker update-user-profile --domain-id DOMAIN_ID --user-profile-name USER "
                    "--user-settings ExecutionRole=ROLE_ARN --region {location}"
                ),
            ),
        ),
        AZURE: NotBuilt(
            "The counterpart is a compute instance that several people use, or several with one managed "
            "identity. This version does not read who is assigned to one."
        ),
        GCP: NotBuilt(
            "The counterpart is a service account that notebooks of several people run as. This version does "
            "not read who owns a notebook."
        ),
    },
    examples=Examples(passes={"shared_identities": ()}, fails={"shared_identities": ("x",)}),
)
