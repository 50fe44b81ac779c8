"""``findings.csv``: every finding, once for each control of a framework that it says something about."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from auditor.render.csv_text import Calls, Cell, cells, csv_pieces, latest, reason_text
from auditor.render.view.common import shorten, value_text

REQUEST_IDS = 10
"""So many are named in a row; the others are in the call log under the numbers of the row."""
COLUMNS = (
    "framework",
    "edition",
    "control_id",
    "control_label",
    "evidence_class",
    "strength",
    "check_id",
    "practice",
    "severity",
    "provider",
    "account",
    "account_name",
    "location",
    "resource_kind",
    "resource_type",
    "resource_name",
    "resource_id",
    "outcome",
    "message",
    "reason",
    "permissions",
    "observed",
    "observed_native",
    "collected_at_utc",
    "calls",
    "request_ids",
    "synthetic",
    "exemption_owner",
    "exemption_approver",
    "exemption_expires",
    "exemption_reason",
    "fingerprint",
    "audit_id",
)
_NO_CONTROL: Mapping[str, Cell] = {}


def pieces(document: Mapping[str, Any]) -> Iterator[str]:
    """``findings.csv`` in pieces."""
    return csv_pieces(COLUMNS, _rows(document))


def _rows(document: Mapping[str, Any]) -> Iterator[Mapping[str, object]]:
    calls = Calls(document)
    names = {(s["provider"], s["account"]): s["name"] for s in document["scopes"]}
    controls = _controls(document["frameworks"])
    for finding in document["findings"]:
        scope = finding["scope"]
        where = {"account_name": names.get((scope["provider"], scope["account"])), "audit_id": document["id"]}
        about = cells(_finding(finding, calls) | where)
        for control in controls.get(finding["practice"], (_NO_CONTROL,)):
            yield {**control, **about}


def _controls(frameworks: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Cell]]]:
    """The controls that a practice bears on, with how strongly, in the order of the frameworks."""
    found: dict[str, list[Mapping[str, Cell]]] = {}
    for framework in frameworks:
        for control in framework["controls"]:
            for evidence in control["evidence"]:
                row = {
                    "framework": framework["id"],
                    "edition": framework["edition"],
                    "control_id": control["id"],
                    "control_label": control["label"],
                    "evidence_class": control["evidence_class"],
                    "strength": evidence["strength"],
                }
                found.setdefault(evidence["practice"], []).append(cells(row))
    return found


def _finding(finding: Mapping[str, Any], calls: Calls) -> dict[str, object]:
    scope, resource = finding["scope"], finding["resource"] or {}
    unknown, exemption = finding["unknown"] or {}, finding["exemption"] or {}
    cited = calls.of(finding["calls"])
    return {
        "check_id": finding["check"],
        "practice": finding["practice"],
        "severity": finding["severity"],
        "provider": scope["provider"],
        "account": scope["account"],
        "location": scope["location"],
        "resource_kind": resource.get("kind"),
        "resource_type": resource.get("native_type"),
        "resource_name": resource.get("name"),
        "resource_id": resource.get("id"),
        "outcome": "inherited" if finding["inherited"] else finding["status"],
        "message": finding["message"],
        "reason": reason_text(unknown["reason"], unknown["detail"]) if unknown else "",
        "permissions": " ".join(unknown.get("permissions", ())),
        "observed": _observed(finding["facts"]),
        "observed_native": _native(finding["facts"]),
        "collected_at_utc": latest(cited),
        "calls": calls.numbers(finding["calls"]),
        "request_ids": _request_ids(cited),
        "synthetic": "yes" if any(call["synthetic"] for call in cited) else "no",
        "exemption_owner": exemption.get("owner"),
        "exemption_approver": exemption.get("approver"),
        "exemption_expires": exemption.get("expires"),
        "exemption_reason": exemption.get("reason"),
        "fingerprint": finding["fingerprint"],
    }


def _observed(facts: Mapping[str, Any]) -> str:
    """The facts that decided; one that is not known with the reason in place of a value."""
    return "; ".join(f"{name}={_value(fact)}" for name, fact in facts.items())


def _value(fact: Mapping[str, Any]) -> str:
    if "value" in fact:
        return value_text(fact["value"])
    return f"? {reason_text(fact['unknown'], fact['detail'])}"


def _native(facts: Mapping[str, Any]) -> str:
    """The provider's own fields behind those facts."""
    fields: dict[str, Any] = {}
    for fact in facts.values():
        fields.update(fact.get("native", {}))
    return "; ".join(f"{name}={shorten(json.dumps(value, ensure_ascii=False))}" for name, value in fields.items())


def _request_ids(calls: Iterable[Mapping[str, Any]]) -> str:
    ids = [call["request_id"] for call in calls if call["request_id"]]
    more = len(ids) - REQUEST_IDS
    return " ".join(ids[:REQUEST_IDS]) + (f" and {more} more in audit.json" if more > 0 else "")
