"""Who may read what AI workloads keep, and call the functions in front of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from auditor.model.facts import Fact, Known, Reason, Unknown
from auditor.model.resources import Function, Identity, Key, Kind, Ref, Resource, Storage
from auditor.model.scope import Provider
from tests.derive.account import (
    AWS,
    CLOSED,
    IAM,
    OPEN,
    PARTNER,
    PERSON,
    PROGRAM,
    SAML,
    allow,
    derived,
    document,
    identity,
    settings,
    shown,
)

BUCKET = "arn:aws:s3:::models"
KEY = f"arn:aws:kms:us-east-1:{AWS.id}:key/k"
OTHERS_KEY = "arn:aws:kms:us-east-1:222222222222:key/k"
FUNCTION = f"arn:aws:lambda:us-east-1:{AWS.id}:function:front"
OTHER = "arn:aws:iam::222222222222:root"
BY_IAM = document(allow("kms:*", Principal={"AWS": f"arn:aws:iam::{AWS.id}:root"}))
"""What a key starts with: the policies of identities decide."""
DENIED = Unknown(Reason.DENIED, "a call", ("c-denied",), ("x:Get",))
READS = document(allow("s3:GetObject", f"{BUCKET}/*"))
OPENS = document(allow("kms:Decrypt", KEY))


def key(policy: Any = BY_IAM, grants: Any = ()) -> Key:
    facts: dict[str, Any] = {
        "policy_document": policy if isinstance(policy, Unknown) else Known(policy, {}, ("key-policy",)),
        "grants": grants if isinstance(grants, Unknown) else Known(grants, {}, ("grants",)),
    }
    return Key(id=KEY, name="k", account=AWS, location="us-east-1", native_type="x", **facts)


def bucket(policy: Any = None, by: Any = None, **facts: Any) -> Storage:
    ref = None if by is None else Ref("Key", Provider.AWS, by.split(":")[4], by)
    given: dict[str, Any] = {
        "ai_uses": Known(("model artifacts",)),
        "encryption_key": Known(ref, {}, ("encryption",)),
        "policy_document": policy if isinstance(policy, Unknown) else Known(policy, {}, ("bucket-policy",)),
        "public": Known(False, {}, ("status",)),
        "public_access_blocked": Known(False, {}, ("block",)),
        "access_lists": Known(False, {}, ("ownership",)),
        **facts,
    }
    return Storage(id=BUCKET, name="models", account=AWS, location="us-east-1", native_type="x", **given)


def lets_in(*names: str, action: str = "s3:GetObject", on: str = f"{BUCKET}/*", **more: Any) -> str:
    return document(allow(action, on, Principal={"AWS": list(names)}, **more))


def of(thing: Resource, fact: str, *others: Resource, organization: Fact[Any] = OPEN, gaps: Iterable[Kind] = ()) -> Any:
    return getattr(derived(thing, settings(organization), *others, gaps=gaps)[thing.id], fact)


# what is stored


@pytest.mark.parametrize(
    ("policies", "store", "keys", "expected"),
    [
        ((READS,), bucket(), (), {f"{IAM}:role/a": "always"}),
        ((READS,), bucket(by=KEY), (key(),), {}),
        ((READS, OPENS), bucket(by=KEY), (key(),), {f"{IAM}:role/a": "always"}),
        ((OPENS,), bucket(by=KEY), (key(),), {}),
        ((OPENS,), bucket(lets_in(f"{IAM}:role/a"), by=KEY), (key(),), {f"{IAM}:role/a": "always"}),
        ((document(allow("s3:GetObject", f"{BUCKET}/claims/*")),), bucket(), (), {f"{IAM}:role/a": "always"}),
        ((document(allow("s3:GetObject", "arn:aws:s3:::others/*")),), bucket(), (), {}),
        # a key that is not of this account, or gone, may open for somebody or not
        ((READS,), bucket(by=OTHERS_KEY), (), {f"{IAM}:role/a": "as far as read"}),
        ((READS,), bucket(by=KEY), (key(DENIED),), {f"{IAM}:role/a": "as far as read"}),
        ((READS,), bucket(by=KEY), (key(grants=DENIED),), {f"{IAM}:role/a": "as far as read"}),
        # by a key that only another service may be asked for
        (
            (READS, document(allow("kms:Decrypt", KEY, Condition={"StringEquals": {"kms:ViaService": "ssm.x"}}))),
            bucket(by=KEY),
            (key(),),
            {},
        ),
    ],
)
def test_readers(policies: tuple[str, ...], store: Storage, keys: tuple[Key, ...], expected: Any) -> None:
    found = of(store, "readers", identity("role/a", *policies), *keys)
    assert shown(found) == expected
    assert {"list-Identity", "bucket-policy", "encryption", "organization"} <= set(found.calls)
    for one in keys:
        assert set(one.policy_document.calls) <= set(found.calls)


@pytest.mark.parametrize(
    ("store", "others", "gaps", "reason"),
    [
        (bucket(DENIED), (), (), Reason.DENIED),
        (bucket("{"), (), (), Reason.MALFORMED),
        (bucket(), (identity("role/b", policies=CLOSED),), (), Reason.DENIED),
        (bucket(), (), (Identity,), Reason.DENIED),
        (bucket(ai_uses=Known(())), (), (), Reason.NOT_COLLECTED),
    ],
)
def test_readers_are_unknown_where_somebody_may_be_hidden(store: Storage, others: Any, gaps: Any, reason: Any) -> None:
    for fact in ("readers", "read_by_people", "read_across_accounts"):
        assert shown(of(store, fact, *others, gaps=gaps)) is reason


def person(*policies: str, name: str = "a", **more: Any) -> Identity:
    return identity(f"role/{name}", *policies, trust=SAML, **more)


PEOPLE = (f"{IAM}:role/a",)


@pytest.mark.parametrize(
    ("who", "store", "keys", "organization", "expected"),
    [
        (person(READS), bucket(), (), OPEN, PEOPLE),
        (person(READS), bucket(), (), CLOSED, Reason.DENIED),
        (person(), bucket(), (), CLOSED, ()),
        (identity("role/a", READS), bucket(), (), OPEN, ()),
        (person(READS), bucket(by=KEY), (key(),), OPEN, ()),
        (person(READS, OPENS), bucket(by=KEY), (key(),), OPEN, PEOPLE),
        (person(READS, OPENS), bucket(by=KEY), (key(DENIED),), OPEN, Reason.DENIED),
        (person(READS, OPENS), bucket(by=KEY), (key(grants=DENIED),), OPEN, Reason.DENIED),
        (person(READS), bucket(by=KEY), (), OPEN, Reason.ABSENT),
        (person(READS), bucket(by=OTHERS_KEY), (), OPEN, Reason.OUT_OF_SCOPE),
        (person(READS), bucket(encryption_key=DENIED), (), OPEN, Reason.DENIED),
        (person(), bucket(encryption_key=DENIED), (), OPEN, ()),
        (person(document(allow("*"))), bucket(), (), OPEN, ()),
    ],
)
def test_people_who_read(who: Identity, store: Storage, keys: Any, organization: Any, expected: Any) -> None:
    found = of(store, "read_by_people", who, *keys, organization=organization)
    assert shown(found) == expected
    if expected is Reason.DENIED:
        assert found.calls


def test_a_user_with_a_password_reads_by_name_in_the_bucket_policy() -> None:
    found = of(bucket(lets_in(f"{IAM}:user/ana")), "read_by_people", identity("user/ana", **PERSON))
    assert shown(found) == (f"{IAM}:user/ana",)
    assert found.native == {f"{IAM}:user/ana": "always"}


FROM_VPC: dict[str, Any] = {"Condition": {"StringEquals": {"aws:SourceVpc": "vpc-1"}}}
OUR_OWN: dict[str, Any] = {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-ours"}}}
KEY_FOR_OTHER = document(
    allow("kms:*", Principal={"AWS": f"arn:aws:iam::{AWS.id}:root"}), allow("kms:Decrypt", Principal={"AWS": OTHER})
)


@pytest.mark.parametrize(
    ("store", "others", "expected"),
    [
        (bucket(), (), ()),
        (bucket(lets_in(OTHER)), (), ("account 222222222222",)),
        (bucket(lets_in("222222222222")), (), ("account 222222222222",)),
        (bucket(lets_in("arn:aws:iam::222222222222:role/etl")), (), ("arn:aws:iam::222222222222:role/etl",)),
        (bucket(lets_in(OTHER, **OUR_OWN)), (), ()),
        (bucket(lets_in(f"arn:aws:iam::{AWS.id}:root")), (), ()),
        (bucket(lets_in("*"), public=Known(True)), (), ("everyone",)),
        (bucket(lets_in("*"), public=DENIED), (), Reason.DENIED),
        (bucket(lets_in("*")), (), Reason.ABSENT),
        (bucket(lets_in("*", **FROM_VPC), public=Known(True)), (), Reason.ABSENT),
        (bucket(lets_in(OTHER, **FROM_VPC)), (), ("account 222222222222",)),
        (bucket(lets_in(OTHER), encryption_key=DENIED), (), Reason.DENIED),
        (bucket(lets_in("*"), public_access_blocked=Known(True)), (), ()),
        (bucket(lets_in(OTHER), by=KEY), (key(),), ()),
        (bucket(lets_in(OTHER), by=KEY), (key(KEY_FOR_OTHER),), ("account 222222222222",)),
        (bucket(lets_in(OTHER), by=KEY), (key(DENIED),), Reason.DENIED),
        (bucket(lets_in(OTHER), by=OTHERS_KEY), (), Reason.OUT_OF_SCOPE),
        (bucket(), (identity("role/a", READS, trust=PARTNER),), (f"{IAM}:role/a",)),
        (bucket(), (identity("role/a", READS, trust=PROGRAM),), ()),
        (bucket(), (identity("role/a", READS, trust_document=CLOSED),), Reason.DENIED),
        (
            bucket(document(allow("s3:GetObject", f"{BUCKET}/*", Principal={"CanonicalUser": "79a59df900b949e5"}))),
            (),
            Reason.ABSENT,
        ),
    ],
)
def test_who_reads_from_outside(store: Storage, others: Any, expected: Any) -> None:
    assert shown(of(store, "read_across_accounts", *others)) == expected


# functions


def function(policy: Any = None, **facts: Any) -> Function:
    given: dict[str, Any] = {
        "fronts_ai": Known(True, {}, ("role",)),
        "policy_document": policy if isinstance(policy, Unknown) else Known(policy, {}, ("function-policy",)),
        **facts,
    }
    return Function(id=FUNCTION, name="front", account=AWS, location="us-east-1", native_type="x", **given)


CALLS = document(allow("lambda:InvokeFunction", FUNCTION))


def opened(*names: str, **more: Any) -> str:
    return lets_in(*names, action="lambda:InvokeFunction", on=FUNCTION, **more)


@pytest.mark.parametrize(
    ("front", "others", "expected"),
    [
        (function(), (), ()),
        (function(opened(OTHER)), (), ("account 222222222222",)),
        (function(opened(OTHER, **OUR_OWN)), (), ()),
        (
            function(document(allow("lambda:*", FUNCTION, Principal={"Service": "apigateway.amazonaws.com"}))),
            (),
            (),
        ),
        (function(), (identity("role/a", CALLS, trust=PARTNER),), (f"{IAM}:role/a",)),
        (function(), (identity("role/a", CALLS),), ()),
        (function(DENIED), (), Reason.DENIED),
        (function(fronts_ai=Known(False)), (), Reason.NOT_COLLECTED),
    ],
)
def test_who_calls_a_function_from_outside(front: Function, others: Any, expected: Any) -> None:
    found = of(front, "invoked_across_accounts", *others)
    assert shown(found) == expected
    if isinstance(found, Known):
        assert {"list-Identity", "function-policy"} <= set(found.calls)


def test_who_calls_a_function() -> None:
    found = of(function(opened(f"{IAM}:role/b")), "invokers", identity("role/a", CALLS), identity("role/b"))
    assert shown(found) == {f"{IAM}:role/a": "always", f"{IAM}:role/b": "always"}
    assert found.native == {"services": 2}


@pytest.mark.parametrize(
    ("lists", "expected"),
    [
        (Known(False, {}, ("ownership",)), ()),
        (Known(True, {}, ("ownership",)), Reason.NOT_BUILT),
        (Unknown(Reason.DENIED, "s3:GetBucketOwnershipControls", ("ownership",)), Reason.DENIED),
    ],
)
def test_access_control_lists_may_let_other_accounts_in(lists: Any, expected: Any) -> None:
    assert shown(of(bucket(access_lists=lists), "read_across_accounts")) == expected
    assert shown(of(bucket(lets_in(OTHER), access_lists=lists), "read_across_accounts")) == ("account 222222222222",)
