"""The Azure subscription of the demo: what Azure Resource Manager would say about it.

Everything here is invented. As in real bodies, properties with their default value are left out.
"""

from __future__ import annotations

from collections.abc import Mapping

from auditor.demo.authoring import Estate, Pages, Reply
from auditor.demo.azure_index import index_of
from auditor.demo.azure_openai import accounts
from auditor.demo.azure_people import (
    FORECAST,
    LAB,
    ROUTING_ENDPOINT,
    WORKSPACE_LAB,
    people,
    system_assigned,
    user_assigned,
)
from auditor.demo.azure_protection import VAULT_KEYS, protection
from auditor.demo.azure_rows import (
    PROD_TAGS,
    SUBSCRIPTION,
    TENANT,
    Body,
    connection,
    listed,
    logs_of,
    resource,
    rid,
    setting,
)

ML = "Microsoft.MachineLearningServices"


def estate() -> Estate:
    """Every request a full collection makes, and its answer."""
    answers: dict[tuple[str, str], Reply] = {
        ("GET", f"/subscriptions/{SUBSCRIPTION}"): {
            "id": f"/subscriptions/{SUBSCRIPTION}",
            "subscriptionId": SUBSCRIPTION,
            "tenantId": TENANT,
            "displayName": "kestrel-ai-prod",
            "state": "Enabled",
            "subscriptionPolicies": {"quotaId": "EnterpriseAgreement_2014-09-01", "spendingLimit": "Off"},
            "tags": {"owner": "platform"},
        },
    }
    answers.update(_machine_learning())
    answers.update(accounts())
    answers.update(people())
    answers.update(protection())
    index = ("GET", f"/subscriptions/{SUBSCRIPTION}/resources")
    answers[index] = index_of(answers, answers.pop(index))
    return answers


def _machine_learning() -> dict[tuple[str, str], Reply]:
    forecast, lab = _workspaces()
    answers: dict[tuple[str, str], Reply] = {
        ("GET", f"/subscriptions/{SUBSCRIPTION}/providers/{ML}/workspaces"): listed(forecast, lab),
        ("GET", forecast["id"]): forecast,
        ("GET", lab["id"]): lab,
        ("GET", logs_of(forecast["id"])): listed(setting("to-log-analytics", ("categoryGroup", "allLogs"))),
        ("GET", logs_of(lab["id"])): listed(),
    }
    online = {forecast["id"]: _forecast_endpoints(), lab["id"]: _lab_endpoints()}
    for workspace, endpoints in online.items():
        bodies = [endpoint for endpoint, _, _ in endpoints]
        answers["GET", f"{workspace}/onlineEndpoints"] = (
            Pages(*(listed(body) for body in bodies)) if len(bodies) > 1 else listed(*bodies)
        )
        for endpoint, deployments, settings in endpoints:
            answers["GET", endpoint["id"]] = endpoint
            answers["GET", f"{endpoint['id']}/deployments"] = listed(*deployments)
            answers["GET", logs_of(endpoint["id"])] = listed(*settings)
    cluster, instance = _computes()
    batch, deployment = _batch(cluster["id"])
    answers["GET", f"{forecast['id']}/computes"] = listed(cluster)
    answers["GET", f"{lab['id']}/computes"] = listed(instance)
    answers["GET", f"{forecast['id']}/batchEndpoints"] = listed(batch)
    answers["GET", f"{lab['id']}/batchEndpoints"] = listed()
    answers["GET", f"{batch['id']}/deployments"] = listed(deployment)
    return answers


