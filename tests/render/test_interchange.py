"""What the formats for other programs share."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.render.interchange import compact, json_pieces, kept, moment, uuid_of
from tests.support.interchange import hiding

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.sampled_from(("\n", "\x1b[31m", "\u202e", "C:\\new", "\x7f")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.from_regex(r"[a-z]{1,4}", fullmatch=True), inner),
    max_leaves=12,
)


@given(VALUES)
def test_every_text_is_inert_and_nothing_else_changes(value: Any) -> None:
    written = json.loads(compact(value))
    assert not hiding(written)
    assert written == value or hiding(value)


@given(VALUES, st.integers(0, 4))
def test_pieces_are_the_same_value(value: Any, depth: int) -> None:
    assert json.loads("".join(json_pieces(value, depth))) == json.loads(compact(value))


def test_elements_may_be_made_as_they_are_written() -> None:
    assert "".join(json_pieces({"a": (n for n in (1, 2)), "b": iter(())}, 2)) == '{\n"a": [\n1,\n2\n],\n"b": []\n}'


def test_what_is_not_there_is_left_out_and_what_is_false_stays() -> None:
    row: dict[str, Any] = {"a": None, "b": "", "c": [], "d": {}, "e": (), "f": False, "g": 0, "h": "x"}
    assert kept(row) == {"f": False, "g": 0, "h": "x"}


def test_ids_depend_on_audit_and_subject_only() -> None:
    assert uuid_of("a", "x", "y") == uuid_of("a", "x", "y") == "15234880-b22e-514a-a40f-1061a51c3952"
    different = {uuid_of("a", "x", "y"), uuid_of("b", "x", "y"), uuid_of("a", "xy"), uuid_of("a", "x\ud800", "y")}
    assert len(different) == 4


@pytest.mark.parametrize("text", ["", "yesterday", "2026-11-20T08:00:00", "2026-13-01T00:00:00+00:00"])
def test_a_time_without_an_offset_is_none(text: str) -> None:
    assert moment(text) is None
