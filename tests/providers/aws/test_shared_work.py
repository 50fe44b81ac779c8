"""Workforces, clusters and feature groups of SageMaker."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.model.facts import Fact, Known, Reason
from auditor.model.resources import Cluster, FeatureGroup, Ref, Workforce
from auditor.model.scope import Provider
from auditor.providers.aws import clusters, feature_groups, workforces
from auditor.providers.aws.clusters import DESCRIBE_CLUSTER, LIST_CLUSTERS
from auditor.providers.aws.feature_groups import DESCRIBE_FEATURE_GROUP, LIST_FEATURE_GROUPS
from auditor.providers.aws.workforces import LIST_WORKFORCES
from tests.providers.aws.conftest import Aws

KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ROLE = "arn:aws:iam::123456789012:role/work"
OTHER = "arn:aws:iam::123456789012:role/other"
VPC = {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]}


def arn(kind: str) -> str:
    return f"arn:aws:sagemaker:us-east-1:123456789012:{kind}"


def plain(fact: Fact[Any]) -> object:
    return fact.value if isinstance(fact, Known) else fact.reason


# workforces


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, True),
        ({"SourceIpConfig": {"Cidrs": []}}, True),
        ({"SourceIpConfig": {"Cidrs": ["198.51.100.0/24", "2001:db8::/56"]}}, False),
        ({"SourceIpConfig": {"Cidrs": ["198.51.100.0/24", "0.0.0.0/0"]}}, True),
        ({"SourceIpConfig": {"Cidrs": ["0.0.0.0/1", "128.0.0.0/1"]}}, True),
        ({"SourceIpConfig": {"Cidrs": ["::/0"]}}, True),
        ({"SourceIpConfig": {"Cidrs": ["the office"]}}, Reason.MALFORMED),
        (
            {"SourceIpConfig": {"Cidrs": []}, "WorkforceVpcConfig": {"VpcId": "vpc-1", **VPC}},
            Reason.NOT_BUILT,
        ),
    ],
)
def test_sources_of_a_workforce(aws: Aws, settings: dict[str, Any], expected: object) -> None:
    workforce = {"WorkforceName": "crowd", "WorkforceArn": arn("workforce/private-crowd/crowd"), **settings}
    aws.answer(LIST_WORKFORCES, {"Workforces": [workforce]})
    (found,) = aws.collect(workforces.COLLECTORS)
    assert isinstance(found, Workforce)
    assert (found.name, found.native_type) == ("crowd", "AWS::SageMaker::Workforce")
    assert plain(found.open_sources) == expected
    assert found.open_sources.calls


# clusters


def cluster(aws: Aws, **more: Any) -> Cluster:
    summary = {"ClusterArn": arn("cluster/abc"), "ClusterName": "c", "CreationTime": 1, "ClusterStatus": "InService"}
    aws.answer(LIST_CLUSTERS, {"ClusterSummaries": [summary]})
    group = {"InstanceGroupName": "g", "ExecutionRole": ROLE}
    body = {"ClusterArn": arn("cluster/abc"), "ClusterStatus": "InService", "InstanceGroups": [group], **more}
    aws.answer(DESCRIBE_CLUSTER, body, ClusterName="c")
    (found,) = aws.collect(clusters.COLLECTORS)
    assert isinstance(found, Cluster)
    return found


def test_cluster_in_a_vpc(aws: Aws) -> None:
    restricted = {"InstanceGroupName": "r", "ExecutionRole": OTHER, "OverrideVpcConfig": {**VPC, "Subnets": ["s-2"]}}
    found = cluster(aws, VpcConfig=VPC, ClusterRole=ROLE, RestrictedInstanceGroups=[restricted])
    assert (found.id, found.name, found.native_type) == (arn("cluster/abc"), "c", "AWS::SageMaker::Cluster")
    assert [ref.id for ref in found.identity.value] == [OTHER, ROLE]
    assert found.in_customer_network.value is True
    assert found.subnets.value == ("s-2", "subnet-1")
    assert found.security_groups.value == ("sg-1",)
    (collector,) = clusters.COLLECTORS
    assert all(getattr(found, name).calls for name in collector.facts())


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ([{}], False),
        ([{"OverrideVpcConfig": VPC}], True),
        ([{"OverrideVpcConfig": VPC}, {}], False),
        ([], False),
    ],
)
def test_network_of_a_cluster_without_one_of_its_own(aws: Aws, groups: list[dict[str, Any]], expected: object) -> None:
    found = cluster(aws, InstanceGroups=[{"ExecutionRole": ROLE, **group} for group in groups])
    assert plain(found.in_customer_network) == expected


def test_a_group_without_a_role_leaves_the_identities_unknown(aws: Aws) -> None:
    assert plain(cluster(aws, InstanceGroups=[{}]).identity) is Reason.ABSENT


# feature groups

OFFLINE = {"S3StorageConfig": {"S3Uri": "s3://features/here", "KmsKeyId": KEY}}


def features(aws: Aws, **more: Any) -> FeatureGroup:
    own = {"FeatureGroupArn": arn("feature-group/f"), "FeatureGroupName": "f", "CreationTime": 1}
    aws.answer(LIST_FEATURE_GROUPS, {"FeatureGroupSummaries": [own]})
    rest = {"RecordIdentifierFeatureName": "i", "EventTimeFeatureName": "t", "FeatureDefinitions": [], "NextToken": ""}
    aws.answer(DESCRIBE_FEATURE_GROUP, {**own, **rest, **more}, FeatureGroupName="f")
    (found,) = aws.collect(feature_groups.COLLECTORS)
    assert isinstance(found, FeatureGroup)
    return found


def test_feature_group_with_both_stores(aws: Aws) -> None:
    online = {"EnableOnlineStore": True, "SecurityConfig": {"KmsKeyId": KEY}}
    found = features(aws, OfflineStoreConfig=OFFLINE, OnlineStoreConfig=online, RoleArn=ROLE)
    key = Ref("Key", Provider.AWS, "123456789012", KEY)
    assert (found.id, found.native_type) == (arn("feature-group/f"), "AWS::SageMaker::FeatureGroup")
    assert (found.offline.value, found.offline_key.value) == (True, key)
    assert (found.online.value, found.online_key.value) == (True, key)
    assert [ref.id for ref in found.identity.value] == [ROLE]
    assert found.stores.value == (Ref("Storage", Provider.AWS, "123456789012", "arn:aws:s3:::features"),)
    (collector,) = feature_groups.COLLECTORS
    assert all(getattr(found, name).calls for name in collector.facts())


@pytest.mark.parametrize(
    ("settings", "fact", "expected"),
    [
        ({}, "offline", False),
        ({}, "online", False),
        ({}, "identity", ()),
        ({}, "stores", ()),
        ({"OnlineStoreConfig": {"EnableOnlineStore": True}}, "online_key", None),
        ({"OfflineStoreConfig": {"S3StorageConfig": {"S3Uri": "s3://features"}}}, "offline_key", None),
        ({"OfflineStoreConfig": OFFLINE}, "identity", Reason.ABSENT),
        ({"OfflineStoreConfig": {"S3StorageConfig": {"S3Uri": "features"}}}, "stores", Reason.UNRECOGNISED),
    ],
)
def test_stores_that_are_not_there(aws: Aws, settings: dict[str, Any], fact: str, expected: object) -> None:
    assert plain(getattr(features(aws, **settings), fact)) == expected


@pytest.mark.parametrize(
    ("collectors", "listing", "call"),
    [(clusters, cluster, DESCRIBE_CLUSTER), (feature_groups, features, DESCRIBE_FEATURE_GROUP)],
)
def test_denied(aws: Aws, collectors: Any, listing: Any, call: Any) -> None:
    listing(aws)
    aws.refuse(call, "AccessDeniedException")
    (found,) = aws.collect(collectors.COLLECTORS)
    (collector,) = collectors.COLLECTORS
    assert {plain(getattr(found, name)) for name in collector.facts()} == {Reason.DENIED}
