"""What an identity may call, and what counts as a barrier."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.access.aws_documents import parse
from auditor.access.aws_grants import Policy, Subject, broad_grants, passes_any_role
from auditor.access.aws_invocation import depends_on_attributes, invocations, unread
from auditor.access.aws_trust import acted_by_services_only

MODELS = "arn:aws:bedrock:*::foundation-model/*"
NOVA = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"
GUARDRAIL = {"bedrock:GuardrailIdentifier": "arn:aws:bedrock:us-east-1:123456789012:guardrail/g1:1"}
VPC = {"aws:SourceVpc": "vpc-1"}
OWN_CALLS = {"BoolIfExists": {"aws:ViaAWSService": "false"}}


def statement(effect: str, action: Any, resource: Any = "*", **condition: Any) -> dict[str, Any]:
    body = {"Effect": effect, "Action": action, "Resource": resource}
    return {**body, "Condition": condition} if condition else body


def allow(action: Any, resource: Any = "*", **condition: Any) -> dict[str, Any]:
    return statement("Allow", action, resource, **condition)


def deny(action: Any, resource: Any = "*", **condition: Any) -> dict[str, Any]:
    return statement("Deny", action, resource, **condition)


def subject(*statements: dict[str, Any], policies: tuple[Policy, ...] = ()) -> Subject:
    own = Policy("own", "", parse({"Statement": list(statements)}))
    return Subject(policies=(own, *policies))


def aws_policy(name: str, *statements: dict[str, Any], read: bool = True) -> Policy:
    return Policy(name, f"arn:aws:iam::aws:policy/{name}", parse({"Statement": list(statements)}) if read else None)


@pytest.mark.parametrize(
    ("statements", "targets", "generative"),
    [
        ([allow("s3:GetObject")], (), False),
        ([allow("bedrock:List*")], (), False),
        ([allow("bedrock:InvokeModel", NOVA)], (NOVA,), True),
        ([allow("bedrock:*", ["arn:aws:s3:::b/*", NOVA])], (NOVA,), True),
        ([allow("*")], ("*",), True),
        (
            [allow("sagemaker:Invoke*", "arn:aws:sagemaker:*:*:endpoint/e")],
            ("arn:aws:sagemaker:*:*:endpoint/e",),
            False,
        ),
        ([allow("bedrock:InvokeAgent"), allow("bedrock-agentcore:InvokeAgentRuntime", "a")], ("*", "a"), False),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], ("*",), True),
        ([{"Effect": "Allow", "Action": "bedrock:*", "NotResource": NOVA}], ("*",), True),
        ([allow("bedrock:InvokeModel", NOVA), deny("bedrock:*")], (), False),
        ([allow("bedrock:InvokeModel", NOVA), deny("bedrock:*", MODELS)], (), False),
        ([allow("bedrock:InvokeModel", MODELS), deny("bedrock:*", NOVA)], (MODELS,), True),
        ([allow("bedrock:InvokeModel", f"{NOVA}?"), deny("bedrock:*", f"{NOVA[:-1]}?")], (f"{NOVA}?",), True),
        ([allow("bedrock:InvokeModel", MODELS), deny("bedrock:*", StringEquals=VPC)], (MODELS,), True),
        ([allow("bedrock:InvokeModel"), {"Effect": "Deny", "Action": "*", "NotResource": NOVA}], ("*",), True),
        (
            [allow("bedrock:InvokeModel", MODELS), {"Effect": "Deny", "Action": "*", "NotResource": "arn:aws:s3:::b"}],
            (),
            False,
        ),
    ],
)
def test_what_may_be_called(statements: list[dict[str, Any]], targets: tuple[str, ...], generative: bool) -> None:
    found = invocations(subject(*statements))
    assert (found.targets, found.generative) == (targets, generative)


CALLS = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]


@pytest.mark.parametrize(
    ("statements", "unguarded"),
    [
        ([allow(CALLS, MODELS)], True),
        ([allow(CALLS, MODELS, StringEquals=GUARDRAIL)], False),
        ([allow(CALLS, MODELS, StringEqualsIfExists=GUARDRAIL)], True),
        ([allow(CALLS, MODELS, Null={"bedrock:GuardrailIdentifier": "false"})], False),
        ([allow(CALLS, MODELS, StringLike={"bedrock:GuardrailIdentifier": "*"})], True),
        ([allow("*"), deny(CALLS, StringNotEquals=GUARDRAIL)], False),
        ([allow("*"), deny("bedrock:Invoke*", StringNotEqualsIfExists=GUARDRAIL)], False),
        ([allow("*"), deny(CALLS, Null={"bedrock:GuardrailIdentifier": "true"})], False),
        ([allow("*"), deny(CALLS, Null={"bedrock:GuardrailIdentifier": "false"})], True),
        ([allow("*"), deny(CALLS[0], StringNotEquals=GUARDRAIL)], True),  # streams stay open
        ([allow("*"), deny(CALLS, MODELS, StringNotEquals=GUARDRAIL)], True),  # inference profiles stay open
        ([allow(CALLS, NOVA), deny(CALLS, MODELS, StringNotEquals=GUARDRAIL)], False),
        ([allow("*"), deny(CALLS, StringNotEquals=GUARDRAIL, StringEquals={"aws:username": "x"})], True),
        ([allow("*"), deny(CALLS, StringEquals=GUARDRAIL)], True),
        ([allow(CALLS, StringEquals=GUARDRAIL), allow(CALLS, NOVA)], True),
        ([allow("sagemaker:InvokeEndpoint")], False),
    ],
)
def test_guardrails(statements: list[dict[str, Any]], unguarded: bool) -> None:
    assert invocations(subject(*statements)).unguarded is unguarded


@pytest.mark.parametrize(
    ("statements", "anywhere"),
    [
        ([allow("sagemaker:InvokeEndpoint")], True),
        ([allow("sagemaker:InvokeEndpoint", StringEquals=VPC)], False),
        ([allow("bedrock:InvokeAgent", StringEquals={"aws:SourceVpce": ["vpce-1", "vpce-2"]})], False),
        ([allow("bedrock:Retrieve", IpAddress={"aws:SourceIp": "0.0.0.0/0"})], True),
        ([allow("*"), deny("*", StringNotEquals=VPC)], False),
        ([allow("*"), deny("*", StringNotEqualsIfExists=VPC, **OWN_CALLS)], False),
        ([allow("*"), deny("*", NotIpAddressIfExists={"aws:SourceIp": "192.0.2.0/24"}, StringNotEquals=VPC)], False),
        ([allow("*"), deny("*", StringNotEquals=VPC, BoolIfExists={"aws:ViaAWSService": "true"})], True),
        ([allow("*"), deny("*", StringNotEquals=VPC, StringNotLike={"aws:PrincipalArn": "x"})], True),
        ([allow("*"), deny("bedrock:*", StringNotEquals=VPC)], True),  # endpoints of SageMaker stay open
        ([allow("*"), deny("*", Null={"aws:SourceVpc": "true"})], True),  # anybody's VPC will do
        ([allow("s3:GetObject")], False),
    ],
)
def test_networks(statements: list[dict[str, Any]], anywhere: bool) -> None:
    assert invocations(subject(*statements)).from_anywhere is anywhere


def test_unread_documents_may_grant_or_forbid() -> None:
    assert unread(subject(policies=(aws_policy("AmazonBedrockFullAccess", read=False),))) == (
        "AmazonBedrockFullAccess",
    )
    stopped = subject(allow("*"), policies=(aws_policy("AWSDenyAll", read=False),))
    assert unread(stopped) == ()
    assert invocations(stopped).targets == ()


TAG = {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}


@pytest.mark.parametrize(
    ("statements", "depends"),
    [
        ([allow("sagemaker:*", StringEquals=TAG)], True),
        ([allow("bedrock:InvokeModel", StringEquals={"aws:PrincipalTag/team": "risk"})], True),
        ([allow("*", StringEquals={"aws:RequestTag/team": "risk"})], True),
        ([deny("sagemaker:*", StringNotEquals=TAG)], True),
        ([allow("sagemaker:*", StringEquals={"aws:username": "${aws:PrincipalTag/name}"})], True),
        ([allow("ec2:*", StringEquals=TAG)], False),
        ([allow("sagemaker:*")], False),
        ([{"Effect": "Allow", "NotAction": "bedrock:*", "Resource": "*", "Condition": {"StringEquals": TAG}}], False),
    ],
)
def test_attributes(statements: list[dict[str, Any]], depends: bool) -> None:
    assert depends_on_attributes(subject(*statements)) is depends


def test_conditions_that_aws_wrote_are_not_the_customers() -> None:
    assert not depends_on_attributes(subject(policies=(aws_policy("X", allow("sagemaker:*", StringEquals=TAG)),)))


@pytest.mark.parametrize(
    ("statements", "grants"),
    [
        ([allow("iam:PassRole")], ("iam:PassRole",)),
        ([allow("iam:Pass*", "arn:aws:iam::123456789012:role/*")], ("iam:Pass*",)),
        ([allow("iam:*")], ("iam:*",)),
        ([allow("*")], ("*",)),
        ([{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}], ("* except s3:*",)),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], ()),
        ([allow("iam:PassRole", "arn:aws:iam::123456789012:role/ml-*")], ()),
        ([allow("iam:PassRole", StringEquals={"iam:PassedToService": "sagemaker.amazonaws.com"})], ()),
        ([allow("iam:PassRole"), deny("iam:*")], ()),
    ],
)
def test_passing_any_role(statements: list[dict[str, Any]], grants: tuple[str, ...]) -> None:
    assert tuple(passes_any_role(subject(*statements))) == grants


@pytest.mark.parametrize(
    ("given", "wide"),
    [
        (allow("aws-marketplace:Subscribe"), ["aws-marketplace:Subscribe"]),
        (allow("aws-marketplace:*"), ["aws-marketplace:*"]),
        (allow("aws-marketplace:Subscribe", **{"ForAnyValue:StringEquals": {"aws-marketplace:ProductId": "p"}}), []),
        (allow("aws-marketplace:Subscribe", StringEquals={"aws:CalledViaLast": "bedrock.amazonaws.com"}), []),
        (allow("bedrock-agentcore:*"), ["bedrock-agentcore:*"]),
    ],
)
def test_broad_grants_of_models_and_agents(given: dict[str, Any], wide: list[str]) -> None:
    assert list(broad_grants(subject(given))) == wide


def test_full_access_to_agentcore_is_broad() -> None:
    found = broad_grants(subject(policies=(aws_policy("BedrockAgentCoreFullAccess", read=False),)))
    assert list(found) == ["BedrockAgentCoreFullAccess"]


@pytest.mark.parametrize(
    ("principals", "expected"),
    [
        ([{"Service": "bedrock.amazonaws.com"}], True),
        ([{"Service": ["bedrock.amazonaws.com", "comprehend.amazonaws.com"]}], True),
        ([{"Service": ["bedrock.amazonaws.com", "lambda.amazonaws.com"]}], False),
        ([{"Service": "sagemaker.amazonaws.com"}], False),
        ([{"Service": "bedrock.amazonaws.com"}, {"AWS": "123456789012"}], False),
        ([{"Service": "bedrock.amazonaws.com", "AWS": "123456789012"}], False),
        ([], False),
    ],
)
def test_roles_that_only_services_act_as(principals: list[dict[str, Any]], expected: bool) -> None:
    statements = [{"Effect": "Allow", "Principal": p, "Action": "sts:AssumeRole"} for p in principals]
    assert acted_by_services_only(parse({"Statement": statements})) is expected
