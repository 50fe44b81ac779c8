"""``auditor pack``, ``auditor verify`` and ``auditor scan --pack``: options, words and codes."""

from __future__ import annotations

import errno
import json
import logging
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from auditor import cli, demo, run
from auditor.cli import exit_codes
from auditor.errors import CredentialsError
from auditor.evidence import archive, sign
from auditor.evidence.answers import State
from auditor.evidence.verify import verify
from auditor.model.scope import Provider
from tests.evidence.conftest import Keys, Small
from tests.support.fake_cloud import FakeCloud
from tests.support.packs import taken_apart


class Ended(NamedTuple):
    code: int
    out: str
    err: str


class Program:
    def __init__(self, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]) -> None:
        self.patch, self.capture = patch, capture

    def __call__(self, *arguments: str | Path) -> Ended:
        self.patch.setattr(sys, "argv", ["auditor", *map(str, arguments)])
        self.capture.readouterr()
        code: Any = 0
        try:
            cli.main()
        except SystemExit as end:
            code = end.code or 0
        captured = self.capture.readouterr()
        assert "Traceback" not in captured.err
        return Ended(code, captured.out, captured.err)


@pytest.fixture
def program(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, tiny_cloud: FakeCloud
) -> Iterator[Program]:
    monkeypatch.chdir(tmp_path)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    yield Program(monkeypatch, capsys)
    logging.disable(logging.NOTSET)


def test_pack_and_verify(program: Program, small: Small, keys: Keys) -> None:
    made = program("pack", small.folder, "--out", "p.zip", "--sign-key", keys.private)
    assert made.code == 0, made.err
    assert "wrote p.zip" in made.err
    assert "NOT SIGNED" not in made.err
    shown = program("verify", "p.zip", "--key", keys.public, "--replay")
    assert shown.code == 0, shown.out
    for words in (
        "signed by the key you gave",
        "calls are in the recording",
        "all are equal",
    ):
        assert words in shown.out
    assert program("verify", "p.zip", "--key", keys.stranger).code == exit_codes.EVIDENCE


def test_pack_takes_the_recording_and_documents_beside_the_audit(program: Program, small: Small) -> None:
    assert program("pack", small.folder / "audit.json", "--out", "p.zip").code == 0
    members = taken_apart(Path("p.zip"))
    assert "run/recording/run.json" in members
    assert any(n.endswith("-review.md") for n in members)


def test_pack_without_a_recording_says_what_is_missing(program: Program, small: Small, tmp_path: Path) -> None:
    (tmp_path / "audit.json").write_bytes((small.folder / "audit.json").read_bytes())
    made = program("pack", "audit.json", "--out", "p.zip")
    assert made.code == 0
    for words in ("NOT SIGNED", "cannot be replayed", "review.md"):
        assert words in made.err
    assert program("verify", "p.zip").code == 0
    replayed = program("verify", "p.zip", "--replay")
    assert replayed.code == exit_codes.COVERAGE
    assert "NOT SHOWN  replay" in replayed.out


def test_verify_as_json(program: Program, unsigned: Path) -> None:
    told = json.loads(program("verify", unsigned, "--json").out)
    (pack,) = told["packs"]
    assert (pack["result"], pack["keyid"], told["chain"]) == ("ok", "", None)
    assert {a["question"]: a["state"] for a in pack["answers"]}["signature"] == "note"


