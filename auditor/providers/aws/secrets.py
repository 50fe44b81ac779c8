"""AWS Secrets Manager secrets: how they are kept. Their values are never read, and no call that gives them exists
here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Unknown, native
from auditor.model.resources import Ref, Secret
from auditor.model.scope import Provider
from auditor.providers.aws.gates import AI
from auditor.providers.aws.reading import key_ref, policy_facts
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Collector, Detail, Reach

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

LIST_SECRETS = aws_call("secretsmanager", "ListSecrets", items="SecretList")
GET_RESOURCE_POLICY = aws_call("secretsmanager", "GetResourcePolicy", expects=("ARN",), per_second=50)

_PAGE = 100
_GRACE_DAYS = 2
"""A rotation may happen at any time of a window of up to a day, and the list lags behind."""


def _find(session: AwsSession, location: str) -> Iterator[Secret]:
    """Every secret of the region: which ones AI workloads read shows only in their code."""
    for entry in session.items(LIST_SECRETS, location, MaxResults=_PAGE):
        yield Secret(
            id=entry["ARN"],
            name=entry["Name"],
            account=session.account,
            location=location,
            native_type="AWS::SecretsManager::Secret",
            rotates=_rotates(session, entry),
            # left out for a secret under the key that AWS manages (Secrets Manager API reference, SecretListEntry)
            encryption_key=native(entry, "KmsKeyId", default=None).map(lambda key: _ref(session, location, key)),
            # the name of the service that made it; null for a customer's own (same page)
            managed=native(entry, "OwningService", default=None).map(lambda service: service is not None),
        )


def _ref(session: AwsSession, location: str, key: str | None) -> Ref | None:
    return None if key is None else key_ref(session, location, key)


_NEVER = Known(None, {"LastRotatedDate": None})


def _rotates(session: AwsSession, entry: Mapping[str, Any]) -> Fact[bool]:
    """On, and the last success no longer ago than the period. Never configured gives null (Secrets Manager API
    reference, DescribeSecret)."""
    on = native(entry, "RotationEnabled", default=False)
    if isinstance(on, Unknown) or not on.value:
        return on
    days = native(entry, "RotationRules.AutomaticallyAfterDays")
    # null until the first success (same page); until then the period runs from the making of the secret
    last = native(entry, "LastRotatedDate", default=None)
    since = native(entry, "CreatedDate") if last == _NEVER else last
    if isinstance(days, Unknown) or isinstance(since, Unknown):
        return days if isinstance(days, Unknown) else since
    due = since.value + timedelta(days=days.value + _GRACE_DAYS)
    shown = {
        "RotationEnabled": True,
        "LastRotatedDate": None if last == _NEVER else since.value.isoformat(),
        "RotationRules.AutomaticallyAfterDays": days.value,
    }
    return Known(due >= datetime.fromisoformat(session.wire.as_of), shown)


def _read_policy(session: AwsSession, secret: Secret) -> Mapping[str, Fact[Any]]:
    """For a secret without a policy the answer has its ARN and name only (API reference, GetResourcePolicy)."""
    answer = session.call(GET_RESOURCE_POLICY, secret.location, SecretId=secret.id)
    return policy_facts(answer.get("ResourcePolicy"), "ResourcePolicy")


COLLECTORS: tuple[Collector[Secret, AwsSession], ...] = (
    Collector(
        name="aws.secrets",
        provider=Provider.AWS,
        kind=Secret,
        reach=Reach.LOCATION,
        service="secretsmanager",
        find_calls=(LIST_SECRETS,),
        find=_find,
        find_facts=("rotates", "encryption_key", "managed"),
        details=(Detail(calls=(GET_RESOURCE_POLICY,), facts=("public", "policy_document"), read=_read_policy),),
        gate=AI,
    ),
)
