"""Pacing: a token bucket per (account, location, service, operation) that slows down when the provider throttles."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

Key = tuple[str, str, str, str]

DEFAULT_PER_SECOND = 20.0
BURST_SECONDS = 2.0
FLOOR_PER_SECOND = 0.5


@dataclass(slots=True)
class _Bucket:
    rate: float
    ceiling: float
    tokens: float
    updated: float
    """Until when tokens were credited; in the future while the provider asked for a pause."""


class Pacer:
    """Additive increase, multiplicative decrease; below the documented quota where one is known.

    ``clock`` and ``sleep`` are injectable for tests.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        headroom: float = 0.8,
    ) -> None:
        self._clock, self._sleep, self._headroom = clock, sleep, headroom
        self._lock = threading.Lock()
        self._buckets: dict[Key, _Bucket] = {}

    def wait(self, key: Key, per_second: float | None = None) -> float:
        """Sleep until the call may leave; returns the seconds waited."""
        with self._lock:
            delay = self._reserve(self._bucket(key, per_second))
        if delay > 0:
            self._sleep(delay)
        return max(delay, 0.0)

    def throttled(self, key: Key, retry_after: float | None = None) -> None:
        """The provider said to slow down."""
        with self._lock:
            bucket = self._bucket(key, None)
            now = self._refill(bucket)
            bucket.rate = max(bucket.rate / 2, FLOOR_PER_SECOND)
            bucket.tokens = min(bucket.tokens, 0.0)
            bucket.updated = max(bucket.updated, now + (retry_after or 0.0))

    def succeeded(self, key: Key) -> None:
        with self._lock:
            bucket = self._bucket(key, None)
            bucket.rate = min(bucket.rate + bucket.ceiling * 0.02, bucket.ceiling)

    def _bucket(self, key: Key, per_second: float | None) -> _Bucket:
        bucket = self._buckets.get(key)
        if bucket is None:
            ceiling = per_second * self._headroom if per_second else DEFAULT_PER_SECOND
            burst = max(ceiling * BURST_SECONDS, 1.0)
            bucket = self._buckets[key] = _Bucket(ceiling, ceiling, burst, self._clock())
        return bucket

    def _reserve(self, bucket: _Bucket) -> float:
        now = self._refill(bucket)
        bucket.tokens -= 1
        pause = bucket.updated - now
        return pause - bucket.tokens / bucket.rate if bucket.tokens < 0 else pause

    def _refill(self, bucket: _Bucket) -> float:
        """Credit the tokens earned until now; nothing is earned during a pause."""
        now = self._clock()
        if now > bucket.updated:
            burst = max(bucket.ceiling * BURST_SECONDS, 1.0)
            bucket.tokens = min(bucket.tokens + (now - bucket.updated) * bucket.rate, burst)
            bucket.updated = now
        return now