def test_a_changed_pack_is_refused_by_name(program: Program, unsigned: Path, tmp_path: Path) -> None:
    data = bytearray(unsigned.read_bytes())
    data[len(data) // 2] ^= 1
    Path("changed.zip").write_bytes(data)
    ended = program("verify", "changed.zip")
    assert ended.code == exit_codes.EVIDENCE
    assert "WRONG" in ended.out
    assert "changed.zip: " in ended.out


def test_words_of_a_pack_do_not_reach_the_terminal(program: Program, small: Small, tmp_path: Path) -> None:
    """A hostile pack must not move the cursor of whoever checks it."""
    with Path("evil.zip").open("wb") as file:
        archive.write(file, [archive.member("README.md", b"x")], 0)
    raw = Path("evil.zip").read_bytes().replace(b"README.md", b"REA\x1b[2Jd")
    Path("evil.zip").write_bytes(raw)
    ended = program("verify", "evil.zip")
    assert ended.code == exit_codes.EVIDENCE
    assert "\x1b" not in ended.out


def test_files_that_are_not_there(program: Program, small: Small, keys: Keys) -> None:
    for arguments in (
        ("verify", "nothing.zip"),
        ("verify", "."),
        ("verify", "nothing.zip", "--key", "nothing.pem"),
        ("pack", "nothing", "--out", "p.zip"),
        ("pack", small.folder, "--out", "p.zip", "--sign-key", "nothing.pem"),
        ("pack", small.folder, "--out", "p.zip", "--previous", "nothing.zip"),
        ("pack", small.folder, "--out", "."),
    ):
        ended = program(*arguments)
        assert ended.code == exit_codes.USAGE, arguments
        assert ended.err.startswith("error: ")
    ended = program("pack", small.folder, "--out", "p.zip", "--recording", "nothing")
    assert ended.code == exit_codes.EVIDENCE
    assert "no recording here" in ended.err


def test_a_series(program: Program, small: Small, keys: Keys) -> None:
    later = {**small.document, "as_of": "2999-01-01T00:00:00+00:00"}
    Path("audit.json").write_text(json.dumps(later))
    assert program("pack", small.folder, "--out", "1.zip").code == 0
    assert program("pack", "audit.json", "--out", "2.zip", "--previous", "1.zip").code == 0
    both = program("verify", "2.zip", "1.zip")
    assert both.code == 0, both.out
    assert "each pack names the file before it: 1.zip" in both.out
    assert "names the pack before it, which was not given" in program("verify", "2.zip").out
    backwards = program("pack", small.folder, "--out", "3.zip", "--previous", "2.zip")
    assert backwards.code == exit_codes.EVIDENCE
    assert not Path("3.zip").exists()


# scan --pack


def scan(program: Program, *arguments: str | Path) -> Ended:
    return program("scan", "aws", "--format", "json", "--out", "audit", *arguments)


def test_scan_makes_a_pack_and_keeps_no_recording(program: Program, keys: Keys, tmp_path: Path) -> None:
    ended = scan(program, "--pack", "p.zip", "--sign-key", keys.private)
    assert ended.code == 0, ended.err
    assert json.loads(ended.out)["files"] == ["audit/audit.json", "p.zip"]
    assert list((tmp_path / "temporary").iterdir()) == []
    report = verify(Path("p.zip"), [sign.public_key(keys.public)], replay=True)
    assert report.worst is State.SHOWN, report.answers


def test_scan_keeps_a_recording_that_was_asked_for(program: Program) -> None:
    ended = scan(program, "--pack", "p.zip", "--record", "tape")
    assert json.loads(ended.out)["files"] == ["audit/audit.json", "tape", "p.zip"]
    assert Path("tape/run.json").is_file()


def test_a_replay_can_be_packed_too(program: Program) -> None:
    scan(program, "--record", "tape")
    ended = program("scan", "--replay", "tape", "--format", "json", "--out", "again", "--pack", "p.zip")
    assert ended.code == 0, ended.err
    assert verify(Path("p.zip"), replay=True).worst is State.SHOWN


def test_the_recording_in_a_pack_is_replayed_by_scan(program: Program, unsigned: Path, small: Small) -> None:
    with zipfile.ZipFile(unsigned) as file:
        file.extractall("unpacked")
    ended = program("scan", "--replay", "unpacked/run/recording", "--out", "again", "--format", "json")
    assert ended.code == 0, ended.err
    again = json.loads(Path("again/audit.json").read_text())
    told = [(f["fingerprint"], f["status"], f["calls"]) for f in small.document["findings"]]
    assert [(f["fingerprint"], f["status"], f["calls"]) for f in again["findings"]] == told


def test_a_run_that_could_read_nothing_is_packed_all_the_same(program: Program, tiny_cloud: FakeCloud) -> None:
    tiny_cloud.refusing[Provider.AWS] = CredentialsError("AWS refused the credentials", "Sign in.")
    assert scan(program, "--pack", "p.zip").code == exit_codes.USAGE
    report = verify(Path("p.zip"), replay=True)
    assert report.worst is State.SHOWN, report.answers
    assert "could not be read: `AWS refused the credentials`" in taken_apart(Path("p.zip"))["README.md"].decode()


def test_mistakes_are_told_before_the_run(program: Program, keys: Keys, tiny_cloud: FakeCloud, unsigned: Path) -> None:
    def never(*_: object) -> Any:
        raise AssertionError("the run began")

    tiny_cloud.answer = never
    broken = Path("broken.zip")
    broken.write_bytes(unsigned.read_bytes()[:-1])
    for arguments, code in (
        (("--sign-key", keys.private), exit_codes.USAGE),
        (("--previous-pack", unsigned), exit_codes.USAGE),
        (("--pack", "p.zip", "--sign-key", keys.public), exit_codes.USAGE),
        (("--pack", "p.zip", "--sign-key", keys.encrypted), exit_codes.USAGE),
        (("--pack", "p.zip", "--previous-pack", "nothing.zip"), exit_codes.USAGE),
        (("--pack", "p.zip", "--previous-pack", broken), exit_codes.EVIDENCE),
        (("--pack", "."), exit_codes.USAGE),
    ):
        assert scan(program, *arguments).code == code, arguments
        assert not Path("audit").exists()


def test_a_full_disk_keeps_the_audit_and_the_recording(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    write = archive.write

    def full(*_: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(archive, "write", full)
    ended = scan(program, "--pack", "p.zip")
    assert ended.code == exit_codes.USAGE
    assert "cannot write p.zip: No space left on device" in ended.err
    assert Path("audit/audit.json").is_file()
    assert not Path("p.zip").exists()
    again = next(line for line in ended.err.splitlines() if "auditor pack audit --recording" in line)
    monkeypatch.setattr(archive, "write", write)
    recording = again.split("--recording ")[1].split()[0]
    assert program("pack", "audit", "--recording", recording, "--out", "p.zip").code == 0
    assert verify(Path("p.zip"), replay=True).worst is State.SHOWN


def test_an_interrupted_run_is_packed_and_not_replayed(program: Program, tiny_cloud: FakeCloud, small: Small) -> None:
    document = {**small.document, "interrupted": True}
    Path("audit.json").write_text(json.dumps(document))
    assert program("pack", "audit.json", "--recording", small.recording, "--out", "p.zip").code == 0
    ended = program("verify", "p.zip", "--replay")
    assert ended.code == exit_codes.COVERAGE
    assert "interrupted" in ended.out


def test_demo_makes_a_pack(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the tiny cloud in place of the estate, whose pack has a file of tests of its own."""
    monkeypatch.setattr(
        demo, "run_demo", lambda settings, listener: run.scan(replace(settings, clouds=(Provider.AWS,)), listener)
    )
    assert program("demo", "--out", "demo-report", "--pack", "p.zip").code == 0
    assert verify(Path("p.zip"), replay=True).worst is State.SHOWN
