"""Derived facts: references followed, reverse joins, account-wide statements. All of it three-valued."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from auditor.derive import DERIVED, DeriveSettings, World, derive
from auditor.derive.base import Derived, exists, follow_key
from auditor.model.facts import NOT_COLLECTED, Fact, FactUnknown, Known, Reason, Unknown
from auditor.model.inventory import Gap, Inventory, Listing
from auditor.model.resources import (
    AI_KINDS,
    KINDS,
    KINDS_ABSENT,
    AccountSettings,
    AgentRuntime,
    AiService,
    AuditLog,
    Budget,
    Endpoint,
    Function,
    GenerativeDeployment,
    Identity,
    Job,
    Key,
    Kind,
    Network,
    Notebook,
    PrivateEndpoint,
    Ref,
    Resource,
    Storage,
    ThreatDetection,
    Workspace,
)
from auditor.model.scope import GLOBAL, Account, Provider

AWS = Account(Provider.AWS, "111111111111")
OTHER = Account(Provider.AWS, "222222222222")
AZURE = Account(Provider.AZURE, "sub")
GCP = Account(Provider.GCP, "project")
HERE, ELSEWHERE = "us-east-1", "eu-west-1"
DENIED = Unknown(Reason.DENIED, "iam:ListThings", ("c-denied",), ("iam:ListThings",))
YES, NO = Known(True, {"x": True}, ("c-yes",)), Known(False, {"x": False}, ("c-no",))


def make(kind: Kind, name: str, account: Account = AWS, location: str = HERE, **facts: Any) -> Any:
    native_type = facts.pop("native_type", "AWS::SageMaker::Thing")
    return kind(id=name, name=name, account=account, location=location, native_type=native_type, **facts)


def inventory(
    *resources: Resource,
    accounts: Iterable[Account] = (AWS,),
    listed: Iterable[Kind] = KINDS,
    gaps: Iterable[tuple[Kind, str]] = (),
) -> Inventory:
    """Resources of kinds that were listed to the end, except where there is a gap."""
    accounts = tuple(accounts)
    return Inventory(
        accounts,
        resources,
        tuple(Listing(kind, a, GLOBAL, "test", (f"list-{kind.kind()}",)) for a in accounts for kind in listed),
        tuple(Gap(kind, a, where, "test", DENIED) for a in accounts for kind, where in gaps),
    )


def derived(subject: Resource, fact: str, given: Inventory, settings: DeriveSettings | None = None) -> Fact[Any]:
    """One fact of one resource after all rules have run."""
    after = derive(given, DERIVED, settings or DeriveSettings())
    found = next(r for r in after.of(type(subject), subject.account) if r.id == subject.id)
    return getattr(found, fact)


def value(fact: Fact[Any]) -> Any:
    assert isinstance(fact, Known), fact
    return fact.value


def reason(fact: Fact[Any]) -> Reason:
    assert isinstance(fact, Unknown), fact
    return fact.reason


# --- references ---------------------------------------------------------------------------------------------------


def key_ref(name: str = "key", account: str = AWS.id) -> Ref:
    return Ref("Key", Provider.AWS, account, name)


@pytest.mark.parametrize("managed", [True, False])
def test_follow_key_gives_the_targets_fact_with_both_sets_of_calls(managed: bool) -> None:
    key = make(Key, "key", customer_managed=Known(managed, {"KeyManager": "X"}, ("describe-key",)))
    ref = Known(key_ref(), {"KmsKeyId": "key"}, ("get-bucket",))
    fact = follow_key(World(inventory(key), DeriveSettings()), ref)
    assert value(fact) is managed
    assert fact.calls == ("describe-key", "get-bucket")
    assert isinstance(fact, Known)
    assert fact.native == {"KmsKeyId": "key", "KeyManager": "X"}


def test_no_key_is_the_providers_key() -> None:
    fact = follow_key(World(inventory(), DeriveSettings()), Known(None, {"KmsKeyId": None}, ("get",)))
    assert value(fact) is False
    assert fact.calls == ("get",)


def test_an_unknown_reference_stays_unknown() -> None:
    assert follow_key(World(inventory(), DeriveSettings()), DENIED) is DENIED


def test_a_targets_unknown_fact_stays_unknown_and_cites_the_reference() -> None:
    key = make(Key, "key", customer_managed=DENIED)
    fact = follow_key(World(inventory(key), DeriveSettings()), Known(key_ref(), {}, ("get",)))
    assert reason(fact) is Reason.DENIED
    assert fact.calls == ("c-denied", "get")
    assert isinstance(fact, Unknown)
    assert fact.permissions == ("iam:ListThings",)


def test_a_reference_may_use_an_alias() -> None:
    key = replace(make(Key, "arn:key", customer_managed=YES), aliases=frozenset({"alias/mine"}))
    assert value(follow_key(World(inventory(key), DeriveSettings()), Known(key_ref("alias/mine")))) is True


def test_a_target_of_another_provider_is_not_taken_for_it() -> None:
    twin = make(Key, "key", GCP, customer_managed=YES)
    world = World(inventory(twin, accounts=(AWS, GCP)), DeriveSettings())
    assert reason(follow_key(world, Known(key_ref()))) is Reason.ABSENT


def test_target_missing_from_a_complete_listing_is_absent() -> None:
    fact = follow_key(World(inventory(), DeriveSettings()), Known(key_ref("gone"), {}, ("get",)))
    assert reason(fact) is Reason.ABSENT
    assert fact.calls == ("get", "list-Key")
    assert "gone" in str(fact)


def test_target_in_a_gap_takes_the_reason_of_the_gap() -> None:
    fact = follow_key(World(inventory(gaps=[(Key, HERE)]), DeriveSettings()), Known(key_ref()))
    assert reason(fact) is Reason.DENIED
    assert isinstance(fact, Unknown)
    assert fact.permissions == ("iam:ListThings",)


def test_target_in_an_account_that_was_not_read_is_out_of_scope() -> None:
    world = World(inventory(), DeriveSettings())
    assert reason(follow_key(world, Known(key_ref(account=OTHER.id)))) is Reason.OUT_OF_SCOPE


def test_target_of_a_kind_nobody_listed_is_not_collected() -> None:
    assert reason(follow_key(World(inventory(listed=()), DeriveSettings()), Known(key_ref()))) is Reason.NOT_COLLECTED


def test_customer_key_is_derived_on_aws_only() -> None:
    bucket = make(Storage, "b", encryption_key=Known(None))
    elsewhere = make(Storage, "b", GCP, encryption_key=Known(None))
    given = inventory(bucket, elsewhere, accounts=(AWS, GCP))
    assert value(derived(bucket, "customer_key", given)) is False
    assert derived(elsewhere, "customer_key", given) is NOT_COLLECTED


# --- existence in a population ------------------------------------------------------------------------------------

OPEN = inventory(gaps=[(Budget, HERE)])
CLOSED = inventory()


@pytest.mark.parametrize(
    ("given", "facts", "expected"),
    [
        pytest.param(CLOSED, [], False, id="none, listed completely"),
        pytest.param(CLOSED, [NO], False, id="all known not to"),
        pytest.param(CLOSED, [NO, YES], True, id="one does"),
        pytest.param(CLOSED, [DENIED, YES], True, id="one does, another unknown"),
        pytest.param(CLOSED, [NO, DENIED], Reason.DENIED, id="none does, one unknown"),
        pytest.param(OPEN, [], Reason.DENIED, id="none seen, listing incomplete"),
        pytest.param(OPEN, [NO], Reason.DENIED, id="none of those seen, listing incomplete"),
        pytest.param(OPEN, [YES], True, id="one does, listing incomplete"),
        pytest.param(inventory(listed=()), [], Reason.NOT_COLLECTED, id="never listed"),
    ],
)
def test_exists(given: Inventory, facts: list[Fact[bool]], expected: bool | Reason) -> None:
    population = World(given, DeriveSettings()).population(Budget, AWS)
    answer = exists(population, facts)
    assert (answer.reason if isinstance(answer, Unknown) else answer.value) == expected
    if isinstance(answer, Known):
        assert set(population.calls) <= set(answer.calls)


def test_a_population_of_a_place_takes_its_own_and_the_global_gaps() -> None:
    given = inventory(make(Budget, "b"), make(Budget, "far", location=ELSEWHERE), gaps=[(Budget, ELSEWHERE)])
    world = World(given, DeriveSettings())
    assert [r.id for r in world.population(Budget, AWS, HERE).resources] == ["b"]
    assert world.population(Budget, AWS, HERE).open == ()
    assert world.population(Budget, AWS, ELSEWHERE).open == (DENIED,)
    assert len(world.population(Budget, AWS).resources) == 2
    everywhere = World(inventory(gaps=[(Budget, GLOBAL)]), DeriveSettings())
    assert everywhere.population(Budget, AWS, HERE).open == (DENIED,)


# --- tags ---------------------------------------------------------------------------------------------------------


def endpoint(tags: Fact[Any]) -> Endpoint:
    found = make(Endpoint, "e", tags=tags)
    assert isinstance(found, Endpoint)
    return found


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        pytest.param({}, "production", id="untagged"),
        pytest.param({"owner": "dev"}, "production", id="another tag"),
        pytest.param({"Environment": "dev"}, "dev", id="non-production"),
        pytest.param({"ENV": " Staging "}, "staging", id="case and blanks do not matter"),
        pytest.param({"environment": "prod"}, "production", id="a spelling of production"),
        pytest.param({"environment": "live"}, "production", id="a name the settings do not know"),
        pytest.param({"environment": "devops"}, "production", id="only the whole name counts"),
        pytest.param({"environment": ""}, "production", id="an empty value says nothing"),
        pytest.param({"environment": "  "}, "production", id="a blank value says nothing"),
        pytest.param({"environment": "", "stage": "test"}, "test", id="an empty value hides no other"),
        pytest.param({"env": "dev", "stage": "prod"}, "production", id="two tags disagree"),
        pytest.param({"env": "dev", "stage": "test"}, "dev", id="two tags, neither production"),
    ],
)
def test_environment(tags: dict[str, str], expected: str) -> None:
    subject = endpoint(Known(tags, {"Tags": tags}, ("list-tags",)))
    fact = derived(subject, "environment", inventory(subject))
    assert value(fact) == expected
    assert fact.calls == ("list-tags",)


def test_environment_names_come_from_the_settings() -> None:
    settings = DeriveSettings(environment_tags=("Landing Zone",), non_production=("Playground",))
    for tags, expected in (
        ({"landing-zone": "PLAYGROUND"}, "playground"),
        ({"landing-zone": "dev"}, "production"),
        ({"environment": "playground"}, "production"),
    ):
        subject = endpoint(Known(tags))
        assert value(derived(subject, "environment", inventory(subject), settings)) == expected


def test_unread_tags_are_no_environment_and_no_missing_tags() -> None:
    subject = endpoint(DENIED)
    assert derived(subject, "environment", inventory(subject)) == DENIED
    assert derived(subject, "missing_tags", inventory(subject)) == DENIED


@pytest.mark.parametrize(
    ("tags", "missing"),
    [
        ({}, ("owner", "environment", "data classification")),
        ({"Team": "ml", "Stage": "dev", "Data-Classification": "internal"}, ()),
        ({"owner": "", "env": "dev"}, ("owner", "data classification")),
    ],
)
def test_missing_tags(tags: dict[str, str], missing: tuple[str, ...]) -> None:
    subject = endpoint(Known(tags))
    assert value(derived(subject, "missing_tags", inventory(subject))) == missing


# --- private endpoints --------------------------------------------------------------------------------------------

SAGEMAKER, BEDROCK = "AWS::SageMaker::Endpoint", "AWS::Bedrock::ProvisionedModelThroughput"


def way(name: str = "vpce", services: Any = ("sagemaker.runtime",), available: Fact[bool] = YES, **more: Any) -> Any:
    known = services if isinstance(services, Unknown) else Known(frozenset(services))
    return make(PrivateEndpoint, name, services=known, available=available, **more)


@pytest.mark.parametrize(
    ("native_type", "ways", "gaps", "expected"),
    [
        pytest.param(SAGEMAKER, [way()], [], True, id="there is one"),
        pytest.param(SAGEMAKER, [], [], False, id="there is none"),
        pytest.param(SAGEMAKER, [way(services=("s3", "sagemaker.api"))], [], False, id="for other services"),
        pytest.param(SAGEMAKER, [way(available=NO)], [], False, id="not available"),
        pytest.param(SAGEMAKER, [way(location=ELSEWHERE)], [], False, id="in another region"),
        pytest.param(SAGEMAKER, [], [HERE], Reason.DENIED, id="none seen, not all listed"),
        pytest.param(SAGEMAKER, [way()], [HERE], True, id="one seen, not all listed"),
        pytest.param(SAGEMAKER, [], [ELSEWHERE], False, id="a gap in another region hides none here"),
        pytest.param(SAGEMAKER, [way(services=DENIED)], [], Reason.DENIED, id="its services are unknown"),
        pytest.param(SAGEMAKER, [way(services=DENIED, available=NO)], [], False, id="unknown services, but down"),
        pytest.param(SAGEMAKER, [way("a", services=DENIED), way("b")], [], True, id="one unknown, one there"),
        pytest.param(BEDROCK, [way()], [], False, id="Bedrock wants its own API"),
        pytest.param(BEDROCK, [way(services=("bedrock-runtime",))], [], True, id="Bedrock has its own API"),
    ],
)
def test_aws_private_endpoint(native_type: str, ways: list[Any], gaps: list[str], expected: bool | Reason) -> None:
    service = make(AiService, "s", native_type=native_type)
    subject = make(Endpoint, "e", native_type=native_type, in_customer_network=YES)
    given = inventory(service, subject, *ways, gaps=[(PrivateEndpoint, where) for where in gaps])
    for fact in (derived(service, "private_endpoint", given), derived(subject, "private_access", given)):
        assert (fact.reason if isinstance(fact, Unknown) else fact.value) == expected


def test_aws_private_access_needs_the_model_in_a_customer_network() -> None:
    outside = make(Endpoint, "e", runs_customer_code=YES, in_customer_network=NO)
    assert value(derived(outside, "private_access", inventory(outside, way()))) is False
    assert value(derived(outside, "private_access", inventory(outside, gaps=[(PrivateEndpoint, HERE)]))) is False
    unread = make(Endpoint, "e", runs_customer_code=YES, in_customer_network=DENIED)
    assert reason(derived(unread, "private_access", inventory(unread, way()))) is Reason.DENIED
    assert value(derived(unread, "private_access", inventory(unread))) is False
    provider_run = make(Endpoint, "e", runs_customer_code=NO, in_customer_network=NO)
    assert value(derived(provider_run, "private_access", inventory(provider_run, way()))) is True


@pytest.mark.parametrize(
    ("resources", "gaps", "expected"),
    [
        pytest.param([], [], False, id="neither"),
        pytest.param([make(PrivateEndpoint, "p", GCP, available=YES)], [], True, id="an endpoint"),
        pytest.param([make(Network, "n", GCP, private_api_access=YES)], [], True, id="private access"),
        pytest.param([make(Network, "n", GCP, private_api_access=NO)], [], False, id="a network without"),
        pytest.param(
            [make(Network, "n", GCP, private_api_access=NO)], [PrivateEndpoint], Reason.DENIED, id="one unread"
        ),
        pytest.param(
            [make(Network, "n", GCP, private_api_access=YES)], [PrivateEndpoint], True, id="the other decides"
        ),
    ],
)
def test_gcp_private_endpoint(resources: list[Any], gaps: list[Kind], expected: bool | Reason) -> None:
    service = make(AiService, "s", GCP, native_type="aiplatform.googleapis.com/Project")
    given = inventory(service, *resources, accounts=(GCP,), gaps=[(kind, GLOBAL) for kind in gaps])
    fact = derived(service, "private_endpoint", given)
    assert (fact.reason if isinstance(fact, Unknown) else fact.value) == expected


def test_azure_private_endpoint_is_read_not_derived() -> None:
    service = make(AiService, "s", AZURE, private_endpoint=YES)
    assert derived(service, "private_endpoint", inventory(service, accounts=(AZURE,))) is YES


# --- what is in use -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("called", "resources", "gaps", "expected"),
    [
        pytest.param(YES, [], [], True, id="called"),
        pytest.param(NO, [], [], False, id="not called, nothing there"),
        pytest.param(DENIED, [], [], Reason.DENIED, id="unread calls"),
        pytest.param(DENIED, [make(Notebook, "n")], [], True, id="unread calls, but something is there"),
        pytest.param(NO, [make(Notebook, "n", location=ELSEWHERE)], [], False, id="there is something elsewhere"),
        pytest.param(NO, [make(Endpoint, "b", native_type=BEDROCK)], [], False, id="of another service"),
        pytest.param(NO, [], [(Endpoint, HERE)], Reason.DENIED, id="nothing seen, not all listed"),
        pytest.param(NO, [], [(Endpoint, ELSEWHERE)], False, id="a gap elsewhere"),
        pytest.param(YES, [], [(Endpoint, HERE)], True, id="called, not all listed"),
    ],
)
def test_aws_in_use(called: Fact[bool], resources: list[Any], gaps: list[Any], expected: bool | Reason) -> None:
    service = make(AiService, "s", native_type="AWS::SageMaker::Service", called=called)
    fact = derived(service, "in_use", inventory(service, *resources, gaps=gaps))
    assert (fact.reason if isinstance(fact, Unknown) else fact.value) == expected


@pytest.mark.parametrize("kind", AI_KINDS[Provider.AWS], ids=lambda kind: kind.kind())
def test_every_ai_kind_counts_as_ai_present(kind: Kind) -> None:
    detection = make(ThreatDetection, "t")
    assert value(derived(detection, "ai_present", inventory(detection, make(kind, "x")))) is True
    assert value(derived(detection, "ai_present", inventory(detection, make(kind, "x", location=ELSEWHERE)))) is False
    assert reason(derived(detection, "ai_present", inventory(detection, gaps=[(kind, HERE)]))) is Reason.DENIED


@pytest.mark.parametrize(
    ("account", "kind"), [(account, kind) for account in (AWS, AZURE, GCP) for kind in AI_KINDS[account.provider]]
)
def test_a_kind_that_nothing_listed_leaves_ai_open_unless_the_provider_does_not_have_it(
    account: Account, kind: Kind
) -> None:
    detection = make(ThreatDetection, "t", account, location=GLOBAL)
    others = [k for k in KINDS if k is not kind]
    fact = derived(detection, "ai_present", inventory(detection, accounts=(account,), listed=others))
    if (account.provider, kind) in KINDS_ABSENT:
        assert value(fact) is False
        assert set(fact.calls) == {f"list-{k.kind()}" for k in AI_KINDS[account.provider] if k is not kind}
    else:
        assert reason(fact) is Reason.NOT_COLLECTED
    gap = inventory(detection, accounts=(account,), listed=others, gaps=[(kind, GLOBAL)])
    assert reason(derived(detection, "ai_present", gap)) is Reason.DENIED


def test_a_global_detection_watches_every_place() -> None:
    detection = make(ThreatDetection, "t", AZURE, location=GLOBAL)
    given = inventory(detection, make(Endpoint, "x", AZURE, location="westeurope"), accounts=(AZURE,))
    assert value(derived(detection, "ai_present", given)) is True


# --- who runs what: reverse joins ---------------------------------------------------------------------------------


def runs(kind: Kind, *ids: str, account: Account = AWS) -> Any:
    refs = tuple(Ref("Identity", account.provider, account.id, name) for name in ids)
    return make(kind, f"{kind.kind()}-{'-'.join(ids)}", account, identity=Known(refs, {}, (f"get-{kind.kind()}",)))


def function(role: str, fronts_ai: Fact[bool]) -> Any:
    return replace(runs(Function, role), fronts_ai=fronts_ai)


def job(role: str, work: str = "training") -> Any:
    return replace(runs(Job, role), id=f"job-{work}", work=Known(work))


WORKLOADS = (Endpoint, Notebook, GenerativeDeployment, AiService, Job, Workspace, AgentRuntime)


@pytest.mark.parametrize("kind", WORKLOADS, ids=lambda kind: kind.kind())
def test_an_identity_that_a_workload_uses_runs_ai(kind: Kind) -> None:
    role = make(Identity, "role", trusted_by_ai_service=NO)
    fact = derived(role, "runs_ai", inventory(role, runs(kind, "role")))
    assert value(fact) is True
    assert fact.calls == (f"get-{kind.kind()}",)


@pytest.mark.parametrize(
    ("trusted", "workloads", "gaps", "expected"),
    [
        pytest.param(NO, [], [], False, id="nothing points at it"),
        pytest.param(NO, [runs(Notebook, "another")], [], False, id="a workload with another identity"),
        pytest.param(YES, [], [], True, id="an AI service may"),
        pytest.param(DENIED, [], [], Reason.DENIED, id="unread trust"),
        pytest.param(DENIED, [runs(Notebook, "role")], [], True, id="unread trust, but seen"),
        pytest.param(
            NO, [make(Notebook, "n", identity=DENIED)], [], Reason.DENIED, id="a workload whose identity is unread"
        ),
        pytest.param(NO, [], [(Notebook, ELSEWHERE)], Reason.DENIED, id="workloads not all listed"),
        pytest.param(NO, [runs(Endpoint, "role")], [(Notebook, ELSEWHERE)], True, id="one seen, not all listed"),
        pytest.param(NO, [function("role", YES)], [], True, id="a function that calls models"),
        pytest.param(NO, [function("role", NO)], [], False, id="a function that has nothing to do with models"),
        pytest.param(NO, [function("role", DENIED)], [], Reason.DENIED, id="a function that may call models"),
    ],
)
def test_runs_ai(trusted: Fact[bool], workloads: list[Any], gaps: list[Any], expected: bool | Reason) -> None:
    role = make(Identity, "role", location=GLOBAL, trusted_by_ai_service=trusted)
    fact = derived(role, "runs_ai", inventory(role, *workloads, gaps=gaps))
    assert (fact.reason if isinstance(fact, Unknown) else fact.value) == expected


def test_runs_ai_follows_aliases_and_needs_no_trust_off_aws() -> None:
    account = replace(make(Identity, "id", GCP), aliases=frozenset({"sa@project"}))
    assert value(
        derived(account, "runs_ai", inventory(account, runs(Notebook, "sa@project", account=GCP), accounts=(GCP,)))
    )
    assert value(derived(account, "runs_ai", inventory(account, accounts=(GCP,)))) is False


@pytest.mark.parametrize(
    ("workloads", "gaps", "expected"),
    [
        pytest.param([], [], False, id="no class"),
        pytest.param([runs(Notebook, "role")], [], False, id="one class"),
        pytest.param([runs(Notebook, "role"), runs(Notebook, "role", "x")], [], False, id="twice the same class"),
        pytest.param([runs(Notebook, "role"), runs(Workspace, "role")], [], False, id="two kinds of one class"),
        pytest.param([runs(Notebook, "role"), runs(Endpoint, "role")], [], True, id="two classes"),
        pytest.param([job("role"), runs(Function, "role")], [], True, id="two classes of this cloud alone"),
        pytest.param([job("role"), runs(Endpoint, "role")], [], True, id="training and serving"),
        pytest.param([job("role", "shadow test"), runs(Endpoint, "role")], [], False, id="two ways of serving"),
        pytest.param([job("role", "shadow test"), job("role")], [], True, id="serving jobs and training jobs"),
        pytest.param(
            [runs(Notebook, "role"), runs(Endpoint, "role")], [(AiService, HERE)], True, id="two seen, one unread"
        ),
        pytest.param([runs(Notebook, "role")], [(Endpoint, HERE)], Reason.DENIED, id="one seen, one unread"),
        pytest.param([], [(Endpoint, HERE)], Reason.DENIED, id="none seen, one unread"),
        pytest.param(
            [runs(Notebook, "role")], [(Notebook, HERE)], False, id="the unread can only be of the class seen"
        ),
    ],
)
def test_shared_across_classes(workloads: list[Any], gaps: list[Any], expected: bool | Reason) -> None:
    role = make(Identity, "role")
    fact = derived(role, "shared_across_classes", inventory(role, *workloads, gaps=gaps))
    assert (fact.reason if isinstance(fact, Unknown) else fact.value) == expected


# --- account-wide statements --------------------------------------------------------------------------------------


def log(name: str = "trail", active: Fact[bool] = YES, complete: Fact[bool] = YES, **facts: Any) -> Any:
    return make(AuditLog, name, active=active, complete=complete, **facts)


@pytest.mark.parametrize(
    ("logs", "gaps", "expected"),
    [
        pytest.param([], [], False, id="no log"),
        pytest.param([log()], [], True, id="one active and complete"),
        pytest.param([log("a", active=NO), log("b", complete=NO)], [], False, id="two halves make no whole"),
        pytest.param([log(active=DENIED)], [], Reason.DENIED, id="unread state"),
        pytest.param([log(active=DENIED, complete=NO)], [], False, id="unread state of an incomplete log"),
        pytest.param([], [HERE], Reason.DENIED, id="not all listed"),
        pytest.param([log()], [HERE], True, id="one seen, not all listed"),
    ],
)
def test_control_plane_audit(logs: list[Any], gaps: list[str], expected: bool | Reason) -> None:
    settings = make(AccountSettings, "account", location=GLOBAL)
    given = inventory(settings, *logs, gaps=[(AuditLog, where) for where in gaps])
    fact = derived(settings, "control_plane_audit", given)
    assert (fact.reason if isinstance(fact, Unknown) else fact.value) == expected


@pytest.mark.parametrize("quality", ["integrity", "immutable"])
def test_an_audit_quality_must_belong_to_the_complete_log(quality: str) -> None:
    settings = make(AccountSettings, "account", location=GLOBAL)

    def answer(*logs: Any) -> Fact[Any]:
        return derived(settings, f"audit_{quality}", inventory(settings, *logs))

    assert value(answer(log(**{quality: YES}))) is True
    assert value(answer(log("a", **{quality: NO}), log("b", complete=NO, **{quality: YES}))) is False
    assert reason(answer(log(**{quality: DENIED}))) is Reason.DENIED


@pytest.mark.parametrize(
    ("trail", "expected"),
    [
        pytest.param({"location": HERE, "everywhere": NO}, True, id="a trail of the region"),
        pytest.param({"location": ELSEWHERE, "everywhere": YES}, True, id="a trail of all regions"),
        pytest.param({"location": ELSEWHERE, "everywhere": NO}, False, id="a trail of another region"),
        pytest.param({"location": ELSEWHERE, "everywhere": DENIED}, Reason.DENIED, id="unread reach"),
        pytest.param(
            {"location": HERE, "data_events": Known(frozenset({"AWS::S3::Object"}))}, False, id="other events"
        ),
        pytest.param({"location": HERE, "active": NO}, False, id="stopped"),
    ],
)
def test_aws_data_plane_audit(trail: dict[str, Any], expected: bool | Reason) -> None:
    service = make(AiService, "s", native_type="AWS::Bedrock::Service")
    trail = {"active": YES, "data_events": Known(frozenset({"AWS::Bedrock::Model"})), **trail}
    fact = derived(service, "data_plane_audit", inventory(service, make(AuditLog, "trail", **trail)))
    assert (fact.reason if isinstance(fact, Unknown) else fact.value) == expected


def test_budget_alert_takes_any_budget_of_the_account() -> None:
    settings = make(AccountSettings, "account", location=GLOBAL)
    other = make(Budget, "b", OTHER, alerts=YES)
    assert value(derived(settings, "budget_alert", inventory(settings, other, accounts=(AWS, OTHER)))) is False
    mine = make(Budget, "m", location=GLOBAL, alerts=YES)
    assert value(derived(settings, "budget_alert", inventory(settings, mine))) is True


# --- the machinery ------------------------------------------------------------------------------------------------


def test_a_rule_that_reads_an_unknown_gives_that_unknown() -> None:
    rule = Derived(
        kind=Storage,
        fact="public",
        providers=frozenset(Provider),
        compute=lambda world, storage: Known(not storage.encrypted.value),
    )
    after = derive(inventory(make(Storage, "b", encrypted=DENIED)), [rule], DeriveSettings())
    assert after.resources[0].facts()["public"] is DENIED


def test_a_rule_sees_what_earlier_rules_derived() -> None:
    everywhere = frozenset(Provider)
    first = Derived(kind=Storage, fact="encrypted", providers=everywhere, compute=lambda w, s: YES)
    second = Derived(kind=Storage, fact="versioned", providers=everywhere, compute=lambda w, s: s.encrypted)
    after = derive(inventory(make(Storage, "b")), [first, second], DeriveSettings())
    assert after.resources[0].facts()["versioned"] is YES


def test_a_rule_for_a_fact_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="colour"):
        Derived(kind=Storage, fact="colour", providers=frozenset(), compute=lambda w, s: YES)
    with pytest.raises(ValueError, match="hue"):
        Derived(kind=Storage, fact="public", providers=frozenset(), inputs=((Key, "hue"),), compute=lambda w, s: YES)


def test_deriving_changes_nothing_but_derived_facts() -> None:
    subject = endpoint(Known({}))
    given = inventory(subject, way(), log())
    after = derive(given, DERIVED, DeriveSettings())
    names = {(rule.kind, rule.fact) for rule in DERIVED}
    for before, now in zip(given.resources, after.resources, strict=True):
        changed = {name for name, fact in now.facts().items() if fact is not before.facts()[name]}
        assert {(type(now), name) for name in changed} <= names
    assert after.listings == given.listings
    assert after.gaps == given.gaps


@pytest.mark.parametrize(
    ("rule", "account"),
    [
        pytest.param(rule, account, id=f"{rule.kind.kind()}.{rule.fact}-{account.provider}")
        for rule in DERIVED
        for account in (AWS, AZURE, GCP)
        if account.provider in rule.providers
    ],
)
def test_nothing_read_gives_nothing_known(rule: Derived, account: Account) -> None:
    subject = make(rule.kind, "subject", account)
    fact = derived(subject, rule.fact, inventory(subject, accounts=(account,), listed=()))
    assert isinstance(fact, Unknown)
    with pytest.raises(FactUnknown):
        _ = fact.value
