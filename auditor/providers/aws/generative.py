"""Bedrock agents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, any_true, native
from auditor.model.resources import GenerativeDeployment
from auditor.model.scope import Provider
from auditor.providers.aws.refs import role_ref
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Collector, Detail, Reach

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

LIST_AGENTS = aws_call("bedrock-agent", "ListAgents", "bedrock:ListAgents", items="agentSummaries")
GET_AGENT = aws_call("bedrock-agent", "GetAgent", "bedrock:GetAgent", expects=("agent",))

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


def _read(session: AwsSession, agent: GenerativeDeployment) -> Mapping[str, Fact[Any]]:
    """The working draft. An agent that was prepared once may be called through an alias while its draft is not."""
    body = session.call(GET_AGENT, agent.location, agentId=agent.id.rsplit("/", 1)[1])
    status = native(body, "agent.agentStatus").map(_CAN_BE_CALLED)
    # preparedAt is the time of the last preparation, absent before the first (API reference, Agent)
    prepared = native(body, "agent.preparedAt", default=None).map(lambda at: at is not None)
    # guardrailConfiguration is the guardrail associated with the agent, absent where there is none (the same)
    guardrail = native(body, "agent.guardrailConfiguration.guardrailIdentifier", default=None)
    return {
        "in_use": any_true((prepared, status)),
        "identity": native(body, "agent.agentResourceRoleArn").map(lambda arn: (role_ref(arn),)),
        "guardrail": guardrail.map(lambda name: bool(name)),
    }


COLLECTORS: tuple[Collector[GenerativeDeployment, AwsSession], ...] = (
    Collector(
        name="aws.generative.agents",
        provider=Provider.AWS,
        kind=GenerativeDeployment,
        reach=Reach.LOCATION,
        service="bedrock",
        find_calls=(LIST_AGENTS,),
        find=_find,
        details=(Detail(calls=(GET_AGENT,), facts=("in_use", "identity", "guardrail"), read=_read),),
    ),
)
