"""Part I of the table: networks of AI workloads, and the private ways out of them."""

from docs.coverage import Row

ROWS: tuple[Row, ...] = (
    Row(
        id="I01",
        title="Interface endpoints for the APIs that AI workloads of a VPC call",
        calls=("ec2:DescribeVpcEndpoints",),
        paths=(".VpcEndpoints[].ServiceName", ".VpcEndpoints[].State", ".VpcEndpoints[].VpcId"),
        practice="NET-2.4",
        checks=("network_ai_private_paths", "ai_service_private_endpoint"),
    ),
    Row(
        id="I02",
        title="A way to S3 inside VPCs of AI workloads",
        calls=("ec2:DescribeVpcEndpoints", "ec2:DescribeRouteTables"),
        paths=(
            ".VpcEndpoints[].VpcEndpointType",
            ".VpcEndpoints[].ServiceName",
            ".VpcEndpoints[].RouteTableIds[]",
            ".RouteTables[].Routes[].TransitGatewayId",
        ),
        practice="NET-2.4",
        checks=("network_ai_private_paths",),
    ),
    Row(
        id="I03",
        title="Policies of VPC endpoints do not allow everything to everybody",
        calls=("ec2:DescribeVpcEndpoints",),
        paths=(".VpcEndpoints[].PolicyDocument",),
        practice="NET-3.3",
        checks=("private_endpoint_policy_restricted",),
    ),
    Row(
        id="I05",
        title="Subnets of AI workloads have no route to an internet gateway",
        calls=("ec2:DescribeRouteTables", "ec2:DescribeSubnets"),
        paths=(
            ".RouteTables[].Routes[].GatewayId",
            ".RouteTables[].Routes[].State",
            ".RouteTables[].Associations[].SubnetId",
            ".RouteTables[].Associations[].Main",
        ),
        practice="NET-3.2",
        checks=("network_ai_off_internet",),
    ),
    Row(
        id="I06",
        title="Security groups on AI workloads let in no address from everywhere",
        calls=("ec2:DescribeSecurityGroups", "ec2:GetManagedPrefixListEntries"),
        paths=(
            ".SecurityGroups[].IpPermissions[].IpRanges[].CidrIp",
            ".SecurityGroups[].IpPermissions[].Ipv6Ranges[].CidrIpv6",
            ".SecurityGroups[].IpPermissions[].PrefixListIds[].PrefixListId",
            ".Entries[].Cidr",
        ),
        practice="NET-1.2",
        checks=("network_ai_closed_inbound", "notebook_no_open_inbound"),
    ),
    Row(
        id="I07",
        title="Security groups on AI workloads limit what goes out",
        calls=("ec2:DescribeSecurityGroups", "ec2:GetManagedPrefixListEntries"),
        paths=(
            ".SecurityGroups[].IpPermissionsEgress[].IpProtocol",
            ".SecurityGroups[].IpPermissionsEgress[].IpRanges[].CidrIp",
            ".SecurityGroups[].IpPermissionsEgress[].Ipv6Ranges[].CidrIpv6",
            ".Entries[].Cidr",
        ),
        practice="NET-3.2",
        checks=("network_ai_limited_egress",),
    ),
    Row(
        id="I08",
        title="Flow logs record all traffic of VPCs",
        calls=("ec2:DescribeFlowLogs", "ec2:DescribeSubnets"),
        paths=(
            ".FlowLogs[].ResourceId",
            ".FlowLogs[].FlowLogStatus",
            ".FlowLogs[].TrafficType",
            ".FlowLogs[].DeliverLogsStatus",
        ),
        practice="NET-2.5",
        checks=("network_flow_logs",),
    ),
    Row(
        id="I09",
        title="Network ACLs of AI subnets filter, and classes of work do not share subnets",
        calls=("ec2:DescribeNetworkAcls", "ec2:DescribeSubnets"),
        paths=(
            ".NetworkAcls[].Entries[].RuleAction",
            ".NetworkAcls[].Entries[].Protocol",
            ".NetworkAcls[].Entries[].CidrBlock",
            ".NetworkAcls[].Associations[].SubnetId",
        ),
        practice="NET-4.1",
        checks=("network_ai_acl_filters", "network_ai_segmented"),
    ),
)
