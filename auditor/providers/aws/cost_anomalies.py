"""Cost anomaly detection: whether unusual spending on a service is noticed, and somebody told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, all_true, any_true, native
from auditor.model.resources import AccountSettings
from auditor.model.scope import GLOBAL
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Detail

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

GET_ANOMALY_MONITORS = aws_call("ce", "GetAnomalyMonitors", items="AnomalyMonitors")
GET_ANOMALY_SUBSCRIPTIONS = aws_call("ce", "GetAnomalySubscriptions", items="AnomalySubscriptions")

_BY_SERVICE = {"SERVICE": True, "LINKED_ACCOUNT": False, "TAG": False, "COST_CATEGORY": False}
_DIMENSIONAL = {"DIMENSIONAL": True, "CUSTOM": False}
_LISTENS = {"CONFIRMED": True, "DECLINED": False}


def _alert(session: AwsSession, account: AccountSettings) -> Mapping[str, Fact[Any]]:
    """A monitor that looks at each service by itself, with a subscriber who did not decline. What the management
    account of an organization has set up for its members is not in these answers."""
    monitors = list(session.items(GET_ANOMALY_MONITORS, GLOBAL))
    if not monitors:
        return {"spend_anomaly_alert": Known(False, {"AnomalyMonitors": []})}
    listening = [
        (set(s["MonitorArnList"]), any_true(native(x, "Status").map(_LISTENS) for x in s["Subscribers"]))
        for s in session.items(GET_ANOMALY_SUBSCRIPTIONS, GLOBAL)
    ]
    return {
        "spend_anomaly_alert": any_true(
            all_true((_watches_services(m), any_true(told for arns, told in listening if m.get("MonitorArn") in arns)))
            for m in monitors
        )
    }


def _watches_services(monitor: Mapping[str, Any]) -> Fact[bool]:
    kind: Fact[bool] = native(monitor, "MonitorType").map(_DIMENSIONAL)
    if isinstance(kind, Known) and not kind.value:
        return kind
    return all_true((kind, native(monitor, "MonitorDimension").map(_BY_SERVICE)))


SPEND_ANOMALY: Detail[AccountSettings, AwsSession] = Detail(
    calls=(GET_ANOMALY_MONITORS, GET_ANOMALY_SUBSCRIPTIONS), facts=("spend_anomaly_alert",), read=_alert
)
