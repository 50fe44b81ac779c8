"""VPC networks and their subnets (Network).

Flow logs are read where they are configured on subnets. Configurations of the Network Management API, which can log
whole networks, are not read yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown, all_true, native
from auditor.model.resources import Network
from auditor.model.scope import GLOBAL, Provider
from auditor.providers.base import Collector, Detail, Reach
from auditor.providers.gcp.names import entries, flag, last, objects, resource_path
from auditor.wire.calls import Call

if TYPE_CHECKING:
    from auditor.providers.gcp.session import GcpSession

NETWORKS_LIST = Call(
    provider=Provider.GCP,
    service="compute",
    operation="networks.list",
    host="compute.googleapis.com",
    path="/compute/v1/projects/{project}/global/networks",
    permissions=("compute.networks.list",),
    expects=("kind",),
    items="items",
    items_optional=True,  # Compute leaves an empty list out; the kind is always there
)
SUBNETS_LIST = Call(
    provider=Provider.GCP,
    service="compute",
    operation="subnetworks.aggregatedList",
    host="compute.googleapis.com",
    path="/compute/v1/projects/{project}/aggregated/subnetworks",
    permissions=("compute.subnetworks.list",),
    expects=("kind",),
)
"""A map of scopes; one that could not answer says so in a warning, or is named in ``unreachables``."""

_HOLDS_MACHINES = {
    "PRIVATE": True,
    "PRIVATE_RFC_1918": True,
    "PEER_MIGRATION": True,
    "GLOBAL_MANAGED_PROXY": False,
    "INTERNAL_HTTPS_LOAD_BALANCER": False,
    "PRIVATE_NAT": False,
    "PRIVATE_SERVICE_CONNECT": False,
    "REGIONAL_MANAGED_PROXY": False,
}
"""Subnets that exist for proxies and address translation hold no machines and take neither setting."""


def _find(session: GcpSession, location: str) -> Iterator[Network]:
    for item in _networks(session):
        yield Network(
            id=f"//compute.googleapis.com/projects/{session.account.id}/global/networks/{item['name']}",
            name=item["name"],
            account=session.account,
            location=GLOBAL,
            native_type="compute.googleapis.com/Network",
            aliases=frozenset({f"projects/{session.account.id}/global/networks/{item['name']}"}),
            tags=Known({}),  # networks have no labels
        )


def _networks(session: GcpSession) -> Iterator[Mapping[str, Any]]:
    return objects(NETWORKS_LIST, session.items(NETWORKS_LIST, GLOBAL, project=session.account.id), "name")


def _subnets(session: GcpSession, location: str, found: Sequence[Network]) -> dict[str, dict[str, Fact[Any]]]:
    subnets = session.scoped_items(SUBNETS_LIST, GLOBAL, "subnetworks", project=session.account.id)
    by_network: dict[str, list[Mapping[str, Any]]] = {}
    for subnet in objects(SUBNETS_LIST, subnets, "name", "network"):
        by_network.setdefault(resource_path(subnet["network"]), []).append(subnet)
    bodies = {item["name"]: item for item in _networks(session)}
    return {
        network.id: _network_facts(
            bodies[network.name], by_network.get(network.id.removeprefix("//compute.googleapis.com/"), [])
        )
        for network in found
    }


def _network_facts(network: Mapping[str, Any], subnets: Sequence[Mapping[str, Any]]) -> dict[str, Fact[Any]]:
    """A network without subnets carries no traffic, so none goes unlogged; but nothing in it reaches an API either.

    A legacy network has one range in place of subnets, and neither setting.
    ``logConfig.enable``: "If not set ... it will default to disabled"; ``privateIpGoogleAccess`` is off by default.
    """
    if "IPv4Range" in network:
        legacy: Fact[bool] = Known(False, {"IPv4Range": network["IPv4Range"]})
        return {"flow_logs": legacy, "private_api_access": legacy}
    named = {last(str(url)) for url in entries(network, "subnetworks").value}
    if named - {subnet["name"] for subnet in subnets}:
        missing = Unknown(Reason.ABSENT, "a subnet that the network names")
        return {"flow_logs": missing, "private_api_access": missing}
    kept: list[Mapping[str, Any]] = []
    for subnet in subnets:
        holds = native(subnet, "purpose", default="PRIVATE").map(_HOLDS_MACHINES)  # PRIVATE unless said otherwise
        if isinstance(holds, Unknown):
            unknown = Unknown(Reason.UNRECOGNISED, "subnetworks[].purpose")
            return {"flow_logs": unknown, "private_api_access": unknown}
        if holds.value:
            kept.append(subnet)
    return {
        "flow_logs": _everywhere(kept, "logConfig.enable"),
        "private_api_access": _everywhere(kept, "privateIpGoogleAccess") if kept else Known(False, {"subnetworks": 0}),
    }


def _everywhere(subnets: Sequence[Mapping[str, Any]], field: str) -> Fact[bool]:
    """Whether every subnet has a setting, showing those that lack it."""
    settings = [(str(subnet["name"]), flag(subnet, field)) for subnet in subnets]
    lacking = sorted(name for name, fact in settings if isinstance(fact, Known) and not fact.value)
    answer = all_true(fact for _, fact in settings)
    shown = {"subnetworks": len(settings), f"subnetworks[] without {field}": lacking}
    return Known(answer.value, shown) if isinstance(answer, Known) else answer


COLLECTORS = (
    Collector(
        name="gcp.networks.vpc",
        provider=Provider.GCP,
        kind=Network,
        reach=Reach.ACCOUNT,
        find_calls=(NETWORKS_LIST,),
        find=_find,
        find_facts=("tags",),
        details=(Detail(calls=(SUBNETS_LIST,), facts=("flow_logs", "private_api_access"), read_all=_subnets),),
    ),
)
