"""Who a policy of a resource lets in: trust policies of roles, key policies, bucket and endpoint policies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from auditor.access.aws_documents import Condition, Statement, action_matches

AI_SERVICES: Mapping[str, str] = {
    "bedrock.amazonaws.com": "https://docs.aws.amazon.com/bedrock/latest/userguide/cross-service-confused-deputy-prevention.html",
    "bedrock-agentcore.amazonaws.com": "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/cross-service-confused-deputy-prevention.html",
    "comprehend.amazonaws.com": "https://docs.aws.amazon.com/comprehend/latest/dg/cross-service-confused-deputy-prevention.html",
    "kendra.amazonaws.com": "https://docs.aws.amazon.com/kendra/latest/dg/cross-service-confused-deputy-prevention.html",
    "personalize.amazonaws.com": "https://docs.aws.amazon.com/personalize/latest/dg/cross-service-confused-deputy-prevention.html",
    "sagemaker.amazonaws.com": "https://docs.aws.amazon.com/sagemaker/latest/dg/security-confused-deputy-prevention.html",
}
"""Service principals of AI services, each with the page on the source keys it sends when it takes a role."""

SOURCE_KEYS = frozenset({"aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths"})
"""Say on behalf of whose resource a service acts."""
CALLER_KEYS = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourceip",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:userid",
        "aws:vpceaccount",
        "aws:vpceorgid",
        "aws:vpceorgpaths",
        "kms:calleraccount",
        "s3:dataaccesspointaccount",
        "sts:externalid",
    }
)
"""Say who calls, or from where."""
SHARED_ISSUERS = frozenset({"app.terraform.io", "gitlab.com", "token.actions.githubusercontent.com"})
"""Token issuers that serve everyone, so that only the subject tells one customer from another."""

_POSITIVE = frozenset(
    {"stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike", "ipaddress", "foranyvalue"}
)
_ASSUME = ("sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML")


def service_principal(name: str) -> str:
    """The name without the suffix of the China partition."""
    return name.removesuffix(".cn").lower()


def ai_services(statements: Iterable[Statement]) -> tuple[str, ...]:
    """The AI services that a trust policy lets act as the role."""
    return tuple(
        sorted({n for s in _trusting(statements) for n in map(service_principal, _of(s, "Service"))} & set(AI_SERVICES))
    )


RUN_NO_CUSTOMER_CODE = frozenset(
    {
        "bedrock.amazonaws.com",
        "cloudtrail.amazonaws.com",
        "comprehend.amazonaws.com",
        "kendra.amazonaws.com",
        "personalize.amazonaws.com",
        "qbusiness.amazonaws.com",
    }
)
"""Services that act as a role by themselves. SageMaker, AgentCore, Lambda and the like hand it to customers' code."""


def acted_by_services_only(statements: Iterable[Statement]) -> bool:
    """Nobody but services that run no code of the customer's can take the role."""
    trusting = _trusting(statements)
    return bool(trusting) and all(
        set(s.principals or ()) == {"Service"}
        and RUN_NO_CUSTOMER_CODE.issuperset(map(service_principal, _of(s, "Service")))
        for s in trusting
    )


def unconditioned(statements: Iterable[Statement], account: str) -> tuple[str, ...]:
    """The principals of a trust policy that nothing ties to a place: AI services without a source key, other accounts
    and everyone without a caller key, token issuers without a subject or audience.

    Other service principals are left out: most of them are handed the role within the account and send no source keys.
    """
    found: set[str] = set()
    for statement in _trusting(statements):
        pinned_caller = pinned(statement, CALLER_KEYS)
        pinned_source = pinned(statement, SOURCE_KEYS)
        if statement.not_principals is not None and not pinned_caller:
            found.add(
                "everyone but " + ", ".join(sorted(n for names in statement.not_principals.values() for n in names))
            )
        if not pinned_caller:
            found.update(n for n in _of(statement, "AWS") if _foreign(n, account))
        if not pinned_source:
            found.update(n for n in _of(statement, "Service") if service_principal(n) in AI_SERVICES)
        found.update(n for n in _of(statement, "Federated") if not _federation_tied(statement, n))
    return tuple(sorted(found))


