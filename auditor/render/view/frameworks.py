"""What the findings say about each control of a framework, as an assessor reads it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from auditor.controls import Outcome
from auditor.model.facts import Reason
from auditor.render.view.common import (
    Counts,
    Index,
    Json,
    Link,
    Operation,
    anchor,
    counts_of,
    https,
    level_text,
    read_counts,
)
from auditor.render.view.findings import subject

NAMED_FAILURES = 10
"""Failing resources that a control names; its checks name them all."""

OUTCOMES = (Outcome.EXCEPTIONS_FOUND, Outcome.NOT_ASSESSED, Outcome.NO_EXCEPTIONS, Outcome.MANUAL)

STRENGTHS = {
    "direct": "what the control asks for, on the resources that were read",
    "supporting": "evidence towards the control; can reveal an exception, never shows alone that there is none",
    "contextual": "background; does not bear on the outcome",
}
CLASSES = {
    "direct": "cloud APIs show the technical part",
    "partial": "cloud APIs show a part; a person adds the rest",
    "manual": "only a person can provide evidence",
    "inherited": "the provider's own assurance report covers it",
}
GROUP_PREFIX = {"pci_dss": "Requirement ", "hipaa": "45 CFR "}


@dataclass(frozen=True, slots=True)
class CheckResult:
    check: Link
    counts: Counts


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    practice: Link
    level: str
    strength: str
    reason: str
    counts: Counts
    checks: tuple[CheckResult, ...]


@dataclass(frozen=True, slots=True)
class OpenReason:
    text: str
    questions: int
    permissions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ControlView:
    anchor: str
    id: str
    label: str
    evidence_class: str
    class_meaning: str
    designation: str
    attach: str
    outcome: str
    outcome_label: str
    counts: Counts
    evidence: tuple[EvidenceRow, ...]
    untested: tuple[Link, ...]
    failing: tuple[Link, ...]
    failing_unnamed: int
    open: tuple[OpenReason, ...]
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class ControlGroup:
    title: str
    controls: tuple[ControlView, ...]


@dataclass(frozen=True, slots=True)
class OutcomeCount:
    outcome: str
    label: str
    controls: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class FrameworkView:
    anchor: str
    id: str
    title: str
    edition: str
    url: str
    note: str
    controls: int
    outcomes: tuple[OutcomeCount, ...]
    groups: tuple[ControlGroup, ...]


def framework_views(index: Index) -> tuple[FrameworkView, ...]:
    by_practice: dict[str, list[Json]] = {}
    for finding in index.document["findings"]:
        by_practice.setdefault(finding["practice"], []).append(finding)
    return tuple(_framework(index, f, by_practice) for f in index.document["frameworks"])


def _framework(index: Index, framework: Json, by_practice: dict[str, list[Json]]) -> FrameworkView:
    controls = [_control(index, framework["id"], c, by_practice) for c in framework["controls"]]
    groups: dict[str, list[ControlView]] = {}
    for control in controls:
        groups.setdefault(group_of(control.id), []).append(control)
    prefix = GROUP_PREFIX.get(framework["id"], "")
    return FrameworkView(
        anchor=anchor("framework", framework["id"]),
        id=framework["id"],
        title=framework["title"],
        edition=framework["edition"],
        url=https(framework["url"]),
        note=framework["note"],
        controls=len(controls),
        outcomes=tuple(
            OutcomeCount(o.value, o.label, tuple(Link(c.id, c.anchor, c.label) for c in controls if c.outcome == o))
            for o in OUTCOMES
        ),
        groups=tuple(ControlGroup(f"{prefix}{name}", tuple(found)) for name, found in groups.items()),
    )


def group_of(control_id: str) -> str:
    """``CC6.1`` -> ``CC6``, ``1.2.5`` -> ``1``, ``164.312(a)(1)`` -> ``164.312``."""
    section = re.match(r"\d{3}\.\d+", control_id)
    return section.group() if section else control_id.partition(".")[0]


def _control(index: Index, framework_id: str, control: Json, by_practice: dict[str, list[Json]]) -> ControlView:
    evidence = tuple(_evidence(index, e) for e in control["evidence"])
    telling = [e["practice"] for e in control["evidence"] if e["strength"] != "contextual"]
    findings = [f for practice in telling for f in by_practice.get(practice, [])]
    failing = [f for f in findings if f["status"] == "fail"]
    outcome = Outcome(control["outcome"])
    return ControlView(
        anchor=anchor(framework_id, control["id"]),
        id=control["id"],
        label=control["label"],
        evidence_class=control["evidence_class"],
        class_meaning=CLASSES[control["evidence_class"]],
        designation=control["designation"],
        attach=control["attach"],
        outcome=outcome.value,
        outcome_label=outcome.label,
        counts=counts_of(findings),
        evidence=evidence,
        untested=tuple(index.practice_link(p) for p in control["untested_practices"]),
        failing=tuple(
            Link(subject(f), anchor("f", f["fingerprint"]), f"{f['check']}, {index.place(f['scope'])}")
            for f in failing[:NAMED_FAILURES]
        ),
        failing_unnamed=max(0, len(failing) - NAMED_FAILURES),
        open=_open_reasons(findings),
        operations=index.operations(call for f in findings for call in f["calls"]),
    )


def _evidence(index: Index, evidence: Json) -> EvidenceRow:
    return EvidenceRow(
        practice=index.practice_link(evidence["practice"]),
        level=level_text(index.practices[evidence["practice"]]["level"]),
        strength=evidence["strength"],
        reason=evidence["reason"],
        counts=read_counts(evidence),
        checks=tuple(
            CheckResult(index.check_link(c), counts_of(index.findings_by_check[c])) for c in evidence["checks"]
        ),
    )


def _open_reasons(findings: list[Json]) -> tuple[OpenReason, ...]:
    questions: Counter[str] = Counter()
    permissions: dict[str, set[str]] = {}
    for finding in findings:
        if (why := finding["unknown"]) is not None:
            questions[why["reason"]] += 1
            permissions.setdefault(why["reason"], set()).update(why["permissions"])
    return tuple(
        OpenReason(Reason(reason).label, number, tuple(sorted(permissions[reason])))
        for reason, number in questions.most_common()
    )
