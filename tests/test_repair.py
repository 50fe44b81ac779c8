"""The order of repair: what a plan says the levels will be is what scoring says once its fixes are made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.model.check import Severity
from auditor.model.finding import Exemption, Finding
from auditor.model.inventory import Inventory
from auditor.model.maturity import Layer, Level, Measurement, Practice
from auditor.model.scope import Account, Provider
from auditor.repair import Fix, fix_first
from auditor.score import AccountScore, score
from tests.test_score import (
    ACCOUNT,
    ALL,
    FAIL,
    LADDER,
    PASS,
    finding,
    ids,
    many,
    notebook,
    practice,
    runs,
    scored,
)

ACCEPTED = Exemption("Ada", "a sandbox", "2027-01-31")


def planned(
    findings: Sequence[Finding], practices: Sequence[Practice], bundled: frozenset[str] | None = None, **options: Any
) -> tuple[Fix, ...]:
    its = ids(findings) if bundled is None else bundled
    return fix_first(findings, [scored(findings, practices, bundled=its, **options)], its)


def levels(account: AccountScore) -> dict[str, tuple[Level | None, Level | None]]:
    layers = {x.layer.value: (x.verified, x.possible) for x in account.layers}
    return {"account": (account.verified, account.possible), **layers}


def after(fix: Fix) -> dict[str, tuple[Level | None, Level | None]]:
    return {
        "account": (fix.after.account_verified, fix.after.account_possible),
        fix.practice.layer.value: (fix.after.layer.verified, fix.after.layer.possible),
    }


def repaired(findings: Sequence[Finding], plan: Sequence[Fix]) -> list[Finding]:
    done = {fix.check for fix in plan}
    return [replace(f, status=PASS, exemption=None) if f.status is FAIL and f.check in done else f for f in findings]


@st.composite
def judged(draw: st.DrawFn) -> tuple[list[Finding], frozenset[str]]:
    """Findings of which some failures are accepted, and the checks among theirs that came with the tool."""
    findings = draw(runs())
    failing = [n for n, f in enumerate(findings) if f.status is FAIL]
    accepted = set(draw(st.lists(st.sampled_from(failing), unique=True))) if failing and draw(st.booleans()) else set()
    marked = [replace(f, exemption=ACCEPTED) if n in accepted else f for n, f in enumerate(findings)]
    users = set(draw(st.lists(st.sampled_from(sorted(ids(findings))), unique=True, max_size=3)))
    return marked, ids(findings) - users


@settings(max_examples=90, deadline=None)
@given(judged())
def test_a_plan_says_what_scoring_says_once_it_is_done(drawn: tuple[list[Finding], frozenset[str]]) -> None:
    findings, bundled = drawn
    plan = planned(findings, ALL, bundled)
    for number, fix in enumerate(plan, 1):
        if number == len(plan) or plan[number].step != fix.step:  # at the end of each step, and of all
            truth = levels(scored(repaired(findings, plan[:number]), ALL, bundled=bundled))
            assert after(fix).items() <= truth.items()


@settings(max_examples=90, deadline=None)
@given(judged())
def test_a_plan_only_climbs_and_names_each_rise(drawn: tuple[list[Finding], frozenset[str]]) -> None:
    findings, bundled = drawn
    now = levels(scored(findings, ALL, bundled=bundled))
    for fix in planned(findings, ALL, bundled):
        layer, before = fix.practice.layer.value, dict(now)
        now |= after(fix)
        for name, (verified, possible) in now.items():
            assert before[name][0] <= verified <= possible  # type: ignore[operator]
            assert before[name][1] <= possible  # type: ignore[operator]
        for index, raised in enumerate((fix.raises, fix.raises_possible)):
            rose = {n for n in ("account", layer) if now[n][index] > before[n][index]}  # type: ignore[operator]
            assert raised == ("account" if "account" in rose else "layer" if rose else "")


@settings(max_examples=90, deadline=None)
@given(judged())
def test_levels_wait_for_the_fixes_that_have_a_step_and_for_no_others(
    drawn: tuple[list[Finding], frozenset[str]],
) -> None:
    findings, bundled = drawn
    plan = planned(findings, ALL, bundled)
    assert {f.check for f in plan} == {f.check for f in findings if f.status is FAIL and f.exemption is None}
    assert [f.step or 5 for f in plan] == sorted(f.step or 5 for f in plan)
    needed = [f for f in plan if f.step]
    assert all(f.step == f.practice.level for f in needed)
    with_all = levels(scored(repaired(findings, plan), ALL, bundled=bundled))
    assert levels(scored(repaired(findings, needed), ALL, bundled=bundled)) == with_all
    for fix in needed:  # without this one its practice stays what it is not with it
        rest = scored(repaired(findings, [f for f in plan if f is not fix]), ALL, bundled=bundled)
        (its,) = (p for p in rest.practices if p.practice.id == fix.practice.id)
        assert not its.verified
        assert bundled & set(its.checks) or not its.possible, "nothing establishes it, so only the possible level waits"


@settings(max_examples=30, deadline=None)
@given(judged(), st.randoms(use_true_random=False))
def test_the_order_of_findings_does_not_matter(drawn: tuple[list[Finding], frozenset[str]], random: Any) -> None:
    findings, bundled = drawn
    turned = [*findings]
    random.shuffle(turned)
    seen = [(f.check, f.step, after(f), f.raises) for f in planned(findings, ALL, bundled)]
    assert [(f.check, f.step, after(f), f.raises) for f in planned(turned, ALL, bundled)] == seen


# worked by hand

ONE = {p.id: p for p in LADDER}


def at(layer: str, level: int, **counts: int) -> list[Finding]:
    return many(**counts, check=f"c-{layer}-{level}", its=f"{layer}-{level}")


def test_the_weakest_layers_come_first_and_of_them_the_one_with_the_fewest_resources() -> None:
    findings = [
        *at("identity", 1, failed=3),
        *at("identity", 2, passed=1),
        *at("network", 1, passed=1),
        *at("network", 2, failed=1),
        *at("data", 1, failed=2),
        *at("data", 2, failed=1),
        *at("application", 1, passed=1),
        *at("application", 2, passed=1),
    ]
    plan = planned(findings, [p for p in LADDER if p.level <= 2])
    assert [(f.check, f.step, f.raises, f.after.layer.verified, f.after.account_verified) for f in plan] == [
        ("c-data-1", 1, "layer", 1, 0),
        ("c-identity-1", 1, "account", 2, 1),
        ("c-data-2", 2, "layer", 2, 1),
        ("c-network-2", 2, "account", 2, 2),
    ]


def test_a_layer_that_stays_open_comes_after_those_that_rise() -> None:
    """Its possible level rises all the same, and the row says so."""
    findings = [
        *at("identity", 1, failed=1),
        finding(many(unknown=1)[0].status, "open", "identity-1", None),
        *at("network", 1, failed=9),
        *at("data", 1, passed=1),
        *at("application", 1, passed=1),
    ]
    plan = planned(findings, [p for p in LADDER if p.level == 1])
    assert [(f.check, f.raises, f.raises_possible) for f in plan] == [
        ("c-network-1", "layer", "layer"),
        ("c-identity-1", "", "account"),
    ]
    assert (plan[-1].after.account_verified, plan[-1].after.account_possible) == (0, 1)


def test_within_a_layer_critical_practices_come_first_then_severity_then_the_smaller_fix() -> None:
    its = (practice("P", Layer.DATA), practice("Q", Layer.DATA, critical=True))
    findings = [
        *many(failed=2, check="two", its="P"),
        *many(failed=1, check="one", its="P"),
        *(replace(f, severity=Severity.CRITICAL) for f in many(failed=3, check="severe", its="P")),
        *(replace(f, severity=Severity.LOW) for f in many(failed=4, check="critical", its="Q")),
    ]
    assert [f.check for f in planned(findings, its)] == ["critical", "severe", "one", "two"]


def test_critical_practices_do_not_wait_for_layers_that_are_raised_with_less() -> None:
    its = [*(p for p in LADDER if p.level == 1), practice("Q", Layer.NETWORK, critical=True)]
    findings = [
        *at("identity", 1, failed=1),
        *at("network", 1, unknown=1),
        *many(failed=9, check="exposed", its="Q"),
        *at("data", 1, passed=1),
        *at("application", 1, passed=1),
    ]
    plan = planned(findings, its)
    assert [(f.check, f.raises, f.raises_possible) for f in plan] == [
        ("exposed", "", "layer"),
        ("c-identity-1", "layer", "account"),
    ]


def test_what_no_level_waits_for_is_last() -> None:
    its = (practice("P"), practice("Q", level=4), practice("R", measurement=Measurement.ATTESTED))
    findings = [
        *many(passed=19, failed=1, check="few", its="P"),
        *many(failed=1, check="high", its="Q"),
        *many(failed=1, check="stated", its="R"),
    ]
    assert [(f.check, f.step) for f in planned(findings, its)] == [("high", 4), ("few", 0), ("stated", 0)]


def test_accepted_failures_are_fixed_with_the_others_and_named_apart() -> None:
    findings = [f for p in LADDER for f in at(p.layer, p.level, passed=1)]
    bad = many(failed=3, check="bad", its="data-1")
    plan = planned([*findings, bad[0], *(replace(f, exemption=ACCEPTED) for f in bad[1:])], LADDER)
    (fix,) = plan
    assert (len(fix.failing), len(fix.exempted)) == (1, 2)
    assert fix.after.account_verified is Level.OPTIMIZED
    assert planned([*findings, *(replace(f, exemption=ACCEPTED) for f in bad)], LADDER) == ()


def test_a_check_of_the_users_holds_a_level_back_and_fills_none() -> None:
    ours = [f for p in LADDER for f in at(p.layer, p.level, passed=1) if p.id != "data-4"]
    theirs = many(failed=1, check="theirs", its="data-1")
    (fix,) = planned([*ours, *theirs], LADDER, ids(ours))
    assert (fix.step, fix.after.layer.verified, fix.after.layer.possible) == (1, 3, 4)
    alone = many(failed=1, check="theirs", its="data-4")
    (fix,) = planned([*ours, *alone], LADDER, ids(ours))
    assert (fix.step, fix.raises, fix.raises_possible) == (4, "", "account")
    mostly = many(passed=18, failed=1, unknown=2, check="theirs", its="data-4")
    (fix,) = planned([*ours, *mostly], LADDER, ids(ours))
    assert fix.step == 0, "verified is out of its reach, and possible it is already"


@pytest.mark.parametrize(
    "options", [{"filtered": True}, {"inventory": Inventory((ACCOUNT,))}], ids=["filtered", "used"]
)
def test_an_account_without_a_level_has_a_plan_by_layers(options: dict[str, Any]) -> None:
    findings = [f for p in LADDER for f in at(p.layer, p.level, failed=1)]
    plan = planned(findings, LADDER, **options)
    has_level = not options.get("filtered")
    assert [f.after.account_verified is not None for f in plan] == [has_level] * 16
    assert {f.raises for f in plan} == ({"layer", "account"} if has_level else {"layer"})
    assert {f.after.layer.verified for f in plan[-4:]} == {4}


def test_each_account_has_a_plan_of_its_own_and_the_more_urgent_row_goes_first() -> None:
    other = Account(Provider.GCP, "project")
    mine = [*at("data", 1, failed=5), *at("identity", 2, failed=1)]
    theirs = [replace(f, account=other) for f in [*at("data", 1, failed=1), *at("identity", 1, failed=4)]]
    both = [*mine, *theirs]
    inventory = Inventory((ACCOUNT, other), (notebook("a"), replace(notebook("b"), account=other)))
    bundled = ids(both)
    rows = fix_first(both, score(both, inventory, bundled, practices=LADDER), bundled)
    assert [(f.account, f.check) for f in rows] == [
        (other, "c-data-1"),
        (other, "c-identity-1"),
        (ACCOUNT, "c-data-1"),
        (ACCOUNT, "c-identity-2"),
    ]
    for account, its in ((ACCOUNT, mine), (other, theirs)):
        alone = fix_first(its, score(its, inventory, bundled, practices=LADDER), bundled)
        assert tuple(f for f in rows if f.account == account) == alone
