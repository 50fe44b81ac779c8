"""Small steps that the AWS collectors share."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from auditor.access.aws_documents import PolicyMalformed, Statement, parse
from auditor.access.aws_trust import public
from auditor.model.facts import Fact, Known, Reason, Unknown
from auditor.model.resources import Ref
from auditor.model.scope import GLOBAL, Provider
from auditor.providers.aws.shared_calls import aws_call

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

GET_BUCKET_LOCATION = aws_call("s3", "GetBucketLocation")


def statements_of(document: object, field: str) -> Fact[tuple[Statement, ...]]:
    """A policy document as statements; MALFORMED if it is none."""
    try:
        return Known(parse(document), {field: document})
    except PolicyMalformed:
        return Unknown(Reason.MALFORMED, field)


def text_of(document: object) -> str:
    """A policy document as compact text, equal ones as one object. What is no JSON stays what it is."""
    if isinstance(document, str):
        try:
            document = json.loads(unquote(document) if document.startswith("%") else document)
        except ValueError:
            return str(document)
    return sys.intern(json.dumps(document, separators=(",", ":")))


def policy_facts(document: object, field: str, public_as: str = "public") -> dict[str, Fact[Any]]:
    """Of a policy of a resource, or nothing where there is none: its text, and whether it lets anyone in."""
    if not document:
        none = {field: None}
        return {public_as: Known(False, none), "policy_document": Known(None, none)}
    found = statements_of(document, field)
    return {
        public_as: found.map(lambda statements: bool(public(statements))),
        "policy_document": Known(text_of(document)),
    }


def key_ref(session: AwsSession, location: str, key: str) -> Ref:
    """A KMS key in any of the forms that APIs take: its ARN, its id, an alias or an alias ARN."""
    if key.startswith("arn:"):
        account = "".join(key.split(":")[4:5])
        return Ref("Key", Provider.AWS, account, key)
    account = session.account.id
    name = key if key.startswith("alias/") else f"key/{key}"
    return Ref("Key", Provider.AWS, account, f"arn:{session.partition}:kms:{location}:{account}:{name}")


_OLD_NAMES = {None: "us-east-1", "EU": "eu-west-1"}
"""What S3 calls two regions for historical reasons (S3 API reference, GetBucketLocation)."""


def bucket_region(session: AwsSession, bucket: str) -> str:
    """The region of a bucket, whoever owns it."""
    answer = session.call(GET_BUCKET_LOCATION, GLOBAL, Bucket=bucket)
    constraint: str | None = answer.get("LocationConstraint")
    return _OLD_NAMES.get(constraint) or str(constraint)
