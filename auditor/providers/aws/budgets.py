"""AWS Budgets that watch the account's spending."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown
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


_WATCHES_COST = {
    "COST": True,
    "USAGE": False,
    "RI_UTILIZATION": False,
    "RI_COVERAGE": False,
    "SAVINGS_PLANS_UTILIZATION": False,
    "SAVINGS_PLANS_COVERAGE": False,
}
_AI_SERVICES = frozenset({"Amazon Bedrock", "Amazon SageMaker"})


def _listed(session: AwsSession) -> Iterator[Mapping[str, Any]]:
    return session.items(DESCRIBE_BUDGETS, GLOBAL, AccountId=session.account.id, ShowFilterExpression=True)


def _find(session: AwsSession, location: str) -> Iterator[Budget]:
    """Cost budgets over the whole account or over an AI service; others watch something else."""
    account = session.account
    for budget in _listed(session):
        if _WATCHES_COST.get(budget.get("BudgetType", ""), True) and _covers(budget, account.id):
            yield Budget(
                id=f"arn:{session.partition}:budgets::{account.id}:budget/{budget['BudgetName']}",
                name=budget["BudgetName"],
                account=account,
                location=GLOBAL,
                native_type="AWS::Budgets::Budget",
            )


def _covers(budget: Mapping[str, Any], account: str) -> bool:
    """A filter on the account itself narrows nothing, and one that keeps an AI service keeps what we ask about."""
    if budget.get("FilterExpression"):
        return False
    kept = {"LinkedAccount": {account}, "Service": _AI_SERVICES}
    filters = budget.get("CostFilters") or {}
    return all(name in kept and kept[name] & set(values) for name, values in filters.items())


def _alerts(session: AwsSession, budget: Budget) -> Mapping[str, Fact[Any]]:
    """A notification cannot exist without a subscriber (CreateNotification requires at least one)."""
    its_type = next((b.get("BudgetType") for b in _listed(session) if b["BudgetName"] == budget.name), None)
    if its_type not in _WATCHES_COST:
        return {"alerts": Unknown(Reason.UNRECOGNISED, "BudgetType")}
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
        details=(Detail(calls=(DESCRIBE_BUDGETS, DESCRIBE_NOTIFICATIONS), facts=("alerts",), read=_alerts),),
    ),
)
