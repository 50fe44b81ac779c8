"""The demo's AWS account: the registry, model cards and imported models."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from auditor.demo.aws_estate import ACCOUNT_ID, HOME, ORGANIZATION, PREFIX, SECOND, arn
from auditor.demo.aws_made import DAY, DAY_IN_SECONDS, Body, Made, Writer

DIGEST = "sha256:" + "4f1d" * 16


def inference_image(region: str) -> str:
    return f"{ACCOUNT_ID}.dkr.ecr.{region}.amazonaws.com/inference"


@dataclass(frozen=True, slots=True)
class GroupSpec:
    name: str
    region: str
    statuses: tuple[str, ...]
    """Of its versions, oldest first."""
    key: str = ""
    created: int = field(default=DAY_IN_SECONDS, kw_only=True)

    @property
    def arn(self) -> str:
        return arn("sagemaker", self.region, f"model-package-group/{self.name}")

    def version_arn(self, number: int) -> str:
        return arn("sagemaker", self.region, f"model-package/{self.name}/{number}")


GROUPS = (
    GroupSpec("fraud-scoring", HOME, ("Rejected", "Approved", "Approved", "PendingManualApproval"), key="ml-models"),
    GroupSpec("churn-prediction", HOME, ("PendingManualApproval",)),
    GroupSpec("next-best-offer", HOME, ()),
    GroupSpec("fraud-scoring-eu", SECOND, ("PendingManualApproval",)),
)
PACKAGED = {
    "fraud-scoring-v7": GROUPS[0].version_arn(2),
    "fraud-scoring-v8": GROUPS[0].version_arn(3),
    "churn-prediction": GROUPS[1].version_arn(1),
}
"""Models that were made from a version in the registry."""
CARDS = {
    "fraud-scoring": ("Approved", arn("sagemaker", HOME, "model/fraud-scoring-v8")),
    "credit-risk": ("Approved", arn("sagemaker", HOME, "model/credit-risk")),
    "churn-prediction": ("Draft", arn("sagemaker", HOME, "model/churn-prediction")),
}
"""Model cards of the home region: status, and the model that they are about."""
IMPORTED = {HOME: ("contract-reader", "ml-models"), SECOND: ("dialect-tuning", "")}
"""Imported models of Bedrock: name and key."""


def _groups(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    found = [
        {
            "ModelPackageGroupName": group.name,
            "ModelPackageGroupArn": group.arn,
            "CreationTime": group.created,
            "ModelPackageGroupStatus": "Completed",
        }
        for group in GROUPS
        if group.region == region
    ]
    return {"ModelPackageGroupSummaryList": found}


def _group(name: str, region: str) -> GroupSpec | None:
    return next((g for g in GROUPS if (g.name, g.region) == (name, region)), None)


def _version(group: GroupSpec, number: int) -> Body:
    return {
        "ModelPackageGroupName": group.name,
        "ModelPackageVersion": number,
        "ModelPackageArn": group.version_arn(number),
        "CreationTime": group.created + number * 86400,
        "ModelPackageStatus": "Completed",
        "ModelApprovalStatus": group.statuses[number - 1],
    }


def _versions(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    group = _group(params.get("ModelPackageGroupName", ""), region)
    if group is None:
        return {"ModelPackageSummaryList": []}
    return {"ModelPackageSummaryList": [_version(group, n) for n in range(len(group.statuses), 0, -1)]}


def _package(made: Made, region: str, params: Mapping[str, Any]) -> Body | None:
    name = params["ModelPackageName"]
    for group in GROUPS:
        for number in range(1, len(group.statuses) + 1):
            if group.region == region and name == group.version_arn(number):
                return _package_body(made, group, number)
    return None


def _package_body(made: Made, group: GroupSpec, number: int) -> Body:
    bucket = f"{PREFIX}-{'eu-' if group.region == SECOND else ''}model-artifacts"
    container = {
        "Image": f"{inference_image(group.region)}:2026.10",
        "ImageDigest": DIGEST,
        "ModelDataUrl": f"s3://{bucket}/{group.name}/{number}.tar.gz",
    }
    specification = {
        "Containers": [container],
        "SupportedContentTypes": ["text/csv"],
        "SupportedResponseMIMETypes": ["text/csv"],
    }
    body = {
        "ModelPackageName": f"{group.name}/{number}",
        **_version(group, number),
        "ModelPackageStatusDetails": {"ValidationStatuses": []},
        "InferenceSpecification": specification,
    }
    return {**body, "SecurityConfig": {"KmsKeyId": made.keys[group.key]}} if group.key else body


def _group_policy(made: Made, region: str, params: Mapping[str, Any]) -> Body | None:
    """Groups are open to the company's other accounts."""
    group = _group(params["ModelPackageGroupName"], region)
    if group is None:
        return None
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": ["sagemaker:DescribeModelPackageGroup", "sagemaker:DescribeModelPackage"],
        "Resource": [group.arn, arn("sagemaker", region, f"model-package/{group.name}/*")],
        "Condition": {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}},
    }
    return {"ResourcePolicy": json.dumps({"Version": "2012-10-17", "Statement": [statement]})}


