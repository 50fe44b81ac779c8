"""Whose rights somebody has by taking on roles, one after another, and who is an administrator.

Taking on a role is how rights are meant to be used, and needs no weakness. What else leads from one identity to another
is the subject of :mod:`escalation`.

**Administrator** is who may do everything that the organization leaves the account, or give itself that right: make or
take over any role and grant it everything, rewrite its own policies or those of an identity that it can act as, take
its own boundary away. The organization's policies hold for everybody in the account. So they do not count where
somebody has every right of the account anyway, and do count where a right has to be taken first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial, reduce

from auditor.access.engine.answer import Answer, Decision
from auditor.access.engine.evaluate import Levels
from auditor.access.escalation import EVERYTHING, TAKING_OVER, Bundle, context_for, granted, nodes_of, probe
from auditor.access.escalation_edges import Edges
from auditor.access.escalation_methods import Way
from auditor.access.invokers import LATER, NO_DOUBT, How, Surely, Ways, best, both, how_of
from auditor.access.reach import bits, blocks
from auditor.access.world import Actor, World

_ASSUME = "sts:AssumeRole"


def acting(world: World, starts: Iterable[str], ends: Collection[str]) -> Mapping[str, Mapping[str, Ways]]:
    """By ARN of each of some identities, everybody whose rights it has, itself among them, and how. Nobody is followed
    beyond ``ends``."""
    roles = tuple(actor.arn for actor in world.actors if actor.is_role)
    edges = _assumed(world, roles)
    return {start: _followed(start, roles, edges, ends) for start in starts}


Assumed = Mapping[str, Mapping[How, int]]
"""By ARN, which roles it may take on: bit n stands for role n."""


def _assumed(world: World, roles: Sequence[str]) -> Assumed:
    found: dict[str, dict[How, int]] = {}
    for block in blocks(world, _ASSUME, roles, alike=True) if roles else ():
        first = roles[(block.resources & -block.resources).bit_length() - 1]
        how = how_of(block.answer, partial(world.ask, block.actors[0], _ASSUME, first, LATER))
        if how is not None:
            for actor in block.actors:
                masks = found.setdefault(actor.arn, {})
                masks[how] = masks.get(how, 0) | block.resources
    return found


def _followed(start: str, roles: Sequence[str], edges: Assumed, ends: Collection[str]) -> Mapping[str, Ways]:
    found: dict[str, set[How]] = {start: set(NO_DOUBT)}
    seen: dict[How, int] = {}
    waiting = [(start, How())]
    while waiting:
        at, so_far = waiting.pop()
        if at in ends:
            continue
        for step, mask in edges.get(at, {}).items():
            how = so_far & step
            new = mask & ~seen.get(how, 0)
            seen[how] = seen.get(how, 0) | mask
            for number in bits(new):
                found.setdefault(roles[number], set()).add(how)
                waiting.append((roles[number], how))
    return {arn: frozenset(ways) for arn, ways in found.items()}


# administrators


@dataclass(frozen=True, slots=True)
class Administering:
    ways: Ways
    by: str
    """The best of the ways, in words."""

    @property
    def lasting(self) -> Ways:
        return frozenset(how for how in self.ways if how.lasts)


_JOINING = (("iam:AddUserToGroup", "iam:PutGroupPolicy"), ("iam:AddUserToGroup", "iam:AttachGroupPolicy"))


def administering(world: World) -> Mapping[str, Administering]:
    """Everybody who is an administrator, or may be, by ARN. Made once for each world."""
    made: dict[str, Administering] | None = world.kept.get(_KEPT)
    if made is None:
        found: dict[str, dict[str, Ways]] = {}
        for arn, why, ways in _by_rights(world):
            found.setdefault(arn, {})[why] = ways
        without = frozenset(arn for arn, several in found.items() if any(ways >= NO_DOUBT for ways in several.values()))
        for arn, why, ways in _by_steps(world, without):
            found.setdefault(arn, {})[why] = ways
        made = world.kept[_KEPT] = {arn: _administering(several) for arn, several in found.items()}
    return made


_KEPT = "access.administering"


def _administering(several: Mapping[str, Ways]) -> Administering:
    first = min(several, key=lambda why: (tuple(Surely).index(best(several[why])), why))
    return Administering(frozenset(how for ways in several.values() for how in ways), first)


def _by_rights(world: World) -> Iterator[tuple[str, str, Ways]]:
    unbound = replace(world, scps=Levels(), rcps=Levels())
    for of, (actions, why) in ((unbound, EVERYTHING), *((world, taking) for taking in TAKING_OVER)):
        yield from ((arn, why, ways) for arn, ways in _holding(of, actions).items())
    for joining in _JOINING if world.groups else ():
        for arn, ways in _holding(world, joining).items():
            if ":user/" in arn:
                yield arn, f"{' and '.join(joining)} on any group", ways


_TAKING = frozenset({Way.GRANT_SELF, Way.UNBOUND_SELF, Way.GRANT_OTHER, Way.UNBOUND_OTHER})
"""How somebody makes itself an administrator, if need be by an identity that it can act as."""


def _by_steps(world: World, without: Collection[str]) -> Iterator[tuple[str, str, Ways]]:
    """``without`` have nothing to gain."""
    nodes = nodes_of(world)
    number = {actor.arn: n for n, actor in enumerate(nodes.actors)}
    edges = Edges(world, nodes, number, frozenset(number[arn] for arn in without))
    for bundle in edges.all(_TAKING):
        source = nodes.name(bundle.source)
        if bundle.targets >> nodes.admin & 1 and ":group/" not in source:
            on = f" on {bundle.via}" if bundle.via not in ("", source) else ""
            actions = " and ".join(step.action for step in bundle.steps if step.action != "*")
            yield source, f"{actions}{on}", frozenset({_of_edge(world, nodes.actors[bundle.source], bundle)})


def _holding(world: World, actions: Sequence[str]) -> Mapping[str, Ways]:
    """Who holds all of some actions on anything. What was not read alone makes nobody a suspect."""
    several: list[dict[str, Ways]] = []
    for action in actions:
        on, context = probe(world, action), context_for(world)
        held: dict[str, Ways] = {}
        for block in blocks(world, action, (on,), context):
            how = how_of(block.answer, partial(world.ask, block.actors[0], action, on, {**context, **LATER}))
            if how is not None and granted(block.answer):
                held.update((actor.arn, frozenset({how})) for actor in block.actors)
        several.append(held)
    everybody = set.intersection(*(set(held) for held in several))
    return {arn: reduce(both, (held[arn] for held in several)) for arn in everybody}


def _of_edge(world: World, source: Actor, bundle: Bundle) -> How:
    """Where it depends on something that nothing tells, or on a date that may not end it, it is not sure."""

    def later() -> Answer:
        asked = (world.ask(source, s.action, s.on, {**context_for(world), **LATER}) for s in steps)
        return next((answer for answer in asked if answer.decision is Decision.DENY), bundle.answer)

    steps = [step for step in bundle.steps if step.on.startswith("arn:")]
    how = how_of(bundle.answer, later) or How(sure=False)
    ends = how_of(bundle.answer, partial(Answer, Decision.DENY, "")) or how
    return How(how.sure and not bundle.method.doubt and ends.lasts is how.lasts, how.lasts, how.plain)
