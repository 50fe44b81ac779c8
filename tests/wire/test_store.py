"""A recording comes back as it was written, or not at all."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest

from auditor.errors import OutputError, RecordingError
from auditor.model.exchange import Exchange
from auditor.model.scope import Provider
from auditor.wire.store import FORMAT, Recording, load, save

RUN = {"as_of": "2026-01-02T03:04:05+00:00", "accounts": [], "selection": {}}


def exchange(number: int = 0, **changes: Any) -> Exchange:
    fields: dict[str, Any] = {
        "id": f"id-{number}",
        "provider": Provider.AZURE,
        "account": "sub",
        "location": "global",
        "service": "ml",
        "operation": "workspaces.list",
        "params": {"path": "/subscriptions/sub", "query": {"$top": "5"}},
        "ordinal": number,
        "attempts": 2,
        "status": 200,
        "request_id": "r",
        "started_at": "2026-01-02T03:04:05.000+00:00",
        "duration_ms": 12,
        "digest": "d",
        "headers": {"content-type": "application/json"},
        "body": b'{"value": []}',
    }
    return Exchange(**{**fields, **changes})


EXCHANGES = (
    exchange(0),
    exchange(1),
    exchange(2, body=b"\xff\x00binary", params={"name": "line\u2028and\x85paragraph\nend \ud800"}),
    exchange(3, body=b"", status=None, error="ConnectTimeout", synthetic=True),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save(tmp_path / "recording", RUN, EXCHANGES)
    return tmp_path / "recording"


def test_round_trip(folder: Path) -> None:
    recording = load(folder)
    assert recording.exchanges() == EXCHANGES
    assert recording.run == {"format": FORMAT, **RUN}


def test_equal_runs_are_stored_in_equal_files(folder: Path, tmp_path: Path) -> None:
    save(tmp_path / "again", RUN, EXCHANGES)
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            assert (tmp_path / "again" / path.relative_to(folder)).read_bytes() == path.read_bytes()


def test_equal_bodies_are_stored_once(folder: Path) -> None:
    assert len(list((folder / "bodies").iterdir())) == 2


def test_what_was_not_recorded_is_a_miss(folder: Path) -> None:
    recording = load(folder)
    assert recording.find("id-0", "asked") == EXCHANGES[0]
    assert recording.misses == []
    assert recording.find("other", "asked for other") is None
    assert recording.misses == ["asked for other"]


def damage(folder: Path, number: int, line: str) -> None:
    path = folder / "exchanges.jsonl"
    lines = path.read_text().split("\n")
    lines[number - 1] = line
    path.write_text("\n".join(lines))


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "not json",
        "[]",
        "[1]",
        '"text"',
        "12",
        "null",
        "{}",
        '{"body": ""}',
        '{"body": "", "provider": "ibm"}',
        '{"body": 5, "provider": "aws"}',
        '{"body": "", "provider": "aws", "id": "x"}',
    ],
)
def test_a_damaged_line_is_named(folder: Path, line: str) -> None:
    damage(folder, 2, line)
    with pytest.raises(RecordingError, match="exchanges.jsonl line 2 is damaged"):
        load(folder)


def test_a_line_with_an_unknown_field_is_damaged(folder: Path) -> None:
    record = json.loads((folder / "exchanges.jsonl").read_text().split("\n")[0])
    damage(folder, 1, json.dumps({**record, "extra": 1}))
    with pytest.raises(RecordingError, match="line 1 is damaged"):
        load(folder)


def test_an_altered_body_is_found(folder: Path) -> None:
    for path in (folder / "bodies").iterdir():
        path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(RecordingError, match="altered"):
        load(folder)


def test_a_missing_body_is_found(folder: Path) -> None:
    next((folder / "bodies").iterdir()).unlink()
    with pytest.raises(RecordingError, match="body cannot be read"):
        load(folder)


def test_a_body_outside_of_the_recording_is_not_read(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    record = json.loads((folder / "exchanges.jsonl").read_text().split("\n")[0])
    damage(folder, 1, json.dumps({**record, "body": "../../secret"}))
    with pytest.raises(RecordingError):
        load(folder)


@pytest.mark.parametrize("name", ["run.json", "exchanges.jsonl"])
def test_a_missing_file_is_no_recording(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(RecordingError, match="no recording here"):
        load(folder)


def test_no_folder_is_no_recording(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="no recording here") as caught:
        load(tmp_path / "nowhere")
    assert caught.value.hint


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xff", b"[]", b"3", b"null"])
def test_a_damaged_run_is_named(folder: Path, content: bytes) -> None:
    (folder / "run.json").write_bytes(content)
    with pytest.raises(RecordingError, match="run.json is damaged"):
        load(folder)


@pytest.mark.parametrize("number", [FORMAT + 1, None, str(FORMAT)])
def test_another_format_is_refused(folder: Path, number: Any) -> None:
    (folder / "run.json").write_text(json.dumps({**RUN, "format": number}))
    with pytest.raises(RecordingError, match="format"):
        load(folder)


def test_a_foreign_folder_is_never_written_into(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(OutputError, match="holds no recording"):
        save(tmp_path, RUN, EXCHANGES)
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]


def test_an_empty_folder_and_an_older_recording_are_written_over(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    save(tmp_path / "empty", RUN, EXCHANGES)
    save(folder, RUN, EXCHANGES[:1])
    assert load(folder).exchanges() == EXCHANGES[:1]


def test_a_file_in_the_place_of_the_folder_is_an_error_of_use(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot write the recording"):
        save(tmp_path / "file", RUN, EXCHANGES)


@pytest.mark.parametrize("method", ["write_bytes", "write_text"])
def test_a_full_disk_is_an_error_of_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    def full(self: Path, *_: object, **__: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, method, full)
    with pytest.raises(OutputError, match="No space left") as caught:
        save(tmp_path / "r", RUN, EXCHANGES)
    assert caught.value.hint


def test_order_is_kept(tmp_path: Path) -> None:
    many = [exchange(n, body=str(n).encode()) for n in range(50)]
    save(tmp_path / "r", RUN, many)
    assert load(tmp_path / "r").exchanges() == tuple(many)
    assert Recording({}, many).exchanges() == tuple(many)
