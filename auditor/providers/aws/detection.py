"""Amazon GuardDuty, region by region."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Unknown, any_true, native
from auditor.model.resources import ThreatDetection
from auditor.model.scope import Provider
from auditor.providers.aws.gates import AI
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Collector, Detail, Reach

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

LIST_DETECTORS = aws_call("guardduty", "ListDetectors", items="DetectorIds")
GET_DETECTOR = aws_call("guardduty", "GetDetector", expects=("Status",))

_STATUS = {"ENABLED": True, "DISABLED": False}
PROTECTIONS = ("AI_PROTECTION", "LAMBDA_NETWORK_LOGS", "RUNTIME_MONITORING", "S3_DATA_EVENTS")
"""What GuardDuty watches only if told to, and AI is attacked through: models, functions, containers, data."""


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


def _protections(session: AwsSession, detection: ThreatDetection) -> Mapping[str, Fact[Any]]:
    """Those that no detector has. A protection the region does not offer is in no answer, which says nothing about
    whether it is wanted; one that is known to be off settles it."""
    detectors = sorted(session.items(LIST_DETECTORS, detection.location))
    answers = [session.call(GET_DETECTOR, detection.location, DetectorId=d) for d in detectors]
    on = {name: any_true(_protects(answer, name) for answer in answers) for name in PROTECTIONS}
    off = tuple(name for name, state in on.items() if isinstance(state, Known) and not state.value)
    unknown = next((state for state in on.values() if isinstance(state, Unknown)), None)
    if not off and unknown is not None:
        return {"missing_protections": unknown}
    return {"missing_protections": Known(off, {"Features": list(off)})}


def _protects(detector: Mapping[str, Any], name: str) -> Fact[bool]:
    enabled: Fact[bool] = native(detector, "Status").map(_STATUS)
    if isinstance(enabled, Unknown) or not enabled.value:  # a suspended detector watches nothing
        return enabled
    features: Fact[Any] = native(detector, "Features")
    if isinstance(features, Unknown):
        return features
    feature: Mapping[str, Any] = next((f for f in features.value if f.get("Name") == name), {})
    state: Fact[bool] = native(feature, "Status").map(_STATUS)
    return Unknown(state.reason, f"Features.{name}") if isinstance(state, Unknown) else state


COLLECTORS: tuple[Collector[ThreatDetection, AwsSession], ...] = (
    Collector(
        name="aws.detection",
        provider=Provider.AWS,
        kind=ThreatDetection,
        reach=Reach.LOCATION,
        service="guardduty",
        gate=AI,
        find_calls=(LIST_DETECTORS,),
        find=_find,
        details=(
            Detail(calls=(GET_DETECTOR,), facts=("enabled",), read=_status),
            Detail(calls=(GET_DETECTOR,), facts=("missing_protections",), read=_protections),
        ),
    ),
)
