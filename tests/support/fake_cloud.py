"""A tiny cloud: real sessions, collectors and wire, with answers from a function in place of a network."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from auditor.errors import AuditorError
from auditor.model.facts import Fact, Known, Reason
from auditor.model.resources import Notebook
from auditor.model.scope import Account, Provider
from auditor.providers import registry
from auditor.providers.base import AnyCollector, Collector, Connection, Detail, Reach, Session
from auditor.settings import Settings
from auditor.wire.calls import Call
from auditor.wire.errors import CallFailed
from auditor.wire.hop import Wire

ACCOUNT = Account(Provider.AWS, "123456789012", "production")
LOCATIONS = ("eu-west-1", "us-east-1")

LIST = Call(
    provider=Provider.AWS, service="fake", operation="ListNotebooks", permissions=("fake:ListNotebooks",), items="items"
)
DESCRIBE = Call(
    provider=Provider.AWS, service="fake", operation="DescribeNotebook", permissions=("fake:DescribeNotebook",)
)
WHO = Call(provider=Provider.AWS, service="fake", operation="ListRegions", permissions=("fake:ListRegions",))

Answer = Callable[[Call, str, Mapping[str, Any]], tuple[int, Any]]


def answers(call: Call, location: str, params: Mapping[str, Any]) -> tuple[int, Any]:
    """One notebook with root in one place and one without in the other."""
    if call is LIST:
        return 200, {"items": [{"name": f"notebook-{location}"}]}
    return 200, {"root": location == "us-east-1"}


class FakeSession(Session):
    provider = Provider.AWS

    def __init__(self, account: Account, wire: Wire, answer: Answer) -> None:
        super().__init__(account, wire.ledger)
        self.wire, self.answer = wire, answer

    def _send(self, call: Call, location: str, params: Mapping[str, Any]) -> Any:
        request = self.wire.begin(call, self.account.id, location, params)
        stored = self.wire.answer(request)
        if stored is not None:
            status, raw = stored.status, stored.body
        else:
            status, body = self.answer(call, location, params)
            raw = self.wire.redacted(json.dumps(body).encode())
        self.wire.finish(request, status=status, error="" if status == 200 else "AccessDenied", body=raw)
        if status != 200:
            raise CallFailed(call, Reason.DENIED, "AccessDenied")
        return json.loads(raw)

    def _page_params(self, call: Call, params: Mapping[str, Any], token: Any) -> dict[str, Any]:
        return dict(params)

    def _next_token(self, call: Call, page: Mapping[str, Any]) -> Any:
        return None

    def offers(self, service: str, location: str) -> bool:
        return True


def _find(session: FakeSession, location: str) -> Iterator[Notebook]:
    for item in session.items(LIST, location):
        yield Notebook(
            id=f"arn:fake:{session.account.id}:{location}:{item['name']}",
            name=item["name"],
            account=session.account,
            location=location,
            native_type="Fake::Notebook",
        )


def _root(session: FakeSession, notebook: Notebook) -> Mapping[str, Fact[Any]]:
    body = session.call(DESCRIBE, notebook.location, name=notebook.name)
    return {"root_access": Known(body["root"], {"RootAccess": body["root"]})}


COLLECTOR: AnyCollector = Collector(
    name="fake.notebooks",
    provider=Provider.AWS,
    kind=Notebook,
    reach=Reach.LOCATION,
    find_calls=(LIST,),
    find=_find,
    details=(Detail(calls=(DESCRIBE,), facts=("root_access",), read=_root),),
)


class FakeCloud:
    """Takes the place of all providers in the registry. ``refusing`` are the clouds that cannot be signed in to."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.answer: Answer = answers
        self.refusing: dict[Provider, AuditorError] = {}
        self.collectors: tuple[AnyCollector, ...] = (COLLECTOR,)
        patch.setattr(registry, "collectors", lambda providers=tuple(Provider): self._collectors(tuple(providers)))
        patch.setattr(registry, "connecting_calls", lambda provider: (WHO,) if provider is Provider.AWS else ())
        patch.setattr(registry, "connect", self._connect)
        patch.setattr(registry, "offline", self._offline)

    def _collectors(self, providers: tuple[Provider, ...]) -> tuple[AnyCollector, ...]:
        return tuple(c for c in self.collectors if c.provider in providers)

    def _connect(self, provider: Provider, settings: Settings, wire: Wire) -> Connection:
        if provider in self.refusing:
            raise self.refusing[provider]
        account = ACCOUNT if provider is Provider.AWS else Account(provider, f"{provider}-account")
        session = FakeSession(account, wire, lambda call, where, params: self.answer(call, where, params))
        if provider is Provider.AWS:
            session.call(WHO, "us-east-1")
        return Connection(
            provider=provider, principal="arn:fake:reader", sessions={account: session}, locations={account: LOCATIONS}
        )

    def _offline(self, account: Account, locations: tuple[str, ...], wire: Wire) -> Session:
        def never(call: Call, location: str, params: Mapping[str, Any]) -> tuple[int, Any]:
            raise AssertionError("a replay asked the network")

        return FakeSession(account, wire, never)