def _workspaces() -> tuple[Body, Body]:
    forecast = resource(
        "rg-ml-prod",
        f"{ML}/workspaces",
        "mlw-forecast",
        "westeurope",
        tags=PROD_TAGS,
        kind="Default",
        identity=user_assigned(FORECAST),
        sku={"name": "Basic", "tier": "Basic"},
        properties={
            "friendlyName": "Demand forecasting",
            "storageAccount": rid("rg-ml-prod", "Microsoft.Storage", "storageAccounts", "stkestrelforecast"),
            "keyVault": rid("rg-platform", "Microsoft.Keyvault", "vaults", "kv-kestrel-cmk"),
            "applicationInsights": rid("rg-ml-prod", "Microsoft.insights", "components", "appi-forecast"),
            "provisioningState": "Succeeded",
            "publicNetworkAccess": "Disabled",
            "managedNetwork": {
                "isolationMode": "AllowOnlyApprovedOutbound",
                "status": {"status": "Active", "sparkReady": False},
            },
            "encryption": {
                "status": "Enabled",
                "keyVaultProperties": {
                    "keyVaultArmId": rid("rg-platform", "Microsoft.KeyVault", "vaults", "kv-kestrel-cmk"),
                    "keyIdentifier": VAULT_KEYS["ml-workspaces"],
                },
            },
            "primaryUserAssignedIdentity": FORECAST.arm_id,
            "privateEndpointConnections": [connection("mlw-forecast", "pe-mlw-forecast", "Approved")],
            "systemDatastoresAuthMode": "Identity",
            "sdkTelemetryAppInsightsKey": "[redacted:key:00000000a1]",
            "workspaceId": "00000000-0000-0000-0000-0000000f0001",
            "v1LegacyMode": False,
        },
    )
    lab = resource(
        "rg-ml-lab",
        f"{ML}/workspaces",
        "mlw-lab",
        "northeurope",
        tags={"environment": "dev"},
        kind="Default",
        identity=system_assigned(WORKSPACE_LAB),
        sku={"name": "Basic", "tier": "Basic"},
        properties={
            "friendlyName": "Lab",
            "storageAccount": rid("rg-ml-lab", "Microsoft.Storage", "storageAccounts", "stkestrellab"),
            "provisioningState": "Succeeded",
            "publicNetworkAccess": "Enabled",
            "sdkTelemetryAppInsightsKey": "[redacted:key:00000000a2]",
            "workspaceId": "00000000-0000-0000-0000-0000000f0002",
            "v1LegacyMode": False,
        },
    )
    return forecast, lab


Online = tuple[Body, tuple[Body, ...], tuple[Body, ...]]
"""An endpoint, its deployments, its diagnostic settings."""


def _forecast_endpoints() -> tuple[Online, ...]:
    demand = _online(
        "rg-ml-prod/mlw-forecast/ep-demand",
        "westeurope",
        "AADToken",
        "Disabled",
        user_assigned(FORECAST),
        PROD_TAGS,
    )
    routing = _online(
        "rg-ml-prod/mlw-forecast/ep-routing",
        "westeurope",
        "Key",
        "Enabled",
        system_assigned(ROUTING_ENDPOINT),
        {"owner": "logistics"},
    )
    traffic = setting("traffic", ("category", "AmlOnlineEndpointTrafficLog"))
    return (
        (demand, (_deployment(demand, "blue", True), _deployment(demand, "green", True)), ()),
        (routing, (_deployment(routing, "default", False),), (traffic,)),
    )


def _lab_endpoints() -> tuple[Online, ...]:
    chat = _online(
        "rg-ml-lab/mlw-lab/ep-lab-chat", "northeurope", "AMLToken", "Enabled", user_assigned(LAB), {"env": "dev"}
    )
    return ((chat, (_deployment(chat, "v1", False),), ()),)


def _online(path: str, location: str, mode: str, public: str, identity: Body, tags: Mapping[str, str]) -> Body:
    group, workspace, name = path.split("/")
    return resource(
        group,
        f"{ML}/workspaces/onlineEndpoints",
        f"{workspace}/{name}",
        location,
        kind="Managed",
        tags=dict(tags),
        identity=identity,
        properties={
            "authMode": mode,
            "publicNetworkAccess": public,
            "provisioningState": "Succeeded",
            "scoringUri": f"https://{name}.{location}.inference.ml.azure.com/score",
            "traffic": {},
            "mirrorTraffic": {},
        },
    )


