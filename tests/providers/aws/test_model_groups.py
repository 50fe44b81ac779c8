"""SageMaker model package groups: versions, keys and policies."""

from __future__ import annotations

import json
from typing import Any

import pytest

from auditor.model.facts import Known, Reason, Unknown
from auditor.model.resources import ModelGroup, Ref
from auditor.model.scope import Provider
from auditor.providers.aws import model_groups
from auditor.providers.aws.model_groups import GET_MODEL_GROUP_POLICY, LIST_MODEL_GROUPS
from auditor.providers.aws.model_packages import DESCRIBE_MODEL_PACKAGE, LIST_MODEL_PACKAGES
from tests.providers.aws.conftest import Aws

(COLLECTOR,) = model_groups.COLLECTORS
PREFIX = "arn:aws:sagemaker:us-east-1:123456789012"
GROUP = f"{PREFIX}:model-package-group/g"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
NO_POLICY = f"Cannot find resource policy for: {GROUP}"


def version(number: int, status: str | None) -> dict[str, Any]:
    return {
        "ModelPackageArn": f"{PREFIX}:model-package/g/{number}",
        "ModelPackageVersion": number,
        "CreationTime": number,
        "ModelPackageStatus": "Completed",
        **({"ModelApprovalStatus": status} if status else {}),
    }


def group(aws: Aws, *statuses: str | None, key: str = "", policy: str | None = None) -> ModelGroup:
    """Statuses of its versions, newest first."""
    summary = {
        "ModelPackageGroupName": "g",
        "ModelPackageGroupArn": GROUP,
        "CreationTime": 1,
        "ModelPackageGroupStatus": "Completed",
    }
    aws.answer(LIST_MODEL_GROUPS, {"ModelPackageGroupSummaryList": [summary]})
    versions = [version(len(statuses) - n, status) for n, status in enumerate(statuses)]
    aws.answer(
        LIST_MODEL_PACKAGES,
        {"ModelPackageSummaryList": versions},
        ModelPackageGroupName="g",
        ModelPackageType="Versioned",
        SortOrder="Descending",
    )
    if versions:
        package = {
            **versions[0],
            "ModelPackageName": "g/1",
            "ModelPackageStatusDetails": {"ValidationStatuses": []},
            **({"SecurityConfig": {"KmsKeyId": key}} if key else {}),
        }
        aws.answer(DESCRIBE_MODEL_PACKAGE, package, ModelPackageName=versions[0]["ModelPackageArn"])
    if policy is None:
        aws.refuse(GET_MODEL_GROUP_POLICY, "ValidationException", message=NO_POLICY)
    else:
        aws.answer(GET_MODEL_GROUP_POLICY, {"ResourcePolicy": policy}, ModelPackageGroupName="g")
    (found,) = aws.collect([COLLECTOR])
    assert isinstance(found, ModelGroup)
    return found


def document(principal: object) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sagemaker:*", "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_guarded_group(aws: Aws) -> None:
    found = group(aws, "Approved", key=KEY, policy=document({"AWS": "arn:aws:iam::345678901234:root"}))
    assert (found.id, found.name, found.native_type) == (GROUP, "g", "AWS::SageMaker::ModelPackageGroup")
    assert found.encryption_key.value == Ref("Key", Provider.AWS, "123456789012", KEY)
    assert (found.empty.value, found.approved.value, found.public.value) == (False, True, False)
    assert all(isinstance(getattr(found, n), Known) and getattr(found, n).calls for n in COLLECTOR.facts())


def test_empty_group(aws: Aws) -> None:
    found = group(aws)
    assert (found.empty.value, found.approved.value, found.encryption_key.value) == (True, False, None)
    assert found.public.value is False


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (("PendingManualApproval", "Rejected", "Approved"), True),
        (("Rejected", "PendingManualApproval"), False),
        ((None,), False),
        (("Unheard", "Approved"), True),
        (("Unheard", "Rejected"), Reason.UNRECOGNISED),
    ],
)
def test_approval(aws: Aws, statuses: tuple[str | None, ...], expected: object) -> None:
    found = group(aws, *statuses)
    assert (found.approved.value if isinstance(found.approved, Known) else found.approved.reason) is expected
    assert found.encryption_key.value is None


def test_pages_are_read_until_a_version_is_approved(aws: Aws) -> None:
    group(aws, "Rejected")
    first = {"ModelPackageSummaryList": [version(3, "Rejected")], "NextToken": "2"}
    second = {"ModelPackageSummaryList": [version(2, "Approved")], "NextToken": "3"}
    aws.answer(LIST_MODEL_PACKAGES, first)
    aws.answer(LIST_MODEL_PACKAGES, second, NextToken="2")
    aws.refuse(LIST_MODEL_PACKAGES, "AccessDeniedException", NextToken="3")
    aws.refuse(DESCRIBE_MODEL_PACKAGE, "AccessDeniedException")
    (found,) = aws.collect([COLLECTOR])
    assert isinstance(found, ModelGroup)
    assert (found.empty.value, found.approved.value) == (False, True)
    assert isinstance(found.encryption_key, Unknown)


@pytest.mark.parametrize(("policy", "expected"), [(document("*"), True), ("{", Reason.MALFORMED)])
def test_policy(aws: Aws, policy: str, expected: object) -> None:
    found = group(aws, policy=policy)
    fact = found.public
    assert str(found.policy_document.value).replace(" ", "") == policy.replace(" ", "")
    assert (fact.value if isinstance(fact, Known) else fact.reason) is expected


@pytest.mark.parametrize(
    ("code", "message", "reason"),
    [
        ("ValidationException", "Cannot find Model Package Group: g", Reason.VANISHED),
        ("ValidationException", "1 validation error detected", Reason.UNRECOGNISED),
        ("AccessDeniedException", NO_POLICY, Reason.DENIED),
    ],
)
def test_only_a_policy_that_is_not_there_lets_nobody_in(aws: Aws, code: str, message: str, reason: Reason) -> None:
    group(aws)
    aws.refuse(GET_MODEL_GROUP_POLICY, code, message=message)
    (found,) = aws.collect([COLLECTOR])
    assert isinstance(found, ModelGroup)
    assert isinstance(found.public, Unknown)
    assert found.public.reason is reason


def test_versions_that_are_denied(aws: Aws) -> None:
    group(aws)
    aws.refuse(LIST_MODEL_PACKAGES, "AccessDeniedException")
    (found,) = aws.collect([COLLECTOR])
    assert isinstance(found, ModelGroup)
    for name in ("empty", "approved", "encryption_key"):
        fact = getattr(found, name)
        assert isinstance(fact, Unknown)
        assert fact.reason is Reason.DENIED


def test_moto_lists_versions_as_the_api_does(aws: Aws) -> None:
    sagemaker = aws.boto("sagemaker")
    sagemaker.create_model_package_group(ModelPackageGroupName="g", ModelPackageGroupDescription="of moto")
    for status in ("Approved", "PendingManualApproval"):
        sagemaker.create_model_package(ModelPackageGroupName="g", ModelApprovalStatus=status)
    aws.refuse(GET_MODEL_GROUP_POLICY, "ValidationException", message=NO_POLICY)
    (found,) = aws.collect([COLLECTOR])
    assert isinstance(found, ModelGroup)
    assert (found.empty.value, found.approved.value, found.encryption_key.value) == (False, True, None)
