"""A guarded session whose network is an estate of our own: the demo's, changed where a test wants it.

def test_x(azure):
    azure.change("accounts", "oai-kestrel-lab", "properties.disableLocalAuth", True)
    assert azure.fact("AiService", "oai-kestrel-lab", "key_authentication").value is False
"""

from __future__ import annotations

import copy
import socket
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from auditor.collect import Collected, collect
from auditor.demo.authoring import Estate, Pages, Refusal, Reply, Source
from auditor.demo.azure_estate import estate
from auditor.demo.azure_rows import SUBSCRIPTION
from auditor.model.facts import Fact
from auditor.model.resources import KIND_BY_NAME, Resource
from auditor.model.scope import GLOBAL, Account, Provider
from auditor.plan import Step
from auditor.providers.azure import collectors
from auditor.providers.azure.session import AzureSession, OfflineCredential
from auditor.providers.base import AnyCollector
from auditor.wire.calls import Call
from auditor.wire.hop import Answer, Outgoing, Wire, declare
from auditor.wire.pace import Pacer

ACCOUNT = Account(Provider.AZURE, SUBSCRIPTION, "kestrel-ai-prod")
ABSENT = ...


class Azure:
    """See the module's text."""

    def __init__(self) -> None:
        self.account = ACCOUNT
        self.estate: dict[tuple[str, str], Reply] = copy.deepcopy(dict(estate()))

    def path(self, ending: str) -> tuple[str, str]:
        """The only request whose path ends so."""
        (key,) = [k for k in self.estate if k[1].lower().endswith(ending.lower())]
        return key

    def reply(self, ending: str, reply: Reply) -> None:
        self.estate[self.path(ending)] = reply

    def refuse(self, ending: str, status: int = 403, code: str = "AuthorizationFailed") -> None:
        self.reply(ending, Refusal(status, {"error": {"code": code, "message": "m"}}))

    def change(self, name: str, path: str, value: Any, *, within: str = "") -> None:
        """Set a property of every row of this name (in answers to paths that contain ``within``); ABSENT removes it."""
        changed = 0
        for (_, target), reply in self.estate.items():
            if within.lower() in target.lower():
                for row in _rows(reply, name):
                    _set(row, path.split("."), copy.deepcopy(value))
                    changed += 1
        assert changed, f"no row is called {name}"

    def collected(self, kinds: Sequence[str] = ()) -> Collected:
        chosen = [c for c in collectors() if not kinds or c.kind.kind() in kinds]
        return run(chosen, Source(self.estate))

    def resource(self, kind: str, name: str) -> Resource:
        done = self.collected([kind])
        assert done.defects == ()
        (found,) = [r for r in done.inventory.resources if type(r) is KIND_BY_NAME[kind] and r.name == name]
        return found

    def fact(self, kind: str, name: str, fact: str) -> Fact[Any]:
        found: Fact[Any] = getattr(self.resource(kind, name), fact)
        return found


def _rows(reply: Reply, name: str) -> list[dict[str, Any]]:
    bodies: Sequence[Any] = reply.bodies if isinstance(reply, Pages) else () if isinstance(reply, Refusal) else (reply,)
    rows = [row for body in bodies for row in (body.get("value", []) if "value" in body else [body])]
    return [row for row in rows if row.get("name") == name]


def _set(row: dict[str, Any], path: list[str], value: Any) -> None:
    for part in path[:-1]:
        row = row[int(part)] if isinstance(row, list) else row.setdefault(part, {})
    if value is ABSENT:
        row.pop(path[-1], None)
    elif isinstance(row, list):
        row[int(path[-1])] = value
    else:
        row[path[-1]] = value


def run(chosen: Sequence[AnyCollector], source: Callable[[Outgoing], Answer | None]) -> Collected:
    wire = Wire(declared=declare(c for x in chosen for c in x.calls()), sources=(source,), offline=True)
    steps = [Step(ACCOUNT, GLOBAL, c, c.details) for c in chosen]
    return collect(steps, {ACCOUNT: AzureSession(ACCOUNT, wire)}, workers=4)


class Network:
    """Answers in place of the network, in order; counts what would have been sent."""

    def __init__(self, *answers: Answer | Exception) -> None:
        self.answers = list(answers)
        self.sent: list[str] = []
        self.slept: list[float] = []

    def __call__(self, request: Outgoing) -> Answer:
        self.sent.append(f"{request.call.method} {request.params['path']}")
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def session(self, calls: Sequence[Call], **options: Any) -> AzureSession:
        """A session that behaves as if live, but for the last hop."""
        wire = Wire(
            declared=declare(calls),
            sources=(self,),
            pacer=Pacer(sleep=lambda _: None),
            sleep=self.slept.append,
            attempts=options.pop("attempts", 3),
            **options,
        )
        return AzureSession(ACCOUNT, wire, OfflineCredential())


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a test reached for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture
def azure() -> Azure:
    return Azure()


__all__ = ["ABSENT", "ACCOUNT", "Azure", "Estate", "Mapping", "Network", "run"]
