"""Bedrock AgentCore runtimes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Unknown, native
from auditor.model.resources import AgentRuntime
from auditor.model.scope import Provider
from auditor.providers.aws.agentcore import (
    CLOUD_IDENTITY,
    GET_RESOURCE_POLICY,
    POLICY_FACTS,
    SERVICE,
    agentcore_call,
    issuer,
    resource_policy,
)
from auditor.providers.aws.refs import role_ref
from auditor.providers.base import Collector, Detail, Reach
from auditor.wire.secret_marks import secrets_in

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

LIST_AGENT_RUNTIMES = agentcore_call("ListAgentRuntimes", items="agentRuntimes")
GET_AGENT_RUNTIME = agentcore_call("GetAgentRuntime", expects=("agentRuntimeArn", "roleArn"))

_PRIVATE = {"VPC": True, "PUBLIC": False}


def _find(session: AwsSession, location: str) -> Iterator[AgentRuntime]:
    for runtime in session.items(LIST_AGENT_RUNTIMES, location):
        yield AgentRuntime(
            id=runtime["agentRuntimeArn"],
            name=runtime["agentRuntimeName"],
            account=session.account,
            location=location,
            native_type="AWS::BedrockAgentCore::Runtime",
        )


def _read(session: AwsSession, runtime: AgentRuntime) -> Mapping[str, Fact[Any]]:
    """The version that is newest, as the listing gives it."""
    body = session.call(GET_AGENT_RUNTIME, runtime.location, agentRuntimeId=runtime.id.rpartition("/")[2])
    private = native(body, "networkConfiguration.networkMode").map(_PRIVATE)
    return {
        "identity": native(body, "roleArn").map(lambda arn: (role_ref(arn),)),
        "private": private,
        "subnets": _placed(body, private, "subnets"),
        "security_groups": _placed(body, private, "securityGroups"),
        "authentication": _authentication(body),
        "metadata_v2": native(body, "metadataConfiguration.requireMMDSV2"),
        # a map that is left out is one without variables (API reference, GetAgentRuntime)
        "secrets": secrets_in(native(body, "environmentVariables", default={}).value),
    }


def _placed(body: Mapping[str, Any], private: Fact[bool], field: str) -> Fact[tuple[str, ...]]:
    if isinstance(private, Unknown) or not private.value:
        return private.map(lambda _: ())
    names: Fact[Any] = native(body, f"networkConfiguration.networkModeConfig.{field}")
    return names.map(lambda found: tuple(sorted(found)))


def _authentication(body: Mapping[str, Any]) -> Fact[str]:
    """Without an authorizer, callers sign their requests as an AWS identity (AgentCore developer guide, "Authenticate
    and authorize with Inbound Auth and Outbound Auth")."""
    if not body.get("authorizerConfiguration"):
        return Known(CLOUD_IDENTITY, {"authorizerConfiguration": None})
    return issuer(body)


def _read_policy(session: AwsSession, runtime: AgentRuntime) -> Mapping[str, Fact[Any]]:
    return resource_policy(session, runtime.location, runtime.id)


COLLECTORS: tuple[Collector[AgentRuntime, AwsSession], ...] = (
    Collector(
        name="aws.agent_runtimes",
        provider=Provider.AWS,
        kind=AgentRuntime,
        reach=Reach.LOCATION,
        service=SERVICE,
        find_calls=(LIST_AGENT_RUNTIMES,),
        find=_find,
        details=(
            Detail(
                calls=(GET_AGENT_RUNTIME,),
                facts=(
                    "identity",
                    "private",
                    "subnets",
                    "security_groups",
                    "authentication",
                    "metadata_v2",
                    "secrets",
                ),
                read=_read,
            ),
            Detail(calls=(GET_RESOURCE_POLICY,), facts=POLICY_FACTS, read=_read_policy),
        ),
    ),
)
