"""Custom models, indexes and collections of the other AI services."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.model.facts import Known, Reason, Unknown
from auditor.model.resources import AiAsset
from auditor.providers.aws import ai_assets
from auditor.providers.aws.ai_assets import (
    DESCRIBE_DATASET_GROUP,
    DESCRIBE_INDEX,
    DESCRIBE_PROJECT_VERSIONS,
    DESCRIBE_PROJECTS,
    GET_ADAPTER_VERSION,
    GET_APPLICATION,
    LIST_ADAPTER_VERSIONS,
    LIST_APPLICATIONS,
    LIST_CLASSIFIERS,
    LIST_COLLECTIONS,
    LIST_DATASET_GROUPS,
    LIST_INDICES,
    LIST_RECOGNIZERS,
)
from auditor.wire.calls import Call
from tests.providers.aws.conftest import Aws

KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
UUID = "3f1c2a7e-5b64-4c1d-9a80-6f2e1d7b9c34"
ROLE = "arn:aws:iam::123456789012:role/reader"


def arn(service: str, rest: str) -> str:
    return f"arn:aws:{service}:us-east-1:123456789012:{rest}"


EMPTY: dict[Call, dict[str, Any]] = {
    LIST_CLASSIFIERS: {"DocumentClassifierPropertiesList": []},
    LIST_RECOGNIZERS: {"EntityRecognizerPropertiesList": []},
    DESCRIBE_PROJECTS: {"ProjectDescriptions": []},
    LIST_COLLECTIONS: {"CollectionIds": [], "FaceModelVersions": []},
    LIST_ADAPTER_VERSIONS: {"AdapterVersions": []},
    LIST_INDICES: {"IndexConfigurationSummaryItems": []},
    LIST_APPLICATIONS: {"applications": []},
    LIST_DATASET_GROUPS: {"datasetGroups": []},
}
CLASSIFIER = arn("comprehend", "document-classifier/routing/version/v2")
RECOGNIZER = arn("comprehend", "entity-recognizer/numbers")
PROJECT = arn("rekognition", "project/damage/1")
TRAINED = arn("rekognition", "project/damage/version/v3/1")
GROUP = arn("personalize", "dataset-group/offers")
INDEX = {"Id": UUID, "Name": "handbook", "CreatedAt": 1, "UpdatedAt": 1, "Status": "ACTIVE"}
ADAPTER = {"AdapterId": "4c9e1b7d2a60", "AdapterVersion": "7"}

Answers = dict[Call, dict[str, Any]]
Case = tuple[Answers, str, str, str, Answers]
"""With a key and a role; native type, id and name of what is found; the answers in which both are absent."""

CASES: dict[str, Case] = {
    "classifier": (
        {
            LIST_CLASSIFIERS: {
                "DocumentClassifierPropertiesList": [
                    {"DocumentClassifierArn": CLASSIFIER, "ModelKmsKeyId": KEY, "DataAccessRoleArn": ROLE}
                ]
            }
        },
        "AWS::Comprehend::DocumentClassifier",
        CLASSIFIER,
        "routing/version/v2",
        {LIST_CLASSIFIERS: {"DocumentClassifierPropertiesList": [{"DocumentClassifierArn": CLASSIFIER}]}},
    ),
    "recognizer": (
        {
            LIST_RECOGNIZERS: {
                "EntityRecognizerPropertiesList": [
                    {"EntityRecognizerArn": RECOGNIZER, "ModelKmsKeyId": KEY, "DataAccessRoleArn": ROLE}
                ]
            }
        },
        "AWS::Comprehend::EntityRecognizer",
        RECOGNIZER,
        "numbers",
        # the volumes that trained it have a key of their own, which is not the model's
        {
            LIST_RECOGNIZERS: {
                "EntityRecognizerPropertiesList": [{"EntityRecognizerArn": RECOGNIZER, "VolumeKmsKeyId": KEY}]
            }
        },
    ),
    "trained model": (
        {
            DESCRIBE_PROJECTS: {"ProjectDescriptions": [{"ProjectArn": PROJECT}]},
            DESCRIBE_PROJECT_VERSIONS: {
                "ProjectVersionDescriptions": [{"ProjectVersionArn": TRAINED, "KmsKeyId": KEY}]
            },
        },
        "AWS::Rekognition::ProjectVersion",
        TRAINED,
        "damage v3",
        {DESCRIBE_PROJECT_VERSIONS: {"ProjectVersionDescriptions": [{"ProjectVersionArn": TRAINED}]}},
    ),
    "adapter": (
        {LIST_ADAPTER_VERSIONS: {"AdapterVersions": [ADAPTER]}, GET_ADAPTER_VERSION: {**ADAPTER, "KMSKeyId": KEY}},
        "AWS::Textract::AdapterVersion",
        arn("textract", "/adapters/4c9e1b7d2a60/versions/7"),
        "4c9e1b7d2a60 7",
        {GET_ADAPTER_VERSION: ADAPTER},
    ),
    "index": (
        {
            LIST_INDICES: {"IndexConfigurationSummaryItems": [INDEX]},
            DESCRIBE_INDEX: {
                "Id": UUID,
                "RoleArn": ROLE,
                "ServerSideEncryptionConfiguration": {"KmsKeyId": KEY},
            },
        },
        "AWS::Kendra::Index",
        arn("kendra", f"index/{UUID}"),
        "handbook",
        {DESCRIBE_INDEX: {"Id": UUID}},
    ),
    "application": (
        {
            LIST_APPLICATIONS: {"applications": [{"applicationId": UUID, "displayName": "helper"}]},
            GET_APPLICATION: {
                "applicationId": UUID,
                "roleArn": ROLE,
                "encryptionConfiguration": {"kmsKeyId": KEY},
            },
        },
        "AWS::QBusiness::Application",
        arn("qbusiness", f"application/{UUID}"),
        "helper",
        {GET_APPLICATION: {"applicationId": UUID}},
    ),
    "data set group": (
        {
            LIST_DATASET_GROUPS: {"datasetGroups": [{"name": "offers", "datasetGroupArn": GROUP}]},
            DESCRIBE_DATASET_GROUP: {"datasetGroup": {"name": "offers", "kmsKeyArn": KEY, "roleArn": ROLE}},
        },
        "AWS::Personalize::DatasetGroup",
        GROUP,
        "offers",
        {DESCRIBE_DATASET_GROUP: {"datasetGroup": {"name": "offers"}}},
    ),
}
ROLELESS = {"trained model", "adapter"}


def world(aws: Aws, answers: Answers) -> None:
    for call, body in {**EMPTY, **answers}.items():
        aws.answer(call, body)


def only(aws: Aws, service: str = "") -> AiAsset:
    """What the collectors of a service find; one behind a gate looks only where others found something."""
    (found,) = aws.collect([c for c in ai_assets.COLLECTORS if c.service == (service or c.service)])
    assert isinstance(found, AiAsset)
    return found


@pytest.mark.parametrize("case", CASES)
def test_an_asset_with_a_key(aws: Aws, case: str) -> None:
    answers, native_type, id_, name, _ = CASES[case]
    world(aws, answers)
    found = only(aws, id_.split(":")[2])
    assert (found.native_type, found.id, found.name) == (native_type, id_, name)
    assert found.encryption_key.value is not None
    assert found.encryption_key.value.id == KEY
    assert [ref.id for ref in found.identity.value] == ([] if case in ROLELESS else [ROLE])
    assert found.keyable.value is True
    assert all(fact.calls for fact in (found.encryption_key, found.identity, found.keyable))


@pytest.mark.parametrize("case", CASES)
def test_an_asset_without_a_key(aws: Aws, case: str) -> None:
    answers, _, id_, _, bare = CASES[case]
    world(aws, {**answers, **bare})
    found = only(aws, id_.split(":")[2])
    assert found.encryption_key.value is None
    if case == "index":  # an index is not created without a role
        assert isinstance(found.identity, Unknown)
        assert found.identity.reason is Reason.ABSENT
    else:
        assert found.identity.value == ()


def test_a_collection_cannot_have_a_key(aws: Aws) -> None:
    world(aws, {LIST_COLLECTIONS: {"CollectionIds": ["faces"], "FaceModelVersions": ["7.0"]}})
    found = only(aws)
    assert (found.id, found.name) == (arn("rekognition", "collection/faces"), "faces")
    assert (found.keyable.value, found.encryption_key.value, found.identity.value) == (False, None, ())


def test_adapters_are_looked_for_only_where_there_is_other_ai(aws: Aws) -> None:
    world(aws, CASES["adapter"][0])
    assert aws.collect(ai_assets.COLLECTORS) == ()
    world(aws, {**CASES["adapter"][0], **CASES["classifier"][0]})
    assert {a.native_type for a in aws.collect(ai_assets.COLLECTORS)} == {CASES["adapter"][1], CASES["classifier"][1]}


def test_projects_of_every_feature_are_asked_for(aws: Aws) -> None:
    world(aws, {})
    assert aws.collect(ai_assets.COLLECTORS) == ()
    (asked,) = [e for e in aws.ledger.exchanges() if e.operation == "DescribeProjects"]
    assert asked.params["Features"] == ["CUSTOM_LABELS", "CONTENT_MODERATION"]


@pytest.mark.parametrize(
    ("case", "call"),
    [
        ("adapter", GET_ADAPTER_VERSION),
        ("index", DESCRIBE_INDEX),
        ("application", GET_APPLICATION),
        ("data set group", DESCRIBE_DATASET_GROUP),
    ],
)
def test_a_denied_detail_leaves_the_key_unknown(aws: Aws, case: str, call: Call) -> None:
    world(aws, CASES[case][0])
    aws.refuse(call, "AccessDeniedException", 403)
    found = only(aws, call.service)
    assert isinstance(found.encryption_key, Unknown)
    assert found.encryption_key.permissions == (f"{call.service}:{call.operation}",)
    assert isinstance(found.keyable, Known)


def test_a_denied_list_is_a_gap(aws: Aws) -> None:
    world(aws, {DESCRIBE_PROJECTS: {"ProjectDescriptions": [{"ProjectArn": PROJECT}]}})
    aws.refuse(DESCRIBE_PROJECT_VERSIONS, "AccessDeniedException")
    (gap,) = aws.collected(ai_assets.COLLECTORS).inventory.gaps
    assert (gap.collector, gap.why.reason) == ("aws.ai_assets.rekognition_models", Reason.DENIED)
