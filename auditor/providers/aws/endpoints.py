"""SageMaker endpoints and Bedrock provisioned throughput."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown, all_true, combine, native
from auditor.model.resources import Endpoint, Ref
from auditor.model.scope import Provider
from auditor.providers.aws.bedrock import GET_LOGGING, LIST_API_KEYS, has_api_keys, invocation_logging
from auditor.providers.aws.models import (
    DESCRIBE_MODEL,
    GET_CUSTOM_MODEL,
    custom_model_key,
    describe_model,
    model_in_network,
    model_role,
)
from auditor.providers.aws.reading import key_ref
from auditor.providers.aws.refs import distinct, model_ref
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Collector, Detail, Reach

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

LIST_ENDPOINTS = aws_call("sagemaker", "ListEndpoints", items="Endpoints")
DESCRIBE_ENDPOINT = aws_call("sagemaker", "DescribeEndpoint", expects=("EndpointName",))
DESCRIBE_ENDPOINT_CONFIG = aws_call("sagemaker", "DescribeEndpointConfig", expects=("EndpointConfigName",))
GET_TAGGED = aws_call("resourcegroupstaggingapi", "GetResources", "tag:GetResources", items="ResourceTagMappingList")
LIST_TAGS = aws_call("sagemaker", "ListTags", items="Tags")
LIST_PROVISIONED = aws_call("bedrock", "ListProvisionedModelThroughputs", items="provisionedModelSummaries")
LIST_BEDROCK_TAGS = aws_call("bedrock", "ListTagsForResource", expects=("tags",))

_CAPTURES = {"Started": True, "Stopped": False}


def _find_sagemaker(session: AwsSession, location: str) -> Iterator[Endpoint]:
    for endpoint in session.items(LIST_ENDPOINTS, location):
        yield Endpoint(
            id=endpoint["EndpointArn"],
            name=endpoint["EndpointName"],
            account=session.account,
            location=location,
            native_type="AWS::SageMaker::Endpoint",
            # a SageMaker endpoint runs a container that the customer names
            runs_customer_code=Known(True),
        )


def _describe(session: AwsSession, endpoint: Endpoint) -> Any:
    return session.call(DESCRIBE_ENDPOINT, endpoint.location, EndpointName=endpoint.name)


def _config(session: AwsSession, endpoint: Endpoint) -> Any:
    """The configuration that is live now, by the name the endpoint gives."""
    name = native(_describe(session, endpoint), "EndpointConfigName").value
    return session.call(DESCRIBE_ENDPOINT_CONFIG, endpoint.location, EndpointConfigName=name)


def _read_config(session: AwsSession, endpoint: Endpoint) -> Mapping[str, Fact[Any]]:
    config = _config(session, endpoint)
    # without KmsKeyId the volumes are encrypted with a key of the service (API reference, CreateEndpointConfig)
    key = native(config, "KmsKeyId", default="")
    return {
        "encryption_key": key.map(lambda name: key_ref(session, endpoint.location, name) if name else None),
        "invocation_logging": _captures(_describe(session, endpoint), config),
        # InvokeEndpoint takes signed requests only (API reference); no endpoint has a key of its own
        "key_authentication": Known(False),
    }


def _captures(live: Mapping[str, Any], config: Mapping[str, Any]) -> Fact[bool]:
    """Data capture is configured and takes a sample, and the endpoint does not say that it was stopped."""
    if not config.get("DataCaptureConfig"):  # the block is optional; without it nothing is captured
        return Known(False, {"DataCaptureConfig": None})
    # "defaults to enabled" (API reference, DataCaptureConfig.EnableCapture)
    enabled = native(config, "DataCaptureConfig.EnableCapture", default=True)
    sampled = native(config, "DataCaptureConfig.InitialSamplingPercentage").map(lambda percent: percent > 0)
    status = native(live, "DataCaptureConfig.CaptureStatus")
    if isinstance(status, Unknown) and status.reason is Reason.ABSENT:
        return all_true((enabled, sampled))
    running: Fact[bool] = status.map(_CAPTURES)
    return all_true((enabled, sampled, running))


def _read_models(session: AwsSession, endpoint: Endpoint) -> Mapping[str, Fact[Any]]:
    """Facts of the models behind it, shadow variants included: they receive the same requests."""
    config = _config(session, endpoint)
    variants = [*config.get("ProductionVariants", ()), *config.get("ShadowProductionVariants", ())]
    if not variants:
        return dict.fromkeys(_MODEL_FACTS, Unknown(Reason.ABSENT, "ProductionVariants"))
    names = {variant.get("ModelName") for variant in variants}
    if None in names:  # an endpoint of inference components, whose models are deployed to it apart
        return dict.fromkeys(_MODEL_FACTS, Unknown(Reason.NOT_BUILT, "models of inference components"))
    models = [describe_model(session, endpoint.location, name) for name in sorted(names)]
    return {
        "models": combine(_references, *(native(model, "ModelArn").map(model_ref) for model in models)),
        "identity": combine(_references, *(model_role(model) for model in models)),
        "in_customer_network": all_true(model_in_network(model) for model in models),
    }


_MODEL_FACTS = ("models", "identity", "in_customer_network")


def _references(*refs: Ref) -> tuple[Ref, ...]:
    return distinct(refs)


def _read_tags(session: AwsSession, endpoint: Endpoint) -> Mapping[str, Fact[Any]]:
    """In bulk where the tagging API has the endpoint. It leaves out what was never tagged, and lags: those missing
    there are asked for one by one."""
    tags = _tagged(session, endpoint)
    if tags is None:
        tags = list(session.items(LIST_TAGS, endpoint.location, ResourceArn=endpoint.id))
    found = {tag["Key"]: tag["Value"] for tag in tags}
    return {"tags": Known(found, {"Tags": found})}


def _tagged(session: AwsSession, endpoint: Endpoint) -> list[Any] | None:
    for resource in session.items(
        GET_TAGGED, endpoint.location, ResourceTypeFilters=["sagemaker:endpoint"], ResourcesPerPage=100
    ):
        if resource.get("ResourceARN") == endpoint.id:
            return list(resource["Tags"]) if "Tags" in resource else None
    return None


def _find_provisioned(session: AwsSession, location: str) -> Iterator[Endpoint]:
    for throughput in session.items(LIST_PROVISIONED, location):
        arn = native(throughput, "modelArn")
        yield Endpoint(
            id=throughput["provisionedModelArn"],
            name=throughput["provisionedModelName"],
            account=session.account,
            location=location,
            native_type="AWS::Bedrock::ProvisionedModelThroughput",
            # Bedrock runs the model itself, in its own network and as no role of the customer's (Bedrock user guide,
            # "Data protection")
            runs_customer_code=Known(False),
            in_customer_network=Known(False),
            identity=Known(()),
            models=arn.map(lambda name: (model_ref(name),) if _customized(name) else ()),
        )


def _customized(model_arn: str) -> bool:
    return ":custom-model/" in model_arn


def _read_provisioned_key(session: AwsSession, endpoint: Endpoint) -> Mapping[str, Fact[Any]]:
    """It stores nothing but the model: a customized one has a key, a foundation model is the provider's own."""
    models = endpoint.models.value
    if not models:
        return {"encryption_key": Known(None, endpoint.models.native)}  # type: ignore[union-attr]
    return {"encryption_key": custom_model_key(session, endpoint.location, models[0].id)}


