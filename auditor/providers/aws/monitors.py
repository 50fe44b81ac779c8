"""SageMaker monitoring schedules and monitoring job definitions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown, all_true, combine, native
from auditor.model.resources import Monitor
from auditor.model.scope import Provider
from auditor.providers.aws.gates import SAGEMAKER
from auditor.providers.aws.reading import key_ref
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Collector, Detail, Reach
from auditor.wire.calls import Call

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

LIST_SCHEDULES = aws_call("sagemaker", "ListMonitoringSchedules", items="MonitoringScheduleSummaries")
DESCRIBE_SCHEDULE = aws_call("sagemaker", "DescribeMonitoringSchedule", expects=("MonitoringScheduleConfig",))
LIST_EXECUTIONS = aws_call("sagemaker", "ListMonitoringExecutions", items="MonitoringExecutionSummaries")

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Definition:
    """A kind of job definition: its calls, and what the API calls its parts."""

    type: str
    quality: str
    listing: Call
    describe: Call

    @property
    def input(self) -> str:
        return f"{self.type}JobInput"

    @property
    def output(self) -> str:
        return f"{self.type}JobOutputConfig"


def _definition(kind: str, quality: str) -> _Definition:
    return _Definition(
        type=kind,
        quality=quality,
        listing=aws_call("sagemaker", f"List{kind}JobDefinitions", items="JobDefinitionSummaries"),
        describe=aws_call("sagemaker", f"Describe{kind}JobDefinition", expects=("JobDefinitionName", "JobResources")),
    )


DEFINITIONS = {
    definition.type: definition
    for definition in (
        _definition("DataQuality", "data quality"),
        _definition("ModelQuality", "model quality"),
        _definition("ModelBias", "model bias"),
        _definition("ModelExplainability", "model explainability"),
    )
}
_QUALITY = {kind: definition.quality for kind, definition in DEFINITIONS.items()}
_SCHEDULED = {"Scheduled": True, "Pending": False, "Failed": False, "Stopped": False}
_ENDED = {
    "Completed": "completed",
    "CompletedWithViolations": "violations",
    "Failed": "failed",
    "Stopping": "failed",
    "Stopped": "failed",
}
_RUNNING = ("Pending", "InProgress")
_ONCE = "NOW"
_DAYS = 2
"""A schedule runs at least once a day (developer guide, "The cron expression for monitoring schedule"); one that has
not run for twice as long is overdue."""

_SETTINGS = ("network_isolated", "traffic_encrypted", "output_key", "watches")


def _find_schedules(session: AwsSession, location: str) -> Iterator[Monitor]:
    for schedule in session.items(LIST_SCHEDULES, location):
        yield Monitor(
            id=schedule["MonitoringScheduleArn"],
            name=schedule["MonitoringScheduleName"],
            account=session.account,
            location=location,
            native_type="AWS::SageMaker::MonitoringSchedule",
            quality=native(schedule, "MonitoringType").map(_QUALITY),
        )


def _describe(session: AwsSession, monitor: Monitor) -> Body:
    answer: Body = session.call(DESCRIBE_SCHEDULE, monitor.location, MonitoringScheduleName=monitor.name)
    return answer


def _read_schedule(session: AwsSession, monitor: Monitor) -> Mapping[str, Fact[Any]]:
    """What it runs stands in the schedule itself, or in a definition that it names."""
    schedule = _describe(session, monitor)
    inline = native(schedule, "MonitoringScheduleConfig.MonitoringJobDefinition")
    if isinstance(inline, Known):
        job: Body = inline.value
        inputs, output = job.get("MonitoringInputs", []), "MonitoringOutputConfig"
    else:
        name = native(schedule, "MonitoringScheduleConfig.MonitoringJobDefinitionName").value
        definition = native(schedule, "MonitoringScheduleConfig.MonitoringType").map(DEFINITIONS).value
        job = session.call(definition.describe, monitor.location, JobDefinitionName=name)
        inputs, output = [job.get(definition.input, {})], definition.output
    facts = _settings(session, monitor, job, "MonitoringResources" if isinstance(inline, Known) else "JobResources")
    endpoint = native(schedule, "EndpointName")
    watched = endpoint.map(lambda name: (name,)) if isinstance(endpoint, Known) else _watched(inputs)
    return {**facts, "output_key": _key(session, monitor, job, output), "watches": watched}


def _settings(session: AwsSession, monitor: Monitor, job: Body, resources: str) -> dict[str, Fact[Any]]:
    """Isolation and encryption are off unless they are chosen (API reference, MonitoringNetworkConfig)."""
    several = native(job, f"{resources}.ClusterConfig.InstanceCount").map(lambda number: number > 1)
    encrypted = native(job, "NetworkConfig.EnableInterContainerTrafficEncryption", default=False)
    alone = isinstance(several, Known) and not several.value
    return {
        "network_isolated": native(job, "NetworkConfig.EnableNetworkIsolation", default=False),
        "traffic_encrypted": several.map(lambda _: None) if alone else combine(lambda _, on: on, several, encrypted),
    }


def _key(session: AwsSession, monitor: Monitor, job: Body, output: str) -> Fact[Any]:
    """Without a key the output is encrypted with one of the provider's."""
    key = native(job, f"{output}.KmsKeyId", default="")
    return key.map(lambda name: key_ref(session, monitor.location, name) if name else None)


