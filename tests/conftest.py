"""Fixtures for every test: the demo, run once per worker."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from auditor.demo import run_demo
from auditor.render.document import to_document
from auditor.run import Listener, Result
from auditor.settings import Settings


@dataclass(frozen=True)
class Demo:
    result: Result
    document: dict[str, Any]
    """What audit.json holds."""
    recording: Path
    """The folder that ``--record`` wrote."""


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    block_network(monkeypatch)


def block_network(patch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("something reached for the network")

    patch.setattr(socket.socket, "connect", refuse)
    patch.setattr(socket.socket, "connect_ex", refuse)
    patch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    recording = tmp_path_factory.mktemp("demo") / "recording"
    with pytest.MonkeyPatch.context() as patch:
        block_network(patch)
        result = run_demo(Settings(record=recording), Listener())
    document = dict(to_document(result.audit, result.scores, result.catalog))
    return Demo(result, document, recording)
