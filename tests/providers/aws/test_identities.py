from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from moto import mock_aws

from auditor.model.facts import Reason
from auditor.providers.aws.account import COLLECTORS as ACCOUNT_COLLECTORS
from auditor.providers.aws.authorization_details import GET_AUTHORIZATION_DETAILS
from auditor.providers.aws.credential_report import GENERATE_REPORT, GET_REPORT
from auditor.providers.aws.identities import COLLECTORS
from auditor.providers.aws.role_trust import TRUST_FACTS

ROLE = "arn:aws:iam::123456789012:role/train"
USER = "arn:aws:iam::123456789012:user/ana"
NARROW = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/*"}
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
SAGEMAKER = {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}
PINNED = {**SAGEMAKER, "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}}}


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def wire(*statements: dict[str, Any]) -> str:
    """As IAM sends it."""
    return quote(document(*statements))


def managed(name: str, owner: str = "123456789012") -> str:
    return f"arn:aws:iam::{owner}:policy/{name}"


def role(**more: Any) -> dict[str, Any]:
    body = {
        "RoleName": "train",
        "Arn": ROLE,
        "Path": "/",
        "AssumeRolePolicyDocument": wire(SAGEMAKER),
        "RolePolicyList": [{"PolicyName": "own", "PolicyDocument": wire(NARROW)}],
        "AttachedManagedPolicies": [],
        **more,
    }
    return {k: v for k, v in body.items() if v is not None}


def user(**more: Any) -> dict[str, Any]:
    body = {"UserName": "ana", "Arn": USER, "Path": "/", "GroupList": [], "AttachedManagedPolicies": [], **more}
    return {k: v for k, v in body.items() if v is not None}


def policy(name: str, *statements: dict[str, Any], owner: str = "123456789012") -> dict[str, Any]:
    old = {"Document": wire(EVERYTHING), "VersionId": "v1", "IsDefaultVersion": False}
    new = {"Document": wire(*statements), "VersionId": "v2", "IsDefaultVersion": True}
    return {"Arn": managed(name, owner), "PolicyName": name, "PolicyVersionList": [old, new]}


def attached(name: str, owner: str = "123456789012") -> list[dict[str, str]]:
    return [{"PolicyName": name, "PolicyArn": managed(name, owner)}]


def page(aws: Any, *, marker: str = "", after: str = "", **lists: Any) -> None:
    body = {"IsTruncated": bool(marker), **lists, **({"Marker": marker} if marker else {})}
    aws.answer(GET_AUTHORIZATION_DETAILS, body, **({"Marker": after} if after else {}))


HEADER = (
    "user,arn,user_creation_time,password_enabled,password_last_used,mfa_active,access_key_1_active,"
    "access_key_1_last_rotated,access_key_2_active,access_key_2_last_rotated"
)


def report(aws: Any, *rows: str, header: str = HEADER) -> None:
    content = base64.b64encode("\n".join((header, *rows)).encode()).decode()
    aws.answer(GENERATE_REPORT, {"State": "COMPLETE"})
    aws.answer(GET_REPORT, {"Content": content, "ReportFormat": "text/csv"})


def one(aws: Any) -> Any:
    (identity,) = aws.collect(COLLECTORS)
    return identity


class TestInMoto:
    @pytest.fixture
    def iam(self, aws: Any) -> Iterator[Any]:
        with mock_aws(config={"iam": {"load_aws_managed_policies": True}}):
            yield aws.boto("iam")

    def test_a_role_that_does_it_right(self, aws: Any, iam: Any) -> None:
        boundary = iam.create_policy(PolicyName="cap", PolicyDocument=document(NARROW))["Policy"]["Arn"]
        iam.create_role(RoleName="train", AssumeRolePolicyDocument=document(PINNED), PermissionsBoundary=boundary)
        iam.put_role_policy(RoleName="train", PolicyName="own", PolicyDocument=document(NARROW))
        found = one(aws)
        assert (found.id, found.name, found.location) == (ROLE, "train", "global")
        assert found.trusted_by_ai_service.value is True
        assert found.unconditioned_trust.value == ()
        assert found.permissions_boundary.value == boundary
        assert found.broad_grants.value == ()
        assert found.person.value is False
        assert found.long_lived_keys.value == ()
        assert found.broad_grants.calls
        assert found.unconditioned_trust.calls

    def test_a_role_that_does_it_wrong(self, aws: Any, iam: Any) -> None:
        iam.create_role(RoleName="train", AssumeRolePolicyDocument=document(SAGEMAKER))
        iam.attach_role_policy(RoleName="train", PolicyArn=managed("AmazonSageMakerFullAccess", "aws"))
        iam.put_role_policy(RoleName="train", PolicyName="own", PolicyDocument=document(EVERYTHING))
        found = one(aws)
        assert found.unconditioned_trust.value == ("sagemaker.amazonaws.com",)
        keys = found.unconditioned_trust.native["keys of sagemaker.amazonaws.com"]
        assert keys == ("aws:SourceAccount", "aws:SourceArn")
        assert found.permissions_boundary.value is None
        assert found.broad_grants.value == ("*", "AmazonSageMakerFullAccess")

    def test_a_user_by_its_group(self, aws: Any, iam: Any) -> None:
        iam.create_user(UserName="ana")
        iam.create_login_profile(UserName="ana", Password="correct horse battery")
        iam.create_access_key(UserName="ana")
        iam.create_group(GroupName="ml")
        iam.add_user_to_group(GroupName="ml", UserName="ana")
        iam.attach_group_policy(GroupName="ml", PolicyArn=managed("PowerUserAccess", "aws"))
        found = one(aws)
        assert found.native_type == "AWS::IAM::User"
        assert found.person.value is True
        assert found.mfa.value is False
        assert found.long_lived_keys.value == ("access_key_1",)
        assert found.broad_grants.value == ("* except account:*, iam:*, organizations:*",)
        assert found.trusted_by_ai_service.value is False

    def test_power_users_and_administrators_differ(self, aws: Any, iam: Any) -> None:
        iam.create_user(UserName="ana")
        iam.attach_user_policy(UserName="ana", PolicyArn=managed("AdministratorAccess", "aws"))
        found = one(aws)
        assert found.broad_grants.value == ("AdministratorAccess",)
        assert found.person.value is False
        assert found.long_lived_keys.value == ()


class TestDocuments:
    def test_the_default_version_counts(self, aws: Any) -> None:
        page(aws, RoleDetailList=[role(AttachedManagedPolicies=attached("p"))], Policies=[policy("p", NARROW)])
        assert one(aws).broad_grants.value == ()

    def test_a_policy_without_its_document_is_unknown(self, aws: Any) -> None:
        page(aws, RoleDetailList=[role(AttachedManagedPolicies=attached("Elsewhere", "aws"))])
        found = one(aws)
        assert found.broad_grants.reason is Reason.ABSENT
        assert "Elsewhere" in found.broad_grants.detail

    def test_a_well_known_name_decides_without_its_document(self, aws: Any) -> None:
        page(aws, RoleDetailList=[role(AttachedManagedPolicies=attached("AdministratorAccess", "aws"))])
        assert one(aws).broad_grants.value == ("AdministratorAccess",)

    def test_what_is_granted_stays_granted_whatever_is_missing(self, aws: Any) -> None:
        own = [{"PolicyName": "own", "PolicyDocument": wire(EVERYTHING)}]
        page(aws, RoleDetailList=[role(RolePolicyList=own, AttachedManagedPolicies=attached("Elsewhere", "aws"))])
        assert one(aws).broad_grants.value == ("*",)

    def test_a_boundary_lowers_only_if_its_document_is_there(self, aws: Any) -> None:
        own = [{"PolicyName": "own", "PolicyDocument": wire(EVERYTHING)}]
        cap = {"PermissionsBoundaryArn": managed("cap"), "PermissionsBoundaryType": "PermissionsBoundaryPolicy"}
        entry = role(RolePolicyList=own, PermissionsBoundary=cap)
        page(aws, RoleDetailList=[entry], Policies=[policy("cap", NARROW)])
        assert one(aws).broad_grants.value == ()
        page(aws, RoleDetailList=[entry])
        assert one(aws).broad_grants.value == ("*",)

    @pytest.mark.parametrize("broken", ["%7B", quote('{"Statement": 1}'), quote("{}")])
    def test_a_broken_document_is_unknown(self, aws: Any, broken: str) -> None:
        page(aws, RoleDetailList=[role(RolePolicyList=[{"PolicyName": "own", "PolicyDocument": broken}])])
        assert one(aws).broad_grants.reason is Reason.MALFORMED

    def test_a_group_that_is_not_in_the_answer(self, aws: Any) -> None:
        report(aws)
        page(aws, UserDetailList=[user(GroupList=["ghosts"])])
        assert one(aws).broad_grants.reason is Reason.ABSENT

    def test_a_user_without_inline_policies_has_no_list(self, aws: Any) -> None:
        report(aws)
        page(aws, UserDetailList=[user()])
        assert one(aws).broad_grants.value == ()

    @pytest.mark.parametrize("field", ["AttachedManagedPolicies", "GroupList"])
    def test_a_missing_list_is_unknown(self, aws: Any, field: str) -> None:
        report(aws)
        page(aws, UserDetailList=[user(**{field: None})])
        assert one(aws).broad_grants.reason is Reason.ABSENT

    def test_a_role_without_a_trust_policy_in_the_answer(self, aws: Any) -> None:
        page(aws, RoleDetailList=[role(AssumeRolePolicyDocument=None)])
        found = one(aws)
        for name in TRUST_FACTS:
            assert getattr(found, name).reason is Reason.ABSENT

    def test_the_trust_of_a_service_linked_role_is_not_the_customers(self, aws: Any) -> None:
        page(aws, RoleDetailList=[role(Path="/aws-service-role/sagemaker.amazonaws.com/")])
        found = one(aws)
        assert found.trusted_by_ai_service.value is True
        assert found.service_acts.value is True
        for name in OF_PRINCIPALS:
            assert getattr(found, name).value == ()


def trusts(principal: Any, action: str = "sts:AssumeRole", **conditions: Any) -> dict[str, Any]:
    body = {"Effect": "Allow", "Principal": principal, "Action": action}
    return {**body, "Condition": conditions} if conditions else body


OF_PRINCIPALS = (
    "unconditioned_trust",
    "outsiders",
    "unconditioned_outsiders",
    "federations",
    "unbound_federations",
    "deleted_principals",
)
GITHUB = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
GONE = "AROAEXAMPLEEXAMPLE12"


class TestTrust:
    """Each kind of principal is a fact of its own."""

    @pytest.mark.parametrize(
        ("statements", "shown"),
        [
            ([PINNED], {}),
            ([SAGEMAKER], {"unconditioned_trust": ("sagemaker.amazonaws.com",)}),
            (
                [trusts({"AWS": "999999999999"})],
                {"outsiders": ("999999999999",), "unconditioned_outsiders": ("999999999999",)},
            ),
            (
                [trusts({"AWS": "999999999999"}, StringEquals={"sts:ExternalId": "x7"})],
                {"outsiders": ("999999999999",)},
            ),
            (
                [trusts({"Federated": GITHUB}, "sts:AssumeRoleWithWebIdentity")],
                {"federations": (GITHUB,), "unbound_federations": (GITHUB,)},
            ),
            ([PINNED, trusts({"AWS": GONE})], {"deleted_principals": (GONE,)}),
        ],
    )
    def test_of_a_role(self, aws: Any, statements: list[dict[str, Any]], shown: dict[str, Any]) -> None:
        page(aws, RoleDetailList=[role(AssumeRolePolicyDocument=wire(*statements))])
        found = one(aws)
        assert {n: getattr(found, n).value for n in OF_PRINCIPALS} == {**dict.fromkeys(OF_PRINCIPALS, ()), **shown}
        assert all(getattr(found, name).calls for name in OF_PRINCIPALS)

    def test_a_service_about_which_nothing_is_known_is_said(self, aws: Any) -> None:
        statement = trusts({"Service": ["glue.amazonaws.com", "ec2.amazonaws.com"]})
        page(aws, RoleDetailList=[role(AssumeRolePolicyDocument=wire(statement))])
        found = one(aws).unconditioned_trust
        assert found.value == ()
        (said,) = (text for text in found.native if text.startswith("not judged"))
        assert found.native[said] == ("glue.amazonaws.com",)

    def test_nobody_acts_as_a_user(self, aws: Any) -> None:
        page(aws, UserDetailList=[user()])
        report(aws, f"ana,{USER},2026-01-01,true,N/A,true,false,N/A,false,N/A")
        found = one(aws)
        assert all(getattr(found, name).value == () for name in OF_PRINCIPALS)

    def test_a_document_that_is_none(self, aws: Any) -> None:
        page(aws, RoleDetailList=[role(AssumeRolePolicyDocument="%7B%7D")])
        found = one(aws)
        assert all(getattr(found, name).reason is Reason.MALFORMED for name in OF_PRINCIPALS)


class TestPages:
    def test_what_one_page_uses_may_be_on_another(self, aws: Any) -> None:
        report(aws, f"ana,{USER},2026-01-01,true,N/A,true,false,N/A,false,N/A")
        page(aws, marker="m", UserDetailList=[user(GroupList=["ml"])])
        group = {
            "GroupName": "ml",
            "Arn": "arn:aws:iam::123456789012:group/ml",
            "AttachedManagedPolicies": attached("p"),
        }
        page(
            aws,
            after="m",
            GroupDetailList=[group],
            RoleDetailList=[role()],
            Policies=[policy("p", EVERYTHING)],
        )
        by_name = {i.name: i for i in aws.collect(COLLECTORS)}
        assert by_name["ana"].broad_grants.value == ("*",)
        assert by_name["ana"].mfa.value is True
        assert by_name["train"].broad_grants.value == ()
        asked = [e for e in aws.ledger.exchanges() if e.operation == "GetAccountAuthorizationDetails"]
        assert len(asked) == 2

    def test_a_failed_page_is_a_gap_and_nothing_is_said_about_grants(self, aws: Any) -> None:
        page(aws, marker="m", RoleDetailList=[role()])
        aws.refuse(GET_AUTHORIZATION_DETAILS, "AccessDenied", 403, Marker="m")
        done = aws.collected(COLLECTORS)
        (found,) = done.inventory.resources
        assert found.trusted_by_ai_service.value is True
        assert found.broad_grants.reason is Reason.DENIED
        assert found.broad_grants.permissions == ("iam:GetAccountAuthorizationDetails",)
        assert [g.why.reason for g in done.inventory.gaps] == [Reason.DENIED]

    def test_a_truncated_page_without_a_marker_is_malformed(self, aws: Any) -> None:
        aws.answer(GET_AUTHORIZATION_DETAILS, {"IsTruncated": True, "RoleDetailList": [role()]})
        done = aws.collected(COLLECTORS)
        assert [g.why.reason for g in done.inventory.gaps] == [Reason.MALFORMED]
        assert done.inventory.resources[0].broad_grants.reason is Reason.MALFORMED


class TestCredentialReport:
    @pytest.mark.parametrize(
        ("row", "person", "mfa", "keys"),
        [
            ("true,N/A,true,false,N/A,false,N/A", True, True, ()),
            ("true,N/A,false,true,2024,true,2025", True, False, ("access_key_1", "access_key_2")),
            ("false,N/A,false,false,N/A,true,2025", False, False, ("access_key_2",)),
        ],
    )
    def test_rows(self, aws: Any, row: str, person: bool, mfa: bool, keys: tuple[str, ...]) -> None:
        page(aws, UserDetailList=[user()])
        report(
            aws,
            f"<root_account>,arn:aws:iam::123456789012:root,2020,not_supported{',false' * 6}",
            f"ana,{USER},2026,{row}",
        )
        found = one(aws)
        assert (found.person.value, found.mfa.value, found.long_lived_keys.value) == (person, mfa, keys)

    def test_a_user_made_since_is_unknown(self, aws: Any) -> None:
        page(aws, UserDetailList=[user()])
        report(aws)
        found = one(aws)
        for fact in (found.person, found.mfa, found.long_lived_keys):
            assert fact.reason is Reason.ABSENT

    def test_a_value_that_is_neither_true_nor_false(self, aws: Any) -> None:
        page(aws, UserDetailList=[user()])
        report(aws, f"ana,{USER},2026,not_supported,N/A,maybe,perhaps,N/A,false,N/A")
        found = one(aws)
        for fact in (found.person, found.mfa, found.long_lived_keys):
            assert fact.reason is Reason.UNRECOGNISED

    def test_a_report_without_its_columns_is_malformed(self, aws: Any) -> None:
        page(aws, UserDetailList=[user()])
        report(aws, header="user,arn")
        assert one(aws).mfa.reason is Reason.MALFORMED

    def test_a_denied_report_leaves_users_unknown_and_roles_known(self, aws: Any) -> None:
        page(aws, UserDetailList=[user()], RoleDetailList=[role()])
        aws.refuse(GENERATE_REPORT, "AccessDenied", 403)
        by_name = {i.name: i for i in aws.collect(COLLECTORS)}
        assert by_name["ana"].mfa.permissions == ("iam:GenerateCredentialReport",)
        assert by_name["train"].person.value is False
        assert by_name["train"].long_lived_keys.value == ()

    def test_it_is_waited_for(self, aws: Any) -> None:
        page(aws, UserDetailList=[user()])
        report(aws, f"ana,{USER},2026,true,N/A,true,false,N/A,false,N/A")
        states = iter(["STARTED", "INPROGRESS", "COMPLETE"])
        answering = aws._source

        def source(request: Any) -> Any:
            if request.call is GENERATE_REPORT:
                aws.answer(GENERATE_REPORT, {"State": next(states)})
            return answering(request)

        aws._source = source
        assert one(aws).mfa.value is True
        asked = [e for e in aws.ledger.exchanges() if e.operation == "GenerateCredentialReport"]
        assert [e.ordinal for e in asked] == [0, 1, 2]

    def test_but_not_for_ever(self, aws: Any) -> None:
        page(aws, UserDetailList=[user()])
        aws.answer(GENERATE_REPORT, {"State": "STARTED"})
        found = one(aws)
        assert found.mfa.reason is Reason.ABSENT
        assert "GetCredentialReport" not in {e.operation for e in aws.ledger.exchanges()}


class TestDocumentsAsFacts:
    """What access questions are answered from, without a further call."""

    TEXT = json.dumps({"Version": "2012-10-17", "Statement": [NARROW]}, separators=(",", ":"))

    def test_of_a_role(self, aws: Any) -> None:
        tags = [{"Key": "team", "Value": "risk"}]
        page(aws, RoleDetailList=[role(AttachedManagedPolicies=attached("more"), Tags=tags)])
        found = one(aws)
        assert found.policies.value == {"inline": {"own": self.TEXT}, "managed": (managed("more"),), "groups": ()}
        assert json.loads(found.trust_document.value)["Statement"] == [SAGEMAKER]
        assert found.tags.value == {"team": "risk"}
        assert found.policies.calls

    def test_of_a_user_with_a_group(self, aws: Any) -> None:
        arn = "arn:aws:iam::123456789012:group/ml"
        own = [{"PolicyName": "own", "PolicyDocument": wire(NARROW)}]
        group = {"GroupName": "ml", "Arn": arn, "GroupPolicyList": own, "AttachedManagedPolicies": attached("cap")}
        page(aws, UserDetailList=[user(GroupList=["ml"])], GroupDetailList=[group])
        found = one(aws)
        assert found.policies.value == {"inline": {}, "managed": (), "groups": (arn,)}
        assert found.trust_document.value is None
        assert found.tags.value == {}

    def test_what_is_not_in_the_answer_is_unknown(self, aws: Any) -> None:
        page(aws, UserDetailList=[user(GroupList=["gone"])])
        assert one(aws).policies.reason is Reason.ABSENT

    def test_texts_that_many_have_stand_at_the_account(self, aws: Any) -> None:
        """Policies that nobody has are left out."""
        group_policies = [{"PolicyName": "own", "PolicyDocument": wire(NARROW)}]
        group_arn = "arn:aws:iam::123456789012:group/ml"
        boundary = {"PermissionsBoundary": {"PermissionsBoundaryArn": managed("cap")}}
        page(
            aws,
            RoleDetailList=[role(AttachedManagedPolicies=attached("more"), **boundary)],
            GroupDetailList=[
                {
                    "GroupName": "ml",
                    "Arn": group_arn,
                    "GroupPolicyList": group_policies,
                    "AttachedManagedPolicies": attached("crew"),
                }
            ],
            Policies=[policy(name, NARROW) for name in ("cap", "crew", "more", "unused")],
        )
        (account,) = aws.collect(ACCOUNT_COLLECTORS)
        assert account.managed_policies.value == dict.fromkeys(map(managed, ("cap", "crew", "more")), self.TEXT)
        assert account.group_policies.value == {
            group_arn: {"inline": {"own": self.TEXT}, "managed": (managed("crew"),)}
        }

    def test_a_denied_read(self, aws: Any) -> None:
        aws.refuse(GET_AUTHORIZATION_DETAILS, "AccessDenied", 403)
        (account,) = aws.collect(ACCOUNT_COLLECTORS)
        assert account.managed_policies.permissions == ("iam:GetAccountAuthorizationDetails",)
