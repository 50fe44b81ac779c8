"""Facts of a request that whoever asks about it gives, and the VPC endpoint that they say it comes by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from auditor.access.aws_documents import PolicyMalformed
from auditor.access.engine.answer import Layer
from auditor.access.engine.evaluate import Request
from auditor.access.engine.policies import Policy, compile_policy
from auditor.access.unread import Notes
from auditor.errors import UsageError
from auditor.model.facts import Known, Reason
from auditor.model.inventory import Inventory
from auditor.model.resources import PrivateEndpoint

Json = Mapping[str, Any]
DOOR_CHECK = "private_endpoint_policy_restricted"
"""The check that reads the policies of VPC endpoints."""
SOURCE_VPCE, SOURCE_VPC = "aws:sourcevpce", "aws:sourcevpc"
_KEY = re.compile(r"[A-Za-z0-9-]+:[^\s=:/]+([/:].+)?")


@dataclass(frozen=True, slots=True)
class Door:
    """A VPC endpoint. AWS PrivateLink guide, "Control access to VPC endpoints using endpoint policies": what has no
    policy of its own lets everything through."""

    name: str
    policy: Policy | None = None
    unread: str = ""
    """Why its policy is not known, in a sentence."""
    network: str = ""
    services: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one request."""

    given: Mapping[str, str | list[str]] = field(default_factory=dict)
    """By condition key, as it was written."""
    door: Door | None = None
    notes: tuple[str, ...] = ()

    @property
    def context(self) -> Mapping[str, str | list[str]]:
        """With the network that the VPC endpoint is in."""
        if self.door is None or not self.door.network or SOURCE_VPC in map(str.lower, self.given):
            return self.given
        return {**self.given, "aws:SourceVpc": self.door.network}

    def narrowed(self, request: Request) -> Request:
        """With the policy of the VPC endpoint as a layer of its own."""
        if self.door is None:
            return request
        return replace(request, endpoint=self.door.policy, endpoint_read=not self.door.unread)

    def about(self, action: str) -> tuple[str, ...]:
        """The notes, and whether a request of this kind passes the VPC endpoint at all."""
        if self.door is None or not self.door.services:
            return self.notes
        service = action.partition(":")[0].lower()
        if any(name.startswith(service) or service.startswith(name.split(".")[0]) for name in self.door.services):
            return self.notes
        return (*self.notes, f"{self.door.name} leads to {', '.join(self.door.services)}, and not to {service}")


NO_FACTS = Facts()


def parsed(given: Iterable[str]) -> dict[str, str | list[str]]:
    """``KEY=VALUE``, a key that has several values once for each."""
    found: dict[str, str | list[str]] = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not equals or not value or _KEY.fullmatch(key) is None:
            raise UsageError(
                f"{text!r} is no fact of a request",
                "Write KEY=VALUE with a condition key, such as aws:SourceVpce=vpce-0a1b2c or "
                "aws:MultiFactorAuthPresent=true.",
            )
        same = next((known for known in found if known.lower() == key.lower()), key)
        before = found.get(same)
        found[same] = value if before is None else [*([before] if isinstance(before, str) else before), value]
    return found


def facts_of(given: Mapping[str, str | list[str]], doors: Mapping[str, Door]) -> Facts:
    """``doors`` are the VPC endpoints of the audit, by id."""
    named = next((value for key, value in given.items() if key.lower() == SOURCE_VPCE), None)
    if named is None:
        return Facts(given)
    if not isinstance(named, str):
        raise UsageError("a request comes by one VPC endpoint", "Give aws:SourceVpce once.")
    door = doors.get(named)
    if door is None:
        why = f"{named} is not among the VPC endpoints that were read, so that its policy is not known"
        return Facts(given, Door(named, unread=why), (why,))
    return Facts(given, door, (door.unread,) if door.unread else ())


# VPC endpoints of an audit


def doors_of_document(document: Json, account: str) -> Mapping[str, Door]:
    kind = PrivateEndpoint.kind()
    return _doors(r for r in document["resources"] if r["kind"] == kind and r["scope"]["account"] == account)


def doors_of_inventory(inventory: Inventory, account: str) -> Mapping[str, Door]:
    found = (r for r in inventory.resources if isinstance(r, PrivateEndpoint) and r.account.id == account)
    return _doors({"name": door.name, "facts": _facts(door)} for door in found)


def _facts(door: PrivateEndpoint) -> Json:
    return {
        name: {"value": fact.value, "native": fact.native}
        if isinstance(fact, Known)
        else {"unknown": fact.reason, "permissions": fact.permissions}
        for name, fact in door.facts().items()
        if name in ("network", "open_policy", "services")
    }


def _doors(rows: Iterable[Json]) -> Mapping[str, Door]:
    return {row["name"]: _door(row["name"], row["facts"]) for row in rows}


def _door(name: str, facts: Json) -> Door:
    """The text of the policy stands beside what was judged of it."""
    fact, network, services = (facts.get(n) or {} for n in ("open_policy", "network", "services"))
    door = Door(name, network=network.get("value") or "", services=tuple(sorted(services.get("value") or ())))
    notes = Notes()
    if "value" not in fact:
        notes.fact(f"the policy of {name}", fact or None)
        return replace(door, unread=notes.said()[0])
    native = fact.get("native") or {}
    text = native.get("PolicyDocument")
    if not text and (fact["value"] or "VpcEndpointType" in native):
        return door  # no policy of its own, or of a type that takes none
    try:
        return replace(door, policy=compile_policy(text or "", Layer.ENDPOINT, f"of {name}"))
    except PolicyMalformed:
        notes.add(f"the policy of {name}", (), Reason.MALFORMED.label)
        return replace(door, unread=notes.said()[0])
