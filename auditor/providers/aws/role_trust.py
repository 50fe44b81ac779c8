"""Who may act as an IAM role, by its trust policy. Judged by :mod:`auditor.access.aws_trust`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditor.access import aws_trust
from auditor.access.aws_documents import Statement
from auditor.access.deputies import DEPUTIES
from auditor.model.facts import Fact, Known, Unknown, native
from auditor.providers.aws.reading import statements_of, text_of

SERVICE_LINKED = "/aws-service-role/"

_OF_THE_CUSTOMER = (
    "unconditioned_trust",
    "outsiders",
    "unconditioned_outsiders",
    "federations",
    "unbound_federations",
    "deleted_principals",
)
TRUST_FACTS = ("trust_document", "trusted_by_ai_service", "service_acts", *_OF_THE_CUSTOMER)
_DOCUMENT = "AssumeRolePolicyDocument"


def trust(entry: Mapping[str, Any], account: str) -> Mapping[str, Any]:
    """The facts. Nobody acts as a user by trust; the trust of a service-linked role is fixed by AWS."""
    if "UserName" in entry:
        user = {"UserName": entry["UserName"]}
        no: Fact[bool] = Known(False, user)
        nobody: Fact[tuple[str, ...]] = Known((), user)
        return {
            "trust_document": Known(None, user),
            "trusted_by_ai_service": no,
            "service_acts": no,
            **dict.fromkeys(_OF_THE_CUSTOMER, nobody),
        }
    document = native(entry, _DOCUMENT)
    if isinstance(document, Unknown):
        return dict.fromkeys(TRUST_FACTS, document)
    found = statements_of(document.value, _DOCUMENT)
    facts: dict[str, Fact[Any]] = {
        "trust_document": Known(text_of(document.value)),
        "trusted_by_ai_service": found.map(lambda statements: bool(aws_trust.ai_services(statements))),
    }
    if str(entry.get("Path", "")).startswith(SERVICE_LINKED):
        path = {"Path": entry["Path"]}
        return {**facts, "service_acts": Known(True, path), **dict.fromkeys(_OF_THE_CUSTOMER, Known((), path))}
    return {
        **facts,
        "service_acts": found.map(aws_trust.acted_by_services_only),
        "unconditioned_trust": _services(found),
        "outsiders": found.map(lambda statements: aws_trust.outsiders(statements, account)),
        "unconditioned_outsiders": found.map(lambda statements: aws_trust.unconditioned_outsiders(statements, account)),
        "federations": found.map(aws_trust.federations),
        "unbound_federations": found.map(aws_trust.unbound_federations),
        "deleted_principals": found.map(aws_trust.deleted_principals),
    }


def _services(found: Fact[tuple[Statement, ...]]) -> Fact[tuple[str, ...]]:
    """With the keys to ask for, and the services about which nothing can be said."""
    if isinstance(found, Unknown):
        return found
    loose = aws_trust.unconditioned_services(found.value)
    unjudged = aws_trust.unjudged_services(found.value)
    shown: dict[str, Any] = {f"keys of {name}": DEPUTIES[name].keys for name in loose}
    if unjudged:
        shown["not judged: whether they send source keys is not documented"] = unjudged
    return Known(loose, {**found.native, **shown})
