"""What to fix first, by what it does to the levels. Pure.

That is worked out by trying: the tallies of a check are changed as a fix would change them, its practice is scored
again by the functions that score an audit, and its layer and account with it. A fix makes passes of all failures of one
check in one account, of exempted ones too, because these count as failures. What else it brings about (another check
that it satisfies, a resource that is gone) is not foreseen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from auditor.model.check import Severity
from auditor.model.finding import Finding, Status
from auditor.model.maturity import Layer, Level, Measurement, Practice
from auditor.model.scope import Account
from auditor.score import AccountScore, LayerScore, PracticeScore, Tally, satisfies, score_layer, score_tallies, tally

Tallies = Mapping[tuple[str, str], Tally]
"""By practice and check."""
LAST = Level.OPTIMIZED + 1


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an account stands, and where it would stand with other tallies for some of its checks."""

    account: Account
    has_level: bool
    bundled: frozenset[str]
    practices: Mapping[str, PracticeScore]
    tallies: Mapping[str, Mapping[str, Tally]]
    """By practice and check."""
    layers: Mapping[Layer, LayerScore]

    @classmethod
    def of(cls, score: AccountScore, findings: Iterable[Finding], bundled: frozenset[str]) -> Standing:
        by_check: dict[tuple[str, str], list[Finding]] = {}
        for finding in findings:
            by_check.setdefault((finding.practice, finding.check), []).append(finding)
        tallies: dict[str, dict[str, Tally]] = {p.practice.id: {} for p in score.practices}
        for (practice, check), found in by_check.items():
            if practice in tallies:
                tallies[practice][check] = tally(found)
        return cls(
            account=score.account,
            has_level=score.verified is not None,
            bundled=bundled,
            practices={p.practice.id: p for p in score.practices},
            tallies=tallies,
            layers={x.layer: x for x in score.layers},
        )

    def with_(self, changed: Tallies) -> Standing:
        """The same account with these tallies in the place of the ones it has."""
        by_practice: dict[str, dict[str, Tally]] = {}
        for (name, check), new in changed.items():
            by_practice.setdefault(name, {})[check] = new
        tallies = {name: {**self.tallies[name], **new} for name, new in by_practice.items()}
        practices = {n: score_tallies(self.practices[n].practice, t, self.bundled) for n, t in tallies.items()}
        merged = {**self.practices, **practices}
        touched = {p.practice.layer for p in practices.values()}
        return replace(
            self,
            practices=merged,
            tallies={**self.tallies, **tallies},
            layers={**self.layers, **{layer: score_layer(layer, merged.values()) for layer in touched}},
        )

    @property
    def verified(self) -> Level | None:
        return min(x.verified for x in self.layers.values()) if self.has_level else None

    @property
    def possible(self) -> Level | None:
        return min(x.possible for x in self.layers.values()) if self.has_level else None


@dataclass(frozen=True, slots=True)
class After:
    """The levels once this fix and those before it in its account are made; None where the account has no level."""

    layer: LayerScore
    account_verified: Level | None
    account_possible: Level | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """The failures of one check in one account."""

    account: Account
    check: str
    practice: Practice
    severity: Severity
    failing: tuple[Finding, ...]
    exempted: tuple[Finding, ...]
    """Failures whose risk a person accepted. They hold the level back like the others."""
    step: int
    """The level that waits for it; 0 where none does, because its practice is met or open without it."""
    after: After
    raises: str
    """What gets a higher verified level with it: ``account``, ``layer`` (and not the account) or nothing."""
    raises_possible: str
    """The same of the possible level."""


def fix_first(findings: Sequence[Finding], scores: Sequence[AccountScore], bundled: frozenset[str]) -> tuple[Fix, ...]:
    """Every check with failures that no person accepted, account by account in the order of its own plan.

    A plan climbs: what level 1 waits for comes before what level 2 waits for. So the weakest layers, which make the
    level of the account, come first, and each level is reached with no fix that it does not need. Of what one level
    waits for, critical practices come first, by severity; then the layers whose verified level gets there, the one with
    the fewest resources to fix before the others; then layers in which something else stays open. What no level waits
    for is last. Between accounts the more urgent next row goes first.
    """
    by_account = by_accounts(findings)
    plans = [list(_plan(Standing.of(s, by_account[s.account], bundled), by_account[s.account])) for s in scores]
    rows: list[Fix] = []
    while plans := [plan for plan in plans if plan]:
        nearest = min(plans, key=lambda plan: (plan[0].step or LAST, *_urgency(plan[0]), plan[0].account))
        rows.append(nearest.pop(0))
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class _Failure:
    """A fix before it has its place."""

    check: str
    practice: Practice
    severity: Severity
    failing: tuple[Finding, ...]
    exempted: tuple[Finding, ...]
    step: int

    @property
    def size(self) -> int:
        return len(self.failing) + len(self.exempted)


