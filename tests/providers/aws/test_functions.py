"""AWS Lambda functions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from auditor.model.facts import Known, Reason, Unknown
from auditor.model.resources import Function, Ref
from auditor.model.scope import Provider
from auditor.providers.aws import functions
from auditor.providers.aws.authorization_details import GET_AUTHORIZATION_DETAILS
from auditor.providers.aws.functions import (
    GET_CONCURRENCY,
    GET_POLICY,
    GET_SIGNING,
    GET_SIGNING_CONFIG,
    LIST_FUNCTIONS,
    LIST_URLS,
)
from auditor.providers.aws.lambda_runtimes import DEPRECATED_ON, still_patched
from tests.providers.aws.conftest import Aws
from tests.support.aws_shapes import operation

ROLE = "arn:aws:iam::123456789012:role/chat"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ARN = "arn:aws:lambda:us-east-1:123456789012:function:chat"
CONFIG = "arn:aws:lambda:us-east-1:123456789012:code-signing-config:csc-0d4518bd353a0a7c6"
OF_LIST = {
    "identity",
    "encryption_key",
    "traced",
    "image_packaged",
    "runtime_supported",
    "has_variables",
    "secrets",
    "in_customer_network",
    "subnets",
    "security_groups",
}
OF_CALLS = {"public", "open_url", "concurrency_capped", "code_signed"}


def role(aws: Aws, *actions: str) -> None:
    iam = aws.boto("iam")
    iam.create_role(RoleName="chat", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": []}))
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    iam.put_role_policy(RoleName="chat", PolicyName="p", PolicyDocument=json.dumps(document))


def listed(aws: Aws, **more: Any) -> None:
    body = {
        "FunctionName": "chat",
        "FunctionArn": ARN,
        "Role": ROLE,
        "Runtime": "python3.14",
        "PackageType": "Zip",
        "TracingConfig": {"Mode": "Active"},
        "VpcConfig": {"VpcId": "vpc-1", "SubnetIds": ["subnet-2", "subnet-1"], "SecurityGroupIds": ["sg-1"]},
        "Environment": {"Variables": {"STAGE": ""}},
        "KMSKeyArn": KEY,
        **more,
    }
    aws.answer(LIST_FUNCTIONS, {"Functions": [{k: v for k, v in body.items() if v is not None}]})


def url(kind: str) -> dict[str, str]:
    day = "2026-08-14T09:30:00Z"
    return {
        "FunctionUrl": "https://x.lambda-url.us-east-1.on.aws/",
        "FunctionArn": ARN,
        "AuthType": kind,
        "CreationTime": day,
        "LastModifiedTime": day,
    }


def signing(policy: str) -> dict[str, Any]:
    return {
        "CodeSigningConfig": {
            "CodeSigningConfigId": "csc-0d4518bd353a0a7c6",
            "CodeSigningConfigArn": CONFIG,
            "AllowedPublishers": {"SigningProfileVersionArns": []},
            "CodeSigningPolicies": {"UntrustedArtifactOnDeployment": policy},
            "LastModified": "2026-08-14T09:30:00Z",
        }
    }


def policy(**statement: Any) -> dict[str, str]:
    return {"Policy": json.dumps({"Statement": [{"Effect": "Allow", "Action": "lambda:InvokeFunction", **statement}]})}


def guarded(aws: Aws) -> None:
    aws.refuse(GET_POLICY, "ResourceNotFoundException", 404)
    aws.answer(LIST_URLS, {"FunctionUrlConfigs": [url("AWS_IAM")]})
    aws.answer(GET_CONCURRENCY, {"ReservedConcurrentExecutions": 20})
    aws.answer(GET_SIGNING, {"CodeSigningConfigArn": CONFIG, "FunctionName": "chat"})
    aws.answer(GET_SIGNING_CONFIG, signing("Enforce"))


def only(aws: Aws) -> Function:
    (found,) = aws.collect(functions.COLLECTORS)
    assert isinstance(found, Function)
    return found


def outcome(fact: Any) -> object:
    return fact.value if isinstance(fact, Known) else fact.reason


def test_a_guarded_function(aws: Aws) -> None:
    role(aws, "bedrock:InvokeModel")
    listed(aws)
    guarded(aws)
    found = only(aws)
    assert (found.id, found.name, found.native_type) == (ARN, "chat", "AWS::Lambda::Function")
    assert found.fronts_ai.value is True
    assert found.identity.value == (Ref("Identity", Provider.AWS, "123456789012", ROLE),)
    assert found.encryption_key.value == Ref("Key", Provider.AWS, "123456789012", KEY)
    assert found.subnets.value == ("subnet-1", "subnet-2")
    assert found.security_groups.value == ("sg-1",)
    assert found.secrets.value == ()
    assert found.has_variables.value is found.traced.value is found.in_customer_network.value is True
    assert found.runtime_supported.value is found.concurrency_capped.value is found.code_signed.value is True
    assert found.public.value is found.open_url.value is found.image_packaged.value is False
    (collector,) = functions.COLLECTORS
    assert collector.facts() == OF_LIST | OF_CALLS | {"fronts_ai", "policy_document"}
    assert all(isinstance(getattr(found, n), Known) and getattr(found, n).calls for n in collector.facts())


@pytest.mark.parametrize("action", ["s3:GetObject", "bedrock:ListFoundationModels"])
def test_nothing_more_is_asked_of_a_function_that_may_call_no_model(aws: Aws, action: str) -> None:
    role(aws, action)
    listed(aws)
    found = only(aws)
    assert found.fronts_ai.value is False
    assert {outcome(getattr(found, name)) for name in OF_CALLS} == {Reason.NOT_COLLECTED}
    assert all(isinstance(getattr(found, name), Known) for name in OF_LIST)
    assert {e.operation for e in aws.ledger.exchanges()} == {"ListFunctions", "GetAccountAuthorizationDetails"}


def test_without_the_policies_of_roles_nothing_is_said(aws: Aws) -> None:
    listed(aws)
    guarded(aws)
    aws.refuse(GET_AUTHORIZATION_DETAILS, "AccessDenied", 403)
    found = only(aws)
    for name in ("fronts_ai", *OF_CALLS):
        fact = getattr(found, name)
        assert isinstance(fact, Unknown)
        assert fact.permissions == ("iam:GetAccountAuthorizationDetails",)


def test_a_role_that_is_gone(aws: Aws) -> None:
    listed(aws)
    assert outcome(only(aws).fronts_ai) is Reason.ABSENT


@pytest.mark.parametrize(
    ("fact", "changes", "expected"),
    [
        ("traced", {"TracingConfig": {"Mode": "PassThrough"}}, False),
        ("traced", {"TracingConfig": {"Mode": "UnheardOf"}}, Reason.UNRECOGNISED),
        ("traced", {"TracingConfig": None}, Reason.ABSENT),
        ("in_customer_network", {"VpcConfig": None}, False),
        ("in_customer_network", {"VpcConfig": {"VpcId": "", "SubnetIds": []}}, False),
        ("subnets", {"VpcConfig": None}, ()),
        ("encryption_key", {"KMSKeyArn": None}, None),
        ("has_variables", {"Environment": None}, False),
        ("secrets", {"Environment": None}, ()),
        ("has_variables", {"Environment": {"Error": {"ErrorCode": "AccessDeniedException"}}}, True),
        ("secrets", {"Environment": {"Error": {"ErrorCode": "AccessDeniedException"}}}, Reason.ABSENT),
        ("runtime_supported", {"Runtime": "python3.8"}, False),
        ("runtime_supported", {"Runtime": "UnheardOf1.0"}, Reason.UNRECOGNISED),
        ("runtime_supported", {"Runtime": None}, Reason.ABSENT),
        ("runtime_supported", {"Runtime": None, "PackageType": "Image"}, True),
        ("image_packaged", {"PackageType": "Image"}, True),
        ("image_packaged", {"PackageType": None}, Reason.ABSENT),
        ("code_signed", {"PackageType": "Image"}, False),
        ("identity", {"Role": None}, Reason.ABSENT),
        ("fronts_ai", {"Role": None}, Reason.ABSENT),
    ],
)
def test_what_the_list_says(aws: Aws, fact: str, changes: dict[str, Any], expected: object) -> None:
    role(aws, "bedrock:InvokeModel")
    guarded(aws)
    listed(aws, **changes)
    assert outcome(getattr(only(aws), fact)) == expected


def test_a_secret_is_reported_and_never_seen(aws: Aws) -> None:
    role(aws, "bedrock:InvokeModel")
    guarded(aws)
    key = "AKIA" + "IOSFODNN7EXAMPLE"
    listed(aws, Environment={"Variables": {"MODEL": "small", "ACCESS": key}})
    (found,) = only(aws).secrets.value
    assert found.startswith("ACCESS (")
    assert all(key.encode() not in e.body for e in aws.ledger.exchanges())


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ({"Principal": "*"}, True),
        ({"Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}, False),
        ({"Principal": "*", "Condition": {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}}}, True),
        ({"Principal": {"AWS": "123456789012"}}, False),
        ({"Principal": {"Service": "s3.amazonaws.com"}}, True),
        (
            {
                "Principal": {"Service": "s3.amazonaws.com"},
                "Condition": {"StringEquals": {"AWS:SourceAccount": "123456789012"}},
            },
            False,
        ),
        ({"Principal": {"Service": "apigateway.amazonaws.com"}}, False),
    ],
)
def test_policies(aws: Aws, statement: dict[str, Any], expected: bool) -> None:
    role(aws, "sagemaker:InvokeEndpoint")
    listed(aws)
    guarded(aws)
    aws.answer(GET_POLICY, policy(**statement))
    found = only(aws)
    assert found.public.value is expected
    assert found.policy_document.value is not None


@pytest.mark.parametrize(
    ("call", "body", "fact", "expected"),
    [
        (LIST_URLS, {"FunctionUrlConfigs": []}, "open_url", False),
        (LIST_URLS, {"FunctionUrlConfigs": [url("AWS_IAM"), url("NONE")]}, "open_url", True),
        (LIST_URLS, {"FunctionUrlConfigs": [url("UnheardOf")]}, "open_url", Reason.UNRECOGNISED),
        (GET_CONCURRENCY, {}, "concurrency_capped", False),
        (GET_CONCURRENCY, {"ReservedConcurrentExecutions": 0}, "concurrency_capped", True),
        (GET_SIGNING_CONFIG, signing("Warn"), "code_signed", False),
        (GET_SIGNING_CONFIG, signing("UnheardOf"), "code_signed", Reason.UNRECOGNISED),
    ],
)
def test_what_single_calls_say(aws: Aws, call: Any, body: dict[str, Any], fact: str, expected: object) -> None:
    role(aws, "bedrock:InvokeAgent")
    listed(aws)
    guarded(aws)
    aws.answer(call, body)
    assert outcome(getattr(only(aws), fact)) == expected


@pytest.mark.parametrize("body", [b"{}", b'{"FunctionName": "chat"}'])
def test_no_code_signing_configuration(aws: Aws, body: bytes) -> None:
    """The model promises one, and the service sends none."""
    role(aws, "bedrock:InvokeModel")
    listed(aws)
    guarded(aws)
    aws.raw(GET_SIGNING, 200, body, "application/json")
    assert only(aws).code_signed.value is False
    aws.refuse(GET_SIGNING, "CodeSigningConfigNotFoundException", 404)
    assert only(aws).code_signed.value is False


@pytest.mark.parametrize(
    ("call", "fact"),
    [
        (GET_POLICY, "public"),
        (LIST_URLS, "open_url"),
        (GET_CONCURRENCY, "concurrency_capped"),
        (GET_SIGNING, "code_signed"),
        (GET_SIGNING_CONFIG, "code_signed"),
    ],
)
def test_a_denied_call_leaves_the_rest_known(aws: Aws, call: Any, fact: str) -> None:
    role(aws, "bedrock:InvokeModel")
    listed(aws)
    guarded(aws)
    aws.refuse(call, "AccessDeniedException", 403)
    found = only(aws)
    denied = getattr(found, fact)
    assert isinstance(denied, Unknown)
    assert denied.permissions == call.permissions
    assert all(isinstance(getattr(found, name), Known) for name in OF_CALLS - {fact})


def test_a_runtime_is_supported_until_its_day() -> None:
    assert still_patched("python3.13", "2029-06-29T23:59:59+00:00").value is True
    assert still_patched("python3.13", "2029-06-30T00:00:00+00:00").value is False


def test_runtimes_are_those_of_the_api() -> None:
    """Only names the API has, but not all of them: some are listed there before they can be used."""
    runtimes = operation(LIST_FUNCTIONS).output_shape.members["Functions"].member.members["Runtime"].enum
    assert DEPRECATED_ON.keys() <= set(runtimes)
    assert set(runtimes) - DEPRECATED_ON.keys() == {"custom", "nodejs26.x", "python3.15"}
