import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.render.text import inert


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ml-endpoint_1", "ml-endpoint_1"),
        ("Modèle de détection, 模型", "Modèle de détection, 模型"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\r\nb\tc\x00\x7f\x9b", "a\\r\\nb\\tc\\x00\\x7f\\x9b"),
        ("exe\u202egpj", "exe\\u202egpj"),
        ("\u2066x\u2069\u200e\u200f\u061c", "\\u2066x\\u2069\\u200e\\u200f\\u061c"),
        ("ad\u200bmin\ufeff\u00ad", "ad\\u200bmin\\ufeff\\xad"),
        ("line\u2028separator\u2029", "line\\u2028separator\\u2029"),
        ("tag\U000e0041", "tag\\U000e0041"),
        ("lone\ud800", "lone\\ud800"),
        ("blank\u3164\u2800", "blank\\u3164\\u2800"),
        ("C:\\new", "C:\\new"),
        ("", ""),
    ],
)
def test_what_hides_becomes_an_escape(text: str, shown: str) -> None:
    assert inert(text) == shown


def test_every_control_and_format_character_is_gone() -> None:
    every = "".join(map(chr, range(sys.maxunicode + 1)))
    left = {unicodedata.category(c) for c in inert(every)}
    assert not left & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


@given(st.text())
def test_inert_is_one_line_and_stable(text: str) -> None:
    shown = inert(text)
    assert len(shown.splitlines()) <= 1
    assert inert(shown) == shown
    shown.encode("utf-8")
