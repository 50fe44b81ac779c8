"""Bedrock agents, and with them Bedrock flows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, any_true, native
from auditor.model.resources import GenerativeDeployment
from auditor.model.scope import Provider
from auditor.providers.aws.action_groups import together, unconfirmed_in
from auditor.providers.aws.flows import FLOWS
from auditor.providers.aws.reading import key_ref
from auditor.providers.aws.refs import role_ref
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Collector, Detail, Reach

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

LIST_AGENTS = aws_call("bedrock-agent", "ListAgents", "bedrock:ListAgents", items="agentSummaries")
GET_AGENT = aws_call("bedrock-agent", "GetAgent", "bedrock:GetAgent", expects=("agent",))
LIST_ACTION_GROUPS = aws_call(
    "bedrock-agent", "ListAgentActionGroups", "bedrock:ListAgentActionGroups", items="actionGroupSummaries"
)
GET_ACTION_GROUP = aws_call(
    "bedrock-agent", "GetAgentActionGroup", "bedrock:GetAgentActionGroup", expects=("agentActionGroup",)
)

_CAN_BE_CALLED = {
    "CREATING": False,
    "DELETING": False,
    "FAILED": False,
    "NOT_PREPARED": False,
    "PREPARED": True,
    "PREPARING": False,
    "UPDATING": False,
    "VERSIONING": True,
}
_GROUP_IS_ON = {"ENABLED": True, "DISABLED": False}


def _find(session: AwsSession, location: str) -> Iterator[GenerativeDeployment]:
    account = session.account
    for agent in session.items(LIST_AGENTS, location):
        yield GenerativeDeployment(
            id=f"arn:{session.partition}:bedrock:{location}:{account.id}:agent/{agent['agentId']}",
            name=agent["agentName"],
            account=account,
            location=location,
            native_type="AWS::Bedrock::Agent",
            aliases=frozenset({agent["agentId"]}),
        )


def _agent_id(agent: GenerativeDeployment) -> str:
    return agent.id.rsplit("/", 1)[1]


def _read(session: AwsSession, agent: GenerativeDeployment) -> Mapping[str, Fact[Any]]:
    """The working draft. An agent that was prepared once may be called through an alias while its draft is not."""
    body = session.call(GET_AGENT, agent.location, agentId=_agent_id(agent))
    status = native(body, "agent.agentStatus").map(_CAN_BE_CALLED)
    # preparedAt is the time of the last preparation, absent before the first (API reference, Agent)
    prepared = native(body, "agent.preparedAt", default=None).map(lambda at: at is not None)
    # guardrailConfiguration is the guardrail associated with the agent, absent where there is none (the same)
    guardrail = native(body, "agent.guardrailConfiguration.guardrailIdentifier", default=None)
    # without customerEncryptionKeyArn an agent is encrypted with a key of the service (user guide, Encryption of
    # agent resources)
    key = native(body, "agent.customerEncryptionKeyArn", default="")
    return {
        "in_use": any_true((prepared, status)),
        "identity": native(body, "agent.agentResourceRoleArn").map(lambda arn: (role_ref(arn),)),
        "guardrail": guardrail.map(lambda name: bool(name)),
        "encryption_key": key.map(lambda name: key_ref(session, agent.location, name) if name else None),
        "session_seconds": native(body, "agent.idleSessionTTLInSeconds"),
    }


def _read_tools(session: AwsSession, agent: GenerativeDeployment) -> Mapping[str, Fact[Any]]:
    where = {"agentId": _agent_id(agent), "agentVersion": "DRAFT"}

    def groups() -> Iterator[Fact[tuple[str, ...]]]:
        for entry in session.items(LIST_ACTION_GROUPS, agent.location, **where):
            if native(entry, "actionGroupState").map(_GROUP_IS_ON).value:
                body = session.call(GET_ACTION_GROUP, agent.location, actionGroupId=entry["actionGroupId"], **where)
                yield unconfirmed_in(body["agentActionGroup"])

    return {"unconfirmed_tools": together(groups())}


COLLECTORS: tuple[Collector[GenerativeDeployment, AwsSession], ...] = (
    Collector(
        name="aws.generative.agents",
        provider=Provider.AWS,
        kind=GenerativeDeployment,
        reach=Reach.LOCATION,
        service="bedrock",
        find_calls=(LIST_AGENTS,),
        find=_find,
        details=(
            Detail(
                calls=(GET_AGENT,),
                facts=("in_use", "identity", "guardrail", "encryption_key", "session_seconds"),
                read=_read,
            ),
            Detail(calls=(LIST_ACTION_GROUPS, GET_ACTION_GROUP), facts=("unconfirmed_tools",), read=_read_tools),
        ),
    ),
    *FLOWS,
)
