"""The account as the engine of access sees it, for the rules that rest on it; and why it cannot answer.

Organization policies are often closed to the account that they bind. What was not read of them can only take away
access. So the list of those who may do something is complete in any case, and "nobody else may" holds whatever they
say; that somebody may is said only where no ceiling was left unread that could stop it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from auditor.access.acting import Administering, acting, administering
from auditor.access.from_audit import ACTORS, SETTINGS, TARGETS, from_inventory
from auditor.access.from_identities import comes_by_federation
from auditor.access.invokers import Surely, Ways, outsiders
from auditor.access.world import World as Access
from auditor.derive.base import Population, World, typed
from auditor.model.facts import Fact, Known, Reason, Unknown
from auditor.model.inventory import Inventory
from auditor.model.resources import KIND_BY_NAME, AccountSettings, Identity, Kind
from auditor.model.scope import Account, Provider

DOCUMENTS: tuple[tuple[Kind, str], ...] = (
    (AccountSettings, "group_policies"),
    (AccountSettings, "managed_policies"),
    (AccountSettings, "management_account"),
    (AccountSettings, "organization_id"),
    (AccountSettings, "organization_path"),
    (AccountSettings, "organization_policies"),
    (Identity, "permissions_boundary"),
    (Identity, "policies"),
    (Identity, "tags"),
    (Identity, "trust_document"),
)
"""What every answer about an identity rests on."""
ANSWERS = frozenset(
    {
        ("Endpoint", "invoked_across_accounts"),
        ("Endpoint", "invoked_by_people"),
        ("Endpoint", "invokers"),
        ("Function", "invoked_across_accounts"),
        ("Function", "invokers"),
        ("Identity", "administrator"),
        ("Identity", "escalates"),
        ("Identity", "invokes_any"),
        ("Identity", "standing_administrators"),
        ("Identity", "used_by_people"),
        ("Storage", "read_across_accounts"),
        ("Storage", "read_by_people"),
        ("Storage", "readers"),
    }
)
"""What the rules make of the engine's answers, and so nothing that the engine is given."""
_TAGGED = (ACTORS, "Endpoint")
"""The kinds whose tags are read."""
LEFT_OUT = ANSWERS | {(kind, "tags") for kind in TARGETS if kind not in _TAGGED}
"""What the account is not made of."""


@dataclass
class _Seen:
    inventory: Inventory
    content: tuple[object, ...]
    access: Access


def access(world: World, account: Account) -> Access:
    """Made once for all rules, and again where a fact that it is made of is no longer the same object."""
    made: dict[Account, _Seen] = world.kept.setdefault("effective", {})
    seen = made.get(account)
    if seen is None or seen.inventory is not world.inventory:
        content = _content(world.inventory, account)
        if seen is None or not _same(seen.content, content):
            seen = made[account] = _Seen(world.inventory, content, from_inventory(world.inventory, account, LEFT_OUT))
        seen.inventory = world.inventory
    return seen.access


def _content(inventory: Inventory, account: Account) -> tuple[object, ...]:
    found: list[object] = [inventory.accounts, inventory.listings, inventory.gaps]
    for kind in (ACTORS, SETTINGS, *TARGETS):
        for resource in inventory.of(KIND_BY_NAME[kind], account):
            found += (resource.id, resource.name, resource.native_type, resource.location, resource.aliases)
            found.extend(fact for name, fact in resource.facts().items() if (kind, name) not in LEFT_OUT)
    return tuple(found)


def _same(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    """Both are held, so that no object can have taken the place of another."""
    return len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))


# who there is


_BY_ARN: WeakKeyDictionary[World, dict[Account, Mapping[str, Identity]]] = WeakKeyDictionary()


def identities(world: World, account: Account) -> Mapping[str, Identity]:
    """By ARN, as this rule sees them."""
    made = _BY_ARN.setdefault(world, {})
    if account not in made:
        made[account] = {i.id: i for i in typed(world.population(Identity, account), Identity)}
    return made[account]


