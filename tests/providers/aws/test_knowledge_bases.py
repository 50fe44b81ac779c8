"""Bedrock knowledge bases and where they keep their indexes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from auditor.model.facts import Known, Reason, Unknown
from auditor.model.resources import KnowledgeBase, Ref
from auditor.model.scope import Provider
from auditor.providers.aws.knowledge_bases import (
    COLLECTORS,
    GET_DATA_SOURCE,
    GET_KNOWLEDGE_BASE,
    GET_RESOURCE_POLICY,
    LIST_DATA_SOURCES,
    LIST_KNOWLEDGE_BASES,
)
from auditor.providers.aws.vector_stores import BATCH_GET_COLLECTION, GET_POLICY, LIST_POLICIES
from tests.providers.aws.conftest import Aws

ROLE = "arn:aws:iam::123456789012:role/knowledge"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ARN = "arn:aws:bedrock:us-east-1:123456789012:knowledge-base/KB00000001"
COLLECTION = "arn:aws:aoss:us-east-1:123456789012:collection/abc123"
WHEN = "2026-01-01T00:00:00Z"
MAPPING = {"vectorField": "v", "textField": "t", "metadataField": "m"}


def serverless(collection: str = COLLECTION) -> dict[str, Any]:
    settings = {"collectionArn": collection, "vectorIndexName": "i", "fieldMapping": MAPPING}
    return {"type": "OPENSEARCH_SERVERLESS", "opensearchServerlessConfiguration": settings}


def base(aws: Aws, store: dict[str, Any] | None = None, sources: tuple[dict[str, Any], ...] = (), **more: Any) -> Any:
    summary = {"knowledgeBaseId": "KB00000001", "name": "kb", "status": "ACTIVE", "updatedAt": WHEN}
    aws.answer(LIST_KNOWLEDGE_BASES, {"knowledgeBaseSummaries": [summary]})
    body = {
        **summary,
        "knowledgeBaseArn": ARN,
        "roleArn": ROLE,
        "knowledgeBaseConfiguration": {"type": "VECTOR"},
        "storageConfiguration": store or serverless(),
        "createdAt": WHEN,
        **more,
    }
    aws.answer(GET_KNOWLEDGE_BASE, {"knowledgeBase": body}, knowledgeBaseId="KB00000001")
    heads = []
    for number, source in enumerate(sources):
        head = {
            "knowledgeBaseId": "KB00000001",
            "dataSourceId": f"DS{number}",
            "name": f"source-{number}",
            "status": "AVAILABLE",
            "updatedAt": WHEN,
        }
        heads.append(head)
        aws.answer(GET_DATA_SOURCE, {"dataSource": {**head, "createdAt": WHEN, **source}}, dataSourceId=f"DS{number}")
    aws.answer(LIST_DATA_SOURCES, {"dataSourceSummaries": heads}, knowledgeBaseId="KB00000001")
    return only(aws)


def only(aws: Aws) -> KnowledgeBase:
    (found,) = aws.collect(COLLECTORS)
    assert isinstance(found, KnowledgeBase)
    return found


def outcome(fact: Any) -> Any:
    return fact.reason if isinstance(fact, Unknown) else fact.value


def collection(aws: Aws, *policies: object, key: str | None = KEY) -> None:
    """A collection named ``docs``, and the network policies of the region."""
    detail = {"id": "abc123", "name": "docs", "arn": COLLECTION, "status": "ACTIVE", "kmsKeyArn": key}
    found = {k: v for k, v in detail.items() if v is not None}
    aws.answer(BATCH_GET_COLLECTION, {"collectionDetails": [found], "collectionErrorDetails": []}, ids=["abc123"])
    heads = [{"type": "network", "name": f"policy-{number}"} for number, _ in enumerate(policies)]
    aws.answer(LIST_POLICIES, {"securityPolicySummaries": heads}, type="network")
    for number, policy in enumerate(policies):  # a document: a field without a shape of its own
        document = {"type": "network", "name": f"policy-{number}", "policy": policy}
        body = json.dumps({"securityPolicyDetail": document}).encode()
        aws.raw(GET_POLICY, 200, body, "application/x-amz-json-1.0", name=f"policy-{number}")


def block(public: bool | None, *patterns: str) -> dict[str, Any]:
    made: dict[str, Any] = {
        "Rules": [{"ResourceType": "collection", "Resource": list(patterns or ["collection/docs"])}]
    }
    return made if public is None else {**made, "AllowFromPublic": public}


IN_BUCKET = {"type": "S3", "s3Configuration": {"bucketArn": "arn:aws:s3:::docs"}}
BUCKET = Ref("Storage", Provider.AWS, "123456789012", "arn:aws:s3:::docs")
ENCRYPTED = {"serverSideEncryptionConfiguration": {"kmsKeyArn": KEY}}


def test_guarded_knowledge_base(aws: Aws) -> None:
    collection(aws, [block(False)])
    sources = ({"dataSourceConfiguration": IN_BUCKET, "dataDeletionPolicy": "RETAIN", **ENCRYPTED},)
    found = base(aws, sources=sources)
    assert (found.id, found.name, found.native_type) == (ARN, "kb", "AWS::Bedrock::KnowledgeBase")
    assert found.aliases == {"KB00000001"}
    assert found.identity.value == (Ref("Identity", Provider.AWS, "123456789012", ROLE),)
    assert found.source_keys.value == (Ref("Key", Provider.AWS, "123456789012", KEY),)
    assert found.sources.value == (BUCKET,)
    assert found.on_deletion.value == ("retain",)
    assert found.store_key.value == Ref("Key", Provider.AWS, "123456789012", KEY)
    assert found.store_public.value is False
    (collector,) = COLLECTORS
    assert all(isinstance(getattr(found, n), Known) and getattr(found, n).calls for n in collector.facts())


MANAGED: dict[str, Any] = {"knowledgeBaseConfiguration": {"type": "MANAGED"}}


def shared(principal: object) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "bedrock:Retrieve", "Resource": ARN}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, separators=(",", ":"))


@pytest.mark.parametrize(
    ("text", "public"),
    [(shared({"AWS": "345678901234"}), False), (shared("*"), True), ("{", Reason.MALFORMED)],
)
def test_policy_of_a_managed_knowledge_base(aws: Aws, text: str, public: object) -> None:
    aws.answer(GET_RESOURCE_POLICY, {"resourceArn": ARN, "policy": text, "revisionId": "1"}, resourceArn=ARN)
    found = base(aws, **MANAGED)
    assert (outcome(found.public_policy), found.policy_document.value) == (public, text)


@pytest.mark.parametrize(
    ("code", "expected"),
    [("ResourceNotFoundException", (False, None)), ("AccessDeniedException", (Reason.DENIED,) * 2)],
)
def test_no_policy_and_one_that_is_closed(aws: Aws, code: str, expected: object) -> None:
    aws.refuse(GET_RESOURCE_POLICY, code, 404 if code.startswith("Resource") else 403)
    found = base(aws, **MANAGED)
    assert (outcome(found.public_policy), outcome(found.policy_document)) == expected


@pytest.mark.parametrize(
    ("kind", "expected"), [("VECTOR", None), ("KENDRA", None), ("SQL", None), ("Unheard", Reason.UNRECOGNISED)]
)
def test_other_types_have_no_policy_and_are_not_asked(aws: Aws, kind: str, expected: object) -> None:
    found = base(aws, knowledgeBaseConfiguration={"type": kind})
    assert (outcome(found.public_policy), outcome(found.policy_document)) == (expected, expected)
    assert "GetResourcePolicy" not in {e.operation for e in aws.ledger.exchanges()}


@pytest.mark.parametrize(
    ("source", "fact", "expected"),
    [
        ({"dataSourceConfiguration": IN_BUCKET}, "source_keys", (None,)),
        ({"dataSourceConfiguration": {"type": "WEB"}}, "sources", ()),
        ({"dataSourceConfiguration": {"type": "S3"}}, "sources", Reason.ABSENT),
        (
            {
                "dataSourceConfiguration": {
                    **IN_BUCKET,
                    "s3Configuration": {"bucketArn": "b", "bucketOwnerAccountId": "9"},
                }
            },
            "sources",
            (Ref("Storage", Provider.AWS, "9", "b"),),
        ),
        ({"dataSourceConfiguration": IN_BUCKET, "dataDeletionPolicy": "DELETE"}, "on_deletion", ("delete",)),
        ({"dataSourceConfiguration": IN_BUCKET, "dataDeletionPolicy": "UnheardOf"}, "on_deletion", Reason.UNRECOGNISED),
        ({"dataSourceConfiguration": IN_BUCKET}, "on_deletion", Reason.ABSENT),
    ],
)
def test_data_sources(aws: Aws, source: dict[str, Any], fact: str, expected: object) -> None:
    collection(aws)
    assert outcome(getattr(base(aws, sources=(source,)), fact)) == expected


def test_no_data_sources(aws: Aws) -> None:
    collection(aws)
    found = base(aws)
    assert (found.source_keys.value, found.sources.value, found.on_deletion.value) == ((), (), ())


@pytest.mark.parametrize(("key", "expected"), [("auto", None), (None, Reason.ABSENT)])
def test_key_of_a_collection(aws: Aws, key: str | None, expected: object) -> None:
    collection(aws, key=key)
    assert outcome(base(aws).store_key) == expected


@pytest.mark.parametrize(
    ("policies", "expected"),
    [
        ((), False),
        (([block(True)],), True),
        (([block(None)],), False),
        (([block(True, "collection/other")],), False),
        (([block(True, "collection/other", "collection/d*")],), True),
        (([block(True, "collection/*")],), True),
        (([block(False)], [block(True, "collection/*")]), True),
        (([block(False), block(True)],), True),
        (({"Rules": []},), Reason.MALFORMED),
        (([{"AllowFromPublic": True}],), Reason.ABSENT),
        (([{"AllowFromPublic": True}], [block(True)]), True),
    ],
)
def test_network_policies(aws: Aws, policies: tuple[object, ...], expected: object) -> None:
    collection(aws, *policies)
    assert outcome(base(aws).store_public) == expected


@pytest.mark.parametrize(
    ("configuration", "key", "public"),
    [
        ({"type": "MANAGED", "managedKnowledgeBaseConfiguration": {}}, None, False),
        (
            {"type": "MANAGED", "managedKnowledgeBaseConfiguration": ENCRYPTED},
            Ref("Key", Provider.AWS, "123456789012", KEY),
            False,
        ),
        ({"type": "KENDRA"}, Reason.NOT_BUILT, Reason.NOT_BUILT),
        ({"type": "SQL"}, Reason.NOT_BUILT, Reason.NOT_BUILT),
        ({"type": "UnheardOf"}, Reason.UNRECOGNISED, Reason.UNRECOGNISED),
    ],
)
def test_kinds_of_knowledge_bases(aws: Aws, configuration: dict[str, Any], key: object, public: object) -> None:
    found = base(aws, knowledgeBaseConfiguration=configuration)
    assert (outcome(found.store_key), outcome(found.store_public)) == (key, public)


@pytest.mark.parametrize(
    ("store", "key", "public"),
    [
        ({"type": "RDS"}, Reason.NOT_BUILT, Reason.NOT_BUILT),
        ({"type": "S3_VECTORS"}, Reason.NOT_BUILT, False),
        ({"type": "PINECONE"}, Reason.OUT_OF_SCOPE, Reason.OUT_OF_SCOPE),
        ({"type": "UnheardOf"}, Reason.UNRECOGNISED, Reason.UNRECOGNISED),
        (serverless(COLLECTION.replace("123456789012", "999999999999")), Reason.OUT_OF_SCOPE, Reason.OUT_OF_SCOPE),
    ],
)
def test_other_stores(aws: Aws, store: dict[str, Any], key: object, public: object) -> None:
    found = base(aws, store)
    assert (outcome(found.store_key), outcome(found.store_public)) == (key, public)


def test_a_collection_that_is_gone(aws: Aws) -> None:
    aws.answer(BATCH_GET_COLLECTION, {"collectionDetails": [], "collectionErrorDetails": []})
    assert outcome(base(aws).store_key) is Reason.VANISHED


def test_denied_reads_leave_the_rest_known(aws: Aws) -> None:
    collection(aws, [block(False)])
    base(aws, sources=({"dataSourceConfiguration": IN_BUCKET},))
    aws.refuse(GET_POLICY, "AccessDeniedException", 403)
    aws.refuse(GET_DATA_SOURCE, "AccessDeniedException", 403)
    found = only(aws)
    assert isinstance(found.store_public, Unknown)
    assert found.store_public.permissions == ("aoss:GetSecurityPolicy",)
    assert isinstance(found.source_keys, Unknown)
    assert found.source_keys.permissions == ("bedrock:GetDataSource",)
    assert isinstance(found.store_key, Known)
    aws.refuse(BATCH_GET_COLLECTION, "AccessDeniedException", 403)
    found = only(aws)
    assert (outcome(found.store_key), outcome(found.store_public)) == (Reason.DENIED, Reason.DENIED)
    assert isinstance(found.identity, Known)


def test_in_moto(aws: Aws) -> None:
    aoss = aws.boto("opensearchserverless")
    rules = [{"ResourceType": "collection", "Resource": ["collection/docs"]}]
    aoss.create_security_policy(name="key", type="encryption", policy=json.dumps({"Rules": rules, "KmsARN": KEY}))
    made = aoss.create_collection(name="docs", type="VECTORSEARCH")["createCollectionDetail"]["arn"]
    aoss.create_security_policy(
        name="network", type="network", policy=json.dumps([{"Rules": rules, "AllowFromPublic": True}])
    )
    created = aws.boto("bedrock-agent").create_knowledge_base(
        name="kb",
        roleArn=ROLE,
        knowledgeBaseConfiguration={"type": "VECTOR"},
        storageConfiguration=serverless(made),
    )["knowledgeBase"]
    aws.answer(LIST_DATA_SOURCES, {"dataSourceSummaries": []})
    found = only(aws)
    assert found.id == created["knowledgeBaseArn"]
    assert found.store_key.value == Ref("Key", Provider.AWS, "123456789012", KEY)
    assert found.store_public.value is True
