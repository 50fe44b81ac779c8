"""Derived facts: who may call or read a thing, sorted by who they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from auditor.access.action_sets import Use
from auditor.access.invokers import How, Surely, Users, Ways, best, both, outside_users, users
from auditor.access.world import World as Access
from auditor.derive.base import Derived, World
from auditor.derive.effective import (
    DOCUMENTS,
    access,
    ceiling,
    hands,
    identities,
    none_because,
    not_sure,
    outward,
    own_accounts,
    standing_administrators,
    unread,
    used_by_people,
)
from auditor.model.facts import NOT_COLLECTED, Fact, Known, Reason, Unknown, calls_of, cite
from auditor.model.resources import Endpoint, Function, Identity, Key, Kind, Ref, Storage
from auditor.model.scope import Account, Provider

_AWS = frozenset({Provider.AWS})
_PERHAPS: Ways = frozenset({How(sure=False)})
_SURE = frozenset({Surely.ALWAYS, Surely.CONDITIONS, Surely.AT_TIMES})


@dataclass(frozen=True, slots=True)
class Used:
    """A kind of resource, and one use of it."""

    kind: Kind
    use: Use
    everybody: str
    """The fact that says who may."""
    tagged: bool = False
    """Its tags are read, and decide where policies ask for them."""
    own_policy: bool = False
    keyed: bool = False
    """It takes its key as well."""
    listed: str = ""
    """The fact that says whether access control lists count, which are not read one by one. They name accounts."""
    concerns: str = ""
    """The fact that says whether it has to do with AI; whatever has not is left alone."""

    @property
    def inputs(self) -> tuple[tuple[Kind, str], ...]:
        """What an answer about it rests on."""
        found: list[tuple[Kind, str]] = [*DOCUMENTS, (Identity, "person")]
        if self.tagged:
            found.append((self.kind, "tags"))
        if self.own_policy:
            found.append((self.kind, "policy_document"))
        if self.concerns:
            found.append((self.kind, self.concerns))
        if self.listed:
            found.append((self.kind, self.listed))
        if self.keyed:
            found += [(self.kind, "encryption_key"), (self.kind, "public"), (self.kind, "public_access_blocked")]
            found += [(Key, "grants"), (Key, "policy_document")]
        return tuple(found)

    def facts(self, resource: Any) -> Iterator[Fact[Any]]:
        """Those of its own."""
        if self.own_policy:
            yield resource.policy_document
        if self.keyed:
            yield resource.encryption_key
            yield resource.public
            yield resource.public_access_blocked

    def concerned(self, resource: Any) -> bool:
        found: Fact[Any] = getattr(resource, self.concerns) if self.concerns else Known(True)
        return isinstance(found, Unknown) or bool(found.value)


INVOKED = Used(Endpoint, Use.INVOKE, "invokers", tagged=True, own_policy=True)
CALLED = Used(Function, Use.INVOKE, "invokers", own_policy=True, concerns="fronts_ai")
READ = Used(Storage, Use.READ, "readers", own_policy=True, keyed=True, listed="access_lists", concerns="ai_uses")
"""Through the key that new objects get; others may have another."""


def _users(world: World, used: Used, resource: Any) -> Users:
    """Of all resources of the kind at once: few of their answers differ."""
    seen = access(world, resource.account)
    key = "users", used.kind.kind()
    if key not in seen.kept:
        concerned = (r.id for r in world.population(used.kind, resource.account).resources if used.concerned(r))
        seen.kept[key] = users(seen, used.use, concerned)
    found: Users = seen.kept[key][resource.id]
    if used.keyed and isinstance(resource.encryption_key, Unknown):  # a key may stop whoever is let in
        return replace(found, ways={who: both(ways, _PERHAPS) for who, ways in found.ways.items()})
    return found


def _key_facts(world: World, resource: Any) -> Iterator[Fact[Any]]:
    ref: Fact[Ref | None] = resource.encryption_key
    if isinstance(ref, Unknown) or ref.value is None:
        return
    key = world.target(ref.value)
    if isinstance(key, Key):
        yield from (key.policy_document, key.grants)
    elif isinstance(key, Unknown):
        yield key


def _calls(world: World, used: Used, resource: Any) -> set[str]:
    """What is cited for whatever is said of the resource."""
    keys = _key_facts(world, resource) if used.keyed else ()
    facts = (*used.facts(resource), *keys, ceiling(world, resource.account))
    return {*world.population(Identity, resource.account).calls, *calls_of(facts)}


def _everybody(used: Used, world: World, resource: Any) -> Fact[Mapping[str, str]]:
    """Nobody is missing: there are no more identities, and everything that may grant was read."""
    if not used.concerned(resource):
        return NOT_COLLECTED
    account = resource.account
    if (why := none_because([world.population(Identity, account)])) is not None:
        return why
    if used.own_policy and isinstance(policy := resource.policy_document, Unknown):
        return policy
    found = _users(world, used, resource)
    if found.unread:
        return unread(world, identities(world, account)[min(found.unread)])
    target = access(world, account).target(resource.id)
    if target is None or not target.policy_read:
        return Unknown(Reason.MALFORMED, f"the policy of {resource.name}", calls_of(used.facts(resource)))
    may, sorts = _once(access(world, account), "sorts", found, lambda: _sorted(world, account, found.may))
    return Known(may, sorts, tuple(sorted(_calls(world, used, resource))))


T = TypeVar("T")


def _once(seen: Access, what: str, of: Users, make: Callable[[], T]) -> T:
    """What is the same for all resources with the same users."""
    made: dict[int, tuple[Users, T]] = seen.kept.setdefault(what, {})
    if id(of) not in made or made[id(of)][0] is not of:
        made[id(of)] = of, make()
    return made[id(of)][1]


def _sorted(world: World, account: Account, may: Mapping[str, str]) -> tuple[Mapping[str, str], Mapping[str, int]]:
    """With how many of them are what. A role may be taken on by several sorts."""
    seen, by_arn, outside = access(world, account), identities(world, account), outward(world, account)
    counts: dict[str, int] = {}
    for arn in may:
        person, actor = used_by_people(world, by_arn[arn]), seen.actor(arn)
        rules = actor.trust.rules if actor is not None and actor.trust is not None else ()
        services = any(rule.allow and "Service" in (rule.source.principals or {}) for rule in rules)
        sorts = {
            "people": isinstance(person, Known) and person.value,
            "services": services,
            "other accounts": arn in outside,
            "not known": isinstance(person, Unknown),
        }
        for sort in [name for name, is_one in sorts.items() if is_one] or ["others"]:
            counts[sort] = counts.get(sort, 0) + 1
    return dict(sorted(may.items())), dict(sorted(counts.items()))


# people


@dataclass(frozen=True, slots=True)
class _People:
    sure: Mapping[str, str]
    """Those who may at any time, and how, in words."""
    unsure: frozenset[str]
    """Those who may unless something that was not read stops them, and by whose rights."""
    strangers: tuple[Unknown, ...]
    """Why it is not known of others who may whether they are people."""


def _people(used: Used, world: World, resource: Any) -> Fact[tuple[str, ...]]:
    """Those who may at any time: by themselves, or by roles that they may take on. Administrators are left out, with
    what others may do as one: they can give themselves every right, which is judged once and not for each thing."""
    everybody: Fact[Mapping[str, str]] = getattr(resource, used.everybody)
    if not used.concerned(resource):
        return NOT_COLLECTED
    account, users_ = resource.account, _users(world, used, resource)
    found = _once(access(world, account), "people", users_, lambda: _people_among(world, account, users_.ways))
    calls = _calls(world, used, resource)
    if found.sure:
        who = (used_by_people(world, identities(world, account)[arn]) for arn in found.sure)
        return Known(tuple(found.sure), found.sure, tuple(sorted({*calls, *calls_of(who)})))
    if isinstance(everybody, Unknown):
        return everybody
    if found.unsure:
        return cite(not_sure(world, account, found.unsure, _open(world, used, resource)), calls)
    if found.strangers:
        return cite(found.strangers[0], calls)
    return Known((), _counted(everybody), tuple(sorted({*calls, *_calls_about_people(world, account)})))


def _people_among(world: World, account: Account, able: Mapping[str, Ways]) -> _People:
    by_arn, admins = identities(world, account), standing_administrators(access(world, account))
    sure: dict[str, str] = {}
    unsure: set[str] = set()
    strangers: list[Unknown] = []
    for arn, held in sorted(hands(world, account).items()):
        lasting = _only(lambda how: how.lasts, _through(held, able, admins.keys()))
        if not lasting:
            continue
        person = used_by_people(world, by_arn[arn])
        if isinstance(person, Unknown):
            strangers.append(person)
        elif person.value:
            if certain := _only(lambda how: how.sure, lasting):
                sure[arn] = _said(arn, certain)
            else:
                unsure |= {arn, *lasting}
    return _People(sure, frozenset(unsure), tuple(strangers))


def _through(held: Mapping[str, Ways], able: Mapping[str, Ways], left_out: Collection[str]) -> dict[str, Ways]:
    """By whose rights it may be used, and how."""
    return {
        holder: both(ways, able[holder]) for holder, ways in held.items() if holder in able and holder not in left_out
    }


def _only(wanted: Callable[[How], bool], ways: Mapping[str, Ways]) -> dict[str, Ways]:
    found = {holder: frozenset(filter(wanted, several)) for holder, several in ways.items()}
    return {holder: several for holder, several in found.items() if several}


def _said(arn: str, ways: Mapping[str, Ways]) -> str:
    """The best of its ways, in words."""
    holder = min(ways, key=lambda name: (tuple(Surely).index(best(ways[name])), name != arn, name))
    return best(ways[holder]) if holder == arn else f"{best(ways[holder])}, as {holder.rpartition('/')[2]}"


def _open(world: World, used: Used, resource: Any) -> Iterator[Fact[Any]]:
    yield from used.facts(resource)
    if used.keyed:
        yield from _key_facts(world, resource)


def _counted(everybody: Known[Mapping[str, str]]) -> dict[str, Any]:
    return {"identities that may": len(everybody.value), **everybody.native}


# other accounts


def _across(used: Used, world: World, resource: Any) -> Fact[tuple[str, ...]]:
    """Roles that principals of other accounts may act as and that may use it, by themselves or by roles that they may
    take on; and the principals of other accounts that its own policy names. Which accounts are of the same organization
    is known only where a policy asks for it."""
    everybody: Fact[Mapping[str, str]] = getattr(resource, used.everybody)
    if not used.concerned(resource):
        return NOT_COLLECTED
    account, users_ = resource.account, _users(world, used, resource)
    roles, unsure = _once(access(world, account), "outward", users_, lambda: _taken_on(world, account, users_.ways))
    sure: dict[str, Any] = dict(roles)
    named_there = _outside(world, used, resource)
    sure.update((_outsider(name), how) for name, how in named_there.items() if how in _SURE)
    calls = _calls(world, used, resource)
    by_arn = identities(world, account)
    if sure:
        cited = {*calls, *(c for name in sure if name in by_arn for c in by_arn[name].trust_document.calls)}
        return Known(tuple(sorted(sure)), dict(sorted(sure.items())), tuple(sorted(cited)))
    if isinstance(everybody, Unknown):
        return everybody
    if (hidden := _trust_unread(world, account)) is not None:
        return hidden
    if unsure or named_there:
        return cite(not_sure(world, account, unsure, _open(world, used, resource)), calls)
    if used.listed:
        lists: Fact[bool] = getattr(resource, used.listed)
        if isinstance(lists, Unknown):
            return lists
        if lists.value:
            return Unknown(Reason.NOT_BUILT, f"whom the access control lists in {resource.name} let in", lists.calls)
        calls.update(lists.calls)
    return Known((), _counted(everybody), tuple(sorted({*calls, *_calls_about_trust(world, account)})))


def _taken_on(
    world: World, account: Account, able: Mapping[str, Ways]
) -> tuple[Mapping[str, list[str]], frozenset[str]]:
    """The roles that principals of other accounts act as and that may, with these principals; and the identities by
    whose rights it is not certain."""
    sure: dict[str, list[str]] = {}
    unsure: set[str] = set()
    for role, names in outward(world, account).items():
        ways = _through(hands(world, account)[role], able, ())
        named = sorted(name for name, how in names.items() if how in _SURE)
        if named and any(how.sure for several in ways.values() for how in several):
            sure[role] = named
        elif ways:
            unsure |= {role, *ways}
    return sure, frozenset(unsure)


def _outside(world: World, used: Used, resource: Any) -> dict[str, Surely]:
    """By the names that its own policy has for them. Who everyone is that is let in under conditions is not known; nor
    does a policy open a bucket to everyone of which S3 says that it is not public."""
    if not used.own_policy:
        return {}
    found = outside_users(access(world, resource.account), used.use, resource.id, own_accounts(world))
    certain = {n: w for n, several in found.items() if (w := frozenset(h for h in several if n != "*" or h.plain))}
    if used.keyed and (isinstance(resource.encryption_key, Unknown) or ("*" in certain and not _public(resource))):
        certain = {}
    return {name: best(certain[name]) if name in certain else Surely.AS_READ for name in found}


def _public(resource: Any) -> bool:
    public: Fact[bool] = resource.public
    return isinstance(public, Known) and public.value


def _outsider(name: str) -> str:
    """A name in a policy as people say it."""
    if name == "*":
        return "everyone"
    account = re.fullmatch(r"(?:arn:[a-z-]+:iam::)?(\d{12})(?::root)?", name)
    return name if account is None else f"account {account[1]}"


def _trust_unread(world: World, account: Account) -> Unknown | None:
    """Whoever may act as such a role is not known."""
    seen = access(world, account)
    if "trust unread" not in seen.kept:
        seen.kept["trust unread"] = next((a.arn for a in seen.actors if a.is_role and a.trust is None), None)
    arn = seen.kept["trust unread"]
    if arn is None:
        return None
    trust = identities(world, account)[arn].trust_document
    return trust if isinstance(trust, Unknown) else Unknown(Reason.MALFORMED, f"trust of {arn}", trust.calls)


def _calls_about_people(world: World, account: Account) -> tuple[str, ...]:
    kept = access(world, account).kept
    if "calls about people" not in kept:
        kept["calls about people"] = calls_of(used_by_people(world, i) for i in identities(world, account).values())
    found: tuple[str, ...] = kept["calls about people"]
    return found


def _calls_about_trust(world: World, account: Account) -> tuple[str, ...]:
    kept = access(world, account).kept
    if "calls about trust" not in kept:
        kept["calls about trust"] = calls_of(i.trust_document for i in identities(world, account).values())
    found: tuple[str, ...] = kept["calls about trust"]
    return found


# the rules


def _rule(used: Used, fact: str, compute: Callable[[Used, World, Any], Fact[Any]]) -> Derived:
    own = () if fact == used.everybody else ((used.kind, used.everybody),)
    return Derived(
        kind=used.kind,
        fact=fact,
        providers=_AWS,
        inputs=(*own, *used.inputs),
        compute=lambda world, resource: compute(used, world, resource),
    )


RULES: tuple[Derived, ...] = (
    _rule(INVOKED, "invokers", _everybody),
    _rule(INVOKED, "invoked_by_people", _people),
    _rule(INVOKED, "invoked_across_accounts", _across),
    _rule(CALLED, "invokers", _everybody),
    _rule(CALLED, "invoked_across_accounts", _across),
    _rule(READ, "readers", _everybody),
    _rule(READ, "read_by_people", _people),
    _rule(READ, "read_across_accounts", _across),
)
