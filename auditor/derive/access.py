"""Derived facts: who may call an endpoint, over every policy that was read.

Organization policies are often closed to the account that they bind. What was not read of them can only take access
away. So the list of those who may call something is complete in any case, and "nobody else may" holds whatever they
say; that somebody may is said only where no ceiling was left unread that could stop it.
"""

from __future__ import annotations

from collections.abc import Mapping
from weakref import WeakKeyDictionary

from auditor.access.from_audit import from_inventory
from auditor.access.from_identities import comes_by_federation
from auditor.access.invokers import Invokers, Surely, invokers, outsiders
from auditor.access.ways_up import Sure, WayUp, led_to, ways_up
from auditor.access.world import World as Access
from auditor.derive.base import Derived, Population, World, typed
from auditor.model.facts import Fact, Known, Reason, Unknown, cite
from auditor.model.resources import (
    AccountSettings,
    AgentRuntime,
    AgentTool,
    Endpoint,
    Function,
    Identity,
    Kind,
    Notebook,
    Workspace,
)
from auditor.model.scope import Account, Provider

_AWS = frozenset({Provider.AWS})
_SURE = frozenset({Surely.ALWAYS, Surely.CONDITIONS, Surely.AT_TIMES})
_STANDING = frozenset({Surely.ALWAYS, Surely.CONDITIONS})
"""A grant under conditions stands as well; one that is bound to a time does not."""

_BY_ARN, _INVOKERS = "derive.access.identities", "derive.access.invokers"
_worlds: WeakKeyDictionary[World, dict[Account, Access]] = WeakKeyDictionary()


def access(world: World, account: Account) -> Access:
    """The account as the engine sees it, made once for each rule."""
    made = _worlds.setdefault(world, {})
    if account not in made:
        made[account] = from_inventory(world.inventory, account)
    return made[account]


def _identities(world: World, account: Account) -> tuple[Population, Mapping[str, Identity]]:
    population = world.population(Identity, account)
    kept = access(world, account).kept
    if _BY_ARN not in kept:
        kept[_BY_ARN] = {i.id: i for i in typed(population, Identity)}
    found: Mapping[str, Identity] = kept[_BY_ARN]
    return population, found


def _invokers(world: World, endpoint: Endpoint) -> Fact[Mapping[str, str]]:
    """Endpoints have no policies of their own: everybody who may call one is an identity of the account."""
    population, identities = _identities(world, endpoint.account)
    if (why := population.none_because()) is not None:
        return why
    found = _all_invokers(world, endpoint.account)[endpoint.id]
    if found.unread:
        return _unread(world, identities[min(found.unread)])
    calls = (*population.calls, *_ceiling(world, endpoint.account).calls)
    return Known(dict(sorted(found.may.items())), {}, tuple(sorted({*calls})))


def _all_invokers(world: World, account: Account) -> Mapping[str, Invokers]:
    """Of all endpoints at once: few of their answers differ."""
    seen = access(world, account)
    if _INVOKERS not in seen.kept:
        endpoints = world.population(Endpoint, account).resources
        seen.kept[_INVOKERS] = invokers(seen, (e.id for e in endpoints))
    found: Mapping[str, Invokers] = seen.kept[_INVOKERS]
    return found


def _unread(world: World, identity: Identity) -> Unknown:
    if isinstance(identity.policies, Unknown):
        return identity.policies
    population = world.population(AccountSettings, identity.account)
    for settings in typed(population, AccountSettings):
        for fact in (settings.managed_policies, settings.group_policies):
            if isinstance(fact, Unknown):
                return fact
    if (why := population.none_because()) is not None:
        return why
    return Unknown(Reason.ABSENT, f"a policy of {identity.name}", identity.policies.calls)


def _ceiling(world: World, account: Account) -> Fact[Mapping[str, object]]:
    """What the organization lays down, or why it is not known."""
    settings = world.population(AccountSettings, account)
    for found in typed(settings, AccountSettings):
        fact: Fact[Mapping[str, object]] = found.organization_policies
        return fact
    why = settings.none_because()
    return Unknown(Reason.ABSENT, AccountSettings.kind(), settings.calls) if why is None else why


def _not_sure(world: World, account: Account, what: str) -> Unknown:
    """Somebody may, unless something stops it that was not read: the organization's policies, where these are unknown,
    or else what is named."""
    ceiling = _ceiling(world, account)
    if isinstance(ceiling, Unknown):
        return ceiling
    return Unknown(Reason.ABSENT, what, ceiling.calls)


def _people(world: World, endpoint: Endpoint) -> Fact[tuple[str, ...]]:
    """Whoever signs in as a user with a password, or comes to a role by federation. Who may go on from there to another
    role is not followed."""
    may = endpoint.invokers
    if isinstance(may, Unknown):
        return may
    _, identities = _identities(world, endpoint.account)
    sure: list[str] = []
    unknown: list[Unknown] = []
    unsure: list[str] = []
    calls = {*may.calls}
    for arn, how in may.value.items():
        if how not in _STANDING and how != Surely.AS_READ:
            continue
        person = _person(identities[arn])
        calls.update(person.calls)
        if isinstance(person, Unknown):
            unknown.append(person)
        elif person.value:
            (sure if how in _STANDING else unsure).append(arn)
    if sure:
        return Known(tuple(sure), {arn: may.value[arn] for arn in sure}, tuple(sorted(calls)))
    if unsure:
        return cite(_not_sure(world, endpoint.account, f"a ceiling of {', '.join(unsure)}"), calls)
    if unknown:
        return cite(unknown[0], calls)
    return Known((), {"invokers": len(may.value)}, tuple(sorted(calls)))


