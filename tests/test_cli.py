"""The command line: what it accepts, what it prints where, and the code it ends with."""

from __future__ import annotations

import json
import logging
import os
import resource
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import auditor
from auditor import cli
from auditor.catalog import load_catalog
from auditor.cli import exit_codes, output
from auditor.errors import CredentialsError
from auditor.model.check import Severity, Supported
from auditor.model.scope import Provider
from auditor.prices import price
from auditor.wire.calls import Call
from tests.support.fake_cloud import DESCRIBE, LIST, FakeCloud, answers


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str


class Terminal:
    """Runs the program in this process, as the entry point does."""

    def __init__(self, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]) -> None:
        self.patch, self.capture = patch, capture

    def __call__(self, *arguments: str) -> Ended:
        self.patch.setattr(sys, "argv", ["auditor", *arguments])
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
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Iterator[Terminal]:
    monkeypatch.chdir(tmp_path)
    yield Terminal(monkeypatch, capsys)
    logging.disable(logging.NOTSET)


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> FakeCloud:
    return FakeCloud(monkeypatch)


def scan(run: Terminal, *arguments: str) -> Ended:
    return run("scan", "aws", "--format", "json", *arguments)


# usage


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["no-such-command"], "no-such-command"),
        (["scan", "--no-such-option"], "--no-such-option"),
        (["scan"], "name the clouds"),
        (["scan", "ibm"], "ibm"),
        (["scan", "aws", "--config", "nowhere.toml"], "nowhere.toml"),
        (["scan", "aws", "--check", "no_such_check"], "no_such_check"),
        (["scan", "aws", "--layer", "cellar"], "cellar"),
        (["scan", "aws", "--framework", "iso"], "iso"),
        (["scan", "aws", "--format", "pdf"], "pdf"),
        (["scan", "aws", "--fail-on", "urgent"], "urgent"),
        (["scan", "aws", "--min-coverage", "101"], "percentage"),
        (["scan", "aws", "--min-coverage", "most"], "--min-coverage"),
        (["scan", "aws", "--checks", "nowhere"], "nowhere"),
        (["scan", "--replay", "nowhere"], "nowhere"),
        (["scan", "aws", "--replay", "nowhere"], "--replay takes its clouds from the recording"),
        (["report", "nowhere"], "nowhere"),
        (["report", "."], "audit.json"),
        (["checks", "show", "no_such_check"], "no_such_check"),
        (["checks", "show"], "ID"),
        (["permissions", "ibm"], "ibm"),
        (["permissions"], "CLOUD"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_mistake_is_one_message_without_a_traceback(
    run: Terminal, cloud: FakeCloud, arguments: list[str], says: str
) -> None:
    ended = run(*arguments)
    assert ended.code == exit_codes.USAGE
    assert says in ended.err
    assert ended.out == ""


def test_a_mistake_in_the_configuration_names_the_file(run: Terminal, cloud: FakeCloud, tmp_path: Path) -> None:
    (tmp_path / "auditor.toml").write_text("[scan]\nfail_on = 3\n")
    ended = scan(run)
    assert ended.code == exit_codes.USAGE
    assert "auditor.toml" in ended.err
    assert "scan.fail_on" in ended.err


def test_a_broken_check_file_is_named(run: Terminal, cloud: FakeCloud, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "broken.py").write_text("def (:\n")
    ended = scan(run, "--checks", "mine")
    assert ended.code == exit_codes.USAGE
    assert "broken.py" in ended.err


def test_results_that_could_not_be_written_are_said_before_anything_is_read(
    run: Terminal, cloud: FakeCloud, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    cloud.answer = lambda *_: pytest.fail("something was read")
    ended = scan(run, "--out", "file/inside")
    assert ended.code == exit_codes.USAGE
    assert "--out file/inside" in ended.err


@contextmanager
def files_may_have(size: int) -> Iterator[None]:
    """A disk that is full after so many bytes of a file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_disk_that_fills_up_leaves_no_half_file(run: Terminal, cloud: FakeCloud, tmp_path: Path) -> None:
    assert scan(run).code == exit_codes.DONE
    before = (tmp_path / "audit" / "audit.json").read_bytes()
    with files_may_have(len(before) // 2):
        ended = scan(run)
    assert ended.code == exit_codes.USAGE
    assert "cannot write audit/audit.json" in ended.err
    assert (tmp_path / "audit" / "audit.json").read_bytes() == before
    assert [p.name for p in (tmp_path / "audit").iterdir()] == ["audit.json"]


@pytest.mark.parametrize("arguments", [[], ["checks"], ["--help"], ["scan", "--help"], ["permissions", "--help"]])
def test_help_is_help(run: Terminal, arguments: list[str]) -> None:
    ended = run(*arguments)
    assert "Usage: auditor" in ended.out + ended.err


# a scan


def test_what_a_machine_reads_is_one_line(run: Terminal, cloud: FakeCloud, tmp_path: Path) -> None:
    ended = scan(run, "--out", "results")
    assert ended.code == exit_codes.DONE
    assert ended.out.count("\n") == 1
    line = json.loads(ended.out)
    document = json.loads((tmp_path / "results" / "audit.json").read_text())
    assert line["id"] == document["id"]
    assert line["files"] == ["results/audit.json"]
    (account,) = line["accounts"]
    assert account.keys() == {"provider", "account", "verified_level", "possible_level", "coverage"}
    assert (account["provider"], account["account"]) == ("aws", "123456789012")
    assert account["coverage"] == document["score"]["accounts"][0]["coverage"]["percent"]


def test_a_person_reads_what_will_be_read_and_what_came_of_it(run: Terminal, cloud: FakeCloud) -> None:
    err = scan(run).err
    assert "signed in as arn:fake:reader" in err
    assert "will read account 123456789012 (production), in eu-west-1, us-east-1" in err
    assert "Fix first" in err
    assert "wrote audit/audit.json" in err


def test_the_command_line_stands_over_the_configuration(run: Terminal, cloud: FakeCloud, tmp_path: Path) -> None:
    (tmp_path / "auditor.toml").write_text(
        '[scan]\nclouds = ["aws"]\nformats = ["json"]\nout = "configured"\nchecks = ["notebook_no_root"]\n'
    )
    assert run("scan").code == exit_codes.DONE
    configured = json.loads((tmp_path / "configured" / "audit.json").read_text())
    assert configured["selection"] == {"checks": ["notebook_no_root"]}
    other = "notebook_no_direct_internet"
    assert run("scan", "--out", "given", "--check", other, "--fail-on", "low").code == exit_codes.COVERAGE
    given = json.loads((tmp_path / "given" / "audit.json").read_text())
    assert given["selection"] == {"checks": [other]}


def test_record_and_replay(run: Terminal, cloud: FakeCloud, tmp_path: Path) -> None:
    live = scan(run, "--out", "live", "--record", "recording")
    assert json.loads(live.out)["files"] == ["live/audit.json", "recording"]
    again = run("scan", "--replay", "recording", "--out", "again", "--format", "json")
    assert (live.code, again.code) == (0, 0)
    one, two = (json.loads((tmp_path / name / "audit.json").read_text()) for name in ("live", "again"))
    assert two["replayed"]
    assert one["findings"] == two["findings"]
    assert one["score"] == two["score"]


# exit codes


def refuse(*calls: Call) -> Any:
    def answer(call: Call, location: str, params: Mapping[str, Any]) -> tuple[int, Any]:
        return (403, {}) if call in calls else answers(call, location, params)

    return answer


def test_findings_do_not_change_the_code_unless_asked(run: Terminal, cloud: FakeCloud) -> None:
    severity = load_catalog().check("notebook_no_root").severity
    assert scan(run).code == exit_codes.DONE
    assert scan(run, "--fail-on", severity.label).code == exit_codes.FINDINGS
    if severity < Severity.CRITICAL:
        assert scan(run, "--fail-on", "critical").code == exit_codes.DONE


def test_an_exempted_finding_does_not_count(run: Terminal, cloud: FakeCloud, tmp_path: Path) -> None:
    (tmp_path / "auditor.toml").write_text(
        '[[exemptions]]\ncheck = "notebook_no_root"\nowner = "ada"\nreason = "isolated"\nexpires = 2999-01-01\n'
        "everywhere = true\n"
    )
    assert scan(run, "--fail-on", "low").code == exit_codes.DONE


def test_an_account_of_which_nothing_could_be_read_is_low_coverage(run: Terminal, cloud: FakeCloud) -> None:
    cloud.answer = refuse(LIST)
    ended = scan(run)
    assert ended.code == exit_codes.COVERAGE
    assert json.loads(ended.out)["accounts"][0]["coverage"] == 0


def test_coverage_below_what_was_asked_for(run: Terminal, cloud: FakeCloud) -> None:
    assert scan(run, "--min-coverage", "1").code == exit_codes.DONE
    assert scan(run, "--min-coverage", "99").code == exit_codes.COVERAGE
    assert scan(run, "--min-coverage", "0", "--check", "notebook_no_root").code == exit_codes.DONE


def test_a_cloud_that_refuses_the_credentials(run: Terminal, cloud: FakeCloud, tmp_path: Path) -> None:
    cloud.refusing[Provider.GCP] = CredentialsError("Google refused the credentials", "Sign in again.")
    ended = run("scan", "aws", "gcp", "--format", "json")
    assert ended.code == exit_codes.USAGE
    assert "Google refused the credentials" in ended.err
    assert (tmp_path / "audit" / "audit.json").is_file(), "what could be done is done and written"
    assert len(json.loads(ended.out)["accounts"]) == 1


def test_a_defect(run: Terminal, cloud: FakeCloud, tmp_path: Path) -> None:
    def answer(call: Call, location: str, params: Mapping[str, Any]) -> tuple[int, Any]:
        return (200, {}) if call is DESCRIBE else answers(call, location, params)

    cloud.answer = answer
    ended = scan(run)
    assert ended.code == exit_codes.DEFECT
    assert "defect: fake:DescribeNotebook: KeyError" in ended.err
    assert (tmp_path / "audit" / "audit.json").is_file()


FINDING = {"status": "fail", "exemption": None, "severity": "high"}


def document(**parts: bool) -> dict[str, Any]:
    return {
        "defects": ["x"] if parts.get("defect") else [],
        "failures": [{}] if parts.get("failure") else [],
        "interrupted": parts.get("interrupted", False),
        "score": {
            "accounts": [
                {"coverage": {"answered": 1, "asked": 2, "percent": 50.0 if parts.get("coverage") else 90.0}},
                {"coverage": {"answered": 0, "asked": 0, "percent": 100.0}},
            ]
        },
        "findings": [FINDING] if parts.get("finding") else [],
    }


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ((), 0),
        (("finding",), 3),
        (("coverage", "finding"), 4),
        (("failure", "coverage", "finding"), 2),
        (("defect", "failure", "coverage", "finding"), 1),
        (("defect", "finding"), 1),
        (("failure", "finding"), 2),
        (("defect", "interrupted"), 1),
        (("interrupted", "coverage", "finding"), 130),
    ],
)
def test_when_several_codes_apply_the_first_of_1_2_4_3_wins(parts: tuple[str, ...], code: int) -> None:
    made = document(**dict.fromkeys(parts, True))
    assert output.exit_code(made, fail_on=Severity.HIGH, min_coverage=80) == code


@pytest.mark.parametrize(
    ("changes", "counts"),
    [
        ({}, True),
        ({"severity": "critical"}, True),
        ({"severity": "medium"}, False),
        ({"status": "not_assessed"}, False),
        ({"status": "pass"}, False),
        ({"exemption": {"owner": "ada"}}, False),
    ],
    ids=str,
)
def test_which_findings_count(changes: dict[str, Any], counts: bool) -> None:
    made = {**document(), "findings": [{**FINDING, **changes}]}
    assert output.exit_code(made, Severity.HIGH, None) == (exit_codes.FINDINGS if counts else exit_codes.DONE)
    assert output.exit_code(made, None, None) == exit_codes.DONE


def test_an_interrupted_run_writes_what_it_has(
    run: Terminal, cloud: FakeCloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from auditor.cli import console

    def strike(self: console.Progress, done: int, total: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(console.Progress, "__call__", strike)
    ended = scan(run)
    assert ended.code == exit_codes.INTERRUPTED
    assert json.loads((tmp_path / "audit" / "audit.json").read_text())["interrupted"]
    assert "Interrupted" in ended.err


def test_an_interruption_anywhere_else_ends_quietly(
    run: Terminal, cloud: FakeCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    def strike(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cloud, "_connect", strike)
    monkeypatch.setattr("auditor.providers.registry.connect", strike)
    ended = scan(run)
    assert ended.code == exit_codes.INTERRUPTED


# other commands


def test_the_list_has_every_check(run: Terminal) -> None:
    ended = run("checks", "list")
    listed = [line.split()[2] for line in ended.out.splitlines()]
    assert sorted(listed) == [c.id for c in load_catalog().checks]


def test_the_list_as_json(run: Terminal) -> None:
    rows = json.loads(run("checks", "list", "--json").out)
    assert sorted(row["id"] for row in rows) == [c.id for c in load_catalog().checks]
    assert {row["aws"] for row in rows} <= {"yes", "inherited", "-", "not built"}


@pytest.mark.parametrize("check", load_catalog().checks, ids=lambda c: c.id)
def test_a_check_can_be_shown(run: Terminal, check: Any) -> None:
    out = run("checks", "show", check.id).out
    assert check.title in out
    assert check.why in out
    for provider in Provider:
        assert f"\n{provider.label}\n" in out
    charged = [i for c in check.providers.values() if isinstance(c, Supported) for i in c.remediation.charges]
    assert out.count("Charged for:") == len(charged)
    assert all(price(i).text in out for i in charged)
    assert "Controls" in out


def test_permissions_follow_the_filters(run: Terminal, cloud: FakeCloud) -> None:
    def actions(*arguments: str) -> list[str]:
        return list(json.loads(run("permissions", "aws", *arguments).out)["Statement"][0]["Action"])

    assert actions() == ["fake:DescribeNotebook", "fake:ListNotebooks", "fake:ListRegions"]
    assert actions("--check", "storage_versioned") == ["fake:ListNotebooks", "fake:ListRegions"]
    ended = run("permissions", "aws", "--check", "no_such_check")
    assert ended.code == exit_codes.USAGE


def refusing(call: Call, location: str, params: Mapping[str, Any]) -> tuple[int, Any]:
    return (403, {}) if call is DESCRIBE else answers(call, location, params)


def test_the_permissions_that_an_audit_lacked(run: Terminal, cloud: FakeCloud) -> None:
    assert run("scan", "aws", "--out", "whole").code == 0
    complete = run("permissions", "aws", "--missing", "whole")
    assert (complete.code, complete.out) == (0, "")
    assert "lacked no permission" in complete.err

    cloud.answer = refusing
    run("scan", "aws", "--out", "limited")
    (statement,) = json.loads(run("permissions", "aws", "--missing", "limited").out)["Statement"]
    assert statement["Action"] == ["fake:DescribeNotebook"]
    assert run("permissions", "aws", "--missing", "nowhere").code == exit_codes.USAGE
    mixed = run("permissions", "aws", "--missing", "limited", "--check", "notebook_no_root")
    assert mixed.code == exit_codes.USAGE
    assert "filters" in mixed.err


def test_the_window_of_jobs_is_in_the_report_and_the_recording(run: Terminal, cloud: FakeCloud) -> None:
    assert run("scan", "aws", "--history-days", "30", "--record", "tape", "--out", "first").code == 0
    assert run("scan", "--replay", "tape", "--out", "second").code == 0
    for folder in ("first", "second"):
        populations = json.loads(Path(folder, "audit.json").read_text())["populations"]
        (jobs,) = [p["definition"] for p in populations if p["kind"] == "Job"]
        assert "30 days" in jobs
    ended = run("scan", "aws", "--history-days", "0")
    assert ended.code == exit_codes.USAGE
    assert "history_days" in ended.err


# as a process of its own


def process(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    root = Path(auditor.__file__).parents[1]
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(root)},
        **options,
    )


def test_the_version_is_told_without_loading_anything(tmp_path: Path) -> None:
    code = (
        "import sys; sys.argv = ['auditor', '--version']; before = set(sys.modules)\n"
        "from auditor.cli import main\n"
        "main()\n"
        "heavy = {'typer', 'click', 'jinja2', 'boto3', 'botocore', 'azure', 'google', 'requests', 'moto'}\n"
        "print(sorted(heavy & {name.split('.')[0] for name in set(sys.modules) - before}), file=sys.stderr)\n"
    )
    ended = process("-c", code, cwd=tmp_path)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, f"auditor {auditor.__version__}\n", "[]\n")


def test_the_module_is_the_program(tmp_path: Path) -> None:
    ended = process("-m", "auditor", "--debug", "--version", cwd=tmp_path)
    assert (ended.returncode, ended.stdout) == (0, f"auditor {auditor.__version__}\n")


def test_an_error_of_use_in_a_process_of_its_own(tmp_path: Path) -> None:
    ended = process("-m", "auditor", "scan", "--replay", "nowhere", cwd=tmp_path)
    assert (ended.returncode, ended.stdout) == (exit_codes.USAGE, "")
    assert ended.stderr.startswith("error: nowhere: no recording here")
    assert "Traceback" not in ended.stderr


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    root = Path(auditor.__file__).parents[1]
    shell = f"'{sys.executable}' -m auditor checks list | head -1"
    ended = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {shell}"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(root)},
    )
    assert len(ended.stdout.splitlines()) == 1
    assert "Traceback" not in ended.stderr
    assert "Exception ignored" not in ended.stderr
