from __future__ import annotations

from typing import Any

import pytest

from auditor.model.facts import Reason
from auditor.providers.aws.networks import (
    COLLECTORS,
    DESCRIBE_FLOW_LOGS,
    DESCRIBE_NETWORK_ACLS,
    DESCRIBE_ROUTE_TABLES,
    DESCRIBE_SUBNETS,
    DESCRIBE_VPCS,
)
from auditor.providers.aws.security_groups import DESCRIBE_SECURITY_GROUPS, GET_PREFIX_LIST

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


def network(aws: Any, subnets: list[dict[str, str]] = SUBNETS) -> Any:
    aws.answer(DESCRIBE_VPCS, {"Vpcs": [{"VpcId": "vpc-1", "OwnerId": "123456789012"}]})
    aws.answer(DESCRIBE_SUBNETS, {"Subnets": subnets})
    (found,) = aws.collect(COLLECTORS)
    return found


def seen(fact: Any) -> Any:
    return getattr(fact, "reason", None) or fact.value


def test_every_fact_of_a_vpc_in_moto(aws: Any) -> None:
    ec2 = aws.boto("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    inner, outer = (ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24")["Subnet"]["SubnetId"] for n in (1, 2))
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    ec2.associate_route_table(RouteTableId=table, SubnetId=outer)
    group = ec2.create_security_group(GroupName="g", Description="d", VpcId=vpc)["GroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    found = next(n for n in aws.collect(COLLECTORS) if n.name == vpc)
    assert found.subnets.value == tuple(sorted((inner, outer)))
    assert found.internet_subnets.value == (outer,)
    assert found.connected.value is False
    assert found.open_acl_subnets.value == found.subnets.value
    assert found.open_inbound_groups.value == (group,)
    assert group in found.open_outbound_groups.value
    (collector,) = COLLECTORS
    assert all(getattr(found, name).calls for name in collector.facts())
    asked = [e.operation for e in aws.ledger.exchanges()]
    assert len(asked) == len(set(asked)), "one request of each kind for all networks of a region"


MAIN = {"Main": True}
OUT = {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"}


def tables(aws: Any, *found: tuple[list[dict[str, Any]], list[dict[str, Any]]], vpc: str = "vpc-1") -> Any:
    bodies = [
        {"RouteTableId": f"rtb-{n}", "VpcId": vpc, "Associations": places, "Routes": routes}
        for n, (places, routes) in enumerate(found)
    ]
    aws.answer(DESCRIBE_ROUTE_TABLES, {"RouteTables": bodies})
    return network(aws)


@pytest.mark.parametrize(
    ("main", "own", "public"),
    [
        ([], [], ()),
        ([OUT], [], ("subnet-2",)),
        ([], [OUT], ("subnet-1",)),
        ([OUT], [OUT], ("subnet-1", "subnet-2")),
        ([], [{**OUT, "State": "blackhole"}], ()),
        ([], [{"DestinationIpv6CidrBlock": "::/0", "GatewayId": "igw-1", "State": "active"}], ("subnet-1",)),
        ([], [{"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1", "State": "active"}], ()),
        ([], [{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"}], ()),
        ([], [{**OUT, "State": "Unheard"}], Reason.UNRECOGNISED),
    ],
)
def test_subnets_with_a_way_to_the_internet(
    aws: Any, main: list[dict[str, Any]], own: list[dict[str, Any]], public: object
) -> None:
    found = tables(aws, ([MAIN], main), ([{"SubnetId": "subnet-1"}], own))
    assert seen(found.internet_subnets) == public


def test_a_subnet_without_a_known_route_table_is_unknown(aws: Any) -> None:
    found = tables(aws, ([{"SubnetId": "subnet-1"}], []))
    assert seen(found.internet_subnets) is Reason.ABSENT
    assert seen(tables(aws, ([MAIN], []), vpc="vpc-2").internet_subnets) is Reason.ABSENT


@pytest.mark.parametrize(
    ("route", "connected"),
    [
        ({"TransitGatewayId": "tgw-1", "State": "active"}, True),
        ({"VpcPeeringConnectionId": "pcx-1", "State": "active"}, True),
        ({"VpcPeeringConnectionId": "pcx-1", "State": "blackhole"}, False),
        ({"GatewayId": "vgw-1", "State": "active"}, True),
        ({"GatewayId": "vpce-1", "State": "active"}, False),
    ],
)
def test_connected_networks(aws: Any, route: dict[str, Any], connected: bool) -> None:
    found = tables(aws, ([MAIN], [{"DestinationCidrBlock": "10.9.0.0/16", **route}]))
    assert found.connected.value is connected


def entry(number: int, action: str = "allow", protocol: str = "-1", **more: Any) -> dict[str, Any]:
    body = {"RuleNumber": number, "RuleAction": action, "Protocol": protocol, "Egress": False, **more}
    return body if "Ipv6CidrBlock" in body else {"CidrBlock": "0.0.0.0/0", **body}


LAST = entry(32767, "deny")


@pytest.mark.parametrize(
    ("entries", "unfiltered"),
    [
        ([LAST], ()),
        ([entry(100), LAST], ("subnet-1",)),
        ([entry(100, Egress=True), LAST], ()),
        ([entry(100, protocol="6", PortRange={"From": 443, "To": 443}), LAST], ()),
        ([entry(100, CidrBlock="10.0.0.0/8"), LAST], ()),
        ([entry(90, "deny", CidrBlock="203.0.113.0/24"), entry(100), LAST], ()),
        ([entry(110, "deny", CidrBlock="203.0.113.0/24"), entry(100), LAST], ("subnet-1",)),
        ([LAST, entry(101, Ipv6CidrBlock="::/0")], ("subnet-1",)),
        ([entry(100, "Unheard"), LAST], Reason.UNRECOGNISED),
    ],
)
def test_network_acls(aws: Any, entries: list[dict[str, Any]], unfiltered: object) -> None:
    acl = {"NetworkAclId": "acl-1", "VpcId": "vpc-1", "Associations": [{"SubnetId": "subnet-1"}], "Entries": entries}
    aws.answer(DESCRIBE_NETWORK_ACLS, {"NetworkAcls": [acl]})
    found = network(aws, [{"SubnetId": "subnet-1", "VpcId": "vpc-1"}])
    assert seen(found.open_acl_subnets) == unfiltered


def test_a_subnet_without_a_known_acl_is_unknown(aws: Any) -> None:
    aws.answer(DESCRIBE_NETWORK_ACLS, {"NetworkAcls": []})
    assert seen(network(aws).open_acl_subnets) is Reason.ABSENT


WORLD = [{"CidrIp": "0.0.0.0/0"}]


def grouped(aws: Any, inbound: list[dict[str, Any]], outbound: list[dict[str, Any]]) -> Any:
    group = {"GroupId": "sg-1", "VpcId": "vpc-1", "IpPermissions": inbound, "IpPermissionsEgress": outbound}
    aws.answer(DESCRIBE_SECURITY_GROUPS, {"SecurityGroups": [group, {**group, "GroupId": "sg-2", "VpcId": "vpc-2"}]})
    return network(aws)


@pytest.mark.parametrize(
    ("rule", "inbound", "outbound"),
    [
        ({"IpProtocol": "-1", "IpRanges": WORLD}, ("sg-1",), ("sg-1",)),
        ({"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": WORLD}, ("sg-1",), ()),
        ({"IpProtocol": "tcp", "FromPort": 0, "ToPort": 65535, "IpRanges": WORLD}, ("sg-1",), ("sg-1",)),
        ({"IpProtocol": "-1", "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}, ("sg-1",), ("sg-1",)),
        ({"IpProtocol": "-1", "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}, (), ()),
        ({"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": "sg-1"}]}, (), ()),
        ({"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1, "IpRanges": WORLD}, ("sg-1",), ()),
    ],
)
def test_security_groups(aws: Any, rule: dict[str, Any], inbound: object, outbound: object) -> None:
    assert grouped(aws, [rule], []).open_inbound_groups.value == inbound
    assert grouped(aws, [], [rule]).open_outbound_groups.value == outbound


@pytest.mark.parametrize(("protocol", "outbound"), [("50", ()), ("unheard", Reason.UNRECOGNISED)])
def test_protocols_without_ports(aws: Any, protocol: str, outbound: object) -> None:
    found = grouped(aws, [], [{"IpProtocol": protocol, "IpRanges": WORLD}])
    assert seen(found.open_outbound_groups) == outbound


@pytest.mark.parametrize(("cidr", "opened"), [("198.51.100.0/24", ()), ("0.0.0.0/0", ("sg-1",))])
def test_prefix_lists_are_read(aws: Any, cidr: str, opened: object) -> None:
    aws.answer(GET_PREFIX_LIST, {"Entries": [{"Cidr": cidr}]}, PrefixListId="pl-1")
    found = grouped(aws, [{"IpProtocol": "-1", "PrefixListIds": [{"PrefixListId": "pl-1"}]}], [])
    assert found.open_inbound_groups.value == opened


@pytest.mark.parametrize(
    ("call", "facts"),
    [
        (DESCRIBE_ROUTE_TABLES, ("internet_subnets", "connected")),
        (DESCRIBE_NETWORK_ACLS, ("open_acl_subnets",)),
        (DESCRIBE_SECURITY_GROUPS, ("open_inbound_groups", "open_outbound_groups")),
        (GET_PREFIX_LIST, ("open_inbound_groups",)),
    ],
)
def test_a_denied_read_makes_its_facts_unknown_and_no_others(aws: Any, call: Any, facts: tuple[str, ...]) -> None:
    tables(aws, ([MAIN], []))
    place = {"NetworkAclId": "acl-1", "VpcId": "vpc-1", "Entries": [LAST]}
    places = [{"SubnetId": subnet["SubnetId"]} for subnet in SUBNETS]
    aws.answer(DESCRIBE_NETWORK_ACLS, {"NetworkAcls": [{**place, "Associations": places}]})
    aws.answer(GET_PREFIX_LIST, {"Entries": []})
    aws.refuse(call, "UnauthorizedOperation", 403)
    listed = [{"IpProtocol": "-1", "PrefixListIds": [{"PrefixListId": "pl-1"}]}]
    found = network(aws) if call is DESCRIBE_SECURITY_GROUPS else grouped(aws, listed, [])
    (collector,) = COLLECTORS
    for name in collector.facts() - {"flow_logs"}:
        fact = getattr(found, name)
        assert (seen(fact) is Reason.DENIED) == (name in facts), name
        if name in facts:
            assert fact.permissions == call.permissions
