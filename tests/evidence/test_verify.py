"""What verification shows of a pack, and what it finds."""

from __future__ import annotations

import hashlib
import json
import random
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from auditor import run_context
from auditor.errors import UsageError
from auditor.evidence import contents, pack, replay, sign
from auditor.evidence.answers import Report, State
from auditor.evidence.strict import JSON_DEPTH, to_json
from auditor.evidence.verify import chain, verify
from auditor.render.document import dump
from tests.evidence.conftest import REVIEW, Keys, Small, make, run_small
from tests.support.fake_cloud import FakeCloud
from tests.support.packs import (
    SIGNED,
    SUMS,
    UNSIGNED,
    forged,
    predicate,
    put_together,
    stamp,
    summed_again,
    taken_apart,
)

ATTACHED = f"attachments/{hashlib.sha256(REVIEW).hexdigest()}-review.md"


def answers(report: Report) -> dict[str, State]:
    return {a.question: a.state for a in report.answers}


def wrong(report: Report) -> str:
    """What is wrong, in words; fails if nothing is."""
    assert report.worst is State.WRONG, [(a.question, a.state, a.text) for a in report.answers]
    return "\n".join(
        line for a in report.answers if a.state is State.WRONG for line in (f"{a.question}: {a.text}", *a.details)
    )


def test_a_good_pack(signed: Path, keys: Keys, tiny_cloud: FakeCloud) -> None:
    report = verify(signed, [sign.public_key(keys.public)], replay=True)
    assert answers(report) == dict.fromkeys(
        ("archive", "digests", "signature", "references", "files", "replay"), State.SHOWN
    ), [(a.question, a.text, a.details) for a in report.answers]
    assert report.sha256 == hashlib.sha256(signed.read_bytes()).hexdigest()


def test_a_good_pack_in_words(signed: Path, unsigned: Path, keys: Keys) -> None:
    without = verify(signed)
    assert answers(without)["signature"] is State.NOTE
    assert "integrity only" in next(a.text for a in without.answers if a.question == "signature")
    assert without.worst is State.SHOWN
    nobody = verify(unsigned)
    assert "NOT SIGNED" in next(a.text for a in nobody.answers if a.question == "signature")
    assert nobody.worst is State.SHOWN


def test_a_key_that_was_given_must_have_signed(signed: Path, unsigned: Path, keys: Keys) -> None:
    ours, theirs = sign.public_key(keys.public), sign.public_key(keys.stranger)
    assert "NOT SIGNED" in wrong(verify(unsigned, [ours]))
    assert "another key" in wrong(verify(signed, [theirs]))
    assert answers(verify(signed, [theirs, ours]))["signature"] is State.SHOWN


def test_a_pack_without_a_recording_cannot_be_replayed(small: Small, tmp_path: Path) -> None:
    path = make(small, tmp_path / "p.zip", recording=None)
    assert verify(path).worst is State.SHOWN
    assert answers(verify(path, replay=True))["replay"] is State.OPEN


def test_random_changes_are_found_and_the_file_named(signed: Path, keys: Keys, tmp_path: Path) -> None:
    data, other, dice = signed.read_bytes(), tmp_path / "changed.zip", random.Random(5)
    for _ in range(60):
        at = dice.randrange(len(data))
        other.write_bytes(data[:at] + bytes([data[at] ^ dice.randrange(1, 256)]) + data[at + 1 :])
        assert str(other) in wrong(verify(other, [sign.public_key(keys.public)]))


def test_a_damaged_file_behind_sound_headers_is_named(unsigned: Path, tmp_path: Path) -> None:
    """As if somebody had zipped a changed file again with this tool."""
    members = taken_apart(unsigned)
    for name in members.keys() - {SUMS, UNSIGNED}:
        changed = {**members, name: members[name][:-1] + bytes([members[name][-1] ^ 1])}
        told = wrong(verify(put_together(tmp_path / "p.zip", changed, stamp(unsigned))))
        assert f"{name}: changed" in told


# forgeries whose digests were made anew


