"""A derived rule reads what it declares, and nothing else.

What is collected for it, and which rules the fault suite runs again after a fault, follow from its declaration. A fact
that is read past it could keep an answer that its source no longer gives.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from auditor.derive import DERIVED, Derived, DeriveSettings, World, derive
from auditor.derive.base import Population
from auditor.model.facts import Fact, FactUnknown, Known, Reason, Unknown
from auditor.model.inventory import Gap, Inventory
from auditor.model.resources import KIND_BY_NAME, KINDS, AccountSettings, Endpoint, Identity, Kind, Ref, Resource
from auditor.model.scope import Account, Provider
from tests.conftest import Demo

DENIED = Unknown(Reason.DENIED, "a call", ("c-denied",), ("some:Permission",))
HIDDEN = Unknown(Reason.NOT_COLLECTED, "not declared")
SETTINGS = DeriveSettings()


# inventories to try the rules with: the demo's, after all rules have run


def as_it_is(inventory: Inventory) -> Inventory:
    return inventory


def with_gaps(inventory: Inventory) -> Inventory:
    """Every kind could have more of it everywhere."""
    gaps = (Gap(x.kind, x.account, x.location, x.collector, DENIED) for x in inventory.listings)
    return Inventory(inventory.accounts, inventory.resources, inventory.listings, tuple(gaps))


def half_read(part: int) -> Callable[[Inventory], Inventory]:
    """About half of the facts are unknown; the two parts complete each other."""

    def torn(inventory: Inventory) -> Inventory:
        def unread(resource: Resource, fact: str) -> bool:
            return zlib.crc32(f"{resource.id} {fact}".encode()) % 2 == part

        return inventory.with_resources(
            _with(r, {f: DENIED for f in r.fact_names() if unread(r, f)}) for r in inventory.resources
        )

    return torn


OF_THE_CALLER = {
    "StringEquals": {"aws:PrincipalTag/team": "a", "aws:PrincipalOrgID": "o-own"},
    "ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-own/*"},
}
OF_THE_RESOURCE = {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}


def under_conditions(service: str, condition: Mapping[str, Any]) -> Callable[[Inventory], Inventory]:
    """The identities of AWS workloads may do everything, all others what a service has, under conditions that facts
    decide on. The organization denies everything, but not to its management account, which this is."""
    everything = _policy("Allow", "*", Condition=OF_THE_CALLER)
    some = _policy("Allow", f"{service}:*", Condition=condition)
    nothing = ({"nothing": _policy("Deny", "*")},)

    def changed(resource: Resource, workloads: set[str]) -> dict[str, Fact[Any]]:
        facts: dict[str, Fact[Any]] = {"tags": Known({"team": "a"})}
        if isinstance(resource, Identity):
            inline = {"own": everything if resource.id in workloads else some}
            facts["policies"] = Known({"inline": inline, "managed": (), "groups": ()})
            facts["permissions_boundary"] = Known(None)
        if isinstance(resource, AccountSettings):
            facts["organization_policies"] = Known({"SERVICE_CONTROL_POLICY": nothing, "RESOURCE_CONTROL_POLICY": ()})
            facts["organization_id"], facts["organization_path"] = Known("o-own"), Known("o-own/r-1/ou-1/")
            facts["management_account"] = Known(True)
        return facts

    def conditioned(inventory: Inventory) -> Inventory:
        identities = (getattr(r, "identity", None) for r in inventory.resources)
        workloads = {ref.id for refs in identities if isinstance(refs, Known) for ref in refs.value}
        found = (_with(r, changed(r, workloads)) if r.provider is Provider.AWS else r for r in inventory.resources)
        return derive(inventory.with_resources(found), DERIVED, SETTINGS)

    return conditioned


def _policy(effect: str, action: str, **more: Any) -> str:
    statement = {"Effect": effect, "Action": action, "Resource": "*", **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


PLAIN = (as_it_is, with_gaps, half_read(0), half_read(1))
VARIANTS = (
    *PLAIN,
    *(under_conditions(service, OF_THE_CALLER) for service in ("bedrock-agentcore", "lambda", "s3", "sagemaker")),
    under_conditions("sagemaker", OF_THE_RESOURCE),
)


# what a rule declares, and an inventory without the rest


def declared_kinds(rule: Derived) -> frozenset[Kind]:
    return frozenset({rule.kind, *rule.kinds, *(kind for kind, _ in rule.inputs)})


def undeclared(rule: Derived, kind: Kind) -> frozenset[str]:
    return kind.fact_names() - {fact for of, fact in rule.inputs if of is kind}


def hidden(rule: Derived, inventory: Inventory) -> Inventory:
    """Without the kinds that the rule does not declare, and without the facts."""
    return _with_only(
        rule, inventory, (_with(r, dict.fromkeys(undeclared(rule, type(r)), HIDDEN)) for r in inventory.resources)
    )


def exchanged(rule: Derived, inventory: Inventory) -> Inventory:
    """What the rule does not declare is what the next resource of the kind has, and the kinds it does not declare are
    empty. Where an unknown fact changes nothing, another value may."""
    after: dict[str, Resource] = {}
    for kind in KINDS:
        for account in inventory.accounts:
            found = inventory.of(kind, account)
            after.update({r.id: other for r, other in zip(found, (*found[1:], *found[:1]), strict=True)})
    return _with_only(
        rule,
        inventory,
        (_with(r, {f: getattr(after[r.id], f) for f in undeclared(rule, type(r))}) for r in inventory.resources),
    )


def _with(resource: Resource, facts: dict[str, Fact[Any]]) -> Resource:
    return replace(resource, **facts)  # type: ignore[arg-type]


def _with_only(rule: Derived, inventory: Inventory, resources: Iterable[Resource]) -> Inventory:
    kinds = declared_kinds(rule)
    return Inventory(
        inventory.accounts,
        tuple(r for r in resources if type(r) in kinds),
        tuple(x for x in inventory.listings if x.kind in kinds),
        tuple(g for g in inventory.gaps if g.kind in kinds),
    )


def computed(rule: Derived, inventory: Inventory, world: World | None = None) -> dict[str, Fact[Any]]:
    """What the rule says of each resource, by id. Raises whatever it raises, an unknown aside."""
    seen = world or World(inventory, SETTINGS)
    found: dict[str, Fact[Any]] = {}
    for resource in inventory.resources:
        if type(resource) is rule.kind and resource.provider in rule.providers:
            try:
                found[resource.id] = rule.compute(seen, resource)
            except FactUnknown as unknown:
                found[resource.id] = unknown.fact
    return found


def differences(
    rule: Derived, inventory: Inventory, full: Mapping[str, Fact[Any]]
) -> list[tuple[str, Fact[Any], Fact[Any]]]:
    """Where the rule says something else once it sees only what it declares."""
    return [
        (name, full[name], fact)
        for less in (hidden, exchanged)
        for name, fact in computed(rule, less(rule, inventory)).items()
        if fact != full[name]
    ]


# what a rule reads


@dataclass
class Read:
    facts: set[tuple[Kind, str]]
    kinds: set[Kind]
    found: Mapping[str, Fact[Any]]
    """What the rule made of it."""

    def past(self, rule: Derived) -> list[str]:
        """What the rule does not declare."""
        facts = (f"{kind.kind()}.{fact}" for kind, fact in self.facts - set(rule.inputs))
        return sorted((*facts, *(kind.kind() for kind in self.kinds - declared_kinds(rule))))


class Watched:
    """A fact of a class of resources that notes who reads it."""

    def __init__(self, name: str, slot: Any, read: set[tuple[Kind, str]]) -> None:
        self.name = name
        self.slot = slot
        self.read = read

    def __get__(self, resource: Resource | None, owner: type[Resource]) -> Any:
        if resource is None:
            return self
        self.read.add((type(resource), self.name))
        return self.slot.__get__(resource, owner)

    def __set__(self, resource: Resource, fact: Fact[Any]) -> None:
        self.slot.__set__(resource, fact)


class WatchedWorld(World):
    """Notes which kinds are enumerated or referred to."""

    def __init__(self, inventory: Inventory, read: Read) -> None:
        super().__init__(inventory, SETTINGS)
        self.read = read

    def population(self, kind: Kind, account: Account, location: str | None = None) -> Population:
        self.read.kinds.add(kind)
        return super().population(kind, account, location)

    def target(self, ref: Ref) -> Resource | Unknown:
        self.read.kinds.add(KIND_BY_NAME[ref.kind])
        return super().target(ref)


def reads(rule: Derived, inventory: Inventory) -> Read:
    """What the rule asks for, used or not. Facts that are taken over in bulk count for nothing here, since nothing
    tells which of them are used: ``differences`` does."""
    read = Read(set(), set(), {})
    classes = {c for kind in KINDS for c in kind.__mro__ if issubclass(c, Resource)}
    in_bulk = Resource.facts

    def unnoticed(resource: Resource) -> dict[str, Fact[Any]]:
        before = set(read.facts)
        facts = in_bulk(resource)
        read.facts.intersection_update(before)
        return facts

    with pytest.MonkeyPatch.context() as patch:
        for owner in classes:
            for name in owner.fact_names() & vars(owner).keys():
                patch.setattr(owner, name, Watched(name, vars(owner)[name], read.facts))
        patch.setattr(Resource, "facts", unnoticed)
        read.found = computed(rule, inventory, WatchedWorld(inventory, read))
    return read


def name_of(rule: Derived) -> str:
    return "-".join((rule.kind.kind(), rule.fact, *sorted(rule.providers)))


# the contract


@pytest.fixture(scope="session")
def inventories(demo: Demo) -> tuple[Inventory, ...]:
    inventory = demo.result.audit.inventory
    return tuple(variant(inventory) for variant in VARIANTS)


@pytest.mark.parametrize("rule", DERIVED, ids=name_of)
def test_a_rule_reads_only_what_it_declares(inventories: tuple[Inventory, ...], rule: Derived) -> None:
    policies = (Identity, "policies") in rule.inputs  # the others do not see the conditions of grants
    for inventory in inventories if policies else inventories[: len(PLAIN)]:
        read = reads(rule, inventory)
        assert read.found, "the demo has nothing to try the rule on"
        assert read.past(rule) == []
        assert differences(rule, inventory, read.found) == []


# the contract can be broken


def _find(kind: Kind, fact: str) -> Derived:
    return next(r for r in DERIVED if (r.kind, r.fact) == (kind, fact) and Provider.AWS in r.providers)


def _without(rule: Derived, *inputs: tuple[Kind, str]) -> Derived:
    assert set(inputs) <= set(rule.inputs)
    return replace(rule, inputs=tuple(i for i in rule.inputs if i not in inputs))


def _noticed(rule: Derived, inventory: Inventory) -> tuple[list[str], bool]:
    read = reads(rule, inventory)
    return read.past(rule), bool(differences(rule, inventory, read.found))


def test_an_undeclared_fact_is_noticed(inventories: tuple[Inventory, ...]) -> None:
    rule = _without(_find(Identity, "guardrail_mandated"), (AccountSettings, "guardrail_mandated"))
    rule = replace(rule, kinds=(AccountSettings,))
    assert _noticed(rule, inventories[0]) == (["AccountSettings.guardrail_mandated"], True)


def test_an_undeclared_fact_that_is_read_in_bulk_is_noticed(inventories: tuple[Inventory, ...]) -> None:
    rule = _without(_find(Endpoint, "invokers"), (Identity, "permissions_boundary"))
    assert _noticed(rule, inventories[0])[1]


def test_an_undeclared_kind_is_noticed(inventories: tuple[Inventory, ...]) -> None:
    rule = replace(_find(AccountSettings, "generative_used"), kinds=())
    assert _noticed(rule, inventories[0]) == (["GenerativeDeployment"], True)
