"""``python -m bench.run``: how many requests an audit makes, how long it takes at 80 ms a call, and how large it gets.

The estates are those of :mod:`bench.seed`; the audit is the installed command in a process of its own, against the
server of :mod:`bench.server`. Each number stands beside its target and, for the time, beside the floor: no audit of the
same calls can be faster than the longest of its CPU time, its chain of dependent calls, and the documented quotas.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from auditor.providers import registry
from bench.measure import Measured, environment
from bench.seed import CROWDED, EMPTY_REGION, LARGE, MEDIUM, SMALL, Estate
from bench.server import Server, running

RESULTS = Path(__file__).parent / "results" / "bench.json"
LATENCY = 0.080
MAX_START = 0.3
AT_MOST = {"b": {"requests": 450, "wall_seconds": 14.0, "peak_megabytes": 150.0}}
MAX_EMPTY_REGION, HISTORY, MAX_HISTORY_MEGABYTES = 30, 200_000, 50.0
"""Requests of an empty region; finished jobs of the account with a history, and what they may add to the memory."""
QUOTA = 50
"""Requests a second for each operation, in the throttled run."""
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


def measure(server: Server, regions: Sequence[str], latency: float, per_second: int = 0) -> Measured:
    """From a process of its own: a child's peak memory starts from its parent's, and what is read of a large audit
    would be counted to the next."""
    server.reset(latency, per_second)
    command = [sys.executable, "-m", "bench.measure", server.url, *regions]
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise SystemExit("the audit failed")
    return Measured(**json.loads(done.stdout), requests=server.requests(), refused=server.refused())


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


def numbers_of(estate: Estate, measured: Measured, latency: float) -> dict[str, Any]:
    floor = floors(measured.calls, latency)
    found: dict[str, Any] = {
        "roles": estate.roles,
        "endpoints": estate.endpoints,
        "regions": estate.regions,
        "requests": len(measured.requests),
        "wall_seconds": round(measured.wall, 2),
        "cpu_seconds": round(measured.cpu, 2),
        "peak_megabytes": round(measured.megabytes, 1),
        "floor_seconds": {key: round(value, 3) for key, value in floor.items()},
        "times_the_floor": round(measured.wall / max(floor.values()), 1),
        "calls": dict(Counter(name(c) for c in measured.calls).most_common()),
        "seconds_by_operation": {key: round(value, 2) for key, value in slowest(measured.calls)},
        "failed_calls": dict(Counter(name(c) for c in measured.calls if c["status"] is None or c["status"] >= 500)),
    }
    limits = AT_MOST.get(estate.name, {})
    found["targets"] = {key: {"at_most": most, "met": found[key] <= most} for key, most in limits.items()}
    return found


def report(latency: float) -> dict[str, Any]:
    bare, version = start_times()
    estates: dict[str, Any] = {}
    for estate in (SMALL, LARGE):
        with seeded(estate) as server:
            estates[estate.name] = numbers_of(estate, measure(server, estate.read, latency), latency)
    with seeded(MEDIUM) as server:
        estates[MEDIUM.name] = numbers_of(MEDIUM, measure(server, MEDIUM.read, latency), latency)
        medium = measure(server, MEDIUM.read, 0.0)
        with_empty = measure(server, (*MEDIUM.read, EMPTY_REGION), 0.0)
    with seeded(CROWDED) as server:
        unthrottled = measure(server, CROWDED.read, 0.0)
        throttled = measure(server, CROWDED.read, 0.0, QUOTA)
        boto = lost_by_boto(server, CROWDED)
    with seeded(MEDIUM, HISTORY) as server:
        history = measure(server, MEDIUM.read, 0.0)
    empty = Counter(operation for operation, region in with_empty.requests if region == EMPTY_REGION)
    more = history.megabytes - medium.megabytes
    found: dict[str, Any] = {
        "latency": latency,
        "start_seconds": {"bare": round(bare, 3), "version": round(version, 3), "more": round(version - bare, 3)},
        "estates": dict(sorted(estates.items())),
        "without_latency": {"wall_seconds": round(medium.wall, 2), "cpu_seconds": round(medium.cpu, 2)},
        "empty_region": {"requests": sum(empty.values()), "calls": dict(sorted(empty.items()))},
        "throttled": {
            "per_second": QUOTA,
            "refused": throttled.refused,
            "wall_seconds": round(throttled.wall, 2),
            "open_questions": throttled.open_questions,
            "open_questions_without": unthrottled.open_questions,
            "boto3": boto,
        },
        "history": {
            "jobs": history.jobs,
            "requests": len(history.requests),
            "wall_seconds": round(history.wall, 2),
            "peak_megabytes": round(history.megabytes, 1),
            "more_megabytes": round(more, 1),
        },
    }
    found["targets"] = {
        "start_seconds": {"at_most": MAX_START, "met": version - bare <= MAX_START},
        "empty_region_requests": {"at_most": MAX_EMPTY_REGION, "met": sum(empty.values()) <= MAX_EMPTY_REGION},
        "history_more_megabytes": {"at_most": MAX_HISTORY_MEGABYTES, "met": more <= MAX_HISTORY_MEGABYTES},
        "history_jobs": {"at_most": history.jobs, "met": history.jobs >= HISTORY},
        "throttled_open_questions": {
            "at_most": sum(unthrottled.open_questions.values()),
            "met": throttled.open_questions == unthrottled.open_questions,
        },
        **{f"{key}_{name}": t for key, e in estates.items() for name, t in e["targets"].items()},
    }
    return found


@contextmanager
def seeded(estate: Estate, jobs: int = 0) -> Iterator[Server]:
    """A server with an estate, built from a process of its own: a child's peak memory starts from its parent's."""
    with running(jobs) as server:
        subprocess.run([sys.executable, "-m", "bench.seed", server.url, *estate.arguments()], check=True)
        yield server


def lost_by_boto(server: Server, estate: Estate) -> dict[str, int]:
    """What a program with boto3's default settings and as many threads gets of the same descriptions."""
    server.reset(0.0, QUOTA)
    command = [sys.executable, "-m", "bench.boto", server.url, estate.read[0], str(estate.endpoints)]
    done = subprocess.run(command, check=True, env=environment(server.url), stdout=subprocess.PIPE, text=True)
    return {key: int(value) for key, value in json.loads(done.stdout).items()}