def edited(unsigned: Path, edit: Callable[[dict[str, Any]], object]) -> dict[str, bytes]:
    document = json.loads(taken_apart(unsigned)["audit.json"])
    edit(document)
    return {"audit.json": "".join(dump(document)).encode()}


def text_for(members: dict[str, bytes], name: str, old: bytes, new: bytes) -> dict[str, bytes]:
    assert old in members[name]
    return {name: members[name].replace(old, new)}


FILES: dict[str, tuple[str, bytes, bytes]] = {
    "a report that says otherwise": ("report.html", b"fail", b"pass"),
    "a table that says otherwise": ("findings.csv", b"fail", b"pass"),
    "another control status": ("controls.csv", b"exceptions found", b"no exceptions"),
    "another population": ("population.csv", b"no", b"yes"),
    "another readme": ("README.md", b"NOT SIGNED", b"SIGNED"),
    "another operator": ("run/context.json", b'"operator": "', b'"operator": "not '),
    "another call log": ("run/calls.csv", b"ListNotebooks", b"ListModels"),
    "another framework": ("frameworks/soc2.json", b"fail", b"pass"),
    "another owner of a risk": ("exemptions.json", b"ml-team", b"nobody"),
    "another attestation": ("attestations.json", b"reviewed", b"ignored"),
    "another slot": ("manual.csv", b"soc2", b"hipaa"),
    "another check": ("checks.json", b"notebook_no_root", b"notebook_root_ok"),
}


@pytest.mark.parametrize("what", FILES)
def test_files_that_do_not_say_what_the_audit_says(what: str, unsigned: Path, tmp_path: Path) -> None:
    name, old, new = FILES[what]
    path = forged(unsigned, tmp_path / "p.zip", text_for(taken_apart(unsigned), name, old, new))
    assert f"{name}: not what the tool makes of audit.json" in wrong(verify(path))


def test_files_that_belong_to_no_pack_and_files_that_are_missing(unsigned: Path, tmp_path: Path) -> None:
    for changes, says in (
        ({"extra.html": b"<h1>All is well</h1>"}, "extra.html: no part of a pack"),
        ({"frameworks/gdpr.json": b"{}"}, "frameworks/gdpr.json: no part of a pack"),
        ({"attachments/0-contract.pdf": b"%PDF"}, "attachments/0-contract.pdf belongs to no attestation"),
        ({ATTACHED: b"We looked at nothing."}, f"{ATTACHED}: another document"),
        ({"report.html": None}, "report.html: missing"),
        ({"audit.json": None}, "audit.json is missing"),
        ({"run/context.json": None}, "run/context.json is missing"),
        ({"run/recording/run.json": None}, "run/recording/: run.json or"),
    ):
        assert says in wrong(verify(forged(unsigned, tmp_path / "p.zip", changes)))


def first_failure(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(f for f in document["findings"] if f["status"] == "fail")
    return found


REFERENCES: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "a call that is not there": (lambda d: d["findings"][0].update(calls=["x"]), "cites the call x"),
    "a pass that rests on nothing": (
        lambda d: first_failure(d).update(status="pass", calls=[], exemption=None),
        "is a pass that cites no call",
    ),
    "a check that is not there": (lambda d: d["findings"][0].update(check="x"), "is of the check x"),
    "another practice": (lambda d: d["findings"][0].update(practice="NET-1.1"), "another practice"),
    "a resource that is not there": (lambda d: first_failure(d)["resource"].update(id="x"), "is about x"),
    "an account that was not read": (lambda d: d["findings"][0]["scope"].update(account="x"), "was not read"),
    "a list in another account": (lambda d: d["listings"][0].update(account="x"), "was not read"),
    "a list by no call": (lambda d: d["listings"][0].update(calls=["x"]), "cites the call x"),
    "a fact by no call": (
        lambda d: d["resources"][0]["facts"]["root_access"].update(calls=["x"]),
        "fact root_access of",
    ),
    "an exemption of nothing": (lambda d: d["exemptions"][0].update(fingerprints=["x"]), "marks the finding x"),
    "an exemption by nobody": (lambda d: d.update(exemptions=[]), "exempt by no exemption"),
    "an exemption of a pass": (lambda d: first_failure(d).update(status="pass"), "exempt and no failure"),
    "an attestation of nothing": (lambda d: d["attestations"][0].update(practice="x"), "is about x"),
    "a control by no check": (
        lambda d: next(e for f in d["frameworks"] for c in f["controls"] for e in c["evidence"]).update(checks=["x"]),
        "names x",
    ),
    "a call that was not recorded": (
        lambda d: d["calls"].append({**d["calls"][0], "id": "x", "number": 9}),
        "recording",
    ),
    "a call without a number": (lambda d: d["calls"][0].update(number=7), "has the number 7"),
    "another request id": (lambda d: d["calls"][0].update(request_id="x"), "another request_id"),
    "another answer": (lambda d: d["calls"][0].update(status=403), "another status"),
    "a call less": (lambda d: d["calls"].pop(), "recorded call"),
    "another time": (lambda d: d["run"].update(clocks=[{"provider": "aws", "answers": 9, "seconds": 0}]), "clocks"),
}


