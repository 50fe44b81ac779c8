"""AWS Budgets that watch the account's spending."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known
from auditor.model.resources import Budget
from auditor.model.scope import GLOBAL, Provider
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Collector, Detail, Reach

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

# No list is required in these answers: an account without budgets gets an object without the key.
DESCRIBE_BUDGETS = aws_call("budgets", "DescribeBudgets", "budgets:ViewBudget", items="Budgets", items_optional=True)
DESCRIBE_NOTIFICATIONS = aws_call(
    "budgets", "DescribeNotificationsForBudget", "budgets:ViewBudget", items="Notifications", items_optional=True
)


def _find(session: AwsSession, location: str) -> Iterator[Budget]:
    """Cost budgets without a filter: usage, reservation and filtered budgets watch only a part of the spending."""
    account = session.account
    for budget in session.items(DESCRIBE_BUDGETS, location, AccountId=account.id, ShowFilterExpression=True):
        if budget.get("BudgetType") != "COST" or not _covers(budget, account.id):
            continue
        yield Budget(
            id=f"arn:{session.partition}:budgets::{account.id}:budget/{budget['BudgetName']}",
            name=budget["BudgetName"],
            account=account,
            location=GLOBAL,
            native_type="AWS::Budgets::Budget",
        )


def _covers(budget: Mapping[str, Any], account: str) -> bool:
    """A filter on the account itself narrows nothing; any other does."""
    if budget.get("FilterExpression"):
        return False
    filters = budget.get("CostFilters") or {}
    return all(name == "LinkedAccount" and account in values for name, values in filters.items())


def _alerts(session: AwsSession, budget: Budget) -> Mapping[str, Fact[Any]]:
    """A notification cannot exist without a subscriber (CreateNotification requires at least one)."""
    found = [
        {name: n.get(name) for name in ("NotificationType", "ComparisonOperator", "Threshold", "ThresholdType")}
        for n in session.items(DESCRIBE_NOTIFICATIONS, GLOBAL, AccountId=budget.account.id, BudgetName=budget.name)
    ]
    return {"alerts": Known(bool(found), {"Notifications": found})}


COLLECTORS: tuple[Collector[Budget, AwsSession], ...] = (
    Collector(
        name="aws.budgets",
        provider=Provider.AWS,
        kind=Budget,
        reach=Reach.ACCOUNT,
        service="budgets",
        find_calls=(DESCRIBE_BUDGETS,),
        find=_find,
        details=(Detail(calls=(DESCRIBE_NOTIFICATIONS,), facts=("alerts",), read=_alerts),),
    ),
)
