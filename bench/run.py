"""``python -m bench.run``: how many requests an audit makes, how long it takes at 80 ms a call, and how large it gets.

The estate is that of :mod:`bench.seed`; the audit is the installed command in a process of its own, against the server
of :mod:`bench.server`. Each number stands beside its target and, for the time, beside the floor: no audit of the same
calls can be faster than the longest of its CPU time, its chain of dependent calls, and the documented quotas.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditor.providers import registry
from bench.seed import REGION
from bench.server import Server, running

RESULTS = Path(__file__).parent / "results" / "bench.json"
LATENCY = 0.080
MAX_REQUESTS, MAX_SECONDS, MAX_MEGABYTES, MAX_START = 350, 12.0, 150.0, 0.3
CPU_PER_CALL = 0.0007
"""Seconds of CPU that boto3 takes for a call, at its best."""
CHAIN = (
    "sts:GetCallerIdentity",
    "sagemaker:ListEndpoints",
    "sagemaker:DescribeEndpoint",
    "sagemaker:DescribeEndpointConfig",
    "sagemaker:DescribeModel",
)
"""The longest chain of calls of which each needs the answer of the one before."""


@dataclass(frozen=True)
class Measured:
    wall: float
    megabytes: float
    cpu: float
    requests: list[str]
    calls: list[Mapping[str, Any]]
    """As the audit itself recorded them."""


def environment(server: Server) -> dict[str, str]:
    """Nothing of the caller's. The S3 control API puts the account into the host name, so it goes by proxy."""
    kept = {n: v for n, v in os.environ.items() if n in ("PATH", "PYTHONPATH", "VIRTUAL_ENV", "LANG", "TMPDIR")}
    return {
        **kept,
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_ENDPOINT_URL": server.url,
        "AWS_ENDPOINT_URL_S3_CONTROL": "http://s3-control.bench",
        "HTTP_PROXY": server.url,
        "NO_PROXY": "127.0.0.1",
    }


