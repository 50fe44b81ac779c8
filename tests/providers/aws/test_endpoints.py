"""SageMaker endpoints and Bedrock provisioned throughput: every fact in every state."""

from __future__ import annotations

import json
from typing import Any

import pytest

from auditor.model.facts import Known, Reason, Unknown
from auditor.model.resources import Endpoint, Ref
from auditor.model.scope import Provider
from auditor.providers.aws import endpoints
from auditor.providers.aws.bedrock import GET_LOGGING, LIST_API_KEYS
from auditor.providers.aws.custom_models import GET_CUSTOM_MODEL
from auditor.providers.aws.endpoints import (
    DESCRIBE_ENDPOINT,
    DESCRIBE_ENDPOINT_CONFIG,
    GET_ENDPOINT_POLICY,
    GET_TAGGED,
    LIST_BEDROCK_TAGS,
    LIST_ENDPOINTS,
    LIST_PROVISIONED,
    LIST_TAGS,
)
from auditor.providers.aws.inference_components import DESCRIBE_COMPONENT, LIST_COMPONENTS
from auditor.providers.aws.models import DESCRIBE_MODEL
from tests.providers.aws.conftest import REGION, Aws

SAGEMAKER, BEDROCK = endpoints.COLLECTORS
ROLE = "arn:aws:iam::123456789012:role/inference"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
PREFIX = "arn:aws:sagemaker:us-east-1:123456789012"


def build(aws: Aws, name: str = "e", *, vpc: bool = False, tags: Any = (), **config: Any) -> None:
    """A model, a configuration and an endpoint in moto; no policy, nothing in the tagging API."""
    aws.refuse(GET_ENDPOINT_POLICY, "ValidationException", message="Endpoint has no resource policy.")
    sagemaker = aws.boto("sagemaker")
    network = {"VpcConfig": {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}} if vpc else {}
    sagemaker.create_model(ModelName=f"{name}-m", ExecutionRoleArn=ROLE, PrimaryContainer={"Image": "image"}, **network)
    variant = {
        "VariantName": "v",
        "ModelName": f"{name}-m",
        "InitialInstanceCount": 1,
        "InstanceType": "ml.m5.large",
        "InitialVariantWeight": 1.0,
    }
    sagemaker.create_endpoint_config(EndpointConfigName=f"{name}-c", ProductionVariants=[variant], **config)
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=f"{name}-c", Tags=list(tags))


def capture(percent: int = 100, **more: Any) -> dict[str, Any]:
    return {
        "InitialSamplingPercentage": percent,
        "DestinationS3Uri": "s3://captured",
        "CaptureOptions": [{"CaptureMode": "Input"}],
        **more,
    }


def only(aws: Aws) -> Endpoint:
    (endpoint,) = aws.collect([SAGEMAKER])
    assert isinstance(endpoint, Endpoint)
    return endpoint


def test_guarded_endpoint(aws: Aws) -> None:
    build(
        aws,
        vpc=True,
        KmsKeyId=KEY,
        DataCaptureConfig=capture(EnableCapture=True),
        tags=[{"Key": "owner", "Value": "risk"}],
    )
    endpoint = only(aws)
    assert (endpoint.id, endpoint.name, endpoint.location) == (f"{PREFIX}:endpoint/e", "e", REGION)
    assert endpoint.native_type == "AWS::SageMaker::Endpoint"
    assert endpoint.runs_customer_code.value is True
    assert endpoint.identity.value == (Ref("Identity", Provider.AWS, "123456789012", ROLE),)
    assert endpoint.models.value == (Ref("Model", Provider.AWS, "123456789012", f"{PREFIX}:model/e-m"),)
    assert endpoint.in_customer_network.value is True
    assert endpoint.encryption_key.value == Ref("Key", Provider.AWS, "123456789012", KEY)
    assert endpoint.invocation_logging.value is True
    assert endpoint.key_authentication.value is False
    assert endpoint.tags.value == {"owner": "risk"}
    for name in SAGEMAKER.facts():
        fact = getattr(endpoint, name)
        assert isinstance(fact, Known), name
        assert fact.calls, name


def test_bare_endpoint(aws: Aws) -> None:
    build(aws)
    endpoint = only(aws)
    assert endpoint.in_customer_network.value is False
    assert endpoint.encryption_key.value is None
    assert endpoint.invocation_logging.value is False
    assert endpoint.tags.value == {}


