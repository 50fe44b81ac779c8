"""Keys of workspaces, feature groups and other AI services are followed to what manages them."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.derive.base import DeriveSettings, derive
from auditor.derive.compute import RULES
from auditor.model.facts import Known, Reason
from auditor.model.inventory import Inventory
from auditor.model.resources import AiAsset, FeatureGroup, Key, Kind, Ref, Workspace
from auditor.model.scope import Account, Provider

ACCOUNT = Account(Provider.AWS, "123456789012")


def made(kind: Kind, name: str, **facts: Any) -> Any:
    return kind(id=name, name=name, account=ACCOUNT, location="us-east-1", native_type="x", **facts)


@pytest.mark.parametrize(
    ("kind", "ref", "fact"),
    [
        (Workspace, "encryption_key", "customer_key"),
        (AiAsset, "encryption_key", "customer_key"),
        (FeatureGroup, "offline_key", "offline_customer_key"),
        (FeatureGroup, "online_key", "online_customer_key"),
    ],
)
@pytest.mark.parametrize(("named", "expected"), [("mine", True), ("theirs", False), (None, False), ("gone", None)])
def test_customer_key(kind: Kind, ref: str, fact: str, named: str | None, expected: bool | None) -> None:
    target = Ref("Key", Provider.AWS, ACCOUNT.id, named) if named else None
    resources = (
        made(kind, "x", **{ref: Known(target, {}, ("call-1",))}),
        made(Key, "mine", customer_managed=Known(True, {}, ("call-2",))),
        made(Key, "theirs", customer_managed=Known(False, {}, ("call-2",))),
    )
    inventory = Inventory(accounts=(ACCOUNT,), resources=resources, listings=(), gaps=())
    found = next(r for r in derive(inventory, RULES, DeriveSettings()).resources if type(r) is kind)
    answer = getattr(found, fact)
    if expected is None:
        assert answer.reason in (Reason.ABSENT, Reason.NOT_COLLECTED)
    else:
        assert answer.value is expected
        assert "call-1" in answer.calls
