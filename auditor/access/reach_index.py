"""Which actors and which resources a question can tell apart.

Everything that :func:`engine.evaluate` looks at is in one of two keys: that of a group of actors, or that of a side,
the resources that answer alike but for the patterns that match them. What is left out of a key is what no policy that
speaks of the action looks at.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from auditor.access.engine import rules as service_rules
from auditor.access.engine.answer import Layer
from auditor.access.engine.evaluate import Levels
from auditor.access.engine.patterns import VARIABLE
from auditor.access.engine.policies import Policy, Rule
from auditor.access.engine.rules import ALWAYS_ALLOWED, ASSUMING, BY_TRUST_ALONE
from auditor.access.reach_patterns import Matches
from auditor.access.request_keys import REGION, requested_region
from auditor.access.world import Actor, Target, World


@dataclass(slots=True)
class Group:
    """Actors with the same policies that speak of the action."""

    actors: list[Actor]
    rules: tuple[Rule, ...]
    """That can tell resources apart: its own, its boundary's and the organization's."""
    holds: bool
    """A policy of its own grants the action on something."""
    unread: bool
    """It has policies that were not read, so that any of them may grant."""
    granted: int = 0
    """The resources that an Allow of its own may match."""


@dataclass(slots=True)
class Side:
    """Resources that answer alike, as far as their own policies, tags and owners go."""

    mask: int
    open: bool
    """Its policy was not read: any actor may be named by it."""
    delegates: bool
    """The policies of actors count."""
    everyone: bool
    names: frozenset[str]
    """Principals that its policy names, by whatever effect."""
    keys: frozenset[str]
    """The context keys of principals that its policy looks at."""


@dataclass(slots=True)
class Asked:
    """An action, asked of all actors and some resources."""

    world: World
    service: str
    name: str
    groups: list[Group]
    sides: list[Side]
    group_of: dict[str, Group] = field(default_factory=dict)
    """By the ARN of an actor."""
    matches: Matches = field(default_factory=lambda: Matches(()))

    @property
    def key(self) -> str:
        return f"{self.service}:{self.name}"

    def groups_for(self, side: Side) -> Iterable[Group]:
        """The groups of which somebody may not be denied on a side."""
        if side.open or side.everyone or self.key in ALWAYS_ALLOWED:
            return self.groups
        named = {id(g): g for g in (self.group_of.get(n) for n in side.names) if g is not None}
        if not side.delegates:
            return named.values()
        named.update((id(g), g) for g in self.groups if g.holds or g.unread)
        return named.values()

    def candidates(self, group: Group, side: Side) -> int:
        if group.unread or side.open or side.everyone or self.key in ALWAYS_ALLOWED:
            return side.mask
        if any(actor.arn in side.names for actor in group.actors) if side.names else False:
            return side.mask
        return side.mask & group.granted

    def told_apart(self, group: Group, side: Side) -> Iterable[tuple[Actor, ...]]:
        """A group's actors as the side's policy tells them apart."""
        if not side.names and not side.keys:
            return (tuple(group.actors),)
        apart: dict[Hashable, list[Actor]] = {}
        for actor in group.actors:
            named = actor.arn if actor.arn in side.names else ""
            apart.setdefault((named, *_values(actor, side.keys)), []).append(actor)
        return tuple(map(tuple, apart.values()))

    def split(self, group: Group, wanted: int) -> Iterable[int]:
        """Resources, parted by the patterns of a group's policies that match them."""
        return self.matches.split(group.rules, wanted)

    def granting_rules(self) -> Iterator[Rule]:
        for group in self.groups:
            yield from (rule for rule in group.rules if rule.allow)


def asked(
    world: World, action: str, resources: Sequence[str], actors: tuple[Actor, ...], *, alike: bool = False
) -> Asked:
    """``alike``: policies of resources that differ in their names only
    are one, so that the proofs of an answer are those of one of them."""
    service, _, name = action.lower().partition(":")
    if not resources:
        return _without_resources(world, service, name, actors)
    matches = Matches(resources)
    general = _without_resources(world, service, name, actors)
    groups = [Group(g.actors, g.rules, g.holds, g.unread) for g in general.groups]
    for group in groups:
        if group.holds:
            group.granted = matches.granted(group.rules)
    rules = {id(rule): rule for group in groups for rule in group.rules}
    keys = {key for rule in rules.values() for key in uses(rule) if ":resourcetag/" in key or key == REGION}
    sides = list(_sides(world, action, resources, keys, alike))
    return Asked(world, service, name, groups, sides, {a.arn: g for g in groups for a in g.actors}, matches)


