"""What the rules of security groups let in and out."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Unknown, all_true, any_true, native
from auditor.providers.aws.shared_calls import aws_call
from auditor.wire.errors import CallFailed

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

DESCRIBE_SECURITY_GROUPS = aws_call("ec2", "DescribeSecurityGroups", items="SecurityGroups", per_second=20)
GET_PREFIX_LIST = aws_call("ec2", "GetManagedPrefixListEntries", items="Entries", per_second=20)

_LAST_PORT = 65535
_EVERYTHING = "-1"
_HAS_PORTS = {"tcp": True, "udp": True, "icmp": False, "icmpv6": False, _EVERYTHING: False}


def lets_anyone_in(session: AwsSession, location: str, group: Mapping[str, Any]) -> Fact[bool]:
    """Some rule lets every address in, on whatever port."""
    rules = native(group, "IpPermissions")
    return any_true(_anywhere(session, location, rule) for rule in rules.value)


def ports_open_to_anyone(session: AwsSession, location: str, group: Mapping[str, Any]) -> Fact[tuple[str, ...]]:
    """The ports on which some rule lets every address in, as ranges, protocols without ports by name. One that is seen
    decides, even if prefix lists that were not read may open more."""
    rules = native(group, "IpPermissions")
    if isinstance(rules, Unknown):
        return rules
    opened = [(_ports(rule), _anywhere(session, location, rule)) for rule in rules.value]
    found = tuple(sorted({ports for ports, anyone in opened if isinstance(anyone, Known) and anyone.value}))
    answer = any_true(anyone for _, anyone in opened)
    return answer if isinstance(answer, Unknown) else Known(found, {group["GroupId"]: list(found)})


def lets_everything_out(session: AwsSession, location: str, group: Mapping[str, Any]) -> Fact[bool]:
    """Some rule lets everything out to every address, as the rule does that a new group has."""
    rules = native(group, "IpPermissionsEgress")
    return any_true(_wide(session, location, rule) for rule in rules.value)


def _wide(session: AwsSession, location: str, rule: Mapping[str, Any]) -> Fact[bool]:
    every = _every_port(rule)
    if isinstance(every, Known) and not every.value:
        return every
    return all_true((every, _anywhere(session, location, rule)))


def _every_port(rule: Mapping[str, Any]) -> Fact[bool]:
    """Protocols without ports count as narrow, be they named or numbered (EC2 API reference, IpPermission)."""
    protocol = native(rule, "IpProtocol")
    if isinstance(protocol, Known) and protocol.value.isdigit():
        return Known(False, protocol.native)
    if protocol.map(_HAS_PORTS).value:
        wide = rule.get("FromPort", 0) <= 1 and rule.get("ToPort", _LAST_PORT) == _LAST_PORT
        return Known(wide, {"IpProtocol": protocol.value, "FromPort": rule.get("FromPort")})
    return protocol.map(lambda name: name == _EVERYTHING)


def _ports(rule: Mapping[str, Any]) -> str:
    protocol = rule["IpProtocol"]
    if protocol == _EVERYTHING:
        return "all"
    first, last = rule.get("FromPort"), rule.get("ToPort")
    if protocol not in ("tcp", "udp") or first is None or last is None:
        return str(protocol)
    return str(first) if first == last else f"{first}-{last}"


def _anywhere(session: AwsSession, location: str, rule: Mapping[str, Any]) -> Fact[bool]:
    """Other groups are no addresses, so a rule that names only them opens nothing. A prefix list is read."""
    ranges = [r["CidrIp"] for r in rule.get("IpRanges", ())] + [r["CidrIpv6"] for r in rule.get("Ipv6Ranges", ())]
    if wide := [r for r in ranges if _every_address(r)]:
        return Known(True, {"IpProtocol": rule["IpProtocol"], "ranges": wide})
    lists = [entry["PrefixListId"] for entry in rule.get("PrefixListIds", ())]
    return any_true(_list_of_everything(session, location, name) for name in lists)


def _every_address(cidr: str) -> bool:
    return ipaddress.ip_network(cidr, strict=False).prefixlen == 0


def _list_of_everything(session: AwsSession, location: str, name: str) -> Fact[bool]:
    try:
        entries = [entry["Cidr"] for entry in session.items(GET_PREFIX_LIST, location, PrefixListId=name)]
    except CallFailed as error:
        return error.unknown()
    return Known(any(map(_every_address, entries)), {name: entries})
