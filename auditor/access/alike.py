"""Who may invoke each of many targets, and which of these targets are alike in it.

An account of a thousand endpoints has a few hundred answers at most. They are kept as sets of identities, in the bits
of integers, and never row by row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from auditor.access.action_sets import Use, acts
from auditor.access.engine.actions import rcps_reach
from auditor.access.engine.answer import Answer, Decision, rank
from auditor.access.engine.principals import Kind, Principal, principal_of
from auditor.access.escalation import granted
from auditor.access.reach import ELSEWHERE, Outsider, bits, blocks, outsiders, within
from auditor.access.reach_index import asked, uses
from auditor.access.world import Actor, Target, World

RESOURCE_TAG = ":resourcetag/"
Part = tuple[int, Answer]
"""Identities, by their numbers in the world, and the answer that all of them get."""
Row = tuple[tuple[int, int], bool, int, Answer]
"""The rank of an answer, whether something that was read grants it, and whom it is for."""
Let = tuple[Outsider, Answer]


@dataclass(frozen=True, slots=True)
class Alike:
    """Targets of one kind that the same identities may invoke, equally surely."""

    targets: tuple[Target, ...]
    parts: tuple[Part, ...]
    """Each identity once, with the best of its answers. The proofs are those for the first target."""
    silent: int
    """The identities that nothing which was read lets in, though something which was not read may."""
    outsiders: tuple[Let, ...]
    """Whom the targets' own policies let in from outside of the account."""

    def may(self, world: World) -> Mapping[str, Answer]:
        """By ARN."""
        return {world.actors[number].arn: answer for mask, answer in self.parts for number in bits(mask)}


def alike(world: World, targets: Sequence[Target]) -> tuple[Alike, ...]:
    """In the order of the first of each."""
    found: dict[object, list[Target]] = {}
    made: dict[object, Alike] = {}
    for target, rows in zip(targets, _rows(world, targets), strict=True):
        parts, silent = _best(rows)
        let_in = from_outside(world, target)
        key = (target.kind, _outcome(parts), silent, tuple((o, _said(a)) for o, a in let_in))
        if key not in found:
            made[key] = Alike((), parts, silent, let_in)
        found.setdefault(key, []).append(target)
    return tuple(
        Alike(tuple(several), made[key].parts, made[key].silent, made[key].outsiders) for key, several in found.items()
    )


def _rows(world: World, targets: Sequence[Target]) -> Sequence[list[Row]]:
    """For each target every answer to anybody, some identities several times."""
    rows: list[list[Row]] = [[] for _ in targets]
    number = {actor.arn: n for n, actor in enumerate(world.actors)}
    actors = _apart(world)
    for action, forms in _needed(world, _questions(world, targets)).items():
        resources = tuple(forms)
        for block in (b for several in actors for b in blocks(world, action, resources, None, several, alike=True)):
            mask = sum(1 << number[actor.arn] for actor in block.actors)
            row = (rank(block.answer), granted(block.answer), mask, block.answer)
            for which in bits(block.resources):
                for target in forms[resources[which]]:
                    rows[target].append(row)
    return rows


def _apart(world: World) -> tuple[tuple[Actor, ...], ...]:
    """Those whose policies look at the tags of resources, and all others, for whom resources are the same whatever
    their tags."""
    looking: dict[int, bool] = {}

    def looks(actor: Actor) -> bool:
        policies = (*(actor.identity.policies or ()), *((actor.boundary,) if actor.boundary is not None else ()))
        for policy in policies:
            if id(policy) not in looking:
                looking[id(policy)] = any(RESOURCE_TAG in key for rule in policy.rules for key in uses(rule))
        return any(looking[id(policy)] for policy in policies)

    some = {actor.arn for actor in world.actors if looks(actor)}
    parts = (tuple(a for a in world.actors if (a.arn in some) is which) for which in (True, False))
    return tuple(part for part in parts if part)


Questions = dict[str, dict[str, list[int]]]
"""By action and the resource that it is evaluated on: the numbers of the targets that the answer is for."""


