"""No policy around AI names a principal that was deleted."""

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
    named = account.policies_with_deleted_principals.value
    if named:
        return Fail(f"In {account.name}, policies name principals that were deleted: {', '.join(named)}")
    return Pass(f"In {account.name}, no policy around AI names a principal that was deleted")


CHECK = Check(
    id="account_policies_without_deleted_principals",
    title="Policies around AI name no deleted principals",
    why=(
        "A grant to somebody who is gone shows that access is not taken back when its holder goes. It grants nothing "
        "any more, but hides among the others what a reviewer should see."
    ),
    severity=Severity.LOW,
    resource=AccountSettings,
    needs=("policies_with_deleted_principals",),
    practice="ID-2.4",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Take the ids that begin with AROA or AIDA out of the principals of the policies that are named. If a "
                "role was made anew under its old name and needs the access, name it again by its ARN.",
                "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
            )
        ),
        AZURE: NotBuilt(
            "The counterpart is role assignments of deleted principals, which the directory no longer knows; telling "
            "them needs Microsoft Graph."
        ),
        GCP: NotBuilt(
            "The counterpart is members with the prefix deleted: in policies of projects and resources, which are "
            "passed over as what they are, without effect, and not listed."
        ),
    },
    examples=Examples(
        passes={"policies_with_deleted_principals": ()},
        fails={"policies_with_deleted_principals": ("Key alias/models in us-east-1",)},
    ),
)
