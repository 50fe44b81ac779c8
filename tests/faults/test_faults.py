"""Law one, tried: for every call the demo makes, first and later pages, every kind of fault at the last hop.

Passes, failures and not-applicables may only shrink, no level may rise, and a finding that lost its answer says why.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import pytest

from auditor.catalog import load_catalog
from auditor.collect import collect
from auditor.demo import run_demo
from auditor.derive import DERIVED, DeriveSettings, derive
from auditor.evaluate import evaluate
from auditor.gates import decides
from auditor.model.exchange import Exchange
from auditor.model.facts import FactUnknown, Reason
from auditor.model.finding import Finding, Status
from auditor.model.inventory import Inventory
from auditor.model.resources import Kind, Resource
from auditor.model.scope import Account, Provider
from auditor.plan import Step, make_plan
from auditor.providers import registry
from auditor.run import Listener, replayed_connections
from auditor.score import AccountScore, score
from auditor.settings import Settings
from auditor.wire import store
from auditor.wire.hop import Answer, Source, TransportFault, Wire, declare, replay_source
from tests.faults.faults import FAULTS, Fault, failing, in_pages, is_later_page

CATALOG = load_catalog()
COLLECTORS = registry.collectors()
DECLARED = declare(c for x in COLLECTORS for c in x.calls())


@dataclass(frozen=True)
class Outcome:
    findings: dict[str, Finding]
    score: AccountScore
    defects: tuple[str, ...]
    exchanges: tuple[Exchange, ...]
    inventory: Inventory
    found: dict[tuple[str, str], tuple[str, ...]]
    """What each collector found in each place, by id."""
    derived: dict[tuple[str, str], Resource]
    """Every resource with its derived facts, by kind and id."""

    def having(self, status: Status) -> set[str]:
        return {f for f, finding in self.findings.items() if finding.status is status}


def audit(
    recording: store.Recording, provider: Provider, source: Source, known: Outcome | None = None, key: str = ""
) -> Outcome:
    """One account of the recording, judged with what the source answers.

    Given an outcome of the same recording and a call, only what makes that call is read again; the rest is taken over.
    """
    wire = Wire(declared=DECLARED, sources=(source,), offline=True)
    (connection,) = [c for c in replayed_connections(recording, wire) if c.provider is provider]
    (account,) = connection.sessions
    session = connection.sessions[account]
    steps = _plan(tuple(sorted((of, tuple(places)) for of, places in connection.locations.items())))
    steps = tuple(s for s in steps if not s.collector.service or session.offers(s.collector.service, s.location))
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    if known is None:
        collected = collect([_watched(step, found) for step in steps], connection.sessions, workers=4)
        whole = collected.inventory
        inventory = derive(whole, DERIVED, DeriveSettings())
        findings = evaluate(CATALOG.checks, inventory)
    else:
        again = [step for step in steps if _makes(step, key)]
        # gates open by what the collectors in front of them find
        fronts = [_taken_over(step, known) for step in steps if step not in again and decides(step.collector)]
        collected = collect([*(_watched(step, found) for step in again), *fronts], connection.sessions, workers=4)
        whole = _completed(collected.inventory, found, known)
        inventory, findings = _judged_again(whole, known, frozenset(step.collector.kind for step in again))
    (scored,) = score(findings, inventory, CATALOG.bundled)
    return Outcome(
        _by_subject(findings),
        scored,
        collected.defects,
        wire.ledger.exchanges(),
        whole,
        found,
        {(r.kind(), r.id): r for r in inventory.resources},
    )


@cache
def _plan(locations: tuple[tuple[Account, tuple[str, ...]], ...]) -> tuple[Step, ...]:
    return tuple(make_plan(CATALOG.checks, COLLECTORS, DERIVED, dict(locations)))


@cache
def _rests_on(kind: Kind, fact: str) -> frozenset[Kind]:
    """Every kind that a fact may come from."""
    kinds = {kind}
    for rule in DERIVED:
        if (rule.kind, rule.fact) == (kind, fact):
            kinds.update(rule.kinds)
            for needed in rule.inputs:
                kinds |= _rests_on(*needed)
    return frozenset(kinds)


def _judged_again(
    collected: Inventory, known: Outcome, changed: frozenset[Kind]
) -> tuple[Inventory, tuple[Finding, ...]]:
    """What rests on kinds that were read again. Everything else is what it was before."""
    resources = [r if type(r) in changed else known.derived[r.kind(), r.id] for r in collected.resources]
    rules = [rule for rule in DERIVED if _rests_on(rule.kind, rule.fact) & changed]
    inventory = derive(collected.with_resources(resources), rules, DeriveSettings())
    checks = [
        check
        for check in CATALOG.checks
        if check.resource in changed or any(_rests_on(check.resource, fact) & changed for fact in check.needs)
    ]
    again = {check.id for check in checks}
    kept = (finding for finding in known.findings.values() if finding.check not in again)
    return inventory, (*kept, *evaluate(checks, inventory))


def _makes(step: Step, key: str) -> bool:
    return any(call.key == key for call in step.calls())


def _watched(step: Step, found: dict[tuple[str, str], tuple[str, ...]]) -> Step:
    """The same step, which notes what it finds."""

    def find(session: Any, location: str) -> Iterator[Any]:
        seen: list[str] = []
        found[step.collector.name, step.location] = ()
        for resource in step.collector.find(session, location):
            seen.append(resource.id)
            found[step.collector.name, step.location] = tuple(seen)
            yield resource

    return replace(step, collector=replace(step.collector, find=find))


def _taken_over(step: Step, known: Outcome) -> Step:
    """A step that finds what it found before, with every fact, and asks nobody."""
    ids = set(known.found.get((step.collector.name, step.location), ()))
    resources = [r for r in known.inventory.of(step.collector.kind, step.account) if r.id in ids]
    gap = next(
        (g for g in known.inventory.gaps if (g.collector, g.location) == (step.collector.name, step.location)), None
    )

    def find(session: Any, location: str) -> Iterator[Any]:
        yield from resources
        if gap is not None:
            raise FactUnknown(gap.why)

    return replace(step, details=(), collector=replace(step.collector, find=find, find_facts=(), details=()))


def _completed(part: Inventory, found: dict[tuple[str, str], tuple[str, ...]], known: Outcome) -> Inventory:
    """What was found again, by collector and place, and of everything else what was found before."""
    before = known.inventory
    new, old = _identities(found, found), _identities(known.found, found)
    return Inventory(
        before.accounts,
        tuple(
            sorted(
                (
                    *(r for r in part.resources if (r.kind(), r.id) in new),
                    *(r for r in before.resources if (r.kind(), r.id) not in old),
                ),
                key=lambda r: (str(r.account), r.kind(), r.id),
            )
        ),
        (*_at(part.listings, found, True), *_at(before.listings, found, False)),
        (*_at(part.gaps, found, True), *_at(before.gaps, found, False)),
    )


KIND_OF = {collector.name: collector.kind.kind() for collector in COLLECTORS}


def _identities(found: dict[tuple[str, str], tuple[str, ...]], places: Collection[tuple[str, str]]) -> set[Any]:
    return {(KIND_OF[name], i) for (name, place), ids in found.items() if (name, place) in places for i in ids}


def _at(several: Iterable[Any], places: Collection[tuple[str, str]], there: bool) -> Iterator[Any]:
    return (x for x in several if ((x.collector, x.location) in places) is there)


def _by_subject(findings: tuple[Finding, ...]) -> dict[str, Finding]:
    keyed: dict[str, Finding] = {}
    for finding in findings:
        key = finding.fingerprint
        while key in keyed:  # several gaps of one check in one place
            key += "+"
        keyed[key] = finding
    return keyed


@pytest.fixture(scope="session")
def recording(tmp_path_factory: pytest.TempPathFactory) -> store.Recording:
    folder = tmp_path_factory.mktemp("faults")
    run_demo(Settings(record=folder / "recording", out=folder), Listener())
    return store.load(folder / "recording")


@pytest.fixture(scope="session")
def baselines(recording: store.Recording) -> dict[Provider, Outcome]:
    return {p: audit(recording, p, in_pages(replay_source(recording))) for p in Provider}


def _asked(before: Outcome, key: str, later: bool) -> list[Exchange]:
    return [e for e in before.exchanges if f"{e.service}:{e.operation}" == key and is_later_page(e.params) is later]


def _spoils(exchange: Exchange, fault: Fault) -> bool:
    """Whether the fault exists for an answer; running the audit again would show nothing otherwise."""
    if exchange.status is None:
        return False
    call = DECLARED[f"{exchange.service}:{exchange.operation}"]
    try:
        return fault.inject(call, Answer(exchange.status, exchange.body, exchange.headers)) is not None
    except TransportFault:
        return True


CALLS = sorted({(c.provider, c.key) for x in COLLECTORS for c in x.calls()})


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f.name)
@pytest.mark.parametrize(("provider", "key"), CALLS, ids=lambda x: str(x))
def test_a_fault_never_makes_a_pass(
    recording: store.Recording,
    baselines: dict[Provider, Outcome],
    provider: Provider,
    key: str,
    fault: Fault,
) -> None:
    before = baselines[provider]
    assert _asked(before, key, False), f"the demo never makes the call {key}: its faults are untested"
    for later in (False, True):
        if any(_spoils(exchange, fault) for exchange in _asked(before, key, later)):
            hits: list[str] = []
            source = failing(fault, key, later, in_pages(replay_source(recording)), hits)
            outcome = audit(recording, provider, source, before, key)
            _judge(before, outcome, fault, key, set(hits))


def _judge(before: Outcome, after: Outcome, fault: Fault, key: str, hits: set[str]) -> None:
    assert not after.defects, after.defects
    for status in (Status.PASS, Status.FAIL, Status.NOT_APPLICABLE):
        gained = after.having(status) - before.having(status)
        assert not gained, [(status, after.findings[f].check, after.findings[f].message) for f in sorted(gained)]
    for attribute in ("verified", "possible"):
        old, new = getattr(before.score, attribute), getattr(after.score, attribute)
        if attribute == "verified":
            assert _level(new) <= _level(old)
    lost = before.having(Status.PASS) | before.having(Status.FAIL) | before.having(Status.NOT_APPLICABLE)
    unknown = [after.findings[f] for f in after.having(Status.NOT_ASSESSED) if f in lost or f not in before.findings]
    for finding in unknown:
        assert finding.unknown is not None
        assert finding.unknown.reason in fault.reasons, (finding.check, finding.message)
        if Reason.DENIED in fault.reasons:
            assert set(DECLARED[key].permissions) <= set(finding.unknown.permissions), finding.check
        assert hits & set(finding.calls), f"{finding.check} does not cite the call that failed"


def _level(level: Any) -> int:
    return -1 if level is None else int(level)


def test_cutting_answers_into_pages_changes_nothing(
    recording: store.Recording, baselines: dict[Provider, Outcome]
) -> None:
    for provider, paged in baselines.items():
        whole = audit(recording, provider, replay_source(recording))
        assert {f: x.status for f, x in whole.findings.items()} == {f: x.status for f, x in paged.findings.items()}
        assert any(is_later_page(e.params) for e in paged.exchanges), f"{provider} has no second page to spoil"


GATING = {call.key for x in COLLECTORS if decides(x) for call in x.find_calls}
"""A fault of these may open gates, behind which a whole audit of the recording finds nothing recorded."""
SAMPLE = [
    (provider, key, fault)
    for number, ((provider, key), fault) in enumerate(itertools.product(CALLS, (FAULTS[0], FAULTS[4])))
    if number % 23 == 0 and key not in GATING
]


@pytest.mark.parametrize(("provider", "key", "fault"), SAMPLE, ids=lambda x: getattr(x, "name", str(x)))
def test_reading_again_only_what_makes_a_call_gives_what_a_whole_audit_gives(
    recording: store.Recording, baselines: dict[Provider, Outcome], provider: Provider, key: str, fault: Fault
) -> None:
    """The shortcut of this suite, tried on a sample."""
    whole = audit(recording, provider, failing(fault, key, False, in_pages(replay_source(recording)), []))
    part = audit(
        recording,
        provider,
        failing(fault, key, False, in_pages(replay_source(recording)), []),
        baselines[provider],
        key,
    )
    assert {f: (x.status, x.message) for f, x in part.findings.items()} == {
        f: (x.status, x.message) for f, x in whole.findings.items()
    }


def test_a_collector_makes_no_call_that_it_does_not_declare(recording: store.Recording) -> None:
    """Permissions are printed, and faults are tried, by what is declared."""
    for provider in Provider:
        wire = Wire(declared=DECLARED, sources=(replay_source(recording),), offline=True)
        (connection,) = [c for c in replayed_connections(recording, wire) if c.provider is provider]
        steps = make_plan(CATALOG.checks, COLLECTORS, DERIVED, connection.locations)
        collected = collect(steps, connection.sessions, workers=4)
        made = {e.id: f"{e.service}:{e.operation}" for e in wire.ledger.exchanges()}
        declared = {s.collector.name: {c.key for c in s.calls()} for s in steps}
        for listing in collected.inventory.listings:
            if not any(s.collector.gate for s in steps if s.collector.name == listing.collector):
                extra = {made[call] for call in listing.calls} - declared[listing.collector]
                assert not extra, (listing.collector, extra)


def test_the_baseline_has_something_to_lose(baselines: dict[Provider, Outcome]) -> None:
    for outcome in baselines.values():
        assert not outcome.defects
        assert outcome.having(Status.PASS)
        assert outcome.having(Status.FAIL)
        assert isinstance(outcome.score.account, Account)
