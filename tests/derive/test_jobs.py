"""Derived facts of jobs, monitors, and the endpoints that are monitored."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.model.facts import Fact, Known, Reason, Unknown
from auditor.model.resources import Endpoint, Job, Key, Monitor, Ref, Storage
from auditor.model.scope import Provider
from tests.test_derive import AWS, DENIED, ELSEWHERE, HERE, NO, YES, derived, inventory, make

OURS, THEIRS = (Ref("Key", Provider.AWS, AWS.id, name) for name in ("ours", "theirs"))
KEYS = (make(Key, "ours", customer_managed=YES), make(Key, "theirs", customer_managed=NO))


def shown(fact: Fact[Any]) -> object:
    return fact.value if isinstance(fact, Known) else fact.reason


def bucket(name: str, key: Fact[Any]) -> Any:
    return make(Storage, name, encryption_key=key)


BUCKETS = (bucket("b-ours", Known(OURS)), bucket("b-theirs", Known(None)), bucket("b-unread", DENIED))


def job(key: Fact[Any], *stores: str, takes: Fact[bool] = YES, unread: bool = False) -> Any:
    refs = tuple(Ref("Storage", Provider.AWS, "", name) for name in stores)
    to = DENIED if unread else Known(refs, {}, ("get-job",))
    return make(Job, "j", output_key=key, output_stores=to, output_takes_storage_key=takes)


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        pytest.param(job(Known(OURS), "b-theirs"), True, id="a key of its own"),
        pytest.param(job(Known(THEIRS), "b-ours"), False, id="a key of the provider's"),
        pytest.param(job(DENIED, "b-ours"), Reason.DENIED, id="unread key"),
        pytest.param(job(Known(None)), None, id="no output"),
        pytest.param(job(Known(None), unread=True), Reason.DENIED, id="unread destination"),
        pytest.param(job(Known(None), "b-ours", takes=NO), False, id="the provider's key, whatever the bucket's"),
        pytest.param(job(Known(None), "b-ours"), True, id="the bucket's key"),
        pytest.param(job(Known(None), "b-theirs"), False, id="a bucket without a key"),
        pytest.param(job(Known(None), "b-ours", "b-theirs"), False, id="one of two buckets without"),
        pytest.param(job(Known(None), "b-ours", "b-unread"), Reason.DENIED, id="one of two buckets unread"),
        pytest.param(job(Known(None), "b-foreign"), Reason.OUT_OF_SCOPE, id="a bucket of another account"),
    ],
)
def test_output_key(subject: Any, expected: object) -> None:
    fact = derived(subject, "output_customer_key", inventory(subject, *KEYS, *BUCKETS))
    assert shown(fact) == expected


def test_output_key_cites_the_job_and_the_bucket() -> None:
    subject = job(Known(None, {}, ("get-key",)), "b-ours")
    given = inventory(subject, *KEYS, bucket("b-ours", Known(OURS, {}, ("get-bucket",))))
    assert {"get-key", "get-job", "get-bucket", "c-yes"} <= set(derived(subject, "output_customer_key", given).calls)


@pytest.mark.parametrize(("key", "expected"), [(OURS, True), (THEIRS, False), (None, False)])
def test_keys_of_volumes_and_monitors(key: Ref | None, expected: bool) -> None:
    volume, monitor = make(Job, "j", volume_key=Known(key)), make(Monitor, "m", output_key=Known(key))
    given = inventory(volume, monitor, *KEYS)
    assert shown(derived(volume, "volume_customer_key", given)) is expected
    assert shown(derived(monitor, "customer_key", given)) is expected


WATCHES: Fact[tuple[str, ...]] = Known(("e",), {}, ("describe",))
OTHER: Fact[tuple[str, ...]] = Known(("other",))
DATA, QUALITY, COMPLETED = Known("data quality"), Known("model quality"), Known("completed")


def monitor(
    name: str = "m",
    watches: Fact[tuple[str, ...]] = WATCHES,
    scheduled: Fact[bool] = YES,
    last_run: Fact[str] = COMPLETED,
    quality: Fact[str] = DATA,
    location: str = HERE,
) -> Any:
    facts: dict[str, Any] = {"watches": watches, "scheduled": scheduled, "last_run": last_run, "quality": quality}
    return make(Monitor, name, location=location, **facts)


@pytest.mark.parametrize(
    ("monitors", "gaps", "monitored", "ran"),
    [
        pytest.param([], [], (), False, id="none"),
        pytest.param([], [HERE], Reason.DENIED, Reason.DENIED, id="not all listed"),
        pytest.param([], [ELSEWHERE], (), False, id="not all listed elsewhere"),
        pytest.param([monitor()], [], ("data quality",), True, id="one"),
        pytest.param([monitor()], [HERE], ("data quality",), Reason.DENIED, id="one seen, others may be hidden"),
        pytest.param([monitor(), monitor("n", quality=QUALITY)], [], ("data quality", "model quality"), True, id="two"),
        pytest.param([monitor(watches=OTHER)], [], (), False, id="of another endpoint"),
        pytest.param([monitor(location=ELSEWHERE)], [], (), False, id="of an endpoint of the same name elsewhere"),
        pytest.param([monitor(scheduled=NO)], [], (), False, id="stopped"),
        pytest.param([monitor(scheduled=DENIED)], [], Reason.DENIED, Reason.DENIED, id="unread state"),
        pytest.param([monitor(scheduled=DENIED, watches=OTHER)], [], (), False, id="unread state of another's"),
        pytest.param([monitor(quality=DENIED)], [], Reason.DENIED, True, id="unread kind"),
        pytest.param([monitor(last_run=Known("violations"))], [], ("data quality",), True, id="found something"),
        pytest.param([monitor(last_run=Known("overdue"))], [], ("data quality",), False, id="overdue"),
        pytest.param([monitor(last_run=Known("none"))], [], ("data quality",), False, id="never ran"),
        pytest.param([monitor(last_run=DENIED)], [], ("data quality",), Reason.DENIED, id="unread outcome"),
        pytest.param(
            [monitor(last_run=DENIED), monitor("n", last_run=Known("failed"))],
            [],
            ("data quality",),
            False,
            id="one failed, one unread",
        ),
    ],
)
def test_monitored(monitors: list[Any], gaps: list[str], monitored: object, ran: object) -> None:
    endpoint = make(Endpoint, "e")
    given = inventory(endpoint, *monitors, gaps=[(Monitor, place) for place in gaps])
    facts = [derived(endpoint, name, given) for name in ("monitored", "monitor_ran")]
    assert [shown(fact) for fact in facts] == [monitored, ran]
    for fact in facts:
        assert isinstance(fact, Unknown) or {"list-Monitor", "describe"} & set(fact.calls)
