"""Derived facts of guardrails, agents, flows and knowledge bases."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from auditor.derive import DERIVED, DeriveSettings, derive
from auditor.model.facts import Fact, Known, Reason, Unknown
from auditor.model.inventory import Gap, Inventory, Listing
from auditor.model.resources import (
    KINDS,
    AiService,
    GenerativeDeployment,
    Guardrail,
    Key,
    Kind,
    KnowledgeBase,
    Prompt,
    Ref,
    Resource,
)
from auditor.model.scope import GLOBAL, Account, Provider

ACCOUNT = Account(Provider.AWS, "111111111111")
HERE, ELSEWHERE = "us-east-1", "eu-west-1"
DENIED = Unknown(Reason.DENIED, "bedrock:ListThings", ("c-denied",), ("bedrock:ListThings",))
YES, NO = Known(True, {"x": True}, ("c-yes",)), Known(False, {"x": False}, ("c-no",))


def make(kind: Kind, name: str, location: str = HERE, **facts: Any) -> Any:
    return kind(id=name, name=name, account=ACCOUNT, location=location, native_type="AWS::Bedrock::Thing", **facts)


def role(*names: str) -> Fact[tuple[Ref, ...]]:
    return Known(tuple(Ref("Identity", Provider.AWS, ACCOUNT.id, name) for name in names), {}, ("c-role",))


def key(name: str | None) -> Any:
    return None if name is None else Ref("Key", Provider.AWS, ACCOUNT.id, name)


def after(subject: Resource, fact: str, *others: Resource, gaps: Iterable[tuple[Kind, str]] = ()) -> Fact[Any]:
    """A fact of the subject after all rules, in an account where every kind was listed to the end but for the gaps."""
    listings = tuple(Listing(kind, ACCOUNT, GLOBAL, "test", (f"list-{kind.kind()}",)) for kind in KINDS)
    missed = tuple(Gap(kind, ACCOUNT, where, "test", DENIED) for kind, where in gaps)
    done = derive(Inventory((ACCOUNT,), (subject, *others), listings, missed), DERIVED, DeriveSettings())
    (found,) = (r for r in done.of(type(subject), ACCOUNT) if r.id == subject.id)
    value: Fact[Any] = getattr(found, fact)
    return value


def outcome(fact: Fact[Any]) -> Any:
    return fact.reason if isinstance(fact, Unknown) else fact.value


@pytest.mark.parametrize(
    ("guardrails", "gaps", "expected"),
    [
        ((), (), False),
        ((make(Guardrail, "g", versioned=YES),), (), True),
        ((make(Guardrail, "g", versioned=NO),), (), False),
        ((make(Guardrail, "g", ELSEWHERE, versioned=YES),), (), False),
        ((make(Guardrail, "g", versioned=NO), make(Guardrail, "h", versioned=DENIED)), (), Reason.DENIED),
        ((make(Guardrail, "g", versioned=YES), make(Guardrail, "h", versioned=DENIED)), (), True),
        ((), ((Guardrail, HERE),), Reason.DENIED),
        ((), ((Guardrail, ELSEWHERE),), False),
    ],
)
def test_an_available_guardrail(guardrails: tuple[Resource, ...], gaps: Any, expected: object) -> None:
    fact = after(make(AiService, "s"), "guardrail_available", *guardrails, gaps=gaps)
    assert outcome(fact) == expected
    assert fact.calls


@pytest.mark.parametrize(
    ("bases", "gaps", "expected"),
    [
        ((), (), False),
        ((make(KnowledgeBase, "b"), make(KnowledgeBase, "c")), (), True),
        ((make(KnowledgeBase, "b", ELSEWHERE),), (), False),
        ((), ((KnowledgeBase, HERE),), Reason.DENIED),
    ],
)
def test_retrieval(bases: tuple[Resource, ...], gaps: Any, expected: object) -> None:
    assert outcome(after(make(Guardrail, "g"), "retrieval", *bases, gaps=gaps)) == expected


@pytest.mark.parametrize(
    ("others", "gaps", "expected"),
    [
        ((), (), True),
        ((role("other"),), (), True),
        ((role("mine"),), (), False),
        ((DENIED,), (), Reason.DENIED),
        ((DENIED, role("mine")), (), False),
        ((), ((GenerativeDeployment, ELSEWHERE),), Reason.DENIED),
        ((role("mine"),), ((GenerativeDeployment, ELSEWHERE),), False),
    ],
)
def test_an_identity_of_its_own(others: tuple[Any, ...], gaps: Any, expected: object) -> None:
    subject = make(GenerativeDeployment, "a", identity=role("mine"))
    sharing = [make(GenerativeDeployment, f"o{n}", ELSEWHERE, identity=refs) for n, refs in enumerate(others)]
    fact = after(subject, "own_identity", *sharing, gaps=gaps)
    assert outcome(fact) == expected
    assert fact.calls


def test_an_unknown_identity_is_nobodys_own() -> None:
    assert outcome(after(make(GenerativeDeployment, "a", identity=DENIED), "own_identity")) is Reason.DENIED


MANAGED = make(Key, "cmk", customer_managed=YES)
OF_AWS = make(Key, "aws", customer_managed=NO)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (Known((key("cmk"),), {}, ("c",)), True),
        (Known((key("cmk"), None), {}, ("c",)), False),
        (Known((key("cmk"), key("aws")), {}, ("c",)), False),
        (Known((key("cmk"), key("gone")), {}, ("c",)), Reason.ABSENT),
        (DENIED, Reason.DENIED),
    ],
)
def test_keys_of_data_sources(keys: Any, expected: object) -> None:
    subject = make(KnowledgeBase, "b", source_keys=keys)
    assert outcome(after(subject, "customer_key", MANAGED, OF_AWS)) == expected


@pytest.mark.parametrize(
    ("kind", "ref", "fact"),
    [
        (GenerativeDeployment, "encryption_key", "customer_key"),
        (Guardrail, "encryption_key", "customer_key"),
        (Prompt, "encryption_key", "customer_key"),
        (KnowledgeBase, "store_key", "store_customer_key"),
    ],
)
def test_keys(kind: Kind, ref: str, fact: str) -> None:
    for name, expected in (("cmk", True), ("aws", False), (None, False)):
        refers: dict[str, Any] = {ref: Known(key(name), {}, ("c",))}
        subject = make(kind, "x", **refers)
        assert outcome(after(subject, fact, MANAGED, OF_AWS)) is expected
