from __future__ import annotations

from typing import Any

import pytest

from auditor.model.facts import Reason
from auditor.providers.aws.audit_logs import (
    COLLECTORS,
    DESCRIBE_TRAILS,
    GET_EVENT_SELECTORS,
    GET_INSIGHTS,
    GET_OBJECT_LOCK,
    GET_TRAIL_STATUS,
)
from auditor.providers.aws.event_selectors import all_management_events, data_types, object_stores
from auditor.providers.aws.reading import GET_BUCKET_LOCATION

ARN = "arn:aws:cloudtrail:us-east-1:123456789012:trail/main"
ORG_ARN = "arn:aws:cloudtrail:us-east-1:999999999999:trail/org"
DEFAULT = {"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []}


def trail(**more: Any) -> dict[str, Any]:
    body = {
        "Name": "main",
        "TrailARN": ARN,
        "HomeRegion": "us-east-1",
        "S3BucketName": "trail-logs",
        "IsMultiRegionTrail": True,
        "IncludeGlobalServiceEvents": True,
        "LogFileValidationEnabled": True,
        **more,
    }
    return {k: v for k, v in body.items() if v is not None}


@pytest.fixture
def world(aws: Any) -> Any:
    """One trail that satisfies everything; tests change one answer."""
    aws.answer(DESCRIBE_TRAILS, {"trailList": [trail()]})
    aws.answer(GET_TRAIL_STATUS, {"IsLogging": True})
    aws.answer(GET_EVENT_SELECTORS, {"TrailARN": ARN, "EventSelectors": [DEFAULT]})
    aws.answer(GET_INSIGHTS, {"TrailARN": ARN, "InsightSelectors": [{"InsightType": "ApiCallRateInsight"}]})
    aws.raw(GET_BUCKET_LOCATION, 200, b"<LocationConstraint>eu-west-1</LocationConstraint>", "text/xml")
    lock(aws, {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 365}}})
    return aws


def lock(aws: Any, configuration: dict[str, Any]) -> None:
    aws.answer(GET_OBJECT_LOCK, {"ObjectLockConfiguration": configuration})


def one(aws: Any) -> Any:
    (log,) = aws.collect(COLLECTORS)
    return log


def test_a_trail_in_moto(aws: Any) -> None:
    s3 = aws.boto("s3")
    s3.create_bucket(Bucket="trail-logs", ObjectLockEnabledForBucket=True)
    rule = {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 30}}
    s3.put_object_lock_configuration(
        Bucket="trail-logs", ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule}
    )
    cloudtrail = aws.boto("cloudtrail")
    cloudtrail.create_trail(
        Name="main", S3BucketName="trail-logs", IsMultiRegionTrail=True, EnableLogFileValidation=True
    )
    cloudtrail.start_logging(Name="main")
    fields = [
        {"Field": "eventCategory", "Equals": ["Data"]},
        {"Field": "resources.type", "Equals": ["AWS::Bedrock::Model"]},
    ]
    management = [{"Field": "eventCategory", "Equals": ["Management"]}]
    cloudtrail.put_event_selectors(
        TrailName="main",
        AdvancedEventSelectors=[{"Name": "d", "FieldSelectors": fields}, {"Name": "m", "FieldSelectors": management}],
    )
    log = one(aws)
    assert log.id == ARN
    assert log.location == "us-east-1"
    assert log.active.value is True
    assert log.everywhere.value is True
    assert log.integrity.value is True
    assert log.complete.value is True
    assert log.immutable.value is True
    assert log.data_events.value == {"AWS::Bedrock::Model"}
    assert log.complete.calls


def test_a_trail_that_is_off_in_one_region_without_anything_in_moto(aws: Any) -> None:
    aws.boto("s3").create_bucket(Bucket="trail-logs")
    aws.boto("cloudtrail").create_trail(Name="main", S3BucketName="trail-logs", IncludeGlobalServiceEvents=False)
    log = one(aws)
    assert log.active.value is False
    assert log.everywhere.value is False
    assert log.complete.value is False
    assert log.integrity.value is False
    assert log.immutable.value is False


