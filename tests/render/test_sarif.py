"""SARIF 2.1.0: valid by its schema, and never green where nothing was read."""

from __future__ import annotations

import gzip
import json
import re
from copy import deepcopy
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from jsonschema import Draft202012Validator

from auditor.render.sarif import UNREAD_RULE, pieces
from tests.conftest import Demo
from tests.support.interchange import Json, document, hiding, rendered

NAMES = ("sample", "hostile", "empty", "decided", "nothing_read", "no_ai")
SCHEMA = Path(__file__).parent.parent / "data" / "sarif-schema-2.1.0.json.gz"
TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z")


@cache
def validator() -> Draft202012Validator:
    schema = json.loads(gzip.decompress(SCHEMA.read_bytes()))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@cache
def run(name: str) -> Json:
    (only,) = json.loads(rendered("sarif", name))["runs"]
    return dict(only)


def run_of(its: Json) -> Json:
    made = json.loads("".join(pieces(its)))
    check_valid(made)
    return dict(made["runs"][0])


def check_valid(made: Json) -> None:
    assert [f"{list(e.path)}: {e.message[:200]}" for e in validator().iter_errors(made)] == []


def unread(made: Json) -> list[str]:
    return [r["message"]["text"] for r in made["results"] if r["ruleId"] == UNREAD_RULE]


@pytest.mark.parametrize("name", NAMES)
def test_it_is_valid(name: str) -> None:
    check_valid(json.loads(rendered("sarif", name)))


def test_the_test_would_notice_what_is_invalid() -> None:
    made = json.loads(rendered("sarif", "empty"))
    made["runs"][0]["results"][0]["kind"] = "unsure"
    with pytest.raises(AssertionError, match="unsure"):
        check_valid(made)


def test_the_demo_is_valid_and_whole(demo: Demo) -> None:
    made = json.loads("".join(pieces(demo.document)))
    check_valid(made)
    check_results(demo.document, made["runs"][0])
    assert unread(made["runs"][0]) == []


@pytest.mark.parametrize("name", NAMES)
def test_results_are_the_failures_and_the_open_questions(name: str) -> None:
    check_results(document(name), run(name))


