"""The project of the demo's Google Cloud estate, the organization above it, and who may do what there.

Invented, like the workloads in ``gcp_estate``.
"""

from __future__ import annotations

from auditor.demo.authoring import Estate, Pages
from auditor.demo.gcp_directory import DIRECTORY
from auditor.demo.gcp_infrastructure import INFRASTRUCTURE
from auditor.demo.gcp_names import DOMAIN, NAME, NUMBER, PROJECT, account

_FOLDER = "418830275146"
_ORGANIZATION = "905517264830"
_ORGANIZATION_ROLE = f"organizations/{_ORGANIZATION}/roles/releaseNotifier"
_POOL = f"//iam.googleapis.com/projects/{NUMBER}/locations/global/workloadIdentityPools"


_SERVING = ("serving-demand", "serving-returns", "serving-eta")
_ACCOUNTS = (*_SERVING, "notebook-research", "pipeline-train", "delivery")


def _members(*names: str) -> list[str]:
    return [f"serviceAccount:{account(name)}" for name in names]


_PROJECT_POLICY = {
    "version": 1,
    "etag": "BwYpS8b3xZk=",
    "bindings": [
        {"role": "roles/owner", "members": [f"user:ines.adler@{DOMAIN}"]},
        {"role": "roles/aiplatform.user", "members": [f"group:forecasting@{DOMAIN}", f"user:tomas.riva@{DOMAIN}"]},
        {"role": "roles/aiplatform.admin", "members": _members("notebook-research")},
        {"role": f"projects/{PROJECT}/roles/featureReader", "members": _members(*_SERVING)},
        {"role": "roles/storage.objectViewer", "members": _members(*_SERVING, "pipeline-train")},
        {"role": "roles/editor", "members": _members("delivery")},
    ],
    "auditConfigs": [
        {
            "service": "aiplatform.googleapis.com",
            "auditLogConfigs": [{"logType": "ADMIN_READ"}, {"logType": "DATA_READ"}, {"logType": "DATA_WRITE"}],
        }
    ],
}

_SERVICES = (
    "admin",
    "aiplatform",
    "apikeys",
    "bigquery",
    "billingbudgets",
    "cloudasset",
    "cloudbilling",
    "cloudkms",
    "cloudresourcemanager",
    "compute",
    "iam",
    "logging",
    "modelarmor",
    "notebooks",
    "orgpolicy",
    "securitycentermanagement",
    "serviceusage",
    "storage",
)


def _service(name: str) -> dict[str, object]:
    host = f"{name}.googleapis.com"
    return {
        "name": f"projects/{NUMBER}/services/{host}",
        "parent": f"projects/{NUMBER}",
        "state": "ENABLED",
        "config": {"name": host},
    }


def _identity(number: int, name: str) -> dict[str, object]:
    return {
        "name": f"projects/{PROJECT}/serviceAccounts/{account(name)}",
        "projectId": PROJECT,
        "uniqueId": f"1108255170416390{number:05d}",
        "email": account(name),
        "displayName": name.replace("-", " "),
        "oauth2ClientId": f"1108255170416390{number:05d}",
    }


_IAM = f"/v1/projects/{PROJECT}/serviceAccounts"
_ACCOUNT_POLICIES: dict[str, object] = {
    "notebook-research": {
        "version": 1,
        "etag": "BwYpTEk1q0w=",
        "bindings": [
            {"role": "roles/iam.workloadIdentityUser", "members": [f"principalSet:{_POOL}/research-clusters/*"]}
        ],
    },
    "delivery": {
        "version": 1,
        "etag": "BwYpTEk8s2A=",
        "bindings": [
            {
                "role": "roles/iam.workloadIdentityUser",
                "members": [f"principalSet:{_POOL}/delivery/attribute.repository/lumen-forecast/serving"],
            }
        ],
    },
}
_HAND_MADE_KEY = {
    "name": f"projects/{PROJECT}/serviceAccounts/{account('pipeline-train')}/keys/5c1e0a7d93b24f6688d1f0b7a2c94e35",
    "validAfterTime": "2025-12-03T10:15:00Z",
    "validBeforeTime": "9999-12-31T23:59:59Z",
    "keyAlgorithm": "KEY_ALG_RSA_2048",
    "keyOrigin": "GOOGLE_PROVIDED",
    "keyType": "USER_MANAGED",
}

