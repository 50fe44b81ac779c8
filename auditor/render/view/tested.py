"""The findings of each practice, gone through once for all the controls that they bear on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from auditor.model.facts import Reason
from auditor.render.view.common import CallRange, Counts, Index, Json, Link, counts_of, shorten, utc
from auditor.render.view.findings import SETTLED_BY, accepted_text, subject
from auditor.render.view.population import Place

NAMED = 8
"""Resources of an open question that are named."""


@dataclass(frozen=True, slots=True)
class PracticeFindings:
    checks: Mapping[str, list[Json]]
    counts: Counts
    failing: tuple[Json, ...]
    open: tuple[Json, ...]
    calls: frozenset[str]
    judged: tuple[tuple[Place, str], ...]
    """Every place in which a population was asked for, with the resource; empty where none was named."""
    unread: frozenset[Place]
    """Places in which this version cannot ask."""
    accounts: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ExceptionRow:
    anchor: str
    name: str
    id: str
    place: str
    message: str
    accepted: str
    ranges: tuple[CallRange, ...]


@dataclass(frozen=True, slots=True)
class FailedTest:
    """The exceptions to one test."""

    check: Link
    severity: str
    number: int
    rows: tuple[ExceptionRow, ...]


@dataclass(frozen=True, slots=True)
class OpenReason:
    text: str
    settled_by: str
    questions: int
    permissions: tuple[str, ...]
    checks: tuple[Link, ...]
    named: tuple[str, ...]
    unnamed: int


class Findings:
    """Of one document, by practice."""

    def __init__(self, index: Index) -> None:
        self.index = index
        found: dict[str, list[Json]] = {}
        for finding in index.document["findings"]:
            found.setdefault(finding["practice"], []).append(finding)
        self.by_practice = {practice: self._gone_through(rows) for practice, rows in found.items()}

    def _gone_through(self, findings: list[Json]) -> PracticeFindings:
        checks: dict[str, list[Json]] = {}
        judged, unread, accounts = [], set(), set()
        for finding in findings:
            checks.setdefault(finding["check"], []).append(finding)
            scope, check = finding["scope"], self.index.checks[finding["check"]]
            where = (scope["provider"], scope["account"])
            accounts.add(where)
            place, coverage = (check["kind"], *where), check["providers"][scope["provider"]]["coverage"]
            if coverage == "supported":
                resource = finding["resource"]
                judged.append((place, resource["id"] if resource else ""))
            elif coverage == "not_built":
                unread.add(place)
        return PracticeFindings(
            checks=checks,
            counts=counts_of(findings),
            failing=tuple(f for f in findings if f["status"] == "fail"),
            open=tuple(f for f in findings if f["unknown"] is not None),
            calls=frozenset(call for f in findings for call in f["calls"]),
            judged=tuple(judged),
            unread=frozenset(unread),
            accounts=frozenset(accounts),
        )

    def exceptions(self, failing: Iterable[Json], most: int) -> tuple[FailedTest, ...]:
        """By test, the most severe first; ``most`` of them are named."""
        groups: dict[str, list[Json]] = {}
        for finding in sorted(failing, key=lambda f: (SEVERITY[f["severity"]], f["check"])):
            groups.setdefault(finding["check"], []).append(finding)
        rows, left = [], most
        for check, found in groups.items():
            named = tuple(self._exception(f) for f in found[:left])
            left -= len(named)
            rows.append(FailedTest(self.index.check_link(check), found[0]["severity"], len(found), named))
        return tuple(rows)

    def _exception(self, finding: Json) -> ExceptionRow:
        resource, index = finding["resource"], self.index
        return ExceptionRow(
            anchor=f"f-{finding['fingerprint']}",
            name=subject(finding),
            id=resource["id"] if resource and resource["id"] != resource["name"] else "",
            place=index.place(finding["scope"]),
            message=finding["message"],
            accepted=accepted_text(finding),
            ranges=index.ranges(finding["calls"]),
        )

    def open_reasons(self, findings: Iterable[Json]) -> tuple[OpenReason, ...]:
        """By reason and by what would settle it, most questions first."""
        groups: dict[tuple[str, tuple[str, ...]], list[Json]] = {}
        for finding in findings:
            why = finding["unknown"]
            groups.setdefault((why["reason"], tuple(sorted(why["permissions"]))), []).append(finding)
        ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
        return tuple(self._open(Reason(reason), wanted, found) for (reason, wanted), found in ordered)

    def _open(self, reason: Reason, wanted: tuple[str, ...], found: list[Json]) -> OpenReason:
        subjects = Counter(f"{subject(f)} ({self.index.place(f['scope'])})" for f in found)
        named = [f"{name}, {n} questions" if n > 1 else name for name, n in subjects.most_common(NAMED)]
        return OpenReason(
            text=reason.label,
            settled_by=SETTLED_BY[reason],
            questions=len(found),
            permissions=wanted,
            checks=tuple(self.index.check_link(c) for c in sorted({f["check"] for f in found})),
            named=tuple(map(shorten, named)),
            unnamed=max(0, len(subjects) - NAMED),
        )


SEVERITY = {"critical": 0, "high": 1, "medium": 2, "low": 3}


@dataclass(frozen=True, slots=True)
class Period:
    """When calls were made; empty where none has a time."""

    calls: int
    first: str
    last: str
    synthetic: int


def period(index: Index, calls: Set[str]) -> Period:
    found = [index.calls[c] for c in calls if c in index.calls]
    times = [c["started_at"] for c in found if c["started_at"]]
    return Period(
        calls=len(found),
        first=utc(min(times)) if times else "",
        last=utc(max(times)) if times else "",
        synthetic=sum(c["synthetic"] for c in found),
    )
