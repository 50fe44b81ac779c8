"""Findings -> what they say about each control of a framework. Pure.

The outcome of a control is one of four, and never "compliant": whether a control is met is an assessor's judgement.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
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


@dataclass(frozen=True, slots=True)
class _Tested:
    checks: tuple[str, ...]
    tally: Tally


def assess_all(
    frameworks: Iterable[Framework],
    findings: Iterable[Finding],
    practices: Sequence[Practice] = PRACTICES,
    *,
    whole: bool = True,
) -> Iterator[tuple[Framework, tuple[ControlAssessment, ...]]]:
    """Every control of each framework, in its own order. The findings are gone through once.

    ``whole`` is False where a cloud of the run could not be read, or the run was interrupted: then no control is
    without exceptions, because the population was not all there was to test.
    """
    by_practice: dict[str, list[Finding]] = {}
    for finding in findings:
        by_practice.setdefault(finding.practice, []).append(finding)
    tested = {its: _Tested(tuple(sorted({f.check for f in found})), tally(found)) for its, found in by_practice.items()}
    for framework in frameworks:
        yield framework, _assess(framework, tested, practices, whole)


def assess(
    framework: Framework, findings: Iterable[Finding], practices: Sequence[Practice] = PRACTICES
) -> tuple[ControlAssessment, ...]:
    """Every control of one framework."""
    return next(assessments for _, assessments in assess_all([framework], findings, practices))


def _assess(
    framework: Framework, tested: Mapping[str, _Tested], practices: Sequence[Practice], whole: bool
) -> tuple[ControlAssessment, ...]:
    partly: set[str] = set()
    evidence: dict[str, list[Evidence]] = {control.id: [] for control in framework.controls}
    untested: dict[str, list[str]] = {control.id: [] for control in framework.controls}
    for practice in practices:
        for mapping in practice.controls:
            if mapping.framework != framework.id:
                continue
            if (found := tested.get(practice.id)) is None:
                untested[mapping.control].append(practice.id)
                if mapping.strength is Strength.DIRECT:
                    partly.add(mapping.control)
            else:
                evidence[mapping.control].append(
                    Evidence(practice, mapping.strength, mapping.reason, found.checks, found.tally)
                )
    return tuple(
        ControlAssessment(
            c, _outcome(c, evidence[c.id], whole and c.id not in partly), tuple(evidence[c.id]), tuple(untested[c.id])
        )
        for c in framework.controls
    )


def _outcome(control: Control, evidence: Sequence[Evidence], whole: bool) -> Outcome:
    """Supporting evidence can reveal an exception; only direct evidence, and all of it, that there is none."""
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
        return Outcome.NO_EXCEPTIONS if whole else Outcome.NOT_ASSESSED
    return Outcome.NOT_ASSESSED if control.evidence is EvidenceClass.DIRECT else Outcome.MANUAL
