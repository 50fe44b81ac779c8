"""The score: worked by hand, and its promises for every set of findings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.model.check import Severity
from auditor.model.facts import NOT_COLLECTED, Reason, Unknown
from auditor.model.finding import Finding, Status
from auditor.model.inventory import Gap, Inventory, Listing
from auditor.model.maturity import ControlMapping, Layer, Level, Measurement, Practice, Strength
from auditor.model.resources import AI_KINDS, KINDS_ABSENT, Endpoint, Model, Notebook
from auditor.model.scope import GLOBAL, Account, Provider
from auditor.score import AccountScore, PracticeState, Tally, level_of, score, score_practice, tally

ACCOUNT = Account(Provider.AWS, "123456789012")
DENIED = Unknown(Reason.DENIED, "x:List")


def practice(practice_id: str, layer: Layer = Layer.IDENTITY, level: int = 1, **more: Any) -> Practice:
    mapping = ControlMapping("soc2", "CC6.1", Strength.DIRECT, "r")
    return Practice(
        id=practice_id, layer=layer, level=Level(level), title="t", why="w", mappings=lambda _: (mapping,), **more
    )


def notebook(name: str) -> Notebook:
    return Notebook(id=name, name=name, account=ACCOUNT, location=GLOBAL, native_type="F")


def finding(status: Status, check: str = "c", its: str = "P", subject: str | None = "r", **more: Any) -> Finding:
    return Finding(
        check=check,
        practice=its,
        severity=Severity.HIGH,
        account=ACCOUNT,
        location=GLOBAL,
        status=status,
        message="m",
        resource=None if subject is None else notebook(subject),
        unknown=NOT_COLLECTED if status is Status.NOT_ASSESSED else None,
        **more,
    )


PASS, FAIL, UNKNOWN, NA = Status.PASS, Status.FAIL, Status.NOT_ASSESSED, Status.NOT_APPLICABLE


def many(
    passed: int = 0, failed: int = 0, unknown: int = 0, na: int = 0, check: str = "c", its: str = "P"
) -> list[Finding]:
    wanted = [PASS] * passed + [FAIL] * failed + [UNKNOWN] * unknown + [NA] * na
    return [finding(status, check, its, f"{check}-{n}") for n, status in enumerate(wanted)]


def state(its: Practice, *by_check: tuple[str, list[Finding]], bundled: Iterable[str] = ("c", "d")) -> PracticeState:
    return score_practice(its, dict(by_check), frozenset(bundled)).state


PLAIN, CRITICAL = practice("P"), practice("P", critical=True)
USED = Inventory((ACCOUNT,), (notebook("ai"),))


def scored(findings: Sequence[Finding], practices: Sequence[Practice], **options: Any) -> AccountScore:
    bundled = options.pop("bundled", frozenset(f.check for f in findings))
    (account,) = score(findings, options.pop("inventory", USED), bundled, practices=practices, **options)
    return account


# worked by hand


@pytest.mark.parametrize(
    ("counts", "plain", "critical"),
    [
        ({"passed": 1}, "met", "met"),
        ({"passed": 10, "na": 5}, "met", "met"),
        ({"failed": 1}, "not_met", "not_met"),
        ({"passed": 9, "failed": 1}, "largely_met", "not_met"),
        ({"passed": 89, "failed": 11}, "not_met", "not_met"),
        ({"passed": 9, "unknown": 1}, "largely_met", "not_assessed"),
        ({"passed": 8, "unknown": 2}, "not_assessed", "not_assessed"),
        ({"passed": 8, "failed": 1, "unknown": 1}, "not_assessed", "not_met"),
        ({"passed": 7, "failed": 2, "unknown": 1}, "not_met", "not_met"),
        ({"passed": 999, "unknown": 1}, "largely_met", "not_assessed"),
        ({"unknown": 1}, "not_assessed", "not_assessed"),
        ({"na": 3}, "not_applicable", "not_applicable"),
    ],
)
def test_one_check(counts: dict[str, Any], plain: str, critical: str) -> None:
    assert state(PLAIN, ("c", many(**counts))) == plain
    assert state(CRITICAL, ("c", many(**counts))) == critical


def test_many_good_roles_do_not_hide_bad_endpoints() -> None:
    result = score_practice(
        PLAIN, {"c": many(passed=300), "d": many(passed=2, failed=3, check="d")}, frozenset({"c", "d"})
    )
    assert (result.state, result.low) == (PracticeState.NOT_MET, Fraction(2, 5))


def test_a_check_with_nothing_to_judge_does_not_speak_for_the_practice() -> None:
    assert state(PLAIN, ("c", many(na=2)), ("d", many(passed=1, check="d"))) is PracticeState.MET


def test_a_population_that_was_not_seen_to_its_end_is_never_met() -> None:
    """Eighteen of twenty-two pass. Losing the permission to list the four that fail must not make it 18 of 19."""
    before = [*many(passed=18), *many(failed=4)]
    after = [*many(passed=18), finding(UNKNOWN, subject=None)]
    assert state(PLAIN, ("c", before)) is PracticeState.NOT_MET
    assert state(PLAIN, ("c", after)) is PracticeState.NOT_ASSESSED
    assert tally(after).low == 0
    assert tally(after).high == 1


def test_a_practice_that_no_check_measures_blocks_verified_and_not_possible() -> None:
    result = score_practice(PLAIN, {}, frozenset())
    assert (result.state, result.applicable, result.verified, result.possible) == ("not_measured", True, False, True)


def test_what_only_a_person_can_state_is_outside_of_the_level() -> None:
    attested = practice("P", measurement=Measurement.ATTESTED)
    result = score_practice(attested, {"c": many(failed=1)}, frozenset({"c"}))
    assert (result.state, result.applicable) == (PracticeState.ATTESTED, False)


def test_inherited_counts_as_satisfied_and_is_told_apart() -> None:
    inherited = [finding(NA, subject=None, inherited=True)]
    result = score_practice(PLAIN, {"c": inherited}, frozenset({"c"}))
    assert (result.state, result.verified, result.applicable) == (PracticeState.INHERITED, True, True)
    assert result.tally == Tally(inherited=1)
    assert state(PLAIN, ("c", inherited), ("d", many(failed=1, check="d"))) is PracticeState.NOT_MET


def rows(*wanted: tuple[int, bool, bool]) -> Level:
    return level_of((Level(level), applicable, satisfied) for level, applicable, satisfied in wanted)


YES, NO = (True, True), (True, False)
NONE = (False, False)


@pytest.mark.parametrize(
    ("wanted", "level"),
    [
        ([(1, *YES), (2, *YES), (3, *YES), (4, *YES)], 4),
        ([(1, *YES), (2, *NO), (3, *YES), (4, *YES)], 1),
        ([(1, *NO), (2, *YES), (3, *YES), (4, *YES)], 0),
        ([(1, *YES), (1, *NO), (2, *YES)], 0),
        ([(1, *YES), (2, *NONE), (3, *YES), (4, *NO)], 3),
        ([(1, *YES), (2, *NONE), (3, *NONE), (4, *NONE)], 1),
        ([(1, *NONE), (2, *NONE)], 0),
        ([(1, *NONE), (2, *YES)], 2),
        ([], 0),
        ([(3, *YES), (1, *YES), (2, *YES)], 3),
    ],
)
def test_the_level_of_a_layer(wanted: list[tuple[int, bool, bool]], level: int) -> None:
    """A level is reached when all up to it hold; one with nothing applicable is passed over and never reported."""
    assert rows(*wanted) == level


LADDER = tuple(practice(f"{layer}-{level}", layer, level) for layer in Layer for level in (1, 2, 3, 4))


def ladder(**levels: int) -> list[Finding]:
    """Every practice of a layer up to a level passes, the next ones fail."""
    return [
        f
        for its in LADDER
        for f in many(
            passed=int(its.level <= levels[its.layer.value]),
            failed=int(its.level > levels[its.layer.value]),
            check=f"c-{its.id}",
            its=its.id,
        )
    ]


def test_an_account_is_at_its_weakest_layer() -> None:
    account = scored(ladder(identity=4, network=2, data=3, application=4), LADDER)
    assert {x.layer.value: x.verified for x in account.layers} == {
        "identity": 4,
        "network": 2,
        "data": 3,
        "application": 4,
    }
    assert (account.verified, account.possible) == (Level.STRUCTURED, Level.STRUCTURED)
    assert [p.practice.id for p in account.blockers()] == ["network-3"]
    assert account.coverage == 1


def test_what_separates_verified_from_possible_is_what_was_not_assessed() -> None:
    findings = [
        replace(f, status=UNKNOWN) if f.check in ("c-network-2", "c-data-4") else f
        for f in ladder(identity=4, network=4, data=4, application=3)
    ]
    account = scored(findings, LADDER)
    assert (account.verified, account.possible) == (Level.FOUNDATION, Level.PROACTIVE)
    assert account.coverage == Fraction(14, 16)


def test_at_the_top_nothing_blocks() -> None:
    account = scored(ladder(identity=4, network=4, data=4, application=4), LADDER)
    assert account.verified is Level.OPTIMIZED
    assert account.blockers() == ()


def test_a_filtered_run_has_no_level() -> None:
    account = scored(ladder(identity=4, network=4, data=4, application=4), LADDER, filtered=True)
    assert (account.verified, account.possible) == (None, None)
    assert "filtered" in account.no_level_because
    assert account.blockers() == ()


def listings(*without: type[Any], account: Account = ACCOUNT) -> tuple[Listing, ...]:
    kinds = [kind for kind in AI_KINDS[account.provider] if kind not in without]
    return tuple(Listing(kind, account, GLOBAL, "f", ("c",)) for kind in kinds)


TOP = ladder(identity=4, network=4, data=4, application=4)


def test_an_account_without_ai_has_no_level() -> None:
    account = scored(TOP, LADDER, inventory=Inventory((ACCOUNT,), listings=listings()))
    assert (account.verified, account.possible) == (None, None)
    assert "no AI" in account.no_level_because


@pytest.mark.parametrize(("provider", "kind"), [(p, kind) for p in Provider for kind in AI_KINDS[p]])
def test_only_a_kind_that_the_provider_does_not_have_need_not_be_listed(provider: Provider, kind: type[Any]) -> None:
    account = Account(provider, ACCOUNT.id)
    inventory = Inventory((account,), listings=listings(kind, account=account))
    (found,) = score(
        [replace(f, account=account) for f in TOP], inventory, frozenset(f.check for f in TOP), practices=LADDER
    )
    absent = (provider, kind) in KINDS_ABSENT
    assert found.verified is (None if absent else Level.OPTIMIZED)
    assert found.no_level_because == ("no AI resource was found" if absent else "")


@pytest.mark.parametrize(
    "inventory",
    [
        Inventory((ACCOUNT,)),
        Inventory((ACCOUNT,), listings=listings(Endpoint)),
        Inventory((ACCOUNT,), listings=listings(Model)),
        Inventory((ACCOUNT,), listings=listings(), gaps=(Gap(Endpoint, ACCOUNT, "us-east-1", "f", DENIED),)),
        Inventory((ACCOUNT,), listings=listings(), gaps=(Gap(Model, ACCOUNT, "us-east-1", "f", DENIED),)),
        Inventory((ACCOUNT,), (notebook("one"),), listings=listings()),
        Inventory((ACCOUNT,), listings=tuple(replace(x, account=Account(Provider.AWS, "other")) for x in listings())),
    ],
    ids=[
        "nothing listed",
        "a kind not listed",
        "models not listed",
        "a gap",
        "a gap in models",
        "a resource",
        "another account's listings",
    ],
)
def test_without_ai_means_that_every_listing_said_so(inventory: Inventory) -> None:
    assert scored(TOP, LADDER, inventory=inventory).verified is Level.OPTIMIZED


def test_every_account_is_scored_by_its_own_findings() -> None:
    other = Account(Provider.GCP, "project")
    low = [replace(f, account=other, status=FAIL) for f in TOP]
    inventory = Inventory((ACCOUNT, other), (notebook("a"), replace(notebook("b"), account=other)))
    first, second = score([*TOP, *low], inventory, frozenset(f.check for f in TOP), practices=LADDER)
    assert (first.account, first.verified) == (ACCOUNT, 4)
    assert (second.account, second.verified) == (other, 0)


# a user's own checks


@pytest.mark.parametrize(
    "ours",
    [many(passed=3), many(passed=9, failed=1), many(failed=1), many(unknown=1), many(na=1), [], "inherited"],
    ids=["met", "largely met", "not met", "not assessed", "not applicable", "not measured", "inherited"],
)
@pytest.mark.parametrize(
    "theirs",
    [
        many(passed=5, check="u"),
        many(failed=1, check="u"),
        many(unknown=1, check="u"),
        many(na=1, check="u"),
        "inherited",
    ],
    ids=["passing", "failing", "not assessed", "not applicable", "inherited"],
)
@pytest.mark.parametrize("its", [PLAIN, CRITICAL], ids=["plain", "critical"])
def test_a_check_of_the_users_can_only_lower(ours: Any, theirs: Any, its: Practice) -> None:
    ours = [finding(NA, subject=None, inherited=True)] if ours == "inherited" else ours
    theirs = [finding(NA, "u", subject=None, inherited=True)] if theirs == "inherited" else theirs
    bundled = frozenset({"c"})
    alone = score_practice(its, {"c": ours} if ours else {}, bundled)
    both = score_practice(its, {**({"c": ours} if ours else {}), "u": theirs}, bundled)
    assert both.low <= alone.low
    assert both.high <= alone.high
    assert not both.verified or alone.verified
    assert not alone.applicable or not both.possible or alone.possible
    if not alone.applicable and both.applicable:
        assert not both.verified, "it may block where nothing applied, and never fill a level"
    if all(f.status is PASS for f in theirs):
        assert both.state is alone.state


def test_where_nothing_applied_a_check_of_the_users_fills_no_level() -> None:
    its = (practice("P1"), practice("P2", level=2), *(practice(f"{x}", x, 1) for x in Layer if x is not Layer.IDENTITY))
    base = [f for p in its for f in many(int(p.id != "P2"), na=int(p.id == "P2"), check=f"c-{p.id}", its=p.id)]
    ours = frozenset(f.check for f in base)
    for theirs in (many(passed=1), many(unknown=1), many(failed=1), many(na=1)):
        account = scored([*base, *(replace(f, check="u", practice="P2") for f in theirs)], its, bundled=ours)
        assert (account.layers[0].verified, account.layers[0].possible) == (1, 1)


# for every set of findings

LAYERED = tuple(
    practice(f"{layer}-{level}-{number}", layer, level, critical=number == 1)
    for layer in (Layer.IDENTITY, Layer.DATA)
    for level in (1, 2, 3, 4)
    for number in (1, 2)
)
ONE_LAYER_ENOUGH = tuple(practice(f"{layer}-1", layer, 1) for layer in (Layer.NETWORK, Layer.APPLICATION))
"""The other two layers need something applicable, or the account stays at 0 and the properties say nothing."""
ALL = (*LAYERED, *ONE_LAYER_ENOUGH)

good = st.sampled_from([(1, 0, 0, 0), (12, 0, 0, 0), (18, 2, 0, 0), (19, 0, 1, 3)])
counts = st.one_of(
    good,
    st.tuples(st.integers(8, 20), st.integers(0, 2), st.integers(0, 2), st.integers(0, 2)),
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3), st.integers(0, 3)),
)


@st.composite
def runs(draw: st.DrawFn) -> list[Finding]:
    """Findings for most practices, from one or two checks each; some accounts are better than others."""
    findings: list[Finding] = []
    quality = draw(st.sampled_from([0, 3, 20, 60]))
    for its in ALL:
        for number in range(draw(st.sampled_from([1] * (quality + 4) + [0, 2]))):
            check = f"{its.id}-check{number}"
            how = draw(st.sampled_from(["good"] * quality + ["judged"] * 4 + ["inherited", "gap", "none"]))
            if how == "inherited":
                findings.append(finding(NA, check, its.id, None, inherited=True))
            elif how == "none":
                findings.append(finding(NA, check, its.id, None))
            else:
                found = many(*draw(good if how == "good" else counts), check, its.id)
                if how == "gap" or not found:
                    found.append(finding(UNKNOWN, check, its.id, None))
                findings.extend(found)
    return findings


def levels(findings: Sequence[Finding], bundled: frozenset[str]) -> dict[str, tuple[Level, Level]]:
    account = scored(findings, ALL, bundled=bundled)
    assert account.verified is not None
    assert account.possible is not None
    return {
        "account": (account.verified, account.possible),
        **{x.layer.value: (x.verified, x.possible) for x in account.layers},
    }


def ids(findings: Iterable[Finding]) -> frozenset[str]:
    return frozenset(f.check for f in findings)


@settings(max_examples=200, deadline=None)
@given(runs())
def test_verified_is_never_above_possible(findings: list[Finding]) -> None:
    account = scored(findings, ALL)
    for verified, possible in levels(findings, ids(findings)).values():
        assert verified <= possible
    for p in account.practices:
        assert ZERO <= p.low <= p.high <= 1
        assert not p.verified or p.possible


ZERO = Fraction(0)


@settings(max_examples=300, deadline=None)
@given(runs(), st.data())
def test_fixing_a_resource_never_lowers_a_level(findings: list[Finding], data: st.DataObject) -> None:
    failing = [n for n, f in enumerate(findings) if f.status is FAIL]
    if not failing:
        return
    chosen = set(data.draw(st.lists(st.sampled_from(failing), min_size=1, unique=True)))
    fixed = [replace(f, status=PASS) if n in chosen else f for n, f in enumerate(findings)]
    before, after = levels(findings, ids(findings)), levels(fixed, ids(findings))
    for name in before:
        assert after[name] >= before[name]


@settings(max_examples=300, deadline=None)
@given(runs(), st.data())
def test_losing_an_answer_never_raises_a_verified_level(findings: list[Finding], data: st.DataObject) -> None:
    known = [n for n, f in enumerate(findings) if f.status is not UNKNOWN]
    if not known:
        return
    chosen = set(data.draw(st.lists(st.sampled_from(known), min_size=1, unique=True)))
    lost = [
        replace(f, status=UNKNOWN, unknown=DENIED, inherited=False) if n in chosen else f
        for n, f in enumerate(findings)
    ]
    before, after = levels(findings, ids(findings)), levels(lost, ids(findings))
    for name in before:
        assert after[name][0] <= before[name][0]


@settings(max_examples=300, deadline=None)
@given(runs(), st.data())
def test_losing_a_listing_never_raises_a_verified_level(findings: list[Finding], data: st.DataObject) -> None:
    """All or some of the resources of a check are no longer seen, and a gap says so."""
    checks = sorted({f.check for f in findings if f.resource is not None})
    if not checks:
        return
    check = data.draw(st.sampled_from(checks))
    mine = [f for f in findings if f.check == check]
    kept = data.draw(st.lists(st.sampled_from(mine), unique_by=lambda f: f.fingerprint, max_size=len(mine)))
    rest = [f for f in findings if f.check != check]
    gap = finding(UNKNOWN, check, mine[0].practice, None)
    before, after = levels(findings, ids(findings)), levels([*rest, *kept, gap], ids(findings))
    for name in before:
        assert after[name][0] <= before[name][0]


@settings(max_examples=200, deadline=None)
@given(runs(), st.data())
def test_a_further_check_of_the_users_never_raises_a_level(findings: list[Finding], data: st.DataObject) -> None:
    its = data.draw(st.sampled_from(ALL))
    theirs = many(*data.draw(counts), check="theirs", its=its.id)
    before, after = levels(findings, ids(findings)), levels([*findings, *theirs], ids(findings))
    for name in before:
        assert after[name][0] <= before[name][0]
        assert after[name][1] <= before[name][1]


@settings(max_examples=100, deadline=None)
@given(runs(), st.randoms(use_true_random=False))
def test_the_order_of_findings_does_not_matter(findings: list[Finding], random: Any) -> None:
    turned = [*findings]
    random.shuffle(turned)
    assert scored(turned, ALL) == scored(findings, ALL)


def test_the_properties_see_every_level() -> None:
    """That the generator above reaches them all, verified and possible, so that the properties say something."""
    seen: set[tuple[int, int]] = set()

    @settings(max_examples=400, deadline=None, derandomize=True, database=None)
    @given(runs())
    def look(findings: list[Finding]) -> None:
        verified, possible = levels(findings, ids(findings))["identity"]
        seen.add((verified, possible))

    look()
    assert {verified for verified, _ in seen} == {possible for _, possible in seen} == set(Level)
    assert any(verified < possible for verified, possible in seen)


def test_what_was_not_listed_may_hold_any_number_of_passes() -> None:
    """One failure beside a gap may still be one of twenty; a critical practice stays blocked by it."""
    seen = Tally(failed=1, not_assessed=1, unlisted=1)
    assert seen.low == 0
    assert Fraction(9, 10) < seen.high < 1
    assert Tally(passed=3, not_assessed=1, unlisted=1).high == 1
