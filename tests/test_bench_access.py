"""The benchmark of access: what it measures against which limits."""

from __future__ import annotations

from typing import Any

import pytest

from bench.access import AT_LEAST, AT_MOST, targets
from bench.policies import managed

QUICK: dict[str, dict[str, Any]] = {
    "reach, organization policies read": {"seconds": 9.9, "megabytes": 100},
    "reach, organization policies unread": {"seconds": 10.0, "megabytes": 500},
    "paths, organization policies read": {"seconds": 19.0, "megabytes": 900},
    "paths, organization policies unread": {"seconds": 20.0, "megabytes": 900},
    "evaluations": {"a_second": 50_000},
}


def met(found: dict[str, dict[str, Any]]) -> set[str]:
    return {name for name, target in targets(found).items() if target["met"]}


def test_limits_that_are_kept() -> None:
    assert met(QUICK) == {"reach_seconds", "reach_megabytes", "paths_seconds", "evaluations_a_second"}


@pytest.mark.parametrize(
    ("name", "unit", "value", "missed"),
    [
        ("reach, organization policies unread", "seconds", 10.1, "reach_seconds"),
        ("reach, organization policies read", "megabytes", 501, "reach_megabytes"),
        ("paths, organization policies read", "seconds", 20.1, "paths_seconds"),
        ("evaluations", "a_second", 49_999, "evaluations_a_second"),
    ],
)
def test_a_limit_that_one_measurement_misses(name: str, unit: str, value: float, missed: str) -> None:
    assert met(QUICK) - met({**QUICK, name: {**QUICK[name], unit: value}}) == {missed}


def test_what_was_not_measured_is_not_met() -> None:
    assert met({}) == set()


def test_every_limit_has_its_measurements() -> None:
    assert {*AT_MOST, *AT_LEAST} == {name.split(",")[0] for name in QUICK}


def test_policies_are_those_of_aws() -> None:
    assert len(managed()) > 1500
    assert all(document["Version"] and document["Statement"] for document in managed().values())
