"""Private endpoints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown, all_true, any_true, native
from auditor.model.resources import PrivateEndpoint
from auditor.model.scope import GLOBAL, Provider
from auditor.providers.azure.arm import SUBSCRIPTION, arm, choice, describe, identify, parse_id, rows
from auditor.providers.base import Collector, Reach

if TYPE_CHECKING:
    from auditor.providers.azure.session import AzureSession

PRIVATE_ENDPOINTS = arm(
    "Microsoft.Network",
    "privateEndpoints.list",
    f"{SUBSCRIPTION}/providers/Microsoft.Network/privateEndpoints",
    "2024-01-01",
    items="value",
    permissions=("Microsoft.Network/privateEndpoints/read",),
)
_STATES = {"approved": True, "pending": False, "rejected": False, "disconnected": False, "timeout": False}
_READY = {"succeeded": True, "updating": False, "deleting": False, "failed": False, "creating": False}


def _find(session: AzureSession, _location: str) -> Iterator[PrivateEndpoint]:
    for body in session.items(PRIVATE_ENDPOINTS, GLOBAL, subscription=session.account.id):
        resource = identify(PRIVATE_ENDPOINTS, body)
        connections = _connections(body)
        subnet = native(body, "properties.subnet.id")
        yield PrivateEndpoint(
            **describe(session.account, resource, body, "Microsoft.Network/privateEndpoints"),
            services=_services(connections),
            available=_available(body, connections),
            network=subnet.map(lambda text: str(text).lower().split("/subnets/")[0]),
            subnets=subnet.map(lambda text: (str(text).lower(),)),
            security_groups=_security_groups(body),
        )


def _connections(body: Mapping[str, Any]) -> Fact[tuple[Mapping[str, Any], ...]]:
    """A private endpoint has its connection in one of two lists, by how it was approved; the other may be left out."""
    automatic = rows(body, "properties.privateLinkServiceConnections", default=[])
    manual = rows(body, "properties.manualPrivateLinkServiceConnections", default=[])
    if isinstance(automatic, Unknown) or isinstance(manual, Unknown):
        return automatic if isinstance(automatic, Unknown) else manual
    both = (*automatic.value, *manual.value)
    return Known(both) if both else Unknown(Reason.ABSENT, "properties.privateLinkServiceConnections")


def _services(connections: Fact[tuple[Mapping[str, Any], ...]]) -> Fact[frozenset[str]]:
    """The resource types it leads to, and the sub-resources (``groupIds``) of them."""
    if isinstance(connections, Unknown):
        return connections
    found: set[str] = set()
    for connection in connections.value:
        target = parse_id(native(connection, "properties.privateLinkServiceId", default="").value)
        if target is not None:
            found.add(target.type)
        groups = native(connection, "properties.groupIds", default=[])  # left out for one's own link services
        if isinstance(groups, Unknown) or not isinstance(groups.value, list):
            return Unknown(Reason.MALFORMED, "properties.groupIds")
        found.update(str(group).lower() for group in groups.value)
    return Known(frozenset(found), {"services": sorted(found)})


def _available(body: Mapping[str, Any], connections: Fact[tuple[Mapping[str, Any], ...]]) -> Fact[bool]:
    if isinstance(connections, Unknown):
        return connections
    path = "properties.privateLinkServiceConnectionState.status"
    approved = any_true(choice(connection, path, _STATES) for connection in connections.value)
    return all_true((choice(body, "properties.provisioningState", _READY), approved))


def _security_groups(body: Mapping[str, Any]) -> Fact[tuple[str, ...]]:
    groups = rows(body, "properties.applicationSecurityGroups", default=[])  # left out where there is none
    return groups.map(lambda found: tuple(sorted(str(g.get("id", "")).lower() for g in found)))


COLLECTORS: tuple[Collector[PrivateEndpoint, Any], ...] = (
    Collector(
        name="azure.private_endpoints",
        provider=Provider.AZURE,
        kind=PrivateEndpoint,
        reach=Reach.ACCOUNT,
        service="Microsoft.Network",
        find_calls=(PRIVATE_ENDPOINTS,),
        find=_find,
        find_facts=("tags", "services", "available", "network", "subnets", "security_groups"),
    ),
)
