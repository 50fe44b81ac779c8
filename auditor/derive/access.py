"""Derived facts: what an identity may do, over every policy that was read."""

from __future__ import annotations

from dataclasses import replace

from auditor.access.acting import administering
from auditor.access.action_sets import Use
from auditor.access.escalation import PROBE
from auditor.access.invokers import Ways, best, both, users
from auditor.access.ways_up import Sure, WayUp, led_to, ways_up
from auditor.access.world import Target
from auditor.derive.access_users import RULES as OF_USERS
from auditor.derive.base import Derived, World
from auditor.derive.effective import (
    DOCUMENTS,
    access,
    ceiling,
    hands,
    identities,
    none_because,
    not_sure,
    standing_administrators,
    unread,
    used_by_people,
)
from auditor.model.facts import NOT_COLLECTED, Fact, Known, Reason, Unknown, cite
from auditor.model.resources import (
    AgentRuntime,
    AgentTool,
    Endpoint,
    Function,
    Identity,
    Kind,
    Notebook,
    Workspace,
)
from auditor.model.scope import GLOBAL, Account, Provider

_AWS = frozenset({Provider.AWS})


def _calls(world: World, identity: Identity) -> tuple[str, ...]:
    population = world.population(Identity, identity.account)
    return tuple(sorted({*population.calls, *identity.policies.calls, *ceiling(world, identity.account).calls}))


def _administrator(world: World, identity: Identity) -> Fact[bool]:
    """Every right was read, and none makes it one; or some do, whatever else was not read."""
    found = administering(access(world, identity.account)).get(identity.id)
    calls = _calls(world, identity)
    if found is not None and any(how.sure for how in found.ways):
        return Known(True, {"by": found.by}, calls)
    if (why := _not_all_read(world, identity)) is not None:
        return why
    if found is not None:
        return cite(not_sure(world, identity.account, {identity.id}), calls)
    return Known(False, {}, calls)


def _not_all_read(world: World, identity: Identity) -> Unknown | None:
    """Why it may have rights that are not known, or a way to them over somebody who is not."""
    actor = access(world, identity.account).actor(identity.id)
    if actor is None or not actor.identity.whole:
        return unread(world, identity)
    return none_because([world.population(Identity, identity.account)])


def _standing_administrators(world: World, identity: Identity) -> Fact[tuple[str, ...]]:
    """Of identities that people sign in as. Others are not asked."""
    person = used_by_people(world, identity)
    if isinstance(person, Known) and not person.value:
        return NOT_COLLECTED
    account = identity.account
    seen = access(world, account)
    admins = standing_administrators(seen)
    held = hands(world, account)[identity.id]
    ways = {arn: both(several, admins[arn].lasting) for arn, several in held.items() if arn in admins}
    lasting = {arn: frozenset(how for how in several if how.lasts) for arn, several in ways.items()}
    sure = {arn: best(several) for arn, several in lasting.items() if any(how.sure for how in several)}
    calls = _calls(world, identity)
    if sure:
        shown = {arn: f"{how}, by {admins[arn].by}" for arn, how in sorted(sure.items())}
        return cite(Known(tuple(shown), shown, calls), person.calls)
    if (why := _not_all_read(world, identity)) is not None:
        return why
    open_ = {arn for arn, several in lasting.items() if several}
    for arn in sorted(held):
        actor = seen.actor(arn)
        if actor is not None and not actor.identity.whole and any(how.lasts for how in held[arn]):
            return unread(world, identities(world, account)[arn])
    if open_:
        return cite(not_sure(world, account, {identity.id, *open_}), calls)
    return cite(Known((), {}, calls), person.calls)


# ways up


def _escalates(world: World, identity: Identity) -> Fact[bool]:
    """No way was found, and none can be hidden behind policies and listings that were not read; or a way was, each step
    of which is allowed whatever was not read."""
    administrator = identity.administrator
    if isinstance(administrator, Known) and administrator.value:
        return administrator
    seen = access(world, identity.account)
    if _WAYS not in seen.kept:
        seen.kept[_WAYS] = ways_up(seen), led_to(seen)
    ways, hidden_from = seen.kept[_WAYS]
    by_arn = identities(world, identity.account)
    calls = _calls(world, identity)
    way: WayUp | None = ways.get(identity.id)
    if way is not None and way.sure is Sure.YES:
        return Known(True, {"by": list(way.steps)}, calls)
    if way is not None and way.sure is Sure.CONDITIONS:
        return Unknown(
            Reason.ABSENT,
            f"what decides on {way.steps[0] if way.steps else 'its rights'}: {', '.join(way.open)}",
            calls,
        )
    hidden = [by_arn[arn] for arn in sorted(hidden_from.get(identity.id, ())) if arn in by_arn]
    if hidden:
        return cite(unread(world, hidden[0]), calls)
    if way is not None:
        return cite(_no_certain_way(world, identity, way), calls)
    kinds: tuple[Kind, ...] = (Identity, *_CARRIERS)
    populations = [world.population(kind, identity.account) for kind in kinds]
    if (why := none_because(populations)) is not None:
        return why
    return Known(False, {}, tuple(sorted({*calls, *(c for population in populations for c in population.calls)})))


