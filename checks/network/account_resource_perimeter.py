"""A policy of the organization bounds who may reach the account's resources."""

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
        return Fail(
            f"{account.name} belongs to no organization, so no resource control policy can bound who reaches "
            f"its resources"
        )
    if not account.resource_perimeter.value:
        return Fail(f"No resource control policy of the organization's own applies to {account.name}")
    return Pass(f"A resource control policy of the organization's own applies to {account.name}")


CHECK = Check(
    id="account_resource_perimeter",
    title="The organization bounds who reaches the account's resources",
    why=(
        "One bucket policy with a star shares training data with strangers. A perimeter of the organization "
        "refuses them whatever the bucket says."
    ),
    severity=Severity.MEDIUM,
    resource=AccountSettings,
    needs=("in_organization", "resource_perimeter"),
    practice="NET-4.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Attach a resource control policy that denies principals outside the organization "
                "(aws:PrincipalOrgID) access to S3, KMS, Secrets Manager and the other services it supports.",
                "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html",
                command="aws organizations attach-policy --policy-id POLICY_ID --target-id {account}",
            ),
        ),
        AZURE: NotBuilt("Network security perimeters and the policies that require them are not read."),
        GCP: NotBuilt("VPC Service Controls perimeters of the organization are not read."),
    },
    examples=Examples(
        passes={"in_organization": True, "resource_perimeter": True},
        fails={"in_organization": True, "resource_perimeter": False},
    ),
)
