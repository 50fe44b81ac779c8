"""``ocsf.jsonl``: every finding as an OCSF Compliance Finding (class 2003), one event a line.

Lines, because that is what collectors of log management systems and object stores read, event by event; an array would
have to be held whole. Three members say three things: ``compliance.status_id`` how the check came out, ``severity_id``
how much the event matters, ``status_id`` what a person decided about it, where one did.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from auditor.model.facts import Reason
from auditor.model.maturity import Strength
from auditor.render.interchange import (
    Json,
    accepted,
    compact,
    controls_by_check,
    https_links,
    kept,
    open_question,
    span,
    uuid_of,
)
from auditor.render.view.common import Index, outcome

VERSION = "1.5.0"
"""Of the schema. Nothing of it has been taken away since."""

_CREATE, _OTHER, _RULE = 1, 99, 1
_CLASS, _CATEGORY = 2003, 2
# A question without an answer is what the schema calls a warning. What does not apply, and what the provider
# guarantees, is neither pass nor fail, and the schema has no word for it.
_STATUSES = {
    "pass": (1, "Pass"),
    "not_assessed": (2, "Warning"),
    "fail": (3, "Fail"),
    "not_applicable": (_OTHER, "Not applicable"),
    "inherited": (_OTHER, "Inherited"),
}
_SEVERITIES = {"low": (2, "Low"), "medium": (3, "Medium"), "high": (4, "High"), "critical": (5, "Critical")}
_INFORMATIONAL = (1, "Informational")
# The schema has numbers for subscriptions and projects, which py-ocsf-models does not accept; 99 is right for both.
_ACCOUNTS = {"aws": (10, "AWS Account"), "azure": (_OTHER, "Azure Subscription"), "gcp": (_OTHER, "GCP Project")}
_CLOUDS = {"aws": "AWS", "azure": "Azure", "gcp": "GCP"}


def pieces(document: Mapping[str, Any]) -> Iterator[str]:
    """``ocsf.jsonl`` in pieces: a line for each finding, after one for each cloud that could not be read."""
    index = Index(document)
    bears_on = controls_by_check(document)
    for failure in document["failures"]:
        yield compact(_unread(failure, document)) + "\n"
    for finding in document["findings"]:
        yield compact(_event(finding, index, bears_on.get(finding["check"], []))) + "\n"


def _event(finding: Json, index: Index, bears_on: list[tuple[Json, Json, Json]]) -> Json:
    document, check, scope = index.document, index.checks[finding["check"]], finding["scope"]
    practice, unknown, exemption = index.practices[finding["practice"]], finding["unknown"], finding["exemption"]
    calls = [index.calls[call] for call in finding["calls"] if call in index.calls]
    times = span(calls)
    remedy = check["providers"][scope["provider"]]
    failed = finding["status"] == "fail" and remedy["coverage"] == "supported"
    answer, answer_name = _STATUSES[outcome(finding)]
    severity = _SEVERITIES[finding["severity"]]
    return kept(
        {
            **_head(document, finding["fingerprint"], severity if answer in (2, 3) else _INFORMATIONAL),
            "start_time": None if times is None else _milliseconds(times[0]),
            "end_time": None if times is None else _milliseconds(times[1]),
            "message": finding["message"],
            "status_id": None if exemption is None else _OTHER,
            "status": "" if exemption is None else "Exempted",
            "status_code": "" if unknown is None else unknown["reason"],
            "status_detail": _detail(finding),
            "comment": "" if exemption is None else exemption["reason"],
            "cloud": _cloud(scope["provider"], scope["account"], index.names, scope["location"]),
            "resources": [] if finding["resource"] is None else [_resource(finding["resource"], scope["location"])],
            "finding_info": kept(
                {
                    "uid": finding["fingerprint"],
                    "title": check["title"],
                    "desc": check["why"],
                    "types": [practice["layer"]],
                    "analytic": {
                        "type_id": _RULE,
                        "type": "Rule",
                        "uid": check["id"],
                        "name": check["title"],
                        "version": check["digest"],
                    },
                }
            ),
            "compliance": _compliance(check, practice, answer, answer_name, bears_on),
            "evidences": [_evidence(call) for call in calls],
            "remediation": kept({"desc": remedy["text"], "references": https_links(remedy["url"])}) if failed else {},
            "unmapped": kept(
                {
                    "exemption": exemption,
                    "permissions": [] if unknown is None else unknown["permissions"],
                    "command": finding["command"],
                    "controls": _strengths(bears_on),
                }
            ),
        }
    )


def _strengths(bears_on: list[tuple[Json, Json, Json]]) -> dict[str, list[str]]:
    """By framework, the controls that the check is evidence for, and how strong."""
    found: dict[str, list[str]] = {}
    for framework, control, evidence in bears_on:
        found.setdefault(framework["id"], []).append(f"{control['id']} {evidence['strength']}")
    return found


def _head(document: Mapping[str, Any], uid: str, severity: tuple[int, str]) -> Json:
    tool = document["tool"]
    flags = ("synthetic", "replayed", "interrupted")
    return {
        "activity_id": _CREATE,
        "activity_name": "Create",
        "category_uid": _CATEGORY,
        "category_name": "Findings",
        "class_uid": _CLASS,
        "class_name": "Compliance Finding",
        "type_uid": _CLASS * 100 + _CREATE,
        "type_name": "Compliance Finding: Create",
        "severity_id": severity[0],
        "severity": severity[1],
        "time": _milliseconds(datetime.fromisoformat(document["as_of"])),
        "metadata": kept(
            {
                "version": VERSION,
                "profiles": ["cloud"],
                "uid": uuid_of(document["id"], "ocsf", uid),
                "correlation_uid": document["id"],
                "labels": [flag for flag in flags if document[flag]],
                "product": {"name": tool["name"], "vendor_name": tool["name"], "version": tool["version"]},
            }
        ),
    }


def _detail(finding: Json) -> str:
    unknown, exemption = finding["unknown"], finding["exemption"]
    if exemption is not None:
        return f"{accepted(exemption)}. The finding stays a failure."
    if unknown is not None:
        why = Reason(unknown["reason"]).label
        detail = f" ({unknown['detail']})" if unknown["detail"] else ""
        return f"Not assessed: {why}{detail}. {open_question(unknown)}".strip()
    if finding["inherited"]:
        return "The provider guarantees the state; nothing was judged."
    return "The question does not apply; nothing was judged." if finding["status"] == "not_applicable" else ""


def _compliance(
    check: Json, practice: Json, answer: int, answer_name: str, bears_on: list[tuple[Json, Json, Json]]
) -> Json:
    """Requirements are those that the check is evidence for; what is background to one is under ``unmapped`` only."""
    telling = [(f, c) for f, c, evidence in bears_on if evidence["strength"] != Strength.CONTEXTUAL]
    standards = list(dict.fromkeys(_standard(framework) for framework, _ in telling))
    severity, severity_name = _SEVERITIES[check["severity"]]
    return kept(
        {
            "status_id": answer,
            "status": answer_name,
            "control": f"{practice['id']} {practice['title']}",
            "desc": practice["why"],
            "category": practice["layer"],
            "standards": standards,
            "requirements": [f"{framework['title']} {control['id']}" for framework, control in telling],
            "checks": [
                {
                    "uid": check["id"],
                    "name": check["title"],
                    "severity_id": severity,
                    "severity": severity_name,
                    "status_id": answer,
                    "status": answer_name,
                }
            ],
        }
    )


def _standard(framework: Json) -> str:
    return f"{framework['title']} ({framework['edition']})"


def _cloud(provider: str, account: str, names: Mapping[tuple[str, str], str], location: str) -> Json:
    type_id, kind = _ACCOUNTS[provider]
    name = names.get((provider, account)) or account
    return kept(
        {
            "provider": _CLOUDS[provider],
            "account": {"uid": account, "name": name, "type_id": type_id, "type": kind} if account else {},
            "region": location,
        }
    )


def _resource(resource: Json, location: str) -> Json:
    return kept(
        {
            "uid": resource["id"],
            "name": resource["name"],
            "type": resource["native_type"],
            "region": location,
            "data": {"kind": resource["kind"]},
        }
    )


def _evidence(call: Json) -> Json:
    """A call: the request id is its name in the provider's own audit log, the other id its name in the audit."""
    return {
        "api": kept(
            {
                "operation": f"{call['service']}:{call['operation']}",
                "request": {"uid": call["request_id"]} if call["request_id"] else {},
                "response": kept({"code": call["status"], "error": call["error"]}),
            }
        ),
        "data": kept({"call": call["id"], "synthetic": call["synthetic"] or None}),
    }


def _unread(failure: Json, document: Mapping[str, Any]) -> Json:
    """A cloud that could not be read at all has no findings, and is no silence either."""
    uid = f"cloud-not-read-{failure['provider']}"
    return {
        **_head(document, uid, _SEVERITIES["high"]),
        "message": f"{_CLOUDS[failure['provider']]} could not be read: {failure['message']}",
        "status_detail": f"Not assessed: the cloud could not be read. {failure['hint']}".strip(),
        "cloud": _cloud(failure["provider"], "", {}, ""),
        "finding_info": {"uid": uid, "title": "The run reads what it was asked to read"},
        "compliance": {"status_id": 2, "status": "Warning", "control": "The run reads what it was asked to read"},
    }


def _milliseconds(time: datetime) -> int:
    return round(time.timestamp() * 1000)
