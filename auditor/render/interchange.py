"""What the formats for other programs share: inert text, times, ids, and the controls that a check bears on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from auditor.model.scope import Provider
from auditor.render.text import inert
from auditor.render.view.common import https

Json = dict[str, Any]

NAMESPACE = "urn:ml-posture-auditor:ns"
"""What our own names in other formats are qualified with."""
_UUIDS = uuid5(NAMESPACE_URL, NAMESPACE)
_CONTROL = re.compile(r"\\[bfnrtu]")
"""How JSON writes a control character. A backslash and a letter look alike, which costs time and nothing else."""


def uuid_of(audit: str, *subject: str) -> str:
    """The same for the same subject of the same audit, whoever renders it and when."""
    return str(uuid5(_UUIDS, "\x1f".join((audit, *subject)).encode("utf-8", "backslashreplace").decode()))


def kept(row: Mapping[str, Any]) -> Json:
    """Without what is not there: formats distinguish an absent member from an empty one. False and 0 stay."""
    return {key: value for key, value in row.items() if value is not None and value not in ("", [], {}, ())}


def json_pieces(value: Any, depth: int) -> Iterator[str]:
    """JSON in pieces: down to ``depth`` levels, a member or an element a line. Elements may be made as they are
    written. Every text in it is made inert: a program prints what it has read."""
    if depth and isinstance(value, Mapping):
        yield "{"
        separator = "\n"
        for key, item in value.items():
            yield f"{separator}{json.dumps(key)}: "
            yield from json_pieces(item, depth - 1)
            separator = ",\n"
        yield "\n}" if value else "}"
    elif depth and isinstance(value, Iterator | list | tuple):
        yield "["
        separator = "\n"
        for item in value:
            yield separator
            yield from json_pieces(item, depth - 1)
            separator = ",\n"
        yield "\n]" if separator == ",\n" else "]"
    else:
        yield compact(value)


def compact(value: Any) -> str:
    """JSON on one line, with every text in it inert."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    if text.isascii() and text.isprintable() and not _CONTROL.search(text):
        return text
    return json.dumps(_inert(value), separators=(",", ":"))


def _inert(value: Any) -> Any:
    if isinstance(value, str):
        return inert(value)
    if isinstance(value, Mapping):
        return {key: _inert(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_inert(item) for item in value]
    return value


def moment(text: str) -> datetime | None:
    """A time with an offset, in UTC; None for anything else, as a recording may hold."""
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return None
    return parsed.astimezone(UTC) if parsed.tzinfo else None


def span(calls: Iterable[Mapping[str, Any]]) -> tuple[datetime, datetime] | None:
    """When the first and the last of the calls were sent; None if there is none with a time."""
    times = [time for call in calls if (time := moment(call["started_at"])) is not None]
    return (min(times), max(times)) if times else None


def controls_by_check(document: Mapping[str, Any]) -> dict[str, list[tuple[Json, Json, Json]]]:
    """For each check, the framework, control and evidence of every control that it bears on, in their order."""
    found: dict[str, list[tuple[Json, Json, Json]]] = {}
    for framework in document["frameworks"]:
        for control in framework["controls"]:
            for evidence in control["evidence"]:
                for check in evidence["checks"]:
                    found.setdefault(check, []).append((framework, control, evidence))
    return found


def accepted(exemption: Mapping[str, Any]) -> str:
    """An accepted risk in a sentence."""
    approver = exemption.get("approver", "")
    approved = f", approved by {approver}" if approver else ""
    return f"Risk accepted by {exemption['owner']}{approved} until {exemption['expires']}: {exemption['reason']}"


def open_question(unknown: Mapping[str, Any]) -> str:
    """Which permissions would settle a question, or nothing."""
    permissions: Sequence[str] = unknown["permissions"]
    return f"Permission that would settle it: {', '.join(permissions)}." if permissions else ""


def remedies(check: Mapping[str, Any]) -> list[tuple[Provider, Json]]:
    """What to do about a failure of the check, on each cloud that it supports."""
    return [(p, check["providers"][p]) for p in Provider if check["providers"][p]["coverage"] == "supported"]


def https_links(*urls: str) -> list[str]:
    """The addresses that may be linked to, each once."""
    return list(dict.fromkeys(link for url in urls if (link := https(url))))
