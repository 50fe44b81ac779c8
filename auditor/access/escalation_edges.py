"""The edges of the graph, method by method. See :mod:`auditor.access.escalation`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from itertools import product
from operator import or_

from auditor.access.action_sets import kind_of
from auditor.access.engine.answer import Answer, Decision
from auditor.access.engine.evaluate import Read
from auditor.access.escalation import (
    ON_A_PART,
    Bundle,
    Nodes,
    Step,
    becomes_administrator,
    context_for,
    granted,
    on_carrier,
    together,
    trusts_service,
)
from auditor.access.escalation_methods import Method, On, Way, methods
from auditor.access.escalation_parts import Held, add, if_any, naming, services, union
from auditor.access.reach import bits, blocks, holding, within
from auditor.access.world import Actor, Target, World

_UNCHANGEABLE = ":role/aws-service-role/"
_AWS_OWN = ":iam::aws:policy/"


@dataclass
class Edges:
    world: World
    nodes: Nodes
    number: Mapping[str, int]
    administrators: frozenset[int]
    """That have nothing to gain."""
    _held: dict[tuple[str, On], Held] = field(default_factory=dict)
    _passed: dict[str, Held] = field(default_factory=dict)
    _trusting: dict[str, list[tuple[int, Answer]]] = field(default_factory=dict)
    _ways_in: dict[tuple[tuple[str, ...], int], tuple[int, dict[int, str]]] = field(default_factory=dict)
    _targets: dict[str, int] = field(default_factory=dict)
    _given: dict[tuple[int, bool, bool], Answer | None] = field(default_factory=dict)

    def all(self, ways: Collection[Way] = tuple(Way)) -> Iterator[Bundle]:
        makers: dict[Way, Callable[[Method], Iterable[Bundle]]] = {
            Way.GRANT_SELF: self._self,
            Way.UNBOUND_SELF: self._self,
            Way.BECOME: self._become,
            Way.EDIT_TRUST: self._become,
            Way.JOIN: self._join,
            Way.GRANT_OTHER: self._other,
            Way.UNBOUND_OTHER: self._other,
            Way.PASS: self._pass,
            Way.ENTER: self._enter,
            Way.CENTRAL: self._central,
        }
        for method in methods():
            if method.way in ways:
                yield from makers[method.way](method)

    def _sources(self, held: Iterable[int], method: Method) -> Iterator[tuple[int, Actor]]:
        for source in sorted(held):
            actor = self.nodes.actors[source]
            if source not in self.administrators and (
                method.for_users is None or method.for_users is not actor.is_role
            ):
                yield source, actor

    # what is held, and on what

    def _on(self, action: str, on: On) -> Held:
        """An action on each role, user or group: all actors at once."""
        if (action, on) not in self._held:
            resources, shift = {
                On.ROLE: (self.nodes.role_arns, 0),
                On.USER: (self.nodes.user_arns, self.nodes.roles),
                On.GROUP: (tuple(g.arn for g in self.nodes.groups), self.nodes.roles + self.nodes.users),
            }[on]
            self._held[action, on] = self._blocks(action, resources, lambda mask: mask << shift)
        return self._held[action, on]

    def _blocks(self, action: str, resources: Sequence[str], place: Callable[[int], int], service: str = "") -> Held:
        found: dict[int, dict[object, tuple[int, Answer]]] = {}
        context = context_for(self.world, service)
        seen = blocks(self.world, action, resources, context, self.nodes.actors, alike=True)
        for block in seen if resources else ():
            if granted(block.answer):
                mask = place(block.resources)
                first = resources[(block.resources & -block.resources).bit_length() - 1]
                for actor in block.actors:
                    if actor.identity.whole or self._by_what_was_read(actor, action, first, service):
                        add(found.setdefault(self.number[actor.arn], {}), mask, block.answer)
        return {number: list(several.values()) for number, several in found.items()}

    def _by_what_was_read(self, actor: Actor, action: str, resource: str, service: str) -> bool:
        known = replace(actor, identity=Read(actor.identity.policies or ()))
        return granted(self.world.ask(known, action, resource, context_for(self.world, service)))

    def _holders(self, action: str) -> set[int]:
        """Those to whom their own policies grant an action on anything."""
        if (action, On.ANY) not in self._held:
            held: Held = {}
            for actors, answer in holding(self.world, action, context_for(self.world), self.nodes.actors):
                if granted(answer):
                    held.update((self.number[actor.arn], [(0, answer)]) for actor in actors)
            self._held[action, On.ANY] = held
        return set(self._held[action, On.ANY])

    def _anywhere(self, action: str, source: int) -> Step | None:
        if source not in self._holders(action):
            return None
        return Step(action, "*", self._held[action, On.ANY][source][0][1])

    def _ask(self, actor: Actor, action: str, resource: str) -> Step | None:
        answer = self.world.ask(actor, action, resource, context_for(self.world))
        return Step(action, resource, answer) if granted(answer) else None

    # rights for oneself

    def _self(self, method: Method) -> Iterator[Bundle]:
        (need,) = method.needs
        oneself = On.USER if method.for_users else On.ROLE  # asked by name, which a policy may have in a variable
        held = self._on(need.action, oneself) if need.on is On.SELF else self._holders(need.action)
        for source, actor in self._sources(held, method):
            if ":group/" in actor.arn and need.on is On.SELF:
                continue
            if method.way is Way.UNBOUND_SELF and actor.boundary is None and actor.boundary_read:
                continue
            gained = self._administrator(source, method.way)
            if gained is None:
                continue
            for resource in self._own(actor, need.on):
                step = self._ask(actor, need.action, resource)
                if step is not None:
                    effect = Step("*", "*", gained)
                    yield Bundle(source, 1 << self.nodes.admin, method, (step, effect), resource)
                    break

    def _own(self, actor: Actor, on: On) -> tuple[str, ...]:
        if on is On.SELF:
            return (actor.arn,)
        if on is On.OWN_GROUP:
            return actor.groups or ((actor.arn,) if ":group/" in actor.arn else ())
        named = [p.name for p in actor.identity.policies or () if p.name.startswith("arn:")]
        return tuple(dict.fromkeys(arn for arn in (*actor.attached, *named) if _AWS_OWN not in arn))

    def _administrator(self, number: int, way: Way) -> Answer | None:
        unbound = way in (Way.UNBOUND_SELF, Way.UNBOUND_OTHER)
        key = (number, not unbound, unbound)
        if key not in self._given:
            actor = self.nodes.actors[number]
            self._given[key] = becomes_administrator(self.world, actor, with_everything=not unbound, unbound=unbound)
        return self._given[key]

    # another identity

    def _become(self, method: Method) -> Iterator[Bundle]:
        (need,) = method.needs
        held = self._on(need.action, need.on)
        for source, actor in self._sources(held, method):
            for mask, answer in held[source]:
                mask &= ~(1 << source) & self._possible(need.action)
                step = Step(need.action, "", answer)
                if method.way is not Way.EDIT_TRUST:
                    if mask:
                        yield Bundle(source, mask, method, (step,))
                    continue
                for part, assumed in self._if_trusted(actor, mask):
                    yield Bundle(source, part, method, (step, Step("sts:AssumeRole", "", assumed, imagined=True)))

    def _possible(self, action: str) -> int:
        """A password can be set for those without one, and changed for those with one; service roles cannot change."""
        if action in self._targets:
            return self._targets[action]
        wrong = {"iam:CreateLoginProfile": True, "iam:UpdateLoginProfile": False}.get(action)
        mask = (1 << self.nodes.admin) - 1
        for number, actor in enumerate(self.nodes.actors):
            if (wrong is not None and actor.person is wrong) or _UNCHANGEABLE in actor.arn:
                mask &= ~(1 << number)
        self._targets[action] = mask
        return mask

    def _if_trusted(self, actor: Actor, mask: int) -> Iterator[tuple[int, Answer]]:
        """Which roles an actor could assume if their trust policies named it."""
        if not mask:
            return
        named = naming(actor)
        numbers = list(bits(mask))
        roles = [self.nodes.actors[n] for n in numbers]
        world = self.world
        imagined = World(
            account=world.account,
            partition=world.partition,
            actors=(actor,),
            targets=tuple(
                Target(arn=r.arn, kind="Identity", account=world.account, policy=named, tags=r.tags) for r in roles
            ),
            scps=world.scps,
            rcps=world.rcps,
            management_account=world.management_account,
            organization=world.organization,
        )
        imagined.kept["regions"] = world.regions
        for block in blocks(imagined, "sts:AssumeRole", [r.arn for r in roles]):
            yield sum(1 << numbers[n] for n in bits(block.resources)), block.answer

    def _join(self, method: Method) -> Iterator[Bundle]:
        (need,) = method.needs
        held = self._on(need.action, need.on)
        for source, actor in self._sources(held, method):
            member = sum(1 << self.number[g] for g in actor.groups if g in self.number)
            for mask, answer in held[source] if ":group/" not in actor.arn else ():
                if actor.boundary is not None or not actor.boundary_read:
                    yield from self._join_bound(source, mask & ~member, method)
                else:
                    yield from if_any(Bundle(source, mask & ~member, method, (Step(need.action, "", answer),)))

    def _join_bound(self, source: int, mask: int, method: Method) -> Iterator[Bundle]:
        """Under a boundary one has of a group's rights what that lets through: here only if one is an administrator
        then. What else such a group leads to is not followed."""
        actor = self.nodes.actors[source]
        for number in bits(mask):
            group = self.nodes.actors[number]
            both = (*(actor.identity.policies or ()), *(group.identity.policies or ()))
            joined = replace(actor, identity=Read(both, not (actor.identity.whole and group.identity.whole)))
            gained = becomes_administrator(self.world, joined, with_everything=False, unbound=False)
            step = self._ask(actor, method.actions[0], group.arn)
            if gained is not None and step is not None:
                yield Bundle(source, 1 << self.nodes.admin, method, (step, Step("*", "*", gained)), group.arn)
                break

    def _other(self, method: Method) -> Iterator[Bundle]:
        """The first need changes an identity, the second makes it act for the source."""
        change, use = method.needs
        using = self._on(use.action, use.on)
        changing = (
            self._on(change.action, change.on) if change.on is not On.ROLE_POLICY else self._policies(change.action)
        )
        for source, actor in self._sources(using.keys() & changing.keys(), method):
            if ":group/" in actor.arn and change.on is On.ROLE_POLICY:
                continue
            for (mask, changed), (other, used) in product(changing[source], using[source]):
                both = mask & other & ~(1 << source) & self._possible(use.action)
                steps = (Step(change.action, "", changed), Step(use.action, "", used))
                yield from self._through(source, both, method, steps)

    def _through(self, source: int, mask: int, method: Method, steps: tuple[Step, ...]) -> Iterator[Bundle]:
        """The first of the identities that would become an administrator; the rest say nothing more."""
        for number in bits(mask):
            gained = self._administrator(number, method.way)
            bound = self.nodes.actors[number].boundary is not None
            if gained is None or (method.way is Way.UNBOUND_OTHER and not bound):
                continue
            arn = self.nodes.actors[number].arn
            on = [arn if need.on in (On.ROLE, On.USER) else "" for need in method.needs]
            named = tuple(
                Step(s.action, arn, self.world.ask(self.nodes.actors[source], s.action, o, context_for(self.world)))
                if o
                else Step(s.action, f"a policy of {arn}", s.answer)
                for s, o in zip(steps, on, strict=True)
            )
            yield Bundle(source, 1 << self.nodes.admin, method, (*named, Step("*", "*", gained)), arn)
            break

    def _policies(self, action: str) -> Held:
        """The roles whose attached policies an actor may rewrite."""
        carrying: dict[str, int] = {}
        for number in range(self.nodes.roles):
            for arn in self._own(self.nodes.actors[number], On.OWN_POLICY):
                carrying[arn] = carrying.get(arn, 0) | 1 << number
        return self._blocks(action, tuple(carrying), union(carrying.values()))

    # code that runs as a role

    def _pass(self, method: Method) -> Iterator[Bundle]:
        others = [need.action for need in method.needs if need.on is On.ANY]
        sources = set.intersection(*(self._holders(action) for action in others))
        for service in method.services if sources else ():
            passed = self._passing(service) if method.needs[0].on is On.ROLE else None
            for source, _ in self._sources(sources if passed is None else sources & passed.keys(), method):
                steps = [step for a in others if (step := self._anywhere(a, source)) is not None]
                for trusted, trust in self._trusted_by(service):
                    told = Step("sts:AssumeRole", "", trust, service)
                    mine = ~(1 << source)
                    if passed is None:
                        yield from if_any(Bundle(source, trusted & mine, method, (*steps, told)))
                        continue
                    for mask, answer in passed[source]:
                        handed = Step("iam:PassRole", "", answer)
                        yield from if_any(Bundle(source, mask & trusted & mine, method, (handed, *steps, told)))

    def _passing(self, service: str) -> Held:
        if service not in self._passed:
            numbers = [n for mask, _ in self._trusted_by(service) for n in bits(mask)]
            arns = [self.nodes.actors[n].arn for n in numbers]

            def place(mask: int) -> int:
                return sum(1 << numbers[n] for n in bits(mask))

            self._passed[service] = self._blocks("iam:PassRole", arns, place, service)
        return self._passed[service]

    def _trusted_by(self, service: str) -> list[tuple[int, Answer]]:
        """The roles that a service may act as, on behalf of this account."""
        if service not in self._trusting:
            found: dict[object, tuple[int, Answer]] = {}
            for number in self._naming_services.get(service, ()):
                answer = trusts_service(self.world, service, self.nodes.actors[number].arn)
                if answer.decision is not Decision.DENY:
                    add(found, 1 << number, answer)
            self._trusting[service] = list(found.values())
        return self._trusting[service]

    @property
    def _naming_services(self) -> Mapping[str, Sequence[int]]:
        kept: dict[str, list[int]] = self.world.kept.setdefault("trusted services", {})
        if not kept:
            every = {service for method in methods() for service in method.services}
            for number in range(self.nodes.roles):
                if _UNCHANGEABLE in self.nodes.actors[number].arn:
                    continue
                trust = self.nodes.actors[number].trust
                for name in every if trust is None else services(trust):
                    kept.setdefault(name.removesuffix(".cn"), []).append(number)
            kept.setdefault("", [])
        return kept

    def _enter(self, method: Method) -> Iterator[Bundle]:
        carriers = [t for t in self.world.targets if t.runs_as and kind_of(t.arn) in method.carriers]
        if not carriers:
            return
        held = [self._entering(need.action, carriers) for need in method.needs]
        sources = set.intersection(*(set(h) for h in held))
        for source, _ in self._sources(sources, method):
            for parts in product(*(h[source] for h in held)):
                mask = (1 << len(carriers)) - 1
                for part, _ in parts:
                    mask &= part
                yield from self._through_carriers(source, method, [a for _, a in parts], carriers, mask)

    def _entering(self, action: str, carriers: Sequence[Target]) -> Held:
        """On which of the carriers an action is granted, by their numbers."""
        masks: dict[str, int] = {}
        for number, carrier in enumerate(carriers):
            place = on_carrier(action, carrier.arn)
            if place is None:
                able, every = self._holders(action), (1 << len(carriers)) - 1
                return {n: [(every, self._held[action, On.ANY][n][0][1])] for n in able}
            masks[place] = masks.get(place, 0) | 1 << number
        held = self._blocks(action, tuple(masks), union(masks.values()))
        parts = {part: masks[place] for place in masks for part in within(self.world, action, place)}
        for source, partly in self._blocks(action, tuple(parts), union(parts.values())).items():
            wholly = reduce(or_, (mask for mask, _ in held.get(source, ())), 0)
            only = ((mask & ~wholly, together([answer], ON_A_PART)) for mask, answer in partly)
            held.setdefault(source, []).extend((mask, answer) for mask, answer in only if mask)
        return held

    def _through_carriers(
        self, source: int, method: Method, answers: Sequence[Answer], carriers: Sequence[Target], mask: int
    ) -> Iterator[Bundle]:
        """One of them is enough for each role."""
        key = (method.carriers, mask)
        if key not in self._ways_in:
            ways: dict[int, str] = {}
            for number in bits(mask):
                for arn in carriers[number].runs_as:
                    if arn in self.number:
                        ways.setdefault(self.number[arn], carriers[number].arn)
            self._ways_in[key] = (sum(1 << number for number in ways), ways)
        roles, by_role = self._ways_in[key]
        steps = tuple(Step(action, "", answer) for action, answer in zip(method.actions, answers, strict=True))
        yield from if_any(Bundle(source, roles & ~(1 << source), method, steps, carriers=by_role))

    def _central(self, method: Method) -> Iterator[Bundle]:
        """Where there are roles that Identity Center made."""
        central = any(":role/aws-reserved/sso.amazonaws.com/" in arn for arn in self.nodes.role_arns)
        (need,) = method.needs
        for source, _ in self._sources(self._holders(need.action), method) if central else ():
            step = self._anywhere(need.action, source)
            if step is not None:
                yield Bundle(source, 1 << self.nodes.admin, method, (step,))
