"""What Google's error bodies say, and what that means for a fact."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from auditor.model.facts import Reason

_DISABLED = frozenset({"SERVICE_DISABLED", "BILLING_DISABLED", "accessNotConfigured"})
_DISABLED_TEXTS = ("has not been used in project", "it is disabled")
"""Older services say it only in words (google.rpc.Help in place of ErrorInfo)."""
_QUOTA = frozenset({"RATE_LIMIT_EXCEEDED", "rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded"})
"""Quota errors that some older services give with status 403."""


def error_code(body: bytes) -> str:
    """The most exact code an error body carries: ErrorInfo.reason, else the status, else the legacy reason."""
    error = _error(body)
    for detail in _mappings(error.get("details")):
        if str(detail.get("@type", "")).endswith("google.rpc.ErrorInfo") and isinstance(detail.get("reason"), str):
            return str(detail["reason"])
    if isinstance(error.get("status"), str):
        return str(error["status"])
    for entry in _mappings(error.get("errors")):
        if isinstance(entry.get("reason"), str):
            return str(entry["reason"])
    return ""


def reason_of(status: int, code: str, body: bytes) -> Reason:
    """What a failed response means.

    A 400 to a question that is declared word for word is not about permissions or reachability: the service does not
    recognise the question there (a location it does not serve, a resource in a state it does not describe). Nothing
    is known then, and nothing is counted as empty.
    """
    legacy = {str(entry.get("reason")) for entry in _mappings(_error(body).get("errors"))}
    if code in _DISABLED or legacy & _DISABLED or (status == 403 and _says_disabled(body)):
        return Reason.DISABLED
    if status == 429 or code in _QUOTA or legacy & _QUOTA:
        return Reason.THROTTLED
    if status in (401, 403):
        return Reason.DENIED
    if status == 404:
        return Reason.VANISHED
    if status == 408 or status >= 500:
        return Reason.UNREACHABLE
    if status < 400:
        return Reason.MALFORMED
    return Reason.UNRECOGNISED


def _says_disabled(body: bytes) -> bool:
    message = _error(body).get("message")
    return isinstance(message, str) and any(text in message for text in _DISABLED_TEXTS)


def _error(body: bytes) -> Mapping[str, Any]:
    try:
        parsed = json.loads(body)
    except (ValueError, UnicodeDecodeError):
        return {}
    if isinstance(parsed, list) and parsed:  # streaming methods wrap the error in a list
        parsed = parsed[0]
    error = parsed.get("error") if isinstance(parsed, Mapping) else None
    return error if isinstance(error, Mapping) else {}


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    return [entry for entry in value if isinstance(entry, Mapping)] if isinstance(value, list) else []
