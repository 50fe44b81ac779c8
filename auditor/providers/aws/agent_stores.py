"""Bedrock AgentCore memories, token vaults and policy engines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Unknown, native
from auditor.model.resources import AgentStore, Ref
from auditor.model.scope import Provider
from auditor.providers.aws.agentcore import SERVICE, agentcore_call, key_of
from auditor.providers.aws.gates import AGENTCORE
from auditor.providers.aws.reading import key_ref
from auditor.providers.base import Collector, Detail, Reach

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

LIST_MEMORIES = agentcore_call("ListMemories", items="memories")
GET_MEMORY = agentcore_call("GetMemory", expects=("memory",))
GET_TOKEN_VAULT = agentcore_call("GetTokenVault", expects=("kmsConfiguration",), absence=("ResourceNotFoundException",))
LIST_POLICY_ENGINES = agentcore_call("ListPolicyEngines", items="policyEngines")

_VAULT = "default"
"""The one vault of an account and region (AgentCore developer guide, "Customer managed keys for the token vault")."""
_CUSTOMER = {"CustomerManagedKey": True, "ServiceManagedKey": False}


def _find_memories(session: AwsSession, location: str) -> Iterator[AgentStore]:
    for memory in session.items(LIST_MEMORIES, location):
        yield AgentStore(
            id=native(memory, "arn").value,
            name=native(memory, "id").value,
            account=session.account,
            location=location,
            native_type="AWS::BedrockAgentCore::Memory",
            keeps=Known("memory"),
        )


def _read_memory(session: AwsSession, memory: AgentStore) -> Mapping[str, Fact[Any]]:
    """Without what needs the memory's key to be shown."""
    body = session.call(GET_MEMORY, memory.location, memoryId=memory.name, view="without_decryption")
    return {
        "encryption_key": key_of(session, memory.location, body, "memory.encryptionKeyArn"),
        "expires_days": native(body, "memory.eventExpiryDuration"),
    }


def _find_vault(session: AwsSession, location: str) -> Iterator[AgentStore]:
    body = session.call(GET_TOKEN_VAULT, location, tokenVaultId=_VAULT)
    if body is None:
        return
    account = session.account
    yield AgentStore(
        id=f"arn:{session.partition}:bedrock-agentcore:{location}:{account.id}:token-vault/{_VAULT}",
        name=f"token vault in {location}",
        account=account,
        location=location,
        native_type="AWS::BedrockAgentCore::TokenVault",
        keeps=Known("credentials"),
        encryption_key=_vault_key(session, location, body),
        expires_days=Known(None),
    )


def _vault_key(session: AwsSession, location: str, body: Mapping[str, Any]) -> Fact[Ref | None]:
    by_customer: Fact[bool] = native(body, "kmsConfiguration.keyType").map(_CUSTOMER)
    if isinstance(by_customer, Unknown) or not by_customer.value:
        return by_customer.map(lambda _: None)
    return native(body, "kmsConfiguration.kmsKeyArn").map(lambda arn: key_ref(session, location, arn))


def _find_policy_engines(session: AwsSession, location: str) -> Iterator[AgentStore]:
    for engine in session.items(LIST_POLICY_ENGINES, location):
        yield AgentStore(
            id=engine["policyEngineArn"],
            name=engine["name"],
            account=session.account,
            location=location,
            native_type="AWS::BedrockAgentCore::PolicyEngine",
            keeps=Known("policies"),
            encryption_key=key_of(session, location, engine, "encryptionKeyArn"),
            expires_days=Known(None),
        )


_ALL = ("keeps", "encryption_key", "expires_days")

COLLECTORS: tuple[Collector[AgentStore, AwsSession], ...] = (
    Collector(
        name="aws.agent_stores.memories",
        provider=Provider.AWS,
        kind=AgentStore,
        reach=Reach.LOCATION,
        service=SERVICE,
        find_calls=(LIST_MEMORIES,),
        find=_find_memories,
        find_facts=("keeps",),
        details=(Detail(calls=(GET_MEMORY,), facts=("encryption_key", "expires_days"), read=_read_memory),),
    ),
    Collector(
        name="aws.agent_stores.token_vaults",
        provider=Provider.AWS,
        kind=AgentStore,
        reach=Reach.LOCATION,
        service=SERVICE,
        gate=AGENTCORE,
        find_calls=(GET_TOKEN_VAULT,),
        find=_find_vault,
        find_facts=_ALL,
    ),
    Collector(
        name="aws.agent_stores.policy_engines",
        provider=Provider.AWS,
        kind=AgentStore,
        reach=Reach.LOCATION,
        service=SERVICE,
        gate=AGENTCORE,
        find_calls=(LIST_POLICY_ENGINES,),
        find=_find_policy_engines,
        find_facts=_ALL,
    ),
)
