"""Trust policies: what is wrong with them by kind of principal, and what other tools wrongly hold against them."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.access.aws_documents import Statement, parse
from auditor.access.aws_trust import (
    ai_services,
    deleted_principals,
    federations,
    outsiders,
    public,
    unbound_federations,
    unconditioned_outsiders,
    unconditioned_services,
    unjudged_services,
)
from auditor.access.deputies import AI_SERVICES, DEPUTIES, held_to_source, service_principal

ACCOUNT = "123456789012"
OTHER = "999999999999"
ROOT = f"arn:aws:iam::{OTHER}:root"
STRANGER = f"arn:aws:iam::{OTHER}:role/deployer"
SAGEMAKER = {"Service": "sagemaker.amazonaws.com"}

Statements = tuple[Statement, ...]


def policy(*statements: dict[str, Any]) -> Statements:
    return parse({"Version": "2012-10-17", "Statement": list(statements)})


def allow(principal: Any, action: str = "sts:AssumeRole", **conditions: Any) -> dict[str, Any]:
    body = {"Effect": "Allow", "Principal": principal, "Action": action}
    return {**body, "Condition": conditions} if conditions else body


def deny(principal: Any = "*", action: str = "sts:AssumeRole", **conditions: Any) -> dict[str, Any]:
    return {**allow(principal, action, **conditions), "Effect": "Deny"}


def trust(principal: Any, action: str = "sts:AssumeRole", **conditions: Any) -> Statements:
    return policy(allow(principal, action, **conditions))


def service(name: str) -> dict[str, str]:
    return {"Service": f"{name}.amazonaws.com"}


# the table


@pytest.mark.parametrize("name", sorted(DEPUTIES))
def test_an_entry_says_on_which_page_it_rests(name: str) -> None:
    deputy = DEPUTIES[name]
    assert name.endswith(".amazonaws.com")
    assert deputy.page.startswith("https://docs.aws.amazon.com/")
    assert set(deputy.keys) <= {"aws:SourceArn", "aws:SourceAccount"}
    assert deputy.keys or deputy.harmless, "asked for nothing, and no reason"
    assert held_to_source(name) is (not deputy.harmless)


def test_every_ai_service_is_in_the_table() -> None:
    assert set(DEPUTIES) >= AI_SERVICES
    wanted = ("bedrock", "bedrock-agentcore", "comprehend", "kendra", "personalize", "qbusiness", "sagemaker")
    wanted += ("forecast", "lex", "lexv2", "rekognition", "textract", "transcribe", "translate")
    assert {f"{name}.amazonaws.com" for name in wanted} <= AI_SERVICES


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("sagemaker.amazonaws.com", "sagemaker.amazonaws.com"),
        ("SageMaker.amazonaws.com.cn", "sagemaker.amazonaws.com"),
        ("logs.eu-central-1.amazonaws.com", "logs.amazonaws.com"),
        ("states.us-gov-west-1.amazonaws.com", "states.amazonaws.com"),
        ("logs.cn-north-1.amazonaws.com.cn", "logs.amazonaws.com"),
        ("delivery.logs.amazonaws.com", "delivery.logs.amazonaws.com"),
        ("pods.eks.amazonaws.com", "pods.eks.amazonaws.com"),
    ],
)
def test_service_principals_have_forms(written: str, meant: str) -> None:
    assert service_principal(written) == meant


# services


@pytest.mark.parametrize(
    ("statements", "services"),
    [
        (trust(SAGEMAKER), ("sagemaker.amazonaws.com",)),
        (trust({"Service": "sagemaker.amazonaws.com.cn"}), ("sagemaker.amazonaws.com",)),
        (
            trust({"Service": ["lambda.amazonaws.com", "bedrock.amazonaws.com", "bedrock-agentcore.amazonaws.com"]}),
            ("bedrock-agentcore.amazonaws.com", "bedrock.amazonaws.com"),
        ),
        (trust(service("rekognition")), ("rekognition.amazonaws.com",)),
        (trust(service("ec2")), ()),
        (trust(SAGEMAKER, action="sts:TagSession"), ()),
        (trust({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}), ()),
        (policy(deny(SAGEMAKER)), ()),
    ],
)
def test_trusted_ai_services(statements: Statements, services: tuple[str, ...]) -> None:
    assert ai_services(statements) == services


OWN = {"aws:SourceAccount": ACCOUNT}
TIES: dict[str, dict[str, Any]] = {
    "an account": {"StringEquals": OWN},
    "an account in other letters": {"StringEquals": {"AWS:sourceaccount": [ACCOUNT]}},
    "resources of an account": {"ArnLike": {"aws:SourceArn": f"arn:aws:sagemaker:*:{ACCOUNT}:*"}},
    "the same with another operator": {"StringLike": {"aws:SourceArn": f"arn:aws:sagemaker:*:{ACCOUNT}:*"}},
    "a bucket": {"ArnEquals": {"aws:SourceArn": "arn:aws:s3:::some-bucket"}},
    "an organization": {"StringEquals": {"aws:SourceOrgID": "o-abc"}},
    "paths of an organization": {"ForAnyValue:StringLike": {"aws:SourceOrgPaths": "o-abc/*"}},
    "the owner of the role": {"StringEquals": {"aws:SourceAccount": "${aws:ResourceAccount}"}},
    "an optional key that must be there": {"StringEqualsIfExists": OWN, "Null": {"aws:SourceAccount": "false"}},
    "all values of a key that must be there": {
        "ForAllValues:StringEquals": OWN,
        "Null": {"aws:SourceAccount": "false"},
    },
}
LOOSE: dict[str, dict[str, Any]] = {
    "nothing": {},
    "any account in the ARN": {"ArnLike": {"aws:SourceArn": "arn:aws:sagemaker:*:*:*"}},
    "part of an account in the ARN": {"ArnLike": {"aws:SourceArn": "arn:aws:sagemaker:*:1*:*"}},
    "any resource of the service": {"StringLike": {"aws:SourceArn": "arn:aws:sagemaker:*"}},
    "any bucket": {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}},
    "any account": {"StringLike": {"aws:SourceAccount": "*"}},
    "many accounts": {"StringLike": {"aws:SourceAccount": "12345*"}},
    "any organization": {"StringLike": {"aws:SourceOrgID": "o-*"}},
    "an account, if it is given": {"StringEqualsIfExists": OWN},
    "an account, if it must not be given": {"StringEqualsIfExists": OWN, "Null": {"aws:SourceAccount": "true"}},
    "all of the accounts that are given": {"ForAllValues:StringEquals": OWN},
    "not an account": {"StringNotEquals": OWN},
    "whatever the caller says": {"StringEquals": {"aws:SourceAccount": "${aws:PrincipalAccount}"}},
    # these are the same for all customers' calls
    "the account of the principal": {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}},
    "the account of the role": {"StringEquals": {"aws:ResourceAccount": ACCOUNT}},
    "both of them": {"StringEquals": {"aws:PrincipalAccount": ACCOUNT, "aws:ResourceAccount": ACCOUNT}},
    "an external id": {"StringEquals": {"sts:ExternalId": "x7"}},
}


@pytest.mark.parametrize("case", TIES)
def test_a_service_that_is_tied_to_a_source(case: str) -> None:
    assert unconditioned_services(trust(SAGEMAKER, **TIES[case])) == ()


@pytest.mark.parametrize("case", LOOSE)
def test_a_service_that_acts_for_anybody(case: str) -> None:
    assert unconditioned_services(trust(SAGEMAKER, **LOOSE[case])) == ("sagemaker.amazonaws.com",)


NOT_THE_OWN: dict[str, Any] = {"StringNotEquals": {"aws:SourceAccount": ACCOUNT}}
FROM_SERVICES = {"Bool": {"aws:PrincipalIsAWSService": "true"}}
NOT_FROM_SERVICES = {"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}


@pytest.mark.parametrize(
    ("denial", "keeps"),
    [
        (deny("*", **NOT_THE_OWN), True),
        (deny("*", **NOT_THE_OWN, **FROM_SERVICES), True),
        (deny("*", **NOT_THE_OWN, **NOT_FROM_SERVICES), False),
        (deny(SAGEMAKER, **NOT_THE_OWN), True),
        (deny(service("states"), **NOT_THE_OWN), False),
        (deny("*", action="sts:TagSession", **NOT_THE_OWN), False),
        (deny("*", **NOT_THE_OWN, IpAddress={"aws:SourceIp": "192.0.2.0/24"}), False),
        (deny("*", StringEquals=OWN), False),
        (deny("*", StringNotLike={"aws:SourceAccount": "*"}), False),
        (deny("*", StringNotEquals={"aws:PrincipalAccount": ACCOUNT}), False),
    ],
)
def test_a_denial_in_the_same_policy_ties_as_well(denial: dict[str, Any], keeps: bool) -> None:
    assert (unconditioned_services(policy(allow(SAGEMAKER), denial)) == ()) is keeps


@pytest.mark.parametrize("name", ["ec2", "lambda", "ecs-tasks", "pods.eks"])
def test_a_role_that_is_handed_over_within_the_account_needs_no_source(name: str) -> None:
    """The false positive that other tools are best known for: these services send no source, or take roles of their own
    account only."""
    assert unconditioned_services(trust(service(name))) == ()
    assert unjudged_services(trust(service(name))) == ()
    assert DEPUTIES[f"{name}.amazonaws.com"].harmless


@pytest.mark.parametrize("name", ["cloudtrail", "config", "events"])
def test_keys_that_are_documented_for_other_policies_are_not_asked_of_roles(name: str) -> None:
    """Roles for CloudTrail stopped delivering to CloudWatch Logs once somebody had asked for the keys."""
    assert unconditioned_services(trust(service(name))) == ()


@pytest.mark.parametrize("name", ["elastictranscoder", "some-new-service", "glue"])
def test_a_service_that_is_not_known_is_named_and_never_held_against_the_role(name: str) -> None:
    assert unconditioned_services(trust(service(name))) == ()
    assert unjudged_services(trust(service(name))) == (f"{name}.amazonaws.com",)


def test_of_services_in_one_statement_only_those_that_send_a_source_are_named() -> None:
    """A condition on the statement would lock the other one out, which is why the advice is to part them."""
    both = trust({"Service": ["elastictranscoder.amazonaws.com", "transcribe.amazonaws.com"]})
    assert unconditioned_services(both) == ("transcribe.amazonaws.com",)
    assert unjudged_services(both) == ("elastictranscoder.amazonaws.com",)
    parted = policy(allow(service("elastictranscoder")), allow(service("transcribe"), StringEquals=OWN))
    assert unconditioned_services(parted) == ()


@pytest.mark.parametrize("name", ["states", "scheduler", "vpc-flow-logs", "logs.us-east-1"])
def test_services_around_ai_are_held_to_their_source_too(name: str) -> None:
    assert unconditioned_services(trust(service(name))) == (service_principal(f"{name}.amazonaws.com"),)


# other accounts


@pytest.mark.parametrize(
    ("principal", "found"),
    [
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, ()),
        ({"AWS": ACCOUNT}, ()),
        ({"AWS": f"arn:aws-cn:iam::{ACCOUNT}:role/own"}, ()),
        ({"AWS": "AROAEXAMPLEEXAMPLE12"}, ()),
        (SAGEMAKER, ()),
        ({"AWS": ROOT}, (OTHER,)),
        ({"AWS": [OTHER, ROOT, STRANGER]}, (OTHER, STRANGER)),
        ("*", ("*",)),
    ],
)
def test_who_is_outside_of_the_account(principal: Any, found: tuple[str, ...]) -> None:
    assert outsiders(trust(principal), ACCOUNT) == found
    assert outsiders(trust(principal, StringEquals={"sts:ExternalId": "x7"}), ACCOUNT) == found


NARROW: dict[str, dict[str, Any]] = {
    "an organization": {"StringEquals": {"aws:PrincipalOrgID": "o-abc"}},
    "a part of an organization": {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-abc/r-1/*"}},
    "the organization of the role": {"StringEquals": {"aws:PrincipalOrgID": "${aws:ResourceOrgID}"}},
    "a principal": {"ArnEquals": {"aws:PrincipalArn": STRANGER}},
    "principals by a part of their name": {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{OTHER}:role/ci-*"}},
    "a place": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}},
    "an endpoint": {"StringEquals": {"aws:SourceVpce": "vpce-1"}},
    "a source, which no such caller has": {"StringEquals": OWN},
}
WIDE: dict[str, dict[str, Any]] = {
    "nothing": {},
    "a second factor": {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
    "any external id": {"StringLike": {"sts:ExternalId": "*"}},
    "an external id, if one is given": {"StringEqualsIfExists": {"sts:ExternalId": "x7"}},
    "any organization": {"StringLike": {"aws:PrincipalOrgID": "o-*"}},
    "anywhere": {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}},
    "any endpoint": {"StringLike": {"aws:SourceVpce": "vpce-*"}},
    "the account itself": {"StringEquals": {"aws:PrincipalAccount": OTHER}},
    "any role of the account": {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{OTHER}:role/*"}},
    "the account by the ARN of its root": {"ArnEquals": {"aws:PrincipalArn": ROOT}},
    "a role of that name anywhere": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/ci"}},
    "the organization that the caller names": {"StringEquals": {"aws:PrincipalOrgID": "${aws:PrincipalTag/org}"}},
}


@pytest.mark.parametrize("principal", [{"AWS": ROOT}, {"AWS": OTHER}, "*"], ids=["root", "id", "everyone"])
@pytest.mark.parametrize("case", NARROW)
def test_outsiders_that_are_narrowed_down(principal: Any, case: str) -> None:
    assert unconditioned_outsiders(trust(principal, **NARROW[case]), ACCOUNT) == ()


@pytest.mark.parametrize("principal", [{"AWS": ROOT}, {"AWS": OTHER}], ids=["root", "id"])
@pytest.mark.parametrize("case", WIDE)
def test_an_account_that_is_trusted_as_a_whole(principal: Any, case: str) -> None:
    assert unconditioned_outsiders(trust(principal, **WIDE[case]), ACCOUNT) == (OTHER,)


@pytest.mark.parametrize("case", [case for case in WIDE if case != "the account itself"])
def test_everyone(case: str) -> None:
    assert unconditioned_outsiders(trust("*", **WIDE[case]), ACCOUNT) == ("*",)


def test_an_external_id_tells_the_customers_of_an_account_apart_and_is_no_secret() -> None:
    external = {"StringEquals": {"sts:ExternalId": "x7"}}
    assert unconditioned_outsiders(trust({"AWS": ROOT}, **external), ACCOUNT) == ()
    assert unconditioned_outsiders(trust("*", **external), ACCOUNT) == ("*",)


@pytest.mark.parametrize(("accounts", "found"), [([ACCOUNT], ()), ([OTHER], (OTHER,)), ([ACCOUNT, OTHER], (OTHER,))])
def test_everyone_of_an_account_is_the_account(accounts: list[str], found: tuple[str, ...]) -> None:
    asked = {"StringEquals": {"aws:PrincipalAccount": accounts}}
    assert unconditioned_outsiders(trust("*", **asked), ACCOUNT) == found
    both = {"StringEquals": {"aws:PrincipalAccount": accounts, "sts:ExternalId": "x7"}}
    assert unconditioned_outsiders(trust("*", **both), ACCOUNT) == ()


def test_a_principal_that_is_named_is_narrow_enough() -> None:
    assert unconditioned_outsiders(trust({"AWS": [STRANGER, f"arn:aws:iam::{OTHER}:user/ana"]}), ACCOUNT) == ()


def test_everyone_but_somebody() -> None:
    body = {"Effect": "Allow", "NotPrincipal": {"AWS": ROOT}, "Action": "sts:AssumeRole"}
    assert unconditioned_outsiders(policy(body), ACCOUNT) == (f"everyone but {ROOT}",)
    held = {**body, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-abc"}}}
    assert unconditioned_outsiders(policy(held), ACCOUNT) == ()


NOT_OURS: dict[str, Any] = {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-abc"}}


@pytest.mark.parametrize(
    ("denial", "keeps"),
    [
        (deny("*", **NOT_OURS), True),
        (deny("*", **NOT_OURS, **NOT_FROM_SERVICES), True),
        (deny("*", **NOT_OURS, **FROM_SERVICES), False),
        (deny("*", StringNotEquals={"sts:ExternalId": "x7"}), True),
        (deny("*", StringNotEquals={"aws:PrincipalAccount": OTHER}), False),
        (deny({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, **NOT_OURS), False),
    ],
)
def test_a_denial_narrows_outsiders_down_as_well(denial: dict[str, Any], keeps: bool) -> None:
    assert (unconditioned_outsiders(policy(allow({"AWS": ROOT}), denial), ACCOUNT) == ()) is keeps


# tokens


def issuer(host: str) -> dict[str, str]:
    return {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{host}"}


GITHUB = "token.actions.githubusercontent.com"
GITLAB = "gitlab.com"
TERRAFORM = "app.terraform.io"
EKS = "oidc.eks.eu-west-1.amazonaws.com/id/ABC0"
COGNITO = "cognito-identity.amazonaws.com"
TENANT = "login.example.com/tenant-1"


def token(host: str, operator: str = "", value: Any = "", claim: str = "sub") -> Statements:
    conditions = {operator: {f"{host}:{claim}": value}} if operator else {}
    principal = {"Federated": host} if host == COGNITO else issuer(host)
    return trust(principal, "sts:AssumeRoleWithWebIdentity", **conditions)


@pytest.mark.parametrize(
    "statements",
    [
        token(GITHUB, "StringEquals", "repo:org/app:ref:refs/heads/main"),
        token(GITHUB, "StringLike", "repo:org/app:*"),
        token(GITHUB, "StringLike", "repo:org/*"),
        token(GITHUB, "StringLike", ["repo:org/*", "repo:org@123/app@456:*"]),
        token(GITHUB, "StringEquals", "repository_owner:org"),
        token(GITHUB, "StringLike", "repository_owner_id:123:*"),
        token(GITHUB, "StringEquals", "org/app", claim="repository"),
        token(GITHUB, "StringLike", "org/*", claim="repository"),
        token(GITHUB, "StringEquals", "12345", claim="repository_owner_id"),
        token(GITHUB, "ForAnyValue:StringLike", "repo:org/*"),
        token(GITLAB, "StringLike", "project_path:group/*:ref_type:branch:ref:main"),
        token(TERRAFORM, "StringLike", "organization:acme:project:*:workspace:*:run_phase:*"),
        token(EKS, "StringEquals", "system:serviceaccount:models:trainer"),
        token(EKS, "StringLike", "system:serviceaccount:models:*"),
        token(COGNITO, "StringEquals", "eu-west-1:pool", claim="aud"),
        token("accounts.google.com", "StringEquals", "1234.apps.googleusercontent.com", claim="aud"),
        token(TENANT, "StringEquals", "client", claim="aud"),
        token(TENANT, "StringLike", "pipeline-*"),
        token(f"{GITHUB}/acme", "StringEquals", "https://github.com/acme", claim="aud"),
        trust({"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/idp"}, "sts:AssumeRoleWithSAML"),
    ],
)
def test_tokens_of_ones_own(statements: Statements) -> None:
    assert federations(statements)
    assert unbound_federations(statements) == ()


@pytest.mark.parametrize(
    "statements",
    [
        token(GITHUB),
        token(GITHUB, "StringEquals", "sts.amazonaws.com", claim="aud"),
        token(GITHUB, "StringLike", "*"),
        token(GITHUB, "StringLike", "repo:*"),
        token(GITHUB, "StringLike", "repo:*/app:*"),
        token(GITHUB, "StringLike", "repo:org*"),
        token(GITHUB, "StringLike", "repo:or?/app:*"),
        token(GITHUB, "StringLike", "*:ref:refs/heads/main"),
        token(GITHUB, "StringLike", ["repo:org/*", "repo:*"]),
        token(GITHUB, "StringEquals", "environment:production"),
        token(GITHUB, "StringLike", "ref:refs/heads/*"),
        token(GITHUB, "StringEquals", "org/shared/.github/workflows/x.yml@main", claim="job_workflow_ref"),
        token(GITHUB, "StringEquals", "ana", claim="actor"),
        token(GITHUB, "StringLike", "acme*", claim="repository_owner"),
        token(GITHUB, "ForAllValues:StringLike", "repo:org/*"),
        token(GITHUB, "StringLikeIfExists", "repo:org/*"),
        token(GITHUB, "StringNotLike", "repo:org/*"),
        token(GITLAB, "StringLike", "project_path:group*"),
        token(GITLAB, "StringEquals", "https://gitlab.com", claim="aud"),
        token(TERRAFORM, "StringLike", "organization:*:project:p:*"),
        token(TERRAFORM, "StringEquals", "aws.workload.identity", claim="aud"),
        token(EKS, "StringEquals", "sts.amazonaws.com", claim="aud"),
        token(EKS, "StringLike", "system:serviceaccount:*"),
        token(EKS, "StringLike", "system:serviceaccount:*:trainer"),
        token(COGNITO),
        token(COGNITO, "ForAnyValue:StringLike", "authenticated", claim="amr"),
        token(TENANT),
        token(TENANT, "StringLike", "*"),
    ],
)
def test_tokens_of_everybody(statements: Statements) -> None:
    assert unbound_federations(statements) == federations(statements) != ()


def test_a_condition_on_one_issuer_says_nothing_about_another() -> None:
    conditions = {"StringLike": {f"{GITHUB}:sub": "repo:org/*"}}
    principal = {"Federated": [issuer(GITHUB)["Federated"], issuer(GITLAB)["Federated"]]}
    found = unbound_federations(trust(principal, "sts:AssumeRoleWithWebIdentity", **conditions))
    assert found == (issuer(GITLAB)["Federated"],)
    elsewhere = {"StringEquals": {f"{TENANT}:sub": "pipeline", f"{GITHUB}/acme:sub": "repo:acme/x", "aws:sub": "x"}}
    for host in ("login.example.com/tenant-2", GITHUB, "example.com"):
        principal = issuer(host)
        assert unbound_federations(trust(principal, "sts:AssumeRoleWithWebIdentity", **elsewhere))


@pytest.mark.parametrize(("subject", "keeps"), [("repo:org/*", True), ("repo:*", False), ("repo:org*", False)])
def test_a_denial_binds_a_subject_as_well(subject: str, keeps: bool) -> None:
    web = "sts:AssumeRoleWithWebIdentity"
    others = deny("*", web, StringNotLike={f"{GITHUB}:sub": subject})
    assert (unbound_federations(policy(allow(issuer(GITHUB), web), others)) == ()) is keeps


# principals that are gone


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        (trust({"AWS": "AROAEXAMPLEEXAMPLE12"}), ("AROAEXAMPLEEXAMPLE12",)),
        (trust({"AWS": ["AIDAEXAMPLEEXAMPLE12", STRANGER]}), ("AIDAEXAMPLEEXAMPLE12",)),
        (policy(deny({"AWS": "AROAEXAMPLEEXAMPLE12"})), ("AROAEXAMPLEEXAMPLE12",)),
        (
            policy({"Effect": "Deny", "NotPrincipal": {"AWS": "AIDAEXAMPLEEXAMPLE12"}, "Action": "*"}),
            ("AIDAEXAMPLEEXAMPLE12",),
        ),
        (trust("*", StringLike={"aws:userid": "AROAEXAMPLEEXAMPLE12:*"}), ()),
        (trust({"AWS": f"arn:aws:iam::{ACCOUNT}:role/AROAEXAMPLEEXAMPLE12"}), ()),
        (trust({"AWS": ACCOUNT}), ()),
        (trust({"CanonicalUser": "AROAEXAMPLEEXAMPLE12"}), ()),
        (trust({"AWS": "AROA"}), ()),
    ],
)
def test_principals_that_are_gone(statements: Statements, found: tuple[str, ...]) -> None:
    assert deleted_principals(statements) == found


# everyone, in policies of resources


def grant(principal: Any, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal, "Action": "kms:*", "Resource": "*", **more}


def perimeter(**more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", "Condition": more}


@pytest.mark.parametrize(
    ("statements", "is_public"),
    [
        ([grant({"AWS": "arn:aws:iam::123456789012:root"})], False),
        ([grant("*")], True),
        ([grant({"AWS": ["arn:aws:iam::123456789012:root", "*"]})], True),
        ([grant("*", Condition={"StringEquals": {"kms:CallerAccount": ACCOUNT}})], False),
        ([grant("*", Condition={"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}})], True),
        ([grant("*", Condition={"Bool": {"aws:SecureTransport": "true"}})], True),
        ([grant("*", Condition={"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-abc/*"}})], False),
        ([grant("*", Condition={"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-abc/*"}})], True),
        ([grant("*"), perimeter(StringNotEqualsIfExists={"aws:PrincipalOrgID": "o-abc"})], False),
        (
            [
                grant("*"),
                perimeter(
                    StringNotEqualsIfExists={"aws:PrincipalOrgID": "o-abc"},
                    BoolIfExists={"aws:PrincipalIsAWSService": "false"},
                ),
            ],
            False,
        ),
        (
            [
                grant("*"),
                perimeter(StringNotEquals={"aws:PrincipalOrgID": "o-abc"}, IpAddress={"aws:SourceIp": "192.0.2.0/24"}),
            ],
            True,
        ),
        (
            [
                grant("*"),
                perimeter(
                    StringNotEquals={"aws:PrincipalOrgID": "o-abc"},
                    Bool={"aws:PrincipalIsAWSService": "true"},  # speaks of services only
                ),
            ],
            True,
        ),
        ([grant("*"), perimeter(ArnNotLike={"aws:PrincipalArn": "arn:aws:iam::*:role/x"})], True),
        ([grant("*", Condition={"StringLike": {"aws:PrincipalOrgID": "o-*"}})], True),
        ([grant("*"), perimeter(Bool={"aws:SecureTransport": "false"})], True),
        ([{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}], False),
    ],
)
def test_public(statements: list[dict[str, Any]], is_public: bool) -> None:
    assert bool(public(policy(*statements))) is is_public
