"""Which events a CloudTrail trail receives, by its selectors, basic or advanced.

Selectors add up: read and write events may come in by two of them. A selector that is narrowed in any other way
receives only some events, and only some is not counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from auditor.model.facts import Fact, Known, Reason, Unknown

_READ_WRITE: Mapping[str, frozenset[str]] = {
    "All": frozenset({"read", "write"}),
    "ReadOnly": frozenset({"read"}),
    "WriteOnly": frozenset({"write"}),
}
_READ_ONLY: Mapping[str, frozenset[str]] = {"true": frozenset({"read"}), "false": frozenset({"write"})}
_BOTH = _READ_WRITE["All"]

_MANAGEMENT = "management"
_WHOLE_TYPES: Mapping[str, tuple[str, ...]] = {
    "AWS::S3::Object": ("arn:aws:s3", "arn:aws:s3:::"),
    "AWS::Lambda::Function": ("arn:aws:lambda",),
    "AWS::DynamoDB::Table": ("arn:aws:dynamodb",),
}
"""The values by which a basic selector takes in every resource of a type (CloudTrail API reference, DataResource)."""

_OBJECTS = "AWS::S3::Object"
EVERY_STORE = "*"

_CATEGORIES = frozenset({("Management",), ("Data",), ("NetworkActivity",)})

Received = tuple[str, frozenset[str]]
"""Management events, a type of resource or a store, and whether its reads, its writes or both."""
_Reader = Callable[[Mapping[str, Any]], Iterator[Received]]


def all_management_events(answer: Mapping[str, Any]) -> Fact[bool]:
    return _received(answer, _basic, _advanced).map(lambda halves: halves.get(_MANAGEMENT, frozenset()) == _BOTH)


def data_types(answer: Mapping[str, Any]) -> Fact[frozenset[str]]:
    """The types of resources of which every data event is received."""
    return _received(answer, _basic, _advanced).map(
        lambda halves: frozenset(kind for kind, seen in halves.items() if seen == _BOTH and kind != _MANAGEMENT)
    )


def object_stores(answer: Mapping[str, Any]) -> Fact[frozenset[str]]:
    """The buckets of which every object event is received: all, or by beginnings of ARNs; after ``!`` those left out.

    What one selector leaves out counts as left out, whatever another one says of it.
    """
    return _received(answer, _basic_objects, _advanced_objects).map(
        lambda halves: frozenset(name for name, seen in halves.items() if seen == _BOTH)
    )


def _received(
    answer: Mapping[str, Any], read_basic: _Reader, read_advanced: _Reader
) -> Fact[Mapping[str, frozenset[str]]]:
    advanced, basic = answer.get("AdvancedEventSelectors"), answer.get("EventSelectors")
    field, selectors, read = (
        ("AdvancedEventSelectors", advanced, read_advanced) if advanced else ("EventSelectors", basic, read_basic)
    )
    if selectors is None:  # every trail has selectors, the default ones if nothing else
        return Unknown(Reason.ABSENT, "EventSelectors")
    halves: dict[str, frozenset[str]] = {}
    try:
        for selector in selectors:
            for kind, seen in read(selector):
                halves[kind] = halves.get(kind, frozenset()) | seen
    except KeyError:
        return Unknown(Reason.UNRECOGNISED, field)
    return Known(halves, {field: selectors})


def _basic(selector: Mapping[str, Any]) -> Iterator[Received]:
    """All events and management events unless it says otherwise (CloudTrail API reference, EventSelector)."""
    seen = _READ_WRITE[selector.get("ReadWriteType", "All")]
    if selector.get("IncludeManagementEvents", True) and not selector.get("ExcludeManagementEventSources"):
        yield _MANAGEMENT, seen
    for resource in selector.get("DataResources", ()):
        if set(resource.get("Values", ())) & set(_WHOLE_TYPES.get(resource["Type"], ())):
            yield resource["Type"], seen


def _basic_objects(selector: Mapping[str, Any]) -> Iterator[Received]:
    seen = _READ_WRITE[selector.get("ReadWriteType", "All")]
    for resource in selector.get("DataResources", ()):
        if resource["Type"] == _OBJECTS:
            for name in resource.get("Values", ()):
                yield (EVERY_STORE if name in _WHOLE_TYPES[_OBJECTS] else name), seen


def _advanced(selector: Mapping[str, Any]) -> Iterator[Received]:
    category, types, seen, fields = _narrowed(selector)
    if fields:
        return
    if category == ("Management",):
        yield _MANAGEMENT, seen
    elif category == ("Data",):
        for kind in types:
            yield kind, seen


def _advanced_objects(selector: Mapping[str, Any]) -> Iterator[Received]:
    """All objects, those of which the ARN begins in one of these ways, or all but those."""
    category, types, seen, fields = _narrowed(selector)
    tests = {name: values for name, values in fields.pop("resources.ARN", {}).items() if name != "Field" and values}
    if fields or category != ("Data",) or types != (_OBJECTS,) or not tests.keys() <= {"StartsWith", "NotStartsWith"}:
        return
    for name in tests.get("StartsWith", (EVERY_STORE,)):
        yield name, seen
    for name in tests.get("NotStartsWith", ()):
        yield f"!{name}", _BOTH


def _narrowed(
    selector: Mapping[str, Any],
) -> tuple[tuple[str, ...], tuple[str, ...], frozenset[str], dict[str, Mapping[str, Any]]]:
    """The category, the types of resources, reads or writes, and the tests that narrow it further."""
    fields = {test["Field"]: test for test in selector["FieldSelectors"]}
    seen = _BOTH
    read_only = fields.pop("readOnly", None)
    if read_only is not None:
        seen = frozenset[str]().union(*(_READ_ONLY[value] for value in _equals(read_only)))
    category = _equals(fields.pop("eventCategory"))
    if category not in _CATEGORIES:
        raise KeyError("eventCategory")
    return category, _equals(fields.pop("resources.type", {})), seen, fields


def _equals(test: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(test.get("Equals") or ())
