"""An audit with the AWS managed policy SecurityAudit: it completes, says what it lacks, and can be completed."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from moto.iam.aws_managed_policies import aws_managed_policies_data
from typer.testing import CliRunner

from auditor.access.aws_documents import parse
from auditor.catalog import load_catalog
from auditor.cli.app import app
from auditor.demo import run_demo
from auditor.model.facts import Reason
from auditor.model.scope import Provider
from auditor.providers import registry
from auditor.render.document import dump, to_document
from auditor.run import Listener, Result, audit_connections, replayed_connections
from auditor.settings import Settings
from auditor.wire import store
from auditor.wire.hop import Answer, Outgoing, Source, Wire, declare, replay_source
from tests.faults.faults import denied

AWS = Provider.AWS
DEMO_DENIES = {"guardduty:GetDetector"}
"""What the demo's account refuses by itself, in one region."""


@cache
def security_audit() -> Any:
    document = json.loads(aws_managed_policies_data)["SecurityAudit"]["Document"]
    return parse(document)


def granted(permission: str) -> bool:
    return any(s.allow and s.covers(permission, "*") for s in security_audit())


def limited_to(allowed: Callable[[str], bool], recorded: Source) -> Source:
    def answer(request: Outgoing) -> Answer | None:
        given = recorded(request)
        if given is None or all(allowed(p) for p in request.call.permissions):
            return given
        return denied(request.call, given)

    return answer


def audit(recording: store.Recording, allowed: Callable[[str], bool]) -> tuple[Result, dict[str, Any]]:
    catalog, collectors = load_catalog(), registry.collectors([AWS])
    wire = Wire(
        declared=declare(c for x in collectors for c in x.calls()),
        sources=(limited_to(allowed, replay_source(recording)),),
        offline=True,
    )
    result = audit_connections(
        [c for c in replayed_connections(recording, wire) if c.provider is AWS],
        (),
        wire=wire,
        catalog=catalog,
        checks=catalog.checks,
        collectors=collectors,
        settings=Settings(clouds=(AWS,)),
        as_of=recording.run["as_of"],
        listener=Listener(),
        replayed=True,
    )
    return result, to_document(result.audit, result.scores, result.catalog)


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> store.Recording:
    folder = tmp_path_factory.mktemp("security-audit")
    run_demo(Settings(record=folder / "recording", out=folder), Listener())
    return store.load(folder / "recording")


def open_because_denied(document: dict[str, Any]) -> set[str]:
    return {
        permission
        for finding in document["findings"]
        if finding["unknown"] is not None and finding["unknown"]["reason"] == Reason.DENIED
        for permission in finding["unknown"]["permissions"]
    }


def test_the_run_completes_and_the_policy_it_asks_for_completes_it(recording: store.Recording, tmp_path: Path) -> None:
    needed = {p for x in registry.collectors([AWS]) for c in x.calls() for p in c.permissions}
    lacking = {p for p in needed if not granted(p)}
    assert lacking, "SecurityAudit grants everything now: nothing is tested here"

    result, document = audit(recording, granted)
    assert result.audit.defects == ()
    asked_for = open_because_denied(document)
    assert asked_for - DEMO_DENIES <= lacking
    assert asked_for - DEMO_DENIES

    file = tmp_path / "audit.json"
    file.write_text("".join(dump(document)), encoding="utf-8")
    printed = CliRunner().invoke(app, ["permissions", "aws", "--missing", str(file)])
    assert printed.exit_code == 0
    policy = json.loads(printed.stdout)
    (statement,) = policy["Statement"]
    assert set(statement["Action"]) >= asked_for

    full = set(statement["Action"])
    complete = audit(recording, lambda p: granted(p) or p in full)[1]
    assert open_because_denied(complete) <= DEMO_DENIES
    untouched = audit(recording, lambda p: True)[1]
    statuses = [{f["fingerprint"]: f["status"] for f in d["findings"]} for d in (complete, untouched)]
    assert statuses[0] == statuses[1]


def test_nothing_passes_that_would_not_pass_with_every_permission(recording: store.Recording) -> None:
    limited, whole = audit(recording, granted)[1], audit(recording, lambda p: True)[1]
    passing = [{f["fingerprint"] for f in d["findings"] if f["status"] == "pass"} for d in (limited, whole)]
    assert passing[0] < passing[1]
