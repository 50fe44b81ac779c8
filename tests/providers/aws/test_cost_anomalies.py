"""Cost anomaly detection."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.model.facts import Known, Reason
from auditor.model.resources import AccountSettings
from auditor.model.scope import GLOBAL, Provider
from auditor.providers.aws.cost_anomalies import GET_ANOMALY_MONITORS, GET_ANOMALY_SUBSCRIPTIONS, SPEND_ANOMALY
from auditor.providers.base import Collector, Reach
from tests.providers.aws.conftest import ACCOUNT, Aws

MONITOR = {
    "MonitorArn": "arn:aws:ce::123456789012:anomalymonitor/m",
    "MonitorName": "m",
    "MonitorType": "DIMENSIONAL",
    "MonitorDimension": "SERVICE",
}
THERE = {"Address": "ml@meridian.example", "Type": "EMAIL", "Status": "CONFIRMED"}
ACCOUNTS: Collector[AccountSettings, Any] = Collector(
    name="aws.account",
    provider=Provider.AWS,
    kind=AccountSettings,
    reach=Reach.ACCOUNT,
    find_calls=(),
    find=lambda session, location: [
        AccountSettings(id="a", name="a", account=ACCOUNT, location=GLOBAL, native_type="AWS::::Account")
    ],
    details=(SPEND_ANOMALY,),
)


def alert(aws: Aws) -> Any:
    (found,) = aws.collect((ACCOUNTS,))
    assert isinstance(found, AccountSettings)
    fact = found.spend_anomaly_alert
    assert fact.calls
    return fact.value if isinstance(fact, Known) else fact.reason


def world(aws: Aws, monitors: list[Any], subscribers: list[Any], arn: str = MONITOR["MonitorArn"]) -> None:
    subscription = {
        "MonitorArnList": [arn],
        "Subscribers": subscribers,
        "Frequency": "DAILY",
        "SubscriptionName": "s",
    }
    aws.answer(GET_ANOMALY_MONITORS, {"AnomalyMonitors": monitors})
    aws.answer(GET_ANOMALY_SUBSCRIPTIONS, {"AnomalySubscriptions": [subscription]})


@pytest.mark.parametrize(
    ("monitors", "subscribers", "expected"),
    [
        ([MONITOR], [THERE], True),
        ([], [THERE], False),
        ([MONITOR], [], False),
        ([MONITOR], [{**THERE, "Status": "DECLINED"}], False),
        ([MONITOR], [{**THERE, "Status": "UnheardOf"}], Reason.UNRECOGNISED),
        ([MONITOR], [{"Address": "ml@meridian.example", "Type": "EMAIL"}], Reason.ABSENT),
        ([{**MONITOR, "MonitorDimension": "TAG"}], [THERE], False),
        ([{**MONITOR, "MonitorDimension": "UnheardOf"}], [THERE], Reason.UNRECOGNISED),
        ([{**MONITOR, "MonitorType": "CUSTOM"}], [THERE], False),
        ([{**MONITOR, "MonitorType": "UnheardOf"}], [THERE], Reason.UNRECOGNISED),
    ],
)
def test_monitors_and_subscribers(aws: Aws, monitors: list[Any], subscribers: list[Any], expected: object) -> None:
    world(aws, monitors, subscribers)
    assert alert(aws) == expected


def test_a_subscription_to_another_monitor_does_not_count(aws: Aws) -> None:
    world(aws, [MONITOR], [THERE], arn="arn:aws:ce::123456789012:anomalymonitor/other")
    assert alert(aws) is False


@pytest.mark.parametrize("call", [GET_ANOMALY_MONITORS, GET_ANOMALY_SUBSCRIPTIONS])
def test_denied(aws: Aws, call: Any) -> None:
    world(aws, [MONITOR], [THERE])
    aws.refuse(call, "AccessDeniedException", 400)
    assert alert(aws) is Reason.DENIED