_IDENTITIES: Estate = {
    ("GET", _IAM): Pages(
        {"accounts": [_identity(n, name) for n, name in enumerate(_ACCOUNTS[:4], 71)]},
        {"accounts": [_identity(n, name) for n, name in enumerate(_ACCOUNTS[4:], 75)]},
    ),
    **{
        ("GET", f"{_IAM}/{account(name)}/keys"): {"keys": [_HAND_MADE_KEY]} if name == "pipeline-train" else {}
        for name in _ACCOUNTS
    },
    **{
        ("POST", f"{_IAM}/{account(name)}:getIamPolicy"): _ACCOUNT_POLICIES.get(name, {"etag": "ACAB"})  # type: ignore[misc]
        for name in _ACCOUNTS
    },
    ("GET", f"/v1/projects/{PROJECT}/roles/featureReader"): {
        "name": f"projects/{PROJECT}/roles/featureReader",
        "title": "Feature reader",
        "includedPermissions": ["aiplatform.featureOnlineStores.get", "aiplatform.featureViews.fetchFeatureValues"],
        "stage": "GA",
        "etag": "BwYpO2wzq0k=",
    },
    ("GET", f"/v1/{_ORGANIZATION_ROLE}"): {
        "name": _ORGANIZATION_ROLE,
        "title": "Release notifier",
        "includedPermissions": ["pubsub.topics.get", "pubsub.topics.publish"],
        "stage": "GA",
        "etag": "BwYpK1dEw7M=",
    },
}


PLATFORM: Estate = {
    ("GET", f"/v3/projects/{PROJECT}"): {
        "name": f"projects/{NUMBER}",
        "projectId": PROJECT,
        "displayName": NAME,
        "parent": f"folders/{_FOLDER}",
        "state": "ACTIVE",
        "labels": {"owner": "forecasting", "environment": "production"},
        "createTime": "2026-02-20T10:00:00.512300Z",
        "etag": 'W/"5c9e1f4f0e0b7c11"',
    },
    ("POST", f"/v3/projects/{PROJECT}:getIamPolicy"): _PROJECT_POLICY,
    ("GET", f"/v3/folders/{_FOLDER}"): {
        "name": f"folders/{_FOLDER}",
        "parent": f"organizations/{_ORGANIZATION}",
        "displayName": "Machine learning",
        "state": "ACTIVE",
    },
    ("POST", f"/v3/folders/{_FOLDER}:getIamPolicy"): {
        "version": 1,
        "etag": "BwYpJ0YcXwA=",
        "bindings": [{"role": "roles/viewer", "members": [f"user:platform.lead@{DOMAIN}"]}],
    },
    ("POST", f"/v3/organizations/{_ORGANIZATION}:getIamPolicy"): {
        "version": 1,
        "etag": "BwYpH9QyTbE=",
        "bindings": [
            {"role": "roles/resourcemanager.organizationAdmin", "members": [f"user:platform.lead@{DOMAIN}"]},
            {
                "role": "roles/iam.securityReviewer",
                "members": _members("posture-auditor"),
            },
            {"role": _ORGANIZATION_ROLE, "members": _members("delivery")},
        ],
    },
    ("GET", f"/v1/projects/{PROJECT}/services"): Pages(
        {"services": [_service(name) for name in _SERVICES[:9]]},
        {"services": [_service(name) for name in _SERVICES[9:]]},
    ),
    **_IDENTITIES,
    **DIRECTORY,
    **INFRASTRUCTURE,
}
