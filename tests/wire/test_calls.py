"""Only reads can be declared, and a REST request is matched to its declaration exactly."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.model.scope import Provider
from auditor.wire.calls import READ_EXCEPTIONS, READING_POSTS, SENSITIVE_READS, Call, permissions_of


def aws(operation: str, service: str = "sagemaker", **more: Any) -> Call:
    return Call(provider=Provider.AWS, service=service, operation=operation, permissions=("s:Read",), **more)


def rest(provider: Provider = Provider.GCP, operation: str = "things.get", **more: Any) -> Call:
    return Call(provider=provider, service="things", operation=operation, permissions=("t.things.get",), **more)


@pytest.mark.parametrize("operation", ["ListEndpoints", "DescribeModel", "GetBucketPolicy", "BatchGetX", "HeadBucket"])
def test_a_read_by_its_name_can_be_declared(operation: str) -> None:
    assert aws(operation).key == f"sagemaker:{operation}"


@pytest.mark.parametrize(
    "operation",
    ["DeleteModel", "CreateEndpoint", "UpdateEndpoint", "InvokeEndpoint", "PutBucketPolicy", "AssumeRole", "RunX", ""],
)
def test_nothing_else_can(operation: str) -> None:
    with pytest.raises(ValueError, match="not a read"):
        aws(operation)


@pytest.mark.parametrize("key", sorted(SENSITIVE_READS))
def test_a_read_that_returns_secrets_cannot_be_declared_whatever_its_name(key: str) -> None:
    service, operation = key.split(":")
    with pytest.raises(ValueError, match="cannot be declared"):
        aws(operation, service)


@pytest.mark.parametrize("key", sorted(READ_EXCEPTIONS))
def test_a_reviewed_exception_can_be_declared_and_says_why(key: str) -> None:
    service, operation = key.split(":")
    assert aws(operation, service).key == key
    assert READ_EXCEPTIONS[key]


@pytest.mark.parametrize("provider", [Provider.AZURE, Provider.GCP])
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "get"])
def test_a_rest_call_must_be_a_get(provider: Provider, method: str) -> None:
    with pytest.raises(ValueError, match="not a read"):
        rest(provider, method=method)


@pytest.mark.parametrize("provider", [Provider.AZURE, Provider.GCP])
def test_a_post_must_be_on_the_reviewed_list(provider: Provider) -> None:
    with pytest.raises(ValueError, match="POST"):
        rest(provider, method="POST")


@pytest.mark.parametrize("key", sorted(READING_POSTS))
def test_a_reviewed_post_can_be_declared(key: str) -> None:
    service, operation = key.split(":", 1)
    call = Call(provider=Provider.GCP, service=service, operation=operation, permissions=("x.y.z",), method="POST")
    assert call.key == key


def test_a_call_must_name_its_permission() -> None:
    with pytest.raises(ValueError, match="permission"):
        Call(provider=Provider.AWS, service="s3", operation="ListBuckets", permissions=())


PATTERN = rest(host="{location}-things.googleapis.com", path="/v1/projects/{project}/locations/{location}/things")


@pytest.mark.parametrize(
    ("method", "host", "path", "matches"),
    [
        ("GET", "europe-west4-things.googleapis.com", "/v1/projects/p/locations/europe-west4/things", True),
        ("GET", "europe-west4-things.googleapis.com", "/V1/Projects/p/locations/europe-west4/Things", True),
        ("POST", "europe-west4-things.googleapis.com", "/v1/projects/p/locations/europe-west4/things", False),
        ("GET", "europe-west4-things.googleapis.com.evil.org", "/v1/projects/p/locations/e/things", False),
        ("GET", "europe-west4-thingsXgoogleapis.com", "/v1/projects/p/locations/e/things", False),
        ("GET", "evil.org/europe-west4-things.googleapis.com", "/v1/projects/p/locations/e/things", False),
        ("GET", "europe-west4-things.googleapis.com", "/v1/projects/p/locations/e/things/one", False),
        ("GET", "europe-west4-things.googleapis.com", "/v1/projects/p/locations/e/things:run", False),
        ("GET", "europe-west4-things.googleapis.com", "/v1/projects/p/q/locations/e/things", False),
        ("GET", "europe-west4-things.googleapis.com", "/x/v1/projects/p/locations/e/things", False),
        ("GET", "europe-west4-things.googleapis.com", "/v1/projects//locations/e/things", False),
        ("GET", "europe-west4-things.googleapis.com", "/v1/projects/p/locations/e/things\n", False),
    ],
)
def test_a_request_is_a_call_only_as_a_whole(method: str, host: str, path: str, matches: bool) -> None:
    assert PATTERN.matches(method, host, path) is matches


def test_a_template_may_span_segments() -> None:
    call = rest(host="management.azure.com", path="/{scope+}/providers/Microsoft.Insights/settings")
    assert call.matches("GET", "management.azure.com", "/subscriptions/s/x/y/providers/microsoft.insights/settings")
    assert not call.matches("GET", "management.azure.com", "/providers/microsoft.insights/settings")


def test_dots_of_a_path_are_dots() -> None:
    call = rest(host="h", path="/providers/Microsoft.X")
    assert not call.matches("GET", "h", "/providers/MicrosoftyX")


def test_a_call_without_a_path_matches_no_request() -> None:
    assert not aws("ListModels").matches("GET", "", "")


def test_permissions_are_a_set_in_order() -> None:
    calls = [
        Call(provider=Provider.AWS, service="s3", operation="ListB", permissions=("s3:b", "s3:a")),
        Call(provider=Provider.AWS, service="s3", operation="ListA", permissions=("s3:a",)),
    ]
    assert permissions_of(calls) == ("s3:a", "s3:b")
