"""The AI estate and what protects it: every resource by name, what was listed completely, and what was not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from auditor.render.view.common import CallRange, Index, Json, anchor, count_text, resource_anchor
from auditor.render.view.kinds import AI_FIRST, meanings, title_of
from auditor.render.view.population import GapRow, Populations, SecondSource

NAMED = 8000
"""Resources that are named, of all kinds together; where there are more, each kind names its share."""
BY_ACCOUNT = 4
"""Accounts up to which the number of a kind is given for each."""
PLACES = 12
"""Locations of a complete listing that are named."""
SECONDS = 3000
"""Comparisons that are printed, differences first."""


@dataclass(frozen=True, slots=True)
class ResourceRow:
    anchor: str
    name: str
    id: str
    native_type: str
    place: str
    access: str
    """Where it is drawn who can reach it."""


@dataclass(frozen=True, slots=True)
class Listed:
    """Where a kind was listed to the end, in one account."""

    account: str
    locations: str
    ranges: tuple[CallRange, ...]


@dataclass(frozen=True, slots=True)
class KindView:
    anchor: str
    kind: str
    title: str
    ai: bool
    total: int
    spread: str
    """How many in which account."""
    resources: tuple[ResourceRow, ...]
    unnamed: int
    meanings: tuple[tuple[str, str], ...]
    definition: str
    """What belongs to it in this run, where that is not everything."""
    listed: tuple[Listed, ...]
    gaps: tuple[GapRow, ...]
    differences: int
    """Counts of a second source that differ."""


@dataclass(frozen=True, slots=True)
class EstateView:
    kinds: tuple[KindView, ...]
    second: tuple[SecondSource, ...]
    second_more: int
    second_states: tuple[tuple[str, int], ...]


def estate_view(index: Index) -> EstateView:
    """Kinds that exist, were listed, or could not be; AI first."""
    document = index.document
    populations = Populations(index)
    resources, listings, gaps = (_by_kind(document[name]) for name in ("resources", "listings", "gaps"))
    seconds = [populations.second(row) for row in document.get("reconciliation", ())]
    kinds = sorted({*resources, *listings, *gaps}, key=lambda k: (k not in AI_FIRST, title_of(k)))
    differing = Counter(row["kind"] for row in document.get("reconciliation", ()) if row["state"] == "differs")
    most = _share([len(found) for found in resources.values()])
    order = ("differs", "agrees", "not_available")
    return EstateView(
        kinds=tuple(
            KindView(
                anchor=anchor("kind", kind),
                kind=kind,
                title=title_of(kind),
                ai=kind in AI_FIRST,
                total=len(resources.get(kind, ())),
                spread=_spread(index, resources.get(kind, ())),
                resources=tuple(_resource(index, r) for r in resources.get(kind, ())[:most]),
                unnamed=max(0, len(resources.get(kind, ())) - most),
                meanings=tuple(sorted(meanings(kind).items())),
                definition=populations.definitions.get(kind, ""),
                listed=_listed(index, listings.get(kind, [])),
                gaps=tuple(populations.gap(g) for g in gaps.get(kind, ())),
                differences=differing[kind],
            )
            for kind in kinds
        ),
        second=tuple(sorted(seconds, key=lambda s: order.index(s.state))[:SECONDS]),
        second_more=max(0, len(seconds) - SECONDS),
        second_states=tuple((state, n) for state in order if (n := sum(s.state == state for s in seconds))),
    )


def _spread(index: Index, resources: Iterable[Json]) -> str:
    numbers = Counter((r["scope"]["provider"], r["scope"]["account"]) for r in resources)
    if len(numbers) > BY_ACCOUNT:
        return f"in {count_text(len(numbers), 'account')}"
    return ", ".join(f"{index.account(*where)} {n:,}" for where, n in sorted(numbers.items()))


def _share(numbers: list[int]) -> int:
    """How many of each kind may be named so that all of them stay within the limit."""
    most = max(numbers, default=0)
    while most > 1 and sum(min(n, most) for n in numbers) > NAMED:
        most = most * 9 // 10
    return most


def _resource(index: Index, resource: Json) -> ResourceRow:
    scope, its = resource["scope"], resource["id"]
    return ResourceRow(
        resource_anchor(scope["provider"], scope["account"], resource["kind"], its),
        resource["name"],
        its if its != resource["name"] else "",
        resource["native_type"],
        index.place(scope),
        index.drawn(scope, its),
    )


def _by_kind(rows: Iterable[Json]) -> dict[str, list[Json]]:
    groups: dict[str, list[Json]] = {}
    for row in rows:
        groups.setdefault(row["kind"], []).append(row)
    return groups


def _listed(index: Index, listings: list[Json]) -> tuple[Listed, ...]:
    groups: dict[str, list[Json]] = {}
    for listing in listings:
        groups.setdefault(index.account(listing["provider"], listing["account"]), []).append(listing)
    rows = []
    for account, found in groups.items():
        places = sorted({x["location"] for x in found})
        more = f" and {len(places) - PLACES:,} more" if len(places) > PLACES else ""
        calls = (call for x in found for call in x["calls"])
        rows.append(Listed(account, f"{', '.join(places[:PLACES])}{more}", index.ranges(calls)))
    return tuple(rows)
