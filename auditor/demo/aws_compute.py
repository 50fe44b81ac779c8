"""The demo's AWS account: workspaces, notebooks, clusters, feature groups, other AI services."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from auditor.demo import aws_estate as estate
from auditor.demo import aws_other_ai
from auditor.demo.aws_estate import HOME, PREFIX, SECOND, arn, role_arn
from auditor.demo.aws_made import DAY_IN_SECONDS, Body, Client, Made, Writer
from auditor.demo.aws_people import BOUNDARY, allow, document, service_trust

_STUDIO_USERS = ("ana-ruiz", "ben-cho", "carla-meyer")
_LABELERS_ADDRESSES = "198.51.100.0/24"
_EXPERIMENTS = f"arn:aws:s3:::{PREFIX}-experiments"


def seed(client: Client, made: Made) -> None:
    """What moto can hold."""
    iam = client("iam", HOME)
    explores = document(
        allow(["s3:GetObject", "s3:ListBucket"], [_EXPERIMENTS, f"{_EXPERIMENTS}/*"]),
        allow("s3:PutObject", f"{_EXPERIMENTS}/*"),
    )
    stores = document(allow(["s3:GetObject", "s3:PutObject"], f"arn:aws:s3:::{PREFIX}-feature-store/*"))
    for name in ("studio-default", *(f"studio-{user}" for user in _STUDIO_USERS), "sm-cluster"):
        _role(iam, name, "sagemaker", explores)
    _role(iam, "studio-eu", "sagemaker", explores, bounded=False)
    _role(iam, "sm-feature-store", "sagemaker", stores)
    for name, service in aws_other_ai.ROLES.items():
        _role(iam, name, service, explores)


def _role(iam: Any, name: str, service: str, policy: Mapping[str, Any], *, bounded: bool = True) -> None:
    boundary = f"arn:aws:iam::{estate.ACCOUNT_ID}:policy/{BOUNDARY}"
    extra = {"PermissionsBoundary": boundary} if bounded else {}
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(service_trust(service)), **extra)
    iam.put_role_policy(RoleName=name, PolicyName="workload", PolicyDocument=json.dumps(policy))


# scripts that run when a notebook or an application starts


@dataclass(frozen=True, slots=True)
class _Script:
    name: str
    region: str
    text: str

    @property
    def content(self) -> str:
        return base64.b64encode(self.text.encode()).decode()


_KERNELS = "#!/bin/bash\nset -e\npip install --quiet polars==1.9.0\n"
_MOUNT = """#!/bin/bash
set -e
export FEATURE_DB_USER=reader
export FEATURE_DB_PASSWORD='harbor-7431-violet'
/home/ec2-user/mount-features.sh
"""
_NOTEBOOK_SCRIPTS = (_Script("install-kernels", HOME, _KERNELS), _Script("mount-features", SECOND, _MOUNT))
_RUN_BY = {"risk-research": "install-kernels", "eu-exploration": "mount-features"}
"""Notebooks and the lifecycle configuration each has."""
_STUDIO_SCRIPTS = (_Script("studio-kernels", HOME, _KERNELS), _Script("studio-features", SECOND, _MOUNT))


def _notebook(made: Made, region: str, params: Mapping[str, Any]) -> Body | None:
    """moto drops the platform and the metadata service."""
    name = params["NotebookInstanceName"]
    spec = next((n for n in estate.NOTEBOOKS if (n.name, n.region) == (name, region)), None)
    if spec is None:
        return None
    body: Body = {
        "NotebookInstanceArn": arn("sagemaker", region, f"notebook-instance/{name}"),
        "NotebookInstanceName": name,
        "NotebookInstanceStatus": "InService",
        "Url": f"{name}.notebook.{region}.sagemaker.aws",
        "InstanceType": "ml.t3.large",
        "RoleArn": role_arn(spec.role),
        "LastModifiedTime": DAY_IN_SECONDS,
        "CreationTime": DAY_IN_SECONDS,
        "DirectInternetAccess": "Enabled" if spec.direct_internet else "Disabled",
        "VolumeSizeInGB": 50,
        "RootAccess": "Enabled" if spec.root else "Disabled",
        "PlatformIdentifier": estate.PLATFORM,
    }
    if not spec.direct_internet:
        body["InstanceMetadataServiceConfiguration"] = {"MinimumInstanceMetadataServiceVersion": "2"}
    if name in _RUN_BY:
        body["NotebookInstanceLifecycleConfigName"] = _RUN_BY[name]
    if spec.key:
        body["KmsKeyId"] = made.keys[spec.key]
    if spec.vpc:
        body["SubnetId"] = made.subnets[spec.vpc][0]
        body["SecurityGroups"] = [made.groups[spec.vpc]]
    return body


def _notebook_script(made: Made, region: str, params: Mapping[str, Any]) -> Body | None:
    name = params["NotebookInstanceLifecycleConfigName"]
    script = next((s for s in _NOTEBOOK_SCRIPTS if (s.name, s.region) == (name, region)), None)
    if script is None:
        return None
    return {
        "NotebookInstanceLifecycleConfigArn": arn("sagemaker", region, f"notebook-instance-lifecycle-config/{name}"),
        "NotebookInstanceLifecycleConfigName": name,
        "OnCreate": [],
        "OnStart": [{"Content": script.content}],
        "LastModifiedTime": DAY_IN_SECONDS,
        "CreationTime": DAY_IN_SECONDS,
    }


def _studio_scripts(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    return {"StudioLifecycleConfigs": [_studio_script_body(s) for s in _STUDIO_SCRIPTS if s.region == region]}


def _studio_script(made: Made, region: str, params: Mapping[str, Any]) -> Body | None:
    name = params["StudioLifecycleConfigName"]
    script = next((s for s in _STUDIO_SCRIPTS if (s.name, s.region) == (name, region)), None)
    return None if script is None else {**_studio_script_body(script), "StudioLifecycleConfigContent": script.content}


def _studio_script_body(script: _Script) -> Body:
    return {
        "StudioLifecycleConfigArn": arn("sagemaker", script.region, f"studio-lifecycle-config/{script.name}"),
        "StudioLifecycleConfigName": script.name,
        "CreationTime": DAY_IN_SECONDS,
        "LastModifiedTime": DAY_IN_SECONDS,
        "StudioLifecycleConfigAppType": "JupyterLab",
    }


# Studio domains: one per region, the second as the console makes it


@dataclass(frozen=True, slots=True)
class _Domain:
    id: str
    name: str
    region: str
    users: tuple[str, ...]
    guarded: bool


_DOMAINS = (
    _Domain("d-meridianhome1", "ml-platform", HOME, _STUDIO_USERS, guarded=True),
    _Domain("d-meridianeu001", "eu-lab", SECOND, ("ines-duarte", "tom-weber"), guarded=False),
)


def _domain_of(region: str, domain_id: str) -> _Domain | None:
    return next((d for d in _DOMAINS if (d.region, d.id) == (region, domain_id)), None)


def _domain_summary(domain: _Domain) -> Body:
    return {
        "DomainArn": arn("sagemaker", domain.region, f"domain/{domain.id}"),
        "DomainId": domain.id,
        "DomainName": domain.name,
        "Status": "InService",
        "CreationTime": DAY_IN_SECONDS,
        "LastModifiedTime": DAY_IN_SECONDS,
        "Url": f"https://{domain.id}.studio.{domain.region}.sagemaker.aws",
    }


def _domains(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    return {"Domains": [_domain_summary(d) for d in _DOMAINS if d.region == region]}


def _domain(made: Made, region: str, params: Mapping[str, Any]) -> Body | None:
    domain = _domain_of(region, params["DomainId"])
    if domain is None:
        return None
    vpc = "ml-research" if domain.guarded else "ml-europe"
    body: Body = {
        **_domain_summary(domain),
        "HomeEfsFileSystemId": f"fs-{domain.id[2:]}",
        "VpcId": made.vpcs[vpc],
        "SubnetIds": made.subnets[vpc],
    }
    if not domain.guarded:
        return {
            **body,
            "AuthMode": "IAM",
            "AppNetworkAccessType": "PublicInternetOnly",
            "DefaultUserSettings": {
                "ExecutionRole": role_arn("studio-eu"),
                "SharingSettings": {
                    "NotebookOutputOption": "Allowed",
                    "S3OutputPath": f"s3://{PREFIX}-eu-training-data/shared",
                },
            },
            "DomainSettings": {"DockerSettings": {"EnableDockerAccess": "ENABLED"}},
        }
    idle = {"AppLifecycleManagement": {"IdleSettings": {"LifecycleManagement": "ENABLED", "IdleTimeoutInMinutes": 120}}}
    return {
        **body,
        "AuthMode": "SSO",
        "AppNetworkAccessType": "VpcOnly",
        "KmsKeyId": made.keys["ml-notebooks"],
        "DefaultUserSettings": {
            "ExecutionRole": role_arn("studio-default"),
            "SecurityGroups": [made.groups[vpc]],
            "SharingSettings": {"NotebookOutputOption": "Disabled"},
            "JupyterLabAppSettings": idle,
            "CodeEditorAppSettings": idle,
        },
        "DefaultSpaceSettings": {"ExecutionRole": role_arn("studio-default"), "JupyterLabAppSettings": idle},
        "DomainSettings": {
            "ExecutionRoleIdentityConfig": "USER_PROFILE_NAME",
            "DockerSettings": {"EnableDockerAccess": "ENABLED", "VpcOnlyTrustedAccounts": [estate.ACCOUNT_ID]},
        },
    }


def _profile_summary(domain: _Domain, user: str) -> Body:
    return {
        "DomainId": domain.id,
        "UserProfileName": user,
        "Status": "InService",
        "CreationTime": DAY_IN_SECONDS,
        "LastModifiedTime": DAY_IN_SECONDS,
    }


def _profiles(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    domain = _domain_of(region, params["DomainIdEquals"])
    return {"UserProfiles": [_profile_summary(domain, user) for user in domain.users] if domain else []}


def _profile(made: Made, region: str, params: Mapping[str, Any]) -> Body | None:
    domain, user = _domain_of(region, params["DomainId"]), params["UserProfileName"]
    if domain is None or user not in domain.users:
        return None
    body = {
        **_profile_summary(domain, user),
        "UserProfileArn": arn("sagemaker", region, f"user-profile/{domain.id}/{user}"),
    }
    return {**body, "UserSettings": {"ExecutionRole": role_arn(f"studio-{user}")}} if domain.guarded else body


# people who label, clusters, feature groups


def _workforces(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    name = "claims-labelers" if region == HOME else "eu-labelers"
    workforce: Body = {
        "WorkforceName": name,
        "WorkforceArn": arn("sagemaker", region, f"workforce/private-crowd/{name}"),
        "SubDomain": f"{name}.labeling.{region}.sagemaker.aws",
        "Status": "Active",
        "CreateDate": DAY_IN_SECONDS,
        "LastUpdatedDate": DAY_IN_SECONDS,
    }
    if region == HOME:
        workforce["SourceIpConfig"] = {"Cidrs": [_LABELERS_ADDRESSES]}
    return {"Workforces": [workforce]}


_CLUSTERS = {HOME: ("claims-pretraining", "m4kq7r2x9tza"), SECOND: ("eu-finetuning", "p8ws3c6y1vnb")}
"""Names and ids."""


def _cluster_summary(region: str) -> Body:
    name, own_id = _CLUSTERS[region]
    return {
        "ClusterArn": arn("sagemaker", region, f"cluster/{own_id}"),
        "ClusterName": name,
        "CreationTime": DAY_IN_SECONDS,
        "ClusterStatus": "InService",
    }


def _clusters(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    return {"ClusterSummaries": [_cluster_summary(region)]}


def _cluster(made: Made, region: str, params: Mapping[str, Any]) -> Body | None:
    if params["ClusterName"] != _CLUSTERS[region][0]:
        return None
    workers = {
        "InstanceGroupName": "workers",
        "InstanceType": "ml.g5.12xlarge",
        "CurrentCount": 2,
        "TargetCount": 2,
        "ExecutionRole": role_arn("sm-cluster"),
        "LifeCycleConfig": {"SourceS3Uri": f"s3://{PREFIX}-experiments/cluster", "OnCreate": "on_create.sh"},
    }
    body: Body = {**_cluster_summary(region), "InstanceGroups": [workers], "NodeRecovery": "Automatic"}
    if region == HOME:
        body["VpcConfig"] = {
            "SecurityGroupIds": [made.groups["ml-production"]],
            "Subnets": made.subnets["ml-production"],
        }
    return body


@dataclass(frozen=True, slots=True)
class _Features:
    name: str
    region: str
    bucket: str = ""
    key: str = ""
    online: bool = False


_FEATURES = (
    _Features("customer-features", HOME, bucket="feature-store", key="ml-features", online=True),
    _Features("session-features", HOME, online=True),
    _Features("eu-customer-features", SECOND, bucket="eu-training-data"),
)


def _features_summary(group: _Features) -> Body:
    return {
        "FeatureGroupName": group.name,
        "FeatureGroupArn": arn("sagemaker", group.region, f"feature-group/{group.name}"),
        "CreationTime": DAY_IN_SECONDS,
        "FeatureGroupStatus": "Created",
    }


def _feature_groups(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    return {"FeatureGroupSummaries": [_features_summary(g) for g in _FEATURES if g.region == region]}


def _feature_group(made: Made, region: str, params: Mapping[str, Any]) -> Body | None:
    group = next((g for g in _FEATURES if (g.region, g.name) == (region, params["FeatureGroupName"])), None)
    if group is None:
        return None
    body: Body = {
        **_features_summary(group),
        "RecordIdentifierFeatureName": "customer_id",
        "EventTimeFeatureName": "event_time",
        "FeatureDefinitions": [
            {"FeatureName": "customer_id", "FeatureType": "String"},
            {"FeatureName": "event_time", "FeatureType": "Fractional"},
        ],
        "NextToken": "",
    }
    named = {"KmsKeyId": made.keys[group.key]} if group.key else {}
    if group.online:
        security = {"SecurityConfig": named} if named else {}
        body["OnlineStoreConfig"] = {"EnableOnlineStore": True, **security}
    if group.bucket:
        body["OfflineStoreConfig"] = {
            "S3StorageConfig": {"S3Uri": f"s3://{PREFIX}-{group.bucket}/{group.name}", **named}
        }
        body["RoleArn"] = role_arn("sm-feature-store")
    return body


WRITERS: Mapping[str, Writer] = {
    "sagemaker:DescribeCluster": _cluster,
    "sagemaker:DescribeDomain": _domain,
    "sagemaker:DescribeFeatureGroup": _feature_group,
    "sagemaker:DescribeNotebookInstance": _notebook,
    "sagemaker:DescribeNotebookInstanceLifecycleConfig": _notebook_script,
    "sagemaker:DescribeStudioLifecycleConfig": _studio_script,
    "sagemaker:DescribeUserProfile": _profile,
    "sagemaker:ListClusters": _clusters,
    "sagemaker:ListDomains": _domains,
    "sagemaker:ListFeatureGroups": _feature_groups,
    "sagemaker:ListStudioLifecycleConfigs": _studio_scripts,
    "sagemaker:ListUserProfiles": _profiles,
    "sagemaker:ListWorkforces": _workforces,
    **aws_other_ai.WRITERS,
}
"""What moto lacks or gets wrong."""
