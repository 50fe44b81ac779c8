"""The demo's AWS account: endpoints, models and the registry.

moto forgets how endpoints were deployed, where containers come from and what isolates them; it has no inference
components, no imported models and no policies of groups and endpoints. Those answers are written from the tables here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from auditor.demo import aws_estate as estate
from auditor.demo import aws_people as people
from auditor.demo import aws_registry
from auditor.demo.aws_estate import HOME, PREFIX, SECOND, arn, role_arn
from auditor.demo.aws_made import DAY_IN_SECONDS, Body, Client, Made, Writer
from auditor.demo.aws_registry import DIGEST, PACKAGED, inference_image
from auditor.wire.hop import Answer

LANGUAGE = estate.EndpointSpec(
    "language-models",
    "sm-inference-language",
    vpc="ml-production",
    key="ml-inference",
    tags=(("owner", "platform"), ("environment", "production"), ("data-classification", "confidential")),
)
"""An endpoint whose models are deployed to it as inference components."""
LANGUAGE_VARIANT = "shared-accelerators"
COMPONENTS = {"summaries": "language-summaries-v2", "drafts": "language-drafts-v1"}
"""Its components and their models."""
ENDPOINTS = (*estate.ENDPOINTS, LANGUAGE)
RETIRED = "fraud-scoring-v6"
"""A model that no endpoint serves any more."""

_PATCHED = f"763104351884.dkr.ecr.{SECOND}.amazonaws.com/huggingface-pytorch-inference:2.6-transformers4.51-cpu-py312"
"""A container for deep learning of AWS, under a tag that AWS moves when it patches the image."""


def seed(client: Client, made: Made) -> None:
    """What moto can hold."""
    iam = client("iam", HOME)
    iam.create_role(RoleName=LANGUAGE.role, AssumeRolePolicyDocument=json.dumps(people.service_trust("sagemaker")))
    sagemaker = client("sagemaker", HOME)
    for name in (*COMPONENTS.values(), RETIRED):
        sagemaker.create_model(
            ModelName=name,
            ExecutionRoleArn=role_arn(_owner(name).role),
            PrimaryContainer={"Image": f"{inference_image(HOME)}@{DIGEST}"},
        )
    variant = {
        "VariantName": LANGUAGE_VARIANT,
        "ModelName": next(iter(COMPONENTS.values())),  # moto knows no variant without one
        "InstanceType": "ml.g4dn.xlarge",
        "InitialInstanceCount": 2,
        "InitialVariantWeight": 1.0,
    }
    sagemaker.create_endpoint_config(EndpointConfigName=LANGUAGE.config_name, ProductionVariants=[variant])
    tags = [{"Key": name, "Value": value} for name, value in LANGUAGE.tags]
    sagemaker.create_endpoint(EndpointName=LANGUAGE.name, EndpointConfigName=LANGUAGE.config_name, Tags=tags)


def _owner(model: str) -> estate.EndpointSpec:
    """The endpoint that serves a model, or did."""
    if model in COMPONENTS.values():
        return LANGUAGE
    if model == RETIRED:
        return estate.ENDPOINTS[0]
    return next(e for e in estate.ENDPOINTS if model in e.model_names)


def _endpoint_spec(name: str, region: str) -> estate.EndpointSpec | None:
    return next((e for e in ENDPOINTS if (e.name, e.region) == (name, region)), None)


def _captured(spec: estate.EndpointSpec, made: Made) -> Body:
    if spec.name == "sentiment-eu":
        return {"DestinationS3Uri": f"s3://{PREFIX}-eu-reference-data/{spec.name}", "KmsKeyId": ""}
    return {"DestinationS3Uri": spec.capture_uri, "KmsKeyId": made.keys[estate.CAPTURE_KEYS[spec.region]]}


def _endpoint(made: Made, region: str, params: Mapping[str, Any]) -> Body | None:
    """moto forgets whether capture runs, and how the last deployment was guarded."""
    spec = _endpoint_spec(params["EndpointName"], region)
    if spec is None:
        return None
    names = (LANGUAGE_VARIANT,) if spec is LANGUAGE else spec.model_names
    body: Body = {
        "EndpointName": spec.name,
        "EndpointArn": arn("sagemaker", region, f"endpoint/{spec.name}"),
        "EndpointConfigName": spec.config_name,
        "ProductionVariants": [{"VariantName": name, "CurrentWeight": 1.0, "DesiredWeight": 1.0} for name in names],
        "DataCaptureConfig": {
            "EnableCapture": True,
            "CaptureStatus": "Started",
            "CurrentSamplingPercentage": 100,
            **_captured(spec, made),
        },
        "EndpointStatus": "InService",
        "CreationTime": DAY_IN_SECONDS,
        "LastModifiedTime": DAY_IN_SECONDS,
    }
    if spec.vpc == "ml-production":
        body["LastDeploymentConfig"] = {
            "BlueGreenUpdatePolicy": {
                "TrafficRoutingConfiguration": {
                    "Type": "CANARY",
                    "WaitIntervalInSeconds": 600,
                    "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 10},
                }
            },
            "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": f"{spec.name}-errors"}]},
        }
    return body


def _endpoint_config(made: Made, region: str, params: Mapping[str, Any]) -> Body | None:
    """moto forgets asynchronous output, shell access and what holds for inference components."""
    spec = next((e for e in ENDPOINTS if (e.config_name, e.region) == (params["EndpointConfigName"], region)), None)
    if spec is None:
        return None
    body: Body = {
        "EndpointConfigName": spec.config_name,
        "EndpointConfigArn": arn("sagemaker", region, f"endpoint-config/{spec.config_name}"),
        "ProductionVariants": _variants(spec),
        "DataCaptureConfig": {
            "EnableCapture": True,
            "InitialSamplingPercentage": 100,
            **{name: value for name, value in _captured(spec, made).items() if value},
            "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
        },
        "CreationTime": DAY_IN_SECONDS,
        "EnableNetworkIsolation": False,
    }
    if spec.key:
        body["KmsKeyId"] = made.keys[spec.key]
    if spec.name == "document-extraction":
        output = {"S3OutputPath": spec.capture_uri, "KmsKeyId": made.keys[spec.key]}
        body["AsyncInferenceConfig"] = {"OutputConfig": output}
    if spec is LANGUAGE:
        body |= {"ExecutionRoleArn": role_arn(spec.role), "VpcConfig": _network(spec, made)}
    return body


def _variants(spec: estate.EndpointSpec) -> list[Body]:
    if spec is LANGUAGE:
        return [{"VariantName": LANGUAGE_VARIANT, "InstanceType": "ml.g4dn.xlarge", "InitialInstanceCount": 2}]
    variants: list[Body] = []
    for model in spec.model_names:
        variant: Body = {"VariantName": model, "ModelName": model, "InitialVariantWeight": 1.0}
        if spec.serverless:
            variant["ServerlessConfig"] = {"MemorySizeInMB": 4096, "MaxConcurrency": 10}
        else:
            variant |= {"InstanceType": "ml.m5.xlarge", "InitialInstanceCount": 1 if spec.name in _SMALL else 2}
        if spec.name == "price-elasticity-eu":
            variant["CoreDumpConfig"] = {"DestinationS3Uri": f"s3://{PREFIX}-eu-training-data/dumps"}
            variant["EnableSSMAccess"] = True
        variants.append(variant)
    return variants


_SMALL = ("demand-forecast", "sentiment-eu")


def _network(spec: estate.EndpointSpec, made: Made) -> Body:
    return {"SecurityGroupIds": [made.groups[spec.vpc]], "Subnets": made.subnets[spec.vpc]}


def _model(made: Made, region: str, params: Mapping[str, Any]) -> Body | None:
    """moto says of every model that it is not isolated, and forgets its package."""
    name = params["ModelName"]
    known = {model for e in estate.ENDPOINTS if e.region == region for model in e.model_names}
    if region == HOME:
        known |= {*COMPONENTS.values(), RETIRED}
    if name not in known:
        return None
    spec = _owner(name)
    body: Body = {
        "ModelName": name,
        "ModelArn": arn("sagemaker", region, f"model/{name}"),
        "PrimaryContainer": _container(name, spec),
        "ExecutionRoleArn": role_arn(spec.role),
        "CreationTime": DAY_IN_SECONDS,
        "EnableNetworkIsolation": spec.vpc == "ml-production",
    }
    if spec.vpc:
        body["VpcConfig"] = _network(spec, made)
    return body


def _container(model: str, spec: estate.EndpointSpec) -> Body:
    variables = {"SAGEMAKER_PROGRAM": "inference.py", "SAGEMAKER_REGION": spec.region}
    if spec.name == "price-elasticity-eu":
        variables["PRICE_FEED_PASSWORD"] = "not-a-real-Passw0rd"
    if model in PACKAGED:
        return {"ModelPackageName": PACKAGED[model], "Environment": variables}
    container: Body = {
        "Image": f"{inference_image(spec.region)}:2026.10",
        "Mode": "SingleModel",
        "ModelDataUrl": f"s3://{_artifact_bucket(spec)}/{spec.name}/{model}.tar.gz",
        "Environment": variables,
    }
    if spec.name == "credit-risk":
        container["Image"] = f"registry.{PREFIX}.example/credit-risk@{DIGEST}"
        container["ImageConfig"] = {"RepositoryAccessMode": "Vpc"}
    if spec is LANGUAGE:
        container["Image"] = f"{inference_image(HOME)}@{DIGEST}"
    if spec.name == "sentiment-eu":
        container["Image"] = _PATCHED
    return container


def _artifact_bucket(spec: estate.EndpointSpec) -> str:
    if spec.region == SECOND:
        return f"{PREFIX}-eu-model-artifacts"
    return f"{PREFIX}-{'experiments' if spec.name == 'demand-forecast' else 'model-artifacts'}"


def _components(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    if (params.get("EndpointNameEquals"), region) != (LANGUAGE.name, HOME):
        return {"InferenceComponents": []}
    found = [{**_component_names(name), "LastModifiedTime": DAY_IN_SECONDS} for name in sorted(COMPONENTS)]
    return {"InferenceComponents": found}


def _component_names(name: str) -> Body:
    return {
        "InferenceComponentName": name,
        "InferenceComponentArn": arn("sagemaker", HOME, f"inference-component/{name}"),
        "EndpointName": LANGUAGE.name,
        "EndpointArn": arn("sagemaker", HOME, f"endpoint/{LANGUAGE.name}"),
        "VariantName": LANGUAGE_VARIANT,
        "InferenceComponentStatus": "InService",
        "CreationTime": DAY_IN_SECONDS,
    }


def _component(made: Made, region: str, params: Mapping[str, Any]) -> Body | None:
    name = params["InferenceComponentName"]
    if region != HOME or name not in COMPONENTS:
        return None
    resources = {"NumberOfAcceleratorDevicesRequired": 1.0, "MinMemoryRequiredInMb": 8192}
    return {
        **_component_names(name),
        "Specification": {"ModelName": COMPONENTS[name], "ComputeResourceRequirements": resources},
        "RuntimeConfig": {"DesiredCopyCount": 1, "CurrentCopyCount": 1},
        "LastModifiedTime": DAY_IN_SECONDS,
    }


PARTNER = "345678901234"


def _endpoint_policy(made: Made, region: str, params: Mapping[str, Any]) -> Body | Answer:
    """One is shared with a partner, through one router of theirs."""
    name = params["EndpointName"]
    own = arn("sagemaker", region, f"endpoint/{name}")
    if name != LANGUAGE.name:
        body = json.dumps({"__type": "ValidationException", "message": f"Endpoint {own} has no resource policy."})
        return Answer(400, body.encode(), {"content-type": "application/x-amz-json-1.1"}, synthetic=True)
    router = f"arn:aws:sagemaker:{region}:{PARTNER}:inference-router/partner-router"
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{PARTNER}:root"},
        "Action": "sagemaker:InvokeEndpoint",
        "Resource": own,
        "Condition": {"ArnEquals": {"sagemaker:SourceInferenceRouterArn": router}},
    }
    return {"EndpointName": name, "EndpointArn": own, "ResourcePolicy": json.dumps(people.document(statement))}


WRITERS: Mapping[str, Writer] = {
    **aws_registry.WRITERS,
    "sagemaker:DescribeEndpoint": _endpoint,
    "sagemaker:DescribeEndpointConfig": _endpoint_config,
    "sagemaker:DescribeInferenceComponent": _component,
    "sagemaker:DescribeModel": _model,
    "sagemaker:GetEndpointPolicy": _endpoint_policy,
    "sagemaker:ListInferenceComponents": _components,
}
"""What moto lacks or gets wrong."""
