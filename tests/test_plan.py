"""The plan asks for what the checks need, and for nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from auditor.derive.base import Derived
from auditor.model.check import AnyCheck, Check, Examples, Inherited, NotBuilt, Pass, Remediation, Severity, Supported
from auditor.model.facts import Known
from auditor.model.resources import AI_KINDS, KINDS, Budget, Endpoint, Identity, Key, Kind, Model, Notebook, Storage
from auditor.model.scope import GLOBAL, Account, Provider
from auditor.plan import Step, calls_of, listed_kinds, make_plan, needs_of
from auditor.providers.base import AnyCollector, Collector, Detail, Reach
from auditor.wire.calls import Call

AWS, GCP = Provider.AWS, Provider.GCP
ONE, TWO, PROJECT = Account(AWS, "1"), Account(AWS, "2"), Account(GCP, "p")
SUPPORTED = Supported(Remediation("Do it.", "https://example.com"))


def check(kind: Kind, *needs: str, **providers: Any) -> AnyCheck:
    coverage = {p: providers.get(p.value, SUPPORTED) for p in Provider}
    return Check(
        id=f"{kind.kind()}_{'_'.join(needs)}",
        title="t",
        why="w",
        severity=Severity.LOW,
        resource=kind,
        needs=needs,
        practice="ID-1.1",
        evaluate=lambda r: Pass("x"),
        providers=coverage,
        examples=Examples(passes={}, fails={}),
    )


def rule(kind: Kind, fact: str, *inputs: tuple[Kind, str], kinds: tuple[Kind, ...] = (), on: Any = Provider) -> Derived:
    return Derived(
        kind=kind, fact=fact, providers=frozenset(on), inputs=inputs, kinds=kinds, compute=lambda w, r: Known(True)
    )


def call(name: str, provider: Provider = AWS) -> Call:
    return Call(provider=provider, service="fake", operation=f"List{name}", permissions=(f"fake:{name}",))


def collector(
    kind: Kind, details: Sequence[tuple[str, ...]] = (), provider: Provider = AWS, reach: Reach = Reach.LOCATION
) -> AnyCollector:
    return Collector(
        name=f"{provider}.{kind.kind()}",
        provider=provider,
        kind=kind,
        reach=reach,
        find_calls=(call(kind.kind(), provider),),
        find=lambda session, location: (),
        details=tuple(
            Detail(calls=(call(f"{kind.kind()}{'_'.join(facts)}", provider),), facts=facts, read=lambda s, r: {})
            for facts in details
        ),
    )


def plan(checks: Sequence[AnyCheck], collectors: Sequence[AnyCollector], *derived: Derived) -> tuple[Step, ...]:
    return make_plan(checks, collectors, derived, {ONE: ("us-east-1", "eu-west-1")})


# needs


def test_what_a_check_reads_is_needed() -> None:
    kinds, needs = needs_of([check(Storage, "public", "encrypted")], (), AWS)
    assert needs == {(Storage, "public"), (Storage, "encrypted")}
    assert kinds == {Storage}


@pytest.mark.parametrize("coverage", [NotBuilt(), Inherited("s", "u")])
def test_a_check_that_judges_nothing_on_a_cloud_needs_nothing_there(coverage: Any) -> None:
    assert needs_of([check(Storage, "public", gcp=coverage)], (), GCP) == (frozenset(), frozenset())
    assert needs_of([check(Storage, "public", gcp=coverage)], (), AWS)[1] == {(Storage, "public")}


def test_needs_are_closed_over_derived_facts() -> None:
    rules = (
        rule(Endpoint, "customer_key", (Endpoint, "encryption_key"), (Key, "customer_managed")),
        rule(Key, "customer_managed", (Key, "origin"), kinds=(Budget,)),
        rule(Identity, "runs_ai", (Notebook, "identity")),
    )
    kinds, needs = needs_of([check(Endpoint, "customer_key")], rules, AWS)
    assert needs == {
        (Endpoint, "customer_key"),
        (Endpoint, "encryption_key"),
        (Key, "customer_managed"),
        (Key, "origin"),
    }
    assert kinds == {Endpoint, Key, Budget}
    assert Identity not in kinds, "the inputs of a rule that nobody needs are not needed"


def test_a_circle_of_rules_ends() -> None:
    rules = (rule(Key, "enabled", (Key, "public")), rule(Key, "public", (Key, "enabled")))
    assert needs_of([check(Key, "public")], rules, AWS)[1] == {(Key, "public"), (Key, "enabled")}


def test_a_rule_of_another_cloud_is_not_followed() -> None:
    rules = (rule(Endpoint, "customer_key", (Key, "customer_managed"), on=[AWS]),)
    assert (Key, "customer_managed") in needs_of([check(Endpoint, "customer_key")], rules, AWS)[1]
    assert (Key, "customer_managed") not in needs_of([check(Endpoint, "customer_key")], rules, GCP)[1]


# steps


def test_only_the_details_are_read_that_somebody_needs() -> None:
    notebooks = collector(Notebook, [("root_access", "tags"), ("direct_internet",), ("platform_current",)])
    steps = plan([check(Notebook, "tags"), check(Notebook, "platform_current")], [notebooks])
    for step in steps:
        assert [d.facts for d in step.details] == [("root_access", "tags"), ("platform_current",)]
    assert [c.operation for c in calls_of(steps)] == [
        "ListNotebook",
        "ListNotebookplatform_current",
        "ListNotebookroot_access_tags",
    ]


def test_a_fact_of_the_same_name_of_another_kind_is_another_fact() -> None:
    models = collector(Model, [("customer_key",)])
    (step, *_) = plan([check(Storage, "customer_key")], [models])
    assert step.details == ()


def test_a_kind_that_nobody_needs_is_not_listed() -> None:
    steps = plan([check(Notebook, "tags")], [collector(Storage), collector(Budget), collector(Endpoint)])
    assert {s.collector.kind for s in steps} == {Endpoint}


def test_the_ai_kinds_are_always_listed_and_what_protects_them_in_a_complete_run() -> None:
    """Without the first no level can be claimed or denied; the second belong to the inventory."""
    everything = [collector(kind, [("tags",)]) for kind in KINDS]
    places = {ONE: ("us-east-1",)}
    filtered = make_plan([check(Storage, "public")], everything, (), places, filtered=True)
    complete = make_plan([check(Storage, "public")], everything, (), places)
    assert {s.collector.kind for s in filtered} == {Storage, *AI_KINDS[ONE.provider]}
    assert {s.collector.kind for s in complete} == {Storage, *listed_kinds(ONE.provider, filtered=False)}
    assert set(AI_KINDS[ONE.provider]) < set(listed_kinds(ONE.provider, filtered=False))
    assert all(s.details == () for s in (*filtered, *complete)), "listing is not reading"


def test_a_derived_need_lists_and_reads_what_it_is_derived_from() -> None:
    rules = (rule(Endpoint, "customer_key", (Key, "customer_managed"), kinds=(Storage,)),)
    keys = collector(Key, [("customer_managed",), ("rotation_days",)])
    steps = plan([check(Endpoint, "customer_key")], [keys, collector(Storage), collector(Budget)], *rules)
    assert {s.collector.kind for s in steps} == {Key, Storage}
    assert {d.facts for s in steps for d in s.details} == {("customer_managed",)}


def test_a_collector_runs_where_its_reach_says() -> None:
    here, once = collector(Notebook), collector(Endpoint, reach=Reach.ACCOUNT)
    places = {ONE: ("us-east-1", "eu-west-1"), TWO: ("ap-south-1",)}
    steps = make_plan([check(Notebook, "tags")], [here, once], (), places)
    asked = sorted((s.account.id, s.location, s.collector.kind.kind()) for s in steps)
    assert asked == [
        ("1", "eu-west-1", "Notebook"),
        ("1", GLOBAL, "Endpoint"),
        ("1", "us-east-1", "Notebook"),
        ("2", "ap-south-1", "Notebook"),
        ("2", GLOBAL, "Endpoint"),
    ]


def test_an_account_is_read_by_the_collectors_of_its_own_cloud() -> None:
    steps = make_plan(
        [check(Notebook, "tags")],
        [collector(Notebook), collector(Notebook, provider=GCP)],
        (),
        {ONE: ("us-east-1",), PROJECT: ("europe-west4",)},
    )
    assert {(s.account, s.collector.provider) for s in steps} == {(ONE, AWS), (PROJECT, GCP)}


def test_several_collectors_of_one_kind_all_run() -> None:
    from dataclasses import replace

    one = collector(Notebook)
    two = replace(one, name="aws.other")
    assert {s.collector.name for s in plan([check(Notebook, "tags")], [one, two])} == {one.name, two.name}


def test_collectors_may_come_as_a_generator() -> None:
    steps = make_plan([check(Notebook, "tags")], (c for c in [collector(Notebook)]), (), {ONE: ("a",), TWO: ("a",)})
    assert len(steps) == 2


def test_every_call_is_named_once() -> None:
    steps = plan([check(Notebook, "tags")], [collector(Notebook, [("tags",)])])
    calls = calls_of(steps)
    assert [c.key for c in calls] == sorted({c.key for c in calls})
    assert len(calls) == 2


def test_a_filtered_run_asks_what_its_gates_rest_on() -> None:
    """Otherwise a filtered run would look in other places than a complete one."""
    gated = replace(collector(Key, [("enabled",)]), gate=frozenset({"store"}))
    store = replace(collector(Storage, [("public",)]), service="store", name="store")
    other = replace(collector(Storage, [("public",)]), service="other", name="other")
    steps = make_plan([check(Key, "enabled")], [gated, store, other], (), {ONE: ("us-east-1",)}, filtered=True)
    assert {(s.collector.name, s.details) for s in steps} == {(gated.name, gated.details), ("store", ())}
