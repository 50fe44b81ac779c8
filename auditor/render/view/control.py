"""What one control of a framework rests on, so that it can be handed over by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from auditor.controls import Outcome
from auditor.render.view.common import (
    Counts,
    Index,
    Json,
    Link,
    Operation,
    Where,
    count_text,
    counts_of,
    level_text,
)
from auditor.render.view.decisions import AttestationRow, attestation_rows
from auditor.render.view.kinds import meanings, title_of
from auditor.render.view.population import Place, Population, Populations
from auditor.render.view.tested import FailedTest, Findings, OpenReason, Period, PracticeFindings, period

NAMED_ACCOUNTS = 8
"""Accounts that a control names with their identity and locations."""
CLASSES = {
    "direct": "cloud APIs show the technical part",
    "partial": "cloud APIs show a part; a person adds the rest",
    "manual": "only a person can provide evidence",
    "inherited": "the provider's own assurance report covers it",
}
ALWAYS = "That the scope is right, and that the control worked over the whole period: nothing here shows either."
ADDRESSABLE = "If it is not done as written: why that is reasonable, and the equivalent measure, in writing."


@dataclass(frozen=True, slots=True)
class TestRow:
    """One check, and how the resources came out of it."""

    check: Link
    kind: str
    facts: tuple[tuple[str, str], ...]
    """What is read for it: the facts and their meanings."""
    counts: Counts


@dataclass(frozen=True, slots=True)
class TestGroup:
    """The tests of one practice, and why they bear on the control."""

    practice: Link
    level: str
    strength: str
    reason: str
    tests: tuple[TestRow, ...]


@dataclass(frozen=True, slots=True)
class ScopeRow:
    title: str
    id: str
    identity: str
    locations: str


@dataclass(frozen=True, slots=True)
class Article:
    """The pages of one control."""

    because: str
    """Why it came out as it did."""
    counts: Counts
    tests: tuple[TestGroup, ...]
    background: tuple[TestGroup, ...]
    """Contextual: without bearing on the status."""
    scope: tuple[ScopeRow, ...]
    scope_more: int
    population: Population
    exceptions: tuple[FailedTest, ...]
    number_of_exceptions: int
    unnamed: int
    """Exceptions that are not named here."""
    accepted: int
    open: tuple[OpenReason, ...]
    untested: tuple[Link, ...]
    attestations: tuple[AttestationRow, ...]
    add: tuple[str, ...]
    """What a person must add."""
    period: Period
    operations: tuple[Operation, ...]


class Articles:
    """Makes the articles of a document; what controls have in common is found once."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.findings = Findings(index)
        self.populations = Populations(index)
        self.attested: Sequence[Json] = index.document.get("attestations", ())

    def telling(self, control: Json) -> list[str]:
        """Practices whose findings bear on the status."""
        return [e["practice"] for e in control["evidence"] if e["strength"] != "contextual"]

    def failing(self, control: Json) -> int:
        found = self.findings.by_practice
        return sum(len(found[p].failing) for p in self.telling(control) if p in found)

    def attestations(self, framework_id: str, control: Json) -> list[Json]:
        mapped = {*(e["practice"] for e in control["evidence"]), *control["untested_practices"]}
        return [
            a
            for a in self.attested
            if (a["framework"], a["control"]) == (framework_id, control["id"])
            or (not a["framework"] and a["practice"] in mapped)
        ]

    def has(self, framework_id: str, control: Json) -> bool:
        """There is something of ours to say about it."""
        return bool(
            control["evidence"]
            or control["untested_practices"]
            or control["outcome"] != Outcome.MANUAL
            or self.attestations(framework_id, control)
        )

    def article(self, framework_id: str, control: Json, most: int) -> Article:
        """``most`` exceptions are named."""
        index, by_practice = self.index, self.findings.by_practice
        practices = [by_practice[p] for p in self.telling(control) if p in by_practice]
        failing = [f for p in practices for f in p.failing]
        accounts = {where for p in practices for where in p.accounts}
        judged = _judged(practices)
        unread = frozenset[Place]().union(*(p.unread for p in practices)) - judged.keys()
        population = self.populations.of(judged, unread)
        calls = population.calls.union(*(p.calls for p in practices))
        named = self.findings.exceptions(failing, most)
        shown = [w for w in self._scoped if w in accounts]
        counts = _sum(p.counts for p in practices)
        return Article(
            because=_because(control, counts),
            counts=counts,
            tests=tuple(self._group(e) for e in control["evidence"] if e["strength"] != "contextual"),
            background=tuple(self._group(e) for e in control["evidence"] if e["strength"] == "contextual"),
            scope=tuple(self._scope(where) for where in shown[:NAMED_ACCOUNTS]),
            scope_more=max(0, len(shown) - NAMED_ACCOUNTS),
            population=population,
            exceptions=named,
            number_of_exceptions=len(failing),
            unnamed=len(failing) - sum(len(g.rows) for g in named),
            accepted=sum(f["exemption"] is not None for f in failing),
            open=self.findings.open_reasons(f for p in practices for f in p.open),
            untested=tuple(index.practice_link(p) for p in control["untested_practices"]),
            attestations=attestation_rows(index, self.attestations(framework_id, control)),
            add=_add(control),
            period=period(index, calls),
            operations=index.operations(calls),
        )

    @cached_property
    def _scoped(self) -> dict[Where, Json]:
        return {(s["provider"], s["account"]): s for s in self.index.document["scopes"]}

    def _scope(self, where: Where) -> ScopeRow:
        scope, places = self._scoped[where], self._scoped[where]["locations"]
        return ScopeRow(
            self.index.account(*where),
            scope["account"],
            self.index.identities.get(where, "not recorded"),
            ", ".join(places) if len(places) <= NAMED_ACCOUNTS else count_text(len(places), "location"),
        )

    def _group(self, evidence: Json) -> TestGroup:
        index, practice = self.index, evidence["practice"]
        findings = self.findings.by_practice[practice].checks if practice in self.findings.by_practice else {}
        return TestGroup(
            practice=index.practice_link(practice),
            level=level_text(index.practices[practice]["level"]),
            strength=evidence["strength"],
            reason=evidence["reason"],
            tests=tuple(
                TestRow(
                    index.check_link(check),
                    title_of(index.checks[check]["kind"]),
                    self._facts(check),
                    counts_of(findings.get(check, ())),
                )
                for check in evidence["checks"]
            ),
        )

    def _facts(self, check: str) -> tuple[tuple[str, str], ...]:
        its = self.index.checks[check]
        known = meanings(its["kind"])
        return tuple((fact, known.get(fact, "").rstrip(".")) for fact in its["needs"])


