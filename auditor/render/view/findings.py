"""Findings by check, what was not assessed and why, what the provider guarantees."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from auditor.model.facts import Reason
from auditor.render.view.common import (
    SEVERITIES,
    CallRange,
    Counts,
    Index,
    Json,
    Link,
    Operation,
    anchor,
    counts_of,
    https,
    level_text,
    native_text,
    provider_label,
    value_text,
)

FULL_FAILURES = 100
"""Failures of one check that are printed with their facts; the others get one line each."""
LISTED = 3000
"""Passes, or open questions, of one check that are named."""

NAMED_OPEN = 40
"""Resources of which one thing is not known that are named."""

SETTLED_BY = {
    Reason.NOT_COLLECTED: "Run again without interruption and without filters.",
    Reason.NOT_BUILT: "A person must answer it, with other evidence.",
    Reason.DENIED: "Grant the permission to the identity that reads, and run again.",
    Reason.DISABLED: "Enable the API for reading, or have a person confirm that the service is not used.",
    Reason.THROTTLED: "Run again at a quieter time.",
    Reason.UNREACHABLE: "Check the network between this tool and the endpoint, and run again.",
    Reason.MALFORMED: "Run again; if it stays, report it with the recorded call.",
    Reason.ABSENT: "The provider did not return it: look at the setting by hand.",
    Reason.VANISHED: "Run again; the resource was deleted while it was read.",
    Reason.UNRECOGNISED: "Update this tool; the provider has a value it does not know.",
    Reason.OUT_OF_SCOPE: "Add the account or location to the scope, and run again.",
    Reason.DEFECT: "Report the defect; nothing was concluded from it.",
}


@dataclass(frozen=True, slots=True)
class FactRow:
    name: str
    known: bool
    value: str
    native: str


@dataclass(frozen=True, slots=True)
class FindingRow:
    anchor: str
    name: str
    id: str
    native_type: str
    place: str
    message: str
    facts: tuple[FactRow, ...]
    ranges: tuple[CallRange, ...]
    exemption: str
    severity: str
    access: str
    """Where it is drawn who can reach the resource."""


@dataclass(frozen=True, slots=True)
class NamedGroup:
    """Resources of one place, by name."""

    place: str
    rows: tuple[tuple[str, tuple[CallRange, ...]], ...]


@dataclass(frozen=True, slots=True)
class ProviderNote:
    provider: str
    coverage: str
    text: str
    url: str
    limits: str
    same_as: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CheckView:
    anchor: str
    id: str
    title: str
    why: str
    severity: str
    kind: str
    practice: Link
    level: str
    needs: tuple[str, ...]
    bundled: bool
    digest: str
    counts: Counts
    failures: tuple[FindingRow, ...]
    more_failures: tuple[FindingRow, ...]
    open: tuple[FindingRow, ...]
    open_unnamed: int
    passes: tuple[NamedGroup, ...]
    passes_unnamed: int
    not_applicable: tuple[FindingRow, ...]
    inherited: tuple[FindingRow, ...]
    operations: tuple[Operation, ...]
    providers: tuple[ProviderNote, ...]


@dataclass(frozen=True, slots=True)
class OpenDetail:
    """What was not known, and of which resources."""

    text: str
    questions: int
    checks: tuple[Link, ...]
    subjects: tuple[str, ...]
    unnamed: int
    ranges: tuple[CallRange, ...]


@dataclass(frozen=True, slots=True)
class OpenGroup:
    """Questions that stayed open for one reason, and that the same permissions would settle."""

    label: str
    permissions: tuple[str, ...]
    settled_by: str
    questions: int
    accounts: tuple[str, ...]
    details: tuple[OpenDetail, ...]


@dataclass(frozen=True, slots=True)
class InheritedRow:
    check: Link
    practice: Link
    provider: str
    statement: str
    limits: str
    url: str
    accounts: tuple[str, ...]


def check_views(index: Index) -> tuple[CheckView, ...]:
    """Checks with failures first, by severity; then those with open questions."""
    views = [_check(index, check, index.findings_by_check[check_id]) for check_id, check in index.checks.items()]
    return tuple(
        sorted(
            views,
            key=lambda v: (not v.counts.failed, not v.counts.not_assessed, SEVERITIES.index(v.severity), v.id),
        )
    )


def open_groups(index: Index) -> tuple[OpenGroup, ...]:
    """Most questions first."""
    groups: dict[tuple[str, tuple[str, ...]], list[Json]] = {}
    for finding in index.document["findings"]:
        if (why := finding["unknown"]) is not None:
            groups.setdefault((why["reason"], tuple(sorted(why["permissions"]))), []).append(finding)
    ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(_open(index, Reason(reason), wanted, found) for (reason, wanted), found in ordered)


def inherited_rows(index: Index) -> tuple[InheritedRow, ...]:
    groups: dict[tuple[str, str], set[str]] = {}
    for finding in index.document["findings"]:
        if finding["inherited"]:
            scope = finding["scope"]
            accounts = groups.setdefault((finding["check"], scope["provider"]), set())
            accounts.add(index.account(scope["provider"], scope["account"]))
    rows = []
    for (check_id, provider), accounts in sorted(groups.items()):
        check = index.checks[check_id]
        coverage = check["providers"][provider]
        rows.append(
            InheritedRow(
                check=index.check_link(check_id),
                practice=index.practice_link(check["practice"]),
                provider=provider_label(provider),
                statement=coverage["text"],
                limits=coverage.get("limits", ""),
                url=https(coverage["url"]),
                accounts=tuple(sorted(accounts)),
            )
        )
    return tuple(rows)


def subject(finding: Json) -> str:
    return finding["resource"]["name"] if finding["resource"] else "the account"


def accepted_text(finding: Json) -> str:
    """Who accepted the risk of a failure, until when and why; empty if nobody did."""
    exemption = finding["exemption"]
    if exemption is None:
        return ""
    approver = exemption.get("approver", "")
    by = f"{exemption['owner']}, approved by {approver}," if approver else exemption["owner"]
    return f"Risk accepted by {by} until {exemption['expires']}: {exemption['reason']}"


def _check(index: Index, check: Json, findings: Sequence[Json]) -> CheckView:
    by: dict[str, list[Json]] = {s: [] for s in ("pass", "fail", "not_assessed", "not_applicable", "inherited")}
    for finding in findings:
        by["inherited" if finding["inherited"] else finding["status"]].append(finding)
    practice = index.practices[check["practice"]]
    return CheckView(
        anchor=anchor("check", check["id"]),
        id=check["id"],
        title=check["title"],
        why=check["why"],
        severity=check["severity"],
        kind=check["kind"],
        practice=index.practice_link(check["practice"]),
        level=level_text(practice["level"]),
        needs=tuple(check["needs"]),
        bundled=check["bundled"],
        digest=check["digest"],
        counts=counts_of(findings),
        failures=tuple(_row(index, f) for f in by["fail"][:FULL_FAILURES]),
        more_failures=tuple(_row(index, f, facts=False) for f in by["fail"][FULL_FAILURES:]),
        open=tuple(_row(index, f, facts=False) for f in by["not_assessed"][:LISTED]),
        open_unnamed=max(0, len(by["not_assessed"]) - LISTED),
        passes=_named(index, by["pass"][:LISTED]),
        passes_unnamed=max(0, len(by["pass"]) - LISTED),
        not_applicable=tuple(_row(index, f, facts=False) for f in by["not_applicable"][:LISTED]),
        inherited=tuple(_row(index, f, facts=False) for f in by["inherited"]),
        operations=index.operations(call for f in findings for call in f["calls"]),
        providers=tuple(
            ProviderNote(
                provider_label(provider),
                coverage["coverage"].replace("_", " "),
                coverage["text"],
                https(coverage["url"]),
                coverage.get("limits", ""),
                tuple(coverage.get("same_as", ())),
            )
            for provider, coverage in check["providers"].items()
        ),
    )


def _named(index: Index, findings: Iterable[Json]) -> tuple[NamedGroup, ...]:
    groups: dict[str, list[tuple[str, tuple[CallRange, ...]]]] = {}
    for finding in findings:
        row = (subject(finding), index.ranges(finding["calls"]))
        groups.setdefault(index.place(finding["scope"]), []).append(row)
    return tuple(NamedGroup(place, tuple(rows)) for place, rows in sorted(groups.items()))


def _row(index: Index, finding: Json, *, facts: bool = True) -> FindingRow:
    resource = finding["resource"]
    return FindingRow(
        anchor=anchor("f", finding["fingerprint"]),
        name=subject(finding),
        id=resource["id"] if resource else "",
        native_type=resource["native_type"] if resource else "",
        place=index.place(finding["scope"]),
        message=finding["message"],
        facts=tuple(fact_row(name, fact) for name, fact in finding["facts"].items()) if facts else (),
        ranges=index.ranges(finding["calls"]),
        exemption=accepted_text(finding),
        severity=finding["severity"],
        access=index.drawn(finding["scope"], resource["id"]) if resource else "",
    )


def fact_row(name: str, fact: Json) -> FactRow:
    if "unknown" not in fact:
        return FactRow(name, True, value_text(fact["value"]), native_text(fact["native"] or {}))
    label = Reason(fact["unknown"]).label
    return FactRow(name, False, f"{label} ({fact['detail']})" if fact["detail"] else label, "")


def _open(index: Index, reason: Reason, wanted: tuple[str, ...], found: Sequence[Json]) -> OpenGroup:
    details: dict[str, list[Json]] = {}
    for finding in found:
        details.setdefault(finding["unknown"]["detail"], []).append(finding)
    ordered = sorted(details.items(), key=lambda item: (-len(item[1]), item[0]))
    return OpenGroup(
        label=reason.label,
        permissions=wanted,
        settled_by=SETTLED_BY[reason],
        questions=len(found),
        accounts=tuple(sorted({index.account(f["scope"]["provider"], f["scope"]["account"]) for f in found})),
        details=tuple(_detail(index, text, its) for text, its in ordered),
    )


def _detail(index: Index, text: str, found: Sequence[Json]) -> OpenDetail:
    subjects = sorted({f"{subject(f)} ({index.place(f['scope'])})" for f in found})
    return OpenDetail(
        text=text,
        questions=len(found),
        checks=tuple(index.check_link(c) for c in sorted({f["check"] for f in found})),
        subjects=tuple(subjects[:NAMED_OPEN]),
        unnamed=max(0, len(subjects) - NAMED_OPEN),
        ranges=index.ranges(call for f in found for call in f["calls"]),
    )
