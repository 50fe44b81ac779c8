"""The demo subscription: identities, roles and who holds them. Everything here is invented, but for the ids and
wildcards of Azure's built-in roles, which are the same everywhere."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.demo.authoring import Reply
from auditor.demo.azure_rows import SUBSCRIPTION, TENANT, Body, rid

_AUTH = "Microsoft.Authorization"


@dataclass(frozen=True, slots=True)
class UserAssigned:
    """A user-assigned managed identity."""

    group: str
    name: str
    principal: str
    location: str

    @property
    def arm_id(self) -> str:
        return rid(self.group, "Microsoft.ManagedIdentity", "userAssignedIdentities", self.name)


def _guid(number: int) -> str:
    return f"00000000-0000-0000-0000-{number:012x}"


FORECAST = UserAssigned("rg-ml-prod", "id-forecast", _guid(0xB001), "westeurope")
LAB = UserAssigned("rg-ml-lab", "id-lab", _guid(0xB002), "northeurope")
WORKSPACE_LAB = _guid(0xB003)
ROUTING_ENDPOINT = _guid(0xB004)
OPENAI_PROD = _guid(0xB005)
ASSISTANT_LAB = _guid(0xB006)
_PIPELINE = _guid(0xB007)
_FUNCTION = _guid(0xB008)
_PLATFORM_LEAD = _guid(0xC001)
_DATA_SCIENTIST = _guid(0xC002)
_ML_TEAM = _guid(0xD001)

_ROLES = {
    "Owner": "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
    "Contributor": "b24988ac-6180-42a0-ab88-20f7382dd24c",
    "Reader": "acdd72a7-3385-48ef-bd42-f606fba81ae7",
    "Storage Blob Data Contributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
    "Key Vault Crypto Service Encryption User": "e147488a-f6f5-4113-8e2d-b22465e65bf6",
    "Kestrel model operator": "00000000-0000-0000-0000-0000000d0001",
}


def user_assigned(identity: UserAssigned) -> Body:
    given = {"principalId": identity.principal, "clientId": _guid(int(identity.principal[-4:], 16) + 0x1000)}
    return {"type": "UserAssigned", "userAssignedIdentities": {identity.arm_id: given}}


def system_assigned(principal: str) -> Body:
    return {"type": "SystemAssigned", "principalId": principal, "tenantId": TENANT}


def people() -> dict[tuple[str, str], Reply]:
    """Identities, their federation, role definitions and assignments, and the listing of all resources."""
    base = f"/subscriptions/{SUBSCRIPTION}"
    assignments = _assignments()
    answers: dict[tuple[str, str], Reply] = {
        ("GET", f"{base}/providers/Microsoft.ManagedIdentity/userAssignedIdentities"): {
            "value": [_identity(FORECAST), _identity(LAB)]
        },
        ("GET", f"{FORECAST.arm_id}/federatedIdentityCredentials"): {
            "value": [_federated(FORECAST, "release", "repo:kestrel-freight/forecast:environment:production")]
        },
        ("GET", f"{LAB.arm_id}/federatedIdentityCredentials"): {
            "value": [_federated(LAB, "any-branch", "repo:kestrel-freight/lab:*")]
        },
        ("GET", f"{base}/providers/{_AUTH}/roleDefinitions"): {"value": _definitions()},
        ("GET", f"{base}/providers/{_AUTH}/roleAssignments"): {"value": assignments},
        ("GET", f"{base}/resources"): {"value": _resources()},
    }
    principals = {a["properties"]["principalId"] for a in assignments} | {ROUTING_ENDPOINT, ASSISTANT_LAB}
    for principal in sorted(principals - {_ML_TEAM}):
        members = {principal, _ML_TEAM} if principal == _DATA_SCIENTIST else {principal}
        own = [a for a in assignments if a["properties"]["principalId"] in members]
        answers["GET", f"{base}/providers/{_AUTH}/roleAssignments?$filter=assignedTo('{principal}')"] = {"value": own}
    return answers


def _identity(identity: UserAssigned) -> Body:
    return {
        "id": identity.arm_id,
        "name": identity.name,
        "type": "Microsoft.ManagedIdentity/userAssignedIdentities",
        "location": identity.location,
        "tags": {},
        "properties": {
            "principalId": identity.principal,
            "clientId": _guid(int(identity.principal[-4:], 16) + 0x1000),
            "tenantId": TENANT,
        },
    }


def _federated(identity: UserAssigned, name: str, subject: str) -> Body:
    return {
        "id": f"{identity.arm_id}/federatedIdentityCredentials/{name}",
        "name": name,
        "type": "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials",
        "properties": {
            "issuer": "https://token.actions.githubusercontent.com",
            "subject": subject,
            "audiences": ["api://AzureADTokenExchange"],
        },
    }


def _definitions() -> list[Body]:
    no_grants = [f"{_AUTH}/*/Delete", f"{_AUTH}/*/Write", f"{_AUTH}/elevateAccess/Action"]
    blobs = "Microsoft.Storage/storageAccounts/blobServices/containers"
    return [
        _definition("Owner", ["*"]),
        _definition("Contributor", ["*"], not_actions=no_grants),
        _definition("Reader", ["*/read"]),
        _definition(
            "Storage Blob Data Contributor",
            [f"{blobs}/{verb}" for verb in ("delete", "read", "write")],
            data=[f"{blobs}/blobs/{verb}" for verb in ("delete", "read", "write")],
        ),
        _definition(
            "Key Vault Crypto Service Encryption User",
            ["Microsoft.EventGrid/eventSubscriptions/read"],
            data=[f"Microsoft.KeyVault/vaults/keys/{verb}" for verb in ("read", "wrap/action", "unwrap/action")],
        ),
        _definition("Kestrel model operator", ["Microsoft.MachineLearningServices/*", "*/read"], kind="CustomRole"),
    ]


def _definition(
    name: str,
    actions: list[str],
    *,
    not_actions: list[str] | None = None,
    data: list[str] | None = None,
    kind: str = "BuiltInRole",
) -> Body:
    scope = "/" if kind == "BuiltInRole" else f"/subscriptions/{SUBSCRIPTION}"
    prefix = "" if kind == "BuiltInRole" else scope
    return {
        "id": f"{prefix}/providers/{_AUTH}/roleDefinitions/{_ROLES[name]}",
        "name": _ROLES[name],
        "type": f"{_AUTH}/roleDefinitions",
        "properties": {
            "roleName": name,
            "type": kind,
            "description": "",
            "assignableScopes": [scope],
            "permissions": [
                {
                    "actions": actions,
                    "notActions": not_actions or [],
                    "dataActions": data or [],
                    "notDataActions": [],
                }
            ],
        },
    }


def _assignments() -> list[Body]:
    subscription = f"/subscriptions/{SUBSCRIPTION}"
    prod, lab = f"{subscription}/resourceGroups/rg-ml-prod", f"{subscription}/resourceGroups/rg-ml-lab"
    vault = rid("rg-platform", "Microsoft.KeyVault", "vaults", "kv-kestrel-cmk")
    data = rid("rg-ml-prod", "Microsoft.Storage", "storageAccounts", "stkestrelforecast")
    given = [
        (_PLATFORM_LEAD, "User", "Owner", subscription),
        (_DATA_SCIENTIST, "User", "Reader", subscription),
        (_ML_TEAM, "Group", "Kestrel model operator", prod),
        (FORECAST.principal, "ServicePrincipal", "Storage Blob Data Contributor", data),
        (FORECAST.principal, "ServicePrincipal", "Key Vault Crypto Service Encryption User", vault),
        (LAB.principal, "ServicePrincipal", "Contributor", subscription),
        (WORKSPACE_LAB, "ServicePrincipal", "Contributor", lab),
        (OPENAI_PROD, "ServicePrincipal", "Key Vault Crypto Service Encryption User", vault),
        (_PIPELINE, "ServicePrincipal", "Contributor", prod),
        (_FUNCTION, "ServicePrincipal", "Storage Blob Data Contributor", data),
    ]
    return [_assignment(number, *row) for number, row in enumerate(given, 1)]


def _assignment(number: int, principal: str, kind: str, role: str, scope: str) -> Body:
    name = _guid(0xF0000 + number)
    return {
        "id": f"{scope}/providers/{_AUTH}/roleAssignments/{name}",
        "name": name,
        "type": f"{_AUTH}/roleAssignments",
        "properties": {
            "principalId": principal,
            "principalType": kind,
            "roleDefinitionId": f"/subscriptions/{SUBSCRIPTION}/providers/{_AUTH}/roleDefinitions/{_ROLES[role]}",
            "scope": scope,
            "condition": None,
        },
    }


def _resources() -> list[Body]:
    """The rows that carry a system-assigned identity; one belongs to a function app that no collector reads."""
    named = [
        ("rg-ml-lab", "Microsoft.MachineLearningServices/workspaces", "mlw-lab", "northeurope", WORKSPACE_LAB),
        ("rg-genai", "Microsoft.CognitiveServices/accounts", "oai-kestrel-prod", "westeurope", OPENAI_PROD),
        ("rg-platform", "Microsoft.Web/sites", "func-intake", "westeurope", _FUNCTION),
    ]
    return [
        {
            "id": rid(group, *kind.split("/"), name),
            "name": name,
            "type": kind,
            "location": location,
            "identity": system_assigned(principal),
        }
        for group, kind, name, location, principal in named
    ]
