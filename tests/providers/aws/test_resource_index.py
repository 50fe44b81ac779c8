"""The indexes of AWS: AWS Config, SageMaker Search and the account summary of IAM."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.session import Session

from auditor.model.facts import Known, Reason, Unknown
from auditor.model.resources import ResourceIndex
from auditor.model.scope import GLOBAL
from auditor.model.second_sources import CONFIG, IAM_SUMMARY, NOT_COMPARED, SAGEMAKER_SEARCH
from auditor.providers.aws import resource_index
from auditor.providers.aws.account import GET_ACCOUNT_SUMMARY
from auditor.providers.aws.gates import AI, SAGEMAKER
from auditor.providers.aws.jobs_training import SEARCH
from auditor.providers.aws.oversight import DESCRIBE_RECORDER_STATUS, DESCRIBE_RECORDERS
from auditor.providers.aws.resource_index import GET_COUNTS
from tests.providers.aws.conftest import Aws

OF_CONFIG, OF_SEARCH, OF_IAM = ((c,) for c in resource_index.COLLECTORS)
MODELS, BUCKETS, PROMPTS = "AWS::SageMaker::Model", "AWS::S3::Bucket", "AWS::Bedrock::Prompt"
ENDPOINT = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/"


def recorders(aws: Aws, *groups: dict[str, Any], recording: tuple[object, ...] = (True,)) -> None:
    aws.answer(
        DESCRIBE_RECORDERS,
        {"ConfigurationRecorders": [{"name": f"r{n}", "recordingGroup": g} for n, g in enumerate(groups)]},
    )
    statuses = [{"name": f"r{n}", "recording": on} for n, on in enumerate(recording)]
    aws.answer(DESCRIBE_RECORDER_STATUS, {"ConfigurationRecordersStatus": statuses})


def counts(**by_type: int) -> dict[str, Any]:
    rows = [{"resourceType": name, "count": number} for name, number in by_type.items()]
    return {"totalDiscoveredResources": sum(by_type.values()), "resourceCounts": rows}


def only(aws: Aws, collectors: Any) -> ResourceIndex:
    (found,) = aws.collect(collectors)
    assert isinstance(found, ResourceIndex)
    return found


def asked(aws: Aws) -> list[str]:
    return [f"{e.service}:{e.operation}" for e in aws.ledger.exchanges()]


# AWS Config


def test_config_counts_what_its_recorder_records(aws: Aws) -> None:
    recorders(aws, {"allSupported": True})
    aws.answer(GET_COUNTS, counts(**{MODELS: 3, "AWS::EC2::Instance": 40}))
    found = only(aws, OF_CONFIG)
    assert (found.id, found.name) == (
        "configurationrecorder.us-east-1.amazonaws.com/123456789012",
        "AWS Config in us-east-1",
    )
    assert found.native_type == CONFIG.native_type
    assert found.counts.value == {**dict.fromkeys(sorted(CONFIG.covers), 0), MODELS: 3}
    assert (found.ids.value, found.left_out.value) == ({}, ())
    assert all(fact.calls for fact in (found.counts, found.ids, found.left_out))
    assert OF_CONFIG[0].gate is AI


def test_config_gives_its_numbers_in_pages(aws: Aws) -> None:
    recorders(aws, {"allSupported": True})
    aws.answer(GET_COUNTS, {**counts(**{MODELS: 3}), "nextToken": "more"})
    aws.answer(GET_COUNTS, counts(**{BUCKETS: 2}), nextToken="more")
    assert {n: c for n, c in only(aws, OF_CONFIG).counts.value.items() if c} == {MODELS: 3, BUCKETS: 2}


def test_a_type_that_is_not_recorded_has_no_number(aws: Aws) -> None:
    strategy = {"useOnly": "INCLUSION_BY_RESOURCE_TYPES"}
    recorders(aws, {"resourceTypes": [BUCKETS, "AWS::IAM::Role"], "recordingStrategy": strategy})
    aws.answer(GET_COUNTS, counts(**{BUCKETS: 2, MODELS: 9}))
    found = only(aws, OF_CONFIG)
    assert found.counts.value == {BUCKETS: 2}
    assert set(found.left_out.value) == set(CONFIG.covers) - {BUCKETS}


def test_what_one_recorder_leaves_out_another_may_record(aws: Aws) -> None:
    strategy = {"useOnly": "EXCLUSION_BY_RESOURCE_TYPES"}
    groups = [{"exclusionByResourceTypes": {"resourceTypes": [*both, MODELS]}, "recordingStrategy": strategy}
              for both in ([BUCKETS], [PROMPTS])]  # fmt: skip
    recorders(aws, *groups, recording=(True, True))
    aws.answer(GET_COUNTS, counts())
    assert only(aws, OF_CONFIG).left_out.value == (MODELS,)


@pytest.mark.parametrize("recording", [(), (False,), (False, False)])
def test_config_is_not_asked_for_numbers_where_nothing_records(aws: Aws, recording: tuple[bool, ...]) -> None:
    recorders(aws, *({"allSupported": True} for _ in recording), recording=recording)
    found = only(aws, OF_CONFIG)
    assert isinstance(found.counts, Unknown)
    assert found.counts.reason is Reason.DISABLED
    assert found.counts.calls
    assert asked(aws) == ["config:DescribeConfigurationRecorderStatus"]


def test_a_recorder_that_does_not_say_what_it_records_leaves_the_numbers_unknown(aws: Aws) -> None:
    aws.answer(DESCRIBE_RECORDERS, {"ConfigurationRecorders": [{"name": "r"}]})
    aws.answer(DESCRIBE_RECORDER_STATUS, {"ConfigurationRecordersStatus": [{"name": "r", "recording": True}]})
    found = only(aws, OF_CONFIG)
    assert isinstance(found.counts, Unknown)
    assert found.counts.reason is Reason.ABSENT
    assert "config:GetDiscoveredResourceCounts" not in asked(aws)
    aws.answer(DESCRIBE_RECORDER_STATUS, {"ConfigurationRecordersStatus": [{"name": "r"}]})
    assert isinstance(only(aws, OF_CONFIG).counts, Unknown)


@pytest.mark.parametrize("call", [DESCRIBE_RECORDER_STATUS, DESCRIBE_RECORDERS, GET_COUNTS], ids=lambda c: c.key)
def test_a_denied_call_of_config_is_a_gap(aws: Aws, call: Any) -> None:
    recorders(aws, {"allSupported": True})
    aws.answer(GET_COUNTS, counts())
    aws.refuse(call, "AccessDeniedException", 403)
    done = aws.collected(OF_CONFIG)
    assert done.inventory.resources == ()
    (gap,) = done.inventory.gaps
    assert (gap.kind, gap.why.reason, gap.why.permissions) == (ResourceIndex, Reason.DENIED, call.permissions)


def test_config_records_every_type_that_it_is_asked_for() -> None:
    known = set(Session().get_service_model("config").shape_for("ResourceType").enum)
    assert set(CONFIG.covers) <= known
    assert {name for name in NOT_COMPARED if name.startswith("AWS::")} <= known


# SageMaker Search


def endpoint(name: str) -> dict[str, Any]:
    times = {"CreationTime": 1786699800, "LastModifiedTime": 1786699800}
    names = {"EndpointName": name, "EndpointArn": ENDPOINT + name, "EndpointConfigName": "c"}
    return {"Endpoint": {**names, **times, "EndpointStatus": "InService"}}


def test_search_names_the_endpoints_it_knows(aws: Aws) -> None:
    aws.answer(SEARCH, {"Results": [endpoint("a")], "NextToken": "more"}, Resource="Endpoint")
    aws.answer(SEARCH, {"Results": [endpoint("b")]}, Resource="Endpoint", NextToken="more")
    found = only(aws, OF_SEARCH)
    (native_type,) = SAGEMAKER_SEARCH.covers
    assert found.counts.value == {native_type: 2}
    assert found.ids.value == {native_type: {ENDPOINT + "a": "us-east-1", ENDPOINT + "b": "us-east-1"}}
    assert OF_SEARCH[0].gate is SAGEMAKER


def test_search_in_an_account_of_its_own(aws: Aws) -> None:
    """As moto answers it."""
    client = aws.boto("sagemaker")
    variant = {"VariantName": "v", "ModelName": "m", "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}
    client.create_model(ModelName="m", ExecutionRoleArn="arn:aws:iam::123456789012:role/r")
    client.create_endpoint_config(EndpointConfigName="c", ProductionVariants=[variant])
    client.create_endpoint(EndpointName="e", EndpointConfigName="c")
    found = only(aws, OF_SEARCH)
    assert found.ids.value == {"AWS::SageMaker::Endpoint": {ENDPOINT + "e": "us-east-1"}}
    assert asked(aws) == ["sagemaker:Search"]


def test_a_result_that_is_no_endpoint_makes_the_index_a_gap(aws: Aws) -> None:
    aws.answer(SEARCH, {"Results": [endpoint("a"), {}]}, Resource="Endpoint")
    done = aws.collected(OF_SEARCH)
    assert done.inventory.resources == ()
    assert [g.why.reason for g in done.inventory.gaps] == [Reason.ABSENT]


# IAM


def test_the_summary_of_iam_has_two_numbers(aws: Aws) -> None:
    aws.answer(GET_ACCOUNT_SUMMARY, {"SummaryMap": {"Users": 4, "Roles": 31, "Groups": 2}})
    found = only(aws, OF_IAM)
    assert (found.location, found.native_type) == (GLOBAL, IAM_SUMMARY.native_type)
    assert found.counts.value == {"AWS::IAM::Role": 31, "AWS::IAM::User": 4}
    assert found.ids.value == {}


def test_a_number_that_is_missing_is_not_zero(aws: Aws) -> None:
    aws.answer(GET_ACCOUNT_SUMMARY, {"SummaryMap": {"Users": 0}})
    found = only(aws, OF_IAM)
    assert isinstance(found.counts, Known)
    assert found.counts.value == {"AWS::IAM::User": 0}
