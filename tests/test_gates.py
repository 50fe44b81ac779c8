"""Where collectors behind a gate look, and what a closed gate claims."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from auditor.collect import Collected, collect
from auditor.model.facts import NOT_COLLECTED, Fact, Known, Reason, Unknown
from auditor.model.resources import AiService, Endpoint, Key, Kind, Resource, Storage
from auditor.model.scope import GLOBAL, Account, Provider
from auditor.plan import Step
from auditor.providers.base import AnyCollector, Collector, Detail, Reach, Session
from auditor.wire.calls import Call
from auditor.wire.errors import CallFailed
from auditor.wire.hop import Wire, declare

ACCOUNT = Account(Provider.AWS, "1")
HERE, THERE = "here", "there"


def call(name: str) -> Call:
    return Call(provider=Provider.AWS, service="fake", operation=f"List{name}", permissions=("fake:List",), items="x")


CALLS = {name: call(name) for name in ("Endpoints", "Services", "Buckets", "Keys", "Details")}


class FakeSession(Session):
    """``found`` says what each list gives in a place; a Reason in its place is a failure."""

    provider = Provider.AWS

    def __init__(self, found: Mapping[tuple[str, str], Any]) -> None:
        self.wire = Wire(declared=declare(CALLS.values()))
        super().__init__(ACCOUNT, self.wire.ledger)
        self.found = found

    def _send(self, call: Call, location: str, params: Mapping[str, Any]) -> Any:
        request = self.wire.begin(call, ACCOUNT.id, location, params)
        self.wire.finish(request, status=200, body=b"{}")
        answer = self.found.get((call.operation.removeprefix("List"), location), ())
        if isinstance(answer, Reason):
            raise CallFailed(call, answer)
        return {"x": list(answer)}

    def _page_params(self, call: Call, params: Mapping[str, Any], token: Any) -> dict[str, Any]:
        return dict(params)

    def _next_token(self, call: Call, page: Mapping[str, Any]) -> Any:
        return None

    def offers(self, service: str, location: str) -> bool:
        return True

    def asked(self) -> set[tuple[str, str]]:
        return {(e.operation.removeprefix("List"), e.location) for e in self.ledger.exchanges()}


def lister(kind: Kind, name: str) -> Callable[[Any, str], Iterator[Any]]:
    def find(session: FakeSession, location: str) -> Iterator[Resource]:
        for item in session.items(CALLS[name], location):
            where, facts = (item["where"], item.get("facts", {})) if isinstance(item, dict) else (location, {})
            yield kind(id=f"{name}/{where}", name=name, account=ACCOUNT, location=where, native_type="Fake", **facts)

    return find


def collector(kind: Kind, name: str, service: str, **more: Any) -> AnyCollector:
    options: dict[str, Any] = {"reach": Reach.LOCATION, **more}
    return Collector(
        name=f"fake.{name}",
        provider=Provider.AWS,
        kind=kind,
        service=service,
        find_calls=(CALLS[name],),
        find=lister(kind, name),
        **options,
    )


ENDPOINTS = collector(Endpoint, "Endpoints", "serving")
SERVICES = collector(AiService, "Services", "models")
BUCKETS = collector(Storage, "Buckets", "store", reach=Reach.ACCOUNT)
KEYS = collector(Key, "Keys", "keys", gate=frozenset({"serving", "models", "store"}))


def run(found: Mapping[tuple[str, str], Any], *collectors: AnyCollector) -> tuple[Collected, FakeSession]:
    session = FakeSession(found)
    steps = [
        Step(ACCOUNT, location, c, c.details)
        for c in collectors
        for location in ((GLOBAL,) if c.reach is Reach.ACCOUNT else (HERE, THERE))
    ]
    return collect(steps, {ACCOUNT: session}, workers=3), session


def test_an_empty_place_is_not_asked_and_counts_as_listed_by_the_calls_that_prove_it() -> None:
    """In whatever order the steps stand, and nothing else is claimed."""
    found = {("Endpoints", HERE): ["e"], ("Keys", HERE): ["k"], ("Keys", THERE): ["k"]}
    for order in ((KEYS, ENDPOINTS, SERVICES, BUCKETS), (BUCKETS, SERVICES, ENDPOINTS, KEYS)):
        collected, session = run(found, *order)
        assert ("Keys", HERE) in session.asked()
        assert ("Keys", THERE) not in session.asked()
        assert {k.location for k in collected.inventory.of(Key, ACCOUNT)} == {HERE}
        listings = {x.location: x for x in collected.inventory.listings_of(Key, ACCOUNT)}
        assert set(listings) == {HERE, THERE}
        proof = {
            e.operation for e in session.ledger.exchanges() if e.id in listings[THERE].calls and e.location != HERE
        }
        assert proof == {"ListEndpoints", "ListServices", "ListBuckets"}
        assert collected.inventory.gaps == ()


@pytest.mark.parametrize(
    ("found", "opens"),
    [
        pytest.param({}, False, id="nothing anywhere"),
        pytest.param({("Endpoints", THERE): ["e"]}, True, id="a resource"),
        pytest.param({("Endpoints", HERE): ["e"]}, False, id="a resource elsewhere"),
        pytest.param({("Endpoints", THERE): Reason.DENIED}, True, id="what could not be listed"),
        pytest.param({("Buckets", GLOBAL): [{"where": THERE}]}, True, id="a bucket of the place"),
        pytest.param({("Buckets", GLOBAL): [{"where": HERE}]}, False, id="a bucket of another place"),
        pytest.param({("Buckets", GLOBAL): Reason.THROTTLED}, True, id="buckets that could not be listed"),
        pytest.param(
            {("Services", THERE): [{"where": THERE, "facts": {"called": Known(False)}}]}, False, id="nobody called"
        ),
        pytest.param(
            {("Services", THERE): [{"where": THERE, "facts": {"called": Known(True)}}]}, True, id="somebody called"
        ),
        pytest.param({("Services", THERE): [{"where": THERE}]}, True, id="nobody knows whether anybody called"),
    ],
)
def test_what_opens_a_gate(found: Mapping[tuple[str, str], Any], opens: bool) -> None:
    collected, session = run(found, ENDPOINTS, SERVICES, BUCKETS, KEYS)
    assert (("Keys", THERE) in session.asked()) is opens
    assert not collected.defects


def test_a_gate_that_nobody_can_judge_is_open() -> None:
    _, session = run({}, KEYS)
    assert ("Keys", HERE) in session.asked()
    _, session = run({}, collector(Key, "Keys", "keys", gate=frozenset({"something else"})), ENDPOINTS)
    assert ("Keys", HERE) in session.asked()


def test_a_collector_behind_a_gate_opens_no_other() -> None:
    late = collector(Endpoint, "Endpoints", "late", gate=frozenset({"store"}))
    found = {("Endpoints", HERE): ["e"], ("Buckets", GLOBAL): [{"where": HERE}]}
    _, session = run(
        found, late, BUCKETS, collector(Key, "Keys", "keys", gate=frozenset({"late", "nothing"})), SERVICES
    )
    assert ("Endpoints", HERE) in session.asked()
    assert ("Keys", HERE) in session.asked(), "nobody that may decide looked for it, so it stays open"


def _read(session: FakeSession, resource: Resource) -> Mapping[str, Fact[Any]]:
    session.call(CALLS["Details"], resource.location)
    return {"invocation_logging": Known(True)}


def test_a_detail_behind_a_gate_is_read_only_where_it_opens() -> None:
    detail = Detail(calls=(CALLS["Details"],), facts=("invocation_logging",), read=_read, gate=frozenset({"serving"}))
    services = collector(AiService, "Services", "models", details=(detail,))
    found = {("Services", HERE): ["s"], ("Services", THERE): ["s"], ("Endpoints", HERE): ["e"]}
    collected, session = run(found, services, ENDPOINTS)
    facts = {s.location: s.invocation_logging for s in collected.inventory.of(AiService, ACCOUNT)}
    assert isinstance(facts[HERE], Known)
    assert facts[THERE] == NOT_COLLECTED
    assert isinstance(facts[THERE], Unknown)
    assert {place for name, place in session.asked() if name == "Details"} == {HERE}
