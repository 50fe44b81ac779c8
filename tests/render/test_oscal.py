"""OSCAL assessment results: read by compliance-trestle, and whole."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from trestle.oscal import OSCAL_VERSION
from trestle.oscal.assessment_results import AssessmentResults

from auditor.controls import Outcome
from auditor.render.interchange import NAMESPACE
from auditor.render.oscal import VERSION, pieces
from auditor.render.oscal_text import control_token, markup
from tests.conftest import Demo
from tests.support.documents import EVIL
from tests.support.interchange import Json, document, hiding, rendered

NAMES = ("sample", "hostile", "empty", "decided", "filtered")
TOKEN = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


@cache
def results(name: str) -> Json:
    made: Json = json.loads(rendered("oscal", name))["assessment-results"]
    return made


def result(name: str) -> Json:
    (only,) = results(name)["results"]
    return dict(only)


def rows(value: Any) -> Iterator[Json]:
    """Every object in a value."""
    if isinstance(value, dict):
        yield value
        for item in value.values():
            yield from rows(item)
    elif isinstance(value, list):
        for item in value:
            yield from rows(item)


def own(row: Json, name: str) -> str:
    """The value of a property that occurs once."""
    (value,) = (p["value"] for p in row["props"] if p["name"] == name)
    return str(value)


def test_the_version_is_the_one_that_is_read() -> None:
    assert results("empty")["metadata"]["oscal-version"] == VERSION == OSCAL_VERSION


@pytest.mark.parametrize("name", NAMES)
def test_trestle_reads_it(name: str, tmp_path: Path) -> None:
    check_read(rendered("oscal", name), tmp_path)


def test_the_demo_is_read_and_whole(demo: Demo, tmp_path: Path) -> None:
    text = "".join(pieces(demo.document))
    check_read(text, tmp_path)
    made = json.loads(text)["assessment-results"]
    check_links(made)
    check_controls(demo.document, made["results"][0])
    check_subjects(demo.document, made["results"][0])
    assert len(text) < 12_000_000


def check_read(text: str, folder: Path) -> None:
    file = folder / "oscal.json"
    file.write_text(text, encoding="utf-8")
    assert AssessmentResults.oscal_read(file) is not None


@pytest.mark.parametrize("name", NAMES)
def test_every_reference_resolves_and_no_id_is_used_twice(name: str) -> None:
    check_links(results(name))


def check_links(made: Json) -> None:
    defined = Counter(row["uuid"] for row in rows(made) if "uuid" in row)
    assert [uuid for uuid, times in defined.items() if times > 1] == []
    assert [uuid for uuid in defined if not UUID.fullmatch(uuid)] == []
    kinds = {"observations": set(), "risks": set(), "inventory-items": set(), "components": set()}  # type: ignore[var-annotated]
    for row in rows(made):
        for kind, found in kinds.items():
            found.update(item["uuid"] for item in row.get(kind, ()))
    resources = {f"#{r['uuid']}" for r in made["back-matter"]["resources"]}
    wanted = {
        "observation-uuid": kinds["observations"],
        "risk-uuid": kinds["risks"],
        "subject-uuid": kinds["inventory-items"],
        "actor-uuid": kinds["components"],
        "component-uuid": kinds["components"],
    }
    for row in rows(made):
        for member, known in wanted.items():
            assert member not in row or row[member] in known
        if "href" in row:
            assert row["href"] in resources or row["href"].startswith("https://")


@pytest.mark.parametrize("name", NAMES)
def test_no_control_is_lost_and_only_one_without_exceptions_is_satisfied(name: str) -> None:
    check_controls(document(name), result(name))


def check_controls(its: Json, made: Json) -> None:
    selections = made["reviewed-controls"]["control-selections"]
    selected = [c["control-id"] for selection in selections for c in selection["include-controls"]]
    assert sorted(selected) == sorted(f["target"]["target-id"] for f in made["findings"])
    assert len(set(selected)) == len(selected)
    found = {(own(f, "framework"), own(f, "control-id")): f for f in made["findings"]}
    controls = {(f["id"], c["id"]): c for f in its["frameworks"] for c in f["controls"]}
    assert list(found) == list(controls)
    for key, control in controls.items():
        status = found[key]["target"]["status"]
        assert found[key]["target"]["target-id"] == control_token(*key)
        assert (status["state"] == "satisfied") == (control["outcome"] == Outcome.NO_EXCEPTIONS)
        assert status["remarks"]
        if control["outcome"] in (Outcome.NOT_ASSESSED, Outcome.MANUAL):
            assert (status["state"], status["reason"]) == ("not-satisfied", "other")
        if control["attach"]:
            assert markup(control["attach"]) in found[key]["remarks"]
        assert all(practice in status["remarks"] for practice in control["untested_practices"])


def test_a_control_names_the_observations_behind_it() -> None:
    its, made = document("sample"), result("sample")
    observed = {o["uuid"]: own(o, "check") for o in made["observations"]}
    accounts = Counter(observed.values())
    findings = {f["target"]["target-id"]: f for f in made["findings"]}
    for framework in its["frameworks"]:
        for control in framework["controls"]:
            related = findings[control_token(framework["id"], control["id"])].get("related-observations", [])
            named = [(observed[r["observation-uuid"]], r["remarks"]) for r in related]
            assert Counter(named) == {
                (check, f"{evidence['practice']}, {evidence['strength']} evidence"): accounts[check]
                for evidence in control["evidence"]
                for check in evidence["checks"]
            }
    assert set(accounts.values()) == {3}


def test_each_outcome_occurs_in_what_is_tested() -> None:
    seen = {c["outcome"] for name in NAMES for f in document(name)["frameworks"] for c in f["controls"]}
    assert seen == set(Outcome)


@pytest.mark.parametrize("name", NAMES)
def test_every_finding_of_the_audit_is_a_subject_once(name: str) -> None:
    check_subjects(document(name), result(name))


def check_subjects(its: Json, made: Json) -> None:
    outcomes: dict[str, str] = {}
    for observation in made.get("observations", []):
        answers = Counter(own(subject, "outcome") for subject in observation["subjects"])
        for status in ("pass", "fail", "not_assessed", "not_applicable", "inherited"):
            said = [p["value"] for p in observation["props"] if p["name"] == status.replace("_", "-")]
            assert said == ([str(answers[status])] if answers[status] else [])
        for subject in observation["subjects"]:
            assert own(subject, "fingerprint") not in outcomes
            outcomes[own(subject, "fingerprint")] = own(subject, "outcome")
    assert outcomes == {f["fingerprint"]: "inherited" if f["inherited"] else f["status"] for f in its["findings"]}


def test_evidence_names_exactly_the_calls_of_the_findings() -> None:
    its, made = document("sample"), result("sample")
    numbers = {c["id"]: c["number"] for c in its["calls"]}
    resources = {f"#{r['uuid']}": r for r in results("sample")["back-matter"]["resources"]}
    for observation in made["observations"]:
        asked = (own(observation, "check"), own(observation, "provider"), own(observation, "account"))
        cited = {
            numbers[call]
            for f in its["findings"]
            if (f["check"], f["scope"]["provider"], f["scope"]["account"]) == asked
            for call in f["calls"]
        }
        said = set()
        for evidence in observation.get("relevant-evidence", []):
            recorded = {int(p["remarks"].split()[1].rstrip(",")) for p in resources[evidence["href"]]["props"]}
            named = set(expanded(own(evidence, "calls")))
            assert named <= recorded
            said |= named
        assert said == cited
    calls = [p["value"] for r in resources.values() for p in r.get("props", ()) if p["name"] == "call"]
    assert sorted(calls) == sorted({call for f in its["findings"] for call in f["calls"]})


def expanded(ranges: str) -> Iterator[int]:
    for part in ranges.split(", "):
        first, _, last = part.partition("–")
        yield from range(int(first), int(last or first) + 1)


def test_a_risk_that_somebody_accepted_satisfies_nothing() -> None:
    its, made = document("decided"), result("decided")
    exempted = next(f for f in its["findings"] if f["exemption"] is not None)
    (risk,) = (r for r in made["risks"] if r["status"] == "deviation-approved")
    assert own(risk, "fingerprint") == exempted["fingerprint"]
    assert own(risk, "owner") == "Ada"
    assert "until 2027-01-31" in risk["statement"]
    (subject,) = (
        s for o in made["observations"] for s in o["subjects"] if own(s, "fingerprint") == exempted["fingerprint"]
    )
    assert (own(subject, "outcome"), own(subject, "exempted-until")) == ("fail", "2027-01-31")
    concerned = [f for f in made["findings"] if {"risk-uuid": risk["uuid"]} in f.get("related-risks", [])]
    assert concerned
    assert {f["target"]["status"]["state"] for f in concerned} == {"not-satisfied"}


def test_a_satisfied_control_has_no_risk_and_a_failure_always_has_one() -> None:
    made = result("sample")
    for finding in made["findings"]:
        state = finding["target"]["status"]["state"]
        assert ("related-risks" in finding) == (finding["target"]["status"]["reason"] == "fail")
        assert not (state == "satisfied" and "related-risks" in finding)
    failing = {own(o, "check") for o in made["observations"] if any(p["name"] == "fail" for p in o["props"])}
    assert {own(r, "check") for r in made["risks"]} == failing


def test_statements_of_people_stand_beside_and_change_nothing() -> None:
    without = deepcopy(document("decided")) | {"attestations": [], "exemptions": []}
    bare = json.loads("".join(pieces(without)))["assessment-results"]["results"][0]
    made = result("decided")
    states = [f["target"] for f in made["findings"]]
    assert states == [f["target"] for f in bare["findings"]]
    assert "attestations" not in bare
    assert [a["parts"][0]["prose"] for a in made["attestations"]] == [
        "The code of conduct was signed by everybody in 2026.",
        r"Reviewed \[x\](y) \<b\>",
    ]
    (about,) = (f for f in made["findings"] if f["target"]["target-id"] == "soc2-CC1.1")
    assert [p["value"] for p in about["props"] if p["name"] == "attested-by"] == ["Chief compliance officer"]
    left_out = [(p["name"], p["value"]) for p in made["props"] if p["name"].endswith("-not-counted")]
    assert left_out == [("attestation-not-counted", "expired"), ("exemption-not-counted", "expired")]


def test_a_document_without_decisions_is_rendered() -> None:
    bare = {k: v for k, v in document("sample").items() if k not in ("attestations", "exemptions")}
    assert "".join(pieces(bare)) == rendered("oscal", "sample")


def test_the_same_audit_gives_the_same_bytes_and_another_audit_other_ids() -> None:
    assert "".join(pieces(deepcopy(document("decided")))) == rendered("oscal", "decided")
    other = json.loads("".join(pieces(document("decided") | {"id": "another"})))
    ids, others = ({r["uuid"] for r in rows(made) if "uuid" in r} for made in (results("decided"), other))
    assert not ids & others


@pytest.mark.parametrize("name", NAMES)
def test_every_property_is_in_our_namespace(name: str) -> None:
    for row in rows(results(name)):
        for its in row.get("props", ()):
            assert its["ns"] == NAMESPACE
            assert TOKEN.fullmatch(its["name"])
            assert its["value"] == its["value"].strip() != ""


def test_a_run_that_did_not_read_everything_says_so_at_every_control() -> None:
    made = result("hostile")
    assert {"interrupted", "cloud-not-read", "defect", "selection"} <= {p["name"] for p in made["props"]}
    said = "Could not be read in this run: Google Cloud. The run was interrupted."
    assert all(said in finding["target"]["status"]["remarks"] for finding in made["findings"])
    plain = result("sample")["findings"][0]["target"]["status"]["remarks"]
    assert "Could not be read" not in plain


def test_what_an_account_chose_is_shown_and_makes_no_markup() -> None:
    assert not hiding(results("hostile"))
    marked = ("title", "description", "remarks", "statement", "prose", "text")
    found = 0
    for row in rows(results("hostile")):
        for text in (row[m] for m in marked if isinstance(row.get(m), str)):
            assert not re.search(r"(?<!\\)(\\\\)*[<>\[\]`*{}]", text), text
            found += "onerror" in text
    assert found > 100


@pytest.mark.parametrize("text", ["<b>", r"\<b>", "[a](javascript:b)", "{{ insert: param, x }}", "`a`", EVIL])
def test_markup_can_be_read_back(text: str) -> None:
    shown = re.sub(r"\\([\\`*\[\]<>{}])", r"\1", markup(text))
    assert hiding([text]) or shown == text


def control_of(framework: str, token: str) -> str:
    """What the documentation of the ids says, read backwards."""
    if framework == "nist_csf_2_0":
        return token
    if framework == "nist_800_53r5":
        return re.sub(r"\.(\d+)$", r"(\1)", token.upper())
    rest, found, in_group = token.removeprefix(f"{framework}-"), "", False
    while rest:
        if rest.startswith("__"):
            found, rest = found + chr(int(rest[2:8], 16)), rest[8:]
        elif rest.startswith("_"):
            found, rest, in_group = found + (")" if in_group else "") + "(", rest[1:], True
        else:
            found, rest = found + rest[0], rest[1:]
    return found + (")" if in_group else "")


def test_control_ids_become_tokens_that_can_be_read_back() -> None:
    its = [(f["id"], c["id"]) for f in document("sample")["frameworks"] for c in f["controls"]]
    tokens = [control_token(*key) for key in its]
    assert len(set(tokens)) == len(its) > 1500
    for (framework, control), token in zip(its, tokens, strict=True):
        assert TOKEN.fullmatch(token)
        assert control_of(framework, token) == control


@pytest.mark.parametrize(
    ("framework", "control", "token"),
    [
        ("hipaa", "164.312(a)(2)(iv)", "hipaa-164.312_a_2_iv"),
        ("pci_dss", "8.3.1", "pci_dss-8.3.1"),
        ("owasp_llm_2026", "LLM01:2026", "owasp_llm_2026-LLM01__00003a2026"),
        ("nist_800_53r5", "AC-2(4)", "ac-2.4"),
        ("nist_csf_2_0", "PR.AA-05", "PR.AA-05"),
        ("own", "a_b (c)d", "own-a__00005fb__000020__000028c__000029d"),
        ("own", "a:(b)", "own-a__00003a_b"),
        ("own", "a(:)", "own-a__000028__00003a__000029"),
    ],
)
def test_a_control_id_as_a_token(framework: str, control: str, token: str) -> None:
    assert control_token(framework, control) == token
    assert TOKEN.fullmatch(token)
    assert control_of(framework, token) == control