class TestWhereTrailsAreListed:
    def test_once_in_the_home_region(self, world: Any) -> None:
        done = world.collected(COLLECTORS, ("eu-west-1", "us-east-1"))
        assert done.defects == ()
        assert [(r.id, r.location) for r in done.inventory.resources] == [(ARN, "us-east-1")]
        assert done.inventory.resources[0].active.value is True

    def test_in_the_first_region_when_home_is_not_read(self, world: Any) -> None:
        done = world.collected(COLLECTORS, ("us-west-2", "eu-west-1"))
        assert done.defects == ()
        (log,) = done.inventory.resources
        assert (log.id, log.location) == (ARN, "us-east-1")
        assert log.complete.value is True

    def test_an_organization_trail_belongs_to_each_member(self, world: Any) -> None:
        world.answer(DESCRIBE_TRAILS, {"trailList": [trail(Name="org", TrailARN=ORG_ARN, IsOrganizationTrail=True)]})
        log = one(world)
        assert log.id == f"{ORG_ARN}@123456789012"
        assert log.active.value is True
        status = next(e for e in world.ledger.exchanges() if e.operation == "GetTrailStatus")
        assert status.params["Name"] == ORG_ARN

    def test_no_trail_is_a_complete_empty_listing(self, aws: Any) -> None:
        done = aws.collected(COLLECTORS)
        assert done.inventory.resources == ()
        assert len(done.inventory.listings) == 1

    def test_a_denied_list_is_a_gap(self, aws: Any) -> None:
        aws.refuse(DESCRIBE_TRAILS, "AccessDeniedException")
        assert [g.why.reason for g in aws.collected(COLLECTORS).inventory.gaps] == [Reason.DENIED]


class TestFacts:
    @pytest.mark.parametrize(
        ("status", "active"),
        [
            ({"IsLogging": True, "LatestDeliveryError": ""}, True),
            ({"IsLogging": True, "LatestDeliveryError": "NoSuchBucket"}, False),
            ({"IsLogging": False}, False),
        ],
    )
    def test_a_trail_that_cannot_deliver_is_not_active(self, world: Any, status: dict[str, Any], active: bool) -> None:
        world.answer(GET_TRAIL_STATUS, status)
        assert one(world).active.value is active

    @pytest.mark.parametrize("field", ["IsMultiRegionTrail", "IncludeGlobalServiceEvents"])
    def test_complete_needs_every_region_and_global_events(self, world: Any, field: str) -> None:
        world.answer(DESCRIBE_TRAILS, {"trailList": [trail(**{field: False})]})
        assert one(world).complete.value is False

    @pytest.mark.parametrize(
        ("field", "facts"),
        [
            ("IsMultiRegionTrail", ("everywhere", "complete")),
            ("IncludeGlobalServiceEvents", ("complete",)),
            ("LogFileValidationEnabled", ("integrity",)),
            ("S3BucketName", ("immutable",)),
        ],
    )
    def test_a_missing_field_is_unknown(self, world: Any, field: str, facts: tuple[str, ...]) -> None:
        world.answer(DESCRIBE_TRAILS, {"trailList": [trail(**{field: None})]})
        log = one(world)
        for fact in facts:
            assert getattr(log, fact).reason is Reason.ABSENT

    @pytest.mark.parametrize(
        ("call", "facts"),
        [
            (GET_TRAIL_STATUS, ("active",)),
            (GET_EVENT_SELECTORS, ("complete", "data_events", "object_events")),
            (GET_INSIGHTS, ("insights",)),
            (GET_OBJECT_LOCK, ("immutable",)),
            (GET_BUCKET_LOCATION, ("immutable",)),
        ],
    )
    def test_a_denied_read_makes_its_facts_unknown_and_no_others(
        self, world: Any, call: Any, facts: tuple[str, ...]
    ) -> None:
        world.refuse(call, "AccessDenied", 403)
        log = one(world)
        for name in ("active", "complete", "data_events", "object_events", "insights", "immutable"):
            fact = getattr(log, name)
            if name in facts:
                assert fact.reason is Reason.DENIED
                assert fact.permissions == call.permissions
            else:
                assert fact.calls

    @pytest.mark.parametrize(
        ("kinds", "noticed"), [([], False), (["ApiErrorRateInsight"], False), (["ApiCallRateInsight"], True)]
    )
    def test_insights(self, world: Any, kinds: list[str], noticed: bool) -> None:
        world.answer(GET_INSIGHTS, {"InsightSelectors": [{"InsightType": kind} for kind in kinds]})
        assert one(world).insights.value is noticed

    def test_an_insight_of_a_kind_we_do_not_know(self, world: Any) -> None:
        world.answer(GET_INSIGHTS, {"InsightSelectors": [{"InsightType": "UnheardOf"}]})
        assert one(world).insights.reason is Reason.UNRECOGNISED

    def test_insights_that_were_never_enabled(self, world: Any) -> None:
        world.refuse(GET_INSIGHTS, "InsightNotEnabledException")
        assert one(world).insights.value is False

    @pytest.mark.parametrize(
        ("key", "arn"),
        [
            (None, None),
            ("arn:aws:kms:us-east-1:123456789012:key/k1", "arn:aws:kms:us-east-1:123456789012:key/k1"),
            ("alias/audit", "arn:aws:kms:us-east-1:123456789012:alias/audit"),
        ],
    )
    def test_the_key_of_a_trail(self, world: Any, key: str | None, arn: str | None) -> None:
        world.answer(DESCRIBE_TRAILS, {"trailList": [trail(KmsKeyId=key)]})
        found = one(world).encryption_key
        assert (found.value and found.value.id) == arn
        assert found.calls

    @pytest.mark.parametrize(
        ("configuration", "immutable"),
        [
            ({"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Years": 1}}}, True),
            ({"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 9}}}, True),
            ({"ObjectLockEnabled": "Enabled"}, False),
        ],
    )
    def test_object_lock(self, world: Any, configuration: dict[str, Any], immutable: bool) -> None:
        lock(world, configuration)
        assert one(world).immutable.value is immutable

    def test_a_bucket_without_object_lock(self, world: Any) -> None:
        world.refuse(GET_OBJECT_LOCK, "ObjectLockConfigurationNotFoundError", 404)
        log = one(world)
        assert log.immutable.value is False
        asked = next(e for e in world.ledger.exchanges() if e.operation == "GetObjectLockConfiguration")
        assert asked.location == "eu-west-1"

    def test_a_retention_mode_we_do_not_know(self, world: Any) -> None:
        lock(world, {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "UnheardOf"}}})
        assert one(world).immutable.reason is Reason.UNRECOGNISED


