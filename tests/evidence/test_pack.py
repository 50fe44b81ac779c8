"""What is in a pack, that it is made whole, and that parts which do not belong together make none."""

from __future__ import annotations

import csv
import errno
import hashlib
import io
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from auditor.errors import AuditorError, EvidenceError, OutputError
from auditor.evidence import archive, pack, sign
from auditor.evidence.zip_format import safe_name
from auditor.render.document import to_document
from auditor.run import Listener, scan
from auditor.settings import Settings
from tests.evidence.conftest import REVIEW, Keys, Small, make, run_small
from tests.support.fake_cloud import FakeCloud
from tests.support.packs import predicate, taken_apart


@pytest.fixture(scope="module")
def members(unsigned: Path) -> dict[str, bytes]:
    return taken_apart(unsigned)


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def test_what_is_in_it(members: dict[str, bytes], small: Small) -> None:
    bodies = {n for n in members if n.startswith("run/recording/bodies/")}
    frameworks = {f"frameworks/{f['id']}.json" for f in small.document["frameworks"]}
    attached = {n for n in members if n.startswith("attachments/")}
    assert len(bodies) == len(list((small.recording / "bodies").iterdir()))
    assert members.keys() - bodies - frameworks - attached == {
        "README.md",
        "SHA256SUMS",
        "statement.json",
        "audit.json",
        "report.html",
        "findings.csv",
        "controls.csv",
        "population.csv",
        "manual.csv",
        "exemptions.json",
        "attestations.json",
        "checks.json",
        "run/context.json",
        "run/calls.csv",
        "run/recording/run.json",
        "run/recording/exchanges.jsonl",
    }
    assert frameworks <= members.keys()
    assert next(iter(members)) == "README.md"
    assert json.loads(members["audit.json"]) == small.document
    assert [members[n] for n in attached] == [REVIEW]


def test_the_recording_is_as_it_was_written(members: dict[str, bytes], small: Small) -> None:
    for name in ("run.json", "exchanges.jsonl", *(f"bodies/{p.name}" for p in (small.recording / "bodies").iterdir())):
        assert members[f"run/recording/{name}"] == (small.recording / name).read_bytes()


def test_the_context_says_who_when_what_and_what_not(members: dict[str, bytes], small: Small) -> None:
    context = json.loads(members["run/context.json"])
    assert context["run"] == small.document["run"]
    assert context["principals"][0]["identity"] == "arn:fake:reader"
    assert context["tool"]["code_digest"] == small.document["tool"]["code_digest"]
    assert context["signature"] == {"signed": False, "keyid": ""}
    assert context["recording"]["calls"] == len(small.document["calls"])
    told = " ".join(row["text"] for row in context["scope"]["out_of_scope"])
    for words in ("Azure: not part of this run", "other than eu-west-1, us-east-1", "one moment", "90 days before"):
        assert words in told


def test_a_filtered_run_says_what_it_did_not_ask(tmp_path: Path) -> None:
    only = run_small(tmp_path, checks=("notebook_no_root",))
    content = taken_apart(make(only, tmp_path / "p.zip"))
    context = json.loads(content["run/context.json"])
    assert any("Only the checks notebook_no_root were asked for" in r["text"] for r in context["scope"]["out_of_scope"])


def test_every_call_can_be_looked_up(members: dict[str, bytes], small: Small) -> None:
    rows = table(members["run/calls.csv"])
    assert [int(r["number"]) for r in rows] == list(range(1, len(small.document["calls"]) + 1))
    for row, call in zip(rows, small.document["calls"], strict=True):
        assert (row["service"], row["operation"], row["request_id"]) == (
            call["service"],
            call["operation"],
            call["request_id"],
        )
        assert json.loads(row["parameters"]) == call["params"]
        assert row["body_sha256"] == call["digest"]


def test_findings_per_framework_and_control(members: dict[str, bytes], small: Small) -> None:
    for framework in small.document["frameworks"]:
        kept = json.loads(members[f"frameworks/{framework['id']}.json"])
        assert kept["controls"] == framework["controls"]
        practices = {e["practice"] for c in framework["controls"] for e in c["evidence"]}
        expected = {f["fingerprint"] for f in small.document["findings"] if f["practice"] in practices}
        assert expected == {p for by in kept["findings_by_practice"].values() for found in by.values() for p in found}


