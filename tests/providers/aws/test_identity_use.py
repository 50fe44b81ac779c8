"""How long identities can be used at a stretch, when they last were, and what their policies let them call."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from auditor.model.facts import Known, Reason, Unknown
from auditor.providers.aws.authorization_details import GET_AUTHORIZATION_DETAILS
from auditor.providers.aws.credential_report import GENERATE_REPORT
from auditor.providers.aws.identities import COLLECTORS, LIST_ROLES
from tests.providers.aws.test_identities import ROLE, USER, attached, one, page, policy, report, role, user, wire

NOW = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)  # a part of the names of tests
PASS = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}
CALL = {"Effect": "Allow", "Action": ["bedrock:InvokeModel"], "Resource": "*"}
GUARDED = {**CALL, "Condition": {"StringEquals": {"bedrock:GuardrailIdentifier": "arn:aws:bedrock:::g"}}}
NEAR = {**CALL, "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-1"}}}
TAGGED = {**CALL, "Condition": {"StringEquals": {"aws:ResourceTag/team": "risk"}}}
HEADER = (
    "user,arn,user_creation_time,password_enabled,password_last_used,mfa_active,access_key_1_active,"
    "access_key_1_last_used_date,access_key_2_active,access_key_2_last_used_date"
)


def ago(days: int) -> str:
    return (NOW - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def listed(aws: Any, **more: Any) -> None:
    body = {"RoleName": "train", "Arn": ROLE, "Path": "/", "RoleId": "AROA", "CreateDate": ago(500), **more}
    aws.answer(LIST_ROLES, {"Roles": [body], "IsTruncated": False})


def shown(fact: Any) -> object:
    return fact.value if isinstance(fact, Known) else fact.reason


def test_every_fact_of_a_role_and_a_user_cites_its_calls(aws: Any) -> None:
    listed(aws, MaxSessionDuration=3600)
    report(aws, f"ana,{USER},{ago(500)},true,{ago(3)},true,false,N/A,false,N/A", header=HEADER)
    page(aws, RoleDetailList=[role(CreateDate=ago(500))], UserDetailList=[user()])
    for identity in aws.collect(COLLECTORS):
        facts = {name: getattr(identity, name) for name in COLLECTORS[0].facts()}
        unread = {"unused_ai_services"} if identity.native_type == "AWS::IAM::User" else set()
        assert {n for n, fact in facts.items() if not isinstance(fact, Known)} == unread
        assert all(fact.calls for fact in facts.values())


@pytest.mark.parametrize(
    ("used", "made", "expected"),
    [
        (1, 500, "recently"),
        (89, 500, "recently"),
        (91, 500, "long ago"),
        (None, 500, "never"),
        (None, 10, "recently"),
        (None, None, Reason.ABSENT),
    ],
)
def test_roles(aws: Any, used: int | None, made: int | None, expected: object) -> None:
    page(
        aws,
        RoleDetailList=[
            role(
                RoleLastUsed={} if used is None else {"LastUsedDate": ago(used), "Region": "us-east-1"},
                CreateDate=None if made is None else ago(made),
            )
        ],
    )
    assert shown(one(aws).last_used) == expected


@pytest.mark.parametrize(
    ("password", "key", "made", "expected"),
    [
        (ago(5), "N/A", ago(500), "recently"),
        (ago(300), ago(5), ago(500), "recently"),
        (ago(300), ago(200), ago(500), "long ago"),
        ("no_information", "N/A", ago(500), "never"),
        ("no_information", "N/A", ago(5), "recently"),
        ("sometime", "N/A", ago(500), Reason.UNRECOGNISED),
        ("2026-01-01", "N/A", ago(500), Reason.UNRECOGNISED),  # without a time zone
        ("N/A", "N/A", "N/A", Reason.ABSENT),
    ],
)
def test_users(aws: Any, password: str, key: str, made: str, expected: object) -> None:
    page(aws, UserDetailList=[user()])
    report(aws, f"ana,{USER},{made},true,{password},true,true,{key},false,N/A", header=HEADER)
    assert shown(one(aws).last_used) == expected


def test_a_denied_report_hides_users_only(aws: Any) -> None:
    page(aws, UserDetailList=[user()], RoleDetailList=[role(CreateDate=ago(3))])
    aws.refuse(GENERATE_REPORT, "AccessDenied", 403)
    by_name = {i.name: i for i in aws.collect(COLLECTORS)}
    assert by_name["ana"].last_used.permissions == ("iam:GenerateCredentialReport",)
    assert by_name["train"].last_used.value == "recently"


def test_a_user_made_since_the_report(aws: Any) -> None:
    page(aws, UserDetailList=[user()])
    report(aws, header=HEADER)
    assert shown(one(aws).last_used) is Reason.ABSENT


@pytest.mark.parametrize(("seconds", "expected"), [(3600, 1), (43200, 12), (5400, 2), (None, Reason.ABSENT)])
def test_sessions(aws: Any, seconds: int | None, expected: object) -> None:
    page(aws, RoleDetailList=[role()])
    listed(aws, **({} if seconds is None else {"MaxSessionDuration": seconds}))
    assert shown(one(aws).session_hours) == expected


def test_sessions_denied_or_of_a_new_role(aws: Any) -> None:
    page(aws, RoleDetailList=[role()])
    assert shown(one(aws).session_hours) is Reason.ABSENT  # not in moto's list
    aws.refuse(LIST_ROLES, "AccessDenied", 403)
    found = one(aws).session_hours
    assert isinstance(found, Unknown)
    assert found.permissions == ("iam:ListRoles",)


def test_a_user_has_no_sessions(aws: Any) -> None:
    report(aws, header=HEADER)
    page(aws, UserDetailList=[user()])
    assert one(aws).session_hours.value is None


def of_policy(aws: Any, *statements: dict[str, Any], **more: Any) -> Any:
    page(
        aws, RoleDetailList=[role(RolePolicyList=[{"PolicyName": "own", "PolicyDocument": wire(*statements)}], **more)]
    )
    return one(aws)


@pytest.mark.parametrize(
    ("statement", "facts"),
    [
        (PASS, (("iam:PassRole",), (), False, False, False, False)),
        (CALL, ((), ("*",), True, True, True, False)),
        (GUARDED, ((), ("*",), True, False, True, False)),
        (NEAR, ((), ("*",), True, True, False, False)),
        (TAGGED, ((), ("*",), True, True, True, True)),
    ],
)
def test_policies(aws: Any, statement: dict[str, Any], facts: tuple[object, ...]) -> None:
    found = of_policy(aws, statement)
    assert (
        found.passes_any_role.value,
        found.invokes.value,
        found.invokes_generative.value,
        found.invokes_unguarded.value,
        found.invokes_from_anywhere.value,
        found.attribute_conditions.value,
    ) == facts


INVOCATION = ("invokes", "invokes_generative", "invokes_unguarded", "invokes_from_anywhere", "attribute_conditions")


def test_a_missing_document_leaves_calls_open_and_what_is_granted_granted(aws: Any) -> None:
    found = of_policy(aws, PASS, CALL, AttachedManagedPolicies=attached("Elsewhere"))
    assert found.passes_any_role.value == ("iam:PassRole",)
    for name in INVOCATION:
        assert getattr(found, name).reason is Reason.ABSENT


def test_a_managed_policy_counts_by_its_default_version(aws: Any) -> None:
    page(aws, RoleDetailList=[role(AttachedManagedPolicies=attached("p"))], Policies=[policy("p", CALL)])
    assert one(aws).invokes.value == ("*",)


def test_denied_details_leave_nothing_known(aws: Any) -> None:
    page(aws, marker="m", RoleDetailList=[role(CreateDate=ago(3))])
    aws.refuse(GET_AUTHORIZATION_DETAILS, "AccessDenied", 403, Marker="m")
    (found,) = aws.collected(COLLECTORS).inventory.resources
    for name in (*INVOCATION, "passes_any_role", "last_used"):
        assert getattr(found, name).permissions == ("iam:GetAccountAuthorizationDetails",)


@pytest.mark.parametrize(
    ("path", "linked", "by_services"),
    [("/", False, False), ("/aws-service-role/sagemaker.amazonaws.com/", True, True), (None, Reason.ABSENT, False)],
)
def test_service_linked_roles(aws: Any, path: str | None, linked: object, by_services: bool) -> None:
    page(aws, RoleDetailList=[role(Path=path)])
    found = one(aws)
    assert shown(found.service_linked) == linked
    assert found.service_acts.value is by_services
