"""VPCs and their flow logs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, all_true, any_true, native
from auditor.model.resources import Network
from auditor.model.scope import Provider
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Collector, Detail, Reach

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

DESCRIBE_VPCS = aws_call("ec2", "DescribeVpcs", items="Vpcs", per_second=20)
DESCRIBE_SUBNETS = aws_call("ec2", "DescribeSubnets", items="Subnets", per_second=20)
DESCRIBE_FLOW_LOGS = aws_call("ec2", "DescribeFlowLogs", items="FlowLogs", per_second=20)

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


def _flow_logs(
    session: AwsSession, location: str, networks: Sequence[Network]
) -> Mapping[str, Mapping[str, Fact[Any]]]:
    """Recorded on the VPC, or on every one of its subnets. Logs of single interfaces count for neither."""
    logs: dict[str, list[Mapping[str, Any]]] = {}
    for log in session.items(DESCRIBE_FLOW_LOGS, location):
        logs.setdefault(log.get("ResourceId", ""), []).append(log)
    subnets: dict[str, list[str]] = {}
    for subnet in session.items(DESCRIBE_SUBNETS, location):
        subnets.setdefault(subnet["VpcId"], []).append(subnet["SubnetId"])
    facts: dict[str, Mapping[str, Fact[Any]]] = {}
    for network in networks:
        within = sorted(subnets.get(network.name, ()))
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
        details=(Detail(calls=(DESCRIBE_SUBNETS, DESCRIBE_FLOW_LOGS), facts=("flow_logs",), read_all=_flow_logs),),
    ),
)
