"""What this audit listed, held against a second source of the provider. Pure.

A difference is shown and never judged. The lists were read to their last page and the index follows them with a delay:
a resource that only the index knows may have been deleted a minute ago, and one that only the list has may be a minute
old. That an index agrees proves no more than that two sources say the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from auditor.model.facts import Known, Unknown
from auditor.model.inventory import Gap, Inventory
from auditor.model.resources import Kind, Resource, ResourceIndex
from auditor.model.scope import GLOBAL, Account
from auditor.model.second_sources import MADE, NOT_COMPARED, NOT_COVERED, SECOND_SOURCES, SecondSource


class State(StrEnum):
    AGREES = "agrees"
    DIFFERS = "differs"
    NOT_AVAILABLE = "not_available"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """One type of resource in one place, from both sides."""

    kind: Kind
    native_type: str
    account: Account
    location: str
    """Where it was counted; ``global`` is the whole account."""
    source: str
    """The second source; empty if the provider has none."""
    counted: int | None
    """By the second source; None if it was not available."""
    listed: int
    only_there: tuple[str, ...] = ()
    """Ids that only the second source has, if it names any."""
    only_here: tuple[str, ...] = ()
    state: State
    note: str = ""
    permissions: tuple[str, ...] = ()
    """What would let the second source be asked."""
    calls: tuple[str, ...] = ()
    """Those of the second source; the list's own stand at its listing."""


def reconcile(inventory: Inventory) -> tuple[Reconciled, ...]:
    """A row for every type and place that a second source was asked about, and for every type of which something was
    listed and that no second source covers. Nothing for an account in which none was asked: a filtered run asks none.
    """
    rows = [row for account in inventory.accounts for row in _of_account(inventory, account)]
    return tuple(sorted(rows, key=lambda r: (r.account, r.kind.kind(), r.native_type, r.location)))


def _of_account(inventory: Inventory, account: Account) -> Iterator[Reconciled]:
    if not inventory.listings_of(ResourceIndex, account) and not inventory.gaps_of(ResourceIndex, account):
        return
    mine = [source for source in SECOND_SOURCES if source.provider is account.provider]
    for source in mine:
        yield from _by_source(inventory, account, source)
    covered = {(kind, native_type) for source in mine for native_type, kind in source.covers.items()}
    uncovered: dict[tuple[Kind, str], int] = {}
    for resource in inventory.resources:
        key = (type(resource), resource.native_type)
        if resource.account == account and key not in covered and key[0] not in MADE[account.provider]:
            uncovered[key] = uncovered.get(key, 0) + 1
    for (kind, native_type), listed in uncovered.items():
        yield Reconciled(
            kind=kind,
            native_type=native_type,
            account=account,
            location=GLOBAL,
            source="",
            counted=None,
            listed=listed,
            state=State.NOT_AVAILABLE,
            note=NOT_COMPARED.get(native_type, NOT_COVERED[account.provider]),
        )


def _by_source(inventory: Inventory, account: Account, source: SecondSource) -> Iterator[Reconciled]:
    found = [r for r in inventory.of(ResourceIndex, account) if r.native_type == source.native_type]
    gaps = [g for g in inventory.gaps_of(ResourceIndex, account) if g.collector == source.collector]
    asked = {r.location for r in found} | {g.location for g in gaps}
    for index in found:
        assert isinstance(index, ResourceIndex)
        yield from _by_index(inventory, source, index)
    for gap in gaps:
        if gap.location not in {index.location for index in found}:
            yield from _unanswered(inventory, account, source, gap.location, gap.why)
    if GLOBAL in asked:
        return
    for native_type, kind in source.covers.items():
        places = {r.location for r in _listed(inventory, account, kind, native_type, GLOBAL)} - asked
        for place in sorted(places):
            note = f"{source.title} is asked only where an AI resource was found, or could not be ruled out."
            yield _absent(inventory, account, source, native_type, place, note)


