"""The data of the explorer: every resource, fact and finding of the document, as the report's script reads it.

It is one JSON object. Rows are arrays whose positions ``explorer_data.js`` names; what repeats is held once and
referred to by position. All of its text is inert.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, Generic, TypeVar

from auditor.model.facts import Reason
from auditor.render.text import inert
from auditor.render.view.common import (
    SEVERITIES,
    STATUS_LABELS,
    Index,
    Json,
    Where,
    anchor,
    answered,
    https,
    level_text,
    outcome,
    provider_label,
    ranges,
    resource_anchor,
)
from auditor.render.view.findings import SETTLED_BY
from auditor.render.view.joins import joins
from auditor.render.view.kinds import meanings, title_of

LONG = 2000
"""Characters of one value, or of the provider's fields behind it; the rest is in ``audit.json``, and that is said."""
STATUSES = ("fail", "not_assessed", "pass", "inherited", "not_applicable")
"""Worst first."""
VALUE, REFERENCES, UNKNOWN = range(3)
"""What a fact holds: any value, other resources, or why it is not known."""
_REFERENCE = {"kind", "provider", "account", "id"}

Row = TypeVar("Row", bound=Hashable)


class Table(Generic[Row]):
    """Rows without repetition, each known by its position."""

    def __init__(self) -> None:
        self.rows: dict[Row, int] = {}

    def __call__(self, row: Row) -> int:
        return self.rows.setdefault(row, len(self.rows))


def explorer_pieces(document: Mapping[str, Any], drawings: Mapping[Where, str]) -> Iterator[str]:
    """The JSON text. ``drawings`` says where it is drawn who can reach a resource, by AWS account and id."""
    index = Index(document)
    index.drawings = drawings
    return _Explorer(index).pieces()


