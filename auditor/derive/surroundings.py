"""Derived facts: networks, storage, images and logs around AI."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from auditor.derive.base import Derived, World, customer_key, exists, typed
from auditor.derive.networks import RULES as NETWORKS
from auditor.model.facts import Fact, Known, Reason, Unknown, all_true, any_true
from auditor.model.resources import (
    AuditLog,
    Endpoint,
    FeatureGroup,
    ImageRepository,
    Job,
    Kind,
    KnowledgeBase,
    Model,
    Resource,
    Storage,
)
from auditor.model.scope import Provider

_AWS = frozenset({Provider.AWS})

_KEEPING: tuple[tuple[Kind, str, str], ...] = (
    (Endpoint, "capture_stores", "captured requests"),
    (FeatureGroup, "stores", "features"),
    (Job, "input_stores", "job input"),
    (Job, "output_stores", "job output"),
    (KnowledgeBase, "sources", "documents"),
    (Model, "artifacts", "model artifacts"),
)
"""Which workloads keep what in storage, and the facts that name it."""
_USES = frozenset(use for _, _, use in _KEEPING)
_MODELS_OR_REQUESTS = frozenset({"captured requests", "model artifacts"})
_LEARNING = frozenset({"training", "labeling"})


@dataclass
class _Seen:
    """Names that workloads use, with the calls that show it; and what stays open."""

    by_name: dict[str, dict[str, set[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    """Calls by name and use."""
    unknown: dict[str, list[Unknown]] = field(default_factory=lambda: defaultdict(list))
    """Why there may be more, by use."""
    calls: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """What listed those that might, by use. That one of them is not used is cited by these: the calls that described
    each workload are with the workloads, and thousands of them with each of thousands of buckets would help nobody."""
    not_used: dict[frozenset[str], Fact[bool]] = field(default_factory=dict)

    def of(self, resource: Resource) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for name in (resource.id, *sorted(resource.aliases)):
            for use, calls in self.by_name.get(name, {}).items():
                found.setdefault(use, set()).update(calls)
        return found

    def is_one_of(self, resource: Resource, uses: Iterable[str]) -> Fact[bool]:
        """Whether it is used in one of these ways: a use that is seen decides, otherwise whatever is open does."""
        wanted = frozenset(uses)
        here = {use: calls for use, calls in self.of(resource).items() if use in wanted}
        if here:
            return Known(True, {"kept": sorted(here)}, tuple(sorted({c for calls in here.values() for c in calls})))
        if wanted not in self.not_used:
            read = tuple(sorted({call for use in wanted for call in self.calls[use]}))
            unknown = [reason for use in sorted(wanted) for reason in self.unknown[use]]
            self.not_used[wanted] = any_true((*unknown, Known(False, {}, read)))
        return self.not_used[wanted]


_STORES: WeakKeyDictionary[World, dict[frozenset[str], _Seen]] = WeakKeyDictionary()
_IMAGES: WeakKeyDictionary[World, _Seen] = WeakKeyDictionary()
"""Built once for all resources of a rule; of stores by the uses that are asked for."""


def _everywhere(world: World, kind: Kind, use: str, seen: _Seen) -> Iterable[Resource]:
    """All of a kind in the AWS accounts of the run: workloads of one account use stores and images of another."""
    for account in world.inventory.accounts:
        if account.provider is Provider.AWS:
            population = world.population(kind, account)
            seen.unknown[use].extend(population.open)
            seen.calls[use].update(population.calls)
            yield from population.resources


def _stores(world: World, uses: frozenset[str]) -> _Seen:
    """What these uses show, and nothing of the others: a rule reads what it declares."""
    made = _STORES.setdefault(world, {})
    if uses in made:
        return made[uses]
    seen = made[uses] = _Seen()
    for kind, fact, use in _KEEPING:
        if use not in uses:
            continue
        for workload in _everywhere(world, kind, use, seen):
            refs = getattr(workload, fact)
            if isinstance(refs, Unknown):
                if refs.reason is not Reason.VANISHED:  # what was deleted meanwhile keeps nothing
                    seen.unknown[use].append(refs)
                continue
            for ref in refs.value:
                seen.by_name[ref.id][_named(workload, use)].update(refs.calls)
    return seen


def _named(workload: Resource, use: str) -> str:
    """What jobs learn from is called training data."""
    if use == "job input" and isinstance(workload, Job) and isinstance(workload.work, Known):
        return "training data" if workload.work.value in _LEARNING else use
    return use


def _ai_uses(world: World, storage: Storage) -> Fact[tuple[str, ...]]:
    seen = _stores(world, _USES)
    found = seen.of(storage)
    if found:
        calls = tuple(sorted({call for some in found.values() for call in some}))
        return Known(tuple(sorted(found)), {"kept": sorted(found)}, calls)
    return seen.is_one_of(storage, _USES).map(lambda _: ())


def _keeps_models_or_requests(world: World, storage: Storage) -> Fact[bool]:
    return _stores(world, _MODELS_OR_REQUESTS).is_one_of(storage, _MODELS_OR_REQUESTS)


def _access_logged(world: World, storage: Storage) -> Fact[bool]:
    """By a log of its own, or by an active trail that covers its region and every object in it."""
    trails = world.population(AuditLog, storage.account)

    def receives(trail: AuditLog) -> Fact[bool]:
        here: Fact[bool] = Known(True) if trail.location == storage.location else trail.everywhere
        every = trail.object_events.map(lambda stores: _takes_in(stores, storage.id))
        return all_true((trail.active, here, every))

    return any_true((storage.logs_requests, exists(trails, (receives(t) for t in typed(trails, AuditLog)))))


def _takes_in(stores: frozenset[str], bucket_arn: str) -> bool:
    """Whether it takes in every object of a bucket: all or some of what begins so, and nothing of it left out."""
    objects = f"{bucket_arn}/"
    left_out = [name[1:] for name in stores if name.startswith("!")]
    if any(objects.startswith(name) or name.startswith(objects) for name in left_out):
        return False
    return "*" in stores or any(objects.startswith(name) for name in stores)


def _images(world: World) -> _Seen:
    seen = _IMAGES.get(world)
    if seen is not None:
        return seen
    seen = _IMAGES[world] = _Seen()
    for model in _everywhere(world, Model, "images", seen):
        images = model.images  # type: ignore[attr-defined]
        if isinstance(images, Unknown):
            if images.reason is not Reason.VANISHED:
                seen.unknown["images"].append(images)
            continue
        for image in images.value:
            seen.by_name[repository_of(image)]["images"].update(images.calls)
    return seen


def repository_of(image: str) -> str:
    """``registry/name`` of ``registry/name:tag@digest``."""
    path, slash, name = image.partition("@")[0].rpartition("/")
    return f"{path}{slash}{name.partition(':')[0]}"


def _runs_ai(world: World, repository: ImageRepository) -> Fact[bool]:
    return _images(world).is_one_of(repository, ("images",))


RULES: tuple[Derived, ...] = (
    *NETWORKS,
    customer_key(AuditLog),
    customer_key(ImageRepository),
    Derived(
        kind=Storage,
        fact="ai_uses",
        providers=_AWS,
        inputs=((Job, "work"), *((kind, fact) for kind, fact, _ in _KEEPING)),
        compute=_ai_uses,
    ),
    Derived(
        kind=Storage,
        fact="keeps_models_or_requests",
        providers=_AWS,
        inputs=tuple((kind, fact) for kind, fact, use in _KEEPING if use in _MODELS_OR_REQUESTS),
        compute=_keeps_models_or_requests,
    ),
    Derived(
        kind=Storage,
        fact="access_logged",
        providers=_AWS,
        inputs=(
            (Storage, "logs_requests"),
            (AuditLog, "active"),
            (AuditLog, "everywhere"),
            (AuditLog, "object_events"),
        ),
        compute=_access_logged,
    ),
    Derived(
        kind=Storage,
        fact="has_copy",
        providers=_AWS,
        inputs=((Storage, "replicated"), (Storage, "backed_up")),
        compute=lambda world, storage: any_true((storage.replicated, storage.backed_up)),
    ),
    Derived(kind=ImageRepository, fact="runs_ai", providers=_AWS, inputs=((Model, "images"),), compute=_runs_ai),
)
