"""Running the plan: what was read is kept, what was not is said, and timing leaves no trace."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from auditor.collect import Collected, collect
from auditor.model.facts import NOT_COLLECTED, Fact, FactUnknown, Known, Reason, Unknown
from auditor.model.inventory import Gap
from auditor.model.resources import Model, Notebook
from auditor.model.scope import GLOBAL, Account, Provider
from auditor.plan import Step
from auditor.providers.base import AnyCollector, AnyDetail, Collector, Detail, Reach, Session
from auditor.wire.calls import Call
from auditor.wire.errors import CallFailed
from auditor.wire.hop import Wire, declare
from auditor.wire.ledger import canonical

ACCOUNT = Account(Provider.AWS, "123456789012")
OTHER = Account(Provider.AWS, "210987654321")


def call(operation: str, **more: Any) -> Call:
    return Call(provider=Provider.AWS, service="fake", operation=operation, permissions=(f"fake:{operation}",), **more)


LIST = call("ListNotebooks", items="things")
DESCRIBE = call("DescribeNotebook")
TAGS = call("ListTags")
ALL_CALLS = (LIST, DESCRIBE, TAGS, call("ListModels", items="things"))
LIST_MODELS = ALL_CALLS[3]

Answer = Callable[[Call, str, Mapping[str, Any]], Any]


class FakeSession(Session):
    """Answers from a function; everything it sends is recorded like a real exchange."""

    provider = Provider.AWS

    def __init__(self, account: Account, answer: Answer, jitter: random.Random | None = None) -> None:
        self.wire = Wire(declared=declare(ALL_CALLS))
        super().__init__(account, self.wire.ledger)
        self.answer, self.jitter = answer, jitter
        self.sent: list[str] = []

    def _send(self, call: Call, location: str, params: Mapping[str, Any]) -> Any:
        request = self.wire.begin(call, self.account.id, location, params)
        if self.jitter is not None:
            time.sleep(self.jitter.random() / 300)
        self.sent.append(canonical([call.key, location, params]))
        try:
            body = self.answer(call, location, params)
        except CallFailed as error:
            self.wire.finish(request, status=None, error=error.code or "Failed")
            raise
        self.wire.finish(request, status=200, body=canonical(body).encode())
        return body

    def _page_params(self, call: Call, params: Mapping[str, Any], token: Any) -> dict[str, Any]:
        return dict(params) if token is None else {**params, "token": token}

    def _next_token(self, call: Call, page: Mapping[str, Any]) -> Any:
        return page.get("next")

    def offers(self, service: str, location: str) -> bool:
        return True

    def id_of(self, call: Call, location: str = "us-east-1", **params: Any) -> str:
        """The exchange of a request that was made."""
        wanted = (call.operation, location, canonical(params))
        (found,) = (e.id for e in self.ledger.exchanges() if (e.operation, e.location, canonical(e.params)) == wanted)
        return found


def notebook(session: Session, location: str, name: str, **facts: Any) -> Notebook:
    return Notebook(
        id=f"{session.account.id}/{location}/{name}",
        name=name,
        account=session.account,
        location=location,
        native_type="Fake",
        **facts,
    )


def find(session: FakeSession, location: str) -> Iterator[Notebook]:
    for item in session.items(LIST, location):
        yield notebook(session, location, item["name"], root_access=Known(item["root"], {"root": item["root"]}))


def internet(session: FakeSession, found: Notebook) -> Mapping[str, Fact[Any]]:
    body = session.call(DESCRIBE, found.location, name=found.name)
    return {"direct_internet": Known(body["internet"])}


def tags(session: FakeSession, location: str, found: Sequence[Notebook]) -> Mapping[str, Mapping[str, Fact[Any]]]:
    body = session.call(TAGS, location)
    return {n.id: {"tags": Known(body[n.name])} for n in found if n.name in body}


def collector(**changes: Any) -> AnyCollector:
    fields: dict[str, Any] = {
        "name": "fake.notebooks",
        "provider": Provider.AWS,
        "kind": Notebook,
        "reach": Reach.LOCATION,
        "find_calls": (LIST,),
        "find": find,
        "find_facts": ("root_access",),
        "details": (
            Detail(calls=(DESCRIBE,), facts=("direct_internet",), read=internet),
            Detail(calls=(TAGS,), facts=("tags",), read_all=tags),
        ),
    }
    return Collector(**{**fields, **changes})


PAGES: dict[str | None, Any] = {
    None: {"things": [{"name": "a", "root": True}, {"name": "b", "root": False}], "next": "2"},
    "2": {"things": [{"name": "c", "root": True}]},
}


def answer(call: Call, location: str, params: Mapping[str, Any]) -> Any:
    if call is LIST:
        return PAGES[params.get("token")]
    if call is DESCRIBE:
        return {"internet": params["name"] != "b"}
    if call is LIST_MODELS:
        return {"things": [{"name": "m"}]}
    return {"a": {"owner": "x"}, "b": {}, "c": {}}


def run(
    *collectors: AnyCollector, answers: Answer = answer, places: Sequence[str] = ("us-east-1",), **options: Any
) -> tuple[Collected, FakeSession]:
    session = FakeSession(ACCOUNT, answers)
    steps = [Step(ACCOUNT, place, c, c.details) for c in collectors for place in places]
    return collect(steps, {ACCOUNT: session}, **{"workers": 4, **options}), session


def by_name(done: Collected) -> dict[str, Any]:
    return {r.name: r for r in done.inventory.resources}


def refuse(*refused: Call, reason: Reason = Reason.DENIED, **params: Any) -> Answer:
    def answers(call: Call, location: str, given: Mapping[str, Any]) -> Any:
        if call in refused and all(given.get(k) == v for k, v in params.items()):
            raise CallFailed(call, reason, "Refused")
        return answer(call, location, given)

    return answers


# what was read


def test_everything_that_was_read_is_there_and_cites_its_calls() -> None:
    done, session = run(collector())
    assert done.defects == ()
    assert done.inventory.gaps == ()
    assert not done.interrupted
    found = by_name(done)
    assert list(found) == ["a", "b", "c"]
    first, second = session.id_of(LIST), session.id_of(LIST, token="2")
    assert found["a"].root_access == Known(True, {"root": True}, (first,)), "the second page does not say so"
    assert found["c"].root_access.calls == tuple(sorted((first, second))), "without the first there is no second"
    assert found["b"].direct_internet == Known(False, {}, (session.id_of(DESCRIBE, name="b"),))
    assert found["a"].tags == Known({"owner": "x"}, {}, (session.id_of(TAGS),))
    (listing,) = done.inventory.listings
    assert (listing.kind, listing.account, listing.location) == (Notebook, ACCOUNT, "us-east-1")
    assert listing.calls == tuple(sorted((first, second)))


def test_an_empty_listing_is_a_listing() -> None:
    done, session = run(collector(), answers=lambda *_: {"things": []})
    assert done.inventory.resources == ()
    assert [x.calls for x in done.inventory.listings] == [(session.id_of(LIST),)]
    assert len(session.sent) == 1, "no detail is asked about nothing"


def test_progress_ends_with_everything_done() -> None:
    told: list[tuple[int, int]] = []
    run(collector(), progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (5, 5)  # one listing, three details, one detail for all
    assert all(done <= total for done, total in told)


# what could not be read


def test_a_denied_listing_is_a_gap_and_no_listing() -> None:
    done, session = run(collector(), answers=refuse(LIST))
    assert done.inventory.resources == ()
    assert done.inventory.listings == ()
    assert done.defects == ()
    why = Unknown(Reason.DENIED, "fake:ListNotebooks", (session.id_of(LIST),), ("fake:ListNotebooks",))
    assert done.inventory.gaps == (Gap(Notebook, ACCOUNT, "us-east-1", "fake.notebooks", why),)


@pytest.mark.parametrize("reason", [Reason.THROTTLED, Reason.UNREACHABLE, Reason.MALFORMED, Reason.DISABLED])
def test_what_came_before_a_failing_page_is_kept_and_judged_and_the_rest_is_a_gap(reason: Reason) -> None:
    done, session = run(collector(), answers=refuse(LIST, reason=reason, token="2"))
    assert list(by_name(done)) == ["a", "b"]
    assert by_name(done)["a"].direct_internet.value is True
    assert done.inventory.listings == ()
    (gap,) = done.inventory.gaps
    assert gap.why.reason is reason
    assert gap.why.permissions == ()
    assert gap.why.calls == tuple(sorted((session.id_of(LIST), session.id_of(LIST, token="2"))))


def test_a_failed_detail_leaves_its_own_facts_of_its_own_resource_unknown() -> None:
    done, session = run(collector(), answers=refuse(DESCRIBE, name="b"))
    found = by_name(done)
    expected = Unknown(
        Reason.DENIED, "fake:DescribeNotebook", (session.id_of(DESCRIBE, name="b"),), ("fake:DescribeNotebook",)
    )
    assert found["b"].direct_internet == expected
    assert found["b"].root_access.value is False
    assert found["a"].direct_internet.value is True
    assert done.inventory.gaps == ()


def test_a_failed_detail_for_all_leaves_the_fact_of_all_unknown() -> None:
    done, _ = run(collector(), answers=refuse(TAGS, reason=Reason.THROTTLED))
    assert {r.tags.reason for r in by_name(done).values()} == {Reason.THROTTLED}


def test_a_resource_that_a_detail_for_all_does_not_mention_stays_unknown() -> None:
    def answers(call: Call, location: str, params: Mapping[str, Any]) -> Any:
        return {"a": {}} if call is TAGS else answer(call, location, params)

    done, session = run(collector(), answers=answers)
    found = by_name(done)
    assert found["a"].tags == Known({}, {}, (session.id_of(TAGS),))
    assert found["b"].tags == Unknown(Reason.NOT_COLLECTED, "", (session.id_of(TAGS),))


def test_a_fact_that_a_detail_leaves_out_or_nobody_reads_is_unknown() -> None:
    detail: AnyDetail = Detail(calls=(DESCRIBE,), facts=("direct_internet", "open_inbound"), read=internet)
    done, _ = run(collector(details=(detail,)))
    found = by_name(done)["a"]
    assert found.direct_internet.value is True
    assert found.open_inbound.reason is Reason.NOT_COLLECTED
    assert found.tags.reason is Reason.NOT_COLLECTED


def test_a_fact_that_no_detail_declares_is_not_taken_over() -> None:
    detail: AnyDetail = Detail(
        calls=(DESCRIBE,),
        facts=("direct_internet",),
        read=lambda s, n: {**internet(s, n), "tags": Known({"from": "nowhere"})},
    )
    done, _ = run(collector(details=(detail,)))
    assert by_name(done)["a"].tags.reason is Reason.NOT_COLLECTED


def test_an_unknown_that_a_detail_needed_becomes_the_reason_of_its_facts() -> None:
    def read(session: FakeSession, found: Notebook) -> Mapping[str, Fact[Any]]:
        raise FactUnknown(Unknown(Reason.UNRECOGNISED, "state"))

    done, _ = run(collector(details=(Detail(calls=(DESCRIBE,), facts=("direct_internet",), read=read),)))
    assert by_name(done)["a"].direct_internet == Unknown(Reason.UNRECOGNISED, "state")
    assert done.defects == ()


# our own bugs


def test_a_defect_while_listing_keeps_what_came_before_and_the_other_collectors() -> None:
    def broken(session: FakeSession, location: str) -> Iterator[Notebook]:
        yield notebook(session, location, "first", root_access=Known(False))
        raise KeyError("secret-value")

    done, _ = run(collector(find=broken, name="fake.broken"), collector(name="fake.whole"))
    assert list(by_name(done)) == ["a", "b", "c", "first"]
    (gap,) = done.inventory.gaps
    assert gap.why == Unknown(Reason.DEFECT, "fake.broken")
    assert [x.collector for x in done.inventory.listings] == ["fake.whole"]
    (line,) = done.defects
    assert line.startswith("fake.broken: KeyError at broken:")
    assert "secret-value" not in line


@pytest.mark.parametrize(
    "given",
    [None, {"direct_internet": True}, {"direct_internet": None}, 5, ["direct_internet"]],
    ids=["nothing", "a bare value", "None for a fact", "a number", "a list"],
)
@pytest.mark.parametrize("for_all", [False, True])
def test_a_detail_that_answers_nonsense_is_a_defect_and_the_run_goes_on(given: Any, for_all: bool) -> None:
    broken: AnyDetail
    if for_all:
        broken = Detail(
            calls=(DESCRIBE,), facts=("direct_internet",), read_all=lambda s, where, found: {n.id: given for n in found}
        )
    else:
        broken = Detail(calls=(DESCRIBE,), facts=("direct_internet",), read=lambda s, n: given)
    whole = Detail(calls=(TAGS,), facts=("tags",), read_all=tags)
    done, _ = run(collector(details=(broken, whole)))
    assert len(done.defects) == 1
    assert done.defects[0].startswith("fake:DescribeNotebook: ")
    for found in by_name(done).values():
        assert found.direct_internet.reason is Reason.DEFECT
        assert isinstance(found.tags, Known)


def test_a_detail_that_raises_is_a_defect_of_its_facts_only() -> None:
    def broken(session: FakeSession, found: Notebook) -> Mapping[str, Fact[Any]]:
        return {"direct_internet": Known(1 / (found.name != "b"))}

    done, _ = run(collector(details=(Detail(calls=(DESCRIBE,), facts=("direct_internet",), read=broken),)))
    found = by_name(done)
    assert found["b"].direct_internet.reason is Reason.DEFECT
    assert isinstance(found["a"].direct_internet, Known)
    assert [line.split(" at ")[0] for line in done.defects] == ["fake:DescribeNotebook: ZeroDivisionError"]


def test_a_listing_that_gives_something_else_than_resources_is_a_defect() -> None:
    done, _ = run(collector(find=lambda session, location: [{"name": "x"}]))
    assert done.inventory.gaps[0].why.reason is Reason.DEFECT
    assert done.inventory.listings == ()
    assert len(done.defects) == 1


# duplicates


def test_a_resource_on_two_pages_of_one_listing_is_one_resource_with_all_its_facts() -> None:
    """Listings that change while they are paged do this; it is nobody's defect."""

    def answers(call: Call, location: str, params: Mapping[str, Any]) -> Any:
        page = answer(call, location, params)
        return {"things": [{"name": "a", "root": True}]} if params.get("token") == "2" else page

    done, _ = run(collector(), answers=answers)
    assert list(by_name(done)) == ["a", "b"]
    assert by_name(done)["a"].direct_internet.value is True
    assert done.defects == ()


