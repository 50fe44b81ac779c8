"""What the benchmark counts and compares with, so that its numbers mean what they say."""

from __future__ import annotations

import io
import json
import re
import time
from typing import Any
from urllib.request import Request, urlopen

import pytest

from bench.names import nothing, operation_of, throttled
from bench.run import CPU_PER_CALL, floors
from bench.server import Application, running

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
    assert operation_of(environ("bedrock", "GET", "/custom-models")) == "bedrock:ListCustomModels"
    assert operation_of(environ("bedrock", "POST", "/agents/")) == "bedrock-agent:ListAgents"
    assert operation_of(environ("s3", "GET", "/bucket", QUERY_STRING="versioning")) == "s3:GetBucketVersioning"
    assert operation_of(environ("sagemaker", "GET", "/no/such")) == "sagemaker:GET /no/such"


def ask(application: Application, request: dict[str, Any]) -> tuple[int, bytes]:
    said: list[str] = []
    body = b"".join(application(request, lambda line, headers: said.append(line)))
    return int(said[-1].split()[0]), body


def test_what_moto_lacks_is_answered_as_an_account_without_it() -> None:
    def moto(environ: Any, start_response: Any) -> list[bytes]:
        start_response("500 -", [("Content-Type", "text/html")])
        return [b"<html>"]

    application = Application(moto)
    status, body = ask(application, environ("sagemaker", HTTP_X_AMZ_TARGET="SageMaker.ListWorkforces"))
    assert (status, json.loads(body)) == (200, {"Workforces": []})
    assert ask(application, environ("sagemaker", HTTP_X_AMZ_TARGET="SageMaker.DescribeModel"))[0] in (200, 500)
    counted = json.loads(ask(application, environ("", "GET", "/__bench/requests"))[1])
    assert [name for name, _ in counted["requests"]] == ["sagemaker:ListWorkforces", "sagemaker:DescribeModel"]


def test_a_quota_refuses_what_is_beyond_it_in_the_protocol_of_the_service() -> None:
    def moto(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 -", [("Content-Type", "application/json")])
        return [b"{}"]

    application = Application(moto)
    ask(application, environ("", "POST", "/__bench/reset", QUERY_STRING="latency=0&per_second=3"))
    requests = [environ("sagemaker", HTTP_X_AMZ_TARGET="SageMaker.ListModels") for _ in range(5)]
    assert [ask(application, request)[0] for request in requests] == [200, 200, 200, 429, 429]
    assert json.loads(ask(application, environ("", "GET", "/__bench/requests"))[1])["refused"] == 2
    for key in ("sagemaker:ListModels", "ec2:DescribeVpcs", "s3:GetBucketPolicy", "iam:ListRoles"):
        status, _, body = throttled(key)
        assert status >= 400
        assert re.search(rb"Throttling|RequestLimitExceeded|SlowDown", body)


def test_nothing_is_the_empty_list_of_the_api_model() -> None:
    assert nothing("sagemaker:ListModels") == (200, "application/json", b'{"Models": []}')
    assert nothing("sagemaker:NoSuchOperation") is None
    assert nothing("sagemaker:CreateModel") is None


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
        assert server.requests() == [("sts:GetCallerIdentity", "us-east-1")]
        server.reset(0.2)
        assert server.requests() == []
        started = time.monotonic()
        urlopen(Request(server.url, form, headers)).close()
        assert time.monotonic() - started >= 0.2
