"""A budget tells somebody before the money is gone."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    AccountSettings,
    Check,
    Examples,
    Fail,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(account: AccountSettings) -> Verdict:
    if not account.budget_alert.value:
        return Fail(f"{account.name} has no budget that notifies anybody")
    return Pass(f"{account.name} has a budget that notifies somebody")


CHECK = Check(
    id="account_budget_alerts",
    title="A budget alerts on spending",
    why=(
        "Stolen keys and runaway agents show first on the bill. A budget alert is the cheapest abuse detector there is."
    ),
    severity=Severity.LOW,
    resource=AccountSettings,
    needs=("budget_alert",),
    practice="APP-1.4",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Create a cost budget with a notification (budget.json, notifications.json; Billing and Cost "
                "Management > Budgets).",
                "https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-create.html",
                command=(
                    "aws budgets create-budget --account-id {account} --budget file://budget.json "
                    "--notifications-with-subscribers file://notifications.json"
                ),
            )
        ),
        AZURE: Supported(
            Remediation(
                "Create a budget for the subscription with an alert condition and a recipient (Cost "
                "Management > Budgets).",
                "https://learn.microsoft.com/azure/cost-management-billing/costs/tutorial-acm-create-budgets",
            )
        ),
        GCP: Supported(
            Remediation(
                "Create a budget that covers the project, with threshold rules (Billing > Budgets & alerts).",
                "https://cloud.google.com/billing/docs/how-to/budgets",
                command=(
                    "gcloud billing budgets create --billing-account=BILLING_ACCOUNT --display-name=BUDGET "
                    "--budget-amount=AMOUNT --threshold-rule=percent=0.9 --filter-projects=projects/{account}"
                ),
            )
        ),
    },
    examples=Examples(passes={"budget_alert": True}, fails={"budget_alert": False}),
)
