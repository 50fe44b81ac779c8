"""Keys of gateways and of what agents keep."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.derive.agents import RULES
from auditor.derive.base import DeriveSettings, derive
from auditor.model.facts import Known, Reason, Unknown
from auditor.model.inventory import Inventory, Listing
from auditor.model.resources import AgentGateway, AgentStore, Key, Kind, Ref
from auditor.model.scope import Account, Provider

ACCOUNT = Account(Provider.AWS, "123456789012")
OWN, MANAGED, GONE = (f"arn:aws:kms:us-east-1:123456789012:key/{n}" for n in ("own", "managed", "gone"))


def made(kind: Kind, name: str, **facts: Any) -> Any:
    return kind(id=name, name=name, account=ACCOUNT, location="us-east-1", native_type="t", **facts)


@pytest.mark.parametrize("kind", [AgentGateway, AgentStore])
@pytest.mark.parametrize(
    ("key", "expected"),
    [(OWN, True), (MANAGED, False), (None, False), (GONE, Reason.ABSENT), ("denied", Reason.DENIED)],
)
def test_the_key_is_followed(kind: Kind, key: str | None, expected: object) -> None:
    ref: Any = Known(Ref("Key", Provider.AWS, ACCOUNT.id, key) if key else None)
    if key == "denied":
        ref = Unknown(Reason.DENIED, "x")
    keys = (
        made(Key, OWN, customer_managed=Known(True)),
        made(Key, MANAGED, customer_managed=Known(False)),
    )
    inventory = Inventory(
        accounts=(ACCOUNT,),
        resources=(*keys, made(kind, "it", encryption_key=ref)),
        listings=(Listing(Key, ACCOUNT, "us-east-1", "aws.keys", ("c1",)),),
        gaps=(),
    )
    (subject,) = (r for r in derive(inventory, RULES, DeriveSettings()).resources if isinstance(r, kind))
    found = subject.customer_key  # type: ignore[attr-defined]
    assert (found.value if isinstance(found, Known) else found.reason) == expected
