"""What every part of the view needs: lookups into the document, anchors, labels, counts, ranges of calls."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from auditor.model.maturity import Level
from auditor.model.scope import Provider

Json = dict[str, Any]
Where = tuple[str, str]
"""Provider and account id."""
VALUE_LENGTH = 300
ALL_CALLS = 2000
"""Up to this many calls, all are printed; above it, only those that something in the report rests on."""
RANGES = 24
"""Runs of consecutive numbers that are printed of one operation."""
MOST_CALLS = 2500
"""Calls that are printed at most."""

STATUS_LABELS = {
    "pass": "pass",
    "fail": "fail",
    "not_assessed": "not assessed",
    "not_applicable": "not applicable",
    "inherited": "inherited",
}
SEVERITIES = ("critical", "high", "medium", "low")


@dataclass(frozen=True, slots=True)
class Counts:
    """How a population came out."""

    passed: int
    failed: int
    not_assessed: int
    not_applicable: int
    inherited: int

    @property
    def total(self) -> int:
        return self.passed + self.failed + self.not_assessed + self.not_applicable + self.inherited

    @property
    def parts(self) -> tuple[tuple[str, str, int], ...]:
        """(status, label, number) of each outcome that occurs, worst first."""
        numbers = {
            "fail": self.failed,
            "not_assessed": self.not_assessed,
            "pass": self.passed,
            "inherited": self.inherited,
            "not_applicable": self.not_applicable,
        }
        return tuple((status, STATUS_LABELS[status], number) for status, number in numbers.items() if number)


def counts_of(findings: Iterable[Json]) -> Counts:
    seen = Counter(outcome(finding) for finding in findings)
    return Counts(seen["pass"], seen["fail"], seen["not_assessed"], seen["not_applicable"], seen["inherited"])


def read_counts(tally: Mapping[str, Any]) -> Counts:
    return Counts(tally["pass"], tally["fail"], tally["not_assessed"], tally["not_applicable"], tally["inherited"])


def outcome(finding: Json) -> str:
    """The status, with what the provider guarantees told apart from what does not apply."""
    return "inherited" if finding["inherited"] else str(finding["status"])


@dataclass(frozen=True, slots=True)
class Link:
    text: str
    anchor: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class CallRange:
    """Calls with consecutive numbers."""

    first: int
    last: int
    printed: bool = True
    """The call log of this report has the first of them."""

    @property
    def anchor(self) -> str:
        return f"call-{self.first}"

    @property
    def text(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}–{self.last}"


@dataclass(frozen=True, slots=True)
class Operation:
    """The calls of one operation behind an answer."""

    provider: str
    service: str
    operation: str
    calls: int
    statuses: str
    """How often it was answered how, e.g. ``2 × 200``."""
    numbers: str
    """Of the calls; of very many the first."""


class Index:
    """Lookups into one document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.checks: dict[str, Json] = {c["id"]: c for c in document["checks"]}
        self.practices: dict[str, Json] = {p["id"]: p for p in document["practices"]}
        self.calls: dict[str, Json] = {c["id"]: c for c in document["calls"]}
        self.names: dict[Where, str] = {(s["provider"], s["account"]): s["name"] for s in document["scopes"]}
        self.identities: dict[Where, str] = {
            (p["provider"], p["account"]): p["identity"] for p in document.get("principals", ())
        }
        self.verified: dict[Where, int | None] = {
            (a["provider"], a["account"]): a["verified_level"]
            for a in document.get("score", {"accounts": ()})["accounts"]
        }
        """The verified level of each account that was scored."""
        self.drawings: Mapping[Where, str] = {}
        """Where it is drawn who can reach a resource, by AWS account and id."""

    @cached_property
    def findings_by_check(self) -> dict[str, list[Json]]:
        found: dict[str, list[Json]] = {check: [] for check in self.checks}
        for finding in self.document["findings"]:
            found[finding["check"]].append(finding)
        return found

    @cached_property
    def findings_by_print(self) -> dict[str, Json]:
        return {f["fingerprint"]: f for f in self.document["findings"]}

    def account(self, provider: str, account: str) -> str:
        """Short: the provider and the account's name; its id where it has none, both where two have the same."""
        name = self.names.get((provider, account), "")
        if name in self._shared_names:
            name = f"{name} ({account})"
        return f"{provider_label(provider)} {name or account}"

    @cached_property
    def _shared_names(self) -> frozenset[str]:
        return frozenset(name for name, number in Counter(self.names.values()).items() if name and number > 1)

    def place(self, scope: Json) -> str:
        return f"{self.account(scope['provider'], scope['account'])}, {scope['location']}"

    def drawn(self, scope: Json, resource: str) -> str:
        return self.drawings.get((scope["account"], resource), "") if scope["provider"] == Provider.AWS else ""

    @cached_property
    def rests_on(self) -> frozenset[str]:
        """The calls that a finding, a complete listing, a gap or a second count rests on."""
        document = self.document
        found = {c["id"] for c in document["calls"] if c["cited"]}
        for row in (*document["listings"], *document["gaps"], *document.get("reconciliation", ())):
            found.update(row["calls"])
        return frozenset(found)

    @cached_property
    def printed(self) -> tuple[Json, ...]:
        """The calls that the call log prints."""
        calls: list[Json] = self.document["calls"]
        if len(calls) > ALL_CALLS:
            calls = [c for c in calls if c["id"] in self.rests_on]
        return tuple(calls[:MOST_CALLS])

    @cached_property
    def _printed_numbers(self) -> frozenset[int]:
        return frozenset(c["number"] for c in self.printed)

    def ranges(self, calls: Iterable[str]) -> tuple[CallRange, ...]:
        return self._ranges(self.calls[call]["number"] for call in calls if call in self.calls)

    def _ranges(self, numbers: Iterable[int]) -> tuple[CallRange, ...]:
        shown = self._printed_numbers
        return tuple(r if r.first in shown else CallRange(r.first, r.last, False) for r in ranges(numbers))

    def operations(self, calls: Iterable[str]) -> tuple[Operation, ...]:
        """The calls grouped by what was asked, with how they were answered."""
        groups: dict[tuple[str, str, str], list[Json]] = {}
        for call_id in set(calls):
            if (call := self.calls.get(call_id)) is not None:
                groups.setdefault((call["provider"], call["service"], call["operation"]), []).append(call)
        return tuple(
            Operation(
                provider_label(provider),
                service,
                name,
                len(found),
                ", ".join(f"{n:,} × {answer}" for answer, n in sorted(Counter(map(answered, found)).items())),
                _numbers(ranges(call["number"] for call in found)),
            )
            for (provider, service, name), found in sorted(groups.items())
        )

    def practice_link(self, practice_id: str) -> Link:
        """To what the practice is; its findings are at ``practice-...`` of the explorer."""
        return Link(practice_id, anchor("model", practice_id), self.practices[practice_id]["title"])

    def check_link(self, check_id: str) -> Link:
        return Link(self.checks[check_id]["title"], anchor("check", check_id), check_id)


