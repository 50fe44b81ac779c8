"""Every format, over every kind of run: it renders, says the same each time, and is documented."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from auditor.errors import NotInstalled, UsageError
from auditor.render import formats
from auditor.render.formats import FORMATS, check_formats
from tests.support import documents

DOCS = Path(__file__).parents[2] / "docs" / "formats.md"
RUNS = ("hostile", "empty", "no_ai", "filtered", "flagged")


@cache
def document(name: str) -> dict[str, Any]:
    made: dict[str, Any] = getattr(documents, name)()
    return made


def test_names_and_files_are_distinct() -> None:
    assert len({f.filename for f in FORMATS.values()}) == len(FORMATS)
    assert all(f.what for f in FORMATS.values())


@pytest.mark.parametrize("name", FORMATS)
def test_every_run_renders_the_same_twice_and_as_text(name: str) -> None:
    for run in RUNS:
        before = json.dumps(document(run), sort_keys=True)
        first = "".join(FORMATS[name].pieces(document(run)))
        assert first.encode("utf-8"), run
        assert "".join(FORMATS[name].pieces(document(run))) == first, run
        assert json.dumps(document(run), sort_keys=True) == before, f"{run}: a renderer changed the document"


def test_only_what_is_asked_for_is_loaded() -> None:
    with pytest.raises(UsageError, match="unknown format 'pdf'"):
        check_formats(("json", "pdf"))
    assert check_formats(("csv", "json", "csv")) == ("csv", "json")


def test_a_missing_package_is_said_before_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    needing = [f.id for f in FORMATS.values() if f.needs]
    assert needing
    monkeypatch.setattr(formats, "find_spec", lambda name: None)
    for name in needing:
        with pytest.raises(NotInstalled, match=name) as raised:
            check_formats((name,))
        assert "evidence" in raised.value.hint
    assert check_formats(("json", "html")) == ("json", "html")


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_documented(name: str) -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert f"`{FORMATS[name].filename}`" in text
    assert f"`{name}`" in text
