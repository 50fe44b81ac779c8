"""The shortest ways from every actor to administrator, to a model that it may then invoke, and to data it may read.

A search backward over the edges of :mod:`escalation`, breadth first: from those who are there already to those who can
act as them. Certainty goes before length: a path of steps that are all allowed is preferred to a shorter one that
depends on something, and that to one of which a step is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from auditor.access.action_sets import Use, acts, kind_of
from auditor.access.engine.answer import Answer, Decision, better, rank
from auditor.access.escalation import ADMIN, Bundle, Edge, Escalation, escalation
from auditor.access.reach import both, readers, who_may
from auditor.access.world import Actor, World

Rank = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Path:
    actor: Actor
    target: str
    """An ARN, or ``admin``."""
    use: Use | None
    """What is done to the target at its end; none for administrator."""
    edges: tuple[Edge, ...]
    """None of them for an actor that is there already."""
    last: Answer
    """That the last identity may do it, or is administrator."""

    @property
    def decision(self) -> Decision:
        return self._together.decision

    @property
    def otherwise(self) -> Decision | None:
        """Of an unknown path: the decision if nothing that was not read stands in the way."""
        return self._together.otherwise

    @property
    def _together(self) -> Answer:
        found = self.last
        for edge in self.edges:
            found = both(found, Answer(edge.decision, "", otherwise=edge.otherwise))
        return found

    @property
    def holders(self) -> tuple[str, ...]:
        """Every identity on the way, the actor first."""
        return (self.actor.arn, *(edge.target for edge in self.edges))


def paths_to(world: World, target: str, use: Use | None = None) -> tuple[Path, ...]:
    """The best path of every user and role that has one, to ``admin`` or to a use of a target: invoking what can be
    invoked, otherwise reading."""
    graph = escalation(world)
    admins = {graph.number[a.actor.arn]: a.answer for a in graph.administrators}
    if target == ADMIN:
        return tuple(_paths(graph, target, None, admins, _ADMINISTRATOR))
    if use is None:
        use = Use.INVOKE if acts(target, Use.INVOKE) else Use.READ
    rows = readers(world, target) if use is Use.READ else who_may(world, use, target)
    able: dict[str, Answer] = {}
    for actor, _, answer in rows:
        if actor.arn not in able or better(answer, able[actor.arn]):
            able[actor.arn] = answer
    return paths_from(world, target, use, able)


def paths_from(world: World, target: str, use: Use, able: Mapping[str, Answer]) -> tuple[Path, ...]:
    """The same, where it is known already who may do it themselves, by ARN."""
    graph = escalation(world)
    there = {graph.number[arn]: answer for arn, answer in able.items()}
    return tuple(_paths(graph, target, use, there, _ADMINISTRATOR))


_ADMINISTRATOR = Answer(Decision.ALLOW, "an administrator can give itself every right")


def behind(world: World, target: str, depth: int = 4) -> tuple[str, ...]:
    """What stands behind a target: its models, their artifacts, training data, images and keys."""
    found: dict[str, None] = {}
    front = [target]
    for _ in range(depth):
        reached = [arn for t in map(world.holder, front) if t is not None for arn in t.leads_to]
        front = [arn for arn in dict.fromkeys(reached) if arn != target and arn not in found]
        found.update(dict.fromkeys(front))
    return tuple(found)


def paths_to_data(world: World, target: str) -> dict[str, tuple[Path, ...]]:
    """Paths to reading each thing behind a target that can be read. Keys are no data: they count with what they
    encrypt."""
    return {
        arn: paths_to(world, arn, Use.READ)
        for arn in behind(world, target)
        if acts(arn, Use.READ) and kind_of(arn) != "kms:key"
    }


def _paths(
    graph: Escalation, target: str, use: Use | None, able: Mapping[int, Answer], as_admin: Answer
) -> Iterator[Path]:
    trees = _trees(graph, able)
    for number, actor in enumerate(graph.nodes.actors):
        tree = next((tree for tree in trees if number in tree), None)
        if ":group/" in actor.arn or tree is None:
            continue
        edges: list[Edge] = []
        at = number
        while (step := tree[at]) is not None:
            bundle, following = step
            edges.append(graph.edge(bundle, following))
            at = following
        last = as_admin if at == graph.nodes.admin else able[at]
        yield Path(actor, target, use, tuple(edges), last)


Tree = dict[int, tuple[Bundle, int] | None]
"""For each node that gets there, its next step: none where it is there itself."""


def _trees(graph: Escalation, able: Mapping[int, Answer]) -> list[Tree]:
    """One for each certainty, the highest first, over all that is at least as certain."""
    ranks: dict[int, Rank] = {number: rank(answer) for number, answer in able.items()}
    trees: list[Tree] = []
    for tier in sorted({*ranks.values(), *graph.ranks}):
        tree: Tree = {number: None for number, own in ranks.items() if own <= tier}
        tree.setdefault(graph.nodes.admin, None)
        _spread(tree, [b for b, r in zip(graph.bundles, graph.ranks, strict=True) if r <= tier])
        trees.append(tree)
    return trees


def _spread(tree: Tree, bundles: Iterable[Bundle]) -> None:
    """One step further each round."""
    reached = sum(1 << number for number in tree)
    waiting = [bundle for bundle in bundles if bundle.source not in tree]
    while waiting:
        new: dict[int, tuple[Bundle, int]] = {}
        for bundle in waiting:
            met = bundle.targets & reached
            if met and bundle.source not in new:
                new[bundle.source] = (bundle, (met & -met).bit_length() - 1)
        if not new:
            return
        tree.update(new)
        reached |= sum(1 << number for number in new)
        waiting = [bundle for bundle in waiting if bundle.source not in tree]