def _numbers(found: Sequence[CallRange]) -> str:
    more = f" and {len(found) - RANGES:,} more" if len(found) > RANGES else ""
    return f"({', '.join(r.text for r in found[:RANGES])}{more})"


def ranges(numbers: Iterable[int]) -> tuple[CallRange, ...]:
    found: list[CallRange] = []
    for number in sorted(set(numbers)):
        if found and found[-1].last == number - 1:
            found[-1] = CallRange(found[-1].first, number)
        else:
            found.append(CallRange(number, number))
    return tuple(found)


def answered(call: Json) -> str:
    """How a call was answered, in a few characters: the status, the error code, or that nothing came back."""
    status = "no response" if call["status"] is None else str(call["status"])
    return f"{status} {call['error']}" if call["error"] else status


def anchor(prefix: str, *parts: str) -> str:
    """An id for an element: letters, digits, dot, dash and underscore only, whatever the parts hold."""
    return "-".join(re.sub(r"[^A-Za-z0-9._]+", "-", part).strip("-") for part in (prefix, *parts))


def resource_anchor(provider: str, account: str, kind: str, resource_id: str) -> str:
    """Where one resource is shown: the same in every run, and without a character of its name."""
    identity = "\0".join((provider, account, kind, resource_id)).encode("utf-8", "backslashreplace")
    return f"r-{hashlib.sha256(identity).hexdigest()[:16]}"


def https(url: str) -> str:
    """The address if it is one a report may link to; otherwise nothing."""
    return url if re.fullmatch(r"https://[^\s<>\"']+", url) else ""


def level_text(level: int | None) -> str:
    if level is None:
        return "no level"
    name = Level(level).label
    return f"Level {level}, {name}" if level == Level.NONE else f"Level {level} {name}"


def level_name(level: int | None) -> str:
    return "no level" if level is None else Level(level).label


def provider_label(provider: str) -> str:
    return Provider(provider).label


def count_text(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def utc(text: str, precision: str = "seconds") -> str:
    """An ISO time as people read it; anything else unchanged."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    if moment.tzinfo is None:
        return text
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(' ', precision)} UTC"


def value_text(value: Any) -> str:
    """A fact's value in a few words."""
    if isinstance(value, bool):
        text = "yes" if value else "no"
    elif value is None:
        text = "none"
    elif isinstance(value, str):
        text = value or "empty"
    elif isinstance(value, Mapping):
        text = _reference(value) or json.dumps(value, ensure_ascii=False, default=str)
    elif isinstance(value, Sequence):
        text = ", ".join(value_text(v) for v in value) or "none"
    else:
        text = str(value)
    return shorten(text)


def native_text(native: Mapping[str, Any]) -> str:
    """The provider's own fields."""
    return shorten("; ".join(f"{k} = {json.dumps(v, ensure_ascii=False, default=str)}" for k, v in native.items()))


def shorten(text: str) -> str:
    if len(text) <= VALUE_LENGTH:
        return text
    return f"{text[:VALUE_LENGTH]}… ({len(text):,} characters, all of them in audit.json)"


def _reference(value: Mapping[str, Any]) -> str:
    return f"{value['kind']} {value['id']}" if set(value) == {"kind", "provider", "account", "id"} else ""
