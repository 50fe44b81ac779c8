"""Bedrock knowledge bases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Unknown, combine, native
from auditor.model.resources import KnowledgeBase, Ref
from auditor.model.scope import Provider
from auditor.providers.aws.reading import key_ref, policy_facts
from auditor.providers.aws.refs import distinct, role_ref
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.aws.vector_stores import BATCH_GET_COLLECTION, COLLECTION_CALLS, store_key, store_public
from auditor.providers.base import Collector, Detail, Reach

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

LIST_KNOWLEDGE_BASES = aws_call(
    "bedrock-agent", "ListKnowledgeBases", "bedrock:ListKnowledgeBases", items="knowledgeBaseSummaries"
)
GET_KNOWLEDGE_BASE = aws_call(
    "bedrock-agent", "GetKnowledgeBase", "bedrock:GetKnowledgeBase", expects=("knowledgeBase",)
)
LIST_DATA_SOURCES = aws_call("bedrock-agent", "ListDataSources", "bedrock:ListDataSources", items="dataSourceSummaries")
GET_DATA_SOURCE = aws_call("bedrock-agent", "GetDataSource", "bedrock:GetDataSource", expects=("dataSource",))
# as for other resources of Bedrock, nothing is found where there is no policy
GET_RESOURCE_POLICY = aws_call(
    "bedrock-agent", "GetResourcePolicy", "bedrock:GetResourcePolicy", absence=("ResourceNotFoundException",)
)

_POLICIES = {"RETAIN": "retain", "DELETE": "delete"}
_MAY_HAVE_POLICY = {"MANAGED": True, "VECTOR": False, "KENDRA": False, "SQL": False}
"""By type of knowledge base (Bedrock user guide, "Resource policies for managed knowledge bases")."""
_IN_BUCKET = "dataSource.dataSourceConfiguration.s3Configuration"


def _find(session: AwsSession, location: str) -> Iterator[KnowledgeBase]:
    account = session.account
    for base in session.items(LIST_KNOWLEDGE_BASES, location):
        name = base["knowledgeBaseId"]
        yield KnowledgeBase(
            id=f"arn:{session.partition}:bedrock:{location}:{account.id}:knowledge-base/{name}",
            name=base["name"],
            account=account,
            location=location,
            native_type="AWS::Bedrock::KnowledgeBase",
            aliases=frozenset({name}),
        )


def _base_id(base: KnowledgeBase) -> str:
    return base.id.rsplit("/", 1)[1]


def _describe(session: AwsSession, base: KnowledgeBase) -> Mapping[str, Any]:
    body = session.call(GET_KNOWLEDGE_BASE, base.location, knowledgeBaseId=_base_id(base))
    described: Mapping[str, Any] = body["knowledgeBase"]
    return described


def _read(session: AwsSession, base: KnowledgeBase) -> Mapping[str, Fact[Any]]:
    body = _describe(session, base)
    return {
        "identity": native(body, "roleArn").map(lambda arn: (role_ref(arn),)),
        "store_key": store_key(session, base.location, body),
    }


def _read_store_public(session: AwsSession, base: KnowledgeBase) -> Mapping[str, Fact[Any]]:
    return {"store_public": store_public(session, base.location, _describe(session, base))}


def _read_policy(session: AwsSession, base: KnowledgeBase) -> Mapping[str, Fact[Any]]:
    may = native(_describe(session, base), "knowledgeBaseConfiguration.type").map(_MAY_HAVE_POLICY)
    if not may.value:
        return dict.fromkeys(_POLICY_FACTS, may.map(lambda _: None))
    answer = session.call(GET_RESOURCE_POLICY, base.location, resourceArn=base.id)
    return policy_facts((answer or {}).get("policy"), "policy", "public_policy")


def _read_sources(session: AwsSession, base: KnowledgeBase) -> Mapping[str, Fact[Any]]:
    """Of each data source: the key of what is kept while it is taken in, its bucket, and what its deletion does."""
    ask = {"knowledgeBaseId": _base_id(base)}
    bodies = [
        session.call(GET_DATA_SOURCE, base.location, dataSourceId=source["dataSourceId"], **ask)
        for source in session.items(LIST_DATA_SOURCES, base.location, **ask)
    ]
    buckets = [_bucket(session, body) for body in bodies]
    deletions = [native(body, "dataSource.dataDeletionPolicy").map(_POLICIES) for body in bodies]
    return {
        "source_keys": combine(lambda *keys: keys, *(_source_key(session, base, body) for body in bodies)),
        "sources": combine(lambda *refs: distinct(r for r in refs if r is not None), *buckets),
        "on_deletion": combine(lambda *kept: tuple(sorted(set(kept))), *deletions),
    }


def _source_key(session: AwsSession, base: KnowledgeBase, body: Mapping[str, Any]) -> Fact[Ref | None]:
    """Without a key of the customer's Bedrock uses its own (user guide, Encryption of knowledge base resources)."""
    key = native(body, "dataSource.serverSideEncryptionConfiguration.kmsKeyArn", default="")
    if isinstance(key, Unknown):
        return key
    ref = key_ref(session, base.location, key.value) if key.value else None
    return Known(ref, {f"kmsKeyArn of {body['dataSource'].get('name')}": key.value})


def _bucket(session: AwsSession, body: Mapping[str, Any]) -> Fact[Ref | None]:
    """Only a source of the type S3 has a bucket, and in another account it names the owner (API reference,
    S3DataSourceConfiguration)."""
    kind = native(body, "dataSource.dataSourceConfiguration.type")
    if isinstance(kind, Unknown):
        return kind
    if kind.value != "S3":
        return Known(None, kind.native)
    owner = native(body, f"{_IN_BUCKET}.bucketOwnerAccountId", default=session.account.id)
    return combine(
        lambda arn, account: Ref("Storage", Provider.AWS, account, arn),
        native(body, f"{_IN_BUCKET}.bucketArn"),
        owner,
    )


_POLICY_FACTS = ("public_policy", "policy_document")

COLLECTORS: tuple[Collector[KnowledgeBase, AwsSession], ...] = (
    Collector(
        name="aws.knowledge_bases",
        provider=Provider.AWS,
        kind=KnowledgeBase,
        reach=Reach.LOCATION,
        service="bedrock",
        find_calls=(LIST_KNOWLEDGE_BASES,),
        find=_find,
        details=(
            Detail(calls=(GET_KNOWLEDGE_BASE, BATCH_GET_COLLECTION), facts=("identity", "store_key"), read=_read),
            Detail(calls=(GET_KNOWLEDGE_BASE, *COLLECTION_CALLS), facts=("store_public",), read=_read_store_public),
            Detail(
                calls=(LIST_DATA_SOURCES, GET_DATA_SOURCE),
                facts=("source_keys", "sources", "on_deletion"),
                read=_read_sources,
            ),
            Detail(calls=(GET_KNOWLEDGE_BASE, GET_RESOURCE_POLICY), facts=_POLICY_FACTS, read=_read_policy),
        ),
    ),
)