def test_every_control_that_needs_a_person_has_a_slot(members: dict[str, bytes], small: Small) -> None:
    rows = table(members["manual.csv"])
    wanted = {(f["id"], c["id"]) for f in small.document["frameworks"] for c in f["controls"] if c["attach"]}
    assert {(r["framework"], r["control_id"]) for r in rows} == wanted
    assert all(r["what_a_person_must_add"] for r in rows)
    attested = [r for r in rows if r["attested_by"]]
    practice = small.document["attestations"][0]["practice"]
    for row in attested:
        assert practice in row["attestation"]
        assert row["attached"].endswith("-review.md")


def test_exemptions_and_attestations(members: dict[str, bytes], small: Small) -> None:
    (rule,) = json.loads(members["exemptions.json"])
    assert (rule["owner"], rule["approver"], rule["state"]) == ("ml-team", "ciso", "active")
    failed = [f for f in small.document["findings"] if f["fingerprint"] in rule["fingerprints"]]
    assert failed
    assert {f["status"] for f in failed} == {"fail"}
    (stated,) = json.loads(members["attestations.json"])
    digest = hashlib.sha256(REVIEW).hexdigest()
    assert [x["member"] for x in stated["attachments"]] == [f"attachments/{digest}-review.md"]


def test_no_cell_is_a_formula(members: dict[str, bytes]) -> None:
    for name in (n for n in members if n.endswith(".csv")):
        for row in table(members[name]):
            assert not [cell for cell in row.values() if cell and cell.lstrip()[:1] in "=+@"], name


def test_the_readme_of_an_unsigned_pack(members: dict[str, bytes]) -> None:
    text = members["README.md"].decode()
    assert "**NOT SIGNED.**" in text
    assert "openssl" not in text
    assert "auditor verify PACK.zip --replay" in text
    assert "CloudTrail" in text
    assert "Azure**" not in text


def test_the_readme_of_a_signed_pack(signed: Path, keys: Keys) -> None:
    text = taken_apart(signed)["README.md"].decode()
    assert f"**SIGNED** with the key whose id is `{sign.public_key(keys.public).keyid}`" in text
    assert "NOT SIGNED" not in text


def test_the_readme_cannot_be_written_by_an_account(small: Small, tmp_path: Path) -> None:
    document = json.loads(json.dumps(small.document))
    evil = "x`](http://evil) | **SIGNED**\n# SIGNED <script>\u202e"
    document["principals"][0]["identity"] = document["run"]["operator"] = document["scopes"][0]["name"] = evil
    document["exemptions"][0]["reason"] = evil
    document["failures"] = [{"provider": "azure", "message": evil, "hint": ""}]
    text = taken_apart(make(Small(document, small.recording, small.folder), tmp_path / "p.zip"))["README.md"].decode()
    assert "\n# SIGNED" not in text
    assert "\u202e" not in text
    assert "x`]" not in text


def test_every_file_is_in_the_readme(signed: Path) -> None:
    content = taken_apart(signed)
    text = content["README.md"].decode()
    for name in content:
        parts = [name, *(f"{name.rsplit('/', n)[0]}/" for n in (1, 2))]
        assert any(f"| {part} |" in text for part in parts), name


def test_plain_tools_check_it(signed: Path, keys: Keys, tmp_path: Path) -> None:
    for tool in ("unzip", "sha256sum", "openssl", "base64", "sed"):
        if shutil.which(tool) is None:
            pytest.skip(f"no {tool} here")
    subprocess.run(["unzip", "-q", str(signed), "-d", str(tmp_path)], check=True)
    shutil.copy(keys.public, tmp_path / "PUBLIC.pem")
    blocks = (tmp_path / "README.md").read_text().split("```sh\n")[1:]
    commands = [block.split("```")[0] for block in blocks]

    def shell(command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["sh", "-ec", command], cwd=tmp_path, capture_output=True, text=True, check=False)

    whole = shell(commands[0])
    assert (whole.returncode, whole.stdout) == (0, "unchanged\n"), whole.stderr
    who = shell(commands[1])
    assert who.returncode == 0, who.stderr
    assert who.stdout.startswith(sign.public_key(keys.public).keyid)
    assert "Signature Verified Successfully" in who.stdout
    shutil.copy(keys.stranger, tmp_path / "PUBLIC.pem")
    assert shell(commands[1]).returncode != 0
    (tmp_path / "audit.json").write_text("{}")
    assert shell(commands[0]).returncode != 0


