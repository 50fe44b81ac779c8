"""Which models, endpoints and agents the policies of one IAM identity let it call, and what stands in the way.

An upper bound: permissions boundaries, organization policies and policies of the resources are not looked at. A Deny
without conditions takes away what it covers as a whole. A Deny with conditions counts as a barrier if it stops every
call but those within fixed values of the barrier's keys; a condition of the Allow itself counts if it holds for such
calls only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from auditor.access.aws_documents import Condition, Statement, action_matches, resource_matches
from auditor.access.aws_grants import DENY_ALL_POLICY, Subject
from auditor.access.aws_pins import excludes, pinned

MODEL_ACTIONS = ("bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream")
"""What calls of foundation models need, those through the Converse API included (Bedrock user guide)."""
INVOKING = (
    *MODEL_ACTIONS,
    "bedrock:InvokeAgent",
    "bedrock:InvokeFlow",
    "bedrock:InvokeInlineAgent",
    "bedrock:Retrieve",
    "bedrock:RetrieveAndGenerate",
    "bedrock-agentcore:InvokeAgentRuntime",
    "bedrock-agentcore:InvokeAgentRuntimeForUser",
    "sagemaker:InvokeEndpoint",
    "sagemaker:InvokeEndpointAsync",
    "sagemaker:InvokeEndpointWithResponseStream",
)
NETWORK_KEYS = frozenset(
    {
        "aws:sourceip",
        "aws:sourcevpc",
        "aws:sourcevpcarn",
        "aws:sourcevpce",
        "aws:vpceaccount",
        "aws:vpceorgid",
        "aws:vpceorgpaths",
    }
)
"""Say which network a call comes from."""
GUARDRAIL_KEYS = frozenset({"bedrock:guardrailidentifier"})
_ATTRIBUTE_KEYS = ("aws:resourcetag/", "aws:principaltag/", "aws:requesttag/", "sagemaker:resourcetag/")
_AI_PREFIXES = frozenset({"bedrock", "bedrock-agentcore", "sagemaker"})
_OWN_SERVICE_CALLS = frozenset({"aws:principalisawsservice", "aws:viaawsservice"})


@dataclass(frozen=True, slots=True)
class _Barrier:
    keys: frozenset[str]
    presence: bool = False
    """That the key is there at all is enough, whatever its value."""
    spares: frozenset[str] = frozenset()
    """Conditions by which a Deny may leave calls of AWS services alone."""

    def limits(self, allow: Statement) -> bool:
        return pinned(allow, self.keys) or (self.presence and any(self._null(c, "false") for c in allow.conditions))

    def closes(self, deny: Statement) -> bool:
        outside = [c for c in deny.conditions if self._outside(c)]
        spared = [c for c in deny.conditions if c.key in self.spares and set(c.values) == {"false"}]
        return bool(outside) and len(outside) + len(spared) == len(deny.conditions)

    def _outside(self, condition: Condition) -> bool:
        if condition.key not in self.keys:
            return False
        return excludes(condition) or (self.presence and self._null(condition, "true"))

    def _null(self, condition: Condition, value: str) -> bool:
        return condition.key in self.keys and condition.operator.lower() == "null" and set(condition.values) == {value}


_GUARDRAIL = _Barrier(GUARDRAIL_KEYS, presence=True)
_NETWORK = _Barrier(NETWORK_KEYS, spares=_OWN_SERVICE_CALLS)


@dataclass(frozen=True, slots=True)
class Invocations:
    """What an identity may call. All three are upper bounds."""

    targets: tuple[str, ...]
    """Resource patterns, of whatever can be called."""
    generative: bool
    """Foundation models, or models served like them, are among it."""
    unguarded: bool
    """Some call of those can be made without a guardrail."""
    from_anywhere: bool
    """Some call can be made from any network."""


@dataclass(frozen=True, slots=True)
class _Grant:
    statement: Statement
    action: str
    target: str


def invocations(subject: Subject) -> Invocations:
    """Policies whose documents were not read are left out; ask :meth:`unread` first."""
    denies = _denies(subject)
    grants = tuple(_grants(subject, denies))
    models = tuple(g for g in grants if g.action in MODEL_ACTIONS)
    return Invocations(
        targets=tuple(sorted({g.target for g in grants})),
        generative=bool(models),
        unguarded=any(_passes(g, denies, _GUARDRAIL) for g in models),
        from_anywhere=any(_passes(g, denies, _NETWORK) for g in grants),
    )


def unread(subject: Subject) -> tuple[str, ...]:
    """Policies whose documents were not read: any of them may grant, or stand in the way."""
    return tuple(sorted(p.name for p in subject.policies if p.statements is None and not _denies_all(p.arn)))


def depends_on_attributes(subject: Subject) -> bool:
    """A statement of the customer's own about AI actions has a condition on tags of the resource or the caller."""
    return any(
        _speaks_of_ai(statement) and any(_on_attributes(c) for c in statement.conditions)
        for policy in subject.policies
        if not policy.aws_managed
        for statement in policy.statements or ()
    )


def _denies_all(arn: str) -> bool:
    return arn.split(":")[4:5] == ["aws"] and arn.endswith(f"/{DENY_ALL_POLICY}")


def _denies(subject: Subject) -> tuple[Statement, ...]:
    found = [s for p in subject.policies for s in p.statements or () if not s.allow]
    if any(_denies_all(p.arn) for p in subject.policies):
        found.append(Statement(allow=False, actions=("*",), resources=("*",)))
    return tuple(found)


def _grants(subject: Subject, denies: tuple[Statement, ...]) -> Iterator[_Grant]:
    flat = tuple(d for d in denies if not d.conditions)
    for policy in subject.policies:
        for statement in policy.statements or ():
            if not statement.allow:
                continue
            for target in ("*",) if statement.not_resources is not None else statement.resources:
                for action in INVOKING:
                    if (
                        _of_service(action, target)
                        and statement.covers(action, target)
                        and not any(_stops(d, action, target) for d in flat)
                    ):
                        yield _Grant(statement, action, target)


def _passes(grant: _Grant, denies: tuple[Statement, ...], barrier: _Barrier) -> bool:
    if barrier.limits(grant.statement):
        return False
    return not any(barrier.closes(d) and _stops(d, grant.action, grant.target) for d in denies)


def _of_service(action: str, target: str) -> bool:
    """An ARN of another service is nothing that the action can be done to."""
    fields = target.split(":")
    if len(fields) < 3 or any(c in fields[2] for c in "*?$"):
        return True
    return fields[2] == action.partition(":")[0]


_ANYTHING = "auditor-probe-anything"
"""Stands for what a wildcard of an Allow may be: only a wildcard covers it."""


def _stops(deny: Statement, action: str, target: str) -> bool:
    """Whether a Deny covers an action on all that a resource pattern stands for."""
    if deny.not_resources is not None:
        kept = deny.not_resources
        if any(
            resource_matches(target, k, variables=True) or resource_matches(k, target, variables=True) for k in kept
        ):
            return False
        return deny.covers(action, target)
    return deny.covers(action, target.replace("*", _ANYTHING).replace("?", _ANYTHING))


def _speaks_of_ai(statement: Statement) -> bool:
    if statement.not_actions is not None:
        return not any(action_matches(p, a) for p in statement.not_actions for a in MODEL_ACTIONS)
    return any(p == "*" or p.partition(":")[0].lower() in {"*", *_AI_PREFIXES} for p in statement.actions)


def _on_attributes(condition: Condition) -> bool:
    return condition.key.startswith(_ATTRIBUTE_KEYS) or any(
        "${aws:principaltag/" in v.lower() for v in condition.values
    )
