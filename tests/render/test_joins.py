"""Networks and log groups of a resource, where the provider's names say which they are."""

from __future__ import annotations

from typing import Any

from auditor.render.view.joins import joins


def resource(kind: str, name: str, /, account: str = "1", location: str = "r", **facts: Any) -> dict[str, Any]:
    known = {n: {"unknown": "denied", "detail": ""} if v is None else {"value": v} for n, v in facts.items()}
    scope = {"provider": "aws", "account": account, "location": location}
    return {"kind": kind, "name": name, "id": f"arn:{name}", "scope": scope, "facts": known}


def test_a_workload_is_joined_to_the_networks_of_its_subnets() -> None:
    estate = [
        resource("Network", "vpc-1", subnets=["s1", "s2"]),
        resource("Network", "vpc-2", subnets=["s3"]),
        resource("Network", "other account", account="2", subnets=["s1"]),
        resource("Network", "unread", subnets=None),
        resource("Model", "m", subnets=["s2", "s1", "s3"]),
        resource("Model", "elsewhere", subnets=["s9", None]),
        resource("Model", "unread", subnets=None),
        resource("Model", "none"),
    ]
    assert list(joins(estate)) == [(4, 0, "subnets"), (4, 1, "subnets")]


def test_a_log_group_of_its_own_name_in_its_own_place() -> None:
    group = "log-group:/aws/sagemaker/Endpoints/fraud"
    estate = [
        resource("LogStore", group),
        resource("Endpoint", "fraud"),
        resource("Endpoint", "fraud", location="elsewhere"),
        resource("Endpoint", "fraud", account="2"),
        resource("Endpoint", "fraud-2"),
        resource("Function", "fraud"),
        resource("LogStore", "log-group:/aws/lambda/fraud"),
    ]
    assert list(joins(estate)) == [(1, 0, "logs"), (5, 6, "logs")]
