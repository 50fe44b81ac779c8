"""Exports of the activity log: the diagnostic settings of the subscription."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown, all_true, any_true, native
from auditor.model.resources import AuditLog
from auditor.model.scope import GLOBAL, Provider
from auditor.providers.azure.arm import SUBSCRIPTION, arm, attempt, choice, documented, parse_id
from auditor.providers.azure.diagnostics import ALL_LOGS, SINKS, delivered, has_sink
from auditor.providers.azure.storage import ACCOUNT, CONTAINER
from auditor.providers.base import Collector, Detail, Reach
from auditor.wire.errors import CallFailed

if TYPE_CHECKING:
    from auditor.providers.azure.session import AzureSession

SETTINGS = arm(
    "Microsoft.Insights",
    "subscriptionDiagnosticSettings.list",
    f"{SUBSCRIPTION}/providers/Microsoft.Insights/diagnosticSettings",
    "2021-05-01-preview",
    items="value",
    permissions=("Microsoft.Insights/diagnosticSettings/read",),
)
REQUIRED = ("Administrative", "Security", "Policy")
"""The categories of the activity log that record who changed what, and what was found or refused."""

_LOG_CONTAINER = "insights-activity-logs"
"""The container that Azure Monitor writes the activity log to."""


def _find(session: AzureSession, _location: str) -> Iterator[AuditLog]:
    for body in session.items(SETTINGS, GLOBAL, subscription=session.account.id):
        name = str(body.get("name", ""))
        if not name:
            raise CallFailed(SETTINGS, Reason.MALFORMED, "name")
        yield AuditLog(
            id=f"/subscriptions/{session.account.id}/providers/microsoft.insights/diagnosticsettings/{name}".lower(),
            name=name,
            account=session.account,
            location=GLOBAL,
            native_type="Microsoft.Insights/diagnosticSettings",
            tags=documented({}, "diagnostic settings carry no tags"),
            active=_active(body),
            complete=all_true(delivered((body,), (category,), (ALL_LOGS,)) for category in REQUIRED),
            everywhere=documented(True, "the activity log of a subscription covers every region"),
        )


def _active(body: Mapping[str, Any]) -> Fact[bool]:
    if not has_sink(body):
        return Known(False, {"properties": "no destination"})
    return any_true(delivered((body,), (category,), (ALL_LOGS,)) for category in (*REQUIRED, "Alert"))


def _read_immutable(session: AzureSession, log: AuditLog) -> Mapping[str, Fact[Any]]:
    """Only a storage account can keep the log unalterable: by a locked immutability policy.

    Microsoft documents that Log Analytics can purge data and that event hubs hold it for a while only.
    """
    listed = session.items(SETTINGS, GLOBAL, subscription=session.account.id)
    body = next((b for b in listed if str(b.get("name", "")).lower() == log.id.rsplit("/", 1)[-1]), None)
    if body is None:
        raise CallFailed(SETTINGS, Reason.VANISHED)
    target = native(body, "properties.storageAccountId", default="")
    if isinstance(target, Unknown):
        return {"immutable": target}
    if not target.value:
        others = [sink for sink in SINKS if native(body, f"properties.{sink}", default="").value]
        return {"immutable": Known(False, {"destinations": others})}
    account = parse_id(target.value)
    if account is None:
        return {"immutable": Unknown(Reason.MALFORMED, "properties.storageAccountId")}
    place = {"subscription": account.subscription, "group": account.group, "account": account.names[0]}
    versions = attempt(lambda: _account_locked(session, place))
    container = attempt(lambda: _container_locked(session, place))
    return {"immutable": any_true((container, versions))}


def _account_locked(session: AzureSession, place: Mapping[str, str]) -> Fact[bool]:
    """Version-level immutability of the whole account, locked. Left out of an account that never had it."""
    body = session.call(ACCOUNT, GLOBAL, **place)
    path = "properties.immutableStorageWithVersioning"
    enabled = choice(body, f"{path}.enabled", {True: True, False: False}, default=False)
    locked = choice(body, f"{path}.immutabilityPolicy.state", _LOCKED, default="Disabled")
    return all_true((enabled, locked))


_LOCKED = {"locked": True, "unlocked": False, "disabled": False}


def _container_locked(session: AzureSession, place: Mapping[str, str]) -> Fact[bool]:
    """A time-based retention policy on the container, locked. ``state`` is left out where there is no policy."""
    body = session.call(CONTAINER, GLOBAL, container=_LOG_CONTAINER, **place)
    if body is None:
        return Known(False, {_LOG_CONTAINER: "does not exist"})
    return choice(body, "properties.immutabilityPolicy.properties.state", _LOCKED, default="Disabled")


COLLECTORS: tuple[Collector[AuditLog, Any], ...] = (
    Collector(
        name="azure.audit_logs",
        provider=Provider.AZURE,
        kind=AuditLog,
        reach=Reach.ACCOUNT,
        service="Microsoft.Insights",
        find_calls=(SETTINGS,),
        find=_find,
        find_facts=("tags", "active", "complete", "everywhere"),
        details=(Detail(calls=(SETTINGS, ACCOUNT, CONTAINER), facts=("immutable",), read=_read_immutable),),
    ),
)
