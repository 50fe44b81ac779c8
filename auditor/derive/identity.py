"""Derived facts: what policies, ceilings and keys add up to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from auditor.derive.base import Derived, World, customer_key, exists, typed
from auditor.model.facts import Fact, Known, Reason, Unknown, all_true, any_true, cite
from auditor.model.resources import (
    AccountSettings,
    AiService,
    Endpoint,
    GenerativeDeployment,
    Identity,
    Key,
    LogStore,
    Model,
    Ref,
    Secret,
    Storage,
)
from auditor.model.scope import Provider

_AWS = frozenset({Provider.AWS})


def _guardrail_mandated(world: World, account: AccountSettings) -> Fact[bool]:
    """The organization's policy covers a region at least, and every region in which Bedrock is used: called, or an
    agent stands there."""
    regions = account.guardrail_regions
    if isinstance(regions, Unknown) or not regions.value:
        return regions.map(bool)
    services = world.population(AiService, account.account)
    agents = world.population(GenerativeDeployment, account.account)
    by_region = {s.location: s.called for s in typed(services, AiService) if "Bedrock" in s.native_type}
    with_agents = {a.location for a in agents.resources}
    uncovered = (
        Known(True, {region: "an agent"}, agents.calls) if region in with_agents else by_region[region]
        for region in sorted({*by_region, *with_agents} - set(regions.value))
    )
    open_door = any_true((*uncovered, *services.open, *agents.open))
    return all_true((regions.map(bool), open_door.map(lambda is_open: not is_open)))


def _generative_used(world: World, account: AccountSettings) -> Fact[bool]:
    """Bedrock was called somewhere, or an agent stands there."""
    services = world.population(AiService, account.account)
    agents = world.population(GenerativeDeployment, account.account)
    called = (s.called for s in typed(services, AiService) if "Bedrock" in s.native_type)
    some = bool(agents.resources)
    return any_true((Known(some, {"agents": some}, agents.calls), *called, *services.open, *agents.open))


def _mandated_for(world: World, identity: Identity) -> Fact[bool]:
    accounts = world.population(AccountSettings, identity.account)
    for settings in typed(accounts, AccountSettings):  # there is one; the fact is shared by all identities
        return cast("Fact[bool]", settings.guardrail_mandated)
    why = accounts.none_because()
    return Unknown(Reason.ABSENT, AccountSettings.kind(), accounts.calls) if why is None else why


def _attribute_based(world: World, account: AccountSettings) -> Fact[bool]:
    identities = world.population(Identity, account.account)
    return exists(identities, (_named(i, i.attribute_conditions) for i in typed(identities, Identity)))


def _named(identity: Identity, fact: Fact[bool]) -> Fact[bool]:
    return Known(True, {identity.name: True}, fact.calls) if isinstance(fact, Known) and fact.value else fact


_CLASSES = {"model artifacts": "models", "captured requests": "captured requests", "logs": "logs"}
_DATA = "data"
"""What else is kept for AI: training data, documents, features, what goes into jobs and comes out of them."""
_KEEPERS = (Storage, Model, Endpoint, LogStore)


def _kept(world: World, account: AccountSettings) -> Iterator[tuple[str, Fact[Ref | None]] | Unknown]:
    """The key of each thing that holds data of AI, with the class of the data; and why there may be more of them.

    A store has the classes that AI workloads keep in it; what a SageMaker model consists of lies in such a store.
    """
    stores, models, endpoints, logs = (world.population(kind, account.account) for kind in _KEEPERS)
    for population in (stores, models, endpoints, logs):
        yield from population.open
    for store in typed(stores, Storage):
        if isinstance(store.ai_uses, Unknown):
            yield store.ai_uses
        else:
            yield from ((_CLASSES.get(use, _DATA), store.encryption_key) for use in store.ai_uses.value)
    for model in typed(models, Model):
        if isinstance(model.encrypted_with_storage, Unknown):
            yield model.encrypted_with_storage
        elif not model.encrypted_with_storage.value:
            yield _CLASSES["model artifacts"], model.encryption_key
    for endpoint in typed(endpoints, Endpoint):
        yield "captured requests", endpoint.capture_key
    for log in typed(logs, LogStore):
        if isinstance(log.holds_ai_logs, Unknown):
            yield log.holds_ai_logs
        elif log.holds_ai_logs.value:
            yield "logs", log.encryption_key


def _customers(world: World, ref: Fact[Ref | None]) -> Fact[Key | None]:
    """The key a reference points to, if the customer manages it."""
    if isinstance(ref, Unknown) or ref.value is None:
        return ref.map(lambda _: None)
    key = world.target(ref.value)
    if isinstance(key, Unknown):
        return key
    assert isinstance(key, Key)
    return cite(key.customer_managed.map(lambda own: key if own else None), ref.calls)


_ByRegion = dict[str, dict[str, set[str]]]


def _keys(world: World, account: AccountSettings) -> Fact[_ByRegion]:
    """The customer's keys by region and class, where a region has more than one class. A key belongs to one region, so
    that keys of two regions differ says nothing. One key that is not known leaves it open."""
    found: _ByRegion = {}
    calls = {c for kind in _KEEPERS for c in world.population(kind, account.account).calls}
    for entry in _kept(world, account):
        if isinstance(entry, Unknown):
            return entry
        label, ref = entry
        key = _customers(world, ref)
        if isinstance(key, Unknown):
            return key
        calls.update(key.calls)
        if key.value is not None:
            found.setdefault(key.value.location, {}).setdefault(label, set()).add(key.value.id)
    several = {region: classes for region, classes in sorted(found.items()) if len(classes) > 1}
    shown = {r: {label: sorted(ids) for label, ids in sorted(c.items())} for r, c in several.items()}
    return Known(several, shown, tuple(sorted(calls)))


def _keyed_classes(world: World, account: AccountSettings) -> Fact[tuple[str, ...]]:
    return _keys(world, account).map(lambda regions: tuple(sorted({label for c in regions.values() for label in c})))


def _separate_keys(world: World, account: AccountSettings) -> Fact[bool]:
    """At least two keys over the classes of each region."""
    return _keys(world, account).map(lambda regions: all(len(set().union(*c.values())) > 1 for c in regions.values()))


_KEY_INPUTS = (
    (Storage, "ai_uses"),
    (Storage, "encryption_key"),
    (Model, "encrypted_with_storage"),
    (Model, "encryption_key"),
    (Endpoint, "capture_key"),
    (LogStore, "holds_ai_logs"),
    (LogStore, "encryption_key"),
    (Key, "customer_managed"),
)

RULES: tuple[Derived, ...] = (
    customer_key(Secret),
    Derived(
        kind=AccountSettings,
        fact="generative_used",
        providers=_AWS,
        inputs=((AiService, "called"),),
        kinds=(GenerativeDeployment,),
        compute=_generative_used,
    ),
    Derived(
        kind=AccountSettings,
        fact="guardrail_mandated",
        providers=_AWS,
        inputs=((AccountSettings, "guardrail_regions"), (AiService, "called")),
        kinds=(GenerativeDeployment,),
        compute=_guardrail_mandated,
    ),
    Derived(
        kind=Identity,
        fact="guardrail_mandated",
        providers=_AWS,
        inputs=((AccountSettings, "guardrail_mandated"),),
        compute=_mandated_for,
    ),
    Derived(
        kind=AccountSettings,
        fact="attribute_based_access",
        providers=_AWS,
        inputs=((Identity, "attribute_conditions"),),
        compute=_attribute_based,
    ),
    Derived(
        kind=AccountSettings,
        fact="keyed_classes",
        providers=_AWS,
        inputs=_KEY_INPUTS,
        compute=_keyed_classes,
    ),
    Derived(
        kind=AccountSettings,
        fact="separate_keys",
        providers=_AWS,
        inputs=_KEY_INPUTS,
        compute=_separate_keys,
    ),
)
