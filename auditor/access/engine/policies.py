"""Policy documents, compiled for matching."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from auditor.access.aws_documents import PolicyMalformed, Statement, parse
from auditor.access.engine.answer import Layer, Proof, Tri
from auditor.access.engine.conditions import Condition, condition
from auditor.access.engine.context import Context, Presence
from auditor.access.engine.patterns import VARIABLE, Actions, actions, resource_holds, resource_matches

WITH_VARIABLES = "2012-10-17"
"""The version of the policy language that has variables; a document without a version is of an older one."""
_SHORT = frozenset({Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION, Layer.ENDPOINT})
"""Layers in which an ARN of fewer fields is a prefix."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One statement of one policy in one layer."""

    layer: Layer
    policy: str
    name: str
    source: Statement
    variables: bool
    conditions: tuple[Condition, ...]
    actions: Actions
    inverted: bool
    """The actions are those that it does not speak of."""

    @property
    def allow(self) -> bool:
        return self.source.allow

    def proof(self, holds: Tri) -> Proof:
        return Proof(self.layer, self.policy, self.name, self.allow, holds)

    def speaks_of(self, service: str, name: str) -> bool:
        """Whether its actions include one, given in lower case."""
        return self.actions.include(service, name) is not self.inverted

    def may_speak_of(self, service: str) -> bool:
        """Whether its actions may include one of a service, given in lower case."""
        own = self.actions
        return self.inverted or own.everything or service in own.exact or service in own.wild

    def reaches(self, resource: str, context: Context) -> Tri:
        source = self.source
        if source.not_resources is not None:
            found = [self._resource(pattern, resource, context) for pattern in source.not_resources]
            if Tri.YES in found:
                return Tri.NO
            return Tri.MAYBE if Tri.MAYBE in found or None in found else Tri.YES
        if not source.resources:
            # trust policies, and some others of resources, name no resource: theirs is meant
            return Tri.YES if self.layer is Layer.RESOURCE else Tri.NO
        best = Tri.NO
        for pattern in source.resources:
            best = max(best, self._resource(pattern, resource, context) or Tri.NO)
            if best is Tri.YES:
                break
        return best

    def _resource(self, pattern: str, resource: str, context: Context) -> Tri | None:
        """None if it has a variable that cannot be resolved."""
        if self.variables and "${" in pattern:
            return resource_holds(pattern, resource, context)
        return Tri.YES if resource_matches(pattern, resource, self.layer in _SHORT) else Tri.NO

    def conditions_hold(self, context: Context) -> Tri:
        best = Tri.YES
        for one in self.conditions:
            best = min(best, one.holds(context, variables=self.variables))
            if best is Tri.NO:
                break
        return best

    def open_keys(self, context: Context) -> tuple[str, ...]:
        """The keys that keep it from being decided."""
        keys: set[str] = set()
        for one in self.conditions:
            if one.holds(context, variables=self.variables) is Tri.MAYBE:
                keys.update(one.open_keys(context, variables=self.variables))
        for pattern in (*self.source.resources, *(self.source.not_resources or ())):
            if self.variables:
                keys.update(
                    found["key"].lower()
                    for found in VARIABLE.finditer(pattern)
                    if context.state(found["key"]).presence in (Presence.OPEN, Presence.PRESENT)
                )
        return tuple(sorted(keys))

    def disputes(self, resource: str, context: Context) -> tuple[str, ...]:
        """What keeps it from being decided that no knowledge of the context would settle.

        An unresolvable variable "might cause the entire statement to be invalid" (IAM user guide, "Variables and
        tags"): whether a NotResource then covers everything or nothing is not said.
        """
        found = [
            f"{one.name} on {one.key}" for one in self.conditions if one.disputed(context, variables=self.variables)
        ]
        if None in [self._resource(pattern, resource, context) for pattern in self.source.not_resources or ()]:
            found.append("a variable in NotResource that cannot be resolved")
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Policy:
    """A compiled document. Which of its statements speak of an action is remembered: the same few actions are asked of
    many resources."""

    name: str
    rules: tuple[Rule, ...]
    _allowing: dict[tuple[str, str], tuple[Rule, ...]] = field(default_factory=dict, compare=False, repr=False)
    _denying: dict[tuple[str, str], tuple[Rule, ...]] = field(default_factory=dict, compare=False, repr=False)
    _of_service: dict[str, tuple[Rule, ...]] = field(default_factory=dict, compare=False, repr=False)

    def allowing(self, service: str, name: str) -> tuple[Rule, ...]:
        """Statements with Allow that speak of an action, given in lower case."""
        found = self._allowing.get((service, name))
        return self._find(service, name)[0] if found is None else found

    def denying(self, service: str, name: str) -> tuple[Rule, ...]:
        found = self._denying.get((service, name))
        return self._find(service, name)[1] if found is None else found

    def _find(self, service: str, name: str) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
        of_service = self._of_service.get(service)
        if of_service is None:
            of_service = self._of_service[service] = tuple(r for r in self.rules if r.may_speak_of(service))
        speaking = [rule for rule in of_service if rule.speaks_of(service, name)]
        allowing = self._allowing[service, name] = tuple(rule for rule in speaking if rule.allow)
        denying = self._denying[service, name] = tuple(rule for rule in speaking if not rule.allow)
        return allowing, denying