def _without_resources(world: World, service: str, name: str, actors: tuple[Actor, ...]) -> Asked:
    key = (service, name, _number(world, actors))
    questions: dict[Hashable, Asked] = world.kept.setdefault("questions", {})
    if key not in questions:
        if len(questions) >= MOST_KEPT:
            questions.clear()
        groups = _grouped(world, service, name, actors)
        questions[key] = Asked(world, service, name, groups, [], {a.arn: g for g in groups for a in g.actors})
    return questions[key]


MOST_KEPT = 16


def _number(world: World, actors: tuple[Actor, ...]) -> int:
    """Tells one choice of actors from another. It is kept, so that none that comes later has its place in memory."""
    world.kept.setdefault("choices of actors", {})[id(actors)] = actors
    return id(actors)


# actors


class _Own:
    """The rules that speak of an action, policy by policy."""

    def __init__(self, world: World, service: str, name: str) -> None:
        self.service, self.name = service, name
        self._speaking: dict[int, tuple[Rule, ...]] = {}
        levels = () if world.management_account else (*_levels(world.scps), *_levels(world.rcps))
        self.shared = tuple(rule for policy in levels for rule in self.of(policy))
        self.services: dict[int, frozenset[str] | None] = world.kept.setdefault("services", {})

    def of(self, policy: Policy) -> tuple[Rule, ...]:
        found = self._speaking.get(id(policy))
        if found is None:
            rules = [r for r in policy.rules if r.speaks_of(self.service, self.name)]
            found = self._speaking[id(policy)] = tuple(rules)
        return found

    def speaks(self, policy: Policy) -> bool:
        """A quick look at the service before the slow one at the action."""
        found = self._speaking.get(id(policy))
        if found is not None:
            return bool(found)
        if not self.speaks_of_service(policy):
            self._speaking[id(policy)] = ()
            return False
        return bool(self.of(policy))

    def speaks_of_service(self, policy: Policy) -> bool:
        key = id(policy)
        if key not in self.services:
            self.services[key] = _services(policy)
        services = self.services[key]
        return services is None or self.service in services

    def rules(self, actor: Actor) -> tuple[Rule, ...]:
        own = [rule for p in actor.identity.policies or () if self.speaks(p) for rule in self._speaking[id(p)]]
        if actor.boundary is not None and self.speaks(actor.boundary):
            own.extend(self._speaking[id(actor.boundary)])
        return (*own, *self.shared)


def _services(policy: Policy) -> frozenset[str] | None:
    """The services that a policy speaks of; None for all."""
    if any(rule.inverted or rule.actions.everything for rule in policy.rules):
        return None
    return frozenset(s for rule in policy.rules for s in (*rule.actions.exact, *rule.actions.wild))


def _levels(levels: Levels) -> Iterator[Policy]:
    for level in levels.levels or ():
        yield from level


def _grouped(world: World, service: str, name: str, actors: tuple[Actor, ...]) -> list[Group]:
    own = _Own(world, service, name)
    keys_of: dict[int, frozenset[str]] = {}
    shared_keys = _principal_keys(own.shared)
    found: dict[Hashable, Group] = {}
    for actor, policies, nature in _by_service(world, service, actors, own):
        speaking = [p for p in policies if own.speaks(p)]
        boundary = actor.boundary
        keys = shared_keys
        for policy in (*speaking, boundary) if boundary is not None else speaking:
            if own.speaks(policy):
                if id(policy) not in keys_of:
                    keys_of[id(policy)] = _principal_keys(own.of(policy))
                keys = keys | keys_of[id(policy)]
        bound = None if boundary is None else id(boundary) if own.speaks(boundary) else 0
        key = (*map(id, speaking), bound, nature, *_values(actor, keys))
        group = found.get(key)
        if group is None:
            holds = any(rule.allow for p in speaking for rule in own.of(p))
            found[key] = Group([actor], own.rules(actor), holds, not actor.identity.whole)
        else:
            group.actors.append(actor)
    return list(found.values())


def _by_service(
    world: World, service: str, actors: tuple[Actor, ...], own: _Own
) -> list[tuple[Actor, tuple[Policy, ...], Hashable]]:
    """Each actor with those of its policies that speak of a service at all, and what else tells it from others."""
    kept = world.kept.setdefault("by service", {})
    key = (service, _number(world, actors))
    if key not in kept:
        found: list[tuple[Actor, tuple[Policy, ...], Hashable]] = []
        natures = world.kept.setdefault("natures", {})
        for actor in actors:
            if actor.arn not in natures:
                linked = ":role/aws-service-role/" in actor.arn
                natures[actor.arn] = (actor.identity.whole, actor.boundary_read, actor.principal.kind, linked)
            policies = tuple(p for p in actor.identity.policies or () if own.speaks_of_service(p))
            found.append((actor, policies, natures[actor.arn]))
        kept[key] = found
    rows: list[tuple[Actor, tuple[Policy, ...], Hashable]] = kept[key]
    return rows


