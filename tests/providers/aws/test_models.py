"""SageMaker models and Bedrock custom models."""

from __future__ import annotations

from auditor.model.facts import Known, Reason, Unknown
from auditor.model.resources import Model, Ref
from auditor.model.scope import Provider
from auditor.providers.aws import models
from auditor.providers.aws.models import GET_CUSTOM_MODEL, LIST_CUSTOM_MODELS, LIST_MODELS
from auditor.providers.base import AnyCollector
from tests.providers.aws.conftest import Aws

SAGEMAKER, BEDROCK = models.COLLECTORS
ROLE = "arn:aws:iam::123456789012:role/inference"
ARN = "arn:aws:sagemaker:us-east-1:123456789012:model/m"
CUSTOM = "arn:aws:bedrock:us-east-1:123456789012:custom-model/amazon.titan-text-lite-v1:0:4k/abcdefabcdef"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def only(aws: Aws, collector: AnyCollector) -> Model:
    (found,) = aws.collect([collector])
    assert isinstance(found, Model)
    return found


def create(aws: Aws, **more: object) -> None:
    aws.boto("sagemaker").create_model(
        ModelName="m", ExecutionRoleArn=ROLE, PrimaryContainer={"Image": "image"}, **more
    )


def test_model(aws: Aws) -> None:
    create(aws)
    model = only(aws, SAGEMAKER)
    assert (model.id, model.name, model.native_type) == (ARN, "m", "AWS::SageMaker::Model")
    assert model.encrypted_with_storage.value is True
    assert all(isinstance(getattr(model, n), Known) and getattr(model, n).calls for n in SAGEMAKER.facts())


def test_every_page_is_read(aws: Aws) -> None:
    def page(name: str) -> dict[str, object]:
        return {"ModelName": name, "ModelArn": f"{ARN}-{name}", "CreationTime": 1}

    aws.answer(LIST_MODELS, {"Models": [page("a")], "NextToken": "2"})
    aws.answer(LIST_MODELS, {"Models": [page("b")]}, NextToken="2")
    done = aws.collected([SAGEMAKER])
    assert [r.name for r in done.inventory.resources] == ["a", "b"]
    assert len(done.inventory.listings) == 1
    aws.refuse(LIST_MODELS, "InternalFailure", 500, NextToken="2")
    done = aws.collected([SAGEMAKER])
    assert [r.name for r in done.inventory.resources] == ["a"]
    assert done.inventory.listings == ()
    assert [g.why.reason for g in done.inventory.gaps] == [Reason.UNREACHABLE]


def customize(aws: Aws, **more: object) -> None:
    base = {"baseModelArn": "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan", "baseModelName": "titan"}
    common = {"modelArn": CUSTOM, "modelName": "c", "creationTime": "2026-01-01T00:00:00Z"}
    aws.answer(LIST_CUSTOM_MODELS, {"modelSummaries": [{**common, **base}]})
    aws.answer(GET_CUSTOM_MODEL, {**common, **more})


def test_custom_model_with_a_key(aws: Aws) -> None:
    customize(aws, modelKmsKeyArn=KEY)
    model = only(aws, BEDROCK)
    assert (model.id, model.name, model.native_type) == (CUSTOM, "c", "AWS::Bedrock::CustomModel")
    assert model.encryption_key.value == Ref("Key", Provider.AWS, "123456789012", KEY)
    assert model.encrypted_with_storage.value is False
    assert all(isinstance(getattr(model, n), Known) and getattr(model, n).calls for n in BEDROCK.facts())
    (listed,) = [e for e in aws.ledger.exchanges() if e.operation == "ListCustomModels"]
    assert listed.params["isOwned"] is True  # models that others share are theirs to protect


def test_custom_model_without_a_key(aws: Aws) -> None:
    customize(aws)
    assert only(aws, BEDROCK).encryption_key.value is None


def test_custom_model_that_is_gone(aws: Aws) -> None:
    customize(aws)
    aws.refuse(GET_CUSTOM_MODEL, "ResourceNotFoundException", 404)
    fact = only(aws, BEDROCK).encryption_key
    assert isinstance(fact, Unknown)
    assert fact.reason is Reason.VANISHED


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
    model = only(aws, BEDROCK)
    assert model.name == "c"
    assert model.encryption_key.value.id.startswith("arn:aws:kms:us-east-1:123456789012:key/")  # moto makes up a key
