"""Published example bodies of Azure's APIs: every collector reads them without stumbling."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from auditor.providers.azure import collectors
from auditor.wire.calls import Call
from auditor.wire.hop import Answer, Outgoing
from tests.providers.azure.conftest import run
from tests.support.azure_shapes import DATA

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the published example bodies are not here")

CALLS = {call.key: call for collector in collectors() for call in collector.calls()}


def examples() -> list[tuple[str, str]]:
    """Which example is an answer to which call."""
    if not DATA.is_dir():
        return []
    found = []
    for record in json.loads((DATA / "index.json").read_text()):
        path = "/".join("x" if part.startswith("{") else part for part in record["path_template"].split("/"))
        fitting = [c for c in CALLS.values() if record["method"] == "GET" and c.matches("GET", c.host, path)]
        if fitting:
            found.append((max(fitting, key=lambda c: len(c.path)).key, record["file"]))
    return found


EXAMPLES = examples()


def body_of(file: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads((DATA / file).read_text())
    body.pop("nextLink", None)  # often just "string"
    return body


def answering(chosen: dict[str, dict[str, Any]]) -> Any:
    def source(request: Outgoing) -> Answer:
        call: Call = request.call
        if call.key in chosen:
            return Answer(200, json.dumps(chosen[call.key]).encode())
        if call.items:
            return Answer(200, b'{"value": []}')
        return Answer(404, b'{"error": {"code": "ResourceNotFound", "message": "m"}}')

    return source


def test_there_are_examples_for_most_calls() -> None:
    assert len({key for key, _ in EXAMPLES}) >= 20
    assert len(EXAMPLES) >= 45


@pytest.mark.parametrize(("key", "file"), EXAMPLES)
def test_an_example_alone(key: str, file: str) -> None:
    assert run(collectors(), answering({key: body_of(file)})).defects == ()


def test_all_examples_together_give_resources_of_most_kinds() -> None:
    """The last example of each call, so that resources found in lists are also read."""
    done = run(collectors(), answering({key: body_of(file) for key, file in EXAMPLES}))
    assert done.defects == ()
    kinds = Counter(r.kind() for r in done.inventory.resources)
    assert {"AiService", "AuditLog", "Identity", "Key", "Network", "PrivateEndpoint", "Storage"} <= set(kinds)