def _read_provisioned_logging(session: AwsSession, endpoint: Endpoint) -> Mapping[str, Fact[Any]]:
    return {"invocation_logging": invocation_logging(session, endpoint.location)}


def _read_provisioned_keys(session: AwsSession, endpoint: Endpoint) -> Mapping[str, Fact[Any]]:
    return {"key_authentication": has_api_keys(session)}


def _read_provisioned_tags(session: AwsSession, endpoint: Endpoint) -> Mapping[str, Fact[Any]]:
    answer = session.call(LIST_BEDROCK_TAGS, endpoint.location, resourceARN=endpoint.id)
    found = {tag["key"]: tag["value"] for tag in answer["tags"]}
    return {"tags": Known(found, {"tags": found})}


COLLECTORS: tuple[Collector[Endpoint, AwsSession], ...] = (
    Collector(
        name="aws.endpoints.sagemaker",
        provider=Provider.AWS,
        kind=Endpoint,
        reach=Reach.LOCATION,
        service="sagemaker",
        find_calls=(LIST_ENDPOINTS,),
        find=_find_sagemaker,
        find_facts=("runs_customer_code",),
        details=(
            Detail(
                calls=(DESCRIBE_ENDPOINT, DESCRIBE_ENDPOINT_CONFIG),
                facts=("encryption_key", "invocation_logging", "key_authentication"),
                read=_read_config,
            ),
            Detail(
                calls=(DESCRIBE_ENDPOINT, DESCRIBE_ENDPOINT_CONFIG, DESCRIBE_MODEL),
                facts=_MODEL_FACTS,
                read=_read_models,
            ),
            Detail(calls=(GET_TAGGED, LIST_TAGS), facts=("tags",), read=_read_tags),
        ),
    ),
    Collector(
        name="aws.endpoints.bedrock",
        provider=Provider.AWS,
        kind=Endpoint,
        reach=Reach.LOCATION,
        service="bedrock",
        find_calls=(LIST_PROVISIONED,),
        find=_find_provisioned,
        find_facts=("runs_customer_code", "in_customer_network", "identity", "models"),
        details=(
            Detail(calls=(GET_CUSTOM_MODEL,), facts=("encryption_key",), read=_read_provisioned_key),
            Detail(calls=(GET_LOGGING,), facts=("invocation_logging",), read=_read_provisioned_logging),
            Detail(calls=(LIST_API_KEYS,), facts=("key_authentication",), read=_read_provisioned_keys),
            Detail(calls=(LIST_BEDROCK_TAGS,), facts=("tags",), read=_read_provisioned_tags),
        ),
    ),
)