@pytest.mark.parametrize("what", REFERENCES)
def test_dangling_references(what: str, unsigned: Path, tmp_path: Path) -> None:
    edit, says = REFERENCES[what]
    assert says in wrong(verify(forged(unsigned, tmp_path / "p.zip", edited(unsigned, edit))))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"null",
        b'{"schema": "1.2"}',
        b'{"a": NaN}',
        b"[" * 5_000 + b"]" * 5_000,
        b"[" * (JSON_DEPTH + 1) + b"]" * (JSON_DEPTH + 1),
        b'{"a": ' * 200_000,
        b"\xff\xfe",
        b"9" * 10_000,
    ],
)
@pytest.mark.parametrize("name", ["audit.json", "run/context.json", "run/recording/run.json"])
def test_json_that_is_none_of_ours(name: str, content: bytes, unsigned: Path, tmp_path: Path) -> None:
    told = wrong(verify(forged(unsigned, tmp_path / "p.zip", {name: content})))
    assert name.rsplit("/", 1)[-1] in told or "recorded as of" in told


@pytest.mark.parametrize(
    "key", ["id", "tool", "run", "calls", "findings", "frameworks", "score", "attestations", "as_of"]
)
def test_audits_with_a_part_of_another_kind(key: str, unsigned: Path, tmp_path: Path) -> None:
    for value in (None, 5, "text", [5], {"a": []}):
        path = forged(unsigned, tmp_path / "p.zip", edited(unsigned, lambda d, v=value: d.update({key: v})))
        wrong(verify(path))
    path = forged(unsigned, tmp_path / "p.zip", edited(unsigned, lambda d: d.pop(key)))
    wrong(verify(path))


@pytest.mark.parametrize(
    "line",
    [
        b'{"id": 1}',
        b"[]",
        b"5",
        b'{"body": "../../x"}',
        b'{"body": 5}',
    ],
)
def test_recordings_with_a_line_of_another_kind(line: bytes, unsigned: Path, tmp_path: Path) -> None:
    name = "run/recording/exchanges.jsonl"
    members = taken_apart(unsigned)
    path = forged(unsigned, tmp_path / "p.zip", {name: members[name] + line + b"\n"})
    assert "exchanges.jsonl" in wrong(verify(path))


def test_a_request_that_was_changed_on_both_sides(unsigned: Path, tmp_path: Path) -> None:
    members = taken_apart(unsigned)
    old, new = b"notebook-eu-west-1", b"notebook-eu-west-9"
    names = ("audit.json", "run/recording/exchanges.jsonl")
    path = forged(unsigned, tmp_path / "p.zip", {name: members[name].replace(old, new) for name in names})
    assert "its id is not that of its request" in wrong(verify(path))


