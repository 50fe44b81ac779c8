"""Who may reach each model of an account, arranged to be drawn: chains of identities that end in an invocation.

Targets that the same identities may invoke make one figure. Its lanes are those who are let in from outside of the
account, those who may invoke themselves, and those who come by the rights of one that may. Identities of which the
same holds share a lane.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from auditor.access.action_sets import Use, acts
from auditor.access.alike import OF_ACCOUNTS, Alike, alike, from_outside
from auditor.access.engine.answer import Answer, Decision, Layer, Proof
from auditor.access.engine.principals import Principal, principal_of
from auditor.access.escalation import Edge, administrators
from auditor.access.escalation_methods import Way
from auditor.access.invokers import Surely, surely
from auditor.access.invokers import outsiders as outsiders_of
from auditor.access.paths import Path, behind, paths_from
from auditor.access.reach import ELSEWHERE, Outsider, bits
from auditor.access.world import Actor, Target, World

INVOKABLE = ("Endpoint", "GenerativeDeployment", "AgentRuntime", "AgentGateway", "AgentTool")
"""The kinds that figures are drawn of."""
IN_FRONT = ("Function",)
"""The kinds that pass on requests to what they refer to."""
TOGETHER = 4
"""As many identities of which the same holds share a lane."""
MANY = 8
"""With more lanes than that, those share one who go the same way through different identities."""
AWS_ITSELF = ("service", "identity provider")
"""Kinds of callers that are none of the account's and no outsiders either."""
SERVICE_LINKED = ":role/aws-service-role/"
LetIn = tuple[Outsider, Answer, Surely]
_OF_THEIRS = frozenset({str(Layer.IDENTITY), str(Layer.SCP)})
"""What is never read of a caller from another account."""
_CERTAIN = (Surely.ALWAYS, Surely.CONDITIONS, Surely.AT_TIMES, Surely.AS_READ)


@dataclass(frozen=True, slots=True)
class Hop:
    """How somebody comes by the rights of the next one."""

    method: str
    way: Way | None
    """None: the next one lets in whoever asks."""
    rights: tuple[str, ...]
    to: tuple[str, ...]
    """ARNs, or ``admin``: for each of those who go this way, one of them."""
    via: str = ""


@dataclass(frozen=True, slots=True)
class Lane:
    who: tuple[str, ...]
    """ARNs; of outsiders, names as policies have them."""
    what: str
    """``role``, ``user``, ``service-linked role``, or the kind of outsider."""
    person: bool | None
    hops: tuple[Hop, ...]
    how: Surely
    conditions: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    proof: tuple[Proof, ...] = ()
    """The statements that grant the invocation, where that is somebody's own right."""
    admin: bool = False
    """Of administrators, who may do everything."""


@dataclass(frozen=True, slots=True)
class Front:
    """What passes requests on to a target."""

    target: Target
    outsiders: tuple[tuple[str, str, Surely], ...]
    """Name, kind, and how surely: whom its own policy lets in."""


@dataclass(frozen=True, slots=True)
class Figure:
    targets: tuple[Target, ...]
    outside: tuple[Lane, ...]
    """The surest first, as in each of the three."""
    direct: tuple[Lane, ...]
    escalating: tuple[Lane, ...]
    silent: tuple[str, ...]
    """ARNs of identities that nothing which was read lets in, though something which was not read may."""
    behind: Mapping[str, tuple[Target, ...]]
    """By kind: what the targets lead to."""
    fronts: tuple[Front, ...]

    @property
    def reached(self) -> bool:
        return bool(self.outside or self.direct or self.escalating)


@dataclass(frozen=True, slots=True)
class Picture:
    figures: tuple[Figure, ...]
    """The most exposed first."""
    rest: tuple[Alike, ...]
    """What was left out because there are too many."""


def picture(world: World, own: frozenset[str], most: int) -> Picture:
    """At most so many figures. ``own`` are the accounts that are no outsiders."""
    drawing = _Drawing(world, own)
    ordered = sorted(alike(world, [t for t in world.targets if drawn(t)]), key=drawing.exposure)
    return Picture(tuple(map(drawing.figure, ordered[:most])), tuple(ordered[most:]))


def drawn(target: Target) -> bool:
    return target.kind in INVOKABLE and bool(acts(target.arn, Use.INVOKE))


