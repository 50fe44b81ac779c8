from __future__ import annotations

from typing import Any

import pytest

from auditor.model.facts import Reason
from auditor.providers.aws.budgets import COLLECTORS, DESCRIBE_BUDGETS, DESCRIBE_NOTIFICATIONS

ACCOUNT = "123456789012"


def budget(aws: Any, name: str, **more: Any) -> None:
    notify = more.pop("notify", False)
    body = {
        "BudgetName": name,
        "BudgetType": "COST",
        "TimeUnit": "MONTHLY",
        "BudgetLimit": {"Amount": "100", "Unit": "USD"},
        **more,
    }
    subscribers = [{"SubscriptionType": "EMAIL", "Address": "ops@example.org"}]
    notification = {
        "NotificationType": "ACTUAL",
        "ComparisonOperator": "GREATER_THAN",
        "Threshold": 80.0,
        "ThresholdType": "PERCENTAGE",
    }
    extra = (
        {"NotificationsWithSubscribers": [{"Notification": notification, "Subscribers": subscribers}]} if notify else {}
    )
    aws.boto("budgets").create_budget(AccountId=ACCOUNT, Budget=body, **extra)


def test_with_and_without_notification(aws: Any) -> None:
    budget(aws, "loud", notify=True)
    budget(aws, "quiet")
    loud, quiet = aws.collect(COLLECTORS)
    assert loud.id == f"arn:aws:budgets::{ACCOUNT}:budget/loud"
    assert loud.alerts.value is True
    assert loud.alerts.native["Notifications"][0]["Threshold"] == 80.0
    assert quiet.alerts.value is False


def test_no_budget_is_a_complete_empty_listing(aws: Any) -> None:
    done = aws.collected(COLLECTORS)
    assert done.inventory.resources == ()
    assert len(done.inventory.listings) == 1
    assert done.inventory.gaps == ()


@pytest.mark.parametrize(
    ("more", "listed"),
    [
        ({"BudgetType": "USAGE"}, False),
        ({"BudgetType": "SAVINGS_PLANS_COVERAGE"}, False),
        ({"CostFilters": {"Service": ["Amazon Elastic Compute Cloud - Compute"]}}, False),
        ({"CostFilters": {"LinkedAccount": ["999999999999"]}}, False),
        ({"CostFilters": {"LinkedAccount": [ACCOUNT]}}, True),
        ({"CostFilters": {}}, True),
        ({"FilterExpression": {"Dimensions": {"Key": "SERVICE", "Values": ["Amazon Bedrock"]}}}, False),
    ],
)
def test_only_budgets_of_the_whole_account_are_listed(aws: Any, more: dict[str, Any], listed: bool) -> None:
    body = {"BudgetName": "b", "BudgetType": "COST", "TimeUnit": "MONTHLY", **more}
    aws.answer(DESCRIBE_BUDGETS, {"Budgets": [body]})
    aws.answer(DESCRIBE_NOTIFICATIONS, {"Notifications": []})
    assert len(aws.collect(COLLECTORS)) == listed


def test_pages_are_followed(aws: Any) -> None:
    one = {"BudgetType": "COST", "TimeUnit": "MONTHLY"}
    aws.answer(DESCRIBE_BUDGETS, {"Budgets": [{"BudgetName": "a", **one}], "NextToken": "t"})
    aws.answer(DESCRIBE_BUDGETS, {"Budgets": [{"BudgetName": "b", **one}]}, NextToken="t")
    aws.answer(DESCRIBE_NOTIFICATIONS, {})
    assert [b.name for b in aws.collect(COLLECTORS)] == ["a", "b"]


def test_denied_notifications_leave_it_unknown(aws: Any) -> None:
    budget(aws, "b", notify=True)
    aws.refuse(DESCRIBE_NOTIFICATIONS, "AccessDeniedException")
    (found,) = aws.collect(COLLECTORS)
    assert found.alerts.reason is Reason.DENIED
    assert found.alerts.permissions == ("budgets:ViewBudget",)
