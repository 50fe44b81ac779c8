"""Which ports of a virtual machine any address may reach, from the firewall rules that are in force on it.

Rules come from the network and from firewall policies (organization, folder, network). Among the network's own rules
the lower number wins, and a denial wins over an equal allowance. How the layers override each other is not modeled: a
port that one layer opens and another closes is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from auditor.model.facts import Fact, Known, Reason, Unknown

ADMIN_PORTS = (22, 3389, 8080, 8888)
"""SSH, RDP and the ports on which notebook servers listen."""
_ANYWHERE = frozenset({"0.0.0.0/0", "::/0"})
_TCP = frozenset({"tcp", "6", "all"})
_NETWORK_RULE_PRIORITY = 1000  # compute v1 reference, Firewall.priority: "The default value is 1000."
_POLICY_ACTIONS = {"allow": True, "deny": False, "goto_next": None, "apply_security_profile_group": True}


@dataclass(frozen=True, slots=True)
class _Rule:
    name: str
    allows: bool
    priority: int
    sources: frozenset[str]
    ports: frozenset[int]
    of_network: bool


class Unreadable(Exception):
    """A rule is not what the API documents."""


def open_ports(body: Mapping[str, Any]) -> Fact[tuple[str, ...]]:
    """The admin ports that are open to the world in an answer of ``getEffectiveFirewalls``."""
    try:
        rules = [*_network_rules(body), *_policy_rules(body)]
    except (Unreadable, TypeError, ValueError, AttributeError, KeyError):
        return Unknown(Reason.MALFORMED, "firewalls[]")
    opened: dict[int, list[str]] = {}
    unsure: list[int] = []
    for port in ADMIN_PORTS:
        for source in sorted(_ANYWHERE):
            matching = [rule for rule in rules if port in rule.ports and source in rule.sources]
            allowing = [rule for rule in matching if rule.allows and not _denied(rule, matching)]
            if not allowing:
                continue
            if any(not rule.allows and not (rule.of_network and a.of_network) for a in allowing for rule in matching):
                unsure.append(port)
            else:
                opened.setdefault(port, []).extend(rule.name for rule in allowing)
    if unsure and not opened:
        return Unknown(Reason.NOT_BUILT, "the order of firewall policies and rules")
    shown = {str(port): sorted(set(names)) for port, names in opened.items()}
    return Known(tuple(str(port) for port in sorted(opened)), {"firewalls[].allowed[].ports": shown})


def _denied(rule: _Rule, others: Sequence[_Rule]) -> bool:
    return rule.of_network and any(
        not other.allows and other.of_network and other.priority <= rule.priority for other in others
    )


def _network_rules(body: Mapping[str, Any]) -> Iterator[_Rule]:
    for rule in _objects(body.get("firewalls", [])):
        if rule.get("disabled", False) or rule.get("direction", "INGRESS") != "INGRESS":
            continue
        for field, allows in (("allowed", True), ("denied", False)):
            ports = frozenset().union(*(_ports(entry, "IPProtocol") for entry in _objects(rule.get(field, []))))
            if ports:
                priority = int(rule.get("priority", _NETWORK_RULE_PRIORITY))
                yield _Rule(str(rule["name"]), allows, priority, _sources(rule), ports, True)


def _sources(rule: Mapping[str, Any]) -> frozenset[str]:
    """Which of both "anywhere" ranges a rule takes traffic from. A rule that names no source takes it from anywhere."""
    ranges = rule.get("sourceRanges", [])
    if not ranges and not rule.get("sourceTags") and not rule.get("sourceServiceAccounts"):
        return _ANYWHERE
    return frozenset(ranges) & _ANYWHERE


def _policy_rules(body: Mapping[str, Any]) -> Iterator[_Rule]:
    for policy in _objects(body.get("firewallPolicys", [])):
        name = str(policy.get("shortName") or policy.get("displayName") or policy.get("name") or "policy")
        for rule in _objects(policy.get("rules", [])):
            if rule.get("disabled", False) or rule.get("direction") != "INGRESS":
                continue
            if rule.get("action") not in _POLICY_ACTIONS:
                raise Unreadable(name)
            allows = _POLICY_ACTIONS[rule["action"]]
            match = rule.get("match", {})
            ports = frozenset().union(*(_ports(c, "ipProtocol") for c in _objects(match.get("layer4Configs", []))))
            sources = frozenset(match.get("srcIpRanges", [])) & _ANYWHERE
            if allows is not None and ports and sources:
                yield _Rule(f"{name}/{rule.get('priority')}", allows, int(rule["priority"]), sources, ports, False)


def _ports(entry: Mapping[str, Any], protocol: str) -> frozenset[int]:
    """Which admin ports a protocol and port specification covers; no ports means all of them."""
    if str(entry[protocol]).lower() not in _TCP:
        return frozenset()
    if not entry.get("ports"):
        return frozenset(ADMIN_PORTS)
    covered: set[int] = set()
    for spec in entry["ports"]:
        low, _, high = str(spec).partition("-")
        covered.update(port for port in ADMIN_PORTS if int(low) <= port <= int(high or low))
    return frozenset(covered)


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    if not isinstance(value, list):
        raise Unreadable
    for entry in value:
        if not isinstance(entry, Mapping):
            raise Unreadable
        yield entry