def _because(control: Json, counts: Counts) -> str:
    """The rule of :mod:`auditor.controls` that gave this outcome, for the reader of one control."""
    outcome, telling = control["outcome"], [e for e in control["evidence"] if e["strength"] != "contextual"]
    if outcome == Outcome.EXCEPTIONS_FOUND:
        return "At least one test that bears on it failed."
    if outcome == Outcome.NO_EXCEPTIONS:
        return "Every test that bears on it passed or was inherited, and direct evidence is among them."
    if outcome == Outcome.NOT_ASSESSED and counts.not_assessed:
        return "No test failed, and something that was needed could not be read."
    if not telling:
        return "Nothing was tested for it here."
    if control["evidence_class"] in ("manual", "inherited"):
        return "No test failed; by its class the status is not decided by tests."
    if any(e["strength"] == "direct" for e in telling):
        return "No test failed, and no direct evidence applied to anything that was read."
    return "No test failed, but all of the evidence is supporting, which never shows alone that there is no exception."


def _judged(practices: Iterable[PracticeFindings]) -> Mapping[Place, set[str]]:
    judged: dict[Place, set[str]] = {}
    for practice in practices:
        for place, resource in practice.judged:
            found = judged.setdefault(place, set())
            if resource:
                found.add(resource)
    return judged


def _sum(counts: Iterable[Counts]) -> Counts:
    numbers = [(c.passed, c.failed, c.not_assessed, c.not_applicable, c.inherited) for c in counts]
    return Counts(*map(sum, zip(*numbers, strict=True))) if numbers else Counts(0, 0, 0, 0, 0)


def _add(control: Json) -> tuple[str, ...]:
    parts = [control["attach"]] if control["attach"] else []
    if control["designation"] == "addressable":
        parts.append(ADDRESSABLE)
    if control["evidence_class"] in ("direct", "partial"):
        parts.append(ALWAYS)
    return tuple(parts)


def share(numbers: Iterable[int], most: int, budget: int) -> int:
    """The highest cap up to ``most`` under which the numbers together stay within the budget; never below one."""
    found = list(numbers)
    low, high = 1, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if sum(min(n, middle) for n in found) <= budget else (low, middle - 1)
    return low