def _questions(world: World, targets: Sequence[Target]) -> Questions:
    found: Questions = {}
    for number, target in enumerate(targets):
        for action, on in acts(target.arn, Use.INVOKE):
            for form in (on, *within(world, action, on)):
                found.setdefault(action, {}).setdefault(form, []).append(number)
    return found


def _needed(world: World, questions: Questions) -> Questions:
    """Without the actions that give nobody more than another one does, such as those that stream what it answers."""
    kept: Questions = {}
    for action, forms in questions.items():
        if not any(forms == others and _adds_nothing(world, action, other, forms) for other, others in kept.items()):
            kept[action] = forms
    return kept


def _adds_nothing(world: World, action: str, other: str, resources: Iterable[str]) -> bool:
    """Whoever is let do one by some statements is let do the other by the same, and nothing more forbids that one."""
    if action.partition(":")[0] != other.partition(":")[0] or rcps_reach(action) is not rcps_reach(other):
        return False
    if any(world.side(action, on).policy is not None for on in resources):
        return False
    ours, theirs = (asked(world, a, (), world.actors) for a in (action, other))
    seen: set[tuple[int, int]] = set()
    for group in ours.groups:
        for actor in group.actors:
            of_other = theirs.group_of[actor.arn]
            if (pair := (id(group), id(of_other))) in seen:
                continue
            seen.add(pair)
            here, there = ({id(rule): rule for rule in g.rules} for g in (group, of_other))
            if any(rule.allow and key not in there for key, rule in here.items()):
                return False
            if any(not rule.allow and key not in here for key, rule in there.items()):
                return False
    return True


def _best(rows: list[Row]) -> tuple[tuple[Part, ...], int]:
    """Each identity once; and those that nothing grants it to."""
    rows.sort(key=itemgetter(0))
    parts: list[Part] = []
    seen = everybody = 0
    for _, grants, mask, answer in rows:
        everybody |= mask
        if grants and (new := mask & ~seen):
            parts.append((new, answer))
            seen |= new
    return tuple(parts), everybody & ~seen


def _outcome(parts: Iterable[Part]) -> frozenset[tuple[object, int]]:
    """What was found without the statements that it rests on."""
    found: dict[object, int] = {}
    for mask, answer in parts:
        said = _said(answer)
        found[said] = found.get(said, 0) | mask
    return frozenset(found.items())


def _said(answer: Answer) -> tuple[object, ...]:
    return answer.decision, answer.otherwise, answer.conditions, answer.missing


def from_outside(world: World, target: Target) -> tuple[Let, ...]:
    """Whom a target's own policy lets invoke it from outside of the account and of its organization: each of them
    once, with the best answer to any of the actions."""
    if target.policy is None:
        return ()
    best: dict[Outsider, Answer] = {}
    for action, on in acts(target.arn, Use.INVOKE):
        for other, _, answer in outsiders(world, [action], target.arn):
            if other.kind in OF_ACCOUNTS:
                forms = (on, *within(world, action, on))
                answer = min(
                    (world.ask_outsider(caller_of(other), action, x, ANOTHER_ORGANIZATION) for x in forms), key=rank
                )
            if answer.decision is not Decision.DENY and (other not in best or rank(answer) < rank(best[other])):
                best[other] = answer
    return tuple(best.items())


OF_ACCOUNTS = ("any account", "account", "principal of another account")
_OTHER_ORGANIZATION = "o-auditorprobe"
ANOTHER_ORGANIZATION: Mapping[str, object] = {
    "aws:PrincipalOrgID": _OTHER_ORGANIZATION,
    "aws:PrincipalOrgPaths": [f"{_OTHER_ORGANIZATION}/r-0/ou-0/"],
}
"""A caller from an organization that no policy names."""


def caller_of(other: Outsider) -> Principal:
    """Whom the name of a policy stands for."""
    if other.kind == "service":
        return Principal(other.name, Kind.SERVICE)
    if other.kind == "identity provider":
        return Principal(other.name, Kind.IDENTITY_PROVIDER)
    if other.kind == "anonymous":
        return principal_of("*")
    account = ELSEWHERE if other.name == "*" else next((p for p in other.name.split(":") if p.isdigit()), "")
    named = other.kind == "principal of another account"
    return principal_of(other.name if named or not account else f"arn:aws:iam::{account}:role/x-any")
