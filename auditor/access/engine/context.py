"""What is known of the context of a request, key by key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

MULTIVALUED = frozenset(
    {
        "aws:calledvia",
        "aws:principalorgpaths",
        "aws:principalservicenameslist",
        "aws:resourceorgpaths",
        "aws:sourceorgpaths",
        "aws:tagkeys",
        "aws:vpceorgpaths",
        "dynamodb:attributes",
        "dynamodb:leadingkeys",
    }
)
"""Keys that carry several values (IAM user guide, "Multivalued context keys")."""


class Presence(StrEnum):
    KNOWN = "known"
    PRESENT = "present"
    """There, with a value that is not known."""
    ABSENT = "absent"
    OPEN = "open"
    """Nobody knows whether it is there."""


@dataclass(frozen=True, slots=True)
class State:
    presence: Presence
    values: tuple[str, ...] = ()
    multivalued: bool = False


_OPEN, _ABSENT = State(Presence.OPEN), State(Presence.ABSENT)


@dataclass(frozen=True)
class Context:
    """Keys are in lower case: AWS ignores their case, that of tag keys included."""

    known: Mapping[str, State] = field(default_factory=dict)
    others: State = _OPEN
    """The state of every key that is not named."""
    absent: tuple[str, ...] = ()
    """What keys begin with of which all that are there are named, such as ``aws:resourcetag/``."""

    def state(self, key: str) -> State:
        key = key.lower()
        found = self.known.get(key)
        if found is not None:
            return found
        return _ABSENT if self.absent and key.startswith(self.absent) else self.others


def context_of(
    values: Mapping[str, object],
    *,
    present: Iterable[str] = (),
    absent: Iterable[str] = (),
    complete: bool = False,
    derived: Mapping[str, str | None] | None = None,
    whole: tuple[str, ...] = (),
) -> Context:
    """``derived`` are values that follow from the principal and the resource, None for what is absent; what is named
    wins over them. A value that is None or an empty list is absent, too. ``whole`` are the beginnings of keys of which
    all that are there are among the values."""
    known: dict[str, State] = {}
    for key, text in (derived or {}).items():
        known[key.lower()] = _ABSENT if text is None else State(Presence.KNOWN, (text,))
    for key in present:
        known[key.lower()] = State(Presence.PRESENT, (), key.lower() in MULTIVALUED)
    for key in absent:
        known[key.lower()] = _ABSENT
    for key, given in values.items():
        known[key.lower()] = _known(given, several=key.lower() in MULTIVALUED)
    return Context(known, _ABSENT if complete else _OPEN, whole)


def _known(given: object, *, several: bool) -> State:
    """A list of one value is read as that value, unless the key is one that has lists."""
    if given is None:
        return _ABSENT
    if not isinstance(given, list | tuple | set | frozenset):
        return State(Presence.KNOWN, (text_of(given),), several)
    texts = tuple(text_of(item) for item in given)
    return State(Presence.KNOWN, texts, several or len(texts) > 1)


def text_of(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