_ELEMENTS = frozenset(
    {"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"}
)
_VERSIONS = (None, "2008-10-17", WITH_VARIABLES)
_KINDS = frozenset({"AWS", "Service", "Federated", "CanonicalUser"})
_NAMELESS = frozenset({Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION, Layer.SCP})
"""Layers whose statements may not name principals."""


def compile_policy(document: object, layer: Layer, name: str) -> Policy:
    """PolicyMalformed if it is none that AWS would store."""
    if isinstance(document, str):
        try:
            document = json.loads(unquote(document) if document.lstrip().startswith("%") else document)
        except ValueError:
            raise PolicyMalformed("not JSON") from None
    statements = parse(document)
    assert isinstance(document, Mapping)
    if document.get("Version") not in _VERSIONS:
        raise PolicyMalformed("a version of the language that there is not")
    bodies = document["Statement"]
    bodies = [bodies] if isinstance(bodies, Mapping) else list(bodies)
    variables = document.get("Version") == WITH_VARIABLES
    for body in bodies:
        _check(body, layer)
    rules = tuple(
        Rule(
            layer=layer,
            policy=name,
            name=str(body.get("Sid") or number),
            source=statement,
            variables=variables,
            conditions=tuple(condition(c.operator, c.key, c.values) for c in statement.conditions),
            actions=actions(statement.actions if statement.not_actions is None else statement.not_actions),
            inverted=statement.not_actions is not None,
        )
        for number, (statement, body) in enumerate(zip(statements, bodies, strict=True), 1)
    )
    return Policy(name, rules)


def _check(body: Mapping[str, object], layer: Layer) -> None:
    """What the grammar asks of a statement (IAM user guide, "Grammar of the IAM JSON policy language").

    A misspelt ``Condition`` must not read as none. Only policies of resources may leave out the resource: trust
    policies have none. Whether they name a principal is not asked: a statement without one matches nobody.
    """
    if strange := body.keys() - _ELEMENTS:
        raise PolicyMalformed(f"no element of a statement: {', '.join(sorted(map(str, strange)))}")
    for element in ("Action", "Resource", "Principal"):
        if element in body and f"Not{element}" in body:
            raise PolicyMalformed(f"both {element} and Not{element}")
    if "Action" not in body and "NotAction" not in body:
        raise PolicyMalformed("a statement without an action")
    if layer is not Layer.RESOURCE and "Resource" not in body and "NotResource" not in body:
        raise PolicyMalformed("a statement without a resource")
    if layer in _NAMELESS and ("Principal" in body or "NotPrincipal" in body):
        raise PolicyMalformed("a principal where none may be named")
    for named in (body.get("Principal"), body.get("NotPrincipal")):
        if isinstance(named, Mapping) and named.keys() - _KINDS:
            raise PolicyMalformed("no kind of principal")
