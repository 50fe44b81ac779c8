"""Bedrock agents."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.model.facts import Known, Reason, Unknown
from auditor.model.resources import GenerativeDeployment, Ref
from auditor.model.scope import Provider
from auditor.providers.aws import generative
from auditor.providers.aws.generative import GET_AGENT, LIST_AGENTS
from tests.providers.aws.conftest import Aws

ROLE = "arn:aws:iam::123456789012:role/agent"
ARN = "arn:aws:bedrock:us-east-1:123456789012:agent/ABCDEFGHIJ"
WHEN = "2026-01-01T00:00:00Z"


def agent(aws: Aws, status: str = "PREPARED", **more: Any) -> GenerativeDeployment:
    summary = {"agentId": "ABCDEFGHIJ", "agentName": "a", "agentStatus": status, "updatedAt": WHEN}
    aws.answer(LIST_AGENTS, {"agentSummaries": [summary]})
    body = {
        "agentId": "ABCDEFGHIJ",
        "agentName": "a",
        "agentArn": ARN,
        "agentVersion": "DRAFT",
        "agentStatus": status,
        "idleSessionTTLInSeconds": 600,
        "agentResourceRoleArn": ROLE,
        "createdAt": WHEN,
        "updatedAt": WHEN,
        **more,
    }
    aws.answer(GET_AGENT, {"agent": body}, agentId="ABCDEFGHIJ")
    return only(aws)


def only(aws: Aws) -> GenerativeDeployment:
    (found,) = aws.collect(generative.COLLECTORS)
    assert isinstance(found, GenerativeDeployment)
    return found


def test_guarded_agent(aws: Aws) -> None:
    found = agent(aws, guardrailConfiguration={"guardrailIdentifier": "g", "guardrailVersion": "1"})
    assert (found.id, found.name, found.native_type) == (ARN, "a", "AWS::Bedrock::Agent")
    assert found.aliases == {"ABCDEFGHIJ"}
    assert found.guardrail.value is True
    assert found.in_use.value is True
    assert found.identity.value == (Ref("Identity", Provider.AWS, "123456789012", ROLE),)
    (collector,) = generative.COLLECTORS
    assert all(isinstance(getattr(found, n), Known) and getattr(found, n).calls for n in collector.facts())


@pytest.mark.parametrize("more", [{}, {"guardrailConfiguration": {}}])
def test_bare_agent(aws: Aws, more: dict[str, Any]) -> None:
    assert agent(aws, **more).guardrail.value is False


@pytest.mark.parametrize(
    ("status", "prepared", "expected"),
    [
        ("PREPARED", False, True),
        ("NOT_PREPARED", False, False),
        ("NOT_PREPARED", True, True),
        ("CREATING", False, False),
        ("FAILED", True, True),
        ("UnheardOf", True, True),
        ("UnheardOf", False, Reason.UNRECOGNISED),
    ],
)
def test_use(aws: Aws, status: str, prepared: bool, expected: object) -> None:
    fact = agent(aws, status, **({"preparedAt": WHEN} if prepared else {})).in_use
    assert (fact.value if isinstance(fact, Known) else fact.reason) == expected


def test_an_agent_that_cannot_be_read(aws: Aws) -> None:
    agent(aws)
    aws.refuse(GET_AGENT, "AccessDeniedException", 403)
    found = only(aws)
    assert isinstance(found.guardrail, Unknown)
    assert found.guardrail.reason is Reason.DENIED
    assert found.guardrail.permissions == ("bedrock:GetAgent",)


def test_an_agent_in_moto(aws: Aws) -> None:
    created = aws.boto("bedrock-agent").create_agent(
        agentName="m", agentResourceRoleArn=ROLE, foundationModel="anthropic.claude-v2"
    )
    found = only(aws)
    assert found.id == created["agent"]["agentArn"]
    assert found.in_use.value is True
    assert found.guardrail.value is False