def test_a_resource_from_two_collectors_is_kept_once_and_reported() -> None:
    done, _ = run(collector(name="fake.one"), collector(name="fake.two"))
    assert [r.name for r in done.inventory.resources] == ["a", "b", "c"]
    assert len(done.defects) == 1
    assert "Notebook" in done.defects[0]


def test_equal_ids_of_different_kinds_are_different_resources() -> None:
    def models(session: FakeSession, location: str) -> Iterator[Model]:
        for item in session.items(LIST_MODELS, location):
            name = {"m": "a"}[item["name"]]
            yield Model(
                id=f"{session.account.id}/{location}/{name}",
                name=name,
                account=session.account,
                location=location,
                native_type="Fake",
            )

    other: AnyCollector = Collector(
        name="fake.models",
        provider=Provider.AWS,
        kind=Model,
        reach=Reach.LOCATION,
        find_calls=(LIST_MODELS,),
        find=models,
    )
    done, _ = run(collector(), other)
    assert done.defects == ()
    assert len(done.inventory.resources) == 4


# memory


def test_equal_questions_are_asked_once_and_every_asker_cites_the_answer() -> None:
    second = replace(collector(name="fake.two"), find=lambda s, where: rename(find(s, where)))

    def rename(found: Iterator[Notebook]) -> Iterator[Notebook]:
        for n in found:
            yield replace(n, id=f"{n.id}-again", name=f"{n.name}-again")

    done, session = run(collector(details=()), replace(second, details=()))
    assert len(session.sent) == len(set(session.sent)) == 2
    found = by_name(done)
    assert found["a"].root_access.calls == found["a-again"].root_access.calls == (session.id_of(LIST),)
    assert len({x.calls for x in done.inventory.listings}) == 1


