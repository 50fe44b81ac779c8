"""``python -m bench.measure URL REGION...``: one audit by the installed command, and what it took, as JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Measured:
    wall: float
    megabytes: float
    cpu: float
    calls: list[Mapping[str, Any]]
    """As the audit itself recorded them."""
    open_questions: dict[str, int]
    """Findings that are not assessed, by reason."""
    jobs: int
    """Jobs that the audit's resources stand for."""
    requests: list[tuple[str, str]]
    """Operation and region, as the server counted them."""
    refused: int


def environment(url: str) -> dict[str, str]:
    """Nothing of the caller's. The S3 control API puts the account into the host name, so it goes by proxy."""
    kept = {n: v for n, v in os.environ.items() if n in ("PATH", "PYTHONPATH", "VIRTUAL_ENV", "LANG", "TMPDIR")}
    return {
        **kept,
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_ENDPOINT_URL": url,
        "AWS_ENDPOINT_URL_S3_CONTROL": "http://s3-control.bench",
        "HTTP_PROXY": url,
        "NO_PROXY": "127.0.0.1",
    }


def audit(url: str, regions: Sequence[str]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        places = [part for region in regions for part in ("--region", region)]
        command = [sys.executable, "-m", "auditor", "scan", "aws", *places, "--out", folder]
        started = time.monotonic()
        with subprocess.Popen(
            command, env=environment(url), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stderr is not None
            said = process.stderr.read()
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.monotonic() - started
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise SystemExit(f"the audit ended with {process.returncode}:\n{said}")
        document = json.loads((Path(folder) / "audit.json").read_text(encoding="utf-8"))
    kept = ("service", "operation", "status", "duration_ms")
    return {
        "wall": wall,
        "megabytes": usage.ru_maxrss / 1024,
        "cpu": usage.ru_utime + usage.ru_stime,
        "calls": [{name: call[name] for name in kept} for call in document["calls"]],
        "open_questions": Counter(f["unknown"]["reason"] for f in document["findings"] if f["unknown"] is not None),
        "jobs": sum(r["facts"]["runs"].get("value", 0) for r in document["resources"] if r["kind"] == "Job"),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(audit(sys.argv[1], sys.argv[2:])))
