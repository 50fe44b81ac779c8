"""Whether an identity has a way to become administrator, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from auditor.access.engine.answer import Decision
from auditor.access.escalation import ADMIN, Edge, escalation
from auditor.access.paths import Path, paths_to
from auditor.access.reach import bits
from auditor.access.world import World


class Sure(IntEnum):
    """The least sure step of a way. The lower, the surer."""

    YES = 0
    CONDITIONS = 1
    """It depends on conditions, or on what else there is."""
    UNREAD = 2
    """Something that was not read may stand in the way."""


_MET = frozenset({"aws:requestedregion", "aws:securetransport"})
"""Conditions that whoever has the right can always see to."""


@dataclass(frozen=True, slots=True)
class WayUp:
    sure: Sure
    steps: tuple[str, ...]
    """In words, one for each identity on the way; empty for an administrator."""
    open: tuple[str, ...]
    """Condition keys, doubts and policies that keep the way from being sure."""


def ways_up(world: World) -> Mapping[str, WayUp]:
    """The best way of each identity that has one, by ARN. Administrators have one of no steps."""
    return {path.actor.arn: _way(path) for path in paths_to(world, ADMIN)}


def _way(path: Path) -> WayUp:
    answers = [path.last, *(step.answer for edge in path.edges for step in edge.steps)]
    decisions = {path.last.decision, *(edge.decision for edge in path.edges)}
    conditions = {c for answer in answers for c in answer.conditions} | {e.doubt for e in path.edges if e.doubt}
    steps = tuple(in_words(edge) for edge in path.edges)
    if Decision.UNKNOWN in decisions:
        return WayUp(Sure.UNREAD, steps, tuple(sorted({m for answer in answers for m in answer.missing})))
    if Decision.CONDITIONAL in decisions and not conditions <= _MET:
        return WayUp(Sure.CONDITIONS, steps, tuple(sorted(conditions - _MET)))
    return WayUp(Sure.YES, steps, ())


def in_words(edge: Edge) -> str:
    """A step of a way: how, to whom, and by which rights."""
    to = "" if edge.target == ADMIN else f" to {edge.target}"
    via = f" through {edge.via}" if edge.via else ""
    return f"{edge.method}{to}{via} ({', '.join(step.action for step in edge.steps)})"


def led_to(world: World) -> Mapping[str, frozenset[str]]:
    """By the ARN of an identity, those of unknown policies whose rights it can come by, itself among them: more may
    lead on from there."""
    graph = escalation(world)
    unread = sum(1 << graph.number[arn] for arn in graph.not_read)
    if not unread:
        return {}
    found: dict[int, set[int]] = {number: {number} for number in bits(unread)}
    changed = True
    while changed:
        changed = False
        for bundle in graph.bundles:
            more = {n for target in bits(bundle.targets) for n in found.get(target, ())}
            if more - found.get(bundle.source, set()):
                found.setdefault(bundle.source, set()).update(more)
                changed = True
    return {
        graph.nodes.name(number): frozenset(graph.nodes.name(n) for n in numbers)
        for number, numbers in found.items()
        if number != graph.nodes.admin
    }
