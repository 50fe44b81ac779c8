"""The levels of each account and its layers, and what stands between it and its next level."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from auditor.maturity import LAYER_TITLES
from auditor.model.maturity import Layer
from auditor.render.view.common import (
    Counts,
    Index,
    Json,
    Link,
    anchor,
    count_text,
    level_name,
    level_text,
    read_counts,
)
from auditor.score import PracticeState

SATISFIED = frozenset({"met", "largely_met", "inherited"})
OUTSIDE = frozenset({"not_applicable", "attested"})
TOP_LEVEL = 4


@dataclass(frozen=True, slots=True)
class LayerLevels:
    title: str
    verified: int
    possible: int


@dataclass(frozen=True, slots=True)
class PracticeRow:
    practice: Link
    layer: str
    level: int
    critical: bool
    state: str
    label: str
    checks: tuple[Link, ...]
    action: str


@dataclass(frozen=True, slots=True)
class AccountView:
    anchor: str
    title: str
    noun: str
    id: str
    verified_level: int | None
    possible_level: int | None
    verified: str
    possible: str
    verified_name: str
    possible_name: str
    no_level_because: str
    layers: tuple[LayerLevels, ...]
    """Empty where the account has no level."""
    coverage: Json
    counts: Counts
    separating: tuple[PracticeRow, ...]
    """What is possible but not verified, up to the possible level."""
    gap_text: str
    next_level: str
    blockers: tuple[PracticeRow, ...]
    attested: tuple[Link, ...]
    """Practices that somebody answers for: beside the levels, never in them."""


@dataclass(frozen=True, slots=True)
class StateGroup:
    state: str
    label: str
    accounts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PracticeAcrossAccounts:
    anchor: str
    id: str
    title: str
    why: str
    level: int
    critical: bool
    measurement: str
    states: tuple[StateGroup, ...]
    attested: tuple[str, ...]
    """Accounts in which somebody answers for it."""
    checks: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class LayerOfPractices:
    title: str
    practices: tuple[PracticeAcrossAccounts, ...]


def account_views(index: Index) -> tuple[AccountView, ...]:
    return tuple(_account(index, score) for score in index.document["score"]["accounts"])


def practice_layers(index: Index) -> tuple[LayerOfPractices, ...]:
    """The document's practices, each with its state in every account that was scored."""
    states: dict[str, list[tuple[str, str]]] = {p: [] for p in index.practices}
    attested: dict[str, list[str]] = {p: [] for p in index.practices}
    for score in index.document["score"]["accounts"] if "score" in index.document else ():
        account = index.account(score["provider"], score["account"])
        for scored in score["practices"]:
            states[scored["id"]].append((account, scored["state"]))
        for practice in score.get("attested", ()):
            attested[practice].append(account)
    checks: dict[str, list[Link]] = {}
    for check in index.checks.values():
        checks.setdefault(check["practice"], []).append(index.check_link(check["id"]))
    layers = []
    for layer in Layer:
        its = [p for p in index.practices.values() if p["layer"] == layer]
        rows = tuple(
            PracticeAcrossAccounts(
                anchor=anchor("model", p["id"]),
                id=p["id"],
                title=p["title"],
                why=p["why"],
                level=p["level"],
                critical=p["critical"],
                measurement=p["measurement"],
                states=_grouped(states[p["id"]]),
                attested=tuple(attested[p["id"]]),
                checks=tuple(checks.get(p["id"], ())),
            )
            for p in its
        )
        if rows:
            layers.append(LayerOfPractices(LAYER_TITLES[layer], rows))
    return tuple(layers)


def _grouped(states: Iterable[tuple[str, str]]) -> tuple[StateGroup, ...]:
    groups: dict[str, list[str]] = {}
    for account, state in states:
        groups.setdefault(state, []).append(account)
    order = ["not_met", "not_assessed", "not_measured", "largely_met", "met", "inherited", "attested", "not_applicable"]
    return tuple(
        StateGroup(state, PracticeState(state).label, tuple(groups[state])) for state in order if state in groups
    )


def _account(index: Index, score: Json) -> AccountView:
    where = (score["provider"], score["account"])
    rows = tuple(_practice_row(index, p) for p in score["practices"])
    verified, possible = score["verified_level"], score["possible_level"]
    by_id = {row.practice.text: row for row in rows}
    separating = tuple(
        r
        for r in rows
        if possible is not None and r.level <= possible and r.state not in SATISFIED and r.state not in OUTSIDE
    )
    has_next = verified is not None and verified < TOP_LEVEL
    return AccountView(
        anchor=anchor("account", *where),
        title=index.account(*where),
        noun={"aws": "account", "azure": "subscription", "gcp": "project"}[score["provider"]],
        id=score["account"],
        verified_level=verified,
        possible_level=possible,
        verified=level_text(verified),
        possible=level_text(possible),
        verified_name=level_name(verified),
        possible_name=level_name(possible),
        no_level_because=score["no_level_because"],
        layers=() if verified is None else tuple(_layer(layer, score["layers"][layer.value]) for layer in Layer),
        coverage=score["coverage"],
        counts=read_counts(score["coverage"]),
        separating=separating,
        gap_text=_gap_text(verified, possible, separating),
        next_level=level_text(verified + 1) if has_next else "",
        blockers=tuple(by_id[b] for b in score["blockers"]),
        attested=tuple(index.practice_link(p) for p in score.get("attested", ())),
    )


def _layer(layer: Layer, levels: Json) -> LayerLevels:
    return LayerLevels(LAYER_TITLES[layer], levels["verified_level"], levels["possible_level"])


def _gap_text(verified: int | None, possible: int | None, separating: tuple[PracticeRow, ...]) -> str:
    if verified is None or possible is None:
        return ""
    if verified == possible:
        return "Nothing that was left unread could change this level."
    unread = sum(r.state == "not_assessed" for r in separating)
    unmeasured = sum(r.state == "not_measured" for r in separating)
    parts = []
    if unread:
        parts.append(f"{count_text(unread, 'practice')} could not be read in full")
    if unmeasured:
        parts.append(f"{count_text(unmeasured, 'practice')} no check of this run measures")
    return f"Between the two: {' and '.join(parts)}." if parts else ""


def _practice_row(index: Index, scored: Json) -> PracticeRow:
    practice = index.practices[scored["id"]]
    counts = read_counts(scored)
    return PracticeRow(
        practice=index.practice_link(scored["id"]),
        layer=LAYER_TITLES[Layer(practice["layer"])],
        level=practice["level"],
        critical=practice["critical"],
        state=scored["state"],
        label=PracticeState(scored["state"]).label,
        checks=tuple(index.check_link(c) for c in scored["checks"]),
        action=_action(scored["state"], counts, practice),
    )


def _action(state: str, counts: Counts, practice: Json) -> str:
    share = "every resource must pass" if practice["critical"] else "at least 90 % of every check's resources must pass"
    if state == "not_met":
        text = f"Fix {count_text(counts.failed, 'failure')}; {share}."
        if counts.not_assessed:
            text += f" {count_text(counts.not_assessed, 'question is', 'questions are')} also unanswered."
        return text
    if state == "not_assessed":
        return f"Answer {count_text(counts.not_assessed, 'open question')}; {share}."
    if state == "not_measured":
        return "No check of this run measures it, so it cannot be verified; only the possible level can rise above it."
    return ""
