"""Bedrock flows."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.model.facts import Known, Reason, Unknown
from auditor.model.resources import GenerativeDeployment, Ref
from auditor.model.scope import Provider
from auditor.providers.aws.flows import FLOWS, GET_FLOW, LIST_FLOW_ALIASES, LIST_FLOWS
from tests.providers.aws.conftest import Aws

ARN = "arn:aws:bedrock:us-east-1:123456789012:flow/ABCDEFGHIJ"
ROLE = "arn:aws:iam::123456789012:role/flow"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
WHEN = "2026-01-01T00:00:00Z"
GUARDED = {"guardrailConfiguration": {"guardrailIdentifier": "g", "guardrailVersion": "1"}}


def node(kind: str, member: str = "", **settings: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"name": kind.lower(), "type": kind}
    return {**made, "configuration": {member: settings}} if member else made


def prompt(**more: Any) -> dict[str, Any]:
    return node("Prompt", "prompt", sourceConfiguration={"resource": {"promptArn": "arn:p"}}, **more)


def knowledge(**more: Any) -> dict[str, Any]:
    return node("KnowledgeBase", "knowledgeBase", knowledgeBaseId="KB", **more)


def loop(*nodes: dict[str, Any]) -> dict[str, Any]:
    return node("Loop", "loop", definition={"nodes": list(nodes)})


def flow(aws: Aws, *nodes: dict[str, Any], status: str = "Prepared", **more: Any) -> GenerativeDeployment:
    head = {
        "id": "ABCDEFGHIJ",
        "arn": ARN,
        "name": "f",
        "status": status,
        "version": "DRAFT",
        "createdAt": WHEN,
        "updatedAt": WHEN,
    }
    aws.answer(LIST_FLOWS, {"flowSummaries": [head]})
    body = {**head, "executionRoleArn": ROLE, "definition": {"nodes": list(nodes)}, **more}
    aws.answer(GET_FLOW, {k: v for k, v in body.items() if v is not None}, flowIdentifier=ARN)
    return only(aws)


def only(aws: Aws) -> GenerativeDeployment:
    (found,) = aws.collect(FLOWS)
    assert isinstance(found, GenerativeDeployment)
    return found


def outcome(fact: Any) -> Any:
    return fact.reason if isinstance(fact, Unknown) else fact.value


def test_guarded_flow(aws: Aws) -> None:
    found = flow(aws, node("Input"), prompt(**GUARDED), node("Output"), customerEncryptionKeyArn=KEY)
    assert (found.id, found.name, found.native_type, found.aliases) == (
        ARN,
        "f",
        "AWS::Bedrock::Flow",
        frozenset({"ABCDEFGHIJ"}),
    )
    assert found.guardrail.value is True
    assert found.in_use.value is True
    assert found.identity.value == (Ref("Identity", Provider.AWS, "123456789012", ROLE),)
    assert found.encryption_key.value == Ref("Key", Provider.AWS, "123456789012", KEY)
    assert found.session_seconds.value is None
    assert found.unconfirmed_tools.value is None
    (collector,) = FLOWS
    assert all(isinstance(getattr(found, n), Known) and getattr(found, n).calls for n in collector.facts())


@pytest.mark.parametrize(
    ("nodes", "expected"),
    [
        ((prompt(),), False),
        ((prompt(**GUARDED), prompt()), False),
        ((prompt(guardrailConfiguration={}),), False),
        ((knowledge(modelId="m"),), False),
        ((knowledge(modelId="m", **GUARDED),), True),
        ((knowledge(),), None),
        ((node("Agent", "agent", agentAliasArn="arn:a"), node("Input")), None),
        ((), None),
        ((loop(node("LoopInput"), prompt()),), False),
        ((loop(prompt(**GUARDED)),), True),
        ((node("Loop"),), Reason.ABSENT),
        ((node("Prompt"),), Reason.ABSENT),
        ((node("UnheardOf"),), Reason.UNRECOGNISED),
        ((node("UnheardOf"), prompt()), False),
        ((node("UnheardOf"), prompt(**GUARDED)), Reason.UNRECOGNISED),
    ],
)
def test_guardrails_of_nodes(aws: Aws, nodes: tuple[dict[str, Any], ...], expected: object) -> None:
    assert outcome(flow(aws, *nodes).guardrail) == expected


def test_without_a_definition_or_a_key(aws: Aws) -> None:
    found = flow(aws, definition=None)
    assert outcome(found.guardrail) is Reason.ABSENT
    assert found.encryption_key.value is None


def alias(version: str | None) -> dict[str, Any]:
    return {
        "id": "A",
        "arn": f"{ARN}/alias/A",
        "name": "a",
        "flowId": "ABCDEFGHIJ",
        "routingConfiguration": [{"flowVersion": version} if version else {}],
        "createdAt": WHEN,
        "updatedAt": WHEN,
    }


@pytest.mark.parametrize(
    ("status", "aliases", "expected"),
    [
        ("NotPrepared", (), False),
        ("NotPrepared", (alias("DRAFT"),), False),
        ("NotPrepared", (alias("DRAFT"), alias("2")), True),
        ("Failed", (alias("1"),), True),
        ("Preparing", (alias(None),), Reason.ABSENT),
        ("UnheardOf", (), Reason.UNRECOGNISED),
    ],
)
def test_use(aws: Aws, status: str, aliases: tuple[dict[str, Any], ...], expected: object) -> None:
    aws.answer(LIST_FLOW_ALIASES, {"flowAliasSummaries": list(aliases)}, flowIdentifier=ARN)
    assert outcome(flow(aws, status=status).in_use) == expected


def test_a_flow_that_cannot_be_read(aws: Aws) -> None:
    flow(aws)
    aws.refuse(GET_FLOW, "AccessDeniedException", 403)
    found = only(aws)
    for name in ("identity", "encryption_key", "guardrail", "in_use"):
        fact = getattr(found, name)
        assert (fact.reason, fact.permissions) == (Reason.DENIED, ("bedrock:GetFlow",))
