"""Lists held against second sources: what agrees, what differs, what was not available, and never a guess."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from auditor.collect import collect
from auditor.demo.aws_index import DELETED_ENDPOINT, DELETED_MODELS
from auditor.demo.gcp_index import UNREAD
from auditor.model.facts import Known, Reason, Unknown
from auditor.model.inventory import Gap, Inventory, Listing
from auditor.model.resources import Endpoint, Job, Model, Oversight, Resource, ResourceIndex, Storage
from auditor.model.scope import GLOBAL, Account, Provider
from auditor.model.second_sources import ASSET_INVENTORY, CONFIG, RESOURCE_MANAGER, SAGEMAKER_SEARCH, SecondSource
from auditor.permissions import missing_permissions
from auditor.plan import Step
from auditor.providers import registry
from auditor.providers.base import Reach
from auditor.reconcile import Reconciled, State, reconcile
from auditor.render.reconciliation import rows
from auditor.render.schema import schema
from auditor.run import replayed_connections
from auditor.wire import store
from auditor.wire.hop import Wire, declare, replay_source
from tests.conftest import Demo
from tests.faults.faults import FAULTS, Fault, failing

AWS, GCP = Account(Provider.AWS, "123456789012"), Account(Provider.GCP, "p")
HOME, AWAY = "us-east-1", "eu-west-1"
MODELS, ENDPOINTS = "AWS::SageMaker::Model", "AWS::SageMaker::Endpoint"
GOOGLE_ENDPOINTS = "aiplatform.googleapis.com/Endpoint"
DENIED = Unknown(Reason.DENIED, "config:Get", ("c9",), ("config:Get",))


def model(name: str, place: str = HOME) -> Model:
    return Model(id=f"arn:{name}", name=name, account=AWS, location=place, native_type=MODELS)


def endpoint(name: str, place: str = HOME, **more: Any) -> Endpoint:
    found: Any = {"account": AWS, "native_type": ENDPOINTS, **more}
    return Endpoint(id=name, name=name, location=place, **found)


def index(
    source: SecondSource,
    counts: Mapping[str, int] | Unknown,
    ids: Mapping[str, Mapping[str, str]] | None = None,
    place: str = HOME,
    left_out: tuple[str, ...] = (),
    account: Account = AWS,
) -> ResourceIndex:
    return ResourceIndex(
        id=f"{source.title} {place}",
        name=source.title,
        account=account,
        location=place,
        native_type=source.native_type,
        counts=counts if isinstance(counts, Unknown) else Known(counts, {}, ("c1",)),
        ids=Known(ids or {}),
        left_out=Known(left_out),
    )


def named(source: SecondSource, native_type: str, ids: Iterable[str], place: str = HOME) -> ResourceIndex:
    known = dict.fromkeys(ids, place)
    return index(source, {native_type: len(known)}, {native_type: known}, place)


def inventory(*resources: Resource, gaps: Iterable[Gap] = (), listings: Iterable[Listing] = ()) -> Inventory:
    """Of accounts in which everything was listed but endpoints of Google Cloud, which a test may list."""
    asked = (Listing(ResourceIndex, account, HOME, "x", ()) for account in (AWS, GCP))
    mine = (Listing(kind, AWS, GLOBAL, "x", ()) for kind in (Endpoint, Model, Storage))
    return Inventory((AWS, GCP), resources, (*asked, *mine, *listings), tuple(gaps))


def only(found: Inventory, native_type: str = MODELS) -> Reconciled:
    (row,) = [r for r in reconcile(found) if r.native_type == native_type]
    return row


# what agrees and what differs


def test_the_same_ids_agree() -> None:
    row = only(inventory(endpoint("a"), endpoint("b"), named(SAGEMAKER_SEARCH, ENDPOINTS, ["b", "a"])), ENDPOINTS)
    assert (row.state, row.counted, row.listed, row.note) == (State.AGREES, 2, 2, "")
    assert (row.source, row.kind, row.location, row.calls) == ("SageMaker Search", Endpoint, HOME, ("c1",))


def test_equal_numbers_of_other_resources_differ() -> None:
    row = only(inventory(endpoint("a"), named(SAGEMAKER_SEARCH, ENDPOINTS, ["b"])), ENDPOINTS)
    assert (row.state, row.counted, row.listed) == (State.DIFFERS, 1, 1)
    assert (row.only_there, row.only_here) == (("b",), ("a",))
    assert row.note == SAGEMAKER_SEARCH.lag


def test_another_name_of_a_resource_is_the_resource() -> None:
    found = inventory(endpoint("a", aliases=frozenset({"other"})), named(SAGEMAKER_SEARCH, ENDPOINTS, ["other"]))
    assert only(found, ENDPOINTS).state is State.AGREES


def test_numbers_alone_are_compared_and_said_to_be_numbers() -> None:
    row = only(inventory(model("a"), index(CONFIG, {MODELS: 1})))
    assert (row.state, row.counted, row.listed) == (State.AGREES, 1, 1)
    assert row.note == "By number: the second source gives no names."
    row = only(inventory(model("a"), index(CONFIG, {MODELS: 3})))
    assert (row.state, row.only_there, row.only_here) == (State.DIFFERS, (), ())
    assert f"--resource-type {MODELS} --region {HOME}" in row.note


def test_that_there_is_none_can_be_confirmed_and_contradicted() -> None:
    assert only(inventory(index(CONFIG, {MODELS: 0}))).state is State.AGREES
    assert only(inventory(index(CONFIG, {MODELS: 2}))).state is State.DIFFERS


def test_places_are_compared_one_by_one() -> None:
    found = inventory(model("a"), model("b", AWAY), index(CONFIG, {MODELS: 1}), index(CONFIG, {MODELS: 0}, place=AWAY))
    states = {r.location: r.state for r in reconcile(found) if r.native_type == MODELS}
    assert states == {HOME: State.AGREES, AWAY: State.DIFFERS}


def test_an_index_of_the_whole_account_is_held_against_all_places() -> None:
    mine: dict[str, Any] = {"account": GCP, "native_type": GOOGLE_ENDPOINTS}
    found = inventory(
        endpoint("a", "us-central1", **mine),
        endpoint("b", "us-east1", **mine),
        index(ASSET_INVENTORY, {GOOGLE_ENDPOINTS: 2}, {GOOGLE_ENDPOINTS: {"a": "x", "b": "y"}}, GLOBAL, (), GCP),
    )
    assert (only(found, GOOGLE_ENDPOINTS).state, only(found, GOOGLE_ENDPOINTS).location) == (State.AGREES, GLOBAL)


def test_what_the_run_did_not_read_is_said_to_be_that() -> None:
    known = {"a": "us-central1", "b": "asia-east1"}
    google = index(ASSET_INVENTORY, {GOOGLE_ENDPOINTS: 2}, {GOOGLE_ENDPOINTS: known}, GLOBAL, (), GCP)
    mine = endpoint("a", "us-central1", account=GCP, native_type=GOOGLE_ENDPOINTS)
    here = Listing(Endpoint, GCP, "us-central1", "x", ())
    row = only(inventory(mine, google, listings=[here]), GOOGLE_ENDPOINTS)
    assert (row.state, row.only_there) == (State.DIFFERS, ("b",))
    assert "1 lie where this run did not read: asia-east1" in row.note
    everywhere = replace(here, location=GLOBAL)
    assert "did not read" not in only(inventory(mine, google, listings=[everywhere]), GOOGLE_ENDPOINTS).note


@pytest.mark.parametrize(("place", "said"), [(HOME, True), (GLOBAL, True), (AWAY, False)])
def test_a_list_that_is_not_complete_is_said_beside_the_comparison(place: str, said: bool) -> None:
    gap = Gap(Model, AWS, place, "aws.models", Unknown(Reason.THROTTLED, "sagemaker:ListModels"))
    row = only(inventory(model("a"), index(CONFIG, {MODELS: 2}), gaps=[gap]))
    assert row.state is State.DIFFERS
    assert ("not complete: throttled until the retries ran out" in row.note) is said


# what was not available


def test_a_second_source_that_could_not_be_read_says_why_and_what_would_help() -> None:
    gap = Gap(ResourceIndex, AWS, HOME, CONFIG.collector, DENIED)
    row = only(inventory(model("a"), gaps=[gap]))
    assert (row.state, row.counted, row.listed) == (State.NOT_AVAILABLE, None, 1)
    assert (row.note, row.permissions, row.calls) == ("permission denied (config:Get).", ("config:Get",), ("c9",))


def test_a_second_source_that_is_off_says_so() -> None:
    off = Unknown(Reason.DISABLED, "AWS Config records nothing here")
    row = only(inventory(model("a"), index(CONFIG, off)))
    assert (row.state, row.counted) == (State.NOT_AVAILABLE, None)
    assert row.note == "the API or service is disabled (AWS Config records nothing here)."


def test_a_type_that_the_recorder_leaves_out_is_not_zero() -> None:
    row = only(inventory(model("a"), index(CONFIG, {}, left_out=(MODELS,))))
    assert (row.state, row.counted, row.note) == (State.NOT_AVAILABLE, None, "The recorder leaves this type out.")
    row = only(inventory(model("a"), index(CONFIG, {})))
    assert (row.state, row.note) == (State.NOT_AVAILABLE, "It says nothing about this type.")


def test_a_place_where_it_was_not_asked_says_so() -> None:
    bucket = Storage(id="b", name="b", account=AWS, location=AWAY, native_type="AWS::S3::Bucket")
    found = [r for r in reconcile(inventory(bucket, index(CONFIG, {}))) if r.native_type == "AWS::S3::Bucket"]
    assert [(r.location, r.state) for r in found] == [(AWAY, State.NOT_AVAILABLE)]
    assert "asked only where an AI resource was found" in found[0].note


def test_a_type_without_a_second_source_says_so() -> None:
    job = Job(id="j", name="j", account=AWS, location=HOME, native_type="AWS::SageMaker::TrainingJob")
    row = only(inventory(job, index(CONFIG, {})), "AWS::SageMaker::TrainingJob")
    assert (row.source, row.state, row.location) == ("", State.NOT_AVAILABLE, GLOBAL)
    assert row.note == f"AWS Config does not record this type ({CONFIG.url})."


def test_what_there_is_one_of_everywhere_is_no_list() -> None:
    oversight = Oversight(id="o", name="o", account=AWS, location=HOME, native_type="AWS::::Oversight")
    assert reconcile(inventory(oversight, index(CONFIG, {}))) == ()


def test_a_run_that_asked_no_second_source_says_nothing() -> None:
    assert reconcile(Inventory((AWS,), (model("a"),), (Listing(Model, AWS, HOME, "x", ()),))) == ()


names = st.sets(st.sampled_from("abcdef"))


@given(ours=names, theirs=names)
def test_it_agrees_exactly_when_both_have_the_same(ours: set[str], theirs: set[str]) -> None:
    found = inventory(*(endpoint(name) for name in sorted(ours)), named(SAGEMAKER_SEARCH, ENDPOINTS, theirs))
    row = only(found, ENDPOINTS)
    assert (row.state is State.AGREES) == (ours == theirs)
    assert (set(row.only_there), set(row.only_here)) == (theirs - ours, ours - theirs)
    assert (row.counted, row.listed) == (len(theirs), len(ours))


# the document


def test_rows_are_valid_and_in_order() -> None:
    of_rows = {"$defs": schema()["$defs"], "items": {"$ref": "#/$defs/reconciled"}}
    gap = Gap(ResourceIndex, AWS, AWAY, CONFIG.collector, DENIED)
    found = inventory(
        model("b", AWAY), model("a"), endpoint("e"), index(CONFIG, {MODELS: 2}),
        named(SAGEMAKER_SEARCH, ENDPOINTS, ["f"]), gaps=[gap],
    )  # fmt: skip
    written = rows(found)
    assert [e.message for e in Draft202012Validator(of_rows).iter_errors(written)] == []
    assert [(r["kind"], r["location"], r["state"]) for r in written] == [
        ("Endpoint", HOME, "differs"),
        ("Model", AWAY, "not_available"),
        ("Model", HOME, "differs"),
    ]
    for change in ({"state": "fine"}, {"counted": 0, "state": "not_available"}, {"counted": None, "state": "agrees"}):
        assert list(Draft202012Validator(of_rows).iter_errors([{**written[0], **change}]))


# the demo


def by_source(found: Iterable[Reconciled]) -> dict[str, list[Reconciled]]:
    groups: dict[str, list[Reconciled]] = {}
    for row in found:
        groups.setdefault(row.source, []).append(row)
    return groups


def test_the_demo_agrees_but_for_what_is_known_to_differ(demo: Demo) -> None:
    found = reconcile(demo.result.audit.inventory)
    groups = by_source(found)
    assert groups.keys() == {
        "", CONFIG.title, SAGEMAKER_SEARCH.title, RESOURCE_MANAGER.title, ASSET_INVENTORY.title,
        "the IAM account summary",
    }  # fmt: skip
    for source, its in groups.items():
        assert not source or State.AGREES in {r.state for r in its}, source
    differing = {(r.native_type, r.location): r for r in found if r.state is State.DIFFERS}
    assert differing.keys() == {(MODELS, HOME), (ENDPOINTS, AWAY), (GOOGLE_ENDPOINTS, GLOBAL)}
    assert differing[MODELS, HOME].counted == differing[MODELS, HOME].listed + DELETED_MODELS
    (deleted,) = differing[ENDPOINTS, AWAY].only_there
    assert deleted.endswith(f":endpoint/{DELETED_ENDPOINT}")
    (unread,) = differing[GOOGLE_ENDPOINTS, GLOBAL].only_there
    assert unread.rpartition("/")[2] == UNREAD.rpartition("/")[2]
    assert all(r.calls for r in found if r.state is not State.NOT_AVAILABLE)


def test_the_demo_shows_a_region_whose_recorder_leaves_most_types_out(demo: Demo) -> None:
    away = [r for r in reconcile(demo.result.audit.inventory) if (r.source, r.location) == (CONFIG.title, AWAY)]
    assert {r.native_type for r in away if r.state is State.AGREES} == {"AWS::S3::Bucket"}
    assert {r.note for r in away if r.state is State.NOT_AVAILABLE} == {"The recorder leaves this type out."}


ASKED = sorted({(c.provider, c.name, call.key) for c in registry.collectors() if c.kind is ResourceIndex
                for call in c.find_calls})  # fmt: skip


def with_fault(demo: Demo, provider: Provider, key: str, fault: Fault) -> tuple[Inventory, set[str]]:
    """The demo's inventory, with its second sources asked again while one call fails."""
    recording = store.load(demo.recording)
    mine = [c for c in registry.collectors([provider]) if c.kind is ResourceIndex]
    hits: list[str] = []
    source = failing(fault, key, False, replay_source(recording), hits)
    wire = Wire(declared=declare(call for c in mine for call in c.calls()), sources=(source,), offline=True)
    (connection,) = [c for c in replayed_connections(recording, wire) if c.provider is provider]
    ((account, session),) = connection.sessions.items()
    steps = [
        Step(account, place, replace(c, gate=frozenset()), ())
        for c in mine
        for place in ((GLOBAL,) if c.reach is Reach.ACCOUNT else session.locations)
    ]
    again = collect(steps, {account: session}, workers=2)
    assert again.defects == ()
    before = demo.result.audit.inventory
    kept = (r for r in before.resources if r.account == account and not isinstance(r, ResourceIndex))
    listings = (x for x in before.listings if x.kind is not ResourceIndex)
    asked = again.inventory
    return Inventory((account,), (*kept, *asked.resources), (*listings, *asked.listings), asked.gaps), set(hits)


