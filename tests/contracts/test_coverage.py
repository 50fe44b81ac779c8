"""The page of what is measured on AWS, held against the code and the API models."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import Any

import pytest
from botocore.session import Session

from auditor.catalog import load_catalog
from auditor.derive import DERIVED
from auditor.maturity import PRACTICES
from auditor.model.check import Supported
from auditor.model.scope import Provider
from auditor.plan import needs_of
from auditor.providers import registry
from docs.coverage import Row
from docs.coverage.rows import ROWS, TOTAL

AWS = Provider.AWS
CHECKS = {check.id: check for check in load_catalog().checks}
COLLECTORS = registry.collectors([AWS])
IN_PART = {"A": 17, "B": 13, "C": 24, "D": 9, "E": 31, "F": 15, "G": 15, "H": 5, "I": 9, "J": 12, "K": 17, "L": 19}
"""Rows of each part of the table."""
LEAST = 165
SECURITY_HUB = {
    *(f"Security Hub SageMaker.{n}" for n in (1, 2, 3, 4, 5, *range(8, 26))),
    "Security Hub Bedrock.1",
    *(f"Security Hub BedrockAgentCore.{n}" for n in range(1, 8)),
}
"""The 31 controls of the standard "AI Security Best Practices v1.0.0"."""

each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
MEASURED = [row for row in ROWS if row.checks]
each_measured = pytest.mark.parametrize("row", MEASURED, ids=lambda row: row.id)


def test_every_row_of_the_table_is_there_once() -> None:
    wanted = [f"{letter}{n:02}" for letter, count in IN_PART.items() for n in range(1, count + 1)]
    assert len(wanted) == TOTAL
    assert Counter(row.id for row in ROWS) == Counter(wanted)


def test_enough_is_measured() -> None:
    assert len(MEASURED) >= LEAST


@each_row
def test_a_row_is_measured_or_says_why_not(row: Row) -> None:
    assert bool(row.checks) != bool(row.left_out)
    assert not row.left_out or len(row.left_out) > 30, "a reason that a reader can judge"
    assert row.practice == "-" or row.practice in {p.id for p in PRACTICES}
    assert row.calls
    assert row.paths
    assert len(row.title) > 10


@each_measured
def test_the_checks_of_a_row_judge_aws(row: Row) -> None:
    for name in row.checks:
        assert isinstance(CHECKS[name].providers[AWS], Supported), name


@each_measured
def test_the_checks_of_a_row_read_the_calls_that_it_names(row: Row) -> None:
    made = {key for name in row.checks for key in calls_behind(name)}
    assert set(row.calls) <= made


@cache
def calls_behind(name: str) -> frozenset[str]:
    """Every call whose answer can decide what a check says on AWS."""
    kinds, needs = needs_of([CHECKS[name]], DERIVED, AWS)
    facts = {(kind, fact) for kind, fact in needs}
    found: set[str] = set()
    for collector in COLLECTORS:
        if collector.kind in kinds:
            found.update(call.key for call in collector.find_calls)
            for detail in collector.details:
                if any((collector.kind, fact) in facts for fact in detail.facts):
                    found.update(call.key for call in detail.calls)
    return frozenset(found)


_SESSION = Session()


@cache
def output_of(key: str) -> Any:
    service, operation = key.split(":")
    return _SESSION.get_service_model(service).operation_model(operation).output_shape


@each_row
def test_every_field_of_a_row_is_in_an_answer(row: Row) -> None:
    shapes = [output_of(key) for key in row.calls]
    for path in row.paths:
        assert any(resolves(shape, path) for shape in shapes), path


def resolves(shape: Any, path: str) -> bool:
    """``.Tags[].Key``: members by name, ``[]`` into a list, ``{}`` into a map."""
    for name, inside in re.findall(r"\.([A-Za-z0-9_]+)((?:\[\]|\{\})*)", path):
        if shape is None or shape.type_name != "structure" or name not in shape.members:
            return False
        shape = shape.members[name]
        for step in re.findall(r"\[\]|\{\}", inside):
            if shape.type_name != {"[]": "list", "{}": "map"}[step]:
                return False
            shape = shape.member if step == "[]" else shape.value
    return path.startswith(".")


def test_every_control_of_security_hubs_ai_standard_has_a_check() -> None:
    named = {
        other
        for check in CHECKS.values()
        if isinstance(coverage := check.providers[AWS], Supported)
        for other in coverage.same_as
    }
    assert named >= SECURITY_HUB
    assert all(re.fullmatch(r"Security Hub [A-Za-z0-9]+\.\d+", other) for other in named)
