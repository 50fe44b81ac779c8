"""Policy documents: parsing, matching, administrator rights, wide grants."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from auditor.access.aws_documents import ANY_RESOURCE, PolicyMalformed, action_matches, parse, resource_matches
from auditor.access.aws_grants import Policy, Subject, broad_grants

ROLE = "arn:aws:iam::123456789012:role/team/train"
USER = "arn:aws:iam::123456789012:user/ana"


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def subject(*statements: dict[str, Any], **more: Any) -> Subject:
    policies = (Policy("inline", "", parse(document(*statements))), *more.pop("policies", ()))
    return Subject(policies=policies, **more)


def boundary(*statements: dict[str, Any]) -> Any:
    return parse(document(*statements))


def managed(name: str, *statements: dict[str, Any], read: bool = True) -> Policy:
    return Policy(name, f"arn:aws:iam::aws:policy/{name}", parse(document(*statements)) if read else None)


class TestDocuments:
    def test_one_statement_may_stand_alone_and_values_may_be_scalars(self) -> None:
        (statement,) = parse({"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}})
        assert statement.covers("s3:GetObject", "arn:aws:s3:::b/k")

    @pytest.mark.parametrize("encode", [json.dumps, lambda d: quote(json.dumps(d))])
    def test_text_is_read_encoded_or_not(self, encode: Any) -> None:
        assert len(parse(encode(document(allow("*"))))) == 1

    @pytest.mark.parametrize(
        "broken",
        [
            "{",
            "<html>",
            [],
            None,
            {},
            {"Statement": "x"},
            {"Statement": ["x"]},
            {"Statement": [{"Effect": "allow", "Action": "*", "Resource": "*"}]},
            {"Statement": [{"Effect": "Allow", "Action": {"x": 1}, "Resource": "*"}]},
            {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": []}]},
            {"Statement": [{"Effect": "Allow", "Action": "*", "Principal": "me"}]},
        ],
    )
    def test_what_is_no_policy_is_refused(self, broken: Any) -> None:
        with pytest.raises(PolicyMalformed):
            parse(broken)

    @pytest.mark.parametrize(
        ("pattern", "action", "matches"),
        [
            ("*", "s3:GetObject", True),
            ("S3:getobject", "s3:GetObject", True),
            ("s3:Get*", "s3:GetObject", True),
            ("s3:Get?bject", "s3:GetObject", True),
            ("s3:Get", "s3:GetObject", False),
            ("*:GetObject", "s3:GetObject", False),
            ("s*:GetObject", "s3:GetObject", False),
            ("s3", "s3:GetObject", False),
            ("s3:[A-Z]etObject", "s3:GetObject", False),
        ],
    )
    def test_actions(self, pattern: str, action: str, matches: bool) -> None:
        assert action_matches(pattern, action) is matches

    @pytest.mark.parametrize(
        ("pattern", "matches"),
        [
            ("*", True),
            ("arn:aws:iam::*:role/*", True),
            ("arn:*:iam::123456789012:role/team/*", True),
            ("arn:aws:iam::*:role/tr*", False),
            ("arn:aws:iam::999999999999:role/*", False),
            ("arn:aws:iam", True),
            ("arn:aws:iam::*role/*", False),
            (f"{ROLE}x", False),
        ],
    )
    def test_resources_are_compared_field_by_field(self, pattern: str, matches: bool) -> None:
        assert resource_matches(pattern, ROLE, variables=True) is matches

    def test_a_variable_widens_an_allow_and_narrows_a_deny(self) -> None:
        mine = "arn:aws:iam::123456789012:user/${aws:username}"
        assert resource_matches(mine, USER, variables=True)
        assert not resource_matches(mine, USER, variables=False)

    def test_not_action_and_not_resource_cover_the_rest(self) -> None:
        (s,) = parse({"Statement": [{"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::b"}]})
        assert s.covers("s3:GetObject", ANY_RESOURCE)
        assert not s.covers("iam:GetRole", ANY_RESOURCE)
        assert not s.covers("s3:GetObject", "arn:aws:s3:::b")


S3_READ = allow("s3:GetObject", "arn:aws:s3:::data/*")

WIDE: dict[str, tuple[Subject, tuple[str, ...]]] = {
    "narrow": (subject(S3_READ), ()),
    "a prefix is not the service": (subject(allow(["sagemaker:Create*", "sagemaker:Describe*"])), ()),
    "everything": (subject(allow("*")), ("*",)),
    "everything on one bucket": (subject(allow("*", "arn:aws:s3:::data/*")), ()),
    "services": (subject(allow(["SageMaker:*", "bedrock:**", "s3:*"])), ("bedrock:*", "s3:*", "sagemaker:*")),
    "a service on one bucket": (subject(allow("s3:*", ["arn:aws:s3:::data", "arn:aws:s3:::data/*"])), ()),
    "a service on all its resources": (subject(allow("s3:*", "arn:aws:s3:::*")), ("s3:*",)),
    "all keys": (subject(allow("kms:*", "arn:aws:kms:*:123456789012:key/*")), ("kms:*",)),
    "one key": (subject(allow("kms:*", "arn:aws:kms:eu-west-1:123456789012:key/1")), ()),
    "all but some resources": (
        subject({"Effect": "Allow", "Action": "sagemaker:*", "NotResource": "arn:aws:sagemaker:*:*:domain/*"}),
        ("sagemaker:*",),
    ),
    "all but some actions": (
        subject({"Effect": "Allow", "NotAction": ["organizations:*", "iam:*"], "Resource": "*"}),
        ("* except iam:*, organizations:*",),
    ),
    "pass any role": (subject(allow("iam:PassRole")), ("iam:PassRole",)),
    "pass any role by a pattern": (subject(allow("iam:Pass*", "arn:aws:iam::*:role/*")), ("iam:PassRole",)),
    "pass to one service": (
        subject(allow("iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}})),
        (),
    ),
    "pass one role": (subject(allow("iam:PassRole", ROLE)), ()),
    "pass denied": (subject(allow("iam:PassRole"), deny("iam:PassRole")), ()),
    "denied": (subject(allow(["s3:*", "kms:*"]), deny("s3:*")), ("kms:*",)),
    "denied under a condition": (
        subject(allow("s3:*"), deny("s3:*", Condition={"Bool": {"aws:SecureTransport": "false"}})),
        ("s3:*",),
    ),
    "denied in part": (subject(allow("s3:*"), deny("s3:DeleteBucket")), ("s3:*",)),
    "a boundary without it": (subject(allow(["s3:*", "kms:*"]), boundary=boundary(allow("s3:*"))), ("s3:*",)),
    "a boundary with all": (subject(allow("s3:*"), boundary=boundary(allow("*"))), ("s3:*",)),
    "a boundary with all but it": (
        subject(allow("s3:*"), boundary=boundary({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"})),
        (),
    ),
    "a narrow boundary": (subject(allow("*"), boundary=boundary(S3_READ)), ()),
    "full access, unread": (
        subject(policies=(managed("AmazonSageMakerFullAccess", read=False),)),
        ("AmazonSageMakerFullAccess",),
    ),
    "full access, read": (
        subject(policies=(managed("AmazonBedrockFullAccess", allow("bedrock:*")),)),
        ("AmazonBedrockFullAccess",),
    ),
    "full access in a boundary": (
        subject(
            policies=(managed("AmazonBedrockFullAccess", allow("bedrock:*")),),
            boundary=boundary(allow("bedrock:InvokeModel")),
        ),
        (),
    ),
    "another managed policy": (
        subject(policies=(managed("AmazonEC2FullAccess", allow("ec2:*")),)),
        ("ec2:*",),
    ),
}


@pytest.mark.parametrize("case", WIDE)
def test_broad_grants(case: str) -> None:
    who, grants = WIDE[case]
    assert tuple(broad_grants(who)) == grants


def test_unread_policies_are_named_unless_their_name_decides() -> None:
    who = subject(policies=(managed("ReadOnlyAccess", read=False), managed("AmazonSageMakerFullAccess", read=False)))
    assert who.unread() == ("ReadOnlyAccess",)
    assert subject(policies=(managed("AWSDenyAll", read=False),)).unread() == ()
