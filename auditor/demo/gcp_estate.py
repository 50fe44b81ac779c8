"""The Google Cloud project of the demo: what runs in it. Everything here is invented; no such company exists.

A forecasting team that has the foundations right and not much beyond: nothing is public, everything is logged, the
identities are separate. An endpoint that is still on the internet, keys made by hand, a bucket and an endpoint without
a customer's key and a subnet without flow logs are what its next level takes.
"""

from __future__ import annotations

from auditor.demo.authoring import Estate, Pages
from auditor.demo.gcp_index import assets_of
from auditor.demo.gcp_names import NUMBER, PROJECT, REGIONS, account, key
from auditor.demo.gcp_platform import PLATFORM

AS_OF = "2026-11-16T09:00:00+00:00"
PRINCIPAL = account("posture-auditor")
US, EU = REGIONS

_US_KEY = key(US, "ml-serving", "endpoint-data")
_EU_KEY = key(EU, "ml-serving-eu", "endpoint-data-eu")
_MODEL_KEY = key(US, "ml-serving", "model-store")


def _resource(location: str, kind: str, name: str) -> str:
    """Vertex AI names its resources by the project's number."""
    return f"projects/{NUMBER}/locations/{location}/{kind}/{name}"


def _deployed(location: str, number: str, model: str, runs_as: str, access_log: bool) -> dict[str, object]:
    entry: dict[str, object] = {
        "id": number,
        "model": _resource(location, "models", model),
        "modelVersionId": "1",
        "displayName": f"deployment-{number[:4]}",
        "createTime": "2026-09-02T11:20:31.104773Z",
        "serviceAccount": account(runs_as),
        "dedicatedResources": {
            "machineSpec": {"machineType": "n2-standard-4"},
            "minReplicaCount": 2,
            "maxReplicaCount": 5,
        },
    }
    if access_log:
        entry["enableAccessLogging"] = True
    return entry


_ENDPOINTS_US = [
    {
        "name": _resource(US, "endpoints", "5120743369121103872"),
        "displayName": "demand-forecast",
        "labels": {"owner": "forecasting", "environment": "production", "data_classification": "internal"},
        "deployedModels": [_deployed(US, "3300718459921170432", "8841920537716817920", "serving-demand", True)],
        "trafficSplit": {"3300718459921170432": 100},
        "encryptionSpec": {"kmsKeyName": _US_KEY},
        "privateServiceConnectConfig": {"enablePrivateServiceConnect": True, "projectAllowlist": [PROJECT]},
        "predictRequestResponseLoggingConfig": {
            "enabled": True,
            "samplingRate": 1,
            "bigqueryDestination": {"outputUri": f"bq://{PROJECT}.serving_logs.demand_forecast"},
        },
        "createTime": "2026-05-04T08:12:10.220310Z",
        "updateTime": "2026-09-02T11:31:00.015220Z",
    },
    {
        "name": _resource(US, "endpoints", "2094417755610284032"),
        "displayName": "returns-scoring",
        "labels": {"owner": "returns", "environment": "production", "data_classification": "confidential"},
        "deployedModels": [_deployed(US, "7716620981127413760", "6102283344775905280", "serving-returns", True)],
        "trafficSplit": {"7716620981127413760": 100},
        "dedicatedEndpointEnabled": True,
        "dedicatedEndpointDns": f"2094417755610284032.{US}-{NUMBER}.prediction.vertexai.goog",
        "createTime": "2026-06-18T14:40:55.870012Z",
        "updateTime": "2026-10-21T07:05:12.552871Z",
    },
]

_ENDPOINTS_EU = [
    {
        "name": _resource(EU, "endpoints", "4477109312280035328"),
        "displayName": "route-eta-dev",
        "labels": {"owner": "logistics", "environment": "dev", "data_classification": "internal"},
        "deployedModels": [_deployed(EU, "1208835517439102976", "9017335122640928768", "serving-eta", True)],
        "trafficSplit": {"1208835517439102976": 100},
        "encryptionSpec": {"kmsKeyName": _EU_KEY},
        "createTime": "2026-10-05T10:00:41.318204Z",
        "updateTime": "2026-10-05T10:22:18.774410Z",
    },
]


def _model(location: str, number: str, name: str, kms: str | None) -> dict[str, object]:
    entry: dict[str, object] = {
        "name": _resource(location, "models", number),
        "displayName": name,
        "versionId": "1",
        "versionAliases": ["default"],
        "labels": {"owner": "forecasting"},
        "artifactUri": f"gs://{PROJECT}-models/{name}/1",
        "containerSpec": {"imageUri": f"{location}-docker.pkg.dev/{PROJECT}/serving/{name}:2026-09"},
        "createTime": "2026-09-01T16:03:20.900131Z",
        "updateTime": "2026-09-01T16:04:02.118264Z",
    }
    if kms:
        entry["encryptionSpec"] = {"kmsKeyName": kms}
    return entry


