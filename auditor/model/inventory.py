"""What a run found, what it listed completely, and where it could not look."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from auditor.model.facts import Unknown
from auditor.model.resources import Kind, Resource
from auditor.model.scope import Account


@dataclass(frozen=True, slots=True)
class Listing:
    """A complete list call of one kind: its last page was read, well-formed."""

    kind: Kind
    account: Account
    location: str
    """Where it was asked; ``global`` covers the whole account."""
    collector: str
    calls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """A place where a kind could not be listed, or not to the end."""

    kind: Kind
    account: Account
    location: str
    collector: str
    why: Unknown


@dataclass(frozen=True, slots=True)
class Inventory:
    """Everything that was collected. Order is canonical, so that equal recordings give equal inventories."""

    accounts: tuple[Account, ...]
    resources: tuple[Resource, ...] = ()
    listings: tuple[Listing, ...] = ()
    gaps: tuple[Gap, ...] = ()
    _index: dict[tuple[Kind, Account], tuple[Resource, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        grouped: dict[tuple[Kind, Account], list[Resource]] = {}
        for resource in self.resources:
            grouped.setdefault((type(resource), resource.account), []).append(resource)
        self._index.update({key: tuple(found) for key, found in grouped.items()})

    def of(self, kind: Kind, account: Account) -> tuple[Resource, ...]:
        return self._index.get((kind, account), ())

    def gaps_of(self, kind: Kind, account: Account) -> tuple[Gap, ...]:
        return tuple(g for g in self.gaps if g.kind is kind and g.account == account)

    def listings_of(self, kind: Kind, account: Account) -> tuple[Listing, ...]:
        return tuple(x for x in self.listings if x.kind is kind and x.account == account)

    def with_resources(self, resources: Iterable[Resource]) -> Inventory:
        return Inventory(self.accounts, tuple(resources), self.listings, self.gaps)
