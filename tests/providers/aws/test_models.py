"""SageMaker models: their containers, packages and cards in every state."""

from __future__ import annotations

import json
from typing import Any

import pytest

from auditor.model.facts import Known, Reason, Unknown
from auditor.model.resources import Model, Ref
from auditor.model.scope import Provider
from auditor.providers.aws.model_cards import DESCRIBE_MODEL_CARD, LIST_MODEL_CARDS
from auditor.providers.aws.model_packages import DESCRIBE_MODEL_PACKAGE
from auditor.providers.aws.models import DESCRIBE_MODEL, LIST_MODELS, SAGEMAKER
from tests.providers.aws.conftest import Aws

ROLE = "arn:aws:iam::123456789012:role/inference"
ARN = "arn:aws:sagemaker:us-east-1:123456789012:model/m"
PACKAGE = "arn:aws:sagemaker:us-east-1:123456789012:model-package/group/3"
DIGEST = "sha256:" + "a" * 64
IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/serve:1"
DESCRIBED = {"ModelName": "m", "ModelArn": ARN, "CreationTime": 1}


def described(aws: Aws, **more: Any) -> Model:
    aws.answer(LIST_MODELS, {"Models": [DESCRIBED]})
    aws.answer(DESCRIBE_MODEL, {**DESCRIBED, **more})
    (found,) = aws.collect([SAGEMAKER])
    assert isinstance(found, Model)
    return found


def container(**more: Any) -> dict[str, Any]:
    return {"PrimaryContainer": {"Image": IMAGE, **more}}


def package(aws: Aws, status: str | None = "Approved", **more: Any) -> None:
    inner = {
        "Image": IMAGE,
        "ImageDigest": DIGEST,
        "ModelDataUrl": "s3://packaged/m.tar.gz",
        "Environment": {"PASSWORD": "not-a-real-Passw0rd"},
    }
    body: dict[str, Any] = {
        "ModelPackageName": "group/3",
        "ModelPackageArn": PACKAGE,
        "CreationTime": 1,
        "ModelPackageStatus": "Completed",
        "ModelPackageStatusDetails": {"ValidationStatuses": []},
        "InferenceSpecification": {"Containers": [inner]},
        **({"ModelApprovalStatus": status} if status else {}),
        **more,
    }
    aws.answer(DESCRIBE_MODEL_PACKAGE, body, ModelPackageName=PACKAGE)