class _Explorer:
    def __init__(self, index: Index) -> None:
        self.index = index
        self.accounts: Table[Where] = Table()
        self.places: Table[tuple[int, str]] = Table()
        self.kinds: Table[str] = Table()
        self.types: Table[str] = Table()
        self.names: Table[str] = Table()
        self.values: Table[str] = Table()
        self.cut: dict[int, int] = {}
        self.cites: Table[tuple[str, ...]] = Table()
        self.unknowns: Table[tuple[str, str, tuple[str, ...]]] = Table()
        self.outside: Table[tuple[str, str, str, str]] = Table()
        self.asked: Table[tuple[int, ...]] = Table()
        self.checks = {check: n for n, check in enumerate(index.checks)}
        self.practices = {practice: n for n, practice in enumerate(index.practices)}
        self.resources = _resources(index.document)
        self.positions = {_identity(r["scope"], r): n for n, r in enumerate(self.resources)}
        self.by_id = _by_id(self.resources)

    def pieces(self) -> Iterator[str]:
        """Rows first: they fill the tables, which follow."""
        document = self.index.document
        yield from _rows('{"resources":[', (self._resource(r) for r in self.resources))
        yield from _rows('],"findings":[', (self._finding(f) for f in _worst_first(self.index)))
        yield from _rows('],"joins":[', joins(self.resources))
        yield from _rows('],"checks":[', (self._check(c) for c in document["checks"]))
        yield from _rows('],"practices":[', _practices(document))
        yield from _rows('],"frameworks":[', _frameworks(document))
        yield from _rows('],"repairs":[', self._repairs(document.get("fix_first", ())))
        yield from _rows('],"prices":[', (_price(p) for p in document.get("prices", ())))
        yield from _rows('],"calls":[', self._calls())
        yield from _rows('],"cites":[', ([self.names(name) for name in row] for row in self.cites.rows))
        yield from _rows('],"values":[', self.values.rows, _as_it_is)
        yield "]," + json.dumps({"cut": self.cut})[1:-1]
        yield from _rows(',"unknowns":[', map(_unknown, self.unknowns.rows))
        yield from _rows('],"outside":[', self.outside.rows)
        yield from _rows('],"asked":[', self.asked.rows)
        yield from _rows('],"names":[', self.names.rows)
        yield from _rows('],"kinds":[', map(_kind, self.kinds.rows))
        yield from _rows('],"types":[', self.types.rows)
        yield from _rows('],"places":[', self.places.rows)
        yield from _rows('],"accounts":[', (self._account(where) for where in self.accounts.rows))
        yield "]," + _json({"statuses": STATUSES, "labels": STATUS_LABELS, "severities": SEVERITIES})[1:]

    def _account(self, where: Where) -> list[str]:
        return [where[0], provider_label(where[0]), where[1], self.index.account(*where)]

    def _place(self, scope: Mapping[str, Any]) -> int:
        return self.places((self.accounts((scope["provider"], scope["account"])), scope["location"]))

    def _resource(self, resource: Json) -> list[Any]:
        scope = resource["scope"]
        facts = [part for name, fact in resource["facts"].items() for part in self._fact(name, fact, resource)]
        return [
            resource["id"],
            resource["name"],
            self.kinds(resource["kind"]),
            self.types(resource["native_type"]),
            self._place(scope),
            resource_anchor(scope["provider"], scope["account"], resource["kind"], resource["id"]),
            self.index.drawn(scope, resource["id"]),
            facts,
        ]

    def _fact(self, name: str, fact: Json, resource: Json | None) -> tuple[Any, ...]:
        """Name, what it holds, that, the provider's fields, the calls."""
        calls = self._asked(fact.get("calls", ()))
        if "unknown" in fact:
            why = (fact["unknown"], fact["detail"], tuple(fact["permissions"]))
            return (self.names(name), UNKNOWN, self.unknowns(why), -1, calls)
        native = self._value(fact["native"]) if fact["native"] else -1
        found = self._references(fact["value"], resource)
        if found is None:
            return (self.names(name), VALUE, self._value(fact["value"]), native, calls)
        return (self.names(name), REFERENCES, found, native, calls)

    def _value(self, value: Any) -> int:
        text = _json(value)
        if len(text) <= LONG:
            return self.values(text)
        whole = json.dumps(_inert(value), ensure_ascii=False)
        position = self.values(_json(whole[:LONG]))
        self.cut[position] = len(whole)
        return position

    def _references(self, value: Any, resource: Json | None) -> list[int | str | None] | None:
        """The resources a value names: their position, or below zero that of one outside; None if it names none.

        Some facts hold the ids of resources as plain text. What names nothing that was read stays text.
        """
        items = value if isinstance(value, list) else [value]
        found = [self._reference(item, resource) for item in items]
        return found if any(isinstance(x, int) for x in found) else None

    def _reference(self, item: Any, resource: Json | None) -> int | str | None:
        if isinstance(item, dict) and item.keys() == _REFERENCE:
            return self._pointed(item)
        if isinstance(item, str):
            at = self.by_id.get((resource["scope"]["provider"], item)) if resource and _is_id(item) else None
            return item if at is None or self.resources[at] is resource else at
        return None if item is None else _json(item)

    def _pointed(self, ref: Json) -> int:
        at = self.positions.get((ref["provider"], ref["account"], ref["kind"], ref["id"]))
        if at is None and not ref["account"]:
            at = self.by_id.get((ref["provider"], ref["id"]))
        if at is not None and self.resources[at]["kind"] == ref["kind"]:
            return at
        return -1 - self.outside((ref["kind"], provider_label(ref["provider"]), ref["account"], ref["id"]))

    def _finding(self, finding: Json) -> list[Any]:
        own = finding["resource"]
        at = -1 if own is None else self.positions[_identity(finding["scope"], own)]
        held = self.resources[at]["facts"] if own else {}
        row: list[Any] = [
            finding["fingerprint"],
            self.checks[finding["check"]],
            STATUSES.index(outcome(finding)),
            SEVERITIES.index(finding["severity"]),
            self._place(finding["scope"]),
            at,
            finding["message"],
            self.cites(tuple(finding["facts"])),
            self._asked(finding["calls"]),
        ]
        more = self._more(finding, held)
        return [*row, more] if more else row

    def _more(self, finding: Json, held: Mapping[str, Json]) -> Json:
        """What only some findings have."""
        more: Json = {}
        if finding["command"]:
            more["command"] = finding["command"]
        if (why := finding["unknown"]) is not None:
            more["unknown"] = self.unknowns((why["reason"], why["detail"], tuple(why["permissions"])))
        if finding["exemption"] is not None:
            more["exemption"] = finding["exemption"]
        differing = [
            part
            for name, fact in finding["facts"].items()
            if not _same(fact, held.get(name))
            for part in self._fact(name, fact, None)
        ]
        if differing:
            more["facts"] = differing
        return more

    def _check(self, check: Json) -> Json:
        return {
            "id": check["id"],
            "title": check["title"],
            "why": check["why"],
            "severity": SEVERITIES.index(check["severity"]),
            "kind": self.kinds(check["kind"]),
            "practice": self.practices[check["practice"]],
            "bundled": check["bundled"],
            "digest": check["digest"],
            "providers": {p: c | {"url": https(c["url"])} for p, c in check["providers"].items()},
        }

    def _repairs(self, rows: Iterable[Json]) -> Iterator[list[int]]:
        """The number under which the first page has the repair of a check in an account."""
        for number, (check, found) in enumerate(groupby(rows, key=lambda row: str(row["check"])), 1):
            for row in found:
                yield [self.checks[check], self.accounts((row["provider"], row["account"])), number]

    def _asked(self, calls: Iterable[str]) -> int:
        """Numbers of calls: first and last of each run of them."""
        found = ranges(self.index.calls[c]["number"] for c in calls if c in self.index.calls)
        return self.asked(tuple(end for r in found for end in (r.first, r.last)))

    def _calls(self) -> Iterator[list[Any]]:
        cited: set[int] = set()
        for row in self.asked.rows:
            for first, last in zip(row[::2], row[1::2], strict=True):
                cited.update(range(first, last + 1))
        for call in self.index.document["calls"]:
            if call["number"] in cited:
                operation = self.names(f"{call['service']}:{call['operation']}")
                answer = self.names(answered(call))
                yield [call["number"], operation, answer, self._place(call), int(call["synthetic"])]


