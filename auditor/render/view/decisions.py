"""What people decided and stated beside what was measured: accepted risks and attestations, expired ones included."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from auditor.render.view.common import Index, Json, Link, count_text, provider_label

STATES = {
    "active": "in force",
    "expired": "expired, counts as absent",
    "not_yet": "not yet in force, counts as absent",
    "unused": "in force, matches no failure",
}


@dataclass(frozen=True, slots=True)
class Attached:
    name: str
    digest: str
    size: str


@dataclass(frozen=True, slots=True)
class AttestationRow:
    about: str
    practice: Link | None
    where: str
    owner: str
    statement: str
    stated: str
    expires: str
    state: str
    label: str
    attached: tuple[Attached, ...]
    source: str


@dataclass(frozen=True, slots=True)
class ExemptionRow:
    check: str
    title: str
    where: str
    owner: str
    approver: str
    reason: str
    expires: str
    state: str
    label: str
    failures: int
    source: str


@dataclass(frozen=True, slots=True)
class DecisionsView:
    exemptions: tuple[ExemptionRow, ...]
    attestations: tuple[AttestationRow, ...]


def decisions_view(index: Index) -> DecisionsView:
    document = index.document
    return DecisionsView(
        tuple(_exemption(index, row) for row in document.get("exemptions", ())),
        attestation_rows(index, document.get("attestations", ())),
    )


def attestation_rows(index: Index, rows: Iterable[Json]) -> tuple[AttestationRow, ...]:
    return tuple(_attestation(index, row) for row in rows)


def _attestation(index: Index, row: Json) -> AttestationRow:
    practice = row["practice"]
    titles = {f["id"]: f["title"] for f in index.document["frameworks"]}
    named = titles.get(row["framework"], row["framework"])
    about = f"{named} {row['control']}" if row["framework"] else f"practice {practice}"
    if not row["framework"] and practice in index.practices:
        about = f"{about}, {index.practices[practice]['title']}"
    return AttestationRow(
        about=about,
        practice=index.practice_link(practice) if practice in index.practices else None,
        where=where_text(index, row),
        owner=row["owner"],
        statement=row["statement"],
        stated=row["stated"],
        expires=row["expires"],
        state=row["state"],
        label=STATES[row["state"]],
        attached=tuple(Attached(a["name"], a["sha256"], count_text(a["size"], "byte")) for a in row["attachments"]),
        source=row["source"],
    )


def _exemption(index: Index, row: Json) -> ExemptionRow:
    check = row["check"]
    return ExemptionRow(
        check=check,
        title=index.checks[check]["title"] if check in index.checks else "",
        where=where_text(index, row),
        owner=row["owner"],
        approver=row["approver"],
        reason=row["reason"],
        expires=row["expires"],
        state=row["state"],
        label=STATES[row["state"]],
        failures=len(row["fingerprints"]),
        source=row["source"],
    )


def where_text(index: Index, row: Json) -> str:
    """The scope of a decision in words."""
    parts = []
    if row["account"] and row["provider"]:
        parts.append(index.account(row["provider"], row["account"]))
    elif row["account"] or row["provider"]:
        parts.append(row["account"] or provider_label(row["provider"]))
    parts += [row[name] for name in ("location", "resource") if row.get(name)]
    return ", ".join(parts) or "everything that was read"