def _no_certain_way(world: World, identity: Identity, way: WayUp) -> Unknown:
    organization = ceiling(world, identity.account)
    if isinstance(organization, Unknown):
        return organization
    return Unknown(Reason.ABSENT, f"{', '.join(way.open)} on a way to administrator", organization.calls)


_CARRIERS: tuple[Kind, ...] = (AgentRuntime, AgentTool, Function, Notebook, Workspace)
"""What runs with the rights of an identity, and can be made to run something else."""
_WAYS = "derive.access.ways"


# calls of anything


_ANY = {
    "agent runtimes": "bedrock-agentcore:{region}:{account}:runtime/{probe}",
    "agents": "bedrock:{region}:{account}:agent/{probe}",
    "endpoints": "sagemaker:{region}:{account}:endpoint/{probe}",
    "foundation models": "bedrock:{region}::foundation-model/{probe}",
}
"""One of each kind that no policy names and that has no tags."""


def _invokes_any(world: World, identity: Identity) -> Fact[tuple[str, ...]]:
    """What is granted by name, or by tags, does not reach something that nobody has heard of."""
    found = _reached(world, identity.account)
    sure: dict[str, list[str]] = {}
    open_: set[str] = set()
    for (what, region), ways in found.get(identity.id, {}).items():
        if any(how.sure for how in ways):
            sure.setdefault(what, []).append(region)
        else:
            open_.add(what)
    calls = tuple(sorted({*_calls(world, identity), *world.population(Endpoint, identity.account).calls}))
    if sure:
        return Known(tuple(sorted(sure)), {what: sorted(regions) for what, regions in sorted(sure.items())}, calls)
    actor = access(world, identity.account).actor(identity.id)
    if actor is None or not actor.identity.whole:
        return unread(world, identity)
    if open_:
        return cite(not_sure(world, identity.account, {identity.id}), calls)
    return Known((), {}, calls)


Reached = dict[str, dict[tuple[str, str], Ways]]
"""By ARN, in which ways each kind may be called in each region."""


def _reached(world: World, account: Account) -> Reached:
    seen = access(world, account)
    if _REACHED not in seen.kept:
        base = f"arn:{seen.partition}:"
        named = {
            base + form.format(region=region, account=account.id, probe=PROBE): (what, region)
            for region in _regions(world, account)
            for what, form in _ANY.items()
        }
        probes = tuple(Target(arn=arn, kind="", account=account.id, tags={}) for arn in named)
        with_probes = replace(seen, targets=(*seen.targets, *probes))
        found: Reached = {}
        for arn, able in users(with_probes, Use.INVOKE, named, {"bedrock:InferenceProfileArn": None}).items():
            for who, ways in able.ways.items():
                found.setdefault(who, {})[named[arn]] = ways
        seen.kept[_REACHED] = found
    kept: Reached = seen.kept[_REACHED]
    return kept


def _regions(world: World, account: Account) -> list[str]:
    """That were asked for endpoints."""
    inventory = world.inventory
    found = {x.location for x in inventory.listings_of(Endpoint, account)}
    found |= {x.location for x in inventory.gaps_of(Endpoint, account)}
    found |= {x.location for x in inventory.of(Endpoint, account)}
    return sorted(found - {GLOBAL})


_REACHED = "derive.access.reached"

_SIGN_IN = (Identity, "person")
RULES: tuple[Derived, ...] = (
    Derived(
        kind=Identity,
        fact="used_by_people",
        providers=_AWS,
        inputs=((Identity, "trust_document"), _SIGN_IN),
        compute=used_by_people,
    ),
    Derived(
        kind=Identity,
        fact="administrator",
        providers=_AWS,
        inputs=(*DOCUMENTS, _SIGN_IN),
        compute=_administrator,
    ),
    Derived(
        kind=Identity,
        fact="standing_administrators",
        providers=_AWS,
        inputs=(*DOCUMENTS, _SIGN_IN),
        compute=_standing_administrators,
    ),
    Derived(
        kind=Identity,
        fact="invokes_any",
        providers=_AWS,
        inputs=DOCUMENTS,
        kinds=(Endpoint,),
        compute=_invokes_any,
    ),
    Derived(
        kind=Identity,
        fact="escalates",
        providers=_AWS,
        inputs=(
            (Identity, "administrator"),
            *DOCUMENTS,
            _SIGN_IN,
            *((kind, "identity") for kind in _CARRIERS),
            (Function, "policy_document"),
        ),
        compute=_escalates,
    ),
    *OF_USERS,
)
