"""References, joins and the order in which derived facts are computed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from auditor.model.facts import NOT_COLLECTED, Fact, FactUnknown, Known, Reason, Unknown, any_true, cite
from auditor.model.inventory import Inventory
from auditor.model.resources import KIND_BY_NAME, KINDS_ABSENT, Key, Kind, Ref, Resource
from auditor.model.scope import Account, Provider

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DeriveSettings:
    """What an organization calls its tags, and which environments are not production."""

    owner_tags: tuple[str, ...] = ("owner", "team", "ownerteam", "contact", "costowner")
    environment_tags: tuple[str, ...] = ("environment", "env", "stage")
    classification_tags: tuple[str, ...] = ("dataclassification", "classification", "dataclass", "sensitivity")
    non_production: tuple[str, ...] = (
        "dev",
        "development",
        "test",
        "testing",
        "sandbox",
        "staging",
        "qa",
        "experiment",
    )


@dataclass(frozen=True, slots=True)
class Population:
    """The resources of a kind in an account, and the reasons why there may be more."""

    resources: tuple[Resource, ...]
    open: tuple[Unknown, ...]
    calls: tuple[str, ...]
    """The calls that listed them."""

    def none_because(self) -> Unknown | None:
        """Why an empty population does not prove that there are none."""
        if not self.open:
            return None
        calls = tuple(sorted({c for u in self.open for c in u.calls}))
        permissions = tuple(sorted({p for u in self.open for p in u.permissions}))
        return Unknown(self.open[0].reason, self.open[0].detail, calls, permissions)


class World:
    """The inventory as the rules see it: populations, and references to follow."""

    def __init__(self, inventory: Inventory, settings: DeriveSettings, kept: dict[Any, Any] | None = None) -> None:
        self.inventory = inventory
        self.settings = settings
        self.kept: dict[Any, Any] = {} if kept is None else kept
        """What rules make for each other, from the first to the last. Every rule sees another inventory: whoever takes
        something from here makes sure that what it was made of is still the same."""
        self._by_id: dict[tuple[Kind, Provider], dict[str, Resource]] = {}
        for resource in inventory.resources:
            index = self._by_id.setdefault((type(resource), resource.provider), {})
            for name in (resource.id, *resource.aliases):
                index[name] = resource

    def population(self, kind: Kind, account: Account, location: str | None = None) -> Population:
        """All of a kind in an account, or those of one location (with the gaps that could hide some there)."""
        inventory = self.inventory
        found = inventory.of(kind, account)
        gaps = inventory.gaps_of(kind, account)
        listings = inventory.listings_of(kind, account)
        if location is not None:
            found = tuple(r for r in found if r.location == location)
            gaps = tuple(g for g in gaps if g.location in (location, "global"))
        open_reasons = [g.why for g in gaps]
        if not listings and not gaps and (account.provider, kind) not in KINDS_ABSENT:
            open_reasons.append(Unknown(Reason.NOT_COLLECTED, kind.kind()))
        calls = tuple(sorted({c for x in listings for c in x.calls}))
        return Population(found, tuple(open_reasons), calls)

    def target(self, ref: Ref) -> Resource | Unknown:
        """The resource a reference points to, or why it cannot be given."""
        kind = KIND_BY_NAME[ref.kind]
        found = self._by_id.get((kind, ref.provider), {}).get(ref.id)
        if found is not None:
            return found
        accounts = [a for a in self.inventory.accounts if a.provider is ref.provider]
        account = next((a for a in accounts if a.id == ref.account), None)
        if account is None:
            if not ref.account:  # it may be one of those that could not be listed
                for own in accounts:
                    if (why := self.population(kind, own).none_because()) is not None:
                        return why
            return Unknown(Reason.OUT_OF_SCOPE, f"{kind.kind()} in another account")
        population = self.population(kind, account)
        if (open_reason := population.none_because()) is not None:
            return open_reason
        return Unknown(Reason.ABSENT, f"{kind.kind()} {ref.id}", population.calls)

    def follow(self, ref: Ref, fact: str) -> Fact[Any]:
        """A fact of the resource a reference points to."""
        target = self.target(ref)
        return target if isinstance(target, Unknown) else getattr(target, fact)


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """A rule that fills one fact of one kind. ``inputs`` are the facts it reads, ``kinds`` what it enumerates."""

    kind: Kind
    fact: str
    providers: frozenset[Provider]
    inputs: tuple[tuple[Kind, str], ...] = ()
    kinds: tuple[Kind, ...] = ()
    compute: Callable[[World, Any], Fact[Any]]

    def __post_init__(self) -> None:
        for kind, fact in ((self.kind, self.fact), *self.inputs):
            if fact not in kind.fact_names():
                raise ValueError(f"{kind.__name__} has no fact {fact}")


def derive(inventory: Inventory, rules: Sequence[Derived], settings: DeriveSettings) -> Inventory:
    """The inventory with every derived fact filled, in the order of the rules."""
    kept: dict[Any, Any] = {}
    for rule in rules:
        world = World(inventory, settings, kept)
        computed: list[Resource] = []
        for resource in inventory.resources:
            if type(resource) is not rule.kind or resource.provider not in rule.providers:
                computed.append(resource)
                continue
            try:
                value = rule.compute(world, resource)
            except FactUnknown as error:
                value = error.fact
            except Exception as error:
                log.debug("defect in a derived fact", exc_info=error)
                value = Unknown(Reason.DEFECT, f"{rule.kind.kind()}.{rule.fact}: {type(error).__name__}")
            changes: Mapping[str, Any] = {rule.fact: value}
            computed.append(replace(resource, **changes))
        inventory = inventory.with_resources(computed)
    return inventory


def follow_key(world: World, ref: Fact[Ref | None]) -> Fact[bool]:
    """Whether the key a fact refers to is managed by the customer; no key means the provider's own."""
    if isinstance(ref, Unknown):
        return ref
    if ref.value is None:
        return Known(False, ref.native, ref.calls)
    managed: Fact[bool] = world.follow(ref.value, "customer_managed")
    merged = cite(managed, ref.calls)
    return Known(merged.value, {**ref.native, **merged.native}, merged.calls) if isinstance(merged, Known) else merged


