"""Wildcards, ARNs and policy variables.

Sources: IAM user guide, "IAM JSON policy elements: Action", "Resource", "Variables and tags".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from auditor.access.engine.answer import Tri
from auditor.access.engine.context import Context, Presence

VARIABLE = re.compile(r"\$\{\s*(?P<key>[^},]*?)\s*(?:,\s*'(?P<default>[^']*)'\s*)?\}")
FIELDS = 6
_SPACED = re.compile(r"[\s,]")
_STAR, _MARK, _ANY = "\ue000", "\ue001", "\ue002"
"""In a pattern whose variables are filled in: a literal ``*``, a literal ``?``, and a value that is not known."""
_TOKENS = {"*": ".*", "?": ".", _STAR: r"\*", _MARK: r"\?", _ANY: ".*"}
_QUOTED, _PLAIN = str.maketrans({"*": _STAR, "?": _MARK}), str.maketrans({_STAR: "*", _MARK: "?"})


@lru_cache(maxsize=65536)
def glob(pattern: str) -> re.Pattern[str]:
    return re.compile("".join(_TOKENS.get(c) or re.escape(c) for c in pattern), re.DOTALL)


def quoted(text: str) -> str:
    """A pattern that stands for the text alone."""
    return text.translate(_QUOTED)


def plain(pattern: str) -> str:
    """The text of a pattern for operators that know no wildcards."""
    return pattern.translate(_PLAIN)


@dataclass(frozen=True, slots=True)
class Actions:
    """A list of action patterns, ready to be asked.

    The service part is literal; white space and commas belong to no action, so such a pattern matches nothing.
    """

    everything: bool
    exact: Mapping[str, frozenset[str]]
    """Names by service, in lower case."""
    wild: Mapping[str, tuple[str, ...]]

    def include(self, service: str, name: str) -> bool:
        """``service`` and ``name`` in lower case."""
        if self.everything or name in self.exact.get(service, ()):
            return True
        patterns = self.wild.get(service)
        return patterns is not None and any(glob(p).fullmatch(name) is not None for p in patterns)


def actions(patterns: Iterable[str]) -> Actions:
    everything, exact, wild = False, {}, {}  # type: bool, dict[str, set[str]], dict[str, list[str]]
    for pattern in patterns:
        if pattern in ("*", "*:*"):
            everything = True
            continue
        service, colon, name = pattern.lower().partition(":")
        if not colon or not name or not service or _SPACED.search(pattern) or "*" in service or "?" in service:
            continue
        if "*" in name or "?" in name:
            wild.setdefault(service, []).append(name)
        else:
            exact.setdefault(service, set()).add(name)
    return Actions(
        everything,
        {service: frozenset(names) for service, names in exact.items()},
        {service: tuple(names) for service, names in wild.items()},
    )


@lru_cache(maxsize=65536)
def _resource(pattern: str, short: bool) -> tuple[re.Pattern[str], ...] | None:
    fields = pattern.split(":", FIELDS - 1)
    if len(fields) < FIELDS and not (short and fields[0] == "arn"):
        return None
    return tuple(glob(field) for field in fields)


@lru_cache(maxsize=262144)
def resource_matches(pattern: str, resource: str, short: bool) -> bool:
    """Field by field; a wildcard crosses a colon only in the last field. ``short``: an ARN with fewer fields is a
    prefix (identity-side policies), otherwise it matches nothing."""
    if pattern and not pattern.strip("*"):
        return True
    if resource == "*":  # an action on nothing in particular
        return False
    compiled = _resource(pattern, short)
    if compiled is None:
        return pattern == resource
    values = resource.split(":", FIELDS - 1)
    if len(compiled) > len(values):
        return False
    return all(field.fullmatch(value) is not None for field, value in zip(compiled, values, strict=False))


def resource_holds(pattern: str, resource: str, context: Context) -> Tri | None:
    """The same with policy variables, which may stand after the fifth colon only; None if one cannot be resolved."""
    fields = pattern.split(":", FIELDS - 1)
    if len(fields) < FIELDS or any("${" in field for field in fields[:-1]):
        return Tri.NO
    filled = substitute(fields[-1], context)
    if filled is None:
        return None
    values = resource.split(":", FIELDS - 1)
    patterns = (*fields[:-1], filled.pattern)
    if len(values) < FIELDS or any(glob(p).fullmatch(v) is None for p, v in zip(patterns, values, strict=True)):
        return Tri.NO
    return Tri.MAYBE if filled.open else Tri.YES


@dataclass(frozen=True, slots=True)
class Filled:
    """A pattern with its variables replaced."""

    pattern: str
    open: tuple[str, ...]
    """The keys whose value is not known."""


def substitute(pattern: str, context: Context) -> Filled | None:
    """None if a variable cannot be resolved: its key is absent, or has several values.

    Values are taken literally: a wildcard in a tag matches itself.
    """
    pieces, open_, end = [], [], 0  # type: list[str], list[str], int
    for found in VARIABLE.finditer(pattern):
        pieces.append(pattern[end : found.start()])
        end, key = found.end(), found["key"]
        if key in ("*", "?", "$"):
            pieces.append(quoted(key))
            continue
        state = context.state(key)
        if state.presence in (Presence.PRESENT, Presence.OPEN):
            pieces.append(_ANY)
            open_.append(key.lower())
        elif len(state.values) == 1 and not state.multivalued:
            pieces.append(quoted(state.values[0]))
        elif not state.values and found["default"] is not None:
            pieces.append(quoted(found["default"]))
        else:
            return None
    return Filled("".join((*pieces, pattern[end:])), tuple(open_))
