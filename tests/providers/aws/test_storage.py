from __future__ import annotations

import json
from typing import Any

import pytest

from auditor.access.aws_documents import parse
from auditor.model.facts import Reason
from auditor.providers.aws.audit_logs import GET_OBJECT_LOCK
from auditor.providers.aws.reading import GET_BUCKET_LOCATION
from auditor.providers.aws.storage import (
    COLLECTORS,
    GET_ACCOUNT_PUBLIC_ACCESS_BLOCK,
    GET_BUCKET_ACL,
    GET_BUCKET_ENCRYPTION,
    GET_BUCKET_LOGGING,
    GET_BUCKET_POLICY,
    GET_BUCKET_POLICY_STATUS,
    GET_BUCKET_REPLICATION,
    GET_BUCKET_VERSIONING,
    GET_OWNERSHIP,
    GET_PUBLIC_ACCESS_BLOCK,
    LIST_BUCKETS,
    LIST_PROTECTED,
    requires_tls,
)

ARN = "arn:aws:s3:::training-data"
ALL = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}
PUBLIC_READ = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"{ARN}/*"}
TLS = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": [ARN, f"{ARN}/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


@pytest.fixture(autouse=True)
def no_backups(aws: Any) -> None:
    """moto has no answer to this."""
    aws.answer(LIST_PROTECTED, {"Results": []})


@pytest.fixture
def s3(aws: Any) -> Any:
    s3 = aws.boto("s3")
    s3.create_bucket(Bucket="training-data")
    return s3


def put_policy(s3: Any, *statements: dict[str, Any]) -> None:
    s3.put_bucket_policy(
        Bucket="training-data", Policy=json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    )


def block(s3: Any, **settings: bool) -> None:
    s3.put_public_access_block(Bucket="training-data", PublicAccessBlockConfiguration=settings)


def block_account(aws: Any, **settings: bool) -> None:
    aws.boto("s3control").put_public_access_block(
        AccountId="123456789012", PublicAccessBlockConfiguration={**dict.fromkeys(ALL, False), **settings}
    )


def one(aws: Any) -> Any:
    (bucket,) = aws.collect(COLLECTORS)
    return bucket


@pytest.mark.usefixtures("s3")
class TestDefaults:
    def test_a_bare_bucket(self, aws: Any) -> None:
        bucket = one(aws)
        assert bucket.id == ARN
        assert bucket.location == "us-east-1"
        assert bucket.public.value is False
        assert bucket.public_access_blocked.value is False
        assert bucket.encrypted.value is False
        assert bucket.encryption_key.value is None
        assert bucket.requires_tls.value is False
        assert bucket.policy_document.value is None
        assert bucket.versioned.value is False
        for fact in ("public", "public_access_blocked", "encrypted", "requires_tls", "versioned"):
            assert getattr(bucket, fact).calls, fact

    @pytest.mark.parametrize(
        ("call", "facts"),
        [
            (GET_BUCKET_ENCRYPTION, ("encrypted", "encryption_key")),
            (GET_BUCKET_POLICY, ("requires_tls", "policy_document")),
            (GET_BUCKET_VERSIONING, ("versioned",)),
            (GET_BUCKET_POLICY_STATUS, ("public",)),
            (GET_BUCKET_ACL, ("public",)),
            (GET_PUBLIC_ACCESS_BLOCK, ("public_access_blocked",)),
            (GET_ACCOUNT_PUBLIC_ACCESS_BLOCK, ("public_access_blocked",)),
        ],
    )
    def test_a_denied_read_makes_its_facts_unknown_and_no_others(
        self, aws: Any, call: Any, facts: tuple[str, ...]
    ) -> None:
        aws.refuse(call, "AccessDenied", 403)
        bucket = one(aws)
        for name in ("public", "public_access_blocked", "encrypted", "encryption_key", "requires_tls", "versioned"):
            fact = getattr(bucket, name)
            if name in facts:
                assert fact.reason is Reason.DENIED
                assert fact.permissions == call.permissions
            else:
                assert fact.value in (False, None)


