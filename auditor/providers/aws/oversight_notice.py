"""Who hears of it: CloudWatch alarms on AI metrics, and EventBridge rules on security findings."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown, all_true, any_true, native
from auditor.model.resources import Oversight
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Detail

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

# No list is required in these answers: what was not asked for may be left out
DESCRIBE_ALARMS = aws_call("cloudwatch", "DescribeAlarms", items="MetricAlarms", items_optional=True)
LIST_RULES = aws_call("events", "ListRules", items="Rules")
LIST_TARGETS = aws_call("events", "ListTargetsByRule", items="Targets")

_NAMESPACES = ("AWS/Bedrock", "AWS/SageMaker", "/aws/sagemaker/")
"""How the namespaces of Bedrock, AgentCore and SageMaker begin."""
_NOTIFIERS = frozenset({"sns", "lambda", "ssm", "ssm-incidents"})
"""Services that tell somebody. Alarms that autoscaling makes for itself act on a scaling policy, and tell nobody."""
_IN_RULE = re.compile(r'\b(?:ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*"?([^")]+?)"?\s*\)')
"""The alarms that the rule of a composite alarm names, by name or ARN."""

_ON = {"ENABLED": True, "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS": True, "DISABLED": False}
_SOURCES = ("aws.securityhub", "aws.guardduty")
_DETAIL_TYPES = ("Security Hub Findings - Imported", "Findings Imported V2", "GuardDuty Finding")
_ANYWHERE = {"account", "region", "version"}
"""Fields that do not narrow a pattern to some kind of event."""


def _alarms(session: AwsSession, oversight: Oversight) -> Mapping[str, Fact[Any]]:
    """By itself, or as part of a composite alarm that does. Alarms on anomalies have their metric in a list."""
    metric = session.items(DESCRIBE_ALARMS, oversight.location, AlarmTypes=["MetricAlarm"], MaxRecords=100)
    ours = [alarm for alarm in metric if any(n.startswith(_NAMESPACES) for n in _namespaces(alarm))]
    direct = any_true(_notifies(alarm) for alarm in ours)
    if not ours or (isinstance(direct, Known) and direct.value):
        return {"alarms": direct}
    names = {alarm.get(field) for alarm in ours for field in ("AlarmName", "AlarmArn")}
    over = (c for c in _composite(session, oversight.location) if names & set(_IN_RULE.findall(c.get("AlarmRule", ""))))
    return {"alarms": any_true((direct, *(_notifies(alarm) for alarm in over)))}


def _namespaces(alarm: Mapping[str, Any]) -> list[str]:
    inner = (query.get("MetricStat", {}).get("Metric", {}) for query in alarm.get("Metrics", ()))
    return [of["Namespace"] for of in (alarm, *inner) if "Namespace" in of]


def _notifies(alarm: Mapping[str, Any]) -> Fact[bool]:
    actions: Fact[list[str]] = native(alarm, "AlarmActions", default=[])  # a list without entries may be left out
    told = actions.map(lambda arns: any(arn.split(":")[2:3] and arn.split(":")[2] in _NOTIFIERS for arn in arns))
    return all_true((native(alarm, "ActionsEnabled"), told))


def _composite(session: AwsSession, location: str) -> Iterator[Mapping[str, Any]]:
    params: dict[str, Any] = {"AlarmTypes": ["CompositeAlarm"], "MaxRecords": 100}
    while True:
        page = session.call(DESCRIBE_ALARMS, location, **params)
        yield from page.get("CompositeAlarms", ())
        token = page.get("NextToken")
        if not token or token == params.get("NextToken"):
            return
        params["NextToken"] = token


def _findings_routed(session: AwsSession, oversight: Oversight) -> Mapping[str, Fact[Any]]:
    """Rules on the default bus, where findings arrive. What a service of AWS manages carries them to that service."""
    answers: list[Fact[bool]] = []
    for rule in session.items(LIST_RULES, oversight.location):
        if rule.get("ManagedBy") or not rule.get("EventPattern"):
            continue
        on: Fact[bool] = native(rule, "State").map(_ON)
        matches = _matches_findings(rule["EventPattern"])
        answer = all_true((on, matches))
        if isinstance(answer, Known) and answer.value:
            targets = list(session.items(LIST_TARGETS, oversight.location, Rule=rule["Name"]))
            answer = Known(bool(targets), {"Rule": rule["Name"], "Targets": len(targets)})
        answers.append(answer)
        if isinstance(answer, Known) and answer.value:
            break
    return {"findings_routed": any_true(answers)}


def _matches_findings(text: str) -> Fact[bool]:
    """Whether new findings of Security Hub or GuardDuty, of some severity at least, match an event pattern."""
    try:
        pattern = json.loads(text)
    except ValueError:
        return Unknown(Reason.MALFORMED, "EventPattern")
    if not isinstance(pattern, dict):
        return Unknown(Reason.MALFORMED, "EventPattern")
    if not pattern.keys() & {"source", "detail-type"} and pattern.keys() - _ANYWHERE:
        return Known(False, {"EventPattern": text})
    answer = all_true((_field(pattern, "source", _SOURCES), _field(pattern, "detail-type", _DETAIL_TYPES)))
    return Known(answer.value, {"EventPattern": text}) if isinstance(answer, Known) else answer


def _field(pattern: Mapping[str, Any], name: str, wanted: tuple[str, ...]) -> Fact[bool]:
    matchers = pattern.get(name)
    if matchers is None:
        return Known(True)
    if not isinstance(matchers, list):
        return Unknown(Reason.MALFORMED, f"EventPattern.{name}")
    return any_true(_matcher(matcher, wanted) for matcher in matchers)


def _matcher(matcher: object, wanted: tuple[str, ...]) -> Fact[bool]:
    """A value, or a prefix of one; other operators (EventBridge user guide, "Comparison operators") are not read."""
    if isinstance(matcher, str):
        return Known(matcher in wanted)
    if isinstance(matcher, dict) and isinstance(prefix := matcher.get("prefix"), str):
        return Known(any(value.startswith(prefix) for value in wanted))
    return Unknown(Reason.NOT_BUILT, "an operator in an event pattern")


NOTICE_DETAILS: tuple[Detail[Oversight, AwsSession], ...] = (
    Detail(calls=(DESCRIBE_ALARMS,), facts=("alarms",), read=_alarms),
    Detail(calls=(LIST_RULES, LIST_TARGETS), facts=("findings_routed",), read=_findings_routed),
)
