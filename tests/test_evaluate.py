"""Every check answers for every resource in every account, and what it may not read it does not see."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.evaluate import evaluate, judge
from auditor.model.check import (
    AnyCheck,
    Check,
    Examples,
    Fail,
    Inherited,
    NoCounterpart,
    NotApplicable,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)
from auditor.model.facts import NOT_COLLECTED, Fact, Known, Reason, Unknown
from auditor.model.finding import Status
from auditor.model.inventory import Gap, Inventory, Listing
from auditor.model.resources import Kind, Model, Notebook, Resource
from auditor.model.scope import GLOBAL, Account, Provider

SUPPORTED = Supported(Remediation("Do it.", "https://example.com"))
ACCOUNTS = tuple(sorted(Account(p, f"{p}-{n}") for p in Provider for n in (1, 2)))
LOCATIONS = (GLOBAL, "us-east-1", "eu-west-1")


def by_root_access(notebook: Notebook) -> Verdict:
    return Fail("root") if notebook.root_access.value else Pass("no root")


def check(check_id: str = "notebook_no_root", **changes: Any) -> AnyCheck:
    fields: dict[str, Any] = {
        "id": check_id,
        "title": "t",
        "why": "w",
        "severity": Severity.HIGH,
        "resource": Notebook,
        "needs": ("root_access",),
        "practice": "ID-1.1",
        "evaluate": by_root_access,
        "providers": dict.fromkeys(Provider, SUPPORTED),
        "examples": Examples(passes={}, fails={}),
    }
    return Check(**{**fields, **changes})


def resource(account: Account, location: str, name: str, kind: Kind = Notebook, **facts: Any) -> Any:
    return kind(
        id=f"{kind.kind()}/{account}/{name}",
        name=name,
        account=account,
        location=location,
        native_type="Fake",
        **facts,
    )


def listing(account: Account, location: str = GLOBAL, kind: Kind = Notebook, call: str = "list") -> Listing:
    return Listing(kind, account, location, "fake", (call,))


DENIED = Unknown(Reason.DENIED, "f:List", ("c",), ("f:List",))


def gap(account: Account, location: str = GLOBAL, why: Unknown = DENIED, collector: str = "fake") -> Gap:
    return Gap(Notebook, account, location, collector, why)


HERE = ACCOUNTS[0]

bools = st.sampled_from(
    [Known(True, {}, ("t",)), Known(False, {}, ("f",)), Unknown(Reason.DENIED, "x", ("d",)), NOT_COLLECTED]
)


@st.composite
def inventories(draw: st.DrawFn) -> Inventory:
    accounts = tuple(sorted(draw(st.sets(st.sampled_from(ACCOUNTS), min_size=1))))
    places = st.tuples(st.sampled_from(accounts), st.sampled_from(LOCATIONS), st.sampled_from([Notebook, Model]))
    resources = [
        resource(account, location, str(number), kind, **({"root_access": draw(bools)} if kind is Notebook else {}))
        for number, (account, location, kind) in enumerate(draw(st.lists(places, max_size=8)))
    ]
    listings = [
        Listing(kind, a, where, "fake", (f"l{n}",))
        for n, (a, where, kind) in enumerate(draw(st.lists(places, max_size=5)))
    ]
    gaps = [
        Gap(kind, a, where, f"fake.{n}", Unknown(Reason.THROTTLED, "f", (f"g{n}",)))
        for n, (a, where, kind) in enumerate(draw(st.lists(places, max_size=5)))
    ]
    return Inventory(accounts, tuple(resources), tuple(listings), tuple(gaps))


coverages = st.sampled_from(
    [
        SUPPORTED,
        SUPPORTED,
        Inherited("the provider does it", "https://example.com"),
        NoCounterpart("no such thing"),
        NotBuilt(),
    ]
)


@st.composite
def checks(draw: st.DrawFn) -> list[AnyCheck]:
    found = []
    for number in range(draw(st.integers(1, 4))):
        providers = {p: draw(coverages) for p in Provider}
        providers[draw(st.sampled_from(Provider))] = SUPPORTED
        kind = draw(st.sampled_from([Notebook, Model]))
        found.append(
            check(f"check_{number}", providers=providers)
            if kind is Notebook
            else check(
                f"check_{number}",
                providers=providers,
                resource=Model,
                needs=("customer_key",),
                evaluate=lambda m: Pass("x") if m.customer_key.value else Fail("y"),
            )
        )
    return found


@settings(max_examples=200, deadline=None)
@given(checks(), inventories())
def test_every_listed_resource_is_evaluated_exactly_once_wherever_it_lives(
    given: list[AnyCheck], inventory: Inventory
) -> None:
    findings = evaluate(given, inventory)
    judged = Counter((f.check, f.resource.id) for f in findings if f.resource is not None)
    expected = {
        (c.id, r.id)
        for c in given
        for r in inventory.resources
        if type(r) is c.resource and isinstance(c.providers[r.provider], Supported)
    }
    assert set(judged) == expected
    assert set(judged.values()) <= {1}
    for f in findings:
        if f.resource is not None:
            assert (f.account, f.location) == (f.resource.account, f.resource.location)


@settings(max_examples=200, deadline=None)
@given(checks(), inventories())
def test_every_check_answers_in_every_account(given: list[AnyCheck], inventory: Inventory) -> None:
    findings = evaluate(given, inventory)
    answered = {(f.check, f.account) for f in findings}
    assert answered == set(itertools.product((c.id for c in given), inventory.accounts))
    for f in findings:
        assert f.message
        assert (f.status is Status.NOT_ASSESSED) is (f.unknown is not None)


@settings(max_examples=200, deadline=None)
@given(checks(), inventories())
def test_no_two_findings_answer_the_same_question(given: list[AnyCheck], inventory: Inventory) -> None:
    prints = [f.fingerprint for f in evaluate(given, inventory)]
    assert len(set(prints)) == len(prints)


@settings(max_examples=200, deadline=None)
@given(checks(), inventories(), st.randoms())
def test_what_could_not_be_read_never_passes_and_is_never_not_applicable(
    given: list[AnyCheck], inventory: Inventory, random: Any
) -> None:
    for f in evaluate(given, inventory):
        c = next(c for c in given if c.id == f.check)
        if not isinstance(c.providers[f.account.provider], Supported):
            continue
        if f.resource is not None:
            (fact,) = (getattr(f.resource, need) for need in c.needs)
            assert (f.status is Status.NOT_ASSESSED) is isinstance(fact, Unknown)
            assert f.calls == fact.calls
        elif f.status is not Status.NOT_ASSESSED:
            assert inventory.listings_of(c.resource, f.account)
            assert not inventory.gaps_of(c.resource, f.account)
            assert f.calls, "that there is none is shown by the listing"


@settings(max_examples=50, deadline=None)
@given(checks(), inventories(), st.randoms(use_true_random=False))
def test_findings_do_not_depend_on_the_order_of_checks(
    given: list[AnyCheck], inventory: Inventory, random: Any
) -> None:
    turned = [*given]
    random.shuffle(turned)
    assert evaluate(given, inventory) == evaluate(turned, inventory)


# what is hidden


def test_a_fact_that_a_check_does_not_declare_is_hidden_from_it() -> None:
    seen: dict[str, Fact[Any]] = {}

    def curious(notebook: Notebook) -> Verdict:
        seen.update(notebook.facts())
        return Fail("x") if notebook.direct_internet.value else Pass("y")

    one = resource(HERE, GLOBAL, "one", root_access=Known(False), direct_internet=Known(False), tags=Known({}))
    (finding,) = evaluate([check(evaluate=curious)], Inventory((HERE,), (one,)))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.unknown == NOT_COLLECTED
    assert {name for name, fact in seen.items() if fact != NOT_COLLECTED} == {"root_access"}
    assert finding.resource is one, "the finding itself shows the resource as it was read"
    assert set(finding.facts) == {"root_access"}


def test_what_is_no_fact_stays_visible() -> None:
    def by_name(notebook: Notebook) -> Verdict:
        assert notebook.root_access.value is False
        return Pass(f"{notebook.name} {notebook.location} {notebook.id} {notebook.account} {notebook.native_type}")

    one = resource(HERE, "us-east-1", "one", root_access=Known(False))
    assert judge(check(evaluate=by_name), one) == Pass(f"one us-east-1 Notebook/{HERE}/one {HERE} Fake")


# each kind of answer


def statuses(c: AnyCheck, *parts: Any, accounts: tuple[Account, ...] = (HERE,)) -> list[Status]:
    kinds: dict[type, list[Any]] = {Listing: [], Gap: []}
    resources: list[Resource] = []
    for part in parts:
        (kinds.get(type(part)) if type(part) in kinds else resources).append(part)  # type: ignore[union-attr]
    inventory = Inventory(accounts, tuple(resources), tuple(kinds[Listing]), tuple(kinds[Gap]))
    return [f.status for f in evaluate([c], inventory)]


def test_the_verdicts() -> None:
    one = resource(HERE, GLOBAL, "1", root_access=Known(True))
    assert statuses(check(), one) == [Status.FAIL]
    assert statuses(check(), resource(HERE, GLOBAL, "1", root_access=Known(False))) == [Status.PASS]
    assert statuses(check(evaluate=lambda n: NotApplicable("no")), one) == [Status.NOT_APPLICABLE]
    assert statuses(check(), resource(HERE, GLOBAL, "1")) == [Status.NOT_ASSESSED]


def test_nothing_listed_is_not_applicable_only_after_a_complete_listing() -> None:
    assert statuses(check(), listing(HERE)) == [Status.NOT_APPLICABLE]
    assert statuses(check()) == [Status.NOT_ASSESSED]
    assert statuses(check(), listing(HERE, kind=Model)) == [Status.NOT_ASSESSED], "another kind's listing shows nothing"
    assert statuses(check(), listing(ACCOUNTS[1])) == [Status.NOT_ASSESSED], "nor does another account's"
    assert statuses(check(), listing(HERE), gap(HERE, "us-east-1")) == [Status.NOT_ASSESSED]


def test_a_gap_stands_beside_the_resources_that_were_seen() -> None:
    passing = resource(HERE, "us-east-1", "1", root_access=Known(False))
    found = statuses(check(), passing, listing(HERE, "us-east-1"), gap(HERE, "eu-west-1"))
    assert sorted(found) == [Status.NOT_ASSESSED, Status.PASS]


def test_a_gap_says_why_and_what_would_settle_it() -> None:
    other = Unknown(Reason.THROTTLED, "f:Other", ("c2",), ())
    inventory = Inventory(
        (HERE,), gaps=(gap(HERE, "us-east-1"), gap(HERE, "us-east-1", other, "fake.two"), gap(HERE, "eu-west-1"))
    )
    europe, america = evaluate([check()], inventory)
    assert (europe.location, america.location) == ("eu-west-1", "us-east-1")
    assert america.unknown == Unknown(Reason.DENIED, "f:List", ("c", "c2"), ("f:List",))
    assert america.calls == ("c", "c2")
    assert Reason.DENIED.label in america.message
    assert Reason.THROTTLED.label in america.message


def test_inherited_counts_apart_and_names_its_limits() -> None:
    inherited = Inherited("The provider does it.", "https://example.com", limits="Not in 1999.")
    c = check(providers={**dict.fromkeys(Provider, SUPPORTED), HERE.provider: inherited})
    one = resource(HERE, GLOBAL, "1", root_access=Known(True))
    (finding,) = evaluate([c], Inventory((HERE,), (one,)))
    assert (finding.status, finding.inherited, finding.resource) == (Status.NOT_APPLICABLE, True, None)
    assert "Not in 1999." in finding.message


def test_not_built_is_not_assessed_and_never_not_applicable() -> None:
    providers: dict[Provider, Any] = {**dict.fromkeys(Provider, SUPPORTED), HERE.provider: NotBuilt("no API tells")}
    (finding,) = evaluate([check(providers=providers)], Inventory((HERE,), listings=(listing(HERE),)))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.unknown == Unknown(Reason.NOT_BUILT, "no API tells")


def test_no_counterpart_is_not_applicable_and_not_inherited() -> None:
    providers: dict[Provider, Any] = {
        **dict.fromkeys(Provider, SUPPORTED),
        HERE.provider: NoCounterpart("no root user"),
    }
    (finding,) = evaluate([check(providers=providers)], Inventory((HERE,)))
    assert (finding.status, finding.message, finding.inherited) == (Status.NOT_APPLICABLE, "no root user", False)


# checks that are broken


def raising(notebook: Notebook) -> Verdict:
    raise KeyError("what the resource says is not shown")


@pytest.mark.parametrize("broken", [raising, lambda n: None, lambda n: True, lambda n: n.no_such_attribute])
def test_a_check_that_fails_itself_is_a_defect_and_the_others_go_on(broken: Callable[[Resource], Any]) -> None:
    one = resource(HERE, GLOBAL, "1", root_access=Known(False))
    bad, good = evaluate([check("bad", evaluate=broken), check("good")], Inventory((HERE,), (one,)))
    assert bad.status is Status.NOT_ASSESSED
    assert bad.unknown is not None
    assert bad.unknown.reason is Reason.DEFECT
    assert "not shown" not in bad.message
    assert good.status is Status.PASS


def test_a_check_that_asks_a_fact_for_its_truth_is_a_defect_and_never_a_verdict() -> None:
    one = resource(HERE, GLOBAL, "1", root_access=Known(False))
    verdict = judge(check(evaluate=lambda n: Pass("x") if n.root_access else Fail("y")), one)
    assert isinstance(verdict, Unknown)
    assert verdict.reason is Reason.DEFECT


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"needs": ()}, "can only pass"),
        ({"needs": ("no_such_fact",)}, "has no fact"),
        ({"providers": {Provider.AWS: SUPPORTED}}, "say what it does on"),
        ({"providers": dict.fromkeys(Provider, NotBuilt())}, "supported on no provider"),
        ({"examples": Examples(passes={"tags": {}}, fails={})}, "does not need"),
    ],
)
def test_a_check_that_contradicts_itself_does_not_load(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check(**changes)
