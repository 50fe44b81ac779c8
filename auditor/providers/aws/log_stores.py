"""CloudWatch log groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Unknown, any_true, native
from auditor.model.resources import LogStore
from auditor.model.scope import Provider
from auditor.providers.aws.audit_logs import DESCRIBE_TRAILS
from auditor.providers.aws.bedrock import GET_LOGGING
from auditor.providers.aws.reading import asked, key_ref
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Collector, Detail, Reach
from auditor.wire.errors import CallFailed

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

DESCRIBE_LOG_GROUPS = aws_call("logs", "DescribeLogGroups", items="logGroups", per_second=10)

AI_PREFIXES = {
    "/aws/sagemaker/": "SageMaker AI developer guide, CloudWatch Logs for Amazon SageMaker AI",
    "/aws/bedrock/": "a convention of examples; the configured invocation log is found whatever its name is",
    "/aws/bedrock-agentcore/": "Bedrock AgentCore developer guide, Observability: logs of agent runtimes",
    "/aws/vendedlogs/bedrock/": "Bedrock user guide, Monitor knowledge bases using CloudWatch Logs",
    "/aws/vendedlogs/bedrock-agentcore/": "Bedrock AgentCore developer guide, Observability: logs of other resources",
}
"""How the names of log groups of AI services begin, and where that comes from."""

_DELIVERY_DAYS = 1
"""Log groups of the class DELIVERY keep entries for one day (CloudWatch Logs API reference, CreateLogGroup)."""


def _find(session: AwsSession, location: str) -> Iterator[LogStore]:
    for group in session.items(DESCRIBE_LOG_GROUPS, location):
        # without kmsKeyId CloudWatch Logs encrypts with a key of its own (user guide, Encrypt log data)
        key = native(group, "kmsKeyId", default="")
        yield LogStore(
            id=_plain(group["arn"]),
            name=group["logGroupName"],
            account=session.account,
            location=location,
            native_type="AWS::Logs::LogGroup",
            retention_days=_retention(group),
            encryption_key=key.map(lambda name: key_ref(session, location, name) if name else None),
        )


def _plain(arn: str) -> str:
    """Some APIs write a log group with its streams, ``...:*``, and some without."""
    return arn.removesuffix(":*")


def _retention(group: Mapping[str, Any]) -> Fact[int | None]:
    """Without ``retentionInDays`` events never expire (CloudWatch Logs API reference, DescribeLogGroups)."""
    days = native(group, "retentionInDays", default=None)
    if days.value is None and group.get("logGroupClass") == "DELIVERY":
        return Known(_DELIVERY_DAYS, {"logGroupClass": "DELIVERY"})
    return days


def _holds_ai_logs(
    session: AwsSession, location: str, found: Sequence[LogStore]
) -> Mapping[str, Mapping[str, Fact[Any]]]:
    """The name says so, or Bedrock or a trail delivers there. Both deliver within their region: a trail to a log group
    of its home region (CloudTrail user guide, Sending events to CloudWatch Logs)."""
    invocations = _invocation_log(session, location)
    trails = _trail_logs(session, location)
    return {
        group.id: {
            "holds_ai_logs": any_true(
                (
                    _named_for_ai(group),
                    _among(invocations, group.name, "loggingConfig.cloudWatchConfig.logGroupName"),
                    _among(trails, group.id, "CloudWatchLogsLogGroupArn"),
                )
            )
        }
        for group in found
    }


def _named_for_ai(group: LogStore) -> Fact[bool]:
    return Known(group.name.startswith(tuple(AI_PREFIXES)), {"logGroupName": group.name})


def _among(destinations: Fact[frozenset[str]], name: str, field: str) -> Fact[bool]:
    if isinstance(destinations, Unknown):
        return destinations
    return Known(name in destinations.value, {field: sorted(destinations.value)})


def _invocation_log(session: AwsSession, location: str) -> Fact[frozenset[str]]:
    """Where invocations are logged: nowhere without a configuration, or with one that names a bucket only (Bedrock
    user guide, Monitor model invocation)."""
    if not session.offers("bedrock", location):
        return Known(frozenset())
    answer = asked(session, GET_LOGGING, location)
    if isinstance(answer, Unknown):
        return answer
    name = native(answer.value, "loggingConfig.cloudWatchConfig.logGroupName", default="")
    return name.map(lambda found: frozenset(filter(None, [found])))


def _trail_logs(session: AwsSession, location: str) -> Fact[frozenset[str]]:
    """A trail that sends nothing to CloudWatch Logs names no log group (CloudTrail API reference, Trail)."""
    if not session.offers("cloudtrail", location):
        return Known(frozenset())
    try:
        trails = tuple(session.items(DESCRIBE_TRAILS, location, includeShadowTrails=True))
    except CallFailed as error:
        return error.unknown()
    return Known(frozenset(_plain(t["CloudWatchLogsLogGroupArn"]) for t in trails if "CloudWatchLogsLogGroupArn" in t))


COLLECTORS: tuple[Collector[LogStore, AwsSession], ...] = (
    Collector(
        name="aws.log_stores",
        provider=Provider.AWS,
        kind=LogStore,
        reach=Reach.LOCATION,
        service="logs",
        find_calls=(DESCRIBE_LOG_GROUPS,),
        find=_find,
        find_facts=("retention_days", "encryption_key"),
        details=(Detail(calls=(GET_LOGGING, DESCRIBE_TRAILS), facts=("holds_ai_logs",), read_all=_holds_ai_logs),),
    ),
)
