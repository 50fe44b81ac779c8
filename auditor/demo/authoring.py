"""Recordings of estates that we invent: a real session collects, and answers of our own take the network's place.

An estate maps a request to its answer. The key is the method and the path, with those query parameters that tell
requests of the same path apart:

    {("GET", "/subscriptions/s/providers/Microsoft.Network/virtualNetworks"): {"value": [...]},
     ("GET", "/v1/projects/p/locations?pageSize=100"): Pages({"locations": [...]}, {"locations": [...]}),
     ("GET", "/subscriptions/s/providers/Microsoft.Security/pricings"): Refusal(403, {"error": {"code": "..."}})}

Paths are compared without regard to case. Of the keys that fit, the one with the most query parameters answers.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

from auditor.collect import Collected, collect
from auditor.errors import AuditorError
from auditor.model.exchange import Exchange
from auditor.model.scope import GLOBAL, Account, Provider
from auditor.plan import Step
from auditor.providers.base import AnyCollector, Reach, Session
from auditor.wire import store
from auditor.wire.hop import Answer, Outgoing, Wire, declare


@dataclass(frozen=True, slots=True)
class Pages:
    """The bodies of a list, page by page. What leads from one to the next is added."""

    bodies: tuple[Mapping[str, Any], ...]

    def __init__(self, *bodies: Mapping[str, Any]) -> None:
        object.__setattr__(self, "bodies", bodies)


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer of another status than 200."""

    status: int
    body: Mapping[str, Any]


Reply = Mapping[str, Any] | Pages | Refusal
Estate = Mapping[tuple[str, str], Reply]

_PAGE_PARAMETER = {Provider.AZURE: "$skiptoken", Provider.GCP: "pageToken"}


class Source:
    """Answers declared calls from an estate, and remembers what it could not answer and what nobody asked."""

    def __init__(self, estate: Estate) -> None:
        self._replies: dict[tuple[str, str], list[tuple[dict[str, str], Reply, tuple[str, str]]]] = {}
        for key, reply in estate.items():
            method, target = key
            path, _, query = target.partition("?")
            place = (method, _plain(path))
            self._replies.setdefault(place, []).append((dict(parse_qsl(query)), reply, key))
        self.unanswered: list[str] = []
        self.unasked: set[tuple[str, str]] = set(estate)

    def __call__(self, request: Outgoing) -> Answer:
        path = str(request.params.get("path", ""))
        query = {str(k): str(v) for k, v in dict(request.params.get("query", {})).items()}
        candidates = self._replies.get((request.call.method, _plain(path)), [])
        fitting = [c for c in candidates if c[0].items() <= query.items()]
        if not fitting:
            self.unanswered.append(f"{request.call.method} {path} {query}")
            raise AuditorError(f"the estate has no answer to {request.describe()}")
        _, reply, key = max(fitting, key=lambda c: len(c[0]))
        self.unasked.discard(key)
        if isinstance(reply, Refusal):
            return _answer(reply.status, reply.body)
        if isinstance(reply, Pages):
            return _answer(200, _page(request, path, query, reply))
        return _answer(200, reply)


def author(
    account: Account,
    locations: Sequence[str],
    collectors: Sequence[AnyCollector],
    session: Callable[[Account, Wire], Session],
    estate: Estate,
    *,
    principal: str,
    as_of: str,
    folder: Path,
) -> Collected:
    """Collect everything that any check could ask for, and save what was said as a recording.

    AuditorError if the estate leaves a question open, answers one that nobody asks, or makes a collector stumble.
    """
    source = Source(estate)
    wire = Wire(declared=declare(c for x in collectors for c in x.calls()), sources=(source,), offline=True)
    opened = session(account, wire)
    steps = [
        Step(account, location, collector, collector.details)
        for collector in collectors
        for location in ((GLOBAL,) if collector.reach is Reach.ACCOUNT else locations)
        if not collector.service or opened.offers(collector.service, location)
    ]
    collected = collect(steps, {account: opened})
    if source.unanswered:
        raise AuditorError("the estate has no answer to", "\n".join(sorted(set(source.unanswered))))
    if collected.defects:
        raise AuditorError("collecting the estate shows defects", "\n".join(collected.defects))
    if source.unasked:
        raise AuditorError("nobody asks for", "\n".join(sorted(" ".join(key) for key in source.unasked)))
    document = {
        "tool_version": "",
        "checks_digest": "",
        "as_of": as_of,
        "selection": {},
        "failures": [],
        "accounts": [
            {
                "provider": account.provider,
                "id": account.id,
                "name": account.name,
                "locations": list(locations),
                "principal": principal,
            }
        ],
    }
    if (folder / "run.json").is_file():
        shutil.rmtree(folder)
    store.save(folder, document, [_timeless(e, as_of) for e in wire.ledger.exchanges()])
    return collected


def _timeless(exchange: Exchange, as_of: str) -> Exchange:
    """Authoring twice gives the same bytes."""
    return replace(exchange, started_at=as_of, duration_ms=0)


def _answer(status: int, body: Mapping[str, Any]) -> Answer:
    return Answer(
        status, json.dumps(body, sort_keys=True).encode(), {"content-type": "application/json"}, synthetic=True
    )


def _page(request: Outgoing, path: str, query: Mapping[str, str], pages: Pages) -> Mapping[str, Any]:
    parameter = _PAGE_PARAMETER[request.call.provider]
    number = int(query.get(parameter, "page0").removeprefix("page"))
    body = pages.bodies[number]
    if number + 1 == len(pages.bodies):
        return body
    token = f"page{number + 1}"
    if request.call.provider is Provider.GCP:
        return {**body, "nextPageToken": token}
    kept = "&".join(f"{name}={value}" for name, value in query.items() if name != parameter)
    return {**body, "nextLink": f"https://{request.call.host}{path}?{kept}&{parameter}={token}"}


def _plain(path: str) -> str:
    return unquote(path).rstrip("/").lower()