def exists(population: Population, facts: Iterable[Fact[bool]]) -> Fact[bool]:
    """Whether one of a population satisfies something: a satisfied one decides, otherwise any open reason does."""
    answer = any_true((*facts, *population.open))
    return cite(answer, population.calls) if isinstance(answer, Known) else answer


def typed(population: Population, kind: type[Any]) -> tuple[Any, ...]:
    return tuple(r for r in population.resources if type(r) is kind)


def customer_key(kind: Kind, ref_fact: str = "encryption_key", fact: str = "customer_key") -> Derived:
    """The rule that fills ``fact`` of a kind: whether the key that ``ref_fact`` refers to is the customer's."""
    return Derived(
        kind=kind,
        fact=fact,
        providers=frozenset({Provider.AWS}),
        inputs=((kind, ref_fact), (Key, "customer_managed")),
        compute=lambda world, resource: follow_key(world, getattr(resource, ref_fact)),
    )


def own_identity(kind: Kind) -> Derived:
    """The rule that fills ``own_identity`` of a kind: no other of it in the account, in whatever location, acts as one
    of its identities."""
    return Derived(
        kind=kind,
        fact="own_identity",
        providers=frozenset({Provider.AWS}),
        inputs=((kind, "identity"),),
        compute=lambda world, resource: _shared_with_none(world.population(kind, resource.account), resource),
    )


def _shared_with_none(found: Population, resource: Any) -> Fact[bool]:
    mine: Fact[tuple[Ref, ...]] = resource.identity
    if isinstance(mine, Unknown):
        return mine
    names = {ref.id for ref in mine.value}
    sharing: list[Fact[bool]] = []
    for other in found.resources:
        if other.id != resource.id:
            theirs: Fact[tuple[Ref, ...]] = other.identity  # type: ignore[attr-defined]
            shared: Fact[bool] = theirs.map(lambda refs: any(ref.id in names for ref in refs))
            sharing.append(Known(True, {"also used by": other.name}, shared.calls) if _is_true(shared) else shared)
    answer: Fact[bool] = any_true((*sharing, *found.open)).map(lambda taken: not taken)
    if isinstance(answer, Unknown):
        return answer
    calls = tuple(sorted({*mine.calls, *answer.calls, *found.calls}))
    return Known(answer.value, {**mine.native, **answer.native}, calls)


def _is_true(fact: Fact[bool]) -> bool:
    return isinstance(fact, Known) and fact.value


__all__ = [
    "NOT_COLLECTED",
    "DeriveSettings",
    "Derived",
    "Population",
    "World",
    "customer_key",
    "derive",
    "exists",
    "follow_key",
    "own_identity",
    "typed",
]
