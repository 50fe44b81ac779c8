from __future__ import annotations

import json
from typing import Any

import pytest

from auditor.model.facts import Reason, Unknown
from auditor.providers.aws.keys import (
    COLLECTORS,
    DESCRIBE_KEY,
    GET_KEY_POLICY,
    GET_KEY_ROTATION_STATUS,
    LIST_ALIASES,
    LIST_GRANTS,
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


def grant(**fields: Any) -> dict[str, Any]:
    return {k: v for k, v in {"KeyId": ARN, "Operations": ["Decrypt"], **fields}.items() if v is not None}


def operations(aws: Any) -> list[str]:
    return sorted(e.operation for e in aws.ledger.exchanges())


@pytest.fixture
def policy(aws: Any) -> None:
    own = {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "kms:*", "Resource": "*"}
    aws.answer(GET_KEY_POLICY, {"Policy": json.dumps({"Statement": [own]})})
    aws.answer(GET_KEY_ROTATION_STATUS, {"KeyRotationEnabled": True, "RotationPeriodInDays": 90})
    aws.answer(LIST_GRANTS, {"Grants": [], "Truncated": False})


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
    assert key.grants.value == ()
    assert all(getattr(key, name).calls for name in COLLECTORS[0].facts())


def test_grants_in_moto(aws: Any) -> None:
    kms = aws.boto("kms")
    made = kms.create_key()["KeyMetadata"]["KeyId"]
    role, context = "arn:aws:iam::123456789012:role/serving", {"EncryptionContextSubset": {"aws:ebs:id": "vol-1"}}
    for operations in (["Decrypt", "Encrypt"], ["Encrypt", "Decrypt"], ["Decrypt"]):
        kms.create_grant(KeyId=made, GranteePrincipal=role, Operations=operations)
    for volume in ("vol-1", "vol-2"):
        context["EncryptionContextSubset"]["aws:ebs:id"] = volume
        kms.create_grant(KeyId=made, GranteePrincipal=role, Operations=["Decrypt"], Constraints=context)
    (key,) = aws.collect(COLLECTORS)
    assert key.grants.value == (
        {"grantee": role, "operations": ("Decrypt",), "constrained": False},
        {"grantee": role, "operations": ("Decrypt",), "constrained": True},
        {"grantee": role, "operations": ("Decrypt", "Encrypt"), "constrained": False},
    )
    assert "vol-" not in str(key)


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
        aws.refuse(LIST_GRANTS, "AccessDeniedException")
        key = described(aws)
        assert key.enabled.value is True
        assert key.rotation_days.permissions == ("kms:GetKeyRotationStatus",)
        assert key.public.permissions == ("kms:GetKeyPolicy",)

    def test_denied_grants_leave_the_policy_known(self, aws: Any) -> None:
        aws.refuse(LIST_GRANTS, "AccessDeniedException")
        key = described(aws)
        assert key.public.value is False
        assert key.policy_document.value
        assert key.grants.reason is Reason.DENIED
        assert key.grants.permissions == ("kms:ListGrants",)

    def test_grants_of_a_second_page_that_fails_are_not_taken_for_all(self, aws: Any) -> None:
        some = {"Grants": [grant(GranteePrincipal="arn:aws:iam::123456789012:role/a")]}
        aws.answer(LIST_GRANTS, {**some, "Truncated": True, "NextMarker": "m"})
        aws.refuse(LIST_GRANTS, "ThrottlingException", Marker="m")
        assert described(aws).grants.reason is Reason.THROTTLED
        aws.answer(LIST_GRANTS, {"Grants": [grant(GranteeServicePrincipal="x.amazonaws.com")]}, Marker="m")
        assert [g["grantee"] for g in described(aws).grants.value] == [
            "arn:aws:iam::123456789012:role/a",
            "x.amazonaws.com",
        ]

    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            ({"GranteePrincipal": "rds.amazonaws.com"}, "rds.amazonaws.com"),
            ({"GranteePrincipal": "a", "GranteeServicePrincipal": "rds.amazonaws.com"}, "rds.amazonaws.com"),
            ({}, Reason.ABSENT),
            ({"GranteePrincipal": "a", "Operations": None}, Reason.ABSENT),
        ],
    )
    def test_who_a_grant_is_for(self, aws: Any, fields: dict[str, Any], expected: object) -> None:
        aws.answer(LIST_GRANTS, {"Grants": [grant(**fields)], "Truncated": False})
        found = described(aws).grants
        assert (found.reason if isinstance(found, Unknown) else found.value[0]["grantee"]) == expected

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
