"""Texts in Markdown that can be nothing but text: no link, no picture, no HTML, no mention of a person or an issue.

Escaping with backslashes or entities would not do: GitHub looks for ``@name`` and ``www.`` in what was rendered. It
leaves code alone, so whatever an account, a command line or a settings file may choose is shown as code.
"""

from __future__ import annotations

import re

from auditor.render.text import inert
from auditor.render.view.common import https

TEXT_LENGTH = 100
_PLAIN = re.compile(r"(?:[^\W_]|[ ,.;'’()/%+-])+")
_ADDRESS = re.compile(r"www\.|GH-[0-9]", re.IGNORECASE)
_ENDS_CODE = {"`": "\\x60", "|": "\\x7c", "<": "\\x3c", ">": "\\x3e"}
"""What would end the code, or a cell of a table, and what other readers of Markdown take for HTML even in code."""
_IN_ADDRESS = re.compile(r"[^A-Za-z0-9:/?#=&%._~+,;-]")


def code(text: str, length: int = TEXT_LENGTH) -> str:
    """Any text on one line, as code. What would end it is shown as an escape."""
    shown = "".join(_ENDS_CODE.get(c, c) for c in inert(text))
    if len(shown) > length:
        shown = f"{shown[:length]}…"
    return f"`{shown}`" if shown.strip() else "`(empty)`"


def words(text: str) -> str:
    """A text of ours as it is; as code if there is anything in it that could mean something."""
    plain = _PLAIN.fullmatch(text) and text == text.strip() and not _ADDRESS.search(text)
    return text if plain and len(text) <= TEXT_LENGTH else code(text)


def link(text: str, url: str) -> str:
    """A link to an https address; the text alone where the address is anything else."""
    address = _IN_ADDRESS.sub(lambda match: _percent(match.group()), https(url))
    return f"[{words(text)}]({address})" if address else words(text)


def _percent(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "replace"))
