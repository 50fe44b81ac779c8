"""What an audit knows of the context of a request: keys that follow from who asks, for what, and where it is.

Sources: IAM user guide, "AWS global condition context keys"; KMS developer guide, "AWS KMS condition keys". Nothing is
said of keys that differ from one request to the next, such as the network that it comes from.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from auditor.access.engine.principals import Kind, Principal

if TYPE_CHECKING:
    from auditor.access.world import Organization, Target, World

REGION: Final = "aws:requestedregion"
PRINCIPAL_TAG: Final = "aws:principaltag/"
RESOURCE_TAG: Final = "aws:resourcetag/"
_OF_SERVICES: Final = ("aws:SourceAccount", "aws:SourceArn", "aws:SourceOrgID", "aws:SourceOrgPaths")
"""There only if a service calls on behalf of a resource."""
_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-\d+")
_HOME_OF_IAM: Final = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
"""IAM has one endpoint for each partition, and its requests go there."""


def region_of(arn: str) -> str:
    """Empty if the ARN names none, or one that is made up."""
    return region_in("".join(arn.split(":")[3:4]))


def region_in(text: str) -> str:
    """The text if it is the name of a region, otherwise empty."""
    return text if _REGION.fullmatch(text) else ""


def of_caller(caller: Principal, tags: Mapping[str, str] | None, organization: Organization) -> Mapping[str, object]:
    """``organization`` is that of the caller."""
    values: dict[str, object] = {f"aws:PrincipalTag/{name}": value for name, value in (tags or {}).items()}
    if caller.in_iam:
        values.update(dict.fromkeys(_OF_SERVICES))
        values["kms:CallerAccount"] = caller.account
        values.update(_named("aws:Principal", organization))
    elif caller.kind is Kind.ANONYMOUS:
        values.update(dict.fromkeys(_OF_SERVICES))
    return values


def of_resource(target: Target, action: str, resource: str, world: World) -> Mapping[str, object]:
    """``aws:RequestedRegion`` is left open where the caller may choose it. TLS is always for the caller to choose."""
    values: dict[str, object] = {"aws:SecureTransport": "true"}
    for name, value in (target.tags or {}).items():
        values[f"aws:ResourceTag/{name}"] = value
        values[f"{action.partition(':')[0]}:ResourceTag/{name}"] = value
    if target.account == world.account:
        values.update(_named("aws:Resource", world.organization))
    if region := requested_region(action, resource, target, world.partition):
        values["aws:RequestedRegion"] = region
    return values


def requested_region(action: str, resource: str, target: Target | None, partition: str) -> str:
    """Empty if it is not known, or for the caller to choose."""
    if action.lower().startswith("iam:"):
        return _HOME_OF_IAM.get(partition, "")
    return (target.region if target is not None else "") or region_of(resource)


def _named(prefix: str, organization: Organization) -> Mapping[str, object]:
    values: dict[str, object] = {}
    if organization.id != "":
        values[f"{prefix}OrgID"] = organization.id
    if organization.path != "":
        values[f"{prefix}OrgPaths"] = None if organization.path is None else [organization.path]
    return values