def advanced(*selectors: dict[str, list[str] | None]) -> dict[str, Any]:
    """Selectors as ``{field: values}``; a field of ``!name`` is a NotEquals test."""

    def test(field: str, values: list[str] | None) -> dict[str, Any]:
        return {"Field": field.lstrip("!"), "NotEquals" if field.startswith("!") else "Equals": values}

    return {"AdvancedEventSelectors": [{"FieldSelectors": [test(f, v) for f, v in s.items()]} for s in selectors]}


def basic(**more: Any) -> dict[str, Any]:
    return {"EventSelectors": [{**DEFAULT, **more}]}


MANAGEMENT: dict[str, list[str] | None] = {"eventCategory": ["Management"]}


@pytest.mark.parametrize(
    ("answer", "everything"),
    [
        (basic(), True),
        ({"EventSelectors": [{}]}, True),
        (basic(ReadWriteType="WriteOnly"), False),
        (basic(ReadWriteType="ReadOnly"), False),
        ({"EventSelectors": [{"ReadWriteType": "ReadOnly"}, {"ReadWriteType": "WriteOnly"}]}, True),
        (basic(IncludeManagementEvents=False), False),
        (basic(ExcludeManagementEventSources=["kms.amazonaws.com"]), False),
        ({"EventSelectors": []}, False),
        (advanced(MANAGEMENT), True),
        (advanced({**MANAGEMENT, "readOnly": ["true"]}), False),
        (advanced({**MANAGEMENT, "readOnly": ["true"]}, {**MANAGEMENT, "readOnly": ["false"]}), True),
        (advanced({**MANAGEMENT, "!eventSource": ["kms.amazonaws.com"]}), False),
        (advanced({"eventCategory": ["Data"], "resources.type": ["AWS::S3::Object"]}), False),
        ({**advanced(MANAGEMENT), "EventSelectors": []}, True),
    ],
)
def test_management_events(answer: dict[str, Any], everything: bool) -> None:
    assert all_management_events(answer).value is everything