def test_a_refused_question_is_asked_once_too_and_every_asker_cites_the_refusal() -> None:
    def read(session: FakeSession, found: Notebook) -> Mapping[str, Fact[Any]]:
        return {"direct_internet": Known(session.call(DESCRIBE, found.location, name="shared")["internet"])}

    done, session = run(
        collector(details=(Detail(calls=(DESCRIBE,), facts=("direct_internet",), read=read),)),
        answers=refuse(DESCRIBE),
        workers=16,
    )
    refusal = session.id_of(DESCRIBE, name="shared")
    assert [sent for sent in session.sent if "Describe" in sent] == [
        canonical([DESCRIBE.key, "us-east-1", {"name": "shared"}])
    ]
    assert [n.direct_internet.calls for n in by_name(done).values()] == [(refusal,)] * 3


def test_a_failure_inside_of_a_larger_question_is_cited_for_what_it_took() -> None:
    """The large question made two calls; who asks the small one again made only that one."""

    def read(session: FakeSession, found: Notebook) -> Mapping[str, Fact[Any]]:
        def both() -> Any:
            session.call(TAGS, found.location)
            return session.call(DESCRIBE, found.location, name="shared")

        return {"direct_internet": Known(session.once("large", both))}

    def small(session: FakeSession, location: str, found: Sequence[Notebook]) -> Mapping[str, Mapping[str, Fact[Any]]]:
        return {n.id: {"root_access": session.call(DESCRIBE, location, name="shared")} for n in found}

    def find_one(session: FakeSession, location: str) -> Iterator[Notebook]:
        yield notebook(session, location, "one")

    session = FakeSession(ACCOUNT, refuse(DESCRIBE))
    details = (
        Detail(calls=(TAGS, DESCRIBE), facts=("direct_internet",), read=read),
        Detail(calls=(DESCRIBE,), facts=("root_access",), read_all=small),
    )
    c = collector(find=find_one, find_facts=(), details=details)
    done = collect([Step(ACCOUNT, "us-east-1", c, details)], {ACCOUNT: session}, workers=1)
    (one,) = done.inventory.resources
    assert isinstance(one, Notebook)
    refusal, listed = session.id_of(DESCRIBE, name="shared"), session.id_of(TAGS)
    assert one.direct_internet.calls == tuple(sorted((refusal, listed)))
    assert one.root_access.calls == (refusal,)


