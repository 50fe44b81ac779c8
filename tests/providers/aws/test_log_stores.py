from __future__ import annotations

from typing import Any

import pytest

from auditor.derive import DERIVED, DeriveSettings, derive
from auditor.model.facts import Reason, Unknown
from auditor.model.resources import LogStore, Ref
from auditor.model.scope import Provider
from auditor.providers.aws import keys
from auditor.providers.aws.audit_logs import DESCRIBE_TRAILS
from auditor.providers.aws.bedrock import GET_LOGGING
from auditor.providers.aws.log_stores import AI_PREFIXES, COLLECTORS, DESCRIBE_LOG_GROUPS

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
    """A log group that nothing sends AI logs to; tests change one answer."""
    aws.answer(DESCRIBE_LOG_GROUPS, {"logGroups": [group("/app")]})
    aws.answer(GET_LOGGING, {})
    aws.answer(DESCRIBE_TRAILS, {"trailList": []})
    return aws


def one(aws: Any, **more: Any) -> Any:
    if more:
        aws.answer(DESCRIBE_LOG_GROUPS, {"logGroups": [group(**{"name": "/app", **more})]})
    (store,) = aws.collect(COLLECTORS)
    return store


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
    assert {name: outcome(s.holds_ai_logs) for name, s in stores.items()} == {
        "/app": False,
        "/aws/sagemaker/Endpoints/e": True,
        "/invocations": True,
        "/trail": True,
    }
    endpoint, app = stores["/aws/sagemaker/Endpoints/e"], stores["/app"]
    assert endpoint.id == f"{OWN}/aws/sagemaker/Endpoints/e"
    assert (outcome(endpoint.retention_days), outcome(app.retention_days)) == (365, None)
    assert outcome(endpoint.encryption_key) == Ref("Key", Provider.AWS, "123456789012", key)
    assert (outcome(endpoint.customer_key), outcome(app.customer_key)) == (True, False)
    for fact in (endpoint.retention_days, endpoint.holds_ai_logs, app.customer_key, app.holds_ai_logs):
        assert fact.calls


def test_an_account_without_log_groups_asks_for_nothing_else(aws: Any) -> None:
    done = aws.collected(COLLECTORS)
    assert done.inventory.resources == ()
    assert len(done.inventory.listings) == 1
    assert [e.operation for e in aws.ledger.exchanges()] == ["DescribeLogGroups"]


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


class TestWhetherItHoldsAiLogs:
    @pytest.mark.parametrize("prefix", AI_PREFIXES)
    def test_the_name_decides_even_if_nothing_else_can_be_read(self, world: Any, prefix: str) -> None:
        world.refuse(GET_LOGGING, "AccessDeniedException", 403)
        world.refuse(DESCRIBE_TRAILS, "AccessDeniedException")
        assert one(world, name=f"{prefix}x").holds_ai_logs.value is True

    @pytest.mark.parametrize("name", ["/aws/sagemakerish", "/my/aws/sagemaker/Endpoints/e", "/aws/lambda/bedrock"])
    def test_other_names_do_not(self, world: Any, name: str) -> None:
        assert one(world, name=name).holds_ai_logs.value is False

    @pytest.mark.parametrize(
        ("config", "holds"),
        [
            ({}, False),
            ({"loggingConfig": {"cloudWatchConfig": {"logGroupName": "/app", "roleArn": "arn:r"}}}, True),
            ({"loggingConfig": {"cloudWatchConfig": {"logGroupName": "/app/2", "roleArn": "arn:r"}}}, False),
            ({"loggingConfig": {"s3Config": {"bucketName": "b"}, "textDataDeliveryEnabled": True}}, False),
        ],
    )
    def test_the_destination_of_invocation_logging(self, world: Any, config: dict[str, Any], holds: bool) -> None:
        world.answer(GET_LOGGING, config)
        assert one(world).holds_ai_logs.value is holds

    @pytest.mark.parametrize(
        ("destination", "holds"),
        [
            (f"{OWN}/app:*", True),
            (f"{OWN}/app", True),
            (f"{OWN}/app2:*", False),
            (f"{OWN}/app:*".replace("123456789012", "999999999999"), False),
            (f"{OWN}/app:*".replace("us-east-1", "eu-west-1"), False),
            (None, False),
        ],
    )
    def test_the_destination_of_a_trail(self, world: Any, destination: str | None, holds: bool) -> None:
        world.answer(DESCRIBE_TRAILS, {"trailList": [trail(None), trail(destination)]})
        assert one(world).holds_ai_logs.value is holds

    @pytest.mark.parametrize("call", [GET_LOGGING, DESCRIBE_TRAILS])
    def test_what_cannot_be_read_leaves_it_open(self, world: Any, call: Any) -> None:
        world.refuse(call, "AccessDeniedException", 403)
        fact = one(world).holds_ai_logs
        assert (fact.reason, fact.permissions) == (Reason.DENIED, call.permissions)
        assert fact.calls

    def test_one_destination_that_is_read_decides_over_another_that_is_not(self, world: Any) -> None:
        world.refuse(GET_LOGGING, "AccessDeniedException", 403)
        world.answer(DESCRIBE_TRAILS, {"trailList": [trail(f"{OWN}/app:*")]})
        assert one(world).holds_ai_logs.value is True

    def test_a_region_without_bedrock_is_not_asked_for_its_invocation_log(
        self, world: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from auditor.providers.aws.session import AwsSession

        monkeypatch.setattr(AwsSession, "offers", lambda self, service, location: service != "bedrock")
        world.refuse(GET_LOGGING, "AccessDeniedException", 403)
        assert one(world).holds_ai_logs.value is False
        assert "GetModelInvocationLoggingConfiguration" not in {e.operation for e in world.ledger.exchanges()}