def data(kind: str, **more: list[str] | None) -> dict[str, list[str] | None]:
    return {"eventCategory": ["Data"], "resources.type": [kind], **more}


@pytest.mark.parametrize(
    ("answer", "types"),
    [
        (basic(), set()),
        (basic(DataResources=[{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}]), {"AWS::S3::Object"}),
        (basic(DataResources=[{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::"]}]), {"AWS::S3::Object"}),
        (basic(DataResources=[{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::one/"]}]), set()),
        (
            basic(ReadWriteType="WriteOnly", DataResources=[{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}]),
            set(),
        ),
        (advanced(MANAGEMENT), set()),
        (
            advanced(data("AWS::Bedrock::Model"), data("AWS::SageMaker::Endpoint")),
            {"AWS::Bedrock::Model", "AWS::SageMaker::Endpoint"},
        ),
        (advanced(data("AWS::Bedrock::Model", readOnly=["true"])), set()),
        (
            advanced(data("AWS::Bedrock::Model", readOnly=["true"]), data("AWS::Bedrock::Model", readOnly=["false"])),
            {"AWS::Bedrock::Model"},
        ),
        (advanced({**data("AWS::S3::Object"), "resources.ARN": ["arn:aws:s3:::one/"]}), set()),
        (advanced({"eventCategory": ["NetworkActivity"], "eventSource": ["bedrock.amazonaws.com"]}), set()),
    ],
)
def test_data_events(answer: dict[str, Any], types: set[str]) -> None:
    assert data_types(answer).value == types


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({}, Reason.ABSENT),
        (basic(ReadWriteType="UnheardOf"), Reason.UNRECOGNISED),
        (advanced({**MANAGEMENT, "readOnly": ["perhaps"]}), Reason.UNRECOGNISED),
        (advanced({"readOnly": ["true"]}), Reason.UNRECOGNISED),
    ],
)
def test_selectors_that_cannot_be_read(answer: dict[str, Any], reason: Reason) -> None:
    assert all_management_events(answer).reason is reason  # type: ignore[union-attr]
    assert data_types(answer).reason is reason  # type: ignore[union-attr]


BUCKET = "arn:aws:s3:::one/"
OBJECTS = data("AWS::S3::Object")


def narrowed(**tests: list[str]) -> dict[str, Any]:
    """A selector of S3 events that ARNs narrow."""
    (selector,) = advanced(OBJECTS)["AdvancedEventSelectors"]
    return {"FieldSelectors": [*selector["FieldSelectors"], {"Field": "resources.ARN", **tests}]}


@pytest.mark.parametrize(
    ("answer", "stores"),
    [
        (basic(), set()),
        (basic(DataResources=[{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}]), {"*"}),
        (basic(DataResources=[{"Type": "AWS::S3::Object", "Values": [BUCKET]}]), {BUCKET}),
        (
            basic(ReadWriteType="WriteOnly", DataResources=[{"Type": "AWS::S3::Object", "Values": [BUCKET]}]),
            set(),
        ),
        (basic(DataResources=[{"Type": "AWS::Lambda::Function", "Values": ["arn:aws:lambda"]}]), set()),
        (advanced(OBJECTS), {"*"}),
        (advanced({**OBJECTS, "readOnly": ["false"]}), set()),
        (advanced({**OBJECTS, "eventName": ["PutObject"]}), set()),
        (advanced(data("AWS::Bedrock::Model")), set()),
        ({"AdvancedEventSelectors": [narrowed(StartsWith=[BUCKET])]}, {BUCKET}),
        ({"AdvancedEventSelectors": [narrowed(NotStartsWith=[BUCKET])]}, {"*", f"!{BUCKET}"}),
        ({"AdvancedEventSelectors": [narrowed(Equals=[BUCKET])]}, set()),
    ],
)
def test_object_events(answer: dict[str, Any], stores: set[str]) -> None:
    assert object_stores(answer).value == stores
