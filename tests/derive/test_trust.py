"""Who stands behind those that are trusted, and whether they still exist."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest

from auditor.derive import DeriveSettings, derive
from auditor.derive.trust import RULES
from auditor.model.facts import Known, Reason, Unknown
from auditor.model.inventory import Gap, Inventory, Listing
from auditor.model.resources import KINDS, AccountSettings, Function, Identity, Key, Kind, Resource, Storage
from auditor.model.scope import GLOBAL, Account, Provider

AWS = Account(Provider.AWS, "111111111111")
SISTER = Account(Provider.AWS, "222222222222")
MANAGER, STRANGER = "333333333333", "999999999999"
DENIED = Unknown(Reason.DENIED, "x:Get", ("denied",), ("x:Get",))
GONE = "AROAEXAMPLEEXAMPLE12"


def make(kind: Kind, name: str, **facts: Any) -> Any:
    plain = {n: f if isinstance(f, Unknown) else Known(f, {n: f}, (f"get-{n}",)) for n, f in facts.items()}
    place = GLOBAL if kind is Identity else "us-east-1"
    return kind(id=name, name=name, account=AWS, location=place, native_type="AWS::Test::Thing", **plain)


def derived(fact: str, *resources: Resource, accounts: Iterable[Account] = (AWS,), gaps: Iterable[Kind] = ()) -> Any:
    """A fact of the first resource."""
    inventory = Inventory(
        tuple(accounts),
        resources,
        tuple(Listing(kind, AWS, GLOBAL, "test", (f"list-{kind.kind()}",)) for kind in KINDS),
        tuple(Gap(kind, AWS, GLOBAL, "test", DENIED) for kind in gaps),
    )
    return getattr(derive(inventory, RULES, DeriveSettings()).resources[0], fact)


def unverified(trusted: Any, manager: Any = MANAGER, **more: Any) -> Any:
    role = make(Identity, "role", unconditioned_outsiders=trusted)
    settings = make(AccountSettings, "account", management_account_id=manager)
    return derived("unverified_outsiders", role, settings, **more)


class TestOutsiders:
    @pytest.mark.parametrize(
        ("trusted", "left"),
        [
            ((), ()),
            ((MANAGER,), ()),
            ((SISTER.id,), ()),
            ((MANAGER, SISTER.id), ()),
            ((STRANGER,), (STRANGER,)),
            ((MANAGER, SISTER.id, STRANGER), (STRANGER,)),
            (("*",), ("*",)),
        ],
    )
    def test_accounts_in_the_same_hands_need_no_proof(self, trusted: tuple[str, ...], left: tuple[str, ...]) -> None:
        found = unverified(trusted, accounts=(AWS, SISTER))
        assert found.value == left
        assert "get-unconditioned_outsiders" in found.calls

    def test_without_an_organization_every_other_account_is_a_stranger(self) -> None:
        assert unverified((STRANGER,), None).value == (STRANGER,)

    def test_an_account_of_another_cloud_is_not_ours(self) -> None:
        other = Account(Provider.GCP, STRANGER)
        assert unverified((STRANGER,), accounts=(AWS, other)).value == (STRANGER,)

    @pytest.mark.parametrize(
        ("trusted", "outcome"),
        [((), ()), ((SISTER.id,), ()), ((STRANGER,), DENIED.permissions), (("*",), ("*",)), (("*", STRANGER), ("*",))],
    )
    def test_who_manages_the_organization_may_be_unread(self, trusted: tuple[str, ...], outcome: Any) -> None:
        """It could be any account that is trusted, and never everyone."""
        found = unverified(trusted, DENIED, accounts=(AWS, SISTER))
        assert (found.permissions if isinstance(found, Unknown) else found.value) == outcome

    def test_an_unread_trust_policy(self) -> None:
        assert unverified(DENIED).reason is Reason.DENIED

    def test_settings_that_were_not_listed(self) -> None:
        role = make(Identity, "role", unconditioned_outsiders=(STRANGER,))
        assert derived("unverified_outsiders", role, gaps=(AccountSettings,)).reason is Reason.DENIED
        assert derived("unverified_outsiders", role).reason is Reason.ABSENT


def policy(principal: str) -> str:
    return json.dumps({"Statement": [{"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "s3:GetObject"}]})


CLEAN, NAMES = policy("111111111111"), policy(GONE)


def dead(*resources: Resource, **more: Any) -> Any:
    return derived("policies_with_deleted_principals", make(AccountSettings, "account"), *resources, **more)


def role(gone: Any, runs_ai: Any = True) -> Any:
    return make(Identity, "role", deleted_principals=gone, runs_ai=runs_ai)


class TestDeletedPrincipals:
    @pytest.mark.parametrize(
        ("resource", "found"),
        [
            (make(Storage, "bucket", policy_document=NAMES), ("Storage bucket in us-east-1",)),
            (make(Storage, "bucket", policy_document=CLEAN), ()),
            (make(Storage, "bucket", policy_document=None), ()),
            (make(Key, "key", policy_document=NAMES, customer_managed=True), ("Key key in us-east-1",)),
            (make(Key, "key", policy_document=DENIED, customer_managed=False), ()),
            (make(Function, "fn", policy_document=NAMES, fronts_ai=True), ("Function fn in us-east-1",)),
            (make(Function, "fn", policy_document=NAMES, fronts_ai=False), ()),
            (make(Function, "fn", policy_document=DENIED, fronts_ai=False), ()),
            (make(Function, "fn", policy_document=CLEAN, fronts_ai=DENIED), ()),
            (role((GONE,)), ("Identity role",)),
            (role((GONE,), runs_ai=False), ()),
            (role(()), ()),
            (role((), runs_ai=DENIED), ()),
            (role(DENIED, runs_ai=False), ()),
        ],
    )
    def test_policies(self, resource: Any, found: tuple[str, ...]) -> None:
        fact = dead(resource)
        assert fact.value == found
        assert [fact.native[name] for name in found] == [[GONE] for _ in found]
        if found:
            assert {"get-deleted_principals", "get-policy_document"} & set(fact.calls)

    @pytest.mark.parametrize(
        "resource",
        [
            make(Storage, "bucket", policy_document=DENIED),
            make(Key, "key", policy_document=DENIED, customer_managed=True),
            make(Key, "key", policy_document=DENIED, customer_managed=DENIED),
            make(Function, "fn", policy_document=DENIED, fronts_ai=DENIED),
            make(Function, "fn", policy_document=NAMES, fronts_ai=DENIED),
            role((GONE,), runs_ai=DENIED),
            role(DENIED),
        ],
    )
    def test_what_was_not_read_may_name_one(self, resource: Any) -> None:
        assert dead(resource).reason is Reason.DENIED
        seen = dead(resource, make(Storage, "other", policy_document=NAMES))
        assert seen.value == ("Storage other in us-east-1",)

    def test_a_policy_that_is_none(self) -> None:
        assert dead(make(Storage, "bucket", policy_document="{}")).reason is Reason.MALFORMED

    @pytest.mark.parametrize("kind", [Identity, Storage, Key])
    def test_a_gap_may_hide_one(self, kind: Kind) -> None:
        assert dead(gaps=(kind,)).reason is Reason.DENIED

    def test_the_lists_are_cited(self) -> None:
        assert set(dead().calls) >= {"list-Identity", "list-Storage", "list-Key"}
