"""Facts of resources in the shape of ``audit.json``; and what could not be read, in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from auditor.model.facts import Reason

Json = Mapping[str, Any]


@dataclass
class Notes:
    """What could not be read, counted, with the permissions that would settle it."""

    counts: dict[str, int] = field(default_factory=dict)
    permissions: dict[str, set[str]] = field(default_factory=dict)
    reasons: dict[str, set[str]] = field(default_factory=dict)

    def add(self, what: str, permissions: Iterable[str] = (), reason: str = "") -> None:
        self.counts[what] = self.counts.get(what, 0) + 1
        self.permissions.setdefault(what, set()).update(permissions)
        if reason:
            self.reasons.setdefault(what, set()).add(reason)

    def fact(self, what: str, fact: Json | None) -> None:
        if fact is None:
            self.add(what, (), Reason.NOT_COLLECTED.label)
        else:
            self.add(what, fact.get("permissions", ()), Reason(fact["unknown"]).label)

    def said(self) -> tuple[str, ...]:
        return tuple(self._sentence(what) for what in sorted(self.counts))

    def _sentence(self, what: str) -> str:
        number, permissions = self.counts[what], sorted(self.permissions[what])
        why = f" ({', '.join(sorted(self.reasons[what]))})" if what in self.reasons else ""
        settle = f"; {', '.join(permissions)} would settle it" if permissions else ""
        many = f", {number} times" if number > 1 else ""
        return f"not read: {what}{many}{why}{settle}"


def fact_of(resource: Json | None, name: str) -> Json | None:
    if resource is None:
        return None
    found: Json | None = resource["facts"].get(name)
    return found


def value_of(resource: Json | None, name: str) -> Any:
    """Its value, None if it is not known."""
    fact = fact_of(resource, name)
    return fact.get("value") if fact is not None else None


def known(fact: Json | None) -> bool:
    return fact is not None and "value" in fact


def concerns(said: Iterable[str], kind: str) -> tuple[str, ...]:
    """Of what could not be read, what can bear on a question about a resource of a kind: identities, what stands above
    them, and the resource itself."""
    mine = re.compile(rf"of kind {re.escape(kind)}\b{'|KMS key' if kind == 'Key' else ''}")
    return tuple(line for line in said if not _OF_RESOURCES.search(line) or (kind and mine.search(line)))


_OF_RESOURCES = re.compile(r"of kind (?!Identity|AccountSettings)|KMS key|runs as")
