"""AWS policy documents: parsed, and matched against actions and resources.

Matching follows the IAM user guide, "IAM JSON policy elements reference": action names ignore case, ARNs are compared
field by field, ``*`` and ``?`` are the only wildcards, ``NotAction`` and ``NotResource`` cover what they do not name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

ANY_RESOURCE = "arn:aws:auditor-probe:probe-region:000000000000:probe/probe"
"""A resource that nobody names: only patterns that cover everything cover it."""


class PolicyMalformed(ValueError):
    """A policy document that is not one. Nothing can be said about what it grants."""


@dataclass(frozen=True, slots=True)
class Condition:
    operator: str
    key: str
    """In lower case: AWS ignores the case of condition keys."""
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    allow: bool
    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] | None = None
    resources: tuple[str, ...] = ()
    not_resources: tuple[str, ...] | None = None
    principals: Mapping[str, tuple[str, ...]] | None = None
    """By type (AWS, Service, Federated, CanonicalUser); none in an identity policy."""
    not_principals: Mapping[str, tuple[str, ...]] | None = None
    conditions: tuple[Condition, ...] = ()

    def covers(self, action: str, resource: str) -> bool:
        """Whether it speaks about this action on this resource, conditions aside.

        A policy variable may stand for anything: in an Allow it is read as a wildcard, in a Deny as matching nothing,
        so that what is unknown never makes a grant look smaller.
        """
        return self._covers_action(action) and self._covers_resource(resource)

    def _covers_action(self, action: str) -> bool:
        if self.not_actions is not None:
            return not any(action_matches(pattern, action) for pattern in self.not_actions)
        return any(action_matches(pattern, action) for pattern in self.actions)

    def _covers_resource(self, resource: str) -> bool:
        if self.not_resources is not None:
            return not any(resource_matches(p, resource, variables=not self.allow) for p in self.not_resources)
        return any(resource_matches(pattern, resource, variables=self.allow) for pattern in self.resources)

    def all_actions(self) -> bool:
        """It names every action of every service; a list of exceptions is not that."""
        return any(pattern in ("*", "*:*") for pattern in self.actions)


def parse(document: object) -> tuple[Statement, ...]:
    """The statements of a document, given as an object or as (URL-encoded) JSON text."""
    if isinstance(document, str):
        try:
            document = json.loads(unquote(document) if document.lstrip().startswith("%") else document)
        except ValueError:
            raise PolicyMalformed("not JSON") from None
    if not isinstance(document, Mapping) or "Statement" not in document:
        raise PolicyMalformed("no Statement")
    statements = document["Statement"]
    return tuple(_statement(s) for s in ([statements] if isinstance(statements, Mapping) else _list(statements)))


def _statement(body: object) -> Statement:
    if not isinstance(body, Mapping):
        raise PolicyMalformed("a statement is not an object")
    effect = body.get("Effect")
    if effect not in ("Allow", "Deny"):
        raise PolicyMalformed("Effect is neither Allow nor Deny")
    return Statement(
        allow=effect == "Allow",
        actions=_texts(body.get("Action", ())),
        not_actions=_texts(body["NotAction"]) if "NotAction" in body else None,
        resources=_texts(body.get("Resource", ())),
        not_resources=_texts(body["NotResource"]) if "NotResource" in body else None,
        principals=_principals(body["Principal"]) if "Principal" in body else None,
        not_principals=_principals(body["NotPrincipal"]) if "NotPrincipal" in body else None,
        conditions=_conditions(body.get("Condition", {})),
    )


def _principals(value: object) -> Mapping[str, tuple[str, ...]]:
    """``"*"`` alone means everyone, as ``{"AWS": "*"}`` does."""
    if value == "*":
        return {"AWS": ("*",)}
    if not isinstance(value, Mapping):
        raise PolicyMalformed("Principal is neither * nor an object")
    return {str(kind): _texts(names) for kind, names in value.items()}


def _conditions(value: object) -> tuple[Condition, ...]:
    if not isinstance(value, Mapping):
        raise PolicyMalformed("Condition is not an object")
    found: list[Condition] = []
    for operator, tests in value.items():
        if not isinstance(tests, Mapping):
            raise PolicyMalformed("a condition operator without keys")
        found.extend(Condition(str(operator), str(key).lower(), _texts(values)) for key, values in tests.items())
    return tuple(found)


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise PolicyMalformed("neither an object nor a list")
    return value


def _texts(value: object) -> tuple[str, ...]:
    """One value or several; JSON booleans and numbers are legal in conditions."""
    values = value if isinstance(value, list | tuple) else [value]
    texts: list[str] = []
    for item in values:
        if isinstance(item, bool):
            texts.append(str(item).lower())
        elif isinstance(item, str | int | float):
            texts.append(str(item))
        else:
            raise PolicyMalformed("a value is not text")
    return tuple(texts)


def action_matches(pattern: str, action: str) -> bool:
    """``service:Name`` with wildcards in the name; the service part is literal unless the whole is ``*``."""
    if pattern in ("*", "*:*"):
        return True
    service, colon, name = pattern.partition(":")
    wanted_service, _, wanted_name = action.partition(":")
    if not colon or service.lower() != wanted_service.lower():
        return False
    return _glob(name.lower()).fullmatch(wanted_name.lower()) is not None


_VARIABLE = re.compile(r"\$\{[^}]*\}")


def resource_matches(pattern: str, resource: str, *, variables: bool) -> bool:
    """Whether an ARN pattern covers an ARN. A pattern of fewer than six fields is a prefix."""
    if pattern == "*":
        return True
    if variables:
        pattern = _VARIABLE.sub("*", pattern)
    elif _VARIABLE.search(pattern):
        return False
    fields = pattern.split(":", 5)
    values = resource.split(":", 5)
    return len(fields) <= len(values) and all(
        _glob(field).fullmatch(value) is not None for field, value in zip(fields, values, strict=False)
    )


@lru_cache(maxsize=4096)
def _glob(pattern: str) -> re.Pattern[str]:
    return re.compile("".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in pattern), re.DOTALL)
