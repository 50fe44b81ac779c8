"""The three-valued helpers, against every value that the unknown facts could have."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.facts import (
    NOT_COLLECTED,
    Fact,
    FactUnknown,
    Known,
    Reason,
    Unknown,
    all_true,
    any_true,
    calls_of,
    cite,
    combine,
    native,
)

calls = st.lists(st.sampled_from(["c1", "c2", "c3", "c4"]), max_size=3, unique=True).map(tuple)
known = st.builds(Known, st.booleans(), st.dictionaries(st.sampled_from("xyz"), st.integers(), max_size=2), calls)
unknown = st.builds(
    Unknown,
    st.sampled_from(Reason),
    st.text(max_size=5),
    calls,
    st.lists(st.sampled_from(["p1", "p2"]), max_size=2, unique=True).map(tuple),
)
facts = st.lists(known | unknown, max_size=6)


def completions(given: Iterable[Fact[bool]]) -> Iterable[tuple[bool, ...]]:
    choices = [(f.value,) if isinstance(f, Known) else (True, False) for f in given]
    return itertools.product(*choices)


def brute_force(function: Callable[[tuple[bool, ...]], bool], given: list[Fact[bool]]) -> bool | None:
    """The one answer that every completion gives, or None if they disagree."""
    answers = {function(values) for values in completions(given)}
    return answers.pop() if len(answers) == 1 else None


@given(facts)
def test_any_true_knows_exactly_what_every_completion_agrees_on(given: list[Fact[bool]]) -> None:
    agrees(any_true(given), brute_force(any, given), given)


@given(facts)
def test_all_true_knows_exactly_what_every_completion_agrees_on(given: list[Fact[bool]]) -> None:
    agrees(all_true(given), brute_force(all, given), given)


def agrees(answer: Fact[bool], expected: bool | None, given: list[Fact[bool]]) -> None:
    if expected is None:
        assert isinstance(answer, Unknown)
        first = next(f for f in given if isinstance(f, Unknown))
        assert (answer.reason, answer.detail) == (first.reason, first.detail)
        assert answer.permissions == tuple(sorted({p for f in given if isinstance(f, Unknown) for p in f.permissions}))
    else:
        assert isinstance(answer, Known)
        assert answer.value is expected
    everything = calls_of(given)
    decided_by_one = any(answer is f for f in given)
    assert set(answer.calls) <= set(everything)
    assert decided_by_one or answer.calls == everything, "what rests on all facts cites all their calls"


@given(st.lists(known, max_size=5), st.lists(unknown, max_size=2))
def test_combine_needs_every_value(values: list[Known[bool]], unknowns: list[Unknown]) -> None:
    answer = combine(lambda *v: v, *values, *unknowns)
    if unknowns:
        assert isinstance(answer, Unknown)
        assert answer.reason is unknowns[0].reason
    else:
        assert isinstance(answer, Known)
        assert answer.value == tuple(v.value for v in values)
    assert answer.calls == calls_of([*values, *unknowns])


def test_of_nothing_none_is_true_and_all_are() -> None:
    assert any_true([]) == Known(False)
    assert all_true([]) == Known(True)


def test_generators_are_read_once() -> None:
    assert any_true(f for f in (Known(False), NOT_COLLECTED)) == NOT_COLLECTED
    assert all_true(f for f in (Known(True), Known(True))) == Known(True)


@given(known | unknown)
def test_a_fact_is_neither_true_nor_false(fact: Fact[bool]) -> None:
    with pytest.raises(TypeError):
        bool(fact)
    with pytest.raises(TypeError):
        assert not fact  # type: ignore[truthy-bool]


@given(unknown)
def test_an_unknown_has_no_value_and_cannot_get_one(fact: Unknown) -> None:
    with pytest.raises(FactUnknown) as caught:
        _ = fact.value
    assert caught.value.fact is fact
    assert fact.map({True: False}) is fact
    assert fact.map(lambda _: True) is fact


@given(known | unknown, calls)
def test_citing_adds_calls_and_nothing_else(fact: Fact[bool], more: tuple[str, ...]) -> None:
    cited = cite(fact, more)
    assert cited.calls == tuple(sorted({*fact.calls, *more}))
    assert cite(cited, more) == cited
    if isinstance(fact, Known):
        assert isinstance(cited, Known)
        assert (cited.value, cited.native) == (fact.value, fact.native)
    else:
        assert isinstance(cited, Unknown)
        assert (cited.reason, cited.detail, cited.permissions) == (fact.reason, fact.detail, fact.permissions)


@pytest.mark.parametrize("value", ["Sometimes", "", "enabled", 1, ["Enabled"], {"a": 1}])
def test_a_value_that_no_table_has_is_unrecognised(value: Any) -> None:
    fact = Known(value, {"State": value}, ("c",)).map({"Enabled": True, "Disabled": False})
    assert fact == Unknown(Reason.UNRECOGNISED, "State", ("c",))


def test_a_value_that_the_table_has_keeps_its_evidence() -> None:
    fact = Known("Enabled", {"State": "Enabled"}, ("c",)).map({"Enabled": True})
    assert fact == Known(True, {"State": "Enabled"}, ("c",))
    assert Known(2, {"n": 2}, ("c",)).map(lambda n: n + 1) == Known(3, {"n": 2}, ("c",))


BODY: dict[str, Any] = {"a": {"b": "x", "off": False, "zero": 0, "empty": "", "null": None, "list": []}, "s": "text"}


@pytest.mark.parametrize("path", ["a.b", "a.off", "a.zero", "a.empty", "a.list", "s"])
def test_a_field_that_is_there_is_known_even_if_it_is_falsy(path: str) -> None:
    value: Any = BODY
    for part in path.split("."):
        value = value[part]
    assert native(BODY, path) == Known(value, {path: value})
    assert native(BODY, path, default="other") == Known(value, {path: value})


@pytest.mark.parametrize("path", ["a.c", "c", "c.d.e", "a.null", "a.null.x"])
def test_absence_is_unknown_unless_its_meaning_is_given(path: str) -> None:
    assert native(BODY, path) == Unknown(Reason.ABSENT, path)
    assert native(BODY, path, default=False) == Known(False, {path: None})
    assert native(BODY, path, default=None) == Known(None, {path: None})


@pytest.mark.parametrize("path", ["a.b.c", "s.x", "a.list.x", "a.zero.x"])
def test_a_value_where_an_object_should_be_is_malformed_even_with_a_default(path: str) -> None:
    assert native(BODY, path) == Unknown(Reason.MALFORMED, path)
    assert native(BODY, path, default=True) == Unknown(Reason.MALFORMED, path)


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_reads_as_words(reason: Reason) -> None:
    assert reason.label
    assert str(Unknown(reason, "s3:GetBucketPolicy")) == f"{reason.label} (s3:GetBucketPolicy)"
    assert str(Unknown(reason)) == reason.label
