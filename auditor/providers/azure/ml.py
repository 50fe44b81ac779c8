"""Azure Machine Learning: what its workspaces hold.

Workspaces, endpoints and deployments are enumerated with the Azure Machine Learning SDK; since the api-versions it
lists with are older and its objects drop fields, endpoints and workspaces are judged by a GET of our own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, FactUnknown, Known, Reason, Unknown, combine, native
from auditor.model.resources import Ref
from auditor.model.scope import GLOBAL, Provider
from auditor.providers.azure.arm import GROUP, SUBSCRIPTION, ArmId, arm, choice, identify, parse_id
from auditor.wire.calls import Call

if TYPE_CHECKING:
    from auditor.providers.azure.session import AzureSession

SERVICE = "Microsoft.MachineLearningServices"
VERSION = "2025-12-01"
_WORKSPACE = f"{GROUP}/providers/{SERVICE}/workspaces/{{workspace}}"


@dataclass(frozen=True, slots=True)
class MlListing:
    """A listing made by ``MLClient``: the call it makes, and how to make it."""

    call: Call
    sdk: Callable[[Any, Mapping[str, str]], Iterable[Any]]


WORKSPACES = MlListing(
    arm(
        SERVICE,
        "workspaces.list",
        f"{SUBSCRIPTION}/providers/{SERVICE}/workspaces",
        VERSION,
        items="value",
        permissions=(f"{SERVICE}/workspaces/read",),
    ),
    lambda client, names: client.workspaces.list(scope="subscription"),
)
ONLINE_ENDPOINTS = MlListing(
    arm(
        SERVICE,
        "onlineEndpoints.list",
        f"{_WORKSPACE}/onlineEndpoints",
        VERSION,
        items="value",
        permissions=(f"{SERVICE}/workspaces/onlineEndpoints/read",),
    ),
    lambda client, names: client.online_endpoints.list(),
)
ONLINE_DEPLOYMENTS = MlListing(
    arm(
        SERVICE,
        "onlineDeployments.list",
        f"{_WORKSPACE}/onlineEndpoints/{{endpoint}}/deployments",
        VERSION,
        items="value",
        permissions=(f"{SERVICE}/workspaces/onlineEndpoints/deployments/read",),
    ),
    lambda client, names: client.online_deployments.list(names["endpoint"]),
)
BATCH_ENDPOINTS = MlListing(
    arm(
        SERVICE,
        "batchEndpoints.list",
        f"{_WORKSPACE}/batchEndpoints",
        VERSION,
        items="value",
        permissions=(f"{SERVICE}/workspaces/batchEndpoints/read",),
    ),
    lambda client, names: client.batch_endpoints.list(),
)
WORKSPACE = arm(
    SERVICE,
    "workspaces.get",
    _WORKSPACE,
    VERSION,
    expects=("properties",),
    permissions=(f"{SERVICE}/workspaces/read",),
)
ONLINE_ENDPOINT = arm(
    SERVICE,
    "onlineEndpoints.get",
    f"{_WORKSPACE}/onlineEndpoints/{{endpoint}}",
    VERSION,
    expects=("properties",),
    permissions=(f"{SERVICE}/workspaces/onlineEndpoints/read",),
)
BATCH_DEPLOYMENTS = arm(
    SERVICE,
    "batchDeployments.list",
    f"{_WORKSPACE}/batchEndpoints/{{endpoint}}/deployments",
    VERSION,
    items="value",
    permissions=(f"{SERVICE}/workspaces/batchEndpoints/deployments/read",),
)
COMPUTES = arm(
    SERVICE,
    "computes.list",
    f"{_WORKSPACE}/computes",
    "2023-08-01-preview",  # what the SDK reads computes with; later stable versions do not carry enableRootAccess
    items="value",
    permissions=(f"{SERVICE}/workspaces/computes/read",),
)


def workspaces(session: AzureSession) -> Iterator[tuple[ArmId, Mapping[str, Any]]]:
    """Every workspace of the subscription, hubs and projects included, as listed."""
    for body in session.ml_items(WORKSPACES):
        yield identify(WORKSPACES.call, body), body


def inside(resource: ArmId) -> dict[str, str]:
    """The path parameters of the workspace that a resource is, or is in."""
    return {"group": resource.group, "workspace": resource.names[0]}


def workspace_of(session: AzureSession, resource: ArmId) -> Mapping[str, Any]:
    """The workspace that a resource is, or is in, at the pinned api-version."""
    body: Mapping[str, Any] = session.call(WORKSPACE, GLOBAL, subscription=resource.subscription, **inside(resource))
    return body


def governing(session: AzureSession, workspace: Mapping[str, Any]) -> Mapping[str, Any]:
    """The workspace whose network and encryption settings hold: a project takes those of its hub.

    Raises FactUnknown where the hub is in a subscription that this session does not read.
    """
    hub = native(workspace, "properties.hubResourceId", default="").value
    if not hub:
        return workspace
    found = parse_id(hub)
    if found is None:
        raise FactUnknown(Unknown(Reason.MALFORMED, "properties.hubResourceId"))
    if found.subscription != session.account.id.lower():
        raise FactUnknown(Unknown(Reason.OUT_OF_SCOPE, "the hub of the project"))
    return workspace_of(session, found)


def computes(session: AzureSession, resource: ArmId) -> Iterator[Mapping[str, Any]]:
    """The computes of the workspace that a resource is, or is in."""
    yield from session.items(COMPUTES, GLOBAL, subscription=resource.subscription, **inside(resource))


def customer_key(workspace: Mapping[str, Any]) -> Fact[bool]:
    """``encryption`` is left out of a workspace that uses Microsoft's keys."""
    return choice(workspace, "properties.encryption.status", {"enabled": True, "disabled": False}, default="Disabled")


def encryption_key(workspace: Mapping[str, Any]) -> Fact[Ref | None]:
    managed = customer_key(workspace)
    if isinstance(managed, Unknown):
        return managed
    if not managed.value:
        return Known(None, managed.native)
    path = "properties.encryption.keyVaultProperties"
    vault = parse_id(native(workspace, f"{path}.keyVaultArmId", default="").value)
    uri = native(workspace, f"{path}.keyIdentifier")
    if isinstance(uri, Unknown):
        return uri
    return Known(key_ref(uri.value, vault.subscription if vault else ""), {**managed.native, **uri.native})


def key_ref(uri: object, subscription: str = "") -> Ref:
    """A reference to a Key Vault key by its URI, without the version: ``https://<vault>/keys/<name>``."""
    return Ref("Key", Provider.AZURE, subscription, key_uri(uri))


def key_in_vault(managed: Fact[bool], uri: Fact[Any], name: Fact[Any]) -> Fact[Ref | None]:
    """The customer's key by the URI of its vault and its name there; none where the customer manages none."""
    if isinstance(managed, Unknown):
        return managed
    if not managed.value:
        return Known(None, managed.native)
    return combine(lambda vault, key: key_ref(f"{str(vault).rstrip('/')}/keys/{key}"), uri, name)


def key_uri(uri: object) -> str:
    text = str(uri).lower().replace(":443/", "/").rstrip("/")
    return "/".join(text.split("/")[:5])