def test_a_question_that_may_be_answered_differently_later_is_asked_again() -> None:
    session = FakeSession(ACCOUNT, answer)
    for attempt in (1, 2, 2):
        session.again(TAGS, "us-east-1", attempt)
    assert len(session.sent) == 2
    assert [e.ordinal for e in session.ledger.exchanges()] == [0, 1]


def test_concurrent_askers_wait_for_one_answer() -> None:
    barrier = threading.Barrier(8)

    def slow(call: Call, location: str, params: Mapping[str, Any]) -> Any:
        time.sleep(0.02)
        return answer(call, location, params)

    session = FakeSession(ACCOUNT, slow)
    answers = []

    def ask() -> None:
        barrier.wait()
        answers.append(session.call(TAGS, "us-east-1"))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(session.sent) == 1
    assert len(answers) == 8
    assert all(a is answers[0] for a in answers)


def test_pages_that_lead_back_to_themselves_end_as_malformed() -> None:
    def answers(call: Call, location: str, params: Mapping[str, Any]) -> Any:
        return (
            {"things": [{"name": "a", "root": True}], "next": "again"}
            if call is LIST
            else answer(call, location, params)
        )

    done, session = run(collector(), answers=answers)
    assert list(by_name(done)) == ["a"]
    assert done.inventory.listings == ()
    assert done.inventory.gaps[0].why.reason is Reason.MALFORMED
    assert sum("ListNotebooks" in sent for sent in session.sent) == 2