def test_guarded_model(aws: Aws) -> None:
    package(aws)
    aws.answer(
        LIST_MODEL_CARDS,
        {"ModelCardSummaries": [{**CARD, "ModelCardStatus": "Approved"}]},
        ModelCardStatus="Approved",
    )
    card(aws, {"model_overview": {"model_id": ARN}})
    model = described(
        aws,
        ExecutionRoleArn=ROLE,
        VpcConfig={"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
        EnableNetworkIsolation=True,
        PrimaryContainer={"ModelPackageName": PACKAGE, "ImageConfig": {"RepositoryAccessMode": "Vpc"}},
    )
    assert (model.id, model.name, model.native_type) == (ARN, "m", "AWS::SageMaker::Model")
    assert (model.encrypted_with_storage.value, model.runs_containers.value) == (True, True)
    assert model.identity.value == (Ref("Identity", Provider.AWS, "123456789012", ROLE),)
    assert (model.in_customer_network.value, model.network_isolated.value) == (True, True)
    assert (model.subnets.value, model.security_groups.value) == (("subnet-1",), ("sg-1",))
    assert (model.public_pulls.value, model.public_policy.value) == ((), None)
    assert model.images.value == (f"{IMAGE}@{DIGEST}",)
    assert model.secrets.value == ("PASSWORD (secret-keyword)",)
    assert model.artifacts.value == (Ref("Storage", Provider.AWS, "123456789012", "arn:aws:s3:::packaged"),)
    assert (model.approved.value, model.documented.value) == (True, True)
    for name in SAGEMAKER.facts():
        fact = getattr(model, name)
        assert isinstance(fact, Known), name
        assert fact.calls, name


def test_bare_model(aws: Aws) -> None:
    model = described(aws, **container())
    assert model.identity.value == ()
    assert (model.in_customer_network.value, model.network_isolated.value) == (False, False)
    assert (model.subnets.value, model.security_groups.value) == ((), ())
    assert model.public_pulls.value == (IMAGE,)
    assert model.images.value == (IMAGE,)
    assert (model.secrets.value, model.artifacts.value) == ((), ())
    assert (model.approved.value, model.documented.value) == (False, False)


def test_containers_in_a_row(aws: Aws) -> None:
    """A fault in one of them is one of the model."""
    model = described(
        aws,
        Containers=[
            {"Image": "registry.example/one:1", "ImageConfig": {"RepositoryAccessMode": "Vpc"}},
            {
                "Image": f"{IMAGE}@{DIGEST}",
                "ImageConfig": {"RepositoryAccessMode": "Platform"},
                "ModelDataUrl": "s3://first/m.tar.gz",
                "Environment": {"DB_PASSWORD": "not-a-real-Passw0rd", "LOG": "info"},
            },
            {
                "Image": "registry.example/two:1",
                "ImageConfig": {"RepositoryAccessMode": "Vpc"},
                "ModelDataSource": {
                    "S3DataSource": {"S3Uri": "s3://second/", "S3DataType": "S3Prefix", "CompressionType": "None"}
                },
                "AdditionalModelDataSources": [
                    {
                        "ChannelName": "draft",
                        "S3DataSource": {
                            "S3Uri": "s3://third/",
                            "S3DataType": "S3Prefix",
                            "CompressionType": "None",
                        },
                    }
                ],
            },
        ],
    )
    assert model.public_pulls.value == (f"{IMAGE}@{DIGEST}",)
    assert model.images.value == (f"{IMAGE}@{DIGEST}", "registry.example/one:1", "registry.example/two:1")
    assert model.secrets.value == ("DB_PASSWORD (secret-keyword)",)
    assert [ref.id for ref in model.artifacts.value] == [f"arn:aws:s3:::{n}" for n in ("first", "second", "third")]


def reason(fact: Any) -> Reason | None:
    return fact.reason if isinstance(fact, Unknown) else None


def test_a_model_without_containers_is_unknown(aws: Aws) -> None:
    model = described(aws)
    for name in ("images", "secrets", "artifacts", "approved", "public_pulls", "documented"):
        assert reason(getattr(model, name)) is Reason.ABSENT, name


def test_unheard_of_values_and_places(aws: Aws) -> None:
    model = described(
        aws, **container(ImageConfig={"RepositoryAccessMode": "Unheard"}, ModelDataUrl="https://models.example/m")
    )
    assert reason(model.public_pulls) is Reason.UNRECOGNISED
    assert reason(model.artifacts) is Reason.UNRECOGNISED
    assert model.images.value == (IMAGE,)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("Approved", True),
        ("Rejected", False),
        ("PendingManualApproval", False),
        (None, False),
        ("Unheard", Reason.UNRECOGNISED),
    ],
)
def test_approval(aws: Aws, status: str | None, expected: object) -> None:
    package(aws, status)
    fact = described(aws, PrimaryContainer={"ModelPackageName": PACKAGE}).approved
    assert (fact.value if isinstance(fact, Known) else fact.reason) is expected


def test_every_container_has_to_come_from_a_package(aws: Aws) -> None:
    package(aws)
    model = described(aws, Containers=[{"ModelPackageName": PACKAGE}, {"Image": IMAGE}])
    assert model.approved.value is False


def test_a_package_that_cannot_be_read_hides_what_it_brings(aws: Aws) -> None:
    aws.refuse(DESCRIBE_MODEL_PACKAGE, "AccessDeniedException")
    leaking = {"Image": IMAGE, "Environment": {"PASSWORD": "not-a-real-Passw0rd"}}
    model = described(aws, Containers=[{"ModelPackageName": PACKAGE}])
    for name in ("images", "secrets", "artifacts", "approved"):
        assert reason(getattr(model, name)) is Reason.DENIED, name
    assert model.network_isolated.value is False
    model = described(aws, Containers=[{"ModelPackageName": PACKAGE}, leaking])
    assert model.secrets.value == ("PASSWORD (secret-keyword)",)
    assert model.approved.value is False
    assert reason(model.images) is Reason.DENIED


def test_another_specification_of_a_package(aws: Aws) -> None:
    other = {"Name": "batch", "Containers": [{"Image": f"{IMAGE}-batch"}]}
    package(aws, AdditionalInferenceSpecifications=[other])
    named = {"ModelPackageName": PACKAGE, "InferenceSpecificationName": "batch"}
    assert described(aws, PrimaryContainer=named).images.value == (f"{IMAGE}-batch",)
    named = {"ModelPackageName": PACKAGE, "InferenceSpecificationName": "gone"}
    assert reason(described(aws, PrimaryContainer=named).images) is Reason.ABSENT


