"""Keys in Azure Key Vault, read through Azure Resource Manager: no data-plane right, no vault firewall in the way.

Keys of managed HSMs are not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown, native
from auditor.model.resources import Key
from auditor.model.scope import GLOBAL, Provider
from auditor.providers.azure.arm import (
    GROUP,
    SUBSCRIPTION,
    ArmId,
    arm,
    choice,
    describe,
    documented,
    flag,
    identify,
    iso_days,
    parse_id,
    rows,
    spread,
)
from auditor.providers.azure.ml import key_uri
from auditor.providers.base import Collector, Detail, Reach

if TYPE_CHECKING:
    from auditor.providers.azure.session import AzureSession

_VAULTS = "Microsoft.KeyVault/vaults"
VAULTS = arm(
    "Microsoft.KeyVault",
    "vaults.list",
    f"{SUBSCRIPTION}/providers/{_VAULTS}",
    "2023-07-01",
    items="value",
    permissions=(f"{_VAULTS}/read",),
)
KEYS = arm(
    "Microsoft.KeyVault",
    "keys.list",
    f"{GROUP}/providers/{_VAULTS}/{{vault}}/keys",
    "2023-07-01",
    items="value",
    permissions=(f"{_VAULTS}/keys/read",),
)
KEY = arm(
    "Microsoft.KeyVault",
    "keys.get",
    f"{GROUP}/providers/{_VAULTS}/{{vault}}/keys/{{key}}",
    "2023-07-01",
    expects=("properties",),
    permissions=(f"{_VAULTS}/keys/read",),
)

_ROTATABLE = {"rsa": True, "rsa-hsm": True, "ec": True, "ec-hsm": True}


def _find(session: AzureSession, _location: str) -> Iterator[Key]:
    vaults = session.items(VAULTS, GLOBAL, subscription=session.account.id)
    yield from spread((identify(VAULTS, body) for body in vaults), lambda vault: _keys(session, vault))


def _keys(session: AzureSession, vault: ArmId) -> Iterator[Key]:
    for body in session.items(KEYS, GLOBAL, subscription=vault.subscription, group=vault.group, vault=vault.names[0]):
        resource = identify(KEYS, body)
        uri = native(body, "properties.keyUri")
        yield Key(
            **describe(session.account, resource, body, f"{_VAULTS}/keys"),
            aliases=frozenset({key_uri(uri.value)}) if isinstance(uri, Known) else frozenset(),
            customer_managed=documented(True, "keys in a vault are created and controlled by its owner"),
            # documented: every use of a key needs a Microsoft Entra token and a grant to its holder
            public=documented(False, "a key cannot be granted to everybody"),
            origin=Unknown(Reason.ABSENT, "whether the key was imported"),
        )


def _read(session: AzureSession, key: Key) -> Mapping[str, Fact[Any]]:
    resource = parse_id(key.id)
    assert resource is not None
    vault, name = resource.names
    body = session.call(KEY, GLOBAL, subscription=resource.subscription, group=resource.group, vault=vault, key=name)
    return {
        "enabled": _enabled(body),
        "rotatable": choice(body, "properties.kty", _ROTATABLE),
        "rotation_days": rotation_days(body),
    }


def _enabled(body: Mapping[str, Any]) -> Fact[bool]:
    """Its expiry is kept beside it: whether that has passed depends on when one asks."""
    enabled = flag(body, "properties.attributes.enabled")
    expiry = native(body, "properties.attributes.exp", default=None)
    return Known(enabled.value, {**enabled.native, **_native(expiry)}) if isinstance(enabled, Known) else enabled


def rotation_days(body: Mapping[str, Any]) -> Fact[int | None]:
    """Days from a version's creation to its successor's. A key without a rotation policy carries none in its body."""
    policy = native(body, "properties.rotationPolicy", default={})
    if isinstance(policy, Unknown) or not policy.value:
        return policy.map(lambda _: None)
    actions = rows(body, "properties.rotationPolicy.lifetimeActions", default=[])
    if isinstance(actions, Unknown):
        return actions
    for action in actions.value:
        if str(native(action, "action.type", default="").value).lower() == "rotate":
            return _rotation(body, action)
    return Known(None, actions.native)


def _rotation(body: Mapping[str, Any], action: Mapping[str, Any]) -> Fact[int | None]:
    after = native(action, "trigger.timeAfterCreate", default="")
    if isinstance(after, Known) and after.value:
        days = iso_days(str(after.value))
        return Unknown(Reason.UNRECOGNISED, "trigger.timeAfterCreate") if days is None else Known(days, after.native)
    before = native(action, "trigger.timeBeforeExpiry")
    expiry = native(body, "properties.rotationPolicy.attributes.expiryTime")
    if isinstance(before, Unknown) or isinstance(expiry, Unknown):
        return before if isinstance(before, Unknown) else expiry
    lead, life = iso_days(str(before.value)), iso_days(str(expiry.value))
    if lead is None or life is None:
        return Unknown(Reason.UNRECOGNISED, "trigger.timeBeforeExpiry")
    return Known(life - lead, {**before.native, **expiry.native})


def _native(fact: Fact[Any]) -> Mapping[str, Any]:
    return fact.native if isinstance(fact, Known) else {}


COLLECTORS: tuple[Collector[Key, Any], ...] = (
    Collector(
        name="azure.keys.vault",
        provider=Provider.AZURE,
        kind=Key,
        reach=Reach.ACCOUNT,
        service="Microsoft.KeyVault",
        find_calls=(VAULTS, KEYS),
        find=_find,
        find_facts=("tags", "customer_managed", "public", "origin"),
        details=(Detail(calls=(KEY,), facts=("enabled", "rotatable", "rotation_days"), read=_read),),
    ),
)
