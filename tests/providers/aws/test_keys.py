from __future__ import annotations

import json
from typing import Any

import pytest

from auditor.model.facts import Reason
from auditor.providers.aws.keys import (
    COLLECTORS,
    DESCRIBE_KEY,
    GET_KEY_POLICY,
    GET_KEY_ROTATION_STATUS,
    LIST_ALIASES,
    LIST_KEYS,
)
from auditor.providers.aws.reading import key_ref

ARN = "arn:aws:kms:us-east-1:123456789012:key/k1"


def described(aws: Any, **more: Any) -> Any:
    """One key as KMS describes it; None leaves a field out."""
    metadata = {
        "KeyId": "k1",
        "Arn": ARN,
        "KeyManager": "CUSTOMER",
        "KeyState": "Enabled",
        "Origin": "AWS_KMS",
        "KeySpec": "SYMMETRIC_DEFAULT",
        **more,
    }
    aws.answer(LIST_KEYS, {"Keys": [{"KeyId": "k1", "KeyArn": ARN}], "Truncated": False})
    aws.answer(LIST_ALIASES, {"Aliases": [], "Truncated": False})
    aws.answer(DESCRIBE_KEY, {"KeyMetadata": {k: v for k, v in metadata.items() if v is not None}})
    (key,) = aws.collect(COLLECTORS)
    return key


def operations(aws: Any) -> list[str]:
    return sorted(e.operation for e in aws.ledger.exchanges())


@pytest.fixture
def policy(aws: Any) -> None:
    own = {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "kms:*", "Resource": "*"}
    aws.answer(GET_KEY_POLICY, {"Policy": json.dumps({"Statement": [own]})})
    aws.answer(GET_KEY_ROTATION_STATUS, {"KeyRotationEnabled": True, "RotationPeriodInDays": 90})


def test_a_customer_key_in_moto(aws: Any) -> None:
    kms = aws.boto("kms")
    made = kms.create_key()["KeyMetadata"]
    kms.create_alias(AliasName="alias/models", TargetKeyId=made["KeyId"])
    kms.enable_key_rotation(KeyId=made["KeyId"])
    (key,) = aws.collect(COLLECTORS)
    assert key.id == made["Arn"]
    assert key.name == "alias/models"
    assert key.aliases == {"arn:aws:kms:us-east-1:123456789012:alias/models"}
    assert key.customer_managed.value is True
    assert key.enabled.value is True
    assert key.rotatable.value is True
    assert key.rotation_days.value == 365
    assert key.public.value is False
    assert key.origin.value == "provider"


def test_a_disabled_public_key_without_rotation_in_moto(aws: Any) -> None:
    kms = aws.boto("kms")
    everyone = {"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [everyone]})
    made = kms.create_key(Policy=policy)["KeyMetadata"]
    kms.disable_key(KeyId=made["KeyId"])
    (key,) = aws.collect(COLLECTORS)
    assert key.enabled.value is False
    assert key.rotation_days.value is None
    assert key.public.value is True
    assert json.loads(key.policy_document.value)["Statement"] == [everyone]


@pytest.mark.usefixtures("policy")
class TestDescriptions:
    @pytest.mark.parametrize(
        ("state", "enabled"),
        [
            ("Enabled", True),
            ("Updating", True),
            ("Disabled", False),
            ("PendingDeletion", False),
            ("Unavailable", False),
        ],
    )
    def test_states(self, aws: Any, state: str, enabled: bool) -> None:
        assert described(aws, KeyState=state).enabled.value is enabled

    def test_the_rotation_period_is_read(self, aws: Any) -> None:
        key = described(aws)
        assert key.rotation_days.value == 90
        assert key.rotation_days.native == {"KeyRotationEnabled": True, "RotationPeriodInDays": 90}

    def test_without_a_period_the_documented_one_holds(self, aws: Any) -> None:
        aws.answer(GET_KEY_ROTATION_STATUS, {"KeyRotationEnabled": True})
        assert described(aws).rotation_days.value == 365

    @pytest.mark.parametrize(
        ("origin", "spec", "named"),
        [
            ("EXTERNAL", "SYMMETRIC_DEFAULT", "imported"),
            ("EXTERNAL_KEY_STORE", "SYMMETRIC_DEFAULT", "external"),
            ("AWS_CLOUDHSM", "SYMMETRIC_DEFAULT", "external"),
            ("AWS_KMS", "RSA_2048", "provider"),
            ("AWS_KMS", "HMAC_256", "provider"),
        ],
    )
    def test_keys_that_cannot_rotate_are_not_asked(self, aws: Any, origin: str, spec: str, named: str) -> None:
        key = described(aws, Origin=origin, KeySpec=spec)
        assert key.origin.value == named
        assert key.rotatable.value is False
        assert key.rotation_days.value is None
        assert "GetKeyRotationStatus" not in operations(aws)

    def test_an_aws_managed_key_costs_one_call(self, aws: Any) -> None:
        key = described(aws, KeyManager="AWS")
        assert key.customer_managed.value is False
        assert key.rotation_days.value == 365
        assert key.public.value is False
        assert operations(aws) == ["DescribeKey", "ListAliases", "ListKeys"]

    def test_unknown_values_are_unrecognised(self, aws: Any) -> None:
        key = described(aws, KeyState="UnheardOf", Origin="UnheardOf", KeyManager="UnheardOf")
        for fact in (key.enabled, key.origin, key.customer_managed, key.rotatable, key.rotation_days, key.public):
            assert fact.reason is Reason.UNRECOGNISED

    def test_missing_values_are_absent(self, aws: Any) -> None:
        key = described(aws, KeyState=None, Origin=None, KeyManager=None)
        for fact in (key.enabled, key.origin, key.customer_managed, key.rotation_days, key.public):
            assert fact.reason is Reason.ABSENT

    def test_denied_details_are_unknown_one_by_one(self, aws: Any) -> None:
        aws.refuse(GET_KEY_ROTATION_STATUS, "AccessDeniedException")
        aws.refuse(GET_KEY_POLICY, "AccessDeniedException")
        key = described(aws)
        assert key.enabled.value is True
        assert key.rotation_days.permissions == ("kms:GetKeyRotationStatus",)
        assert key.public.permissions == ("kms:GetKeyPolicy",)

    def test_a_policy_that_is_none_is_unknown(self, aws: Any) -> None:
        aws.answer(GET_KEY_POLICY, {"Policy": "{}"})
        assert described(aws).public.reason is Reason.MALFORMED


def test_denied_aliases_are_a_gap_since_references_could_not_be_followed(aws: Any) -> None:
    aws.refuse(LIST_ALIASES, "AccessDeniedException")
    done = aws.collected(COLLECTORS)
    assert [g.why.reason for g in done.inventory.gaps] == [Reason.DENIED]


@pytest.mark.parametrize(
    ("key", "id_", "account"),
    [
        ("k1", ARN, "123456789012"),
        (ARN, ARN, "123456789012"),
        ("alias/x", "arn:aws:kms:us-east-1:123456789012:alias/x", "123456789012"),
        ("arn:aws:kms:eu-west-1:999999999999:key/k2", "arn:aws:kms:eu-west-1:999999999999:key/k2", "999999999999"),
    ],
)
def test_references_are_canonical(aws: Any, key: str, id_: str, account: str) -> None:
    ref = key_ref(aws.session(()), "us-east-1", key)
    assert (ref.id, ref.account) == (id_, account)
