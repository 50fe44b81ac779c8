"""No secret is kept, and nothing that a fact or a next page needs is lost."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.wire.redact import Redactor
from auditor.wire.secret_marks import TOKEN

ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def text(size: int, alphabet: str = ALPHANUMERIC) -> st.SearchStrategy[str]:
    return st.text(alphabet, min_size=size, max_size=size)


SHAPED = st.one_of(
    text(36).map(lambda s: f"ghp_{s}"),
    text(24).map(lambda s: f"xoxb-{s}"),
    text(40).map(lambda s: f"sk-{s}"),
    text(34).map(lambda s: f"hf_{s}"),
    st.tuples(text(20), text(30), text(20)).map(lambda p: f"eyJ{p[0]}.eyJ{p[1]}.{p[2]}"),
    text(40).map(lambda s: f"ya29.{s}"),
    text(35).map(lambda s: f"AIza{s}"),
    text(44).map(lambda s: f"AccountKey={s}=="),
    text(64).map(lambda s: f"-----BEGIN RSA PRIVATE KEY-----\n{s}\n-----END RSA PRIVATE KEY-----"),
)
"""Secrets that are recognized anywhere by their shape. The part that must not survive is all but the label."""

VALUE_FIELDS = ("sdkTelemetryAppInsightsKey", "connectionString", "adminUserPassword", "primaryKey", "OnStart")

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


@st.composite
def planted(draw: st.DrawFn) -> tuple[Any, list[str]]:
    """A nested body, and the secrets in it."""
    secrets: list[str] = []

    def plant(depth: int) -> Any:
        if depth == 0:
            return draw(json_values)
        where = draw(st.integers(0, 5))
        if where == 0:
            secret = draw(SHAPED)
            secrets.append(secret)
            return {"note": f"before {secret} after", "deeper": plant(depth - 1)}
        if where == 1:
            secret = draw(text(24))
            secrets.append(secret)
            return {draw(st.sampled_from(VALUE_FIELDS)): secret, "deeper": plant(depth - 1)}
        if where == 2:
            secret = draw(text(24))
            secrets.append(secret)
            return {"Environment": {"A": secret, "B": {"nested": [secret]}}, "deeper": plant(depth - 1)}
        if where == 3:
            secret = draw(text(24))
            secrets.append(secret)
            variables = [{"name": "PASSWORD", "value": secret}, {"name": "OTHER", "valueFrom": {"x": "y"}}]
            return {draw(st.sampled_from(("env", "environment", "environmentVariables"))): variables}
        if where == 4:
            secret = draw(SHAPED)
            secrets.append(secret)
            return [json.dumps({"policy": secret}), plant(depth - 1)]
        return [plant(depth - 1), {"x": plant(depth - 1)}]

    return plant(draw(st.integers(1, 5))), secrets


@settings(max_examples=200, deadline=None)
@given(planted(), st.booleans())
def test_no_planted_secret_survives(case: tuple[Any, list[str]], escaped: bool) -> None:
    value, secrets = case
    clean = Redactor().body(json.dumps(value, ensure_ascii=escaped).encode("utf-8", "surrogatepass"))
    everything = "\x1f".join(strings(json.loads(clean)))
    for secret in secrets:
        core = max(re.split(r"[=\n]", secret), key=len)
        assert core not in everything


def strings(value: Any) -> list[str]:
    """Every string of a JSON value, and of JSON inside of its strings."""
    if isinstance(value, dict):
        return [s for key, item in value.items() for s in (key, *strings(item))]
    if isinstance(value, list):
        return [s for item in value for s in strings(item)]
    return [value] if isinstance(value, str) else []


@settings(max_examples=200, deadline=None)
@given(planted() | st.tuples(json_values, st.just([])))
def test_redacting_twice_changes_nothing(case: tuple[Any, list[str]]) -> None:
    redactor = Redactor()
    once = redactor.value(case[0])
    assert redactor.value(once) == once
    assert Redactor().value(once) == once, "nor with the salt of another run, which is what a replay has"


FRAGMENTS = st.lists(
    SHAPED | st.sampled_from(["-", ".", "_", "=", " ", "sig=", "ghp_", "sk-", "eyJ", "AIza", "-----BEGIN "]) | text(3),
    max_size=8,
).map("".join)


@settings(max_examples=300, deadline=None)
@given(FRAGMENTS)
def test_redacting_any_text_twice_changes_nothing(content: str) -> None:
    redactor = Redactor()
    once = redactor.body(content.encode())
    assert redactor.body(once) == once


@given(st.binary(max_size=200))
def test_any_bytes_can_be_redacted(body: bytes) -> None:
    Redactor().body(body)


@given(text(12), text(12))
def test_equal_secrets_give_equal_tokens_and_others_do_not(one: str, two: str) -> None:
    redactor = Redactor()
    clean = redactor.value({"a": {"password": one}, "b": [{"password": one}], "c": {"password": two}})
    assert clean["a"]["password"] == clean["b"][0]["password"]
    assert (clean["a"]["password"] == clean["c"]["password"]) is (one == two)
    assert TOKEN.fullmatch(clean["a"]["password"])


def test_tokens_cannot_be_compared_between_runs() -> None:
    assert Redactor().value({"password": "x"}) != Redactor().value({"password": "x"})


@pytest.mark.parametrize(
    "body",
    [
        {"labels": {"environment": "production", "env": "prod", "owner": "ml"}},
        {"tags": {"Environment": "production", "env": "test"}},
        {"Tags": [{"Key": "environment", "Value": "production"}]},
        {"environment": "production"},
        {"env": "production"},
        {"environments": ["production", "staging"]},
        {"KmsKeyId": "arn:aws:kms:us-east-1:123456789012:key/abc", "KeyId": "AKIAIOSFODNN7EXAMPLE"},
        {"name": "task-force-one", "id": "desk-12345678901234567890-lamp"},
        {"environment": [], "env": {}, "password": "", "hyperParameters": None},
        {"count": 3, "ratio": 0.10, "on": True, "none": None},
    ],
)
def test_what_is_no_secret_is_left_as_it_is_byte_for_byte(body: dict[str, Any]) -> None:
    raw = json.dumps(body, indent=3).encode()
    assert Redactor().body(raw) == raw


PAGE_TOKEN = f"eyJ{'a' * 20}.eyJ{'b' * 20}.{'c' * 20}"


@pytest.mark.parametrize(
    "field",
    [
        "NextToken",
        "nextToken",
        "nextPageToken",
        "nextLink",
        "Marker",
        "NextMarker",
        "NextContinuationToken",
        "pageToken",
    ],
)
def test_page_tokens_go_back_to_the_provider_unchanged(field: str) -> None:
    """Even one that looks like a credential: a changed one would end the listing, or loop."""
    body = {"items": [{"password": "x"}], field: PAGE_TOKEN}
    assert json.loads(Redactor().body(json.dumps(body).encode()))[field] == PAGE_TOKEN


def test_page_tokens_in_xml_are_left_alone() -> None:
    body = b"<R><IsTruncated>true</IsTruncated><Marker>AAIfGkZ5c2stbm90LWEta2V5LWJ1dC1iYXNlNjQ=</Marker></R>"
    assert Redactor().body(body) == body


def test_invalid_utf8_is_kept_and_its_secrets_are_not() -> None:
    secret = b"ghp_" + b"A" * 36
    clean = Redactor().body(b"\xff\xfe<x>" + secret + b"</x>\x80")
    assert secret not in clean
    assert clean.startswith(b"\xff\xfe<x>[redacted:token:")
    assert clean.endswith(b"]</x>\x80")
    assert Redactor().body(b"\xff\x00\x80") == b"\xff\x00\x80"


def test_a_lone_surrogate_beside_or_inside_of_a_secret_does_not_stop_the_run() -> None:
    clean = json.loads(Redactor().body(b'{"password": "a\\ud800b", "name": "\\ud800"}'))
    assert clean["name"] == "\ud800"
    assert TOKEN.fullmatch(clean["password"])


def test_nesting_without_end_does_not_stop_the_run() -> None:
    secret = b"ghp_" + b"A" * 36
    assert secret not in Redactor().body(b"[" * 200_000 + b'"' + secret + b'"')


def test_a_secret_inside_of_a_larger_one_does_not_let_the_rest_survive() -> None:
    inner = "-sk-" + "x" * 30
    for whole in (
        f"eyJ{'a' * 10}{inner}.eyJ{'b' * 20}.{'c' * 20}",
        f"ya29.{'a' * 10}{inner}",
        f"AccountKey={'a' * 10}/sk-{'b' * 40}==",
        f"-----BEGIN PRIVATE KEY-----\n{'a' * 64}\nghp_{'b' * 36}\n{'c' * 64}\n-----END PRIVATE KEY-----",
    ):
        assert TOKEN.fullmatch(Redactor().value(whole)), whole


def test_a_private_key_that_is_cut_off_is_a_secret_to_the_end() -> None:
    clean = Redactor().value("x -----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\nBBBB")
    assert re.fullmatch(r"x \[redacted:private-key:[0-9a-f]{10}\]", clean)


def test_a_variable_keeps_its_name() -> None:
    clean = Redactor().value({"env": [{"name": "MODEL", "value": "secret"}]})
    assert clean["env"][0]["name"] == "MODEL"
    assert TOKEN.fullmatch(clean["env"][0]["value"])


def test_fields_are_secret_whatever_their_case_and_depth() -> None:
    clean = Redactor().value({"PassWord": {"deep": ["one", {"two": "two"}]}})
    assert TOKEN.fullmatch(clean["PassWord"]["deep"][0])
    assert TOKEN.fullmatch(clean["PassWord"]["deep"][1]["two"])


def test_a_secret_as_a_key_is_a_secret() -> None:
    assert "ghp_" not in json.dumps(Redactor().value({"ghp_" + "A" * 36: 1}))
