"""How many resources of a kind there are in each account, how that is known, and what a second source says."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from auditor.model.facts import Reason
from auditor.render.view.common import CallRange, Index, Json, count_text, provider_label
from auditor.render.view.kinds import title_of

BY_ACCOUNT = 12
"""Accounts up to which a control's population has a row for each; above it, one row for all accounts of a cloud."""
PLACES = 4
"""Locations that are named; of more, the number is given."""
LEFT_OUT = 5
"""Resources that only one of two sources has, by name."""
NO_SOURCE = "no second source"
SECOND_LABELS = {"differs": "differs", "agrees": "agrees", "not_available": "not available"}

Place = tuple[str, str, str]
"""Kind, provider and account."""


@dataclass(frozen=True, slots=True)
class GapRow:
    place: str
    reason: str
    permissions: tuple[str, ...]
    ranges: tuple[CallRange, ...]

    @property
    def text(self) -> str:
        wanted = f"; wanted: {', '.join(self.permissions)}" if self.permissions else ""
        return f"{self.place}: {self.reason}{wanted}"


@dataclass(frozen=True, slots=True)
class SecondSource:
    """What another source of the same account counts."""

    kind: str
    native_type: str
    where: str
    source: str
    state: str
    label: str
    counted: str
    listed: int
    apart: str
    """What only one of the two has."""
    text: str
    ranges: tuple[CallRange, ...]

    @property
    def brief(self) -> str:
        """For a difference, with its names."""
        text = f"{self.source} counts {self.counted} in {self.where}, our list has {self.listed:,}"
        return f"{text}; {self.apart}" if self.apart else text


@dataclass(frozen=True, slots=True)
class PopulationRow:
    position: int
    """Of its account, or of its cloud, among the others."""
    account: str
    kind: str
    number: int
    tested: int
    listed: str
    """Where it was listed to the last page, in words; empty if nowhere."""
    gaps: tuple[GapRow, ...]
    second: tuple[SecondSource, ...]
    ranges: tuple[CallRange, ...]

    @property
    def second_text(self) -> str:
        """Of what a second source agrees, in words; differences stand by themselves."""
        return _compared(self.second)

    @property
    def differences(self) -> tuple[SecondSource, ...]:
        return tuple(s for s in self.second if s.state == "differs")


@dataclass(frozen=True, slots=True)
class EmptyRow:
    """Kinds of which an account was shown to have none."""

    account: str
    kinds: tuple[str, ...]
    ranges: tuple[CallRange, ...]


@dataclass(frozen=True, slots=True)
class UnreadRow:
    """Kinds that this version does not read in an account, so that nobody knows how many there are."""

    account: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Population:
    rows: tuple[PopulationRow, ...]
    empty: tuple[EmptyRow, ...]
    unread: tuple[UnreadRow, ...]
    definitions: tuple[tuple[str, tuple[str, ...]], ...]
    """What is left out on purpose, and of which kinds."""
    calls: frozenset[str]

    @property
    def number(self) -> int:
        return sum(row.number for row in self.rows)

    @property
    def tested(self) -> int:
        return sum(row.tested for row in self.rows)

    @property
    def incomplete(self) -> int:
        return sum(bool(row.gaps or not row.listed) for row in self.rows)


