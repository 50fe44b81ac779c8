from __future__ import annotations

import json
from typing import Any

import pytest

from auditor.model.facts import Known, Reason
from auditor.providers.aws.detection import COLLECTORS, GET_DETECTOR, LIST_DETECTORS, PROTECTIONS


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
    assert detection.missing_protections.reason is Reason.DENIED


def test_a_denied_list_is_a_gap(aws: Any) -> None:
    aws.refuse(LIST_DETECTORS, "AccessDeniedException", 403)
    done = aws.collected(COLLECTORS)
    assert done.inventory.resources == ()
    assert [g.why.reason for g in done.inventory.gaps] == [Reason.DENIED]


ALL_ON = dict.fromkeys(PROTECTIONS, "ENABLED")


@pytest.mark.parametrize(
    ("features", "expected"),
    [
        (ALL_ON, ()),
        ({**ALL_ON, "AI_PROTECTION": "DISABLED"}, ("AI_PROTECTION",)),
        ({**ALL_ON, "AI_PROTECTION": "PAUSED"}, Reason.UNRECOGNISED),
        ({**ALL_ON, "AI_PROTECTION": "PAUSED", "S3_DATA_EVENTS": "DISABLED"}, ("S3_DATA_EVENTS",)),
        (dict.fromkeys(PROTECTIONS[1:], "ENABLED"), Reason.ABSENT),
        ({}, Reason.ABSENT),
        (None, Reason.ABSENT),
    ],
)
def test_protections(aws: Any, features: dict[str, str] | None, expected: object) -> None:
    aws.boto("guardduty").create_detector(Enable=True)
    body: dict[str, Any] = {"status": "ENABLED", "serviceRole": "r"}
    if features is not None:
        body["features"] = [{"name": name, "status": status} for name, status in features.items()]
    aws.raw(GET_DETECTOR, 200, json.dumps(body).encode(), "application/json")
    (detection,) = aws.collect(COLLECTORS)
    found = detection.missing_protections
    assert (found.value if isinstance(found, Known) else found.reason) == expected


def test_nothing_protects_without_a_detector_or_with_a_suspended_one(aws: Any) -> None:
    (detection,) = aws.collect(COLLECTORS)
    assert detection.missing_protections.value == PROTECTIONS
    assert detection.missing_protections.calls
    aws.boto("guardduty").create_detector(Enable=False)
    (detection,) = aws.collect(COLLECTORS)
    assert detection.missing_protections.value == PROTECTIONS