class TestPublic:
    def test_a_public_policy(self, aws: Any, s3: Any) -> None:
        put_policy(s3, PUBLIC_READ)
        aws.answer(GET_BUCKET_POLICY_STATUS, {"PolicyStatus": {"IsPublic": True}})
        assert one(aws).public.value is True

    @pytest.mark.parametrize("acl", ["public-read", "authenticated-read"])
    def test_a_public_acl(self, aws: Any, s3: Any, acl: str) -> None:
        s3.put_bucket_acl(Bucket="training-data", ACL=acl)
        assert one(aws).public.value is True

    @pytest.mark.parametrize("where", ["bucket", "account"])
    def test_the_block_takes_the_effect_wherever_it_is_set(self, aws: Any, s3: Any, where: str) -> None:
        s3.put_bucket_acl(Bucket="training-data", ACL="public-read")
        aws.answer(GET_BUCKET_POLICY_STATUS, {"PolicyStatus": {"IsPublic": True}})
        if where == "bucket":
            block(s3, **ALL)
        else:
            block_account(aws, **ALL)
        bucket = one(aws)
        assert bucket.public.value is False
        assert bucket.public_access_blocked.value is True

    def test_settings_of_bucket_and_account_add_up(self, aws: Any, s3: Any) -> None:
        block(s3, BlockPublicAcls=True, IgnorePublicAcls=True)
        block_account(aws, BlockPublicPolicy=True, RestrictPublicBuckets=True)
        assert one(aws).public_access_blocked.value is True

    @pytest.mark.parametrize("missing", ALL)
    def test_each_setting_is_needed(self, aws: Any, s3: Any, missing: str) -> None:
        block(s3, **{**ALL, missing: False})
        assert one(aws).public_access_blocked.value is False

    def test_ignoring_acls_does_not_help_against_a_policy(self, aws: Any, s3: Any) -> None:
        block(s3, BlockPublicAcls=True, IgnorePublicAcls=True, BlockPublicPolicy=True)
        aws.answer(GET_BUCKET_POLICY_STATUS, {"PolicyStatus": {"IsPublic": True}})
        assert one(aws).public.value is True

    def test_a_full_block_decides_what_is_denied(self, aws: Any, s3: Any) -> None:
        block(s3, **ALL)
        aws.refuse(GET_ACCOUNT_PUBLIC_ACCESS_BLOCK, "AccessDenied", 403)
        aws.refuse(GET_BUCKET_POLICY_STATUS, "AccessDenied", 403)
        aws.refuse(GET_BUCKET_ACL, "AccessDenied", 403)
        bucket = one(aws)
        assert bucket.public_access_blocked.value is True
        assert bucket.public.value is False

    def test_a_public_policy_with_an_unknown_block_is_unknown(self, aws: Any, s3: Any) -> None:
        aws.answer(GET_BUCKET_POLICY_STATUS, {"PolicyStatus": {"IsPublic": True}})
        aws.refuse(GET_ACCOUNT_PUBLIC_ACCESS_BLOCK, "AccessDenied", 403)
        assert one(aws).public.reason is Reason.DENIED

    def test_a_status_without_its_answer_is_unknown(self, aws: Any, s3: Any) -> None:
        aws.raw(GET_BUCKET_POLICY_STATUS, 200, b"<PolicyStatus/>", "text/xml")
        assert one(aws).public.reason is Reason.ABSENT