def _person(identity: Identity) -> Fact[bool]:
    if identity.native_type == "AWS::IAM::User":
        return identity.person
    trust = identity.trust_document
    if isinstance(trust, Unknown):
        return trust
    found = comes_by_federation(trust.value, identity.id)
    if found is None:
        return Unknown(Reason.UNRECOGNISED, f"who comes to {identity.name} by its token issuer", trust.calls)
    return Known(found, {}, trust.calls)


def _across(world: World, endpoint: Endpoint) -> Fact[tuple[str, ...]]:
    """Roles among them whose trust policy lets somebody outside in. Which of these accounts are of the same
    organization is known only where the trust policy asks for it."""
    may = endpoint.invokers
    if isinstance(may, Unknown):
        return may
    seen = access(world, endpoint.account)
    _, identities = _identities(world, endpoint.account)
    own = frozenset(a.id for a in world.inventory.accounts if a.provider is Provider.AWS)
    sure: dict[str, list[str]] = {}
    unsure: list[str] = []
    calls = {*may.calls}
    for arn, how in may.value.items():
        role = seen.actor(arn)
        if role is None or not role.is_role:
            continue
        trust = identities[arn].trust_document
        calls.update(trust.calls)
        if role.trust is None:
            return trust if isinstance(trust, Unknown) else Unknown(Reason.MALFORMED, f"trust of {arn}", trust.calls)
        found = outsiders(seen, role, own)
        named = [name for name, let_in in found.items() if let_in in _SURE]
        if named and how in _SURE:
            sure[arn] = named
        elif found:
            unsure.append(arn)
    if sure:
        return Known(tuple(sure), {arn: sorted(names) for arn, names in sure.items()}, tuple(sorted(calls)))
    if unsure:
        return cite(_not_sure(world, endpoint.account, f"a ceiling of {', '.join(unsure)}"), calls)
    return Known((), {"invokers": len(may.value)}, tuple(sorted(calls)))


def _escalates(world: World, identity: Identity) -> Fact[bool]:
    """No way was found, and none can be hidden behind policies and listings that were not read; or a way was, each step
    of which is allowed whatever was not read."""
    seen = access(world, identity.account)
    if _WAYS not in seen.kept:
        seen.kept[_WAYS] = ways_up(seen), led_to(seen)
    ways, unread = seen.kept[_WAYS]
    population, identities = _identities(world, identity.account)
    calls = tuple(sorted({*population.calls, *_ceiling(world, identity.account).calls}))
    way: WayUp | None = ways.get(identity.id)
    if way is not None and way.sure is Sure.YES:
        return Known(True, {"by": list(way.steps)}, calls)
    if way is not None and way.sure is Sure.CONDITIONS:
        return Unknown(
            Reason.ABSENT,
            f"what decides on {way.steps[0] if way.steps else 'its rights'}: {', '.join(way.open)}",
            calls,
        )
    hidden = [identities[arn] for arn in sorted(unread.get(identity.id, ())) if arn in identities]
    if hidden:
        return cite(_unread(world, hidden[0]), calls)
    if way is not None:
        return cite(_not_sure(world, identity.account, f"{', '.join(way.open)} on a way to administrator"), calls)
    kinds: tuple[Kind, ...] = (Identity, *_CARRIERS)
    for kind in kinds:
        if (why := world.population(kind, identity.account).none_because()) is not None:
            return why
    carried = {c for kind in _CARRIERS for c in world.population(kind, identity.account).calls}
    return Known(False, {}, tuple(sorted({*calls, *carried})))


_CARRIERS: tuple[Kind, ...] = (AgentRuntime, AgentTool, Function, Notebook, Workspace)
"""What runs with the rights of an identity, and can be made to run something else."""
_WAYS = "derive.access.ways"

_DOCUMENTS = (
    (AccountSettings, "group_policies"),
    (AccountSettings, "managed_policies"),
    (AccountSettings, "management_account"),
    (AccountSettings, "organization_policies"),
    (Identity, "permissions_boundary"),
    (Identity, "policies"),
    (Identity, "tags"),
    (Identity, "trust_document"),
)

RULES: tuple[Derived, ...] = (
    Derived(
        kind=Endpoint,
        fact="invokers",
        providers=_AWS,
        inputs=(*_DOCUMENTS, (Endpoint, "tags")),
        compute=_invokers,
    ),
    Derived(
        kind=Endpoint,
        fact="invoked_by_people",
        providers=_AWS,
        inputs=((Endpoint, "invokers"), (Identity, "person"), *_DOCUMENTS),
        compute=_people,
    ),
    Derived(
        kind=Endpoint,
        fact="invoked_across_accounts",
        providers=_AWS,
        inputs=((Endpoint, "invokers"), *_DOCUMENTS),
        compute=_across,
    ),
    Derived(
        kind=Identity,
        fact="escalates",
        providers=_AWS,
        inputs=(*_DOCUMENTS, *((kind, "identity") for kind in _CARRIERS), (Function, "policy_document")),
        compute=_escalates,
    ),
)
