"""The last hop: nothing undeclared passes, sources answer first, and everything that ends is recorded."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from auditor.model.exchange import Exchange
from auditor.model.scope import Provider
from auditor.wire.calls import Call
from auditor.wire.errors import ReplayMiss, WriteBlocked
from auditor.wire.hop import Answer, Outgoing, TransportFault, Wire, declare, replay_source
from auditor.wire.pace import Pacer
from auditor.wire.store import Recording

LIST = Call(provider=Provider.AWS, service="sagemaker", operation="ListModels", permissions=("sagemaker:ListModels",))
OTHER = Call(provider=Provider.AWS, service="sagemaker", operation="ListApps", permissions=("sagemaker:ListApps",))


def wire(**options: Any) -> Wire:
    return Wire(declared=declare([LIST]), **options)


def outgoing(through: Wire, **params: Any) -> Outgoing:
    return through.begin(LIST, "123456789012", "us-east-1", params)


def test_what_nobody_declared_does_not_leave() -> None:
    with pytest.raises(WriteBlocked, match="ListApps"):
        wire().begin(OTHER, "a", "l", {})


def test_a_look_alike_of_a_declared_call_does_not_leave() -> None:
    twin = Call(provider=Provider.AWS, service="sagemaker", operation="ListModels", permissions=("x:y",))
    with pytest.raises(WriteBlocked):
        wire().begin(twin, "a", "l", {})


def test_a_call_that_was_changed_into_a_write_is_refused_when_the_run_declares_it() -> None:
    call = Call(provider=Provider.AWS, service="sagemaker", operation="ListThings", permissions=("x:y",))
    object.__setattr__(call, "operation", "DeleteThings")
    with pytest.raises(ValueError, match="not a read"):
        declare([call])


def test_one_key_is_declared_once() -> None:
    assert declare([LIST, LIST, OTHER]) == {LIST.key: LIST, OTHER.key: OTHER}
    twin = Call(provider=Provider.AWS, service="sagemaker", operation="ListModels", permissions=("x:y",))
    with pytest.raises(ValueError, match="twice"):
        declare([LIST, twin])


def test_parameters_are_redacted_before_they_identify_anything() -> None:
    through = wire()
    secret = "ghp_" + "a" * 36
    request = outgoing(through, Name=secret)
    through.finish(request, status=200, body=b"{}")
    assert secret not in str(request.params)
    assert secret not in str(through.ledger.exchanges())
    assert secret not in request.describe()


def test_sources_answer_in_order_and_may_let_a_request_pass() -> None:
    asked = []

    def silent(request: Outgoing) -> None:
        asked.append("silent")

    def second(request: Outgoing) -> Answer:
        asked.append("second")
        return Answer(200, b"{}")

    through = wire(sources=(silent, second))
    assert through.answer(outgoing(through)) == Answer(200, b"{}")
    assert asked == ["silent", "second"]
    assert wire(sources=(silent,)).answer(outgoing(through)) is None


def test_offline_nothing_passes() -> None:
    through = wire(sources=(lambda request: None,), offline=True)
    with pytest.raises(ReplayMiss, match="sagemaker:ListModels"):
        through.answer(outgoing(through))


def test_offline_nothing_waits() -> None:
    def sleep(seconds: float) -> None:
        raise AssertionError("a replay slept")

    through = wire(offline=True, pacer=Pacer(clock=lambda: 0.0, sleep=sleep))
    for _ in range(200):
        through.pace(outgoing(through))


def test_live_requests_are_paced_by_account_location_and_operation() -> None:
    slept: list[float] = []
    through = wire(pacer=Pacer(clock=lambda: 0.0, sleep=slept.append))
    for _ in range(100):
        through.pace(outgoing(through))
    assert slept, "a hundred calls in no time must be held back"
    held = len(slept)
    through.pace(through.begin(LIST, "123456789012", "eu-west-1", {}))
    assert len(slept) == held, "another region has its own limit"


def test_an_ending_is_recorded_with_all_that_evidence_needs() -> None:
    through = wire()
    request = outgoing(through, MaxResults=5)
    exchange = through.finish(
        request,
        status=400,
        error="AccessDenied",
        body=b'{"a":1}',
        headers={"Content-Type": "application/json", "Set-Cookie": "session", "Authorization": "Bearer x"},
        request_id="r-1",
        attempts=3,
        synthetic=True,
    )
    assert through.ledger.exchanges() == (exchange,)
    assert exchange.id == request.id
    assert (exchange.provider, exchange.account, exchange.location) == (Provider.AWS, "123456789012", "us-east-1")
    assert (exchange.service, exchange.operation, exchange.params) == ("sagemaker", "ListModels", {"MaxResults": 5})
    assert (exchange.status, exchange.error, exchange.attempts, exchange.synthetic) == (400, "AccessDenied", 3, True)
    assert exchange.digest == hashlib.sha256(b'{"a":1}').hexdigest()
    assert exchange.headers == {"Content-Type": "application/json"}, "cookies and credentials are not kept"


def recorded(through: Wire, **changes: Any) -> Exchange:
    return through.finish(outgoing(through), **{"status": 200, "body": b"{}", **changes})


def test_a_replay_answers_by_identity() -> None:
    live = wire()
    first = recorded(live, body=b'{"n":1}', headers={"retry-after": "1"}, attempts=2)
    second = recorded(live, body=b'{"n":2}')
    assert first.id != second.id, "the same question asked again is another exchange"
    again = wire(sources=(replay_source(Recording({}, live.ledger.exchanges())),), offline=True)
    one, two = again.answer(outgoing(again)), again.answer(outgoing(again))
    assert one == Answer(200, b'{"n":1}', {"retry-after": "1"}, False, 2)
    assert two is not None
    assert two.body == b'{"n":2}'


def test_a_recorded_fault_comes_back_as_itself() -> None:
    live = wire()
    recorded(live, status=None, error="ConnectTimeoutError", body=b"")
    again = wire(sources=(replay_source(Recording({}, live.ledger.exchanges())),), offline=True)
    with pytest.raises(TransportFault) as caught:
        again.answer(outgoing(again))
    assert caught.value.code == "ConnectTimeoutError"


def test_a_miss_names_the_request_and_is_never_the_nearest_match() -> None:
    live = wire()
    recorded(live)
    recording = Recording({}, live.ledger.exchanges())
    again = wire(sources=(replay_source(recording),), offline=True)
    with pytest.raises(ReplayMiss, match="sagemaker:ListModels.*NameContains"):
        again.answer(outgoing(again, NameContains="x"))
    with pytest.raises(ReplayMiss):
        again.answer(again.begin(LIST, "123456789012", "eu-west-1", {}))
    assert len(recording.misses) == 2
