"""SageMaker model package groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.access.aws_trust import public
from auditor.model.facts import Fact, Known, Reason, any_true, native
from auditor.model.resources import ModelGroup
from auditor.model.scope import Provider
from auditor.providers.aws.model_packages import APPROVALS, DESCRIBE_MODEL_PACKAGE, LIST_MODEL_PACKAGES
from auditor.providers.aws.reading import key_ref, statements_of, text_of
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Collector, Detail, Reach
from auditor.wire.errors import CallFailed

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

LIST_MODEL_GROUPS = aws_call("sagemaker", "ListModelPackageGroups", items="ModelPackageGroupSummaryList")
GET_MODEL_GROUP_POLICY = aws_call("sagemaker", "GetModelPackageGroupPolicy", expects=("ResourcePolicy",))


def _find(session: AwsSession, location: str) -> Iterator[ModelGroup]:
    for group in session.items(LIST_MODEL_GROUPS, location):
        yield ModelGroup(
            id=group["ModelPackageGroupArn"],
            name=group["ModelPackageGroupName"],
            account=session.account,
            location=location,
            native_type="AWS::SageMaker::ModelPackageGroup",
        )


def _versions(session: AwsSession, group: ModelGroup) -> Iterator[Any]:
    """Newest first. A version in a group is of the type Versioned, which the list leaves out unless it is named."""
    return session.items(
        LIST_MODEL_PACKAGES,
        group.location,
        ModelPackageGroupName=group.name,
        ModelPackageType="Versioned",
        SortBy="CreationTime",
        SortOrder="Descending",
        MaxResults=100,
    )


def _read_versions(session: AwsSession, group: ModelGroup) -> Mapping[str, Fact[Any]]:
    """Pages are read until a version is approved. Without a status nobody has decided (API reference,
    CreateModelPackage: it is optional)."""
    decided: list[Fact[bool]] = []
    for version in _versions(session, group):
        one = native(version, "ModelApprovalStatus", default="").map({**APPROVALS, "": False})
        decided.append(one)
        if isinstance(one, Known) and one.value:
            break
    return {"empty": Known(not decided, {"ModelPackageSummaryList": len(decided)}), "approved": any_true(decided)}


def _read_key(session: AwsSession, group: ModelGroup) -> Mapping[str, Fact[Any]]:
    """Without a key of its own a version is encrypted with one of the service (developer guide, "Protect Data at Rest
    Using Encryption")."""
    newest = next(_versions(session, group), None)
    if newest is None:
        return {"encryption_key": Known(None, {"ModelPackageSummaryList": None})}
    name = newest["ModelPackageArn"]
    package = session.call(DESCRIBE_MODEL_PACKAGE, group.location, ModelPackageName=name)
    key = native(package, "SecurityConfig.KmsKeyId", default="")
    return {"encryption_key": key.map(lambda name: key_ref(session, group.location, name) if name else None)}


def _read_policy(session: AwsSession, group: ModelGroup) -> Mapping[str, Fact[Any]]:
    try:
        answer = session.call(GET_MODEL_GROUP_POLICY, group.location, ModelPackageGroupName=group.name)
    except CallFailed as error:
        if error.reason is not Reason.ABSENT:
            raise
        none = {"ResourcePolicy": None}
        return {"public": Known(False, none), "policy_document": Known(None, none)}
    policy = statements_of(answer["ResourcePolicy"], "ResourcePolicy")
    return {
        "public": policy.map(lambda found: bool(public(found))),
        "policy_document": Known(text_of(answer["ResourcePolicy"])),
    }


COLLECTORS: tuple[Collector[ModelGroup, AwsSession], ...] = (
    Collector(
        name="aws.model_groups",
        provider=Provider.AWS,
        kind=ModelGroup,
        reach=Reach.LOCATION,
        service="sagemaker",
        find_calls=(LIST_MODEL_GROUPS,),
        find=_find,
        details=(
            Detail(calls=(LIST_MODEL_PACKAGES,), facts=("empty", "approved"), read=_read_versions),
            Detail(calls=(LIST_MODEL_PACKAGES, DESCRIBE_MODEL_PACKAGE), facts=("encryption_key",), read=_read_key),
            Detail(calls=(GET_MODEL_GROUP_POLICY,), facts=("public", "policy_document"), read=_read_policy),
        ),
    ),
)
