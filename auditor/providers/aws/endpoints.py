"""SageMaker endpoints and Bedrock provisioned throughput."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown, all_true, combine, native
from auditor.model.resources import Endpoint, Ref
from auditor.model.scope import Provider
from auditor.providers.aws import endpoint_configs
from auditor.providers.aws.bedrock import GET_LOGGING, LIST_API_KEYS, has_api_keys, invocation_logging
from auditor.providers.aws.custom_models import GET_CUSTOM_MODEL, custom_model_key
from auditor.providers.aws.inference_components import DESCRIBE_COMPONENT, LIST_COMPONENTS, component_models
from auditor.providers.aws.models import DESCRIBE_MODEL, describe_model, model_in_network, model_role
from auditor.providers.aws.reading import key_ref, policy_facts
from auditor.providers.aws.refs import distinct, model_ref
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Collector, Detail, Reach
from auditor.wire.errors import CallFailed

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

LIST_ENDPOINTS = aws_call("sagemaker", "ListEndpoints", items="Endpoints")
DESCRIBE_ENDPOINT = aws_call("sagemaker", "DescribeEndpoint", expects=("EndpointName",))
DESCRIBE_ENDPOINT_CONFIG = aws_call("sagemaker", "DescribeEndpointConfig", expects=("EndpointConfigName",))
GET_ENDPOINT_POLICY = aws_call("sagemaker", "GetEndpointPolicy", expects=("ResourcePolicy",))
GET_TAGGED = aws_call("resourcegroupstaggingapi", "GetResources", "tag:GetResources", items="ResourceTagMappingList")
LIST_TAGS = aws_call("sagemaker", "ListTags", items="Tags")
LIST_PROVISIONED = aws_call("bedrock", "ListProvisionedModelThroughputs", items="provisionedModelSummaries")
LIST_BEDROCK_TAGS = aws_call("bedrock", "ListTagsForResource", expects=("tags",))


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
    live, config = _describe(session, endpoint), _config(session, endpoint)
    # without KmsKeyId the volumes are encrypted with a key of the service (API reference, CreateEndpointConfig)
    key = native(config, "KmsKeyId", default="")
    captures = endpoint_configs.captures(live, config)
    return {
        "encryption_key": key.map(lambda name: key_ref(session, endpoint.location, name) if name else None),
        "invocation_logging": captures,
        # InvokeEndpoint takes signed requests only (API reference); no endpoint has a key of its own
        "key_authentication": Known(False),
        "captures": captures,
        **endpoint_configs.capture_facts(session, endpoint.location, config),
        "output_keys": endpoint_configs.output_keys(session, endpoint.location, config),
        "shell_access": endpoint_configs.shell_access(config),
        "single_machines": endpoint_configs.single_machines(config),
        "rolls_back": endpoint_configs.rolls_back(live, config),
    }


def _read_models(session: AwsSession, endpoint: Endpoint) -> Mapping[str, Fact[Any]]:
    """Facts of the models behind it, by whatever way they were deployed."""
    config = _config(session, endpoint)
    variants = endpoint_configs.variants(config)
    if not variants:
        return dict.fromkeys(_MODEL_FACTS, Unknown(Reason.ABSENT, "ProductionVariants"))
    apart = any(not variant.get("ModelName") for variant in variants)
    names = {variant["ModelName"] for variant in variants if variant.get("ModelName")}
    names |= {pool["ModelNameOverride"] for v in variants for pool in v.get("InstancePools", ()) if _overrides(pool)}
    configured = [describe_model(session, endpoint.location, name) for name in sorted(names)]
    roles = [model_role(model) for model in configured]
    networks = [model_in_network(model) for model in configured]
    deployed: list[Any] = []
    if apart:
        components = component_models(session, endpoint.location, endpoint.name)
        deployed = [describe_model(session, endpoint.location, name) for name in components]
        # role and network of inference components are those of the configuration (API reference,
        # CreateEndpointConfig); a role that a model of theirs names besides is counted
        roles += [model_role(config), *(model_role(model) for model in deployed if model.get("ExecutionRoleArn"))]
        networks.append(model_in_network(config))
    models = (native(model, "ModelArn").map(model_ref) for model in (*configured, *deployed))
    return {
        "models": combine(_references, *models),
        "identity": combine(_references, *roles),
        "in_customer_network": all_true(networks),
    }


_MODEL_FACTS = ("models", "identity", "in_customer_network")


def _overrides(pool: Mapping[str, Any]) -> bool:
    """A pool of machines of one type may serve another build of the model."""
    return bool(pool.get("ModelNameOverride"))


def _references(*refs: Ref) -> tuple[Ref, ...]:
    return distinct(refs)


def _read_policy(session: AwsSession, endpoint: Endpoint) -> Mapping[str, Fact[Any]]:
    """A ValidationException says that it has no policy (API reference, GetEndpointPolicy). The code is also that for a
    name which is none, or of nothing that is there, and so it counts only of an endpoint that was described."""
    _describe(session, endpoint)
    try:
        answer = session.call(GET_ENDPOINT_POLICY, endpoint.location, EndpointName=endpoint.name)
    except CallFailed as error:
        if error.code != "ValidationException":
            raise
        answer = {}
    return policy_facts(answer.get("ResourcePolicy"), "ResourcePolicy", "public_policy")


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
            shell_access=Known(False),
            single_machines=Known(None),
            rolls_back=Known(None),
            # it writes to no store of its own: what it logs is a setting of the region (Bedrock user guide, "Monitor
            # model invocation")
            captures=Known(False),
            capture_key=Known(None),
            capture_stores=Known(()),
            output_keys=Known(()),
            # only endpoints of SageMaker AI, custom models and the like have one
            public_policy=Known(None),
            policy_document=Known(None),
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
                facts=(
                    "encryption_key",
                    "invocation_logging",
                    "key_authentication",
                    "captures",
                    "capture_key",
                    "capture_stores",
                    "output_keys",
                    "shell_access",
                    "single_machines",
                    "rolls_back",
                ),
                read=_read_config,
            ),
            Detail(
                calls=(
                    DESCRIBE_ENDPOINT,
                    DESCRIBE_ENDPOINT_CONFIG,
                    DESCRIBE_MODEL,
                    LIST_COMPONENTS,
                    DESCRIBE_COMPONENT,
                ),
                facts=_MODEL_FACTS,
                read=_read_models,
            ),
            Detail(
                calls=(DESCRIBE_ENDPOINT, GET_ENDPOINT_POLICY),
                facts=("public_policy", "policy_document"),
                read=_read_policy,
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
        find_facts=(
            "runs_customer_code",
            "in_customer_network",
            "identity",
            "models",
            "public_policy",
            "policy_document",
            "shell_access",
            "single_machines",
            "rolls_back",
            "captures",
            "capture_key",
            "capture_stores",
            "output_keys",
        ),
        details=(
            Detail(calls=(GET_CUSTOM_MODEL,), facts=("encryption_key",), read=_read_provisioned_key),
            Detail(calls=(GET_LOGGING,), facts=("invocation_logging",), read=_read_provisioned_logging),
            Detail(calls=(LIST_API_KEYS,), facts=("key_authentication",), read=_read_provisioned_keys),
            Detail(calls=(LIST_BEDROCK_TAGS,), facts=("tags",), read=_read_provisioned_tags),
        ),
    ),
)
