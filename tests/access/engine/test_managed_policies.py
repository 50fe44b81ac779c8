"""Every policy that AWS manages against every action on AI workloads: read, answered, and answered right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from auditor.access.action_sets import Use, all_actions
from auditor.access.engine.answer import Answer, Decision, Layer
from auditor.access.engine.context import context_of
from auditor.access.engine.evaluate import evaluate
from auditor.access.engine.policies import Policy
from bench.policies import ACCOUNT, KEY_POLICY, ROLE, compiled, managed, questions, request
from tests.access.engine import reference

CALLER = {
    "aws:principalarn": ROLE,
    "aws:principalaccount": ACCOUNT,
    "aws:principaltype": "AssumedRole",
    "aws:principalisawsservice": "false",
    "aws:resourceaccount": ACCOUNT,
}
"""What the context of a role's request always holds."""
SAMPLE = (
    "bedrock:InvokeModel",
    "bedrock-agentcore:InvokeAgentRuntime",
    "ecr:PutImage",
    "kms:Decrypt",
    "lambda:UpdateFunctionCode",
    "s3:GetObject",
    "sagemaker:InvokeEndpoint",
    "secretsmanager:GetSecretValue",
)
ENDPOINT = frozenset(action for action in all_actions() if action.startswith("sagemaker:InvokeEndpoint"))


@pytest.fixture(scope="module")
def policies() -> dict[str, Policy]:
    return compiled()


def ask(policy: Policy, action: str, resource: str) -> Answer:
    return evaluate(request(policy, action, resource))


def may(policy: Policy, use: Use, *decisions: Decision) -> set[str]:
    """The actions of a use that get one of these answers on some resource."""
    return {action for action, on in questions(use) if ask(policy, action, on).decision in decisions}


def test_each_is_read(policies: dict[str, Policy]) -> None:
    assert len(policies) > 1500
    for name, document in managed().items():
        assert len(policies[name].rules) == len(listed(document["Statement"])) > 0


def test_each_action_is_asked_about() -> None:
    assert {action for action, _ in questions()} == set(all_actions())
    assert not any("*" in resource for _, resource in questions() if resource != "*")


def test_each_is_answered_for_every_action(policies: dict[str, Policy]) -> None:
    """What was read in full leaves nothing unknown, and each answer says what decided."""
    asked = questions()
    for policy in policies.values():
        for action, resource in asked:
            answer = ask(policy, action, resource)
            assert answer.decision is not Decision.UNKNOWN, (policy.name, action, answer)
            if answer.decision is Decision.DENY:
                assert answer.layer is Layer.IDENTITY
                assert all(not proof.allow for proof in answer.proof if "explicitly" in answer.because)
            else:
                assert any(p.allow and (p.layer, p.policy) == (Layer.IDENTITY, policy.name) for p in answer.proof)
            assert bool(answer.conditions) is (answer.decision is Decision.CONDITIONAL)


@pytest.mark.parametrize("name", ["AdministratorAccess", "PowerUserAccess"])
def test_what_allows_all(name: str, policies: dict[str, Policy]) -> None:
    assert {ask(policies[name], *question).decision for question in questions()} == {Decision.ALLOW}


def test_what_denies_all(policies: dict[str, Policy]) -> None:
    answers = [ask(policies["AWSDenyAll"], *question) for question in questions()]
    assert {(a.decision, a.because) for a in answers} == {
        (Decision.DENY, "explicitly denied by the identity policy"),
    }


@pytest.mark.parametrize(
    "name", ["ViewOnlyAccess", "SecurityAudit", "AmazonSageMakerReadOnly", "AmazonBedrockReadOnly", "ReadOnlyAccess"]
)
def test_readers_neither_invoke_nor_change(name: str, policies: dict[str, Policy]) -> None:
    """But for what the text of one names: in 2026 ReadOnlyAccess lists a way to retrieve, and the use of API keys."""
    named = {action for s in listed(managed()[name]["Statement"]) for action in listed(s["Action"])}
    invoked = may(policies[name], Use.INVOKE, Decision.ALLOW, Decision.CONDITIONAL)
    assert invoked <= named
    assert len(invoked) <= (2 if name == "ReadOnlyAccess" else 0)
    assert may(policies[name], Use.CHANGE, Decision.ALLOW, Decision.CONDITIONAL) == set()


