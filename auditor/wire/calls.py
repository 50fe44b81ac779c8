"""Declared calls. What no collector declares cannot leave the process, and only reads can be declared."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from auditor.model.scope import Provider

_READ_VERBS = ("Get", "List", "Describe", "BatchGet", "BatchDescribe", "Head", "Lookup", "Search")

READ_EXCEPTIONS = {
    "iam:GenerateCredentialReport": "starts a report that IAM keeps itself; changes no resource. Access level Read.",
    "iam:GenerateServiceLastAccessedDetails": (
        "starts a report on what a role used, which IAM keeps itself; changes no resource. Access level Read (Service "
        "Authorization Reference, IAM)."
    ),
}
"""Reads whose name does not say so, each reviewed."""

SENSITIVE_READS = frozenset(
    {
        "bedrock-agentcore:GetWorkloadAccessToken",
        "cognito-idp:GetTokensFromRefreshToken",
        "ec2:GetPasswordData",
        "ecr:GetAuthorizationToken",
        "kms:GetPublicKey",
        "lambda:GetFunction",
        "logs:FilterLogEvents",
        "logs:GetLogEvents",
        "redshift:GetClusterCredentials",
        "s3:GetObject",
        "secretsmanager:BatchGetSecretValue",
        "secretsmanager:GetSecretValue",
        "ssm:GetParameter",
        "ssm:GetParameters",
        "ssm:GetParametersByPath",
        "sts:GetFederationToken",
        "sts:GetSessionToken",
        "sts:GetWebIdentityToken",
    }
)
"""Reads that return secrets, credentials, code or customer data. They can never be declared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One operation of a provider's API that a collector may use.

    ``expects`` are keys a successful body must carry (for XML, element names); ``items`` is the key of a list page.
    ``absence`` are the error codes that *mean* that the thing asked for is known not to exist.
    """

    provider: Provider
    service: str
    operation: str
    permissions: tuple[str, ...]
    expects: tuple[str, ...] = ()
    items: str = ""
    items_optional: bool = False
    """The provider documents that an empty list is left out of the body."""
    absence: tuple[str, ...] = ()
    method: str = "GET"
    host: str = ""
    """REST providers only: the host, in which ``{location}`` may stand."""
    path: str = ""
    """REST providers only: a template such as ``/v1/projects/{project}/locations``; ``{x}`` is one path segment,
    ``{x+}`` one or more."""
    version: str = ""
    """Azure only: the pinned api-version."""
    per_second: float | None = None
    """Documented quota, where there is one."""
    _pattern: re.Pattern[str] | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.permissions:
            raise ValueError(f"{self.key}: name the permission it needs")
        if self.path:
            object.__setattr__(self, "_pattern", re.compile(_path_regex(self.path), re.IGNORECASE))
        reject_unless_read(self)

    @property
    def key(self) -> str:
        return f"{self.service}:{self.operation}"

    def matches(self, method: str, host: str, path: str) -> bool:
        """Whether a REST request is this call."""
        if method != self.method or self._pattern is None:
            return False
        host_pattern = re.escape(self.host).replace(r"\{location\}", r"[a-z0-9-]+")
        return re.fullmatch(host_pattern, host) is not None and self._pattern.fullmatch(path) is not None


def reject_unless_read(call: Call) -> None:
    """Raise ValueError unless the call is a read by its name and by its place on no sensitive list.

    For AWS the published access level is a third signal, tested against the pinned action data in the test suite
    (the data is too large to ship). For REST providers a read is a GET; the POSTs that read are named here.
    """
    if call.key in SENSITIVE_READS:
        raise ValueError(f"{call.key} returns secrets, credentials or data and cannot be declared")
    if call.provider is Provider.AWS:
        if not call.operation.startswith(_READ_VERBS) and call.key not in READ_EXCEPTIONS:
            raise ValueError(f"{call.key} is not a read by its name")
    elif call.method == "POST":
        if call.key not in READING_POSTS:
            raise ValueError(f"{call.key} is a POST that is not known to read")
    elif call.method != "GET":
        raise ValueError(f"{call.key}: {call.method} is not a read")


READING_POSTS = frozenset(
    {
        "cloudresourcemanager:projects.getIamPolicy",
        "cloudresourcemanager:folders.getIamPolicy",
        "cloudresourcemanager:organizations.getIamPolicy",
        "iam:projects.serviceAccounts.getIamPolicy",
    }
)
"""REST operations that read by POST, each reviewed: the body or query only selects the policy version."""


def _path_regex(template: str) -> str:
    parts = re.split(r"(\{[a-zA-Z_]+\+?\})", template)
    return "".join(
        (r".+" if part.endswith("+}") else r"[^/]+") if part.startswith("{") else re.escape(part) for part in parts
    )


def permissions_of(calls: Iterable[Call]) -> tuple[str, ...]:
    """The least set of permissions that lets all these calls succeed."""
    return tuple(sorted({permission for call in calls for permission in call.permissions}))
