"""One run from settings to audit, live and replayed, against a tiny cloud."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from auditor import run as run_module
from auditor.derive import DERIVED, Derived, World
from auditor.errors import CredentialsError, OutputError, RecordingError, UsageError
from auditor.model.decision import ExemptionRule
from auditor.model.facts import Fact, Reason
from auditor.model.finding import Exemption, Finding, Status
from auditor.model.resources import Notebook
from auditor.model.scope import Provider
from auditor.render.document import dump, to_document
from auditor.run import Listener, Result, scan
from auditor.settings import Settings
from auditor.wire.calls import Call
from tests.support.fake_cloud import ACCOUNT, DESCRIBE, LIST, LOCATIONS, FakeCloud, answers

AWS, GCP = Provider.AWS, Provider.GCP
LIVE = Settings(clouds=(AWS,))
AS_OF = "2026-06-15T12:00:00+00:00"


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> FakeCloud:
    monkeypatch.setattr(run_module, "_now", lambda: AS_OF)
    return FakeCloud(monkeypatch)


def root_findings(result: Result) -> dict[str, Finding]:
    return {f.location: f for f in result.audit.findings if f.check == "notebook_no_root"}


# a run


def test_a_run_reads_judges_and_says_who_and_where(cloud: FakeCloud) -> None:
    result = scan(LIVE, Listener())
    audit = result.audit
    assert audit.defects == ()
    assert audit.failures == ()
    assert audit.places == {ACCOUNT: LOCATIONS}
    assert [(p.account, p.identity) for p in audit.principals] == [(ACCOUNT.id, "arn:fake:reader")]
    assert (audit.as_of, audit.replayed, audit.interrupted) == (AS_OF, False, False)
    assert {f.location: f.status for f in root_findings(result).values()} == {
        "us-east-1": Status.FAIL,
        "eu-west-1": Status.PASS,
    }
    assert {f.check for f in audit.findings} == {c.id for c in result.catalog.checks}
    assert {e.operation for e in audit.exchanges} == {"ListRegions", "ListNotebooks", "DescribeNotebook"}
    known = {e.id for e in audit.exchanges}
    for f in audit.findings:
        assert set(f.calls) <= known, "a finding cites only calls that were made"


def test_a_verdict_cites_the_calls_that_carried_it(cloud: FakeCloud) -> None:
    audit = scan(LIVE, Listener()).audit
    by_id = {e.id: e for e in audit.exchanges}
    for f in audit.findings:
        if f.resource is not None and f.status in (Status.PASS, Status.FAIL):
            assert [by_id[c].operation for c in f.calls] == ["DescribeNotebook"]
            assert all(by_id[c].location == f.location for c in f.calls)


def test_the_listener_hears_of_accounts_progress_and_failures(cloud: FakeCloud) -> None:
    cloud.refusing[GCP] = CredentialsError("Google refused", "Sign in.")
    heard: list[str] = []
    listener = Listener(
        connected=lambda connection: heard.append(f"connected {connection.provider}"),
        failed=lambda failure: heard.append(f"failed {failure.provider} {failure.message}"),
        progress=lambda done, total: heard.append("progress"),
    )
    scan(replace(LIVE, clouds=(GCP, AWS)), listener)
    assert heard[:2] == ["failed gcp Google refused", "connected aws"]
    assert set(heard[2:]) == {"progress"}


def test_a_cloud_that_refuses_does_not_keep_the_others_from_being_read(cloud: FakeCloud) -> None:
    cloud.refusing[GCP] = CredentialsError("Google refused", "Sign in.")
    audit = scan(replace(LIVE, clouds=(GCP, AWS)), Listener()).audit
    assert [(f.provider, f.message, f.hint) for f in audit.failures] == [(GCP, "Google refused", "Sign in.")]
    assert audit.inventory.accounts == (ACCOUNT,)
    assert len(audit.inventory.resources) == 2


def test_when_every_cloud_refuses_there_is_an_audit_that_says_so(cloud: FakeCloud) -> None:
    cloud.refusing[AWS] = CredentialsError("refused")
    result = scan(LIVE, Listener())
    assert len(result.audit.failures) == 1
    assert (result.audit.findings, result.scores) == ((), ())
    json.loads("".join(dump(to_document(result.audit, result.scores, result.catalog))))


def test_two_clouds_are_read_in_one_run(cloud: FakeCloud) -> None:
    audit = scan(replace(LIVE, clouds=(GCP, AWS)), Listener()).audit
    assert [a.provider for a in audit.inventory.accounts] == [AWS, GCP]
    google = [f for f in audit.findings if f.account.provider is GCP and f.check == "notebook_no_root"]
    assert [f.status for f in google] == [Status.NOT_ASSESSED], "nothing lists notebooks there in this cloud"


def refuse(*calls: Call) -> Any:
    def answer(call: Call, location: str, params: Mapping[str, Any]) -> tuple[int, Any]:
        return (403, {}) if call in calls else answers(call, location, params)

    return answer


def test_a_denied_listing_is_said_with_the_permission_that_would_settle_it(cloud: FakeCloud) -> None:
    cloud.answer = refuse(LIST)
    audit = scan(LIVE, Listener()).audit
    found = [f for f in audit.findings if f.check == "notebook_no_root"]
    assert [f.status for f in found] == [Status.NOT_ASSESSED] * 2
    assert all(f.unknown is not None and f.unknown.permissions == ("fake:ListNotebooks",) for f in found)
    assert all(f.calls for f in found)


def test_losing_a_permission_changes_no_verdict_but_to_not_assessed(cloud: FakeCloud) -> None:
    before = scan(LIVE, Listener())
    cloud.answer = refuse(DESCRIBE)
    after = scan(LIVE, Listener())
    was = {f.fingerprint: f.status for f in before.audit.findings}
    changed = {f.status for f in after.audit.findings if was[f.fingerprint] is not f.status}
    assert changed == {Status.NOT_ASSESSED}
    for one, two in zip(before.scores, after.scores, strict=True):
        assert (two.verified or 0) <= (one.verified or 0)


def test_a_broken_check_file_of_the_users_stops_the_run_before_it_starts(cloud: FakeCloud, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("import no_such_module\n")
    with pytest.raises(Exception, match=r"mine\.py"):
        scan(replace(LIVE, check_folders=(tmp_path,)), Listener())


USER_CHECK = """
from auditor import AWS, AZURE, GCP, Check, Examples, NotBuilt, Notebook, Pass, Remediation, Severity, Supported