def show(found: Mapping[str, Any]) -> None:
    print(f"{found['latency'] * 1000:.0f} ms a call")
    for key, estate in found["estates"].items():
        print(
            f"  ({key}) {estate['roles']} roles, {estate['endpoints']} endpoints, {estate['regions']} regions: "
            f"{estate['requests']} requests, {estate['wall_seconds']} s ({estate['times_the_floor']} times the floor), "
            f"CPU {estate['cpu_seconds']} s, {estate['peak_megabytes']} MB"
        )
        if estate["failed_calls"]:
            print(f"      FAILED calls: {estate['failed_calls']}")
    print(f"  empty region: {found['empty_region']['requests']} requests")
    history, throttled = found["history"], found["throttled"]
    print(
        f"  {history['jobs']} finished jobs: {history['requests']} requests, {history['wall_seconds']} s, "
        f"{history['peak_megabytes']} MB ({history['more_megabytes']:+} MB)"
    )
    print(
        f"  at {throttled['per_second']} requests a second: {throttled['refused']} refused, "
        f"{throttled['wall_seconds']} s, "
        f"open questions {throttled['open_questions']} (without: {throttled['open_questions_without']}); "
        f"boto3 lost {throttled['boto3']['lost']} of {throttled['boto3']['asked']}"
    )
    print("targets:")
    for key, target in found["targets"].items():
        print(f"  {key:<28} at most {target['at_most']:<8} {'met' if target['met'] else 'NOT MET'}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--latency", type=float, default=LATENCY, help="seconds per call (default: %(default)s)")
    parser.add_argument("--json", type=Path, default=RESULTS, help="where the numbers go (default: %(default)s)")
    options = parser.parse_args()
    found = report(options.latency)
    show(found)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    failed = any(estate["failed_calls"] for estate in found["estates"].values())
    return 0 if all(target["met"] for target in found["targets"].values()) and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
