"""An AWS account as access sees it: who there is, what there is, and every policy between them. Pure data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from auditor.access.engine.answer import Answer
from auditor.access.engine.context import context_of
from auditor.access.engine.evaluate import Grant, Levels, Read, Request, evaluate
from auditor.access.engine.plain import derived_keys
from auditor.access.engine.policies import Policy
from auditor.access.engine.principals import Principal, principal_of

UNREAD_LEVELS = Levels(None)


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
        return evaluate(self.request(actor, action, resource, context))

    def request(self, actor: Actor, action: str, resource: str, context: Mapping[str, object] | None = None) -> Request:
        request = self._request(actor.principal, action, resource, context, actor.tags)
        return replace(request, identity=actor.identity, boundary=actor.boundary, boundary_read=actor.boundary_read)

    def ask_outsider(
        self, caller: Principal, action: str, resource: str, context: Mapping[str, object] | None = None
    ) -> Answer:
        """Whether a service, a provider's identity, another account's principal or nobody in particular may do it. What
        other accounts grant to their own principals, and their organizations, are not read."""
        request = self._request(caller, action, resource, context, None)
        return evaluate(replace(request, identity=Read(None), scps=UNREAD_LEVELS) if caller.in_iam else request)

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
        self,
        caller: Principal,
        action: str,
        resource: str,
        context: Mapping[str, object] | None,
        tags: Mapping[str, str] | None,
    ) -> Request:
        side = self.side(action, resource)
        values: dict[str, object] = {}
        for name, value in (tags or {}).items():
            values[f"aws:PrincipalTag/{name}"] = value
        for name, value in (side.tags or {}).items():
            values[f"aws:ResourceTag/{name}"] = value
            values[f"{action.partition(':')[0]}:ResourceTag/{name}"] = value
        return Request(
            caller=caller,
            action=action,
            resource=resource,
            resource_account=side.account,
            context=context_of({**values, **(context or {})}, derived=derived_keys(caller, side.account)),
            resource_policy=side.policy,
            resource_policy_read=side.policy_read,
            scps=Levels() if self.management_account else self.scps,
            rcps=Levels() if self.management_account else self.rcps,
            grants=side.grants,
            public_blocked=side.public_blocked,
        )
