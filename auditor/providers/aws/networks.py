"""VPCs: their flow logs, and what leads into and out of their subnets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, all_true, any_true, native
from auditor.model.resources import Network
from auditor.model.scope import Provider
from auditor.providers.aws.gates import AI
from auditor.providers.aws.network_rules import internet_subnets, leads_to_other_networks, open_acl_subnets, those
from auditor.providers.aws.security_groups import (
    DESCRIBE_SECURITY_GROUPS,
    GET_PREFIX_LIST,
    lets_anyone_in,
    lets_everything_out,
)
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Collector, Detail, Reach
from auditor.wire.calls import Call

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

DESCRIBE_VPCS = aws_call("ec2", "DescribeVpcs", items="Vpcs", per_second=20)
DESCRIBE_SUBNETS = aws_call("ec2", "DescribeSubnets", items="Subnets", per_second=20)
DESCRIBE_FLOW_LOGS = aws_call("ec2", "DescribeFlowLogs", items="FlowLogs", per_second=20)
DESCRIBE_ROUTE_TABLES = aws_call("ec2", "DescribeRouteTables", items="RouteTables", per_second=20)
DESCRIBE_NETWORK_ACLS = aws_call("ec2", "DescribeNetworkAcls", items="NetworkAcls", per_second=20)

_ACTIVE = {"ACTIVE": True}
_DELIVERED = {"SUCCESS": True, "FAILED": False}
_EVERYTHING = {"ALL": True, "ACCEPT": False, "REJECT": False}


def _find(session: AwsSession, location: str) -> Iterator[Network]:
    """A VPC that another account shares with this one is that account's network and is listed there."""
    account = session.account
    for vpc in session.items(DESCRIBE_VPCS, location):
        if vpc.get("OwnerId", account.id) != account.id:
            continue
        name = vpc["VpcId"]
        yield Network(
            id=f"arn:{session.partition}:ec2:{location}:{account.id}:vpc/{name}",
            name=name,
            account=account,
            location=location,
            native_type="AWS::EC2::VPC",
            aliases=frozenset({name}),
        )


_Facts = Mapping[str, Mapping[str, Fact[Any]]]


def _by_vpc(session: AwsSession, call: Call, location: str) -> Mapping[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for thing in session.items(call, location):
        found[thing["VpcId"]].append(thing)
    return found


def _subnets(session: AwsSession, location: str) -> Mapping[str, list[str]]:
    """The ids of the subnets by their VPC. Subnets that other accounts share lie in VPCs that are not ours."""
    found = _by_vpc(session, DESCRIBE_SUBNETS, location)
    return defaultdict(list, {vpc: sorted(subnet["SubnetId"] for subnet in some) for vpc, some in found.items()})


def _read_subnets(session: AwsSession, location: str, networks: Sequence[Network]) -> _Facts:
    subnets = _subnets(session, location)
    return {n.id: {"subnets": Known(tuple(subnets[n.name]), {"SubnetId": subnets[n.name]})} for n in networks}


def _read_routes(session: AwsSession, location: str, networks: Sequence[Network]) -> _Facts:
    subnets, tables = _subnets(session, location), _by_vpc(session, DESCRIBE_ROUTE_TABLES, location)
    return {
        n.id: {
            "internet_subnets": internet_subnets(subnets[n.name], tables[n.name]),
            "connected": leads_to_other_networks(tables[n.name]),
        }
        for n in networks
    }


def _read_acls(session: AwsSession, location: str, networks: Sequence[Network]) -> _Facts:
    subnets, acls = _subnets(session, location), _by_vpc(session, DESCRIBE_NETWORK_ACLS, location)
    return {n.id: {"open_acl_subnets": open_acl_subnets(subnets[n.name], acls[n.name])} for n in networks}


def _read_groups(session: AwsSession, location: str, networks: Sequence[Network]) -> _Facts:
    groups = _by_vpc(session, DESCRIBE_SECURITY_GROUPS, location)

    def which(network: Network, test: Callable[[AwsSession, str, Mapping[str, Any]], Fact[bool]]) -> Fact[Any]:
        return those({group["GroupId"]: test(session, location, group) for group in groups[network.name]})

    return {
        n.id: {
            "open_inbound_groups": which(n, lets_anyone_in),
            "open_outbound_groups": which(n, lets_everything_out),
        }
        for n in networks
    }


def _flow_logs(session: AwsSession, location: str, networks: Sequence[Network]) -> _Facts:
    """Recorded on the VPC, or on every one of its subnets. Logs of single interfaces count for neither."""
    logs: dict[str, list[Mapping[str, Any]]] = {}
    for log in session.items(DESCRIBE_FLOW_LOGS, location):
        logs.setdefault(log.get("ResourceId", ""), []).append(log)
    subnets = _subnets(session, location)
    facts: dict[str, Mapping[str, Fact[Any]]] = {}
    for network in networks:
        within = subnets[network.name]
        by_subnet = [_recorded(logs.get(subnet, ())) for subnet in within]
        ways = [_recorded(logs.get(network.name, ()))]
        if by_subnet:
            ways.append(all_true(by_subnet))
        answer = any_true(ways)
        if isinstance(answer, Known) and not answer.value:
            answer = Known(
                False, {"FlowLogs": [_brief(log) for name in (network.name, *within) for log in logs.get(name, ())]}
            )
        facts[network.id] = {"flow_logs": answer}
    return facts


def _recorded(logs: Iterable[Mapping[str, Any]]) -> Fact[bool]:
    return any_true(
        all_true(
            (
                native(log, "FlowLogStatus").map(_ACTIVE),
                native(log, "TrafficType").map(_EVERYTHING),
                native(log, "DeliverLogsStatus").map(_DELIVERED),
            )
        )
        for log in logs
    )


def _brief(log: Mapping[str, Any]) -> dict[str, Any]:
    return {name: log.get(name) for name in ("ResourceId", "FlowLogStatus", "TrafficType", "DeliverLogsStatus")}


COLLECTORS: tuple[Collector[Network, AwsSession], ...] = (
    Collector(
        name="aws.networks",
        provider=Provider.AWS,
        kind=Network,
        reach=Reach.LOCATION,
        service="ec2",
        find_calls=(DESCRIBE_VPCS,),
        find=_find,
        gate=AI,
        details=(
            Detail(calls=(DESCRIBE_SUBNETS, DESCRIBE_FLOW_LOGS), facts=("flow_logs",), read_all=_flow_logs),
            Detail(calls=(DESCRIBE_SUBNETS,), facts=("subnets",), read_all=_read_subnets),
            Detail(
                calls=(DESCRIBE_SUBNETS, DESCRIBE_ROUTE_TABLES),
                facts=("internet_subnets", "connected"),
                read_all=_read_routes,
            ),
            Detail(calls=(DESCRIBE_SUBNETS, DESCRIBE_NETWORK_ACLS), facts=("open_acl_subnets",), read_all=_read_acls),
            Detail(
                calls=(DESCRIBE_SECURITY_GROUPS, GET_PREFIX_LIST),
                facts=("open_inbound_groups", "open_outbound_groups"),
                read_all=_read_groups,
            ),
        ),
    ),
)
