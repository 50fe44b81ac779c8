"""Secrets among variables and scripts: found before redaction, never kept, and the same in a replay."""

from __future__ import annotations

import base64
import builtins
import json
from typing import Any

import pytest

from auditor.model.facts import Known, Reason, Unknown
from auditor.wire import secret_detector
from auditor.wire.redact import Redactor
from auditor.wire.secret_marks import secrets_in, suspicion

AWS_KEY = "AKIA" + "IOSFODNN7EXAMPLE"
GITHUB = "ghp_" + "a1B2" * 9


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("ANYTHING", AWS_KEY, "aws-access-key"),
        ("URL", "postgres://app:" + "s3cr3tpw" + "@db/claims", "basic-auth-credentials"),
        ("X", GITHUB, "github-token"),
        ("DB_PASSWORD", "correct-horse", "secret-keyword"),
        ("api_key", "0b5c9d", "secret-keyword"),
        ("OPENAI_API_KEY", "plain-looking-value", "secret-keyword"),
        ("DB_PASSWORD", "arn:aws:secretsmanager:us-east-1:1:secret:db", ""),
        ("DB_PASSWORD", "{{resolve:secretsmanager:db}}", ""),
        ("DB_PASSWORD", "${DB_PASSWORD}", ""),
        ("TOKEN", "/ml/prod/token", ""),
        ("max_tokens", "4096", ""),
        ("API_KEY", "changeme", ""),
        ("PASSWORD", "abc", ""),
        ("MODEL", "s3://bucket/model.tar.gz", ""),
        ("SAGEMAKER_PROGRAM", "train.py", ""),
        ("DIGEST", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", ""),
        ("EMPTY", "", ""),
    ],
)
def test_variables(name: str, value: str, found: str) -> None:
    clean = Redactor().value({"Environment": {name: value}})["Environment"][name]
    assert not value or value not in clean
    verdict = suspicion(clean)
    assert isinstance(verdict, Known)
    assert verdict.value == found


@pytest.mark.parametrize(
    ("script", "found"),
    [
        ("#!/bin/bash\npip install -U sagemaker\n", ""),
        (f"export AWS_ACCESS_KEY_ID={AWS_KEY}\n", "aws-access-key"),
        ("curl -H x\nexport DB_PASSWORD='correct-horse'\n", "secret-keyword"),
        ("# DB_PASSWORD=correct-horse\n", ""),
        ("export DB_PASSWORD=$(aws secretsmanager get-secret-value --secret-id x)\n", ""),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n", "private-key"),
    ],
)
@pytest.mark.parametrize(
    "encode", [lambda s: base64.b64encode(s.encode()).decode(), lambda s: s], ids=["base64", "text"]
)
def test_scripts(script: str, found: str, encode: Any) -> None:
    body = {"OnStart": [{"Content": encode(script)}]}
    clean = Redactor().value(body)["OnStart"][0]["Content"]
    verdict = suspicion(clean)
    assert isinstance(verdict, Known)
    assert verdict.value == found


def test_what_is_kept_says_which_and_never_what() -> None:
    body = json.dumps({"HyperParameters": {"a": AWS_KEY, "b": "3"}, "Environment": {"TOKEN": "correct-horse"}}).encode()
    clean = Redactor().body(body)
    assert AWS_KEY.encode() not in clean
    assert b"correct-horse" not in clean
    parsed = json.loads(clean)
    assert secrets_in(parsed["HyperParameters"]).value == ("a (aws-access-key)",)
    assert secrets_in(parsed["Environment"]).value == ("TOKEN (secret-keyword)",)
    assert Redactor().body(clean) == clean, "a replay sees what the live run saw"


def test_values_that_nobody_looked_at_are_unknown_and_not_clean() -> None:
    assert secrets_in({}).value == ()
    old = secrets_in({"A": "[redacted:environment:0123456789]"})
    assert isinstance(old, Unknown)
    assert old.reason is Reason.NOT_BUILT
    two = secrets_in({"A": "[redacted:environment:0123456789]", "B": "[redacted:environment:0123456789]"})
    assert isinstance(two, Unknown)
    mixed = secrets_in({"A": "[redacted:environment:0123456789]", "B": "[redacted:environment:0123456789:jwt]"})
    assert mixed.value == ("B (jwt)",), "one that is found decides"
    assert isinstance(suspicion("as it was"), Unknown)
    assert isinstance(suspicion(None), Unknown)


def test_without_the_detector_values_are_redacted_and_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refuse(name: str, *rest: Any) -> Any:
        if name.startswith("detect_secrets"):
            raise ModuleNotFoundError(name)
        return real(name, *rest)

    def detectors() -> Any:
        raise ModuleNotFoundError("detect_secrets")

    monkeypatch.setattr(builtins, "__import__", refuse)
    monkeypatch.setattr(secret_detector, "_detectors", detectors)
    clean = Redactor().value({"Environment": {"A": AWS_KEY}})["Environment"]
    assert AWS_KEY not in clean["A"]
    assert isinstance(secrets_in(clean), Unknown)


def test_what_is_remembered_is_no_value() -> None:
    secret_detector.verdict("DB_PASSWORD", "correct-horse-battery")
    assert "correct-horse-battery" not in repr(secret_detector._MEMORY)
