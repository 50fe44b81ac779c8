"""Who may call an endpoint, who is administrator and who can become one: what a pass and a failure may rest on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from auditor.access.from_audit import TARGETS, from_inventory
from auditor.derive import Derived, DeriveSettings, derive, effective
from auditor.derive.access import RULES
from auditor.model.facts import Fact, Known, Reason
from auditor.model.resources import Endpoint, Function, Identity, Kind, Ref, Resource
from auditor.model.scope import Provider
from auditor.providers import registry
from tests.derive.account import (
    AWS,
    CLOSED,
    ENDPOINT,
    IAM,
    INVOKES,
    OPEN,
    PARTNER,
    PERSON,
    SAML,
    allow,
    derived,
    document,
    endpoint,
    identity,
    inventory,
    settings,
    shown,
    trusts,
)


def of_endpoint(fact: str, *resources: Resource, organization: Fact[Any] = OPEN, gaps: Iterable[Kind] = ()) -> Any:
    return getattr(derived(endpoint(), settings(organization), *resources, gaps=gaps)[ENDPOINT], fact)


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


def takes(*roles: str, **more: Any) -> str:
    return document(*(allow("sts:AssumeRole", f"{IAM}:role/{role}", **more) for role in roles))


OWN = trusts(AWS=f"arn:aws:iam::{AWS.id}:root")
ANA = f"{IAM}:user/ana"
CALLS = identity("role/calls", INVOKES, trust=OWN)
UNTIL: dict[str, Any] = {"Condition": {"DateLessThan": {"aws:CurrentTime": "2027-01-01T00:00:00Z"}}}


def ana(*texts: str, **more: Any) -> Identity:
    return identity("user/ana", *texts, **{**PERSON, **more})


@pytest.mark.parametrize(
    ("resources", "organization", "expected"),
    [
        ((ana(takes("calls")), CALLS), OPEN, (ANA,)),
        ((ana(takes("between")), identity("role/between", takes("calls"), trust=OWN), CALLS), OPEN, (ANA,)),
        ((ana(takes("calls")), identity("role/calls", INVOKES)), OPEN, ()),
        ((ana(takes("calls", **UNTIL)), CALLS), OPEN, ()),
        ((ana(takes("calls", **UNTIL), AT_WORK), CALLS), OPEN, (ANA,)),
        ((ana(takes("calls")), CALLS), CLOSED, Reason.DENIED),
        ((ana(takes("other")), CALLS), CLOSED, ()),
        # by a role of which nothing is known
        ((ana(takes("calls")), identity("role/calls", trust=OWN, policies=CLOSED)), OPEN, Reason.DENIED),
        ((ana(takes("calls")), identity("role/calls", INVOKES, trust_document=CLOSED)), OPEN, Reason.DENIED),
        ((ana(), CALLS, identity("role/else", policies=CLOSED)), OPEN, Reason.DENIED),
        # a failure that was seen is not lost for what was not
        ((ana(INVOKES), identity("role/else", policies=CLOSED)), OPEN, (ANA,)),
    ],
)
def test_people_may_call_it_by_roles_that_they_take_on(resources: Any, organization: Any, expected: Any) -> None:
    found = of_endpoint("invoked_by_people", *resources, organization=organization)
    assert shown(found) == expected


def test_the_role_that_somebody_takes_on_is_named() -> None:
    found = of_endpoint("invoked_by_people", ana(takes("calls")), CALLS)
    assert found.native == {ANA: "always, as calls"}
    assert {"list-Identity", "organization", "report"} <= set(found.calls)


def test_a_date_counts_only_if_nothing_else_lets_somebody_in_after_it() -> None:
    revoked: dict[str, Any] = {"Effect": "Deny", "Action": "*", "Resource": "*"}
    revoked["Condition"] = {"DateLessThan": {"aws:TokenIssueTime": "2026-01-01T00:00:00Z"}}
    for policies, stands in (
        ((TIMED,), False),
        ((TIMED, AT_WORK), True),
        ((INVOKES, document(revoked)), True),
        ((INVOKES, document({**revoked, "Condition": {"DateGreaterThan": UNTIL["Condition"]["DateLessThan"]}})), False),
    ):
        found = of_endpoint("invoked_by_people", identity("role/a", *policies, trust=SAML))
        assert shown(found) == ((f"{IAM}:role/a",) if stands else ())


EVERYTHING = document(allow("*"))


@pytest.mark.parametrize(
    ("resources", "organization", "expected"),
    [
        ((identity("role/a", EVERYTHING, trust=SAML),), OPEN, ()),
        ((identity("role/a", EVERYTHING, trust=SAML),), CLOSED, ()),
        ((ana(takes("admin")), identity("role/admin", EVERYTHING, trust=OWN)), OPEN, ()),
        ((ana(document(allow("iam:PutUserPolicy", ANA)), INVOKES),), OPEN, ()),
        # an administrator until a date may be let in for good by something else
        ((ana(document(allow("*", **UNTIL)), INVOKES),), OPEN, (ANA,)),
    ],
)
def test_administrators_are_left_out(resources: Any, organization: Any, expected: Any) -> None:
    assert shown(of_endpoint("invoked_by_people", *resources, organization=organization)) == expected


def test_who_may_call_it_is_counted_by_sort() -> None:
    found = of_endpoint(
        "invokers",
        ana(INVOKES),
        identity("role/sso", INVOKES, trust=SAML),
        identity("role/app", INVOKES),
        identity("role/partner", INVOKES, trust=PARTNER),
        identity("role/ops", INVOKES, trust=OWN),
        identity("role/page", INVOKES, trust=ISSUER),
    )
    assert found.native == {"not known": 1, "other accounts": 1, "others": 1, "people": 2, "services": 1}
    none = of_endpoint("invoked_by_people", identity("role/app", INVOKES))
    assert none.native == {"identities that may": 1, "services": 1}


@pytest.mark.parametrize(
    ("who", "organization", "expected"),
    [
        (identity("role/a", INVOKES, trust=PARTNER), OPEN, (f"{IAM}:role/a",)),
        (identity("role/a", INVOKES), OPEN, ()),
        (identity("role/a", trust=PARTNER), CLOSED, ()),
        (identity("role/a", INVOKES, trust=PARTNER), CLOSED, Reason.DENIED),
        (identity("role/a", INVOKES, trust=PARTNER, permissions_boundary=CLOSED), OPEN, Reason.DENIED),
        (identity("role/a", INVOKES, trust="{"), OPEN, Reason.MALFORMED),
        (identity("role/a", INVOKES, trust_document=CLOSED), OPEN, Reason.DENIED),
    ],
)
def test_across_accounts(who: Identity, organization: Fact[Any], expected: Any) -> None:
    found = of_endpoint("invoked_across_accounts", who, organization=organization)
    assert shown(found) == expected
    if expected is Reason.DENIED:
        assert set(found.permissions) <= {"organizations:DescribePolicy"}


def test_across_accounts_by_a_role_that_is_taken_on() -> None:
    partner = identity("role/partner", takes("calls"), trust=PARTNER)
    found = of_endpoint("invoked_across_accounts", partner, CALLS)
    assert shown(found) == (f"{IAM}:role/partner",)
    assert found.native == {f"{IAM}:role/partner": ["arn:aws:iam::222222222222:root"]}
    assert shown(of_endpoint("invoked_across_accounts", partner, identity("role/calls", INVOKES))) == ()


SHARED = document(allow("sagemaker:InvokeEndpoint", ENDPOINT, Principal={"AWS": "arn:aws:iam::222222222222:root"}))


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (Known(None), ()),
        (Known(SHARED), ("account 222222222222",)),
        (Known(SHARED.replace("222222222222", AWS.id)), ()),
        (Known("{"), Reason.MALFORMED),
        (CLOSED, Reason.DENIED),
    ],
)
def test_across_accounts_by_the_policy_of_the_endpoint(policy: Fact[Any], expected: Any) -> None:
    scoring = endpoint(policy_document=policy)
    found = derived(scoring, settings(), identity("role/a", INVOKES))[ENDPOINT]
    assert shown(found.invoked_across_accounts) == expected
    assert isinstance(found.invokers, Known) is (expected not in (Reason.MALFORMED, Reason.DENIED))


# administrators


CREATES = ("iam:CreateRole", "iam:PutRolePolicy")
SELF = document(allow("iam:PutUserPolicy", ANA))


@pytest.mark.parametrize(
    ("who", "organization", "expected"),
    [
        (ana(EVERYTHING), OPEN, True),
        (ana(EVERYTHING), CLOSED, True),
        (ana(document(allow("*", **UNTIL))), CLOSED, True),
        (ana(document(*(allow(action) for action in CREATES))), OPEN, True),
        (ana(document(*(allow(action) for action in CREATES))), CLOSED, Reason.DENIED),
        (ana(SELF), OPEN, True),
        (ana(SELF), CLOSED, Reason.DENIED),
        (ana(INVOKES), OPEN, False),
        (ana(INVOKES), CLOSED, False),
        (ana(takes("admin")), OPEN, False),
        (ana(EVERYTHING, permissions_boundary=Known(f"{IAM}:policy/cap")), OPEN, Reason.ABSENT),
        (ana(EVERYTHING, permissions_boundary=CLOSED), OPEN, Reason.DENIED),
        (ana(policies=CLOSED), OPEN, Reason.DENIED),
    ],
)
def test_administrator(who: Identity, organization: Any, expected: Any) -> None:
    admin = identity("role/admin", EVERYTHING, trust=OWN)
    found = derived(settings(organization), who, admin)[who.id].administrator
    assert shown(found) == expected
    if expected is True:
        assert found.native["by"]
    if isinstance(found, Known):
        assert {"list-Identity", "details"} <= set(found.calls)


def test_nobody_is_shown_to_be_no_administrator_while_identities_are_missing() -> None:
    who = ana(INVOKES)
    assert shown(derived(settings(), who, gaps=(Identity,))[ANA].administrator) is Reason.DENIED
    assert shown(derived(settings(), ana(EVERYTHING), gaps=(Identity,))[ANA].administrator) is True


def test_what_the_organization_takes_from_everybody_makes_nobody_less_of_an_administrator() -> None:
    levels = ({"ceiling": document(allow("*"), {"Effect": "Deny", "Action": "iam:*", "Resource": "*"})},)
    ceiling: Any = Known({"SERVICE_CONTROL_POLICY": levels, "RESOURCE_CONTROL_POLICY": ()})
    assert shown(derived(settings(ceiling), ana(EVERYTHING))[ANA].administrator) is True
    assert shown(derived(settings(ceiling), ana(SELF))[ANA].administrator) is False


ADMINISTRATOR = f"{IAM}:role/admin"


@pytest.mark.parametrize(
    ("who", "organization", "expected"),
    [
        (ana(EVERYTHING), OPEN, (ANA,)),
        (ana(EVERYTHING), CLOSED, (ANA,)),
        (ana(SELF), OPEN, (ANA,)),
        (ana(takes("admin")), OPEN, (ADMINISTRATOR,)),
        (ana(takes("admin")), CLOSED, Reason.DENIED),
        (ana(takes("admin", **UNTIL)), OPEN, ()),
        (ana(document(allow("*", **UNTIL))), OPEN, ()),
        (ana(INVOKES), CLOSED, ()),
        (ana(INVOKES, person=CLOSED), OPEN, ()),
        (ana(takes("hidden")), OPEN, Reason.DENIED),
        (ana(policies=CLOSED), OPEN, Reason.DENIED),
        (identity("role/sso", EVERYTHING, trust=SAML), OPEN, (f"{IAM}:role/sso",)),
        (identity("role/app", EVERYTHING), OPEN, Reason.NOT_COLLECTED),
    ],
)
def test_people_with_administrator_rights_that_stand(who: Identity, organization: Any, expected: Any) -> None:
    admin = identity("role/admin", EVERYTHING, trust=OWN)
    hidden = identity("role/hidden", trust=OWN, policies=CLOSED)
    assert shown(derived(settings(organization), who, admin, hidden)[who.id].standing_administrators) == expected


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (ana(), True),
        (identity("user/ana"), False),
        (ana(person=CLOSED), Reason.DENIED),
        (identity("role/sso", trust=SAML), True),
        (identity("role/app"), False),
        (identity("role/page", trust=ISSUER), Reason.UNRECOGNISED),
        (identity("role/x", trust_document=CLOSED), Reason.DENIED),
    ],
)
def test_who_is_used_by_people(who: Identity, expected: Any) -> None:
    assert shown(derived(who)[who.id].used_by_people) == expected


# calls of anything


EAST = f"arn:aws:sagemaker:us-east-1:{AWS.id}:endpoint"
TAGGED: dict[str, Any] = {"Condition": {"StringEquals": {"aws:ResourceTag/team": "a"}}}
BY_PROFILE: dict[str, Any] = {
    "Condition": {"ArnLike": {"bedrock:InferenceProfileArn": "arn:aws:bedrock:*:*:inference-profile/eu.*"}}
}


@pytest.mark.parametrize(
    ("text", "organization", "expected"),
    [
        (INVOKES, OPEN, ("endpoints",)),
        (document(allow("sagemaker:InvokeEndpoint", f"{EAST}/*")), OPEN, ("endpoints",)),
        (document(allow("sagemaker:InvokeEndpoint", f"{EAST}/scoring*")), OPEN, ()),
        (document(allow("sagemaker:InvokeEndpoint", f"{EAST.replace('us-east-1', 'eu-west-1')}/*")), OPEN, ()),
        (document(allow("sagemaker:InvokeEndpoint", **TAGGED)), OPEN, ()),
        (document(allow("bedrock:InvokeModel", "arn:aws:bedrock:*::foundation-model/*")), OPEN, ("foundation models",)),
        (document(allow("bedrock:InvokeModel", "arn:aws:bedrock:*::foundation-model/amazon.*")), OPEN, ()),
        (document(allow("bedrock:InvokeModel", **BY_PROFILE)), OPEN, ()),
        (document(allow("bedrock:*")), OPEN, ("agents", "foundation models")),
        (document(allow("bedrock:InvokeAgent", "arn:aws:bedrock:*:*:agent-alias/*")), OPEN, ("agents",)),
        (document(allow("bedrock:InvokeAgent", "arn:aws:bedrock:*:*:agent-alias/ABC/*")), OPEN, ()),
        (document(allow("bedrock-agentcore:InvokeAgentRuntime")), OPEN, ("agent runtimes",)),
        (INVOKES, CLOSED, Reason.DENIED),
        (document(allow("s3:*")), CLOSED, ()),
        ("{", OPEN, Reason.ABSENT),
    ],
)
def test_calls_of_anything(text: str, organization: Any, expected: Any) -> None:
    who = identity("role/app", text)
    found = derived(settings(organization), endpoint(), who)[who.id].invokes_any
    assert shown(found) == expected
    if isinstance(found, Known):
        assert {"list-Identity", "list-Endpoint"} <= set(found.calls)


# ways up


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


# the account as the engine sees it


def rule(kind: Kind, fact: str) -> Derived:
    return next(r for r in RULES if (r.kind, r.fact) == (kind, fact))


def test_the_account_is_made_once_for_all_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []

    def counted(*given: Any) -> Any:
        made.append(given)
        return from_inventory(*given)

    monkeypatch.setattr(effective, "from_inventory", counted)
    derived(endpoint(), settings(), identity("role/a", INVOKES), function("role/a"))
    assert len(made) == 1


@pytest.mark.parametrize(
    ("kind", "fact", "before", "after"),
    [
        (Identity, "policies", (), (f"{IAM}:role/a",)),
        (Identity, "permissions_boundary", (f"{IAM}:role/a",), Reason.DENIED),
    ],
)
def test_the_account_is_made_again_once_a_fact_is_another(kind: Kind, fact: str, before: Any, after: Any) -> None:
    """Rules see each other's facts, and so does the engine."""
    given = identity("role/a", *(() if fact == "policies" else (INVOKES,)), trust=SAML)
    new = {"policies": identity("role/a", INVOKES).policies, "permissions_boundary": CLOSED}[fact]
    asking = (rule(Endpoint, "invokers"), rule(Endpoint, "invoked_by_people"))
    change = Derived(kind=kind, fact=fact, providers=frozenset({Provider.AWS}), compute=lambda world, resource: new)
    for rules, expected in ((asking, before), ((*asking, change, *asking), after)):
        found = derive(inventory(endpoint(), settings(), given), rules, DeriveSettings())
        (scoring,) = found.of(Endpoint, AWS)
        assert isinstance(scoring, Endpoint)
        assert shown(scoring.invoked_by_people) == expected


def test_the_account_is_not_made_of_what_the_rules_say_of_it() -> None:
    assert {(rule.kind.kind(), rule.fact) for rule in RULES} == effective.ANSWERS


def test_the_tags_that_are_left_out_are_those_that_nobody_reads() -> None:
    read = {c.kind.kind() for c in registry.collectors([Provider.AWS]) if "tags" in c.facts()}
    assert {(kind, "tags") for kind in TARGETS if kind not in read} == effective.LEFT_OUT - effective.ANSWERS
