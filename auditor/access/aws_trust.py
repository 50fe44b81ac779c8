"""Who a policy of a resource lets in: trust policies of roles, key policies, bucket and endpoint policies.

What is wrong with a trust policy has a different name for each kind of principal: a service that acts for anybody, an
account that is trusted as a whole, an issuer whose tokens are everybody's, a principal that is gone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from auditor.access.aws_documents import Condition, Statement, action_matches
from auditor.access.aws_federation import asserts_roles, tells_tenants
from auditor.access.aws_pins import CALLER_KEYS, SOURCE_KEYS, excludes, pinned, pins
from auditor.access.deputies import AI_SERVICES, DEPUTIES, held_to_source, service_principal

_WITH_A_TOKEN = "sts:AssumeRoleWithWebIdentity"
_ASSUME = ("sts:AssumeRole", _WITH_A_TOKEN, "sts:AssumeRoleWithSAML")
_ORGANIZATION_KEYS = frozenset({"aws:principalorgid", "aws:principalorgpaths", "aws:vpceorgid", "aws:vpceorgpaths"})
_PLACE_KEYS = frozenset({"aws:sourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:userid", "aws:vpceaccount"})
_EVERYONE = "*"
_GONE = re.compile(r"A(?:ROA|IDA)[A-Z0-9]{12,}")
"""The unique ids of roles and users (IAM user guide, "IAM identifiers"). IAM puts one in place of the ARN of a
principal that was deleted."""

RUN_NO_CUSTOMER_CODE = frozenset(
    {
        "bedrock.amazonaws.com",
        "cloudtrail.amazonaws.com",
        "comprehend.amazonaws.com",
        "comprehendmedical.amazonaws.com",
        "forecast.amazonaws.com",
        "kendra.amazonaws.com",
        "personalize.amazonaws.com",
        "qbusiness.amazonaws.com",
        "rekognition.amazonaws.com",
        "textract.amazonaws.com",
        "transcribe.amazonaws.com",
        "translate.amazonaws.com",
    }
)
"""Services that act as a role by themselves. SageMaker, AgentCore, Lambda and the like hand it to customers' code."""


# services


def ai_services(statements: Iterable[Statement]) -> tuple[str, ...]:
    """The AI services that a trust policy lets act as the role."""
    return tuple(sorted(_services(statements) & AI_SERVICES))


def acted_by_services_only(statements: Iterable[Statement]) -> bool:
    """Nobody but services that run no code of the customer's can take the role."""
    trusting = _trusting(statements)
    return bool(trusting) and all(
        set(s.principals or ()) == {"Service"}
        and RUN_NO_CUSTOMER_CODE.issuperset(map(service_principal, _of(s, "Service")))
        for s in trusting
    )


def unconditioned_services(statements: Iterable[Statement]) -> tuple[str, ...]:
    """The services that may act as the role for anybody, although they say for whom. Only a source key ties a service:
    what is asked of the account of a principal or of the resource is the same for all customers' calls."""
    seen = tuple(statements)

    def sourced(condition: Condition) -> bool:
        return condition.key in SOURCE_KEYS and excludes(condition)

    return tuple(
        sorted(
            {
                name
                for statement in _trusting(seen)
                if not pinned(statement, SOURCE_KEYS)
                for name in map(service_principal, _of(statement, "Service"))
                if held_to_source(name) and not _denied(seen, "Service", name, sourced)
            }
        )
    )


def unjudged_services(statements: Iterable[Statement]) -> tuple[str, ...]:
    """The services that a trust policy names and of which it is not known whether they send a source key."""
    return tuple(sorted(_services(statements) - set(DEPUTIES)))


def _services(statements: Iterable[Statement]) -> set[str]:
    return {service_principal(n) for s in _trusting(statements) for n in _of(s, "Service")}


# other accounts


def outsiders(statements: Iterable[Statement], account: str) -> tuple[str, ...]:
    """Everybody outside of the account whom a trust policy lets act as the role, conditions aside: accounts as a whole
    by their id, principals by their ARN."""
    return tuple(sorted({name for s in _trusting(statements) for name in _outside(s, account)}))


def unconditioned_outsiders(statements: Iterable[Statement], account: str) -> tuple[str, ...]:
    """Those of them that nothing in the policy narrows down: everyone, and accounts as a whole. A principal that is
    named is narrow enough; which principals an account has is for its own administrators to choose.

    An external id tells the customers of one account apart, so it counts for an account, and not for everyone: it is no
    secret (IAM user guide, "Access to AWS accounts owned by third parties").
    """
    seen = tuple(statements)
    return tuple(sorted({name for s in _trusting(seen) for name in _loose(s, account) if not _kept_out(seen, name)}))


def _outside(statement: Statement, account: str) -> Iterator[str]:
    if statement.not_principals is not None:
        yield "everyone but " + ", ".join(sorted(n for names in statement.not_principals.values() for n in names))
    for name in _of(statement, "AWS"):
        owner = _account_of(name)
        if name == _EVERYONE:
            yield name
        elif owner and owner != account:
            yield owner if _whole(name) else name


def _loose(statement: Statement, account: str) -> Iterator[str]:
    narrowed = any(_narrows(c) for c in pins(statement)) or pinned(statement, SOURCE_KEYS)  # only services send these
    external = pinned(statement, frozenset({"sts:externalid"}))
    for name in _outside(statement, account):
        if narrowed or (name.isdigit() and external):
            continue
        if name.isdigit():
            yield name
        elif not name.startswith("arn:"):
            accounts = _accounts_asked_for(statement)
            yield from {a for a in accounts if a != account and not external} if accounts else (name,)


