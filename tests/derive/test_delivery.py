"""Derived facts of functions and of what stands before them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from auditor.derive import DeriveSettings, derive
from auditor.derive.delivery import RULES
from auditor.model.facts import Fact, Known, Reason, Unknown
from auditor.model.inventory import Gap, Inventory, Listing
from auditor.model.resources import AgentGateway, FrontDoor, Function, Identity, Kind, Ref, Resource, WebFirewall
from auditor.model.scope import GLOBAL, Account, Provider

AWS = Account(Provider.AWS, "111111111111")
HERE, ELSEWHERE = "us-east-1", "eu-west-1"
DENIED = Unknown(Reason.DENIED, "x:ListThings", ("c",), ("x:ListThings",))
ROLE = Ref("Identity", Provider.AWS, AWS.id, "role-a")
OTHER = Ref("Identity", Provider.AWS, AWS.id, "role-b")
ENDPOINT = f"arn:aws:sagemaker:{HERE}:{AWS.id}:endpoint/fraud"


def make(kind: Kind, name: str, location: str = HERE, **facts: Any) -> Any:
    return kind(id=name, name=name, account=AWS, location=location, native_type="AWS::X::Thing", **facts)


def derived(subject: Resource, fact: str, *others: Resource, gaps: Iterable[tuple[Kind, str]] = ()) -> Fact[Any]:
    kinds = (AgentGateway, FrontDoor, Function, Identity, WebFirewall)
    given = Inventory(
        (AWS,),
        (subject, *others),
        tuple(Listing(kind, AWS, GLOBAL, "test", (f"list-{kind.kind()}",)) for kind in kinds),
        tuple(Gap(kind, AWS, where, "test", DENIED) for kind, where in gaps),
    )
    after = derive(given, RULES, DeriveSettings())
    found: Fact[Any] = getattr(next(r for r in after.resources if r.id == subject.id), fact)
    return found


def outcome(fact: Fact[Any]) -> object:
    return fact.value if isinstance(fact, Known) else fact.reason


def function(name: str, identity: Fact[Any], location: str = HERE) -> Function:
    made: Function = make(Function, name, location, identity=identity)
    return made


@pytest.mark.parametrize(
    ("other", "gaps", "expected"),
    [
        (Known((OTHER,)), (), True),
        (Known((ROLE,)), (), False),
        (DENIED, (), Reason.DENIED),
        (Known((OTHER,)), ((Function, ELSEWHERE),), Reason.DENIED),
        (Known((ROLE,)), ((Function, ELSEWHERE),), False),
    ],
)
def test_own_identity(other: Fact[Any], gaps: Any, expected: object) -> None:
    subject = function("f", Known((ROLE,)))
    assert outcome(derived(subject, "own_identity", function("g", other, ELSEWHERE), gaps=gaps)) == expected


def test_a_function_alone_has_an_identity_of_its_own() -> None:
    found = derived(function("f", Known((ROLE,))), "own_identity")
    assert outcome(found) is True
    assert found.calls == ("list-Function",)
    assert outcome(derived(function("f", DENIED), "own_identity", function("g", Known((ROLE,))))) is Reason.DENIED


@pytest.mark.parametrize(
    ("invokes", "expected"),
    [
        (Known((ENDPOINT, f"arn:aws:bedrock:{HERE}::foundation-model/m")), [ENDPOINT]),
        (Known(("*", f"arn:aws:sagemaker:{HERE}:{AWS.id}:endpoint/*")), []),
        (DENIED, Reason.DENIED),
    ],
)
def test_endpoints_that_are_named(invokes: Fact[Any], expected: object) -> None:
    role = make(Identity, ROLE.id, GLOBAL, invokes=invokes)
    found = derived(function("f", Known((ROLE,))), "endpoints", role)
    assert ([ref.id for ref in found.value] if isinstance(found, Known) else found.reason) == expected
    if isinstance(found, Known) and found.value:
        assert found.value[0].account == AWS.id


def test_endpoints_of_a_role_that_is_gone() -> None:
    assert outcome(derived(function("f", Known((ROLE,))), "endpoints")) is Reason.ABSENT


WALL = Ref("WebFirewall", Provider.AWS, AWS.id, "wall")


def door(fronts_ai: Fact[bool], walls: Fact[Any], location: str = HERE) -> FrontDoor:
    made: FrontDoor = make(FrontDoor, "door", location, fronts_ai=fronts_ai, firewalls=walls)
    return made


@pytest.mark.parametrize(
    ("behind", "gaps", "expected"),
    [
        (door(Known(True), Known((WALL,))), (), True),
        (door(Known(True), Known(())), (), False),
        (door(Known(False), DENIED), (), False),
        (door(DENIED, Known((WALL,))), (), Reason.DENIED),
        (door(Known(True), DENIED), (), Reason.DENIED),
        (door(Known(True), Known((WALL,)), ELSEWHERE), (), False),
        (door(Known(True), Known(())), ((FrontDoor, HERE),), Reason.DENIED),
        (door(Known(True), Known(())), ((FrontDoor, ELSEWHERE),), False),
        (door(Known(True), Known(())), ((AgentGateway, HERE),), Reason.DENIED),
        (make(AgentGateway, "gateway"), (), Reason.NOT_BUILT),
        (make(AgentGateway, "gateway", ELSEWHERE), (), False),
    ],
)
def test_guards_ai(behind: Resource, gaps: Any, expected: object) -> None:
    assert outcome(derived(make(WebFirewall, "wall"), "guards_ai", behind, gaps=gaps)) == expected


def test_an_agent_gateway_takes_nothing_from_what_is_known() -> None:
    found = derived(
        make(WebFirewall, "wall"), "guards_ai", door(Known(True), Known((WALL,))), make(AgentGateway, "gateway")
    )
    assert outcome(found) is True
