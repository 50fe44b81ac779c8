"""Findings -> maturity. Pure.

Per check ``low = pass / (pass + fail + not assessed)`` and ``high`` counts what was not assessed as passes. Where a
population could not be listed to its end, ``low`` is 0: losing sight of failures must not raise the share. A practice
takes the minimum over its checks. Two levels follow: *verified* from low, *possible* from high. Fixing a resource
never lowers a level and losing a permission never raises one; both are property tests.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from auditor.maturity import PRACTICES
from auditor.model.finding import Finding, Status
from auditor.model.inventory import Inventory
from auditor.model.maturity import Layer, Level, Measurement, Practice
from auditor.model.resources import AI_KINDS, KINDS_ABSENT
from auditor.model.scope import Account

LARGELY = Fraction(9, 10)
ZERO, ONE = Fraction(0), Fraction(1)
ALMOST_ONE = Fraction(999_999, 1_000_000)


class PracticeState(StrEnum):
    MET = "met"
    LARGELY_MET = "largely_met"
    INHERITED = "inherited"
    NOT_APPLICABLE = "not_applicable"
    NOT_MET = "not_met"
    NOT_ASSESSED = "not_assessed"
    NOT_MEASURED = "not_measured"
    ATTESTED = "attested"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ")


SATISFIED = frozenset({PracticeState.MET, PracticeState.LARGELY_MET, PracticeState.INHERITED})


@dataclass(frozen=True, slots=True)
class Tally:
    """How the resources of one check, or of several, came out."""

    passed: int = 0
    failed: int = 0
    not_assessed: int = 0
    not_applicable: int = 0
    inherited: int = 0
    unlisted: int = 0
    """Of those not assessed, the ones that name no resource: a population that was not seen, or not to its end."""

    @property
    def judged(self) -> int:
        return self.passed + self.failed + self.not_assessed

    @property
    def low(self) -> Fraction:
        """The share that is known to pass. Of a population that was not seen to its end no share is known."""
        if self.unlisted:
            return ZERO
        return Fraction(self.passed, self.judged) if self.judged else ONE

    @property
    def high(self) -> Fraction:
        """The share that may pass. What was not seen may be any number of passes, beside which few failures vanish."""
        if self.unlisted and self.failed:
            return ALMOST_ONE
        return Fraction(self.passed + self.not_assessed, self.judged) if self.judged else ONE

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.passed + other.passed,
            self.failed + other.failed,
            self.not_assessed + other.not_assessed,
            self.not_applicable + other.not_applicable,
            self.inherited + other.inherited,
            self.unlisted + other.unlisted,
        )


def tally(findings: Iterable[Finding]) -> Tally:
    seen = tuple(findings)
    counts = Counter((f.status, f.inherited) for f in seen)
    return Tally(
        passed=counts[Status.PASS, False],
        failed=counts[Status.FAIL, False],
        not_assessed=counts[Status.NOT_ASSESSED, False],
        not_applicable=counts[Status.NOT_APPLICABLE, False],
        inherited=counts[Status.NOT_APPLICABLE, True],
        unlisted=sum(f.status is Status.NOT_ASSESSED and f.resource is None for f in seen),
    )


@dataclass(frozen=True, slots=True)
class PracticeScore:
    practice: Practice
    state: PracticeState
    low: Fraction
    high: Fraction
    tally: Tally
    checks: tuple[str, ...]
    only_users: bool = False
    """No bundled check found anything to judge; only a user's check did."""

    @property
    def applicable(self) -> bool:
        return self.state not in (PracticeState.NOT_APPLICABLE, PracticeState.ATTESTED)

    @property
    def verified(self) -> bool:
        return self.state in SATISFIED

    @property
    def possible(self) -> bool:
        return self.verified or (self.applicable and satisfies(self.high, self.practice))

    def row(self, satisfied: bool) -> tuple[Level, bool, bool]:
        """For :func:`level_of`. What only a user's check judged can block a level, and cannot fill one."""
        return self.practice.level, self.applicable and not (self.only_users and satisfied), satisfied


@dataclass(frozen=True, slots=True)
class LayerScore:
    layer: Layer
    verified: Level
    possible: Level


@dataclass(frozen=True, slots=True)
class AccountScore:
    """``verified`` and ``possible`` are None where no AI resource exists or the run was filtered to some checks."""

    account: Account
    verified: Level | None
    possible: Level | None
    layers: tuple[LayerScore, ...]
    practices: tuple[PracticeScore, ...]
    tally: Tally
    no_level_because: str = ""

    @property
    def coverage(self) -> Fraction:
        """The share of applicable questions that were answered."""
        judged = self.tally.judged
        return Fraction(self.tally.passed + self.tally.failed, judged) if judged else ONE

    def blockers(self) -> tuple[PracticeScore, ...]:
        """What stands between the account and its next verified level, lowest level first."""
        if self.verified is None or self.verified is Level.OPTIMIZED:
            return ()
        target = Level(self.verified + 1)
        return tuple(p for p in self.practices if p.applicable and p.practice.level <= target and not p.verified)