class TestEncryption:
    @staticmethod
    def encrypt(s3: Any, **rule: str) -> None:
        s3.put_bucket_encryption(
            Bucket="training-data",
            ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": rule}]},
        )

    def test_the_key_of_s3(self, aws: Any, s3: Any) -> None:
        self.encrypt(s3, SSEAlgorithm="AES256")
        bucket = one(aws)
        assert bucket.encrypted.value is True
        assert bucket.encryption_key.value is None

    @pytest.mark.parametrize("algorithm", ["aws:kms", "aws:kms:dsse"])
    @pytest.mark.parametrize(
        ("key", "ref"),
        [
            ("k1", "arn:aws:kms:us-east-1:123456789012:key/k1"),
            ("alias/data", "arn:aws:kms:us-east-1:123456789012:alias/data"),
            ("arn:aws:kms:us-east-1:999999999999:key/k2", "arn:aws:kms:us-east-1:999999999999:key/k2"),
        ],
    )
    def test_a_key_of_kms(self, aws: Any, s3: Any, algorithm: str, key: str, ref: str) -> None:
        self.encrypt(s3, SSEAlgorithm=algorithm, KMSMasterKeyID=key)
        bucket = one(aws)
        assert bucket.encrypted.value is True
        assert bucket.encryption_key.value.id == ref

    def test_kms_without_a_key_means_the_managed_one(self, aws: Any, s3: Any) -> None:
        self.encrypt(s3, SSEAlgorithm="aws:kms")
        assert one(aws).encryption_key.value is None

    def test_an_unknown_algorithm(self, aws: Any, s3: Any) -> None:
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "UnheardOf"}}
        aws.answer(GET_BUCKET_ENCRYPTION, {"ServerSideEncryptionConfiguration": {"Rules": [rule]}})
        assert one(aws).encryption_key.reason is Reason.UNRECOGNISED


class TestTls:
    def test_in_moto(self, aws: Any, s3: Any) -> None:
        put_policy(s3, TLS)
        bucket = one(aws)
        assert bucket.requires_tls.value is True
        assert "SecureTransport" in bucket.requires_tls.native["Policy"]

    @pytest.mark.parametrize(
        ("statements", "required"),
        [
            ([TLS], True),
            ([{**TLS, "Action": "*", "Resource": "*"}], True),
            ([{**TLS, "Principal": {"AWS": "*"}}], True),
            ([{**TLS, "Condition": {"BoolIfExists": {"AWS:SecureTransport": False}}}], True),
            ([{**TLS, "Resource": ARN}, {**TLS, "Resource": f"{ARN}/*"}], True),
            ([{**TLS, "Resource": f"{ARN}/*"}], False),
            ([{**TLS, "Resource": ARN}], False),
            ([{**TLS, "Action": "s3:GetObject"}], False),
            ([{**TLS, "Effect": "Allow"}], False),
            ([{**TLS, "Principal": {"AWS": "123456789012"}}], False),
            ([{**TLS, "Condition": {"Bool": {"aws:SecureTransport": "true"}}}], False),
            ([{**TLS, "Condition": {**TLS["Condition"], "StringEquals": {"aws:PrincipalOrgID": "o"}}}], False),  # type: ignore[dict-item]
            ([{k: v for k, v in TLS.items() if k != "Condition"}], False),
            ([PUBLIC_READ], False),
        ],
    )
    def test_policies(self, statements: list[Any], required: bool) -> None:
        assert requires_tls(parse({"Statement": statements}), ARN) is required

    def test_a_broken_policy_is_unknown(self, aws: Any, s3: Any) -> None:
        aws.answer(GET_BUCKET_POLICY, {"Policy": "{}"})
        assert one(aws).requires_tls.reason is Reason.MALFORMED


@pytest.mark.parametrize(("status", "versioned"), [("Enabled", True), ("Suspended", False)])
def test_versioning(aws: Any, s3: Any, status: str, versioned: bool) -> None:
    s3.put_bucket_versioning(Bucket="training-data", VersioningConfiguration={"Status": status})
    assert one(aws).versioned.value is versioned


def test_an_unknown_versioning_status(aws: Any, s3: Any) -> None:
    aws.answer(GET_BUCKET_VERSIONING, {"Status": "UnheardOf"})
    assert one(aws).versioned.reason is Reason.UNRECOGNISED


@pytest.mark.parametrize(
    ("ownership", "counts"),
    [("BucketOwnerEnforced", False), ("BucketOwnerPreferred", True), ("ObjectWriter", True), (None, True)],
)
def test_access_control_lists(aws: Any, s3: Any, ownership: str | None, counts: bool) -> None:
    if ownership:
        rules = {"Rules": [{"ObjectOwnership": ownership}]}
        s3.put_bucket_ownership_controls(Bucket="training-data", OwnershipControls=rules)
    assert one(aws).access_lists.value is counts