class Populations:
    """Of one document, made once."""

    def __init__(self, index: Index) -> None:
        self.index = index
        document = index.document
        self.numbers: dict[Place, int] = {}
        for resource in document["resources"]:
            scope = resource["scope"]
            place = (resource["kind"], scope["provider"], scope["account"])
            self.numbers[place] = self.numbers.get(place, 0) + 1
        self.listings = _by_place(document["listings"])
        self.gaps = _by_place(document["gaps"])
        self.seconds = _by_place(document.get("reconciliation", ()))
        self.definitions: dict[str, str] = {row["kind"]: row["definition"] for row in document["populations"]}
        self.order = {(s["provider"], s["account"]): n for n, s in enumerate(document["scopes"])}

    def of(self, tested: Mapping[Place, Collection[str]], unread: Iterable[Place]) -> Population:
        """Of some kinds in some accounts, with the resources that were tested of each, and what was not read."""
        grouped = len({place[1:] for place in tested}) > BY_ACCOUNT
        groups: dict[tuple[str, str], dict[str, list[Place]]] = {}
        for place in sorted(tested, key=lambda p: (self.order.get(p[1:], 0), title_of(p[0]), p)):
            kind, provider, account = place
            group = groups.setdefault((provider, "" if grouped else account), {})
            group.setdefault(kind, []).append(place)
        rows, empty = [], []
        for position, ((provider, account), kinds) in enumerate(groups.items()):
            title = self.index.account(provider, account) if account else provider_label(provider)
            none: list[str] = []
            for kind, places in kinds.items():
                row = self._row(position, title, kind, places, sum(len(tested[p]) for p in places))
                if row.number or row.gaps or row.second or not row.listed:
                    rows.append(row)
                else:
                    none.append(kind)
            if none:
                calls = (c for kind in none for p in kinds[kind] for c in self._listing_calls(p))
                empty.append(EmptyRow(title, tuple(map(title_of, none)), self.index.ranges(calls)))
        defined: dict[str, list[str]] = {}
        for kind in sorted({place[0] for place in tested} & self.definitions.keys(), key=title_of):
            defined.setdefault(self.definitions[kind], []).append(title_of(kind))
        return Population(
            rows=tuple(rows),
            empty=tuple(empty),
            unread=self._unread(unread),
            definitions=tuple((text, tuple(kinds)) for text, kinds in defined.items()),
            calls=frozenset(c for place in tested for c in self.calls(place)),
        )

    def _unread(self, places: Iterable[Place]) -> tuple[UnreadRow, ...]:
        found = sorted(places, key=lambda p: (self.order.get(p[1:], 0), title_of(p[0]), p))
        grouped = len({place[1:] for place in found}) > BY_ACCOUNT
        groups: dict[tuple[str, str], dict[str, None]] = {}
        for kind, provider, account in found:
            groups.setdefault((provider, "" if grouped else account), {})[title_of(kind)] = None
        return tuple(
            UnreadRow(self.index.account(*where) if where[1] else provider_label(where[0]), tuple(kinds))
            for where, kinds in groups.items()
        )

    def calls(self, place: Place) -> Iterable[str]:
        """That a number rests on."""
        for rows in (self.listings, self.gaps, self.seconds):
            for row in rows.get(place, ()):
                yield from row["calls"]

    def _listing_calls(self, place: Place) -> Iterable[str]:
        return (call for row in self.listings.get(place, ()) for call in row["calls"])

    def _row(self, position: int, group: str, kind: str, places: list[Place], tested: int) -> PopulationRow:
        return PopulationRow(
            position=position,
            account=group,
            kind=title_of(kind),
            number=sum(self.numbers.get(p, 0) for p in places),
            tested=tested,
            listed=self._listed(places),
            gaps=tuple(self.gap(g) for p in places for g in self.gaps.get(p, ())),
            second=tuple(self.second(r) for p in places for r in self.seconds.get(p, ())),
            ranges=self.index.ranges(c for p in places for c in self._listing_calls(p)),
        )

    def _listed(self, places: list[Place]) -> str:
        if len(places) > 1:
            number = sum(bool(self.listings.get(p)) for p in places)
            return f"in {number:,} of {count_text(len(places), 'account')}" if number else ""
        found = sorted({row["location"] for row in self.listings.get(places[0], ())})
        return ", ".join(found) if len(found) <= PLACES else count_text(len(found), "location")

    def gap(self, gap: Json) -> GapRow:
        label = Reason(gap["reason"]).label
        return GapRow(
            f"{self.index.account(gap['provider'], gap['account'])}, {gap['location']}",
            f"{label} ({gap['detail']})" if gap["detail"] else label,
            tuple(gap["permissions"]),
            self.index.ranges(gap["calls"]),
        )

    def second(self, row: Json) -> SecondSource:
        parts = [row["note"]] if row["note"] else []
        apart = []
        for names, words in ((row["only_there"], "only there"), (row["only_here"], "only in our list")):
            if names:
                more = f" and {len(names) - LEFT_OUT:,} more" if len(names) > LEFT_OUT else ""
                apart.append(f"{words}: {', '.join(map(str, names[:LEFT_OUT]))}{more}")
        if row["permissions"]:
            parts.append(f"Wanted: {', '.join(row['permissions'])}.")
        return SecondSource(
            kind=title_of(row["kind"]),
            native_type=row["native_type"],
            where=f"{self.index.account(row['provider'], row['account'])}, {row['location']}",
            source=row["source"] or NO_SOURCE,
            state=row["state"],
            label=SECOND_LABELS[row["state"]],
            counted="no count" if row["counted"] is None else f"{row['counted']:,}",
            listed=row["listed"],
            apart="; ".join(apart),
            text=" ".join(parts),
            ranges=self.index.ranges(row["calls"]),
        )


def _compared(rows: Iterable[SecondSource]) -> str:
    """How many of the listed ones were confirmed by number, and of how many nobody could say."""
    listed: dict[tuple[str, str], int] = {}
    for row in rows:
        listed[row.state, row.source] = listed.get((row.state, row.source), 0) + row.listed
    parts = []
    for (state, source), number in sorted(listed.items()):
        if state == "agrees":
            parts.append(f"{source} agrees on {number:,}")
        elif state == "not_available":
            named = f"{source} not available" if source != NO_SOURCE else NO_SOURCE
            parts.append(f"{named} for {number:,}")
    return "; ".join(parts)


def _by_place(rows: Iterable[Json]) -> dict[Place, list[Json]]:
    groups: dict[Place, list[Json]] = {}
    for row in rows:
        groups.setdefault((row["kind"], row["provider"], row["account"]), []).append(row)
    return groups
