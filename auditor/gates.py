"""Where to look for what stands around AI: only where there is AI, or where nobody can say that there is none.

A gate names services. In one location it is open if a collector of one of them found something there, or failed; it is
closed, and the calls that listed nothing are the proof, if all of them looked and found nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from auditor.model.facts import Known
from auditor.model.resources import AI_KINDS, AiService, AuditLog, Kind, Resource, Storage
from auditor.model.scope import GLOBAL, Account
from auditor.providers.base import AnyCollector, Gate

if TYPE_CHECKING:
    from auditor.plan import Step

Decision = Callable[[tuple[str, ...] | None], None]
"""Called with None when the gate is open, otherwise with the calls that prove that there is nothing."""

_AROUND: tuple[Kind, ...] = (AiService, AuditLog, Storage)
"""Kinds beside the AI kinds that gates look at."""


def decides(collector: AnyCollector) -> bool:
    """Whether gates look at what a collector finds. One that is behind a gate itself decides nothing."""
    return not collector.gate and collector.kind in (*AI_KINDS[collector.provider], *_AROUND)


def shows_presence(resource: Resource) -> bool:
    """A model API exists in every region that offers it; what counts is whether it was called."""
    if isinstance(resource, AiService):
        return not (isinstance(resource.called, Known) and not resource.called.value)
    return True


class Gates:
    """Who found what, per account; decided once every deciding collector of the account has ended.

    Used from one thread only.
    """

    def __init__(self) -> None:
        self._expected: dict[Account, int] = defaultdict(int)
        self._present: dict[Account, set[tuple[str, str]]] = defaultdict(set)
        """Locations and services with something in them, or with a failure."""
        self._looked: dict[tuple[Account, str], list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
        """Services that looked in a location to the end, and their calls."""
        self._waiting: dict[Account, list[tuple[Gate, str, Decision]]] = defaultdict(list)

    def expect(self, step: Step) -> None:
        if decides(step.collector):
            self._expected[step.account] += 1

    def ended(self, step: Step, resources: Iterable[Resource], calls: tuple[str, ...], *, failed: bool) -> None:
        """A collector without a gate has listed."""
        if not decides(step.collector):
            return
        service, account = step.collector.service, step.account
        self._looked[account, step.location].append((service, calls))
        present = self._present[account]
        present.update((resource.location, service) for resource in resources if shows_presence(resource))
        if failed:
            present.add((step.location, service))
        self._expected[account] -= 1
        if not self._expected[account]:
            for gate, location, decision in self._waiting.pop(account, []):
                decision(self._proof(gate, account, location))

    def when_decided(self, gate: Gate, account: Account, location: str, decision: Decision) -> None:
        if self._expected[account]:
            self._waiting[account].append((gate, location, decision))
        else:
            decision(self._proof(gate, account, location))

    def _proof(self, gate: Gate, account: Account, location: str) -> tuple[str, ...] | None:
        """None if the gate is open. A gate is about a place: for an account as a whole any place opens it."""
        present = self._present[account]
        places = {location, GLOBAL} if location != GLOBAL else {place for place, _ in present}
        if any((place, service) in present for place in places for service in gate):
            return None
        asked = [
            (service, calls)
            for (of, place), looked in self._looked.items()
            if of == account and (place in (location, GLOBAL) or location == GLOBAL)
            for service, calls in looked
            if service in gate
        ]
        if not asked:
            return None
        return tuple(sorted({call for _, calls in asked for call in calls}))
