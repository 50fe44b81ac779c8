from __future__ import annotations

import json
from typing import Any

import pytest

from auditor.derive import DERIVED, DeriveSettings, derive
from auditor.model.facts import Reason, Unknown
from auditor.model.resources import LogStore, Ref
from auditor.model.scope import Provider
from auditor.providers.aws import keys
from auditor.providers.aws.audit_logs import DESCRIBE_TRAILS
from auditor.providers.aws.bedrock import GET_LOGGING
from auditor.providers.aws.log_stores import AI_PREFIXES, COLLECTORS, DESCRIBE_LOG_GROUPS, GET_DATA_PROTECTION

OWN = "arn:aws:logs:us-east-1:123456789012:log-group:"
KEY = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"


def group(name: str, **more: Any) -> dict[str, Any]:
    body = {
        "logGroupName": name,
        "arn": f"{OWN}{name}:*",
        "logGroupArn": f"{OWN}{name}",
        "creationTime": 1786699800000,
        "metricFilterCount": 0,
        "storedBytes": 0,
        "logGroupClass": "STANDARD",
        **more,
    }
    return {k: v for k, v in body.items() if v is not None}


def trail(log_group: str | None, **more: Any) -> dict[str, Any]:
    body = {
        "Name": "main",
        "TrailARN": "arn:aws:cloudtrail:us-east-1:123456789012:trail/main",
        "HomeRegion": "us-east-1",
        "CloudWatchLogsLogGroupArn": log_group,
        **more,
    }
    return {k: v for k, v in body.items() if v is not None}


@pytest.fixture
def world(aws: Any) -> Any:
    """An account without log groups, invocation logging or trails; tests change one answer."""
    aws.answer(DESCRIBE_LOG_GROUPS, {"logGroups": []})
    aws.answer(GET_LOGGING, {})
    aws.answer(DESCRIBE_TRAILS, {"trailList": []})
    return aws


def listed(aws: Any, prefix: str, *names: str, **more: Any) -> None:
    """What a listing by a prefix gives."""
    groups = [group(name, **more) for name in names]
    aws.answer(DESCRIBE_LOG_GROUPS, {"logGroups": groups}, logGroupNamePrefix=prefix)


def one(aws: Any, **more: Any) -> Any:
    listed(aws, "/aws/sagemaker/", "/aws/sagemaker/Endpoints/e", **more)
    (store,) = aws.collect(COLLECTORS)
    return store


def names(done: Any) -> set[str]:
    return {r.name for r in done.inventory.resources}


def outcome(fact: Any) -> Any:
    return fact.reason if isinstance(fact, Unknown) else fact.value


def test_log_groups_in_moto(aws: Any) -> None:
    logs = aws.boto("logs")
    key = aws.boto("kms").create_key()["KeyMetadata"]["Arn"]
    logs.create_log_group(logGroupName="/aws/sagemaker/Endpoints/e", kmsKeyId=key)
    logs.put_retention_policy(logGroupName="/aws/sagemaker/Endpoints/e", retentionInDays=365)
    for name in ("/invocations", "/trail", "/app"):
        logs.create_log_group(logGroupName=name)
    aws.boto("bedrock").put_model_invocation_logging_configuration(
        loggingConfig={
            "cloudWatchConfig": {"logGroupName": "/invocations", "roleArn": "arn:aws:iam::123456789012:role/logs"},
            "textDataDeliveryEnabled": True,
        }
    )
    aws.boto("s3").create_bucket(Bucket="trail-logs")
    aws.boto("cloudtrail").create_trail(
        Name="main",
        S3BucketName="trail-logs",
        CloudWatchLogsLogGroupArn=f"{OWN}/trail:*",
        CloudWatchLogsRoleArn="arn:aws:iam::123456789012:role/trail",
    )
    done = aws.collected((*COLLECTORS, *keys.COLLECTORS))
    assert (done.defects, done.inventory.gaps) == ((), ())
    inventory = derive(done.inventory, DERIVED, DeriveSettings())
    stores = {s.name: s for s in inventory.of(LogStore, aws.account) if isinstance(s, LogStore)}
    assert set(stores) == {"/aws/sagemaker/Endpoints/e", "/invocations", "/trail"}
    assert all(outcome(s.holds_ai_logs) for s in stores.values())
    endpoint, app = stores["/aws/sagemaker/Endpoints/e"], stores["/invocations"]
    assert endpoint.id == f"{OWN}/aws/sagemaker/Endpoints/e"
    assert (outcome(endpoint.retention_days), outcome(app.retention_days)) == (365, None)
    assert outcome(endpoint.encryption_key) == Ref("Key", Provider.AWS, "123456789012", key)
    assert (outcome(endpoint.customer_key), outcome(app.customer_key)) == (True, False)
    for fact in (endpoint.retention_days, endpoint.holds_ai_logs, app.customer_key, app.holds_ai_logs):
        assert fact.calls


