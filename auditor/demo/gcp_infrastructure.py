"""Keys, networks, storage, logs, detection and money of the demo's Google Cloud project. Invented, like the rest."""

from __future__ import annotations

from auditor.demo.authoring import Estate
from auditor.demo.gcp_names import NUMBER, PROJECT, key

_BILLING = "01C7E4-5D20A9-B3F618"


def _crypto_key(name: str, seconds: int) -> dict[str, object]:
    return {
        "name": name,
        "purpose": "ENCRYPT_DECRYPT",
        "labels": {"owner": "platform"},
        "createTime": "2026-03-01T08:00:00.110023Z",
        "nextRotationTime": "2027-02-01T08:00:00Z",
        "rotationPeriod": f"{seconds}s",
        "destroyScheduledDuration": "2592000s",
        "versionTemplate": {"protectionLevel": "SOFTWARE", "algorithm": "GOOGLE_SYMMETRIC_ENCRYPTION"},
        "primary": {
            "name": f"{name}/cryptoKeyVersions/3",
            "state": "ENABLED",
            "protectionLevel": "SOFTWARE",
            "algorithm": "GOOGLE_SYMMETRIC_ENCRYPTION",
            "createTime": "2026-08-28T08:00:00.110023Z",
            "generateTime": "2026-08-28T08:00:00.110023Z",
        },
    }


_DAY = 86_400
_RINGS = {
    "us-central1": ("ml-serving", (("endpoint-data", 90 * _DAY), ("model-store", 400 * _DAY))),
    "europe-west4": ("ml-serving-eu", (("endpoint-data-eu", 90 * _DAY),)),
}
_KMS_LOCATIONS = ("global", "us", "us-central1", "us-east1", "europe", "europe-west4")


def _kms() -> Estate:
    answers: dict[tuple[str, str], object] = {}
    for where in _KMS_LOCATIONS:
        rings = f"/v1/projects/{PROJECT}/locations/{where}/keyRings"
        if where not in _RINGS:
            answers["GET", rings] = {}
            continue
        ring, keys = _RINGS[where]
        name = f"projects/{PROJECT}/locations/{where}/keyRings/{ring}"
        answers["GET", rings] = {
            "keyRings": [{"name": name, "createTime": "2026-03-01T07:58:12.009120Z"}],
            "totalSize": 1,
        }
        answers["GET", f"/v1/{name}:getIamPolicy"] = {"etag": "ACAB"}
        answers["GET", f"/v1/{name}/cryptoKeys"] = {
            "cryptoKeys": [_crypto_key(f"{name}/cryptoKeys/{k}", seconds) for k, seconds in keys],
            "totalSize": len(keys),
        }
        for k, _ in keys:
            answers["GET", f"/v1/{name}/cryptoKeys/{k}:getIamPolicy"] = {
                "version": 1,
                "etag": "BwYpL0dFqJs=",
                "bindings": [
                    {
                        "role": "roles/cloudkms.cryptoKeyEncrypterDecrypter",
                        "members": [f"serviceAccount:service-{NUMBER}@gcp-sa-aiplatform.iam.gserviceaccount.com"],
                    }
                ],
            }
    return answers  # type: ignore[return-value]


_KMS: Estate = {
    ("GET", f"/v1/projects/{PROJECT}/locations"): {
        "locations": [
            {"name": f"projects/{PROJECT}/locations/{where}", "locationId": where} for where in _KMS_LOCATIONS
        ]
    },
    **_kms(),
}

_COMPUTE = f"https://www.googleapis.com/compute/v1/projects/{PROJECT}"


def _subnet(region: str, name: str, cidr: str, *, logged: bool, purpose: str = "PRIVATE") -> dict[str, object]:
    subnet: dict[str, object] = {
        "kind": "compute#subnetwork",
        "name": name,
        "network": f"{_COMPUTE}/global/networks/ml-vpc",
        "region": f"{_COMPUTE}/regions/{region}",
        "ipCidrRange": cidr,
        "privateIpGoogleAccess": purpose == "PRIVATE",
        "purpose": purpose,
        "stackType": "IPV4_ONLY",
    }
    if logged:
        subnet["enableFlowLogs"] = True
        subnet["logConfig"] = {"enable": True, "flowSampling": 0.5, "metadata": "INCLUDE_ALL_METADATA"}
    return subnet


_EMPTY_SCOPE = {"warning": {"code": "NO_RESULTS_ON_PAGE", "message": "There are no results for this scope."}}