def measure(server: Server, latency: float) -> Measured:
    server.reset(latency)
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "auditor", "scan", "aws", "--region", REGION, "--out", folder]
        started = time.monotonic()
        with subprocess.Popen(
            command, env=environment(server), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stderr is not None
            said = process.stderr.read()
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.monotonic() - started
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise SystemExit(f"the audit ended with {process.returncode}:\n{said}")
        calls = json.loads((Path(folder) / "audit.json").read_text(encoding="utf-8"))["calls"]
    return Measured(wall, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime, server.requests(), calls)


def start_times(rounds: int = 7) -> tuple[float, float]:
    """Seconds to start a bare interpreter, and to print the version. Medians, taken in turns."""
    bare: list[float] = []
    version: list[float] = []
    for _ in range(rounds):
        for command, times in (
            ([sys.executable, "-c", "pass"], bare),
            ([sys.executable, "-m", "auditor", "--version"], version),
        ):
            started = time.monotonic()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            times.append(time.monotonic() - started)
    return statistics.median(bare), statistics.median(version)


def floors(calls: Sequence[Mapping[str, Any]], latency: float) -> dict[str, float]:
    """Seconds below which no audit of these calls can come, each by its reason."""
    quotas = {c.key: c.per_second for x in registry.collectors() for c in x.calls() if c.per_second}
    counts = Counter(name(call) for call in calls)
    cores = os.cpu_count() or 1
    return {
        "cpu": len(calls) * CPU_PER_CALL / cores,
        "chain": len(CHAIN) * latency,
        "quotas": max((number / quotas[key] for key, number in counts.items() if key in quotas), default=0.0),
    }


def name(call: Mapping[str, Any]) -> str:
    return f"{call['service']}:{call['operation']}"


def slowest(calls: Iterable[Mapping[str, Any]], first: int = 5) -> list[tuple[str, float]]:
    """Operations by the time that their calls took, waiting for their turn included."""
    spent: Counter[str] = Counter()
    for call in calls:
        spent[name(call)] += call["duration_ms"]
    return [(key, milliseconds / 1000) for key, milliseconds in spent.most_common(first)]


def unrecorded(measured: Measured) -> int:
    """Requests beyond the recorded calls: signing in, which is not recorded, and retries."""
    return len(measured.requests) - len(measured.calls)


def report(latency: float) -> dict[str, Any]:
    bare, version = start_times()
    with running() as server:
        # in a process of its own: a child's peak memory starts from that of its parent
        subprocess.run([sys.executable, "-m", "bench.seed", server.url], check=True)
        measured = measure(server, latency)  # first: the credential report has to be made, and waited for, only once
        at_zero = measure(server, 0.0)
    floor = floors(measured.calls, latency)
    failed = Counter(name(c) for c in measured.calls if c["status"] is None or c["status"] >= 500)
    return {
        "latency": latency,
        "requests": len(measured.requests),
        "unrecorded_requests": unrecorded(measured),
        "failed_calls": dict(failed),
        "wall_seconds": round(measured.wall, 2),
        "wall_seconds_without_latency": round(at_zero.wall, 2),
        "cpu_seconds": round(measured.cpu, 2),
        "peak_megabytes": round(measured.megabytes, 1),
        "start_seconds": {"bare": round(bare, 3), "version": round(version, 3), "more": round(version - bare, 3)},
        "floor_seconds": {key: round(value, 3) for key, value in floor.items()},
        "times_the_floor": round(measured.wall / max(floor.values()), 1),
        "calls": dict(Counter(name(c) for c in measured.calls).most_common()),
        "seconds_by_operation": {key: round(value, 2) for key, value in slowest(measured.calls)},
        "targets": {
            "requests": {"at_most": MAX_REQUESTS, "met": len(measured.requests) <= MAX_REQUESTS},
            "wall_seconds": {"at_most": MAX_SECONDS, "met": measured.wall <= MAX_SECONDS},
            "peak_megabytes": {"at_most": MAX_MEGABYTES, "met": measured.megabytes <= MAX_MEGABYTES},
            "start_seconds": {"at_most": MAX_START, "met": version - bare <= MAX_START},
        },
    }


def show(found: Mapping[str, Any]) -> None:
    start, targets = found["start_seconds"], found["targets"]
    rows = (
        ("requests", found["requests"]),
        ("wall_seconds", found["wall_seconds"]),
        ("peak_megabytes", found["peak_megabytes"]),
        ("start_seconds", start["more"]),
    )
    print(f"one region, {found['latency'] * 1000:.0f} ms a call")
    for key, value in rows:
        target = targets[key]
        print(f"  {key:<16} {value:>8}   at most {target['at_most']:<6} {'met' if target['met'] else 'NOT MET'}")
    print(f"  floor {found['floor_seconds']} s: {found['times_the_floor']} times the floor")
    print(f"  {found['unrecorded_requests']} of the requests are sign-in or retries")
    print(f"  without latency {found['wall_seconds_without_latency']} s, CPU {found['cpu_seconds']} s")
    if found["failed_calls"]:
        print(f"  FAILED calls: {found['failed_calls']}")
    print("where the calls go:")
    for key, number in list(found["calls"].items())[:12]:
        print(f"  {number:>5}  {key}")
    print("seconds spent in calls, summed over threads:")
    for key, seconds in found["seconds_by_operation"].items():
        print(f"  {seconds:>6}  {key}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--latency", type=float, default=LATENCY, help="seconds per call (default: %(default)s)")
    parser.add_argument("--json", type=Path, default=RESULTS, help="where the numbers go (default: %(default)s)")
    options = parser.parse_args()
    found = report(options.latency)
    show(found)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0 if all(target["met"] for target in found["targets"].values()) and not found["failed_calls"] else 1


if __name__ == "__main__":
    sys.exit(main())
