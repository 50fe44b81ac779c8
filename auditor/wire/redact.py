"""Redaction: secrets are replaced before anything is written and before facts are computed.

Each value becomes a typed token, the same for equal secrets within a run and different for different ones; the salt
is per run and is not kept, so a token cannot be turned back by guessing. Redacting twice changes nothing.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from typing import Any

from auditor.wire.secret_detector import verdict
from auditor.wire.secret_marks import TOKEN

_DETECTED = {"environment", "hyperparameter", "script"}
"""Kinds of values that are shown to a detector of secrets before they go; its verdict stays in the token."""

_VALUE_FIELDS = {
    "environment": "environment",
    "environmentvariables": "environment",
    "hyperparameters": "hyperparameter",
    "statichyperparameters": "hyperparameter",
    "sdktelemetryappinsightskey": "key",
    "instrumentationkey": "key",
    "connectionstring": "connection-string",
    "adminuserpassword": "password",
    "password": "password",
    "secretaccesskey": "key",
    "sessiontoken": "token",
    "primarykey": "key",
    "secondarykey": "key",
    "primarymasterkey": "key",
    "keystring": "key",
    "privatekeydata": "key",
    "onstart": "script",
    "oncreate": "script",
    "studiolifecycleconfigcontent": "script",
    "instruction": "prompt",
    "baseprompttemplate": "prompt",
    "templateconfiguration": "prompt",
}
"""Fields whose string leaves are never kept, compared in lower case."""

_MAPPINGS = {"environment", "environmentvariables", "hyperparameters", "statichyperparameters"}
_NAMED_VARIABLES = {"env"}
"""Lists of ``{"name": ..., "value": ...}``: the name stays, the value goes."""

_PAGE_TOKENS = {
    "nexttoken",
    "nextpagetoken",
    "pagetoken",
    "nextlink",
    "marker",
    "nextmarker",
    "continuationtoken",
    "nextcontinuationtoken",
}
"""They go back to the provider and must not change; they lead to pages and open nothing."""

_PATTERNS = (
    ("private-key", r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"),
    ("token", r"\bgh[pousr]_[A-Za-z0-9]{30,}\b"),
    ("token", r"\bxox[abprs]-[A-Za-z0-9-]{10,}"),
    ("token", r"\bsk-[A-Za-z0-9_-]{20,}"),
    ("token", r"\bhf_[A-Za-z0-9]{30,}\b"),
    ("token", r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+"),
    ("token", r"\bya29\.[A-Za-z0-9_-]{20,}"),
    ("key", r"\bAIza[A-Za-z0-9_-]{35,}"),
    ("key", r"(?i:\b(?:accountkey|sharedaccesskey|sig)=)[A-Za-z0-9+/%_-]{20,}={0,2}"),
)

_ANY_PATTERN = re.compile("|".join(f"(?P<p{n}>{pattern})" for n, (_, pattern) in enumerate(_PATTERNS)), re.S)
"""All at once: one after the other, a pattern could match inside of a larger secret and leave the rest of it."""
_KINDS = {f"p{n}": kind for n, (kind, _) in enumerate(_PATTERNS)}


class Redactor:
    def __init__(self) -> None:
        self._salt = secrets.token_bytes(16)

    def body(self, body: bytes) -> bytes:
        """A body without secrets. Bytes are unchanged where nothing was found."""
        try:
            parsed = json.loads(body)
        except (ValueError, RecursionError):
            text = body.decode("utf-8", errors="surrogateescape")
            clean = self._patterns(text)
            return body if clean == text else clean.encode("utf-8", errors="surrogateescape")
        cleaned = self.value(parsed)
        return body if cleaned == parsed else json.dumps(cleaned, separators=(",", ":")).encode()

    def value(self, value: Any, kind: str = "", name: str = "") -> Any:
        """A JSON value without secrets; ``kind`` marks every string below as secret of that kind, ``name`` is what the
        value is called."""
        if isinstance(value, dict):
            return {self._patterns(key): self._field(key, item, kind) for key, item in value.items()}
        if isinstance(value, list):
            return [self.value(item, kind, name) for item in value]
        if isinstance(value, str):
            return self._token(kind, value, name) if kind else self._patterns(value)
        return value

    def _field(self, key: str, item: Any, kind: str) -> Any:
        lowered = key.lower()
        if lowered in _PAGE_TOKENS and isinstance(item, str):
            return item
        if not kind and lowered in _NAMED_VARIABLES | _MAPPINGS and isinstance(item, list):
            return [self._variable(entry) for entry in item]
        if not kind and lowered in _MAPPINGS and not isinstance(item, dict):
            return self.value(item)  # a label such as environment=production, not a container's variables
        return self.value(item, kind or _VALUE_FIELDS.get(lowered, ""), key)

    def _variable(self, entry: Any) -> Any:
        if isinstance(entry, dict) and isinstance(entry.get("value"), str):
            return {
                **self.value(entry),
                "value": self._token("environment", entry["value"], str(entry.get("name", ""))),
            }
        return self.value(entry)

    def _token(self, kind: str, secret: str, name: str = "") -> str:
        if not secret or TOKEN.fullmatch(secret):
            return secret
        digest = hashlib.sha256(self._salt + secret.encode("utf-8", errors="surrogatepass")).hexdigest()[:10]
        found = verdict(name, secret, script=kind == "script") if kind in _DETECTED else None
        return f"[redacted:{kind}:{digest}:{found}]" if found is not None else f"[redacted:{kind}:{digest}]"

    def _patterns(self, text: str) -> str:
        return _ANY_PATTERN.sub(lambda match: self._token(_KINDS[match.lastgroup or ""], match.group(0)), text)