def test_bodies_that_were_exchanged_removed_or_added(unsigned: Path, tmp_path: Path) -> None:
    bodies = [n for n in taken_apart(unsigned) if n.startswith("run/recording/bodies/")]
    for changes, says in (
        ({bodies[0]: b"{}"}, "altered after it was recorded"),
        ({bodies[0]: None}, "is missing"),
        ({f"run/recording/bodies/{'0' * 64}": b"{}"}, "no call names it"),
        ({"run/recording/other.py": b"print()"}, "no call names it"),
    ):
        assert says in wrong(verify(forged(unsigned, tmp_path / "p.zip", changes)))


def test_digests_that_do_not_fit_the_files(unsigned: Path, tmp_path: Path) -> None:
    members = taken_apart(unsigned)
    lines = members[SUMS].splitlines(keepends=True)
    for sums, says in (
        (b"".join(lines[1:]), "has no digest in SHA256SUMS"),
        (members[SUMS] + b"0" * 64 + b"  zzz.html\n", "zzz.html: is missing"),
        (b"".join(reversed(lines)), "not in the form"),
        (members[SUMS].replace(b"  ", b" *"), "not a digest and a name"),
        (members[SUMS] + lines[-1], "not in the form"),
        (b"", "has no digest"),
        (members[SUMS].upper(), "not a digest and a name"),
    ):
        path = put_together(tmp_path / "p.zip", {**members, SUMS: sums}, stamp(unsigned))
        assert says in wrong(verify(path))
    without = {n: c for n, c in members.items() if n != SUMS}
    assert "SHA256SUMS is missing" in wrong(verify(put_together(tmp_path / "p.zip", without, stamp(unsigned))))


def restated(members: dict[str, bytes], **told: object) -> dict[str, bytes]:
    return summed_again(members, None, {**predicate(members), **told})


def test_statements_that_do_not_fit_the_pack(unsigned: Path, signed: Path, tmp_path: Path) -> None:
    members, ours = taken_apart(unsigned), taken_apart(signed)
    path = tmp_path / "p.zip"
    at = stamp(unsigned)
    both = put_together(path, {**ours, UNSIGNED: members[UNSIGNED]}, at)
    assert "both are there" in wrong(verify(both))
    neither = {n: c for n, c in members.items() if n != UNSIGNED}
    assert "both are missing" in wrong(verify(put_together(path, neither, at)))
    old = {**members, UNSIGNED: sign.statement(b"other", {})}
    assert "another SHA256SUMS" in wrong(verify(put_together(path, old, at)))
    for told in ({"audit": "x"}, {"findings": {"pass": 999}}, {"coverage": {}}, {"recording": False}):
        assert "does not describe this audit" in wrong(verify(put_together(path, restated(members, **told), at)))
    for told in ({"previous": 5}, {"previous": {}}, {"previous": {"sha256": []}}):
        assert "statement.json" in wrong(verify(put_together(path, restated(members, **told), at)))


def test_a_signature_does_not_move_to_other_contents(signed: Path, unsigned: Path, keys: Keys, tmp_path: Path) -> None:
    """A valid envelope over another pack, and contents made anew under the old envelope."""
    ours = sign.public_key(keys.public)
    members = taken_apart(signed)
    swapped = summed_again({**members, "report.html": b"<h1>All is well</h1>"})
    del swapped[UNSIGNED]
    path = put_together(tmp_path / "p.zip", {**swapped, SIGNED: members[SIGNED]}, stamp(signed))
    assert "another SHA256SUMS" in wrong(verify(path, [ours]))
    stranger = sign.signing_key(keys.stranger_private)
    again = forged(signed, tmp_path / "q.zip", {"report.html": b"x", SIGNED: None}, stranger)
    assert "another key" in wrong(verify(again, [ours]))
    stripped = forged(signed, tmp_path / "r.zip", {SIGNED: None})
    assert "NOT SIGNED" in wrong(verify(stripped, [ours]))
    assert "README.md: not what the tool makes" in wrong(verify(stripped)), "its README says it is signed"


