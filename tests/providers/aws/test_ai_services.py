"""Amazon Bedrock and Amazon SageMaker per region."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from auditor.model.facts import Known, Reason, Unknown
from auditor.model.resources import AiService
from auditor.providers.aws import ai_services
from auditor.providers.aws.ai_services import LIST_ENFORCED, LIST_EVALUATIONS, LIST_METRICS
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


CALLED = {"Metrics": [{"Namespace": "AWS/Bedrock", "MetricName": "Invocations"}]}


@pytest.fixture
def quiet(aws: Aws) -> Aws:
    """Called, and nothing set up: no keys, no logging, no guardrail, no evaluation."""
    aws.answer(LIST_API_KEYS, {"ServiceSpecificCredentials": []})
    aws.answer(LIST_METRICS, CALLED, Namespace="AWS/Bedrock", MetricName="Invocations")
    aws.answer(LIST_ENFORCED, {"guardrailsConfig": []})
    aws.answer(LIST_EVALUATIONS, {"jobSummaries": []})
    return aws


def key(status: str, number: int = 1) -> dict[str, Any]:
    return {
        "UserName": "app",
        "Status": status,
        "CreateDate": "2026-01-01T00:00:00Z",
        "ServiceSpecificCredentialId": f"ACCAEXAMPLE{number}",
        "ServiceName": "bedrock.amazonaws.com",
    }


def test_bare_bedrock(quiet: Aws) -> None:
    service = only(quiet)
    assert service.id == "bedrock.us-east-1.amazonaws.com/123456789012"
    assert (service.native_type, service.location) == ("AWS::Bedrock", REGION)
    assert service.called.value is True
    assert service.generative.value is True
    assert service.identity.value == ()
    assert service.key_authentication.value is False
    assert service.invocation_logging.value is False
    assert service.guardrail_enforced.value is False
    assert service.evaluated.value is False
    assert all(getattr(service, name).calls for name in BEDROCK.facts())


def test_bedrock_that_was_not_called_is_asked_nothing_more(quiet: Aws) -> None:
    quiet.answer(LIST_METRICS, {"Metrics": []})
    service = only(quiet)
    assert service.called.value is False
    assert [e.operation for e in quiet.ledger.exchanges()] == ["ListMetrics"]
    assert isinstance(service.guardrail_enforced, Unknown)
    assert service.guardrail_enforced.reason is Reason.NOT_COLLECTED


EVERYTHING = {"selectiveContentGuarding": {"messages": "COMPREHENSIVE", "system": "COMPREHENSIVE"}}
EVERY_MODEL = {"modelEnforcement": {"includedModels": ["ALL"], "excludedModels": []}}


@pytest.mark.parametrize(
    ("configs", "expected"),
    [
        ((EVERYTHING,), True),
        (({},), True),
        (({**EVERYTHING, **EVERY_MODEL},), True),
        (({"inputTags": "IGNORE"},), True),
        (({"inputTags": "HONOR"},), False),
        (({"inputTags": "HONOR", **EVERYTHING},), True),
        (({"selectiveContentGuarding": {"messages": "SELECTIVE"}},), False),
        (({"selectiveContentGuarding": {"messages": "UnheardOf"}},), Reason.UNRECOGNISED),
        (({"inputTags": "UnheardOf"},), Reason.UNRECOGNISED),
        (({"modelEnforcement": {"includedModels": ["amazon.nova-lite-v1"], "excludedModels": []}},), False),
        (({"modelEnforcement": {"includedModels": ["ALL"], "excludedModels": ["amazon.nova-lite-v1"]}},), False),
        (({"inputTags": "HONOR"}, EVERYTHING), True),
    ],
)
def test_an_enforced_guardrail(quiet: Aws, configs: tuple[dict[str, Any], ...], expected: object) -> None:
    quiet.answer(LIST_ENFORCED, {"guardrailsConfig": [{"guardrailId": "g", **config} for config in configs]})
    fact = only(quiet).guardrail_enforced
    assert (fact.value if isinstance(fact, Known) else fact.reason) == expected


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (("Completed",), True),
        (("Failed",), False),
        (("Failed", "Completed"), True),
        (("UnheardOf",), Reason.UNRECOGNISED),
    ],
)
def test_evaluations(quiet: Aws, statuses: tuple[str, ...], expected: object) -> None:
    jobs = [
        {
            "jobArn": f"arn:aws:bedrock:us-east-1:123456789012:evaluation-job/{n}",
            "jobName": f"job-{n}",
            "status": status,
            "creationTime": "2026-10-01T00:00:00Z",
            "jobType": "Automated",
            "evaluationTaskTypes": ["Generation"],
        }
        for n, status in enumerate(statuses)
    ]
    quiet.answer(LIST_EVALUATIONS, {"jobSummaries": jobs}, statusEquals="Completed")
    fact = only(quiet).evaluated
    assert (fact.value if isinstance(fact, Known) else fact.reason) == expected
    (asked,) = (e.params for e in quiet.ledger.exchanges() if e.operation == "ListEvaluationJobs")
    began = datetime.fromisoformat(asked["creationTimeAfter"])
    assert timedelta(days=179) < datetime.now(UTC) - began < timedelta(days=181)


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
    for call in BEDROCK.calls():
        quiet.refuse(call, "AccessDeniedException")
    service = only(quiet)
    for name in ("called", "key_authentication", "invocation_logging", "guardrail_enforced", "evaluated"):
        fact = getattr(service, name)
        assert isinstance(fact, Unknown)
        assert fact.reason is Reason.DENIED
        assert fact.permissions


def test_sagemaker(quiet: Aws) -> None:
    quiet.answer(LIST_METRICS, {"Metrics": []}, Namespace="AWS/SageMaker")
    service = only(quiet, SAGEMAKER)
    assert service.id == "sagemaker.us-east-1.amazonaws.com/123456789012"
    assert service.native_type == "AWS::SageMaker"
    assert service.generative.value is False
    assert service.called.value is False
    assert service.key_authentication.value is False
    assert service.key_authentication.calls
