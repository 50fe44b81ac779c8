"""Policy documents: parsing, matching, administrator rights, wide grants, trust."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from auditor.access.aws_documents import ANY_RESOURCE, PolicyMalformed, action_matches, parse, resource_matches
from auditor.access.aws_grants import Policy, Subject, administrator, broad_grants
from auditor.access.aws_trust import ai_services, public, unconditioned

ROLE = "arn:aws:iam::123456789012:role/team/train"
USER = "arn:aws:iam::123456789012:user/ana"
GROUP = "arn:aws:iam::123456789012:group/ml"
ACCOUNT = "123456789012"


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def subject(*statements: dict[str, Any], arn: str = ROLE, **more: Any) -> Subject:
    policies = (Policy("inline", "", parse(document(*statements))), *more.pop("policies", ()))
    return Subject(arn=arn, is_user=":user/" in arn, policies=policies, **more)


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


ADMINISTRATORS = {
    "everything": subject(allow("*")),
    "everything, spelled out": subject(allow("*:*", "arn:aws:*:*:*:*")),
    "everything in a list": subject(allow(["s3:GetObject", "*"])),
    "everything but one bucket": subject(
        {"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::payroll"},
    ),
    "everything under a condition": subject(
        allow("*", Condition={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}})
    ),
    "everything with a conditioned deny": subject(
        allow("*"), deny("*", Condition={"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}})
    ),
    "everything but IAM by a deny": subject(allow("*"), deny("iam:*")),
    "all of IAM": subject(allow("iam:*")),
    "own inline policy": subject(allow("iam:PutRolePolicy", ROLE)),
    "own inline policy, by a pattern": subject(allow("iam:Put*", "arn:aws:iam::*:role/team/*")),
    "own attachments": subject(allow("iam:AttachRolePolicy")),
    "own user, by a variable": subject(allow("iam:PutUserPolicy", "arn:aws:iam::*:user/${aws:username}"), arn=USER),
    "own group": subject(allow("iam:AttachGroupPolicy", GROUP), arn=USER, groups=(GROUP,)),
    "a new version of an attached policy": subject(
        allow("iam:CreatePolicyVersion", "arn:aws:iam::123456789012:policy/mine"),
        policies=(Policy("mine", "arn:aws:iam::123456789012:policy/mine", ()),),
    ),
    "a role of its making": subject(allow(["iam:CreateRole", "iam:PutRolePolicy"], "arn:aws:iam::*:role/*"), arn=USER),
    "keys of any user, and any right for it": subject(allow(["iam:CreateAccessKey", "iam:AttachUserPolicy"])),
    "everything but a few actions of IAM": subject({"Effect": "Allow", "NotAction": "iam:PassRole", "Resource": "*"}),
    "AdministratorAccess, unread": subject(policies=(managed("AdministratorAccess", read=False),)),
    "IAMFullAccess, unread": subject(policies=(managed("IAMFullAccess", read=False),)),
    "a boundary that allows all": subject(allow("*"), boundary=boundary(allow("*"))),
    "a boundary that allows the way": subject(allow("iam:PutRolePolicy"), boundary=boundary(allow("iam:*"))),
    "a boundary that was not read": subject(allow("*"), boundary=None),
}

NOT_ADMINISTRATORS = {
    "nothing": subject(),
    "one service": subject(allow("sagemaker:*")),
    "power user": subject(
        {"Effect": "Allow", "NotAction": ["iam:*", "organizations:*", "account:*"], "Resource": "*"},
        allow(["iam:CreateServiceLinkedRole", "iam:ListRoles"]),
    ),
    "everything on one resource": subject(allow("*", "arn:aws:s3:::b/*")),
    "reading IAM": subject(allow(["iam:Get*", "iam:List*"])),
    "another role's policies": subject(allow("iam:PutRolePolicy", "arn:aws:iam::123456789012:role/other")),
    "a role's policies, as a user without a way in": subject(allow("iam:PutRolePolicy"), arn=USER),
    "a group it is not in": subject(allow("iam:AttachGroupPolicy", GROUP), arn=ROLE),
    "only roles under a boundary": subject(
        allow(
            ["iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy"],
            Condition={"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::123456789012:policy/cap"}},
        )
    ),
    "everything denied": subject(allow("*"), deny("*")),
    "everything else denied": subject(allow("*"), {"Effect": "Deny", "NotAction": "s3:GetObject", "Resource": "*"}),
    "AWSDenyAll, unread": subject(allow("*"), policies=(managed("AWSDenyAll", read=False),)),
    "all of IAM, denied": subject(allow("iam:*"), deny("iam:*")),
    "a boundary of one service": subject(allow("*"), boundary=boundary(allow("s3:*"))),
    "a boundary on the way": subject(allow("iam:*"), boundary=boundary(allow(["s3:*", "sagemaker:*"]))),
    "a boundary with a deny": subject(allow("iam:*"), boundary=boundary(allow("*"), deny("iam:*"))),
    "AdministratorAccess in a boundary": subject(
        policies=(managed("AdministratorAccess", allow("*")),), boundary=boundary(allow("s3:*"))
    ),
    "a policy named like the managed one": subject(
        policies=(Policy("AdministratorAccess", f"arn:aws:iam::{ACCOUNT}:policy/AdministratorAccess", ()),)
    ),
    "passing any role": subject(allow("iam:PassRole")),
}


@pytest.mark.parametrize("case", ADMINISTRATORS)
def test_administrator(case: str) -> None:
    assert administrator(ADMINISTRATORS[case])


@pytest.mark.parametrize("case", NOT_ADMINISTRATORS)
def test_not_administrator(case: str) -> None:
    assert administrator(NOT_ADMINISTRATORS[case]) is None


def test_the_reason_names_the_policy() -> None:
    assert administrator(ADMINISTRATORS["everything"]) == "every action on every resource (inline)"
    assert administrator(ADMINISTRATORS["own attachments"]) == "iam:AttachRolePolicy (inline)"


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


def trust(principal: Any, *, action: str = "sts:AssumeRole", **more: Any) -> Any:
    return parse(document({"Effect": "Allow", "Principal": principal, "Action": action, **more}))


SAGEMAKER = {"Service": "sagemaker.amazonaws.com"}
OTHER = "arn:aws:iam::999999999999:root"
GITHUB = {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"}
EKS = {"Federated": "arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC"}


@pytest.mark.parametrize(
    ("statements", "services"),
    [
        (trust(SAGEMAKER), ("sagemaker.amazonaws.com",)),
        (trust({"Service": "sagemaker.amazonaws.com.cn"}), ("sagemaker.amazonaws.com",)),
        (
            trust({"Service": ["lambda.amazonaws.com", "bedrock.amazonaws.com", "bedrock-agentcore.amazonaws.com"]}),
            ("bedrock-agentcore.amazonaws.com", "bedrock.amazonaws.com"),
        ),
        (trust({"Service": "ec2.amazonaws.com"}), ()),
        (trust(SAGEMAKER, action="sts:TagSession"), ()),
        (trust({"AWS": "arn:aws:iam::123456789012:root"}), ()),
        (parse(document({"Effect": "Deny", "Principal": SAGEMAKER, "Action": "sts:AssumeRole"})), ()),
    ],
)
def test_trusted_ai_services(statements: Any, services: tuple[str, ...]) -> None:
    assert ai_services(statements) == services


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        (trust(SAGEMAKER), ("sagemaker.amazonaws.com",)),
        (trust(SAGEMAKER, Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}}), ()),
        (trust(SAGEMAKER, Condition={"StringEquals": {"AWS:sourceaccount": [ACCOUNT]}}), ()),
        (trust(SAGEMAKER, Condition={"ArnLike": {"aws:SourceArn": f"arn:aws:sagemaker:*:{ACCOUNT}:*"}}), ()),
        (trust(SAGEMAKER, Condition={"StringEquals": {"aws:SourceOrgID": "o-abc"}}), ()),
        (
            trust(SAGEMAKER, Condition={"ArnLike": {"aws:SourceArn": "arn:aws:sagemaker:*:*:*"}}),
            ("sagemaker.amazonaws.com",),
        ),
        (trust(SAGEMAKER, Condition={"StringLike": {"aws:SourceAccount": "*"}}), ("sagemaker.amazonaws.com",)),
        (
            trust(SAGEMAKER, Condition={"StringEqualsIfExists": {"aws:SourceAccount": ACCOUNT}}),
            ("sagemaker.amazonaws.com",),
        ),
        (
            trust(SAGEMAKER, Condition={"StringNotEquals": {"aws:SourceAccount": ACCOUNT}}),
            ("sagemaker.amazonaws.com",),
        ),
        (
            trust(SAGEMAKER, Condition={"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}),
            ("sagemaker.amazonaws.com",),
        ),
        (trust({"Service": "ec2.amazonaws.com"}), ()),
        (trust({"AWS": "arn:aws:iam::123456789012:root"}), ()),
        (trust({"AWS": ACCOUNT}), ()),
        (trust({"AWS": "AROAEXAMPLEEXAMPLE"}), ()),
        (trust({"AWS": OTHER}), (OTHER,)),
        (trust({"AWS": "999999999999"}), ("999999999999",)),
        (trust("*"), ("*",)),
        (trust({"AWS": ["*"]}, Condition={"StringEquals": {"aws:PrincipalOrgID": "o-abc"}}), ()),
        (trust({"AWS": OTHER}, Condition={"StringEquals": {"sts:ExternalId": "x7"}}), ()),
        (trust({"AWS": OTHER}, Condition={"StringLike": {"sts:ExternalId": "*"}}), (OTHER,)),
        (trust({"AWS": OTHER}, Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}), (OTHER,)),
        (trust({"AWS": "*"}, Condition={"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}), ("*",)),
        (
            parse(document({"Effect": "Allow", "NotPrincipal": {"AWS": OTHER}, "Action": "sts:AssumeRole"})),
            (f"everyone but {OTHER}",),
        ),
        (trust(GITHUB, action="sts:AssumeRoleWithWebIdentity"), (GITHUB["Federated"],)),
        (
            trust(
                GITHUB,
                action="sts:AssumeRoleWithWebIdentity",
                Condition={"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}},
            ),
            (GITHUB["Federated"],),
        ),
        (
            trust(
                GITHUB,
                action="sts:AssumeRoleWithWebIdentity",
                Condition={"StringLike": {"token.actions.githubusercontent.com:sub": "repo:org/app:*"}},
            ),
            (),
        ),
        (
            trust(
                EKS,
                action="sts:AssumeRoleWithWebIdentity",
                Condition={"StringEquals": {"oidc.eks.eu-west-1.amazonaws.com/id/ABC:aud": "sts.amazonaws.com"}},
            ),
            (),
        ),
        (
            trust(
                {"Federated": "cognito-identity.amazonaws.com"},
                action="sts:AssumeRoleWithWebIdentity",
                Condition={"StringEquals": {"cognito-identity.amazonaws.com:aud": "eu-west-1:pool"}},
            ),
            (),
        ),
        (
            trust({"Federated": "arn:aws:iam::123456789012:saml-provider/idp"}, action="sts:AssumeRoleWithSAML"),
            (),
        ),
    ],
)
def test_unconditioned_trust(statements: Any, found: tuple[str, ...]) -> None:
    assert unconditioned(statements, ACCOUNT) == found


def grant(principal: Any, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal, "Action": "kms:*", "Resource": "*", **more}


def perimeter(**more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", "Condition": more}


@pytest.mark.parametrize(
    ("statements", "is_public"),
    [
        ([grant({"AWS": "arn:aws:iam::123456789012:root"})], False),
        ([grant("*")], True),
        ([grant({"AWS": ["arn:aws:iam::123456789012:root", "*"]})], True),
        ([grant("*", Condition={"StringEquals": {"kms:CallerAccount": ACCOUNT}})], False),
        ([grant("*", Condition={"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}})], True),
        ([grant("*", Condition={"Bool": {"aws:SecureTransport": "true"}})], True),
        ([grant("*", Condition={"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-abc/*"}})], False),
        ([grant("*", Condition={"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-abc/*"}})], True),
        ([grant("*"), perimeter(StringNotEqualsIfExists={"aws:PrincipalOrgID": "o-abc"})], False),
        (
            [
                grant("*"),
                perimeter(
                    StringNotEqualsIfExists={"aws:PrincipalOrgID": "o-abc"},
                    BoolIfExists={"aws:PrincipalIsAWSService": "false"},
                ),
            ],
            False,
        ),
        (
            [
                grant("*"),
                perimeter(StringNotEquals={"aws:PrincipalOrgID": "o-abc"}, IpAddress={"aws:SourceIp": "192.0.2.0/24"}),
            ],
            True,
        ),
        ([grant("*"), perimeter(Bool={"aws:SecureTransport": "false"})], True),
        ([{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}], False),
    ],
)
def test_public(statements: list[dict[str, Any]], is_public: bool) -> None:
    assert bool(public(parse(document(*statements)))) is is_public
