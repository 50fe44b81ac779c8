"""CloudWatch log groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, native
from auditor.model.resources import LogStore
from auditor.model.scope import Provider
from auditor.providers.aws.audit_logs import DESCRIBE_TRAILS
from auditor.providers.aws.bedrock import GET_LOGGING
from auditor.providers.aws.reading import key_ref
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Collector, Reach
from auditor.wire.errors import CallFailed

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

DESCRIBE_LOG_GROUPS = aws_call("logs", "DescribeLogGroups", items="logGroups", per_second=10)

AI_PREFIXES = {
    "/aws/sagemaker/": "SageMaker AI developer guide, CloudWatch Logs for Amazon SageMaker AI",
    "/aws/bedrock": "Bedrock AgentCore developer guide, Observability; and a convention of examples",
    "/aws/vendedlogs/bedrock": "Bedrock user guide, Monitor knowledge bases using CloudWatch Logs",
}
"""How the names of log groups of AI services begin, and where that comes from. Listing by them, and not everything,
keeps accounts readable that have a log group for each of ten thousand functions."""

_DELIVERY_DAYS = 1
"""Log groups of the class DELIVERY keep entries for one day (CloudWatch Logs API reference, CreateLogGroup)."""


def _find(session: AwsSession, location: str) -> Iterator[LogStore]:
    """The log groups that are named for AI, and those that Bedrock or a trail of the region delivers to.

    Both deliver within their region: a trail to a log group of its home region (CloudTrail user guide, Sending events
    to CloudWatch Logs). Where one of them cannot be read, the others are listed and the rest is a gap.
    """
    seen: set[str] = set()
    for prefix in AI_PREFIXES:
        for group in session.items(DESCRIBE_LOG_GROUPS, location, logGroupNamePrefix=prefix):
            seen.add(group["logGroupName"])
            yield _store(session, location, group, {"logGroupName": group["logGroupName"]})
    failures: list[CallFailed] = []
    for read in (_invocation_log, _trail_logs):
        try:
            for name, native_fields in read(session, location):
                for group in session.items(DESCRIBE_LOG_GROUPS, location, logGroupNamePrefix=name):
                    if group["logGroupName"] == name and name not in seen:
                        seen.add(name)
                        yield _store(session, location, group, native_fields)
        except CallFailed as error:
            failures.append(error)
    if failures:
        raise failures[0]


def _store(session: AwsSession, location: str, group: Mapping[str, Any], why: Mapping[str, Any]) -> LogStore:
    # without kmsKeyId CloudWatch Logs encrypts with a key of its own (user guide, Encrypt log data)
    key = native(group, "kmsKeyId", default="")
    return LogStore(
        id=_plain(group["arn"]),
        name=group["logGroupName"],
        account=session.account,
        location=location,
        native_type="AWS::Logs::LogGroup",
        holds_ai_logs=Known(True, why),
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


_Destination = tuple[str, Mapping[str, Any]]
"""The name of a log group, and the field that names it."""


def _invocation_log(session: AwsSession, location: str) -> Iterator[_Destination]:
    """Where invocations are logged: nowhere without a configuration, or with one that names a bucket only (Bedrock
    user guide, Monitor model invocation)."""
    if not session.offers("bedrock", location):
        return
    field = "loggingConfig.cloudWatchConfig.logGroupName"
    name = native(session.call(GET_LOGGING, location), field, default="").value
    if name:
        yield name, {field: name}


def _trail_logs(session: AwsSession, location: str) -> Iterator[_Destination]:
    """A trail that sends nothing to CloudWatch Logs names no log group (CloudTrail API reference, Trail). A log group
    in another region or account is listed there."""
    if not session.offers("cloudtrail", location):
        return
    here = f":logs:{location}:{session.account.id}:log-group:"
    for trail in session.items(DESCRIBE_TRAILS, location, includeShadowTrails=True):
        arn = _plain(trail.get("CloudWatchLogsLogGroupArn", ""))
        if here in arn:
            yield arn.partition(here)[2], {"CloudWatchLogsLogGroupArn": arn}


COLLECTORS: tuple[Collector[LogStore, AwsSession], ...] = (
    Collector(
        name="aws.log_stores",
        provider=Provider.AWS,
        kind=LogStore,
        reach=Reach.LOCATION,
        service="logs",
        find_calls=(DESCRIBE_LOG_GROUPS, GET_LOGGING, DESCRIBE_TRAILS),
        find=_find,
        find_facts=("holds_ai_logs", "retention_days", "encryption_key"),
    ),
)
