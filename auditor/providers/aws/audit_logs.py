"""CloudTrail trails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, all_true, any_true, combine, native
from auditor.model.resources import AuditLog, Ref
from auditor.model.scope import Provider
from auditor.providers.aws.event_selectors import all_management_events, data_types, object_stores
from auditor.providers.aws.reading import GET_BUCKET_LOCATION, bucket_region, key_ref
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Collector, Detail, Reach

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

DESCRIBE_TRAILS = aws_call("cloudtrail", "DescribeTrails", items="trailList", per_second=10)
GET_TRAIL_STATUS = aws_call("cloudtrail", "GetTrailStatus", expects=("IsLogging",), per_second=10)
GET_EVENT_SELECTORS = aws_call("cloudtrail", "GetEventSelectors", expects=("TrailARN",), per_second=10)
GET_INSIGHTS = aws_call(
    "cloudtrail",
    "GetInsightSelectors",
    absence=("InsightNotEnabledException",),
    per_second=10,
)
GET_OBJECT_LOCK = aws_call(
    "s3",
    "GetObjectLockConfiguration",
    "s3:GetBucketObjectLockConfiguration",
    absence=("ObjectLockConfigurationNotFoundError",),
)


def _trails(session: AwsSession, location: str) -> Sequence[Mapping[str, Any]]:
    return tuple(session.items(DESCRIBE_TRAILS, location, includeShadowTrails=True))


def _find(session: AwsSession, location: str) -> Iterator[AuditLog]:
    """Every region shows the trails of all regions that reach into it. Each is listed once: in its home region, or,
    if that is not read, in the first region that is. A trail of the organization belongs to the management account and
    is listed again by every member, so its id there says which."""
    account = session.account
    for trail in _trails(session, location):
        home, arn = trail["HomeRegion"], trail["TrailARN"]
        if location != _listed_in(session, home):
            continue
        foreign = arn.split(":")[4:5] != [account.id]
        yield AuditLog(
            id=f"{arn}@{account.id}" if foreign else arn,
            name=trail["Name"],
            account=account,
            location=home,
            native_type="AWS::CloudTrail::Trail",
            aliases=frozenset({arn}) if not foreign else frozenset(),
            everywhere=native(trail, "IsMultiRegionTrail"),
            integrity=native(trail, "LogFileValidationEnabled"),
            encryption_key=_key(session, trail),
        )


def _key(session: AwsSession, trail: Mapping[str, Any]) -> Fact[Ref | None]:
    """Without a KMS key the files are encrypted as the bucket does it (CloudTrail API reference, Trail)."""
    key = native(trail, "KmsKeyId", default="")
    return key.map(lambda name: key_ref(session, trail["HomeRegion"], name) if name else None)


def _listed_in(session: AwsSession, home: str) -> str:
    return home if home in session.locations else min(session.locations)


def _trail(session: AwsSession, log: AuditLog) -> Mapping[str, Any]:
    listed = _trails(session, _listed_in(session, log.location))
    arn = log.id.partition("@")[0]
    return next(trail for trail in listed if trail["TrailARN"] == arn)


def _status(session: AwsSession, log: AuditLog) -> Mapping[str, Fact[Any]]:
    """A trail that logs but whose latest delivery to its bucket failed does not deliver. No error is given where there
    was none (CloudTrail API reference, GetTrailStatus)."""
    answer = session.call(GET_TRAIL_STATUS, log.location, Name=_trail(session, log)["TrailARN"])
    reaches = native(answer, "LatestDeliveryError", default="").map(lambda error: not error)
    return {"active": all_true((native(answer, "IsLogging"), reaches))}


def _selectors(session: AwsSession, log: AuditLog) -> Mapping[str, Fact[Any]]:
    trail = _trail(session, log)
    answer = session.call(GET_EVENT_SELECTORS, log.location, TrailName=trail["TrailARN"])
    return {
        "complete": all_true(
            (
                native(trail, "IsMultiRegionTrail"),
                native(trail, "IncludeGlobalServiceEvents"),
                all_management_events(answer),
            )
        ),
        "data_events": data_types(answer),
        "object_events": object_stores(answer),
    }


_OF_CALL_RATES = {"ApiCallRateInsight": True, "ApiErrorRateInsight": False}


def _insights(session: AwsSession, log: AuditLog) -> Mapping[str, Fact[Any]]:
    """Insights are on for a trail that names the kind for call rates; one without any has none (CloudTrail API
    reference, GetInsightSelectors)."""
    answer = session.call(GET_INSIGHTS, log.location, TrailName=_trail(session, log)["TrailARN"])
    if answer is None:
        return {"insights": Known(False, {"InsightSelectors": None})}
    kinds = native(answer, "InsightSelectors", default=())
    return {"insights": any_true(native(kind, "InsightType").map(_OF_CALL_RATES) for kind in kinds.value)}


_RETAINED = {"COMPLIANCE": True, "GOVERNANCE": True}
"""Retention modes of S3 Object Lock. GOVERNANCE can be lifted by who holds s3:BypassGovernanceRetention; the mode is
kept beside the fact."""


def _immutable(session: AwsSession, log: AuditLog) -> Mapping[str, Fact[Any]]:
    bucket = native(_trail(session, log), "S3BucketName").value
    return {"immutable": locked(session, bucket_region(session, bucket), bucket)}


def locked(session: AwsSession, region: str, bucket: str) -> Fact[bool]:
    """New objects are locked if the bucket has Object Lock with a default retention."""
    answer = session.call(GET_OBJECT_LOCK, region, Bucket=bucket)
    if answer is None:
        return Known(False, {"ObjectLockConfiguration": None})
    enabled = native(answer, "ObjectLockConfiguration.ObjectLockEnabled").map({"Enabled": True})
    # the rule is optional, and without it nothing is retained (S3 API reference, ObjectLockConfiguration)
    rule = native(answer, "ObjectLockConfiguration.Rule", default={})
    if isinstance(rule, Known) and not rule.value:
        return combine(lambda *_: False, enabled, rule)
    return all_true((enabled, _mode(answer)))


def _mode(answer: Mapping[str, Any]) -> Fact[bool]:
    return native(answer, "ObjectLockConfiguration.Rule.DefaultRetention.Mode").map(_RETAINED)


COLLECTORS: tuple[Collector[AuditLog, AwsSession], ...] = (
    Collector(
        name="aws.audit_logs",
        provider=Provider.AWS,
        kind=AuditLog,
        reach=Reach.LOCATION,
        service="cloudtrail",
        find_calls=(DESCRIBE_TRAILS,),
        find=_find,
        find_facts=("everywhere", "integrity", "encryption_key"),
        details=(
            Detail(calls=(GET_TRAIL_STATUS,), facts=("active",), read=_status),
            Detail(calls=(GET_EVENT_SELECTORS,), facts=("complete", "data_events", "object_events"), read=_selectors),
            Detail(calls=(GET_INSIGHTS,), facts=("insights",), read=_insights),
            Detail(calls=(GET_BUCKET_LOCATION, GET_OBJECT_LOCK), facts=("immutable",), read=_immutable),
        ),
    ),
)
