"""The demo's AWS account: who watches the endpoints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditor.demo.aws_estate import ACCOUNT_ID, HOME, PREFIX, arn, role_arn
from auditor.demo.aws_jobs_by_kind import HOUR, days_ago, network
from auditor.demo.aws_made import Body, Made, Writer

_TYPES = ("DataQuality", "ModelQuality", "ModelBias", "ModelExplainability")
DEFINITIONS: tuple[tuple[str, str, str, bool], ...] = (
    ("fraud-scoring-inputs", "DataQuality", "fraud-scoring", True),
    ("claims-triage-inputs", "DataQuality", "claims-triage", False),
    ("credit-risk-answers", "ModelQuality", "credit-risk", True),
    ("credit-risk-fairness", "ModelBias", "credit-risk", True),
    ("credit-risk-reasons", "ModelExplainability", "credit-risk", False),
)
"""Name, type, endpoint, and whether its jobs are isolated, encrypt their traffic and write under a key of the
company's."""
_INLINE = "document-extraction-daily"
SCHEDULES: tuple[tuple[str, str, str, str], ...] = (
    ("fraud-scoring-hourly", "fraud-scoring-inputs", "Scheduled", "InProgress"),
    ("claims-triage-daily", "claims-triage-inputs", "Scheduled", "Failed"),
    ("credit-risk-daily", "credit-risk-answers", "Scheduled", "CompletedWithViolations"),
    ("credit-risk-fairness-daily", "credit-risk-fairness", "Stopped", "Completed"),
    (_INLINE, "", "Scheduled", "Completed"),
)
"""Name, definition, status, and status of the last execution."""


def _definition(made: Made, name: str, kind: str, endpoint: str, guarded: bool) -> Body:
    network_config: Body = {"VpcConfig": network(made, HOME), "EnableNetworkIsolation": guarded}
    output: Body = {
        "MonitoringOutputs": [
            {"S3Output": {"S3Uri": f"s3://{PREFIX}-experiments/monitors", "LocalPath": "/opt/ml/processing/output"}}
        ]
    }
    if guarded:
        network_config["EnableInterContainerTrafficEncryption"] = True
        output["KmsKeyId"] = made.keys["ml-inference"]
    image = f"{ACCOUNT_ID}.dkr.ecr.{HOME}.amazonaws.com/monitor:2026.10"
    specification: Body = {"ImageUri": image}
    given: Body = {"EndpointInput": {"EndpointName": endpoint, "LocalPath": "/opt/ml/processing/input"}}
    if kind in ("ModelBias", "ModelExplainability"):
        specification["ConfigUri"] = f"s3://{PREFIX}-experiments/monitors/analysis.json"
    if kind == "ModelQuality":
        specification["ProblemType"] = "BinaryClassification"
    if kind in ("ModelQuality", "ModelBias"):
        given["GroundTruthS3Input"] = {"S3Uri": f"s3://{PREFIX}-experiments/truth"}
    machines = {"InstanceCount": 2, "InstanceType": "ml.m5.xlarge", "VolumeSizeInGB": 20}
    return {
        "JobDefinitionArn": arn("sagemaker", HOME, f"{_slug(kind)}-job-definition/{name}"),
        "JobDefinitionName": name,
        "CreationTime": days_ago(50),
        f"{kind}AppSpecification": specification,
        f"{kind}JobInput": given,
        f"{kind}JobOutputConfig": output,
        "JobResources": {"ClusterConfig": machines},
        "NetworkConfig": network_config,
        "RoleArn": role_arn("sm-training"),
    }


def _slug(kind: str) -> str:
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in kind).lstrip("-")


def _listing(kind: str) -> Writer:
    def writer(made: Made, region: str, params: Mapping[str, Any]) -> Body:
        found = [d for d in DEFINITIONS if d[1] == kind and region == HOME]
        return {
            "JobDefinitionSummaries": [
                {
                    "MonitoringJobDefinitionName": name,
                    "MonitoringJobDefinitionArn": arn("sagemaker", HOME, f"{_slug(kind)}-job-definition/{name}"),
                    "CreationTime": days_ago(50),
                    "EndpointName": endpoint,
                }
                for name, _, endpoint, _ in found
            ]
        }

    return writer


