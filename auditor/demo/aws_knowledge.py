"""The demo's AWS account: knowledge bases, prompts, and the log of invocations."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from auditor.demo import aws_estate as estate
from auditor.demo.aws_estate import HOME, PREFIX, SECOND, arn, role_arn
from auditor.demo.aws_made import DAY, Body, Client, Made, Writer
from auditor.demo.aws_people import Document, allow, document

KEYS = {HOME: "ml-inference", SECOND: "ml-eu"}
KNOWLEDGE_ROLE = "bedrock-knowledge-base"
KNOWLEDGE_BASES = {HOME: "claims-handbook", SECOND: "eu-intranet"}
"""By region; the index of the European one is encrypted with a key that AWS owns."""
MANAGED_BASE = "claims-rulings"
"""One whose index Bedrock keeps itself."""
_SOURCE_BUCKETS = {HOME: f"{PREFIX}-training-data", SECOND: f"{PREFIX}-eu-training-data"}

ROLES: Mapping[str, Document] = {
    KNOWLEDGE_ROLE: document(
        allow(
            ["s3:GetObject", "s3:ListBucket"],
            [f"arn:aws:s3:::{b}{t}" for b in _SOURCE_BUCKETS.values() for t in ("", "/*")],
        ),
        allow("aoss:APIAccessAll", [arn("aoss", region, "collection/*") for region in KNOWLEDGE_BASES]),
    ),
}


def seed_knowledge(client: Client, made: Made) -> None:
    for region, name in KNOWLEDGE_BASES.items():
        collection = _collection(client("opensearchserverless", region), region, name, made)
        created = client("bedrock-agent", region).create_knowledge_base(
            name=name,
            roleArn=role_arn(KNOWLEDGE_ROLE),
            knowledgeBaseConfiguration={
                "type": "VECTOR",
                "vectorKnowledgeBaseConfiguration": {
                    "embeddingModelArn": f"arn:aws:bedrock:{region}::foundation-model/amazon.titan-embed-text-v2:0"
                },
            },
            storageConfiguration={
                "type": "OPENSEARCH_SERVERLESS",
                "opensearchServerlessConfiguration": {
                    "collectionArn": collection,
                    "vectorIndexName": "documents",
                    "fieldMapping": {"vectorField": "vector", "textField": "text", "metadataField": "metadata"},
                },
            },
        )
        made.ids[f"generative/{region}"] = created["knowledgeBase"]["knowledgeBaseId"]
        if region == HOME:
            created = client("bedrock-agent", region).create_knowledge_base(
                **{name: created["knowledgeBase"][name] for name in _CONFIGURED}, name=MANAGED_BASE
            )
            made.ids[_MANAGED] = created["knowledgeBase"]["knowledgeBaseId"]


_CONFIGURED = ("roleArn", "knowledgeBaseConfiguration", "storageConfiguration")
_MANAGED = "generative/managed"


def _base(made: Made, region: str, params: Mapping[str, Any]) -> Body | None:
    """moto makes knowledge bases of one type only."""
    if params["knowledgeBaseId"] != made.ids.get(_MANAGED):
        return None
    managed = {
        "embeddingModelType": "MANAGED",
        "serverSideEncryptionConfiguration": {"kmsKeyArn": made.keys[KEYS[HOME]]},
    }
    return {
        "knowledgeBase": {
            "knowledgeBaseId": params["knowledgeBaseId"],
            "name": MANAGED_BASE,
            "knowledgeBaseArn": arn("bedrock", region, f"knowledge-base/{params['knowledgeBaseId']}"),
            "roleArn": role_arn(KNOWLEDGE_ROLE),
            "knowledgeBaseConfiguration": {"type": "MANAGED", "managedKnowledgeBaseConfiguration": managed},
            "status": "ACTIVE",
            "createdAt": DAY,
            "updatedAt": DAY,
        }
    }


def _base_policy(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    """A subsidiary asks it, too."""
    statement = {
        **allow("bedrock:Retrieve", params["resourceArn"]),
        "Principal": {"AWS": "arn:aws:iam::678901234567:role/claims-assistant"},
    }
    return {"resourceArn": params["resourceArn"], "policy": json.dumps(document(statement)), "revisionId": "1"}


def _collection(aoss: Any, region: str, name: str, made: Made) -> str:
    rules = [{"ResourceType": "collection", "Resource": [f"collection/{name}"]}]
    key = {"KmsARN": made.keys[KEYS[region]]} if region == HOME else {"AWSOwnedKey": True, "KmsARN": "auto"}
    aoss.create_security_policy(name=f"{name}-key", type="encryption", policy=json.dumps({"Rules": rules, **key}))
    created = aoss.create_collection(name=name, type="VECTORSEARCH")["createCollectionDetail"]
    private = {"Rules": rules, "AllowFromPublic": False, "SourceServices": ["bedrock.amazonaws.com"]}
    aoss.create_security_policy(name=f"{name}-network", type="network", policy=json.dumps([private]))
    return str(created["arn"])


def _source_id(region: str) -> str:
    return {HOME: "SOURCECLM1", SECOND: "SOURCEINT1"}[region]


def _sources(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    source = {
        "knowledgeBaseId": params["knowledgeBaseId"],
        "dataSourceId": _source_id(region),
        "name": f"{KNOWLEDGE_BASES[region]}-documents",
        "status": "AVAILABLE",
        "updatedAt": DAY,
    }
    return {"dataSourceSummaries": [source]}


def _source(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    source: Body = {
        "knowledgeBaseId": params["knowledgeBaseId"],
        "dataSourceId": params["dataSourceId"],
        "name": f"{KNOWLEDGE_BASES[region]}-documents",
        "status": "AVAILABLE",
        "dataSourceConfiguration": {
            "type": "S3",
            "s3Configuration": {"bucketArn": f"arn:aws:s3:::{_SOURCE_BUCKETS[region]}"},
        },
        "dataDeletionPolicy": "DELETE",
        "createdAt": DAY,
        "updatedAt": DAY,
    }
    if region == HOME:
        source["serverSideEncryptionConfiguration"] = {"kmsKeyArn": made.keys[KEYS[region]]}
    return {"dataSource": source}


_PROMPTS = {HOME: ("PROMPTCLM1", "claims-summary"), SECOND: ("PROMPTINT1", "intranet-answer")}


def _prompt_head(region: str) -> Body:
    prompt, name = _PROMPTS[region]
    return {
        "id": prompt,
        "arn": arn("bedrock", region, f"prompt/{prompt}"),
        "name": name,
        "version": "DRAFT",
        "createdAt": DAY,
        "updatedAt": DAY,
    }


def _prompts(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    return {"promptSummaries": [_prompt_head(region)]}


def _prompt(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    body = _prompt_head(region)
    if region == HOME:
        body["customerEncryptionKeyArn"] = made.keys[KEYS[region]]
    if params.get("includedData") != "METADATA_ONLY":
        template = {"text": {"text": "Answer from these documents: {{documents}}"}}
        body["variants"] = [{"name": "default", "templateType": "TEXT", "templateConfiguration": template}]
    return body


# the log of invocations


def _log_groups(made: Made, region: str, params: Mapping[str, Any]) -> Body | None:
    """moto forgets whether a log group has a data protection policy."""
    if region != HOME or params.get("logGroupNamePrefix") != estate.INVOCATION_LOG:
        return None
    spec = next(g for g in estate.LOG_GROUPS if (g.name, g.region) == (estate.INVOCATION_LOG, region))
    group = {
        "logGroupName": spec.name,
        "arn": arn("logs", region, f"log-group:{spec.name}:*"),
        "logGroupArn": arn("logs", region, f"log-group:{spec.name}"),
        "creationTime": 1786699800000,
        "retentionInDays": spec.days,
        "metricFilterCount": 0,
        "storedBytes": 0,
        "kmsKeyId": made.keys[spec.key],
        "dataProtectionStatus": "ACTIVATED",
        "logGroupClass": "STANDARD",
    }
    return {"logGroups": [group]}


def _data_protection(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    identifiers = [f"arn:aws:dataprotection::aws:data-identifier/{name}" for name in ("EmailAddress", "Name")]
    statements = [
        {"Sid": "audit", "DataIdentifier": identifiers, "Operation": {"Audit": {"FindingsDestination": {}}}},
        {"Sid": "mask", "DataIdentifier": identifiers, "Operation": {"Deidentify": {"MaskConfig": {}}}},
    ]
    policy = {"Name": "mask-prompts", "Version": "2021-06-01", "Statement": statements}
    return {"logGroupIdentifier": params["logGroupIdentifier"], "policyDocument": json.dumps(policy)}


WRITERS: Mapping[str, Writer] = {
    "bedrock-agent:GetDataSource": _source,
    "bedrock-agent:GetKnowledgeBase": _base,
    "bedrock-agent:GetPrompt": _prompt,
    "bedrock-agent:GetResourcePolicy": _base_policy,
    "bedrock-agent:ListDataSources": _sources,
    "bedrock-agent:ListPrompts": _prompts,
    "logs:DescribeLogGroups": _log_groups,
    "logs:GetDataProtectionPolicy": _data_protection,
}
