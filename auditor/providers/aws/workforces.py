"""SageMaker private workforces."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown, native
from auditor.model.resources import Workforce
from auditor.model.scope import Provider
from auditor.providers.aws.gates import SAGEMAKER
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Collector, Reach

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

LIST_WORKFORCES = aws_call("sagemaker", "ListWorkforces", items="Workforces")

_RANGES = "SourceIpConfig.Cidrs"


def _find(session: AwsSession, location: str) -> Iterator[Workforce]:
    for workforce in session.items(LIST_WORKFORCES, location):
        yield Workforce(
            id=workforce["WorkforceArn"],
            name=workforce["WorkforceName"],
            account=session.account,
            location=location,
            native_type="AWS::SageMaker::Workforce",
            open_sources=_open_sources(workforce),
        )


def _open_sources(workforce: Mapping[str, Any]) -> Fact[bool]:
    """ "By default, a workforce isn't restricted to specific IP addresses" (API reference, Workforce.SourceIpConfig).

    The portal of a workforce in a VPC takes no source ranges; who can reach it depends on its VPC endpoint.
    """
    ranges = native(workforce, _RANGES, default=())
    if ranges.value:
        return _everywhere(ranges)
    if workforce.get("WorkforceVpcConfig"):
        return Unknown(Reason.NOT_BUILT, "portals in a VPC")
    return ranges.map(lambda _: True)


def _everywhere(ranges: Fact[Sequence[str]]) -> Fact[bool]:
    """Whether the ranges together hold every address, of IPv4 or of IPv6."""
    try:
        networks = [ipaddress.ip_network(text, strict=False) for text in ranges.value]
    except ValueError:
        return Unknown(Reason.MALFORMED, _RANGES)
    v4 = [n for n in networks if isinstance(n, ipaddress.IPv4Network)]
    v6 = [n for n in networks if isinstance(n, ipaddress.IPv6Network)]
    all_of_v4 = any(n.prefixlen == 0 for n in ipaddress.collapse_addresses(v4))
    all_of_v6 = any(n.prefixlen == 0 for n in ipaddress.collapse_addresses(v6))
    return Known(all_of_v4 or all_of_v6, {_RANGES: list(ranges.value)})


COLLECTORS: tuple[Collector[Workforce, AwsSession], ...] = (
    Collector(
        name="aws.workforces.sagemaker",
        provider=Provider.AWS,
        kind=Workforce,
        reach=Reach.LOCATION,
        service="sagemaker",
        find_calls=(LIST_WORKFORCES,),
        find=_find,
        find_facts=("open_sources",),
        gate=SAGEMAKER,
    ),
)
