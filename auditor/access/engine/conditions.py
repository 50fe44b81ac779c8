"""Condition operators on what is known of a key.

Sources: IAM user guide, "IAM JSON policy elements: Condition operators" and "Creating a condition with multiple keys or
values". A key that is not known makes the answer MAYBE, unless every value would give the same.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from functools import lru_cache

from auditor.access.engine.answer import Tri
from auditor.access.engine.context import Context, Presence, State
from auditor.access.engine.patterns import FIELDS, VARIABLE, glob, plain, quoted, substitute

Test = Callable[[str, str], "bool | None"]
"""From the value of the request and that of the policy; None where one of them is not of the operator's type."""


def _string(given: str, wanted: str) -> bool:
    return given == wanted


def _ignoring_case(given: str, wanted: str) -> bool:
    return given.lower() == wanted.lower()


def _like(given: str, wanted: str) -> bool:
    return glob(wanted).fullmatch(given) is not None


def _arn(given: str, wanted: str) -> bool | None:
    if wanted and not wanted.strip("*"):
        return True
    values, fields = given.split(":", FIELDS - 1), wanted.split(":", FIELDS - 1)
    if len(values) < FIELDS or len(fields) < FIELDS:
        return False
    return all(glob(field).fullmatch(value) is not None for field, value in zip(fields, values, strict=True))


def _number(compare: Callable[[Decimal, Decimal], bool]) -> Test:
    def test(given: str, wanted: str) -> bool | None:
        one, other = _decimal(given), _decimal(wanted)
        return None if one is None or other is None else compare(one, other)

    return test


def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if re.fullmatch(r"[+-]?\d+(\.\d+)?([eE][+-]?\d{1,4})?", text.strip(), re.ASCII) else None


def _date(compare: Callable[[datetime, datetime], bool]) -> Test:
    def test(given: str, wanted: str) -> bool | None:
        one, other = _time(given), _time(wanted)
        return None if one is None or other is None else compare(one, other)

    return test


_W3C = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?)?)?", re.ASCII
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=4096)
def _time(text: str) -> datetime | None:
    """A date in one of the W3C's forms of ISO 8601, or seconds since 1970 (four digits are a year)."""
    found = _W3C.fullmatch(text)
    try:
        if found is None:
            epoch = re.fullmatch(r"-?\d+(\.\d+)?", text, re.ASCII)
            return _EPOCH + timedelta(seconds=float(text)) if epoch else None
        *parts, part_of_second, zone = found.groups()
        year, month, day, hour, minute, second = (int(p or unset) for p, unset in zip(parts, "011000", strict=True))
        fraction = timedelta(seconds=float(part_of_second or 0))
        offset = timedelta()
        if zone and zone != "Z":
            offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:])) * (-1 if zone[0] == "-" else 1)
        return datetime(year, month, day, hour, minute, second, tzinfo=timezone(offset)) + fraction
    except (ValueError, OverflowError):
        return None


def _bool(given: str, wanted: str) -> bool | None:
    one, other = given.lower(), wanted.lower()
    return None if {one, other} - {"true", "false"} else one == other


def _binary(given: str, wanted: str) -> bool | None:
    try:
        return base64.b64decode(given, validate=True) == base64.b64decode(wanted, validate=True)
    except (binascii.Error, ValueError):
        return None


def _address(given: str, wanted: str) -> bool | None:
    network, address = _network(wanted), _network(given)
    if network is None or address is None:
        return None
    return address.version == network.version and address.subnet_of(network)  # type: ignore[arg-type]


@lru_cache(maxsize=4096)
def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class _Operator:
    test: Test
    negated: bool = False
    variables: bool = False
    strict: bool = False
    """A value of another type makes even the negated operator fail."""