def _by_index(inventory: Inventory, source: SecondSource, index: ResourceIndex) -> Iterator[Reconciled]:
    account, place = index.account, index.location
    if isinstance(index.counts, Unknown):
        yield from _unanswered(inventory, account, source, place, index.counts)
        return
    left_out = index.left_out.value if isinstance(index.left_out, Known) else ()
    names = index.ids.value if isinstance(index.ids, Known) else {}
    for native_type, kind in source.covers.items():
        ours = _listed(inventory, account, kind, native_type, place)
        if native_type in index.counts.value:
            counted = index.counts.value[native_type]
            theirs = names.get(native_type)
            only_there, only_here = _apart(ours, theirs)
            agrees = counted == len(ours) and not only_there and not only_here
            notes = [*_differing(source, native_type, place, theirs is not None)] if not agrees else []
            notes += _elsewhere(inventory, account, kind, {i: theirs[i] for i in only_there} if theirs else {})
            notes += _incomplete(inventory.gaps_of(kind, account), place)
            if agrees and theirs is None:
                notes.insert(0, "By number: the second source gives no names.")
            yield Reconciled(
                kind=kind,
                native_type=native_type,
                account=account,
                location=place,
                source=source.title,
                counted=counted,
                listed=len(ours),
                only_there=only_there,
                only_here=only_here,
                state=State.AGREES if agrees else State.DIFFERS,
                note=" ".join(notes),
                calls=index.counts.calls,
            )
        elif ours:
            note = (
                "The recorder leaves this type out." if native_type in left_out else "It says nothing about this type."
            )
            yield _absent(inventory, account, source, native_type, place, note, calls=index.counts.calls)


def _unanswered(
    inventory: Inventory, account: Account, source: SecondSource, place: str, why: Unknown
) -> Iterator[Reconciled]:
    """What was listed there and could not be held against anything."""
    for native_type, kind in source.covers.items():
        if _listed(inventory, account, kind, native_type, place):
            yield _absent(inventory, account, source, native_type, place, f"{why}.", why.permissions, why.calls)


def _absent(
    inventory: Inventory,
    account: Account,
    source: SecondSource,
    native_type: str,
    place: str,
    note: str,
    permissions: tuple[str, ...] = (),
    calls: tuple[str, ...] = (),
) -> Reconciled:
    kind = source.covers[native_type]
    return Reconciled(
        kind=kind,
        native_type=native_type,
        account=account,
        location=place,
        source=source.title,
        counted=None,
        listed=len(_listed(inventory, account, kind, native_type, place)),
        state=State.NOT_AVAILABLE,
        note=note,
        permissions=permissions,
        calls=calls,
    )


def _listed(inventory: Inventory, account: Account, kind: Kind, native_type: str, place: str) -> tuple[Resource, ...]:
    return tuple(
        r
        for r in inventory.of(kind, account)
        if r.native_type == native_type and (place == GLOBAL or r.location == place)
    )


def _apart(ours: Sequence[Resource], theirs: Mapping[str, str] | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Ids that only the index has, and those that only the list has."""
    if theirs is None:
        return (), ()
    known = {name for resource in ours for name in (resource.id, *resource.aliases)}
    here = (r.id for r in ours if not {r.id, *r.aliases} & theirs.keys())
    return tuple(sorted(theirs.keys() - known)), tuple(sorted(here))


def _differing(source: SecondSource, native_type: str, place: str, named: bool) -> Iterator[str]:
    yield source.lag
    if not named and source.naming:
        yield source.naming.format(type=native_type, place=place)


def _elsewhere(inventory: Inventory, account: Account, kind: Kind, only_there: Mapping[str, str]) -> list[str]:
    """Where the index knows of resources in locations that no list of this run covers."""
    read = {x.location for x in inventory.listings_of(kind, account)}
    read |= {g.location for g in inventory.gaps_of(kind, account)}
    if GLOBAL in read:
        return []
    unread = [place for place in only_there.values() if place not in read]
    where = ", ".join(sorted(set(unread)))
    return [f"Of those it has alone, {len(unread)} lie where this run did not read: {where}."] if unread else []


def _incomplete(gaps: Sequence[Gap], place: str) -> list[str]:
    reasons = sorted({str(g.why) for g in gaps if GLOBAL in (place, g.location) or g.location == place})
    return [f"The list of this run is not complete: {'; '.join(reasons)}."] if reasons else []