def test_equal_audits_make_equal_packs(small: Small, keys: Keys, signed: Path, unsigned: Path, tmp_path: Path) -> None:
    key = sign.signing_key(keys.private)
    assert make(small, tmp_path / "a.zip", key=key).read_bytes() == signed.read_bytes()
    assert make(small, tmp_path / "b.zip").read_bytes() == unsigned.read_bytes()
    again = make(small, tmp_path / "again.zip", key=sign.signing_key(keys.stranger_private))
    assert again.read_bytes() != signed.read_bytes()


def test_without_a_recording_it_says_so(small: Small, tmp_path: Path) -> None:
    path = tmp_path / "p.zip"
    packed = pack.make(path, small.document)
    told = " ".join(packed.remarks)
    assert "cannot be replayed" in told
    assert "NOT SIGNED" in told
    assert "review.md" in told
    content = taken_apart(path)
    assert "This pack has no recording" in content["README.md"].decode()
    assert not predicate(content)["recording"]
    assert json.loads(content["attestations.json"])[0]["attachments"][0]["member"] is None


def test_a_document_that_changed_is_not_taken(small: Small, tmp_path: Path) -> None:
    other = tmp_path / "review.md"
    other.write_bytes(b"another text")
    packed = pack.make(tmp_path / "p.zip", small.document, documents={hashlib.sha256(REVIEW).hexdigest(): other})
    assert any("review.md" in remark for remark in packed.remarks)


def test_an_attachment_keeps_to_its_folder(small: Small, tmp_path: Path) -> None:
    document = json.loads(json.dumps(small.document))
    document["attestations"][0]["attachments"][0]["name"] = "../../etc/../.hidden\x00\u202e."
    path = make(Small(document, small.recording, small.folder), tmp_path / "p.zip")
    with archive.Archive(path) as opened:
        assert all(safe_name(n) for n in opened.entries)


def changed_recording(small: Small, folder: Path, change: Any) -> Path:
    shutil.copytree(small.recording, folder)
    lines = [json.loads(line) for line in (folder / "exchanges.jsonl").read_text().splitlines()]
    change(lines, folder)
    (folder / "exchanges.jsonl").write_text("".join(json.dumps(line, sort_keys=True) + "\n" for line in lines))
    return folder


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda lines, _: lines.pop(), "is not in the recording"),
        (lambda lines, _: lines.append({**lines[0], "id": "other"}), "is not in the audit"),
        (lambda lines, _: lines.append(lines[0]), "same id"),
        (lambda lines, _: lines[0].update(request_id="other"), "another request_id"),
        (lambda lines, _: lines[0].update(params={"a": 1}), "another params"),
        (lambda lines, _: lines[1].update(body=""), "body is missing"),
        (lambda lines, folder: (folder / "bodies" / lines[1]["body"]).unlink(), "No such file"),
        (lambda lines, folder: (folder / "bodies" / lines[1]["body"]).write_bytes(b"{}"), "altered"),
        (lambda lines, _: lines[1].update(body="../../../etc/passwd"), "not a recorded call"),
        (lambda lines, _: lines[1].pop("status"), "not a recorded call"),
        (
            lambda lines, folder: (folder / "run.json").write_text('{"as_of": "2001-01-01T00:00:00+00:00"}'),
            "as of 2001",
        ),
        (lambda lines, folder: (folder / "run.json").write_text("{"), "run.json"),
        (lambda lines, folder: (folder / "run.json").unlink(), "no recording here"),
    ],
)
def test_a_recording_that_is_not_the_audits_is_refused(change: Any, says: str, small: Small, tmp_path: Path) -> None:
    recording = changed_recording(small, tmp_path / "recording", change)
    with pytest.raises(EvidenceError, match=says):
        make(small, tmp_path / "p.zip", recording=recording)
    assert [p.name for p in tmp_path.iterdir()] == ["recording"], "nothing is left half written"