def shared_with(principal: object, **more: object) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": principal,
        "Action": "sagemaker:InvokeEndpoint",
        "Resource": "*",
        **more,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


ROUTER = {"ArnEquals": {"sagemaker:SourceInferenceRouterArn": f"{PREFIX}:inference-router/r"}}


@pytest.mark.parametrize(
    ("policy", "public"),
    [
        (shared_with({"AWS": "arn:aws:iam::111122223333:root"}), False),
        (shared_with({"AWS": "arn:aws:iam::111122223333:root"}, Condition=ROUTER), False),
        (shared_with("*"), True),
    ],
)
def test_the_policy_of_an_endpoint(aws: Aws, policy: str, public: bool) -> None:
    build(aws)
    body = {"EndpointName": "e", "EndpointArn": f"{PREFIX}:endpoint/e", "ResourcePolicy": policy}
    aws.answer(GET_ENDPOINT_POLICY, body)
    found = only(aws)
    assert json.loads(found.policy_document.value or "") == json.loads(policy)
    assert found.public_policy.value is public


def test_an_endpoint_without_a_policy(aws: Aws) -> None:
    build(aws)
    found = only(aws)
    assert (found.policy_document.value, found.public_policy.value) == (None, False)
    assert len(found.policy_document.calls) == 2  # that it is there, and that it has none


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("AccessDeniedException", Reason.DENIED),
        ("ThrottlingException", Reason.THROTTLED),
        ("UnknownOperationException", Reason.UNRECOGNISED),
        ("ResourceNotFound", Reason.VANISHED),
    ],
)
def test_a_policy_that_cannot_be_read(aws: Aws, code: str, reason: Reason) -> None:
    build(aws)
    aws.refuse(GET_ENDPOINT_POLICY, code)
    found = only(aws)
    for fact in (found.policy_document, found.public_policy):
        assert isinstance(fact, Unknown)
        assert fact.reason is reason


def test_of_an_endpoint_that_cannot_be_described_no_policy_is_not_said_to_be_none(aws: Aws) -> None:
    build(aws)
    aws.refuse(DESCRIBE_ENDPOINT, "AccessDeniedException")
    fact = only(aws).policy_document
    assert isinstance(fact, Unknown)
    assert fact.reason is Reason.DENIED


@pytest.mark.parametrize("body", [{"EndpointName": "e"}, {"ResourcePolicy": "{"}])
def test_a_malformed_policy_is_no_policy_that_is_not_there(aws: Aws, body: dict[str, str]) -> None:
    build(aws)
    aws.answer(GET_ENDPOINT_POLICY, {"EndpointArn": f"{PREFIX}:endpoint/e", "EndpointName": "e", **body})
    found = only(aws)
    assert isinstance(found.public_policy, Unknown)
    assert found.public_policy.reason is Reason.MALFORMED


def test_at_most_five_calls_per_endpoint_and_four_where_it_is_tagged(aws: Aws) -> None:
    for number in range(4):
        build(aws, f"e{number}")
    aws.answer(
        GET_TAGGED,
        {
            "ResourceTagMappingList": [
                {"ResourceARN": f"{PREFIX}:endpoint/e{n}", "Tags": [{"Key": "env", "Value": "dev"}]} for n in range(3)
            ]
        },
    )
    found = aws.collect([SAGEMAKER])
    assert [e.tags.value for e in found] == [{"env": "dev"}] * 3 + [{}]
    calls = [e.operation for e in aws.ledger.exchanges()]
    assert len(calls) == 2 + 4 * 4 + 1
    assert calls.count("ListTags") == 1


def test_an_endpoint_that_vanishes_is_kept_with_unknown_facts(aws: Aws) -> None:
    build(aws)
    aws.refuse(DESCRIBE_ENDPOINT, "ValidationException", message='Could not find endpoint "e".')
    endpoint = only(aws)
    for name in ("encryption_key", "invocation_logging", "identity", "policy_document"):
        fact = getattr(endpoint, name)
        assert isinstance(fact, Unknown)
        assert fact.reason is Reason.VANISHED


