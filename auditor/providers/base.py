"""The shape of a session and of a collector."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from typing import Any, ClassVar, Generic, TypeVar, cast

from auditor.model.exchange import Exchange
from auditor.model.facts import Fact, Known, Reason
from auditor.model.resources import Resource
from auditor.model.scope import GLOBAL, Account, Provider
from auditor.wire.calls import Call
from auditor.wire.errors import CallFailed
from auditor.wire.ledger import Ledger, canonical, cite_in_span, later_page, span

R = TypeVar("R", bound=Resource)
S = TypeVar("S", bound="Session")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Answered:
    """How a question of this run ended, and the exchanges it took."""

    result: Any
    error: BaseException | None
    exchanges: tuple[Exchange, ...]


class Session(ABC):
    """Authenticated, guarded, recorded access to one account.

    Collectors reach the provider through :meth:`call` and :meth:`items` only. Equal questions are asked once per
    run; whoever asks again gets the same answer and cites the same exchange.
    """

    provider: ClassVar[Provider]

    def __init__(self, account: Account, ledger: Ledger) -> None:
        self.account = account
        self.ledger = ledger
        self.locations: tuple[str, ...] = ()
        """The locations of this run in this account, for collectors that must know the others."""
        self._memo: dict[str, Future[_Answered]] = {}
        self._memo_lock = threading.Lock()

    def call(self, call: Call, location: str, **params: Any) -> Any:
        """The parsed body, or None when the answer is one of the call's documented absences.

        Raises :class:`auditor.wire.errors.CallFailed` for everything else that is not an answer.
        """
        return self.once(canonical([call.key, location, params]), lambda: self._send(call, location, params))

    def again(self, call: Call, location: str, attempt: int, **params: Any) -> Any:
        """Ask a question whose answer changes while the provider works on it, e.g. until a report is ready."""
        key = canonical([call.key, location, params, attempt])
        return self.once(key, lambda: self._send(call, location, params))

    def items(self, call: Call, location: str, **params: Any) -> Iterator[Any]:
        """The items of a list, page by page. What was read before a failing page has been yielded by then."""
        for page in self.pages(call, location, params):
            yield from page.get(call.items) or ()

    def pages(
        self, call: Call, location: str, params: Mapping[str, Any], token: Any = None
    ) -> Iterator[Mapping[str, Any]]:
        """The answers of a list, from the page that the token stands for, or from the first."""
        seen = {canonical(token)} if token else set()
        while True:
            page = self.call(call, location, **self._page_params(call, params, token))
            if page is None:
                return
            yield page
            token = self._token_after(call, page, seen)
            if not token:
                return

    def stream(self, call: Call, location: str, **params: Any) -> Iterator[Any]:
        """Like :meth:`items`, for histories that are too long to keep: no page is remembered, so ask only once. All are
        cited through the first."""
        with span() as made:
            page = self._send(call, location, self._page_params(call, params, None))
        first = made[-1]
        seen: set[str] = set()
        while page is not None:
            yield from page.get(call.items) or ()
            token = self._token_after(call, page, seen)
            if not token:
                return
            with later_page(first):
                page = self._send(call, location, self._page_params(call, params, token))

    def _token_after(self, call: Call, page: Mapping[str, Any], seen: set[str]) -> Any:
        """The token of the next page. One that came before would lead round for ever."""
        token = self._next_token(call, page)
        if token:
            if canonical(token) in seen:
                raise CallFailed(call, Reason.MALFORMED, "a page token came twice")
            seen.add(canonical(token))
        return token

    def once(self, key: str, work: Callable[[], T]) -> T:
        """Run ``work`` once per key and run; concurrent callers wait for it. Its exchanges are credited to each."""
        with self._memo_lock:
            future = self._memo.get(key)
            owner = future is None
            if future is None:
                future = self._memo[key] = Future()
        if owner:
            with span() as made:
                try:
                    result = work()
                except BaseException as error:
                    future.set_result(_Answered(None, error, tuple(made)))
                    raise
            future.set_result(_Answered(result, None, tuple(made)))
            return result
        answered = future.result()
        cite_in_span(answered.exchanges)
        if answered.error is not None:
            raise answered.error
        return cast(T, answered.result)

    def forget(self) -> None:
        """Let go of every answer: nothing will be asked any more."""
        with self._memo_lock:
            self._memo.clear()

    @abstractmethod
    def _send(self, call: Call, location: str, params: Mapping[str, Any]) -> Any:
        """Make one request and give its parsed body, or None for a documented absence."""

    @abstractmethod
    def _page_params(self, call: Call, params: Mapping[str, Any], token: Any) -> dict[str, Any]:
        """The parameters of a page; ``token`` is None for the first."""

    @abstractmethod
    def _next_token(self, call: Call, page: Mapping[str, Any]) -> Any:
        """What leads to the page after this one; falsy for the last."""

    @abstractmethod
    def offers(self, service: str, location: str) -> bool:
        """Whether the provider offers a service in a location at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One cloud, signed in to: who we are, which accounts we read, and where in each."""

    provider: Provider
    principal: str
    """The identity as the provider names it, e.g. an ARN; never a secret."""
    sessions: Mapping[Account, Session]
    locations: Mapping[Account, tuple[str, ...]]


class Reach(StrEnum):
    """Where a collector must ask, and what its listing covers."""

    ACCOUNT = "account"  # one listing covers every location
    LOCATION = "location"  # must be asked in each location


Gate = frozenset[str]
"""Services of collectors, any of which must have found something in a location for it to be asked there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail(Generic[R, S]):
    """Further calls for resources that were found, and the facts they supply.

    ``read`` is for one resource, ``read_all`` for all of one listing at once; exactly one is given. Both return only
    facts named in ``facts``. A fact that is missing from the answer is unknown: NOT_COLLECTED.
    """

    calls: tuple[Call, ...]
    facts: tuple[str, ...]
    read: Callable[[S, R], Mapping[str, Fact[Any]]] | None = None
    read_all: Callable[[S, str, Sequence[R]], Mapping[str, Mapping[str, Fact[Any]]]] | None = None
    gate: Gate = frozenset()
    """Read only where one of these services has something; elsewhere the facts stay NOT_COLLECTED."""

    def __post_init__(self) -> None:
        if (self.read is None) == (self.read_all is None):
            raise ValueError("a detail has either read or read_all")


