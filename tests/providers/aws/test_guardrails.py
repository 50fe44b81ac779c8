"""Bedrock guardrails."""

from __future__ import annotations

import json
from typing import Any

import pytest

from auditor.model.facts import Known, Reason, Unknown
from auditor.model.resources import Guardrail, Ref
from auditor.model.scope import Provider
from auditor.providers.aws.bedrock import GET_RESOURCE_POLICY
from auditor.providers.aws.guardrails import COLLECTORS, GET_GUARDRAIL, HARMS, LIST_GUARDRAILS
from tests.providers.aws.conftest import Aws

ARN = "arn:aws:bedrock:us-east-1:123456789012:guardrail/abc"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
WHEN = "2026-01-01T00:00:00Z"


def summary(version: str, status: str = "READY") -> dict[str, Any]:
    return {
        "id": "abc",
        "arn": ARN,
        "status": status,
        "name": "g",
        "version": version,
        "createdAt": WHEN,
        "updatedAt": WHEN,
    }


def rule(kind: str, prompts: str, answers: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "inputStrength": prompts, "outputStrength": answers, **more}


def filters(*rules: dict[str, Any]) -> dict[str, Any]:
    return {"contentPolicy": {"filters": list(rules)}}


ATTACK = rule("PROMPT_ATTACK", "HIGH", "NONE")
PII = {"type": "EMAIL", "action": "ANONYMIZE"}
GROUNDED = {"type": "GROUNDING", "threshold": 0.7}
TOPIC = {"name": "t", "definition": "d"}


def read(aws: Aws, *versions: dict[str, Any], **policies: Any) -> Guardrail:
    """A guardrail of these versions, of which the one that is judged has these policies."""
    aws.answer(LIST_GUARDRAILS, {"guardrails": [summary("DRAFT")]})
    aws.answer(LIST_GUARDRAILS, {"guardrails": [summary("DRAFT"), *versions]}, guardrailIdentifier=ARN)
    judged = policies.pop("judged", "DRAFT")
    body = {
        "name": "g",
        "guardrailId": "abc",
        "guardrailArn": ARN,
        "version": judged,
        "status": "READY",
        "createdAt": WHEN,
        "updatedAt": WHEN,
        "blockedInputMessaging": "no",
        "blockedOutputsMessaging": "no",
        **policies,
    }
    aws.refuse(GET_GUARDRAIL, "ResourceNotFoundException", 404)
    aws.answer(GET_GUARDRAIL, body, guardrailIdentifier=ARN, guardrailVersion=judged)
    aws.refuse(GET_RESOURCE_POLICY, "ResourceNotFoundException", 404)
    return only(aws)


def only(aws: Aws) -> Guardrail:
    (found,) = aws.collect(COLLECTORS)
    assert isinstance(found, Guardrail)
    return found


def outcome(fact: Any) -> Any:
    return fact.reason if isinstance(fact, Unknown) else fact.value


def test_complete_guardrail(aws: Aws) -> None:
    found = read(
        aws,
        summary("1"),
        summary("10"),
        summary("9"),
        judged="10",
        kmsKeyArn=KEY,
        topicPolicy={"topics": [TOPIC]},
        sensitiveInformationPolicy={"piiEntities": [PII]},
        contextualGroundingPolicy={"filters": [GROUNDED]},
        **filters(ATTACK, *(rule(kind, "MEDIUM", "HIGH") for kind in HARMS)),
    )
    assert (found.id, found.name, found.native_type, found.aliases) == (
        ARN,
        "g",
        "AWS::Bedrock::Guardrail",
        frozenset({"abc"}),
    )
    assert found.versioned.value is True
    assert found.prompt_attacks_blocked.value is True
    assert found.unfiltered_harms.value == ()
    assert found.masks_personal_data.value is True
    assert found.grounding.value is True
    assert found.denied_topics.value is True
    assert found.encryption_key.value == Ref("Key", Provider.AWS, "123456789012", KEY)
    assert found.public_policy.value is False
    (collector,) = COLLECTORS
    assert all(isinstance(getattr(found, n), Known) and getattr(found, n).calls for n in collector.facts())


def test_empty_draft(aws: Aws) -> None:
    found = read(aws)
    assert found.versioned.value is False
    assert found.prompt_attacks_blocked.value is False
    assert found.unfiltered_harms.value == HARMS
    assert found.masks_personal_data.value is False
    assert found.grounding.value is False
    assert found.denied_topics.value is False
    assert found.encryption_key.value is None


