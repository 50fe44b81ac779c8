"""Principals: managed identities, and whoever else holds a role in the subscription."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown, any_true, native
from auditor.model.resources import Identity
from auditor.model.scope import GLOBAL, Provider
from auditor.providers.azure import ml
from auditor.providers.azure.ai_services import ACCOUNTS
from auditor.providers.azure.arm import (
    GROUP,
    SUBSCRIPTION,
    arm,
    attempt,
    choice,
    documented,
    identify,
    location_of,
    parse_id,
    spread,
    tags_of,
)
from auditor.providers.azure.principals import managed_identities, principal_path
from auditor.providers.azure.rbac import ROLE_ASSIGNMENTS, ROLE_DEFINITIONS, administrator, broad_grants
from auditor.providers.base import Collector, Detail, Reach
from auditor.wire.errors import CallFailed

if TYPE_CHECKING:
    from auditor.providers.azure.session import AzureSession

_MSI = "Microsoft.ManagedIdentity/userAssignedIdentities"
USER_ASSIGNED = arm(
    "Microsoft.ManagedIdentity",
    "userAssignedIdentities.list",
    f"{SUBSCRIPTION}/providers/{_MSI}",
    "2023-01-31",
    items="value",
    permissions=(f"{_MSI}/read",),
)
FEDERATED = arm(
    "Microsoft.ManagedIdentity",
    "federatedIdentityCredentials.list",
    f"{GROUP}/providers/{_MSI}/{{identity}}/federatedIdentityCredentials",
    "2023-01-31",
    items="value",
    permissions=(f"{_MSI}/federatedIdentityCredentials/read",),
)
RESOURCES = arm(
    "Microsoft.Resources",
    "resources.list",
    f"{SUBSCRIPTION}/resources",
    "2021-04-01",
    items="value",
    permissions=("Microsoft.Resources/subscriptions/resources/read",),
)

SYSTEM_ASSIGNED = "Microsoft.ManagedIdentity/identities"
_PERSON = {"user": True, "group": False, "serviceprincipal": False, "foreigngroup": False, "device": False}
_NO_SECRETS = "the platform holds and rotates the credentials of a managed identity; nobody can read them"
_NO_TAGS: Fact[Mapping[str, str]] = documented({}, "this principal carries no tags")


@dataclass(slots=True)
class _Principal:
    """What the sources say about one principal, merged."""

    name: str = ""
    native_type: str = ""
    location: str = GLOBAL
    person: Fact[bool] = field(default_factory=lambda: documented(False, "a managed identity is no person"))
    tags: Fact[Mapping[str, str]] = field(default_factory=lambda: _NO_TAGS)
    arm_id: str = ""


def _find(session: AzureSession, _location: str) -> Iterator[Identity]:
    found: dict[str, _Principal] = {}
    failures: list[CallFailed] = []
    for source in (_user_assigned, _of_ai_resources, _assigned):
        try:
            for principal_id, principal in source(session):
                _merge(found, principal_id, principal)
        except CallFailed as error:
            failures.append(error)
    for principal_id, principal in sorted(found.items()):
        yield Identity(
            id=principal_path(session.account.id, principal_id),
            name=principal.name or principal_id,
            account=session.account,
            location=principal.location,
            native_type=principal.native_type,
            aliases=frozenset({principal.arm_id} - {""}),
            tags=principal.tags,
            person=principal.person,
        )
    if failures:
        raise failures[0]


def _merge(found: dict[str, _Principal], principal_id: str, new: _Principal) -> None:
    """Sources come in the order of what they know; a later one only fills what is missing."""
    known = found.setdefault(principal_id, new)
    if known is not new:
        known.name = known.name or new.name
        known.arm_id = known.arm_id or new.arm_id


def _user_assigned(session: AzureSession) -> Iterator[tuple[str, _Principal]]:
    for body in session.items(USER_ASSIGNED, GLOBAL, subscription=session.account.id):
        resource = identify(USER_ASSIGNED, body)
        principal_id = native(body, "properties.principalId")
        if isinstance(principal_id, Unknown):
            raise CallFailed(USER_ASSIGNED, Reason.MALFORMED, principal_id.detail)
        yield (
            str(principal_id.value).lower(),
            _Principal(resource.names[-1], _MSI, location_of(body), tags=tags_of(body), arm_id=resource.text),
        )


def _of_ai_resources(session: AzureSession) -> Iterator[tuple[str, _Principal]]:
    """The identities of accounts, workspaces, endpoints and computes. One that is unreadable hides no other."""
    sources = (_accounts, _workspaces, _endpoints, _batch, _computes)
    for body in spread(sources, lambda source: source(session)):
        resource = parse_id(body.get("id"))
        identities = managed_identities(body)
        if isinstance(identities, Unknown) or resource is None:
            continue  # the workload's own fact says so
        for principal_id, arm_id in identities.value:
            if principal_id and not arm_id:
                yield principal_id, _Principal(resource.names[-1], SYSTEM_ASSIGNED, location_of(body))
            elif principal_id:
                yield principal_id, _Principal(arm_id.rsplit("/", 1)[-1], _MSI, arm_id=arm_id)


def _accounts(session: AzureSession) -> Iterable[Mapping[str, Any]]:
    return session.items(ACCOUNTS, GLOBAL, subscription=session.account.id)


def _workspaces(session: AzureSession) -> Iterable[Mapping[str, Any]]:
    return spread(ml.workspaces(session), lambda row: [ml.workspace_of(session, row[0])])


def _endpoints(session: AzureSession) -> Iterable[Mapping[str, Any]]:
    return spread(ml.workspaces(session), lambda row: session.ml_items(ml.ONLINE_ENDPOINTS, **ml.inside(row[0])))


def _batch(session: AzureSession) -> Iterable[Mapping[str, Any]]:
    return spread(ml.workspaces(session), lambda row: session.ml_items(ml.BATCH_ENDPOINTS, **ml.inside(row[0])))


def _computes(session: AzureSession) -> Iterable[Mapping[str, Any]]:
    return spread(ml.workspaces(session), lambda row: ml.computes(session, row[0]))


def _assigned(session: AzureSession) -> Iterator[tuple[str, _Principal]]:
    for body in session.items(ROLE_ASSIGNMENTS, GLOBAL, subscription=session.account.id):
        principal_id = native(body, "properties.principalId")
        if isinstance(principal_id, Unknown):
            raise CallFailed(ROLE_ASSIGNMENTS, Reason.MALFORMED, principal_id.detail)
        kind = native(body, "properties.principalType", default="principal").value
        person = choice(body, "properties.principalType", _PERSON)
        yield str(principal_id.value).lower(), _Principal("", f"Microsoft.Entra/{kind}", person=person)


def _read_roles(session: AzureSession, identity: Identity) -> Mapping[str, Fact[Any]]:
    principal_id = _principal_id(identity)
    return {
        "administrator": administrator(session, principal_id),
        "broad_grants": broad_grants(session, principal_id),
    }


def _read_credentials(
    session: AzureSession, _location: str, identities: Sequence[Identity]
) -> Mapping[str, Mapping[str, Fact[Any]]]:
    """Secrets and trust. Those of service principals that are no managed identity are in Microsoft Graph."""
    unclear = [i for i in identities if _kind(i) == "serviceprincipal"]
    managed = attempt(lambda: _managed_by_platform(session)) if unclear else documented(frozenset(), "none needed")
    return {i.id: _credentials(session, i, managed) for i in identities}


def _credentials(
    session: AzureSession, identity: Identity, managed: Fact[frozenset[str]]
) -> Mapping[str, Fact[tuple[str, ...]]]:
    kind = _kind(identity)
    keys: Fact[tuple[str, ...]] = documented((), _NO_SECRETS)
    no_federation: Fact[tuple[str, ...]] = documented(
        (), "only user-assigned identities and applications can trust other issuers"
    )
    if kind == "serviceprincipal":
        if isinstance(managed, Unknown):
            return {"long_lived_keys": managed, **_federated(managed)}
        if _principal_id(identity) not in managed.value:
            graph = Unknown(Reason.NOT_BUILT, "credentials of an application, in Microsoft Graph")
            return {"long_lived_keys": graph, **_federated(graph)}
        return {"long_lived_keys": keys, **_federated(no_federation)}
    if kind in ("user", "group", "foreigngroup", "device"):
        none: Fact[tuple[str, ...]] = documented(
            (), "a directory object without keys of its own; its sign-in is judged by its second factor"
        )
        return {"long_lived_keys": none, **_federated(no_federation)}
    if kind == "principal":
        unclear = Unknown(Reason.ABSENT, "properties.principalType")
        return {"long_lived_keys": unclear, **_federated(unclear)}
    if identity.native_type == SYSTEM_ASSIGNED:
        return {"long_lived_keys": keys, **_federated(no_federation)}
    credentials = attempt(lambda: _federation(session, identity))
    return {"long_lived_keys": keys, **_federated(credentials.map(lambda found: found.names), _loose(credentials))}


def _federated(
    names: Fact[tuple[str, ...]], loose: Fact[tuple[str, ...]] | None = None
) -> Mapping[str, Fact[tuple[str, ...]]]:
    return {"federations": names, "unbound_federations": names if loose is None else loose}


def _managed_by_platform(session: AzureSession) -> Fact[frozenset[str]]:
    """The principals of the system-assigned identities of every resource in the subscription."""
    found: set[str] = set()
    for body in session.items(RESOURCES, GLOBAL, subscription=session.account.id):
        principal = native(body, "identity.principalId", default="")
        if isinstance(principal, Known) and principal.value:
            found.add(str(principal.value).lower())
    return Known(frozenset(found))


@dataclass(frozen=True, slots=True)
class _Credentials:
    """The federated credentials of an identity."""

    names: tuple[str, ...]
    loose: tuple[str, ...]
    """Those whose subject does not name one workload."""
    unclear: Fact[bool]
    """A subject is missing."""


def _loose(credentials: Fact[_Credentials]) -> Fact[tuple[str, ...]]:
    if isinstance(credentials, Unknown):
        return credentials
    if not credentials.value.loose and isinstance(credentials.value.unclear, Unknown):
        return credentials.value.unclear
    return credentials.map(lambda found: found.loose)


def _federation(session: AzureSession, identity: Identity) -> Fact[_Credentials]:
    resource = parse_id(next(iter(identity.aliases), ""))
    if resource is None:
        return Unknown(Reason.ABSENT, "the id of the identity")
    if resource.subscription != session.account.id.lower():
        return Unknown(Reason.OUT_OF_SCOPE, "a managed identity of another subscription")
    names: list[str] = []
    loose: list[str] = []
    evidence: dict[str, Any] = {}
    problems: list[Fact[bool]] = []
    for body in session.items(
        FEDERATED, GLOBAL, subscription=resource.subscription, group=resource.group, identity=resource.names[-1]
    ):
        name = str(body.get("name", ""))
        subject = native(body, "properties.subject", default="").value
        expression = native(body, "properties.claimsMatchingExpression.value", default="").value
        names.append(name)
        evidence[f"federatedIdentityCredentials/{name}"] = subject or expression
        if not subject and not expression:
            problems.append(Unknown(Reason.ABSENT, "properties.subject"))
        elif "*" in str(subject) or re.search(r"matches\s+'[^']*\*", str(expression)):
            loose.append(f"{name}: {subject or expression}")
    found = _Credentials(tuple(sorted(names)), tuple(sorted(loose)), any_true(problems))
    return Known(found, evidence or {"federatedIdentityCredentials": []})


def _principal_id(identity: Identity) -> str:
    return identity.id.rsplit("/", 1)[-1]


def _kind(identity: Identity) -> str:
    namespace, _, kind = identity.native_type.partition("/")
    return kind.lower() if namespace == "Microsoft.Entra" else "managed"


COLLECTORS: tuple[Collector[Identity, Any], ...] = (
    Collector(
        name="azure.identities",
        provider=Provider.AZURE,
        kind=Identity,
        reach=Reach.ACCOUNT,
        service="Microsoft.Authorization",
        find_calls=tuple(
            chain(
                (USER_ASSIGNED, ACCOUNTS, ROLE_ASSIGNMENTS, ml.WORKSPACES.call, ml.WORKSPACE),
                (ml.ONLINE_ENDPOINTS.call, ml.BATCH_ENDPOINTS.call, ml.COMPUTES),
            )
        ),
        find=_find,
        find_facts=("tags", "person"),
        details=(
            Detail(
                calls=(ROLE_ASSIGNMENTS, ROLE_DEFINITIONS), facts=("administrator", "broad_grants"), read=_read_roles
            ),
            Detail(
                calls=(RESOURCES, FEDERATED),
                facts=("long_lived_keys", "federations", "unbound_federations"),
                read_all=_read_credentials,
            ),
        ),
    ),
)