_NOTEBOOK = {
    "name": f"projects/{PROJECT}/locations/{US}-b/instances/research-bench",
    "id": "1f0b6f3e-6d25-4f0c-9a5e-6b0e0f9f5a11",
    "state": "ACTIVE",
    "healthState": "HEALTHY",
    "creator": "tomas.riva@lumenforecast.example",
    "instanceOwners": ["tomas.riva@lumenforecast.example"],
    "labels": {"owner": "research", "environment": "dev"},
    "createTime": "2026-08-11T09:30:00.441209Z",
    "updateTime": "2026-11-02T06:00:12.004318Z",
    "gceSetup": {
        "machineType": f"https://www.googleapis.com/compute/v1/projects/{PROJECT}/zones/{US}-b/machineTypes/n2-standard-8",
        "serviceAccounts": [
            {"email": account("notebook-research"), "scopes": ["https://www.googleapis.com/auth/cloud-platform"]}
        ],
        "bootDisk": {"diskSizeGb": "150", "diskType": "PD_BALANCED", "diskEncryption": "CMEK", "kmsKey": _US_KEY},
        "dataDisks": [{"diskSizeGb": "200", "diskType": "PD_BALANCED", "diskEncryption": "CMEK", "kmsKey": _US_KEY}],
        "networkInterfaces": [
            {
                "network": f"https://www.googleapis.com/compute/v1/projects/{PROJECT}/global/networks/ml-vpc",
                "subnet": f"https://www.googleapis.com/compute/v1/projects/{PROJECT}/regions/{US}/subnetworks/ml-us",
                "nicType": "VIRTIO_NET",
            }
        ],
        "disablePublicIp": True,
        "tags": ["notebook-instance"],
        "metadata": {
            "proxy-mode": "mail",
            "idle-timeout-seconds": "7200",
            "notebook-upgrade-schedule": "00 06 * * MON",
        },
        "shieldedInstanceConfig": {"enableSecureBoot": True, "enableVtpm": True, "enableIntegrityMonitoring": True},
    },
}

_FLOOR_SETTING = {
    "name": f"projects/{NUMBER}/locations/global/floorSetting",
    "updateTime": "2026-09-20T12:00:00.301114Z",
    "enableFloorSettingEnforcement": True,
    "integratedServices": ["AI_PLATFORM"],
    "aiPlatformFloorSetting": {"inspectAndBlock": True, "enableCloudLogging": True},
    "filterConfig": {
        "piAndJailbreakFilterSettings": {"filterEnforcement": "ENABLED", "confidenceLevel": "MEDIUM_AND_ABOVE"},
        "raiSettings": {
            "raiFilters": [
                {"filterType": "HATE_SPEECH", "confidenceLevel": "MEDIUM_AND_ABOVE"},
                {"filterType": "DANGEROUS", "confidenceLevel": "MEDIUM_AND_ABOVE"},
            ]
        },
    },
}

_FIREWALLS = {
    "firewalls": [
        {
            "kind": "compute#firewall",
            "name": "ml-vpc-allow-iap",
            "network": f"https://www.googleapis.com/compute/v1/projects/{PROJECT}/global/networks/ml-vpc",
            "direction": "INGRESS",
            "priority": 900,
            "sourceRanges": ["35.235.240.0/20"],
            "allowed": [{"IPProtocol": "tcp", "ports": ["22"]}],
            "disabled": False,
        },
        {
            "kind": "compute#firewall",
            "name": "ml-vpc-deny-rest",
            "network": f"https://www.googleapis.com/compute/v1/projects/{PROJECT}/global/networks/ml-vpc",
            "direction": "INGRESS",
            "priority": 65000,
            "sourceRanges": ["0.0.0.0/0"],
            "denied": [{"IPProtocol": "all"}],
            "disabled": False,
        },
    ],
    "firewallPolicys": [],
}

_VERTEX = "/v1/projects/{}/locations/{}/{}"

_SERVICES: Estate = {
    **PLATFORM,
    ("GET", _VERTEX.format(PROJECT, US, "endpoints")): {"endpoints": _ENDPOINTS_US},
    ("GET", _VERTEX.format(PROJECT, EU, "endpoints")): {"endpoints": _ENDPOINTS_EU},
    ("GET", _VERTEX.format(PROJECT, US, "models")): Pages(
        {"models": [_model(US, "8841920537716817920", "demand-forecast", _MODEL_KEY)]},
        {"models": [_model(US, "6102283344775905280", "returns-scoring", None)]},
    ),
    ("GET", _VERTEX.format(PROJECT, EU, "models")): {
        "models": [_model(EU, "9017335122640928768", "route-eta", _EU_KEY)]
    },
    ("GET", f"/v2/projects/{PROJECT}/locations/-/instances"): {"instances": [_NOTEBOOK]},
    ("GET", f"/v2/{_NOTEBOOK['name']}:checkUpgradability"): {
        "upgradeable": False,
        "upgradeInfo": "The instance runs the newest image of its family.",
    },
    (
        "GET",
        f"/compute/v1/projects/{PROJECT}/zones/{US}-b/instances/research-bench/getEffectiveFirewalls",
    ): _FIREWALLS,
    ("GET", f"/v1/projects/{PROJECT}/locations/global/floorSetting"): _FLOOR_SETTING,
}
ESTATE: Estate = {**_SERVICES, ("GET", f"/v1/projects/{PROJECT}:searchAllResources"): assets_of(_SERVICES)}
"""What the project's services answer, by method and path."""
