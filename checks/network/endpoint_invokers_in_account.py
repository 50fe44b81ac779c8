"""Nobody outside the account and its organization may call an endpoint."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Endpoint,
    Examples,
    Fail,
    NoCounterpart,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
    few,
)


def evaluate(endpoint: Endpoint) -> Verdict:
    outsiders = endpoint.invoked_across_accounts.value
    if outsiders:
        return Fail(f"{endpoint.name} may be called from outside the organization: {few(outsiders)}")
    return Pass(f"Nobody outside the account and its organization may call {endpoint.name}")


CHECK = Check(
    id="endpoint_invokers_in_account",
    title="Endpoints are called from within the organization",
    why=(
        "Whoever may act as a role of the account calls the model as that role, and the policy of an endpoint can name "
        "other accounts outright. Either opens it to people whose access nobody here reviews."
    ),
    severity=Severity.MEDIUM,
    resource=Endpoint,
    needs=("invoked_across_accounts",),
    practice="NET-4.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Take the other account out of the policy of the endpoint, or out of the trust policy of the role "
                "(trust.json), or hold that policy to your organization with StringEquals on aws:PrincipalOrgID; a "
                "resource control policy that denies sts:AssumeRole to everybody else does the same for all roles.",
                "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html",
                command="aws iam update-assume-role-policy --role-name ROLE --policy-document file://trust.json",
            )
        ),
        AZURE: NoCounterpart(
            "An endpoint of Azure Machine Learning takes tokens of its own tenant only; guests of it are users there.",
            "https://learn.microsoft.com/azure/machine-learning/concept-endpoints-online-auth",
        ),
        GCP: NotBuilt(
            "The counterpart is a binding of members outside the organization to a role with "
            "aiplatform.endpoints.predict; bindings above the project are not read."
        ),
    },
    examples=Examples(
        passes={"invoked_across_accounts": ()},
        fails={"invoked_across_accounts": ("arn:aws:iam::123456789012:role/partner",)},
    ),
)
