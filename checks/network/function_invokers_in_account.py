"""Nobody outside the account and its organization may call a function that fronts AI."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    Function,
    NotApplicable,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
    few,
)


def evaluate(function: Function) -> Verdict:
    if not function.fronts_ai.value:
        return NotApplicable(f"{function.name} may call no model or agent")
    outsiders = function.invoked_across_accounts.value
    if outsiders:
        return Fail(f"{function.name} may be called from outside the organization: {few(outsiders)}")
    return Pass(f"Nobody outside the account and its organization may call {function.name}")


CHECK = Check(
    id="function_invokers_in_account",
    title="Functions in front of AI are called from within the organization",
    why=(
        "A function acts with its own rights, whoever calls it. An account that its policy names, or that may act as "
        "one of its callers, uses the model behind it without ever appearing in the policies of the model."
    ),
    severity=Severity.MEDIUM,
    resource=Function,
    needs=("fronts_ai", "invoked_across_accounts"),
    practice="NET-4.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Remove the statement that names the other account from the policy of the function, or hold it to your "
                "organization with aws:PrincipalOrgID; take the account out of the trust policies of roles that may "
                "call the function.",
                "https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html",
                command=(
                    "aws lambda remove-permission --function-name {name} --statement-id STATEMENT_ID --region "
                    "{location}"
                ),
            )
        ),
        AZURE: NotBuilt(
            "The counterpart is Azure Functions whose managed identity may call a model; which tenants their "
            "authentication accepts would have to be read."
        ),
        GCP: NotBuilt(
            "The counterpart is Cloud Run functions whose service account may call a model; members outside the "
            "organization in their IAM policies would have to be looked for."
        ),
    },
    examples=Examples(
        passes={"fronts_ai": True, "invoked_across_accounts": ()},
        fails={"fronts_ai": True, "invoked_across_accounts": ("account 210987654321",)},
        not_applicable={"fronts_ai": False},
    ),
)