def uses(rule: Rule) -> frozenset[str]:
    """The context keys that a rule looks at, in lower case."""
    source = rule.source
    texts = [*source.resources, *(source.not_resources or ()), *(v for c in rule.conditions for v in c.values)]
    keys = {match["key"].lower() for text in texts if "${" in text for match in VARIABLE.finditer(text)}
    return frozenset(keys | {condition.key for condition in rule.conditions})


def _principal_keys(rules: Iterable[Rule]) -> frozenset[str]:
    """Those whose value differs from one principal of an account to another. A policy of the organization that names
    principals looks at them as a condition would."""
    keys: set[str] = set()
    for rule in rules:
        keys.update(k for k in uses(rule) if k in _OF_PRINCIPAL or k.startswith("aws:principaltag/"))
        listed = rule.source.principals if rule.source.principals is not None else rule.source.not_principals
        if rule.layer is Layer.RCP and any(set(names) != {"*"} for names in (listed or {}).values()):
            keys.add("aws:principalarn")
    return frozenset(keys)


_OF_PRINCIPAL = ("aws:principalarn", "aws:username")


def _values(actor: Actor, keys: frozenset[str]) -> tuple[str | None, ...]:
    if not keys:
        return ()
    tags = {f"aws:principaltag/{name}".lower(): value for name, value in (actor.tags or {}).items()}
    of_name = {"aws:principalarn": actor.arn, "aws:username": actor.arn if actor.is_user else None}
    read = str(actor.is_user and actor.tags is not None)
    return (read, *(of_name.get(key, tags.get(key)) for key in sorted(keys)))


# resources


def _sides(world: World, action: str, resources: Sequence[str], shared_keys: set[str], alike: bool) -> Iterable[Side]:
    """``shared_keys``: those of resources that the policies of actors and of the organization look at."""
    service, _, name = action.lower().partition(":")
    action_key = f"{service}:{name}"
    found: dict[Hashable, Side] = {}
    for number, resource in enumerate(resources):
        target = world.side(action, resource)
        policy = target.policy
        speaking = () if policy is None else (*policy.allowing(service, name), *policy.denying(service, name))
        has_key_policy = service_rules.has_key_policy(service, resource)
        needs = has_key_policy or action_key in ASSUMING or action_key in BY_TRUST_ALONE
        looked_at = shared_keys | {k for rule in speaking for k in uses(rule) if ":resourcetag/" in k or k == REGION}
        tags = {k.lower(): v for k, v in (target.tags or {}).items()} if looked_at else {}
        rests = any(rule.source.resources or rule.source.not_resources for rule in speaking)
        key = (
            target.account,
            target.policy_read and not (needs and policy is None),
            target.public_blocked,
            needs,
            resource == "*",
            service_rules.forbidden(service, name, resource),
            service_rules.beyond_rcps(action_key, resource),
            None if policy is None else (_content(speaking) if alike else id(policy)) if speaking else 0,
            resource if rests else "",
            tuple(target.grants) if service == "kms" else (),
            tuple((k, tags.get(k.partition("/")[2])) for k in sorted(looked_at)),
            bool(looked_at) and target.tags is None,
            requested_region(action, resource, target, world.partition) if REGION in looked_at else "",
        )
        side = found.get(key)
        if side is None:
            found[key] = _side(world, target, speaking, needs, 1 << number, service)
        else:
            side.mask |= 1 << number
    return found.values()


def _content(rules: Iterable[Rule]) -> Hashable:
    return tuple((rule.variables, repr(rule.source)) for rule in rules)


def _side(world: World, target: Target, speaking: Sequence[Rule], needs: bool, mask: int, service: str) -> Side:
    names: set[str] = set()
    everyone = False
    for rule in speaking:
        listed = rule.source.principals if rule.source.principals is not None else rule.source.not_principals
        own = {n for several in (listed or {}).values() for n in several}
        everyone = everyone or (rule.allow and (rule.source.not_principals is not None or "*" in own))
        names |= own
    if service == "kms":
        names.update(grant.grantee for grant in target.grants)
    delegates = not needs or any(n == world.account or n.endswith(f":{world.account}:root") for n in names)
    unread = not target.policy_read or (needs and target.policy is None)
    return Side(mask, unread, delegates, everyone, frozenset(names), _principal_keys(speaking))
