from __future__ import annotations

from typing import Any

import pytest

from auditor.model.facts import Reason
from auditor.providers.aws.networks import COLLECTORS, DESCRIBE_FLOW_LOGS, DESCRIBE_SUBNETS, DESCRIBE_VPCS

SUBNETS = [{"SubnetId": "subnet-1", "VpcId": "vpc-1"}, {"SubnetId": "subnet-2", "VpcId": "vpc-1"}]


def log(resource: str, **more: Any) -> dict[str, Any]:
    status = {"FlowLogStatus": "ACTIVE", "TrafficType": "ALL", "DeliverLogsStatus": "SUCCESS", **more}
    return {"ResourceId": resource, **{k: v for k, v in status.items() if v is not None}}


def flow_logs(aws: Any, *logs: dict[str, Any], subnets: list[dict[str, str]] = SUBNETS) -> Any:
    aws.answer(DESCRIBE_VPCS, {"Vpcs": [{"VpcId": "vpc-1", "OwnerId": "123456789012"}]})
    aws.answer(DESCRIBE_SUBNETS, {"Subnets": subnets})
    aws.answer(DESCRIBE_FLOW_LOGS, {"FlowLogs": list(logs)})
    (network,) = aws.collect(COLLECTORS)
    assert network.id == "arn:aws:ec2:us-east-1:123456789012:vpc/vpc-1"
    assert network.aliases == {"vpc-1"}
    return network.flow_logs


def test_a_vpc_with_flow_logs_in_moto(aws: Any) -> None:
    ec2 = aws.boto("ec2")
    aws.boto("s3").create_bucket(Bucket="flow-logs")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    ec2.create_flow_logs(
        ResourceIds=[vpc],
        ResourceType="VPC",
        TrafficType="ALL",
        LogDestinationType="s3",
        LogDestination="arn:aws:s3:::flow-logs",
    )
    by_name = {network.name: network for network in aws.collect(COLLECTORS)}
    assert by_name.pop(vpc).flow_logs.value is True
    assert [n.flow_logs.value for n in by_name.values()] == [False]


@pytest.mark.parametrize(
    ("logs", "recorded"),
    [
        ([], False),
        ([log("vpc-1")], True),
        ([log("vpc-1", TrafficType="REJECT")], False),
        ([log("vpc-1", DeliverLogsStatus="FAILED")], False),
        ([log("vpc-1", TrafficType="ACCEPT"), log("vpc-1")], True),
        ([log("vpc-2")], False),
        ([log("subnet-1")], False),
        ([log("subnet-1"), log("subnet-2")], True),
        ([log("subnet-1"), log("subnet-2", TrafficType="REJECT")], False),
        ([log("eni-1")], False),
    ],
)
def test_flow_logs(aws: Any, logs: list[dict[str, Any]], recorded: bool) -> None:
    assert flow_logs(aws, *logs).value is recorded


def test_a_vpc_without_subnets_is_not_recorded_by_all_of_them(aws: Any) -> None:
    assert flow_logs(aws, subnets=[]).value is False


def test_what_is_not_recorded_says_what_exists(aws: Any) -> None:
    answer = flow_logs(aws, log("vpc-1", TrafficType="REJECT"))
    assert answer.native["FlowLogs"][0]["TrafficType"] == "REJECT"


def test_unknown_values_stay_unknown(aws: Any) -> None:
    assert flow_logs(aws, log("vpc-1", TrafficType="UnheardOf")).reason is Reason.UNRECOGNISED
    assert flow_logs(aws, log("vpc-1", FlowLogStatus="UnheardOf")).reason is Reason.UNRECOGNISED
    assert flow_logs(aws, log("vpc-1", DeliverLogsStatus=None)).reason is Reason.ABSENT


def test_a_shared_vpc_belongs_to_its_owner(aws: Any) -> None:
    aws.answer(DESCRIBE_VPCS, {"Vpcs": [{"VpcId": "vpc-9", "OwnerId": "999999999999"}]})
    assert aws.collect(COLLECTORS) == ()


def test_denied_flow_logs_leave_the_listing_and_make_the_fact_unknown(aws: Any) -> None:
    aws.refuse(DESCRIBE_FLOW_LOGS, "UnauthorizedOperation", 403)
    (network,) = aws.collect(COLLECTORS)
    assert network.flow_logs.reason is Reason.DENIED
    assert network.flow_logs.permissions == ("ec2:DescribeFlowLogs",)
