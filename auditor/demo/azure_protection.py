"""The demo subscription: keys, storage, networks, logs, detection, budgets. Everything here is invented."""

from __future__ import annotations

from typing import Any

from auditor.demo.authoring import Pages, Reply
from auditor.demo.azure_rows import LOGS, LOGS_ASSIST, SUBSCRIPTION, Body, rid

_BASE = f"/subscriptions/{SUBSCRIPTION}/providers"

VAULT_KEYS = {name: f"https://kv-kestrel-cmk.vault.azure.net/keys/{name}" for name in ("ml-workspaces", "openai-data")}
_VNET = rid("rg-platform", "Microsoft.Network", "virtualNetworks", "vnet-ml-prod")
_VNET_LAB = rid("rg-ml-lab", "Microsoft.Network", "virtualNetworks", "vnet-lab")


def protection() -> dict[tuple[str, str], Reply]:
    return {**_keys(), **_storage(), **_networks(), **_logs(), **_governance()}


def _row(arm_id: str, arm_type: str, location: str, properties: Body, /, **more: Any) -> Body:
    return {
        "id": arm_id,
        "name": arm_id.rsplit("/", 1)[-1],
        "type": arm_type,
        "location": location,
        **more,
        "properties": properties,
    }


def _keys() -> dict[tuple[str, str], Reply]:
    cmk = rid("rg-platform", "Microsoft.KeyVault", "vaults", "kv-kestrel-cmk")
    apps = rid("rg-genai", "Microsoft.KeyVault", "vaults", "kv-kestrel-apps")
    vault = {"sku": {"family": "A", "name": "premium"}, "enableSoftDelete": True, "enableRbacAuthorization": True}
    vaults = [
        _row(cmk, "Microsoft.KeyVault/vaults", "westeurope", {**vault, "enablePurgeProtection": True}, tags={}),
        _row(apps, "Microsoft.KeyVault/vaults", "westeurope", vault, tags={}),
    ]
    rotation = {
        "lifetimeActions": [{"trigger": {"timeAfterCreate": "P180D"}, "action": {"type": "rotate"}}],
        "attributes": {"expiryTime": "P2Y"},
    }
    keys = {
        f"{cmk}/keys/ml-workspaces": {"rotationPolicy": rotation},
        f"{cmk}/keys/openai-data": {},
        f"{apps}/keys/intake-signing": {},
    }
    answers: dict[tuple[str, str], Reply] = {("GET", f"{_BASE}/Microsoft.KeyVault/vaults"): {"value": vaults}}
    for owner in (cmk, apps):
        listed = [_key(k, {}) for k in keys if k.startswith(f"{owner}/")]
        answers["GET", f"{owner}/keys"] = {"value": listed}
    for arm_id, more in keys.items():
        single = {"kty": "RSA", "keySize": 3072, "keyOps": ["wrapKey", "unwrapKey"], **more}
        answers["GET", arm_id] = _key(arm_id, single)
    return answers


def _key(arm_id: str, more: Body) -> Body:
    vault, _, name = arm_id.split("/vaults/")[1].split("/")
    properties = {
        "attributes": {"enabled": True, "created": 1767225600, "updated": 1767225600, "recoveryLevel": "Recoverable"},
        "keyUri": f"https://{vault}.vault.azure.net:443/keys/{name}",
        **more,
    }
    return _row(arm_id, "Microsoft.KeyVault/vaults/keys", "westeurope", properties)


def _storage() -> dict[tuple[str, str], Reply]:
    kind = "Microsoft.Storage/storageAccounts"

    def account(group: str, name: str, location: str, **properties: Any) -> Body:
        arm_id = rid(group, "Microsoft.Storage", "storageAccounts", name)
        always = {
            "provisioningState": "Succeeded",
            "supportsHttpsTrafficOnly": True,
            "encryption": {"keySource": "Microsoft.Storage", "services": {"blob": {"enabled": True}}},
        }
        sku = {"name": "Standard_ZRS", "tier": "Standard"}
        return _row(arm_id, kind, location, {**always, **properties}, kind="StorageV2", sku=sku, tags={})

    forecast = account(
        "rg-ml-prod",
        "stkestrelforecast",
        "westeurope",
        allowBlobPublicAccess=False,
        publicNetworkAccess="Disabled",
        minimumTlsVersion="TLS1_2",
        encryption={
            "keySource": "Microsoft.Keyvault",
            "keyvaultproperties": {
                "keyname": "ml-workspaces",
                "keyvaulturi": "https://kv-kestrel-cmk.vault.azure.net",
            },
            "services": {"blob": {"enabled": True}},
        },
    )
    logs = account(
        "rg-platform",
        "stkestrelaudit",
        "westeurope",
        allowBlobPublicAccess=False,
        minimumTlsVersion="TLS1_2",
        networkAcls={"defaultAction": "Deny", "bypass": "AzureServices", "ipRules": [], "virtualNetworkRules": []},
    )
    lab = account("rg-ml-lab", "stkestrellab", "northeurope", minimumTlsVersion="TLS1_0", allowBlobPublicAccess=True)
    policy = {"immutabilityPolicy": {"properties": {"immutabilityPeriodSinceCreationInDays": 400, "state": "Locked"}}}
    return {
        ("GET", f"{_BASE}/{kind}"): Pages({"value": [forecast, logs]}, {"value": [lab]}),
        ("GET", f"{forecast['id']}/blobServices/default"): _blob_service(
            forecast, isVersioningEnabled=True, deleteRetentionPolicy={"enabled": True, "days": 30}
        ),
        ("GET", f"{logs['id']}/blobServices/default"): _blob_service(
            logs, deleteRetentionPolicy={"enabled": True, "days": 30}
        ),
        ("GET", f"{lab['id']}/blobServices/default"): _blob_service(lab, deleteRetentionPolicy={"enabled": False}),
        ("GET", f"{lab['id']}/blobServices/default/containers"): {
            "value": [_container(lab, "datasets", "Blob"), _container(lab, "azureml", "None")]
        },
        ("GET", logs["id"]): logs,
        ("GET", f"{logs['id']}/blobServices/default/containers/insights-activity-logs"): _container(
            logs, "insights-activity-logs", "None", policy
        ),
    }


