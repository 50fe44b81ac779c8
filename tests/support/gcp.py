"""Google Cloud sessions for tests: answered from an estate, from a function, or from a network of our own."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import requests

from auditor.collect import Collected, collect
from auditor.demo.authoring import Pages, Source
from auditor.demo.gcp_estate import ESTATE
from auditor.demo.gcp_names import NAME, PROJECT, REGIONS
from auditor.model.facts import Fact, Known
from auditor.model.resources import Kind, Resource
from auditor.model.scope import GLOBAL, Account, Provider
from auditor.plan import Step
from auditor.providers.base import AnyCollector, Reach
from auditor.providers.gcp import collectors
from auditor.providers.gcp.session import GcpSession
from auditor.providers.gcp.shared_calls import AI_LOCATIONS
from auditor.providers.rest import _response
from auditor.wire.calls import Call
from auditor.wire.hop import Answer, Outgoing, Wire, declare
from auditor.wire.hop import Source as Answering

ACCOUNT = Account(Provider.GCP, PROJECT, NAME)
DECLARED = declare((AI_LOCATIONS, *(call for collector in collectors() for call in collector.calls())))

Body = dict[str, Any]
Edit = Callable[[Any], None]
Key = tuple[str, str]


def answered(source: Answering, declared: Mapping[str, Call] = DECLARED) -> GcpSession:
    """An offline session; every request goes to ``source``."""
    return GcpSession(ACCOUNT, Wire(declared=declared, sources=(source,), offline=True))


def run(source: Answering, chosen: Sequence[AnyCollector], locations: Sequence[str] = REGIONS) -> Collected:
    """Everything the chosen collectors read, details included."""
    steps = [
        Step(ACCOUNT, location, collector, collector.details)
        for collector in chosen
        for location in ((GLOBAL,) if collector.reach is Reach.ACCOUNT else locations)
    ]
    return collect(steps, {ACCOUNT: answered(source)}, workers=4)


def demo(**changes: Any) -> dict[Key, Any]:
    """A copy of the demo's estate, to be changed."""
    return copy.deepcopy(dict(ESTATE))


def edited(key: Key, edit: Edit) -> dict[Key, Any]:
    """The demo's estate with one body changed; a list of several pages counts as one body of pages."""
    estate = demo()
    body = estate[key]
    edit(list(body.bodies) if isinstance(body, Pages) else body)
    return estate


def drop(*path: Any) -> Edit:
    return lambda body: _parent(body, path).pop(path[-1])


def put(value: Any, *path: Any) -> Edit:
    return lambda body: _parent(body, path).__setitem__(path[-1], copy.deepcopy(value))


def both(*edits: Edit) -> Edit:
    def apply(body: Any) -> None:
        for edit in edits:
            edit(body)

    return apply


def _parent(body: Any, path: Sequence[Any]) -> Any:
    for step in path[:-1]:
        body = body[step]
    return body


def refusing(refusals: Mapping[str, Answer], otherwise: Answering) -> Answering:
    """Answers the calls with these keys so, and leaves the rest to another source."""

    def source(request: Outgoing) -> Answer | None:
        return refusals.get(request.call.key) or otherwise(request)

    return source


def error(status: int, code: str = "", reason: str = "", message: str = "") -> Answer:
    """An error in Google's form."""
    body: Body = {"code": status, "message": message, "status": code}
    if reason:
        body["details"] = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}]
    return Answer(status, json.dumps({"error": body}).encode(), {"content-type": "application/json"})


DENIED = error(403, "PERMISSION_DENIED", "IAM_PERMISSION_DENIED")
DISABLED = error(403, "PERMISSION_DENIED", "SERVICE_DISABLED")


def from_estate(estate: Mapping[Key, Any]) -> Source:
    return Source(estate)


def only(collected: Collected, kind: Kind, name: str) -> Resource:
    (found,) = [r for r in collected.inventory.resources if type(r) is kind and r.name == name]
    return found


def value_of(fact: Fact[Any]) -> Any:
    """The value of a known fact, or the reason of an unknown one."""
    return fact.value if isinstance(fact, Known) else fact.reason


class Network:
    """Stands where the network would: gives these answers in turn, and keeps what was sent."""

    def __init__(self, *answers: Answer | Exception) -> None:
        self.answers = list(answers)
        self.sent: list[requests.PreparedRequest] = []

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        self.sent.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return _response(request, answer.status, answer.headers, answer.body)

    def close(self) -> None:
        return