def score(
    findings: Sequence[Finding],
    inventory: Inventory,
    bundled: frozenset[str],
    *,
    filtered: bool = False,
    practices: Sequence[Practice] = PRACTICES,
) -> tuple[AccountScore, ...]:
    """One score per account. Checks that are not bundled can lower a practice, never establish it."""
    by_account: dict[Account, list[Finding]] = {account: [] for account in inventory.accounts}
    for finding in findings:
        by_account[finding.account].append(finding)
    return tuple(
        _score_account(account, by_account[account], inventory, bundled, filtered, practices)
        for account in inventory.accounts
    )


def _score_account(
    account: Account,
    findings: Sequence[Finding],
    inventory: Inventory,
    bundled: frozenset[str],
    filtered: bool,
    practices: Sequence[Practice],
) -> AccountScore:
    by_practice: dict[str, dict[str, list[Finding]]] = {}
    for finding in findings:
        by_practice.setdefault(finding.practice, {}).setdefault(finding.check, []).append(finding)
    scored = tuple(score_practice(p, by_practice.get(p.id, {}), bundled) for p in practices)
    layers = tuple(score_layer(layer, scored) for layer in Layer)
    because = "the run was filtered to some checks" if filtered else ""
    if not because and _no_ai(account, inventory):
        because = "no AI resource was found"
    return AccountScore(
        account=account,
        verified=None if because else min(x.verified for x in layers),
        possible=None if because else min(x.possible for x in layers),
        layers=layers,
        practices=scored,
        tally=tally(findings),
        no_level_because=because,
    )


def score_practice(
    practice: Practice, findings: Mapping[str, Sequence[Finding]], bundled: frozenset[str]
) -> PracticeScore:
    """One practice from the findings of its checks, by check id."""
    return score_tallies(practice, {check: tally(found) for check, found in findings.items()}, bundled)


def score_tallies(practice: Practice, by_check: Mapping[str, Tally], bundled: frozenset[str]) -> PracticeScore:
    """One practice from the tallies of its checks, by check id."""
    tallies = dict(sorted(by_check.items()))
    total = sum(tallies.values(), Tally())
    checks = tuple(tallies)
    if practice.measurement is Measurement.ATTESTED:
        return PracticeScore(practice, PracticeState.ATTESTED, ZERO, ZERO, total, checks)
    if not any(check in bundled for check in tallies):
        high = min((t.high for t in tallies.values()), default=ONE)
        return PracticeScore(practice, PracticeState.NOT_MEASURED, ZERO, high, total, checks)
    ours = [t for check, t in tallies.items() if check in bundled]
    judged = [t for t in tallies.values() if t.judged]
    low, high = min((t.low for t in judged), default=ONE), min((t.high for t in judged), default=ONE)
    inherited = any(t.inherited for t in ours)
    only_users = not inherited and not any(t.judged for t in ours)
    if satisfies(low, practice) and not any(t.judged for t in ours):
        # whatever a check of the user's says in favor of the practice
        state = PracticeState.INHERITED if inherited else PracticeState.NOT_APPLICABLE
        return PracticeScore(practice, state, ONE, ONE, total, checks)
    if satisfies(low, practice):
        state = PracticeState.MET if low == ONE else PracticeState.LARGELY_MET
    elif satisfies(high, practice):
        state = PracticeState.NOT_ASSESSED
    else:
        state = PracticeState.NOT_MET
    return PracticeScore(practice, state, low, high, total, checks, only_users)


def satisfies(share: Fraction, practice: Practice) -> bool:
    """Whether a share of passes is enough for the practice."""
    return share == ONE or (share >= LARGELY and not practice.critical)


def score_layer(layer: Layer, practices: Iterable[PracticeScore]) -> LayerScore:
    """The layer's two levels; practices of other layers are left out."""
    its = [p for p in practices if p.practice.layer is layer]
    return LayerScore(layer, level_of([p.row(p.verified) for p in its]), level_of([p.row(p.possible) for p in its]))


def level_of(practices: Iterable[tuple[Level, bool, bool]]) -> Level:
    """The highest level such that every applicable practice up to it is satisfied.

    Takes (level, applicable, satisfied). A level without an applicable practice is passed over and never reported.
    """
    rows = list(practices)
    reached = Level.NONE
    for level in (Level.FOUNDATION, Level.STRUCTURED, Level.PROACTIVE, Level.OPTIMIZED):
        here = [satisfied for at, applicable, satisfied in rows if at is level and applicable]
        if not all(here):
            break
        if here:
            reached = level
    return reached


def _no_ai(account: Account, inventory: Inventory) -> bool:
    """Complete listings of every AI kind, and not one resource."""
    return all(
        not inventory.of(kind, account)
        and not inventory.gaps_of(kind, account)
        and (inventory.listings_of(kind, account) or (account.provider, kind) in KINDS_ABSENT)
        for kind in AI_KINDS[account.provider]
    )


__all__ = [
    "AccountScore",
    "LayerScore",
    "PracticeScore",
    "PracticeState",
    "Tally",
    "level_of",
    "satisfies",
    "score",
    "score_layer",
    "score_practice",
    "score_tallies",
    "tally",
]
