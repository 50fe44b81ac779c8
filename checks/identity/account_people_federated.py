"""People reach the account through a central identity provider."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    AccountSettings,
    Check,
    Examples,
    Fail,
    NoCounterpart,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(account: AccountSettings) -> Verdict:
    if not account.workforce_federated.value:
        return Fail(f"{account.name} knows no identity provider that people sign in through")
    return Pass(f"{account.name} knows an identity provider that people sign in through")


CHECK = Check(
    id="account_people_federated",
    title="People sign in through a central identity provider",
    why=(
        "Somebody who leaves loses every access at once only if there is one place to end it. Users of the "
        "account's own are forgotten."
    ),
    severity=Severity.MEDIUM,
    resource=AccountSettings,
    needs=("workforce_federated",),
    practice="ID-2.5",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Enable IAM Identity Center for the organization, connect the company's directory, and give "
                "people permission sets for this account instead of IAM users.",
                "https://docs.aws.amazon.com/singlesignon/latest/userguide/what-is.html",
            ),
        ),
        AZURE: NoCounterpart(
            "A subscription trusts one tenant of Microsoft Entra ID and has no users of its own.",
            "https://learn.microsoft.com/entra/fundamentals/how-subscriptions-associated-directory",
        ),
        GCP: NoCounterpart(
            "A project has no users of its own: people come with an account of the organization's directory "
            "or of a workforce pool.",
            "https://cloud.google.com/iam/docs/principals-overview",
        ),
    },
    examples=Examples(passes={"workforce_federated": True}, fails={"workforce_federated": False}),
)