def evaluate(notebook):
    {body}

CHECK = Check(
    id="mine", title="t", why="w", severity=Severity.LOW, resource=Notebook, needs=("root_access",),
    practice="ID-1.1", evaluate=evaluate,
    providers={{AWS: Supported(Remediation("Do it.", "https://example.com")), AZURE: NotBuilt(), GCP: NotBuilt()}},
    examples=Examples(passes={{"root_access": False}}, fails={{"root_access": True}}),
)
"""


def test_a_check_of_the_users_that_fails_on_the_way_is_a_defect_and_the_run_is_complete(
    cloud: FakeCloud, tmp_path: Path
) -> None:
    (tmp_path / "mine.py").write_text(USER_CHECK.format(body="raise KeyError(notebook.name)"))
    audit = scan(replace(LIVE, check_folders=(tmp_path,)), Listener()).audit
    assert {f.status for f in audit.findings if f.check == "mine"} == {Status.NOT_ASSESSED}
    assert audit.defects == ("check mine: KeyError",)
    assert len(root_findings(scan(LIVE, Listener()))) == 2


def test_a_defect_of_a_collector_is_reported_once(cloud: FakeCloud) -> None:
    cloud.answer = lambda call, location, params: (200, {"items": [{}]})
    audit = scan(LIVE, Listener()).audit
    assert len(audit.defects) == 1
    assert audit.defects[0].startswith("fake.notebooks: KeyError")
    assert {f.unknown.reason for f in root_findings(scan(LIVE, Listener())).values() if f.unknown is not None} == {
        Reason.DEFECT
    }


def test_a_defect_of_a_derived_fact_is_reported_and_the_run_is_complete(
    cloud: FakeCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(world: World, notebook: Notebook) -> Fact[Any]:
        raise KeyError(notebook.name)

    rule = Derived(kind=Notebook, fact="direct_internet", providers=frozenset({AWS}), compute=broken)
    monkeypatch.setattr(run_module, "DERIVED", (rule, *DERIVED))
    audit = scan(LIVE, Listener()).audit
    assert audit.defects == ("Notebook.direct_internet: KeyError",)
    blamed = {f.check for f in audit.findings if f.unknown is not None and f.unknown.reason is Reason.DEFECT}
    assert blamed == {"notebook_no_direct_internet"}


# what may be asked for


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"clouds": ()}, "name the clouds"),
        ({"checks": ("no_such_check",)}, "no_such_check"),
        ({"layers": ("cellar",)}, "unknown layer 'cellar'"),
        ({"frameworks": ("soc2", "iso")}, "unknown framework 'iso'"),
        ({"checks": ("notebook_no_root",), "layers": ("network",)}, "leave no check"),
        ({"check_folders": (Path("no/such/folder"),)}, "no such folder"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is_read(
    cloud: FakeCloud, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(UsageError) as caught:
        scan(replace(LIVE, **changes), Listener())
    assert message in caught.value.message


def test_a_recording_that_could_not_be_written_is_said_before_anything_is_read(
    cloud: FakeCloud, tmp_path: Path
) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    cloud.answer = lambda *_: pytest.fail("something was read")
    with pytest.raises(OutputError, match="holds no recording"):
        scan(replace(LIVE, record=tmp_path), Listener())


def test_a_filtered_run_asks_less_and_gives_no_level(cloud: FakeCloud) -> None:
    result = scan(replace(LIVE, checks=("storage_versioned",)), Listener())
    assert {f.check for f in result.audit.findings} == {"storage_versioned"}
    assert "DescribeNotebook" not in {e.operation for e in result.audit.exchanges}
    assert [(s.verified, s.possible) for s in result.scores] == [(None, None)]
    assert result.audit.selection == {"checks": ["storage_versioned"]}


# recording and replay


@pytest.fixture
def recording(cloud: FakeCloud, tmp_path: Path) -> Path:
    scan(replace(LIVE, record=tmp_path / "recording"), Listener())
    return tmp_path / "recording"


def test_a_replay_gives_the_same_findings_scores_and_id(cloud: FakeCloud, tmp_path: Path) -> None:
    cloud.answer = refuse(LIST)
    for answer in (answers, refuse(LIST), refuse(DESCRIBE)):
        cloud.answer = answer
        folder = tmp_path / str(id(answer))
        live = scan(replace(LIVE, record=folder), Listener())
        again = scan(Settings(replay=folder), Listener())
        assert again.audit.replayed
        assert again.audit.defects == ()
        assert again.audit.id == live.audit.id
        assert again.audit.findings == live.audit.findings
        assert again.audit.inventory == live.audit.inventory
        assert again.audit.principals == live.audit.principals
        assert again.scores == live.scores


def test_a_replay_keeps_the_time_of_the_recording(
    cloud: FakeCloud, recording: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_module, "_now", lambda: "2032-01-01T00:00:00+00:00")
    assert scan(Settings(replay=recording), Listener()).audit.as_of == AS_OF


def test_the_id_of_an_audit_changes_with_what_it_covers(cloud: FakeCloud, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = {
        scan(LIVE, Listener()).audit.id,
        scan(replace(LIVE, checks=("notebook_no_root",)), Listener()).audit.id,
        scan(replace(LIVE, clouds=(AWS, GCP)), Listener()).audit.id,
    }
    assert scan(LIVE, Listener()).audit.id in ids
    monkeypatch.setattr(run_module, "_now", lambda: "2026-06-15T12:00:01+00:00")
    ids.add(scan(LIVE, Listener()).audit.id)
    assert len(ids) == 4


def test_a_replay_needs_no_flags_and_repeats_the_filters(cloud: FakeCloud, tmp_path: Path) -> None:
    live = scan(replace(LIVE, checks=("notebook_no_root",), record=tmp_path / "r"), Listener())
    again = scan(Settings(replay=tmp_path / "r"), Listener())
    assert again.audit.selection == live.audit.selection == {"checks": ["notebook_no_root"]}
    assert again.audit.findings == live.audit.findings


def test_a_replay_of_an_unfiltered_recording_can_be_filtered(cloud: FakeCloud, recording: Path) -> None:
    again = scan(Settings(replay=recording, checks=("notebook_no_root",)), Listener())
    assert {f.check for f in again.audit.findings} == {"notebook_no_root"}
    assert again.audit.defects == ()
    assert again.scores[0].verified is None


def test_a_replay_repeats_the_clouds_that_refused(cloud: FakeCloud, tmp_path: Path) -> None:
    cloud.refusing[GCP] = CredentialsError("Google refused", "Sign in.")
    live = scan(replace(LIVE, clouds=(GCP, AWS), record=tmp_path / "r"), Listener())
    assert scan(Settings(replay=tmp_path / "r"), Listener()).audit.failures == live.audit.failures


@pytest.mark.parametrize("operation", ["ListNotebooks", "DescribeNotebook"])
def test_what_a_recording_does_not_hold_is_a_defect_and_never_an_empty_answer(
    cloud: FakeCloud, recording: Path, operation: str
) -> None:
    path = recording / "exchanges.jsonl"
    lines = path.read_text().splitlines()
    kept = [x for x in lines if not (operation in x and "us-east-1" in x)]
    assert len(kept) == len(lines) - 1
    path.write_text("\n".join(kept) + "\n")
    audit = scan(Settings(replay=recording), Listener()).audit
    assert len(audit.defects) == 1
    assert "ReplayMiss" in audit.defects[0]
    missed = root_findings(scan(Settings(replay=recording), Listener()))
    assert missed["us-east-1"].status is Status.NOT_ASSESSED
    assert missed["us-east-1"].unknown is not None
    assert missed["us-east-1"].unknown.reason is Reason.DEFECT
    assert missed["eu-west-1"].status is Status.PASS


@pytest.mark.parametrize(
    "damage",
    [
        {"as_of": None},
        {"as_of": "yesterday"},
        {"accounts": None},
        {"accounts": [{"provider": "aws"}]},
        {"accounts": [{"provider": "ibm", "id": "1", "name": "", "locations": [], "principal": ""}]},
        {"selection": 5},
        {"failures": [{}]},
    ],
    ids=str,
)
def test_a_damaged_run_is_an_error_of_use(cloud: FakeCloud, recording: Path, damage: dict[str, Any]) -> None:
    path = recording / "run.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **damage}))
    with pytest.raises(RecordingError, match=r"run\.json is damaged"):
        scan(Settings(replay=recording), Listener())


@pytest.mark.parametrize("key", ["as_of", "accounts", "selection", "failures"])
def test_a_run_without_a_part_is_damaged(cloud: FakeCloud, recording: Path, key: str) -> None:
    path = recording / "run.json"
    run = json.loads(path.read_text())
    del run[key]
    path.write_text(json.dumps(run))
    with pytest.raises(RecordingError, match=r"run\.json is damaged"):
        scan(Settings(replay=recording), Listener())


# exemptions


def rule(**changes: Any) -> ExemptionRule:
    fields = {"check": "notebook_no_root", "owner": "ada", "reason": "isolated", "expires": date(2026, 6, 15)}
    return ExemptionRule(**{**fields, **changes})


def test_an_exemption_marks_a_failure_and_changes_nothing_else(cloud: FakeCloud) -> None:
    plain = scan(LIVE, Listener())
    exempt = scan(replace(LIVE, exemptions=(rule(),)), Listener())
    assert exempt.scores == plain.scores
    for before, after in zip(plain.audit.findings, exempt.audit.findings, strict=True):
        assert replace(after, exemption=None) == before
    marked = [f for f in exempt.audit.findings if f.exemption is not None]
    assert [(f.check, f.status, f.location) for f in marked] == [("notebook_no_root", Status.FAIL, "us-east-1")]
    assert marked[0].exemption == Exemption("ada", "isolated", "2026-06-15")
    assert exempt.audit.exempted == {0: (marked[0].fingerprint,)}


def test_expiry_is_measured_from_the_time_of_the_audit(
    cloud: FakeCloud, recording: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_module, "_now", lambda: "2032-01-01T00:00:00+00:00")
    audit = scan(Settings(replay=recording, exemptions=(rule(),)), Listener()).audit
    assert sum(f.exemption is not None for f in audit.findings) == 1