def test_an_audit_that_contradicts_itself_is_refused(small: Small, tmp_path: Path) -> None:
    document = json.loads(json.dumps(small.document))
    document["findings"][0]["calls"] = ["nothing"]
    with pytest.raises(EvidenceError, match="cites the call nothing"):
        pack.make(tmp_path / "p.zip", document)


def test_a_full_disk_keeps_what_was_there(small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "p.zip"
    path.write_bytes(b"the pack of last week")

    def full(*_: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(archive, "write", full)
    with pytest.raises(OutputError, match="No space left on device"):
        make(small, path)
    assert path.read_bytes() == b"the pack of last week"
    assert [p.name for p in tmp_path.iterdir()] == ["p.zip"]


def test_a_folder_that_cannot_be_written(small: Small, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="No such file or directory"):
        make(small, tmp_path / "nowhere" / "p.zip")


def test_a_recording_that_changes_meanwhile(small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recording = tmp_path / "recording"
    shutil.copytree(small.recording, recording)
    write = archive.write

    def late(*arguments: Any) -> str:
        with (recording / "exchanges.jsonl").open("a") as file:
            file.write("\n")
        return write(*arguments)

    monkeypatch.setattr(archive, "write", late)
    with pytest.raises(EvidenceError, match=r"exchanges.jsonl changed while the pack was made"):
        make(small, tmp_path / "p.zip", recording=recording)
    assert [p.name for p in tmp_path.iterdir()] == ["recording"]


def test_a_run_that_is_replayed_makes_the_same_call_log(small: Small, tmp_path: Path, tiny_cloud: FakeCloud) -> None:
    result = scan(Settings(replay=small.recording, record=tmp_path / "again"), Listener())
    again = json.loads(json.dumps(to_document(result.audit, result.scores, result.catalog)))
    before = {c["id"]: {**c, "number": 0} for c in small.document["calls"]}
    assert again["calls"]
    assert all({**c, "number": 0} == before[c["id"]] for c in again["calls"])
    pack.make(tmp_path / "p.zip", again, recording=tmp_path / "again")


# a series


def later(small: Small, moment: str = "2999-01-01T00:00:00+00:00") -> dict[str, Any]:
    return {**json.loads(json.dumps(small.document)), "as_of": moment}


def test_a_pack_names_the_one_before_it(small: Small, unsigned: Path, tmp_path: Path) -> None:
    previous = pack.previous_pack(unsigned)
    assert previous["sha256"] == hashlib.sha256(unsigned.read_bytes()).hexdigest()
    pack.make(tmp_path / "next.zip", later(small), previous=previous)
    content = taken_apart(tmp_path / "next.zip")
    assert predicate(content)["previous"] == previous
    assert previous["sha256"] in content["README.md"].decode()


def test_the_previous_pack_must_be_sound_and_earlier(small: Small, unsigned: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.zip"
    broken.write_bytes(unsigned.read_bytes()[:-1] + b"0")
    with pytest.raises(EvidenceError, match="broken.zip"):
        pack.previous_pack(broken)
    with pytest.raises(EvidenceError, match="not before this audit"):
        pack.make(tmp_path / "p.zip", small.document, previous=pack.previous_pack(unsigned))
    with pytest.raises(AuditorError, match="No such file"):
        pack.previous_pack(tmp_path / "nothing.zip")


def test_other_accounts_than_before_are_told(small: Small, unsigned: Path, tmp_path: Path) -> None:
    previous = {**pack.previous_pack(unsigned), "accounts": ["aws:999999999999"]}
    packed = pack.make(tmp_path / "p.zip", later(small), previous=previous)
    words = "new: aws:123456789012; gone: aws:999999999999"
    assert any(words in remark for remark in packed.remarks)
    assert words in taken_apart(tmp_path / "p.zip")["README.md"].decode()
