"""Where a Bedrock knowledge base keeps its index: the key of the store, and whether the internet reaches it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown, any_true, native
from auditor.model.resources import Ref
from auditor.providers.aws.reading import key_ref
from auditor.providers.aws.refs import owner_of
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import asked

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

_SERVICE = "opensearchserverless"
BATCH_GET_COLLECTION = aws_call(
    _SERVICE, "BatchGetCollection", "aoss:BatchGetCollection", expects=("collectionDetails",)
)
LIST_POLICIES = aws_call(_SERVICE, "ListSecurityPolicies", "aoss:ListSecurityPolicies", items="securityPolicySummaries")
GET_POLICY = aws_call(_SERVICE, "GetSecurityPolicy", "aoss:GetSecurityPolicy", expects=("securityPolicyDetail",))
COLLECTION_CALLS = (BATCH_GET_COLLECTION, LIST_POLICIES, GET_POLICY)

_STORE_OF_SERVICE = "the store of the service"
_STORES = {
    "OPENSEARCH_SERVERLESS": "OpenSearch Serverless",
    "OPENSEARCH_MANAGED_CLUSTER": "OpenSearch Service domain",
    "RDS": "Aurora cluster",
    "NEPTUNE_ANALYTICS": "Neptune Analytics graph",
    "S3_VECTORS": "S3 vector bucket",
    "PINECONE": "Pinecone",
    "REDIS_ENTERPRISE_CLOUD": "Redis Enterprise Cloud",
    "MONGO_DB_ATLAS": "MongoDB Atlas",
}
_OUTSIDE = frozenset({"Pinecone", "Redis Enterprise Cloud", "MongoDB Atlas"})
"""Stores of other companies: nothing in the account says how they are kept."""
_OTHERS = {"KENDRA": "Amazon Kendra index", "SQL": "Amazon Redshift database"}
_TYPES = {"VECTOR": True, "MANAGED": True, "KENDRA": False, "SQL": False}
_OWNED_BY_AWS = "auto"
"""What a collection shows in place of a key when it is encrypted with one that AWS owns (OpenSearch Service developer
guide, Encryption at rest for OpenSearch Serverless)."""
_MANAGED = "knowledgeBaseConfiguration.managedKnowledgeBaseConfiguration"


def _store(base: Mapping[str, Any]) -> Fact[str]:
    """What kind of store a knowledge base has."""
    kind = native(base, "knowledgeBaseConfiguration.type")
    of_its_own = kind.map(_TYPES)
    if isinstance(of_its_own, Unknown):
        return of_its_own
    if kind.value == "MANAGED":
        return Known(_STORE_OF_SERVICE, kind.native)  # type: ignore[union-attr]
    if not of_its_own.value:
        return kind.map(_OTHERS)
    return native(base, "storageConfiguration.type").map(_STORES)


def _cannot_tell(store: str) -> Unknown:
    return Unknown(Reason.OUT_OF_SCOPE if store in _OUTSIDE else Reason.NOT_BUILT, store)


def store_key(session: AwsSession, location: str, base: Mapping[str, Any]) -> Fact[Ref | None]:
    store = _store(base)
    if isinstance(store, Unknown):
        return store
    if store.value == _STORE_OF_SERVICE:
        # without a key of the customer's Bedrock uses its own (API reference, ManagedKnowledgeBaseConfiguration)
        managed = native(base, f"{_MANAGED}.serverSideEncryptionConfiguration.kmsKeyArn", default="")
        return managed.map(lambda name: key_ref(session, location, name) if name else None)
    if store.value != "OpenSearch Serverless":
        return _cannot_tell(store.value)
    collection = _collection(session, location, base)
    if isinstance(collection, Unknown):
        return collection
    key = native(collection.value, "kmsKeyArn")
    return key.map(lambda name: None if name == _OWNED_BY_AWS else key_ref(session, location, name))


def store_public(session: AwsSession, location: str, base: Mapping[str, Any]) -> Fact[bool]:
    """The network's side only: whoever gets through still has to be let in."""
    store = _store(base)
    if isinstance(store, Unknown):
        return store
    if store.value == _STORE_OF_SERVICE:
        return Known(False, store.native)  # reached through the knowledge base and not otherwise
    if store.value == "S3 vector bucket":
        # "Block Public Access is always on and cannot be turned off" for vector buckets (S3 user guide, S3 Vectors)
        return Known(False, store.native)
    if store.value != "OpenSearch Serverless":
        return _cannot_tell(store.value)
    collection = _collection(session, location, base)
    if isinstance(collection, Unknown):
        return collection
    name = native(collection.value, "name").value
    return any_true(_rules_open_to_all(session, location, f"collection/{name}"))


def _collection(session: AwsSession, location: str, base: Mapping[str, Any]) -> Fact[Mapping[str, Any]]:
    arn = native(base, "storageConfiguration.opensearchServerlessConfiguration.collectionArn")
    if isinstance(arn, Unknown):
        return arn
    if owner_of(arn.value) != session.account.id:
        return Unknown(Reason.OUT_OF_SCOPE, "an OpenSearch Serverless collection in another account")
    answer = asked(session, BATCH_GET_COLLECTION, location, ids=[arn.value.rpartition("/")[2]])
    if isinstance(answer, Unknown):
        return answer
    for collection in answer.value["collectionDetails"]:
        if collection.get("arn") == arn.value:
            return Known(collection, {"arn": arn.value})
    return Unknown(Reason.VANISHED, "the OpenSearch Serverless collection of the knowledge base")


def _rules_open_to_all(session: AwsSession, location: str, name: str) -> Iterator[Fact[bool]]:
    """A collection is reached as the network policies that match its name say, and not at all without one; where they
    disagree, one that allows public access wins (OpenSearch Service developer guide, Network access for OpenSearch
    Serverless). The dashboards show the same data as the collection."""
    for policy in session.items(LIST_POLICIES, location, type="network"):
        body = session.call(GET_POLICY, location, type="network", name=policy["name"])
        document = native(body, "securityPolicyDetail.policy").value
        if not isinstance(document, list):
            yield Unknown(Reason.MALFORMED, "securityPolicyDetail.policy")
            continue
        for block in document:
            rules = native(block, "Rules")
            if isinstance(rules, Unknown):
                yield rules
            elif any(_matches(pattern, name) for rule in rules.value for pattern in native(rule, "Resource").value):
                # "true" for public access; otherwise the block names who has private access (the same)
                opened = native(block, "AllowFromPublic", default=False)
                yield Known(opened.value, {policy["name"]: opened.value}) if isinstance(opened, Known) else opened


def _matches(pattern: str, name: str) -> bool:
    """A name, or the beginning of names before an asterisk."""
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern
