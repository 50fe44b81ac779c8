"""AWS KMS keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, FactUnknown, Known, Reason, Unknown, all_true, combine, native
from auditor.model.resources import Key
from auditor.model.scope import Provider
from auditor.providers.aws.gates import DATA, LOGS
from auditor.providers.aws.reading import policy_facts
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Collector, Detail, Reach
from auditor.wire.errors import CallFailed

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

LIST_KEYS = aws_call("kms", "ListKeys", items="Keys", per_second=500)
LIST_ALIASES = aws_call("kms", "ListAliases", items="Aliases", per_second=500)
DESCRIBE_KEY = aws_call("kms", "DescribeKey", expects=("KeyMetadata",), per_second=2000)
GET_KEY_ROTATION_STATUS = aws_call("kms", "GetKeyRotationStatus", expects=("KeyRotationEnabled",), per_second=1000)
GET_KEY_POLICY = aws_call("kms", "GetKeyPolicy", expects=("Policy",), per_second=1000)
LIST_GRANTS = aws_call("kms", "ListGrants", items="Grants", per_second=100)

_CUSTOMER = {"CUSTOMER": True, "AWS": False}
_USABLE = {
    "Enabled": True,
    "Updating": True,  # its primary region is being changed; it can be used meanwhile
    "Creating": False,
    "Disabled": False,
    "PendingDeletion": False,
    "PendingImport": False,
    "PendingReplicaDeletion": False,
    "Unavailable": False,
}
_ORIGIN = {
    "AWS_KMS": "provider",
    "EXTERNAL": "imported",
    "AWS_CLOUDHSM": "external",
    "EXTERNAL_KEY_STORE": "external",
}
_ROTATION_DAYS = 365
"""The period when none is set, and that of AWS managed keys (KMS developer guide, "Rotate AWS KMS keys")."""


def _find(session: AwsSession, location: str) -> Iterator[Key]:
    """Aliases first, so that every key carries the names that other resources refer to it by."""
    aliases: dict[str, list[str]] = {}
    for alias in session.items(LIST_ALIASES, location):
        if "TargetKeyId" in alias:  # an alias that AWS reserves has none until the service makes its key
            aliases.setdefault(alias["TargetKeyId"], []).append(alias["AliasArn"])
    for key in session.items(LIST_KEYS, location):
        names = sorted(aliases.get(key["KeyId"], ()))
        yield Key(
            id=key["KeyArn"],
            name=names[0].rpartition(":")[2] if names else key["KeyId"],
            account=session.account,
            location=location,
            native_type="AWS::KMS::Key",
            aliases=frozenset(names),
        )


def _metadata(session: AwsSession, key: Key) -> Mapping[str, Any]:
    answer: Mapping[str, Any] = session.call(DESCRIBE_KEY, key.location, KeyId=key.id)
    return answer


def _describe(session: AwsSession, key: Key) -> Mapping[str, Fact[Any]]:
    answer = _metadata(session, key)
    return {
        "customer_managed": native(answer, "KeyMetadata.KeyManager").map(_CUSTOMER),
        "enabled": native(answer, "KeyMetadata.KeyState").map(_USABLE),
        "origin": native(answer, "KeyMetadata.Origin").map(_ORIGIN),
        "rotatable": _rotatable(answer),
    }


def _rotatable(answer: Mapping[str, Any]) -> Fact[bool]:
    """Automatic rotation exists for symmetric encryption keys with material made by KMS, and for no others."""
    return all_true(
        (
            native(answer, "KeyMetadata.KeySpec").map(lambda spec: spec == "SYMMETRIC_DEFAULT"),
            native(answer, "KeyMetadata.Origin").map(_ORIGIN).map(lambda origin: origin == "provider"),
        )
    )


def _rotation(session: AwsSession, key: Key) -> Mapping[str, Fact[Any]]:
    answer = _metadata(session, key)
    by_customer = native(answer, "KeyMetadata.KeyManager").map(_CUSTOMER)
    if not by_customer.value:
        return {"rotation_days": by_customer.map(lambda _: _ROTATION_DAYS)}
    rotatable = _rotatable(answer)
    if not rotatable.value:
        return {"rotation_days": rotatable.map(lambda _: None)}
    status = session.call(GET_KEY_ROTATION_STATUS, key.location, KeyId=key.id)
    on = native(status, "KeyRotationEnabled")
    if not on.value:
        return {"rotation_days": on.map(lambda _: None)}
    period = native(status, "RotationPeriodInDays", default=_ROTATION_DAYS)
    return {"rotation_days": combine(lambda _, days: days, on, period)}


def _users(session: AwsSession, key: Key) -> Mapping[str, Fact[Any]]:
    """The policy of an AWS managed key is set by the service and closed to everybody else."""
    by_customer = native(_metadata(session, key), "KeyMetadata.KeyManager").map(_CUSTOMER)
    if not by_customer.value:
        return {
            "public": by_customer,
            "policy_document": Unknown(Reason.NOT_BUILT, "policy of a key that AWS manages"),
            "grants": Unknown(Reason.NOT_BUILT, "grants of a key that AWS manages"),
        }
    policy = session.call(GET_KEY_POLICY, key.location, KeyId=key.id, PolicyName="default")
    return {**policy_facts(policy["Policy"], "Policy"), "grants": _grants(session, key)}


def _grants(session: AwsSession, key: Key) -> Fact[tuple[Mapping[str, Any], ...]]:
    """A key may have 50,000 grants, most of them alike: one for each volume or endpoint under it. What constraints ask
    of the encryption context is not kept. What fails here leaves the policy known."""
    found: set[tuple[str, tuple[str, ...], bool]] = set()
    try:
        for grant in session.stream(LIST_GRANTS, key.location, KeyId=key.id):
            # a service has a field of its own, or stands in that of the others (API reference, ListGrants)
            service: Fact[str] = native(grant, "GranteeServicePrincipal", default="")
            grantee: str = service.value or native(grant, "GranteePrincipal").value
            operations: Fact[list[str]] = native(grant, "Operations")
            found.add((grantee, tuple(sorted(operations.value)), bool(grant.get("Constraints"))))
    except CallFailed as error:
        return error.unknown()
    except FactUnknown as error:
        return error.fact
    plain = ({"grantee": who, "operations": what, "constrained": bound} for who, what, bound in sorted(found))
    return Known(tuple(plain), {"Grants": len(found)})


COLLECTORS: tuple[Collector[Key, AwsSession], ...] = (
    Collector(
        name="aws.keys",
        provider=Provider.AWS,
        kind=Key,
        reach=Reach.LOCATION,
        service="kms",
        find_calls=(LIST_ALIASES, LIST_KEYS),
        find=_find,
        gate=DATA | LOGS,
        details=(
            Detail(calls=(DESCRIBE_KEY,), facts=("customer_managed", "enabled", "origin", "rotatable"), read=_describe),
            Detail(calls=(DESCRIBE_KEY, GET_KEY_ROTATION_STATUS), facts=("rotation_days",), read=_rotation),
            Detail(
                calls=(DESCRIBE_KEY, GET_KEY_POLICY, LIST_GRANTS),
                facts=("public", "policy_document", "grants"),
                read=_users,
            ),
        ),
    ),
)
