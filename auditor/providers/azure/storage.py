"""Storage accounts that hold blobs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, all_true, any_true, native
from auditor.model.resources import Ref, Storage
from auditor.model.scope import GLOBAL, Provider
from auditor.providers.azure.arm import (
    GROUP,
    SUBSCRIPTION,
    ArmId,
    arm,
    choice,
    describe,
    documented,
    flag,
    identify,
    inverted,
    parse_id,
)
from auditor.providers.azure.ml import key_in_vault
from auditor.providers.base import Collector, Detail, Reach
from auditor.wire.errors import CallFailed

if TYPE_CHECKING:
    from auditor.providers.azure.session import AzureSession

_TYPE = "Microsoft.Storage/storageAccounts"
_ACCOUNT = f"{GROUP}/providers/{_TYPE}/{{account}}"
ACCOUNTS = arm(
    "Microsoft.Storage",
    "storageAccounts.list",
    f"{SUBSCRIPTION}/providers/{_TYPE}",
    "2023-05-01",
    items="value",
    permissions=(f"{_TYPE}/read",),
)
ACCOUNT = arm(
    "Microsoft.Storage",
    "storageAccounts.get",
    _ACCOUNT,
    "2023-05-01",
    expects=("properties",),
    permissions=(f"{_TYPE}/read",),
)
BLOB_SERVICE = arm(
    "Microsoft.Storage",
    "blobServices.get",
    f"{_ACCOUNT}/blobServices/default",
    "2023-05-01",
    expects=("properties",),
    permissions=(f"{_TYPE}/blobServices/read",),
)
CONTAINERS = arm(
    "Microsoft.Storage",
    "blobContainers.list",
    f"{_ACCOUNT}/blobServices/default/containers",
    "2023-05-01",
    items="value",
    permissions=(f"{_TYPE}/blobServices/containers/read",),
)
CONTAINER = arm(
    "Microsoft.Storage",
    "blobContainers.get",
    f"{_ACCOUNT}/blobServices/default/containers/{{container}}",
    "2023-05-01",
    expects=("properties",),
    absence=("ContainerNotFound",),
    permissions=(f"{_TYPE}/blobServices/containers/read",),
)

_KEY_SOURCES = {"microsoft.storage": False, "microsoft.keyvault": True}
_PUBLIC_CONTAINER = {"none": False, "blob": True, "container": True}
_REACHABLE = {"enabled": True, "disabled": False, "securedbyperimeter": False}
_TLS = {"tls1_0": False, "tls1_1": False, "tls1_2": True, "tls1_3": True}
_FILES_ONLY = "filestorage"
"""The kind of account that cannot hold blobs."""


def holds_objects(body: Mapping[str, Any]) -> bool:
    return str(body.get("kind", "")).lower() != _FILES_ONLY


def _find(session: AzureSession, _location: str) -> Iterator[Storage]:
    for body in _accounts(session):
        if not holds_objects(body):
            continue
        resource = identify(ACCOUNTS, body)
        yield Storage(
            **describe(session.account, resource, body, _TYPE),
            public_access_blocked=inverted(_anonymous_allowed(body)),
            encrypted=documented(True, "encryption at rest cannot be switched off"),
            # documented: without another source, Microsoft.Storage holds the keys
            customer_key=choice(body, "properties.encryption.keySource", _KEY_SOURCES, default="Microsoft.Storage"),
            encryption_key=_encryption_key(body),
            requires_tls=all_true(
                (
                    flag(body, "properties.supportsHttpsTrafficOnly", default=True),  # documented since 2019-04-01
                    choice(body, "properties.minimumTlsVersion", _TLS, default="TLS1_0"),  # documented
                )
            ),
        )


def _accounts(session: AzureSession) -> Iterator[Mapping[str, Any]]:
    yield from session.items(ACCOUNTS, GLOBAL, subscription=session.account.id)


def _anonymous_allowed(body: Mapping[str, Any]) -> Fact[bool]:
    """Documented: an account made before the property existed carries none and permits anonymous access."""
    return flag(body, "properties.allowBlobPublicAccess", default=True)


def _encryption_key(body: Mapping[str, Any]) -> Fact[Ref | None]:
    managed = choice(body, "properties.encryption.keySource", _KEY_SOURCES, default="Microsoft.Storage")
    vault = native(body, "properties.encryption.keyvaultproperties.keyvaulturi")
    name = native(body, "properties.encryption.keyvaultproperties.keyname")
    return key_in_vault(managed, vault, name)


def _read_public(session: AzureSession, storage: Storage) -> Mapping[str, Fact[Any]]:
    """Anonymous access needs three doors open: the account allows it, its network admits anyone, a container grants
    it. Containers are listed only where the first two are."""
    resource = _id(storage)
    body = next((b for b in _accounts(session) if parse_id(b.get("id")) == resource), None)
    if body is None:
        raise CallFailed(ACCOUNTS, Reason.VANISHED)
    doors = [
        _anonymous_allowed(body),
        choice(body, "properties.publicNetworkAccess", _REACHABLE, default="Enabled"),  # documented default
        # documented default: Allow
        choice(body, "properties.networkAcls.defaultAction", {"allow": True, "deny": False}, default="Allow"),
    ]
    admitted = all_true(doors)
    if isinstance(admitted, Known) and not admitted.value:
        return {"public": admitted}
    return {"public": all_true((admitted, _some_container_public(session, resource)))}


def _some_container_public(session: AzureSession, resource: ArmId) -> Fact[bool]:
    facts: list[Fact[bool]] = []
    names = 0
    for body in session.items(CONTAINERS, GLOBAL, **_place(resource)):
        names += 1
        granted = choice(body, "properties.publicAccess", _PUBLIC_CONTAINER)
        if isinstance(granted, Known):
            granted = Known(granted.value, {f"containers/{body.get('name', '')}": granted.value})
        facts.append(granted)
    answer = any_true(facts)
    return Known(False, {"containers": names}) if isinstance(answer, Known) and not answer.value else answer


def _read_versioned(session: AzureSession, storage: Storage) -> Mapping[str, Fact[Any]]:
    """Versioning keeps what is overwritten or deleted; so does soft delete, except in accounts with a hierarchical
    namespace, where it keeps deletions only."""
    resource = _id(storage)
    service = session.call(BLOB_SERVICE, GLOBAL, **_place(resource))
    account = next((b for b in _accounts(session) if parse_id(b.get("id")) == resource), {})
    # documented: each is off where it is left out
    versioning = flag(service, "properties.isVersioningEnabled", default=False)
    soft_delete = flag(service, "properties.deleteRetentionPolicy.enabled", default=False)
    flat = inverted(flag(account, "properties.isHnsEnabled", default=False))
    return {"versioned": any_true((versioning, all_true((soft_delete, flat))))}


def _id(storage: Storage) -> ArmId:
    found = parse_id(storage.id)
    assert found is not None
    return found


def _place(resource: ArmId) -> dict[str, str]:
    return {"subscription": resource.subscription, "group": resource.group, "account": resource.names[0]}


COLLECTORS: tuple[Collector[Storage, Any], ...] = (
    Collector(
        name="azure.storage.accounts",
        provider=Provider.AZURE,
        kind=Storage,
        reach=Reach.ACCOUNT,
        service="Microsoft.Storage",
        find_calls=(ACCOUNTS,),
        find=_find,
        find_facts=("tags", "public_access_blocked", "encrypted", "customer_key", "encryption_key", "requires_tls"),
        details=(
            Detail(calls=(ACCOUNTS, CONTAINERS), facts=("public",), read=_read_public),
            Detail(calls=(ACCOUNTS, BLOB_SERVICE), facts=("versioned",), read=_read_versioned),
        ),
    ),
)
