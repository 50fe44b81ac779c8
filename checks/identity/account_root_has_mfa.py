"""The root user signs in with a second factor and has no access keys."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    AccountSettings,
    Check,
    Examples,
    Fail,
    Inherited,
    NoCounterpart,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(account: AccountSettings) -> Verdict:
    if account.root_keys.value:
        return Fail(f"{account.name}: the root user has access keys")
    if not account.root_mfa.value:
        return Fail(f"{account.name}: the root user signs in without a second factor")
    return Pass(f"{account.name}: the root user has a second factor and no access keys")


CHECK = Check(
    id="account_root_has_mfa",
    title="The root user has MFA and no access keys",
    why=(
        "The root user can do everything, and no policy limits it. One stolen password or key hands over "
        "the account with every model and dataset in it."
    ),
    severity=Severity.CRITICAL,
    resource=AccountSettings,
    needs=("root_mfa", "root_keys"),
    practice="ID-1.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Sign in as the root user and open Security credentials: assign an MFA device, and delete the "
                "access keys. In an organization, remove the root credentials of member accounts instead (IAM "
                "> Root access management).",
                "https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html",
            )
        ),
        AZURE: Inherited(
            "A subscription has no root user. Its administrators are people in Microsoft Entra ID, from "
            "whom Microsoft requires a second factor in the Azure portal and for every change through "
            "Azure Resource Manager.",
            "https://learn.microsoft.com/entra/identity/authentication/concept-mandatory-multifactor-authentication",
            limits=(
                "Portals since October 2024. Resource Manager since October 1, 2025, tenant by tenant: a tenant "
                "could postpone it to July 1, 2026, and Microsoft support can lift it for a time on request. "
                "Public Azure cloud only. Not covered: reading outside the portals, sign-ins to the data planes "
                "of models and storage, and workload identities. Guests and emergency access accounts are "
                "covered; a federated identity provider has to send the MFA claim. Whether enforcement is on in "
                "this tenant is not read."
            ),
        ),
        GCP: NoCounterpart(
            "A project has no root user. It is administered by people who hold a role on it or above it; "
            "their sign-in is the subject of person_has_mfa.",
            "https://cloud.google.com/resource-manager/docs/cloud-platform-resource-hierarchy",
        ),
    },
    examples=Examples(passes={"root_mfa": True, "root_keys": False}, fails={"root_mfa": False, "root_keys": False}),
)
