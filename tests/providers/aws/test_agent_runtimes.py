"""Bedrock AgentCore runtimes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from auditor.model.facts import Known, Reason, Unknown
from auditor.model.resources import AgentRuntime, Ref
from auditor.model.scope import Provider
from auditor.providers.aws import agent_runtimes
from auditor.providers.aws.agent_runtimes import GET_AGENT_RUNTIME, LIST_AGENT_RUNTIMES
from auditor.providers.aws.agentcore import GET_RESOURCE_POLICY
from tests.providers.aws.conftest import Aws

NAME = "claims-Xk29fLmQ0a"
ARN = f"arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/{NAME}"
ROLE = "arn:aws:iam::123456789012:role/agent"
AT = "2026-08-14T09:30:00Z"
BASE = {"agentRuntimeArn": ARN, "agentRuntimeId": NAME, "agentRuntimeVersion": "1", "agentRuntimeName": "claims"}
STATE = {"lastUpdatedAt": AT, "status": "READY"}
VPC = {"networkMode": "VPC", "networkModeConfig": {"subnets": ["subnet-2", "subnet-1"], "securityGroups": ["sg-1"]}}
TOKENS: dict[str, Any] = {"discoveryUrl": "https://login.example/.well-known/openid-configuration"}


def runtime(aws: Aws, **more: Any) -> None:
    aws.answer(LIST_AGENT_RUNTIMES, {"agentRuntimes": [{**BASE, **STATE, "description": "d"}]})
    body = {
        **BASE,
        **STATE,
        "createdAt": AT,
        "roleArn": ROLE,
        "lifecycleConfiguration": {},
        "networkConfiguration": VPC,
        "authorizerConfiguration": {"customJWTAuthorizer": {**TOKENS, "allowedAudience": ["claims"]}},
        "metadataConfiguration": {"requireMMDSV2": True},
        "environmentVariables": {"LOG_LEVEL": "info"},
        **more,
    }
    aws.answer(GET_AGENT_RUNTIME, {k: v for k, v in body.items() if v is not None}, agentRuntimeId=NAME)
    aws.refuse(GET_RESOURCE_POLICY, "ResourceNotFoundException", 404)


def only(aws: Aws) -> AgentRuntime:
    (found,) = aws.collect(agent_runtimes.COLLECTORS)
    assert isinstance(found, AgentRuntime)
    return found


def outcome(fact: Any) -> object:
    return fact.value if isinstance(fact, Known) else fact.reason


def test_a_guarded_runtime(aws: Aws) -> None:
    runtime(aws)
    found = only(aws)
    assert (found.id, found.name, found.native_type) == (ARN, "claims", "AWS::BedrockAgentCore::Runtime")
    assert found.identity.value == (Ref("Identity", Provider.AWS, "123456789012", ROLE),)
    assert found.private.value is True
    assert found.subnets.value == ("subnet-1", "subnet-2")
    assert found.security_groups.value == ("sg-1",)
    assert found.authentication.value == "token issuer"
    assert found.metadata_v2.value is True
    assert found.secrets.value == ()
    assert found.public_policy.value is False
    (collector,) = agent_runtimes.COLLECTORS
    assert all(isinstance(getattr(found, n), Known) and getattr(found, n).calls for n in collector.facts())


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("networkConfiguration", {"networkMode": "PUBLIC"}, {"private": False, "subnets": (), "security_groups": ()}),
        ("networkConfiguration", {"networkMode": "VPC"}, {"private": True, "subnets": Reason.ABSENT}),
        ("networkConfiguration", {"networkMode": "UnheardOf"}, {"private": Reason.UNRECOGNISED}),
        (
            "networkConfiguration",
            None,
            {"private": Reason.ABSENT, "subnets": Reason.ABSENT, "authentication": "token issuer"},
        ),
        ("authorizerConfiguration", None, {"authentication": "cloud identity"}),
        ("authorizerConfiguration", {"customJWTAuthorizer": TOKENS}, {"authentication": "authenticated only"}),
        (
            "authorizerConfiguration",
            {"customJWTAuthorizer": {**TOKENS, "allowedScopes": ["use"]}},
            {"authentication": "token issuer"},
        ),
        ("metadataConfiguration", {"requireMMDSV2": False}, {"metadata_v2": False}),
        ("metadataConfiguration", None, {"metadata_v2": Reason.ABSENT}),
        ("environmentVariables", None, {"secrets": ()}),
        ("environmentVariables", {"K": "AKIAIOSFODNN7EXAMPLE"}, {"secrets": ("K (aws-access-key)",)}),
    ],
)
def test_fields(aws: Aws, field: str, value: Any, expected: dict[str, object]) -> None:
    runtime(aws, **{field: value})
    found = only(aws)
    assert {name: outcome(getattr(found, name)) for name in expected} == expected


@pytest.mark.parametrize(
    ("conditions", "expected"), [({}, True), ({"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}, False)]
)
def test_resource_policy(aws: Aws, conditions: dict[str, Any], expected: bool) -> None:
    runtime(aws)
    statement = {"Effect": "Allow", "Principal": "*", "Action": "bedrock-agentcore:*", "Resource": ARN, **conditions}
    aws.answer(GET_RESOURCE_POLICY, {"policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]})})
    found = only(aws)
    assert found.public_policy.value is expected
    assert found.policy_document.value is not None
    assert json.loads(found.policy_document.value)["Statement"] == [statement]


@pytest.mark.parametrize(("body", "expected"), [({}, (False, None)), ({"policy": "[]"}, (Reason.MALFORMED, "[]"))])
def test_odd_resource_policies(aws: Aws, body: dict[str, Any], expected: object) -> None:
    runtime(aws)
    aws.answer(GET_RESOURCE_POLICY, body)
    found = only(aws)
    assert (outcome(found.public_policy), outcome(found.policy_document)) == expected


def test_one_denied_call_leaves_the_rest_known(aws: Aws) -> None:
    runtime(aws)
    aws.refuse(GET_AGENT_RUNTIME, "AccessDeniedException", 403)
    found = only(aws)
    assert isinstance(found.private, Unknown)
    assert found.private.permissions == ("bedrock-agentcore:GetAgentRuntime",)
    assert found.public_policy.value is False
    aws.refuse(GET_RESOURCE_POLICY, "AccessDeniedException", 403)
    found = only(aws)
    assert {outcome(found.public_policy), outcome(found.policy_document)} == {Reason.DENIED}