_POSITIVE: dict[str, _Operator] = {
    "stringequals": _Operator(_string, variables=True),
    "stringequalsignorecase": _Operator(_ignoring_case, variables=True),
    "stringlike": _Operator(_like, variables=True),
    "arnequals": _Operator(_arn, variables=True),
    "arnlike": _Operator(_arn, variables=True),
    "numericequals": _Operator(_number(lambda a, b: a == b), strict=True),
    "numericlessthan": _Operator(_number(lambda a, b: a < b), strict=True),
    "numericlessthanequals": _Operator(_number(lambda a, b: a <= b), strict=True),
    "numericgreaterthan": _Operator(_number(lambda a, b: a > b), strict=True),
    "numericgreaterthanequals": _Operator(_number(lambda a, b: a >= b), strict=True),
    "dateequals": _Operator(_date(lambda a, b: a == b), strict=True),
    "datelessthan": _Operator(_date(lambda a, b: a < b), strict=True),
    "datelessthanequals": _Operator(_date(lambda a, b: a <= b), strict=True),
    "dategreaterthan": _Operator(_date(lambda a, b: a > b), strict=True),
    "dategreaterthanequals": _Operator(_date(lambda a, b: a >= b), strict=True),
    "bool": _Operator(_bool, variables=True, strict=True),
    "binaryequals": _Operator(_binary, strict=True),
    "ipaddress": _Operator(_address, strict=True),
}
_NEGATED = {
    "stringnotequals": "stringequals",
    "stringnotequalsignorecase": "stringequalsignorecase",
    "stringnotlike": "stringlike",
    "arnnotequals": "arnequals",
    "arnnotlike": "arnlike",
    "numericnotequals": "numericequals",
    "datenotequals": "dateequals",
    "notipaddress": "ipaddress",
}
OPERATORS: dict[str, _Operator] = {
    **_POSITIVE,
    **{
        name: _Operator(_POSITIVE[base].test, True, _POSITIVE[base].variables, _POSITIVE[base].strict)
        for name, base in _NEGATED.items()
    },
}


