"""Budgets of the subscription in Cost Management."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown, all_true, any_true, native
from auditor.model.resources import Budget
from auditor.model.scope import GLOBAL, Provider
from auditor.providers.azure.arm import SUBSCRIPTION, arm, documented, flag
from auditor.providers.base import Collector, Reach
from auditor.wire.errors import CallFailed

if TYPE_CHECKING:
    from auditor.providers.azure.session import AzureSession

BUDGETS = arm(
    "Microsoft.Consumption",
    "budgets.list",
    f"{SUBSCRIPTION}/providers/Microsoft.Consumption/budgets",
    "2023-11-01",
    items="value",
    permissions=("Microsoft.Consumption/budgets/read",),
)
_CONTACTS = ("contactEmails", "contactRoles", "contactGroups")


def _find(session: AzureSession, _location: str) -> Iterator[Budget]:
    for body in session.items(BUDGETS, GLOBAL, subscription=session.account.id):
        name = str(body.get("name", ""))
        if not name:
            raise CallFailed(BUDGETS, Reason.MALFORMED, "name")
        yield Budget(
            id=f"/subscriptions/{session.account.id}/providers/microsoft.consumption/budgets/{name}".lower(),
            name=name,
            account=session.account,
            location=GLOBAL,
            native_type="Microsoft.Consumption/budgets",
            tags=documented({}, "budgets carry no tags"),
            alerts=_alerts(body),
        )


def _alerts(body: Mapping[str, Any]) -> Fact[bool]:
    """Some enabled notification has somebody to notify. A budget without notifications carries none."""
    notifications = native(body, "properties.notifications", default={})
    if isinstance(notifications, Unknown):
        return notifications
    if not isinstance(notifications.value, Mapping):
        return Unknown(Reason.MALFORMED, "properties.notifications")
    facts: list[Fact[bool]] = []
    for name, notification in sorted(notifications.value.items()):
        if not isinstance(notification, Mapping):
            return Unknown(Reason.MALFORMED, f"properties.notifications.{name}")
        somebody = [key for key in _CONTACTS if notification.get(key)]
        facts.append(
            all_true((flag(notification, "enabled"), Known(bool(somebody), {f"notifications.{name}": somebody})))
        )
    answer = any_true(facts)
    if isinstance(answer, Known) and not answer.native:
        return Known(answer.value, {"properties.notifications": sorted(notifications.value)})
    return answer


COLLECTORS: tuple[Collector[Budget, Any], ...] = (
    Collector(
        name="azure.budgets",
        provider=Provider.AZURE,
        kind=Budget,
        reach=Reach.ACCOUNT,
        service="Microsoft.Consumption",
        find_calls=(BUDGETS,),
        find=_find,
        find_facts=("tags", "alerts"),
    ),
)
