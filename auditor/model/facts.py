"""A fact is something read from a provider, or the reason it is not known.

Reading ``.value`` of an unknown raises :class:`FactUnknown`; the evaluator turns that into a finding of status
*not assessed*. There is no third way, so an unread setting cannot become a pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar

T = TypeVar("T")
U = TypeVar("U")


class Reason(StrEnum):
    """Why a fact is not known."""

    NOT_COLLECTED = "not_collected"
    NOT_BUILT = "not_built"
    DENIED = "denied"
    DISABLED = "disabled"
    THROTTLED = "throttled"
    UNREACHABLE = "unreachable"
    MALFORMED = "malformed"
    ABSENT = "absent"
    VANISHED = "vanished"
    UNRECOGNISED = "unrecognised"
    OUT_OF_SCOPE = "out_of_scope"
    DEFECT = "defect"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Reason.NOT_COLLECTED: "nothing in this run read it",
    Reason.NOT_BUILT: "this version cannot read it",
    Reason.DENIED: "permission denied",
    Reason.DISABLED: "the API or service is disabled",
    Reason.THROTTLED: "throttled until the retries ran out",
    Reason.UNREACHABLE: "the endpoint could not be reached",
    Reason.MALFORMED: "the response was not what the API documents",
    Reason.ABSENT: "the response does not carry it",
    Reason.VANISHED: "listed, then gone when read",
    Reason.UNRECOGNISED: "the provider returned a value this version does not know",
    Reason.OUT_OF_SCOPE: "it lies in an account or location that was not read",
    Reason.DEFECT: "a defect in this tool; please report it",
}


class FactUnknown(Exception):
    """The value of an unknown fact was asked for. Becomes *not assessed*."""

    def __init__(self, fact: Unknown) -> None:
        super().__init__(f"{fact.reason}: {fact.detail}")
        self.fact = fact


@dataclass(frozen=True, slots=True)
class Known(Generic[T]):
    """A value, the provider's own fields behind it, and the ids of the exchanges that carried them."""

    value: T
    native: Mapping[str, Any] = field(default_factory=dict)
    calls: tuple[str, ...] = ()

    if not TYPE_CHECKING:  # hidden so that mypy's truthy-bool reports the mistake first

        def __bool__(self):
            raise TypeError("a fact is neither true nor false; read its .value")

    def map(self, table: Mapping[Any, U] | Callable[[T], U]) -> Fact[U]:
        """Translate the value. A value missing from a table is UNRECOGNISED, never a default."""
        if callable(table):
            return Known(table(self.value), self.native, self.calls)
        try:
            return Known(table[self.value], self.native, self.calls)
        except (KeyError, TypeError):
            return Unknown(Reason.UNRECOGNISED, ", ".join(self.native) or "value", self.calls)


@dataclass(frozen=True, slots=True)
class Unknown:
    """Why there is no value. ``detail`` names the operation or field; never a provider's error text."""

    reason: Reason
    detail: str = ""
    calls: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()
    """Permissions that would settle it, when the reason is DENIED."""

    @property
    def value(self) -> NoReturn:
        raise FactUnknown(self)

    if not TYPE_CHECKING:  # hidden so that mypy's truthy-bool reports the mistake first

        def __bool__(self):
            raise TypeError("a fact is neither true nor false; read its .value")

    def map(self, table: object) -> Unknown:
        return self

    def __str__(self) -> str:
        return f"{self.reason.label} ({self.detail})" if self.detail else self.reason.label


Fact = Known[T] | Unknown
NOT_COLLECTED = Unknown(Reason.NOT_COLLECTED)
_REQUIRED = object()


def native(response: Mapping[str, Any], path: str, default: Any = _REQUIRED) -> Fact[Any]:
    """Read one field by its dotted path, e.g. ``properties.encryption.keySource``.

    Absence is unknown unless ``default`` says what the provider documents absence to mean. A value on the way that
    is neither an object nor missing is MALFORMED.
    """
    value: Any = response
    for part in path.split("."):
        if not isinstance(value, Mapping):
            return Unknown(Reason.MALFORMED, path)
        value = value.get(part)
        if value is None:
            return Unknown(Reason.ABSENT, path) if default is _REQUIRED else Known(default, {path: None})
    return Known(value, {path: value})


def cite(fact: Fact[T], calls: Iterable[str]) -> Fact[T]:
    """The same fact with these calls added to its citations."""
    merged = tuple(sorted({*fact.calls, *calls}))
    if isinstance(fact, Known):
        return Known(fact.value, fact.native, merged)
    return Unknown(fact.reason, fact.detail, merged, fact.permissions)


def calls_of(facts: Iterable[Fact[Any]]) -> tuple[str, ...]:
    return tuple(sorted({call for fact in facts for call in fact.calls}))


def any_true(facts: Iterable[Fact[bool]]) -> Fact[bool]:
    """Three-valued *or*: one known truth decides; otherwise one unknown leaves it unknown. Empty is false."""
    seen = tuple(facts)
    for fact in seen:
        if isinstance(fact, Known) and fact.value:
            return fact
    if (unknown := _first_unknown(seen)) is not None:
        return unknown
    return Known(False, _natives(seen), calls_of(seen))


def all_true(facts: Iterable[Fact[bool]]) -> Fact[bool]:
    """Three-valued *and*: one known falsehood decides; otherwise one unknown leaves it unknown. Empty is true."""
    seen = tuple(facts)
    for fact in seen:
        if isinstance(fact, Known) and not fact.value:
            return fact
    if (unknown := _first_unknown(seen)) is not None:
        return unknown
    return Known(True, _natives(seen), calls_of(seen))


def combine(function: Callable[..., U], *facts: Fact[Any]) -> Fact[U]:
    """Apply a function to values that must all be known; otherwise the first unknown, citing every call."""
    if (unknown := _first_unknown(facts)) is not None:
        return unknown
    return Known(function(*(fact.value for fact in facts)), _natives(facts), calls_of(facts))


def _first_unknown(facts: tuple[Fact[Any], ...]) -> Unknown | None:
    unknowns = [fact for fact in facts if isinstance(fact, Unknown)]
    if not unknowns:
        return None
    first = unknowns[0]
    permissions = tuple(sorted({p for u in unknowns for p in u.permissions}))
    return Unknown(first.reason, first.detail, calls_of(facts), permissions)


def _natives(facts: Iterable[Fact[Any]]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for fact in facts:
        if isinstance(fact, Known):
            merged.update(fact.native)
    return merged
