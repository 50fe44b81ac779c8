"""What an AWS error code means to an audit."""

from __future__ import annotations

import re

from auditor.model.facts import Reason

_DENIED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AllAccessDisabled",
        "AuthorizationError",
        "AuthorizationErrorException",
        "ExpiredToken",
        "ExpiredTokenException",
        "ForbiddenException",
        "IncompleteSignature",
        "InvalidAccessException",
        "InvalidAccessKeyId",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "NotAuthorized",
        "NotAuthorizedException",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "UnauthorizedAccess",
        "UnauthorizedException",
        "UnauthorizedOperation",
    }
)
_NOT_IN_THIS_REGION = frozenset({"AuthFailure", "InvalidClientTokenId", "UnrecognizedClientException"})
"""What credentials that were accepted when the run signed in get in a region that the account has not enabled (AWS
account management guide, "Enable or disable AWS Regions")."""
_DISABLED = frozenset(
    {
        "NotSignedUp",
        "OptInRequired",
        "SubscriptionRequired",
        "SubscriptionRequiredException",
    }
)
THROTTLED = frozenset(
    {
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
_GONE = re.compile(r"NoSuch\w+|(\w+\.)?\w*NotFound(Exception|Error|Fault)?")
_GONE_MESSAGE = re.compile(r"could not find|does not exist|RecordNotFound|cannot find model package", re.IGNORECASE)
_NO_POLICY_MESSAGE = re.compile(r"cannot find resource policy", re.IGNORECASE)
"""SageMaker, of a model package group that has none. Of a group that is not there it says something else."""
_SWITCHED_OFF = {
    "AccessDeniedException": re.compile(r"Macie is not enabled", re.IGNORECASE),
    "InvalidAccessException": re.compile(r"is not subscribed to", re.IGNORECASE),
}
"""Macie and Security Hub answer with the code of a denial where the account has not switched them on."""

CREDENTIAL_FAULTS = frozenset(
    {
        "CredentialRetrievalError",
        "NoCredentialsError",
        "PartialCredentialsError",
        "RefreshWithMFAUnsupportedError",
        "SSOTokenLoadError",
        "TokenRetrievalError",
        "UnauthorizedSSOTokenError",
    }
)
"""Classes of faults on our own side of a request: no valid credentials to sign it with."""


def reason_of(code: str, status: int, message: str = "") -> Reason:
    """Why an error response gives no answer. SageMaker reports a missing resource as a ValidationException, which
    only its message tells apart; the message is looked at and never shown."""
    code = code.removeprefix("Client.").removeprefix("Server.")
    if code in THROTTLED or status == 429:
        return Reason.THROTTLED
    if code in _DISABLED or code in _NOT_IN_THIS_REGION:
        return Reason.DISABLED
    if code in _SWITCHED_OFF and _SWITCHED_OFF[code].search(message):
        return Reason.DISABLED
    if code in _DENIED:
        return Reason.DENIED
    if code == "ValidationException" and _NO_POLICY_MESSAGE.search(message):
        return Reason.ABSENT
    if _GONE.fullmatch(code) or (code == "ValidationException" and _GONE_MESSAGE.search(message)):
        return Reason.VANISHED
    if status >= 500:
        return Reason.UNREACHABLE
    if not code or code.isdigit() or code == "Unknown":
        return Reason.MALFORMED
    return Reason.UNRECOGNISED


def reason_of_fault(code: str) -> Reason:
    """Why no response arrived, by the class of the fault."""
    return Reason.DENIED if code in CREDENTIAL_FAULTS else Reason.UNREACHABLE


_ORGANIZATION = re.compile(r"explicit deny in a (service|resource) control policy", re.IGNORECASE)


def note_of(code: str, message: str) -> str:
    """What keeps a call from being answered where granting its permission would not help; empty otherwise. The message
    is looked at and never shown."""
    if code.removeprefix("Client.") in _NOT_IN_THIS_REGION:
        return "the region is not enabled for this account"
    found = _ORGANIZATION.search(message)
    return f"a {found[1].lower()} control policy of the organization denies it" if found else ""