def _blob_service(account: Body, **properties: Any) -> Body:
    kind = "Microsoft.Storage/storageAccounts/blobServices"
    arm_id = f"{account['id']}/blobServices/default"
    return {"id": arm_id, "name": "default", "type": kind, "properties": properties}


def _container(account: Body, name: str, public: str, more: Body | None = None) -> Body:
    kind = "Microsoft.Storage/storageAccounts/blobServices/containers"
    arm_id = f"{account['id']}/blobServices/default/containers/{name}"
    return {"id": arm_id, "name": name, "type": kind, "properties": {"publicAccess": public, **(more or {})}}


def _networks() -> dict[tuple[str, str], Reply]:
    prod = _row(
        _VNET,
        "Microsoft.Network/virtualNetworks",
        "westeurope",
        {
            "addressSpace": {"addressPrefixes": ["10.20.0.0/16"]},
            "provisioningState": "Succeeded",
            "subnets": [_subnet(_VNET, "snet-endpoints", "10.20.1.0/24"), _subnet(_VNET, "snet-train", "10.20.2.0/24")],
        },
        tags={},
    )
    lab = _row(
        _VNET_LAB,
        "Microsoft.Network/virtualNetworks",
        "northeurope",
        {
            "addressSpace": {"addressPrefixes": ["10.40.0.0/16"]},
            "provisioningState": "Succeeded",
            "subnets": [_subnet(_VNET_LAB, "default", "10.40.0.0/24")],
        },
        tags={},
    )
    kind = "Microsoft.Network/networkWatchers"
    west = rid("NetworkWatcherRG", "Microsoft.Network", "networkWatchers", "NetworkWatcher_westeurope")
    north = rid("NetworkWatcherRG", "Microsoft.Network", "networkWatchers", "NetworkWatcher_northeurope")
    flow_log = _row(
        f"{west}/flowLogs/vnet-ml-prod",
        f"{kind}/flowLogs",
        "westeurope",
        {
            "targetResourceId": _VNET,
            "storageId": rid("rg-platform", "Microsoft.Storage", "storageAccounts", "stkestrelaudit"),
            "enabled": True,
            "retentionPolicy": {"days": 90, "enabled": True},
            "provisioningState": "Succeeded",
        },
    )
    account = "Microsoft.CognitiveServices"
    endpoints = [
        _private_endpoint(
            "pe-mlw-forecast",
            rid("rg-ml-prod", "Microsoft.MachineLearningServices", "workspaces", "mlw-forecast"),
            "amlworkspace",
            "Approved",
        ),
        _private_endpoint(
            "pe-oai-prod", rid("rg-genai", account, "accounts", "oai-kestrel-prod"), "account", "Approved"
        ),
        _private_endpoint(
            "pe-assist", rid("rg-genai", account, "accounts", "ais-kestrel-assist"), "account", "Pending"
        ),
    ]
    return {
        ("GET", f"{_BASE}/Microsoft.Network/virtualNetworks"): {"value": [prod, lab]},
        ("GET", f"{_BASE}/{kind}"): {
            "value": [
                _row(west, kind, "westeurope", {"provisioningState": "Succeeded"}),
                _row(north, kind, "northeurope", {"provisioningState": "Succeeded"}),
            ]
        },
        ("GET", f"{west}/flowLogs"): {"value": [flow_log]},
        ("GET", f"{north}/flowLogs"): {"value": []},
        ("GET", f"{_BASE}/Microsoft.Network/privateEndpoints"): {"value": endpoints},
    }


def _subnet(network: str, name: str, prefix: str) -> Body:
    properties = {"addressPrefix": prefix, "provisioningState": "Succeeded"}
    return {"id": f"{network}/subnets/{name}", "name": name, "properties": properties}