def _identity(scope: Mapping[str, Any], resource: Mapping[str, Any]) -> tuple[str, str, str, str]:
    return (scope["provider"], scope["account"], resource["kind"], resource["id"])


def _resources(document: Mapping[str, Any]) -> list[Json]:
    """The inventory, and what a finding names that is not in it."""
    found = {_identity(r["scope"], r): r for r in document["resources"]}
    for finding in document["findings"]:
        if (own := finding["resource"]) is not None:
            found.setdefault(_identity(finding["scope"], own), {**own, "scope": finding["scope"], "facts": {}})
    return list(found.values())


def _by_id(resources: Iterable[Json]) -> dict[tuple[str, str], int | None]:
    """Positions by provider and id, where that is enough to tell them apart."""
    found: dict[tuple[str, str], int | None] = {}
    for position, resource in enumerate(resources):
        key = (resource["scope"]["provider"], resource["id"])
        found[key] = None if key in found else position
    return found


def _is_id(text: str) -> bool:
    return ":" in text or "/" in text


def _worst_first(index: Index) -> list[Json]:
    """In the order of repair: that of the document, then by what a failure of the check would hold up."""
    document = index.document
    steps = {(r["check"], r["provider"], r["account"]): n for n, r in enumerate(document.get("fix_first", ()))}
    last = len(steps)

    def urgency(finding: Json) -> tuple[Any, ...]:
        scope, practice = finding["scope"], index.practices[finding["practice"]]
        failed = finding["status"] == "fail"
        step = steps.get((finding["check"], scope["provider"], scope["account"]), last) if failed else last
        return (
            STATUSES.index(outcome(finding)),
            finding["exemption"] is not None,
            step,
            practice["level"],
            not practice["critical"],
            SEVERITIES.index(finding["severity"]),
            finding["check"],
            scope["provider"],
            scope["account"],
        )

    return sorted(document["findings"], key=urgency)


def _practices(document: Mapping[str, Any]) -> Iterator[Json]:
    """With the controls that each is evidence for: position of the framework, of the control in it, strength."""
    bearing: dict[str, list[Any]] = {}
    for place, framework in enumerate(document["frameworks"]):
        for number, control in enumerate(_evidenced(framework)):
            for evidence in control["evidence"]:
                bearing.setdefault(evidence["practice"], []).append([place, number, evidence["strength"]])
    for practice in document["practices"]:
        yield {
            "id": practice["id"],
            "title": practice["title"],
            "layer": practice["layer"],
            "level": level_text(practice["level"]),
            "critical": practice["critical"],
            "controls": bearing.get(practice["id"], []),
        }


def _frameworks(document: Mapping[str, Any]) -> Iterator[Json]:
    for framework in document["frameworks"]:
        controls = [[c["id"], c["label"], anchor(framework["id"], c["id"])] for c in _evidenced(framework)]
        yield {"id": framework["id"], "title": framework["title"], "controls": controls}


def _evidenced(framework: Json) -> list[Json]:
    return [c for c in framework["controls"] if c["evidence"]]


def _kind(kind: str) -> list[Any]:
    """Name, what people call them, what they call one, what each of its facts means."""
    one = " ".join(re.findall(r"[A-Z][a-z]*", kind)).capitalize()
    return [kind, title_of(kind), re.sub(r"\bAi\b", "AI", one), dict(meanings(kind))]


def _unknown(row: tuple[str, str, tuple[str, ...]]) -> list[Any]:
    reason, detail, permissions = row
    return [Reason(reason).label, detail, permissions, SETTLED_BY[Reason(reason)]]


def _price(price: Json) -> list[str]:
    return [price["id"], price["text"], https(price["url"])]


def _same(fact: Json, held: Json | None) -> bool:
    return held is not None and all(held.get(part) == value for part, value in fact.items())


def _rows(opening: str, rows: Iterable[Any], text: Callable[[Any], str] | None = None) -> Iterator[str]:
    write = text or _json
    yield opening
    separator = ""
    for row in rows:
        yield separator + write(row)
        separator = ","


def _as_it_is(text: str) -> str:
    return text


def _json(value: Any) -> str:
    """As JSON, every text in it inert."""
    text = json.dumps(value, separators=(",", ":"))
    if "\\" not in text and text.isprintable():
        return text
    return json.dumps(_inert(value), separators=(",", ":"))


def _inert(value: Any) -> Any:
    if isinstance(value, str):
        return inert(value)
    if isinstance(value, Mapping):
        shown: Json = {}
        for name, part in value.items():
            shown[_free(inert(name), shown)] = _inert(part)
        return shown
    if isinstance(value, list | tuple):
        return [_inert(part) for part in value]
    return value


def _free(name: str, taken: Json) -> str:
    """Two names can look the same once they are inert; neither may hide the other."""
    return _free(f"{name} (again)", taken) if name in taken else name