def _deployment(endpoint: Body, name: str, insights: bool) -> Body:
    workspace = endpoint["id"].split("/onlineEndpoints/")[0]
    return {
        "id": f"{endpoint['id']}/deployments/{name}",
        "name": name,
        "type": f"{ML}/workspaces/onlineEndpoints/deployments",
        "location": endpoint["location"],
        "kind": "Managed",
        "tags": {},
        "sku": {"name": "Default", "tier": "Standard", "capacity": 2},
        "properties": {
            "endpointComputeType": "Managed",
            "model": f"{workspace}/models/{endpoint['name']}/versions/4",
            "environmentId": f"{workspace}/environments/serving/versions/12",
            "environmentVariables": {},
            "instanceType": "Standard_DS3_v2",
            "appInsightsEnabled": insights,
            "egressPublicNetworkAccess": "Enabled",
            "provisioningState": "Succeeded",
            "scaleSettings": {"scaleType": "Default"},
        },
    }


def _computes() -> tuple[Body, Body]:
    cluster = resource(
        "rg-ml-prod",
        f"{ML}/workspaces/computes",
        "mlw-forecast/cpu-batch",
        "westeurope",
        tags=PROD_TAGS,
        identity=user_assigned(FORECAST),
        properties={
            "computeType": "AmlCompute",
            "provisioningState": "Succeeded",
            "disableLocalAuth": True,
            "properties": {
                "vmSize": "STANDARD_D8S_V5",
                "vmPriority": "Dedicated",
                "osType": "Linux",
                "enableNodePublicIp": False,
                "remoteLoginPortPublicAccess": "Disabled",
                "scaleSettings": {"minNodeCount": 0, "maxNodeCount": 6, "nodeIdleTimeBeforeScaleDown": "PT2M"},
            },
        },
    )
    instance = resource(
        "rg-ml-lab",
        f"{ML}/workspaces/computes",
        "mlw-lab/ci-analyst",
        "northeurope",
        identity=user_assigned(LAB),
        properties={
            "computeType": "ComputeInstance",
            "provisioningState": "Succeeded",
            "properties": {
                "vmSize": "STANDARD_E4S_V3",
                "applicationSharingPolicy": "Shared",
                "sshSettings": {"sshPublicAccess": "Enabled", "adminUserName": "azureuser", "sshPort": 50000},
                "osImageMetadata": {
                    "currentImageVersion": "25.04.02",
                    "latestImageVersion": "26.10.11",
                    "isLatestOsImageVersion": False,
                },
                "state": "Running",
            },
        },
    )
    return cluster, instance


def _batch(cluster: str) -> tuple[Body, Body]:
    endpoint = resource(
        "rg-ml-prod",
        f"{ML}/workspaces/batchEndpoints",
        "mlw-forecast/be-invoices",
        "westeurope",
        tags=PROD_TAGS,
        properties={
            "authMode": "AADToken",
            "defaults": {"deploymentName": "invoices-2"},
            "provisioningState": "Succeeded",
            "scoringUri": "https://be-invoices.westeurope.inference.ml.azure.com/jobs",
        },
    )
    workspace = endpoint["id"].split("/batchEndpoints/")[0]
    deployment = {
        "id": f"{endpoint['id']}/deployments/invoices-2",
        "name": "invoices-2",
        "type": f"{ML}/workspaces/batchEndpoints/deployments",
        "location": "westeurope",
        "tags": {},
        "properties": {
            "compute": cluster,
            "model": {"referenceType": "Id", "assetId": f"{workspace}/models/invoices/versions/2"},
            "environmentId": f"{workspace}/environments/batch/versions/3",
            "errorThreshold": -1,
            "miniBatchSize": 10,
            "outputAction": "AppendRow",
            "provisioningState": "Succeeded",
        },
    }
    return endpoint, deployment
