"""What to fix, in the document's order: what each fix lifts, what the cloud charges for it, and how it is done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from auditor.maturity import LAYER_TITLES
from auditor.model.maturity import Layer
from auditor.render.view.common import (
    SEVERITIES,
    Index,
    Json,
    Link,
    anchor,
    count_text,
    https,
    level_text,
    provider_label,
)
from auditor.render.view.findings import subject

NAMED = 20
"""Resources of one fix that are named with their command, and accounts of it that are named."""
IN_FULL = 300
"""Fixes that are printed with their commands."""
LISTED = 3000
"""Fixes that have a line."""
PLACES = 2
"""Accounts of a fix that the first page names."""


@dataclass(frozen=True, slots=True)
class Charge:
    """What a cloud asks for a control."""

    what: str
    amount: str
    usage: str
    url: str


@dataclass(frozen=True, slots=True)
class FixResource:
    name: str
    place: str
    anchor: str
    command: str


@dataclass(frozen=True, slots=True)
class Remedy:
    provider: str
    text: str
    url: str
    charges: tuple[Charge, ...]


@dataclass(frozen=True, slots=True)
class FixPlace:
    """The failures of one check in one account."""

    account: str
    resources: int
    lifts: str
    raises: bool


@dataclass(frozen=True, slots=True)
class Fix:
    """The failures of one check in one account, or in several that follow one another in the order of repair."""

    number: int
    anchor: str
    check: Link
    why: str
    severity: str
    critical: bool
    level: str
    practice: Link
    resources: int
    accounts: int
    places: tuple[FixPlace, ...]
    remedies: tuple[Remedy, ...]
    named: tuple[FixResource, ...]
    unnamed: int

    @property
    def brief(self) -> tuple[FixPlace, ...]:
        return self.places[:PLACES]

    @property
    def charges(self) -> tuple[Charge, ...]:
        return tuple(dict.fromkeys(c for r in self.remedies for c in r.charges))


@dataclass(frozen=True, slots=True)
class FixList:
    rows: tuple[Fix, ...]
    """In full."""
    more: tuple[Fix, ...]
    unnamed: int
    fixes: int
    failures: int


def fix_list(index: Index) -> FixList:
    rows = index.document["fix_first"]
    groups = [list(found) for _, found in groupby(rows, key=lambda row: str(row["check"]))]
    prices = {price["id"]: price for price in index.document["prices"]}
    goals = _Goals(rows)
    made = tuple(_fix(index, n, found, prices, goals) for n, found in enumerate(groups[:LISTED], 1))
    return FixList(
        rows=made[:IN_FULL],
        more=made[IN_FULL:],
        unnamed=max(0, len(groups) - LISTED),
        fixes=len(rows),
        failures=sum(row["resources"] for row in rows),
    )


def _fix(index: Index, number: int, rows: list[Json], prices: Mapping[str, Json], goals: _Goals) -> Fix:
    check, practice = index.checks[rows[0]["check"]], index.practices[rows[0]["practice"]]
    prints = [p for row in rows for p in row["fingerprints"]]
    named = [index.findings_by_print[p] for p in prints[:NAMED]]
    return Fix(
        number=number,
        anchor=anchor("fix", str(number)),
        check=index.check_link(check["id"]),
        why=check["why"],
        severity=min((row["severity"] for row in rows), key=SEVERITIES.index),
        critical=practice["critical"],
        level=level_text(practice["level"]),
        practice=index.practice_link(practice["id"]),
        resources=sum(row["resources"] for row in rows),
        accounts=len(rows),
        places=tuple(_place(index, row, goals) for row in rows[:NAMED]),
        remedies=tuple(
            _remedy(check, provider, [r for r in rows if r["provider"] == provider], prices)
            for provider in sorted({row["provider"] for row in rows})
        ),
        named=tuple(
            FixResource(subject(f), index.place(f["scope"]), anchor("f", f["fingerprint"]), f["command"]) for f in named
        ),
        unnamed=max(0, len(prints) - NAMED),
    )


def _place(index: Index, row: Json, goals: _Goals) -> FixPlace:
    return FixPlace(
        index.account(row["provider"], row["account"]),
        row["resources"],
        goals.text(row) + _exempted(row),
        bool(row["raises"] or row["raises_possible"]),
    )


def _exempted(row: Json) -> str:
    number = len(row["exempted"])
    if not number:
        return ""
    return f"; {count_text(number, 'accepted risk')} there hold{'s' if number == 1 else ''} it back too"


class _Goals:
    """What the fixes that one level of a layer waits for do together."""

    def __init__(self, rows: Iterable[Json]) -> None:
        self.together: dict[tuple[str, str, str, int], list[Json]] = {}
        for row in rows:
            self.together.setdefault(_goal(row), []).append(row)

    def text(self, row: Json) -> str:
        """Where the layer, or the account, stands after this fix and those before it in the account."""
        layer = f"the {LAYER_TITLES[Layer(row['layer'])].lower()} layer"
        if not row["step"]:
            return "no level waits for it"
        its = self.together[_goal(row)]
        reached = max((n for n, r in enumerate(its, 1) if r["raises"] or r["raises_possible"]), default=0)
        if its.index(row) >= reached:
            return f"level {row['step']} of {layer} waits for it and for what else is open"
        last = its[reached - 1]
        then = last["after"]
        brings = f"{layer} to verified {then['layer_verified']}, possible {then['layer_possible']}"
        if "account" in (last["raises"], last["raises_possible"]):
            brings += f", and the account to verified {then['account_verified']}, possible {then['account_possible']}"
        return f"brings {brings}" if reached == 1 else f"one of {reached} that bring {brings}"


def _goal(row: Json) -> tuple[str, str, str, int]:
    return row["provider"], row["account"], row["layer"], row["step"]


def _remedy(check: Json, provider: str, rows: list[Json], prices: Mapping[str, Json]) -> Remedy:
    coverage = check["providers"][provider]
    wanted = dict.fromkeys(price for row in rows for price in row["charges"])
    return Remedy(
        provider_label(provider),
        coverage["text"],
        https(coverage["url"]),
        tuple(_charge(prices[price]) for price in wanted),
    )


def _charge(price: Json) -> Charge:
    about = ", ".join(part for part in (price.get("region", ""), price.get("as_of", "")) if part)
    amount = f"charged per {price['unit']}" if price["usd"] is None else f"{_usd(price['usd'])} per {price['unit']}"
    return Charge(
        price["what"], f"{amount} ({about})" if about else amount, price.get("usage", ""), https(price["url"])
    )


def _usd(amount: float) -> str:
    """To the last digit that is not zero, to the cent at least."""
    digits = f"{amount:.6f}".rstrip("0")
    return f"${digits}" if len(digits) - digits.index(".") > 2 else f"${amount:.2f}"