def _urgency(fix: Fix) -> tuple[bool, int, int, str]:
    return not fix.practice.critical, -fix.severity, len(fix.failing) + len(fix.exempted), fix.check


def _plan(standing: Standing, findings: Sequence[Finding]) -> Iterator[Fix]:
    failures = _failures(standing, findings)
    for level in (*Level, LAST):
        here = [f for f in failures if (f.step or LAST) == level]
        for failure in _ordered(standing, here):
            after = standing.with_({(failure.practice.id, failure.check): fixed(_of(standing, failure))})
            layer = failure.practice.layer
            was, now = standing.layers[layer], after.layers[layer]
            yield Fix(
                account=standing.account,
                check=failure.check,
                practice=failure.practice,
                severity=failure.severity,
                failing=failure.failing,
                exempted=failure.exempted,
                step=failure.step,
                after=After(now, after.verified, after.possible),
                raises=_raised(standing.verified, after.verified, was.verified, now.verified),
                raises_possible=_raised(standing.possible, after.possible, was.possible, now.possible),
            )
            standing = after


def _failures(standing: Standing, findings: Sequence[Finding]) -> list[_Failure]:
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        if finding.status is Status.FAIL and finding.practice in standing.practices:
            groups.setdefault((finding.practice, finding.check), []).append(finding)
    made = []
    for (name, check), found in groups.items():
        practice = standing.practices[name].practice
        failing = tuple(f for f in found if f.exemption is None)
        if failing:
            exempted = tuple(f for f in found if f.exemption is not None)
            failure = _Failure(check, practice, found[0].severity, failing, exempted, 0)
            waits = _holds_back(standing, practice, _of(standing, failure))
            made.append(replace(failure, step=int(practice.level) if waits else 0))
    return made


def _holds_back(standing: Standing, practice: Practice, now: Tally) -> bool:
    """Without these failures the check would stand no more between the practice and its level."""
    if practice.measurement is Measurement.ATTESTED:
        return False
    then = fixed(now)
    measured = any(check in standing.bundled for check in standing.tallies[practice.id])
    verifies = measured and not satisfies(now.low, practice) and satisfies(then.low, practice)
    return verifies or (not satisfies(now.high, practice) and satisfies(then.high, practice))


def _ordered(standing: Standing, failures: Sequence[_Failure]) -> list[_Failure]:
    """What one level waits for."""
    by_layer: dict[Layer, list[_Failure]] = {}
    for failure in failures:
        by_layer.setdefault(failure.practice.layer, []).append(failure)
    lifting = []
    for layer, its in by_layer.items():
        all_fixed = standing.with_({(f.practice.id, f.check): fixed(_of(standing, f)) for f in its})
        if all_fixed.layers[layer].verified > standing.layers[layer].verified:
            lifting.append((standing.layers[layer].verified, sum(f.size for f in its), layer))
    turn = {layer: number for number, (*_, layer) in enumerate(sorted(lifting))}

    def place(failure: _Failure) -> tuple[bool, int, int, int, str]:
        critical, severity = failure.practice.critical, -failure.severity
        its_turn = turn.get(failure.practice.layer, len(turn))
        return (
            not critical,
            *((severity, its_turn) if critical else (its_turn, severity)),
            failure.size,
            failure.check,
        )

    return sorted(failures, key=place)


def fixed(now: Tally) -> Tally:
    """Every failure a pass."""
    return replace(now, passed=now.passed + now.failed, failed=0)


def _of(standing: Standing, failure: _Failure) -> Tally:
    return standing.tallies[failure.practice.id][failure.check]


def _raised(account: Level | None, account_then: Level | None, layer: Level, layer_then: Level) -> str:
    if account is not None and account_then is not None and account_then > account:
        return "account"
    return "layer" if layer_then > layer else ""


def by_accounts(findings: Iterable[Finding]) -> Mapping[Account, list[Finding]]:
    """An account without findings has none."""
    grouped: dict[Account, list[Finding]] = defaultdict(list)
    for finding in findings:
        grouped[finding.account].append(finding)
    return grouped


__all__ = ["After", "Fix", "Standing", "Tallies", "by_accounts", "fix_first", "fixed"]