@pytest.mark.parametrize(
    ("versions", "judged", "expected"),
    [
        ((summary("1", "FAILED"),), "DRAFT", False),
        ((summary("1"), summary("2", "VERSIONING")), "1", True),
        ((summary("1"), summary("2", "UnheardOf")), "1", Reason.UNRECOGNISED),
        ((summary("latest"),), "DRAFT", Reason.UNRECOGNISED),
    ],
)
def test_the_version_in_force(aws: Aws, versions: tuple[dict[str, Any], ...], judged: str, expected: object) -> None:
    found = read(aws, *versions, judged=judged)
    assert outcome(found.versioned) == expected
    assert isinstance(found.grounding, Known) is isinstance(expected, bool)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, True),
        ({"inputAction": "BLOCK", "inputEnabled": True}, True),
        ({"inputAction": "NONE"}, False),
        ({"inputEnabled": False}, False),
        ({"outputAction": "NONE"}, True),
        ({"inputStrength": "MEDIUM"}, False),
        ({"inputStrength": "UnheardOf"}, Reason.UNRECOGNISED),
        ({"inputAction": "UnheardOf"}, Reason.UNRECOGNISED),
        ({"type": "VIOLENCE"}, False),
    ],
)
def test_prompt_attacks(aws: Aws, change: dict[str, Any], expected: object) -> None:
    assert outcome(read(aws, **filters({**ATTACK, **change})).prompt_attacks_blocked) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, ()),
        ({"inputStrength": "LOW"}, ("SEXUAL",)),
        ({"outputStrength": "NONE"}, ("SEXUAL",)),
        ({"outputAction": "NONE"}, ("SEXUAL",)),
        ({"inputEnabled": False}, ("SEXUAL",)),
        ({"type": "UnheardOf"}, ("SEXUAL",)),
        ({"outputStrength": "UnheardOf"}, Reason.UNRECOGNISED),
    ],
)
def test_harms(aws: Aws, change: dict[str, Any], expected: object) -> None:
    rules = [{**rule(kind, "HIGH", "MEDIUM"), **(change if kind == "SEXUAL" else {})} for kind in HARMS]
    assert outcome(read(aws, **filters(*rules)).unfiltered_harms) == expected


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ({"piiEntities": [PII]}, True),
        ({"piiEntities": [{**PII, "action": "BLOCK"}]}, True),
        ({"piiEntities": [{**PII, "action": "NONE"}]}, False),
        ({"piiEntities": [{**PII, "action": "NONE", "outputAction": "ANONYMIZE"}]}, True),
        ({"piiEntities": [{**PII, "outputAction": "NONE", "inputAction": "BLOCK"}]}, False),
        ({"piiEntities": [{**PII, "outputEnabled": False}]}, False),
        ({"piiEntities": [{**PII, "action": "UnheardOf"}]}, Reason.UNRECOGNISED),
        ({"regexes": [{"name": "claim", "pattern": "C[0-9]+", "action": "BLOCK"}]}, True),
    ],
)
def test_personal_data(aws: Aws, policy: dict[str, Any], expected: object) -> None:
    assert outcome(read(aws, sensitiveInformationPolicy=policy).masks_personal_data) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"action": "BLOCK", "enabled": True}, True),
        ({"threshold": 0.69}, False),
        ({"action": "NONE"}, False),
        ({"enabled": False}, False),
        ({"type": "RELEVANCE"}, False),
        ({"action": "UnheardOf"}, Reason.UNRECOGNISED),
    ],
)
def test_grounding(aws: Aws, change: dict[str, Any], expected: object) -> None:
    assert outcome(read(aws, contextualGroundingPolicy={"filters": [{**GROUNDED, **change}]}).grounding) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"type": "DENY"}, True),
        ({"inputAction": "NONE"}, True),
        ({"inputAction": "NONE", "outputEnabled": False}, False),
        ({"type": "UnheardOf"}, Reason.UNRECOGNISED),
    ],
)
def test_topics(aws: Aws, change: dict[str, Any], expected: object) -> None:
    assert outcome(read(aws, topicPolicy={"topics": [{**TOPIC, **change}]}).denied_topics) == expected


def statement(**more: Any) -> str:
    allow = {"Effect": "Allow", "Principal": "*", "Action": "bedrock:ApplyGuardrail", "Resource": ARN, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [allow]})


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, False),
        ({"resourcePolicy": statement()}, True),
        ({"resourcePolicy": statement(Principal={"AWS": "arn:aws:iam::111122223333:root"})}, False),
        ({"resourcePolicy": statement(Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}})}, False),
        ({"resourcePolicy": "open to all"}, Reason.MALFORMED),
    ],
)
def test_policies(aws: Aws, body: dict[str, Any], expected: object) -> None:
    read(aws)
    aws.answer(GET_RESOURCE_POLICY, body, resourceArn=ARN)
    assert outcome(only(aws).public_policy) == expected


def test_denied_reads_leave_the_rest_known(aws: Aws) -> None:
    read(aws)
    aws.refuse(GET_GUARDRAIL, "AccessDeniedException", 403)
    found = only(aws)
    assert isinstance(found.versioned, Unknown)
    assert found.versioned.permissions == ("bedrock:GetGuardrail",)
    assert found.public_policy.value is False


def test_a_denied_policy(aws: Aws) -> None:
    read(aws)
    aws.refuse(GET_RESOURCE_POLICY, "AccessDeniedException", 403)
    assert outcome(only(aws).public_policy) is Reason.DENIED
