"""What the organization lays down for an account, and how people reach it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from auditor.model.facts import Known, Reason, Unknown
from auditor.providers.aws.account import COLLECTORS
from auditor.providers.aws.cost_anomalies import GET_ANOMALY_MONITORS
from auditor.providers.aws.organization import (
    DESCRIBE_EFFECTIVE_POLICY,
    DESCRIBE_ORGANIZATION,
    LIST_IDENTITY_CENTERS,
    LIST_PARENTS,
    LIST_POLICIES_FOR_TARGET,
    LIST_SAML_PROVIDERS,
)
from auditor.providers.aws.organization_policies import DESCRIBE_POLICY

ACCOUNT, UNIT, ROOT = "123456789012", "ou-abcd-12345678", "r-abcd"
SCP, RCP = "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"
BY_AWS = {"Id": "p-FullAWSAccess", "Name": "FullAWSAccess", "AwsManaged": True}
OWN = {"Id": "p-1", "Name": "regions", "AwsManaged": False}
ORGANIZATION_FACTS = ("in_organization", "organization_ceiling", "resource_perimeter", "ai_data_opt_out")
ALONE = "AWSOrganizationsNotInUseException"


def member(aws: Any, *, management: str = "999988887777") -> None:
    aws.answer(DESCRIBE_ORGANIZATION, {"Organization": {"Id": "o-1", "MasterAccountId": management}})
    aws.answer(LIST_PARENTS, {"Parents": [{"Id": UNIT, "Type": "ORGANIZATIONAL_UNIT"}]}, ChildId=ACCOUNT)
    aws.answer(LIST_PARENTS, {"Parents": [{"Id": ROOT, "Type": "ROOT"}]}, ChildId=UNIT)
    aws.answer(LIST_POLICIES_FOR_TARGET, {"Policies": [BY_AWS]})
    aws.refuse(DESCRIBE_EFFECTIVE_POLICY, "EffectivePolicyNotFoundException")


def effective(aws: Any, kind: str, content: object) -> None:
    text = content if isinstance(content, str) else json.dumps(content)
    body = {"EffectivePolicy": {"PolicyContent": text, "PolicyType": kind, "TargetId": ACCOUNT}}
    aws.answer(DESCRIBE_EFFECTIVE_POLICY, body, PolicyType=kind)


@pytest.fixture(autouse=True)
def no_center(aws: Any) -> None:
    """moto has one in every region."""
    aws.answer(LIST_IDENTITY_CENTERS, {"Instances": []})


def account(aws: Any, *regions: str) -> Any:
    aws.answer(GET_ANOMALY_MONITORS, {"AnomalyMonitors": []})
    done = aws.collected(COLLECTORS, regions or (aws.region,))
    assert done.defects == ()
    (found,) = done.inventory.resources
    return found


def shown(fact: Any) -> object:
    return fact.value if isinstance(fact, Known) else fact.reason


def test_an_account_alone(aws: Any) -> None:
    for call in (DESCRIBE_ORGANIZATION, DESCRIBE_EFFECTIVE_POLICY):
        aws.refuse(call, ALONE)
    found = account(aws)
    for name in ORGANIZATION_FACTS:
        assert getattr(found, name).value is False
        assert getattr(found, name).calls
    assert found.guardrail_regions.value == ()
    assert (found.organization_id.value, found.organization_path.value) == (None, None)
    assert found.management_account_id.value is None
    assert found.organization_id.calls
    assert found.organization_path.calls


def test_the_place_in_the_organization(aws: Any) -> None:
    member(aws)
    found = account(aws)
    assert (found.organization_id.value, found.organization_path.value) == ("o-1", f"o-1/{ROOT}/{UNIT}/")
    aws.answer(LIST_PARENTS, {"Parents": [{"Id": ROOT, "Type": "ROOT"}]}, ChildId=ACCOUNT)
    assert account(aws).organization_path.value == f"o-1/{ROOT}/"


def test_a_member_that_may_not_look_up(aws: Any) -> None:
    member(aws)
    aws.refuse(LIST_PARENTS, "AccessDeniedException")
    found = account(aws)
    assert found.organization_id.value == "o-1"
    assert found.management_account_id.value == "999988887777"
    assert found.organization_path.permissions == LIST_PARENTS.permissions


def test_a_member_with_everything(aws: Any) -> None:
    member(aws)
    aws.answer(LIST_POLICIES_FOR_TARGET, {"Policies": [BY_AWS, OWN]}, TargetId=UNIT, Filter=SCP)
    aws.answer(LIST_POLICIES_FOR_TARGET, {"Policies": [BY_AWS, OWN]}, TargetId=ROOT, Filter=RCP)
    effective(aws, "AISERVICES_OPT_OUT_POLICY", {"services": {"default": {"opt_out_policy": "optOut"}}})
    guardrail = {"bedrock": {"guardrail_inference": {"us-east-1": {"base": {"identifier": "arn:g:1"}}}}}
    effective(aws, "BEDROCK_POLICY", guardrail)
    found = account(aws)
    for name in ORGANIZATION_FACTS:
        assert getattr(found, name).value is True, name
        assert getattr(found, name).calls
    assert found.guardrail_regions.value == ("us-east-1",)
    assert found.organization_ceiling.native == {f"regions on {UNIT}: AwsManaged": False}


def test_a_member_with_nothing_of_its_own(aws: Any) -> None:
    member(aws)
    found = account(aws)
    assert [getattr(found, name).value for name in ORGANIZATION_FACTS] == [True, False, False, False]


def test_policies_do_not_bind_the_management_account(aws: Any) -> None:
    member(aws, management=ACCOUNT)
    aws.answer(LIST_POLICIES_FOR_TARGET, {"Policies": [OWN]})
    found = account(aws)
    assert (found.organization_ceiling.value, found.resource_perimeter.value) == (False, False)


def test_a_plain_member_may_not_list_policies_and_knows_the_rest(aws: Any) -> None:
    member(aws)
    aws.refuse(LIST_POLICIES_FOR_TARGET, "AccessDeniedException")
    found = account(aws)
    assert found.in_organization.value is True
    for name in ("organization_ceiling", "resource_perimeter"):
        assert getattr(found, name).permissions == ("organizations:ListPoliciesForTarget",)


@pytest.mark.parametrize("parents", [[], [{"Id": UNIT}, {"Id": ROOT}], [{"Id": ACCOUNT}]])
def test_a_tree_that_is_none(aws: Any, parents: list[dict[str, str]]) -> None:
    member(aws)
    aws.answer(LIST_PARENTS, {"Parents": parents}, ChildId=ACCOUNT)
    assert shown(account(aws).organization_ceiling) is Reason.MALFORMED


def test_a_policy_of_unknown_origin(aws: Any) -> None:
    member(aws)
    aws.answer(LIST_POLICIES_FOR_TARGET, {"Policies": [{"Id": "p-2", "Name": "x"}]}, Filter=SCP)
    assert shown(account(aws).organization_ceiling) is Reason.ABSENT


@pytest.mark.parametrize("call", [DESCRIBE_ORGANIZATION, DESCRIBE_EFFECTIVE_POLICY])
def test_denied(aws: Any, call: Any) -> None:
    member(aws)
    aws.refuse(call, "AccessDeniedException")
    found = account(aws)
    facts = ("in_organization", "organization_ceiling") if call is DESCRIBE_ORGANIZATION else ("ai_data_opt_out",)
    for name in facts:
        assert getattr(found, name).permissions == call.permissions


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"services": {"default": {"opt_out_policy": "optIn"}}}, False),
        ({"services": {"rekognition": {"opt_out_policy": "optOut"}}}, False),
        (
            {"services": {"default": {"opt_out_policy": "optOut"}, "lex": {"opt_out_policy": "optIn"}}},
            False,
        ),
        ({"services": {"default": {"opt_out_policy": "optOut"}, "lex": {"opt_out_policy": "optOut"}}}, True),
        ({"services": {"default": {"opt_out_policy": "optAround"}}}, Reason.UNRECOGNISED),
        ({"services": {"default": {}}}, Reason.ABSENT),
        ({}, False),
        ({"services": []}, Reason.MALFORMED),
        ("{", Reason.MALFORMED),
        ("[]", Reason.MALFORMED),
    ],
)
def test_opting_out(aws: Any, content: object, expected: object) -> None:
    member(aws)
    effective(aws, "AISERVICES_OPT_OUT_POLICY", content)
    assert shown(account(aws).ai_data_opt_out) == expected


@pytest.mark.parametrize(
    ("configuration", "expected"),
    [
        ({"base": {"identifier": "g"}}, ("eu-west-1",)),
        ({"base": {"identifier": "g", "model_enforcement": {"included_models": ["ALL"]}}}, ("eu-west-1",)),
        ({"base": {"identifier": "g", "model_enforcement": {"included_models": ["amazon.nova"]}}}, ()),
        ({"base": {"input_tags": "honor"}}, ()),
        ({}, ()),
    ],
)
def test_guardrails(aws: Any, configuration: object, expected: tuple[str, ...]) -> None:
    member(aws)
    effective(aws, "BEDROCK_POLICY", {"bedrock": {"guardrail_inference": {"eu-west-1": configuration}}})
    assert account(aws).guardrail_regions.value == expected


def test_a_bedrock_policy_that_is_none(aws: Any) -> None:
    member(aws)
    effective(aws, "BEDROCK_POLICY", {"bedrock": {"guardrail_inference": ["eu-west-1"]}})
    assert shown(account(aws).guardrail_regions) is Reason.MALFORMED


REGIONS = ("us-east-1", "eu-west-1", "eu-central-1")


def centers(aws: Any, status: str = "ACTIVE", at: str = "") -> None:
    aws.answer(
        LIST_IDENTITY_CENTERS, {"Instances": [{"InstanceArn": "arn:aws:sso:::instance/i", "Status": status}]}, at=at
    )


def asked(aws: Any) -> list[str]:
    return sorted(e.location for e in aws.ledger.exchanges() if e.operation == "ListInstances")


def test_nobody_comes_from_anywhere(aws: Any) -> None:
    assert account(aws, *REGIONS).workforce_federated.value is False
    assert asked(aws) == sorted(REGIONS)


def test_a_saml_provider_is_enough(aws: Any) -> None:
    aws.boto("iam").create_saml_provider(Name="idp", SAMLMetadataDocument="x" * 1000)
    found = account(aws, *REGIONS)
    assert found.workforce_federated.value is True
    assert found.workforce_federated.native == {"SAMLProviderList": ["arn:aws:iam::123456789012:saml-provider/idp"]}
    assert asked(aws) == ["us-east-1"]


def test_a_center_is_looked_for_until_one_is_found(aws: Any) -> None:
    centers(aws, at="eu-west-1")
    assert account(aws, *REGIONS).workforce_federated.value is True
    assert asked(aws) == ["eu-west-1", "us-east-1"]


def test_with_the_providers_unread_only_the_first_region_is_asked(aws: Any) -> None:
    centers(aws, at="us-east-1")
    aws.refuse(LIST_SAML_PROVIDERS, "AccessDenied", 403)
    assert account(aws, *REGIONS).workforce_federated.value is True
    centers(aws, at="eu-west-1")
    aws.answer(LIST_IDENTITY_CENTERS, {"Instances": []}, at="us-east-1")
    assert isinstance(account(aws, *REGIONS).workforce_federated, Unknown)


@pytest.mark.parametrize(
    ("status", "expected"), [("ACTIVE", True), ("CREATE_FAILED", False), ("UnheardOf", Reason.UNRECOGNISED)]
)
def test_states_of_a_center(aws: Any, status: str, expected: object) -> None:
    centers(aws, status)
    assert shown(account(aws).workforce_federated) == expected


@pytest.mark.parametrize(
    ("call", "permission"),
    [(LIST_SAML_PROVIDERS, "iam:ListSAMLProviders"), (LIST_IDENTITY_CENTERS, "sso:ListInstances")],
)
def test_what_could_not_be_looked_at_may_hold_a_provider(aws: Any, call: Any, permission: str) -> None:
    aws.refuse(call, "AccessDeniedException", 403)
    found = account(aws, *REGIONS).workforce_federated
    assert shown(found) is Reason.DENIED
    assert found.permissions == (permission,)


SAYS = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
TEXT = json.dumps(SAYS, separators=(",", ":"))


def texts(aws: Any) -> None:
    aws.answer(DESCRIBE_POLICY, {"Policy": {"Content": json.dumps(SAYS, indent=1)}})


def test_the_policies_of_each_level_from_the_root_down(aws: Any) -> None:
    member(aws)
    texts(aws)
    aws.answer(LIST_POLICIES_FOR_TARGET, {"Policies": [BY_AWS, OWN]}, TargetId=UNIT, Filter=SCP)
    aws.answer(LIST_POLICIES_FOR_TARGET, {"Policies": []}, Filter=RCP)
    found = account(aws)
    assert found.management_account.value is False
    assert found.organization_policies.value == {
        SCP: (
            {f"FullAWSAccess ({ROOT})": TEXT},
            {f"FullAWSAccess ({UNIT})": TEXT, f"regions ({UNIT})": TEXT},
            {f"FullAWSAccess ({ACCOUNT})": TEXT},
        ),
        RCP: (),
    }
    assert found.organization_policies.calls


def test_no_policy_holds_for_an_account_alone_or_one_that_manages(aws: Any) -> None:
    nothing = {SCP: (), RCP: ()}
    member(aws, management=ACCOUNT)
    found = account(aws)
    assert (found.management_account.value, found.organization_policies.value) == (True, nothing)


def test_no_policy_holds_outside_of_organizations(aws: Any) -> None:
    for call in (DESCRIBE_ORGANIZATION, DESCRIBE_EFFECTIVE_POLICY):
        aws.refuse(call, ALONE)
    found = account(aws)
    assert (found.management_account.value, found.organization_policies.value) == (False, {SCP: (), RCP: ()})


@pytest.mark.parametrize("call", [LIST_PARENTS, LIST_POLICIES_FOR_TARGET, DESCRIBE_POLICY])
def test_policies_that_may_not_be_read_name_every_permission_they_take(aws: Any, call: Any) -> None:
    member(aws)
    texts(aws)
    aws.refuse(call, "AccessDeniedException")
    found = account(aws)
    assert found.management_account.value is False
    assert found.organization_policies.permissions == (
        "organizations:DescribePolicy",
        "organizations:ListParents",
        "organizations:ListPoliciesForTarget",
    )


def test_a_policy_without_a_text(aws: Any) -> None:
    member(aws)
    aws.answer(DESCRIBE_POLICY, {"Policy": {"PolicySummary": BY_AWS}})
    assert shown(account(aws).organization_policies) is Reason.ABSENT
