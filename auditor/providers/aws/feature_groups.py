"""SageMaker feature groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Unknown, native
from auditor.model.resources import FeatureGroup, Ref
from auditor.model.scope import Provider
from auditor.providers.aws.reading import key_ref
from auditor.providers.aws.refs import role_ref
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.aws.stores import bucket_ref
from auditor.providers.base import Collector, Detail, Reach

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

LIST_FEATURE_GROUPS = aws_call("sagemaker", "ListFeatureGroups", items="FeatureGroupSummaries")
DESCRIBE_FEATURE_GROUP = aws_call("sagemaker", "DescribeFeatureGroup", expects=("FeatureGroupArn", "FeatureGroupName"))

_OFFLINE_URI = "OfflineStoreConfig.S3StorageConfig.S3Uri"


def _find(session: AwsSession, location: str) -> Iterator[FeatureGroup]:
    for group in session.items(LIST_FEATURE_GROUPS, location):
        yield FeatureGroup(
            id=group["FeatureGroupArn"],
            name=group["FeatureGroupName"],
            account=session.account,
            location=location,
            native_type="AWS::SageMaker::FeatureGroup",
        )


def _read(session: AwsSession, group: FeatureGroup) -> Mapping[str, Fact[Any]]:
    """Both stores are optional. A store without a key is encrypted with one of the provider (API reference,
    CreateFeatureGroup)."""
    body = session.call(DESCRIBE_FEATURE_GROUP, group.location, FeatureGroupName=group.name)

    def key(path: str) -> Fact[Ref | None]:
        name = native(body, path, default="")
        return name.map(lambda text: key_ref(session, group.location, text) if text else None)

    offline = native(body, "OfflineStoreConfig", default=None).map(lambda block: block is not None)
    return {
        "offline": offline,
        "offline_key": key("OfflineStoreConfig.S3StorageConfig.KmsKeyId"),
        # "The default value is False" (API reference, OnlineStoreConfig.EnableOnlineStore)
        "online": native(body, "OnlineStoreConfig.EnableOnlineStore", default=False),
        "online_key": key("OnlineStoreConfig.SecurityConfig.KmsKeyId"),
        "identity": _role(body, offline.value),
        "stores": _stores(session, body, offline.value),
    }


def _role(body: Mapping[str, Any], offline: bool) -> Fact[tuple[Ref, ...]]:
    """The role writes the offline store, so only a group with one needs it (API reference, DescribeFeatureGroup)."""
    role = native(body, "RoleArn") if offline else native(body, "RoleArn", default="")
    return role.map(lambda arn: (role_ref(arn),) if arn else ())


def _stores(session: AwsSession, body: Mapping[str, Any], offline: bool) -> Fact[tuple[Ref, ...]]:
    if not offline:
        return Known((), {"OfflineStoreConfig": None})
    uri = native(body, _OFFLINE_URI)
    if isinstance(uri, Unknown):
        return uri
    return bucket_ref(session, uri.value, _OFFLINE_URI).map(lambda ref: (ref,))


COLLECTORS: tuple[Collector[FeatureGroup, AwsSession], ...] = (
    Collector(
        name="aws.feature_groups.sagemaker",
        provider=Provider.AWS,
        kind=FeatureGroup,
        reach=Reach.LOCATION,
        service="sagemaker",
        find_calls=(LIST_FEATURE_GROUPS,),
        find=_find,
        details=(
            Detail(
                calls=(DESCRIBE_FEATURE_GROUP,),
                facts=("offline", "offline_key", "online", "online_key", "identity", "stores"),
                read=_read,
            ),
        ),
    ),
)
