"""What the benchmark counts and compares with, so that its numbers mean what they say."""

from __future__ import annotations

import io
import json
import time
from typing import Any
from urllib.request import Request, urlopen

import pytest

from bench.run import CPU_PER_CALL, floors
from bench.server import FIXTURES, Application, operation_of, running

SIGNED = "AWS4-HMAC-SHA256 Credential=AKIA/20261120/us-east-1/{}/aws4_request, SignedHeaders=host, Signature=0"


def environ(service: str, method: str = "POST", path: str = "/", body: bytes = b"", **headers: str) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "HTTP_AUTHORIZATION": SIGNED.format(service),
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        **headers,
    }


def test_operations_are_named_in_every_protocol() -> None:
    form = "application/x-www-form-urlencoded; charset=utf-8"
    query = environ("iam", body=b"Action=GetAccountSummary&Version=2010-05-08", CONTENT_TYPE=form)
    assert operation_of(query) == "iam:GetAccountSummary"
    assert query["wsgi.input"].read() == b"Action=GetAccountSummary&Version=2010-05-08"
    assert operation_of(environ("sagemaker", HTTP_X_AMZ_TARGET="SageMaker.ListModels")) == "sagemaker:ListModels"
    assert operation_of(environ("bedrock", "GET", "/custom-models")) == "bedrock:GET /custom-models"


def test_what_moto_lacks_is_answered_and_counted() -> None:
    def moto(*_: object) -> list[bytes]:
        raise AssertionError("moto was asked")

    application = Application(moto)
    said: list[str] = []
    for key, (status, _, body) in FIXTURES.items():
        service, operation = key.split(":")
        method, _, path = operation.partition(" ")
        request = environ(service, method, path) if path else environ(service, HTTP_X_AMZ_TARGET=f"X.{operation}")
        answer = application(request, lambda line, headers: said.append(line))
        assert b"".join(answer) == body.encode()
        assert said[-1].startswith(str(status))
    counted = application(environ("", "GET", "/__bench/requests"), lambda line, headers: None)
    assert json.loads(b"".join(counted)) == list(FIXTURES)


def test_floors_follow_calls_latency_and_quotas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    calls = [{"service": "cloudtrail", "operation": "GetTrailStatus"}] * 50
    found = floors(calls, latency=0.08)
    assert found["cpu"] == pytest.approx(50 * CPU_PER_CALL / 2)
    assert found["chain"] == pytest.approx(0.4)
    assert found["quotas"] == pytest.approx(5.0)  # ten a second


def test_the_server_waits_counts_and_forgets() -> None:
    with running() as server:
        headers = {"Authorization": SIGNED.format("sts"), "Content-Type": "application/x-www-form-urlencoded"}
        form = b"Action=GetCallerIdentity&Version=2011-06-15"
        server.reset(0.0)
        urlopen(Request(server.url, form, headers)).close()
        assert server.requests() == ["sts:GetCallerIdentity"]
        server.reset(0.2)
        assert server.requests() == []
        started = time.monotonic()
        urlopen(Request(server.url, form, headers)).close()
        assert time.monotonic() - started >= 0.2
