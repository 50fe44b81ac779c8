"""Bedrock prompts."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.model.facts import Unknown
from auditor.model.resources import Prompt, Ref
from auditor.model.scope import Provider
from auditor.providers.aws.prompts import COLLECTORS, GET_PROMPT, LIST_PROMPTS
from tests.providers.aws.conftest import Aws

ARN = "arn:aws:bedrock:us-east-1:123456789012:prompt/ABCDEFGHIJ"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
WHEN = "2026-01-01T00:00:00Z"
HEAD = {"id": "ABCDEFGHIJ", "arn": ARN, "name": "p", "version": "DRAFT", "createdAt": WHEN, "updatedAt": WHEN}
ENCRYPTED = {"customerEncryptionKeyArn": KEY}


def prompt(aws: Aws, metadata: dict[str, Any], whole: dict[str, Any] | None) -> Prompt:
    aws.answer(LIST_PROMPTS, {"promptSummaries": [HEAD]})
    if whole is None:
        aws.refuse(GET_PROMPT, "AccessDeniedException", 403)
    else:
        aws.answer(GET_PROMPT, {**HEAD, **whole}, promptIdentifier=ARN)
    aws.answer(GET_PROMPT, {**HEAD, **metadata}, promptIdentifier=ARN, includedData="METADATA_ONLY")
    (found,) = aws.collect(COLLECTORS)
    assert isinstance(found, Prompt)
    assert (found.id, found.name, found.native_type, found.aliases) == (
        ARN,
        "p",
        "AWS::Bedrock::Prompt",
        frozenset({"ABCDEFGHIJ"}),
    )
    return found


@pytest.mark.parametrize(
    ("metadata", "whole", "expected"),
    [
        (ENCRYPTED, None, Ref("Key", Provider.AWS, "123456789012", KEY)),
        ({}, ENCRYPTED, Ref("Key", Provider.AWS, "123456789012", KEY)),
        ({}, {}, None),
    ],
)
def test_key(aws: Aws, metadata: dict[str, Any], whole: dict[str, Any] | None, expected: Ref | None) -> None:
    fact = prompt(aws, metadata, whole).encryption_key
    assert fact.value == expected
    assert fact.calls


def test_a_text_is_not_read_where_the_metadata_suffice(aws: Aws) -> None:
    prompt(aws, ENCRYPTED, {})
    (asked,) = (e.params for e in aws.ledger.exchanges() if e.operation == "GetPrompt")
    assert asked["includedData"] == "METADATA_ONLY"


def test_denied(aws: Aws) -> None:
    fact = prompt(aws, {}, None).encryption_key
    assert isinstance(fact, Unknown)
    assert fact.permissions == ("bedrock:GetPrompt",)
