"""The world as access sees it, from what an audit read: the resources of a stored ``audit.json``, or an inventory.

Both come in as plain mappings of the shape that ``audit.json`` has, so that a question gets the same answer offline as
during the run. What could not be read is never left out silently: it is marked where the engine asks for it, and said
in ``World.unread`` with the permissions that would settle it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from auditor.access.engine.answer import Layer
from auditor.access.engine.evaluate import Grant, Levels
from auditor.access.engine.policies import Policy
from auditor.access.from_identities import actor_of, compiled, shelf_of
from auditor.access.request_keys import region_in
from auditor.access.unread import Json, Notes, fact_of, known, value_of
from auditor.access.world import UNREAD_LEVELS, Organization, Target, World
from auditor.model.facts import Known, Reason
from auditor.model.inventory import Inventory
from auditor.model.resources import Resource
from auditor.model.scope import Account

ACTORS = "Identity"
SETTINGS = "AccountSettings"
TARGETS = (
    "AgentGateway",
    "AgentRuntime",
    "AgentTool",
    "Endpoint",
    "Function",
    "GenerativeDeployment",
    "ImageRepository",
    "Job",
    "Key",
    "KnowledgeBase",
    "Model",
    "ModelGroup",
    "Notebook",
    "Secret",
    "Storage",
    "Workspace",
)
"""Kinds of resources that somebody may want to reach."""
WITH_POLICY = frozenset(
    {
        "AgentGateway",
        "AgentRuntime",
        "Endpoint",
        "Function",
        "ImageRepository",
        "Key",
        "KnowledgeBase",
        "ModelGroup",
        "Secret",
        "Storage",
    }
)
"""Kinds that may have a policy of their own."""
WITH_POLICY_TYPES = frozenset({"AWS::Bedrock::CustomModel"})
"""Types that may, of kinds that otherwise have none."""
_CEILINGS = (("SERVICE_CONTROL_POLICY", Layer.SCP), ("RESOURCE_CONTROL_POLICY", Layer.RCP))


def from_document(document: Json, account: str) -> World:
    """One AWS account of a stored audit."""
    resources = [r for r in document["resources"] if _of(r["scope"], account)]
    gaps = [g for g in document["gaps"] if _of(g, account)]
    listed = {x["kind"] for x in document["listings"] if _of(x, account)}
    return world_of(account, resources, gaps, listed)


def _of(scope: Json, account: str) -> bool:
    return bool(scope["provider"] == "aws" and scope["account"] == account)


def from_inventory(inventory: Inventory, account: Account, without: Collection[tuple[str, str]] = frozenset()) -> World:
    """``without`` are facts, by kind and name, that it is not made of."""
    gaps = [
        {"kind": g.kind.kind(), "reason": g.why.reason, "permissions": g.why.permissions, "location": g.location}
        for g in inventory.gaps
        if g.account == account
    ]
    listed = {x.kind.kind() for x in inventory.listings if x.account == account}
    wanted = {ACTORS, SETTINGS, *TARGETS}
    resources = (plain(r, without) for r in inventory.resources if r.account == account and r.kind() in wanted)
    return world_of(account.id, resources, gaps, listed)


def plain(resource: Resource, without: Collection[tuple[str, str]] = frozenset()) -> Json:
    """A resource in the shape that ``audit.json`` gives it, as far as access looks at it."""
    facts = {
        name: {"value": fact.value}
        if isinstance(fact, Known)
        else {"unknown": fact.reason, "permissions": fact.permissions}
        for name, fact in resource.facts().items()
        if (resource.kind(), name) not in without
    }
    return {
        "id": resource.id,
        "name": resource.name,
        "kind": resource.kind(),
        "native_type": resource.native_type,
        "aliases": resource.aliases,
        "scope": {"location": resource.location},
        "facts": facts,
    }


def world_of(account: str, resources: Iterable[Json], gaps: Iterable[Json], listed: Iterable[str]) -> World:
    """``gaps`` are listings that failed, ``listed`` the kinds that were listed somewhere."""
    of_kind: dict[str, list[Json]] = {}
    for resource in resources:
        of_kind.setdefault(resource["kind"], []).append(resource)
    notes = Notes()
    _say_gaps(notes, gaps, {*of_kind, *listed})
    settings = next(iter(of_kind.get(SETTINGS, ())), None)
    names = _names(of_kind)
    found = [r for kind in TARGETS for r in of_kind.get(kind, ())]
    actors = of_kind.get(ACTORS, ())
    scps, rcps = _organization(notes, settings)
    shelf = shelf_of(notes, settings, needed=bool(actors))
    management = value_of(settings, "management_account")
    return World(  # the notes are complete once everything else is made, so that the last argument says all
        account=account,
        partition=_partition((*actors, *found)),
        actors=tuple(actor_of(shelf, identity) for identity in actors),
        targets=tuple(_target(notes, resource, account, names) for resource in found),
        scps=scps,
        rcps=rcps,
        management_account=management is True,
        organization=Organization(
            *(_text_or_none(settings, name) for name in ("organization_id", "organization_path"))
        ),
        groups=tuple(shelf.groups.values()),
        unread=notes.said(),
    )


def _say_gaps(notes: Notes, gaps: Iterable[Json], listed: set[str]) -> None:
    for gap in gaps:
        if gap["kind"] in (ACTORS, SETTINGS, *TARGETS):
            notes.add(
                f"all of kind {gap['kind']} in {gap['location']}", gap["permissions"], Reason(gap["reason"]).label
            )
    for kind in sorted({ACTORS, SETTINGS, *TARGETS} - listed):
        notes.add(f"any of kind {kind}", (), Reason.NOT_COLLECTED.label)


def _partition(resources: Iterable[Json]) -> str:
    return next((r["id"].split(":")[1] for r in resources if r["id"].startswith("arn:")), "aws")


# what there is


def _names(of_kind: Mapping[str, Sequence[Json]]) -> Mapping[str, str]:
    """The ARNs of keys by their other names, as references use them. A stored audit has only the first alias."""
    found: dict[str, str] = {}
    for key in of_kind.get("Key", ()):
        found.update(dict.fromkeys(key.get("aliases", ()), key["id"]))
        if key["name"].startswith("alias/"):
            found[f"{key['id'].rpartition(':')[0]}:{key['name']}"] = key["id"]
    return found


def _target(notes: Notes, resource: Json, account: str, names: Mapping[str, str]) -> Target:
    kind = resource["kind"]
    policy, policy_read = _policy(notes, resource)
    grants = _grants(notes, resource)
    tags = value_of(resource, "tags")
    return Target(
        arn=resource["id"],
        kind=kind,
        name=resource["name"],
        account=account,
        policy=policy,
        policy_read=policy_read and grants is not None,  # either may let somebody in
        grants=grants or (),
        public_blocked=kind == "Storage" and value_of(resource, "public_access_blocked") is True,
        runs_as=_runs_as(notes, resource),
        leads_to=_leads_to(resource, names),
        tags=dict(tags) if tags is not None else None,
        region=region_in(resource["scope"]["location"]),
    )


def _policy(notes: Notes, resource: Json) -> tuple[Policy | None, bool]:
    kind = resource["kind"]
    if kind not in WITH_POLICY and resource["native_type"] not in WITH_POLICY_TYPES:
        return None, True
    if kind == "Storage" and value_of(resource, "access_lists") is not False:
        notes.add("whom the access control lists of a resource of kind Storage let in", (), Reason.NOT_BUILT.label)
    if kind == "AgentRuntime":  # they can only take away what the runtime's own side gives
        notes.add("the policies of endpoints of a resource of kind AgentRuntime", (), Reason.NOT_BUILT.label)
    fact = fact_of(resource, "policy_document")
    if fact is None or not known(fact):
        notes.fact(f"the own policy of a resource of kind {kind}", fact)
        return None, False
    if fact["value"] is None:
        return None, True
    policy = compiled(fact["value"], Layer.RESOURCE, f"of {resource['name']}")
    if policy is None:
        notes.add(f"the own policy of a resource of kind {kind}", (), Reason.MALFORMED.label)
    return policy, policy is not None


def _grants(notes: Notes, resource: Json) -> tuple[Grant, ...] | None:
    """None if they were not read."""
    if resource["kind"] != "Key":
        return ()
    fact = fact_of(resource, "grants")
    if fact is None or not known(fact):
        notes.fact("the grants of a KMS key", fact)
        return None
    return tuple(Grant(g["grantee"], frozenset(g["operations"]), g["constrained"]) for g in fact["value"])


def _runs_as(notes: Notes, resource: Json) -> tuple[str, ...]:
    if "identity" not in resource["facts"]:
        return ()
    fact = resource["facts"]["identity"]
    if not known(fact):
        notes.fact(f"the identity that a resource of kind {resource['kind']} runs as", fact)
        return ()
    return tuple(_id(ref) for ref in fact["value"])


def _leads_to(resource: Json, names: Mapping[str, str]) -> tuple[str, ...]:
    """Everything that a fact of it refers to, the identities aside."""
    found: dict[str, None] = {}
    for fact in resource["facts"].values():
        for kind, arn in _refs(fact.get("value")):
            if kind in TARGETS:
                found[names.get(arn, arn)] = None
    return tuple(sorted(found))


def _refs(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, list | tuple):
        for item in value:
            yield from _refs(item)
    elif isinstance(value, Mapping):
        if value.keys() >= {"kind", "id", "provider"}:
            yield value["kind"], value["id"]
    elif hasattr(value, "kind") and hasattr(value, "id"):
        yield value.kind, value.id


def _id(ref: Any) -> str:
    return str(ref["id"] if isinstance(ref, Mapping) else ref.id)


# what stands above


def _organization(notes: Notes, settings: Json | None) -> tuple[Levels, Levels]:
    fact = fact_of(settings, "organization_policies")
    if fact is None or not known(fact):
        if settings is not None or fact is not None:
            notes.fact("the policies of the organization", fact)
        return UNREAD_LEVELS, UNREAD_LEVELS
    scps, rcps = (_levels(notes, fact["value"][kind], layer) for kind, layer in _CEILINGS)
    return scps, rcps


def _text_or_none(settings: Json | None, name: str) -> str | None:
    """Empty if it is not known."""
    fact = fact_of(settings, name)
    return fact["value"] if fact is not None and known(fact) else ""


def _levels(notes: Notes, given: Sequence[Json], layer: Layer) -> Levels:
    levels: list[tuple[Policy, ...]] = []
    partly: set[int] = set()
    for number, level in enumerate(given):
        read = [compiled(text, layer, name) for name, text in level.items()]
        if None in read or not read:  # each level has a policy where any has one
            notes.add(f"a {layer}", (), Reason.MALFORMED.label)
            partly.add(number)
        levels.append(tuple(policy for policy in read if policy is not None))
    return Levels(tuple(levels), frozenset(partly))
