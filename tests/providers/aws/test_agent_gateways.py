"""Bedrock AgentCore gateways."""

from __future__ import annotations

import json
from typing import Any

import pytest

from auditor.model.facts import Known, Reason
from auditor.model.resources import AgentGateway, Ref
from auditor.model.scope import Provider
from auditor.providers.aws import agent_gateways
from auditor.providers.aws.agent_gateways import GET_GATEWAY, LIST_GATEWAYS
from auditor.providers.aws.agentcore import GET_RESOURCE_POLICY
from tests.providers.aws.conftest import Aws

NAME = "tools-f6g7h8i9j0"
ARN = f"arn:aws:bedrock-agentcore:us-east-1:123456789012:gateway/{NAME}"
ROLE = "arn:aws:iam::123456789012:role/gateway"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ACL = "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/a/b"
BASE = {
    "gatewayId": NAME,
    "name": "tools",
    "status": "READY",
    "createdAt": "2026-08-14T09:30:00Z",
    "updatedAt": "2026-08-14T09:30:00Z",
    "authorizerType": "AWS_IAM",
}
TOKENS = {"discoveryUrl": "https://login.example/.well-known/openid-configuration"}


def gateway(aws: Aws, **more: Any) -> None:
    aws.answer(LIST_GATEWAYS, {"items": [BASE]})
    body = {
        **BASE,
        "gatewayArn": ARN,
        "roleArn": ROLE,
        "kmsKeyArn": KEY,
        "policyEngineConfiguration": {"arn": "arn:aws:bedrock-agentcore:::policy-engine/p", "mode": "ENFORCE"},
        "webAclArn": ACL,
        "wafConfiguration": {"failureMode": "FAIL_CLOSE"},
        **more,
    }
    aws.answer(GET_GATEWAY, {k: v for k, v in body.items() if v is not None}, gatewayIdentifier=NAME)
    aws.refuse(GET_RESOURCE_POLICY, "ResourceNotFoundException", 404)


def only(aws: Aws) -> AgentGateway:
    (found,) = aws.collect(agent_gateways.COLLECTORS)
    assert isinstance(found, AgentGateway)
    return found


def outcome(fact: Any) -> object:
    return fact.value if isinstance(fact, Known) else fact.reason


def test_a_guarded_gateway(aws: Aws) -> None:
    gateway(aws)
    found = only(aws)
    assert (found.id, found.name, found.native_type) == (ARN, "tools", "AWS::BedrockAgentCore::Gateway")
    assert found.identity.value == (Ref("Identity", Provider.AWS, "123456789012", ROLE),)
    assert found.authorization.value == "cloud identity"
    assert found.encryption_key.value == Ref("Key", Provider.AWS, "123456789012", KEY)
    assert found.tool_policy.value == "block"
    assert found.firewall.value is True
    assert found.reveals_errors.value is False
    assert found.public_policy.value is False
    (collector,) = agent_gateways.COLLECTORS
    assert all(isinstance(getattr(found, n), Known) and getattr(found, n).calls for n in collector.facts())


@pytest.mark.parametrize(
    ("changes", "fact", "expected"),
    [
        ({"authorizerType": "NONE"}, "authorization", "none"),
        ({"authorizerType": "AUTHENTICATE_ONLY"}, "authorization", "authenticated only"),
        ({"authorizerType": "CUSTOM_JWT"}, "authorization", Reason.ABSENT),
        (
            {"authorizerType": "CUSTOM_JWT", "authorizerConfiguration": {"customJWTAuthorizer": TOKENS}},
            "authorization",
            "authenticated only",
        ),
        (
            {
                "authorizerType": "CUSTOM_JWT",
                "authorizerConfiguration": {"customJWTAuthorizer": {**TOKENS, "allowedClients": ["c"]}},
            },
            "authorization",
            "token issuer",
        ),
        ({"authorizerType": "UnheardOf"}, "authorization", Reason.UNRECOGNISED),
        ({"roleArn": None}, "identity", Reason.ABSENT),
        ({"kmsKeyArn": None}, "encryption_key", None),
        ({"policyEngineConfiguration": None}, "tool_policy", "none"),
        ({"policyEngineConfiguration": {"arn": "a", "mode": "LOG_ONLY"}}, "tool_policy", "log"),
        ({"policyEngineConfiguration": {"arn": "a", "mode": "UnheardOf"}}, "tool_policy", Reason.UNRECOGNISED),
        ({"webAclArn": None}, "firewall", False),
        ({"wafConfiguration": {"failureMode": "FAIL_OPEN"}}, "firewall", False),
        ({"wafConfiguration": None}, "firewall", Reason.ABSENT),
        ({"wafConfiguration": {"failureMode": "UnheardOf"}}, "firewall", Reason.UNRECOGNISED),
        ({"exceptionLevel": "DEBUG"}, "reveals_errors", True),
        ({"exceptionLevel": "UnheardOf"}, "reveals_errors", Reason.UNRECOGNISED),
    ],
)
def test_fields(aws: Aws, changes: dict[str, Any], fact: str, expected: object) -> None:
    gateway(aws, **changes)
    assert outcome(getattr(only(aws), fact)) == expected


def test_policy(aws: Aws) -> None:
    gateway(aws)
    assert outcome(only(aws).policy_document) is None
    statement = {"Effect": "Allow", "Principal": "*", "Action": "bedrock-agentcore:InvokeGateway", "Resource": ARN}
    aws.answer(GET_RESOURCE_POLICY, {"policy": json.dumps({"Statement": [statement]})}, resourceArn=ARN)
    found = only(aws)
    assert found.public_policy.value is True
    assert found.policy_document.value == json.dumps({"Statement": [statement]}, separators=(",", ":"))
    aws.refuse(GET_RESOURCE_POLICY, "AccessDeniedException", 403)
    found = only(aws)
    assert {outcome(found.public_policy), outcome(found.policy_document)} == {Reason.DENIED}


def test_a_denied_gateway_is_listed_and_unknown(aws: Aws) -> None:
    gateway(aws)
    aws.refuse(GET_GATEWAY, "AccessDeniedException", 403)
    found = only(aws)
    assert {outcome(getattr(found, f)) for f in agent_gateways.COLLECTORS[0].details[0].facts} == {Reason.DENIED}
    assert found.public_policy.value is False


def test_a_denied_list_is_a_gap(aws: Aws) -> None:
    aws.refuse(LIST_GATEWAYS, "AccessDeniedException", 403)
    done = aws.collected(agent_gateways.COLLECTORS)
    assert done.inventory.resources == ()
    assert [g.why.reason for g in done.inventory.gaps] == [Reason.DENIED]
