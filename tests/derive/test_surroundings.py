"""Derived facts of networks, storage, images and logs around AI."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.model.facts import Known, Reason, Unknown
from auditor.model.resources import (
    AgentRuntime,
    AiService,
    AuditLog,
    Cluster,
    Endpoint,
    FeatureGroup,
    Function,
    GenerativeDeployment,
    Guardrail,
    ImageRepository,
    Job,
    Key,
    KnowledgeBase,
    Model,
    Network,
    Notebook,
    PrivateEndpoint,
    Ref,
    Storage,
    Workspace,
)
from auditor.model.scope import GLOBAL, Provider
from tests.test_derive import AWS, DENIED, ELSEWHERE, HERE, NO, OTHER, YES, derived, inventory, key_ref, make

GONE = Unknown(Reason.VANISHED, "sagemaker:DescribeModel")


def network(**facts: Any) -> Any:
    return make(Network, "vpc-1", **{"subnets": Known(("s-1", "s-2"), {}, ("subnets",)), "connected": NO, **facts})


def placed(kind: Any, *subnets: str, **more: Any) -> Any:
    """A workload in subnets, under a group named after it."""
    name = more.pop("name", kind.kind().lower())
    groups = Known((f"g-{name}",), {}, (f"describe-{name}",))
    facts = {"subnets": Known(subnets, {}, (f"describe-{name}",)), "security_groups": groups}
    if kind is Function:
        facts["fronts_ai"] = YES
    if kind is Job:
        facts["work"] = Known("training")
    return make(kind, name, **{**facts, **more})


def seen(fact: Any) -> Any:
    return fact.value if isinstance(fact, Known) else fact.reason


PLACED = (AgentRuntime, Cluster, Function, Job, Model, Notebook, Workspace)


@pytest.mark.parametrize("kind", PLACED)
def test_every_kind_of_workload_makes_its_subnets_those_of_ai(kind: Any) -> None:
    given = inventory(network(), placed(kind, "s-2", "s-elsewhere"))
    name = kind.kind().lower()
    subnets = derived(network(), "ai_subnets", given)
    assert seen(subnets) == ("s-2",)
    assert {"subnets", f"describe-{name}", f"list-{kind.kind()}"} <= set(subnets.calls)
    assert seen(derived(network(), "ai_groups", given)) == (f"g-{name}",)


@pytest.mark.parametrize(
    ("workload", "subnets"),
    [
        (placed(Model), ()),
        (placed(Model, "s-3"), ()),
        (placed(Model, "s-1", location=ELSEWHERE), ()),
        (placed(Function, "s-1", fronts_ai=NO), ()),
        (placed(Model, subnets=GONE), ()),
        (placed(Model, subnets=DENIED), Reason.DENIED),
        (placed(Function, "s-1", fronts_ai=DENIED), Reason.DENIED),
        (placed(Function, "s-3", fronts_ai=DENIED), ()),
    ],
)
def test_what_runs_elsewhere_does_not_count_and_what_was_not_read_might(workload: Any, subnets: object) -> None:
    assert seen(derived(network(), "ai_subnets", inventory(network(), workload))) == subnets


@pytest.mark.parametrize("fact", ["ai_subnets", "ai_groups", "mixed_subnets", "missing_private_paths"])
@pytest.mark.parametrize("kind", PLACED)
def test_a_gap_of_any_kind_of_workload_leaves_them_unknown(kind: Any, fact: str) -> None:
    assert seen(derived(network(), fact, inventory(network(), gaps=[(kind, HERE)]))) is Reason.DENIED
    assert seen(derived(network(), fact, inventory(network(), gaps=[(kind, ELSEWHERE)]))) == ()


def test_unknown_groups_leave_the_subnets_known() -> None:
    given = inventory(network(), placed(Model, "s-1", security_groups=DENIED))
    assert seen(derived(network(), "ai_subnets", given)) == ("s-1",)
    assert seen(derived(network(), "ai_groups", given)) is Reason.DENIED


@pytest.mark.parametrize(
    ("one", "other", "mixed"),
    [
        (placed(Model, "s-1"), placed(Notebook, "s-1"), ("s-1",)),
        (placed(Model, "s-1"), placed(Notebook, "s-2"), ()),
        (placed(Model, "s-1"), placed(AgentRuntime, "s-1"), ()),
        (placed(Workspace, "s-1"), placed(Notebook, "s-1"), ()),
        (placed(Model, "s-1"), placed(Job, "s-1"), ("s-1",)),
        (placed(Model, "s-1"), placed(Job, "s-1", work=Known("batch inference")), ()),
        (placed(Cluster, "s-1"), placed(Job, "s-1"), ()),
        (placed(Model, "s-1"), placed(Job, "s-1", work=DENIED), Reason.DENIED),
    ],
)
def test_subnets_that_classes_share(one: Any, other: Any, mixed: object) -> None:
    assert seen(derived(network(), "mixed_subnets", inventory(network(), one, other))) == mixed


def way(*services: str, **more: Any) -> Any:
    facts = {"services": Known(frozenset(services)), "available": YES, "network": Known("vpc-1"), **more}
    return make(PrivateEndpoint, "vpce-" + "-".join(services), **facts)


@pytest.mark.parametrize(
    ("workload", "ways", "missing"),
    [
        (placed(Model, "s-1"), [], ("s3",)),
        (placed(Model, "s-1"), [way("s3")], ()),
        (placed(Model, "s-1"), [way("s3", network=Known("vpc-2"))], ("s3",)),
        (placed(Model, "s-1"), [way("s3", available=NO)], ("s3",)),
        (placed(Model, "s-1"), [way("s3", available=DENIED)], Reason.DENIED),
        (placed(Notebook, "s-1"), [way("s3")], ("sagemaker.api",)),
        (placed(Workspace, "s-1"), [way("s3"), way("sagemaker.api")], ("sagemaker.runtime",)),
        (placed(AgentRuntime, "s-1"), [way("s3"), way("logs")], ("bedrock-runtime", "ecr.api", "ecr.dkr")),
        (placed(Function, "s-1"), [], ()),
        (placed(Model, "s-9"), [], ()),
    ],
)
def test_apis_without_a_private_way(workload: Any, ways: list[Any], missing: object) -> None:
    assert seen(derived(network(), "missing_private_paths", inventory(network(), workload, *ways))) == missing


@pytest.mark.parametrize(
    ("connected", "ways", "missing"),
    [(YES, [], Reason.NOT_BUILT), (YES, [way("s3")], ()), (DENIED, [], Reason.DENIED), (DENIED, [way("s3")], ())],
)
def test_a_connected_network_may_use_the_endpoints_of_another(connected: Any, ways: list[Any], missing: object) -> None:
    here = network(connected=connected)
    given = inventory(here, placed(Model, "s-1"), *ways)
    assert seen(derived(here, "missing_private_paths", given)) == missing


# storage

BUCKET = make(Storage, "arn:aws:s3:::data", logs_requests=NO)


def stores(*names: str) -> Any:
    return Known(tuple(Ref("Storage", Provider.AWS, AWS.id, f"arn:aws:s3:::{name}") for name in names), {}, ("say",))


USES = [
    (Endpoint, "capture_stores", "captured requests"),
    (FeatureGroup, "stores", "features"),
    (Job, "input_stores", "training data"),
    (Job, "output_stores", "job output"),
    (KnowledgeBase, "sources", "documents"),
    (Model, "artifacts", "model artifacts"),
]


def keeper(kind: Any, fact: str, value: Any, **more: Any) -> Any:
    """A workload that keeps something in one place, and nothing anywhere else."""
    empty = {name: stores() for of, name, _ in USES if of is kind}
    if kind is Job:
        empty["work"] = Known("training")
    return make(kind, f"{kind.kind()}-{fact}", **{**empty, fact: value, **more})


@pytest.mark.parametrize(("kind", "fact", "use"), USES)
def test_what_a_bucket_is_used_for(kind: Any, fact: str, use: str) -> None:
    given = inventory(BUCKET, keeper(kind, fact, stores("data", "other")))
    uses = derived(BUCKET, "ai_uses", given)
    assert seen(uses) == (use,)
    assert uses.calls == ("say",)
    golden = use in ("captured requests", "model artifacts")
    assert seen(derived(BUCKET, "keeps_models_or_requests", given)) is golden


def test_a_bucket_may_be_named_by_an_alias_and_used_from_another_account() -> None:
    bucket = make(Storage, "arn:aws:s3:::data", aliases=frozenset({"data"}))
    named = Known((Ref("Storage", Provider.AWS, "", "data"),), {}, ("say",))
    model = make(Model, "m", OTHER, artifacts=named)
    given = inventory(bucket, model, accounts=(AWS, OTHER))
    assert seen(derived(bucket, "ai_uses", given)) == ("model artifacts",)


def test_jobs_that_learn_nothing_have_input() -> None:
    job = keeper(Job, "input_stores", stores("data"), work=Known("batch inference"))
    assert seen(derived(BUCKET, "ai_uses", inventory(BUCKET, job))) == ("job input",)


@pytest.mark.parametrize(("kind", "fact", "use"), USES)
def test_an_unread_workload_could_use_any_bucket(kind: Any, fact: str, use: str) -> None:
    given = inventory(BUCKET, keeper(kind, fact, DENIED))
    assert seen(derived(BUCKET, "ai_uses", given)) is Reason.DENIED
    golden = use in ("captured requests", "model artifacts")
    assert seen(derived(BUCKET, "keeps_models_or_requests", given)) is (Reason.DENIED if golden else False)
    known = keeper(Model, "artifacts", stores("data"), location=ELSEWHERE)
    if kind is not Model:
        assert seen(derived(BUCKET, "ai_uses", inventory(BUCKET, keeper(kind, fact, DENIED), known))) == (
            "model artifacts",
        )
    assert seen(derived(BUCKET, "ai_uses", inventory(BUCKET, keeper(kind, fact, GONE)))) == ()
    assert seen(derived(BUCKET, "ai_uses", inventory(BUCKET, gaps=[(kind, GLOBAL)]))) is Reason.DENIED


def trail(*objects: str, location: str = HERE, **more: Any) -> Any:
    facts = {"active": YES, "everywhere": NO, "object_events": Known(frozenset(objects), {}, ("selectors",)), **more}
    return make(AuditLog, "trail", location=location, **facts)


@pytest.mark.parametrize(
    ("own", "found", "logged"),
    [
        (NO, [], False),
        (YES, [], True),
        (NO, [trail("*")], True),
        (NO, [trail("*", active=NO)], False),
        (NO, [trail("*", location=ELSEWHERE)], False),
        (NO, [trail("*", location=ELSEWHERE, everywhere=YES)], True),
        (NO, [trail("arn:aws:s3:::data/")], True),
        (NO, [trail("arn:aws:s3:::data/models/")], False),
        (NO, [trail("arn:aws:s3:::other/")], False),
        (NO, [trail("*", "!arn:aws:s3:::data/")], False),
        (NO, [trail("*", "!arn:aws:s3:::data/tmp/")], False),
        (NO, [trail("*", "!arn:aws:s3:::other/")], True),
        (DENIED, [trail("*")], True),
        (DENIED, [], Reason.DENIED),
        (NO, [trail(object_events=DENIED)], Reason.DENIED),
    ],
)
def test_access_is_logged_by_the_bucket_or_by_a_trail(own: Any, found: list[Any], logged: object) -> None:
    bucket = make(Storage, "arn:aws:s3:::data", logs_requests=own)
    assert seen(derived(bucket, "access_logged", inventory(bucket, *found))) == logged


@pytest.mark.parametrize(
    ("replicated", "backed_up", "copy"),
    [(YES, DENIED, True), (DENIED, YES, True), (NO, NO, False), (NO, DENIED, Reason.DENIED)],
)
def test_either_copy_will_do(replicated: Any, backed_up: Any, copy: object) -> None:
    bucket = make(Storage, "arn:aws:s3:::data", replicated=replicated, backed_up=backed_up)
    assert seen(derived(bucket, "has_copy", inventory(bucket))) == copy


def test_trails_that_were_not_listed_could_log_it() -> None:
    given = inventory(BUCKET, gaps=[(AuditLog, HERE)])
    assert seen(derived(BUCKET, "access_logged", given)) is Reason.DENIED


# images

URI = "123456789012.dkr.ecr.us-east-1.amazonaws.com/team/inference"
REPOSITORY = make(ImageRepository, "arn:repository", aliases=frozenset({URI}))


@pytest.mark.parametrize(
    ("images", "used"),
    [
        (Known((f"{URI}:2026",), {}, ("m",)), True),
        (Known((f"{URI}@sha256:ab",), {}, ("m",)), True),
        (Known((f"{URI}:2026@sha256:ab",), {}, ("m",)), True),
        (Known((URI,), {}, ("m",)), True),
        (Known((f"{URI}-old:2026",), {}, ("m",)), False),
        (Known((), {}, ("m",)), False),
        (DENIED, Reason.DENIED),
        (GONE, False),
    ],
)
def test_repositories_that_models_run_images_of(images: Any, used: object) -> None:
    fact = derived(REPOSITORY, "runs_ai", inventory(REPOSITORY, make(Model, "m", images=images)))
    assert seen(fact) == used
    assert fact.calls


def test_an_image_is_used_whatever_else_was_not_read() -> None:
    using, hidden = make(Model, "m", images=Known((f"{URI}:1",))), make(Model, "n", images=DENIED)
    assert seen(derived(REPOSITORY, "runs_ai", inventory(REPOSITORY, using, hidden))) is True
    assert seen(derived(REPOSITORY, "runs_ai", inventory(REPOSITORY, gaps=[(Model, HERE)]))) is Reason.DENIED


@pytest.mark.parametrize("kind", [AuditLog, ImageRepository])
@pytest.mark.parametrize("managed", [True, False])
def test_keys_of_trails_and_repositories_are_followed(kind: Any, managed: bool) -> None:
    subject = make(kind, "x", encryption_key=Known(key_ref(), {}, ("describe",)))
    given = inventory(subject, make(Key, "key", customer_managed=Known(managed)))
    assert seen(derived(subject, "customer_key", given)) is managed


# data events of what exists beside the model API

BEDROCK = make(AiService, "b", native_type="AWS::Bedrock")
SAGEMAKER = make(AiService, "s", native_type="AWS::SageMaker")


def receiving(*types: str) -> Any:
    return make(AuditLog, "t", active=YES, everywhere=YES, data_events=Known(frozenset(types)))


@pytest.mark.parametrize(
    ("service", "main", "part", "event"),
    [
        (
            BEDROCK,
            "AWS::Bedrock::Model",
            make(GenerativeDeployment, "a", native_type="AWS::Bedrock::Agent"),
            "AWS::Bedrock::AgentAlias",
        ),
        (
            BEDROCK,
            "AWS::Bedrock::Model",
            make(Guardrail, "g", native_type="AWS::Bedrock::Guardrail"),
            "AWS::Bedrock::Guardrail",
        ),
        (
            SAGEMAKER,
            "AWS::SageMaker::Endpoint",
            make(FeatureGroup, "f", native_type="AWS::SageMaker::FeatureGroup"),
            "AWS::SageMaker::FeatureGroup",
        ),
    ],
)
def test_what_has_data_events_of_its_own_must_be_received_too(service: Any, main: str, part: Any, event: str) -> None:
    def audit(*found: Any, **more: Any) -> Any:
        return seen(derived(service, "data_plane_audit", inventory(service, *found, **more)))

    assert audit(receiving(main)) is True
    assert audit(receiving(main), part) is False
    assert audit(receiving(main, event), part) is True
    assert audit(receiving(main), gaps=[(type(part), HERE)]) is Reason.DENIED
    assert audit(receiving(main, event, "AWS::Bedrock::FlowAlias"), gaps=[(type(part), HERE)]) is True
    assert audit(receiving(event)) is False