def _cards(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    wanted = params.get("ModelCardStatus")
    found = [
        {**_card_names(name), "ModelCardStatus": status}
        for name, (status, _) in sorted(CARDS.items())
        if region == HOME and wanted in (None, status)
    ]
    return {"ModelCardSummaries": found}


def _card_names(name: str) -> Body:
    return {
        "ModelCardName": name,
        "ModelCardArn": arn("sagemaker", HOME, f"model-card/{name}"),
        "CreationTime": DAY_IN_SECONDS,
    }


def _card(made: Made, region: str, params: Mapping[str, Any]) -> Body | None:
    name = params["ModelCardName"]
    if region != HOME or name not in CARDS:
        return None
    status, model = CARDS[name]
    overview = {"model_id": model, "model_name": model.rpartition("/")[2]}
    return {
        **_card_names(name),
        "ModelCardVersion": 1,
        "ModelCardStatus": status,
        "Content": json.dumps({"model_overview": overview, "intended_uses": {"risk_rating": "High"}}),
        "CreatedBy": {},
    }


def _imported_arn(region: str) -> str:
    return arn("bedrock", region, f"imported-model/imp{IMPORTED[region][0].replace('-', '')[:9]}")


def _imported_names(region: str) -> Body:
    name, _ = IMPORTED[region]
    return {"modelArn": _imported_arn(region), "modelName": name, "creationTime": DAY, "modelArchitecture": "llama"}


def _imported_models(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    return {"modelSummaries": [_imported_names(region)] if region in IMPORTED else []}


def _imported_model(made: Made, region: str, params: Mapping[str, Any]) -> Body | None:
    if region not in IMPORTED or params["modelIdentifier"] != _imported_arn(region):
        return None
    name, key = IMPORTED[region]
    bucket = f"{PREFIX}-{'eu-' if region == SECOND else ''}model-artifacts"
    body = {**_imported_names(region), "modelDataSource": {"s3DataSource": {"s3Uri": f"s3://{bucket}/{name}/"}}}
    return {**body, "modelKmsKeyArn": made.keys[key]} if key else body


def _resource_policy(made: Made, region: str, params: Mapping[str, Any]) -> Body | None:
    """The custom model may be copied by the account that serves it."""
    if ":custom-model/" not in params["resourceArn"]:
        return None
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::345678901234:root"},
        "Action": "bedrock:GetCustomModel",
        "Resource": params["resourceArn"],
    }
    return {"resourcePolicy": json.dumps({"Version": "2012-10-17", "Statement": [statement]})}


WRITERS: Mapping[str, Writer] = {
    "bedrock:GetImportedModel": _imported_model,
    "bedrock:GetResourcePolicy": _resource_policy,
    "bedrock:ListImportedModels": _imported_models,
    "sagemaker:DescribeModelCard": _card,
    "sagemaker:DescribeModelPackage": _package,
    "sagemaker:GetModelPackageGroupPolicy": _group_policy,
    "sagemaker:ListModelCards": _cards,
    "sagemaker:ListModelPackageGroups": _groups,
    "sagemaker:ListModelPackages": _versions,
}
