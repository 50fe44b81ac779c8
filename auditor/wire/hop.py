"""The last hop: what every provider's session does around a request, in one place.

A session asks :meth:`Wire.begin` (guard and identity), sends through its SDK while :meth:`Wire.pace` holds it back,
lets :attr:`Wire.sources` answer before the network does, and reports to :meth:`Wire.finish` (redact and record).
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from auditor.model.audit import HISTORY_DAYS
from auditor.model.exchange import Exchange
from auditor.wire.calls import Call, reject_unless_read
from auditor.wire.errors import ReplayMiss, WriteBlocked
from auditor.wire.ledger import Ledger, first_page
from auditor.wire.pace import Pacer
from auditor.wire.redact import Redactor
from auditor.wire.store import Recording


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One declared request on its way."""

    id: str
    account: str
    location: str
    call: Call
    params: Mapping[str, Any]
    """Redacted."""
    ordinal: int
    started: float = field(default_factory=time.monotonic)
    started_at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="milliseconds"))

    @property
    def pace_key(self) -> tuple[str, str, str, str]:
        return (self.account, self.location, self.call.service, self.call.operation)

    def describe(self) -> str:
        return f"{self.call.provider}:{self.account}/{self.location} {self.call.key} {dict(self.params)}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a source gives in place of the network."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    synthetic: bool = False
    attempts: int = 1


class TransportFault(Exception):
    """No response arrived. ``code`` is the class of the fault as it is recorded, e.g. ``ConnectionClosedError``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


Source = Callable[[Outgoing], Answer | None]
"""May answer a request, let it pass (None), or raise TransportFault."""


@dataclass(kw_only=True)
class Wire:
    """Shared by all sessions of a run."""

    declared: Mapping[str, Call]
    """Every call that may leave, by key. Nothing else does."""
    ledger: Ledger = field(default_factory=Ledger)
    pacer: Pacer = field(default_factory=Pacer)
    redactor: Redactor = field(default_factory=Redactor)
    sources: Sequence[Source] = ()
    """Asked in order before the network. A replayed run has one that never lets a request pass."""
    offline: bool = False
    """Nothing may reach the network; sessions use no credentials."""
    attempts: int = 8
    """Tries per call, the first included, when throttled or cut off."""
    backoff: float = 0.5
    """Seconds before the second try; doubles from there."""
    connect_timeout: float = 5.0
    read_timeout: float = 30.0
    sleep: Callable[[float], None] = time.sleep
    as_of: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    """When the run began; for a replay, when the recorded run did. Windows of time end here."""
    history_days: int = HISTORY_DAYS
    """How far back finished jobs are read."""
    recording: Recording | None = None
    """What is replayed. Its exchanges keep the times and request ids that they were recorded with."""
    bodies: Callable[[str, bytes], None] | None = None
    """Takes each redacted body with its digest, in place of the ledger; None: the ledger keeps them."""

    def since(self, days: int | None = None) -> str:
        """The beginning of a window that ends when the run began, in ISO format; by default that of jobs. Windows begin
        at midnight UTC, so that runs of one day ask the same."""
        began = datetime.fromisoformat(self.as_of).astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return (began - timedelta(days=self.history_days if days is None else days)).isoformat(timespec="seconds")

    def begin(self, call: Call, account: str, location: str, params: Mapping[str, Any]) -> Outgoing:
        """Let a declared call pass and give it its identity; WriteBlocked for any other."""
        if self.declared.get(call.key) is not call:
            raise WriteBlocked(f"{call.key} is declared by no collector of this run")
        clean = self.redactor.value(dict(params))
        exchange_id, ordinal = self.ledger.next_id(
            call.provider, account, location, call.service, call.operation, clean
        )
        return Outgoing(id=exchange_id, account=account, location=location, call=call, params=clean, ordinal=ordinal)

    def answer(self, request: Outgoing) -> Answer | None:
        """What a source answers in place of the network; None to go on. Never None offline."""
        for source in self.sources:
            answer = source(request)
            if answer is not None:
                return answer
        if self.offline:
            raise ReplayMiss(f"the recording holds no answer to {request.describe()}")
        return None

    def pace(self, request: Outgoing) -> None:
        if not self.offline:
            self.pacer.wait(request.pace_key, request.call.per_second)

    def redacted(self, body: bytes) -> bytes:
        return self.redactor.body(body)

    def finish(
        self,
        request: Outgoing,
        *,
        status: int | None,
        error: str = "",
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        request_id: str = "",
        attempts: int = 1,
        synthetic: bool = False,
    ) -> Exchange:
        """Record how a request ended, and give the exchange with its body. ``body`` must be redacted already."""
        exchange = Exchange(
            id=request.id,
            provider=request.call.provider,
            account=request.account,
            location=request.location,
            service=request.call.service,
            operation=request.call.operation,
            params=request.params,
            ordinal=request.ordinal,
            attempts=attempts,
            status=status,
            error=error,
            request_id=request_id,
            started_at=request.started_at,
            duration_ms=round((time.monotonic() - request.started) * 1000),
            digest=hashlib.sha256(body).hexdigest() if body else "",
            page_of=first_page(),
            synthetic=synthetic,
            headers={k: v for k, v in (headers or {}).items() if k.lower() in KEPT_HEADERS},
            body=body,
        )
        if self.recording is not None and (made := self.recording.made(request.id)) is not None:
            exchange = replace(
                exchange,
                request_id=made.request_id,
                started_at=made.started_at,
                duration_ms=made.duration_ms,
                attempts=made.attempts,
            )
        if self.bodies is None or not body:
            self.ledger.add(exchange)
        else:
            self.bodies(exchange.digest, body)
            self.ledger.add(replace(exchange, body=b""), exchange)
        return exchange


KEPT_HEADERS = frozenset({"content-type", "date", "retry-after", "x-amzn-errortype", "x-ms-error-code"})
"""Response headers that are recorded: those a parser or a retry needs, and the provider's own clock."""


def declare(calls: Iterable[Call]) -> dict[str, Call]:
    """The calls by key. Two different declarations under one key are an error; so is one that is not a read."""
    declared: dict[str, Call] = {}
    for call in calls:
        reject_unless_read(call)
        if declared.setdefault(call.key, call) is not call:
            raise ValueError(f"{call.key} is declared twice; share one Call object")
    return declared


def replay_source(recording: Recording) -> Source:
    """Answers from a recording by exchange id; a miss is a defect that names the request."""

    def answer(request: Outgoing) -> Answer:
        exchange = recording.find(request.id, request.describe())
        if exchange is None:
            raise ReplayMiss(f"the recording holds no answer to {request.describe()}")
        if exchange.status is None:
            raise TransportFault(exchange.error)
        return Answer(exchange.status, exchange.body, exchange.headers, exchange.synthetic, exchange.attempts)

    return answer
