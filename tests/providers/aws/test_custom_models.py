"""Custom and imported models of Bedrock."""

from __future__ import annotations

import json
from typing import Any

import pytest

from auditor.model.facts import Known, Reason, Unknown
from auditor.model.resources import Model, Ref
from auditor.model.scope import Provider
from auditor.providers.aws.bedrock import GET_RESOURCE_POLICY
from auditor.providers.aws.custom_models import (
    COLLECTORS,
    GET_CUSTOM_MODEL,
    GET_IMPORTED_MODEL,
    LIST_CUSTOM_MODELS,
    LIST_IMPORTED_MODELS,
)
from auditor.providers.base import AnyCollector
from tests.providers.aws.conftest import Aws

CUSTOM, IMPORTED = COLLECTORS
PREFIX = "arn:aws:bedrock:us-east-1:123456789012"
CUSTOM_ARN = f"{PREFIX}:custom-model/amazon.titan-text-lite-v1:0:4k/abcdefabcdef"
IMPORTED_ARN = f"{PREFIX}:imported-model/abcdefabcdef"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ROLE = "arn:aws:iam::123456789012:role/customization"
AT = "2026-01-01T00:00:00Z"


def only(aws: Aws, collector: AnyCollector) -> Model:
    (found,) = aws.collect([collector])
    assert isinstance(found, Model)
    return found


def customize(aws: Aws, policy: Any = None, **more: object) -> None:
    base = {"baseModelArn": "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan", "baseModelName": "titan"}
    common = {"modelArn": CUSTOM_ARN, "modelName": "c", "creationTime": AT}
    aws.answer(LIST_CUSTOM_MODELS, {"modelSummaries": [{**common, **base}]})
    aws.answer(GET_CUSTOM_MODEL, {**common, **more})
    aws.answer(GET_RESOURCE_POLICY, {} if policy is None else {"resourcePolicy": policy}, resourceArn=CUSTOM_ARN)


def imported(aws: Aws, **more: object) -> None:
    common = {"modelArn": IMPORTED_ARN, "modelName": "i", "creationTime": AT}
    aws.answer(LIST_IMPORTED_MODELS, {"modelSummaries": [common]})
    aws.answer(GET_IMPORTED_MODEL, {**common, **more}, modelIdentifier=IMPORTED_ARN)


@pytest.mark.parametrize(("collector", "build"), [(CUSTOM, customize), (IMPORTED, imported)], ids=lambda x: str(x)[:20])
def test_model_with_a_key(aws: Aws, collector: AnyCollector, build: Any) -> None:
    build(aws, modelKmsKeyArn=KEY)
    model = only(aws, collector)
    assert model.encryption_key.value == Ref("Key", Provider.AWS, "123456789012", KEY)
    assert (model.encrypted_with_storage.value, model.runs_containers.value) == (False, False)
    assert (model.artifacts.value, model.images.value, model.documented.value) == ((), (), None)
    assert all(isinstance(getattr(model, n), Known) and getattr(model, n).calls for n in collector.facts())


def test_names_and_types(aws: Aws) -> None:
    customize(aws)
    imported(aws)
    custom, other = only(aws, CUSTOM), only(aws, IMPORTED)
    assert (custom.id, custom.name, custom.native_type) == (CUSTOM_ARN, "c", "AWS::Bedrock::CustomModel")
    assert (other.id, other.name, other.native_type) == (IMPORTED_ARN, "i", "AWS::Bedrock::ImportedModel")
    assert (custom.encryption_key.value, other.encryption_key.value) == (None, None)
    assert (other.public_policy.value, other.policy_document.value) == (None, None)


def test_models_that_others_share_are_theirs_to_protect(aws: Aws) -> None:
    customize(aws)
    only(aws, CUSTOM)
    (listed,) = [e for e in aws.ledger.exchanges() if e.operation == "ListCustomModels"]
    assert listed.params["isOwned"] is True


def policy(principal: object, **condition: object) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "bedrock:*", "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [{**statement, **condition}]})


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (None, False),
        (policy({"AWS": "arn:aws:iam::345678901234:root"}), False),
        (policy("*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}), False),
        (policy("*"), True),
        ("{", Reason.MALFORMED),
    ],
)
def test_policy(aws: Aws, document: str | None, expected: object) -> None:
    customize(aws, document)
    found = only(aws, CUSTOM)
    fact = found.public_policy
    assert (fact.value if isinstance(fact, Known) else fact.reason) is expected
    assert (found.policy_document.value or "").replace(" ", "") == (document or "").replace(" ", "")


@pytest.mark.parametrize(("code", "expected"), [("ResourceNotFoundException", False), ("AccessDeniedException", None)])
def test_a_policy_that_is_not_there_and_one_that_is_closed(aws: Aws, code: str, expected: bool | None) -> None:
    customize(aws)
    aws.refuse(GET_RESOURCE_POLICY, code, 404 if expected is False else 403)
    found = only(aws, CUSTOM)
    if expected is None:
        for fact in (found.public_policy, found.policy_document):
            assert isinstance(fact, Unknown)
            assert fact.reason is Reason.DENIED
    else:
        assert found.public_policy.value is expected
        assert found.policy_document.value is None


@pytest.mark.parametrize("code", ["ResourceNotFoundException", "AccessDeniedException"])
def test_models_that_cannot_be_read(aws: Aws, code: str) -> None:
    customize(aws)
    imported(aws)
    for call in (GET_CUSTOM_MODEL, GET_IMPORTED_MODEL):
        aws.refuse(call, code, 404)
    for collector in COLLECTORS:
        fact = only(aws, collector).encryption_key
        assert isinstance(fact, Unknown)
        assert fact.reason is (Reason.DENIED if code.startswith("Access") else Reason.VANISHED)


def test_moto_lists_custom_models_as_the_api_does(aws: Aws) -> None:
    for bucket in ("training", "output"):
        aws.boto("s3").create_bucket(Bucket=bucket)
    aws.boto("bedrock").create_model_customization_job(
        jobName="j",
        customModelName="c",
        roleArn=ROLE,
        baseModelIdentifier="amazon.titan-text-lite-v1",
        trainingDataConfig={"s3Uri": "s3://training"},
        outputDataConfig={"s3Uri": "s3://output"},
        hyperParameters={"epochs": "1"},
        customModelKmsKeyId=KEY,
    )
    aws.answer(GET_RESOURCE_POLICY, {})
    model = only(aws, CUSTOM)
    assert model.name == "c"
    assert model.encryption_key.value.id.startswith("arn:aws:kms:us-east-1:123456789012:key/")  # moto makes up a key
