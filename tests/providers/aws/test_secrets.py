"""Secrets Manager secrets."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from auditor.model.facts import Known, Reason
from auditor.model.resources import Ref
from auditor.model.scope import Provider
from auditor.providers.aws.secrets import COLLECTORS, GET_RESOURCE_POLICY, LIST_SECRETS

ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf"
KEY = "arn:aws:kms:us-east-1:123456789012:key/k1"
MONTHLY = {"AutomaticallyAfterDays": 30}


def ago(days: int) -> float:
    return (datetime.now(UTC) - timedelta(days=days)).timestamp()


def secret(aws: Any, policy: str = "", **more: Any) -> Any:
    aws.answer(LIST_SECRETS, {"SecretList": [{"ARN": ARN, "Name": "db", **more}]})
    aws.answer(GET_RESOURCE_POLICY, {"ARN": ARN, "Name": "db", **({"ResourcePolicy": policy} if policy else {})})
    (found,) = aws.collect(COLLECTORS)
    return found


def shown(fact: Any) -> object:
    return fact.value if isinstance(fact, Known) else fact.reason


def test_a_secret_that_rotates_under_a_key_of_the_customers(aws: Any) -> None:
    found = secret(aws, KmsKeyId=KEY, RotationEnabled=True, RotationRules=MONTHLY, LastRotatedDate=ago(10))
    assert (found.id, found.name, found.native_type) == (ARN, "db", "AWS::SecretsManager::Secret")
    assert found.rotates.value is True
    assert found.encryption_key.value == Ref("Key", Provider.AWS, "123456789012", KEY)
    assert found.managed.value is False
    assert all(getattr(found, name).calls for name in COLLECTORS[0].facts())


def test_a_plain_secret_in_moto(aws: Any) -> None:
    aws.boto("secretsmanager").create_secret(Name="plain", SecretString="not-a-real-secret")
    (found,) = aws.collect(COLLECTORS)
    assert found.rotates.value is False
    assert found.encryption_key.value is None
    assert found.managed.value is False
    assert found.public.value is False
    assert found.policy_document.value is None
    assert found.policy_document.native == {"ResourcePolicy": None}
    assert [e.operation for e in aws.ledger.exchanges()] == ["GetResourcePolicy", "ListSecrets"]


def allowed(principal: object, **more: object) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [{**statement, **more}]})


def test_a_policy_in_moto(aws: Any) -> None:
    client, text = aws.boto("secretsmanager"), allowed({"AWS": "arn:aws:iam::345678901234:root"})
    name = client.create_secret(Name="shared", SecretString="not-a-real-secret")["ARN"]
    client.put_resource_policy(SecretId=name, ResourcePolicy=text)
    (found,) = aws.collect(COLLECTORS)
    assert found.public.value is False
    assert json.loads(found.policy_document.value) == json.loads(text)
    assert [e.params["SecretId"] for e in aws.ledger.exchanges() if e.operation == "GetResourcePolicy"] == [name]


@pytest.mark.parametrize(
    ("text", "public"),
    [
        ("", False),
        (allowed("*"), True),
        (allowed({"AWS": "*"}), True),
        (allowed("*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}), False),
        ("{", Reason.MALFORMED),
    ],
)
def test_policies(aws: Any, text: str, public: object) -> None:
    assert shown(secret(aws, text).public) == public


def test_a_denied_policy_is_unknown_and_the_rest_is_not(aws: Any) -> None:
    secret(aws)
    aws.refuse(GET_RESOURCE_POLICY, "AccessDeniedException")
    (found,) = aws.collect(COLLECTORS)
    for fact in (found.public, found.policy_document):
        assert (fact.reason, fact.permissions) == (Reason.DENIED, ("secretsmanager:GetResourcePolicy",))
    assert found.rotates.value is False


def test_a_secret_that_went_away_is_not_one_without_a_policy(aws: Any) -> None:
    secret(aws)
    aws.refuse(GET_RESOURCE_POLICY, "ResourceNotFoundException")
    (found,) = aws.collect(COLLECTORS)
    assert (found.public.reason, found.policy_document.reason) == (Reason.VANISHED, Reason.VANISHED)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"RotationEnabled": False}, False),
        ({"RotationEnabled": True, "RotationRules": MONTHLY, "LastRotatedDate": ago(31)}, True),
        ({"RotationEnabled": True, "RotationRules": MONTHLY, "LastRotatedDate": ago(33)}, False),
        ({"RotationEnabled": True, "RotationRules": MONTHLY, "CreatedDate": ago(5)}, True),
        ({"RotationEnabled": True, "RotationRules": MONTHLY, "CreatedDate": ago(90)}, False),
        ({"RotationEnabled": True, "RotationRules": MONTHLY}, Reason.ABSENT),
        ({"RotationEnabled": True, "LastRotatedDate": ago(3)}, Reason.ABSENT),
    ],
)
def test_rotation(aws: Any, more: dict[str, Any], expected: object) -> None:
    assert shown(secret(aws, **more).rotates) == expected


def test_made_by_a_service(aws: Any) -> None:
    assert secret(aws, OwningService="rds").managed.value is True


def test_denied(aws: Any) -> None:
    aws.refuse(LIST_SECRETS, "AccessDeniedException")
    (gap,) = aws.collected(COLLECTORS).inventory.gaps
    assert gap.why.permissions == ("secretsmanager:ListSecrets",)
