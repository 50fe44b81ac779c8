from __future__ import annotations

import json
from typing import Any

import pytest

from auditor.model.facts import Reason
from auditor.providers.aws.private_endpoints import COLLECTORS, DESCRIBE_VPC_ENDPOINTS, service_names

FULL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}


def entry(**more: Any) -> dict[str, Any]:
    return {
        "VpcEndpointId": "vpce-1",
        "VpcEndpointType": "Interface",
        "VpcId": "vpc-1",
        "ServiceName": "com.amazonaws.us-east-1.bedrock-runtime",
        "State": "Available",
        "PolicyDocument": json.dumps(FULL),
        "SubnetIds": ["subnet-2", "subnet-1"],
        "Groups": [{"GroupId": "sg-1", "GroupName": "g"}],
        **more,
    }


def one(aws: Any, **more: Any) -> Any:
    body = {k: v for k, v in entry(**more).items() if v is not None}
    aws.answer(DESCRIBE_VPC_ENDPOINTS, {"VpcEndpoints": [body]})
    (endpoint,) = aws.collect(COLLECTORS)
    return endpoint


def test_an_endpoint_in_moto(aws: Any) -> None:
    ec2 = aws.boto("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName="g", Description="g", VpcId=vpc)["GroupId"]
    made = ec2.create_vpc_endpoint(
        VpcId=vpc,
        ServiceName="com.amazonaws.us-east-1.sagemaker.runtime",
        VpcEndpointType="Interface",
        SubnetIds=[subnet],
        SecurityGroupIds=[group],
    )["VpcEndpoint"]["VpcEndpointId"]
    (endpoint,) = aws.collect(COLLECTORS)
    assert endpoint.id == f"arn:aws:ec2:us-east-1:123456789012:vpc-endpoint/{made}"
    assert endpoint.services.value == {"sagemaker.runtime"}
    assert endpoint.available.value is True
    assert endpoint.network.value == vpc
    assert endpoint.subnets.value == (subnet,)
    assert endpoint.security_groups.value == (group,)


@pytest.mark.parametrize(("tables", "available"), [(["rtb-1"], True), ([], False), (None, False)])
def test_a_gateway_leads_somewhere_from_its_route_tables_only(aws: Any, tables: Any, available: bool) -> None:
    found = one(aws, VpcEndpointType="Gateway", ServiceName="com.amazonaws.us-east-1.s3", RouteTableIds=tables)
    assert found.available.value is available


@pytest.mark.parametrize(
    ("full", "names"),
    [
        ("com.amazonaws.us-east-1.s3", {"s3"}),
        ("com.amazonaws.us-east-1.sagemaker.api", {"sagemaker.api"}),
        ("com.amazonaws.us-east-1.bedrock-runtime-fips", {"bedrock-runtime", "bedrock-runtime-fips"}),
        ("aws.sagemaker.us-east-1.notebook", {"sagemaker.notebook"}),
        ("cn.com.amazonaws.us-east-1.sagemaker.api", {"sagemaker.api"}),
        ("com.amazonaws.eu-west-1.bedrock-runtime", {"com.amazonaws.eu-west-1.bedrock-runtime"}),
        (
            "com.amazonaws.vpce.us-east-1.vpce-svc-0123",
            {"com.amazonaws.vpce.us-east-1.vpce-svc-0123"},
        ),
    ],
)
def test_service_names(full: str, names: set[str]) -> None:
    assert service_names(full, "us-east-1") == names


@pytest.mark.parametrize(
    ("state", "available"),
    [("Available", True), ("PendingAcceptance", False), ("Rejected", False), ("Failed", False)],
)
def test_states(aws: Any, state: str, available: bool) -> None:
    assert one(aws, State=state).available.value is available


def test_an_unknown_state_is_unrecognised_and_a_missing_one_absent(aws: Any) -> None:
    assert one(aws, State="UnheardOf").available.reason is Reason.UNRECOGNISED
    assert one(aws, State=None).available.reason is Reason.ABSENT


def test_a_deleted_endpoint_is_not_listed(aws: Any) -> None:
    aws.answer(DESCRIBE_VPC_ENDPOINTS, {"VpcEndpoints": [entry(State="Deleted")]})
    assert aws.collect(COLLECTORS) == ()


def statement(**more: Any) -> str:
    return json.dumps({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", **more}]})


@pytest.mark.parametrize(
    ("document", "open_policy"),
    [
        (json.dumps(FULL), True),
        (None, True),
        (statement(Principal={"AWS": "*"}), True),
        (statement(Action="bedrock:InvokeModel"), False),
        (statement(Resource="arn:aws:s3:::models/*"), False),
        (statement(Principal={"AWS": "123456789012"}), False),
        (statement(Condition={"StringEquals": {"aws:PrincipalOrgID": "o-abc"}}), False),
        (statement(Condition={"StringEquals": {"aws:ResourceOrgID": "o-abc"}}), False),
        (statement(Condition={"Bool": {"aws:SecureTransport": "true"}}), True),
        (statement(Effect="Deny"), False),
    ],
)
def test_policies(aws: Any, document: str | None, open_policy: bool) -> None:
    assert one(aws, PolicyDocument=document).open_policy.value is open_policy


def test_a_broken_policy_is_unknown(aws: Any) -> None:
    assert one(aws, PolicyDocument="{").open_policy.reason is Reason.MALFORMED


def test_types_without_policy_or_service(aws: Any) -> None:
    balancer = one(aws, VpcEndpointType="GatewayLoadBalancer", PolicyDocument=None)
    assert balancer.open_policy.value is False
    resource = one(aws, VpcEndpointType="Resource", ServiceName=None, PolicyDocument=None)
    assert resource.services.value == frozenset()
    untyped = one(aws, VpcEndpointType=None, ServiceName=None)
    assert untyped.services.reason is Reason.ABSENT
    assert untyped.open_policy.reason is Reason.ABSENT


def test_a_failed_second_page_keeps_the_first_and_leaves_a_gap(aws: Any) -> None:
    aws.answer(DESCRIBE_VPC_ENDPOINTS, {"VpcEndpoints": [entry()], "NextToken": "t"})
    aws.refuse(DESCRIBE_VPC_ENDPOINTS, "UnauthorizedOperation", 403, NextToken="t")
    done = aws.collected(COLLECTORS)
    assert len(done.inventory.resources) == 1
    assert [g.why.reason for g in done.inventory.gaps] == [Reason.DENIED]
    assert done.inventory.listings == ()
