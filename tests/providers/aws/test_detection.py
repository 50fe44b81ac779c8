from __future__ import annotations

from typing import Any

from auditor.model.facts import Reason
from auditor.providers.aws.detection import COLLECTORS, GET_DETECTOR, LIST_DETECTORS


def test_a_region_without_a_detector_is_listed_as_off(aws: Any) -> None:
    (detection,) = aws.collect(COLLECTORS)
    assert detection.id == "arn:aws:guardduty:us-east-1:123456789012:detector"
    assert detection.enabled.value is False
    assert detection.enabled.native == {"DetectorIds": []}
    assert detection.enabled.calls


def test_on_off_and_one_per_region(aws: Any) -> None:
    aws.boto("guardduty").create_detector(Enable=True)
    aws.boto("guardduty", "eu-west-1").create_detector(Enable=False)
    found = aws.collected(COLLECTORS, ("eu-west-1", "us-east-1")).inventory.resources
    assert {d.location: d.enabled.value for d in found} == {"eu-west-1": False, "us-east-1": True}


def test_an_unknown_status_is_not_read_as_on_or_off(aws: Any) -> None:
    aws.boto("guardduty").create_detector(Enable=True)
    aws.raw(GET_DETECTOR, 200, b'{"status": "PAUSED", "serviceRole": "r"}', "application/json")
    (detection,) = aws.collect(COLLECTORS)
    assert detection.enabled.reason is Reason.UNRECOGNISED


def test_a_denied_detector_leaves_it_unknown(aws: Any) -> None:
    aws.boto("guardduty").create_detector(Enable=True)
    aws.refuse(GET_DETECTOR, "AccessDeniedException", 403)
    (detection,) = aws.collect(COLLECTORS)
    assert detection.enabled.reason is Reason.DENIED


def test_a_denied_list_is_a_gap(aws: Any) -> None:
    aws.refuse(LIST_DETECTORS, "AccessDeniedException", 403)
    done = aws.collected(COLLECTORS)
    assert done.inventory.resources == ()
    assert [g.why.reason for g in done.inventory.gaps] == [Reason.DENIED]
