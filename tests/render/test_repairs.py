"""Rows of *fix first*, *settle first* and prices as they stand in the document."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from auditor.model.check import Supported
from auditor.prices import price
from auditor.render.html import framework_document
from auditor.render.repairs import prices
from tests.support import documents

Json = dict[str, Any]
RUNS = ("sample", "no_ai", "nothing_read", "filtered", "flagged", "empty")


@cache
def document(name: str) -> Json:
    made: Json = getattr(documents, name)()
    return made


@pytest.mark.parametrize("name", RUNS)
def test_every_failure_that_nobody_accepted_is_in_one_fix(name: str) -> None:
    d = document(name)
    failing = {f["fingerprint"]: f for f in d["findings"] if f["status"] == "fail"}
    named = [i for row in d["fix_first"] for i in row["fingerprints"]]
    assert sorted(named) == sorted(i for i, f in failing.items() if f["exemption"] is None)
    for row in d["fix_first"]:
        its = [failing[i] for i in (*row["fingerprints"], *row["exempted"])]
        assert {(f["check"], f["scope"]["provider"], f["scope"]["account"]) for f in its} == {
            (row["check"], row["provider"], row["account"])
        }
        assert row["resources"] == len(row["fingerprints"])
        assert row["step"] in (0, row["level"])


@pytest.mark.parametrize("name", RUNS)
def test_open_questions_are_in_the_rows_of_what_settles_them(name: str) -> None:
    d = document(name)
    for finding in d["findings"]:
        if (why := finding["unknown"]) is None:
            continue
        scope = finding["scope"]
        denied = why["reason"] == "denied" and why["permissions"]
        its = [
            row
            for row in d["settle_first"]
            if (row["provider"], row["account"]) == (scope["provider"], scope["account"])
            and (set(why["permissions"]) <= set(row["permissions"]) if denied else row["reason"] == why["reason"])
        ]
        assert its
        assert all(finding["practice"] in row["practices"] for row in its)
    levels = {(a["provider"], a["account"]): a for a in d["score"]["accounts"]}
    for row in d["settle_first"]:
        account = levels[row["provider"], row["account"]]
        for layer, level in row["verified_at_most"]["layers"].items():
            assert account["layers"][layer]["verified_level"] < level
        for layer, level in row["possible_at_least"]["layers"].items():
            assert account["layers"][layer]["possible_level"] > level


@pytest.mark.parametrize("name", RUNS)
def test_prices_are_those_that_something_in_the_document_names(name: str) -> None:
    d = document(name)
    listed = [p["id"] for p in d["prices"]]
    of_checks = {i for c in d["checks"] for x in c["providers"].values() for i in x.get("charges", ())}
    assert set(listed) == of_checks
    assert len(set(listed)) == len(listed)
    by_check = {c["id"]: c["providers"] for c in d["checks"]}
    for row in d["fix_first"]:
        assert row["charges"] == by_check[row["check"]][row["provider"]]["charges"]
    for row in d["prices"]:
        assert (row["usd"], row["text"]) == (price(row["id"]).usd, price(row["id"]).text)


def test_a_framework_by_itself_has_the_prices_of_its_checks_and_no_order_of_repair() -> None:
    part = framework_document(document("sample"), "soc2")
    assert {p["id"] for p in part["prices"]} <= {p["id"] for p in document("sample")["prices"]}
    assert {i for c in part["checks"] for x in c["providers"].values() for i in x.get("charges", ())} == {
        p["id"] for p in part["prices"]
    }
    assert not {"fix_first", "settle_first"} & set(part)


def test_what_is_free_has_no_price() -> None:
    free = [
        c
        for c in documents.catalog().checks
        if not any(isinstance(x, Supported) and x.remediation.charges for x in c.providers.values())
    ]
    assert free
    assert prices(free) == []


def test_an_accepted_failure_is_named_beside_the_others() -> None:
    """In the flagged sample the first failure is accepted, and it is the only one of its check."""
    accepted = [f["check"] for f in document("flagged")["findings"] if f["exemption"]]
    assert accepted
    assert not set(accepted) & {row["check"] for row in document("flagged")["fix_first"]}
