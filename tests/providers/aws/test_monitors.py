"""SageMaker monitoring schedules and job definitions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from auditor.collect import Collected
from auditor.model.facts import Fact, Known, Reason, Unknown
from auditor.model.resources import Monitor, Ref
from auditor.model.scope import Provider
from auditor.providers.aws import monitors
from auditor.providers.aws.monitors import DEFINITIONS, DESCRIBE_SCHEDULE, LIST_EXECUTIONS, LIST_SCHEDULES
from tests.providers.aws.conftest import ACCOUNT, REGION, Aws

NOW = datetime.now(UTC).replace(microsecond=0)
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT.id}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
KEY_REF = Ref("Key", Provider.AWS, ACCOUNT.id, KEY)
DATA = DEFINITIONS["DataQuality"]
SETTINGS = ("network_isolated", "traffic_encrypted", "output_key", "watches")


def arn(kind: str, name: str = "m") -> str:
    return f"arn:aws:sagemaker:{REGION}:{ACCOUNT.id}:{kind}/{name}"


def shown(fact: Fact[Any]) -> object:
    return fact.value if isinstance(fact, Known) else fact.reason


def collected(aws: Aws, name: str) -> Collected:
    done = aws.collected([c for c in monitors.COLLECTORS if c.name == f"aws.monitors.{name}"])
    assert done.defects == ()
    return done


def endpoint(name: str = "e") -> dict[str, Any]:
    return {"EndpointInput": {"EndpointName": name, "LocalPath": "/in"}}


BATCH = {"BatchTransformInput": {"DataCapturedDestinationS3Uri": "s3://b", "DatasetFormat": {}, "LocalPath": "/in"}}


def output(key: str | None = KEY) -> dict[str, Any]:
    return {"MonitoringOutputs": [], **({"KmsKeyId": key} if key else {})}


def machines(number: int = 2) -> dict[str, Any]:
    return {"ClusterConfig": {"InstanceCount": number, "InstanceType": "ml.m5.xlarge", "VolumeSizeInGB": 9}}


NETWORK = {"EnableNetworkIsolation": True, "EnableInterContainerTrafficEncryption": True}


def definition(kind: str, **changes: Any) -> dict[str, Any]:
    given = endpoint() | ({"GroundTruthS3Input": {}} if kind in ("ModelQuality", "ModelBias") else {})
    specification = {"ImageUri": "image"} | (
        {"ConfigUri": "s3://c"} if kind in ("ModelBias", "ModelExplainability") else {}
    )
    body = {
        "JobDefinitionArn": arn("definition"),
        "JobDefinitionName": "m",
        "CreationTime": NOW,
        f"{kind}AppSpecification": specification,
        f"{kind}JobInput": given,
        f"{kind}JobOutputConfig": output(),
        "JobResources": machines(),
        "NetworkConfig": NETWORK,
        "RoleArn": "role",
        **changes,
    }
    return {key: value for key, value in body.items() if value is not None}


def listed(aws: Aws, kind: str) -> None:
    summary = {
        "MonitoringJobDefinitionName": "m",
        "MonitoringJobDefinitionArn": arn("definition"),
        "CreationTime": NOW,
        "EndpointName": "e",
    }
    aws.answer(DEFINITIONS[kind].listing, {"JobDefinitionSummaries": [summary]})


@pytest.mark.parametrize("kind", DEFINITIONS)
def test_definitions(aws: Aws, kind: str) -> None:
    listed(aws, kind)
    aws.answer(DEFINITIONS[kind].describe, definition(kind))
    (found,) = collected(aws, f"{kind.lower()}_definitions").inventory.resources
    assert isinstance(found, Monitor)
    assert (found.id, found.name) == (arn("definition"), "m")
    assert found.native_type == f"AWS::SageMaker::{kind}JobDefinition"
    facts = ("scheduled", "last_run", "quality", *SETTINGS)
    expected = (False, "none", DEFINITIONS[kind].quality, True, True, KEY_REF, ("e",))
    assert tuple(shown(getattr(found, name)) for name in facts) == expected
    assert all(getattr(found, name).calls for name in facts)


@pytest.mark.parametrize(
    ("changes", "fact", "expected"),
    [
        ({"NetworkConfig": None}, "network_isolated", False),
        ({"NetworkConfig": None}, "traffic_encrypted", False),
        ({"JobResources": machines(1), "NetworkConfig": None}, "traffic_encrypted", None),
        ({"DataQualityJobOutputConfig": output(None)}, "output_key", None),
        ({"DataQualityJobInput": BATCH}, "watches", ()),
    ],
)
def test_settings_of_a_definition(aws: Aws, changes: dict[str, Any], fact: str, expected: object) -> None:
    listed(aws, "DataQuality")
    aws.answer(DATA.describe, definition("DataQuality", **changes))
    (found,) = collected(aws, "dataquality_definitions").inventory.resources
    assert shown(getattr(found, fact)) == expected


def last(status: str, ago: timedelta = timedelta(hours=5)) -> dict[str, Any]:
    return {
        "MonitoringScheduleName": "m",
        "ScheduledTime": NOW - ago,
        "CreationTime": NOW - ago,
        "LastModifiedTime": NOW - ago,
        "MonitoringExecutionStatus": status,
    }


INLINE = {
    "MonitoringInputs": [endpoint("a"), endpoint("b")],
    "MonitoringOutputConfig": output(),
    "MonitoringResources": machines(),
    "MonitoringAppSpecification": {"ImageUri": "image"},
    "NetworkConfig": {**NETWORK, "EnableNetworkIsolation": False},
    "RoleArn": "role",
}
NAMED = {"MonitoringJobDefinitionName": "d", "MonitoringType": "DataQuality"}
DAILY = {"ScheduleConfig": {"ScheduleExpression": "cron(0 0 ? * * *)"}}


def schedule(aws: Aws, config: dict[str, Any] | None = None, **changes: Any) -> Monitor:
    summary = {
        "MonitoringScheduleName": "m",
        "MonitoringScheduleArn": arn("monitoring-schedule"),
        "CreationTime": NOW,
        "LastModifiedTime": NOW,
        "MonitoringScheduleStatus": "Scheduled",
        "MonitoringType": "DataQuality",
    }
    body = {
        **summary,
        "MonitoringScheduleConfig": {**DAILY, **(config or NAMED)},
        "EndpointName": "e",
        "LastMonitoringExecutionSummary": last("Completed"),
        **changes,
    }
    kind = changes.pop("listed", "DataQuality")
    body.pop("listed", None)
    aws.answer(LIST_SCHEDULES, {"MonitoringScheduleSummaries": [{**summary, "MonitoringType": kind}]})
    aws.answer(DESCRIBE_SCHEDULE, {key: value for key, value in body.items() if value is not None})
    aws.answer(DATA.describe, definition("DataQuality"), JobDefinitionName="d")
    (found,) = collected(aws, "schedules").inventory.resources
    assert isinstance(found, Monitor)
    return found


def test_a_schedule_of_a_named_definition(aws: Aws) -> None:
    found = schedule(aws)
    facts = ("scheduled", "last_run", "quality", *SETTINGS)
    expected = (True, "completed", "data quality", True, True, KEY_REF, ("e",))
    assert (found.id, found.native_type) == (arn("monitoring-schedule"), "AWS::SageMaker::MonitoringSchedule")
    assert tuple(shown(getattr(found, name)) for name in facts) == expected
    assert all(getattr(found, name).calls for name in facts)


def test_a_schedule_with_a_definition_in_it(aws: Aws) -> None:
    found = schedule(aws, {"MonitoringJobDefinition": INLINE}, EndpointName=None)
    assert tuple(shown(getattr(found, name)) for name in SETTINGS) == (False, True, KEY_REF, ("a", "b"))


@pytest.mark.parametrize(
    ("config", "changes", "fact", "expected"),
    [
        (None, {"MonitoringScheduleStatus": "Stopped"}, "scheduled", False),
        (None, {"MonitoringScheduleStatus": "Failed"}, "scheduled", False),
        (None, {"MonitoringScheduleStatus": "UnheardOf"}, "scheduled", Reason.UNRECOGNISED),
        ({**NAMED, "ScheduleConfig": {"ScheduleExpression": "NOW"}}, {}, "scheduled", False),
        (None, {"listed": "UnheardOf"}, "quality", Reason.UNRECOGNISED),
        ({"MonitoringType": "DataQuality"}, {}, "network_isolated", Reason.ABSENT),
        (None, {"LastMonitoringExecutionSummary": None}, "last_run", "none"),
        (None, {"LastMonitoringExecutionSummary": last("CompletedWithViolations")}, "last_run", "violations"),
        (None, {"LastMonitoringExecutionSummary": last("Failed")}, "last_run", "failed"),
        (None, {"LastMonitoringExecutionSummary": last("UnheardOf")}, "last_run", Reason.UNRECOGNISED),
        (None, {"LastMonitoringExecutionSummary": last("Completed", timedelta(days=3))}, "last_run", "overdue"),
    ],
)
def test_facts_of_a_schedule(
    aws: Aws, config: dict[str, Any] | None, changes: dict[str, Any], fact: str, expected: object
) -> None:
    assert shown(getattr(schedule(aws, config, **changes), fact)) == expected


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ([], "none"),
        ([last("InProgress")], "none"),
        ([last("InProgress"), last("Failed", timedelta(hours=30)), last("Completed", timedelta(hours=6))], "completed"),
    ],
)
def test_an_execution_that_has_not_ended_says_nothing_yet(
    aws: Aws, before: list[dict[str, Any]], expected: str
) -> None:
    aws.answer(LIST_EXECUTIONS, {"MonitoringExecutionSummaries": before}, MonitoringScheduleName="m")
    assert shown(schedule(aws, LastMonitoringExecutionSummary=last("InProgress")).last_run) == expected


def test_what_cannot_be_described_is_unknown(aws: Aws) -> None:
    aws.refuse(DESCRIBE_SCHEDULE, "AccessDeniedException", 403)
    listed(aws, "DataQuality")
    aws.refuse(DATA.describe, "AccessDeniedException", 403)
    summary = {
        "MonitoringScheduleName": "m",
        "MonitoringScheduleArn": arn("monitoring-schedule"),
        "CreationTime": NOW,
        "LastModifiedTime": NOW,
        "MonitoringScheduleStatus": "Scheduled",
        "MonitoringType": "DataQuality",
    }
    aws.answer(LIST_SCHEDULES, {"MonitoringScheduleSummaries": [summary]})
    (made,) = collected(aws, "schedules").inventory.resources
    (defined,) = collected(aws, "dataquality_definitions").inventory.resources
    for found, names in ((made, (*SETTINGS, "scheduled", "last_run")), (defined, SETTINGS)):
        facts = [getattr(found, name) for name in names]
        assert all(isinstance(fact, Unknown) and fact.reason is Reason.DENIED for fact in facts)
