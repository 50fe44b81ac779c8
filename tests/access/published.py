"""The data on AWS actions that the package ships, replaced by that of another day for all that asks for it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from auditor.access.data import aws_actions
from auditor.access.engine.actions import ActionData, parse, snapshot

SHIPPED = aws_actions.SNAPSHOT
FILE = Path(__file__).parents[1] / "data" / "aws_actions_oldest.txt.gz"
"""Of October 2024, the first that all sources have. ``tools/build_actions.py`` says how it is made."""
EMPTY = ""


@contextmanager
def published(text: str) -> Iterator[ActionData]:
    """As if AWS had published this, and nothing had been looked up before."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(aws_actions, "SNAPSHOT", text)
        _forget()
        try:
            yield snapshot()
        finally:
            patch.undo()
            _forget()


def _forget() -> None:
    """Whatever the program remembers may rest on the data."""
    for name, module in list(sys.modules.items()):
        if name == "auditor" or name.startswith("auditor."):
            for thing in list(vars(module).values()):
                if callable(clear := getattr(thing, "cache_clear", None)):
                    clear()


def text_of(age: str) -> str:
    return {"oldest": oldest, "newest": newest, "none": lambda: EMPTY}[age]()


@cache
def oldest() -> str:
    return aws_actions.unpacked(FILE.read_bytes())


@cache
def newest() -> str:
    """What the sources that are installed say today. Those that the snapshot was made from say what it says, to which
    ``test_actions.py`` holds it; without any, it is the newest there is."""
    try:
        now = [(source.name, version(source.name)) for source in parse(SHIPPED).sources]
    except PackageNotFoundError:
        return SHIPPED
    if now == [(source.name, source.version) for source in parse(SHIPPED).sources]:
        return SHIPPED
    from tools.build_actions import build_from

    return build_from()