def test_a_list_that_is_denied_is_a_gap(aws: Aws) -> None:
    aws.refuse(LIST_ENDPOINTS, "AccessDeniedException")
    done = aws.collected([SAGEMAKER])
    (gap,) = done.inventory.gaps
    assert gap.why.reason is Reason.DENIED
    assert gap.why.calls
    assert done.inventory.listings == ()


DESCRIBED = {
    "EndpointName": "e",
    "EndpointArn": f"{PREFIX}:endpoint/e",
    "EndpointConfigName": "e-c",
    "EndpointStatus": "InService",
    "CreationTime": 1,
    "LastModifiedTime": 1,
}


@pytest.mark.parametrize(
    ("configured", "status", "expected"),
    [
        (capture(EnableCapture=True), None, True),
        (capture(), None, True),
        (capture(EnableCapture=False), None, False),
        (capture(0, EnableCapture=True), None, False),
        (capture(EnableCapture=True), "Started", True),
        (capture(EnableCapture=True), "Stopped", False),
        (capture(EnableCapture=True), "UnheardOf", Reason.UNRECOGNISED),
    ],
)
def test_data_capture(aws: Aws, configured: dict[str, Any], status: str | None, expected: object) -> None:
    build(aws)
    variant = {"VariantName": "v", "ModelName": "e-m"}
    config = {
        "EndpointConfigName": "e-c",
        "EndpointConfigArn": f"{PREFIX}:endpoint-config/e-c",
        "ProductionVariants": [variant],
        "CreationTime": 1,
        "DataCaptureConfig": configured,
    }
    aws.answer(DESCRIBE_ENDPOINT_CONFIG, config)
    live = {
        "DataCaptureConfig": {
            "EnableCapture": True,
            "CaptureStatus": status,
            "CurrentSamplingPercentage": 1,
            "DestinationS3Uri": "s3://captured",
            "KmsKeyId": "k",
        }
    }
    aws.answer(DESCRIBE_ENDPOINT, {**DESCRIBED, **(live if status else {})})
    fact = only(aws).invocation_logging
    assert fact.value is expected if isinstance(fact, Known) else fact.reason is expected


def configured(aws: Aws, **config: Any) -> Endpoint:
    aws.answer(
        DESCRIBE_ENDPOINT_CONFIG,
        {
            "EndpointConfigName": "e-c",
            "EndpointConfigArn": f"{PREFIX}:endpoint-config/e-c",
            "CreationTime": 1,
            **config,
        },
    )
    return only(aws)


def test_an_endpoint_without_variants_says_nothing_about_models(aws: Aws) -> None:
    build(aws)
    endpoint = configured(aws, ProductionVariants=[])
    for name in ("models", "identity", "in_customer_network", "single_machines"):
        fact = getattr(endpoint, name)
        assert isinstance(fact, Unknown)
        assert fact.reason is Reason.ABSENT
    assert endpoint.encryption_key.value is None


NETWORK = {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}
COMPONENT = {
    "InferenceComponentArn": f"{PREFIX}:inference-component/x",
    "EndpointName": "e",
    "EndpointArn": f"{PREFIX}:endpoint/e",
    "CreationTime": 1,
    "LastModifiedTime": 1,
}


def components(aws: Aws, **specifications: dict[str, Any]) -> None:
    """An endpoint whose models are deployed to it apart."""
    build(aws)
    names = [{**COMPONENT, "InferenceComponentName": name, "VariantName": "v"} for name in specifications]
    aws.answer(LIST_COMPONENTS, {"InferenceComponents": names}, EndpointNameEquals="e")
    for name, specification in specifications.items():
        aws.answer(
            DESCRIBE_COMPONENT,
            {**COMPONENT, "InferenceComponentName": name, **specification},
            InferenceComponentName=name,
        )


def test_models_of_inference_components(aws: Aws) -> None:
    components(
        aws,
        one={"Specification": {"ModelName": "e-m"}},
        several={"Specifications": [{"ModelName": "e-m", "InstanceType": "ml.g5.xlarge"}]},
        bare={"Specification": {"Container": {"ArtifactUrl": "s3://models/x.tar.gz"}}},
        adapter={"Specification": {"BaseInferenceComponentName": "one"}},
    )
    shared = ROLE.replace("inference", "shared")
    endpoint = configured(aws, ProductionVariants=[{"VariantName": "v"}], ExecutionRoleArn=shared, VpcConfig=NETWORK)
    assert [ref.id for ref in endpoint.models.value] == [f"{PREFIX}:model/e-m"]
    assert [ref.id for ref in endpoint.identity.value] == [ROLE, shared]
    assert endpoint.in_customer_network.value is True
    asked = [e.operation for e in aws.ledger.exchanges()]
    assert (asked.count("ListInferenceComponents"), asked.count("DescribeModel")) == (1, 1)