@dataclass(frozen=True, slots=True)
class Condition:
    """One operator on one key, compiled."""

    name: str
    key: str
    values: tuple[str, ...]
    quantifier: str
    """``forallvalues``, ``foranyvalue``, or empty."""
    base: str
    if_exists: bool

    @property
    def known(self) -> bool:
        """Whether the language has such an operator."""
        if self.quantifier not in ("", "forallvalues", "foranyvalue"):
            return False
        return self.base in OPERATORS or (self.base == "null" and not self.if_exists)

    def holds(self, context: Context, *, variables: bool) -> Tri:
        if not self.known:
            return Tri.MAYBE
        state = context.state(self.key)
        if self.base == "null":
            return self._null(state)
        operator = OPERATORS[self.base]
        if _missing(state):
            return self._without(operator)
        if state.presence is Presence.KNOWN:
            return self._with(operator, state, context, variables)
        there = self._anything(operator, state)
        return there if state.presence is Presence.PRESENT or there is self._without(operator) else Tri.MAYBE

    def disputed(self, context: Context, *, variables: bool) -> bool:
        """The condition is undecided although all it asks for is known: the sources disagree, or do not say."""
        if not self.known:
            return True
        if context.state(self.key).presence in (Presence.OPEN, Presence.PRESENT):
            return False
        return self.holds(context, variables=variables) is Tri.MAYBE and not self._open_variables(context, variables)

    def open_keys(self, context: Context, *, variables: bool) -> tuple[str, ...]:
        """What would have to be known to decide it."""
        own = (self.key,) if context.state(self.key).presence in (Presence.OPEN, Presence.PRESENT) else ()
        return (*own, *self._open_variables(context, variables))

    def _open_variables(self, context: Context, variables: bool) -> tuple[str, ...]:
        if not variables or self.base not in OPERATORS or not OPERATORS[self.base].variables:
            return ()
        found = (match["key"] for value in self.values for match in VARIABLE.finditer(value))
        return tuple(k.lower() for k in found if context.state(k).presence in (Presence.OPEN, Presence.PRESENT))

    def _null(self, state: State) -> Tri:
        """``true``: the key is absent. What a set operator means for a key that is absent, only some sources say."""
        wanted = {value.lower() for value in self.values}
        if wanted == {"true", "false"} and not self.quantifier:
            return Tri.YES
        if len(wanted) != 1 or wanted - {"true", "false"} or state.presence is Presence.OPEN:
            return Tri.MAYBE
        plainly = Tri.YES if ("true" in wanted) is _missing(state) else Tri.NO
        if self.quantifier and _missing(state) and plainly is not self._of_nothing():
            return Tri.MAYBE
        return plainly

    def _without(self, operator: _Operator) -> Tri:
        if self.if_exists:
            return Tri.YES
        if self.quantifier:
            return self._of_nothing()
        return Tri.YES if operator.negated else Tri.NO

    def _of_nothing(self) -> Tri:
        """What a set operator says of "a null dataset, such as an empty string"."""
        return Tri.YES if self.quantifier == "forallvalues" else Tri.NO

    def _anything(self, operator: _Operator, state: State) -> Tri:
        """The key is there, with whatever value."""
        if not self.quantifier:
            if state.multivalued:
                return Tri.NO
            if not self.values:
                return Tri.YES if operator.negated else Tri.NO
        if operator.test in (_like, _arn) and any(value and not value.strip("*") for value in self.values):
            fits = Tri.NO if operator.negated else Tri.YES
            if self.quantifier and fits is not self._of_nothing():
                return Tri.MAYBE
            return fits
        return Tri.MAYBE

    def _with(self, operator: _Operator, state: State, context: Context, variables: bool) -> Tri:
        if not self.quantifier:
            if state.multivalued or len(state.values) != 1:
                return Tri.NO
            return self._value(operator, state.values[0], context, variables)
        if state.values == ("",):
            return self._of_nothing()
        each = [self._value(operator, given, context, variables) for given in state.values]
        return min(each) if self.quantifier == "forallvalues" else max(each)

    def _value(self, operator: _Operator, given: str, context: Context, variables: bool) -> Tri:
        """One value of the request against all of the policy: one must fit, or, negated, none may."""
        best = Tri.NO
        for wanted in self.values:
            outcome = self._one(operator, given, wanted, context, variables)
            if outcome is None and operator.negated:
                return Tri.NO  # a value that cannot be resolved, or of another type
            best = max(best, outcome or Tri.NO)
        return Tri(Tri.YES - best) if operator.negated else best

    def _one(self, operator: _Operator, given: str, wanted: str, context: Context, variables: bool) -> Tri | None:
        """None where the policy's value cannot be resolved or is not of the operator's type."""
        if operator.variables and variables and "${" in wanted:
            filled = substitute(wanted, context)
            if filled is None:
                return None
            wild = operator.test in (_like, _arn)
            if filled.open:
                pattern = filled.pattern if wild else quoted(filled.pattern)
                return Tri.MAYBE if re.fullmatch(glob(pattern).pattern, given, re.DOTALL | re.IGNORECASE) else Tri.NO
            wanted = filled.pattern if wild else plain(filled.pattern)
        outcome = operator.test(given, wanted)
        if outcome is not None:
            return Tri.YES if outcome else Tri.NO
        if operator.test is _bool:
            return Tri.MAYBE  # the sources disagree on values that are no booleans
        return None if operator.strict else Tri.NO


def _missing(state: State) -> bool:
    return state.presence is Presence.ABSENT or (state.presence is Presence.KNOWN and not state.values)


def condition(name: str, key: str, values: tuple[str, ...]) -> Condition:
    quantifier, _, rest = name.rpartition(":")
    lowered = rest.lower()
    return Condition(
        name=name,
        key=key.lower(),
        values=values,
        quantifier=quantifier.lower(),
        base=lowered.removesuffix("ifexists"),
        if_exists=lowered.endswith("ifexists"),
    )
