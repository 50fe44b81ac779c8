"""The demo's Google Cloud project: authored again it is the same, and it says what Google's APIs could say."""

from __future__ import annotations

import filecmp
import json
from dataclasses import replace
from pathlib import Path

import pytest

from auditor.demo import author_gcp
from auditor.demo.author_gcp import FOLDER
from auditor.demo.gcp_names import PROJECT, REGIONS
from auditor.model.facts import Known
from auditor.model.resources import Endpoint
from auditor.providers.gcp import collectors
from auditor.providers.gcp.connect import offline
from auditor.wire import store
from auditor.wire.hop import Wire, replay_source
from tests.support.gcp import ACCOUNT, DECLARED, answered, run
from tests.support.gcp_schemas import violations

RECORDING = store.load(FOLDER)


def test_authoring_again_gives_the_shipped_recording(tmp_path: Path) -> None:
    author_gcp.main(tmp_path / "again")
    compared = filecmp.dircmp(FOLDER, tmp_path / "again")
    assert not compared.left_only
    assert not compared.right_only
    for name in ("run.json", "exchanges.jsonl"):
        assert (FOLDER / name).read_bytes() == (tmp_path / "again" / name).read_bytes()
    shipped = {path.name: path.read_bytes() for path in (FOLDER / "bodies").iterdir()}
    assert shipped == {path.name: path.read_bytes() for path in (tmp_path / "again" / "bodies").iterdir()}


@pytest.mark.parametrize("exchange", RECORDING.exchanges(), ids=lambda e: f"{e.service}:{e.operation}@{e.location}")
def test_every_body_is_what_google_documents(exchange: object) -> None:
    assert violations(exchange) == []  # type: ignore[arg-type]


def test_the_validator_notices_what_is_not_documented() -> None:
    endpoints = next(e for e in RECORDING.exchanges() if e.operation == "projects.locations.endpoints.list")
    body = json.loads(endpoints.body)
    for change, said in (
        ({"invented": 1}, "no documented field"),
        ({"createTime": "yesterday"}, "google-datetime"),
        ({"dedicatedEndpointEnabled": "yes"}, "boolean is documented"),
    ):
        broken = {**body, "endpoints": [{**body["endpoints"][0], **change}]}
        (found,) = violations(replace(endpoints, body=json.dumps(broken).encode()))
        assert said in found


def test_it_is_marked_as_ours() -> None:
    assert all(exchange.synthetic for exchange in RECORDING.exchanges())


def test_replay_finds_every_answer_and_every_kind() -> None:
    collected = run(replay_source(RECORDING), collectors(), REGIONS)
    assert collected.defects == ()
    assert not collected.inventory.gaps
    assert not RECORDING.misses
    assert {type(r) for r in collected.inventory.resources} == {c.kind for c in collectors()}
    assert len(collected.inventory.of(Endpoint, ACCOUNT)) == 3


def test_the_project_number_in_live_names_is_the_account() -> None:
    collected = run(replay_source(RECORDING), [c for c in collectors() if c.kind is Endpoint], REGIONS)
    for endpoint in collected.inventory.of(Endpoint, ACCOUNT):
        assert endpoint.id.startswith(f"//aiplatform.googleapis.com/projects/{PROJECT}/locations/")
        assert isinstance(endpoint, Endpoint)
        assert isinstance(endpoint.models, Known)
        assert {ref.account for ref in endpoint.models.value} == {PROJECT}


def test_offline_sessions_know_their_locations() -> None:
    wire = Wire(declared=DECLARED, sources=(replay_source(RECORDING),), offline=True)
    assert offline(ACCOUNT, REGIONS, wire).locations == REGIONS
    with pytest.raises(ValueError, match="offline"):
        offline(ACCOUNT, REGIONS, Wire(declared=DECLARED))
    assert answered(replay_source(RECORDING)).offers("aiplatform", "us-central1")
