"""What would settle the questions that were not assessed, and what that could do to the levels. Pure.

An answer may be a pass or a fail, and nobody knows before it is given. So both ends are worked out, by scoring again:
the highest verified level that the answers could give, if all of them pass, and the lowest possible level, if all of
them fail. Of a population that was not seen nobody knows the size either: at one end it holds as many passes as it
takes to make the failures that were seen few, at the other more failures than passes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from auditor.model.facts import NOT_COLLECTED, Reason
from auditor.model.finding import Finding, Status
from auditor.model.maturity import Layer, Level
from auditor.model.scope import Account
from auditor.repair import Standing, by_accounts
from auditor.score import AccountScore, Tally

IN_THE_READERS_HANDS = (Reason.DISABLED, Reason.OUT_OF_SCOPE, Reason.THROTTLED, Reason.UNREACHABLE)
"""Reasons besides a missing permission that whoever runs the tool can do something about."""


@dataclass(frozen=True, slots=True)
class Levels:
    """Of an account, and of those of its layers for which they differ from what the audit says."""

    account: Level | None
    layers: Mapping[Layer, Level]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """The questions of one account that are settled by granting some permissions, or that have one other reason."""

    account: Account
    reason: Reason
    permissions: tuple[str, ...]
    """What to grant, together. Empty for every reason that a permission does not remove."""
    about: tuple[str, ...]
    """The operations, fields or APIs that the reason is about; empty for permissions and what is not built."""
    questions: int
    populations: int
    """Those of the questions that stand for a population that was not seen, or not to its end."""
    checks: tuple[str, ...]
    practices: tuple[str, ...]
    verified_at_most: Levels
    """If every answer is a pass."""
    possible_at_least: Levels
    """If every answer is a fail."""
    together_at_most: Levels
    """The highest verified levels with what the rows before it in the same account settle as well."""


def settle_first(
    findings: Sequence[Finding], scores: Sequence[AccountScore], bundled: frozenset[str]
) -> tuple[Settlement, ...]:
    """Missing permissions first, then other reasons: what may lift the account, then layers, then by questions.

    A row counts everything that its permissions settle. Where one question needs a permission and another needs that
    and a second one, the row of both counts both questions; so rows may count a question more than once.
    """
    by_account = by_accounts(findings)
    rows = [
        row
        for score in scores
        for row in _of_account(
            Standing.of(score, by_account[score.account], bundled), _open_questions(by_account[score.account])
        )
    ]
    return tuple(row for _, row in sorted(rows, key=lambda pair: pair[0]))


@dataclass(slots=True)
class _Open:
    """Questions with one reason; those about a population by themselves."""

    reason: Reason
    permissions: frozenset[str]
    about: set[str]
    questions: dict[tuple[str, str], tuple[int, int]]

    def add(self, finding: Finding, detail: str) -> None:
        resources, populations = self.questions.get((finding.practice, finding.check), (0, 0))
        unseen = finding.resource is None
        self.questions[finding.practice, finding.check] = resources + (not unseen), populations + unseen
        if detail:
            self.about.add(detail)


_Key = tuple[tuple[int, int, int, int], Account, str, tuple[str, ...]]


def _open_questions(findings: Iterable[Finding]) -> list[_Open]:
    groups: dict[tuple[Reason, frozenset[str]], _Open] = {}
    for finding in findings:
        if finding.status is not Status.NOT_ASSESSED:
            continue
        why = NOT_COLLECTED if finding.unknown is None else finding.unknown
        # a permission settles nothing where something else is the first obstacle
        permissions = frozenset(why.permissions if why.reason is Reason.DENIED else ())
        its = groups.setdefault((why.reason, permissions), _Open(why.reason, permissions, set(), {}))
        its.add(finding, "" if permissions or why.reason is Reason.NOT_BUILT else why.detail)
    return list(groups.values())


def _of_account(standing: Standing, groups: Sequence[_Open]) -> Iterator[tuple[_Key, Settlement]]:
    rows = []
    for group in groups:
        covered = [g for g in groups if _settles(group, g)]
        questions = _merged(covered)
        best = standing.with_(_answered(standing, questions, best=True))
        worst = standing.with_(_answered(standing, questions, best=False))
        row = Settlement(
            account=standing.account,
            reason=group.reason,
            permissions=tuple(sorted(group.permissions)),
            about=tuple(sorted(group.about)),
            questions=sum(map(sum, questions.values())),
            populations=sum(populations for _, populations in questions.values()),
            checks=tuple(sorted({check for _, check in questions})),
            practices=tuple(sorted({practice for practice, _ in questions})),
            verified_at_most=_verified(standing, best),
            possible_at_least=_possible(standing, worst),
            together_at_most=_verified(standing, best),
        )
        lifts = sum(level - standing.layers[layer].verified for layer, level in row.verified_at_most.layers.items())
        account = (best.verified or 0) - (standing.verified or 0)
        order = (_turn(group), -account, -lifts, -row.questions)
        rows.append(((order, row.account, str(row.reason), row.permissions), row))
    together, granted, waiting = standing, frozenset[str](), list(groups)
    counted: dict[tuple[str, str], tuple[int, int]] = {}
    for key, row in sorted(rows, key=lambda pair: pair[0]):
        granted |= set(row.permissions)
        new, waiting = _parted(waiting, granted, row)
        added = _merged(new)
        counted |= {k: (n[0] + counted.get(k, (0, 0))[0], n[1] + counted.get(k, (0, 0))[1]) for k, n in added.items()}
        together = together.with_(_answered(standing, {k: counted[k] for k in added}, best=True))
        yield key, replace(row, together_at_most=_verified(standing, together))


def _parted(groups: Iterable[_Open], granted: frozenset[str], row: Settlement) -> tuple[list[_Open], list[_Open]]:
    """Those that are settled with this row, and the others."""
    new: list[_Open] = []
    left: list[_Open] = []
    for group in groups:
        this = not row.permissions and group.reason is row.reason
        (new if (group.permissions <= granted if group.permissions else this) else left).append(group)
    return new, left


def _settles(this: _Open, other: _Open) -> bool:
    """Whether what removes the reason of one removes that of the other."""
    return other is this or (bool(other.permissions) and other.permissions <= this.permissions)


def _turn(group: _Open) -> int:
    if group.permissions:
        return 0
    return 1 if group.reason in IN_THE_READERS_HANDS else 2


def _merged(groups: Iterable[_Open]) -> dict[tuple[str, str], tuple[int, int]]:
    merged: dict[tuple[str, str], tuple[int, int]] = {}
    for group in groups:
        for key, (resources, populations) in group.questions.items():
            before = merged.get(key, (0, 0))
            merged[key] = before[0] + resources, before[1] + populations
    return merged


def _answered(
    standing: Standing, questions: Mapping[tuple[str, str], tuple[int, int]], *, best: bool
) -> dict[tuple[str, str], Tally]:
    """Tallies with these answers, of practices for which they can make a difference: passes take nothing away from a
    practice that is verified, and fails nothing from one that is not even possible."""
    answer = _passed if best else _failed
    settled = {name for name, p in standing.practices.items() if (p.verified if best else not p.possible)}
    return {
        (practice, check): answer(standing.tallies[practice][check], resources, populations)
        for (practice, check), (resources, populations) in questions.items()
        if practice in standing.tallies and practice not in settled
    }


def _open_left(now: Tally, resources: int, populations: int) -> Tally:
    return replace(now, not_assessed=now.not_assessed - resources - populations, unlisted=now.unlisted - populations)


def _passed(now: Tally, resources: int, populations: int) -> Tally:
    left = _open_left(now, resources, populations)
    unseen = populations + 9 * (left.failed + left.not_assessed) if populations else 0
    return replace(left, passed=left.passed + resources + unseen)


def _failed(now: Tally, resources: int, populations: int) -> Tally:
    left = _open_left(now, resources, populations)
    unseen = populations + left.passed + left.not_assessed if populations else 0
    return replace(left, failed=left.failed + resources + unseen)


def _verified(before: Standing, after: Standing) -> Levels:
    layers = {x: now.verified for x, now in after.layers.items() if now.verified != before.layers[x].verified}
    return Levels(after.verified, layers)


def _possible(before: Standing, after: Standing) -> Levels:
    layers = {x: now.possible for x, now in after.layers.items() if now.possible != before.layers[x].possible}
    return Levels(after.possible, layers)


__all__ = ["Levels", "Settlement", "settle_first"]