class _Drawing:
    def __init__(self, world: World, own: frozenset[str]) -> None:
        self.world = world
        self.own = own | {world.account}

    @cached_property
    def trusting(self) -> Mapping[str, Mapping[str, Surely]]:
        """By role: the principals of other accounts that may act as it."""
        found = {a.arn: outsiders_of(self.world, a, self.own) for a in self.world.actors if a.trust is not None}
        return {arn: names for arn, names in found.items() if names}

    @cached_property
    def open_roles(self) -> int:
        return sum(1 << n for n, actor in enumerate(self.world.actors) if actor.arn in self.trusting)

    @cached_property
    def people(self) -> int:
        return sum(1 << n for n, actor in enumerate(self.world.actors) if actor.person)

    @cached_property
    def fronts_of(self) -> Mapping[str, tuple[Front, ...]]:
        found: dict[str, list[Front]] = {}
        for front in (t for t in self.world.targets if t.kind in IN_FRONT):
            for arn in front.leads_to:
                found.setdefault(arn, []).append(self._front(front))
        return {arn: tuple(fronts) for arn, fronts in found.items()}

    def exposure(self, seen: Alike) -> tuple[int, int, int, str]:
        may = 0
        for mask, _ in seen.parts:
            may |= mask
        let_in = sum(other.kind not in AWS_ITSELF for other, _ in seen.outsiders)
        let_in += (may & self.open_roles).bit_count()
        return -let_in, -(may & self.people).bit_count(), -may.bit_count(), seen.targets[0].arn

    def figure(self, seen: Alike) -> Figure:
        world, first = self.world, seen.targets[0]
        paths = paths_from(world, first.arn, Use.INVOKE, seen.may(world))
        fronts = {f.target.arn: f for t in seen.targets for f in self.fronts_of.get(t.arn, ())}
        outside = [*self._let_in(seen), *self._from_outside(paths), *_through(fronts.values())]
        return Figure(
            targets=seen.targets,
            outside=_sorted(outside),
            direct=_sorted(_together(self._direct(p) for p in paths if not p.edges)),
            escalating=_sorted(_together(map(_escalating, (p for p in paths if p.edges)))),
            silent=tuple(sorted(world.actors[n].arn for n in bits(seen.silent))),
            behind=_by_kind(self._behind(seen.targets)),
            fronts=tuple(fronts.values()),
        )

    def _behind(self, targets: Iterable[Target]) -> Iterator[Target]:
        arns = dict.fromkeys(arn for target in targets for arn in behind(self.world, target.arn))
        yield from (t for t in map(self.world.holder, arns) if t is not None)

    def _front(self, front: Target) -> Front:
        let_in = self._outside(from_outside(self.world, front))
        return Front(front, tuple((other.name, other.kind, how) for other, _, how in let_in))

    def _let_in(self, seen: Alike) -> Iterator[Lane]:
        for other, answer, how in self._outside(seen.outsiders):
            proof = tuple(p for p in answer.proof if p.allow)
            missing = answer.missing if how is Surely.AS_READ else ()
            yield Lane((other.name,), other.kind, None, (), how, answer.conditions, missing, proof)

    def _outside(self, let_in: Iterable[tuple[Outsider, Answer]]) -> tuple[LetIn, ...]:
        """Each name once, as surely as it gets. What another account grants to its own is for it to choose."""
        best: dict[str, LetIn] = {}
        for other, answer in let_in:
            if other.name in self.own:
                continue
            lasting = answer
            if answer.otherwise is not None and _OF_THEIRS.issuperset(answer.missing):
                lasting = replace(answer, decision=answer.otherwise)
            how = surely(lasting)
            if how is not None and (
                other.name not in best or _CERTAIN.index(how) < _CERTAIN.index(best[other.name][2])
            ):
                best[other.name] = other, answer, how
        return tuple(best.values())

    def _from_outside(self, paths: Iterable[Path]) -> Iterator[Lane]:
        """Those who may act as somebody that gets there."""
        for path in paths:
            by_how: dict[Surely, list[str]] = {}
            for name, how in self.trusting.get(path.actor.arn, {}).items():
                by_how.setdefault(how, []).append(name)
            on = _escalating(path)
            enters = Hop("assume-role", None, ("sts:AssumeRole",), (path.actor.arn,))
            for how, names in by_how.items():
                worse = max(how, on.how, key=_CERTAIN.index)
                asked = () if how is Surely.ALWAYS else [c for name in names for c in self._asked_of(name, path.actor)]
                conditions = tuple(sorted({*on.conditions, *asked}))
                yield Lane(tuple(sorted(names)), "account", None, (enters, *on.hops), worse, conditions, on.missing)

    def _asked_of(self, name: str, role: Actor) -> tuple[str, ...]:
        """What a trust policy leaves open of a principal of another account."""
        return self.world.ask_outsider(_somebody(name), "sts:AssumeRole", role.arn).conditions

    def _direct(self, path: Path) -> Lane:
        lane, last = _escalating(path), path.last
        proof = tuple(p for p in last.proof if p.allow)
        return replace(lane, proof=proof, admin=path.actor.arn in self.administrators)

    @cached_property
    def administrators(self) -> frozenset[str]:
        return frozenset(a.actor.arn for a in administrators(self.world) if a.answer.decision is Decision.ALLOW)


