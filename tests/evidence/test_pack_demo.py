"""The demo estate, packed, verified and replayed; then changed. All tests of its pack are in this file, because making
and replaying it takes seconds."""

from __future__ import annotations

import hashlib
import json
import random
import zipfile
from pathlib import Path

import pytest

from auditor.evidence import pack, sign
from auditor.evidence.answers import Report, State
from auditor.evidence.replay import compare
from auditor.evidence.verify import verify
from auditor.render.document import dump
from tests.conftest import Demo
from tests.evidence.conftest import Keys
from tests.support.packs import forged, taken_apart

CHANGES = 100


@pytest.fixture(autouse=True)
def one_framework() -> None:
    """All frameworks here, as in a real pack."""


@pytest.fixture(scope="module")
def packed(demo: Demo, keys: Keys, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo-pack") / "evidence.zip"
    document = json.loads("".join(dump(demo.document)))
    documents = {a.sha256: Path(a.path) for x in demo.result.audit.attestations for a in x.attachments}
    pack.make(path, document, recording=demo.recording, key=sign.signing_key(keys.private), documents=documents)
    return path


@pytest.fixture(scope="module")
def verified(packed: Path, keys: Keys) -> Report:
    return verify(packed, [sign.public_key(keys.public)], replay=True)


def test_it_is_verified_and_replayed(verified: Report, demo: Demo) -> None:
    shown = {a.question: a.state for a in verified.answers}
    questions = ("archive", "digests", "signature", "references", "files", "replay")
    assert shown == dict.fromkeys(questions, State.SHOWN), [(a.text, a.details[:5]) for a in verified.answers]
    replayed = next(a for a in verified.answers if a.question == "replay")
    assert f"{len(demo.document['findings']):,} findings" in replayed.text


def test_the_decisions_of_people_are_in_it(packed: Path, demo: Demo) -> None:
    members = taken_apart(packed)
    assert json.loads(members["exemptions.json"]) == demo.document["exemptions"]
    assert {x["state"] for x in demo.document["exemptions"]} >= {"active", "expired"}
    attached = [x for a in json.loads(members["attestations.json"]) for x in a["attachments"]]
    assert attached
    for file in attached:
        assert hashlib.sha256(members[file["member"]]).hexdigest() == file["sha256"]


def test_every_call_of_a_provider_can_be_looked_up(packed: Path, demo: Demo) -> None:
    told = taken_apart(packed)["run/calls.csv"].decode()
    answered = [c for c in demo.document["calls"] if c["provider"] == "aws" and not c["synthetic"] and c["status"]]
    assert answered
    assert all(c["request_id"] and c["request_id"] in told for c in answered)


def test_a_hundred_random_changes_are_found_and_the_file_named(packed: Path, keys: Keys, tmp_path: Path) -> None:
    data, other, key = packed.read_bytes(), tmp_path / "changed.zip", sign.public_key(keys.public)
    with zipfile.ZipFile(packed) as file:
        members = sorted((i.header_offset, i.filename) for i in file.infolist())
        directory = file.start_dir
    dice = random.Random(20261120)
    regions = [(0, directory)] * (CHANGES - 30) + [(directory, len(data))] * 20 + [(len(data) - 93, len(data))] * 10
    for begin, end in regions:
        at = dice.randrange(begin, end)
        other.write_bytes(data[:at] + bytes([data[at] ^ dice.randrange(1, 256)]) + data[at + 1 :])
        report = verify(other, [key])
        assert report.worst is State.WRONG
        told = report.answers[-1].text
        assert str(other) in told
        if at < directory:
            assert [name for offset, name in members if offset <= at][-1] in told
    other.write_bytes(data)
    assert verify(other, [key]).worst is State.SHOWN, "and nothing else than the changes was wrong"


def test_a_pass_cannot_be_gained(packed: Path, verified: Report) -> None:
    """What the replay gave is what the pack says, so a failure made a pass is a difference from it."""
    assert verified.worst is State.SHOWN
    whole = taken_apart(packed)["audit.json"]
    forgery = json.loads(whole)
    failed = next(f for f in forgery["findings"] if f["status"] == "fail" and f["exemption"] is None)
    failed.update(status="pass", message="All is well")
    told = list(compare(forgery, json.loads(whole)))
    assert f"findings {failed['fingerprint']}: status: pass in the pack, fail from the recorded answers" in told


def test_an_altered_answer_is_told(packed: Path, tmp_path: Path) -> None:
    """A recorded body with another content under its old name, all digests made anew."""
    name = next(n for n in taken_apart(packed) if n.startswith("run/recording/bodies/"))
    report = verify(forged(packed, tmp_path / "p.zip", {name: b"{}", sign.SIGNED: None}))
    assert report.worst is State.WRONG
    assert f"{name}: altered after it was recorded" in report.answers[-1].text
