"""Amazon GuardDuty, region by region."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, any_true, native
from auditor.model.resources import ThreatDetection
from auditor.model.scope import Provider
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Collector, Detail, Reach

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

LIST_DETECTORS = aws_call("guardduty", "ListDetectors", items="DetectorIds")
GET_DETECTOR = aws_call("guardduty", "GetDetector", expects=("Status",))

_STATUS = {"ENABLED": True, "DISABLED": False}


def _find(session: AwsSession, location: str) -> Iterator[ThreatDetection]:
    """One per region, whether or not it was ever switched on there."""
    detectors = tuple(session.items(LIST_DETECTORS, location))
    account = session.account
    yield ThreatDetection(
        id=f"arn:{session.partition}:guardduty:{location}:{account.id}:detector",
        name=f"GuardDuty in {location}",
        account=account,
        location=location,
        native_type="AWS::GuardDuty::Detector",
        aliases=frozenset(detectors),
    )


def _status(session: AwsSession, detection: ThreatDetection) -> Mapping[str, Fact[Any]]:
    detectors = sorted(session.items(LIST_DETECTORS, detection.location))
    if not detectors:
        return {"enabled": Known(False, {"DetectorIds": []})}
    answers = (session.call(GET_DETECTOR, detection.location, DetectorId=d) for d in detectors)
    return {"enabled": any_true(native(answer, "Status").map(_STATUS) for answer in answers)}


COLLECTORS: tuple[Collector[ThreatDetection, AwsSession], ...] = (
    Collector(
        name="aws.detection",
        provider=Provider.AWS,
        kind=ThreatDetection,
        reach=Reach.LOCATION,
        service="guardduty",
        find_calls=(LIST_DETECTORS,),
        find=_find,
        details=(Detail(calls=(GET_DETECTOR,), facts=("enabled",), read=_status),),
    ),
)
