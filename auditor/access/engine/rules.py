"""What services do beyond their policies. Each with its source."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping

from auditor.access.engine.conditions import Condition
from auditor.access.engine.policies import Policy
from auditor.access.engine.principals import Kind

_CHANGING_ROLE = re.compile(r"(add|attach|change|create|delete|detach|pass|put|remove|tag|untag|update)", re.IGNORECASE)
_AWS_POLICY = re.compile(r"arn:[a-z-]+:iam::aws:policy/.*", re.DOTALL)
_RESERVED_ROLE = re.compile(r"arn:[a-z-]+:iam::\d{12}:role/aws-reserved/.*", re.DOTALL)
_OWN_ALIAS = re.compile(r"arn:[a-z-]+:kms:[^:]*:\d{12}:alias/aws/.*", re.DOTALL)
_CHANGING_POLICY = re.compile(r"(create|delete|set|tag|untag)", re.IGNORECASE)
_CHANGING_ALIAS = re.compile(r"(create|delete|update)alias", re.IGNORECASE)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ALWAYS_ALLOWED = frozenset({"sts:getcalleridentity"})
"""Needs no permission, and no policy takes it away (STS API reference, GetCallerIdentity)."""
BY_TRUST_ALONE = frozenset({"sts:assumerolewithwebidentity", "sts:assumerolewithsaml"})
ASSUMING = frozenset({"sts:assumerole", "sts:tagsession", "sts:setsourceidentity"})
RCP_EXEMPT = frozenset({"kms:retiregrant"})
"""AWS Organizations user guide, "Resources and entities not restricted by RCPs"."""
_PINS = _words(
    """
    aws:principalaccount aws:principalarn aws:principalorgid aws:principalorgpaths aws:sourceaccount aws:sourcearn
    aws:sourceorgid aws:sourceowner aws:sourcevpc aws:sourcevpce aws:userid aws:vpceaccount aws:vpceorgid
    s3:dataaccesspointaccount s3:dataaccesspointarn
    """
)
_PINNING = frozenset({"stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike"})


def public(policy: Policy) -> bool:
    """Whether S3 takes a bucket's policy for public (S3 user guide, "The meaning of public"): it allows everyone
    something, under no condition that asks for fixed values of what pins the caller down."""
    return any(
        rule.allow
        and (rule.source.not_principals is not None or _everyone(rule.source.principals or {}))
        and not any(_pins(one) for one in rule.conditions)
        for rule in policy.rules
    )


def _everyone(principals: Mapping[str, Iterable[str]]) -> bool:
    return "*" in principals.get("AWS", ())


def _pins(one: Condition) -> bool:
    if one.if_exists or one.quantifier == "forallvalues" or not one.values:
        return False
    if one.base == "ipaddress" and one.key == "aws:sourceip":
        return all(_narrow(value) for value in one.values)
    if one.key not in _PINS or one.base not in _PINNING:
        return False
    return not any(
        set("*?$") & set(_account(value) if one.base in ("arnequals", "arnlike") else value) for value in one.values
    )


def _account(arn: str) -> str:
    """What must be fixed in an ARN: its account, or all of it if it has none (a bucket)."""
    fields = arn.split(":", 5)
    return fields[4] if len(fields) == 6 and fields[4] else arn


def _narrow(text: str) -> bool:
    """Ranges broader than /8, or /32 in IPv6, are public."""
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return network.prefixlen >= (8 if network.version == 4 else 32)


def closed_to(kind: Kind, key: str) -> str:
    """Why a kind of caller can never do this; empty if it may (STS API reference, AssumeRole: "You must use credentials
    for an IAM user or an IAM role"; KMS developer guide, "KMS key access and permissions")."""
    if key == "sts:assumerole" and kind in (Kind.ROOT, Kind.ANONYMOUS):
        return f"the {kind} caller cannot assume roles"
    if key.startswith("kms:") and kind is Kind.ANONYMOUS:
        return "keys are not for those who do not say who they are"
    return ""


def forbidden(service: str, name: str, resource: str) -> str:
    """Why nobody can do this, whatever policies say; empty if somebody may. ``service`` and ``name`` in lower case."""
    if service == "iam":
        if _AWS_POLICY.fullmatch(resource) and _CHANGING_POLICY.match(name):
            return "nobody can change a policy that AWS manages"
        if _RESERVED_ROLE.fullmatch(resource) and _CHANGING_ROLE.match(name):
            return "nobody can change a role that IAM Identity Center reserves"
    if service == "kms" and _OWN_ALIAS.fullmatch(resource) and _CHANGING_ALIAS.match(name):
        return "nobody can change an alias of a service's own key"
    return ""


def has_key_policy(service: str, resource: str) -> bool:
    """A KMS key answers only whom its own policy lets in (KMS developer guide, "Key policies")."""
    return service == "kms" and re.fullmatch(r"arn:[a-z-]+:kms:[^:]*:[^:]*:key/.+", resource) is not None


def beyond_rcps(key: str, resource: str) -> bool:
    """What RCPs do not restrict (AWS Organizations user guide, "Resources and entities not restricted by RCPs")."""
    if key in RCP_EXEMPT or ":role/aws-service-role/" in resource:
        return True
    return ":kms:" in resource and ":alias/aws/" in resource
