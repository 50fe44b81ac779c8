"""The decision: denies first, then ceilings, then whether anything grants.

Sources: IAM user guide, "Policy evaluation logic", "Cross-account policy evaluation logic" and "Permissions
boundaries"; AWS Organizations user guide on SCPs and RCPs; KMS developer guide on key policies.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from auditor.access.engine import actions, rules
from auditor.access.engine.answer import Answer, Decision, Layer, Proof, Tri
from auditor.access.engine.context import Context
from auditor.access.engine.policies import Policy, Rule
from auditor.access.engine.principals import Kind, Named, Principal, named_as, named_by, perhaps_named

NO, MAYBE, YES = Tri.NO, Tri.MAYBE, Tri.YES


@dataclass(frozen=True, slots=True)
class Read:
    """The policies of a layer. ``policies`` is None if the layer was not read."""

    policies: tuple[Policy, ...] | None = ()
    partly: bool = False
    """There are more, which were not read."""

    @property
    def whole(self) -> bool:
        return self.policies is not None and not self.partly


@dataclass(frozen=True, slots=True)
class Levels:
    """Organization policies, level by level from the root to the account. None: not read. Empty: none apply."""

    levels: tuple[tuple[Policy, ...], ...] | None = ()
    partly: frozenset[int] = frozenset()
    """The levels, counted from 0, that have more policies, which were not read."""

    @property
    def whole(self) -> bool:
        return self.levels is not None and not self.partly


@dataclass(frozen=True, slots=True)
class Grant:
    """A KMS grant: who may do what with a key."""

    grantee: str
    operations: frozenset[str]
    constrained: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    caller: Principal
    action: str
    resource: str
    resource_account: str = ""
    context: Context
    identity: Read = Read()
    boundary: Policy | None = None
    """Empty, and not read, if all that is known is that there is one."""
    boundary_read: bool = True
    session: Read | None = None
    """None: no session policy."""
    resource_policy: Policy | None = None
    resource_policy_read: bool = True
    endpoint: Policy | None = None
    endpoint_read: bool = True
    scps: Levels = Levels()
    rcps: Levels = Levels()
    rcp_services: frozenset[str] | None = None
    """The services whose actions RCPs restrict. None: as AWS publishes."""
    grants: tuple[Grant, ...] = ()
    public_blocked: bool = False
    """S3: RestrictPublicBuckets is on for the bucket."""
    aws_managed_key: bool = False
    """KMS: the key is one that AWS manages."""


@dataclass
class _Trace:
    """What took part, for the proof."""

    allows: list[Proof] = field(default_factory=list)
    denies: list[Proof] = field(default_factory=list)
    open_keys: set[str] = field(default_factory=set)
    disputed: set[str] = field(default_factory=set)
    """What the sources disagree on, or do not say."""


def evaluate(request: Request) -> Answer:
    service, _, name = request.action.lower().partition(":")
    if request.rcps.whole and not request.rcps.levels:
        return _Evaluation(request, service, name, rcps=False).answer()
    reach = _rcps_reach(service, name, request)
    if reach is not MAYBE:
        return _Evaluation(request, service, name, rcps=reach is YES).answer()
    without = _Evaluation(request, service, name, rcps=False).answer()
    under = _Evaluation(request, service, name, rcps=True).answer()
    if without.decision is under.decision:
        return under
    missing = f"whether resource control policies reach {service}"
    return Answer(
        Decision.UNKNOWN,
        f"not known: {missing}",
        None,
        (*without.proof, *(p for p in under.proof if p not in without.proof)),
        without.conditions,
        (missing,),
        without.otherwise or without.decision,
    )


def _rcps_reach(service: str, name: str, request: Request) -> Tri:
    if request.rcp_services is not None:
        return YES if service in request.rcp_services else NO
    return actions.rcps_reach(f"{service}:{name}")


class _Evaluation:
    def __init__(self, request: Request, service: str, name: str, rcps: bool) -> None:
        self.request, self.service, self.name = request, service, name
        self.key = f"{service}:{name}"
        self.resource = actions.evaluated_on(self.key, request.resource)
        self.trace = _Trace()
        caller = request.caller
        self.in_iam = caller.in_iam
        self.by_identity = self.in_iam and caller.kind is not Kind.ROOT and self.key not in rules.BY_TRUST_ALONE
        self.same_account = self.in_iam and (not request.resource_account or caller.account == request.resource_account)
        self.needs_resource_policy = (
            self.key in rules.ASSUMING
            or self.key in rules.BY_TRUST_ALONE
            or rules.has_key_policy(service, self.resource)
        )
        self.resource_read = request.resource_policy_read and not (
            self.needs_resource_policy and request.resource_policy is None
        )
        self.scps = request.scps if self.in_iam and not caller.service_linked else Levels()
        restricted = (
            rcps
            and not caller.service_linked
            and not request.aws_managed_key
            and not rules.beyond_rcps(self.key, self.resource)
        )
        self.rcps = request.rcps if restricted else Levels()

    def answer(self) -> Answer:
        request = self.request
        if self.key in rules.ALWAYS_ALLOWED and request.caller.kind is not Kind.ANONYMOUS:
            return Answer(Decision.ALLOW, "needs no permission")
        why = rules.closed_to(request.caller.kind, self.key)
        if why := why or rules.forbidden(self.service, self.name, self.resource):
            return Answer(Decision.DENY, why, Layer.SERVICE)
        denied = self._denied()
        if denied is YES:
            first = next(p for p in self.trace.denies if p.holds is YES)
            return Answer(Decision.DENY, f"explicitly denied by the {first.layer}", first.layer, (first,))
        allowed, layer = self._allowed()
        if allowed is NO:
            assert layer is not None
            return Answer(Decision.DENY, f"no {layer} allows it", layer, tuple(self.trace.allows))
        missing = self._missing()
        proof = (*self.trace.allows, *self.trace.denies)
        if missing:
            why, open_ = f"not read: {', '.join(missing)}", self._open()
            sure = allowed is YES and denied is NO
            otherwise = Decision.ALLOW if sure else Decision.CONDITIONAL
            return Answer(Decision.UNKNOWN, why, None, proof, open_, tuple(missing), otherwise)
        if allowed is MAYBE or denied is MAYBE:
            if disputed := tuple(sorted(self.trace.disputed)):
                why = f"not settled by any documentation: {', '.join(disputed)}"
                return Answer(Decision.UNKNOWN, why, None, proof, self._open(), disputed, Decision.CONDITIONAL)
            return Answer(Decision.CONDITIONAL, "depends on the request's context", None, proof, self._open())
        return Answer(Decision.ALLOW, f"allowed by the {proof[0].layer}" if proof else "allowed", None, proof)

    def _open(self) -> tuple[str, ...]:
        return tuple(sorted(self.trace.open_keys))

    # which layers there are

    def _missing(self) -> list[str]:
        """Layers that apply and were not read: any of them may deny."""
        request = self.request
        read = {
            Layer.IDENTITY: not self.by_identity or request.identity.whole,
            Layer.BOUNDARY: not self.by_identity or request.boundary_read,
            Layer.SESSION: not self.by_identity or request.session is None or request.session.whole,
            Layer.RESOURCE: self.resource_read,
            Layer.ENDPOINT: request.endpoint_read,
            Layer.SCP: self.scps.whole,
            Layer.RCP: self.rcps.whole,
        }
        return [str(layer) for layer, whole in read.items() if not whole]

    # statements

    def _holds(self, rule: Rule) -> Tri:
        """Whether a statement that speaks of the action meets the request, whoever asks."""
        reached = rule.reaches(self.resource, self.request.context)
        return min(reached, rule.conditions_hold(self.request.context)) if reached else NO

    def _note(self, rule: Rule, holds: Tri) -> None:
        if holds is MAYBE:
            self.trace.open_keys.update(rule.open_keys(self.request.context))
            self.trace.disputed.update(rule.disputes(self.resource, self.request.context))
        (self.trace.allows if rule.allow else self.trace.denies).append(rule.proof(holds))

    def _policies(self) -> Iterable[tuple[Policy, bool]]:
        """Every policy that can deny, and whether its statements name principals."""
        request = self.request
        for level in self.scps.levels or ():
            yield from ((p, False) for p in level)
        for level in self.rcps.levels or ():
            yield from ((p, True) for p in level)
        if request.resource_policy is not None:
            yield request.resource_policy, True
        if request.endpoint is not None:
            yield request.endpoint, True
        if self.by_identity:
            yield from ((p, False) for p in request.identity.policies or ())
            if request.boundary is not None:
                yield request.boundary, False
            if request.session is not None:
                yield from ((p, False) for p in request.session.policies or ())

    def _denied(self) -> Tri:
        worst = NO
        for policy, names in self._policies():
            for rule in policy.denying(self.service, self.name):
                perhaps = False
                if names and not self._named(rule):
                    perhaps = perhaps_named(rule.source, self.request.caller)
                    if not perhaps:
                        continue
                if holds := self._holds(rule):
                    if perhaps:
                        holds = MAYBE
                        self.trace.disputed.add("whom a canonical user stands for")
                    self._note(rule, holds)
                    worst = max(worst, holds)
        return worst

    def _named(self, rule: Rule) -> frozenset[Named]:
        if rule.layer is Layer.RCP and rule.source.principals is None and rule.source.not_principals is None:
            return frozenset({Named.EVERYONE})
        bounded = self.by_identity and self.request.boundary is not None
        return named_by(rule.source, self.request.caller, bounded=bounded)

    def _grants(self, policies: Iterable[Policy], *, noted: bool = True) -> Tri:
        """Whether one of a layer's statements allows."""
        best = NO
        for policy in policies:
            for rule in policy.allowing(self.service, self.name):
                if holds := self._holds(rule):
                    if noted:
                        self._note(rule, holds)
                    best = max(best, holds)
                    if best is YES:
                        return best
        return best

    def _named_grants(self, policy: Policy | None, *, noted: bool = True) -> dict[Named, Tri]:
        """How strongly a policy of the resource allows, by the way in which it names the caller."""
        found: dict[Named, Tri] = {}
        for rule in policy.allowing(self.service, self.name) if policy is not None else ():
            ways = self._named(rule)
            if ways and (holds := self._holds(rule)):
                if noted:
                    self._note(rule, holds)
                for way in ways:
                    found[way] = max(found.get(way, NO), holds)
        return found

    # what grants

    def _allowed(self) -> tuple[Tri, Layer | None]:
        """What was not read is taken to grant: only a denial without it is sure."""
        request = self.request
        open_levels: list[tuple[Policy, ...]] = []
        for layer, given in ((Layer.SCP, self.scps), (Layer.RCP, self.rcps)):
            for number, level in enumerate(given.levels or ()):
                if number in given.partly:
                    continue
                holds = self._lets_through(level, layer)
                if holds is NO:
                    return NO, layer
                if holds is MAYBE:
                    open_levels.append(level)
        granted, lacking = self._granted()
        endpoint = YES
        if request.endpoint is not None:
            endpoint = max(self._named_grants(request.endpoint).values(), default=NO)
            if endpoint is NO:
                return NO, Layer.ENDPOINT
        for level in open_levels:
            for policy in level:
                for rule in policy.allowing(self.service, self.name):
                    if self._holds(rule) is MAYBE:
                        self._note(rule, MAYBE)
        return min(granted, endpoint, MAYBE if open_levels else YES), lacking

    def _lets_through(self, level: Sequence[Policy], layer: Layer) -> Tri:
        """Ceilings grant nothing, so what passes them is no proof of a grant."""
        if layer is Layer.SCP:
            return self._grants(level, noted=False)
        ways = (self._named_grants(policy, noted=False) for policy in level)
        return max((max(way.values(), default=NO) for way in ways), default=NO)

    def _granted(self) -> tuple[Tri, Layer | None]:
        request, caller = self.request, self.request.caller
        ways = self._by_resource()
        if self.key in rules.BY_TRUST_ALONE or not self.in_iam:
            return max(ways.get(Named.ITSELF, NO), ways.get(Named.EVERYONE, NO)), Layer.RESOURCE
        identity, boundary, session = self._identity_side()
        if caller.kind is Kind.FEDERATED_USER and request.session is None:
            # IAM user guide, "Policy evaluation for requests within a single account": its end for session principals
            identity = NO
        delegated = min(identity, boundary, session)
        if not self.same_account:
            by_resource = max(ways.values(), default=NO)
            return min(by_resource, delegated), self._lacking(by_resource, identity, boundary, session)
        by_resource = YES
        if self.needs_resource_policy:
            to_account = Named.ITSELF if caller.kind is Kind.ROOT else Named.ACCOUNT
            by_resource = ways.get(to_account, NO)
        granted = max(self._direct(ways, boundary, session), min(delegated, by_resource))
        return granted, self._lacking(by_resource, identity, boundary, session)

    def _by_resource(self) -> dict[Named, Tri]:
        """How strongly the resource's side allows, by the way in which it names the caller."""
        request, caller = self.request, self.request.caller
        if not self.resource_read:
            return dict.fromkeys(Named, YES)
        ways = self._named_grants(request.resource_policy)
        outside = not self.same_account and caller.kind is not Kind.SERVICE
        if request.public_blocked and outside and request.resource_policy and rules.public(request.resource_policy):
            # S3 user guide, "Blocking public access": then nobody outside of the account has access
            return {}
        for way, holds in self._kms_grants().items():
            ways[way] = max(ways.get(way, NO), holds)
        return ways

    def _identity_side(self) -> tuple[Tri, Tri, Tri]:
        request = self.request
        if request.caller.kind is Kind.ROOT:
            return YES, YES, YES
        identity = self._grants(request.identity.policies or ())  # noted even if there are more that grant
        identity = identity if request.identity.whole else YES
        boundary = session = YES
        if request.boundary is not None and request.boundary_read:
            boundary = self._grants((request.boundary,))
        if request.session is not None and request.session.whole:
            session = self._grants(request.session.policies or ())
        return identity, boundary, session

    def _direct(self, ways: dict[Named, Tri], boundary: Tri, session: Tri) -> Tri:
        """Which implicit denies a grant of the resource's own policy escapes, by whom it names (IAM user guide,
        "Policy evaluation for requests within a single account").

        A user, a session, and everyone ("IAM role principals") escape all of them; a role, and the user behind a
        federated session, that of the identity policies.
        """
        as_role = min(max(ways.get(Named.ROLE, NO), ways.get(Named.USER, NO)), boundary, session)
        directly = max(ways.get(Named.ITSELF, NO), ways.get(Named.EVERYONE, NO))
        if self.request.caller.kind is Kind.USER:  # for whom no documented case has a session policy
            directly = min(directly, session)
        return max(directly, as_role)

    @staticmethod
    def _lacking(by_resource: Tri, identity: Tri, boundary: Tri, session: Tri) -> Layer:
        """The layer that is named when nothing grants."""
        for holds, layer in (
            (by_resource, Layer.RESOURCE),
            (identity, Layer.IDENTITY),
            (boundary, Layer.BOUNDARY),
            (session, Layer.SESSION),
        ):
            if holds is NO:
                return layer
        return Layer.IDENTITY

    def _kms_grants(self) -> dict[Named, Tri]:
        """A grant names its grantee as a key policy would (KMS developer guide, "Grants in AWS KMS"). What its
        constraints ask of the encryption context is not known."""
        ways: dict[Named, Tri] = {}
        for grant in self.request.grants if self.service == "kms" else ():
            way = named_as(grant.grantee, self.request.caller)
            if way is not Named.NOBODY and self.name in {operation.lower() for operation in grant.operations}:
                ways[way] = max(ways.get(way, NO), MAYBE if grant.constrained else YES)
                if grant.constrained:
                    self.trace.open_keys.add("kms:encryptioncontext")
        return ways