def test_inference_components_run_where_the_configuration_says(aws: Aws) -> None:
    components(aws)
    endpoint = configured(aws, ProductionVariants=[{"VariantName": "v"}])
    assert endpoint.models.value == ()
    assert endpoint.in_customer_network.value is False
    assert isinstance(endpoint.identity, Unknown)
    assert endpoint.identity.reason is Reason.ABSENT


@pytest.mark.parametrize("case", ["denied", "unspecified"])
def test_inference_components_that_cannot_be_read(aws: Aws, case: str) -> None:
    components(aws, one={})
    if case == "denied":
        aws.refuse(LIST_COMPONENTS, "AccessDeniedException")
    endpoint = configured(aws, ProductionVariants=[{"VariantName": "v"}], ExecutionRoleArn=ROLE)
    for name in ("models", "identity", "in_customer_network"):
        fact = getattr(endpoint, name)
        assert isinstance(fact, Unknown)
        assert fact.reason is (Reason.DENIED if case == "denied" else Reason.ABSENT)
    assert endpoint.shell_access.value is False


def test_another_build_for_some_machines_is_a_model_too(aws: Aws) -> None:
    build(aws)
    build(aws, "other")
    aws.boto("sagemaker").delete_endpoint(EndpointName="other")
    pools = [
        {"InstanceType": "ml.g5.xlarge", "Priority": 1},
        {"InstanceType": "ml.g6.xlarge", "Priority": 2, "ModelNameOverride": "other-m"},
    ]
    endpoint = configured(aws, ProductionVariants=[{"VariantName": "v", "ModelName": "e-m", "InstancePools": pools}])
    assert [ref.id for ref in endpoint.models.value] == [f"{PREFIX}:model/e-m", f"{PREFIX}:model/other-m"]


SERVERLESS = {"VariantName": "s", "ModelName": "e-m", "ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 5}}


def variant(count: int | None = 1, **more: Any) -> dict[str, Any]:
    counted = {} if count is None else {"InitialInstanceCount": count}
    return {"VariantName": "v", "ModelName": "e-m", **counted, **more}


@pytest.mark.parametrize(
    ("variants", "expected"),
    [
        ([variant(2)], ()),
        ([variant(1), variant(2, VariantName="w")], ("v",)),
        ([variant(2), SERVERLESS], ()),
        ([SERVERLESS], None),
        ([variant(None)], Reason.ABSENT),
    ],
)
def test_machines(aws: Aws, variants: list[dict[str, Any]], expected: object) -> None:
    build(aws)
    fact = configured(aws, ProductionVariants=variants).single_machines
    assert (fact.value if isinstance(fact, Known) else fact.reason) == expected


@pytest.mark.parametrize(
    ("variants", "shadow", "expected"),
    [
        ([variant()], [], False),
        ([variant(EnableSSMAccess=False)], [], False),
        ([variant(EnableSSMAccess=True)], [], True),
        ([variant()], [variant(EnableSSMAccess=True)], True),
    ],
)
def test_shell_access(aws: Aws, variants: list[Any], shadow: list[Any], expected: bool) -> None:
    build(aws)
    endpoint = configured(aws, ProductionVariants=variants, ShadowProductionVariants=shadow)
    assert endpoint.shell_access.value is expected


def key(name: str = KEY) -> Ref:
    return Ref("Key", Provider.AWS, "123456789012", name)


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({}, ()),
        ({"AsyncInferenceConfig": {"OutputConfig": {"KmsKeyId": KEY}}}, (key(),)),
        ({"AsyncInferenceConfig": {"OutputConfig": {"S3OutputPath": "s3://answers"}}}, (None,)),
        (
            {
                "AsyncInferenceConfig": {"OutputConfig": {"KmsKeyId": KEY}},
                "ProductionVariants": [variant(CoreDumpConfig={"DestinationS3Uri": "s3://dumps"})],
            },
            (None, key()),
        ),
        (
            {"ShadowProductionVariants": [variant(CoreDumpConfig={"DestinationS3Uri": "s3://d", "KmsKeyId": KEY})]},
            (key(),),
        ),
    ],
)
def test_keys_of_what_it_writes(aws: Aws, config: dict[str, Any], expected: object) -> None:
    build(aws)
    assert configured(aws, **{"ProductionVariants": [variant()], **config}).output_keys.value == expected


