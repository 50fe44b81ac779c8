"""The limiter on a clock of its own."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.wire.pace import BURST_SECONDS, DEFAULT_PER_SECOND, FLOOR_PER_SECOND, Key, Pacer

KEY: Key = ("1", "us-east-1", "s3", "ListBuckets")


class World:
    """A virtual clock; ``departures`` are the times at which calls would have left."""

    def __init__(self, headroom: float = 1.0) -> None:
        self.now = 0.0
        self.slept: list[float] = []
        self.departures: list[float] = []
        self.pacer = Pacer(clock=lambda: self.now, sleep=self.slept.append, headroom=headroom)

    def ask(self, per_second: float | None = None, key: Key = KEY) -> float:
        """One of many threads that ask at this moment: the clock stands, the call leaves when it may."""
        delay = self.pacer.wait(key, per_second)
        self.departures.append(self.now + delay)
        return delay


def most_within(departures: list[float], seconds: float) -> int:
    times = sorted(departures)
    return max(sum(1 for t in times if start <= t < start + seconds) for start in times)


@settings(max_examples=60, deadline=None)
@given(
    rate=st.floats(0.5, 100),
    asks=st.lists(st.tuples(st.floats(0, 3), st.integers(1, 30)), min_size=1, max_size=20),
    window=st.floats(0.1, 10),
)
def test_never_more_than_the_rate_and_one_burst(rate: float, asks: list[tuple[float, int]], window: float) -> None:
    world = World()
    for pause, count in asks:
        world.now += pause
        for _ in range(count):
            world.ask(rate)
    burst = max(rate * BURST_SECONDS, 1.0)
    assert most_within(world.departures, window) <= burst + rate * window + 1.000001


def test_the_documented_quota_is_kept_with_headroom() -> None:
    world = World(headroom=0.8)
    for _ in range(1000):
        world.ask(10)
    steady = sorted(world.departures)[100:]
    assert most_within(steady, 1.0) <= 9  # 8 a second


def test_without_a_documented_quota_a_default_holds() -> None:
    world = World()
    for _ in range(500):
        world.ask()
    assert max(world.departures) == pytest.approx((500 - DEFAULT_PER_SECOND * BURST_SECONDS) / DEFAULT_PER_SECOND)


def test_a_few_calls_do_not_wait() -> None:
    world = World()
    assert [world.ask(10) for _ in range(5)] == [0.0] * 5
    assert world.slept == []


def test_every_account_location_and_operation_has_its_own_limit() -> None:
    world = World()
    for _ in range(100):
        world.ask(1)
    for position in range(4):
        other = list(KEY)
        other[position] = "other"
        assert world.ask(1, (other[0], other[1], other[2], other[3])) == 0.0


def steady_rate(world: World, calls: int = 50) -> float:
    """Departures per second once the burst is used up."""
    world.departures.clear()
    for _ in range(calls):
        world.ask(10)
    times = sorted(world.departures)
    return (calls - 1) / (times[-1] - times[0])


def test_throttling_halves_the_rate_down_to_a_floor() -> None:
    world = World()
    for _ in range(30):
        world.ask(10)
    assert steady_rate(world) == pytest.approx(10)
    world.pacer.throttled(KEY)
    assert steady_rate(world) == pytest.approx(5)
    for _ in range(20):
        world.pacer.throttled(KEY)
    assert steady_rate(world) == pytest.approx(FLOOR_PER_SECOND)


def test_it_recovers_slowly_and_never_beyond_the_quota() -> None:
    world = World()
    for _ in range(30):
        world.ask(10)
    world.pacer.throttled(KEY)
    world.pacer.succeeded(KEY)
    assert 5 < steady_rate(world) < 6
    for _ in range(500):
        world.pacer.succeeded(KEY)
    assert steady_rate(world) == pytest.approx(10)


def test_retry_after_is_honored_and_does_not_end_in_a_crowd() -> None:
    world = World()
    world.ask(10)
    world.pacer.throttled(KEY, retry_after=30)
    world.now = 1.0
    for _ in range(40):
        world.ask(10)
    late = world.departures[1:]
    assert min(late) >= 30
    assert most_within(late, 1.0) <= 6, "5 a second after one throttling, also right after the pause"
    world.now = 40.0
    assert world.ask(10) >= 0


def test_a_shorter_pause_does_not_end_a_longer_one() -> None:
    world = World()
    world.pacer.throttled(KEY, retry_after=30)
    world.pacer.throttled(KEY, retry_after=1)
    assert world.ask() >= 30


def test_after_a_pause_nobody_waits_for_it_again() -> None:
    world = World()
    world.ask(10)
    world.pacer.throttled(KEY, retry_after=5)
    world.now = 60.0
    assert world.ask(10) == 0.0


def test_threads_share_one_limit() -> None:
    lock = threading.Lock()
    delays: list[float] = []

    def sleep(seconds: float) -> None:
        with lock:
            delays.append(seconds)

    pacer = Pacer(clock=lambda: 0.0, sleep=sleep, headroom=1.0)
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda _: pacer.wait(KEY, 10), range(220)))
    assert sorted(delays) == pytest.approx([n / 10 for n in range(1, 201)])
