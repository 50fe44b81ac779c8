"""What would settle open questions: no answer goes beyond the two ends that are named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.model.facts import Reason, Unknown
from auditor.model.finding import Finding
from auditor.model.maturity import Layer, Level
from auditor.model.scope import Account, Provider
from auditor.repair import fix_first
from auditor.score import AccountScore, score
from auditor.settle import Levels, Settlement, settle_first
from tests.test_score import (
    ACCOUNT,
    ALL,
    FAIL,
    LADDER,
    NA,
    PASS,
    UNKNOWN,
    USED,
    finding,
    ids,
    many,
    notebook,
    practice,
    runs,
    scored,
)

WHYS = (
    Unknown(Reason.DENIED, "a:Get", (), ("a:Get",)),
    Unknown(Reason.DENIED, "b:Get", (), ("a:Get", "b:Get")),
    Unknown(Reason.DENIED, "c:Get", (), ("c:Get",)),
    Unknown(Reason.DENIED, "the console"),
    Unknown(Reason.DISABLED, "api.example.com"),
    Unknown(Reason.NOT_BUILT, "A long story."),
    Unknown(Reason.ABSENT, "field", (), ("c:Get",)),
)


def settled(findings: Sequence[Finding], account: AccountScore) -> tuple[Settlement, ...]:
    return settle_first(findings, [account], ids(findings))


def covers(row: Settlement, asked: Finding) -> bool:
    why = asked.unknown
    if why is None or asked.status is not UNKNOWN:
        return False
    if row.permissions:
        return why.reason is Reason.DENIED and bool(why.permissions) and set(why.permissions) <= set(row.permissions)
    return why.reason is row.reason and not (why.reason is Reason.DENIED and why.permissions)


@st.composite
def reasoned(draw: st.DrawFn) -> list[Finding]:
    """Runs whose open questions have all kinds of reasons, by check."""
    reason = draw(st.randoms(use_true_random=False))
    return [replace(f, unknown=reason.choice(WHYS)) if f.status is UNKNOWN else f for f in draw(runs())]


def verified(account: AccountScore) -> Levels:
    return Levels(account.verified, {x.layer: x.verified for x in account.layers})


def possible(account: AccountScore) -> Levels:
    return Levels(account.possible, {x.layer: x.possible for x in account.layers})


def whole(changed: Levels, before: Levels) -> Mapping[str, Level | None]:
    return {"account": changed.account, **before.layers, **changed.layers}


@settings(max_examples=150, deadline=None)
@given(reasoned(), st.randoms(use_true_random=False), st.sampled_from(["any", "pass", "fail"]))
def test_no_answer_goes_beyond_the_two_ends(findings: list[Finding], random: object, lean: str) -> None:
    """A resource passes, fails or turns out to be not concerned; a population holds any number of such resources."""
    choose = random.choice  # type: ignore[attr-defined]
    answers = {"any": (PASS, FAIL, NA), "pass": (PASS, PASS, NA), "fail": (FAIL, FAIL, NA)}[lean]
    before = scored(findings, ALL)
    for row in settled(findings, before):
        found: list[Finding] = []
        for number, f in enumerate(findings):
            if not covers(row, f):
                found.append(f)
            elif f.resource is not None:
                found.append(replace(f, status=choose(answers), unknown=None))
            else:
                seen = [replace(f, status=choose(answers), unknown=None) for _ in range(choose((0, 1, 2, 40)))]
                found += [replace(s, resource=notebook(f"new-{number}-{n}")) for n, s in enumerate(seen)]
                found += [] if seen else [replace(f, status=NA, unknown=None)]
        truth = scored(found, ALL, bundled=ids(findings))
        most = whole(row.verified_at_most, verified(before))
        least = whole(row.possible_at_least, possible(before))
        for name, level in whole(verified(truth), verified(before)).items():
            assert level <= most[name]  # type: ignore[operator]
        for name, level in whole(possible(truth), possible(before)).items():
            assert level >= least[name]  # type: ignore[operator]


@settings(max_examples=70, deadline=None)
@given(reasoned())
def test_the_upper_end_is_reached_where_all_is_seen(findings: list[Finding]) -> None:
    before = scored(findings, ALL)
    for row in settled(findings, before):
        answered = [replace(f, status=PASS, unknown=None) if covers(row, f) else f for f in findings]
        worst = [replace(f, status=FAIL, unknown=None) if covers(row, f) else f for f in findings]
        if not row.populations:
            best = scored(answered, ALL, bundled=ids(findings))
            assert whole(row.verified_at_most, verified(before)) == whole(verified(best), verified(best))
            low = scored(worst, ALL, bundled=ids(findings))
            assert whole(row.possible_at_least, possible(before)) == whole(possible(low), possible(low))
        assert row.questions == sum(covers(row, f) for f in findings)
        assert set(row.practices) == {f.practice for f in findings if covers(row, f)}


@settings(max_examples=60, deadline=None)
@given(reasoned())
def test_with_every_row_the_verified_level_is_at_most_the_possible_one(findings: list[Finding]) -> None:
    before = scored(findings, ALL)
    rows = settled(findings, before)
    asked = [f for f in findings if f.status is UNKNOWN]
    assert all(any(covers(row, f) for row in rows) for f in asked)
    previous = whole(verified(before), verified(before))
    for row in rows:
        together = whole(row.together_at_most, verified(before))
        for name, level in whole(row.verified_at_most, verified(before)).items():
            assert previous[name] <= together[name]  # type: ignore[operator]
            assert level <= together[name]  # type: ignore[operator]
        previous = together
    for name, level in previous.items():
        assert level <= whole(possible(before), possible(before))[name]  # type: ignore[operator]


# worked by hand


def asked(layer: str, why: Unknown, level: int = 1, subject: str | None = "r", number: int = 0) -> Finding:
    made = finding(UNKNOWN, f"c-{layer}-{level}-{number}", f"{layer}-{level}", subject)
    return replace(made, unknown=why)


TOP = [f for p in LADDER for f in many(passed=1, check=f"c-{p.id}", its=p.id)]
NEEDS_A, NEEDS_BOTH, NEEDS_C, CONSOLE, OFF, LATER, ABSENT = WHYS


def test_a_larger_grant_counts_what_a_smaller_one_settles() -> None:
    findings = [*TOP, asked("data", NEEDS_A), asked("data", NEEDS_BOTH, number=1), asked("identity", NEEDS_C, 3)]
    both, c, a = settled(findings, scored(findings, LADDER))
    assert (both.permissions, both.questions, both.verified_at_most) == (
        ("a:Get", "b:Get"),
        2,
        Levels(Level(2), {Layer.DATA: Level(4)}),
    )
    assert (a.permissions, a.questions, a.verified_at_most.layers) == (("a:Get",), 1, {})
    assert (c.permissions, c.verified_at_most) == (("c:Get",), Levels(Level(0), {Layer.IDENTITY: Level(4)}))
    assert c.together_at_most == Levels(Level(4), {Layer.DATA: Level(4), Layer.IDENTITY: Level(4)})
    assert c.possible_at_least == Levels(Level(2), {Layer.IDENTITY: Level(2)})


def test_other_reasons_come_after_permissions_and_say_what_they_are_about() -> None:
    findings = [*TOP, *(asked("data", why, number=n) for n, why in enumerate((LATER, OFF, ABSENT, CONSOLE, NEEDS_C)))]
    rows = settled(findings, scored(findings, LADDER))
    assert [(r.reason, r.permissions, r.about) for r in rows] == [
        (Reason.DENIED, ("c:Get",), ()),
        (Reason.DISABLED, (), ("api.example.com",)),
        (Reason.ABSENT, (), ("field",)),
        (Reason.DENIED, (), ("the console",)),
        (Reason.NOT_BUILT, (), ()),
    ]
    assert [r.together_at_most.account for r in rows] == [0, 0, 0, 0, 4]


def test_failures_that_were_seen_keep_the_level_down_whatever_the_answer() -> None:
    findings = [*TOP, asked("data", NEEDS_A), *many(failed=1, check="bad", its="data-1")]
    (row,) = settled(findings, scored(findings, LADDER))
    assert row.verified_at_most == Levels(Level(0), {})


def test_an_unseen_population_may_make_the_failures_few_unless_the_practice_is_critical() -> None:
    for critical, level in ((False, 1), (True, 0)):
        its = [practice("P", Layer.DATA, critical=critical), *(p for p in LADDER if p.level == 1 and p.layer != "data")]
        others = [f for p in its[1:] for f in many(passed=1, check=p.id, its=p.id)]
        gap = replace(finding(UNKNOWN, "c", "P", None), unknown=NEEDS_A)
        findings = [*others, gap, *many(failed=2, check="c")]
        (row,) = settled(findings, scored(findings, its))
        assert (row.populations, row.verified_at_most.account) == (1, level)


def test_an_unseen_population_may_hold_more_failures_than_all_that_passed() -> None:
    its = [practice("P", Layer.DATA), *(p for p in LADDER if p.level == 1 and p.layer != "data")]
    others = [f for p in its[1:] for f in many(passed=1, check=p.id, its=p.id)]
    gap = replace(finding(UNKNOWN, "c", "P", None), unknown=NEEDS_A)
    findings = [*others, gap, *many(passed=40, check="c")]
    (row,) = settled(findings, scored(findings, its))
    assert row.possible_at_least == Levels(Level(0), {Layer.DATA: Level(0)})
    assert row.verified_at_most == Levels(Level(1), {Layer.DATA: Level(1)})


def test_accounts_are_told_apart_and_one_without_a_level_has_layers() -> None:
    other = Account(Provider.AZURE, "subscription")
    mine = [*TOP, asked("data", NEEDS_A)]
    both = [*mine, *(replace(f, account=other) for f in mine)]
    scores = [scored(mine, LADDER, filtered=True), replace(scored(mine, LADDER), account=other)]
    first, second = settle_first(both, scores, ids(both))
    assert (first.account, first.verified_at_most.account) == (other, 4)
    assert (second.account, second.verified_at_most) == (ACCOUNT, Levels(None, {Layer.DATA: Level(4)}))
    assert score(mine, USED, ids(mine), practices=LADDER)[0].verified == 0
    assert fix_first(mine, scores[:1], ids(mine)) == ()