# timing


def fingerprint(done: Collected) -> list[str]:
    inventory = done.inventory
    return [
        *(repr(r) for r in inventory.resources),
        *(repr(x) for x in inventory.listings),
        *(repr(g) for g in inventory.gaps),
        repr(done.defects),
    ]


@pytest.mark.parametrize("seed", range(8))
def test_order_and_timing_leave_no_trace(seed: int) -> None:
    def answers(call: Call, location: str, params: Mapping[str, Any]) -> Any:
        if location == "eu-west-1" and params.get("token") == "2":
            raise CallFailed(call, Reason.THROTTLED, "SlowDown")
        if call is DESCRIBE and params["name"] == "c":
            raise CallFailed(call, Reason.DENIED, "Refused")
        return answer(call, location, params)

    def collected(jitter: random.Random | None, workers: int) -> Collected:
        c = collector()
        places = ["us-east-1", "eu-west-1", "ap-south-1"]
        steps = [Step(account, place, c, c.details) for account in (ACCOUNT, OTHER) for place in places]
        if jitter is not None:
            jitter.shuffle(steps)
        sessions = {a: FakeSession(a, answers, jitter) for a in (OTHER, ACCOUNT)}
        return collect(steps, sessions, workers=workers)

    assert fingerprint(collected(random.Random(seed), 16)) == fingerprint(collected(None, 1))


