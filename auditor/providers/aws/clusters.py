"""SageMaker HyperPod clusters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, all_true, any_true, combine, native
from auditor.model.resources import Cluster, Ref
from auditor.model.scope import Provider
from auditor.providers.aws.refs import distinct, role_ref
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Collector, Detail, Reach

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

LIST_CLUSTERS = aws_call("sagemaker", "ListClusters", items="ClusterSummaries")
DESCRIBE_CLUSTER = aws_call("sagemaker", "DescribeCluster", expects=("ClusterArn", "InstanceGroups"))


def _find(session: AwsSession, location: str) -> Iterator[Cluster]:
    for cluster in session.items(LIST_CLUSTERS, location):
        yield Cluster(
            id=cluster["ClusterArn"],
            name=cluster["ClusterName"],
            account=session.account,
            location=location,
            native_type="AWS::SageMaker::Cluster",
        )


def _read(session: AwsSession, cluster: Cluster) -> Mapping[str, Fact[Any]]:
    body = session.call(DESCRIBE_CLUSTER, cluster.location, ClusterName=cluster.name)
    groups = [*body["InstanceGroups"], *(body.get("RestrictedInstanceGroups") or ())]
    networks = [(body, "VpcConfig"), *((group, "OverrideVpcConfig") for group in groups)]
    roles: list[Fact[tuple[Ref, ...]]] = [
        native(group, "ExecutionRole").map(lambda arn: (role_ref(arn),)) for group in groups
    ]
    # only a cluster that scales by itself has one (API reference, DescribeCluster)
    roles.append(native(body, "ClusterRole", default="").map(lambda arn: (role_ref(arn),) if arn else ()))
    return {
        "identity": combine(lambda *found: distinct(ref for refs in found for ref in refs), *roles),
        "in_customer_network": _in_customer_network(body, groups),
        "subnets": _all_of(networks, "Subnets"),
        "security_groups": _all_of(networks, "SecurityGroupIds"),
    }


def _in_customer_network(body: Mapping[str, Any], groups: list[Mapping[str, Any]]) -> Fact[bool]:
    """Without a network of the customer's, of its own or of each group of machines, it runs in the default network of
    SageMaker (developer guide, "Setting up SageMaker HyperPod with a custom Amazon VPC")."""
    whole = native(body, "VpcConfig.Subnets", default=()).map(bool)
    if not groups:
        return whole
    each = all_true(native(group, "OverrideVpcConfig.Subnets", default=()).map(bool) for group in groups)
    return any_true((whole, each))


def _all_of(networks: list[tuple[Mapping[str, Any], str]], field: str) -> Fact[tuple[str, ...]]:
    found = (native(body, f"{block}.{field}", default=()) for body, block in networks)
    return combine(lambda *lists: tuple(sorted({name for names in lists for name in names})), *found)


COLLECTORS: tuple[Collector[Cluster, AwsSession], ...] = (
    Collector(
        name="aws.clusters.sagemaker",
        provider=Provider.AWS,
        kind=Cluster,
        reach=Reach.LOCATION,
        service="sagemaker",
        find_calls=(LIST_CLUSTERS,),
        find=_find,
        details=(
            Detail(
                calls=(DESCRIBE_CLUSTER,),
                facts=("identity", "in_customer_network", "subnets", "security_groups"),
                read=_read,
            ),
        ),
    ),
)