def test_the_envelope_is_read_strictly(signed: Path, keys: Keys, tmp_path: Path) -> None:
    members = taken_apart(signed)
    envelope = json.loads(members[SIGNED])
    for change in ({"payloadType": "text/plain"}, {"signatures": []}, {"signatures": envelope["signatures"] * 2}):
        content = to_json({**envelope, **change})
        path = put_together(tmp_path / "p.zip", {**members, SIGNED: content}, stamp(signed))
        assert SIGNED in wrong(verify(path, [sign.public_key(keys.public)]))
    sig = envelope["signatures"][0]["sig"]
    envelope["signatures"][0]["sig"] = ("B" if sig.startswith("A") else "A") + sig[1:]
    path = put_together(tmp_path / "p.zip", {**members, SIGNED: to_json(envelope)}, stamp(signed))
    assert "signature is not that of the key" in wrong(verify(path, [sign.public_key(keys.public)]))


def test_dates_of_members_are_the_audits(unsigned: Path, tmp_path: Path) -> None:
    path = put_together(tmp_path / "p.zip", taken_apart(unsigned), stamp(unsigned) + 1)
    assert "dates" in wrong(verify(path))


# replay


def test_a_forged_pass_is_found_by_replay(unsigned: Path, small: Small, tmp_path: Path, tiny_cloud: FakeCloud) -> None:
    """The whole pack made anew around it, by the tool itself."""

    def forge(document: dict[str, Any]) -> None:
        finding = first_failure(document)
        finding.update(status="pass", exemption=None, command="", message="All is well")
        document["exemptions"][0].update(fingerprints=[], state="unused")
        for row in document["fix_first"]:
            row["fingerprints"] = [p for p in row["fingerprints"] if p != finding["fingerprint"]]

    document = json.loads(edited(unsigned, forge)["audit.json"])
    path = make(Small(document, small.recording, small.folder), tmp_path / "p.zip")
    assert verify(path).worst is State.SHOWN, "it is consistent in itself"
    told = wrong(verify(path, replay=True))
    finding = first_failure(small.document)
    assert f"findings {finding['fingerprint']}: status: pass in the pack, fail from the recorded answers" in told


def test_an_altered_answer_is_found_by_replay(unsigned: Path, tmp_path: Path, tiny_cloud: FakeCloud) -> None:
    """A body exchanged with its digests, in the recording and in the audit."""
    members = taken_apart(unsigned)
    old = next(n for n, c in members.items() if n.startswith("run/recording/bodies/") and c == b'{"root": true}')
    body = b'{"root": false}'
    before, after = old.rsplit("/", 1)[1], hashlib.sha256(body).hexdigest()
    changes: dict[str, bytes | None] = {
        name: content.replace(before.encode(), after.encode())
        for name, content in members.items()
        if before.encode() in content and name not in (SUMS, UNSIGNED)
    }
    changes[old] = None
    changes[f"run/recording/bodies/{after}"] = body
    assert "from the recorded answers" in wrong(verify(forged(unsigned, tmp_path / "p.zip", changes), replay=True))


@pytest.mark.parametrize(
    ("part", "edit"),
    [
        ("score", lambda d: d["score"]["accounts"][0].update(verified_level=4)),
        ("coverage", lambda d: d["coverage"].update(percent=100.0)),
        ("resources", lambda d: d["resources"][0].update(name="other")),
        ("frameworks", lambda d: d["frameworks"][0]["controls"][0].update(outcome="no_exceptions")),
        ("gaps", lambda d: d["gaps"].append({"kind": "Endpoint", "provider": "aws", "account": "1", "location": "x"})),
        ("listings", lambda d: d["listings"].pop()),
        ("fix_first", lambda d: d["fix_first"].append({"check": "notebook_no_root"})),
        ("findings", lambda d: d["findings"].pop()),
        ("findings", lambda d: d["findings"].reverse()),
        ("selection", lambda d: d.update(selection={"checks": ["notebook_no_root"]})),
        ("principals", lambda d: d["principals"][0].update(identity="somebody else")),
        ("run", lambda d: d["run"].update(operator="somebody else")),
        ("attestations", lambda d: d["attestations"][0].update(state="expired")),
        ("exemptions", lambda d: d["exemptions"][0].update(state="expired")),
    ],
)
def test_every_part_of_the_audit_is_compared(part: str, edit: Any, small: Small) -> None:
    changed = json.loads(json.dumps(small.document))
    edit(changed)
    differences = list(replay.compare(changed, small.document))
    assert differences
    assert all(d.startswith(part) for d in differences)
    assert not list(replay.compare(small.document, json.loads(json.dumps(small.document))))


