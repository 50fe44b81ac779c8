"""The three CSV files: they say what the document says, and no cell of them can run in a spreadsheet."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from copy import deepcopy
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.controls import Outcome
from auditor.model.resources import KINDS_ABSENT, Model
from auditor.model.scope import Provider
from auditor.render import controls_csv, csv_text, findings_csv, population_csv
from auditor.render.csv_text import CELL_LENGTH, cell, csv_pieces, numbers_text
from tests.conftest import Demo
from tests.support import documents

FILES = {"findings": findings_csv, "controls": controls_csv, "population": population_csv}
RUNS = ("sample", "hostile", "empty", "no_ai", "nothing_read", "filtered", "one_cloud_failed", "flagged")
STARTS_FORMULA = tuple("=+-@＝＋－＠")
Row = dict[str, str]


@cache
def document(name: str) -> dict[str, Any]:
    made: dict[str, Any] = getattr(documents, name)()
    return made


def text(file: str, doc: Mapping[str, Any]) -> str:
    return "".join(FILES[file].pieces(doc))


def rows(file: str, doc: Mapping[str, Any]) -> list[Row]:
    return list(csv.DictReader(io.StringIO(text(file, doc), newline=""), strict=True))


def formulas(written: str) -> list[str]:
    """Cells that a spreadsheet would calculate, in programs that separate by commas and in those that separate by
    semicolons."""
    found = []
    for delimiter in (",", ";"):
        for row in csv.reader(io.StringIO(written, newline=""), delimiter=delimiter):
            found += [c for c in row if c.lstrip().lstrip('"').lstrip().startswith(STARTS_FORMULA)]
            if delimiter == ",":
                found += [c for c in row if c.startswith(("\t", "\r"))]
    return found


# one row per finding and control


@pytest.mark.parametrize("run", RUNS)
def test_a_row_for_every_finding_and_control(run: str) -> None:
    doc = document(run)
    expected = Counter[tuple[str, str, str]]()
    for finding in doc["findings"]:
        mapped = [
            (framework["id"], control["id"])
            for framework in doc["frameworks"]
            for control in framework["controls"]
            if any(e["practice"] == finding["practice"] for e in control["evidence"])
        ]
        expected.update((finding["fingerprint"], *pair) for pair in mapped or [("", "")])
    assert Counter((r["fingerprint"], r["framework"], r["control_id"]) for r in rows("findings", doc)) == expected


def test_a_finding_without_a_control_has_one_row() -> None:
    doc = document("sample") | {"frameworks": []}
    found = rows("findings", doc)
    assert len(found) == len(doc["findings"]) > 0
    for column in ("framework", "edition", "control_id", "control_label", "evidence_class", "strength"):
        assert {r[column] for r in found} == {""}


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("run", RUNS)
def test_every_row_has_every_column_and_ends_as_rfc_4180_says(file: str, run: str) -> None:
    written = text(file, document(run))
    parsed = list(csv.reader(io.StringIO(written, newline=""), strict=True))
    assert tuple(parsed[0]) == FILES[file].COLUMNS
    assert {len(row) for row in parsed} == {len(FILES[file].COLUMNS)}
    again = io.StringIO()
    csv.writer(again, lineterminator="\r\n").writerows(parsed)
    assert again.getvalue() == written


def test_a_row_says_what_its_finding_says() -> None:
    doc = document("sample")
    calls = {c["id"]: c for c in doc["calls"]}
    by_print = {f["fingerprint"]: f for f in doc["findings"]}
    names = {(s["provider"], s["account"]): s["name"] for s in doc["scopes"]}
    for row in rows("findings", doc):
        finding = by_print[row["fingerprint"]]
        scope, resource = finding["scope"], finding["resource"] or {}
        assert row["check_id"] == finding["check"]
        assert (row["practice"], row["severity"]) == (finding["practice"], finding["severity"])
        assert (row["provider"], row["account"], row["location"]) == tuple(scope.values())
        assert row["account_name"] == names[scope["provider"], scope["account"]]
        assert row["resource_id"] == resource.get("id", "")
        assert row["resource_name"] == resource.get("name", "")
        assert row["resource_kind"] == resource.get("kind", "")
        assert row["resource_type"] == resource.get("native_type", "")
        assert row["outcome"] == ("inherited" if finding["inherited"] else finding["status"])
        assert row["message"] == finding["message"]
        assert row["permissions"].split() == (finding["unknown"] or {"permissions": []})["permissions"]
        assert bool(row["reason"]) == (finding["status"] == "not_assessed")
        assert row["audit_id"] == doc["id"]
        cited = [calls[c] for c in finding["calls"] if c in calls]
        assert expand(row["calls"]) == sorted(c["number"] for c in cited)
        assert row["collected_at_utc"] == ("2026-11-20T08:00:00Z" if cited else "")
    assert {row["outcome"] for row in rows("findings", doc)} >= {"pass", "fail", "not_assessed"}


def expand(numbers: str) -> list[int]:
    found: list[int] = []
    for part in filter(None, numbers.split(", ")):
        first, _, last = part.partition(" to ")
        found += range(int(first), int(last or first) + 1)
    return found


def test_the_facts_that_decided_are_told_and_unknown_ones_with_the_reason() -> None:
    doc = deepcopy(document("sample"))
    finding = next(f for f in doc["findings"] if f["status"] == "fail")
    finding["facts"] = {
        "anonymous": {"value": True, "native": {"authMode": "None"}},
        "models": {"value": [{"kind": "Model", "provider": "aws", "account": "1", "id": "m"}], "native": {}},
        "customer_key": {"unknown": "denied", "detail": "kms:DescribeKey", "permissions": ["kms:DescribeKey"]},
    }
    row = next(r for r in rows("findings", doc) if r["fingerprint"] == finding["fingerprint"])
    assert row["observed"] == "anonymous=yes; models=Model m; customer_key=? permission denied (kms:DescribeKey)"
    assert row["observed_native"] == 'authMode="None"'


def test_many_request_ids_are_cut_and_counted() -> None:
    doc = deepcopy(document("sample"))
    doc["findings"] = [doc["findings"][0] | {"calls": [c["id"] for c in doc["calls"]]}]
    row = rows("findings", doc)[0]
    ids = row["request_ids"].split()
    assert ids[: findings_csv.REQUEST_IDS] == [c["request_id"] for c in doc["calls"][: findings_csv.REQUEST_IDS]]
    more = len(doc["calls"]) - findings_csv.REQUEST_IDS
    assert row["request_ids"].endswith(f" and {more} more in audit.json")
    assert expand(row["calls"]) == list(range(1, len(doc["calls"]) + 1))


def test_the_time_is_that_of_the_last_call_in_utc() -> None:
    doc = deepcopy(document("sample"))
    times = ("2026-11-20T08:00:09+00:00", "2026-11-20T09:30:00.5+02:00", "2026-11-20T08:00:10+01:00", "")
    for call, time in zip(doc["calls"], times, strict=False):
        call["started_at"] = time
    ids = [c["id"] for c in doc["calls"][: len(times)]]
    doc["findings"] = [doc["findings"][0] | {"calls": ids}]
    assert rows("findings", doc)[0]["collected_at_utc"] == "2026-11-20T08:00:09Z"
    doc["findings"] = [doc["findings"][0] | {"calls": ids[-1:]}]
    assert rows("findings", doc)[0]["collected_at_utc"] == ""


def test_an_accepted_risk_stays_a_failure() -> None:
    (row, *_) = [r for r in rows("findings", document("flagged")) if r["exemption_owner"]]
    assert row["outcome"] == "fail"
    assert (row["exemption_owner"], row["exemption_expires"]) == ("Ada", "2027-01-31")
    assert row["exemption_reason"] == "a sandbox without data"


def test_synthetic_answers_are_marked() -> None:
    assert {r["synthetic"] for r in rows("findings", document("sample"))} == {"no"}
    made_up = [r for r in rows("findings", document("flagged")) if r["calls"]]
    assert made_up
    assert {r["synthetic"] for r in made_up} == {"yes"}


# controls


@pytest.mark.parametrize("run", RUNS)
def test_every_control_has_a_row_whose_counts_are_those_of_the_findings(run: str) -> None:
    doc = document(run)
    counted: dict[tuple[str, str], Counter[str]] = {}
    for row in rows("findings", doc):
        if row["strength"] != "contextual":
            counted.setdefault((row["framework"], row["control_id"]), Counter())[row["outcome"]] += 1
    found = rows("controls", doc)
    expected = [(f["id"], c["id"]) for f in doc["frameworks"] for c in f["controls"]]
    assert [(r["framework"], r["control_id"]) for r in found] == expected
    for row in found:
        numbers = counted.get((row["framework"], row["control_id"]), Counter())
        assert {name: int(row[name]) for name in controls_csv.COUNTS} == {n: numbers[n] for n in controls_csv.COUNTS}
        assert row["status"] in {o.label for o in Outcome}
        assert (row["status"] == "exceptions found") == (numbers["fail"] > 0)
        assert row["attach"] or row["evidence_class"] == "direct"
        assert row["status"] != "no exceptions in the tested population" or row["practices_direct"]


def test_what_a_control_rests_on_and_what_people_stated() -> None:
    doc = deepcopy(document("flagged"))
    control = next(c for c in doc["frameworks"][0]["controls"] if c["outcome"] == "exceptions_found")
    practice = control["evidence"][0]["practice"]
    common = {"owner": "Ada", "stated": "2026-01-02", "evidence": [], "source": ""}
    doc["attestations"] = [
        common
        | {"practice": practice, "framework": "", "control": "", "statement": "=we do", "expires": "2027-01-31"}
        | {"state": "active"},
        common
        | {"practice": "", "framework": "soc2", "control": "CC1.1", "statement": "signed", "expires": "2026-03-01"}
        | {"state": "expired"},
    ]
    found = {(r["framework"], r["control_id"]): r for r in rows("controls", doc)}
    row = found[doc["frameworks"][0]["id"], control["id"]]
    assert f"{practice}: =we do (Ada; active, until 2027-01-31)" in row["attestations"]
    assert found["soc2", "CC1.1"]["attestations"] == "CC1.1: signed (Ada; expired, until 2026-03-01)"
    assert sum(int(r["accepted_risks"]) for r in found.values()) > 0
    assert found["soc2", "CC1.1"]["status"] == "manual"


# population


@pytest.mark.parametrize("run", RUNS)
def test_populations_add_up_and_name_every_source(run: str) -> None:
    doc = document(run)
    found = rows("population", doc)
    assert sum(int(r["listed"]) for r in found if r["row"] == "population") == len(doc["resources"])
    for name, key in (("listing", "listings"), ("gap", "gaps")):
        told = Counter((r["provider"], r["account"], r["kind"], r["location"], r["source"]) for r in named(found, name))
        assert told.total() == len(doc[key])
        if run != "hostile":
            asked = ("provider", "account", "kind", "location", "collector")
            assert told == Counter(tuple(x[a] for a in asked) for x in doc[key])
    assert len(named(found, "not read")) == len(doc["failures"])
    for row in named(found, "gap"):
        assert row["complete"] == "no"
        assert row["reason"]


def named(found: Iterable[Row], row: str) -> list[Row]:
    return [r for r in found if r["row"] == row]


def test_a_gap_makes_its_population_incomplete() -> None:
    doc = document("sample")
    (gap,) = doc["gaps"]
    found = rows("population", doc)
    (row,) = named(found, "gap")
    assert row["reason"] == "permission denied (sagemaker:DescribeEndpoint)"
    assert row["permissions"] == "sagemaker:DescribeEndpoint kms:DescribeKey"
    place = {k: gap[k] for k in ("provider", "account", "kind", "location")}
    (population,) = [r for r in named(found, "population") if all(r[k] == v for k, v in place.items())]
    assert population["complete"] == "no"
    assert {r["complete"] for r in named(found, "population") if r["kind"] != gap["kind"]} == {"yes"}


def test_nothing_read_is_nowhere_complete() -> None:
    found = rows("population", document("nothing_read"))
    assert {r["complete"] for r in found} == {"no"}


def test_a_gap_of_the_whole_account_makes_every_place_incomplete() -> None:
    doc = deepcopy(document("sample"))
    doc["gaps"][0] |= {"location": "global"}
    account = doc["gaps"][0]["account"]
    found = [r for r in named(rows("population", doc), "population") if r["kind"] == "Endpoint"]
    assert {r["complete"] for r in found if r["account"] == account} == {"no"}
    assert {r["complete"] for r in found if r["account"] != account} == {"yes"}


def test_what_nothing_looked_for_is_said(demo: Demo) -> None:
    found = rows("population", demo.document)
    unlisted = {(r["provider"], r["kind"]): r for r in named(found, "not listed")}
    asked = {(x["provider"], x["kind"]) for x in (*demo.document["listings"], *demo.document["gaps"])}
    assert unlisted
    assert not asked & set(unlisted)
    absent = unlisted["azure", "Model"]
    assert (absent["complete"], absent["reason"]) == ("yes", KINDS_ABSENT[Provider.AZURE, Model])
    assert {r["complete"] for r in unlisted.values() if r is not absent} == {"no"}


def test_lists_for_the_whole_account_take_in_every_place(demo: Demo) -> None:
    found = rows("population", demo.document)
    listed = {(x["provider"], x["kind"], x["location"]) for x in demo.document["listings"]}
    stores = [r for r in named(found, "population") if (r["provider"], r["kind"]) == ("azure", "Storage")]
    number = sum(r["scope"]["provider"] == "azure" and r["kind"] == "Storage" for r in demo.document["resources"])
    assert ("azure", "Storage", "global") in listed
    assert [(r["location"], int(r["listed"]), r["complete"]) for r in stores] == [("global", number, "yes")]
    assert number > 1


def test_second_sources_are_told_and_agreement_is_not_completeness() -> None:
    doc = deepcopy(document("sample"))
    common = {"provider": "aws", "account": "123456789012", "kind": "Endpoint", "location": "us-east-1"}
    doc["reconciliation"] = [
        common
        | {"native_type": "AWS::SageMaker::Endpoint", "source": "AWS Config", "counted": 4, "listed": 3}
        | {"only_there": ["=evil"], "only_here": [], "state": "differs", "note": "one is new", "calls": ["aws0003"]},
        common
        | {"native_type": "AWS::Bedrock::X", "source": "", "counted": None, "listed": 2, "only_there": []}
        | {"only_here": [], "state": "not_available", "note": "no second source covers it", "calls": []},
    ]
    differs, missing = named(rows("population", doc), "second source")[::-1]
    assert (differs["counted"], differs["listed"], differs["agreement"]) == ("4", "3", "differs")
    assert differs["only_in_second_source"] == "'=evil"
    assert (differs["calls"], differs["reason"]) == ("4", "one is new")
    assert (missing["counted"], missing["agreement"], missing["complete"]) == ("", "not available", "")


# formulas


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("run", RUNS)
def test_no_cell_can_run(file: str, run: str) -> None:
    assert formulas(text(file, document(run))) == []


def test_a_formula_in_every_text_of_an_account_stays_text() -> None:
    attacks = ("=1+1", "\t=1+1", "\r\n=1+1", " ＝1+1", "a;=1+1", 'a;"=1+1"', "a\n-1+1", "\n\n@x", "\u00a0+1", "x; ＠y")
    for attack in attacks:
        doc = deepcopy(document("sample") | {"findings": document("sample")["findings"][:20], "resources": []})
        for finding in doc["findings"]:
            finding["message"] = attack
            finding["exemption"] = {"owner": attack, "reason": attack, "expires": attack}
            finding["facts"] = {"x": {"value": attack, "native": {attack: attack}}}
            if finding["resource"]:
                finding["resource"] |= {"name": attack, "id": attack, "native_type": attack}
        for scope in doc["scopes"]:
            scope["name"] = attack
        assert formulas("".join(findings_csv.pieces(doc))) == [], attack


hostile_text = st.text(
    alphabet=st.one_of(
        st.sampled_from("=+-@＝＋－＠﹦;,'\"\n\r\t \u00a0\u3000\x00\x1b\u202e\u2028\ufeffa1|"),
        st.characters(exclude_categories=()),
    ),
    max_size=30,
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(hostile_text, hostile_text, hostile_text), min_size=1, max_size=4))
def test_whatever_is_written_nothing_runs_and_everything_is_read_back(table: list[tuple[str, str, str]]) -> None:
    # the first column is ours in every file, so that a row cannot begin with what an account chose
    columns = ("ours", "a", "b", "c")
    written = "".join(csv_pieces(columns, ({"ours": "x", **dict(zip("abc", r, strict=True))} for r in table)))
    assert formulas(written) == []
    parsed = list(csv.reader(io.StringIO(written, newline=""), strict=True))
    assert parsed == [list(columns), *(["x", *map(cell, row)] for row in table)]
    shown = {c for row in parsed for c in "".join(row)} - {"\n"}
    assert not {c for c in shown if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")}
    written.encode("utf-8")


@given(
    st.text(
        alphabet=st.characters(categories=("L", "N", "S", "P"), exclude_characters="=+-@＝＋－＠﹦﹢﹣﹫"), max_size=60
    )
)
def test_a_text_that_hides_nothing_is_not_changed(value: str) -> None:
    shown = cell(value)
    assert shown == csv_text.inert(value)
    assert cell(shown) is shown


def test_lines_stay_and_what_hides_is_shown() -> None:
    assert cell("a\r\nb\nc") == "a\nb\nc"
    assert cell("a\x00\x1b\u202e\rb") == "a\\x00\\x1b\\u202e\\rb"
    assert cell(None) == ""
    assert cell(-3) == "'-3"


def test_a_cell_that_a_spreadsheet_would_cut_is_cut_and_says_so() -> None:
    long = cell("x" * (CELL_LENGTH + 1))
    assert long.startswith("x" * CELL_LENGTH)
    assert long.endswith("(30,001 characters, all of them in audit.json)")
    assert len(long) < 32_767


def test_numbers_are_not_dates() -> None:
    assert numbers_text([9, 3, 5, 6, 7, 3]) == "3, 5 to 7, 9"
    assert numbers_text([]) == ""


def test_a_column_that_nobody_declared_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="stray"):
        list(csv_pieces(("a",), [{"a": "1", "stray": "2"}]))
