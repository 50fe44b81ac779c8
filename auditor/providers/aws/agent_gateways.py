"""Bedrock AgentCore gateways."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Unknown, native
from auditor.model.resources import AgentGateway
from auditor.model.scope import Provider
from auditor.providers.aws.agentcore import (
    AUTHENTICATED_ONLY,
    CLOUD_IDENTITY,
    GET_RESOURCE_POLICY,
    NOTHING,
    POLICY_FACTS,
    SERVICE,
    TOKEN_ISSUER,
    agentcore_call,
    issuer,
    key_of,
    resource_policy,
)
from auditor.providers.aws.refs import role_ref
from auditor.providers.base import Collector, Detail, Reach

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

LIST_GATEWAYS = agentcore_call("ListGateways", items="items")
GET_GATEWAY = agentcore_call("GetGateway", expects=("gatewayArn", "authorizerType"))

_AUTHORIZERS = {
    "AWS_IAM": CLOUD_IDENTITY,
    "CUSTOM_JWT": TOKEN_ISSUER,
    "AUTHENTICATE_ONLY": AUTHENTICATED_ONLY,
    "NONE": NOTHING,
}
_TOOL_POLICY = {"ENFORCE": "block", "LOG_ONLY": "log", "": "none"}
_REFUSES = {"FAIL_CLOSE": True, "FAIL_OPEN": False}
_REVEALS = {"DEBUG": True, "": False}


def _find(session: AwsSession, location: str) -> Iterator[AgentGateway]:
    account = session.account
    for gateway in session.items(LIST_GATEWAYS, location):
        yield AgentGateway(
            id=f"arn:{session.partition}:bedrock-agentcore:{location}:{account.id}:gateway/{gateway['gatewayId']}",
            name=gateway["name"],
            account=account,
            location=location,
            native_type="AWS::BedrockAgentCore::Gateway",
        )


def _read(session: AwsSession, gateway: AgentGateway) -> Mapping[str, Fact[Any]]:
    body = session.call(GET_GATEWAY, gateway.location, gatewayIdentifier=gateway.id.rpartition("/")[2])
    # a gateway without a policy engine has no configuration of one, and one that does not debug answers with a general
    # message (API reference, GetGateway)
    return {
        "identity": native(body, "roleArn").map(lambda arn: (role_ref(arn),)),
        "authorization": _authorization(body),
        "encryption_key": key_of(session, gateway.location, body, "kmsKeyArn"),
        "tool_policy": _engine(body).map(_TOOL_POLICY),
        "firewall": _firewall(body),
        "reveals_errors": native(body, "exceptionLevel", default="").map(_REVEALS),
    }


def _authorization(body: Mapping[str, Any]) -> Fact[str]:
    kind: Fact[str] = native(body, "authorizerType").map(_AUTHORIZERS)
    return issuer(body) if isinstance(kind, Known) and kind.value == TOKEN_ISSUER else kind


def _engine(body: Mapping[str, Any]) -> Fact[str]:
    if not body.get("policyEngineConfiguration"):
        return Known("", {"policyEngineConfiguration": None})
    return native(body, "policyEngineConfiguration.mode")


def _firewall(body: Mapping[str, Any]) -> Fact[bool]:
    """No evaluation takes place without a web ACL (AgentCore developer guide, "Protecting your gateway with AWS
    WAF")."""
    acl: Fact[str] = native(body, "webAclArn", default="")
    if isinstance(acl, Unknown) or not acl.value:
        return acl.map(bool)
    return native(body, "wafConfiguration.failureMode").map(_REFUSES)


def _read_policy(session: AwsSession, gateway: AgentGateway) -> Mapping[str, Fact[Any]]:
    return resource_policy(session, gateway.location, gateway.id)


COLLECTORS: tuple[Collector[AgentGateway, AwsSession], ...] = (
    Collector(
        name="aws.agent_gateways",
        provider=Provider.AWS,
        kind=AgentGateway,
        reach=Reach.LOCATION,
        service=SERVICE,
        find_calls=(LIST_GATEWAYS,),
        find=_find,
        details=(
            Detail(
                calls=(GET_GATEWAY,),
                facts=("identity", "authorization", "encryption_key", "tool_policy", "firewall", "reveals_errors"),
                read=_read,
            ),
            Detail(calls=(GET_RESOURCE_POLICY,), facts=POLICY_FACTS, read=_read_policy),
        ),
    ),
)