def check_results(its: Json, made: Json) -> None:
    rules = [rule["id"] for rule in made["tool"]["driver"]["rules"]]
    assert len(set(rules)) == len(rules)
    kinds = {}
    for result in made["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        assert (result["kind"] == "open") == (result["level"] == "none")
        if result["ruleId"] != UNREAD_RULE:
            kinds[result["partialFingerprints"]["auditorFingerprint/v1"]] = result["kind"]
    wanted = {"fail": "fail", "not_assessed": "open"}
    assert kinds == {f["fingerprint"]: wanted[f["status"]] for f in its["findings"] if f["status"] in wanted}


@pytest.mark.parametrize("name", NAMES)
def test_alerts_can_be_told_apart_and_found_again(name: str) -> None:
    prints = [r["partialFingerprints"]["primaryLocationLineHash"] for r in run(name)["results"]]
    assert len(set(prints)) == len(prints)
    for result in run(name)["results"]:
        (location,) = result["locations"]
        place = location["physicalLocation"]["artifactLocation"]
        address = urlsplit(place["uri"])
        assert (address.scheme, address.netloc, address.query, address.fragment) == ("", "", "", "")
        assert re.fullmatch(r"[A-Za-z0-9%._~/-]+", place["uri"])
        assert not {"", ".", ".."} & set(place["uri"].split("/"))
        assert place["uriBaseId"] in run(name)["originalUriBaseIds"]
        assert location["physicalLocation"]["region"] == {"startLine": 1}


def test_a_result_names_its_resource() -> None:
    finding = next(f for f in document("sample")["findings"] if f["status"] == "fail" and f["resource"])
    (result,) = (r for r in run("sample")["results"] if finding["fingerprint"] in r["partialFingerprints"].values())
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    scope, resource = finding["scope"], finding["resource"]
    assert [unquote(part) for part in uri.split("/")] == [
        scope["provider"],
        scope["account"],
        scope["location"],
        resource["kind"],
        resource["id"],
    ]
    assert result["locations"][0]["logicalLocations"] == [
        {"name": resource["name"], "fullyQualifiedName": resource["id"], "kind": "resource"}
    ]
    assert finding["message"] in result["message"]["text"]


@pytest.mark.parametrize("resource_id", ["..", ".", "../../etc", "a?b#c", "//x", "%2e%2e", "https://x"])
def test_an_id_cannot_climb_out_of_its_place(resource_id: str) -> None:
    its = deepcopy(document("decided"))
    finding = next(f for f in its["findings"] if f["status"] == "fail" and f["resource"])
    finding["resource"]["id"] = resource_id
    made = run_of(its | {"findings": [finding], "interrupted": False})
    uri = made["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert len(uri.split("/")) == 5
    assert uri.split("/")[-1] not in (".", "..")
    assert unquote(uri.split("/")[-1]) == resource_id


def test_an_open_question_says_why_and_which_permission_settles_it() -> None:
    asked = [r for r in run("sample")["results"] if r["kind"] == "open" and r["properties"].get("permissions")]
    assert asked
    for result in asked:
        said, _, permissions = result["message"]["text"].partition(". Permission that would settle it: ")
        assert said.startswith("Not assessed, ")
        assert permissions == f"{', '.join(result['properties']['permissions'])}."
        assert set(result["properties"]["permissions"]) == {"sagemaker:DescribeEndpoint", "kms:DescribeKey"}
        assert result["properties"]["reason"] == "denied"


def test_an_exempted_failure_is_suppressed_and_still_there() -> None:
    (exempted,) = (f for f in document("decided")["findings"] if f["exemption"] is not None)
    results = run("decided")["results"]
    (result,) = (r for r in results if r["suppressions"])
    assert exempted["fingerprint"] in result["partialFingerprints"].values()
    assert result["kind"] == "fail"
    assert result["level"] != "none"
    (suppression,) = result["suppressions"]
    assert (suppression["kind"], suppression["status"]) == ("external", "accepted")
    assert suppression["justification"] == "Risk accepted by Ada until 2027-01-31: a sandbox without data"
    assert all("suppressions" in r for r in results)


def test_the_worst_comes_first() -> None:
    order = [
        (r["kind"] != "fail", bool(r["suppressions"]), ("error", "warning", "note", "none").index(r["level"]))
        for r in run("decided")["results"]
        if r["ruleId"] != UNREAD_RULE
    ]
    assert order == sorted(order)


def test_what_was_not_read_at_all_is_an_error() -> None:
    assert unread(run("sample")) == []
    assert unread(run("no_ai")) == []
    assert unread(run("empty")) == [
        f"{cloud} could not be read: no credentials" for cloud in ("AWS", "Azure", "Google Cloud")
    ]
    nothing = unread(run("nothing_read"))
    assert len(nothing) == 3
    assert re.fullmatch(r"AWS ml-production: none of \d+ applicable questions could be answered\.", nothing[0])
    no_account = document("empty") | {"failures": []}
    assert unread(run_of(no_account)) == ["The run read no account."]
    assert unread(run_of(document("no_ai") | {"interrupted": True})) == [
        "The run was interrupted; what was not read by then is missing."
    ]
    for name in ("empty", "nothing_read"):
        levels = {r["level"] for r in run(name)["results"] if r["ruleId"] == UNREAD_RULE}
        assert levels == {"error"}


@pytest.mark.parametrize(
    ("changed", "notices"),
    [
        ({}, []),
        ({"defects": ["Endpoint listed twice"]}, ["defect"]),
        ({"interrupted": True}, ["interrupted"]),
        ({"failures": [{"provider": "gcp", "message": "refused", "hint": "Sign in."}]}, ["cloud-not-read"]),
    ],
)
def test_a_run_that_went_wrong_says_so(changed: Json, notices: list[str]) -> None:
    (invocation,) = run_of(document("no_ai") | changed)["invocations"]
    assert invocation["executionSuccessful"] == (not notices)
    assert [n["descriptor"]["id"] for n in invocation.get("toolExecutionNotifications", [])] == notices
    assert all(n["level"] == "error" for n in invocation.get("toolExecutionNotifications", []))
    assert TIME.fullmatch(invocation["startTimeUtc"])
    assert TIME.fullmatch(invocation["endTimeUtc"])


def test_gaps_are_warnings_of_a_run_that_went_well() -> None:
    (invocation,) = run("nothing_read")["invocations"]
    assert invocation["executionSuccessful"]
    notices = invocation["toolExecutionNotifications"]
    assert len(notices) == len(document("nothing_read")["gaps"])
    assert {(n["descriptor"]["id"], n["level"]) for n in notices} == {("gap", "warning")}
    assert "permission denied (sagemaker:DescribeEndpoint)" in notices[0]["message"]["text"]
    known = {n["id"] for n in run("nothing_read")["tool"]["driver"]["notifications"]}
    assert {n["descriptor"]["id"] for n in notices} <= known


def test_a_rule_says_what_it_asks_and_what_to_do() -> None:
    its = document("sample")
    rules = {r["id"]: r for r in run("sample")["tool"]["driver"]["rules"]}
    assert list(rules) == [c["id"] for c in its["checks"]]
    for check in its["checks"]:
        rule = rules[check["id"]]
        low, high = {"critical": (9, 10), "high": (7, 8.9), "medium": (4, 6.9), "low": (0.1, 3.9)}[check["severity"]]
        assert low <= float(rule["properties"]["security-severity"]) <= high
        assert {"security", check["practice"]} < set(rule["properties"]["tags"])
        supported = [p for p in check["providers"].values() if p["coverage"] == "supported"]
        assert rule["helpUri"] in [p["url"] for p in supported]
        for coverage in supported:
            assert coverage["url"] in rule["help"]["text"]


def test_only_addresses_with_https_are_linked() -> None:
    its = deepcopy(document("no_ai"))
    for check in its["checks"]:
        for coverage in check["providers"].values():
            coverage["url"] = "javascript:alert(1)"
    text = "".join(pieces(its))
    assert "javascript" not in text
    assert "helpUri" not in text


def test_what_an_account_chose_is_shown_and_is_no_link_or_placeholder() -> None:
    made = run("hostile")
    assert not hiding(made)
    messages = [r["message"]["text"] for r in made["results"]]
    messages += [n["message"]["text"] for n in made["invocations"][0]["toolExecutionNotifications"]]
    assert sum("onerror" in text for text in messages) > 100
    assert not [text for text in messages if re.search(r"(?<!\\)[\[\]]", text)]
    assert all("{{{{ 7*7 }}}}" in text for text in messages if "onerror" in text)
    finding = next(f for f in document("sample")["findings"] if f["status"] == "fail")
    its = document("sample") | {"findings": [finding | {"message": "{0} is [here](1)"}]}
    assert run_of(its)["results"][0]["message"]["text"] == "AWS ml-production: {{0}} is \\[here\\](1)"


def test_the_same_audit_gives_the_same_bytes() -> None:
    assert "".join(pieces(deepcopy(document("decided")))) == rendered("sarif", "decided")
