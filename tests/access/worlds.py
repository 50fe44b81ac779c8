"""Small accounts, written down in a line each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from auditor.access.engine.answer import Layer
from auditor.access.engine.evaluate import Levels, Read
from auditor.access.engine.policies import Policy, compile_policy
from auditor.access.world import Actor, Target, World

A, B = "111111111111", "222222222222"
ADMIN_POLICY = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def policy(*statements: dict[str, Any], layer: Layer = Layer.IDENTITY, name: str = "p") -> Policy:
    return compile_policy({"Version": "2012-10-17", "Statement": list(statements)}, layer, name)


def trust(principal: Any, **more: Any) -> Policy:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more}
    return policy(statement, layer=Layer.RESOURCE, name="trust")


NOBODY = trust({"Service": "nobody.amazonaws.com"})


def role(name: str, *statements: dict[str, Any], trusts: Policy | None = NOBODY, **more: Any) -> Actor:
    own = Read((policy(*statements),)) if statements else Read()
    return Actor(**{"arn": f"arn:aws:iam::{A}:role/{name}", "identity": own, "trust": trusts, **more})


def user(name: str, *statements: dict[str, Any], **more: Any) -> Actor:
    own = Read((policy(*statements),)) if statements else Read()
    return Actor(**{"arn": f"arn:aws:iam::{A}:user/{name}", "identity": own, **more})


def group(name: str, *statements: dict[str, Any]) -> Actor:
    return Actor(arn=f"arn:aws:iam::{A}:group/{name}", identity=Read((policy(*statements),)))


def scp(*statements: dict[str, Any]) -> Levels:
    return Levels(((policy(*statements, layer=Layer.SCP, name="scp"),),))


def world(*actors: Actor, targets: Sequence[Target] = (), **more: Any) -> World:
    return World(
        **{"account": A, "actors": actors, "targets": tuple(targets), "scps": Levels(), "rcps": Levels(), **more}
    )