SPOILING = [f for f in FAULTS if f.name in ("denied", "cut off", "HTML with status 200", "empty body")]


@pytest.mark.parametrize("fault", SPOILING, ids=lambda f: f.name)
@pytest.mark.parametrize(("provider", "collector", "key"), ASKED, ids=lambda x: str(x))
def test_a_fault_of_a_second_source_never_makes_anything_agree(
    demo: Demo, provider: Provider, collector: str, key: str, fault: Fault
) -> None:
    found, hits = with_fault(demo, provider, key, fault)
    if not hits:
        return  # the fault does not exist for these answers
    before = {
        (r.native_type, r.location): r for r in reconcile(demo.result.audit.inventory) if r.account.provider is provider
    }
    changed = 0
    for row in reconcile(found):
        was = before[row.native_type, row.location]
        if row.state is not was.state:
            changed += 1
            assert (row.state, row.counted) == (State.NOT_AVAILABLE, None), row
            assert row.note
            assert hits & set(row.calls)
    assert changed, "the second source was read all the same"


def test_a_missing_permission_is_among_those_that_an_audit_asks_for(demo: Demo) -> None:
    (denied,) = [f for f in FAULTS if f.reasons == {Reason.DENIED}]
    found, _ = with_fault(demo, Provider.GCP, "cloudasset:searchAllResources", denied)
    document = {"findings": [], "calls": [], "gaps": [{"provider": "gcp", "permissions": list(g.why.permissions)}
                for g in found.gaps]}  # fmt: skip
    assert missing_permissions(document, Provider.GCP) == ("cloudasset.assets.searchAllResources",)
