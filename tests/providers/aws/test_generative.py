"""Bedrock agents."""

from __future__ import annotations

import json
from typing import Any

import pytest

from auditor.model.facts import Known, Reason, Unknown
from auditor.model.resources import GenerativeDeployment, Ref
from auditor.model.scope import Provider
from auditor.providers.aws.generative import COLLECTORS, GET_ACTION_GROUP, GET_AGENT, LIST_ACTION_GROUPS, LIST_AGENTS
from tests.providers.aws.conftest import Aws

ROLE = "arn:aws:iam::123456789012:role/agent"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ARN = "arn:aws:bedrock:us-east-1:123456789012:agent/ABCDEFGHIJ"
WHEN = "2026-01-01T00:00:00Z"


def agent(aws: Aws, status: str = "PREPARED", groups: tuple[dict[str, Any], ...] = (), **more: Any) -> Any:
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
    summaries = []
    for number, given in enumerate(groups):
        head = {
            "actionGroupId": f"G{number}",
            "actionGroupName": "g",
            "actionGroupState": given.get("actionGroupState", "ENABLED"),
            "updatedAt": WHEN,
        }
        summaries.append(head)
        whole = {"agentId": "ABCDEFGHIJ", "agentVersion": "DRAFT", "createdAt": WHEN, **head, **given}
        aws.answer(GET_ACTION_GROUP, {"agentActionGroup": whole}, actionGroupId=f"G{number}")
    aws.answer(LIST_ACTION_GROUPS, {"actionGroupSummaries": summaries}, agentId="ABCDEFGHIJ", agentVersion="DRAFT")
    return only(aws)


AGENTS = [COLLECTORS[0]]


def only(aws: Aws) -> GenerativeDeployment:
    (found,) = aws.collect(AGENTS)
    assert isinstance(found, GenerativeDeployment)
    return found


def test_guarded_agent(aws: Aws) -> None:
    found = agent(
        aws,
        guardrailConfiguration={"guardrailIdentifier": "g", "guardrailVersion": "1"},
        customerEncryptionKeyArn=KEY,
    )
    assert (found.id, found.name, found.native_type) == (ARN, "a", "AWS::Bedrock::Agent")
    assert found.aliases == {"ABCDEFGHIJ"}
    assert found.guardrail.value is True
    assert found.in_use.value is True
    assert found.identity.value == (Ref("Identity", Provider.AWS, "123456789012", ROLE),)
    assert found.encryption_key.value == Ref("Key", Provider.AWS, "123456789012", KEY)
    assert found.session_seconds.value == 600
    assert found.unconfirmed_tools.value == ()
    (collector,) = AGENTS
    assert all(isinstance(getattr(found, n), Known) and getattr(found, n).calls for n in collector.facts())


@pytest.mark.parametrize("more", [{}, {"guardrailConfiguration": {}}])
def test_bare_agent(aws: Aws, more: dict[str, Any]) -> None:
    found = agent(aws, **more)
    assert found.guardrail.value is False
    assert found.encryption_key.value is None


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
    more: dict[str, Any] = {"preparedAt": WHEN} if prepared else {}
    fact = agent(aws, status, **more).in_use
    assert (fact.value if isinstance(fact, Known) else fact.reason) == expected


def test_an_agent_that_cannot_be_read(aws: Aws) -> None:
    agent(aws)
    aws.refuse(GET_AGENT, "AccessDeniedException", 403)
    found = only(aws)
    assert isinstance(found.guardrail, Unknown)
    assert found.guardrail.reason is Reason.DENIED
    assert found.guardrail.permissions == ("bedrock:GetAgent",)


def function(name: str, **more: Any) -> dict[str, Any]:
    return {"functionSchema": {"functions": [{"name": name, **more}]}}


def schema(payload: object) -> dict[str, Any]:
    return {"apiSchema": {"payload": payload if isinstance(payload, str) else json.dumps(payload)}}


def operation(method: str, **more: Any) -> dict[str, Any]:
    return {"openapi": "3.0.0", "paths": {"/orders": {method: {"operationId": "order", **more}}}}


YAML = """
openapi: 3.0.0
paths:
  /orders:
    parameters: []
    post: {operationId: order}
    get: {operationId: list}
"""


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ((function("pay", requireConfirmation="ENABLED"),), ()),
        ((function("pay", requireConfirmation="DISABLED"),), ("pay",)),
        ((function("pay"), function("delete"), function("pay")), ("delete", "pay")),
        ((function("pay", requireConfirmation="UnheardOf"),), Reason.UNRECOGNISED),
        ((function("pay", requireConfirmation="UnheardOf"),) * 2, Reason.UNRECOGNISED),
        ((function("pay", requireConfirmation="UnheardOf"), function("delete")), ("delete",)),
        (({**function("pay"), "actionGroupState": "DISABLED"},), ()),
        (({**function("pay"), "actionGroupState": "UnheardOf"},), Reason.UNRECOGNISED),
        (({**function("pay"), "actionGroupExecutor": {"customControl": "RETURN_CONTROL"}},), ()),
        (({**function("pay"), "actionGroupExecutor": {"customControl": "UnheardOf"}},), Reason.UNRECOGNISED),
        (({**function("pay"), "actionGroupExecutor": {"lambda": "arn:f"}},), ("pay",)),
        (({"parentActionSignature": "AMAZON.UserInput"},), ()),
        (({"parentActionSignature": "UnheardOf"},), Reason.UNRECOGNISED),
        ((schema(operation("post")),), ("order",)),
        ((schema(operation("DELETE", **{"x-requireConfirmation": "DISABLED"})),), ("order",)),
        ((schema(operation("post", **{"x-requireConfirmation": "ENABLED"})),), ()),
        ((schema(operation("post", **{"x-requireConfirmation": ["ENABLED"]})),), Reason.UNRECOGNISED),
        ((schema(operation("get")),), ()),
        ((schema({"paths": {"/orders": {"put": {}}}}),), ("PUT /orders",)),
        ((schema({"paths": {"/orders": {"put": None}}}),), Reason.MALFORMED),
        ((schema(YAML),), ("order",)),
        ((schema("{"),), Reason.MALFORMED),
        ((schema("text"),), Reason.MALFORMED),
        ((schema({"paths": ["/orders"]}),), Reason.MALFORMED),
        (({"apiSchema": {"s3": {"s3BucketName": "b", "s3ObjectKey": "k"}}},), Reason.NOT_BUILT),
        (({},), Reason.ABSENT),
    ],
)
def test_tools(aws: Aws, groups: tuple[dict[str, Any], ...], expected: object) -> None:
    fact = agent(aws, groups=groups).unconfirmed_tools
    assert (fact.value if isinstance(fact, Known) else fact.reason) == expected


def test_tools_that_cannot_be_read(aws: Aws) -> None:
    agent(aws, groups=(function("pay"),))
    aws.refuse(GET_ACTION_GROUP, "AccessDeniedException", 403)
    fact = only(aws).unconfirmed_tools
    assert isinstance(fact, Unknown)
    assert fact.permissions == ("bedrock:GetAgentActionGroup",)


def test_an_agent_in_moto(aws: Aws) -> None:
    aws.answer(LIST_ACTION_GROUPS, {"actionGroupSummaries": []})
    created = aws.boto("bedrock-agent").create_agent(
        agentName="m", agentResourceRoleArn=ROLE, foundationModel="anthropic.claude-v2"
    )
    found = only(aws)
    assert found.id == created["agent"]["agentArn"]
    assert found.in_use.value is True
    assert found.guardrail.value is False
