"""The ledger of exchanges, and which piece of work made which call."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from auditor.model.exchange import Exchange
from auditor.model.scope import Provider

_spans: ContextVar[tuple[list[Exchange], ...]] = ContextVar("spans", default=())
_first_page: ContextVar[str] = ContextVar("first_page", default="")
_answers: ContextVar[tuple[list[Exchange], ...]] = ContextVar("answers", default=())


def canonical(value: object) -> str:
    """JSON with sorted keys: equal requests give equal text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=str, ensure_ascii=False)


def exchange_id(
    provider: Provider,
    account: str,
    location: str,
    service: str,
    operation: str,
    params: Mapping[str, Any],
    ordinal: int,
) -> str:
    """The digest of what identifies a request. Hosts, URLs and headers are no part of it."""
    key = canonical([provider, account, location, service, operation, params, ordinal])
    return hashlib.sha256(key.encode()).hexdigest()[:20]


class Ledger:
    """Thread-safe store of the exchanges of one run."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._exchanges: dict[str, Exchange] = {}
        self._asked: dict[str, int] = {}

    def next_id(
        self, provider: Provider, account: str, location: str, service: str, operation: str, params: Mapping[str, Any]
    ) -> tuple[str, int]:
        """The id and the ordinal of a request that is about to be made."""
        first = exchange_id(provider, account, location, service, operation, params, 0)
        with self._lock:
            ordinal = self._asked.get(first, 0)
            self._asked[first] = ordinal + 1
        if ordinal == 0:
            return first, 0
        return exchange_id(provider, account, location, service, operation, params, ordinal), ordinal

    def add(self, exchange: Exchange, whole: Exchange | None = None) -> None:
        """``whole`` has the body, where ``exchange`` goes without."""
        with self._lock:
            self._exchanges[exchange.id] = exchange
        for span in _spans.get():
            span.append(exchange)
        for listener in _answers.get():
            listener.append(whole or exchange)

    def exchanges(self) -> tuple[Exchange, ...]:
        """All exchanges, in an order that does not depend on timing."""
        with self._lock:
            found = list(self._exchanges.values())
        return tuple(
            sorted(
                found,
                key=lambda e: (
                    e.provider,
                    e.account,
                    e.location,
                    e.service,
                    e.operation,
                    canonical(e.params),
                    e.ordinal,
                ),
            )
        )


@contextmanager
def span() -> Iterator[list[Exchange]]:
    """Collects the exchanges that the enclosed code makes, cached answers included. Spans nest."""
    made: list[Exchange] = []
    token = _spans.set((*_spans.get(), made))
    try:
        yield made
    finally:
        _spans.reset(token)


def first_page() -> str:
    """The page that those being read now belong to; empty outside of :func:`later_page`."""
    return _first_page.get()


@contextmanager
def later_page(first: Exchange) -> Iterator[None]:
    """Reads a later page of a long history: cited through its first page, unless it fails."""
    outside = _spans.get()
    made: list[Exchange] = []
    spans_token, page_token = _spans.set((made,)), _first_page.set(first.id)
    try:
        yield
    except BaseException:
        for open_span in outside:
            open_span.extend(made)
        raise
    finally:
        _spans.reset(spans_token)
        _first_page.reset(page_token)


@contextmanager
def answers() -> Iterator[list[Exchange]]:
    """Collects the exchanges that the enclosed code makes, with their bodies, for as long as it runs."""
    made: list[Exchange] = []
    token = _answers.set((*_answers.get(), made))
    try:
        yield made
    finally:
        _answers.reset(token)


def cite_in_span(exchanges: Iterable[Exchange]) -> None:
    """Credit exchanges that were answered from memory to the work that asked again."""
    seen = tuple(exchanges)
    for open_span in _spans.get():
        open_span.extend(seen)


def ids(exchanges: Iterable[Exchange]) -> tuple[str, ...]:
    return tuple(sorted({e.id for e in exchanges}))
