"""The demo's AWS account: what Comprehend, Rekognition, Textract, Kendra, Q Business and Personalize hold.

moto knows little of these services, and nothing at all of some: every call is answered here, in both regions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditor.demo.aws_estate import HOME, PREFIX, arn, role_arn
from auditor.demo.aws_made import DAY_IN_SECONDS, Body, Made, Writer

ROLES = {
    "comprehend-training": "comprehend",
    "kendra-handbook": "kendra",
    "qbusiness-assistant": "qbusiness",
    "personalize-offers": "personalize",
}
"""Names of the roles they act as, and the services that may."""

_INDEX = "3f1c2a7e-5b64-4c1d-9a80-6f2e1d7b9c34"
_APPLICATION = "8d5b1e0f-2c47-4e93-b6a1-70f9c3d2e518"
_ADAPTER = "4c9e1b7d2a60"


def _classifiers(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    """One in each region; the one of the home region has a key."""
    name = "claims-routing" if region == HOME else "eu-letters"
    classifier: Body = {
        "DocumentClassifierArn": arn("comprehend", region, f"document-classifier/{name}"),
        "LanguageCode": "en",
        "Status": "TRAINED",
        "SubmitTime": DAY_IN_SECONDS,
        "EndTime": DAY_IN_SECONDS,
        "DataAccessRoleArn": role_arn("comprehend-training"),
        "InputDataConfig": {"DataFormat": "COMPREHEND_CSV", "S3Uri": f"s3://{PREFIX}-experiments/{name}"},
        "Mode": "MULTI_CLASS",
    }
    if region == HOME:
        classifier |= {"ModelKmsKeyId": made.keys["ml-models"], "VolumeKmsKeyId": made.keys["ml-training"]}
    return {"DocumentClassifierPropertiesList": [classifier]}


def _recognizers(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    recognizer: Body = {
        "EntityRecognizerArn": arn("comprehend", region, "entity-recognizer/policy-numbers"),
        "LanguageCode": "en",
        "Status": "TRAINED",
        "SubmitTime": DAY_IN_SECONDS,
        "EndTime": DAY_IN_SECONDS,
        "DataAccessRoleArn": role_arn("comprehend-training"),
        "ModelKmsKeyId": made.keys["ml-models"],
    }
    return {"EntityRecognizerPropertiesList": [recognizer] if region == HOME else []}


def _project_arn(region: str) -> str:
    return arn("rekognition", region, "project/damage-detection/1786699800000")


def _projects(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    project = {
        "ProjectArn": _project_arn(region),
        "CreationTimestamp": DAY_IN_SECONDS,
        "Status": "CREATED",
        "Feature": "CUSTOM_LABELS",
    }
    return {"ProjectDescriptions": [project] if region == HOME else []}


def _project_versions(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    version = {
        "ProjectVersionArn": arn("rekognition", region, "project/damage-detection/version/v3/1786699800000"),
        "CreationTimestamp": DAY_IN_SECONDS,
        "Status": "RUNNING",
        "KmsKeyId": made.keys["ml-models"],
        "Feature": "CUSTOM_LABELS",
    }
    return {"ProjectVersionDescriptions": [version] if params["ProjectArn"] == _project_arn(HOME) else []}


def _collections(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    home = region == HOME
    return {"CollectionIds": ["branch-visitors"] if home else [], "FaceModelVersions": ["7.0"] if home else []}


def _adapter_versions(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    return {"AdapterVersions": [_adapter_summary()] if region == HOME else []}


def _adapter_summary() -> Body:
    return {
        "AdapterId": _ADAPTER,
        "AdapterVersion": "1",
        "CreationTime": DAY_IN_SECONDS,
        "FeatureTypes": ["QUERIES"],
        "Status": "ACTIVE",
    }


def _adapter_version(made: Made, region: str, params: Mapping[str, Any]) -> Body | None:
    if (region, params["AdapterId"]) != (HOME, _ADAPTER):
        return None
    output = {"S3Bucket": f"{PREFIX}-experiments", "S3Prefix": "adapters"}
    return {**_adapter_summary(), "KMSKeyId": made.keys["ml-training"], "OutputConfig": output}


def _indices(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    index = {
        "Name": "employee-handbook",
        "Id": _INDEX,
        "Edition": "ENTERPRISE_EDITION",
        "CreatedAt": DAY_IN_SECONDS,
        "UpdatedAt": DAY_IN_SECONDS,
        "Status": "ACTIVE",
    }
    return {"IndexConfigurationSummaryItems": [index] if region == HOME else []}


def _index(made: Made, region: str, params: Mapping[str, Any]) -> Body | None:
    if (region, params["Id"]) != (HOME, _INDEX):
        return None
    return {
        "Name": "employee-handbook",
        "Id": _INDEX,
        "Edition": "ENTERPRISE_EDITION",
        "RoleArn": role_arn("kendra-handbook"),
        "ServerSideEncryptionConfiguration": {"KmsKeyId": made.keys["ml-models"]},
        "Status": "ACTIVE",
        "CreatedAt": DAY_IN_SECONDS,
        "UpdatedAt": DAY_IN_SECONDS,
    }


def _application_summary() -> Body:
    return {
        "displayName": "employee-assistant",
        "applicationId": _APPLICATION,
        "createdAt": DAY_IN_SECONDS,
        "updatedAt": DAY_IN_SECONDS,
        "status": "ACTIVE",
        "identityType": "AWS_IAM_IDC",
    }


def _applications(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    return {"applications": [_application_summary()] if region == HOME else []}


def _application(made: Made, region: str, params: Mapping[str, Any]) -> Body | None:
    """It was made in the console, with the key that AWS owns."""
    if (region, params["applicationId"]) != (HOME, _APPLICATION):
        return None
    return {
        **_application_summary(),
        "applicationArn": arn("qbusiness", region, f"application/{_APPLICATION}"),
        "roleArn": role_arn("qbusiness-assistant"),
    }


def _dataset_group_arn() -> str:
    return arn("personalize", HOME, "dataset-group/offers")


def _dataset_groups(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    group = {
        "name": "offers",
        "datasetGroupArn": _dataset_group_arn(),
        "status": "ACTIVE",
        "creationDateTime": DAY_IN_SECONDS,
        "lastUpdatedDateTime": DAY_IN_SECONDS,
    }
    return {"datasetGroups": [group] if region == HOME else []}


def _dataset_group(made: Made, region: str, params: Mapping[str, Any]) -> Body | None:
    if params["datasetGroupArn"] != _dataset_group_arn():
        return None
    group = {
        "name": "offers",
        "datasetGroupArn": _dataset_group_arn(),
        "status": "ACTIVE",
        "roleArn": role_arn("personalize-offers"),
        "kmsKeyArn": made.keys["ml-training"],
        "creationDateTime": DAY_IN_SECONDS,
        "lastUpdatedDateTime": DAY_IN_SECONDS,
    }
    return {"datasetGroup": group}


WRITERS: Mapping[str, Writer] = {
    "comprehend:ListDocumentClassifiers": _classifiers,
    "comprehend:ListEntityRecognizers": _recognizers,
    "kendra:DescribeIndex": _index,
    "kendra:ListIndices": _indices,
    "personalize:DescribeDatasetGroup": _dataset_group,
    "personalize:ListDatasetGroups": _dataset_groups,
    "qbusiness:GetApplication": _application,
    "qbusiness:ListApplications": _applications,
    "rekognition:DescribeProjectVersions": _project_versions,
    "rekognition:DescribeProjects": _projects,
    "rekognition:ListCollections": _collections,
    "textract:GetAdapterVersion": _adapter_version,
    "textract:ListAdapterVersions": _adapter_versions,
}
