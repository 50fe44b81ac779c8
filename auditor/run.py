"""One run from settings to audit: sign in, plan, collect, derive, evaluate, score. The CLI and the demo call this."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from auditor import __version__
from auditor.catalog import Catalog, load_catalog
from auditor.collect import Progress, collect
from auditor.decisions import exempt
from auditor.derive import DERIVED, derive
from auditor.derive.base import DeriveSettings
from auditor.errors import AuditorError, OutputError, RecordingError, UsageError
from auditor.evaluate import evaluate
from auditor.frameworks import frameworks
from auditor.maturity import MODEL_VERSION
from auditor.model.audit import HISTORY_DAYS, Audit, CloudFailure, Principal
from auditor.model.check import AnyCheck
from auditor.model.facts import Reason
from auditor.model.finding import Finding
from auditor.model.maturity import Layer
from auditor.model.scope import Account, Provider
from auditor.plan import make_plan
from auditor.providers import registry
from auditor.providers.base import AnyCollector, Connection, Session
from auditor.run_context import code_digest, run_context
from auditor.score import AccountScore, score
from auditor.settings import Settings
from auditor.wire import store
from auditor.wire.hop import Wire, declare, replay_source
from auditor.wire.ledger import canonical


@dataclass(frozen=True, slots=True)
class Result:
    audit: Audit
    scores: tuple[AccountScore, ...]
    catalog: Catalog
    unrecorded: OutputError | None = None
    """Why the recording that was asked for could not be written. The audit itself is not lost by that."""


@dataclass(frozen=True, slots=True)
class Listener:
    """What a run tells while it goes: who it is and what it will read, and how far it is."""

    connected: Callable[[Connection], None] = lambda connection: None
    failed: Callable[[CloudFailure], None] = lambda failure: None
    progress: Progress | None = None


def select_checks(settings: Settings, catalog: Catalog) -> tuple[AnyCheck, ...]:
    layers = []
    for name in settings.layers:
        try:
            layers.append(Layer(name))
        except ValueError:
            raise UsageError(f"unknown layer {name!r}", f"Choose from {', '.join(Layer)}.") from None
    known = [f.id for f in frameworks()]
    for name in settings.frameworks:
        if name not in known:
            raise UsageError(f"unknown framework {name!r}", f"Choose from {', '.join(known)}.")
    checks = catalog.select(settings.checks, layers, settings.frameworks)
    if not checks:
        raise UsageError("the filters leave no check", "'auditor checks list' shows them all.")
    return checks


def scan(settings: Settings, listener: Listener) -> Result:
    """A live run, or a replay of a recording."""
    catalog = load_catalog(settings.check_folders)
    checks = select_checks(settings, catalog)
    if settings.replay:
        return _replay(settings, catalog, checks, listener)
    if not settings.clouds:
        raise UsageError("name the clouds to read", "For example: auditor scan aws azure gcp")
    bodies = store.sink_for(settings.record)
    collectors = registry.collectors(settings.clouds)
    connecting = [call for provider in settings.clouds for call in registry.connecting_calls(provider)]
    started = _now()
    wire = Wire(
        declared=declare([*(c for x in collectors for c in x.calls()), *connecting]),
        as_of=started,
        history_days=settings.history_days,
        bodies=bodies,
    )
    connections, failures = connect_all(settings, wire, listener)
    return audit_connections(
        connections,
        failures,
        wire=wire,
        catalog=catalog,
        checks=checks,
        collectors=collectors,
        settings=settings,
        as_of=started,
        listener=listener,
    )


def connect_all(
    settings: Settings, wire: Wire, listener: Listener
) -> tuple[list[Connection], tuple[CloudFailure, ...]]:
    """Sign in to every cloud of the run; one that refuses does not keep the others from being read."""
    connections, failures = [], []
    for provider in settings.clouds:
        try:
            connection = registry.connect(provider, settings, wire)
        except AuditorError as error:
            failures.append(CloudFailure(provider, error.message, error.hint))
            listener.failed(failures[-1])
            continue
        connections.append(connection)
        listener.connected(connection)
    return connections, tuple(failures)


def audit_connections(
    connections: Sequence[Connection],
    failures: tuple[CloudFailure, ...],
    *,
    wire: Wire,
    catalog: Catalog,
    checks: tuple[AnyCheck, ...],
    collectors: tuple[AnyCollector, ...],
    settings: Settings,
    as_of: str,
    listener: Listener,
    replayed: bool = False,
    context: Mapping[str, Any] | None = None,
) -> Result:
    """Everything between signing in and rendering. ``context`` is that of the recorded run, where one is replayed."""
    started = _now()
    sessions: dict[Account, Session] = {}
    places: dict[Account, tuple[str, ...]] = {}
    for connection in connections:
        sessions.update(connection.sessions)
        places.update(connection.locations)
    steps = make_plan(checks, collectors, DERIVED, places, filtered=bool(settings.selection))
    steps = tuple(
        s for s in steps if not s.collector.service or sessions[s.account].offers(s.collector.service, s.location)
    )
    collected = collect(steps, sessions, progress=listener.progress)
    for session in sessions.values():
        session.forget()
    inventory = derive(collected.inventory, DERIVED, settings.derive)
    exempted = exempt(evaluate(checks, inventory), settings.exemptions, as_of)
    findings = exempted.findings
    scores = score(findings, inventory, catalog.bundled, filtered=bool(settings.selection))
    audit = Audit(
        id=_audit_id(as_of, places, settings.selection, catalog),
        tool_version=__version__,
        model_version=MODEL_VERSION,
        checks_digest=catalog.digest,
        as_of=as_of,
        started_at=started,
        finished_at=_now(),
        principals=tuple(
            Principal(c.provider, account.id, c.principal) for c in connections for account in sorted(c.sessions)
        ),
        places=places,
        selection=settings.selection,
        history_days=wire.history_days,
        inventory=inventory,
        findings=findings,
        exchanges=wire.ledger.exchanges(),
        code_digest=code_digest(),
        context=run_context(settings) if context is None else context,
        exemptions=settings.exemptions,
        exempted=exempted.marked,
        attestations=settings.attestations,
        failures=failures,
        defects=_defects(collected.defects, findings),
        interrupted=collected.interrupted,
        replayed=replayed,
    )
    unrecorded = None
    if settings.record:
        try:
            if isinstance(wire.bodies, store.Discard) and wire.bodies.failure is not None:
                raise wire.bodies.failure
            store.save(settings.record, run_document(audit), audit.exchanges)
        except OutputError as error:
            unrecorded = error
    return Result(audit, scores, catalog, unrecorded)


def _defects(collected: tuple[str, ...], findings: Iterable[Finding]) -> tuple[str, ...]:
    """What went wrong in reading, and in every rule or check that a finding blames."""
    blamed = {f.unknown.detail for f in findings if f.unknown is not None and f.unknown.reason is Reason.DEFECT}
    return (*collected, *sorted(d for d in blamed if not any(line.startswith(d) for line in collected)))


def run_document(audit: Audit) -> dict[str, Any]:
    """What a recording says about its run, so that a replay needs no flags."""
    return {
        "tool_version": audit.tool_version,
        "checks_digest": audit.checks_digest,
        "as_of": audit.as_of,
        "selection": dict(audit.selection),
        "history_days": audit.history_days,
        "context": dict(audit.context),
        "accounts": [
            {
                "provider": account.provider,
                "id": account.id,
                "name": account.name,
                "locations": list(locations),
                "principal": next(
                    (p.identity for p in audit.principals if (p.provider, p.account) == (account.provider, account.id)),
                    "",
                ),
            }
            for account, locations in sorted(audit.places.items())
        ],
        "failures": [{"provider": f.provider, "message": f.message, "hint": f.hint} for f in audit.failures],
    }


def replayed_connections(recording: store.Recording, wire: Wire) -> list[Connection]:
    """The connections a recording was made with, offline. Windows of time end where those of the recorded run did."""
    recorded = _recorded_run(recording)
    wire.as_of, wire.history_days = recorded.as_of, recorded.history_days
    return [
        Connection(
            provider=account.provider,
            principal=principal,
            sessions={account: registry.offline(account, locations, wire)},
            locations={account: locations},
        )
        for account, locations, principal in recorded.accounts
    ]


@dataclass(frozen=True, slots=True)
class _RecordedRun:
    """``run.json``, read."""

    as_of: str
    selection: Mapping[str, tuple[str, ...]]
    history_days: int
    context: Mapping[str, Any]
    tags: DeriveSettings
    """By which the recorded run judged."""
    accounts: tuple[tuple[Account, tuple[str, ...], str], ...]
    """Account, locations, principal."""
    failures: tuple[CloudFailure, ...]


def _recorded_run(recording: store.Recording) -> _RecordedRun:
    run = recording.run
    try:
        datetime.fromisoformat(run["as_of"])
        return _RecordedRun(
            as_of=run["as_of"],
            selection={name: tuple(values) for name, values in run["selection"].items()},
            # recordings of versions that read no jobs do not say
            history_days=int(run.get("history_days", HISTORY_DAYS)),
            context=dict(run.get("context", {})),
            tags=_recorded_tags(run.get("context", {})),
            accounts=tuple(
                (Account(Provider(a["provider"]), a["id"], a["name"]), tuple(a["locations"]), a["principal"])
                for a in run["accounts"]
            ),
            failures=tuple(CloudFailure(Provider(f["provider"]), f["message"], f["hint"]) for f in run["failures"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RecordingError(f"run.json is damaged ({type(error).__name__})", "Record the run again.") from None


def _recorded_tags(context: Mapping[str, Any]) -> DeriveSettings:
    tags = context.get("parameters", {}).get("tags", {})
    return DeriveSettings(**{name: tuple(map(str, values)) for name, values in tags.items()})


def _replay(settings: Settings, catalog: Catalog, checks: tuple[AnyCheck, ...], listener: Listener) -> Result:
    assert settings.replay is not None
    recording = store.load(settings.replay)
    recorded = _recorded_run(recording)
    if not settings.selection and recorded.selection:
        settings = replace(
            settings,
            checks=recorded.selection.get("checks", ()),
            layers=recorded.selection.get("layers", ()),
            frameworks=recorded.selection.get("frameworks", ()),
        )
        checks = select_checks(settings, catalog)
    if settings.derive == DeriveSettings():
        settings = replace(settings, derive=recorded.tags)
    providers = tuple(dict.fromkeys(account.provider for account, _, _ in recorded.accounts))
    collectors = registry.collectors(providers)
    wire = Wire(
        declared=declare(c for x in collectors for c in x.calls()),
        sources=(replay_source(recording),),
        recording=recording,
        offline=True,
        bodies=store.sink_for(settings.record),
    )
    connections = replayed_connections(recording, wire)
    for connection in connections:
        listener.connected(connection)
    return audit_connections(
        connections,
        recorded.failures,
        wire=wire,
        catalog=catalog,
        checks=checks,
        collectors=collectors,
        settings=settings,
        as_of=recorded.as_of,
        listener=listener,
        replayed=True,
        context=recorded.context,
    )


def _audit_id(
    as_of: str, places: Mapping[Account, tuple[str, ...]], selection: Mapping[str, Any], catalog: Catalog
) -> str:
    """The same for a recording and for each of its replays with the same checks."""
    parts = [as_of, sorted((str(a), list(where)) for a, where in places.items()), dict(selection), catalog.digest]
    return hashlib.sha256(canonical(parts).encode()).hexdigest()[:16]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
