"""Derived facts: jobs and monitors."""

from __future__ import annotations

from typing import Any

from auditor.derive.base import Derived, Population, World, customer_key, exists, follow_key, typed
from auditor.model.facts import Fact, Known, Unknown, all_true, any_true, calls_of, cite
from auditor.model.resources import Endpoint, Job, Key, Monitor, Ref, Storage
from auditor.model.scope import Provider

_AWS = frozenset({Provider.AWS})
_RAN = ("completed", "violations")
"""A monitor that finds violations has done its work."""


def _output_key(world: World, job: Job) -> Fact[Any]:
    """By the key that is named for the output, or the default key of every storage it goes to."""
    named = job.output_key
    if isinstance(named, Unknown) or named.value is not None:
        return follow_key(world, named)
    stores: Fact[tuple[Ref, ...]] = job.output_stores
    if isinstance(stores, Unknown) or not stores.value:
        return stores.map(lambda _: None)
    by_storage = job.output_takes_storage_key
    if isinstance(by_storage, Unknown) or not by_storage.value:
        return follow_key(world, named)
    found = all_true(follow_key(world, world.follow(ref, "encryption_key")) for ref in stores.value)
    return cite(found, calls_of((named, stores, by_storage)))


Watching = list[tuple[Monitor, Fact[bool]]]


def _watching(world: World, endpoint: Endpoint) -> tuple[Population, Watching]:
    """The monitors of the region, each with whether it is an active schedule for the endpoint."""
    found = world.population(Monitor, endpoint.account, endpoint.location)
    active = [
        (m, all_true((m.scheduled, m.watches.map(lambda names: endpoint.name in names)))) for m in typed(found, Monitor)
    ]
    return found, active


def _monitored(world: World, endpoint: Endpoint) -> Fact[tuple[str, ...]]:
    """What was seen decides; nothing seen is known only if nothing could be hidden."""
    found, active = _watching(world, endpoint)
    seen = [(m.quality, watches) for m, watches in active if isinstance(watches, Known) and watches.value]
    known = [(quality, watches) for quality, watches in seen if isinstance(quality, Known)]
    if known:
        names = tuple(sorted({quality.value for quality, _ in known}))
        calls = calls_of(fact for pair in known for fact in pair)
        return cite(Known(names, {"monitored": list(names)}, calls), found.calls)
    if seen:
        return seen[0][0].map(lambda quality: (quality,))
    return exists(found, (watches for _, watches in active)).map(lambda _: ())


def _monitor_ran(world: World, endpoint: Endpoint) -> Fact[bool]:
    """An endpoint that nothing watches has no monitor that ran."""
    found, active = _watching(world, endpoint)
    ran = [
        any_true((watches.map(lambda value: not value), m.last_run.map(lambda outcome: outcome in _RAN)))
        for m, watches in active
    ]
    watched = exists(found, (watches for _, watches in active))
    return all_true((watched, *ran, *found.open))


RULES: tuple[Derived, ...] = (
    customer_key(Job, "volume_key", "volume_customer_key"),
    customer_key(Monitor, "output_key"),
    Derived(
        kind=Job,
        fact="output_customer_key",
        providers=_AWS,
        inputs=(
            (Job, "output_key"),
            (Job, "output_stores"),
            (Job, "output_takes_storage_key"),
            (Storage, "encryption_key"),
            (Key, "customer_managed"),
        ),
        compute=_output_key,
    ),
    Derived(
        kind=Endpoint,
        fact="monitored",
        providers=_AWS,
        inputs=((Monitor, "scheduled"), (Monitor, "watches"), (Monitor, "quality")),
        compute=_monitored,
    ),
    Derived(
        kind=Endpoint,
        fact="monitor_ran",
        providers=_AWS,
        inputs=((Monitor, "scheduled"), (Monitor, "watches"), (Monitor, "last_run")),
        compute=_monitor_ran,
    ),
)
