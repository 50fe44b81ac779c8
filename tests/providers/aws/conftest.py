"""A guarded session against moto, with synthetic answers where moto has none.

def test_x(aws):
    aws.boto("sagemaker").create_model(...)            # unguarded, for building the world
    aws.answer(GET_LOGGING, {"loggingConfig": {}})   # checked against the API model
    aws.refuse(DESCRIBE_MODEL, "AccessDeniedException", ModelName="m")
    (resource,) = aws.collect(endpoints.COLLECTORS)    # every fact, as a real run would fill it
"""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.core.models import botocore_stubber

from auditor.collect import Collected, collect
from auditor.model.resources import Resource
from auditor.model.scope import GLOBAL, Account, Provider
from auditor.plan import Step
from auditor.providers.aws.session import AwsSession
from auditor.providers.base import AnyCollector, Reach
from auditor.wire.calls import Call
from auditor.wire.hop import Answer, Outgoing, TransportFault, Wire, declare
from auditor.wire.pace import Pacer
from tests.support.aws_shapes import body_of, error_of

ACCOUNT = Account(Provider.AWS, "123456789012")
REGION = "us-east-1"
_AT = "(location)"


class Aws:
    """See the module's text."""

    def __init__(self) -> None:
        self.account, self.region = ACCOUNT, REGION
        self._rules: list[tuple[str, dict[str, Any], Answer | TransportFault]] = []

    def boto(self, service: str, region: str = REGION) -> Any:
        return boto3.client(service, region_name=region)

    def answer(self, call: Call, body: dict[str, Any], *, at: str = "", **params: Any) -> None:
        """Answer a call whose parameters include ``params``, in one place or in all; the latest rule that fits wins."""
        content, headers = body_of(call, body)
        self._rules.append((call.key, {**params, _AT: at}, Answer(200, content, headers, synthetic=True)))

    def refuse(self, call: Call, code: str, status: int = 400, message: str = "", **params: Any) -> None:
        content, headers = error_of(call, code, message)
        self._rules.append((call.key, params, Answer(status, content, headers, synthetic=True)))

    def raw(self, call: Call, status: int, body: bytes, content_type: str, **params: Any) -> None:
        self._rules.append((call.key, params, Answer(status, body, {"content-type": content_type}, synthetic=True)))

    def cut(self, call: Call, code: str = "ConnectionClosedError", **params: Any) -> None:
        self._rules.append((call.key, params, TransportFault(code)))

    def _source(self, request: Outgoing) -> Answer | None:
        for key, params, answer in reversed(self._rules):
            place = params.get(_AT) or request.location
            asked = {k: v for k, v in params.items() if k != _AT}
            if (key, place) == (request.call.key, request.location) and _includes(request.params, asked):
                if isinstance(answer, TransportFault):
                    raise TransportFault(answer.code)
                return answer
        return None

    def wire(self, calls: Sequence[Call], **options: Any) -> Wire:
        return Wire(
            declared=declare(calls),
            sources=options.pop("sources", (self._source,)),
            pacer=Pacer(sleep=lambda _: None),
            sleep=lambda _: None,
            attempts=options.pop("attempts", 2),
            **options,
        )

    def session(self, calls: Sequence[Call], **options: Any) -> AwsSession:
        return AwsSession(ACCOUNT, self.wire(calls, **options), last_hop=botocore_stubber)

    def collected(self, collectors: Sequence[AnyCollector], regions: Sequence[str] = (REGION,)) -> Collected:
        """Run collectors with all their details."""
        calls = {call.key: call for c in collectors for call in c.calls()}
        session = self.session(tuple(calls.values()))
        session.locations = tuple(regions)
        steps = [
            Step(ACCOUNT, place, c, c.details)
            for c in collectors
            for place in ((GLOBAL,) if c.reach is Reach.ACCOUNT else regions)
        ]
        self.ledger = session.ledger
        return collect(steps, {ACCOUNT: session}, workers=4)

    def collect(self, collectors: Sequence[AnyCollector]) -> tuple[Resource, ...]:
        """The resources of a run in which nothing was missed and nothing of ours was wrong."""
        done = self.collected(collectors)
        assert done.defects == ()
        assert done.inventory.gaps == ()
        return done.inventory.resources


def _includes(params: Mapping[str, Any], asked: Mapping[str, Any]) -> bool:
    return all(params.get(name) == value for name, value in asked.items())


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a test reached for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    with mock_aws():
        yield Aws()
