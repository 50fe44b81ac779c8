"""What runtimes and gateways of Bedrock AgentCore have in common: who is let in, and by which policy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, native
from auditor.model.resources import Ref
from auditor.providers.aws.reading import key_ref, policy_facts
from auditor.providers.aws.refs import role_ref
from auditor.providers.aws.shared_calls import aws_call

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

SERVICE = "bedrock-agentcore-control"
CLOUD_IDENTITY, TOKEN_ISSUER, AUTHENTICATED_ONLY, NOTHING = (
    "cloud identity",
    "token issuer",
    "authenticated only",
    "none",
)
_LIMITS = ("allowedAudience", "allowedClients", "allowedScopes", "customClaims", "allowedWorkloadConfiguration")
"""What a token must carry beside the signature of its issuer."""

# A resource without a policy is answered with a 404, or with a body without one (API reference, GetResourcePolicy)
GET_RESOURCE_POLICY = aws_call(
    SERVICE,
    "GetResourcePolicy",
    "bedrock-agentcore:GetResourcePolicy",
    absence=("ResourceNotFoundException",),
)


def agentcore_call(operation: str, **more: object) -> Any:
    """A call to AgentCore's control plane, whose permissions have a shorter prefix than the service."""
    return aws_call(SERVICE, operation, f"bedrock-agentcore:{operation}", **more)


def role_of(body: Mapping[str, Any], path: str = "executionRoleArn") -> Fact[tuple[Ref, ...]]:
    """The role of a sandbox, which needs none (API reference, CreateBrowser and CreateCodeInterpreter)."""
    return native(body, path, default="").map(lambda arn: (role_ref(arn),) if arn else ())


def key_of(session: AwsSession, location: str, body: Mapping[str, Any], path: str) -> Fact[Ref | None]:
    """Without a key of the customer's, AgentCore encrypts with one that AWS owns (AgentCore developer guide, "Data
    encryption")."""
    key: Fact[str] = native(body, path, default="")
    return key.map(lambda name: key_ref(session, location, name) if name else None)


def issuer(body: Mapping[str, Any]) -> Fact[str]:
    """Whether an authorizer that takes tokens looks at more than who signed them: with an issuer that serves many
    customers, its signature alone is everybody's."""
    authorizer: Fact[Mapping[str, Any]] = native(body, "authorizerConfiguration.customJWTAuthorizer")
    return authorizer.map(
        lambda rules: TOKEN_ISSUER if any(rules.get(name) for name in _LIMITS) else AUTHENTICATED_ONLY
    )


POLICY_FACTS = ("public_policy", "policy_document")


def resource_policy(session: AwsSession, location: str, arn: str) -> Mapping[str, Fact[Any]]:
    answer = session.call(GET_RESOURCE_POLICY, location, resourceArn=arn)
    return policy_facts((answer or {}).get("policy"), "policy", "public_policy")
