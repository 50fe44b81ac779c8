"""What findings say about a control: one of four outcomes, and never that it is met."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.controls import ControlAssessment, Outcome, assess, assess_all
from auditor.frameworks import frameworks
from auditor.maturity import PRACTICES
from auditor.model.check import Severity
from auditor.model.facts import NOT_COLLECTED
from auditor.model.finding import Finding, Status
from auditor.model.framework import Control, EvidenceClass, Framework
from auditor.model.maturity import ControlMapping, Layer, Level, Practice, Strength
from auditor.model.scope import GLOBAL, Account, Provider

ACCOUNT = Account(Provider.AWS, "1")
DIRECT, SUPPORTING, CONTEXTUAL = Strength.DIRECT, Strength.SUPPORTING, Strength.CONTEXTUAL
CONTROL = "C-1"


def practice(practice_id: str, strength: Strength, control: str = CONTROL) -> Practice:
    mapping = ControlMapping("f", control, strength, f"because of {practice_id}")
    return Practice(
        id=practice_id, layer=Layer.DATA, level=Level.FOUNDATION, title="t", why="w", mappings=lambda _: (mapping,)
    )


MODEL = (practice("D", DIRECT), practice("S", SUPPORTING), practice("X", CONTEXTUAL), practice("D2", DIRECT))


def framework(evidence: EvidenceClass = EvidenceClass.DIRECT) -> Framework:
    controls = (
        Control(id=CONTROL, label="one", evidence=evidence, attach="a"),
        Control(id="C-2", label="two", evidence=EvidenceClass.MANUAL, attach="a"),
    )
    return Framework(id="f", title="F", edition="1", url="u", note="n", controls=controls)


def finding(its: str, status: str, **more: Any) -> Finding:
    if status == "inherited":
        status, more = "not_applicable", {"inherited": True}
    return Finding(
        check=f"check_{its}",
        practice=its,
        severity=Severity.LOW,
        account=ACCOUNT,
        location=GLOBAL,
        status=Status(status),
        message="m",
        unknown=NOT_COLLECTED if status == "not_assessed" else None,
        **more,
    )


def assessed(
    evidence: EvidenceClass, *findings: tuple[str, str], model: tuple[Practice, ...] = MODEL
) -> ControlAssessment:
    return assess(framework(evidence), [finding(*f) for f in findings], model)[0]


@pytest.mark.parametrize(
    ("findings", "direct", "partial", "manual"),
    [
        ([("D", "pass")], "no_exceptions", "no_exceptions", "manual"),
        ([("D", "inherited")], "no_exceptions", "no_exceptions", "manual"),
        ([("D", "pass"), ("D", "not_applicable")], "no_exceptions", "no_exceptions", "manual"),
        ([("D", "fail")], "exceptions_found", "exceptions_found", "exceptions_found"),
        ([("D", "pass"), ("D", "fail")], "exceptions_found", "exceptions_found", "exceptions_found"),
        ([("D", "pass"), ("S", "fail")], "exceptions_found", "exceptions_found", "exceptions_found"),
        ([("D", "pass"), ("D", "not_assessed")], "not_assessed", "not_assessed", "manual"),
        ([("D", "pass"), ("S", "not_assessed")], "not_assessed", "not_assessed", "manual"),
        ([("D", "fail"), ("D", "not_assessed")], "exceptions_found", "exceptions_found", "exceptions_found"),
        ([("D", "pass"), ("X", "fail")], "no_exceptions", "no_exceptions", "manual"),
        ([("D", "pass"), ("X", "not_assessed")], "no_exceptions", "no_exceptions", "manual"),
        ([("D", "not_applicable")], "not_assessed", "manual", "manual"),
        ([("S", "pass")], "not_assessed", "manual", "manual"),
        ([("S", "inherited")], "not_assessed", "manual", "manual"),
        ([("S", "fail")], "exceptions_found", "exceptions_found", "exceptions_found"),
        ([("X", "pass")], "not_assessed", "manual", "manual"),
        ([("X", "fail")], "not_assessed", "manual", "manual"),
        ([], "not_assessed", "manual", "manual"),
    ],
    ids=lambda value: " ".join("-".join(f) for f in value) if isinstance(value, list) else value,
)
def test_the_outcomes(findings: list[tuple[str, str]], direct: str, partial: str, manual: str) -> None:
    model = MODEL[:3]
    assert assessed(EvidenceClass.DIRECT, *findings, model=model).outcome == direct
    assert assessed(EvidenceClass.PARTIAL, *findings, model=model).outcome == partial
    assert assessed(EvidenceClass.MANUAL, *findings, model=model).outcome == manual
    assert assessed(EvidenceClass.INHERITED, *findings, model=model).outcome == manual


def test_what_a_filtered_run_left_out_is_not_without_exceptions() -> None:
    partly = assessed(EvidenceClass.DIRECT, ("D", "pass"))
    assert (partly.outcome, partly.untested) == (Outcome.NOT_ASSESSED, ("S", "X", "D2"))
    assert assessed(EvidenceClass.DIRECT, ("D", "pass"), ("D2", "pass")).outcome is Outcome.NO_EXCEPTIONS
    assert assessed(EvidenceClass.DIRECT, ("D", "fail")).outcome is Outcome.EXCEPTIONS_FOUND


@pytest.mark.parametrize(("status", "outcome"), [("pass", "not_assessed"), ("fail", "exceptions_found")])
def test_a_run_that_did_not_read_everything_finds_no_control_without_exceptions(status: str, outcome: str) -> None:
    found = [finding("D", status), finding("D2", "pass")]
    ((_, (control, _)),) = assess_all([framework()], found, MODEL, whole=False)
    assert control.outcome == outcome


any_findings = st.lists(
    st.tuples(
        st.sampled_from(["D", "S", "X", "D2"]),
        st.sampled_from(["pass", "fail", "not_assessed", "not_applicable", "inherited"]),
    ),
    max_size=6,
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(EvidenceClass), any_findings)
def test_no_exceptions_needs_direct_evidence_and_nothing_against_it(
    evidence: EvidenceClass, findings: list[tuple[str, str]]
) -> None:
    outcome = assessed(evidence, *findings).outcome
    telling = [status for its, status in findings if its != "X"]
    assert (outcome is Outcome.EXCEPTIONS_FOUND) is ("fail" in telling)
    if outcome is Outcome.NO_EXCEPTIONS:
        assert "not_assessed" not in telling
        assert any(its in ("D", "D2") and status in ("pass", "inherited") for its, status in findings)
        assert {"D", "D2"} <= {its for its, _ in findings}
        assert evidence in (EvidenceClass.DIRECT, EvidenceClass.PARTIAL)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(EvidenceClass), any_findings, st.data())
def test_losing_an_answer_never_improves_an_outcome(
    evidence: EvidenceClass, findings: list[tuple[str, str]], data: st.DataObject
) -> None:
    if not findings:
        return
    lost = data.draw(st.sampled_from(range(len(findings))))
    after = [(its, "not_assessed" if n == lost else status) for n, (its, status) in enumerate(findings)]
    if assessed(evidence, *after).outcome is Outcome.NO_EXCEPTIONS:
        assert assessed(evidence, *findings).outcome is Outcome.NO_EXCEPTIONS


def test_the_evidence_says_why_it_belongs_and_what_was_not_tested() -> None:
    result = assessed(EvidenceClass.DIRECT, ("D", "pass"), ("D", "pass"), ("S", "pass"))
    assert [(e.practice.id, e.strength, e.reason, e.checks) for e in result.evidence] == [
        ("D", DIRECT, "because of D", ("check_D",)),
        ("S", SUPPORTING, "because of S", ("check_S",)),
    ]
    assert result.evidence[0].tally.passed == 2
    assert result.untested == ("X", "D2")


def test_a_practice_of_another_framework_or_control_says_nothing() -> None:
    other = (practice("D", DIRECT, control="C-2"),)
    one, two = assess(framework(), [finding("D", "fail")], other)
    assert (one.outcome, one.evidence) == (Outcome.NOT_ASSESSED, ())
    assert two.outcome is Outcome.EXCEPTIONS_FOUND


@pytest.mark.parametrize("its", frameworks(), ids=lambda f: f.id)
@pytest.mark.parametrize("status", ["pass", "fail", "not_assessed", "not_applicable", None])
def test_every_id_of_every_framework_appears_once_and_in_order(its: Framework, status: str | None) -> None:
    findings = [] if status is None else [finding(p.id, status) for p in PRACTICES]
    assessments = assess(its, findings)
    assert [a.control.id for a in assessments] == [c.id for c in its.controls]
    mapped = {
        m.control for p in PRACTICES for m in p.controls if m.framework == its.id and m.strength is not CONTEXTUAL
    }
    for a in assessments:
        if status == "fail" and a.control.id in mapped:
            assert a.outcome is Outcome.EXCEPTIONS_FOUND
        if status in (None, "not_assessed", "not_applicable"):
            assert a.outcome in (Outcome.NOT_ASSESSED, Outcome.MANUAL)
        if a.control.evidence in (EvidenceClass.MANUAL, EvidenceClass.INHERITED):
            assert a.outcome in (Outcome.MANUAL, Outcome.EXCEPTIONS_FOUND)


@pytest.mark.parametrize("outcome", Outcome)
def test_no_outcome_claims_compliance(outcome: Outcome) -> None:
    assert not {"compliant", "satisfied", "met"} & set(outcome.label.split())
