"""One recorded API call: the unit of evidence, of replay and of test fixtures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from auditor.model.scope import Provider


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request as it was declared and asked, and what came back. Written by the wire only.

    ``id`` is the digest of what identifies the request (see :func:`auditor.wire.exchange.exchange_id`), so the same
    question has the same id in every run, live or replayed.
    """

    id: str
    provider: Provider
    account: str
    location: str
    service: str
    operation: str
    params: Mapping[str, Any]
    """Redacted."""
    ordinal: int = 0
    attempts: int = 1
    status: int | None = None
    """HTTP status; none where no response arrived."""
    error: str = ""
    """The provider's error code, or the class of the transport error. Never its message."""
    request_id: str = ""
    started_at: str = ""
    """UTC, ISO 8601."""
    duration_ms: int = 0
    digest: str = ""
    """SHA-256 of the redacted body."""
    page_of: str = ""
    """The first page of a history that this is a later page of. Citing the first cites them all."""
    synthetic: bool = False
    """Answered by a fixture of ours instead of a provider or its simulator."""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)
    """The redacted body; kept apart from the metadata when stored."""