def _describing(kind: str) -> Writer:
    def writer(made: Made, region: str, params: Mapping[str, Any]) -> Body | None:
        found = (d for d in DEFINITIONS if (d[0], d[1]) == (params["JobDefinitionName"], kind))
        return next((_definition(made, *spec) for spec in found), None)

    return writer


def _inline(made: Made) -> Body:
    """A definition that stands in its schedule, as schedules were made before definitions had names."""
    whole = _definition(made, "", "DataQuality", "document-extraction", True)
    return {
        "MonitoringInputs": [whole["DataQualityJobInput"]],
        "MonitoringOutputConfig": whole["DataQualityJobOutputConfig"],
        "MonitoringResources": whole["JobResources"],
        "MonitoringAppSpecification": whole["DataQualityAppSpecification"],
        "NetworkConfig": whole["NetworkConfig"],
        "RoleArn": whole["RoleArn"],
    }


def _schedule(made: Made, name: str, definition: str, status: str, last: str) -> Body:
    config: Body = {"ScheduleConfig": {"ScheduleExpression": "cron(0 0 ? * * *)"}}
    kind, endpoint = "DataQuality", "document-extraction"
    if definition:
        _, kind, endpoint, _ = next(d for d in DEFINITIONS if d[0] == definition)
        config |= {"MonitoringJobDefinitionName": definition, "MonitoringType": kind}
    else:
        config["MonitoringJobDefinition"] = _inline(made)
    return {
        "MonitoringScheduleArn": arn("sagemaker", HOME, f"monitoring-schedule/{name}"),
        "MonitoringScheduleName": name,
        "MonitoringScheduleStatus": status,
        "MonitoringType": kind,
        "CreationTime": days_ago(50),
        "LastModifiedTime": days_ago(50),
        "MonitoringScheduleConfig": config,
        "EndpointName": endpoint,
        "LastMonitoringExecutionSummary": _execution(name, endpoint, kind, last, 0.5),
    }


def _execution(schedule: str, endpoint: str, kind: str, status: str, days: float) -> Body:
    return {
        "MonitoringScheduleName": schedule,
        "ScheduledTime": days_ago(days),
        "CreationTime": days_ago(days) + HOUR / 6,
        "LastModifiedTime": days_ago(days) + HOUR / 2,
        "MonitoringExecutionStatus": status,
        "EndpointName": endpoint,
        "MonitoringType": kind,
    }


_SUMMARY = (
    "MonitoringScheduleName",
    "MonitoringScheduleArn",
    "MonitoringScheduleStatus",
    "MonitoringType",
    "CreationTime",
    "LastModifiedTime",
    "EndpointName",
)


def _schedules(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    found = [_schedule(made, *spec) for spec in SCHEDULES] if region == HOME else []
    return {"MonitoringScheduleSummaries": [{name: one[name] for name in _SUMMARY} for one in found]}


def _described_schedule(made: Made, region: str, params: Mapping[str, Any]) -> Body | None:
    found = (spec for spec in SCHEDULES if spec[0] == params["MonitoringScheduleName"])
    return next((_schedule(made, *spec) for spec in found), None)


def _executions(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    """Of a schedule whose last execution is still running."""
    past = ((0.5, "InProgress"), (0.75, "Completed"), (1.0, "Completed"))
    name = params["MonitoringScheduleName"]
    return {
        "MonitoringExecutionSummaries": [
            _execution(name, "fraud-scoring", "DataQuality", status, days) for days, status in past
        ]
    }


WRITERS: Mapping[str, Writer] = {
    "sagemaker:ListMonitoringSchedules": _schedules,
    "sagemaker:DescribeMonitoringSchedule": _described_schedule,
    "sagemaker:ListMonitoringExecutions": _executions,
    **{f"sagemaker:List{kind}JobDefinitions": _listing(kind) for kind in _TYPES},
    **{f"sagemaker:Describe{kind}JobDefinition": _describing(kind) for kind in _TYPES},
}
