"""Who may call an endpoint, and who can become administrator: what a pass and a failure may rest on."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest

from auditor.derive import DeriveSettings, derive
from auditor.derive.access import RULES
from auditor.model.facts import Fact, Known, Reason, Unknown
from auditor.model.inventory import Gap, Inventory, Listing
from auditor.model.resources import KINDS, AccountSettings, Endpoint, Function, Identity, Kind, Ref, Resource
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


def endpoint() -> Endpoint:
    return Endpoint(id=ENDPOINT, name="scoring", account=AWS, location="us-east-1", native_type="x")


def derived(*resources: Resource, gaps: Iterable[Kind] = ()) -> dict[str, Any]:
    listings = tuple(Listing(k, AWS, GLOBAL, "test", (f"list-{k.kind()}",)) for k in KINDS if k not in set(gaps))
    why = Unknown(Reason.DENIED, "x:List", ("denied",), ("x:List",))
    inventory = Inventory((AWS,), resources, listings, tuple(Gap(k, AWS, GLOBAL, "test", why) for k in gaps))
    return {r.id: r for r in derive(inventory, RULES, DeriveSettings()).resources}


def of_endpoint(fact: str, *resources: Resource, organization: Fact[Any] = OPEN, gaps: Iterable[Kind] = ()) -> Any:
    return getattr(derived(endpoint(), settings(organization), *resources, gaps=gaps)[ENDPOINT], fact)


def shown(fact: Fact[Any]) -> Any:
    return fact.value if isinstance(fact, Known) else fact.reason


def test_invokers_are_all_who_are_not_denied_and_cite_what_was_read() -> None:
    found = of_endpoint("invokers", identity("role/a", INVOKES), identity("role/b"))
    assert found.value == {f"{IAM}:role/a": "always"}
    assert {"list-Identity", "organization"} <= set(found.calls)


@pytest.mark.parametrize(
    ("resources", "gaps", "reason"),
    [
        ((identity("role/a", INVOKES),), (Identity,), Reason.DENIED),
        ((identity("role/a", policies=CLOSED),), (), Reason.DENIED),
        ((identity("role/a", "{"),), (), Reason.ABSENT),
    ],
)
def test_who_invokes_is_unknown_where_somebody_may_be_hidden(resources: Any, gaps: Any, reason: Reason) -> None:
    for fact in ("invokers", "invoked_by_people", "invoked_across_accounts"):
        assert shown(of_endpoint(fact, *resources, gaps=gaps)) is reason


TIMED = document(allow("sagemaker:*", Condition={"DateLessThan": {"aws:CurrentTime": "2027-01-01T00:00:00Z"}}))
AT_WORK = document(allow("sagemaker:*", Condition={"StringEquals": {"aws:SourceVpc": "vpc-1"}}))
PERSON: dict[str, Any] = {"person": Known(True, {}, ("report",))}
ISSUER = trusts(Federated=f"{IAM}:oidc-provider/login.corp.example")


@pytest.mark.parametrize(
    ("who", "organization", "expected"),
    [
        (identity("role/a", INVOKES, trust=SAML), OPEN, (f"{IAM}:role/a",)),
        (identity("user/a", INVOKES, **PERSON), OPEN, (f"{IAM}:user/a",)),
        (identity("role/a", AT_WORK, trust=SAML), OPEN, (f"{IAM}:role/a",)),
        (identity("role/a", TIMED, trust=SAML), OPEN, ()),
        (identity("role/a", INVOKES), OPEN, ()),
        (identity("user/a", INVOKES), OPEN, ()),
        (identity("user/a", INVOKES, person=CLOSED), OPEN, Reason.DENIED),
        (identity("role/a", INVOKES, trust=ISSUER), OPEN, Reason.UNRECOGNISED),
        (identity("role/a", INVOKES, trust=SAML), CLOSED, Reason.DENIED),
        (identity("role/a", trust=SAML), CLOSED, ()),
    ],
)
def test_people_fail_it_only_where_nothing_unread_could_stop_them(
    who: Identity, organization: Fact[Any], expected: Any
) -> None:
    assert shown(of_endpoint("invoked_by_people", who, organization=organization)) == expected


@pytest.mark.parametrize(
    ("who", "organization", "expected"),
    [
        (identity("role/a", INVOKES, trust=PARTNER), OPEN, (f"{IAM}:role/a",)),
        (identity("role/a", INVOKES), OPEN, ()),
        (identity("role/a", trust=PARTNER), CLOSED, ()),
        (identity("role/a", INVOKES, trust=PARTNER), CLOSED, Reason.DENIED),
        (identity("role/a", INVOKES, trust="{"), OPEN, Reason.MALFORMED),
        (identity("role/a", INVOKES, trust_document=CLOSED), OPEN, Reason.DENIED),
    ],
)
def test_across_accounts(who: Identity, organization: Fact[Any], expected: Any) -> None:
    found = of_endpoint("invoked_across_accounts", who, organization=organization)
    assert shown(found) == expected
    if expected is Reason.DENIED:
        assert set(found.permissions) <= {"organizations:DescribePolicy"}


ADMIN = identity("role/admin", document(allow("*")), trust=trusts(AWS=f"arn:aws:iam::{AWS.id}:root"))
TAKES_ADMIN = document(allow("sts:AssumeRole", f"{IAM}:role/admin"))


def function(role: str) -> Function:
    arn = f"arn:aws:lambda:us-east-1:{AWS.id}:function:f"
    ref = Ref("Identity", Provider.AWS, AWS.id, f"{IAM}:{role}")
    known: Any = Known((ref,))
    none: Any = Known(None)
    return Function(
        id=arn, name="f", account=AWS, location="us-east-1", native_type="x", identity=known, policy_document=none
    )


@pytest.mark.parametrize(
    ("resources", "organization", "gaps", "expected"),
    [
        ((identity("role/a", document(allow("*"))),), OPEN, (), True),
        ((identity("role/a", TAKES_ADMIN), ADMIN), OPEN, (), True),
        ((identity("role/a", document(allow("lambda:*"))), ADMIN, function("role/admin")), OPEN, (), True),
        ((identity("role/a", INVOKES), ADMIN), OPEN, (), False),
        ((identity("role/a", INVOKES), ADMIN), CLOSED, (), False),
        ((identity("role/a", TAKES_ADMIN), ADMIN), CLOSED, (), Reason.DENIED),
        ((identity("role/a", policies=CLOSED),), OPEN, (), Reason.DENIED),
        ((identity("role/a", INVOKES),), OPEN, (Function,), Reason.DENIED),
        ((identity("role/a", INVOKES),), OPEN, (Identity,), Reason.DENIED),
        (
            (
                identity("role/a", document(allow("sts:AssumeRole", f"{IAM}:role/b"))),
                identity("role/b", policies=CLOSED, trust=trusts(AWS=f"arn:aws:iam::{AWS.id}:root")),
            ),
            OPEN,
            (),
            Reason.DENIED,
        ),
    ],
)
def test_escalation(resources: Any, organization: Fact[Any], gaps: Any, expected: Any) -> None:
    found = derived(settings(organization), *resources, gaps=gaps)[f"{IAM}:role/a"].escalates
    assert shown(found) == expected
    if expected is True:
        assert "by" in found.native
    if isinstance(found, Known):
        assert found.calls
