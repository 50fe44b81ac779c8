"""Keys of what endpoints write, pinned images, versioned artifacts, and whether a registry is used."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from auditor.derive.base import DeriveSettings, derive
from auditor.derive.serving import RULES
from auditor.model.facts import Fact, Known, Reason, Unknown
from auditor.model.inventory import Gap, Inventory, Listing
from auditor.model.resources import (
    AiService,
    Endpoint,
    ImageRepository,
    Key,
    Kind,
    Model,
    ModelGroup,
    Ref,
    Resource,
    Storage,
)
from auditor.model.scope import GLOBAL, Account, Provider

ACCOUNT = Account(Provider.AWS, "123456789012")
HERE = "us-east-1"
DENIED = Unknown(Reason.DENIED, "x:List", ("denied",))
KINDS: tuple[Kind, ...] = (ImageRepository, Key, Model, ModelGroup, Storage)


def made(kind: Kind, name: str, *, native_type: str = "AWS::SageMaker::Thing", **facts: Any) -> Any:
    location = facts.pop("location", HERE)
    return kind(id=name, name=name, account=ACCOUNT, location=location, native_type=native_type, **facts)


def ref(kind: str, name: str) -> Ref:
    return Ref(kind, Provider.AWS, ACCOUNT.id, name)


def derived(subject: Resource, fact: str, *others: Resource, hidden: Iterable[Kind] = ()) -> Fact[Any]:
    """One fact after the rules have run, in an account where all but ``hidden`` was listed to the end."""
    listings = tuple(Listing(kind, ACCOUNT, GLOBAL, "test", ("listed",)) for kind in KINDS if kind not in hidden)
    gaps = tuple(Gap(kind, ACCOUNT, GLOBAL, "test", DENIED) for kind in hidden)
    after = derive(Inventory((ACCOUNT,), (subject, *others), listings, gaps), RULES, DeriveSettings())
    answer: Fact[Any] = getattr(next(r for r in after.resources if r.id == subject.id), fact)
    return answer


def outcome(fact: Fact[Any]) -> Any:
    return fact.value if isinstance(fact, Known) else fact.reason


MINE = made(Key, "mine", customer_managed=Known(True, {}, ("key",)))
THEIRS = made(Key, "theirs", customer_managed=Known(False, {}, ("key",)))


def bucket(name: str, key: str | None) -> Any:
    return made(Storage, name, encryption_key=Known(ref("Key", key) if key else None, {}, ("bucket",)))


@pytest.mark.parametrize(
    ("own", "stores", "expected"),
    [
        ("mine", (), True),
        ("theirs", ("guarded",), False),
        ("gone", ("guarded",), Reason.ABSENT),
        (None, ("guarded",), True),
        (None, ("plain",), False),
        (None, ("aws-managed",), False),
        (None, ("guarded", "plain"), False),
        (None, ("elsewhere",), Reason.ABSENT),
        (None, (), False),
        (DENIED, (), Reason.DENIED),
    ],
)
def test_key_of_captured_requests(own: Any, stores: tuple[str, ...], expected: object) -> None:
    key = own if isinstance(own, Unknown) else Known(ref("Key", own) if own else None, {}, ("config",))
    places = Known(tuple(ref("Storage", name) for name in stores), {}, ("config",))
    endpoint = made(Endpoint, "e", capture_key=key, capture_stores=places)
    buckets = (bucket("guarded", "mine"), bucket("plain", None), bucket("aws-managed", "theirs"))
    fact = derived(endpoint, "capture_customer_key", *buckets, MINE, THEIRS)
    assert outcome(fact) == expected
    assert "config" in fact.calls or own is DENIED


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ((), True),
        (("mine",), True),
        (("mine", None), False),
        (("mine", "theirs"), False),
        (("mine", "gone"), Reason.ABSENT),
        (("theirs", "gone"), False),
    ],
)
def test_keys_of_outputs(keys: tuple[str | None, ...], expected: object) -> None:
    refs = tuple(ref("Key", key) if key else None for key in keys)
    endpoint = made(Endpoint, "e", output_keys=Known(refs, {}, ("config",)))
    fact = derived(endpoint, "output_customer_key", MINE, THEIRS)
    assert outcome(fact) == expected
    assert "config" in fact.calls


def test_keys_of_outputs_that_were_not_read() -> None:
    assert outcome(derived(made(Endpoint, "e", output_keys=DENIED), "output_customer_key")) is Reason.DENIED


HOST = f"{ACCOUNT.id}.dkr.ecr.{HERE}.amazonaws.com"
DIGEST = "@sha256:" + "a" * 64


def repository(name: str, immutable: Fact[bool]) -> Any:
    return made(ImageRepository, f"arn:aws:ecr:{HERE}:{ACCOUNT.id}:repository/{name}", immutable=immutable)


REPOSITORIES = (
    repository("team/fixed", Known(True, {}, ("ecr",))),
    repository("loose", Known(False, {}, ("ecr",))),
    repository("closed", DENIED),
)


@pytest.mark.parametrize(
    ("images", "expected"),
    [
        ((), ()),
        ((f"{HOST}/loose{DIGEST}", f"{HOST}/loose:1{DIGEST}"), ()),
        ((f"{HOST}/team/fixed:1", f"{HOST}/team/fixed"), ()),
        ((f"{HOST}/loose:1", f"{HOST}/team/fixed:1"), (f"{HOST}/loose:1",)),
        ((f"{HOST}/closed:1",), Reason.DENIED),
        ((f"{HOST}/closed:1", f"{HOST}/loose:1"), (f"{HOST}/loose:1",)),
        ((f"{HOST}/deleted:1",), Reason.ABSENT),
        (("763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch:2",), "all"),
        (("registry.example:5000/serve:1",), "all"),
    ],
)
def test_pinned_images(images: tuple[str, ...], expected: object) -> None:
    model = made(Model, "arn:aws:sagemaker:us-east-1:123456789012:model/m", images=Known(images, {}, ("model",)))
    fact = derived(model, "unpinned_images", *REPOSITORIES)
    assert outcome(fact) == (images if expected == "all" else expected)
    assert "model" in fact.calls


def test_repositories_that_were_not_listed_pin_nothing_and_loosen_nothing() -> None:
    model = made(Model, "arn:aws:sagemaker:us-east-1:123456789012:model/m", images=Known((f"{HOST}/team/fixed:1",)))
    assert outcome(derived(model, "unpinned_images", hidden=(ImageRepository,))) is Reason.DENIED
    unread = made(Model, "arn:aws:sagemaker:us-east-1:123456789012:model/m", images=DENIED)
    assert outcome(derived(unread, "unpinned_images", *REPOSITORIES)) is Reason.DENIED


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ((), True),
        (("kept",), True),
        (("kept", "once"), False),
        (("kept", "elsewhere"), Reason.ABSENT),
        (("once", "elsewhere"), False),
    ],
)
def test_versioned_artifacts(names: tuple[str, ...], expected: object) -> None:
    model = made(Model, "m", artifacts=Known(tuple(ref("Storage", n) for n in names), {}, ("model",)))
    buckets = (made(Storage, "kept", versioned=Known(True)), made(Storage, "once", versioned=Known(False)))
    fact = derived(model, "artifacts_versioned", *buckets)
    assert outcome(fact) == expected
    assert "model" in fact.calls


SERVICE = made(AiService, "sagemaker", native_type="AWS::SageMaker")
GROUP = made(ModelGroup, "g", native_type="AWS::SageMaker::ModelPackageGroup")


def model(approved: Fact[bool], native_type: str = "AWS::SageMaker::Model", location: str = HERE) -> Any:
    return made(Model, "m", native_type=native_type, location=location, approved=approved)


@pytest.mark.parametrize(
    ("others", "hidden", "has_models", "used"),
    [
        ((), (), False, False),
        ((model(Known(False)),), (), True, False),
        ((model(Known(False)), GROUP), (), True, True),
        ((model(Known(True)),), (ModelGroup,), True, True),
        ((model(Known(False)),), (ModelGroup,), True, Reason.DENIED),
        ((model(DENIED),), (), True, Reason.DENIED),
        ((model(DENIED), GROUP), (), True, True),
        ((), (Model,), Reason.DENIED, Reason.DENIED),
        ((model(Known(True), location="eu-west-1"),), (), False, False),
        ((model(Known(True), native_type="AWS::Bedrock::CustomModel"),), (), False, False),
    ],
)
def test_registry(others: tuple[Resource, ...], hidden: tuple[Kind, ...], has_models: object, used: object) -> None:
    assert outcome(derived(SERVICE, "has_models", *others, hidden=hidden)) == has_models
    fact = derived(SERVICE, "registry_used", *others, hidden=hidden)
    assert outcome(fact) == used
    if used is False:
        assert "listed" in fact.calls
