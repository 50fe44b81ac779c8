"""Bedrock AgentCore memories, token vaults and policy engines."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.model.facts import Known, Reason
from auditor.model.resources import AgentStore, Ref
from auditor.model.scope import Provider
from auditor.providers.aws import agent_stores
from auditor.providers.aws.agent_stores import GET_MEMORY, GET_TOKEN_VAULT, LIST_MEMORIES, LIST_POLICY_ENGINES
from auditor.providers.aws.gates import AGENTCORE
from tests.providers.aws.conftest import Aws

ROOT = "arn:aws:bedrock-agentcore:us-east-1:123456789012"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
REF = Ref("Key", Provider.AWS, "123456789012", KEY)
MEMORY = {
    "arn": f"{ROOT}:memory/claims-Ab3dE6gH9j",
    "id": "claims-Ab3dE6gH9j",
    "status": "ACTIVE",
    "createdAt": 1,
    "updatedAt": 1,
}
ENGINE = {
    "policyEngineId": "tools-a1b2c3d4e5",
    "name": "tools",
    "createdAt": "2026-08-14T09:30:00Z",
    "updatedAt": "2026-08-14T09:30:00Z",
    "policyEngineArn": f"{ROOT}:policy-engine/tools-a1b2c3d4e5",
    "status": "ACTIVE",
    "statusReasons": [],
}


def memory(aws: Aws, *listed: dict[str, Any], **more: Any) -> None:
    aws.answer(LIST_MEMORIES, {"memories": list(listed)})
    body = {**MEMORY, "name": "claims", "eventExpiryDuration": 90, **more}
    aws.answer(GET_MEMORY, {"memory": body}, memoryId=MEMORY["id"], view="without_decryption")


def vault(aws: Aws, key_type: str, **more: Any) -> None:
    configuration = {"keyType": key_type, **more}
    body = {"tokenVaultId": "default", "kmsConfiguration": configuration, "lastModifiedDate": 1}
    aws.answer(GET_TOKEN_VAULT, body, tokenVaultId="default")


def no_vault(aws: Aws) -> None:
    aws.refuse(GET_TOKEN_VAULT, "ResourceNotFoundException", 404)


def engines(aws: Aws, *found: dict[str, Any]) -> None:
    aws.answer(LIST_POLICY_ENGINES, {"policyEngines": list(found)})


def only(aws: Aws) -> AgentStore:
    (found,) = aws.collect(agent_stores.COLLECTORS)
    assert isinstance(found, AgentStore)
    return found


def outcome(fact: Any) -> object:
    return fact.value if isinstance(fact, Known) else fact.reason


def test_all_three(aws: Aws) -> None:
    memory(aws, MEMORY, encryptionKeyArn=KEY)
    vault(aws, "CustomerManagedKey", kmsKeyArn=KEY)
    engines(aws, {**ENGINE, "encryptionKeyArn": KEY})
    found = aws.collect(agent_stores.COLLECTORS)
    assert [(s.id, s.name) for s in found] == [
        (f"{ROOT}:memory/claims-Ab3dE6gH9j", "claims-Ab3dE6gH9j"),
        (f"{ROOT}:policy-engine/tools-a1b2c3d4e5", "tools"),
        (f"{ROOT}:token-vault/default", "token vault in us-east-1"),
    ]
    assert [(s.keeps.value, s.expires_days.value) for s in found if isinstance(s, AgentStore)] == [
        ("memory", 90),
        ("policies", None),
        ("credentials", None),
    ]
    assert [s.encryption_key.value for s in found if isinstance(s, AgentStore)] == [REF, REF, REF]
    assert all(getattr(s, n).calls for s in found for n in ("keeps", "encryption_key", "expires_days"))


def test_without_a_key_they_are_encrypted_with_the_providers(aws: Aws) -> None:
    memory(aws, MEMORY)
    vault(aws, "ServiceManagedKey")
    engines(aws, ENGINE)
    found = aws.collect(agent_stores.COLLECTORS)
    assert [outcome(s.encryption_key) for s in found if isinstance(s, AgentStore)] == [None, None, None]


@pytest.mark.parametrize(
    ("key_type", "more", "expected"),
    [("UnheardOf", {}, Reason.UNRECOGNISED), ("CustomerManagedKey", {}, Reason.ABSENT)],
)
def test_odd_vaults(aws: Aws, key_type: str, more: dict[str, Any], expected: Reason) -> None:
    memory(aws)
    vault(aws, key_type, **more)
    engines(aws)
    assert outcome(only(aws).encryption_key) is expected


def test_a_region_without_a_vault_has_none(aws: Aws) -> None:
    memory(aws)
    no_vault(aws)
    engines(aws)
    assert aws.collect(agent_stores.COLLECTORS) == ()


def test_denied_details_and_lists(aws: Aws) -> None:
    memory(aws, MEMORY)
    aws.refuse(GET_MEMORY, "AccessDeniedException", 403)
    aws.refuse(GET_TOKEN_VAULT, "UnauthorizedException", 401)
    aws.refuse(LIST_POLICY_ENGINES, "AccessDeniedException", 403)
    done = aws.collected(agent_stores.COLLECTORS)
    (store,) = done.inventory.resources
    assert isinstance(store, AgentStore)
    assert [outcome(f) for f in (store.keeps, store.encryption_key, store.expires_days)] == [
        "memory",
        Reason.DENIED,
        Reason.DENIED,
    ]
    assert [g.why.reason for g in done.inventory.gaps] == [Reason.DENIED, Reason.DENIED]


def test_only_memories_are_asked_for_where_there_are_no_agents() -> None:
    assert [c.gate for c in agent_stores.COLLECTORS] == [frozenset(), AGENTCORE, AGENTCORE]