def test_an_ownership_nobody_has_heard_of(aws: Any, s3: Any) -> None:
    body = b"<OwnershipControls><Rule><ObjectOwnership>Newest</ObjectOwnership></Rule></OwnershipControls>"
    aws.raw(GET_OWNERSHIP, 200, body, "text/xml")
    assert one(aws).access_lists.reason is Reason.UNRECOGNISED
    for nothing in (b"<OwnershipControls/>", b"<OwnershipControls></OwnershipControls>", b"<Other/>"):
        aws.raw(GET_OWNERSHIP, 200, nothing, "text/xml")
        assert one(aws).access_lists.reason in (Reason.MALFORMED, Reason.ABSENT)
    aws.refuse(GET_OWNERSHIP, "AccessDenied", 403)
    assert one(aws).access_lists.reason is Reason.DENIED


def test_calls_go_to_the_region_of_the_bucket(aws: Any) -> None:
    for region in ("eu-west-1", "us-west-2"):
        aws.boto("s3", region).create_bucket(
            Bucket=f"in-{region}", CreateBucketConfiguration={"LocationConstraint": region}
        )
    found = aws.collect(COLLECTORS)
    assert [b.location for b in found] == ["eu-west-1", "us-west-2"]
    asked = {(e.operation, e.location) for e in aws.ledger.exchanges() if e.params.get("Bucket") == "in-eu-west-1"}
    assert ("GetBucketAcl", "eu-west-1") in asked


@pytest.mark.parametrize(
    ("constraint", "region"), [(None, "us-east-1"), ("EU", "eu-west-1"), ("us-west-2", "us-west-2")]
)
def test_a_listing_without_regions_is_completed(aws: Any, constraint: str | None, region: str) -> None:
    aws.answer(LIST_BUCKETS, {"Buckets": [{"Name": "old"}]})
    body = f"<LocationConstraint>{constraint}</LocationConstraint>" if constraint else "<LocationConstraint/>"
    aws.raw(GET_BUCKET_LOCATION, 200, body.encode(), "text/xml")
    assert one(aws).location == region


def test_the_account_is_asked_once(aws: Any, s3: Any) -> None:
    s3.create_bucket(Bucket="another-bucket")
    aws.collect(COLLECTORS)
    account = [e for e in aws.ledger.exchanges() if e.service == "s3control"]
    assert len(account) == 1


def test_denied_listing_is_a_gap(aws: Any) -> None:
    aws.refuse(LIST_BUCKETS, "AccessDenied", 403)
    done = aws.collected(COLLECTORS)
    assert [g.why.permissions for g in done.inventory.gaps] == [("s3:ListAllMyBuckets",)]