def _through(fronts: Iterable[Front]) -> Iterator[Lane]:
    """Everybody, and other accounts, that may call something which passes on what it is asked."""
    for front in fronts:
        for name, kind, how in front.outsiders:
            if kind in ("anonymous", *OF_ACCOUNTS):
                enters = Hop("call", None, (), (front.target.arn,))
                yield Lane((name,), kind, None, (enters,), how)


def _somebody(name: str) -> Principal:
    """A name of a trust policy as a caller."""
    account = ELSEWHERE if name == "*" else name if name.isdigit() else "".join(name.split(":")[4:5])
    of_account = name == "*" or name.isdigit() or name.endswith(":root")
    return principal_of(f"arn:aws:iam::{account}:role/x-any" if of_account else name)


def _escalating(path: Path) -> Lane:
    answers = [path.last, *(step.answer for edge in path.edges for step in edge.steps)]
    conditions = {c for answer in answers for c in answer.conditions} | {e.doubt for e in path.edges if e.doubt}
    missing = dict.fromkeys(m for answer in answers for m in answer.missing)
    how = surely(Answer(path.decision, "", conditions=tuple(sorted(conditions))))
    assert how is not None
    hops = tuple(Hop(e.method, e.way, _rights(e), (e.target,), e.via) for e in path.edges)
    if path.decision is Decision.ALLOW:
        conditions = set()
    who, what = (path.actor.arn,), kind_of_actor(path.actor)
    return Lane(who, what, path.actor.person, hops, how, tuple(sorted(conditions)), tuple(missing))


def kind_of_actor(actor: Actor) -> str:
    if SERVICE_LINKED in actor.arn:
        return "service-linked role"
    return "role" if actor.is_role else "user"


def _rights(edge: Edge) -> tuple[str, ...]:
    """Of the one that takes the step: not those that it gains, nor what a service does for it."""
    own = (step.action for step in edge.steps if not step.imagined and not step.by)
    return tuple(dict.fromkeys(action for action in own if action != "*"))


def _together(lanes: Iterable[Lane]) -> Iterable[Lane]:
    """Lanes that differ in who is in them, and in what is used on the way, become one where there are enough."""
    found = list(_merged(lanes, TOGETHER, lambda hop: (hop.method, hop.to)))
    return found if len(found) <= MANY else _merged(found, 2, lambda hop: hop.method)


def _merged(lanes: Iterable[Lane], enough: int, same: Callable[[Hop], object]) -> Iterator[Lane]:
    found: dict[object, list[Lane]] = {}
    for lane in lanes:
        ways = tuple(map(same, lane.hops))
        key = (lane.what, lane.person, lane.admin, ways, lane.how, lane.conditions, lane.missing)
        found.setdefault(key, []).append(lane)
    for several in found.values():
        if len(several) < enough:
            yield from several
            continue
        first = several[0]
        who = tuple(sorted(arn for lane in several for arn in lane.who))
        proof = first.proof if all(lane.proof == first.proof for lane in several) else ()
        yield replace(first, who=who, hops=_shared(several), proof=proof)


def _shared(lanes: Sequence[Lane]) -> tuple[Hop, ...]:
    """What is used on the way is named where it is the same for all."""
    return tuple(
        replace(
            hops[0],
            to=tuple(sorted({arn for hop in hops for arn in hop.to})),
            via=hops[0].via if all(hop.via == hops[0].via for hop in hops) else "",
        )
        for hops in zip(*(lane.hops for lane in lanes), strict=True)
    )


def _sorted(lanes: Iterable[Lane]) -> tuple[Lane, ...]:
    """Administrators last; the surest first, then the shortest, then those of people, then those of most."""

    def place(lane: Lane) -> tuple[object, ...]:
        sure = _CERTAIN.index(lane.how), bool(lane.conditions), len(lane.hops)
        return lane.admin, *sure, lane.person is not True, -len(lane.who), lane.who[0]

    return tuple(sorted(lanes, key=place))


def _by_kind(targets: Iterable[Target]) -> Mapping[str, tuple[Target, ...]]:
    found: dict[str, list[Target]] = {}
    for target in sorted(targets, key=lambda t: t.arn):
        found.setdefault(target.kind, []).append(target)
    return {kind: tuple(several) for kind, several in found.items()}