def own_accounts(world: World) -> frozenset[str]:
    """Those of the run."""
    return frozenset(a.id for a in world.inventory.accounts if a.provider is Provider.AWS)


def used_by_people(world: World, identity: Identity) -> Fact[bool]:
    """Whoever signs in as a user with a password, or comes to a role by federation."""
    if identity.native_type == "AWS::IAM::User":
        return identity.person
    trust = identity.trust_document
    if isinstance(trust, Unknown):
        return trust
    found = comes_by_federation(trust.value, identity.id)
    if found is None:
        return Unknown(Reason.UNRECOGNISED, f"who comes to {identity.name} by its token issuer", trust.calls)
    return Known(found, {}, trust.calls)


def outward(world: World, account: Account) -> Mapping[str, Mapping[str, Surely]]:
    """By the ARN of each role that principals of other accounts may act as: who, and how surely."""
    seen = access(world, account)
    if _OUTWARD not in seen.kept:
        own = own_accounts(world)
        found = {role.arn: outsiders(seen, role, own) for role in seen.actors if role.is_role}
        seen.kept[_OUTWARD] = {arn: names for arn, names in found.items() if names}
    kept: Mapping[str, Mapping[str, Surely]] = seen.kept[_OUTWARD]
    return kept


def hands(world: World, account: Account) -> Mapping[str, Mapping[str, Ways]]:
    """By the ARN of whoever may be a person, or be acted as from outside: whose rights it has, itself included. Those
    of an administrator are all rights, so that nobody is followed beyond one."""
    seen = access(world, account)
    if _HANDS not in seen.kept:
        starts = {actor.arn for actor in seen.actors if actor.person is not False} | outward(world, account).keys()
        seen.kept[_HANDS] = acting(seen, starts, standing_administrators(seen).keys())
    kept: Mapping[str, Mapping[str, Ways]] = seen.kept[_HANDS]
    return kept


def standing_administrators(seen: Access) -> Mapping[str, Administering]:
    """Those whose rights no date ends."""
    return {arn: found for arn, found in administering(seen).items() if found.lasting}


_OUTWARD, _HANDS = "effective.outward", "effective.hands"


# why it is not known


def none_because(populations: Iterable[Population]) -> Unknown | None:
    return next((why for population in populations if (why := population.none_because()) is not None), None)


def unread(world: World, identity: Identity) -> Unknown:
    """Why the policies of an identity are not all known."""
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


def ceiling(world: World, account: Account) -> Fact[Mapping[str, object]]:
    """What the organization lays down, or why it is not known."""
    settings = world.population(AccountSettings, account)
    for found in typed(settings, AccountSettings):
        fact: Fact[Mapping[str, object]] = found.organization_policies
        return fact
    why = settings.none_because()
    return Unknown(Reason.ABSENT, AccountSettings.kind(), settings.calls) if why is None else why


def not_sure(world: World, account: Account, involved: Set[str], more: Iterable[Fact[object]] = ()) -> Unknown:
    """Why it is not certain that identities may do something: what was not read of their own side, of ``more``, or of
    the organization."""
    seen, by_arn = access(world, account), identities(world, account)
    for arn in sorted(involved):
        actor = seen.actor(arn)
        if actor is None:
            continue
        if not actor.identity.whole:
            return unread(world, by_arn[arn])
        own: tuple[Fact[str | None], ...] = (by_arn[arn].trust_document, by_arn[arn].permissions_boundary)
        for side in own:
            if isinstance(side, Unknown):
                return side
        if not actor.boundary_read:
            return unread(world, by_arn[arn])
    for fact in (*more, ceiling(world, account)):
        if isinstance(fact, Unknown):
            return fact
    names = ", ".join(arn.rpartition("/")[2] for arn in sorted(involved)) or "whoever its policy lets in"
    return Unknown(Reason.ABSENT, f"what decides on the rights of {names}", ceiling(world, account).calls)
