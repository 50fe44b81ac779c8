"""Amazon Bedrock and Amazon SageMaker per region."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.model.facts import Known, Reason, Unknown
from auditor.model.resources import AiService
from auditor.providers.aws import ai_services
from auditor.providers.aws.ai_services import LIST_METRICS
from auditor.providers.aws.bedrock import GET_LOGGING, LIST_API_KEYS
from auditor.providers.base import AnyCollector
from tests.providers.aws.conftest import REGION, Aws

BEDROCK, SAGEMAKER = ai_services.COLLECTORS
S3 = {"s3Config": {"bucketName": "invocation-logs"}}
CLOUDWATCH = {"cloudWatchConfig": {"logGroupName": "g", "roleArn": "arn:aws:iam::123456789012:role/r"}}


def only(aws: Aws, collector: AnyCollector = BEDROCK) -> AiService:
    (found,) = aws.collect([collector])
    assert isinstance(found, AiService)
    return found


@pytest.fixture
def quiet(aws: Aws) -> Aws:
    """Nothing set up: no calls, no keys, no logging."""
    aws.answer(LIST_API_KEYS, {"ServiceSpecificCredentials": []})
    aws.answer(LIST_METRICS, {"Metrics": []})
    return aws


def key(status: str, number: int = 1) -> dict[str, Any]:
    return {
        "UserName": "app",
        "Status": status,
        "CreateDate": "2026-01-01T00:00:00Z",
        "ServiceSpecificCredentialId": f"ACCAEXAMPLE{number}",
        "ServiceName": "bedrock.amazonaws.com",
    }


def test_unused_bedrock(quiet: Aws) -> None:
    service = only(quiet)
    assert service.id == "bedrock.us-east-1.amazonaws.com/123456789012"
    assert (service.native_type, service.location) == ("AWS::Bedrock", REGION)
    assert service.called.value is False
    assert service.generative.value is True
    assert service.identity.value == ()
    assert service.key_authentication.value is False
    assert service.invocation_logging.value is False
    for name in ("called", "key_authentication", "invocation_logging"):
        assert getattr(service, name).calls


def test_called_bedrock(quiet: Aws) -> None:
    metric = {"Namespace": "AWS/Bedrock", "MetricName": "Invocations"}
    quiet.answer(LIST_METRICS, {"Metrics": [metric]}, Namespace="AWS/Bedrock", MetricName="Invocations")
    assert only(quiet).called.value is True


def test_calls_of_another_service_do_not_count(aws: Aws) -> None:
    aws.answer(LIST_API_KEYS, {"ServiceSpecificCredentials": []})
    data = [{"MetricName": "Invocations", "Value": 1.0}]
    aws.boto("cloudwatch").put_metric_data(Namespace="AWS/SageMaker", MetricData=data)
    aws.boto("cloudwatch", "eu-west-1").put_metric_data(Namespace="AWS/Bedrock", MetricData=data)
    assert only(aws, BEDROCK).called.value is False
    assert only(aws, SAGEMAKER).called.value is True


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ((), False),
        (("Active",), True),
        (("Inactive",), False),
        (("Expired", "Inactive"), False),
        (("Inactive", "Active"), True),
        (("UnheardOf",), Reason.UNRECOGNISED),
        (("UnheardOf", "Active"), True),
    ],
)
def test_api_keys(quiet: Aws, statuses: tuple[str, ...], expected: object) -> None:
    keys = [key(status, number) for number, status in enumerate(statuses)]
    quiet.answer(LIST_API_KEYS, {"ServiceSpecificCredentials": keys}, AllUsers=True)
    fact = only(quiet).key_authentication
    assert (fact.value if isinstance(fact, Known) else fact.reason) == expected


def test_an_active_key_on_the_second_page_counts(quiet: Aws) -> None:
    first = {"ServiceSpecificCredentials": [key("Inactive")], "IsTruncated": True, "Marker": "2"}
    quiet.answer(LIST_API_KEYS, first)
    quiet.answer(LIST_API_KEYS, {"ServiceSpecificCredentials": [key("Active", 2)], "IsTruncated": False}, Marker="2")
    fact = only(quiet).key_authentication
    assert fact.value is True
    assert len(fact.calls) == 2


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({**S3, "textDataDeliveryEnabled": True}, True),
        ({**CLOUDWATCH, "textDataDeliveryEnabled": True}, True),
        ({**S3, "textDataDeliveryEnabled": False, "imageDataDeliveryEnabled": True}, True),
        (
            {
                **S3,
                "textDataDeliveryEnabled": False,
                "imageDataDeliveryEnabled": False,
                "embeddingDataDeliveryEnabled": False,
                "videoDataDeliveryEnabled": False,
                "audioDataDeliveryEnabled": False,
            },
            False,
        ),
        ({"textDataDeliveryEnabled": True}, False),
        (S3, Reason.ABSENT),
    ],
)
def test_invocation_logging(quiet: Aws, config: dict[str, Any], expected: object) -> None:
    quiet.answer(GET_LOGGING, {"loggingConfig": config})
    fact = only(quiet).invocation_logging
    assert (fact.value if isinstance(fact, Known) else fact.reason) == expected


def test_invocation_logging_on_moto(quiet: Aws) -> None:
    quiet.boto("s3").create_bucket(Bucket="invocation-logs")
    config = {**S3, "textDataDeliveryEnabled": True}
    quiet.boto("bedrock").put_model_invocation_logging_configuration(loggingConfig=config)
    assert only(quiet).invocation_logging.value is True


def test_what_is_denied_is_unknown_and_the_service_stays(quiet: Aws) -> None:
    for call in (LIST_METRICS, LIST_API_KEYS, GET_LOGGING):
        quiet.refuse(call, "AccessDeniedException")
    service = only(quiet)
    for name in ("called", "key_authentication", "invocation_logging"):
        fact = getattr(service, name)
        assert isinstance(fact, Unknown)
        assert fact.reason is Reason.DENIED
        assert fact.permissions


def test_sagemaker(quiet: Aws) -> None:
    service = only(quiet, SAGEMAKER)
    assert service.id == "sagemaker.us-east-1.amazonaws.com/123456789012"
    assert service.native_type == "AWS::SageMaker"
    assert service.generative.value is False
    assert service.called.value is False
    assert service.key_authentication.value is False
    assert service.key_authentication.calls
