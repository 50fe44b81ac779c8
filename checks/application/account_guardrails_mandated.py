"""The organization puts a guardrail on every call of a generative model."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    AccountSettings,
    Check,
    Examples,
    Fail,
    NotApplicable,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(account: AccountSettings) -> Verdict:
    if not account.generative_used.value:
        return NotApplicable(f"No use of generative models shows in {account.name}")
    if not account.in_organization.value:
        return Fail(f"{account.name} belongs to no organization, so nothing above it requires guardrails")
    if not account.guardrail_mandated.value:
        return Fail(
            f"No policy of the organization puts a guardrail on every model call in the regions {account.name} uses"
        )
    return Pass(f"A policy of the organization puts a guardrail on model calls in every region {account.name} uses")


CHECK = Check(
    id="account_guardrails_mandated",
    title="The organization requires guardrails for generative models",
    why=(
        "What each team sets up itself, each team can forget or switch off. A guardrail of the organization "
        "is applied whatever a team or caller does."
    ),
    severity=Severity.MEDIUM,
    resource=AccountSettings,
    needs=("generative_used", "in_organization", "guardrail_mandated"),
    practice="APP-4.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Create a guardrail with a version in the management account, share it with the organization, "
                "and attach a Bedrock policy that names it for every region in use.",
                "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_bedrock.html",
                command="aws organizations attach-policy --policy-id POLICY_ID --target-id {account}",
                charges=(
                    "aws-guardrail-content",
                    "aws-guardrail-topics",
                    "aws-guardrail-personal-data",
                    "aws-guardrail-grounding",
                ),
            ),
        ),
        AZURE: NotBuilt("Azure Policy assignments that require content filters on deployments are not read."),
        GCP: NotBuilt("Floor settings of Model Armor on folders and the organization are not read."),
    },
    examples=Examples(
        passes={"generative_used": True, "in_organization": True, "guardrail_mandated": True},
        fails={"generative_used": True, "in_organization": True, "guardrail_mandated": False},
        not_applicable={"generative_used": False},
    ),
)
