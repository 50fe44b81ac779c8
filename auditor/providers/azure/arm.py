"""What all Azure collectors share: declared calls, ARM ids, and careful reading of ARM bodies.

Real ARM bodies leave out properties that have their default value. A default is therefore stated per field, and only
where Microsoft documents it; without one, absence is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

from auditor.model.facts import Fact, FactUnknown, Known, Reason, Unknown, native
from auditor.model.scope import GLOBAL, Account, Provider
from auditor.wire.calls import Call
from auditor.wire.errors import CallFailed

T = TypeVar("T")
U = TypeVar("U")
P = TypeVar("P")

HOST = "management.azure.com"
SUBSCRIPTION = "/subscriptions/{subscription}"
GROUP = f"{SUBSCRIPTION}/resourceGroups/{{group}}"
_REQUIRED: Any = object()


def arm(
    service: str,
    operation: str,
    path: str,
    version: str,
    *,
    permissions: tuple[str, ...],
    items: str = "",
    expects: tuple[str, ...] = (),
    absence: tuple[str, ...] = (),
) -> Call:
    """Declare a GET of Azure Resource Manager with the api-version it is judged by."""
    return Call(
        provider=Provider.AZURE,
        service=service,
        operation=operation,
        host=HOST,
        path=path,
        version=version,
        permissions=permissions,
        items=items,
        expects=expects,
        absence=absence,
    )


class ArmId(NamedTuple):
    """The parts of an ARM id, in lower case: ARM compares ids without regard to case."""

    subscription: str
    group: str
    type: str
    """E.g. ``microsoft.machinelearningservices/workspaces/onlineendpoints``."""
    names: tuple[str, ...]

    @property
    def text(self) -> str:
        namespace, *types = self.type.split("/")
        tail = "/".join(f"{kind}/{name}" for kind, name in zip(types, self.names, strict=True))
        return f"/subscriptions/{self.subscription}/resourcegroups/{self.group}/providers/{namespace}/{tail}"


def parse_id(text: object) -> ArmId | None:
    """The parts of a resource's ARM id, or None if it is none."""
    parts = text.strip("/").lower().split("/") if isinstance(text, str) else []
    if (
        len(parts) < 8
        or len(parts) % 2
        or (parts[0], parts[2], parts[4]) != ("subscriptions", "resourcegroups", "providers")
    ):
        return None
    if not all(parts):
        return None
    return ArmId(parts[1], parts[3], "/".join((parts[5], *parts[6::2])), tuple(parts[7::2]))


def identify(call: Call, body: object) -> ArmId:
    """The id of a listed resource. A row without one is not what ARM documents."""
    found = parse_id(body.get("id")) if isinstance(body, Mapping) else None
    if found is None:
        raise CallFailed(call, Reason.MALFORMED, "id")
    return found


def describe(account: Account, resource: ArmId, body: Mapping[str, Any], native_type: str) -> dict[str, Any]:
    """The attributes every resource has, from its ARM body."""
    return {
        "id": resource.text,
        "name": str(body.get("name") or resource.names[-1]).rsplit("/", 1)[-1],
        "account": account,
        "location": location_of(body),
        "native_type": native_type,
        "tags": tags_of(body),
    }


def location_of(body: Mapping[str, Any]) -> str:
    location = body.get("location")
    return location.replace(" ", "").lower() if isinstance(location, str) and location else GLOBAL


def tags_of(body: Mapping[str, Any]) -> Fact[Mapping[str, str]]:
    """ARM leaves out ``tags`` of a resource that carries none."""
    tags = native(body, "tags", default={})
    if isinstance(tags, Known) and not (
        isinstance(tags.value, Mapping) and all(isinstance(v, str) for v in tags.value.values())
    ):
        return Unknown(Reason.MALFORMED, "tags")
    return tags


def choice(body: Mapping[str, Any], path: str, table: Mapping[Any, U], default: Any = _REQUIRED) -> Fact[U]:
    """A field translated by a table whose text keys are in lower case: ARM's casing varies between services."""
    fact = native(body, path) if default is _REQUIRED else native(body, path, default)
    if isinstance(fact, Unknown):
        return fact
    key = fact.value.lower() if isinstance(fact.value, str) else fact.value
    return Known(key, fact.native).map(table)


def flag(body: Mapping[str, Any], path: str, default: Any = _REQUIRED) -> Fact[bool]:
    """A boolean field; anything else in its place is UNRECOGNISED."""
    return choice(body, path, {True: True, False: False, "true": True, "false": False}, default)


def rows(body: Mapping[str, Any], path: str, default: Any = _REQUIRED) -> Fact[tuple[Mapping[str, Any], ...]]:
    """A list of objects."""
    fact = native(body, path) if default is _REQUIRED else native(body, path, default)
    if isinstance(fact, Unknown):
        return fact
    if not isinstance(fact.value, list | tuple) or not all(isinstance(row, Mapping) for row in fact.value):
        return Unknown(Reason.MALFORMED, path)
    return Known(tuple(fact.value), fact.native)


def inverted(fact: Fact[bool]) -> Fact[bool]:
    return fact.map(lambda value: not value)


def documented(value: T, statement: str) -> Known[T]:
    """A value that holds by the provider's documentation for every resource of its type."""
    return Known(value, {"documented": statement})


def attempt(work: Callable[[], Fact[T]]) -> Fact[T]:
    """A fact from calls of its own: if one of them fails, this fact is unknown and others are not."""
    try:
        return work()
    except CallFailed as error:
        return error.unknown()
    except FactUnknown as error:
        return error.fact


def spread(parents: Iterable[P], children: Callable[[P], Iterable[U]]) -> Iterator[U]:
    """The children of every parent. A parent that fails does not hide the others; its failure is raised at the end.

    If listing the parents fails half way, the children of those already seen are given first.
    """
    failure: CallFailed | None = None
    waiting = iter(parents)
    while True:
        try:
            parent = next(waiting)
        except StopIteration:
            break
        except CallFailed as error:
            failure = failure or error
            break
        try:
            yield from children(parent)
        except CallFailed as error:
            failure = failure or error
    if failure is not None:
        raise failure


def iso_days(text: str) -> int | None:
    """Whole days in an ISO 8601 duration of years, months, weeks and days, e.g. ``P1Y`` or ``P90D``."""
    if not text.upper().startswith("P"):
        return None
    total, digits = 0.0, ""
    per_unit = {"Y": 365.0, "M": 365 / 12, "W": 7.0, "D": 1.0}
    for character in text.upper()[1:]:
        if character == "T":
            break
        if character.isdigit():
            digits += character
        elif character in per_unit and digits:
            total += int(digits) * per_unit[character]
            digits = ""
        else:
            return None
    return round(total) if total else None