_NETWORK: Estate = {
    ("GET", f"/compute/v1/projects/{PROJECT}/global/networks"): {
        "kind": "compute#networkList",
        "id": f"projects/{PROJECT}/global/networks",
        "items": [
            {
                "kind": "compute#network",
                "name": "ml-vpc",
                "autoCreateSubnetworks": False,
                "selfLink": f"{_COMPUTE}/global/networks/ml-vpc",
                "networkFirewallPolicyEnforcementOrder": "AFTER_CLASSIC_FIREWALL",
            }
        ],
    },
    ("GET", f"/compute/v1/projects/{PROJECT}/aggregated/subnetworks"): {
        "kind": "compute#subnetworkAggregatedList",
        "id": f"projects/{PROJECT}/aggregated/subnetworks",
        "items": {
            "regions/us-central1": {
                "subnetworks": [
                    _subnet("us-central1", "ml-us", "10.20.0.0/20", logged=True),
                    _subnet("us-central1", "proxy-us", "10.20.16.0/24", logged=False, purpose="REGIONAL_MANAGED_PROXY"),
                ]
            },
            "regions/europe-west4": {"subnetworks": [_subnet("europe-west4", "ml-eu", "10.30.0.0/20", logged=False)]},
            "regions/us-east1": _EMPTY_SCOPE,
        },
    },
    ("GET", f"/compute/v1/projects/{PROJECT}/global/forwardingRules"): {
        "kind": "compute#forwardingRuleList",
        "id": f"projects/{PROJECT}/global/forwardingRules",
        "items": [
            {
                "kind": "compute#forwardingRule",
                "name": "googleapis",
                "IPAddress": "10.20.31.5",
                "network": f"{_COMPUTE}/global/networks/ml-vpc",
                "target": "all-apis",
                "pscConnectionStatus": "ACCEPTED",
                "pscConnectionId": "61847392016457731",
                "labels": {"owner": "platform"},
            }
        ],
    },
}


def _bucket(name: str, prevention: str, **settings: object) -> dict[str, object]:
    return {
        "kind": "storage#bucket",
        "id": name,
        "name": name,
        "projectNumber": NUMBER,
        "location": "US-CENTRAL1",
        "locationType": "region",
        "storageClass": "STANDARD",
        "timeCreated": "2026-03-02T09:00:00.000Z",
        "labels": {"owner": "forecasting"},
        "iamConfiguration": {
            "publicAccessPrevention": prevention,
            "uniformBucketLevelAccess": {"enabled": True, "lockedTime": "2026-05-31T09:00:00.000Z"},
        },
        "softDeletePolicy": {"retentionDurationSeconds": "604800", "effectiveTime": "2026-03-02T09:00:00.000Z"},
        **settings,
    }


_ARCHIVE = f"{PROJECT}-audit-archive"
_BUCKETS = (
    _bucket(
        f"{PROJECT}-models",
        "enforced",
        versioning={"enabled": True},
        encryption={"defaultKmsKeyName": key("us-central1", "ml-serving", "model-store")},
    ),
    _bucket(f"{PROJECT}-training-data", "inherited"),
    _bucket(
        _ARCHIVE,
        "enforced",
        retentionPolicy={
            "retentionPeriod": "31536000",
            "isLocked": True,
            "effectiveTime": "2026-03-02T09:00:00.000Z",
        },
    ),
)

_STORAGE: Estate = {
    ("GET", "/storage/v1/b"): {"kind": "storage#buckets", "items": list(_BUCKETS)},
    ("GET", f"/storage/v1/b/{_ARCHIVE}"): _BUCKETS[2],
    **{
        ("GET", f"/storage/v1/b/{bucket['name']}/iam"): {
            "kind": "storage#policy",
            "resourceId": f"projects/_/buckets/{bucket['name']}",
            "version": 1,
            "etag": "CAI=",
            "bindings": [
                {"role": "roles/storage.legacyBucketOwner", "members": [f"projectOwner:{PROJECT}"]},
                {"role": "roles/storage.legacyBucketReader", "members": [f"projectViewer:{PROJECT}"]},
            ],
        }
        for bucket in _BUCKETS
    },
    **{
        ("GET", f"/v2/projects/{PROJECT}/policies/{constraint}:getEffectivePolicy"): {
            "name": f"projects/{NUMBER}/policies/{constraint}",
            "spec": {"rules": [{"enforce": True}]},
        }
        for constraint in ("storage.publicAccessPrevention", "storage.secureHttpTransport")
    },
}

_REQUIRED_LOGS = ("activity", "system_event", "access_transparency")
_AUDIT = [f'LOG_ID("{who}.googleapis.com/{log}")' for log in _REQUIRED_LOGS for who in ("cloudaudit", "externalaudit")]
_LOG_BUCKETS = f"projects/{PROJECT}/locations/global/buckets"
_SERVING_LOGS = f"projects/{PROJECT}/locations/us-central1/buckets/serving-logs"