def _watched(inputs: list[Body]) -> Fact[tuple[str, ...]]:
    """Inputs are endpoints or what a transform job captured; only the former are watched while they serve."""
    names = [native(given, "EndpointInput.EndpointName") for given in inputs if "BatchTransformInput" not in given]
    return combine(lambda *found: tuple(sorted(set(found))), *names)


def _read_state(session: AwsSession, monitor: Monitor) -> Mapping[str, Fact[Any]]:
    """A schedule that runs once, when it is made, watches nothing from then on."""
    schedule = _describe(session, monitor)
    timing = native(schedule, "MonitoringScheduleConfig.ScheduleConfig.ScheduleExpression")
    active = native(schedule, "MonitoringScheduleStatus").map(_SCHEDULED)
    return {"scheduled": all_true((active, timing.map(lambda expression: expression != _ONCE)))}


def _read_last_run(session: AwsSession, monitor: Monitor) -> Mapping[str, Fact[Any]]:
    """The description carries the last execution, "if there was one". Where that has not ended yet, the one before it
    is looked up."""
    last = native(_describe(session, monitor), "LastMonitoringExecutionSummary", default={})
    if not last.value:
        return {"last_run": last.map(lambda _: "none")}
    status = native(last.value, "MonitoringExecutionStatus")
    if status.value not in _RUNNING:
        return {"last_run": _ended(session, last.value)}
    executions = session.items(
        LIST_EXECUTIONS,
        monitor.location,
        MonitoringScheduleName=monitor.name,
        ScheduledTimeAfter=session.wire.since(_DAYS),
        SortBy="ScheduledTime",
        SortOrder="Descending",
    )
    ended = [found for found in executions if found["MonitoringExecutionStatus"] not in _RUNNING]
    if not ended:
        return {"last_run": status.map(lambda _: "none")}
    return {"last_run": _ended(session, max(ended, key=lambda found: found["ScheduledTime"]))}


def _ended(session: AwsSession, execution: Body) -> Fact[str]:
    due: Fact[datetime] = native(execution, "ScheduledTime")
    oldest = datetime.fromisoformat(session.wire.since(_DAYS))
    outcome: Fact[str] = native(execution, "MonitoringExecutionStatus").map(_ENDED)
    return combine(lambda how, when: how if when >= oldest else "overdue", outcome, due)


def _find_definitions(definition: _Definition, session: AwsSession, location: str) -> Iterator[Monitor]:
    for found in session.items(definition.listing, location):
        yield Monitor(
            id=found["MonitoringJobDefinitionArn"],
            name=found["MonitoringJobDefinitionName"],
            account=session.account,
            location=location,
            native_type=f"AWS::SageMaker::{definition.type}JobDefinition",
            quality=Known(definition.quality),
            scheduled=Known(False),
            last_run=Known("none"),
        )


def _read_definition(definition: _Definition, session: AwsSession, monitor: Monitor) -> Mapping[str, Fact[Any]]:
    job: Body = session.call(definition.describe, monitor.location, JobDefinitionName=monitor.name)
    given = native(job, definition.input)
    return {
        **_settings(session, monitor, job, "JobResources"),
        "output_key": _key(session, monitor, job, definition.output),
        "watches": _watched([given.value]) if isinstance(given, Known) else Unknown(Reason.ABSENT, definition.input),
    }


def _collector(
    name: str,
    find: Callable[[AwsSession, str], Iterator[Monitor]],
    listing: Call,
    facts: tuple[str, ...],
    *details: Detail[Monitor, AwsSession],
) -> Collector[Monitor, AwsSession]:
    return Collector(
        name=f"aws.monitors.{name}",
        provider=Provider.AWS,
        kind=Monitor,
        reach=Reach.LOCATION,
        service="sagemaker",
        find_calls=(listing,),
        find=find,
        find_facts=facts,
        details=details,
        gate=SAGEMAKER,
    )


COLLECTORS: tuple[Collector[Monitor, AwsSession], ...] = (
    _collector(
        "schedules",
        _find_schedules,
        LIST_SCHEDULES,
        ("quality",),
        Detail(
            calls=(DESCRIBE_SCHEDULE, *(definition.describe for definition in DEFINITIONS.values())),
            facts=_SETTINGS,
            read=_read_schedule,
        ),
        Detail(calls=(DESCRIBE_SCHEDULE,), facts=("scheduled",), read=_read_state),
        Detail(calls=(DESCRIBE_SCHEDULE, LIST_EXECUTIONS), facts=("last_run",), read=_read_last_run),
    ),
    *(
        _collector(
            f"{definition.type.lower()}_definitions",
            partial(_find_definitions, definition),
            definition.listing,
            ("quality", "scheduled", "last_run"),
            Detail(calls=(definition.describe,), facts=_SETTINGS, read=partial(_read_definition, definition)),
        )
        for definition in DEFINITIONS.values()
    ),
)
