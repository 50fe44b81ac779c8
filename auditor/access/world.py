"""An AWS account as access sees it: who there is, what there is, and every policy between them. Pure data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from auditor.access.engine.actions import evaluated_on
from auditor.access.engine.answer import Answer, Decision, better
from auditor.access.engine.context import Presence, State, context_of
from auditor.access.engine.evaluate import Grant, Levels, Read, Request, evaluate
from auditor.access.engine.plain import derived_keys
from auditor.access.engine.policies import Policy
from auditor.access.engine.principals import Principal, principal_of
from auditor.access.request_keys import PRINCIPAL_TAG, REGION, RESOURCE_TAG, of_caller, of_resource, region_of

UNREAD_LEVELS = Levels(None)
MOST_REGIONS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """An IAM user or role of the account."""

    arn: str
    person: bool | None = None
    """A person signs in as it: a user with a password, a role that people come to by federation. None: not known."""
    identity: Read = Read()
    """Its own policies, those attached to it and those of its groups, compiled."""
    boundary: Policy | None = None
    boundary_read: bool = True
    trust: Policy | None = None
    """Who may act as it; none for a user, or if it was not read."""
    groups: tuple[str, ...] = ()
    """ARNs."""
    attached: tuple[str, ...] = ()
    """ARNs of the managed policies attached to it or to its groups."""
    tags: Mapping[str, str] | None = None
    """None: not read."""

    @property
    def is_role(self) -> bool:
        return ":role/" in self.arn

    @property
    def is_user(self) -> bool:
        return ":user/" in self.arn

    @property
    def principal(self) -> Principal:
        return principal_of(self.arn)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A resource that somebody may reach."""

    arn: str
    kind: str
    """Name of its kind in the inventory, e.g. ``Endpoint`` or ``Storage``."""
    name: str = ""
    account: str = ""
    policy: Policy | None = None
    """Its own policy; none if it has none."""
    policy_read: bool = True
    grants: tuple[Grant, ...] = ()
    """Of a KMS key."""
    public_blocked: bool = False
    """Of a bucket: RestrictPublicBuckets is on."""
    runs_as: tuple[str, ...] = ()
    """ARNs of the roles whose rights its code has."""
    leads_to: tuple[str, ...] = ()
    """ARNs of what stands behind it: an endpoint's models, their buckets, their keys; a function's endpoints."""
    tags: Mapping[str, str] | None = None
    region: str = ""
    """Where it is, if its ARN does not say: a bucket."""


@dataclass(frozen=True, slots=True)
class Organization:
    """What the account belongs to. Each is None if there is no organization, and empty if it is not known."""

    id: str | None = ""
    path: str | None = ""
    """From the organization down to the account's unit, as ``aws:PrincipalOrgPaths`` has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One account. ``unread`` says in words what could not be read and may hide somebody or something."""

    account: str
    partition: str = "aws"
    actors: tuple[Actor, ...] = ()
    targets: tuple[Target, ...] = ()
    scps: Levels = UNREAD_LEVELS
    rcps: Levels = UNREAD_LEVELS
    management_account: bool = False
    organization: Organization = Organization()
    unread: tuple[str, ...] = ()
    groups: tuple[Actor, ...] = ()
    """The groups of users, each with its own policies as its identity. They act only through their members."""
    kept: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What was computed from it and serves again."""
    _targets: dict[str, Target] = field(default_factory=dict, init=False, repr=False, compare=False)
    _actors: dict[str, Actor] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._targets.update((t.arn, t) for t in self.targets)
        self._actors.update((a.arn, a) for a in self.actors)

    def target(self, arn: str) -> Target | None:
        return self._targets.get(arn)

    def holder(self, resource: str) -> Target | None:
        """The target whose policy decides on a resource: its bucket for an object, itself for any other."""
        found = self._targets.get(resource)
        if found is None and ":s3:::" in resource:
            found = self._targets.get(resource.partition("/")[0])
        return found

    def actor(self, arn: str) -> Actor | None:
        return self._actors.get(arn)

    def ask(self, actor: Actor, action: str, resource: str, context: Mapping[str, object] | None = None) -> Answer:
        """Whether an actor may do something to a resource of this account, known or not."""
        return self.answer(self.request(actor, action, resource, context))

    def request(self, actor: Actor, action: str, resource: str, context: Mapping[str, object] | None = None) -> Request:
        values = of_caller(actor.principal, actor.tags, self.organization)
        whole = (PRINCIPAL_TAG,) if actor.is_user and actor.tags is not None else ()
        request = self._request(actor.principal, action, resource, {**values, **(context or {})}, whole)
        return replace(request, identity=actor.identity, boundary=actor.boundary, boundary_read=actor.boundary_read)

    def ask_outsider(
        self, caller: Principal, action: str, resource: str, context: Mapping[str, object] | None = None
    ) -> Answer:
        """Whether a service, a provider's identity, another account's principal or nobody in particular may do it. What
        other accounts grant to their own principals, and their organizations, are not read."""
        values = of_caller(caller, None, Organization())
        request = self._request(caller, action, resource, {**values, **(context or {})}, ())
        return self.answer(replace(request, identity=Read(None), scps=UNREAD_LEVELS) if caller.in_iam else request)

    def answer(self, request: Request) -> Answer:
        """The answer in the region that suits the caller best, where it is for the caller to choose."""
        found = evaluate(request)
        if REGION not in found.conditions:
            return found
        best: Answer | None = None
        for region in self.regions:
            known = {**request.context.known, REGION: State(Presence.KNOWN, (region,))}
            there = evaluate(replace(request, context=replace(request.context, known=known)))
            if there.decision is not Decision.DENY and (best is None or better(there, best)):
                best = there
                if best.decision is Decision.ALLOW:
                    break
        return best or found

    @property
    def regions(self) -> tuple[str, ...]:
        """In which the account has something, those with the most first. Where requests are to go that name no region,
        one of them will do; that none is open to somebody does not say that no other is."""
        kept: tuple[str, ...] | None = self.kept.get("regions")
        if kept is None:
            counted = Counter(region for t in self.targets if (region := t.region or region_of(t.arn)))
            kept = self.kept["regions"] = tuple(name for name, _ in counted.most_common(MOST_REGIONS))
        return kept

    def side(self, action: str, resource: str) -> Target:
        """What decides on the resource's side. A role answers for being assumed by its trust policy."""
        found = self.holder(resource)
        if found is not None:
            return found
        actor = self.actor(resource)
        if actor is None:
            return Target(arn=resource, kind="", account=self.account)
        trust = actor.trust if action.lower().startswith("sts:") else None
        return Target(arn=resource, kind="Identity", account=self.account, policy=trust, tags=actor.tags)

    def _request(
        self, caller: Principal, action: str, resource: str, values: Mapping[str, object], whole: tuple[str, ...]
    ) -> Request:
        resource = evaluated_on(action, resource)
        side = self.side(action, resource)
        given = {**of_resource(side, action, resource, self), **values}
        if side.tags is not None:
            whole = (*whole, RESOURCE_TAG, f"{action.partition(':')[0].lower()}:resourcetag/")
        return Request(
            caller=caller,
            action=action,
            resource=resource,
            resource_account=side.account,
            context=context_of(given, derived=derived_keys(caller, side.account), whole=whole),
            resource_policy=side.policy,
            resource_policy_read=side.policy_read,
            scps=Levels() if self.management_account else self.scps,
            rcps=Levels() if self.management_account else self.rcps,
            grants=side.grants,
            public_blocked=side.public_blocked,
        )
