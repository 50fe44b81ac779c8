"""S3 buckets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.access.aws_documents import Statement
from auditor.access.aws_trust import everyone
from auditor.model.facts import Fact, Known, Unknown, all_true, any_true, native
from auditor.model.resources import Ref, Storage
from auditor.model.scope import GLOBAL, Provider
from auditor.providers.aws.audit_logs import GET_OBJECT_LOCK, locked
from auditor.providers.aws.reading import GET_BUCKET_LOCATION, bucket_region, key_ref, statements_of, text_of
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Collector, Detail, Reach, asked
from auditor.wire.errors import CallFailed

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

LIST_BUCKETS = aws_call("s3", "ListBuckets", "s3:ListAllMyBuckets", items="Buckets")
GET_PUBLIC_ACCESS_BLOCK = aws_call(
    "s3",
    "GetPublicAccessBlock",
    "s3:GetBucketPublicAccessBlock",
    absence=("NoSuchPublicAccessBlockConfiguration",),
)
GET_ACCOUNT_PUBLIC_ACCESS_BLOCK = aws_call(
    "s3control",
    "GetPublicAccessBlock",
    "s3:GetAccountPublicAccessBlock",
    absence=("NoSuchPublicAccessBlockConfiguration",),
)
GET_BUCKET_POLICY_STATUS = aws_call("s3", "GetBucketPolicyStatus", absence=("NoSuchBucketPolicy",))
GET_BUCKET_POLICY = aws_call("s3", "GetBucketPolicy", absence=("NoSuchBucketPolicy",))
GET_BUCKET_ACL = aws_call("s3", "GetBucketAcl", expects=("Grants",))
GET_OWNERSHIP = aws_call(
    "s3",
    "GetBucketOwnershipControls",
    absence=("OwnershipControlsNotFoundError",),
)
GET_BUCKET_ENCRYPTION = aws_call(
    "s3",
    "GetBucketEncryption",
    "s3:GetEncryptionConfiguration",
    absence=("ServerSideEncryptionConfigurationNotFoundError",),
)
GET_BUCKET_VERSIONING = aws_call("s3", "GetBucketVersioning")
GET_BUCKET_REPLICATION = aws_call(
    "s3",
    "GetBucketReplication",
    "s3:GetReplicationConfiguration",
    absence=("ReplicationConfigurationNotFoundError",),
)
GET_BUCKET_LOGGING = aws_call("s3", "GetBucketLogging")
LIST_PROTECTED = aws_call("backup", "ListProtectedResources", items="Results")

_SETTINGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
_ANYONE = frozenset(f"http://acs.amazonaws.com/groups/global/{group}" for group in ("AllUsers", "AuthenticatedUsers"))
_ALGORITHMS = {"AES256": False, "aws:kms": True, "aws:kms:dsse": True}
"""Whether the algorithm uses a KMS key."""
_VERSIONED = {"Enabled": True, "Suspended": False}
_ENABLED = {"Enabled": True, "Disabled": False}


def _find(session: AwsSession, location: str) -> Iterator[Storage]:
    for bucket in session.items(LIST_BUCKETS, location):
        name = bucket["Name"]
        yield Storage(
            id=f"arn:{session.partition}:s3:::{name}",
            name=name,
            account=session.account,
            location=bucket.get("BucketRegion") or bucket_region(session, name),
            native_type="AWS::S3::Bucket",
            aliases=frozenset({name}),
        )


def _exposure(session: AwsSession, bucket: Storage) -> Mapping[str, Fact[Any]]:
    """Block Public Access holds if it is set on the bucket or on the account. RestrictPublicBuckets takes the effect
    from a public policy, IgnorePublicAcls from a public ACL (S3 user guide, "Blocking public access")."""
    own = asked(session, GET_PUBLIC_ACCESS_BLOCK, bucket.location, Bucket=bucket.name)
    account = asked(session, GET_ACCOUNT_PUBLIC_ACCESS_BLOCK, GLOBAL, AccountId=bucket.account.id)
    blocks = {name: any_true((_setting(own, name, "bucket"), _setting(account, name, "account"))) for name in _SETTINGS}
    policy = asked(session, GET_BUCKET_POLICY_STATUS, bucket.location, Bucket=bucket.name)
    acl = asked(session, GET_BUCKET_ACL, bucket.location, Bucket=bucket.name)
    return {
        "public": any_true(
            (
                all_true((_public_policy(policy), _not(blocks["RestrictPublicBuckets"]))),
                all_true((_public_acl(acl), _not(blocks["IgnorePublicAcls"]))),
            )
        ),
        "public_access_blocked": all_true(blocks.values()),
    }


def _not(fact: Fact[bool]) -> Fact[bool]:
    return fact.map(lambda value: not value)


def _setting(answer: Fact[Any], name: str, where: str) -> Fact[bool]:
    """Without a configuration nothing is blocked; within one, each setting is off unless it says otherwise (S3 API
    reference, PublicAccessBlockConfiguration)."""
    if isinstance(answer, Unknown):
        return answer
    label = f"PublicAccessBlockConfiguration.{name} ({where})"
    if answer.value is None:
        return Known(False, {label: None})
    value = native(answer.value, f"PublicAccessBlockConfiguration.{name}", default=False)
    return Known(value.value, {label: value.value}) if isinstance(value, Known) else value


def _public_policy(answer: Fact[Any]) -> Fact[bool]:
    if isinstance(answer, Unknown):
        return answer
    if answer.value is None:
        return Known(False, {"PolicyStatus": None})
    return native(answer.value, "PolicyStatus.IsPublic")


def _public_acl(answer: Fact[Any]) -> Fact[bool]:
    if isinstance(answer, Unknown):
        return answer
    open_to = sorted(
        f"{grant['Grantee']['URI'].rpartition('/')[2]}: {grant.get('Permission')}"
        for grant in answer.value["Grants"]
        if grant.get("Grantee", {}).get("URI") in _ANYONE
    )
    return Known(bool(open_to), {"Grants to everyone": open_to})


_OWNERSHIP = {"BucketOwnerEnforced": False, "BucketOwnerPreferred": True, "ObjectWriter": True}


def _access_lists(session: AwsSession, bucket: Storage) -> Mapping[str, Fact[Any]]:
    """A bucket without the setting is one from before 2023, in which access control lists count (S3 user guide,
    "Controlling ownership of objects and disabling ACLs")."""
    answer = session.call(GET_OWNERSHIP, bucket.location, Bucket=bucket.name)
    if answer is None:
        return {"access_lists": Known(True, {"OwnershipControls": None})}
    rules = native(answer, "OwnershipControls.Rules").value
    return {"access_lists": any_true(native(rule, "ObjectOwnership").map(_OWNERSHIP) for rule in rules)}


def _encryption(session: AwsSession, bucket: Storage) -> Mapping[str, Fact[Any]]:
    answer = session.call(GET_BUCKET_ENCRYPTION, bucket.location, Bucket=bucket.name)
    if answer is None:
        none = {"ServerSideEncryptionConfiguration": None}
        return {"encrypted": Known(False, none), "encryption_key": Known(None, none)}
    rules = native(answer, "ServerSideEncryptionConfiguration.Rules")
    return {"encrypted": rules.map(bool), "encryption_key": _key(session, bucket, rules.value)}


def _key(session: AwsSession, bucket: Storage, rules: list[Mapping[str, Any]]) -> Fact[Ref | None]:
    """KMS without a key id means the AWS managed key ``aws/s3`` (S3 API reference, ServerSideEncryptionByDefault)."""
    if not rules:
        return Known(None, {"Rules": []})
    with_kms = _uses_kms(rules)
    if not with_kms.value:
        return with_kms.map(lambda _: None)
    key = native(rules[0], "ApplyServerSideEncryptionByDefault.KMSMasterKeyID", default="")
    return key.map(lambda value: key_ref(session, bucket.location, value) if value else None)


def _uses_kms(rules: list[Mapping[str, Any]]) -> Fact[bool]:
    return native(rules[0], "ApplyServerSideEncryptionByDefault.SSEAlgorithm").map(_ALGORITHMS)


def _policy(session: AwsSession, bucket: Storage) -> Mapping[str, Fact[Any]]:
    answer = session.call(GET_BUCKET_POLICY, bucket.location, Bucket=bucket.name)
    if answer is None:
        none = {"Policy": None}
        return {"requires_tls": Known(False, none), "policy_document": Known(None, none)}
    text = native(answer, "Policy")
    found = statements_of(text.value, "Policy")
    return {
        "requires_tls": found.map(lambda statements: requires_tls(statements, bucket.id)),
        "policy_document": Known(text_of(text.value)),
    }


def requires_tls(statements: tuple[Statement, ...], arn: str) -> bool:
    """Requests without TLS are denied to everyone, for the bucket and for its objects."""
    denies = [s for s in statements if not s.allow and everyone(s) and _without_tls(s)]
    probe = "s3:AuditorProbe"
    return all(any(s.covers(probe, resource) for s in denies) for resource in (arn, f"{arn}/auditor-probe"))


def _without_tls(statement: Statement) -> bool:
    if statement.not_principals is not None or len(statement.conditions) != 1:
        return False
    (condition,) = statement.conditions
    return (
        condition.key == "aws:securetransport"
        and condition.operator.lower() in ("bool", "boolifexists")
        and [v.lower() for v in condition.values] == ["false"]
    )


def _versioning(session: AwsSession, bucket: Storage) -> Mapping[str, Fact[Any]]:
    """A bucket that never had versioning answers without a status (S3 API reference, GetBucketVersioning)."""
    answer = session.call(GET_BUCKET_VERSIONING, bucket.location, Bucket=bucket.name)
    if answer.get("Status") is None:
        return {"versioned": Known(False, {"Status": None})}
    return {"versioned": native(answer, "Status").map(_VERSIONED)}


def _if_versioned(session: AwsSession, bucket: Storage, read: Callable[[], Fact[bool]]) -> Fact[bool]:
    """A bucket without versioning can neither be replicated nor have Object Lock, and versioning cannot be suspended
    while either is on (S3 user guide, "Replicating objects", "Object Lock considerations"): two calls less for it."""
    versioned = _versioning(session, bucket)["versioned"]
    return read() if isinstance(versioned, Known) and versioned.value else versioned


def _lock(session: AwsSession, bucket: Storage) -> Mapping[str, Fact[Any]]:
    return {"locked": _if_versioned(session, bucket, lambda: locked(session, bucket.location, bucket.name))}


def _replication(session: AwsSession, bucket: Storage) -> Mapping[str, Fact[Any]]:
    return {"replicated": _if_versioned(session, bucket, lambda: _replicated(session, bucket))}


def _replicated(session: AwsSession, bucket: Storage) -> Fact[bool]:
    """One rule must copy everything, or what it leaves out exists once."""
    answer = session.call(GET_BUCKET_REPLICATION, bucket.location, Bucket=bucket.name)
    if answer is None:
        return Known(False, {"ReplicationConfiguration": None})
    rules = native(answer, "ReplicationConfiguration.Rules")
    return any_true([_copies_all(session, bucket, rule) for rule in rules.value])


def _copies_all(session: AwsSession, bucket: Storage, rule: Mapping[str, Any]) -> Fact[bool]:
    status = native(rule, "Status").map(_ENABLED)
    scope = rule.get("Filter", rule)  # the old form of a rule has its prefix in place of a filter
    scope = scope.get("And", scope)
    whole = not any(scope.get(field) for field in ("Prefix", "Tag", "Tags"))
    if not status.value or not whole:
        return Known(False, {"Status": status.value, "Filter": rule.get("Filter"), "Prefix": rule.get("Prefix")})
    return all_true((_to_other_region(session, bucket, rule), _with_keys(session, bucket, rule)))


def _to_other_region(session: AwsSession, bucket: Storage, rule: Mapping[str, Any]) -> Fact[bool]:
    arn = native(rule, "Destination.Bucket")
    try:
        region = bucket_region(session, arn.value.rpartition(":")[2])
    except CallFailed as error:  # of another account, mostly
        return error.unknown()
    return Known(region != bucket.location, {"Destination.Bucket": arn.value, "LocationConstraint": region})


def _with_keys(session: AwsSession, bucket: Storage, rule: Mapping[str, Any]) -> Fact[bool]:
    """Objects that are encrypted with a KMS key are left out unless the rule says otherwise (S3 user guide,
    "Replicating encrypted objects")."""
    answer = asked(session, GET_BUCKET_ENCRYPTION, bucket.location, Bucket=bucket.name)
    if isinstance(answer, Unknown):
        return answer
    rules = answer.value and answer.value["ServerSideEncryptionConfiguration"]["Rules"]
    if not rules or not _uses_kms(rules).value:
        return Known(True)
    return native(rule, "SourceSelectionCriteria.SseKmsEncryptedObjects.Status", default="Disabled").map(_ENABLED)


def _request_log(session: AwsSession, bucket: Storage) -> Mapping[str, Fact[Any]]:
    """A bucket without access logging answers without LoggingEnabled (S3 API reference, GetBucketLogging)."""
    answer = session.call(GET_BUCKET_LOGGING, bucket.location, Bucket=bucket.name)
    return {"logs_requests": native(answer, "LoggingEnabled.TargetBucket", default="").map(bool)}


def _backup(session: AwsSession, bucket: Storage) -> Mapping[str, Fact[Any]]:
    """AWS Backup lists what it has backed up, per region (AWS Backup API reference, ListProtectedResources)."""
    protected = session.once(
        f"aws.protected.{bucket.location}",
        lambda: {thing.get("ResourceArn"): thing for thing in session.items(LIST_PROTECTED, bucket.location)},
    )
    found = protected.get(bucket.id)
    return {"backed_up": Known(found is not None, {"ResourceArn": found and found["ResourceArn"]})}


COLLECTORS: tuple[Collector[Storage, AwsSession], ...] = (
    Collector(
        name="aws.storage",
        provider=Provider.AWS,
        kind=Storage,
        reach=Reach.ACCOUNT,
        service="s3",
        find_calls=(LIST_BUCKETS, GET_BUCKET_LOCATION),
        find=_find,
        details=(
            Detail(
                calls=(
                    GET_PUBLIC_ACCESS_BLOCK,
                    GET_ACCOUNT_PUBLIC_ACCESS_BLOCK,
                    GET_BUCKET_POLICY_STATUS,
                    GET_BUCKET_ACL,
                ),
                facts=("public", "public_access_blocked"),
                read=_exposure,
            ),
            Detail(calls=(GET_OWNERSHIP,), facts=("access_lists",), read=_access_lists),
            Detail(calls=(GET_BUCKET_ENCRYPTION,), facts=("encrypted", "encryption_key"), read=_encryption),
            Detail(calls=(GET_BUCKET_POLICY,), facts=("requires_tls", "policy_document"), read=_policy),
            Detail(calls=(GET_BUCKET_VERSIONING,), facts=("versioned",), read=_versioning),
            Detail(calls=(GET_BUCKET_VERSIONING, GET_OBJECT_LOCK), facts=("locked",), read=_lock),
            Detail(
                calls=(
                    GET_BUCKET_VERSIONING,
                    GET_BUCKET_REPLICATION,
                    GET_BUCKET_LOCATION,
                    GET_BUCKET_ENCRYPTION,
                ),
                facts=("replicated",),
                read=_replication,
            ),
            Detail(calls=(GET_BUCKET_LOGGING,), facts=("logs_requests",), read=_request_log),
            Detail(calls=(LIST_PROTECTED,), facts=("backed_up",), read=_backup),
        ),
    ),
)
