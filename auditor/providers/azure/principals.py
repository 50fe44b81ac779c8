"""How workloads name the identities they run as.

An identity is a Microsoft Entra principal as one subscription knows it: the same principal may hold rights in several
subscriptions, and each is judged there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown, native
from auditor.model.resources import Ref
from auditor.model.scope import Provider

if TYPE_CHECKING:
    from auditor.providers.azure.session import AzureSession

_TYPES = frozenset({"systemassigned", "userassigned", "none"})


def principal_path(subscription: str, principal_id: str) -> str:
    """The canonical id of a principal in a subscription."""
    return f"/subscriptions/{subscription}/principals/{principal_id}".lower()


def managed_identities(body: Mapping[str, Any]) -> Fact[tuple[tuple[str, str], ...]]:
    """The managed identities of a resource: (principal id, ARM id); the ARM id is empty for the system-assigned one,
    the principal id where the body leaves it out. ARM leaves out ``identity`` of a resource without any."""
    kinds = native(body, "identity.type", default="None")
    if isinstance(kinds, Unknown):
        return kinds
    wanted = {part.strip().lower() for part in str(kinds.value).split(",")}
    if not wanted <= _TYPES:
        return Unknown(Reason.UNRECOGNISED, "identity.type")
    found: list[tuple[str, str]] = []
    evidence = dict(kinds.native)
    if "systemassigned" in wanted:
        principal = native(body, "identity.principalId")
        if isinstance(principal, Unknown):
            return principal
        found.append((str(principal.value).lower(), ""))
        evidence.update(principal.native)
    if "userassigned" in wanted:
        assigned = native(body, "identity.userAssignedIdentities")
        if isinstance(assigned, Unknown):
            return assigned
        if not isinstance(assigned.value, Mapping):
            return Unknown(Reason.MALFORMED, "identity.userAssignedIdentities")
        for arm_id, given in sorted(assigned.value.items()):
            principal_id = given.get("principalId") if isinstance(given, Mapping) else None
            found.append((str(principal_id or "").lower(), arm_id.lower()))
        evidence["identity.userAssignedIdentities"] = sorted(assigned.value)
    return Known(tuple(found), evidence)


def identity_refs(session: AzureSession, body: Mapping[str, Any]) -> Fact[tuple[Ref, ...]]:
    """References to the identities a resource runs as."""
    account = session.account.id

    def ref(principal_id: str, arm_id: str) -> Ref:
        return Ref(
            "Identity", Provider.AZURE, account, principal_path(account, principal_id) if principal_id else arm_id
        )

    return managed_identities(body).map(lambda found: tuple(ref(*pair) for pair in found))
