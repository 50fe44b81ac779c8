"""Where the subnets of a VPC lead, and what their network ACLs let in."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from typing import Any

from auditor.model.facts import Fact, FactUnknown, Known, Reason, Unknown, any_true, combine, native

_IN_EFFECT = {"active": True, "blackhole": False}
"""A blackhole route leads to a gateway that is not there (EC2 API reference, Route)."""
_TO_NETWORKS = ("TransitGatewayId", "VpcPeeringConnectionId", "CoreNetworkArn")
_ALLOWS = {"allow": True, "deny": False}
_EVERY_PROTOCOL = "-1"

Things = Iterable[Mapping[str, Any]]


def internet_subnets(subnets: Iterable[str], tables: Things) -> Fact[tuple[str, ...]]:
    """Subnets whose route table, their own or else the VPC's main one, has a route to an internet gateway. EC2 calls
    these public subnets (VPC user guide, "Subnets for your VPC")."""
    own: dict[str, Mapping[str, Any]] = {}
    main: Mapping[str, Any] | None = None
    for table in tables:
        for association in table.get("Associations", ()):
            if association.get("Main"):
                main = table
            elif "SubnetId" in association:
                own[association["SubnetId"]] = table
    return those({subnet: _to_internet(own.get(subnet, main)) for subnet in subnets})


def _to_internet(table: Mapping[str, Any] | None) -> Fact[bool]:
    if table is None:
        return Unknown(Reason.ABSENT, "main route table")
    gateways = (r for r in table.get("Routes", ()) if str(r.get("GatewayId", "")).startswith("igw-"))
    return any_true(_in_effect(route, "GatewayId") for route in gateways)


def leads_to_other_networks(tables: Things) -> Fact[bool]:
    """By a transit gateway, a peering connection, a global network or a virtual private gateway."""
    routes = [route for table in tables for route in table.get("Routes", ())]
    ways = [_in_effect(route, field) for route in routes for field in _TO_NETWORKS if route.get(field)]
    private = (route for route in routes if str(route.get("GatewayId", "")).startswith("vgw-"))
    return any_true((*ways, *(_in_effect(route, "GatewayId") for route in private)))


def _in_effect(route: Mapping[str, Any], field: str) -> Fact[bool]:
    state = native(route, "State")
    if isinstance(state, Known):
        to = next((route[n] for n in route if n.startswith("Destination")), None)
        state = Known(state.value, {field: route[field], "to": to, **state.native})
    return state.map(_IN_EFFECT)


def open_acl_subnets(subnets: Iterable[str], acls: Things) -> Fact[tuple[str, ...]]:
    """Subnets whose network ACL filters nothing that comes in. Every subnet is associated with one ACL (VPC user guide,
    "Control subnet traffic with network access control lists")."""
    under = {place["SubnetId"]: acl for acl in acls for place in acl.get("Associations", ()) if "SubnetId" in place}
    return those({subnet: _filters_nothing(under.get(subnet)) for subnet in subnets})


def _filters_nothing(acl: Mapping[str, Any] | None) -> Fact[bool]:
    if acl is None:
        return Unknown(Reason.ABSENT, "network ACL")
    try:
        inbound = sorted((e for e in native(acl, "Entries").value if not e["Egress"]), key=lambda e: e["RuleNumber"])
        opened = any(_opens(inbound, family) for family in ("CidrBlock", "Ipv6CidrBlock"))
    except FactUnknown as error:
        return error.fact
    return Known(opened, {acl["NetworkAclId"]: [_brief(entry) for entry in inbound]})


def _opens(inbound: Things, family: str) -> bool:
    """Rules are tried by their number, and the first that fits decides: what stands behind one that allows everything
    is never reached, and a rule before it that denies something filters."""
    for entry in inbound:
        if not entry.get(family):
            continue
        if not native(entry, "RuleAction").map(_ALLOWS).value:
            return False
        wide = ipaddress.ip_network(entry[family], strict=False).prefixlen == 0
        if wide and entry["Protocol"] == _EVERY_PROTOCOL:
            return True
    return False


def _brief(entry: Mapping[str, Any]) -> str:
    source = entry.get("CidrBlock") or entry.get("Ipv6CidrBlock")
    return f"{entry['RuleNumber']} {entry.get('RuleAction')} protocol {entry['Protocol']} from {source}"


def those(facts: Mapping[str, Fact[bool]]) -> Fact[tuple[str, ...]]:
    """The names of which it is true; unknown while it is unknown of one."""
    return combine(
        lambda *flags: tuple(sorted(n for n, flag in zip(facts, flags, strict=True) if flag)), *facts.values()
    )