def public(statements: Iterable[Statement], keys: frozenset[str] = CALLER_KEYS | SOURCE_KEYS) -> tuple[Statement, ...]:
    """The statements of a resource's policy that let anyone in, whoever they are and wherever they come from.

    ``keys`` are the condition keys that limit who or what, be it in the Allow or in a Deny of everyone else.
    """
    seen = tuple(statements)
    if any(_fences(s, keys) for s in seen):
        return ()
    return tuple(s for s in seen if s.allow and everyone(s) and not pinned(s, keys))


_SERVICE_EXCEPTIONS = frozenset({"aws:principalisawsservice", "aws:viaawsservice"})
_NEGATIVE = frozenset(
    {"stringnotequals", "stringnotequalsignorecase", "stringnotlike", "arnnotequals", "arnnotlike", "notipaddress"}
)


def _fences(statement: Statement, keys: frozenset[str]) -> bool:
    """It denies everything outside fixed values of one of these keys; calls of AWS services may be spared."""
    if statement.allow or not everyone(statement) or not statement.all_actions():
        return False
    outside = [c for c in statement.conditions if c.key in keys and excludes(c)]
    spared = [c for c in statement.conditions if c.key in _SERVICE_EXCEPTIONS]
    return bool(outside) and len(outside) == 1 and len(outside) + len(spared) == len(statement.conditions)


def excludes(condition: Condition) -> bool:
    """A negative test, which holds where the key is missing too."""
    base = condition.operator.lower().removesuffix("ifexists")
    return base in _NEGATIVE and bool(condition.values) and not any(_open(v) for v in condition.values)


def everyone(statement: Statement) -> bool:
    """It names every principal, or all but some."""
    return statement.not_principals is not None or "*" in _of(statement, "AWS")


def pinned(statement: Statement, keys: frozenset[str]) -> bool:
    """Whether a condition ties the statement to fixed values of one of these keys."""
    return any(c.key in keys and _fixed(c) for c in statement.conditions)


def _fixed(condition: Condition) -> bool:
    """A positive test that fails where the key is missing, against values that are not open themselves."""
    parts = condition.operator.lower().split(":")
    if parts[-1].endswith("ifexists") or not _POSITIVE.issuperset(parts):
        return False
    return bool(condition.values) and not any(_open(value) for value in condition.values)


def _open(value: str) -> bool:
    if not value.strip("*?") or value in ("0.0.0.0/0", "::/0"):
        return True
    fields = value.split(":")
    return fields[0] == "arn" and len(fields) > 4 and bool(fields[4]) and not fields[4].strip("*?")


def _trusting(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """The Allows that let somebody take the role; tagging a session alone does not."""
    return tuple(s for s in statements if s.allow and any(_allows(s, action) for action in _ASSUME))


def _allows(statement: Statement, action: str) -> bool:
    if statement.not_actions is not None:
        return not any(action_matches(p, action) for p in statement.not_actions)
    return any(action_matches(p, action) for p in statement.actions)


def _of(statement: Statement, kind: str) -> tuple[str, ...]:
    return (statement.principals or {}).get(kind, ())


def _foreign(principal: str, account: str) -> bool:
    """Everyone, or somebody of another account. A bare unique id is a deleted principal and matches nobody."""
    if principal == "*":
        return True
    if principal.startswith("arn:"):
        return principal.split(":")[4:5] != [account]
    return principal.isdigit() and principal != account


def _federation_tied(statement: Statement, provider: str) -> bool:
    """A SAML provider belongs to one organization; a token issuer must be held to a subject or an audience."""
    if ":saml-provider/" in provider:
        return True
    issuer = provider.rpartition(":oidc-provider/")[2].lower() if ":oidc-provider/" in provider else provider.lower()
    wanted = (":sub",) if issuer in SHARED_ISSUERS else (":sub", ":aud")
    return any(c.key.startswith(issuer) and c.key.endswith(wanted) and _fixed(c) for c in statement.conditions)
