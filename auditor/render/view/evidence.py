"""The call log, and what a reader must know before trusting a number."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from auditor.render.view.common import Index, Json, answered, count_text, provider_label, shorten, utc

CLOCK_APART = 60
"""Seconds between our clock and a provider's from which a reader is told."""


@dataclass(frozen=True, slots=True)
class CallRow:
    number: int
    time: str
    duration: str
    where: str
    operation: str
    params: str
    answer: str
    attempts: int
    request_id: str
    digest: str
    synthetic: bool


@dataclass(frozen=True, slots=True)
class EvidenceView:
    total: int
    cited: int
    """Calls that something in the report rests on."""
    synthetic: int
    rows: tuple[CallRow, ...]

    @property
    def omitted(self) -> int:
        return self.total - len(self.rows)


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a reader must know before trusting a number."""

    kind: str
    title: str
    text: str
    anchor: str = ""
    """Where there is more about it."""


def evidence_view(index: Index) -> EvidenceView:
    calls: list[Json] = index.document["calls"]
    return EvidenceView(
        len(calls),
        len(index.rests_on & index.calls.keys()),
        sum(c["synthetic"] for c in calls),
        tuple(_call(index, c) for c in index.printed),
    )


def _call(index: Index, call: Json) -> CallRow:
    return CallRow(
        number=call["number"],
        time=utc(call["started_at"], "milliseconds") if call["started_at"] else "not recorded",
        duration=f"{call['duration_ms']} ms",
        where=f"{index.account(call['provider'], call['account'])}, {call['location']}",
        operation=f"{call['service']}:{call['operation']}",
        params=shorten(json.dumps(call["params"], ensure_ascii=False, default=str)) if call["params"] else "",
        answer=answered(call),
        attempts=call["attempts"],
        request_id=call["request_id"] or "none",
        digest=call["digest"] or "no body",
        synthetic=call["synthetic"],
    )


def notices(document: Mapping[str, Any]) -> tuple[Notice, ...]:
    """Whatever limits what this report shows, worst first."""
    return (*_of_the_run(document), *_of_populations(document), *_of_decisions(document))


def _of_the_run(document: Mapping[str, Any]) -> list[Notice]:
    found = [
        Notice("bad", f"{provider_label(f['provider'])} was not read", f"{f['message']} {f['hint']}".strip())
        for f in document["failures"]
    ]
    found += [Notice("bad", "Defect in this tool; nothing was concluded from it", d) for d in document["defects"]]
    if document["interrupted"]:
        found.append(
            Notice("bad", "The run was interrupted", "What had not been read by then is listed as not assessed.")
        )
    if document["selection"]:
        chosen = "; ".join(f"{name}: {', '.join(map(str, v))}" for name, v in document["selection"].items() if v)
        found.append(
            Notice("warn", "The run was filtered", f"Only part of the checks ran ({chosen}), so no level is given.")
        )
    if document["synthetic"]:
        number, total = sum(call["synthetic"] for call in document["calls"]), len(document["calls"])
        were = "was" if number == 1 else "were"
        found.append(
            Notice(
                "warn",
                "Synthetic answers",
                f"{number:,} of {count_text(total, 'call')} {were} answered by fixtures of this tool, not by a "
                "provider: what rests on them says nothing about a real account.",
                "calls",
            )
        )
    for clock in document.get("run", {}).get("clocks", ()):
        if abs(clock["seconds"]) >= CLOCK_APART:
            text = f"The clock of {provider_label(clock['provider'])} was {clock['seconds']:+,} seconds from ours."
            found.append(Notice("warn", "Clocks differ", text, "who"))
    if document["replayed"]:
        found.append(
            Notice(
                "note",
                "Replayed from a recording",
                f"No provider was asked. The answers are those of {utc(document['as_of'])}; request ids are theirs.",
            )
        )
    return found


def _of_populations(document: Mapping[str, Any]) -> list[Notice]:
    differing = sum(row["state"] == "differs" for row in document.get("reconciliation", ()))
    if not differing:
        return []
    text = f"{count_text(differing, 'list')} and the count of a second source do not agree."
    return [Notice("warn", "Populations differ", text, "second-source")]


def _of_decisions(document: Mapping[str, Any]) -> list[Notice]:
    found = []
    for rows, title, one in (
        ("exemptions", "Expired exemptions", "accepted risk"),
        ("attestations", "Expired attestations", "attestation"),
    ):
        states = Counter(row["state"] for row in document.get(rows, ()))
        if states["expired"]:
            verb = "has expired and counts" if states["expired"] == 1 else "have expired and count"
            text = f"{count_text(states['expired'], one)} {verb} as absent."
            found.append(Notice("warn", title, text, "decisions"))
    return found