def _private_endpoint(name: str, target: str, group: str, status: str) -> Body:
    connection = {
        "name": name,
        "properties": {
            "privateLinkServiceId": target,
            "groupIds": [group],
            "privateLinkServiceConnectionState": {"status": status, "description": "", "actionsRequired": "None"},
            "provisioningState": "Succeeded",
        },
    }
    automatic, manual = ([connection], []) if status == "Approved" else ([], [connection])
    return _row(
        rid("rg-platform", "Microsoft.Network", "privateEndpoints", name),
        "Microsoft.Network/privateEndpoints",
        "westeurope",
        {
            "provisioningState": "Succeeded",
            "subnet": {"id": f"{_VNET}/subnets/snet-endpoints"},
            "privateLinkServiceConnections": automatic,
            "manualPrivateLinkServiceConnections": manual,
        },
    )


def _logs() -> dict[tuple[str, str], Reply]:
    """A workspace in a dedicated cluster with a key from the vault, and one outside any cluster."""
    service = "Microsoft.OperationalInsights"
    arm_id = rid("rg-platform", service, "clusters", "logc-kestrel")
    cluster = _row(
        arm_id,
        f"{service}/clusters",
        "westeurope",
        {
            "provisioningState": "Succeeded",
            "billingType": "Cluster",
            "isDoubleEncryptionEnabled": True,
            "keyVaultProperties": {
                "keyVaultUri": "https://kv-kestrel-cmk.vault.azure.net/",
                "keyName": "ml-workspaces",
                "keyVersion": "",
            },
        },
        sku={"name": "CapacityReservation", "capacity": 100},
    )

    def workspace(arm_id: str, location: str, days: int, sku: str, features: Body) -> Body:
        return _row(
            arm_id,
            f"{service}/workspaces",
            location,
            {
                "provisioningState": "Succeeded",
                "sku": {"name": sku},
                "retentionInDays": days,
                "features": {"enableLogAccessUsingOnlyResourcePermissions": True, **features},
                "publicNetworkAccessForIngestion": "Enabled",
                "publicNetworkAccessForQuery": "Enabled",
            },
            tags={},
        )

    return {
        ("GET", f"{_BASE}/{service}/workspaces"): {
            "value": [
                workspace(LOGS, "westeurope", 365, "LACluster", {"clusterResourceId": arm_id}),
                workspace(LOGS_ASSIST, "swedencentral", 30, "PerGB2018", {}),
            ]
        },
        ("GET", f"{_BASE}/{service}/clusters"): {"value": [cluster]},
    }


def _governance() -> dict[tuple[str, str], Reply]:
    audit = rid("rg-platform", "Microsoft.Storage", "storageAccounts", "stkestrelaudit")
    categories = ("Administrative", "Security", "Alert", "Policy")
    plans = {"AI": "Free", "CloudPosture": "Standard", "KeyVaults": "Standard", "StorageAccounts": "Standard"}
    return {
        ("GET", f"{_BASE}/Microsoft.Insights/diagnosticSettings"): {
            "value": [
                {
                    "id": f"/subscriptions/{SUBSCRIPTION}/providers/microsoft.insights/diagnosticSettings/to-storage",
                    "name": "to-storage",
                    "type": "Microsoft.Insights/diagnosticSettings",
                    "properties": {
                        "storageAccountId": audit,
                        "logs": [{"category": name, "enabled": True} for name in categories],
                    },
                },
                {
                    "id": f"/subscriptions/{SUBSCRIPTION}/providers/microsoft.insights/diagnosticSettings/to-analytics",
                    "name": "to-analytics",
                    "type": "Microsoft.Insights/diagnosticSettings",
                    "properties": {
                        "workspaceId": LOGS,
                        "logs": [{"category": name, "enabled": name == "Administrative"} for name in categories],
                    },
                },
            ]
        },
        ("GET", f"{_BASE}/Microsoft.Security/pricings"): {
            "value": [
                {
                    "id": f"{_BASE}/Microsoft.Security/pricings/{name}",
                    "name": name,
                    "type": "Microsoft.Security/pricings",
                    "properties": {"pricingTier": tier, "freeTrialRemainingTime": "PT0S"},
                }
                for name, tier in plans.items()
            ]
        },
        ("GET", f"{_BASE}/Microsoft.Consumption/budgets"): {
            "value": [
                {
                    "id": f"{_BASE}/Microsoft.Consumption/budgets/ai-monthly",
                    "name": "ai-monthly",
                    "type": "Microsoft.Consumption/budgets",
                    "properties": {
                        "category": "Cost",
                        "amount": 42000,
                        "timeGrain": "Monthly",
                        "timePeriod": {"startDate": "2026-01-01T00:00:00Z", "endDate": "2028-12-31T00:00:00Z"},
                        "notifications": {
                            "actual_GreaterThan_80_Percent": {
                                "enabled": True,
                                "operator": "GreaterThan",
                                "threshold": 80,
                                "thresholdType": "Actual",
                                "contactEmails": ["finops@kestrel-freight.example"],
                            }
                        },
                    },
                }
            ]
        },
    }
