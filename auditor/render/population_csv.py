"""``population.csv``: what was listed where, from which source, and how complete it is.

One kind of row for each question: ``population`` says how many resources of a kind stand in a place and whether that is
all of them, ``listing`` and ``gap`` name the sources that were asked, ``second source`` compares with another count,
``not listed`` names kinds that nothing in this run looked for, and ``not read`` clouds that could not be read. The
numbers of the ``population`` rows add up to all resources.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from auditor.model.resources import KIND_BY_NAME, KINDS_ABSENT, ResourceIndex
from auditor.model.scope import Provider
from auditor.render.csv_text import Calls, csv_pieces, reason_text

COLUMNS = (
    "row",
    "provider",
    "account",
    "account_name",
    "kind",
    "resource_type",
    "location",
    "source",
    "listed",
    "complete",
    "reason",
    "permissions",
    "counted",
    "agreement",
    "only_in_second_source",
    "only_in_listing",
    "calls",
    "synthetic",
    "definition",
    "audit_id",
)
_EVERYWHERE = "global"
Place = tuple[str, str, str, str]
"""Provider, account, kind, location."""


def pieces(document: Mapping[str, Any]) -> Iterator[str]:
    """``population.csv`` in pieces."""
    return csv_pieces(COLUMNS, _rows(document))


def _rows(document: Mapping[str, Any]) -> Iterator[Mapping[str, object]]:
    names = {(s["provider"], s["account"]): s["name"] for s in document["scopes"]}
    rows = (*_populations(document), *_sources(document), *_second_sources(document), *_unlisted(document))
    order = {"population": 0, "listing": 1, "gap": 2, "second source": 3}
    yield from (
        {**row, "account_name": names.get((row["provider"], row["account"]), ""), "audit_id": document["id"]}
        for row in sorted(
            rows, key=lambda r: (*_place(r), order.get(r["row"], 4), r.get("resource_type") or "", r.get("source", ""))
        )
    )
    for failure in document["failures"]:
        reason = f"{failure['message']} {failure['hint']}".strip()
        yield {
            "row": "not read",
            "provider": failure["provider"],
            "complete": "no",
            "reason": reason,
            "audit_id": document["id"],
        }


def _place(row: Mapping[str, Any]) -> Place:
    return row["provider"], row["account"], row["kind"], row["location"]


def _populations(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Resources per kind and place. What is listed for the whole account at once stands in one place, ``global``."""
    gaps = {_place(g) for g in document["gaps"]}
    listed = {_place(x) for x in document["listings"]}
    asked = gaps | listed
    defined = {p["kind"]: p["definition"] for p in document["populations"]}
    found: Counter[Place] = Counter(dict.fromkeys(asked, 0))
    for resource in document["resources"]:
        scope = resource["scope"]
        at = (scope["provider"], scope["account"], resource["kind"], scope["location"])
        everywhere = (*at[:3], _EVERYWHERE)
        found[everywhere if at not in asked and everywhere in asked else at] += 1
    for place, number in found.items():
        provider, account, kind, location = place
        reason = ""
        if place not in listed:
            reason = "no list of it was read to the end"
        elif place in gaps or (*place[:3], _EVERYWHERE) in gaps:
            reason = "one of its sources has a gap"
        yield {
            "row": "population",
            "provider": provider,
            "account": account,
            "kind": kind,
            "location": location,
            "listed": number,
            "complete": "no" if reason else "yes",
            "reason": reason,
            "definition": defined.get(kind, ""),
        }


def _sources(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    calls = Calls(document)
    for name, rows in (("listing", document["listings"]), ("gap", document["gaps"])):
        for row in rows:
            gap = name == "gap"
            yield {
                "row": name,
                "provider": row["provider"],
                "account": row["account"],
                "kind": row["kind"],
                "location": row["location"],
                "source": row["collector"],
                "complete": "no" if gap else "yes",
                "reason": reason_text(row["reason"], row["detail"]) if gap else "",
                "permissions": " ".join(row["permissions"]) if gap else "",
                "calls": calls.numbers(row["calls"]),
                "synthetic": "yes" if calls.synthetic(row["calls"]) else "no",
            }


def _second_sources(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    calls = Calls(document)
    for row in document.get("reconciliation", ()):
        yield {
            "row": "second source",
            "provider": row["provider"],
            "account": row["account"],
            "kind": row["kind"],
            "resource_type": row.get("native_type"),
            "location": row["location"],
            "source": row["source"],
            "listed": row["listed"],
            "counted": row["counted"],
            "agreement": row.get("state", "").replace("_", " "),
            "reason": row["note"],
            "permissions": " ".join(row.get("permissions", ())),
            "only_in_second_source": " ".join(row.get("only_there", ())),
            "only_in_listing": " ".join(row.get("only_here", ())),
            "calls": calls.numbers(row["calls"]),
            "synthetic": "yes" if calls.synthetic(row["calls"]) else "no",
        }


def _unlisted(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Kinds without a row: of them nothing was found because nothing looked."""
    asked = {_place(x)[:3] for x in (*document["listings"], *document["gaps"])}
    for scope in document["scopes"]:
        for name, kind in KIND_BY_NAME.items():
            if kind is ResourceIndex or (scope["provider"], scope["account"], name) in asked:
                continue
            absent = KINDS_ABSENT.get((Provider(scope["provider"]), kind))
            yield {
                "row": "not listed",
                "provider": scope["provider"],
                "account": scope["account"],
                "kind": name,
                "location": _EVERYWHERE,
                "complete": "no" if absent is None else "yes",
                "reason": absent or "nothing in this run lists it",
            }
