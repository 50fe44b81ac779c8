"""All policies that AWS manages, and what they are asked: each action on AI workloads, on a resource that it is for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from auditor.access.action_sets import SETS, Use, acts
from auditor.access.engine.answer import Layer
from auditor.access.engine.context import Context, context_of
from auditor.access.engine.evaluate import Read, Request
from auditor.access.engine.plain import derived_keys
from auditor.access.engine.policies import Policy, compile_policy
from auditor.access.engine.principals import principal_of

ACCOUNT, REGION = "123456789012", "eu-west-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/app"
KEY_POLICY: Final[Mapping[str, Any]] = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        "Action": "kms:*",
        "Resource": "*",
    },
}
"""Of a KMS key that leaves the decision to the policies of identities."""
_CALLER = principal_of(ROLE)
_BY_KEY = compile_policy(KEY_POLICY, Layer.RESOURCE, "key")
_OPEN = context_of({}, derived=derived_keys(_CALLER, ACCOUNT))
_NAMES = {"s3:bucket": "arn:aws:s3:::models", "s3:object": "arn:aws:s3:::models/weights"}


@cache
def managed() -> Mapping[str, Mapping[str, Any]]:
    """By name: the documents of those that moto ships."""
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    return {name: about["Document"] for name, about in json.loads(aws_managed_policies_data).items()}


def compiled() -> dict[str, Policy]:
    return {name: compile_policy(document, Layer.IDENTITY, name) for name, document in managed().items()}


def questions(use: Use | None = None) -> tuple[tuple[str, str], ...]:
    """Actions with resources: all, or those of one use."""
    found = {pair for each in Use if use in (None, each) for kind in SETS[each] for pair in acts(_arn(kind), each)}
    return tuple(sorted((action, resource.replace("/*", "/x")) for action, resource in found))


def _arn(kind: str) -> str:
    service, _, name = kind.partition(":")
    account = "" if kind == "bedrock:foundation-model" else ACCOUNT
    return _NAMES.get(kind) or f"arn:aws:{service}:{REGION}:{account}:{name}/x"


def request(policy: Policy, action: str, resource: str, context: Context = _OPEN) -> Request:
    """By a role with this one policy, in its own account; what is not named of the context may be anything."""
    return Request(
        caller=_CALLER,
        action=action,
        resource=resource,
        resource_account=ACCOUNT,
        context=context,
        identity=Read((policy,)),
        resource_policy=_BY_KEY if action.startswith("kms:") else None,
    )