def test_who_reads_everything_reads_data(policies: dict[str, Policy]) -> None:
    data = {"s3:GetObject", "ecr:BatchGetImage", "dynamodb:Scan", "glue:GetTable", "lambda:GetFunction"}
    assert may(policies["ReadOnlyAccess"], Use.READ, Decision.ALLOW) >= data
    assert not may(policies["ReadOnlyAccess"], Use.READ, Decision.ALLOW) & {
        "kms:Decrypt",
        "secretsmanager:GetSecretValue",
    }
    assert not may(policies["ViewOnlyAccess"], Use.READ, Decision.ALLOW) & data - {"glue:GetTable"}


def test_sagemaker_in_full(policies: dict[str, Policy]) -> None:
    policy = policies["AmazonSageMakerFullAccess"]
    assert may(policy, Use.INVOKE, Decision.ALLOW, Decision.CONDITIONAL) == ENDPOINT
    assert may(policy, Use.CHANGE, Decision.ALLOW) >= {"sagemaker:UpdateEndpoint", "sagemaker:DeleteModel"}
    assert "sagemaker:UpdateDomain" not in may(policy, Use.CHANGE, Decision.ALLOW), "a NotResource leaves domains out"
    bucket = ask(policy, "s3:GetObject", "arn:aws:s3:::models/x")
    assert bucket.decision is Decision.CONDITIONAL
    assert {key.partition("/")[0] for key in bucket.conditions} == {"s3:existingobjecttag"}
    assert ask(policy, "s3:GetObject", "arn:aws:s3:::my-sagemaker-data/x").decision is Decision.ALLOW


def test_bedrock_in_full(policies: dict[str, Policy]) -> None:
    policy = policies["AmazonBedrockFullAccess"]
    assert may(policy, Use.INVOKE, Decision.ALLOW) == {
        action for action, _ in questions(Use.INVOKE) if action.startswith(("bedrock:", "bedrock-mantle:"))
    }
    assert may(policy, Use.INVOKE, Decision.CONDITIONAL) == ENDPOINT - {"sagemaker:InvokeEndpointAsync"}
    (of_endpoint,) = (resource for action, resource in questions() if action == "sagemaker:UpdateEndpoint")
    assert ask(policy, "sagemaker:InvokeEndpoint", of_endpoint).conditions == (
        "aws:calledvialast",
        "aws:resourcetag/sagemaker-sdk:bedrock",
    )


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def as_asked_for(document: Mapping[str, Any]) -> dict[str, str]:
    """A context with the first value that the policy names for each key."""
    found: dict[str, str] = {}
    for statement in listed(document["Statement"]):
        for operator, tests in statement.get("Condition", {}).items():
            for key, values in tests.items():
                if not operator.endswith("Null"):
                    value = str(listed(values)[0])
                    found.setdefault(key.lower(), "x" if "${" in value else value.replace("*", "x"))
    return {**found, **CALLER}


def test_answers_equal_those_of_the_literal_reference(policies: dict[str, Policy]) -> None:
    """In a context that holds nothing of note, and in one that the policy itself asks for. What is certain with an open
    context is so in both."""
    asked = {action: resource for action, resource in questions() if action in SAMPLE}
    assert len(asked) == len(SAMPLE)
    seen = set()
    for name, document in managed().items():
        for context in (CALLER, as_asked_for(document)):
            known = context_of(context, complete=True)
            for action, resource in asked.items():
                case = {
                    "principal": ROLE,
                    "action": action,
                    "resource": resource,
                    "resource_account": ACCOUNT,
                    "context": context,
                    "identity": [document],
                    **({"resource_policy": KEY_POLICY} if action.startswith("kms:") else {}),
                }
                expected = reference.decide(case)
                assert evaluate(request(policies[name], action, resource, known)).decision == expected, (name, case)
                open_ = ask(policies[name], action, resource).decision
                assert open_ in (expected, Decision.CONDITIONAL), (name, case)
                seen.add((open_, expected))
    assert seen == {
        (Decision.ALLOW, "allow"),
        (Decision.DENY, "deny"),
        (Decision.CONDITIONAL, "allow"),
        (Decision.CONDITIONAL, "deny"),
    }
