"""VPC endpoints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.access.aws_documents import ANY_RESOURCE, Statement
from auditor.access.aws_pins import CALLER_KEYS
from auditor.access.aws_trust import public
from auditor.model.facts import Fact, Known, Unknown, all_true, native
from auditor.model.resources import PrivateEndpoint
from auditor.model.scope import Provider
from auditor.providers.aws.gates import AI
from auditor.providers.aws.reading import statements_of
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Collector, Reach

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

DESCRIBE_VPC_ENDPOINTS = aws_call("ec2", "DescribeVpcEndpoints", items="VpcEndpoints", per_second=20)

_AVAILABLE = {
    "available": True,
    "deleting": False,
    "expired": False,
    "failed": False,
    "partial": False,
    "pending": False,
    "pendingacceptance": False,
    "rejected": False,
}
_WITHOUT_SERVICE = frozenset({"Resource", "ServiceNetwork", "Tunnel"})
"""Types that lead to a resource or a service network and carry no service name."""
_WITH_POLICY = frozenset({"Interface", "Gateway"})
"""Types that take an endpoint policy."""
_LIMITING_KEYS = CALLER_KEYS | {"aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths"}
"""Condition keys that keep an endpoint to certain callers or to certain owners of resources."""


def _find(session: AwsSession, location: str) -> Iterator[PrivateEndpoint]:
    account = session.account
    for endpoint in session.items(DESCRIBE_VPC_ENDPOINTS, location):
        if str(endpoint.get("State", "")).lower() == "deleted":  # stays in the list for a while
            continue
        name = endpoint["VpcEndpointId"]
        yield PrivateEndpoint(
            id=f"arn:{session.partition}:ec2:{location}:{account.id}:vpc-endpoint/{name}",
            name=name,
            account=account,
            location=location,
            native_type="AWS::EC2::VPCEndpoint",
            aliases=frozenset({name}),
            services=_services(endpoint, location),
            available=_available(endpoint),
            open_policy=_open_policy(endpoint),
            network=native(endpoint, "VpcId"),
            # a gateway endpoint stands in route tables, so EC2 gives it neither subnets nor security groups
            subnets=native(endpoint, "SubnetIds", default=()).map(lambda ids: tuple(sorted(ids))),
            security_groups=native(endpoint, "Groups", default=()).map(
                lambda groups: tuple(sorted(g["GroupId"] for g in groups))
            ),
        )


def _services(endpoint: Mapping[str, Any], location: str) -> Fact[frozenset[str]]:
    if endpoint.get("VpcEndpointType") in _WITHOUT_SERVICE:
        return Known(frozenset(), {"VpcEndpointType": endpoint["VpcEndpointType"]})
    return native(endpoint, "ServiceName").map(lambda name: service_names(name, location))


def service_names(full: str, location: str) -> frozenset[str]:
    """The short name behind ``com.amazonaws.<region>.<service>`` or ``aws.<service>.<region>.<part>``.

    An endpoint of FIPS hosts leads to the service itself too. Other names (services of other regions, of partners and
    of the customer) stay as they are.
    """
    bare = full.removeprefix("cn.")
    prefix, middle = f"com.amazonaws.{location}.", f".{location}."
    if bare.startswith(prefix):
        short = bare.removeprefix(prefix)
    elif bare.startswith("aws.") and middle in bare:
        short = bare.removeprefix("aws.").replace(middle, ".", 1)
    else:
        return frozenset({full})
    return frozenset({short, short.removesuffix("-fips")})


def _available(endpoint: Mapping[str, Any]) -> Fact[bool]:
    """The model writes the states with capitals, the service answers in lower case. A gateway endpoint leads somewhere
    only from the route tables that it stands in; in none, it names none."""
    state = native(endpoint, "State")
    if isinstance(state, Unknown):
        return state
    up: Fact[bool] = Known(str(state.value).lower(), state.native).map(_AVAILABLE)
    if endpoint.get("VpcEndpointType") != "Gateway":
        return up
    return all_true((up, native(endpoint, "RouteTableIds", default=()).map(bool)))


def _open_policy(endpoint: Mapping[str, Any]) -> Fact[bool]:
    """Without a policy of its own an endpoint lets everything through (AWS PrivateLink guide, "Control access to VPC
    endpoints using endpoint policies": the default policy allows full access)."""
    kind = native(endpoint, "VpcEndpointType")
    if isinstance(kind, Unknown):
        return kind
    if kind.value not in _WITH_POLICY:
        return Known(False, kind.native)
    document = native(endpoint, "PolicyDocument", default="")
    if isinstance(document, Unknown) or not document.value:
        return document.map(lambda _: True)
    return statements_of(document.value, "PolicyDocument").map(
        lambda found: any(map(_lets_all, public(found, _LIMITING_KEYS)))
    )


def _lets_all(statement: Statement) -> bool:
    return statement.all_actions() and statement.covers("auditor-probe:Probe", ANY_RESOURCE)


COLLECTORS: tuple[Collector[PrivateEndpoint, AwsSession], ...] = (
    Collector(
        name="aws.private_endpoints",
        provider=Provider.AWS,
        kind=PrivateEndpoint,
        reach=Reach.LOCATION,
        service="ec2",
        find_calls=(DESCRIBE_VPC_ENDPOINTS,),
        find=_find,
        gate=AI,
        find_facts=("services", "available", "open_policy", "network", "subnets", "security_groups"),
    ),
)
