"""Roles that are taken with a token: whose token, and whether only tokens of one's own count.

An issuer that serves everyone signs for every customer alike, and only the subject tells them apart; the issuer of a
cluster signs for every pod in it (IAM user guide, "Create a role for OpenID Connect federation"; EKS user guide,
"Assign IAM roles to Kubernetes service accounts"). A SAML provider belongs to one organization and names in each
assertion the roles that its bearer may take.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from auditor.access.aws_documents import Condition


@dataclass(frozen=True, slots=True)
class _Issuer:
    claims: Mapping[str, str]
    """Those that tell one's own tokens from others, and what a value must begin with: up to whom the token belongs to,
    nothing may be left open."""


def _subject(*names: str) -> str:
    return rf"(?:{'|'.join(names)}):[^:/*?]+(?:[:/]|$)"


_WHOLE, _ANY = r"[^*?]+$", ""
_OF_A_TENANT = _Issuer({"sub": _ANY, "aud": _ANY})
_APPLICATION = _Issuer({"sub": _ANY, "aud": _ANY, "oaud": _ANY, "app_id": _ANY})
_OF_A_CLUSTER = _Issuer({"sub": r"system:serviceaccount:[^:*?]+:"})
_GITHUB = ("enterprise", "enterprise_id", "repository_id", "repository_owner", "repository_owner_id")
"""Of the claims that the subject may be made of, those that name an owner; a branch or a workflow may be anybody's."""
_ISSUERS: Mapping[str, _Issuer] = {
    "accounts.google.com": _APPLICATION,
    "agent.buildkite.com": _Issuer({"sub": _subject("organization")}),
    "app.terraform.io": _Issuer({"sub": _subject("organization")}),
    "gitlab.com": _Issuer({"sub": _subject("project_path")}),
    "graph.facebook.com": _APPLICATION,
    "oidc.vercel.com": _Issuer({"sub": _subject("owner")}),
    "token.actions.githubusercontent.com": _Issuer(
        {
            "sub": _subject("repo", "repository", *_GITHUB),
            "repository": r"[^/*?]+/",
            **dict.fromkeys(_GITHUB, _WHOLE),
        }
    ),
    "www.amazon.com": _APPLICATION,
}
"""Issuers that serve everyone. All others belong to a tenant."""
_CLUSTER = re.compile(r"oidc\.eks\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?/id/.+")


def asserts_roles(provider: str) -> bool:
    """A SAML provider, by its ARN."""
    return ":saml-provider/" in provider


def tells_tenants(condition: Condition, provider: str) -> bool:
    """Whether the values of a condition are such that one customer's tokens only, of those that a provider (ARN or
    host) signs, can have them."""
    host = (provider.rpartition(":oidc-provider/")[2] or provider).lower()
    issuer = _OF_A_CLUSTER if _CLUSTER.fullmatch(host) else _ISSUERS.get(host, _OF_A_TENANT)
    name, _, claim = condition.key.rpartition(":")
    if name != host or claim not in issuer.claims:
        return False
    return all(re.match(issuer.claims[claim], value) for value in condition.values)