_LOGS: Estate = {
    ("GET", f"/v2/projects/{PROJECT}/sinks"): {
        "sinks": [
            {
                "name": "_Required",
                "resourceName": f"projects/{PROJECT}/sinks/_Required",
                "destination": f"logging.googleapis.com/{_LOG_BUCKETS}/_Required",
                "filter": " OR ".join(_AUDIT),
            },
            {
                "name": "_Default",
                "resourceName": f"projects/{PROJECT}/sinks/_Default",
                "destination": f"logging.googleapis.com/{_LOG_BUCKETS}/_Default",
                "filter": " AND ".join(f"NOT {log}" for log in _AUDIT),
            },
            {
                "name": "audit-archive",
                "resourceName": f"projects/{PROJECT}/sinks/audit-archive",
                "destination": f"storage.googleapis.com/{_ARCHIVE}",
                "filter": 'logName:"cloudaudit.googleapis.com"',
                "writerIdentity": f"serviceAccount:service-{NUMBER}@gcp-sa-logging.iam.gserviceaccount.com",
                "createTime": "2026-03-02T09:10:00.500120Z",
                "updateTime": "2026-03-02T09:10:00.500120Z",
            },
            {
                "name": "serving",
                "resourceName": f"projects/{PROJECT}/sinks/serving",
                "destination": f"logging.googleapis.com/{_SERVING_LOGS}",
                "filter": 'resource.type="aiplatform.googleapis.com/Endpoint"',
                "createTime": "2026-05-04T08:30:00.719004Z",
                "updateTime": "2026-05-04T08:30:00.719004Z",
            },
        ]
    },
    ("GET", f"/v2/projects/{PROJECT}/locations/-/buckets"): {
        "buckets": [
            {
                "name": f"{_LOG_BUCKETS}/_Required",
                "description": "Audit bucket",
                "retentionDays": 400,
                "lifecycleState": "ACTIVE",
                "locked": True,
            },
            {
                "name": f"{_LOG_BUCKETS}/_Default",
                "description": "Default bucket",
                "retentionDays": 30,
                "lifecycleState": "ACTIVE",
            },
            {
                "name": _SERVING_LOGS,
                "description": "Requests to the endpoints",
                "retentionDays": 180,
                "lifecycleState": "ACTIVE",
                "createTime": "2026-05-04T08:26:41.204417Z",
                "updateTime": "2026-05-04T08:26:41.204417Z",
                "cmekSettings": {
                    "name": f"{_SERVING_LOGS}/cmekSettings",
                    "kmsKeyName": key("us-central1", "ml-serving", "endpoint-data"),
                    "kmsKeyVersionName": f"{key('us-central1', 'ml-serving', 'endpoint-data')}/cryptoKeyVersions/3",
                    "serviceAccountId": f"service-{NUMBER}@gcp-sa-logging.iam.gserviceaccount.com",
                },
            },
        ]
    },
}

_DETECTORS = {
    "container-threat-detection": "DISABLED",
    "event-threat-detection": "ENABLED",
    "security-health-analytics": "ENABLED",
    "vm-threat-detection": "ENABLED",
    "web-security-scanner": "DISABLED",
}
_CENTER = f"projects/{PROJECT}/locations/global/securityCenterServices"

_OVERSIGHT: Estate = {
    ("GET", f"/v1/{_CENTER}"): {
        "securityCenterServices": [
            {"name": f"{_CENTER}/{name}", "intendedEnablementState": "INHERITED", "effectiveEnablementState": state}
            for name, state in _DETECTORS.items()
        ]
    },
    ("GET", f"/v1/projects/{PROJECT}/billingInfo"): {
        "name": f"projects/{PROJECT}/billingInfo",
        "projectId": PROJECT,
        "billingAccountName": f"billingAccounts/{_BILLING}",
        "billingEnabled": True,
    },
    ("GET", f"/v1/billingAccounts/{_BILLING}/budgets"): {
        "budgets": [
            {
                "name": f"billingAccounts/{_BILLING}/budgets/6f1c2f0e-8f43-4a77-9d0c-0d2b7f3c5a90",
                "displayName": "Forecasting, monthly",
                "budgetFilter": {
                    "projects": [f"projects/{NUMBER}"],
                    "creditTypesTreatment": "INCLUDE_ALL_CREDITS",
                    "calendarPeriod": "MONTH",
                },
                "amount": {"specifiedAmount": {"currencyCode": "EUR", "units": "18000"}},
                "thresholdRules": [
                    {"thresholdPercent": 0.5, "spendBasis": "CURRENT_SPEND"},
                    {"thresholdPercent": 1, "spendBasis": "FORECASTED_SPEND"},
                ],
                "notificationsRule": {
                    "monitoringNotificationChannels": [f"projects/{PROJECT}/notificationChannels/11730542980137465"]
                },
            }
        ]
    },
    ("GET", f"/v2/projects/{PROJECT}/locations/global/keys"): {
        "keys": [
            {
                "name": f"projects/{NUMBER}/locations/global/keys/2b7a0c51-2f0d-4f4e-8f5b-7f6f6e1b3c22",
                "uid": "2b7a0c51-2f0d-4f4e-8f5b-7f6f6e1b3c22",
                "displayName": "delivery map",
                "createTime": "2026-07-14T13:00:00.220190Z",
                "restrictions": {"apiTargets": [{"service": "maps-backend.googleapis.com"}]},
            }
        ]
    },
}

INFRASTRUCTURE: Estate = {**_KMS, **_NETWORK, **_STORAGE, **_LOGS, **_OVERSIGHT}
