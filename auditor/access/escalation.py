"""Who can come by whose rights: the methods of :mod:`escalation_methods` on what an account really has.

Every permission is asked of the engine, over all layers, on the resource that the method needs it on: the role that is
passed, with the service that it is passed to; the function that runs as a role; oneself. A role counts as passable if
its trust policy lets the service in.

**Administrator** is who may do anything on anything and write policies of roles at the same time, or who may make or
take over any role, or make a user, and give it any right (:data:`TAKEOVERS`). Grants that hold only for identities
under a given boundary do not count. Whoever needs an identity that happens to exist, such as a user to make keys for,
is found by an edge instead.

An edge is *unknown* where a policy was not read that could forbid a step, or grant it beside those that do: what was
read must grant every step. Edges out of administrators are left out, for there is nothing to gain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from auditor.access.action_sets import kind_of
from auditor.access.engine.actions import arn_formats, resource_types
from auditor.access.engine.answer import Answer, Decision, Layer, rank
from auditor.access.engine.evaluate import Read
from auditor.access.engine.policies import compile_policy
from auditor.access.engine.principals import principal_of
from auditor.access.escalation_methods import Degraded, Method, Way, degraded
from auditor.access.reach import bits, blocks, both, within
from auditor.access.world import Actor, World

ADMIN = "admin"
ADMINISTRATOR_ACCESS = "policy/AdministratorAccess"
ON_A_PART = "it runs as the role there, too"
"""The doubt where an action is granted on a part of what runs as a role, such as one user profile of a domain: which
of its roles each part runs as is not read."""
PROBE = "auditor-probe"
"""A name that no policy has, so that only patterns which cover everything of the kind match it."""
TAKEOVERS: tuple[tuple[str, ...], ...] = (
    ("iam:CreateRole", "iam:PutRolePolicy"),
    ("iam:CreateRole", "iam:AttachRolePolicy"),
    ("iam:UpdateAssumeRolePolicy", "iam:PutRolePolicy"),
    ("iam:UpdateAssumeRolePolicy", "iam:AttachRolePolicy"),
    ("iam:CreateUser", "iam:CreateAccessKey", "iam:PutUserPolicy"),
    ("iam:CreateUser", "iam:CreateAccessKey", "iam:AttachUserPolicy"),
    ("iam:CreateUser", "iam:CreateLoginProfile", "iam:PutUserPolicy"),
    ("iam:CreateUser", "iam:CreateLoginProfile", "iam:AttachUserPolicy"),
)
_BROAD = (f"{PROBE}:Probe", "iam:PutRolePolicy")
_EVERYTHING = compile_policy(
    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}},
    Layer.IDENTITY,
    "AdministratorAccess",
)


@dataclass(frozen=True, slots=True)
class Step:
    """A permission that a method needs, and what says that it is there."""

    action: str
    on: str
    """A resource; empty for each of the roles that the edge leads to."""
    answer: Answer
    by: str = ""
    """The service that does it; the source of the edge for other steps."""
    imagined: bool = False
    """The answer is for a policy that an earlier step would change."""


@dataclass(frozen=True, slots=True)
class Edge:
    """One can act with the rights of the other."""

    source: str
    target: str
    """An ARN, or :data:`ADMIN` where the source makes itself an administrator."""
    method: str
    way: Way
    decision: Decision
    otherwise: Decision | None
    """Of an unknown edge: the decision if nothing that was not read stands in the way."""
    steps: tuple[Step, ...]
    via: str = ""
    """The resource that is taken over, or the identity that is given the rights."""
    doubt: str = ""
    """What else it takes that is not read."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """Edges that differ in nothing but the target."""

    source: int
    targets: int
    """Bit n stands for node n; the one beyond all nodes for the administrator."""
    method: Method
    steps: tuple[Step, ...]
    """With the answers of one of the targets; those of the others come to the same."""
    via: str = ""
    carriers: Mapping[int, str] = field(default_factory=dict)
    """What is taken over, by the target that it runs as."""

    @property
    def answer(self) -> Answer:
        return together([step.answer for step in self.steps], self.method.doubt)

    @property
    def rank(self) -> tuple[int, int]:
        """That of its answer."""
        ranks = [rank(step.answer) for step in self.steps]
        worst, otherwise = max(r[0] for r in ranks), max(r[1] for r in ranks)
        least = 1 if self.method.doubt else 0
        return max(worst, least), max(otherwise, least)


def together(answers: Sequence[Answer], doubt: str = "") -> Answer:
    """The answer to all of some requests."""
    found = answers[0]
    for other in answers[1:]:
        found = both(found, other)
    if doubt and found.decision is Decision.ALLOW:
        return replace(found, decision=Decision.CONDITIONAL, conditions=(*found.conditions, doubt))
    if doubt and found.otherwise is Decision.ALLOW:
        return replace(found, otherwise=Decision.CONDITIONAL, conditions=(*found.conditions, doubt))
    return found


@dataclass(frozen=True, slots=True)
class Administrator:
    actor: Actor
    answer: Answer
    because: str


@dataclass(frozen=True, slots=True)
class Nodes:
    """Roles first, then users, then groups, which act through their members."""

    actors: tuple[Actor, ...]
    roles: int
    users: int

    @property
    def admin(self) -> int:
        return len(self.actors)

    @property
    def role_arns(self) -> tuple[str, ...]:
        return tuple(a.arn for a in self.actors[: self.roles])

    @property
    def user_arns(self) -> tuple[str, ...]:
        return tuple(a.arn for a in self.actors[self.roles : self.roles + self.users])

    @property
    def groups(self) -> tuple[Actor, ...]:
        return self.actors[self.roles + self.users :]

    def name(self, number: int) -> str:
        return ADMIN if number == self.admin else self.actors[number].arn


@dataclass(frozen=True, slots=True)
class Escalation:
    """The graph of one account."""

    world: World
    nodes: Nodes
    bundles: tuple[Bundle, ...]
    administrators: tuple[Administrator, ...]
    """Groups among them."""
    degraded: tuple[Degraded, ...]
    not_read: tuple[str, ...]
    """ARNs of actors whose policies were not all read: they may have edges that are not here."""
    number: Mapping[str, int]
    """Of a node, by its ARN."""
    ranks: tuple[tuple[int, int], ...] = ()
    """How certain each bundle is."""

    def edges(self) -> Iterator[Edge]:
        """One by one. An account may have millions; :attr:`bundles` hold the same."""
        for bundle in self.bundles:
            for number in bits(bundle.targets):
                yield self.edge(bundle, number)

    def edge(self, bundle: Bundle, target: int) -> Edge:
        answer = bundle.answer
        return Edge(
            source=self.nodes.name(bundle.source),
            target=self.nodes.name(target),
            method=bundle.method.id,
            way=bundle.method.way,
            decision=answer.decision,
            otherwise=answer.otherwise,
            steps=tuple(self._step(bundle, step, target) for step in bundle.steps),
            via=bundle.carriers.get(target, bundle.via),
            doubt=bundle.method.doubt,
        )

    def _step(self, bundle: Bundle, step: Step, target: int) -> Step:
        """For one target, with its own proof."""
        via = bundle.carriers.get(target)
        if step.on or (step.imagined and via is None):
            return replace(step, on=step.on or self.nodes.name(target))
        source = self.nodes.actors[bundle.source]
        if via is not None:
            return self._entered(source, step, via)
        on = self.nodes.name(target)
        if step.by:
            return replace(step, on=on, answer=trusts_service(self.world, step.by, on))
        service = next((s.by for s in bundle.steps if s.by), "")
        return replace(step, on=on, answer=self.world.ask(source, step.action, on, context_for(self.world, service)))

    def _entered(self, source: Actor, step: Step, via: str) -> Step:
        on = on_carrier(step.action, via)
        if on is None:
            return replace(step, on="*")
        context = context_for(self.world)
        whole = replace(step, on=on, answer=self.world.ask(source, step.action, on, context))
        if granted(whole.answer):
            return whole
        parts = [(self.world.ask(source, step.action, p, context), p) for p in within(self.world, step.action, on)]
        answer, part = min(parts, key=lambda each: rank(each[0]), default=(whole.answer, on))
        return replace(step, on=part, answer=together([answer], ON_A_PART if part != on else ""))


def escalation(world: World) -> Escalation:
    """The graph; made once for each world."""
    found: Escalation | None = world.kept.get("escalation")
    if found is None:
        from auditor.access.escalation_edges import Edges

        nodes = nodes_of(world)
        admins = tuple(_administrators(world, nodes))
        number = {actor.arn: n for n, actor in enumerate(nodes.actors)}
        sure = {number[a.actor.arn] for a in admins if Decision.ALLOW in (a.answer.decision, a.answer.otherwise)}
        bundles = tuple(Edges(world, nodes, number, frozenset(sure)).all())
        not_read = tuple(a.arn for a in nodes.actors if not a.identity.whole)
        ranks = tuple(bundle.rank for bundle in bundles)
        found = Escalation(world, nodes, bundles, admins, degraded(), not_read, number, ranks)
        world.kept["escalation"] = found
    return found


def edges(world: World) -> Iterator[Edge]:
    return escalation(world).edges()


def administrators(world: World) -> tuple[Administrator, ...]:
    """The users and roles that are administrators, or may be."""
    return tuple(a for a in escalation(world).administrators if ":group/" not in a.actor.arn)


def nodes_of(world: World) -> Nodes:
    found: Nodes | None = world.kept.get("nodes")
    if found is None:
        roles = tuple(a for a in world.actors if not a.is_user)
        users = tuple(a for a in world.actors if a.is_user)
        found = world.kept["nodes"] = Nodes((*roles, *users, *world.groups), len(roles), len(users))
    return found


def context_for(world: World, service: str = "") -> dict[str, object]:
    """What whoever escalates would choose: the broadest policy, no boundary, the service that the role is passed to."""
    context: dict[str, object] = {
        "iam:PolicyARN": f"arn:{world.partition}:iam::aws:{ADMINISTRATOR_ACCESS}",
        "iam:PermissionsBoundary": None,
    }
    return {**context, "iam:PassedToService": service} if service else context


WEB_IDENTITY = "cognito-identity.amazonaws.com"
"""Hands roles to those who sign in, as an identity provider."""


def trusts_service(world: World, service: str, role: str) -> Answer:
    """Whether a service may act as a role on behalf of this account."""
    federated = service == WEB_IDENTITY
    action = "sts:AssumeRoleWithWebIdentity" if federated else "sts:AssumeRole"
    caller = principal_of(service, federated=federated)
    return world.ask_outsider(caller, action, role, {"aws:SourceAccount": world.account})


_GRANTING = frozenset({Layer.IDENTITY, Layer.RESOURCE})
"""All other layers only let through."""


def granted(answer: Answer) -> bool:
    """Something that was read grants it. What was not read alone makes nobody a suspect."""
    return answer.decision is not Decision.DENY and any(p.allow and p.layer in _GRANTING for p in answer.proof)


def _kind(action: str) -> str:
    """What an action of IAM is done to."""
    if "Group" in action:
        return "group"
    return "user" if any(word in action for word in ("User", "AccessKey", "LoginProfile")) else "role"


def probe(world: World, action: str) -> str:
    """Something that an action can be done to and that no policy names."""
    base = f"arn:{world.partition}"
    if action.startswith("iam:"):
        return f"{base}:iam::{world.account}:{_kind(action)}/{PROBE}"
    return f"{base}:{PROBE}:{PROBE}:{world.account}:{PROBE}"


Rights = tuple[tuple[str, ...], str]
"""Actions that together are enough, and what that is in words."""


def _taking_over(taking: tuple[str, ...]) -> Rights:
    *first, last = taking
    return taking, f"{', '.join(first)} and {last} on any {_kind(last)}"


EVERYTHING: Rights = (_BROAD, "every action on every resource")
TAKING_OVER: tuple[Rights, ...] = tuple(map(_taking_over, TAKEOVERS))
_SETS = (EVERYTHING, *TAKING_OVER)


def _administrators(world: World, nodes: Nodes) -> Iterator[Administrator]:
    held: dict[str, dict[str, Answer]] = {}
    for action in {action for several, _ in _SETS for action in several}:
        seen = blocks(world, action, (probe(world, action),), context_for(world), nodes.actors)
        held[action] = {a.arn: block.answer for block in seen for a in block.actors if granted(block.answer)}
    for actor in nodes.actors:
        found = _best(
            (together([held[a][actor.arn] for a in several]), why)
            for several, why in _SETS
            if all(actor.arn in held[a] for a in several)
        )
        if found is not None:
            yield Administrator(actor, *found)


def _best(found: Iterable[tuple[Answer, str]]) -> tuple[Answer, str] | None:
    return min(found, key=lambda each: rank(each[0]), default=None)


def becomes_administrator(world: World, actor: Actor, *, with_everything: bool, unbound: bool) -> Answer | None:
    """The answer for an actor that was given every right, or freed from its boundary; None if that is not enough."""
    changed = actor
    if unbound:
        changed = replace(changed, boundary=None, boundary_read=True)
    if with_everything:
        own = Read((*(actor.identity.policies or ()), _EVERYTHING), not actor.identity.whole)
        changed = replace(changed, identity=own)
    found: list[tuple[Answer, str]] = []
    for several, why in _SETS:
        answers = [world.ask(changed, action, probe(world, action), context_for(world)) for action in several]
        if all(map(granted, answers)):
            found.append((together(answers), why))
            if found[-1][0].decision is Decision.ALLOW:
                break
    best = _best(found)
    return None if best is None else best[0]


def on_carrier(action: str, arn: str) -> str | None:
    """What an action on something that runs as a role is evaluated on; None for another resource than that."""
    types = resource_types(action)
    if types == ():
        return "*"
    if action == "sagemaker:CreatePresignedDomainUrl" and kind_of(arn) != "sagemaker:user-profile":
        base, _, rest = arn.rpartition(":")
        return f"{base}:user-profile/{rest.split('/')[1]}/*"
    service = action.partition(":")[0]
    formats = [form for kind in types or () for form in arn_formats(service, kind) or ()]
    if not formats or any(re.fullmatch(re.sub(r"\\\$\\\{\w+\\\}", ".+", re.escape(f)), arn) for f in formats):
        return arn
    return None
