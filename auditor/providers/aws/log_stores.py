"""CloudWatch log groups."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, FactUnknown, Known, Reason, Unknown, any_true, native
from auditor.model.resources import LogStore
from auditor.model.scope import Provider
from auditor.providers.aws.audit_logs import DESCRIBE_TRAILS
from auditor.providers.aws.bedrock import GET_LOGGING
from auditor.providers.aws.gates import LOGS
from auditor.providers.aws.reading import key_ref
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Collector, Detail, Reach, asked
from auditor.wire.errors import CallFailed

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

DESCRIBE_LOG_GROUPS = aws_call("logs", "DescribeLogGroups", items="logGroups", per_second=10)
GET_DATA_PROTECTION = aws_call("logs", "GetDataProtectionPolicy", expects=("policyDocument",), per_second=5)

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
    failures: list[Unknown] = []
    invocations = _invocation_log(session, location)
    for prefix in AI_PREFIXES:
        for group in session.items(DESCRIBE_LOG_GROUPS, location, logGroupNamePrefix=prefix):
            seen.add(group["logGroupName"])
            yield _store(session, location, group, {"logGroupName": group["logGroupName"]}, invocations)
    for read in (_invocation_destination, _trail_destinations):
        try:
            for name, native_fields in read(session, location):
                for group in session.items(DESCRIBE_LOG_GROUPS, location, logGroupNamePrefix=name):
                    if group["logGroupName"] == name and name not in seen:
                        seen.add(name)
                        yield _store(session, location, group, native_fields, invocations)
        except CallFailed as error:
            failures.append(error.unknown())
        except FactUnknown as error:
            failures.append(error.fact)
    if failures:
        raise FactUnknown(failures[0])


def _store(
    session: AwsSession, location: str, group: Mapping[str, Any], why: Mapping[str, Any], invocations: Fact[str]
) -> LogStore:
    # without kmsKeyId CloudWatch Logs encrypts with a key of its own (user guide, Encrypt log data)
    key = native(group, "kmsKeyId", default="")
    return LogStore(
        id=_plain(group["arn"]),
        name=group["logGroupName"],
        account=session.account,
        location=location,
        native_type="AWS::Logs::LogGroup",
        holds_ai_logs=Known(True, why),
        holds_invocations=invocations.map(lambda name: name == group["logGroupName"]),
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


_OF_ACCOUNT = "ACCOUNT_DATA_PROTECTION"
_ACTIVE = {"ACTIVATED": True, "DELETED": False, "ARCHIVED": False, "DISABLED": False}

_Destination = tuple[str, Mapping[str, Any]]
"""The name of a log group, and the field that names it."""


_FIELD = "loggingConfig.cloudWatchConfig.logGroupName"


def _invocation_log(session: AwsSession, location: str) -> Fact[str]:
    """Where invocations are logged: nowhere without a configuration, or with one that names a bucket only (Bedrock
    user guide, Monitor model invocation)."""
    if not session.offers("bedrock", location):
        return Known("", {_FIELD: None})
    answer = asked(session, GET_LOGGING, location)
    return answer if isinstance(answer, Unknown) else native(answer.value, _FIELD, default="")


def _invocation_destination(session: AwsSession, location: str) -> Iterator[_Destination]:
    name = _invocation_log(session, location).value
    if name:
        yield name, {_FIELD: name}


def _trail_destinations(session: AwsSession, location: str) -> Iterator[_Destination]:
    """A trail that sends nothing to CloudWatch Logs names no log group (CloudTrail API reference, Trail). A log group
    in another region or account is listed there."""
    if not session.offers("cloudtrail", location):
        return
    here = f":logs:{location}:{session.account.id}:log-group:"
    for trail in session.items(DESCRIBE_TRAILS, location, includeShadowTrails=True):
        arn = _plain(trail.get("CloudWatchLogsLogGroupArn", ""))
        if here in arn:
            yield arn.partition(here)[2], {"CloudWatchLogsLogGroupArn": arn}


def _read_masking(session: AwsSession, store: LogStore) -> Mapping[str, Fact[Any]]:
    """A policy of the log group or of the account; both hold at once (CloudWatch Logs API reference,
    PutDataProtectionPolicy). Only stores of prompts and answers are asked."""
    if not store.holds_invocations.value:
        return {}
    groups = session.items(DESCRIBE_LOG_GROUPS, store.location, logGroupNamePrefix=store.name)
    group = next((g for g in groups if g["logGroupName"] == store.name), None)
    if group is None:
        return {"masks_sensitive_data": Unknown(Reason.VANISHED, "logs:DescribeLogGroups")}
    # an account policy must mask, not only report (API reference, PutAccountPolicy)
    inherited = native(group, "inheritedProperties", default=[]).map(lambda names: _OF_ACCOUNT in names)
    # absent from a log group that never had a policy (API reference, LogGroup: "or whether it had one in the past")
    active: Fact[bool] = native(group, "dataProtectionStatus", default="DELETED").map(_ACTIVE)
    if isinstance(active, Known) and active.value:
        answer = session.call(GET_DATA_PROTECTION, store.location, logGroupIdentifier=store.name)
        active = _masks(answer)
    return {"masks_sensitive_data": any_true((inherited, active))}


def _masks(answer: Mapping[str, Any]) -> Fact[bool]:
    """A statement of the policy takes sensitive values out; one that only audits leaves them readable."""
    try:
        document = json.loads(native(answer, "policyDocument").value)
    except ValueError:
        return Unknown(Reason.MALFORMED, "policyDocument")
    statements = native(document, "Statement").value
    masking = any(isinstance(native(s, "Operation.Deidentify"), Known) for s in statements)
    return Known(masking, {"policyDocument.Statement[].Operation.Deidentify": masking})


COLLECTORS: tuple[Collector[LogStore, AwsSession], ...] = (
    Collector(
        name="aws.log_stores",
        provider=Provider.AWS,
        kind=LogStore,
        reach=Reach.LOCATION,
        service="logs",
        find_calls=(DESCRIBE_LOG_GROUPS, GET_LOGGING, DESCRIBE_TRAILS),
        find=_find,
        find_facts=("holds_ai_logs", "holds_invocations", "retention_days", "encryption_key"),
        gate=LOGS,
        details=(
            Detail(
                calls=(DESCRIBE_LOG_GROUPS, GET_DATA_PROTECTION),
                facts=("masks_sensitive_data",),
                read=_read_masking,
            ),
        ),
    ),
)
