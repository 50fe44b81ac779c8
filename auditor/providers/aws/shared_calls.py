"""Calls that more than one collector makes, declared once."""

from __future__ import annotations

from auditor.model.scope import Provider
from auditor.wire.calls import Call


def aws_call(service: str, operation: str, permission: str = "", **more: object) -> Call:
    """Declare an AWS call; the permission is ``service:Operation`` unless it is named otherwise."""
    permissions = (permission or f"{service}:{operation}",)
    return Call(provider=Provider.AWS, service=service, operation=operation, permissions=permissions, **more)  # type: ignore[arg-type]


DESCRIBE_REGIONS = aws_call("ec2", "DescribeRegions", items="Regions")