# interruption


PLACES = ("us-east-1", "eu-west-1", GLOBAL)


def interrupted(after: int) -> tuple[Collected, FakeSession]:
    """Interrupt as soon as so many pieces of work are done; the listing of one place does not end before."""
    struck = threading.Event()

    def answers(call: Call, location: str, params: Mapping[str, Any]) -> Any:
        if location == GLOBAL:
            assert struck.wait(10)
        return answer(call, location, params)

    def progress(done: int, total: int) -> None:
        if done >= after:
            struck.set()
            raise KeyboardInterrupt

    return run(collector(), answers=answers, places=PLACES, progress=progress)


@pytest.mark.parametrize("after", range(1, 11))
def test_an_interrupted_run_keeps_what_was_read_and_says_what_was_not(after: int) -> None:
    done, _ = interrupted(after)
    assert done.interrupted
    assert done.defects == ()
    whole, _ = run(collector(), places=PLACES)
    listed = {x.location for x in done.inventory.listings}
    gaps = {g.location: g.why for g in done.inventory.gaps}
    assert GLOBAL in gaps
    assert listed, "what was taken over before is kept"
    assert listed | gaps.keys() == set(PLACES)
    assert not listed & gaps.keys()
    assert all(why == Unknown(Reason.NOT_COLLECTED, "interrupted") for why in gaps.values())
    full = {r.id: r.facts() for r in whole.inventory.resources}
    assert {r.location for r in done.inventory.resources} == listed
    assert len(done.inventory.resources) == 3 * len(listed)
    for resource in done.inventory.resources:
        for name, fact in resource.facts().items():
            assert fact == full[resource.id][name] or fact == NOT_COLLECTED
    if after == 10:
        assert all(r.facts() == full[r.id] for r in done.inventory.resources)


@pytest.mark.parametrize("step", ["resources", "listings", "finished"])
def test_an_interruption_while_a_listing_is_taken_over_never_makes_it_look_complete(
    monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Control-C strikes between any two statements of the coordinating thread."""
    import auditor.collect as module

    class Stop(dict[Any, Any]):
        def __setitem__(self, key: Any, value: Any) -> None:
            super().__setitem__(key, value)
            raise KeyboardInterrupt

    class StopList(list[Any]):
        def append(self, value: Any) -> None:
            raise KeyboardInterrupt

    class StopSet(set[Any]):
        def add(self, value: Any) -> None:
            raise KeyboardInterrupt

    original = module._Run.__init__

    def init(self: Any, *args: Any) -> None:
        original(self, *args)
        setattr(self, step, {"resources": Stop, "listings": StopList, "finished": StopSet}[step]())

    monkeypatch.setattr(module._Run, "__init__", init)
    done, _ = run(collector())
    assert done.interrupted
    assert [g.why.detail for g in done.inventory.gaps] == ["interrupted"], "an open place is never without its gap"


# declarations


def test_a_collector_with_wrong_facts_does_not_load() -> None:
    with pytest.raises(ValueError, match="has no fact"):
        collector(find_facts=("no_such_fact",))
    with pytest.raises(ValueError, match="supplied twice"):
        collector(find_facts=("tags",))
    with pytest.raises(ValueError, match="either read or read_all"):
        Detail(calls=(), facts=("tags",))
    with pytest.raises(ValueError, match="either read or read_all"):
        Detail(calls=(), facts=("tags",), read=lambda s, r: {}, read_all=lambda s, where, r: {})
