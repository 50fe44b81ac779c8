"""The provider may not use the content of AI services to improve them."""

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
        return Fail(f"{account.name} belongs to no organization, so no policy opts out of the use of its AI content")
    if not account.ai_data_opt_out.value:
        return Fail(f"{account.name} is not opted out of the use of its content by all AI services")
    return Pass(f"{account.name} is opted out of the use of its content by all AI services")


CHECK = Check(
    id="account_ai_data_opt_out",
    title="AI services may not keep content to improve themselves",
    why=(
        "Unless a policy opts out, some AI services store what is sent to them and use it for their own "
        "development, in other regions, too."
    ),
    severity=Severity.MEDIUM,
    resource=AccountSettings,
    needs=("in_organization", "ai_data_opt_out"),
    practice="DATA-4.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Enable AI services opt-out policies in the organization and attach one to its root whose "
                "default is optOut, which no policy below may change.",
                "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_ai-opt-out.html",
                command="aws organizations attach-policy --policy-id POLICY_ID --target-id {account}",
            ),
        ),
        AZURE: NotBuilt(
            "Azure OpenAI keeps prompts for abuse monitoring unless the subscription is approved for an "
            "exception, which is not read."
        ),
        GCP: NotBuilt("Whether a project is exempt from abuse logging of prompts, and from data caching, is not read."),
    },
    examples=Examples(
        passes={"in_organization": True, "ai_data_opt_out": True},
        fails={"in_organization": True, "ai_data_opt_out": False},
    ),
)