def test_calls_of_signing_in_are_no_difference_but_others_are(small: Small) -> None:
    fewer = json.loads(json.dumps(small.document))
    fewer["calls"] = fewer["calls"][1:]
    assert not list(replay.compare(small.document, fewer))
    assert list(replay.compare(fewer, small.document)) == ["call fake DescribeNotebook: made in the replay only"]


def test_a_recording_that_cannot_be_replayed(unsigned: Path, tmp_path: Path, tiny_cloud: FakeCloud) -> None:
    name = "run/recording/run.json"
    run = json.loads(taken_apart(unsigned)[name])
    for change in (
        {"accounts": 5},
        {"failures": [{"provider": "x"}]},
        {"context": {"parameters": {"tags": {"x": []}}}},
    ):
        path = forged(unsigned, tmp_path / "p.zip", {name: json.dumps({**run, **change}).encode()})
        told = wrong(verify(path, replay=True))
        assert "cannot be replayed" in told or "from the recorded answers" in told


def test_another_version_of_the_tool_says_so(
    unsigned: Path, tmp_path: Path, tiny_cloud: FakeCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not shown is not wrong, and not shown is not fine."""
    for module in (contents, replay):
        monkeypatch.setattr(module, "code_digest", lambda: "0" * 64)
    report = verify(unsigned, replay=True)
    assert answers(report)["files"] is State.OPEN
    assert answers(report)["replay"] is State.OPEN
    assert report.worst is State.OPEN
    told = next(a for a in report.answers if a.question == "replay")
    assert "come out the same" in told.text
    assert any("pip install" in d for d in told.details)


def test_no_digest_in_a_pack_makes_a_forged_finding_fine(
    unsigned: Path, small: Small, tmp_path: Path, tiny_cloud: FakeCloud
) -> None:
    """Who forges a finding may also claim another version of the tool or of a check: that is never shown."""

    def forge(document: dict[str, Any]) -> None:
        finding = first_failure(document)
        finding.update(exemption=None, message="All is well", status="pass", command="")
        document["exemptions"] = []

    for claim, expected in (
        (lambda d: d["tool"].update(code_digest="0" * 64), State.OPEN),
        (lambda d: d["tool"].update(checks_digest="0" * 64), State.WRONG),
        (lambda d: next(c for c in d["checks"] if c["id"] == "notebook_no_root").update(digest="0" * 64), State.OPEN),
    ):

        def both(document: dict[str, Any], claim: Any = claim) -> None:
            forge(document)
            claim(document)

        document = json.loads(edited(unsigned, both)["audit.json"])
        path = make(Small(document, small.recording, small.folder), tmp_path / "p.zip")
        report = verify(path, replay=True)
        assert answers(report)["replay"] is expected
        assert report.worst is not State.SHOWN


CHECK = """
from auditor import AWS, AZURE, GCP, Check, Examples, Fail, NotBuilt, Notebook, Pass, Remediation, Severity, Supported

open({marker!r}, "a").write("x")

def evaluate(notebook):
    return Fail("root") if notebook.root_access.value else Pass("no root")

CHECK = Check(
    id="notebook_of_ours", title="Ours", why="Ours.", severity=Severity.LOW, resource=Notebook, needs=("root_access",),
    practice="ID-1.1", evaluate=evaluate,
    providers={{AWS: Supported(Remediation("Do.", "https://example.com")), AZURE: NotBuilt(), GCP: NotBuilt()}},
    examples=Examples(passes={{"root_access": False}}, fails={{"root_access": True}}),
)
"""


@pytest.mark.parametrize("asked", [(), ("notebook_no_root", "notebook_of_ours")])
def test_checks_of_ones_own_are_run_from_ones_own_copy(
    asked: tuple[str, ...], tmp_path: Path, tiny_cloud: FakeCloud
) -> None:
    folder, marker = tmp_path / "checks", tmp_path / "ran"
    folder.mkdir()
    (folder / "notebook_of_ours.py").write_text(CHECK.format(marker=str(marker)))
    path = make(run_small(tmp_path, check_folders=(folder,), checks=asked), tmp_path / "p.zip")
    marker.unlink()
    without = verify(path, replay=True)
    told = next(a for a in without.answers if a.question == "replay")
    assert told.state is State.OPEN
    assert any("notebook_of_ours: not installed; name the folder" in d for d in told.details)
    assert not marker.exists()
    assert answers(verify(path, replay=True, checks=[folder]))["replay"] is State.SHOWN


def test_nothing_of_a_pack_is_left_behind(
    signed: Path, tiny_cloud: FakeCloud, tmp_path: Path, monkeypatch: Any
) -> None:

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert verify(signed, replay=True).worst is State.SHOWN
    assert list(tmp_path.iterdir()) == []


def test_no_configuration_of_the_reader_takes_part(
    signed: Path, tiny_cloud: FakeCloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_network: None
) -> None:
    (tmp_path / "auditor.toml").write_text('[scan]\nchecks = ["endpoint_private"]\n[tags]\nowner_tags = ["x"]\n')
    monkeypatch.chdir(tmp_path)
    assert verify(signed, replay=True).worst is State.SHOWN


def test_the_code_digest_is_of_the_run() -> None:
    assert run_context.code_digest() == contents.packer()["code_digest"]


# series


@pytest.fixture(scope="module")
def series(small: Small, unsigned: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder, packs = tmp_path_factory.mktemp("series"), [unsigned]
    for number in (1, 2):
        document = {**small.document, "as_of": f"299{number}-01-01T00:00:00+00:00"}
        path = folder / f"{number}.zip"
        pack.make(path, document, previous=pack.previous_pack(packs[-1]))
        packs.append(path)
    return packs


def test_a_series_is_shown_in_any_order(series: list[Path]) -> None:
    reports = [verify(p) for p in series]
    for given in (reports, reports[::-1], [reports[1], reports[0], reports[2]]):
        answer = chain(given)
        assert answer.state is State.SHOWN, answer
        assert answer.text.index("1.zip") < answer.text.index("2.zip")
    later = chain(reports[1:])
    assert later.state is State.SHOWN
    assert reports[0].sha256 in later.text, "the pack before them is named"


def test_a_series_with_a_pack_missing_or_exchanged_is_none(series: list[Path], small: Small, tmp_path: Path) -> None:
    reports = [verify(p) for p in series]
    assert "no one series" in chain([reports[0], reports[2]]).text
    assert chain([reports[0], reports[0]]).state is State.WRONG
    fork = tmp_path / "fork.zip"
    document = {**small.document, "as_of": "2995-01-01T00:00:00+00:00"}
    pack.make(fork, document, previous=pack.previous_pack(series[0]))
    assert "both follow" in chain([*reports, verify(fork)]).text
    lie = tmp_path / "lie.zip"
    pack.make(lie, document, previous={**pack.previous_pack(series[0]), "audit": "another"})
    assert "another audit" in chain([reports[0], verify(lie)]).text
    broken = tmp_path / "broken.zip"
    broken.write_bytes(series[1].read_bytes()[:-1])
    assert chain([reports[0], verify(broken)]).state is State.WRONG


def test_a_series_whose_accounts_change_says_so(series: list[Path]) -> None:
    reports = [verify(p) for p in series]
    reports[2].accounts = (*reports[2].accounts, "azure:new")
    answer = chain(reports)
    assert answer.state is State.SHOWN
    assert [d for d in answer.details if "new: azure:new" in d] == list(answer.details)


def test_a_file_that_cannot_be_read_is_a_mistake_of_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        verify(tmp_path / "nothing.zip")
