"""The first page: how are we, how sure are we, what first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from auditor.maturity import LAYER_TITLES
from auditor.model.facts import Reason
from auditor.model.maturity import Layer
from auditor.render.view.accounts import AccountView, account_views
from auditor.render.view.common import Index, Json, count_text
from auditor.render.view.findings import SETTLED_BY
from auditor.render.view.fixes import Fix, FixList, fix_list

DRAWN = 6
"""Accounts whose levels are drawn; of more, the numbers stand in the table."""
FIRST = 5
"""Fixes, and answers that would settle questions, on the first page."""
NAMED = 12
"""Accounts that a row names."""


@dataclass(frozen=True, slots=True)
class SettleRow:
    """What would answer questions, wherever it is wanted."""

    permissions: tuple[str, ...]
    reason: str
    settled_by: str
    questions: int
    accounts: tuple[str, ...]
    accounts_more: int
    lifts: tuple[str, ...] | None
    """What could be verified at most, if every answer were a pass; None where nobody worked it out."""


@dataclass(frozen=True, slots=True)
class Overview:
    accounts: tuple[AccountView, ...]
    drawn: bool
    summary: tuple[str, ...]
    """How many accounts stand at which level, where there are many."""
    settle: tuple[SettleRow, ...]
    fixes: FixList

    @property
    def first(self) -> tuple[Fix, ...]:
        return self.fixes.rows[:FIRST]

    @property
    def settle_first(self) -> tuple[SettleRow, ...]:
        return self.settle[:FIRST]

    @property
    def attested(self) -> tuple[AccountView, ...]:
        return tuple(a for a in self.accounts if a.attested)


def overview(index: Index) -> Overview:
    accounts = account_views(index)
    return Overview(
        accounts=accounts,
        drawn=len(accounts) <= DRAWN,
        summary=_summary(accounts) if len(accounts) > DRAWN else (),
        settle=settle_rows(index),
        fixes=fix_list(index),
    )


def _summary(accounts: Iterable[AccountView]) -> tuple[str, ...]:
    numbers = Counter((a.verified_level, a.possible_level) for a in accounts)
    rows = []
    for (verified, possible), number in sorted(numbers.items(), key=lambda item: (item[0][0] is not None, item[0])):
        standing = "no level" if verified is None else f"verified {verified}, possible {possible}"
        rows.append(f"{count_text(number, 'account')}: {standing}")
    return tuple(rows)


def settle_rows(index: Index) -> tuple[SettleRow, ...]:
    """Permissions first, then other reasons; in the order of the document, accounts with the same wish together."""
    groups: dict[tuple[str, tuple[str, ...]], list[Json]] = {}
    for row in index.document.get("settle_first") or _asked_for(index):
        groups.setdefault((row["reason"], tuple(row["permissions"])), []).append(row)
    return tuple(_settle(index, *key, rows) for key, rows in groups.items())


def _asked_for(index: Index) -> list[Json]:
    """The same from the findings alone, where nobody worked out what it could lift."""
    questions: Counter[tuple[bool, str, tuple[str, ...], str, str]] = Counter()
    for finding in index.document["findings"]:
        if (why := finding["unknown"]) is not None:
            scope, wanted = finding["scope"], tuple(sorted(why["permissions"]))
            questions[not wanted, why["reason"], wanted, scope["provider"], scope["account"]] += 1
    ordered = sorted(questions.items(), key=lambda item: (item[0][0], -item[1], item[0]))
    return [
        {"reason": reason, "permissions": wanted, "provider": provider, "account": account, "questions": number}
        for (_, reason, wanted, provider, account), number in ordered
    ]


def _settle(index: Index, reason: str, permissions: tuple[str, ...], rows: list[Json]) -> SettleRow:
    accounts = [index.account(r["provider"], r["account"]) for r in rows]
    lifts = [
        f"{account}: {text}" for account, row in zip(accounts, rows, strict=True) if (text := _at_most(index, row))
    ]
    return SettleRow(
        permissions=permissions,
        reason=Reason(reason).label,
        settled_by=SETTLED_BY[Reason(reason)],
        questions=sum(r["questions"] for r in rows),
        accounts=tuple(accounts[:NAMED]),
        accounts_more=max(0, len(accounts) - NAMED),
        lifts=tuple(lifts[:NAMED]) if any("verified_at_most" in row for row in rows) else None,
    )


def _at_most(index: Index, row: Json) -> str:
    """Only what is higher than today."""
    most: Mapping[str, Any] = row.get("verified_at_most", {})
    if not most:
        return ""
    parts = []
    now = index.verified.get((row["provider"], row["account"]))
    if most["account"] is not None and now is not None and most["account"] > now:
        parts.append(f"account up to {most['account']}")
    parts += [f"{LAYER_TITLES[Layer(layer)].lower()} up to {level}" for layer, level in most["layers"].items()]
    return ", ".join(parts)
