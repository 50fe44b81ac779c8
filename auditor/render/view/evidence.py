"""The call log, and where the numbers come from: who read what, when, with which tool."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from auditor.render.view.common import Index, Json, answered, count_text, provider_label, shorten, utc

ALL_CALLS = 2000
"""Up to this many calls, all are printed; above it, only those that something in the report rests on."""


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


def evidence_view(index: Index) -> EvidenceView:
    document = index.document
    calls: list[Json] = document["calls"]
    rests_on = {c["id"] for c in calls if c["cited"]}
    for row in (*document["listings"], *document["gaps"]):
        rests_on.update(row["calls"])
    shown = calls if len(calls) <= ALL_CALLS else [c for c in calls if c["id"] in rests_on]
    return EvidenceView(len(calls), sum(c["id"] in rests_on for c in calls), tuple(_call(index, c) for c in shown))


def _call(index: Index, call: Json) -> CallRow:
    return CallRow(
        number=call["number"],
        time=call["started_at"] or "not recorded",
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
        number = sum(call["synthetic"] for call in document["calls"])
        found.append(
            Notice(
                "warn",
                "Synthetic answers",
                f"{count_text(number, 'call was', 'calls were')} answered by fixtures of this tool, not by a provider. "
                "What rests on them says nothing about a real account. The call log marks them.",
            )
        )
    if document["replayed"]:
        found.append(
            Notice(
                "note",
                "Replayed from a recording",
                f"No provider was asked. The answers are those of {utc(document['as_of'])}; request ids are theirs.",
            )
        )
    return tuple(found)