def test_an_account_without_log_groups_is_asked_by_prefix_only(world: Any) -> None:
    done = world.collected(COLLECTORS)
    assert done.inventory.resources == ()
    assert len(done.inventory.listings) == 1
    asked = [e.params for e in world.ledger.exchanges() if e.operation == "DescribeLogGroups"]
    assert {p["logGroupNamePrefix"] for p in asked} == set(AI_PREFIXES)


def test_a_denied_list_is_a_gap(aws: Any) -> None:
    aws.refuse(DESCRIBE_LOG_GROUPS, "AccessDeniedException")
    (gap,) = aws.collected(COLLECTORS).inventory.gaps
    assert (gap.why.reason, gap.why.permissions) == (Reason.DENIED, ("logs:DescribeLogGroups",))


@pytest.mark.parametrize(
    ("field", "value", "days"),
    [
        ("retentionInDays", 30, 30),
        ("retentionInDays", None, None),
        ("logGroupClass", None, None),
        ("logGroupClass", "INFREQUENT_ACCESS", None),
        ("logGroupClass", "DELIVERY", 1),
    ],
)
def test_how_long_entries_are_kept(world: Any, field: str, value: Any, days: int | None) -> None:
    assert one(world, **{field: value}).retention_days.value == days


@pytest.mark.parametrize(
    ("key", "expected"), [(KEY, Ref("Key", Provider.AWS, "123456789012", KEY)), (None, None), ("", None)]
)
def test_the_key(world: Any, key: str | None, expected: Ref | None) -> None:
    assert one(world, kmsKeyId=key).encryption_key.value == expected


@pytest.mark.parametrize("prefix", AI_PREFIXES)
def test_a_name_that_says_so(world: Any, prefix: str) -> None:
    listed(world, prefix, f"{prefix}/x")
    (store,) = world.collect(COLLECTORS)
    assert (store.name, store.holds_ai_logs.value) == (f"{prefix}/x", True)
    assert store.holds_ai_logs.calls


@pytest.mark.parametrize(
    ("config", "found"),
    [
        ({}, set()),
        ({"loggingConfig": {"cloudWatchConfig": {"logGroupName": "/app", "roleArn": "arn:r"}}}, {"/app"}),
        ({"loggingConfig": {"s3Config": {"bucketName": "b"}, "textDataDeliveryEnabled": True}}, set()),
    ],
)
def test_the_destination_of_invocation_logging(world: Any, config: dict[str, Any], found: set[str]) -> None:
    listed(world, "/app", "/app", "/app/2")
    world.answer(GET_LOGGING, config)
    assert names(world.collected(COLLECTORS)) == found


@pytest.mark.parametrize(
    ("destination", "found"),
    [
        (f"{OWN}/app:*", {"/app"}),
        (f"{OWN}/app", {"/app"}),
        (f"{OWN}/app:*".replace("123456789012", "999999999999"), set()),
        (f"{OWN}/app:*".replace("us-east-1", "eu-west-1"), set()),
        (None, set()),
    ],
)
def test_the_destination_of_a_trail(world: Any, destination: str | None, found: set[str]) -> None:
    listed(world, "/app", "/app", "/app2")
    world.answer(DESCRIBE_TRAILS, {"trailList": [trail(None), trail(destination)]})
    assert names(world.collected(COLLECTORS)) == found


def test_a_log_group_that_several_reasons_name_is_listed_once(world: Any) -> None:
    listed(world, "/aws/bedrock", "/aws/bedrock/invocations")
    listed(world, "/aws/bedrock/invocations", "/aws/bedrock/invocations")
    config = {"cloudWatchConfig": {"logGroupName": "/aws/bedrock/invocations", "roleArn": "arn:r"}}
    world.answer(GET_LOGGING, {"loggingConfig": config})
    world.answer(DESCRIBE_TRAILS, {"trailList": [trail(f"{OWN}/aws/bedrock/invocations:*")]})
    assert names(world.collected(COLLECTORS)) == {"/aws/bedrock/invocations"}