@dataclass(frozen=True, slots=True, kw_only=True)
class Collector(Generic[R, S]):
    """Lists one kind of resource on one provider and reads its facts.

    ``find`` yields resources as their pages arrive; if it fails, those already yielded are kept and the rest is a
    gap. ``service`` names what must be offered in a location for it to be asked there.

    With a ``gate``, a location is asked only if one of those services has something in it, or could not be looked at.
    Everywhere else the kind counts as listed and empty: what protects AI is looked for where AI (or data) is.
    """

    name: str
    """Unique, e.g. ``aws.endpoints.sagemaker``."""
    provider: Provider
    kind: type[R]
    reach: Reach
    service: str = ""
    find_calls: tuple[Call, ...]
    find: Callable[[S, str], Iterable[R]]
    find_facts: tuple[str, ...] = ()
    details: tuple[Detail[R, S], ...] = ()
    gate: Gate = frozenset()

    def __post_init__(self) -> None:
        supplied = [*self.find_facts, *(f for d in self.details for f in d.facts)]
        if unknown := set(supplied) - self.kind.fact_names():
            raise ValueError(f"{self.name}: {self.kind.__name__} has no fact {sorted(unknown)}")
        if len(set(supplied)) != len(supplied):
            raise ValueError(f"{self.name}: a fact is supplied twice")

    def facts(self) -> frozenset[str]:
        return frozenset((*self.find_facts, *(f for d in self.details for f in d.facts)))

    def calls(self) -> tuple[Call, ...]:
        return (*self.find_calls, *(c for d in self.details for c in d.calls))


AnyCollector = Collector[Any, Any]
AnyDetail = Detail[Any, Any]


def collectors_of(package: str, modules: Iterable[str]) -> tuple[AnyCollector, ...]:
    """Those in ``COLLECTORS`` of each of a package's modules."""
    return tuple(found for name in modules for found in import_module(f"{package}.{name}").COLLECTORS)


def asked(session: Session, call: Call, location: str = GLOBAL, **params: Any) -> Fact[Any]:
    """An answer as a fact (None for a documented absence), for readers in which one known answer may decide alone."""
    try:
        return Known(session.call(call, location, **params))
    except CallFailed as error:
        return error.unknown()
