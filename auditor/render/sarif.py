"""``auditor.sarif``: failures and open questions as SARIF 2.1.0, for continuous integration.

No passes: code scanning shows every result as an alert, whatever its kind. A question without an answer is an ``open``
result, and a part of the run that read nothing at all is an error, so that a gate is not green where nothing was seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from auditor.model.facts import Reason
from auditor.render.interchange import (
    Json,
    accepted,
    controls_by_check,
    https_links,
    json_pieces,
    kept,
    moment,
    open_question,
    remedies,
    span,
)
from auditor.render.text import inert
from auditor.render.view.common import SEVERITIES, Index, count_text, provider_label

VERSION = "2.1.0"
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
UNREAD_RULE = "run-reads-its-scope"
"""No check has a dash in its id."""

_ESTATE = "ESTATE"
_LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "note"}
_SCORES = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "2.0"}
"""Within the bands that GitHub reads as critical, high, medium and low. A rank of ours, not a CVSS score."""
_NOTICES = {
    "cloud-not-read": "A cloud of the run could not be read at all.",
    "defect": "The tool found a defect of its own.",
    "interrupted": "The run was interrupted; what was not read by then is missing.",
    "gap": "A kind of resource could not be listed, or not to the end.",
}


def pieces(document: Mapping[str, Any]) -> Iterator[str]:
    """``auditor.sarif`` in pieces."""
    yield from json_pieces({"$schema": SCHEMA, "version": VERSION, "runs": [_run(document)]}, 4)
    yield "\n"


def _run(document: Mapping[str, Any]) -> Json:
    index = Index(document)
    tool = document["tool"]
    unread = _unread(document)
    rules = [_rule(check, index, controls_by_check(document)) for check in document["checks"]]
    rules += [_unread_rule()] if unread else []
    places = {rule["id"]: number for number, rule in enumerate(rules)}
    found = [f for f in document["findings"] if f["status"] in ("fail", "not_assessed")]
    # a consumer that reads only so many results reads the worst
    found.sort(key=lambda f: (f["status"] != "fail", f["exemption"] is not None, SEVERITIES.index(f["severity"])))
    results = [*unread, *(_result(finding, index) for finding in found)]
    return {
        "tool": {
            "driver": {
                "name": tool["name"],
                "version": tool["version"],
                "rules": rules,
                "notifications": [
                    {"id": id_, "shortDescription": _text(what), "fullDescription": _text(what), "help": _text(what)}
                    for id_, what in _NOTICES.items()
                ],
            }
        },
        "automationDetails": {"id": f"{tool['name']}/{document['id']}"},
        "invocations": [_invocation(document)],
        "originalUriBaseIds": {
            _ESTATE: {"description": _text("Resources of cloud accounts by provider, account, location, kind and id.")}
        },
        "results": [{**result, "ruleIndex": places[result["ruleId"]]} for result in results],
        "properties": {
            "audit": document["id"],
            "as_of": document["as_of"],
            "replayed": document["replayed"],
            "synthetic": document["synthetic"],
            "selection": document["selection"],
            "coverage": document["coverage"],
        },
    }


def _rule(check: Json, index: Index, bears_on: Mapping[str, list[tuple[Json, Json, Json]]]) -> Json:
    practice = index.practices[check["practice"]]
    todo = [f"{provider.label}: {remedy['text']}" for provider, remedy in remedies(check)]
    links = https_links(*(remedy["url"] for _, remedy in remedies(check)))
    return kept(
        {
            "id": check["id"],
            "name": "".join(word.capitalize() for word in check["id"].split("_")),
            "shortDescription": _text(check["title"]),
            "fullDescription": _text(check["why"]),
            "help": _text(" ".join([check["why"], *todo, *(f"See {link}" for link in links)])),
            "helpUri": links[0] if links else "",
            "defaultConfiguration": {"level": _LEVELS[check["severity"]]},
            "properties": {
                "tags": ["security", practice["layer"], check["practice"]],
                "security-severity": _SCORES[check["severity"]],
                "practice": check["practice"],
                "practice_title": practice["title"],
                "layer": practice["layer"],
                "level": practice["level"],
                "bundled": check["bundled"],
                "digest": check["digest"],
                "controls": [
                    f"{framework['id']} {control['id']} ({evidence['strength']})"
                    for framework, control, evidence in bears_on.get(check["id"], ())
                ],
            },
        }
    )


def _result(finding: Json, index: Index) -> Json:
    scope, unknown = finding["scope"], finding["unknown"]
    account = index.account(scope["provider"], scope["account"])
    if unknown is None:
        message = f"{account}: {finding['message']}"
    else:
        message = f"Not assessed, {account}: {finding['message']}. {open_question(unknown)}".strip()
    return {
        "ruleId": finding["check"],
        # what is open has no level: SARIF 2.1.0, 3.27.10
        "kind": "fail" if unknown is None else "open",
        "level": _LEVELS[finding["severity"]] if unknown is None else "none",
        "message": _text(message),
        "locations": [_location(finding["resource"], scope)],
        "partialFingerprints": _fingerprints(finding["fingerprint"]),
        "suppressions": _suppressions(finding["exemption"]),
        "properties": kept(
            {
                "status": finding["status"],
                "severity": finding["severity"],
                **scope,
                "practice": finding["practice"],
                "command": finding["command"],
                "calls": finding["calls"],
                **({} if unknown is None else unknown),
            }
        ),
    }


def _suppressions(exemption: Json | None) -> list[Json]:
    if exemption is None:
        return []
    return [
        {
            "kind": "external",
            "status": "accepted",
            "justification": accepted(exemption),
            "properties": kept(exemption),
        }
    ]


def _unread(document: Mapping[str, Any]) -> list[Json]:
    """What the run was asked to read and saw nothing of."""
    found = [
        _unread_result(f"{provider_label(f['provider'])} could not be read: {f['message']}", f["provider"])
        for f in document["failures"]
    ]
    if document["interrupted"]:
        found.append(_unread_result("The run was interrupted; what was not read by then is missing."))
    for score in document["score"]["accounts"]:
        asked = score["coverage"]["asked"]
        if asked and not score["coverage"]["answered"]:
            name = f"{provider_label(score['provider'])} {score['name'] or score['account']}"
            message = f"{name}: none of {count_text(asked, 'applicable question')} could be answered."
            found.append(_unread_result(message, score["provider"], score["account"]))
    if not document["scopes"] and not found:
        found.append(_unread_result("The run read no account."))
    return found


def _unread_result(message: str, provider: str = "", account: str = "") -> Json:
    return {
        "ruleId": UNREAD_RULE,
        "kind": "fail",
        "level": "error",
        "message": _text(message),
        "locations": [_location(None, {"provider": provider, "account": account, "location": ""})],
        "partialFingerprints": _fingerprints("-".join(inert(x) for x in (UNREAD_RULE, provider, account) if x)),
        "suppressions": [],
    }


def _unread_rule() -> Json:
    return {
        "id": UNREAD_RULE,
        "name": "RunReadsItsScope",
        "shortDescription": _text("The run reads what it was asked to read."),
        "fullDescription": _text("Where nothing was read, the absence of failures says nothing."),
        "help": _text("Run it again with credentials that may read the accounts; 'auditor permissions' lists them."),
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": ["security"], "security-severity": _SCORES["critical"]},
    }


def _location(resource: Json | None, scope: Mapping[str, str]) -> Json:
    """Code scanning wants a place in a repository: a relative address, on which it finds the alert again. Line 1 is
    there because it asks for a line."""
    place = [scope["provider"], scope["account"], scope["location"]]
    logical = {"name": scope["account"] or scope["provider"], "kind": "namespace"}
    logical["fullyQualifiedName"] = "/".join(part for part in place if part)
    if resource is not None:
        place += [resource["kind"], resource["id"]]
        logical = {"name": resource["name"], "fullyQualifiedName": resource["id"], "kind": "resource"}
    path = "/".join(_segment(part) for part in place if part)
    named = kept(logical)
    return kept(
        {
            "physicalLocation": {
                "artifactLocation": {"uri": path or "run", "uriBaseId": _ESTATE},
                "region": {"startLine": 1},
            },
            "logicalLocations": [named] if "fullyQualifiedName" in named else [],
        }
    )


def _segment(part: str) -> str:
    """A segment of a path that neither ends it nor climbs out of it."""
    quoted = quote(inert(part), safe="")
    return quoted if quoted.strip(".") else quoted.replace(".", "%2E")


def _fingerprints(own: str) -> dict[str, str]:
    # GitHub matches alerts by the first; the second says what it is
    return {"primaryLocationLineHash": own, "auditorFingerprint/v1": own}


def _invocation(document: Mapping[str, Any]) -> Json:
    notices = [
        _notice("cloud-not-read", "error", f"{provider_label(f['provider'])}: {f['message']} {f['hint']}".strip())
        for f in document["failures"]
    ]
    notices += [_notice("defect", "error", defect) for defect in document["defects"]]
    if document["interrupted"]:
        notices.append(_notice("interrupted", "error", _NOTICES["interrupted"]))
    notices += [_gap(gap) for gap in document["gaps"]]
    times = span(document["calls"])
    return kept(
        {
            "executionSuccessful": not (document["failures"] or document["defects"] or document["interrupted"]),
            "startTimeUtc": _utc(document["as_of"]) if times is None else _utc(times[0].isoformat()),
            "endTimeUtc": "" if times is None else _utc(times[1].isoformat()),
            "toolExecutionNotifications": notices,
        }
    )


def _gap(gap: Json) -> Json:
    message = f"{gap['kind']} could not be listed completely: {Reason(gap['reason']).label}"
    message += f" ({gap['detail']}). {open_question(gap)}" if gap["detail"] else f". {open_question(gap)}"
    return _notice("gap", "warning", message.strip()) | {"locations": [_location(None, gap)]}


def _notice(id_: str, level: str, message: str) -> Json:
    return {"descriptor": {"id": id_}, "level": level, "message": _text(message)}


def _utc(text: str) -> str:
    time = moment(text)
    return "" if time is None else time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _text(text: str) -> Json:
    """A plain text message. Brackets would make links and braces placeholders: SARIF 2.1.0, 3.11.5 and 3.11.6."""
    shown = inert(text).replace("{", "{{").replace("}", "}}")
    return {"text": shown.replace("[", "\\[").replace("]", "\\]") or "-"}
