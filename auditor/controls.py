"""Findings -> what they say about each control of a framework. Pure.

The outcome of a control is one of four, and never "compliant": whether a control is met is an assessor's judgement.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from auditor.maturity import PRACTICES
from auditor.model.finding import Finding
from auditor.model.framework import Control, EvidenceClass, Framework
from auditor.model.maturity import Practice, Strength
from auditor.score import Tally, tally


class Outcome(StrEnum):
    EXCEPTIONS_FOUND = "exceptions_found"
    NO_EXCEPTIONS = "no_exceptions"
    NOT_ASSESSED = "not_assessed"
    MANUAL = "manual"

    @property
    def label(self) -> str:
        return {
            "exceptions_found": "exceptions found",
            "no_exceptions": "no exceptions in the tested population",
            "not_assessed": "not assessed",
            "manual": "manual",
        }[self.value]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one practice contributes to a control."""

    practice: Practice
    strength: Strength
    reason: str
    checks: tuple[str, ...]
    tally: Tally


@dataclass(frozen=True, slots=True)
class ControlAssessment:
    control: Control
    outcome: Outcome
    evidence: tuple[Evidence, ...]
    untested: tuple[str, ...]
    """Practices that bear on the control and that no check of this run measures."""


def assess(
    framework: Framework, findings: Iterable[Finding], practices: Sequence[Practice] = PRACTICES
) -> tuple[ControlAssessment, ...]:
    """Every control of the framework, in its own order."""
    by_practice: dict[str, list[Finding]] = {}
    for finding in findings:
        by_practice.setdefault(finding.practice, []).append(finding)
    return tuple(_assess(framework.id, control, by_practice, practices) for control in framework.controls)


def _assess(
    framework: str, control: Control, findings: Mapping[str, Sequence[Finding]], practices: Sequence[Practice]
) -> ControlAssessment:
    evidence: list[Evidence] = []
    untested: list[str] = []
    for practice in practices:
        for mapping in practice.controls:
            if (mapping.framework, mapping.control) != (framework, control.id):
                continue
            found = findings.get(practice.id, ())
            if not found:
                untested.append(practice.id)
                continue
            checks = tuple(sorted({f.check for f in found}))
            evidence.append(Evidence(practice, mapping.strength, mapping.reason, checks, tally(found)))
    return ControlAssessment(control, _outcome(control, evidence), tuple(evidence), tuple(untested))


def _outcome(control: Control, evidence: Sequence[Evidence]) -> Outcome:
    """Supporting evidence can reveal an exception; only direct evidence can show that there is none."""
    telling = [e for e in evidence if e.strength is not Strength.CONTEXTUAL]
    total = sum((e.tally for e in telling), Tally())
    if total.failed:
        return Outcome.EXCEPTIONS_FOUND
    if control.evidence in (EvidenceClass.MANUAL, EvidenceClass.INHERITED):
        return Outcome.MANUAL
    if total.not_assessed:
        return Outcome.NOT_ASSESSED
    direct = sum((e.tally for e in telling if e.strength is Strength.DIRECT), Tally())
    if direct.passed or direct.inherited:
        return Outcome.NO_EXCEPTIONS
    return Outcome.NOT_ASSESSED if control.evidence is EvidenceClass.DIRECT else Outcome.MANUAL
