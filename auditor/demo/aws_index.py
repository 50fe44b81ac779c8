"""The demo's AWS account as the indexes of AWS know it: counted once everything is there, and a little behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from botocore import xform_name

from auditor.demo.aws_estate import HOME, REGIONS, arn
from auditor.demo.aws_made import DAY_IN_SECONDS, Body, Client, Made, Writer

DELETED_ENDPOINT = "fraud-scoring-eu-canary"
"""Deleted minutes ago: Search still has it."""
DELETED_MODELS = 1
"""In the home region, where AWS Config has not heard of it yet."""


class _List(NamedTuple):
    """What lists a type, and the key of its items."""

    service: str
    operation: str
    items: str


_LISTS: Mapping[str, _List] = {
    "AWS::ApiGateway::RestApi": _List("apigateway", "GetRestApis", "items"),
    "AWS::ApiGatewayV2::Api": _List("apigatewayv2", "GetApis", "Items"),
    "AWS::Bedrock::Guardrail": _List("bedrock", "ListGuardrails", "guardrails"),
    "AWS::Bedrock::KnowledgeBase": _List("bedrock-agent", "ListKnowledgeBases", "knowledgeBaseSummaries"),
    "AWS::Bedrock::Prompt": _List("bedrock-agent", "ListPrompts", "promptSummaries"),
    "AWS::BedrockAgentCore::BrowserCustom": _List("bedrock-agentcore-control", "ListBrowsers", "browserSummaries"),
    "AWS::BedrockAgentCore::Runtime": _List("bedrock-agentcore-control", "ListAgentRuntimes", "agentRuntimes"),
    "AWS::EC2::VPC": _List("ec2", "DescribeVpcs", "Vpcs"),
    "AWS::EC2::VPCEndpoint": _List("ec2", "DescribeVpcEndpoints", "VpcEndpoints"),
    "AWS::ECR::Repository": _List("ecr", "DescribeRepositories", "repositories"),
    "AWS::Kendra::Index": _List("kendra", "ListIndices", "IndexConfigurationSummaryItems"),
    "AWS::Lambda::Function": _List("lambda", "ListFunctions", "Functions"),
    "AWS::Personalize::DatasetGroup": _List("personalize", "ListDatasetGroups", "datasetGroups"),
    "AWS::SageMaker::Domain": _List("sagemaker", "ListDomains", "Domains"),
    "AWS::SageMaker::FeatureGroup": _List("sagemaker", "ListFeatureGroups", "FeatureGroupSummaries"),
    "AWS::SageMaker::Model": _List("sagemaker", "ListModels", "Models"),
    **{
        f"AWS::SageMaker::{kind}JobDefinition": _List(
            "sagemaker", f"List{kind}JobDefinitions", "JobDefinitionSummaries"
        )
        for kind in ("DataQuality", "ModelBias", "ModelExplainability", "ModelQuality")
    },
}
_NEW_ENDPOINTS = _List("sagemaker", "ListEndpoints", "Endpoints")


def seed(client: Client, made: Made) -> None:
    """Nothing is made here. What other parts answer themselves is counted in their answers."""
    for region in REGIONS:
        for native_type, listing in _LISTS.items():
            made.counted[region, native_type] = len(_items(client, made, region, listing))
    made.counted[HOME, "AWS::SageMaker::Model"] += DELETED_MODELS
    s3, iam = client("s3", HOME), client("iam", HOME)
    buckets = [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    places = Counter(s3.get_bucket_location(Bucket=name).get("LocationConstraint") or "us-east-1" for name in buckets)
    made.counted.update({(region, "AWS::S3::Bucket"): places[region] for region in REGIONS})
    made.counted["", "AWS::IAM::Role"] = len(list(_all(iam, "list_roles", "Roles")))
    made.counted["", "AWS::IAM::User"] = len(list(_all(iam, "list_users", "Users")))
    for region in REGIONS:
        for endpoint in _items(client, made, region, _NEW_ENDPOINTS):
            made.searchable.setdefault(region, []).append(endpoint["EndpointName"])


def _items(client: Client, made: Made, region: str, listing: _List) -> list[Any]:
    from auditor.demo.aws_synthetic import WRITERS  # made of every part, this one included

    for writer in WRITERS.get(f"{listing.service}:{listing.operation}", ()):
        answer = writer(made, region, {})
        if isinstance(answer, dict):  # in the names of the wire, which are not always those of boto3
            return next((value for value in answer.values() if isinstance(value, list)), [])
    answer = getattr(client(listing.service, region), xform_name(listing.operation))()
    return list(answer[listing.items])


def _all(client: Any, operation: str, items: str) -> Iterator[Any]:
    for page in client.get_paginator(operation).paginate():
        yield from page[items]


def _counts(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    """Types of which there is nothing are not in the answer."""
    known = {name: number for (place, name), number in made.counted.items() if place == region and number}
    rows = [{"resourceType": name, "count": number} for name, number in sorted(known.items())]
    return {"totalDiscoveredResources": sum(known.values()), "resourceCounts": rows}


def _search(made: Made, region: str, params: Mapping[str, Any]) -> Body | None:
    if params["Resource"] != "Endpoint":
        return None
    names = [*made.searchable.get(region, ()), *([DELETED_ENDPOINT] if region == REGIONS[0] else [])]
    endpoints = [
        {
            "EndpointName": name,
            "EndpointArn": arn("sagemaker", region, f"endpoint/{name}"),
            "EndpointConfigName": name,
            "EndpointStatus": "Deleting" if name == DELETED_ENDPOINT else "InService",
            "CreationTime": DAY_IN_SECONDS,
            "LastModifiedTime": DAY_IN_SECONDS,
            "Tags": [],
        }
        for name in names
    ]
    return {"Results": [{"Endpoint": endpoint} for endpoint in endpoints]}


WRITERS: Mapping[str, Writer] = {
    "config:GetDiscoveredResourceCounts": _counts,
    "sagemaker:Search": _search,
}
"""What moto lacks; and Search, which follows the lists of moto at once."""
