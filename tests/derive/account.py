"""An account in a few lines, as the rules about access see it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from auditor.derive import DeriveSettings, derive
from auditor.derive.access import RULES
from auditor.model.facts import Fact, Known, Reason, Unknown
from auditor.model.inventory import Gap, Inventory, Listing
from auditor.model.resources import KINDS, AccountSettings, Endpoint, Identity, Kind, Resource
from auditor.model.scope import GLOBAL, Account, Provider

AWS = Account(Provider.AWS, "111111111111")
IAM = f"arn:aws:iam::{AWS.id}"
ENDPOINT = f"arn:aws:sagemaker:us-east-1:{AWS.id}:endpoint/scoring"
CLOSED = Unknown(Reason.DENIED, "organizations:ListPoliciesForTarget", ("denied",), ("organizations:DescribePolicy",))
OPEN: Fact[Any] = Known({"SERVICE_CONTROL_POLICY": (), "RESOURCE_CONTROL_POLICY": ()}, {}, ("organization",))


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: str, resource: str = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def trusts(**principal: Any) -> str:
    return document({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"})


INVOKES = document(allow("sagemaker:InvokeEndpoint"))
SAML = trusts(Federated=f"{IAM}:saml-provider/corp")
PROGRAM = trusts(Service="ecs-tasks.amazonaws.com")
PARTNER = trusts(AWS="arn:aws:iam::222222222222:root")

PERSON: dict[str, Any] = {"person": Known(True, {}, ("report",))}


def identity(name: str, *texts: str, trust: str | None = PROGRAM, **facts: Any) -> Identity:
    policies = {"inline": {f"p{n}": text for n, text in enumerate(texts)}, "managed": (), "groups": ()}
    given: dict[str, Any] = {
        "policies": Known(policies, {}, ("details",)),
        "trust_document": Known(trust if name.startswith("role/") else None, {}, ("details",)),
        "permissions_boundary": Known(None),
        "tags": Known({}),
        "person": Known(False, {}, ("report",)),
        **facts,
    }
    type_ = "AWS::IAM::Role" if name.startswith("role/") else "AWS::IAM::User"
    arn = f"{IAM}:{name}"
    return Identity(id=arn, name=name, account=AWS, location=GLOBAL, native_type=type_, **given)


def settings(organization: Fact[Any] = OPEN) -> AccountSettings:
    return AccountSettings(
        id=f"{IAM}:root",
        name="account",
        account=AWS,
        location=GLOBAL,
        native_type="x",
        managed_policies=Known({}),
        group_policies=Known({}),
        management_account=Known(False),
        organization_policies=organization,
    )


def inventory(*resources: Resource, gaps: Iterable[Kind] = ()) -> Inventory:
    listings = tuple(Listing(k, AWS, GLOBAL, "test", (f"list-{k.kind()}",)) for k in KINDS if k not in set(gaps))
    why = Unknown(Reason.DENIED, "x:List", ("denied",), ("x:List",))
    return Inventory((AWS,), resources, listings, tuple(Gap(k, AWS, GLOBAL, "test", why) for k in gaps))


def endpoint(**given: Any) -> Endpoint:
    facts: dict[str, Any] = {"policy_document": Known(None, {}, ("endpoint-policy",)), **given}
    return Endpoint(id=ENDPOINT, name="scoring", account=AWS, location="us-east-1", native_type="x", **facts)


def derived(*resources: Resource, gaps: Iterable[Kind] = ()) -> dict[str, Any]:
    """Every resource by id, after the rules about access."""
    return {r.id: r for r in derive(inventory(*resources, gaps=gaps), RULES, DeriveSettings()).resources}


def shown(fact: Fact[Any]) -> Any:
    return fact.value if isinstance(fact, Known) else fact.reason
