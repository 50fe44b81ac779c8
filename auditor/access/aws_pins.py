"""Whether a condition ties a statement to somebody: to fixed values of a key that the caller cannot choose.

Positive operators fail where the key is missing, unless they end in ``IfExists`` or begin with ``ForAllValues``; then
they hold for a caller that does not send it (IAM user guide, "IAM JSON policy elements: Condition operators").
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from auditor.access.aws_documents import Condition, Statement

SOURCE_KEYS = frozenset({"aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths"})
"""Say on behalf of whose resource a service acts."""
CALLER_KEYS = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourceip",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:userid",
        "aws:vpceaccount",
        "aws:vpceorgid",
        "aws:vpceorgpaths",
        "kms:calleraccount",
        "s3:dataaccesspointaccount",
        "sts:externalid",
    }
)
"""Say who calls, or from where."""

_LITERAL = frozenset({"stringequals", "stringequalsignorecase"})
"""Operators to which ``*`` is a character like any other."""
_POSITIVE = _LITERAL | {"stringlike", "arnequals", "arnlike", "ipaddress"}
_NEGATIVE = frozenset(
    {"stringnotequals", "stringnotequalsignorecase", "stringnotlike", "arnnotequals", "arnnotlike", "notipaddress"}
)
_SETS = frozenset({"", "foranyvalue", "forallvalues"})
_EVERYWHERE = frozenset({"0.0.0.0/0", "::/0"})
_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_OF_THE_OWNER = frozenset({"aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths"})
"""Variables that stand for whoever owns the resource; most others are the caller's."""
_TAG = "aws:principaltag"
"""In a policy of an identity its own tags, which the account gives it; in one of a resource those of anybody."""
_HEADS: Mapping[str, str] = {
    **dict.fromkeys(("aws:principalorgid", "aws:principalorgpaths", "aws:sourceorgid", "aws:sourceorgpaths"), "/"),
    **dict.fromkeys(("aws:vpceorgid", "aws:vpceorgpaths", "aws:resourceorgid", "aws:resourceorgpaths"), "/"),
    **dict.fromkeys(("aws:principalaccount", "aws:sourceaccount", "aws:resourceaccount", "aws:vpceaccount"), ":"),
    **dict.fromkeys(("kms:calleraccount", "s3:dataaccesspointaccount"), ":"),
    **dict.fromkeys(("aws:sourcevpc", "aws:sourcevpce", "aws:userid"), ":"),
}
"""Keys whose value must be written out up to a separator: the organization, the account, the endpoint, the caller."""


def pinned(statement: Statement, keys: frozenset[str]) -> bool:
    """Whether a condition ties the statement to fixed values of one of these keys."""
    return any(condition.key in keys for condition in pins(statement))


def pins(statement: Statement) -> tuple[Condition, ...]:
    """The conditions that hold for fixed values only, and not where their key is missing."""
    present = {c.key for c in statement.conditions if c.operator.lower() == "null" and set(c.values) == {"false"}}
    variables = _OF_THE_OWNER if statement.principals or statement.not_principals else _OF_THE_OWNER | {_TAG}
    return tuple(c for c in statement.conditions if _fixed(c, c.key in present, variables))


def excludes(condition: Condition) -> bool:
    """A negative test against fixed values, which holds where the key is missing too."""
    base = condition.operator.lower().removesuffix("ifexists")
    if base not in _NEGATIVE or not condition.values:
        return False
    literal = base.replace("not", "", 1) in _LITERAL
    return not any(_open(condition.key, value, literal, _OF_THE_OWNER | {_TAG}) for value in condition.values)


def _fixed(condition: Condition, present: bool, variables: frozenset[str]) -> bool:
    """A positive test that fails where the key is missing, against values that are not open themselves."""
    sets, _, operator = condition.operator.lower().rpartition(":")
    base = operator.removesuffix("ifexists")
    if base not in _POSITIVE or sets not in _SETS or not condition.values:
        return False
    if (base != operator or sets == "forallvalues") and not present:
        return False
    return not any(_open(condition.key, value, base in _LITERAL, variables) for value in condition.values)


def _open(key: str, value: str, literal: bool, variables: frozenset[str]) -> bool:
    """It leaves the choice to the caller. ``variables`` are those that the caller has no hand in."""
    if value in _EVERYWHERE:
        return True
    used = {name.lower().partition("/")[0] for name in _VARIABLE.findall(value)}
    if used:
        return not used <= variables
    if literal:
        return False
    if key in _HEADS:
        return _wild(value.split(_HEADS[key], 1)[0])
    if value.startswith("arn:"):
        return _open_arn(value)
    return not value.strip("*?")


def _open_arn(value: str) -> bool:
    """Some fields may be left open, but not the account; an ARN without one, of a bucket, must name its resource."""
    fields = value.split(":", 5)
    if len(fields) < 6:
        return _wild(value)
    return _wild(fields[4]) if fields[4] else not fields[5].strip("*?/")


def _wild(text: str) -> bool:
    return "*" in text or "?" in text
