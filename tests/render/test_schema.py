"""The published schema describes what is written, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from enum import Enum
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from auditor.controls import Outcome
from auditor.frameworks import frameworks
from auditor.model.audit import SCHEMA_VERSION
from auditor.model.check import Severity
from auditor.model.facts import Reason
from auditor.model.finding import Status
from auditor.model.framework import EvidenceClass
from auditor.model.maturity import Layer, Measurement, Strength
from auditor.model.scope import Provider
from auditor.render.html import framework_document
from auditor.render.schema import framework_schema, schema
from auditor.score import PracticeState
from tests.support import documents

Json = dict[str, Any]
RUNS = ("sample", "hostile", "empty", "no_ai", "nothing_read", "filtered", "one_cloud_failed", "flagged")


@cache
def document(name: str) -> Json:
    made: Json = getattr(documents, name)()
    return made


def errors(instance: Json, of: Json | None = None) -> list[str]:
    return [f"{list(e.path)}: {e.message[:200]}" for e in Draft202012Validator(of or schema()).iter_errors(instance)]


def test_the_schemas_are_schemas() -> None:
    Draft202012Validator.check_schema(schema())
    Draft202012Validator.check_schema(framework_schema())
    assert schema()["properties"]["schema"] == {"const": SCHEMA_VERSION}


@pytest.mark.parametrize("name", RUNS)
def test_what_is_written_is_valid(name: str) -> None:
    assert errors(document(name)) == []
    for framework in frameworks() if name in ("sample", "empty") else ():
        assert errors(framework_document(document(name), framework.id), framework_schema()) == []


def test_a_framework_is_no_audit_and_an_audit_no_framework() -> None:
    part = framework_document(document("sample"), "soc2")
    assert errors(part)
    assert errors(document("sample"), framework_schema())


@pytest.mark.parametrize(
    ("name", "members"),
    [
        ("provider", Provider),
        ("status", Status),
        ("reason", Reason),
        ("layer", Layer),
        ("practice_state", PracticeState),
        ("measurement", Measurement),
        ("outcome", Outcome),
        ("strength", Strength),
        ("evidence_class", EvidenceClass),
    ],
)
def test_enumerations_are_those_of_the_code(name: str, members: type[Enum]) -> None:
    assert set(schema()["$defs"][name]["enum"]) == {m.value for m in members}


def test_severities_are_those_of_the_code() -> None:
    assert schema()["$defs"]["severity"]["enum"] == [s.label for s in Severity]


def test_every_object_of_ours_is_closed() -> None:
    def objects(node: Any) -> Any:
        if isinstance(node, dict):
            if "properties" in node and node.get("type") == "object":
                yield node
            for value in node.values():
                yield from objects(value)
        elif isinstance(node, list):
            for value in node:
                yield from objects(value)

    seen = list(objects(schema()))
    assert len(seen) > 25
    assert [o for o in seen if o.get("additionalProperties") is not False and "required" in o] == []


def first(rows: list[Json], **wanted: Any) -> Json:
    return next(r for r in rows if all(r[k] == v for k, v in wanted.items()))


def fact_of(d: Json) -> Json:
    return next(iter(d["findings"][0]["facts"].values()))


MUTATIONS: dict[str, Callable[[Json], Any]] = {
    "another version": lambda d: d.update(schema="2.0"),
    "a field more": lambda d: d.update(compliant=True),
    "a field less": lambda d: d.pop("gaps"),
    "a status that is none": lambda d: d["findings"][0].update(status="ok"),
    "a reason that is none": lambda d: d["gaps"][0].update(reason="because"),
    "not assessed without a reason": lambda d: first(d["findings"], status="not_assessed").update(unknown=None),
    "a pass with a reason why it is unknown": lambda d: first(d["findings"], status="pass").update(
        unknown={"reason": "denied", "detail": "", "permissions": []}
    ),
    "an inherited failure": lambda d: first(d["findings"], status="fail").update(inherited=True),
    "an exemption of a pass": lambda d: first(d["findings"], status="pass").update(
        exemption={"owner": "a", "reason": "b", "expires": "2027-01-01"}
    ),
    "a level above the model": lambda d: d["score"]["accounts"][0].update(verified_level=5),
    "one level without the other": lambda d: d["score"]["accounts"][0].update(possible_level=None),
    "no level and no reason": lambda d: d["score"]["accounts"][0].update(verified_level=None, possible_level=None),
    "a level and a reason for none": lambda d: d["score"]["accounts"][0].update(no_level_because="x"),
    "an outcome that is none": lambda d: d["frameworks"][0]["controls"][0].update(outcome="compliant"),
    "a strength that is none": lambda d: first(d["frameworks"][0]["controls"], id="CC6.1")["evidence"][0].update(
        strength="full"
    ),
    "a fact that is known and unknown": lambda d: fact_of(d).update(unknown="denied", value=1),
    "a fact that is neither": lambda d: [fact_of(d).pop(k, None) for k in ("value", "unknown")],
    "a call without a digest": lambda d: d["calls"][0].pop("digest"),
    "a digest that is none": lambda d: d["calls"][0].update(digest="xyz"),
    "a negative count": lambda d: d["coverage"].update({"pass": -1}),
    "more than all of it": lambda d: d["coverage"].update(percent=101),
    "a cloud that is none": lambda d: d["scopes"][0].update(provider="oci"),
    "a time without an offset": lambda d: d.update(as_of="2026-11-20T08:00:00"),
    "a fix of nothing": lambda d: d["fix_first"][0].update(fingerprints=[]),
    "a check without coverage of a cloud": lambda d: d["checks"][0]["providers"].pop("gcp"),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_what_is_not_written_is_not_valid(name: str) -> None:
    changed = deepcopy(document("sample"))
    MUTATIONS[name](changed)
    assert changed != document("sample")
    assert errors(changed) != []
