"""Calls that people make from a workspace carry their name in the audit trail."""

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
    if not workspace.attributable.value:
        return Fail(f"{workspace.name} leaves the name of the person out of calls made from it")
    return Pass(f"{workspace.name} puts the name of the person into calls made from it")


CHECK = Check(
    id="workspace_calls_attributable",
    title="Calls from workspaces name the person",
    why=(
        "Applications of a workspace act as a role that many people use. Unless the session carries the name of "
        "the user, the audit trail cannot say who read or changed a model."
    ),
    severity=Severity.MEDIUM,
    resource=Workspace,
    needs=("attributable",),
    practice="ID-2.5",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Shut down all applications of the domain, allow sts:SetSourceIdentity in the trust policy of "
                "its roles, and set ExecutionRoleIdentityConfig to USER_PROFILE_NAME.",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/monitor-user-access-how-to.html",
                command=(
                    "aws sagemaker update-domain --domain-id DOMAIN_ID --domain-settings-for-update "
                    "ExecutionRoleIdentityConfig=USER_PROFILE_NAME --region {location}"
                ),
            ),
        ),
        AZURE: NotBuilt(
            "The counterpart is a compute instance that runs jobs with the identity of its user instead of a "
            "managed identity. This version does not read which it uses."
        ),
        GCP: NotBuilt(
            "The counterpart is a notebook that runs with the credentials of its user instead of a service "
            "account. This version does not tell the two apart."
        ),
    },
    examples=Examples(passes={"attributable": True}, fails={"attributable": False}),
)
