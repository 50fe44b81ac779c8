"""The command against a moto server, and its replay after the server is gone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.moto_server import moto_server

RUNS = 3
LONGEST = 0.05
"""Seconds that an answer may be held back."""


def scan(folder: Path, *arguments: str, **variables: str) -> dict[str, Any]:
    """Run the command in a scrubbed environment and give the audit it wrote."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), **variables}
    command = [sys.executable, "-m", "auditor", "scan", *arguments, "--format", "json"]
    ran = subprocess.run(
        command,
        cwd=Path(__file__).parents[2],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr
    out = Path(arguments[arguments.index("--out") + 1])
    audit: dict[str, Any] = json.loads((out / "audit.json").read_text())
    return audit


@pytest.fixture(scope="module")
def audits(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[dict[str, Any]], Path]:
    """One audit per run against a server that answers late and out of order; the first run's recording."""
    folder = tmp_path_factory.mktemp("server")
    found = []
    with moto_server() as (url, delays):
        credentials = {
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
        }
        regions = ("--region", "us-east-1", "--region", "eu-west-1")
        # IAM makes a credential report on the first request and has one from then on: that is another answer
        scan(folder, "aws", *regions, "--out", str(folder / "first"), **credentials)
        delays.longest = LONGEST
        for number in range(RUNS):
            where = ("--out", str(folder / f"A{number}"), "--record", str(folder / f"R{number}"))
            found.append(scan(folder, "aws", *regions, *where, **credentials))
    return found, folder


def test_a_replay_gives_the_findings_of_the_run(audits: tuple[list[dict[str, Any]], Path]) -> None:
    found, folder = audits
    assert len(found[0]["findings"]) > 100
    for number, live in enumerate(found):
        replayed = scan(folder, "--replay", str(folder / f"R{number}"), "--out", str(folder / f"B{number}"))
        assert replayed["findings"] == live["findings"], f"run {number}"
        assert replayed["id"] == live["id"]
        assert replayed["score"] == live["score"]


def test_delays_leave_no_trace(audits: tuple[list[dict[str, Any]], Path]) -> None:
    found, _ = audits
    for number, other in enumerate(found[1:], 1):
        assert other["findings"] == found[0]["findings"], f"run {number}"


def test_nothing_secret_is_recorded(audits: tuple[list[dict[str, Any]], Path]) -> None:
    _, folder = audits
    for file in (folder / "R0").rglob("*"):
        if file.is_file():
            assert b"AWS4-HMAC" not in file.read_bytes()
            assert b"x-amz-security-token" not in file.read_bytes().lower()