@pytest.mark.parametrize("call", [GET_LOGGING, DESCRIBE_TRAILS])
def test_a_destination_that_cannot_be_read_is_a_gap_and_the_others_are_kept(world: Any, call: Any) -> None:
    listed(world, "/aws/sagemaker/", "/aws/sagemaker/Endpoints/e")
    listed(world, "/app", "/app")
    config = {"loggingConfig": {"cloudWatchConfig": {"logGroupName": "/app", "roleArn": "arn:r"}}}
    world.answer(GET_LOGGING, config)
    world.answer(DESCRIBE_TRAILS, {"trailList": [trail(f"{OWN}/app:*")]})
    world.refuse(call, "AccessDeniedException", 403)
    done = world.collected(COLLECTORS)
    assert names(done) == {"/aws/sagemaker/Endpoints/e", "/app"}
    (gap,) = done.inventory.gaps
    assert (gap.why.reason, gap.why.permissions) == (Reason.DENIED, call.permissions)


def test_a_region_without_bedrock_is_not_asked_for_its_invocation_log(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from auditor.providers.aws.session import AwsSession

    monkeypatch.setattr(AwsSession, "offers", lambda self, service, location: service != "bedrock")
    world.refuse(GET_LOGGING, "AccessDeniedException", 403)
    assert world.collected(COLLECTORS).inventory.gaps == ()


def invocations(aws: Any, **more: Any) -> Any:
    """The log group of invocations, beside one that has another purpose."""
    listed(aws, "/aws/sagemaker/", "/aws/sagemaker/Endpoints/e")
    listed(aws, "/app", "/app", **more)
    aws.answer(GET_LOGGING, {"loggingConfig": {"cloudWatchConfig": {"logGroupName": "/app", "roleArn": "arn:r"}}})
    stores = {store.name: store for store in aws.collect(COLLECTORS)}
    assert outcome(stores["/aws/sagemaker/Endpoints/e"].holds_invocations) is False
    assert outcome(stores["/app"].holds_invocations) is True
    return stores["/app"]


def policy(*operations: dict[str, Any]) -> dict[str, Any]:
    statements = [{"DataIdentifier": ["arn:x"], "Operation": operation} for operation in operations]
    return {"policyDocument": json.dumps({"Version": "2021-06-01", "Statement": statements})}


AUDITS: dict[str, Any] = {"Audit": {"FindingsDestination": {}}}
MASKS: dict[str, Any] = {"Deidentify": {"MaskConfig": {}}}


@pytest.mark.parametrize(
    ("group_fields", "answer", "expected"),
    [
        ({"dataProtectionStatus": "ACTIVATED"}, policy(AUDITS, MASKS), True),
        ({"dataProtectionStatus": "ACTIVATED"}, policy(AUDITS), False),
        ({"dataProtectionStatus": "ACTIVATED"}, {"policyDocument": "none"}, Reason.MALFORMED),
        ({"dataProtectionStatus": "ACTIVATED"}, {}, Reason.MALFORMED),
        ({"dataProtectionStatus": "DELETED"}, None, False),
        ({"dataProtectionStatus": "UnheardOf"}, None, Reason.UNRECOGNISED),
        ({}, None, False),
        ({"inheritedProperties": ["ACCOUNT_DATA_PROTECTION"]}, None, True),
    ],
)
def test_masking(world: Any, group_fields: dict[str, Any], answer: dict[str, Any] | None, expected: object) -> None:
    if answer is None:
        world.refuse(GET_DATA_PROTECTION, "AccessDeniedException")  # is not asked
    else:
        world.answer(GET_DATA_PROTECTION, answer, logGroupIdentifier="/app")
    assert outcome(invocations(world, **group_fields).masks_sensitive_data) == expected


def test_a_policy_that_cannot_be_read(world: Any) -> None:
    world.refuse(GET_DATA_PROTECTION, "AccessDeniedException")
    fact = invocations(world, dataProtectionStatus="ACTIVATED").masks_sensitive_data
    assert (fact.reason, fact.permissions) == (Reason.DENIED, ("logs:GetDataProtectionPolicy",))


def test_an_unread_configuration_leaves_open_what_a_group_holds(world: Any) -> None:
    listed(world, "/aws/sagemaker/", "/aws/sagemaker/Endpoints/e")
    world.refuse(GET_LOGGING, "AccessDeniedException", 403)
    (store,) = world.collected(COLLECTORS).inventory.resources
    for fact in (store.holds_invocations, store.masks_sensitive_data):
        assert (fact.reason, fact.permissions) == (Reason.DENIED, GET_LOGGING.permissions)
