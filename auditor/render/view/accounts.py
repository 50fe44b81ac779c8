"""The four-layer profile of each account, its chart, and what stands between it and its next level."""

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
    level_text,
    provider_label,
    read_counts,
)
from auditor.score import PracticeState

SATISFIED = frozenset({"met", "largely_met", "inherited"})
OUTSIDE = frozenset({"not_applicable", "attested"})
TOP_LEVEL = 4

# The width of a level and the height of a row, in the units of the chart's view box.
UNIT, ROW = 44, 24


@dataclass(frozen=True, slots=True)
class LayerBar:
    title: str
    verified: int
    possible: int
    y: int
    verified_width: int
    possible_width: int

    @property
    def text(self) -> str:
        return f"verified {self.verified}, possible {self.possible}"

    @property
    def short(self) -> str:
        return str(self.verified) if self.verified == self.possible else f"{self.verified}, up to {self.possible}"


@dataclass(frozen=True, slots=True)
class Chart:
    anchor: str
    description: str
    bars: tuple[LayerBar, ...]
    coverage_y: int
    coverage_width: int
    height: int


@dataclass(frozen=True, slots=True)
class PracticeRow:
    practice: Link
    layer: str
    level: int
    critical: bool
    state: str
    label: str
    counts: Counts
    checks: tuple[Link, ...]
    action: str
    measurement: str


@dataclass(frozen=True, slots=True)
class AccountView:
    anchor: str
    provider: str
    noun: str
    id: str
    name: str
    verified: str
    possible: str
    no_level_because: str
    identity: str
    locations: tuple[str, ...]
    coverage: Json
    counts: Counts
    chart: Chart | None
    separating: tuple[PracticeRow, ...]
    """What is possible but not verified, up to the possible level."""
    gap_text: str
    next_level: str
    blockers: tuple[PracticeRow, ...]
    practices: tuple[PracticeRow, ...]

    @property
    def title(self) -> str:
        return f"{self.provider} {self.name or self.id}"


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
    checks: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class LayerOfPractices:
    title: str
    practices: tuple[PracticeAcrossAccounts, ...]


def account_views(index: Index) -> tuple[AccountView, ...]:
    return tuple(_account(index, score) for score in index.document["score"]["accounts"])


def practice_layers(index: Index) -> tuple[LayerOfPractices, ...]:
    """The document's practices, each with its state in every account that was scored."""
    states: dict[str, list[tuple[str, Json]]] = {p: [] for p in index.practices}
    for score in index.document["score"]["accounts"] if "score" in index.document else ():
        for scored in score["practices"]:
            states[scored["id"]].append((index.account(score["provider"], score["account"]), scored))
    by_layer = {layer: [p for p in index.practices.values() if p["layer"] == layer] for layer in Layer}
    return tuple(
        LayerOfPractices(LAYER_TITLES[layer], tuple(_across(index, p, states[p["id"]]) for p in practices))
        for layer, practices in by_layer.items()
        if practices
    )


def _across(index: Index, practice: Json, scored: Iterable[tuple[str, Json]]) -> PracticeAcrossAccounts:
    groups: dict[str, list[str]] = {}
    for account, row in scored:
        groups.setdefault(row["state"], []).append(account)
    order = ["not_met", "not_assessed", "not_measured", "largely_met", "met", "inherited", "attested", "not_applicable"]
    return PracticeAcrossAccounts(
        anchor=anchor("practice", practice["id"]),
        id=practice["id"],
        title=practice["title"],
        why=practice["why"],
        level=practice["level"],
        critical=practice["critical"],
        measurement=practice["measurement"],
        states=tuple(
            StateGroup(state, PracticeState(state).label, tuple(groups[state])) for state in order if state in groups
        ),
        checks=tuple(index.check_link(c["id"]) for c in index.checks.values() if c["practice"] == practice["id"]),
    )


def _account(index: Index, score: Json) -> AccountView:
    where = (score["provider"], score["account"])
    scope = next((s for s in index.document["scopes"] if (s["provider"], s["account"]) == where), None)
    principal = next((p for p in index.document["principals"] if (p["provider"], p["account"]) == where), None)
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
        provider=provider_label(score["provider"]),
        noun={"aws": "account", "azure": "subscription", "gcp": "project"}[score["provider"]],
        id=score["account"],
        name=score["name"],
        verified=level_text(verified),
        possible=level_text(possible),
        no_level_because=score["no_level_because"],
        identity=principal["identity"] if principal else "not recorded",
        locations=tuple(scope["locations"]) if scope else (),
        coverage=score["coverage"],
        counts=read_counts(score["coverage"]),
        chart=_chart(score, where) if verified is not None else None,
        separating=separating,
        gap_text=_gap_text(verified, possible, separating),
        next_level=level_text(verified + 1) if has_next else "",
        blockers=tuple(by_id[b] for b in score["blockers"]),
        practices=rows,
    )


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
        counts=counts,
        checks=tuple(index.check_link(c) for c in scored["checks"]),
        action=_action(scored["state"], counts, practice),
        measurement=practice["measurement"],
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


def width(level: int) -> int:
    """Of a bar; level 0 is still to be seen."""
    return max(2, level * UNIT)


def _chart(score: Json, where: tuple[str, str]) -> Chart:
    bars = []
    for row, layer in enumerate(Layer):
        levels = score["layers"][layer.value]
        verified, possible = levels["verified_level"], levels["possible_level"]
        bars.append(LayerBar(LAYER_TITLES[layer], verified, possible, 8 + row * ROW, width(verified), width(possible)))
    percent = score["coverage"]["percent"]
    words = "; ".join(f"{b.title}: {b.text}" for b in bars)
    return Chart(
        anchor=anchor("chart", *where),
        description=f"Maturity level of each layer, 0 to 4. {words}. Coverage {percent} percent.",
        bars=tuple(bars),
        coverage_y=8 + len(bars) * ROW + 22,
        coverage_width=round(percent * UNIT * TOP_LEVEL / 100),
        height=8 + len(bars) * ROW + 46,
    )
