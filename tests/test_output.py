"""A long run's results survive a folder that cannot be written."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from auditor.cli import output
from auditor.errors import OutputError
from tests.conftest import Demo


def test_results_that_cannot_be_written_go_to_a_refuge(
    demo: Demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, full, refuge = output.write_file, tmp_path / "full", tmp_path / "refuge"
    full.mkdir()
    refuge.mkdir()
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(refuge))

    def write_file(path: Path, pieces: Iterable[str]) -> Path:
        if path.parent == full:
            raise OutputError(f"cannot write {path}: No space left on device")
        return real(path, pieces)

    monkeypatch.setattr(output, "write_file", write_file)
    written, errors = output.write(full, ("html", "json"), demo.document)
    assert [Path(w).name for w in written] == ["audit.json", "report.html"]
    assert all(Path(w).is_relative_to(refuge) for w in written)
    assert [str(full) in e.message for e in errors] == [True, True]
    assert json.loads(Path(written[0]).read_text())["id"] == demo.document["id"]


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    def pieces() -> Iterable[str]:
        yield "{"
        raise OSError(28, "No space left on device")

    with pytest.raises(OutputError, match="No space left"):
        output.write_file(tmp_path / "audit.json", pieces())
    assert list(tmp_path.iterdir()) == []