CARD: dict[str, Any] = {
    "ModelCardName": "card",
    "ModelCardArn": "arn:aws:sagemaker:us-east-1:123456789012:model-card/card",
    "CreationTime": 1,
}


def card(aws: Aws, content: Any, status: str = "Approved") -> None:
    text = content if isinstance(content, str) else json.dumps(content)
    body = {**CARD, "ModelCardVersion": 2, "ModelCardStatus": status, "Content": text, "CreatedBy": {}}
    aws.answer(DESCRIBE_MODEL_CARD, body, IncludedData="MetadataOnly")


@pytest.mark.parametrize(
    ("content", "status", "expected"),
    [
        ({"model_overview": {"model_id": ARN}}, "Approved", True),
        ({"model_package_details": {"model_package_arn": PACKAGE}}, "Approved", True),
        ({"model_overview": {"model_id": f"{ARN}-other", "model_name": "m"}}, "Approved", False),
        ({"model_overview": {"model_id": ARN}}, "Draft", False),
        ({"model_overview": {"model_id": ARN}}, "Unheard", Reason.UNRECOGNISED),
        ({"model_overview": "m"}, "Approved", False),
        ("no JSON", "Approved", Reason.MALFORMED),
        ("[]", "Approved", Reason.MALFORMED),
    ],
)
def test_cards(aws: Aws, content: Any, status: str, expected: object) -> None:
    package(aws)
    aws.answer(LIST_MODEL_CARDS, {"ModelCardSummaries": [{**CARD, "ModelCardStatus": "Approved"}]})
    card(aws, content, status)
    fact = described(aws, PrimaryContainer={"ModelPackageName": PACKAGE}).documented
    assert (fact.value if isinstance(fact, Known) else fact.reason) is expected


def test_a_card_that_names_the_model_decides_whatever_the_others_are(aws: Aws) -> None:
    cards = [{**CARD, "ModelCardName": name, "ModelCardStatus": "Approved"} for name in ("closed", "open")]
    aws.answer(LIST_MODEL_CARDS, {"ModelCardSummaries": cards})
    card(aws, {"model_overview": {"model_id": ARN}})
    aws.refuse(DESCRIBE_MODEL_CARD, "AccessDeniedException", ModelCardName="closed")
    assert described(aws, **container()).documented.value is True
    card(aws, {"model_overview": {"model_id": "other"}})
    aws.refuse(DESCRIBE_MODEL_CARD, "AccessDeniedException", ModelCardName="closed")
    assert reason(described(aws, **container()).documented) is Reason.DENIED


def test_cards_are_read_once_for_all_models(aws: Aws) -> None:
    listed = [{**DESCRIBED, "ModelName": f"m{n}", "ModelArn": f"{ARN}{n}"} for n in range(3)]
    aws.answer(LIST_MODELS, {"Models": listed})
    for model in listed:
        aws.answer(DESCRIBE_MODEL, {**model, **container()}, ModelName=model["ModelName"])
    aws.answer(LIST_MODEL_CARDS, {"ModelCardSummaries": [{**CARD, "ModelCardStatus": "Approved"}]})
    card(aws, {"model_overview": {"model_id": f"{ARN}1"}})
    found = aws.collect([SAGEMAKER])
    assert [m.documented.value for m in found if isinstance(m, Model)] == [False, True, False]
    assert len(list(aws.ledger.exchanges())) == 1 + 3 + 1 + 1


@pytest.mark.parametrize("call", [LIST_MODEL_CARDS, DESCRIBE_MODEL], ids=lambda call: call.operation)
def test_what_is_denied_is_unknown(aws: Aws, call: Any) -> None:
    aws.answer(LIST_MODELS, {"Models": [DESCRIBED]})
    aws.answer(DESCRIBE_MODEL, {**DESCRIBED, **container()})
    aws.refuse(call, "AccessDeniedException")
    (model,) = aws.collect([SAGEMAKER])
    assert isinstance(model, Model)
    assert reason(model.documented) is Reason.DENIED
    assert reason(model.images) is (Reason.DENIED if call is DESCRIBE_MODEL else None)


def test_every_page_is_read(aws: Aws) -> None:
    def page(name: str) -> dict[str, object]:
        aws.answer(DESCRIBE_MODEL, {**DESCRIBED, **container()})
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