class TestCopiesAndLogs:
    """Facts of buckets that AI workloads use."""

    @pytest.fixture(autouse=True)
    def versioned(self, s3: Any) -> None:
        s3.put_bucket_versioning(Bucket="training-data", VersioningConfiguration={"Status": "Enabled"})

    @staticmethod
    def lock(aws: Any, **configuration: Any) -> Any:
        aws.answer(GET_OBJECT_LOCK, {"ObjectLockConfiguration": configuration})
        return one(aws).locked

    def test_nothing_of_it_in_moto(self, aws: Any) -> None:
        bucket = one(aws)
        for name in ("locked", "replicated", "backed_up", "logs_requests"):
            fact = getattr(bucket, name)
            assert fact.value is False, name
            assert fact.calls, name

    def test_a_lock(self, aws: Any) -> None:
        rule = {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 30}}
        assert self.lock(aws, ObjectLockEnabled="Enabled", Rule=rule).value is True
        assert self.lock(aws, ObjectLockEnabled="Enabled").value is False
        assert self.lock(aws, ObjectLockEnabled="Unheard", Rule=rule).reason is Reason.UNRECOGNISED

    @pytest.mark.parametrize("status", ["Suspended", None])
    def test_an_unversioned_bucket_is_not_asked_for_what_it_cannot_have(self, aws: Any, status: str | None) -> None:
        aws.answer(GET_BUCKET_VERSIONING, {"Status": status} if status else {})
        bucket = one(aws)
        assert (bucket.locked.value, bucket.replicated.value) == (False, False)
        asked = {e.operation for e in aws.ledger.exchanges()}
        assert not asked & {"GetObjectLockConfiguration", "GetBucketReplication"}
        assert bucket.locked.calls

    def test_a_log_of_requests(self, aws: Any) -> None:
        aws.answer(GET_BUCKET_LOGGING, {"LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": ""}})
        assert one(aws).logs_requests.value is True

    def test_a_backup(self, aws: Any) -> None:
        aws.answer(LIST_PROTECTED, {"Results": [{"ResourceArn": ARN, "ResourceType": "S3"}]})
        assert one(aws).backed_up.value is True
        aws.answer(LIST_PROTECTED, {"Results": [{"ResourceArn": f"{ARN}-2", "ResourceType": "S3"}]})
        assert one(aws).backed_up.value is False

    @staticmethod
    def replicate(aws: Any, region: str = "eu-west-1", **rule: Any) -> Any:
        body = {"Status": "Enabled", "Destination": {"Bucket": "arn:aws:s3:::copy"}, **rule}
        aws.answer(GET_BUCKET_REPLICATION, {"ReplicationConfiguration": {"Role": "r", "Rules": [body]}})
        location = f"<LocationConstraint>{region}</LocationConstraint>"
        aws.raw(GET_BUCKET_LOCATION, 200, location.encode(), "text/xml", Bucket="copy")
        return one(aws).replicated

    @pytest.mark.parametrize(
        ("rule", "replicated"),
        [
            ({}, True),
            ({"region": "us-east-1"}, False),
            ({"Status": "Disabled"}, False),
            ({"Status": "Unheard"}, Reason.UNRECOGNISED),
            ({"Filter": {"Prefix": ""}}, True),
            ({"Filter": {"Prefix": "models/"}}, False),
            ({"Filter": {"Tag": {"Key": "a", "Value": "b"}}}, False),
            ({"Filter": {"And": {"Prefix": "", "Tags": [{"Key": "a", "Value": "b"}]}}}, False),
            ({"Prefix": "models/"}, False),
        ],
    )
    def test_replication(self, aws: Any, rule: dict[str, Any], replicated: object) -> None:
        fact = self.replicate(aws, **rule)
        assert (getattr(fact, "reason", None) or fact.value) == replicated

    @pytest.mark.parametrize(("status", "replicated"), [("Enabled", True), ("Disabled", False), (None, False)])
    def test_what_a_kms_key_encrypts_must_be_selected(
        self, aws: Any, s3: Any, status: str | None, replicated: bool
    ) -> None:
        TestEncryption.encrypt(s3, SSEAlgorithm="aws:kms")
        rule: dict[str, Any] = {}
        if status:
            rule["SourceSelectionCriteria"] = {"SseKmsEncryptedObjects": {"Status": status}}
        assert self.replicate(aws, **rule).value is replicated

    def test_a_copy_in_an_account_that_does_not_say_where_is_unknown(self, aws: Any) -> None:
        aws.refuse(GET_BUCKET_LOCATION, "AccessDenied", 403, Bucket="copy")
        rule = {"Status": "Enabled", "Destination": {"Bucket": "arn:aws:s3:::copy", "Account": "999999999999"}}
        aws.answer(GET_BUCKET_REPLICATION, {"ReplicationConfiguration": {"Role": "r", "Rules": [rule]}})
        assert one(aws).replicated.reason is Reason.DENIED

    @pytest.mark.parametrize(
        ("call", "facts"),
        [
            (GET_OBJECT_LOCK, ("locked",)),
            (GET_BUCKET_REPLICATION, ("replicated",)),
            (GET_BUCKET_LOGGING, ("logs_requests",)),
            (LIST_PROTECTED, ("backed_up",)),
            (GET_BUCKET_VERSIONING, ("locked", "replicated")),
        ],
    )
    def test_a_denied_read_makes_its_facts_unknown(self, aws: Any, call: Any, facts: tuple[str, ...]) -> None:
        aws.refuse(call, "AccessDenied", 403)
        bucket = one(aws)
        for name in ("locked", "replicated", "logs_requests", "backed_up"):
            found = getattr(bucket, name)
            assert getattr(found, "permissions", None) == (call.permissions if name in facts else None), name
