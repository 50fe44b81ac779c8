"""What policies, ceilings and keys add up to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from auditor.derive import DeriveSettings, derive
from auditor.derive.identity import RULES
from auditor.model.facts import Fact, Known, Reason, Unknown
from auditor.model.inventory import Gap, Inventory, Listing
from auditor.model.resources import (
    KINDS,
    AccountSettings,
    AiService,
    Endpoint,
    GenerativeDeployment,
    Identity,
    Key,
    Kind,
    LogStore,
    Model,
    Ref,
    Resource,
    Secret,
    Storage,
)
from auditor.model.scope import GLOBAL, Account, Provider

AWS = Account(Provider.AWS, "111111111111")
HERE, THERE = "us-east-1", "eu-west-1"
DENIED = Unknown(Reason.DENIED, "x:List", ("denied",), ("x:List",))
YES, NO = Known(True, {}, ("yes",)), Known(False, {}, ("no",))


def make(kind: Kind, name: str, location: str = HERE, **facts: Any) -> Any:
    return kind(id=name, name=name, account=AWS, location=location, native_type="AWS::Bedrock::Thing", **facts)


def settings(**facts: Any) -> Any:
    return make(AccountSettings, "account", GLOBAL, **facts)


def key(name: str, location: str = HERE, *, own: Fact[bool] = YES) -> Any:
    return make(Key, name, location, customer_managed=own)


def ref(name: str | None) -> Fact[Ref | None]:
    return Known(None if name is None else Ref("Key", Provider.AWS, AWS.id, name), {}, (f"get-{name}",))


def derived(fact: str, *resources: Resource, gaps: Iterable[Kind] = ()) -> Any:
    """A fact of the first resource."""
    inventory = Inventory(
        (AWS,),
        resources,
        tuple(Listing(kind, AWS, GLOBAL, "test", (f"list-{kind.kind()}",)) for kind in KINDS),
        tuple(Gap(kind, AWS, GLOBAL, "test", DENIED) for kind in gaps),
    )
    after = derive(inventory, RULES, DeriveSettings())
    return getattr(next(r for r in after.resources if r.id == resources[0].id), fact)


def shown(fact: Any) -> object:
    return fact.value if isinstance(fact, Known) else fact.reason


def service(location: str, called: Fact[bool]) -> Any:
    return make(AiService, f"bedrock-{location}", location, called=called)


def mandated(regions: Fact[tuple[str, ...]], *others: Any, gaps: Iterable[Kind] = ()) -> Any:
    return derived("guardrail_mandated", settings(guardrail_regions=regions), *others, gaps=gaps)


COVERED: Fact[tuple[str, ...]] = Known((HERE,), {}, ("effective",))


@pytest.mark.parametrize(
    ("regions", "others", "expected"),
    [
        (Known((), {}, ("effective",)), [], False),
        (DENIED, [], Reason.DENIED),
        (COVERED, [service(HERE, YES), service(THERE, NO)], True),
        (COVERED, [service(HERE, DENIED), service(THERE, NO)], True),
        (COVERED, [service(HERE, YES), service(THERE, YES)], False),
        (COVERED, [service(HERE, YES), service(THERE, DENIED)], Reason.DENIED),
        (COVERED, [service(THERE, NO), make(GenerativeDeployment, "agent", THERE)], False),
        (COVERED, [service(THERE, NO), make(GenerativeDeployment, "agent", HERE)], True),
    ],
)
def test_guardrails_of_the_organization(regions: Any, others: list[Any], expected: object) -> None:
    found = mandated(regions, *others)
    assert shown(found) == expected
    assert found.calls


@pytest.mark.parametrize("kind", [AiService, GenerativeDeployment])
def test_what_is_not_listed_may_lie_in_an_uncovered_region(kind: Kind) -> None:
    assert shown(mandated(COVERED, service(HERE, YES), gaps=[kind])) is Reason.DENIED
    assert shown(mandated(COVERED, service(THERE, YES), gaps=[kind])) is False


@pytest.mark.parametrize(
    ("others", "gaps", "expected"),
    [
        ([service(HERE, NO), service(THERE, YES)], [], True),
        ([service(HERE, NO), make(GenerativeDeployment, "agent")], [AiService], True),
        ([service(HERE, NO)], [], False),
        ([service(HERE, NO)], [GenerativeDeployment], Reason.DENIED),
        ([service(HERE, NO), service(THERE, DENIED)], [], Reason.DENIED),
    ],
)
def test_use_of_generative_models(others: list[Any], gaps: list[Kind], expected: object) -> None:
    found = derived("generative_used", settings(), *others, gaps=gaps)
    assert shown(found) == expected
    assert found.calls


@pytest.mark.parametrize(("regions", "expected"), [(COVERED, True), (DENIED, Reason.DENIED)])
def test_it_holds_for_every_identity(regions: Any, expected: object) -> None:
    role = make(Identity, "role", GLOBAL)
    assert shown(derived("guardrail_mandated", role, settings(guardrail_regions=regions))) == expected


def test_without_the_account_nothing_is_known() -> None:
    role = make(Identity, "role", GLOBAL)
    assert shown(derived("guardrail_mandated", role)) is Reason.ABSENT
    assert shown(derived("guardrail_mandated", role, gaps=[AccountSettings])) is Reason.DENIED


@pytest.mark.parametrize(
    ("conditions", "gaps", "expected"),
    [
        ([YES, DENIED], [], True),
        ([NO, NO], [], False),
        ([NO, DENIED], [], Reason.DENIED),
        ([NO], [Identity], Reason.DENIED),
        ([], [], False),
    ],
)
def test_attributes(conditions: list[Any], gaps: list[Kind], expected: object) -> None:
    identities = [make(Identity, f"i{n}", GLOBAL, attribute_conditions=c) for n, c in enumerate(conditions)]
    found = derived("attribute_based_access", settings(), *identities, gaps=gaps)
    assert shown(found) == expected
    assert found.calls
    if expected is True:
        assert found.native == {"i0": True}


def store(name: str, key_name: str | None, *uses: str) -> Any:
    return make(Storage, name, ai_uses=Known(uses), encryption_key=ref(key_name))


def model(key_name: str | None) -> Any:
    return make(Model, "model", encrypted_with_storage=NO, encryption_key=ref(key_name))


def log(key_name: str | None, *, ai: bool = True) -> Any:
    return make(LogStore, "log", holds_ai_logs=Known(ai), encryption_key=ref(key_name))


ONE, TWO, FAR = key("one"), key("two"), key("far", THERE)
DATA = store("data", "one", "training data")


@pytest.mark.parametrize(
    ("resources", "classes", "separate"),
    [
        ([DATA, model("two")], ("data", "models"), True),
        ([DATA, model("one")], ("data", "models"), False),
        ([DATA, log("two")], ("data", "logs"), True),
        ([DATA, make(Endpoint, "e", capture_key=ref("two"))], ("captured requests", "data"), True),
        ([DATA, make(Endpoint, "e", capture_key=ref(None))], (), True),
        ([store("data", "one", "documents", "logs")], ("data", "logs"), False),
        ([DATA, store("inputs", "two", "job input")], (), True),  # the same class
        ([DATA, store("other", "two")], (), True),  # holds nothing of AI's
        ([DATA, log("two", ai=False)], (), True),
        ([DATA, replace(model("gone"), encrypted_with_storage=YES)], (), True),
        ([DATA, log("far")], (), True),  # a region with one class has nothing to separate
        ([DATA, log("provider")], (), True),
        ([DATA, log("gone")], Reason.ABSENT, Reason.ABSENT),
        ([DATA, log("hidden")], Reason.DENIED, Reason.DENIED),
        ([DATA, make(Storage, "s", ai_uses=DENIED)], Reason.DENIED, Reason.DENIED),
        ([DATA, make(Model, "m", encrypted_with_storage=DENIED)], Reason.DENIED, Reason.DENIED),
        ([DATA, make(LogStore, "l", holds_ai_logs=DENIED)], Reason.DENIED, Reason.DENIED),
        ([DATA, make(Endpoint, "e", capture_key=DENIED)], Reason.DENIED, Reason.DENIED),
    ],
)
def test_keys(resources: list[Any], classes: object, separate: object) -> None:
    keys = [ONE, TWO, FAR, key("provider", own=NO), key("hidden", own=DENIED)]
    found = {name: derived(name, settings(), *keys, *resources) for name in ("keyed_classes", "separate_keys")}
    assert shown(found["keyed_classes"]) == classes
    assert shown(found["separate_keys"]) == separate
    assert all(fact.calls or shown(fact) is Reason.DENIED for fact in found.values())


def test_every_region_counts() -> None:
    """One region that keeps two classes under one key is enough to fail, whatever another does."""
    far = [
        make(Storage, "far-data", THERE, ai_uses=Known(("training data",)), encryption_key=ref("far")),
        make(LogStore, "far-log", THERE, holds_ai_logs=YES, encryption_key=ref("far")),
    ]
    given = (settings(), ONE, TWO, FAR, DATA, log("two"), *far)
    assert shown(derived("separate_keys", *given)) is False


@pytest.mark.parametrize("kind", [Storage, Model, Endpoint, LogStore])
def test_what_is_not_listed_may_have_another_key(kind: Kind) -> None:
    assert shown(derived("separate_keys", settings(), ONE, TWO, DATA, log("two"), gaps=[kind])) is Reason.DENIED


def test_the_key_of_a_secret() -> None:
    assert shown(derived("customer_key", make(Secret, "s", encryption_key=ref("one")), ONE)) is True
    assert shown(derived("customer_key", make(Secret, "s", encryption_key=ref(None)))) is False
