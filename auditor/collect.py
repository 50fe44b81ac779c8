"""Runs the plan. The only module that starts threads.

A failed call becomes a gap or unknown facts, whatever it was; a bug of ours becomes the reason DEFECT and the run
goes on. An interrupted run keeps what was read; what was not is a gap.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from auditor.gates import Gates
from auditor.model.facts import Fact, FactUnknown, Reason, Unknown, cite
from auditor.model.inventory import Gap, Inventory, Listing
from auditor.model.resources import Resource
from auditor.model.scope import Account
from auditor.plan import Step
from auditor.providers.base import AnyDetail, Gate, Session
from auditor.wire.errors import CallFailed
from auditor.wire.ledger import ids, span

log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]
"""Pieces of work done, and known so far."""
WORKERS = 32


@dataclass(frozen=True, slots=True)
class Collected:
    inventory: Inventory
    defects: tuple[str, ...]
    """Our own bugs, one line each. Any of them makes the run exit with 1."""
    interrupted: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    resources: tuple[Resource, ...]
    calls: tuple[str, ...]
    failure: Unknown | None
    defect: str = ""


@dataclass(frozen=True, slots=True)
class _Details:
    facts: Mapping[str, Mapping[str, Fact[Any]]]
    """Facts by resource id; resources that are missing take ``missing``."""
    missing: Unknown
    calls: tuple[str, ...]
    defect: str = ""


class _Run:
    """What has been found so far. Tasks run in the pool; only the coordinating thread changes this object."""

    def __init__(self, sessions: Mapping[Account, Session], pool: ThreadPoolExecutor) -> None:
        self.sessions = sessions
        self.pool = pool
        self.stop = threading.Event()
        self.running: dict[Future[Any], Callable[[Any], None]] = {}
        self.submitted = 0
        self.resources: dict[tuple[int, int], Resource] = {}
        self.listings: list[Listing] = []
        self.gaps: list[Gap] = []
        self.defects: list[str] = []
        self.finished: set[int] = set()
        self.gates = Gates()

    def submit(self, task: Callable[[], Any], accept: Callable[[Any], None]) -> None:
        future = self.pool.submit(lambda: None if self.stop.is_set() else task())
        self.running[future] = accept
        self.submitted += 1

    def start(self, steps: Sequence[Step]) -> None:
        """Steps behind a gate wait until all steps of their account that gates look at have ended."""
        for step in steps:
            if not step.collector.gate:
                self.gates.expect(step)
        for index, step in enumerate(steps):
            if not step.collector.gate:
                self._start(index, step)
        for index, step in enumerate(steps):
            if step.collector.gate:
                self._behind(step.collector.gate, index, step)

    def _behind(self, gate: Gate, index: int, step: Step) -> None:
        def decided(proof: tuple[str, ...] | None) -> None:
            if proof is None:
                self._start(index, step)
                return
            collector = step.collector
            self.listings.append(Listing(collector.kind, step.account, step.location, collector.name, proof))
            self.finished.add(index)

        self.gates.when_decided(gate, step.account, step.location, decided)

    def _start(self, index: int, step: Step) -> None:
        session = self.sessions[step.account]
        self.submit(lambda: _find(session, step), lambda found: self._found(index, step, session, found))

    def _found(self, index: int, step: Step, session: Session, found: _Found) -> None:
        """Take over a listing. In this order: whatever an interruption cuts off here counts as not listed."""
        collector = step.collector
        place = (collector.kind, step.account, step.location, collector.name)
        self.defects.extend(filter(None, [found.defect]))
        for number, resource in enumerate(found.resources):
            self.resources[index, number] = resource
        keys = {resource.id: (index, number) for number, resource in enumerate(found.resources)}
        if found.failure is None:
            self.listings.append(Listing(*place, found.calls))
        else:
            self.gaps.append(Gap(*place, found.failure))
        self.finished.add(index)
        for detail in step.details:
            if not found.resources:
                continue
            read = partial(self._start_detail, step, session, found, keys, detail)
            if detail.gate:
                decided = partial(_if_open, read)
                self.gates.when_decided(detail.gate, step.account, step.location, decided)
            else:
                read()
        if not collector.gate:
            self.gates.ended(step, found.resources, found.calls, failed=found.failure is not None)

    def _start_detail(
        self,
        step: Step,
        session: Session,
        found: _Found,
        keys: Mapping[str, tuple[int, int]],
        detail: AnyDetail,
    ) -> None:
        if detail.read_all is not None:
            self._detail(detail, keys, partial(_read_all, session, step.location, detail, found.resources))
            return
        for resource in found.resources:
            self._detail(detail, {resource.id: keys[resource.id]}, partial(_read, session, detail, resource))

    def _detail(self, detail: AnyDetail, keys: Mapping[str, tuple[int, int]], task: Callable[[], _Details]) -> None:
        self.submit(task, lambda answer: self._details(detail, keys, answer))

    def _details(self, detail: AnyDetail, keys: Mapping[str, tuple[int, int]], answer: _Details) -> None:
        self.defects.extend(filter(None, [answer.defect]))
        for resource_id, key in keys.items():
            given = answer.facts.get(resource_id, {})
            changes: dict[str, Any] = {name: given.get(name, answer.missing) for name in detail.facts}
            self.resources[key] = replace(self.resources[key], **changes)

    def interrupt(self, steps: Sequence[Step]) -> None:
        self.stop.set()
        self.pool.shutdown(wait=False, cancel_futures=True)
        why = Unknown(Reason.NOT_COLLECTED, "interrupted")
        for index, step in enumerate(steps):
            if index not in self.finished:
                self.gaps.append(Gap(step.collector.kind, step.account, step.location, step.collector.name, why))

    def inventory(self) -> Inventory:
        by_id: dict[tuple[str, str, str], Resource] = {}
        for key in sorted(self.resources):
            resource = self.resources[key]
            identity = (resource.kind(), resource.provider.value, resource.id)
            if identity in by_id:
                self.defects.append(f"a {resource.kind()} was listed twice, in different places or by two collectors")
                continue
            by_id[identity] = resource

        def place(x: Listing | Gap) -> tuple[str, str, str, str]:
            return (str(x.account), x.kind.kind(), x.location, x.collector)

        return Inventory(
            accounts=tuple(sorted(self.sessions)),
            resources=tuple(by_id[k] for k in sorted(by_id)),
            listings=tuple(sorted(self.listings, key=place)),
            gaps=tuple(sorted(self.gaps, key=place)),
        )


def collect(
    steps: Sequence[Step],
    sessions: Mapping[Account, Session],
    *,
    workers: int = WORKERS,
    progress: Progress | None = None,
) -> Collected:
    """Run every step and its details. Order and timing leave no trace in the result."""
    interrupted = False
    with ThreadPoolExecutor(workers, thread_name_prefix="collect") as pool:
        run = _Run(sessions, pool)
        try:
            run.start(steps)
            while run.running:
                ready, _ = wait(run.running, return_when=FIRST_COMPLETED)
                for future in ready:
                    accept = run.running.pop(future)
                    accept(future.result())
                if progress:
                    progress(run.submitted - len(run.running), run.submitted)
        except KeyboardInterrupt:
            interrupted = True
            run.interrupt(steps)
    inventory = run.inventory()
    return Collected(inventory, tuple(sorted(set(run.defects))), interrupted)


def _if_open(read: Callable[[], None], proof: tuple[str, ...] | None) -> None:
    if proof is None:
        read()


def _find(session: Session, step: Step) -> _Found:
    found: dict[str, Resource] = {}
    with span() as made:
        failure, defect = None, ""
        try:
            for resource in step.collector.find(session, step.location):
                # a listing that changes while it is paged may give the same resource twice; the first is kept
                found.setdefault(resource.id, _stamped(resource, step.collector.find_facts, ids(made)))
        except Exception as error:  # what was yielded before is kept
            failure, defect = _failure(error, step.collector.name)
    calls = ids(made)
    return _Found(tuple(found.values()), calls, _cite_unknown(failure, calls), defect)


def _read(session: Session, detail: AnyDetail, resource: Resource) -> _Details:
    assert detail.read is not None
    return _detail(detail, lambda: {resource.id: detail.read(session, resource)})  # type: ignore[misc]


def _read_all(session: Session, location: str, detail: AnyDetail, resources: Sequence[Resource]) -> _Details:
    assert detail.read_all is not None
    return _detail(detail, lambda: detail.read_all(session, location, resources))  # type: ignore[misc]


def _detail(detail: AnyDetail, read: Callable[[], Mapping[str, Mapping[str, Fact[Any]]]]) -> _Details:
    with span() as made:
        failure, defect = None, ""
        facts: Mapping[str, Mapping[str, Fact[Any]]] = {}
        try:
            given = read()
            calls = ids(made)
            facts = {
                resource_id: {name: cite(known[name], calls) for name in detail.facts if name in known}
                for resource_id, known in given.items()
            }
        except Exception as error:
            failure, defect = _failure(error, "/".join(c.key for c in detail.calls))
    calls = ids(made)
    missing = _cite_unknown(failure, calls)
    if missing is None:
        missing = Unknown(Reason.NOT_COLLECTED, calls=calls)
    return _Details(facts, missing, calls, defect)


def _failure(error: Exception, where: str) -> tuple[Unknown, str]:
    """Why a piece of work failed, and a line about it if the fault is ours."""
    if isinstance(error, CallFailed):
        return error.unknown(), ""
    if isinstance(error, FactUnknown):
        return error.fact, ""
    log.debug("defect in %s", where, exc_info=error)
    line = f"{where}: {type(error).__name__}"
    tb = error.__traceback__
    while tb is not None and tb.tb_next is not None:
        tb = tb.tb_next
    if tb is not None:
        line += f" at {tb.tb_frame.f_code.co_name}:{tb.tb_lineno}"
    return Unknown(Reason.DEFECT, where), line


def _cite_unknown(unknown: Unknown | None, calls: tuple[str, ...]) -> Unknown | None:
    if unknown is None:
        return None
    cited: Fact[Any] = cite(unknown, calls)
    assert isinstance(cited, Unknown)
    return cited


def _stamped(resource: Resource, facts: Iterable[str], calls: tuple[str, ...]) -> Resource:
    """Say which calls these facts came from."""
    changes: dict[str, Any] = {name: cite(getattr(resource, name), calls) for name in facts}
    return replace(resource, **changes)
