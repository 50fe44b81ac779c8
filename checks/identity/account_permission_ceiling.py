"""A policy of the organization's own caps what anybody in the account can be granted."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    AccountSettings,
    Check,
    Examples,
    Fail,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(account: AccountSettings) -> Verdict:
    if not account.in_organization.value:
        return Fail(f"{account.name} belongs to no organization, so nothing stands above its administrators")
    if not account.organization_ceiling.value:
        return Fail(f"No service control policy of the organization's own applies to {account.name}")
    return Pass(f"A service control policy of the organization's own applies to {account.name}")


CHECK = Check(
    id="account_permission_ceiling",
    title="The organization caps what the account may grant",
    why=(
        "An administrator of the account can undo every rule in it. What the organization denies stays "
        "denied, whoever signs in."
    ),
    severity=Severity.MEDIUM,
    resource=AccountSettings,
    needs=("in_organization", "organization_ceiling"),
    practice="ID-3.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Attach a service control policy to the account or to a unit above it that denies what no AI "
                "workload there needs: other regions, other AI services, leaving the organization. It does "
                "not bind the management account, so keep workloads out of that one.",
                "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html",
                command="aws organizations attach-policy --policy-id POLICY_ID --target-id {account}",
            ),
        ),
        AZURE: NotBuilt("Azure Policy assignments of the management groups above the subscription are not read."),
        GCP: NotBuilt(
            "Deny policies and organization policies of the folders above the project are not read for this."
        ),
    },
    examples=Examples(
        passes={"in_organization": True, "organization_ceiling": True},
        fails={"in_organization": True, "organization_ceiling": False},
    ),
)
