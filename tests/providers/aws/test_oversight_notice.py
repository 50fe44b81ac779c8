"""Alarms on AI metrics, and rules on security findings."""

from __future__ import annotations

import json
from typing import Any

import pytest

from auditor.model.facts import Reason
from auditor.providers.aws.oversight_notice import DESCRIBE_ALARMS, LIST_RULES, LIST_TARGETS
from tests.providers.aws.conftest import Aws
from tests.providers.aws.test_oversight import TOPIC, only, outcome, watched

SCALING = "arn:aws:autoscaling:us-east-1:123456789012:scalingPolicy:p:resource/sagemaker/endpoint/e/variant/v"
ARN = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:quiet"


def alarm(namespace: str = "AWS/SageMaker", **more: Any) -> dict[str, Any]:
    body = {"AlarmName": "a", "Namespace": namespace, "ActionsEnabled": True, "AlarmActions": [TOPIC], **more}
    return {name: value for name, value in body.items() if value is not None}


def anomaly(namespace: str) -> dict[str, Any]:
    metric = {"Metric": {"Namespace": namespace, "MetricName": "Invocations"}, "Period": 300, "Stat": "Sum"}
    queries = [{"Id": "m", "MetricStat": metric}, {"Id": "band", "Expression": "ANOMALY_DETECTION_BAND(m)"}]
    return alarm(None, Metrics=queries)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("alarms", "expected"),
    [
        ([], False),
        ([alarm()], True),
        ([alarm("AWS/Bedrock/Guardrails")], True),
        ([alarm("/aws/sagemaker/Endpoints")], True),
        ([alarm("AWS/EC2")], False),
        ([alarm(ActionsEnabled=False)], False),
        ([alarm(ActionsEnabled=None)], Reason.ABSENT),
        ([alarm(AlarmActions=[])], False),
        ([alarm(AlarmActions=None)], False),
        ([alarm(AlarmActions=[SCALING])], False),
        ([alarm(AlarmActions=[SCALING, TOPIC])], True),
        ([anomaly("AWS/Bedrock")], True),
        ([anomaly("AWS/Lambda")], False),
    ],
)
def test_metric_alarms(aws: Aws, alarms: list[Any], expected: object) -> None:
    watched(aws)
    aws.answer(DESCRIBE_ALARMS, {"MetricAlarms": alarms}, AlarmTypes=["MetricAlarm"])
    aws.answer(DESCRIBE_ALARMS, {"CompositeAlarms": []}, AlarmTypes=["CompositeAlarm"])
    assert outcome(only(aws).alarms) == expected


@pytest.mark.parametrize(
    ("rule", "more", "expected"),
    [
        ('ALARM("quiet") OR ALARM("other")', {}, True),
        ("ALARM(quiet)", {}, True),
        (f'NOT OK("{ARN}")', {}, True),
        ('ALARM("quiet")', {"ActionsEnabled": False}, False),
        ('ALARM("quieter")', {}, False),
    ],
)
def test_composite_alarms(aws: Aws, rule: str, more: dict[str, Any], expected: bool) -> None:
    watched(aws)
    quiet = alarm(AlarmName="quiet", AlarmArn=ARN, AlarmActions=[])
    over = {"AlarmName": "over", "AlarmRule": rule, "ActionsEnabled": True, "AlarmActions": [TOPIC], **more}
    aws.answer(DESCRIBE_ALARMS, {"MetricAlarms": [quiet]}, AlarmTypes=["MetricAlarm"])
    aws.answer(DESCRIBE_ALARMS, {"CompositeAlarms": [], "NextToken": "2"}, AlarmTypes=["CompositeAlarm"])
    aws.answer(DESCRIBE_ALARMS, {"CompositeAlarms": [over]}, NextToken="2")
    assert outcome(only(aws).alarms) is expected


def rule(pattern: Any, **more: Any) -> dict[str, Any]:
    text = pattern if isinstance(pattern, str) else json.dumps(pattern)
    return {"Name": "r", "State": "ENABLED", "EventPattern": text, **more}


GUARDDUTY = {"source": ["aws.guardduty"], "detail-type": ["GuardDuty Finding"], "detail": {"severity": [8]}}


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([], False),
        ([rule(GUARDDUTY)], True),
        ([rule(GUARDDUTY, State="DISABLED")], False),
        ([rule(GUARDDUTY, State="UnheardOf")], Reason.UNRECOGNISED),
        ([rule(GUARDDUTY, ManagedBy="securityhub.amazonaws.com")], False),
        ([{"Name": "r", "State": "ENABLED", "ScheduleExpression": "rate(1 day)"}], False),
        ([rule({"source": ["aws.securityhub"], "detail-type": ["Security Hub Findings - Custom Action"]})], False),
        ([rule({"detail-type": ["Security Hub Findings - Imported"]})], True),
        ([rule({"source": ["aws.ec2"]})], False),
        ([rule({"source": [{"prefix": "aws."}]})], True),
        ([rule({"source": [{"anything-but": ["aws.ec2"]}]})], Reason.NOT_BUILT),
        ([rule({"account": ["123456789012"]})], True),
        ([rule({"detail": {"eventName": ["StopLogging"]}})], False),
        ([rule("not json")], Reason.MALFORMED),
        ([rule("[]")], Reason.MALFORMED),
        ([rule({"source": "aws.guardduty"})], Reason.MALFORMED),
        ([rule("not json"), rule(GUARDDUTY)], True),
    ],
)
def test_rules(aws: Aws, rules: list[Any], expected: object) -> None:
    watched(aws)
    aws.answer(LIST_RULES, {"Rules": rules})
    assert outcome(only(aws).findings_routed) == expected


def test_a_rule_without_a_target_sends_nothing(aws: Aws) -> None:
    watched(aws)
    aws.answer(LIST_TARGETS, {"Targets": []})
    assert outcome(only(aws).findings_routed) is False