def _accounts_asked_for(statement: Statement) -> frozenset[str]:
    """To let in everyone of certain accounts is to trust these accounts as a whole."""
    asked = [frozenset(c.values) for c in pins(statement) if c.key == "aws:principalaccount"]
    return asked[0] if asked else frozenset()


def _narrows(condition: Condition) -> bool:
    """It asks for an organization, a place, or principals by name."""
    if condition.key == "aws:principalarn":
        return all(_named(value) for value in condition.values)
    return condition.key in _ORGANIZATION_KEYS | _PLACE_KEYS


def _named(arn: str) -> bool:
    return bool(arn.partition("/")[2].strip("*?"))


def _kept_out(statements: tuple[Statement, ...], name: str) -> bool:
    def outside(condition: Condition) -> bool:
        external = condition.key == "sts:externalid" and name.isdigit()
        return excludes(condition) and (external or _narrows(condition))

    return not name.startswith("arn:") and _denied(statements, "AWS", name, outside)


def _whole(principal: str) -> bool:
    return principal.isdigit() or principal.endswith(":root")


def _account_of(principal: str) -> str:
    if principal.startswith("arn:"):
        return "".join(principal.split(":")[4:5])
    return principal if principal.isdigit() else ""


# tokens


def federations(statements: Iterable[Statement]) -> tuple[str, ...]:
    """The token issuers and SAML providers whose users a trust policy lets act as the role."""
    return tuple(sorted({name for s in _trusting(statements) for name in _of(s, "Federated")}))


def unbound_federations(statements: Iterable[Statement]) -> tuple[str, ...]:
    """Those whose tokens it takes from others than one's own."""
    seen = tuple(statements)
    return tuple(sorted({n for s in _trusting(seen) for n in _of(s, "Federated") if not _bound(s, n, seen)}))


def _bound(statement: Statement, provider: str, policy: tuple[Statement, ...]) -> bool:
    def others(condition: Condition) -> bool:
        return excludes(condition) and tells_tenants(condition, provider)

    return (
        asserts_roles(provider)
        or any(tells_tenants(c, provider) for c in pins(statement))
        or _denied(policy, "Federated", provider, others)
    )


# principals that are gone


def deleted_principals(statements: Iterable[Statement]) -> tuple[str, ...]:
    """The unique ids in place of principals: of whom a policy names, these are deleted."""
    return tuple(
        sorted(
            {
                name
                for s in statements
                for names in (s.principals or {}, s.not_principals or {})
                for name in names.get("AWS", ())
                if _GONE.fullmatch(name)
            }
        )
    )


# everyone


def public(statements: Iterable[Statement], keys: frozenset[str] = CALLER_KEYS | SOURCE_KEYS) -> tuple[Statement, ...]:
    """The statements of a resource's policy that let anyone in, whoever they are and wherever they come from.

    ``keys`` are the condition keys that limit who or what, be it in the Allow or in a Deny of everyone else.
    """
    seen = tuple(statements)

    def outside(condition: Condition) -> bool:
        return condition.key in keys and excludes(condition)

    if any(everyone(s) and s.all_actions() and _fences(s, outside, services=False) for s in seen):
        return ()
    return tuple(s for s in seen if s.allow and everyone(s) and not pinned(s, keys))


def everyone(statement: Statement) -> bool:
    """It names every principal, or all but some."""
    return statement.not_principals is not None or _EVERYONE in _of(statement, "AWS")


_SERVICE_TESTS = frozenset({"aws:principalisawsservice", "aws:viaawsservice"})


def _fences(statement: Statement, outside: Callable[[Condition], bool], *, services: bool) -> bool:
    """It denies whatever is outside of something. It may speak of callers only and spare calls of AWS services, or, if
    they are meant, of ``services`` only."""
    if statement.allow:
        return False
    fences = [c for c in statement.conditions if outside(c)]
    tests = [c for c in statement.conditions if c.key in _SERVICE_TESTS and c.values == (str(services).lower(),)]
    return len(fences) == 1 and len(fences) + len(tests) == len(statement.conditions)


def _denied(statements: Iterable[Statement], kind: str, name: str, outside: Callable[[Condition], bool]) -> bool:
    """A Deny of the same policy keeps a principal to what is not ``outside``."""
    action = _WITH_A_TOKEN if kind == "Federated" else _ASSUME[0]
    return any(
        _fences(s, outside, services=kind == "Service") and _names(s, kind, name) and _allows(s, action)
        for s in statements
    )


def _names(statement: Statement, kind: str, name: str) -> bool:
    if statement.not_principals is not None:
        return False
    named = _of(statement, kind)
    return _EVERYONE in _of(statement, "AWS") or name in (map(service_principal, named) if kind == "Service" else named)


def _trusting(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """The Allows that let somebody take the role; tagging a session alone does not."""
    return tuple(s for s in statements if s.allow and any(_allows(s, action) for action in _ASSUME))


def _allows(statement: Statement, action: str) -> bool:
    if statement.not_actions is not None:
        return not any(action_matches(p, action) for p in statement.not_actions)
    return any(action_matches(p, action) for p in statement.actions)


def _of(statement: Statement, kind: str) -> tuple[str, ...]:
    return (statement.principals or {}).get(kind, ())
