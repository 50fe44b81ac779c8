"""Checks x accounts -> what to call. The same data prints the least-privilege permission list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from auditor.derive.base import Derived
from auditor.gates import decides
from auditor.model.check import AnyCheck, Supported
from auditor.model.resources import AI_KINDS, AuditLog, Identity, Key, Kind, PrivateEndpoint, ResourceIndex
from auditor.model.scope import GLOBAL, Account, Provider
from auditor.providers.base import AnyCollector, AnyDetail, Reach
from auditor.wire.calls import Call

Needs = frozenset[tuple[Kind, str]]


@dataclass(frozen=True, slots=True)
class Step:
    """One collector in one place, with the details somebody needs."""

    account: Account
    location: str
    collector: AnyCollector
    details: tuple[AnyDetail, ...]

    def calls(self) -> tuple[Call, ...]:
        return (*self.collector.find_calls, *(c for d in self.details for c in d.calls))


def listed_kinds(provider: Provider, *, filtered: bool) -> tuple[Kind, ...]:
    """What a run lists whether or not a check asks: always the AI kinds, because a level is claimed only for an account
    with AI in it; in a complete run also what protects them, because the inventory is a result of its own, and what it
    is reconciled against."""
    always = AI_KINDS[provider]
    return always if filtered else (*always, AuditLog, Identity, Key, PrivateEndpoint, ResourceIndex)


def needs_of(
    checks: Iterable[AnyCheck], derived: Sequence[Derived], provider: Provider
) -> tuple[frozenset[Kind], Needs]:
    """The kinds to list and the facts to fill on one provider: what the checks read, and what derives it."""
    kinds: set[Kind] = set()
    needs: set[tuple[Kind, str]] = set()
    todo: list[tuple[Kind, str]] = []
    for check in checks:
        if isinstance(check.providers[provider], Supported):
            kinds.add(check.resource)
            todo.extend((check.resource, fact) for fact in check.needs)
    while todo:
        need = todo.pop()
        if need in needs:
            continue
        needs.add(need)
        kinds.add(need[0])
        for rule in derived:
            if provider in rule.providers and (rule.kind, rule.fact) == need:
                kinds.update(rule.kinds)
                todo.extend(rule.inputs)
    return frozenset(kinds), frozenset(needs)


def make_plan(
    checks: Sequence[AnyCheck],
    collectors: Iterable[AnyCollector],
    derived: Sequence[Derived],
    places: Mapping[Account, Sequence[str]],
    *,
    filtered: bool = False,
) -> tuple[Step, ...]:
    """One step per collector and place it must be asked in. ``places`` are the locations to read in each account."""
    available = list(collectors)
    steps: list[Step] = []
    for account, locations in places.items():
        kinds, needs = needs_of(checks, derived, account.provider)
        kinds |= set(listed_kinds(account.provider, filtered=filtered))
        gates = {
            service
            for c in available
            if c.provider is account.provider and c.kind in kinds
            for gate in (c.gate, *(d.gate for d in c.details))
            for service in gate
        }
        for collector in available:
            if collector.provider is not account.provider:
                continue
            if collector.kind not in kinds and not (decides(collector) and collector.service in gates):
                continue
            details = tuple(d for d in collector.details if any((collector.kind, f) in needs for f in d.facts))
            where = (GLOBAL,) if collector.reach is Reach.ACCOUNT else tuple(locations)
            steps.extend(Step(account, location, collector, details) for location in where)
    return tuple(steps)


def calls_of(steps: Iterable[Step]) -> tuple[Call, ...]:
    """Every call the plan may make, each once, by name."""
    found = {call.key: call for step in steps for call in step.calls()}
    return tuple(found[key] for key in sorted(found))
