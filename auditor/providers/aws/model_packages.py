"""SageMaker model packages: the versions in a registry, and what models take from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Reason, Unknown, native
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import asked

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

LIST_MODEL_PACKAGES = aws_call("sagemaker", "ListModelPackages", items="ModelPackageSummaryList")
DESCRIBE_MODEL_PACKAGE = aws_call("sagemaker", "DescribeModelPackage", expects=("ModelPackageArn",))

APPROVALS = {"Approved": True, "Rejected": False, "PendingManualApproval": False}


def describe_package(session: AwsSession, region: str, name: str) -> Fact[Any]:
    """A package by its name or ARN. One of another account may be closed to us: then the reason why."""
    return asked(session, DESCRIBE_MODEL_PACKAGE, region, ModelPackageName=name)


def approval(package: Mapping[str, Any]) -> Fact[bool]:
    """A package outside a group has no status, since nobody decides on it (API reference, CreateModelPackage)."""
    status = native(package, "ModelApprovalStatus", default="")
    return status.map({**APPROVALS, "": False})


def package_containers(package: Mapping[str, Any], specification: str) -> Fact[tuple[Mapping[str, Any], ...]]:
    """The containers of its inference specification, or of the additional one that is asked for by name."""
    if not specification:
        return native(package, "InferenceSpecification.Containers").map(tuple)
    for found in package.get("AdditionalInferenceSpecifications", ()):
        if found.get("Name") == specification:
            return native(found, "Containers").map(tuple)
    return Unknown(Reason.ABSENT, "AdditionalInferenceSpecifications")
