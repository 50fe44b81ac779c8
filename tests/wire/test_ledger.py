"""Exchanges have an identity of their own, and every piece of work knows which it caused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.exchange import Exchange
from auditor.model.scope import Provider
from auditor.wire.ledger import Ledger, canonical, cite_in_span, exchange_id, ids, span

Key = tuple[Provider, str, str, str, str, dict[str, Any]]
KEY: Key = (Provider.AWS, "1", "us-east-1", "s3", "GetBucketPolicy", {"Bucket": "b"})


def exchange(name: str, ledger: Ledger, **changes: Any) -> Exchange:
    fields: dict[str, Any] = {
        "provider": Provider.AWS,
        "account": "1",
        "location": "us-east-1",
        "service": "s3",
        "operation": "GetBucketPolicy",
        "params": {"Bucket": name},
        **changes,
    }
    made, ordinal = ledger.next_id(*fields.values())
    found = Exchange(id=made, ordinal=ordinal, **fields)
    ledger.add(found)
    return found


def test_an_id_is_the_same_in_every_version_of_python_and_of_this_tool() -> None:
    """A change here makes every stored recording unreadable: raise the recording format with it."""
    assert exchange_id(*KEY, 0) == "355850c814e3ad05912c"


@given(st.dictionaries(st.text(min_size=1), st.integers() | st.text() | st.lists(st.text())))
def test_the_order_of_parameters_is_no_part_of_an_id(params: dict[str, Any]) -> None:
    turned = dict(reversed(list(params.items())))
    assert exchange_id(*KEY[:5], params, 0) == exchange_id(*KEY[:5], turned, 0)
    assert canonical(params) == canonical(turned)


@pytest.mark.parametrize("position", range(7))
def test_everything_that_identifies_a_request_is_part_of_its_id(position: int) -> None:
    values: list[Any] = [*KEY, 0]
    other = [Provider.GCP, "2", "eu-west-1", "s4", "GetBucketAcl", {"Bucket": "c"}, 1]
    changed = [*values]
    changed[position] = other[position]
    assert exchange_id(*values) != exchange_id(*changed)


def test_equal_questions_are_numbered() -> None:
    ledger = Ledger()
    asked = [ledger.next_id(*KEY) for _ in range(3)]
    assert [ordinal for _, ordinal in asked] == [0, 1, 2]
    assert len({made for made, _ in asked}) == 3
    assert [made for made, _ in asked] == [exchange_id(*KEY, n) for n in range(3)]
    assert Ledger().next_id(*KEY) == asked[0], "a further run gives the same ids"


def test_exchanges_come_in_an_order_of_their_own() -> None:
    one, two = Ledger(), Ledger()
    names = ["b", "a", "c"]
    for name in names:
        exchange(name, one)
    for name in reversed(names):
        exchange(name, two)
    assert one.exchanges() == two.exchanges()
    assert [e.params["Bucket"] for e in one.exchanges()] == ["a", "b", "c"]


def test_spans_nest() -> None:
    ledger = Ledger()
    with span() as outer:
        first = exchange("a", ledger)
        with span() as inner:
            second = exchange("b", ledger)
        third = exchange("c", ledger)
    exchange("d", ledger)
    assert outer == [first, second, third]
    assert inner == [second]


def test_a_span_ends_with_an_error_too() -> None:
    ledger = Ledger()
    with span() as outer:
        with pytest.raises(RuntimeError), span():
            raise RuntimeError
        made = exchange("a", ledger)
    assert outer == [made]


def test_an_answer_from_memory_is_credited_to_whoever_asks() -> None:
    ledger = Ledger()
    made = exchange("a", ledger)
    with span() as outer, span() as inner:
        cite_in_span([made])
    assert outer == inner == [made]


def test_ids_are_each_once_and_sorted() -> None:
    ledger = Ledger()
    a, b = exchange("a", ledger), exchange("b", ledger)
    assert ids([b, a, b]) == tuple(sorted([a.id, b.id]))


def test_threads_do_not_see_each_others_spans_and_lose_nothing() -> None:
    ledger = Ledger()

    def work(number: int) -> bool:
        with span() as made:
            mine = [exchange(f"{number}-{i}", ledger) for i in range(20)]
            shared = exchange("shared", ledger)
        return made == [*mine, shared]

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(work, range(50)))
    found = ledger.exchanges()
    assert len(found) == 50 * 21
    shared = [e for e in found if e.params["Bucket"] == "shared"]
    assert sorted(e.ordinal for e in shared) == list(range(50))
