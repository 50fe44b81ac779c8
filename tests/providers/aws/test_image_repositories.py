"""Amazon ECR repositories."""

from __future__ import annotations

import json
from typing import Any

import pytest

from auditor.model.facts import Reason
from auditor.providers.aws.image_repositories import (
    COLLECTORS,
    DESCRIBE_REPOSITORIES,
    GET_REPOSITORY_POLICY,
    GET_SCANNING,
)

KEY = "arn:aws:kms:us-east-1:123456789012:key/k1"
URI = "123456789012.dkr.ecr.us-east-1.amazonaws.com/team/inference"
ARN = "arn:aws:ecr:us-east-1:123456789012:repository/team/inference"


def repository(aws: Any, **more: Any) -> Any:
    body = {
        "repositoryArn": ARN,
        "repositoryName": "team/inference",
        "repositoryUri": URI,
        "imageTagMutability": "IMMUTABLE",
        "imageScanningConfiguration": {"scanOnPush": True},
        "encryptionConfiguration": {"encryptionType": "KMS", "kmsKey": KEY},
        **more,
    }
    aws.answer(DESCRIBE_REPOSITORIES, {"repositories": [{k: v for k, v in body.items() if v is not None}]})
    aws.refuse(GET_REPOSITORY_POLICY, "RepositoryPolicyNotFoundException")
    return one(aws)


def one(aws: Any) -> Any:
    (found,) = aws.collect(COLLECTORS)
    return found


def seen(fact: Any) -> Any:
    return getattr(fact, "reason", None) or fact.value


def test_a_guarded_repository(aws: Any) -> None:
    found = repository(aws)
    assert (found.id, found.name, found.aliases) == (ARN, "team/inference", {URI})
    assert found.immutable.value is True
    assert found.scanned.value is True
    assert found.public.value is False
    assert found.encryption_key.value.id == KEY
    (collector,) = COLLECTORS
    assert all(getattr(found, name).calls for name in collector.facts())


def test_a_bare_repository_in_moto(aws: Any) -> None:
    aws.boto("ecr").create_repository(repositoryName="bare")
    found = one(aws)
    assert found.immutable.value is False
    assert found.scanned.value is False
    assert found.encryption_key.value is None
    assert found.public.value is False


@pytest.mark.parametrize(
    ("field", "value", "fact", "expected"),
    [
        ("imageTagMutability", "MUTABLE", "immutable", False),
        ("imageTagMutability", "IMMUTABLE_WITH_EXCLUSION", "immutable", False),
        ("imageTagMutability", "Unheard", "immutable", Reason.UNRECOGNISED),
        ("imageTagMutability", None, "immutable", Reason.ABSENT),
        ("encryptionConfiguration", {"encryptionType": "AES256"}, "encryption_key", None),
        ("encryptionConfiguration", {"encryptionType": "KMS"}, "encryption_key", Reason.ABSENT),
        ("encryptionConfiguration", {"encryptionType": "Unheard"}, "encryption_key", Reason.UNRECOGNISED),
        ("encryptionConfiguration", None, "encryption_key", Reason.ABSENT),
        ("imageScanningConfiguration", None, "scanned", False),
    ],
)
def test_fields(aws: Any, field: str, value: Any, fact: str, expected: object) -> None:
    assert seen(getattr(repository(aws, **{field: value}), fact)) == expected


def registry(aws: Any, kind: str, *rules: tuple[str, str]) -> None:
    body = [
        {"scanFrequency": frequency, "repositoryFilters": [{"filter": name, "filterType": "WILDCARD"}]}
        for frequency, name in rules
    ]
    aws.answer(GET_SCANNING, {"scanningConfiguration": {"scanType": kind, "rules": body}})


@pytest.mark.parametrize(
    ("kind", "rules", "itself", "scanned"),
    [
        ("BASIC", [], True, True),
        ("BASIC", [], False, False),
        ("BASIC", [("SCAN_ON_PUSH", "*")], False, True),
        ("BASIC", [("MANUAL", "*")], False, False),
        ("ENHANCED", [], True, False),
        ("ENHANCED", [("CONTINUOUS_SCAN", "*")], False, True),
        ("ENHANCED", [("CONTINUOUS_SCAN", "team/*")], False, True),
        ("ENHANCED", [("CONTINUOUS_SCAN", "*/training")], False, False),
        ("ENHANCED", [("CONTINUOUS_SCAN", "infer")], False, True),
        ("ENHANCED", [("CONTINUOUS_SCAN", "infer*")], False, False),
        ("ENHANCED", [("Unheard", "*")], False, Reason.UNRECOGNISED),
        ("Unheard", [], True, Reason.UNRECOGNISED),
    ],
)
def test_scanning(aws: Any, kind: str, rules: list[tuple[str, str]], itself: bool, scanned: object) -> None:
    registry(aws, kind, *rules)
    assert seen(repository(aws, imageScanningConfiguration={"scanOnPush": itself}).scanned) == scanned


@pytest.mark.parametrize(
    ("principal", "condition", "public"),
    [
        ("*", {}, True),
        ({"AWS": "*"}, {}, True),
        ("*", {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, False),
        ({"AWS": "arn:aws:iam::999999999999:root"}, {}, False),
    ],
)
def test_policies(aws: Any, principal: Any, condition: dict[str, Any], public: bool) -> None:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "ecr:BatchGetImage", "Condition": condition}
    repository(aws)
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    aws.answer(GET_REPOSITORY_POLICY, {"policyText": text}, repositoryName="team/inference")
    found = one(aws)
    assert found.public.value is public
    assert json.loads(found.policy_document.value) == json.loads(text)


@pytest.mark.parametrize(("call", "fact"), [(GET_SCANNING, "scanned"), (GET_REPOSITORY_POLICY, "public")])
def test_a_denied_read_makes_one_fact_unknown(aws: Any, call: Any, fact: str) -> None:
    repository(aws)
    aws.refuse(call, "AccessDeniedException")
    found = one(aws)
    for name in ("scanned", "public", "immutable"):
        assert getattr(getattr(found, name), "permissions", None) == (call.permissions if name == fact else None)


def test_a_denied_listing_is_a_gap(aws: Any) -> None:
    aws.refuse(DESCRIBE_REPOSITORIES, "AccessDeniedException")
    assert [g.why.reason for g in aws.collected(COLLECTORS).inventory.gaps] == [Reason.DENIED]
