"""Log Analytics workspaces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown, any_true, native
from auditor.model.resources import LogStore
from auditor.model.scope import GLOBAL, Provider
from auditor.providers.azure import ml
from auditor.providers.azure.ai_services import ACCOUNTS, is_ai
from auditor.providers.azure.arm import SUBSCRIPTION, ArmId, arm, attempt, describe, flag, identify, parse_id, rows
from auditor.providers.azure.audit_logs import SETTINGS
from auditor.providers.azure.diagnostics import DIAGNOSTICS, settings_of
from auditor.providers.base import Collector, Detail, Reach

if TYPE_CHECKING:
    from auditor.providers.azure.session import AzureSession

_SERVICE = "Microsoft.OperationalInsights"
WORKSPACES = arm(
    _SERVICE,
    "workspaces.list",
    f"{SUBSCRIPTION}/providers/{_SERVICE}/workspaces",
    "2022-10-01",
    items="value",
    permissions=(f"{_SERVICE}/workspaces/read",),
)
CLUSTERS = arm(
    _SERVICE,
    "clusters.list",
    f"{SUBSCRIPTION}/providers/{_SERVICE}/clusters",
    "2022-10-01",
    items="value",
    permissions=(f"{_SERVICE}/clusters/read",),
)

_CLUSTER = "properties.features.clusterResourceId"
_KEY = "properties.keyVaultProperties"

Delivery = tuple[ArmId | None, Fact[bool]]
"""A workspace, and whether logs go there; an unknown without a workspace speaks of every one."""


def _workspaces(session: AzureSession) -> Iterator[tuple[ArmId, Mapping[str, Any]]]:
    for body in session.items(WORKSPACES, GLOBAL, subscription=session.account.id):
        yield identify(WORKSPACES, body), body


def _find(session: AzureSession, _location: str) -> Iterator[LogStore]:
    for resource, body in _workspaces(session):
        yield LogStore(
            **describe(session.account, resource, body, f"{_SERVICE}/workspaces"),
            retention_days=_retention(body),
        )


def _retention(body: Mapping[str, Any]) -> Fact[int | None]:
    """What holds for tables that have no retention of their own, which is not read."""
    days = native(body, "properties.retentionInDays")
    if isinstance(days, Known) and not (isinstance(days.value, int) and days.value > 0):
        return Unknown(Reason.UNRECOGNISED, "properties.retentionInDays")
    return days


def _read_keys(
    session: AzureSession, _location: str, found: Sequence[LogStore]
) -> Mapping[str, Mapping[str, Fact[Any]]]:
    """Only a dedicated cluster takes a customer's key, and gives it to the workspaces that are linked to it (Azure
    Monitor documentation, customer-managed keys)."""
    bodies = dict(_workspaces(session))
    return {store.id: _keys(session, bodies[_id(store)]) for store in found}


def _keys(session: AzureSession, body: Mapping[str, Any]) -> dict[str, Fact[Any]]:
    # documented: a workspace without a cluster is encrypted with Microsoft's keys
    named = native(body, _CLUSTER, default="")
    if isinstance(named, Known) and not named.value:
        return {"customer_key": Known(False, named.native), "encryption_key": Known(None, named.native)}
    cluster = attempt(lambda: _cluster(session, named.value))
    if isinstance(cluster, Unknown):
        return {"customer_key": cluster, "encryption_key": cluster}
    # documented: a cluster without a vault's key is encrypted with Microsoft's
    vault = native(cluster.value, f"{_KEY}.keyVaultUri", default="")
    managed: Fact[bool] = vault.map(bool)
    name = native(cluster.value, f"{_KEY}.keyName")
    return {"customer_key": managed, "encryption_key": ml.key_in_vault(managed, vault, name)}


def _cluster(session: AzureSession, named: object) -> Fact[Mapping[str, Any]]:
    wanted = parse_id(named)
    if wanted is None:
        return Unknown(Reason.MALFORMED, _CLUSTER)
    if wanted.subscription != session.account.id.lower():
        return Unknown(Reason.OUT_OF_SCOPE, "the dedicated cluster of the workspace")
    for body in session.items(CLUSTERS, GLOBAL, subscription=session.account.id):
        if identify(CLUSTERS, body) == wanted:
            return Known(body)
    return Unknown(Reason.ABSENT, "the dedicated cluster of the workspace")


def _read_deliveries(
    session: AzureSession, _location: str, found: Sequence[LogStore]
) -> Mapping[str, Mapping[str, Fact[Any]]]:
    """The destination of a diagnostic setting of an AI account, workspace or endpoint, or of the activity log."""
    deliveries = tuple(_deliveries(session))
    return {store.id: {"holds_ai_logs": _receives(_id(store), deliveries)} for store in found}


def _receives(workspace: ArmId, deliveries: Iterable[Delivery]) -> Fact[bool]:
    answer = any_true(logs for target, logs in deliveries if target in (workspace, None))
    if isinstance(answer, Known) and not answer.native:
        return Known(answer.value, {"diagnosticSettings": "none names it"})
    return answer


def _deliveries(session: AzureSession) -> Iterator[Delivery]:
    for settings in _every_settings(session):
        if isinstance(settings, Unknown):
            yield None, settings
            continue
        for setting in settings.value:
            target = native(setting, "properties.workspaceId", default="")  # left out, null or empty: another sink
            if isinstance(target, Known) and not target.value:
                continue
            workspace = parse_id(target.value) if isinstance(target, Known) else None
            if workspace is None:
                yield None, Unknown(Reason.MALFORMED, "properties.workspaceId")
            else:
                yield workspace, _sends_logs(setting)


def _sends_logs(setting: Mapping[str, Any]) -> Fact[bool]:
    logs = rows(setting, "properties.logs", default=[])  # a setting for metrics only has none
    if isinstance(logs, Unknown):
        return logs
    label = f"diagnosticSettings/{setting.get('name', '')}"
    sent = any_true(flag(log, "enabled") for log in logs.value)
    return Known(sent.value, {label: sent.value}) if isinstance(sent, Known) else sent


def _every_settings(session: AzureSession) -> Iterator[Fact[tuple[Mapping[str, Any], ...]]]:
    """The settings of each source, or why they, or the sources themselves, are not known."""
    own = {"subscription": session.account.id}
    yield attempt(lambda: Known(tuple(session.items(SETTINGS, GLOBAL, **own))))
    accounts = attempt(
        lambda: Known(
            tuple(identify(ACCOUNTS, body) for body in session.items(ACCOUNTS, GLOBAL, **own) if is_ai(body)),
        )
    )
    workspaces = attempt(lambda: Known(tuple(resource for resource, _ in ml.workspaces(session))))
    sources = [accounts, workspaces]
    if isinstance(workspaces, Known):
        sources.extend(_endpoints(session, workspace) for workspace in workspaces.value)
    for source in sources:
        if isinstance(source, Unknown):
            yield source
            continue
        for resource in source.value:
            yield _settings(session, resource)


def _settings(session: AzureSession, resource: ArmId) -> Fact[tuple[Mapping[str, Any], ...]]:
    return attempt(lambda: Known(settings_of(session, resource)))


def _endpoints(session: AzureSession, workspace: ArmId) -> Fact[tuple[ArmId, ...]]:
    call = ml.ONLINE_ENDPOINTS
    return attempt(
        lambda: Known(tuple(identify(call.call, body) for body in session.ml_items(call, **ml.inside(workspace))))
    )


def _id(store: LogStore) -> ArmId:
    found = parse_id(store.id)
    assert found is not None
    return found


COLLECTORS: tuple[Collector[LogStore, Any], ...] = (
    Collector(
        name="azure.log_stores.workspaces",
        provider=Provider.AZURE,
        kind=LogStore,
        reach=Reach.ACCOUNT,
        service=_SERVICE,
        find_calls=(WORKSPACES,),
        find=_find,
        find_facts=("tags", "retention_days"),
        details=(
            Detail(calls=(WORKSPACES, CLUSTERS), facts=("customer_key", "encryption_key"), read_all=_read_keys),
            Detail(
                calls=(SETTINGS, DIAGNOSTICS, ACCOUNTS, ml.WORKSPACES.call, ml.ONLINE_ENDPOINTS.call),
                facts=("holds_ai_logs",),
                read_all=_read_deliveries,
            ),
        ),
    ),
)
