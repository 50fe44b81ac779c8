"""Inert text. Names in a report were chosen by whoever can create a resource in the audited account."""

from __future__ import annotations

import unicodedata

_HIDING = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Control, format (bidi and zero-width among them), surrogate, private use, line and paragraph separator."""
_BLANK_LETTERS = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufffe\uffff")
"""Characters of other categories that print as nothing."""
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def inert(text: str) -> str:
    """One line that shows what it holds: every character that moves, hides or reorders others becomes an escape.

    Escapes look like ``\\x1b`` and ``\\u202e``. A backslash stays itself, so inert text is not
    changed again.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escape(c) if _hides(c) else c for c in text)


def _hides(character: str) -> bool:
    return unicodedata.category(character) in _HIDING or character in _BLANK_LETTERS


def _escape(character: str) -> str:
    if character in _SHORT:
        return _SHORT[character]
    point = ord(character)
    if point <= 0xFF:
        return f"\\x{point:02x}"
    return f"\\u{point:04x}" if point <= 0xFFFF else f"\\U{point:08x}"