def test_where_captured_requests_go(aws: Aws) -> None:
    build(aws)
    endpoint = configured(aws, ProductionVariants=[variant()], DataCaptureConfig=capture(KmsKeyId=KEY))
    assert (endpoint.captures.value, endpoint.capture_key.value) == (True, key())
    assert endpoint.capture_stores.value == (Ref("Storage", Provider.AWS, "123456789012", "arn:aws:s3:::captured"),)
    endpoint = configured(aws, ProductionVariants=[variant()], DataCaptureConfig=capture())
    assert endpoint.capture_key.value is None
    endpoint = configured(aws, ProductionVariants=[variant()])
    assert (endpoint.captures.value, endpoint.capture_key.value, endpoint.capture_stores.value) == (False, None, ())
    endpoint = configured(
        aws, ProductionVariants=[variant()], DataCaptureConfig={**capture(), "DestinationS3Uri": "nowhere"}
    )
    assert isinstance(endpoint.capture_stores, Unknown)
    assert endpoint.capture_stores.reason is Reason.UNRECOGNISED


@pytest.mark.parametrize(
    ("variants", "deployment", "expected"),
    [
        ([variant()], {"AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "errors"}]}}, True),
        ([variant()], {"AutoRollbackConfiguration": {"Alarms": []}}, False),
        ([variant()], {"RollingUpdatePolicy": {"MaximumBatchSize": {"Type": "INSTANCE_COUNT", "Value": 1}}}, False),
        ([variant()], None, False),
        ([SERVERLESS], None, None),
    ],
)
def test_rollback(aws: Aws, variants: list[Any], deployment: dict[str, Any] | None, expected: object) -> None:
    build(aws)
    if deployment and "RollingUpdatePolicy" in deployment:
        deployment["RollingUpdatePolicy"]["WaitIntervalInSeconds"] = 60
    aws.answer(DESCRIBE_ENDPOINT, {**DESCRIBED, **({"LastDeploymentConfig": deployment} if deployment else {})})
    assert configured(aws, ProductionVariants=variants).rolls_back.value is expected


def test_shadow_variants_count(aws: Aws) -> None:
    build(aws, vpc=True)
    build(aws, "other")
    aws.boto("sagemaker").delete_endpoint(EndpointName="other")
    endpoint = configured(
        aws,
        ProductionVariants=[{"VariantName": "v", "ModelName": "e-m"}],
        ShadowProductionVariants=[{"VariantName": "s", "ModelName": "other-m"}],
    )
    assert endpoint.in_customer_network.value is False
    assert len(endpoint.models.value) == 2
    assert len(endpoint.identity.value) == 1


def test_a_model_without_a_role_is_unknown(aws: Aws) -> None:
    build(aws)
    aws.answer(DESCRIBE_MODEL, {"ModelName": "e-m", "ModelArn": f"{PREFIX}:model/e-m", "CreationTime": 1})
    endpoint = only(aws)
    assert isinstance(endpoint.identity, Unknown)
    assert endpoint.identity.reason is Reason.ABSENT
    assert endpoint.in_customer_network.value is False


def test_an_endpoint_that_names_no_configuration_is_unknown(aws: Aws) -> None:
    build(aws)
    aws.answer(DESCRIBE_ENDPOINT, {k: v for k, v in DESCRIBED.items() if k != "EndpointConfigName"})
    fact = only(aws).encryption_key
    assert isinstance(fact, Unknown)
    assert fact.reason is Reason.ABSENT


@pytest.mark.parametrize(
    "key",
    [KEY, "1234abcd-12ab-34cd-56ef-1234567890ab", "alias/inference", "arn:aws:kms:us-east-1:999999999999:alias/x"],
)
def test_keys_become_arns(aws: Aws, key: str) -> None:
    build(aws, KmsKeyId=key)
    ref = only(aws).encryption_key.value
    assert ref.id.startswith("arn:aws:kms:us-east-1:")
    assert ref.id.endswith(key.rsplit(":", 1)[-1])
    assert ref.account in ref.id


def test_tags_are_unknown_when_the_tagging_api_is_denied(aws: Aws) -> None:
    build(aws, tags=[{"Key": "owner", "Value": "risk"}])
    aws.refuse(GET_TAGGED, "AccessDeniedException")
    fact = only(aws).tags
    assert isinstance(fact, Unknown)
    assert fact.reason is Reason.DENIED


def test_tags_are_unknown_when_it_leaves_out_the_endpoint_and_sagemaker_denies(aws: Aws) -> None:
    build(aws)
    aws.refuse(LIST_TAGS, "AccessDeniedException")
    fact = only(aws).tags
    assert isinstance(fact, Unknown)
    assert fact.reason is Reason.DENIED


# Bedrock provisioned throughput

CUSTOM = "arn:aws:bedrock:us-east-1:123456789012:custom-model/amazon.titan-text-lite-v1:0:4k/abcdefabcdef"
FOUNDATION = "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-text-lite-v1"
THROUGHPUT = "arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abcdefabcdef"


def provision(aws: Aws, model: str, key: str | None = None) -> None:
    summary = {
        "provisionedModelName": "p",
        "provisionedModelArn": THROUGHPUT,
        "modelArn": model,
        "desiredModelArn": model,
        "foundationModelArn": FOUNDATION,
        "modelUnits": 1,
        "desiredModelUnits": 1,
        "status": "InService",
        "creationTime": "2026-01-01T00:00:00Z",
        "lastModifiedTime": "2026-01-01T00:00:00Z",
    }
    aws.answer(LIST_PROVISIONED, {"provisionedModelSummaries": [summary]}, at=REGION)
    custom = {"modelArn": CUSTOM, "modelName": "c", "creationTime": "2026-01-01T00:00:00Z"}
    aws.answer(GET_CUSTOM_MODEL, {**custom, **({"modelKmsKeyArn": key} if key else {})})
    aws.answer(GET_LOGGING, {})
    aws.answer(LIST_API_KEYS, {"ServiceSpecificCredentials": []})
    aws.answer(LIST_BEDROCK_TAGS, {"tags": [{"key": "env", "value": "prod"}]})


def throughput(aws: Aws) -> Endpoint:
    (found,) = aws.collect([BEDROCK])
    assert isinstance(found, Endpoint)
    return found


def test_throughput_of_a_custom_model(aws: Aws) -> None:
    provision(aws, CUSTOM, KEY)
    found = throughput(aws)
    assert (found.id, found.name) == (THROUGHPUT, "p")
    assert found.native_type == "AWS::Bedrock::ProvisionedModelThroughput"
    assert found.encryption_key.value == Ref("Key", Provider.AWS, "123456789012", KEY)
    assert found.models.value == (Ref("Model", Provider.AWS, "123456789012", CUSTOM),)
    assert found.runs_customer_code.value is False
    assert found.identity.value == ()
    assert found.in_customer_network.value is False
    assert found.key_authentication.value is False
    assert found.invocation_logging.value is False
    assert (found.captures.value, found.shell_access.value) == (False, False)
    assert (found.single_machines.value, found.rolls_back.value, found.output_keys.value) == (None, None, ())
    assert found.tags.value == {"env": "prod"}
    assert (found.public_policy.value, found.policy_document.value) == (None, None)
    assert all(isinstance(getattr(found, n), Known) and getattr(found, n).calls for n in BEDROCK.facts())


def test_throughput_of_a_foundation_model_or_without_a_key(aws: Aws) -> None:
    provision(aws, FOUNDATION)
    assert throughput(aws).encryption_key.value is None
    assert throughput(aws).models.value == ()
    provision(aws, CUSTOM)
    assert throughput(aws).encryption_key.value is None


def test_throughput_whose_model_cannot_be_read(aws: Aws) -> None:
    provision(aws, CUSTOM)
    aws.refuse(GET_CUSTOM_MODEL, "AccessDeniedException", 403)
    fact = throughput(aws).encryption_key
    assert isinstance(fact, Unknown)
    assert fact.reason is Reason.DENIED
