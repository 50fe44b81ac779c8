"""A live question about access, asked of an account in moto: the answer, what a refusal does to it, and no traces."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from auditor.cli import exit_codes
from tests.support.moto_server import moto_server

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role"
QUESTION = ("who-can", "invoke", "support-intent")
DENIED = (
    b'<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type>'
    b"<Code>AccessDenied</Code><Message>no</Message></Error><RequestId>r</RequestId></ErrorResponse>"
)
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Account:
    """A server in front of moto that refuses some actions of query protocols, and counts what it is asked."""

    def __init__(self, application: Wsgi) -> None:
        self._application = application
        self.refused: set[bytes] = set()
        self.asked = 0
        self.wait = 0.0

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        self.asked += 1
        time.sleep(self.wait)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = BytesIO(body)
        if environ.get("HTTP_X_AMZ_TARGET") == "SageMaker.GetEndpointPolicy":  # moto lacks it
            start_response("400 Bad Request", [("Content-Type", "application/x-amz-json-1.1")])
            return [b'{"__type": "ValidationException", "message": "The endpoint has no policy."}']
        if any(b"Action=" + action in body for action in self.refused):
            start_response("403 Forbidden", [("Content-Type", "text/xml")])
            return [DENIED]
        return self._application(environ, start_response)


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[str, Account]]:
    with moto_server() as (url, delayed):
        account = Account(delayed._application)
        delayed._application = account
        yield url, account


@pytest.fixture
def server(served: tuple[str, Account]) -> tuple[str, Account]:
    url, account = served
    account.refused, account.asked, account.wait = set(), 0, 0.0
    return url, account


def command(url: str, folder: Path, *arguments: str) -> dict[str, Any]:
    """In a scrubbed environment whose every folder is empty."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    line = [sys.executable, "-m", "auditor", "access", *arguments, "--region", "us-east-1"]
    return {"args": line, "cwd": folder, "env": environment, "text": True}


def ask(server: tuple[str, Account], folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    ran = subprocess.run(**command(server[0], folder, *arguments), capture_output=True, check=False, timeout=240)
    assert "Traceback" not in ran.stderr
    assert list(folder.iterdir()) == [], "something was written"
    return ran


def test_the_answer_is_that_of_the_account(server: tuple[str, Account], tmp_path: Path) -> None:
    ran = ask(server, tmp_path, *QUESTION, "--live", "--json")
    assert ran.returncode == exit_codes.DONE, ran.stderr
    found = json.loads(ran.stdout)
    assert found["resource"] == f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:endpoint/support-intent"
    may = {one["identity"]: one for one in found["may"]}
    assert set(may) == {
        f"{ROLE}/organization-admin",
        f"{ROLE}/platform-emergency",
        f"{ROLE}/scoring-partner",
        f"{ROLE}/sm-legacy-execution",
    }
    assert {one["decision"] for one in may.values()} == {"allow"}
    assert may[f"{ROLE}/organization-admin"]["person"] is True
    assert may[f"{ROLE}/scoring-partner"]["proof"] == ["Allow in identity policy workload, statement 1"]
    assert [x["name"] for x in may[f"{ROLE}/scoring-partner"]["open_to"]] == ["arn:aws:iam::567890123456:root"]
    assert server[1].asked > 10


def test_for_people(server: tuple[str, Account], tmp_path: Path) -> None:
    ran = ask(server, tmp_path, *QUESTION, "--live")
    assert ran.returncode == exit_codes.DONE, ran.stderr
    assert f"{ROLE}/scoring-partner" in ran.stdout
    assert "Allow in identity policy workload, statement 1" in ran.stdout


def test_without_the_policies_of_identities_nothing_is_known(server: tuple[str, Account], tmp_path: Path) -> None:
    server[1].refused = {b"GetAccountAuthorizationDetails"}
    ran = ask(server, tmp_path, *QUESTION, "--live", "--json")
    assert ran.returncode == exit_codes.DONE, ran.stderr
    found = json.loads(ran.stdout)
    assert [one for one in found["may"] if one["decision"] != "unknown" or one["granted"]] == []
    assert any("iam:GetAccountAuthorizationDetails would settle it" in line for line in found["unread"])
    text = ask(server, tmp_path, *QUESTION, "--live").stdout
    assert "it is not known" in text or "By what was read, no identity of the account may." in text
    assert "As far as read:" in text
    assert "iam:GetAccountAuthorizationDetails" in text
    assert "always" not in text


def test_a_name_that_the_account_lacks(server: tuple[str, Account], tmp_path: Path) -> None:
    ran = ask(server, tmp_path, "who-can", "invoke", "support-intend", "--live")
    assert (ran.returncode, ran.stdout) == (exit_codes.USAGE, "")
    assert "the audit holds no resource 'support-intend'" in ran.stderr
    assert "Near it: support-intent" in ran.stderr


def test_a_vpc_endpoint_of_the_account(server: tuple[str, Account], tmp_path: Path) -> None:
    """Its policy is read because the question names it."""
    question = ("can", "scoring-partner", "sagemaker:InvokeEndpoint", "support-intent", "--live", "--json")
    found = json.loads(ask(server, tmp_path, *question, "--context", "aws:SourceVpce=vpce-nowhere").stdout)
    assert found["missing"] == ["VPC endpoint policy"]
    assert "vpce-nowhere is not among the VPC endpoints that were read" in found["notes"][0]


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT for another process")
def test_an_interrupted_question_has_no_answer(server: tuple[str, Account], tmp_path: Path) -> None:
    server[1].wait = 0.5
    line = command(server[0], tmp_path, *QUESTION, "--live")
    with subprocess.Popen(**line, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        until = time.monotonic() + 120
        while server[1].asked < 5 and time.monotonic() < until:
            time.sleep(0.1)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=120)
    assert running.returncode == exit_codes.INTERRUPTED, err
    assert out == ""
    assert "Interrupted" in err
    assert list(tmp_path.iterdir()) == []
