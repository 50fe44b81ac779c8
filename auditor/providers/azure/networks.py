"""Virtual networks and their flow logs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown, all_true, any_true, native
from auditor.model.resources import Network
from auditor.model.scope import GLOBAL, Provider
from auditor.providers.azure.arm import (
    GROUP,
    SUBSCRIPTION,
    ArmId,
    arm,
    describe,
    flag,
    identify,
    parse_id,
    rows,
    spread,
)
from auditor.providers.base import Collector, Detail, Reach
from auditor.wire.errors import CallFailed

if TYPE_CHECKING:
    from auditor.providers.azure.session import AzureSession

NETWORKS = arm(
    "Microsoft.Network",
    "virtualNetworks.list",
    f"{SUBSCRIPTION}/providers/Microsoft.Network/virtualNetworks",
    "2024-01-01",
    items="value",
    permissions=("Microsoft.Network/virtualNetworks/read",),
)
WATCHERS = arm(
    "Microsoft.Network",
    "networkWatchers.list",
    f"{SUBSCRIPTION}/providers/Microsoft.Network/networkWatchers",
    "2024-01-01",
    items="value",
    permissions=("Microsoft.Network/networkWatchers/read",),
)
FLOW_LOGS = arm(
    "Microsoft.Network",
    "flowLogs.list",
    f"{GROUP}/providers/Microsoft.Network/networkWatchers/{{watcher}}/flowLogs",
    "2024-01-01",
    items="value",
    permissions=("Microsoft.Network/networkWatchers/flowLogs/read",),
)


def _find(session: AzureSession, _location: str) -> Iterator[Network]:
    for body in session.items(NETWORKS, GLOBAL, subscription=session.account.id):
        resource = identify(NETWORKS, body)
        yield Network(**describe(session.account, resource, body, "Microsoft.Network/virtualNetworks"))


def _read_flow_logs(
    session: AzureSession, _location: str, networks: Sequence[Network]
) -> Mapping[str, Mapping[str, Fact[Any]]]:
    """Flow logs hang on network watchers, one per region, and name what they record."""
    logs: list[Mapping[str, Any]] = []
    incomplete: list[Unknown] = []
    try:
        for log in spread(_watchers(session), lambda watcher: _logs_of(session, watcher)):
            logs.append(log)  # noqa: PERF402  # those before a failure are kept
    except CallFailed as error:
        incomplete.append(error.unknown())
    bodies = {parse_id(b.get("id")): b for b in session.items(NETWORKS, GLOBAL, subscription=session.account.id)}
    return {n.id: {"flow_logs": _recorded(bodies.get(parse_id(n.id)), logs, incomplete)} for n in networks}


def _watchers(session: AzureSession) -> Iterator[ArmId]:
    for body in session.items(WATCHERS, GLOBAL, subscription=session.account.id):
        yield identify(WATCHERS, body)


def _logs_of(session: AzureSession, watcher: ArmId) -> Iterator[Mapping[str, Any]]:
    yield from session.items(
        FLOW_LOGS, GLOBAL, subscription=watcher.subscription, group=watcher.group, watcher=watcher.names[0]
    )


def _recorded(
    network: Mapping[str, Any] | None, logs: Sequence[Mapping[str, Any]], incomplete: Sequence[Unknown]
) -> Fact[bool]:
    """An enabled flow log on the network, or one on each of its subnets or their security groups."""
    if network is None:
        return Unknown(Reason.VANISHED, NETWORKS.key)
    whole = _logged(str(network.get("id", "")), logs)
    subnets = rows(network, "properties.subnets", default=[])  # left out of a network without any
    if isinstance(subnets, Unknown):
        return any_true((whole, subnets))
    each: list[Fact[bool]] = []
    for subnet in subnets.value:
        group = native(subnet, "properties.networkSecurityGroup.id", default="")
        targets = [str(subnet.get("id", ""))]
        targets += [str(group.value)] if isinstance(group, Known) and group.value else []
        each.append(any_true((*(_logged(target, logs) for target in targets), *incomplete)))
    parts = all_true(each) if each else Known(False, {"properties.subnets": 0})
    answer = any_true((whole, parts, *incomplete))
    if isinstance(answer, Known) and not answer.value:
        return Known(False, {"flowLogs": len(logs), "properties.subnets": len(each)})
    return answer


def _logged(target: str, logs: Sequence[Mapping[str, Any]]) -> Fact[bool]:
    facts: list[Fact[bool]] = []
    for log in logs:
        aimed_at = native(log, "properties.targetResourceId", default="").value
        if target and str(aimed_at).lower() == target.lower():
            enabled = flag(log, "properties.enabled")
            name = f"flowLogs/{log.get('name', '')}"
            facts.append(Known(enabled.value, {name: enabled.value}) if isinstance(enabled, Known) else enabled)
    return any_true(facts)


COLLECTORS: tuple[Collector[Network, Any], ...] = (
    Collector(
        name="azure.networks",
        provider=Provider.AZURE,
        kind=Network,
        reach=Reach.ACCOUNT,
        service="Microsoft.Network",
        find_calls=(NETWORKS,),
        find=_find,
        find_facts=("tags",),
        details=(Detail(calls=(NETWORKS, WATCHERS, FLOW_LOGS), facts=("flow_logs",), read_all=_read_flow_logs),),
    ),
)
