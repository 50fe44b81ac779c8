"""The shipped recording is what authoring gives, replays to the same inventory, and looks like Azure."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from auditor.collect import collect
from auditor.demo.author_azure import ACCOUNT, FOLDER, main
from auditor.model.scope import GLOBAL
from auditor.plan import Step
from auditor.providers.azure import collectors
from auditor.providers.azure.connect import offline
from auditor.wire import store
from auditor.wire.hop import Wire, declare, replay_source
from tests.support import azure_shapes as shapes

ML = "microsoft.machinelearningservices/"
MODELS = {
    "workspaces": "Workspace",
    "workspaces/onlineendpoints": "OnlineEndpoint",
    "workspaces/onlineendpoints/deployments": "OnlineDeployment",
    "workspaces/batchendpoints": "BatchEndpoint",
    "workspaces/batchendpoints/deployments": "BatchDeployment",
    "workspaces/computes": "ComputeResource",
}


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def rows() -> list[dict[str, Any]]:
    found = []
    for exchange in store.load(FOLDER).exchanges():
        if exchange.status == 200 and exchange.operation != "subscriptions.get":
            body = json.loads(exchange.body)
            found.extend(body.get("value", [body]))
    return found


def test_authoring_gives_the_shipped_recording(tmp_path: Path) -> None:
    main(tmp_path / "again")
    assert files(tmp_path / "again") == files(FOLDER)


def test_replaying_asks_nothing_new_and_leaves_gaps_only_where_recorded() -> None:
    recording = store.load(FOLDER)
    wire = Wire(
        declared=declare(c for x in collectors() for c in x.calls()), sources=(replay_source(recording),), offline=True
    )
    session = offline(ACCOUNT, (GLOBAL,), wire)
    done = collect([Step(ACCOUNT, GLOBAL, c, c.details) for c in collectors()], {ACCOUNT: session})
    assert recording.misses == []
    assert done.defects == ()
    assert done.inventory.gaps == ()
    assert {e.id for e in wire.ledger.exchanges()} == {e.id for e in recording.exchanges()}


def test_everything_is_marked_as_ours() -> None:
    assert all(e.synthetic for e in store.load(FOLDER).exchanges())


def test_machine_learning_bodies_fit_the_models_of_the_sdk() -> None:
    judged = [r for r in rows() if str(r.get("type", "")).lower().startswith(ML)]
    assert len(judged) > 15
    problems = [p for r in judged for p in shapes.ml_problems(r, MODELS[r["type"].lower().removeprefix(ML)])]
    assert problems == []


@pytest.mark.parametrize(
    ("path", "value"), [("bogus", 1), ("publicNetworkAccess", "Sometimes"), ("v1LegacyMode", "no")]
)
def test_the_models_notice_a_wrong_body(path: str, value: object) -> None:
    workspace = copy.deepcopy(
        next(r for r in rows() if r["name"] == "mlw-forecast" and r["type"].endswith("workspaces"))
    )
    workspace["properties"][path] = value
    assert shapes.ml_problems(workspace, "Workspace")


@pytest.mark.skipif(not shapes.DATA.is_dir(), reason="the published example bodies are not here")
def test_other_bodies_use_documented_names_only() -> None:
    examples = shapes.example_paths()
    strange = set()
    for row in rows():
        kind = str(row.get("type", "")).lower()
        if kind.startswith(ML):
            continue
        known = examples.get(kind, set()) | shapes.DOCUMENTED.get(kind, set())
        strange |= {(kind, path) for path in shapes.paths(row) if not shapes.known_by(path, known)}
    assert strange == set()
