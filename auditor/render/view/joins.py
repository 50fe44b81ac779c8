"""Relations that no fact holds as a reference, and that follow from names the provider documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from auditor.model.scope import Provider

Json = Mapping[str, Any]
Join = tuple[int, int, str]
"""Positions of two resources, and what joins the first to the second."""

LOG_GROUPS = {"Endpoint": "/aws/sagemaker/Endpoints/{name}", "Function": "/aws/lambda/{name}"}
"""Where services of AWS write, whatever is configured.
https://docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html"""


def joins(resources: Sequence[Json]) -> Iterator[Join]:
    """What stands in a network, by its subnets; what logs to a group of its own name."""
    yield from _networks(resources)
    yield from _logs(resources)


def _networks(resources: Sequence[Json]) -> Iterator[Join]:
    network_of = {
        (*_account(resource), subnet): position
        for position, resource in enumerate(resources)
        if resource["kind"] == "Network"
        for subnet in _subnets(resource)
    }
    for position, resource in enumerate(resources):
        if resource["kind"] != "Network":
            found = {network_of.get((*_account(resource), subnet)) for subnet in _subnets(resource)}
            yield from ((position, network, "subnets") for network in sorted(n for n in found if n is not None))


def _logs(resources: Sequence[Json]) -> Iterator[Join]:
    group_at = {
        (*_account(resource), resource["scope"]["location"], resource["id"].partition(":log-group:")[2]): position
        for position, resource in enumerate(resources)
        if resource["kind"] == "LogStore" and resource["scope"]["provider"] == Provider.AWS
    }
    for position, resource in enumerate(resources):
        if (pattern := LOG_GROUPS.get(resource["kind"])) is not None:
            name = pattern.format(name=resource["name"])
            if (group := group_at.get((*_account(resource), resource["scope"]["location"], name))) is not None:
                yield position, group, "logs"


def _account(resource: Json) -> tuple[str, str]:
    return resource["scope"]["provider"], resource["scope"]["account"]


def _subnets(resource: Json) -> Iterable[str]:
    """Known ones, as their ids."""
    found = resource["facts"].get("subnets", {}).get("value")
    return [s for s in found if isinstance(s, str)] if isinstance(found, list) else []
