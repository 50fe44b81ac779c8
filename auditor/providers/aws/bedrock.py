"""What holds for all of Amazon Bedrock in a region: who may call it, and whether calls are logged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, any_true, native
from auditor.model.scope import GLOBAL
from auditor.providers.aws.reading import policy_facts
from auditor.providers.aws.shared_calls import aws_call

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

GET_LOGGING = aws_call("bedrock", "GetModelInvocationLoggingConfiguration")
# for a resource without a policy nothing is found (API reference, GetResourcePolicy)
GET_RESOURCE_POLICY = aws_call("bedrock", "GetResourcePolicy", absence=("ResourceNotFoundException",))
LIST_API_KEYS = aws_call(
    "iam",
    "ListServiceSpecificCredentials",
    expects=("ServiceSpecificCredentials",),
    items="ServiceSpecificCredentials",
)

_KEY_IS_VALID = {"Active": True, "Inactive": False, "Expired": False}
_DELIVERIES = (
    "textDataDeliveryEnabled",
    "imageDataDeliveryEnabled",
    "embeddingDataDeliveryEnabled",
    "videoDataDeliveryEnabled",
    "audioDataDeliveryEnabled",
)
_DESTINATIONS = ("cloudWatchConfig", "s3Config")


def invocation_logging(session: AwsSession, region: str) -> Fact[bool]:
    """On: a destination is set and at least one kind of data goes there.

    The configuration is one per account and region; without one the answer has no ``loggingConfig`` (Bedrock user
    guide, "Monitor model invocation": logging is off until it is configured).
    """
    answer = session.call(GET_LOGGING, region)
    config = native(answer, "loggingConfig", default={})
    if not config.value:
        return Known(False, {"loggingConfig": None})
    if not any(config.value.get(name) for name in _DESTINATIONS):
        return Known(False, {f"loggingConfig.{name}": None for name in _DESTINATIONS})
    return any_true(native(answer, f"loggingConfig.{name}") for name in _DELIVERIES)


def resource_policy(session: AwsSession, region: str, arn: str) -> Mapping[str, Fact[Any]]:
    """The policy of a Bedrock resource, and whether it lets anyone in; without one it is open to its account only."""
    answer = session.call(GET_RESOURCE_POLICY, region, resourceArn=arn)
    return policy_facts((answer or {}).get("resourcePolicy"), "resourcePolicy", "public_policy")


def has_api_keys(session: AwsSession) -> Fact[bool]:
    """Bedrock API keys of IAM users: bearer secrets that answer without a signature until they expire or are revoked.

    Keys derived from a signed-in session for at most twelve hours are not listed anywhere and are not static.
    """
    found = session.items(LIST_API_KEYS, GLOBAL, ServiceName="bedrock.amazonaws.com", AllUsers=True)
    return any_true(
        Known(key["Status"], {f"{key['ServiceSpecificCredentialId']} of {key['UserName']}": key["Status"]}).map(
            _KEY_IS_VALID
        )
        for key in found
    )
