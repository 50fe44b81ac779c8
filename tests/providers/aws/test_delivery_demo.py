"""The demo's functions, APIs and firewalls are answered as AWS would."""

from __future__ import annotations

import pytest

from auditor.demo import aws_delivery
from auditor.demo.aws_estate import HOME, REGIONS, SECOND
from auditor.demo.aws_made import Made
from auditor.providers.aws import front_doors, functions, web_firewalls
from auditor.providers.base import AnyCollector
from auditor.wire.hop import Answer
from tests.support.aws_shapes import check, from_wire, operation

COLLECTORS: tuple[AnyCollector, ...] = (*functions.COLLECTORS, *front_doors.COLLECTORS, *web_firewalls.COLLECTORS)
CALLS = {call.key: call for c in COLLECTORS for call in c.calls() if call.service != "iam"}
MADE = Made(
    keys={"ml-inference": "arn:aws:kms:us-east-1:123456789012:key/1"},
    subnets={"ml-production": ["subnet-1"]},
    groups={"ml-production": "sg-1"},
    vpcs={"ml-production": "vpc-1"},
)
ASKED: dict[tuple[str, str], dict[str, str]] = {
    ("lambda", HOME): {"FunctionName": "claims-assistant"},
    ("lambda", SECOND): {"FunctionName": "triage-eu-batch"},
    ("apigateway", HOME): {"restApiId": "claimsapi1", "domainName": "reports.meridian.example"},
    ("apigateway", SECOND): {"restApiId": "pricingeu1", "domainName": "reports.meridian.example"},
}


def test_every_call_is_answered() -> None:
    assert aws_delivery.WRITERS.keys() == CALLS.keys()


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("key", sorted(CALLS))
def test_answers_have_the_shape_of_the_api(key: str, region: str) -> None:
    answer = aws_delivery.WRITERS[key](MADE, region, ASKED.get((CALLS[key].service, region), {}))
    if isinstance(answer, Answer):
        assert answer.status == 404
        assert answer.headers["x-amzn-errortype"] in CALLS[key].absence
        return
    assert isinstance(answer, dict)
    shape = operation(CALLS[key]).output_shape
    check(from_wire(answer, shape), shape, key)
