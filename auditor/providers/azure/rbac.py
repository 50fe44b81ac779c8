"""Azure role-based access control: what role assignments let a principal do.

Read from role assignments at, above and below the subscription, and from the role definitions they name. Eligible
assignments of Privileged Identity Management are not in force until activated and do not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown, any_true, native
from auditor.model.scope import GLOBAL
from auditor.providers.azure.arm import SUBSCRIPTION, arm, attempt

if TYPE_CHECKING:
    from auditor.providers.azure.session import AzureSession

ROLE_ASSIGNMENTS = arm(
    "Microsoft.Authorization",
    "roleAssignments.list",
    f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleAssignments",
    "2022-04-01",
    items="value",
    permissions=("Microsoft.Authorization/roleAssignments/read",),
)
ROLE_DEFINITIONS = arm(
    "Microsoft.Authorization",
    "roleDefinitions.list",
    f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions",
    "2022-04-01",
    items="value",
    permissions=("Microsoft.Authorization/roleDefinitions/read",),
)

GRANT_ROLES = "Microsoft.Authorization/roleAssignments/write"
WORKLOAD_SERVICES = frozenset(
    {
        "microsoft.authorization",
        "microsoft.cognitiveservices",
        "microsoft.compute",
        "microsoft.containerregistry",
        "microsoft.keyvault",
        "microsoft.machinelearningservices",
        "microsoft.managedidentity",
        "microsoft.network",
        "microsoft.search",
        "microsoft.storage",
    }
)
"""Services that AI workloads use; a wildcard over one of them, or over a resource type of one, is a broad grant.
Wildcards that nearly every built-in role has, such as ``Microsoft.Support/*``, are not."""

_FULL_ACCESS_NAME = re.compile(r"(administrator|owner)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Role:
    """What a role definition allows."""

    name: str
    custom: bool
    permissions: tuple[Mapping[str, Any], ...]

    def allows(self, action: str) -> bool:
        """Whether a control-plane action is among those allowed."""
        return any(
            _matches(_strings(p, "actions"), action) and not _matches(_strings(p, "notActions"), action)
            for p in self.permissions
        )

    @property
    def everything(self) -> bool:
        return any("*" in _strings(p, "actions") for p in self.permissions)

    def wide(self) -> tuple[str, ...]:
        """Its wildcards over everything, a whole service, or a whole resource type.

        Data actions count for custom roles and for built-in roles named Administrator or Owner: the other built-in
        data roles are the narrow way that Microsoft documents for using a service.
        """
        data = self.custom or _FULL_ACCESS_NAME.search(self.name) is not None
        found: set[str] = set()
        for permission in self.permissions:
            listed = _strings(permission, "actions") + (_strings(permission, "dataActions") if data else ())
            found.update(pattern for pattern in listed if _is_wide(pattern))
        return tuple(sorted(found))


@dataclass(frozen=True, slots=True)
class Assignment:
    role_id: str
    scope: str
    condition: str


@dataclass(frozen=True, slots=True)
class Rbac:
    """The roles of a subscription, and who was given which."""

    roles: Mapping[str, Role]
    by_principal: Mapping[str, tuple[Assignment, ...]]
    groups: frozenset[str]


def rbac_of(session: AzureSession) -> Rbac:
    """Read once per run; everybody who asks cites the same calls."""
    return session.once("rbac", lambda: _read(session))


def _read(session: AzureSession) -> Rbac:
    subscription = session.account.id
    roles: dict[str, Role] = {}
    for body in session.items(ROLE_DEFINITIONS, GLOBAL, subscription=subscription):
        role = _role(body)
        if role is not None:
            roles[_last(body.get("id"))] = role
    assigned: dict[str, list[Assignment]] = {}
    groups: set[str] = set()
    for body in session.items(ROLE_ASSIGNMENTS, GLOBAL, subscription=subscription):
        properties = _properties(body)
        principal = str(properties.get("principalId", "")).lower()
        assigned.setdefault(principal, []).append(_assignment(body))
        if str(properties.get("principalType", "")).lower() in ("group", "foreigngroup"):
            groups.add(principal)
    return Rbac(roles, {p: tuple(a) for p, a in assigned.items()}, frozenset(groups))


def grants_of(session: AzureSession, principal_id: str) -> tuple[Rbac, Fact[tuple[Assignment, ...]]]:
    """The assignments in force for a principal; those through groups are asked for where groups have any.

    If that cannot be asked, the assignments are unknown, but the direct ones are still in the first answer.
    """
    rbac = rbac_of(session)
    direct = rbac.by_principal.get(principal_id, ())
    if not rbac.groups or principal_id in rbac.groups:
        return rbac, Known(direct)
    return rbac, attempt(lambda: Known(_through_groups(session, principal_id)))


def _through_groups(session: AzureSession, principal_id: str) -> tuple[Assignment, ...]:
    # assignedTo() gives a user's or service principal's assignments, those of its groups included, transitively
    asked = session.items(
        ROLE_ASSIGNMENTS, GLOBAL, subscription=session.account.id, **{"$filter": f"assignedTo('{principal_id}')"}
    )
    return tuple(_assignment(body) for body in asked)


def administrator(session: AzureSession, principal_id: str) -> Fact[bool]:
    """At the subscription or above: every action (Owner, Contributor, custom ``*``), or the right to assign roles."""
    rbac, grants = grants_of(session, principal_id)
    direct = [_is_administrator(session, rbac, a) for a in rbac.by_principal.get(principal_id, ())]
    if isinstance(grants, Unknown):
        return any_true((*direct, grants))
    return any_true(_is_administrator(session, rbac, a) for a in grants.value)


def broad_grants(session: AzureSession, principal_id: str) -> Fact[tuple[str, ...]]:
    """Roles with wide wildcards, given at a resource group or above."""
    rbac, grants = grants_of(session, principal_id)
    if isinstance(grants, Unknown):
        return grants
    found: set[str] = set()
    evidence: dict[str, Any] = {}
    for assignment in grants.value:
        where = _breadth(session, assignment.scope)
        if not where:
            continue
        role = rbac.roles.get(assignment.role_id)
        if role is None:
            return Unknown(Reason.ABSENT, "the definition of an assigned role")
        if wide := role.wide():
            found.add(f"{role.name} at {where}")
            evidence[f"{role.name} at {assignment.scope}"] = list(wide)
    return Known(tuple(sorted(found)), evidence or {"roleAssignments": len(grants.value)})


def _is_administrator(session: AzureSession, rbac: Rbac, assignment: Assignment) -> Fact[bool]:
    if not _at_subscription_or_above(session, assignment.scope):
        return Known(False, {assignment.scope: "below the subscription"})
    role = rbac.roles.get(assignment.role_id)
    if role is None:
        return Unknown(Reason.ABSENT, "the definition of an assigned role")
    evidence = {f"{role.name} at {assignment.scope}": [a for p in role.permissions for a in _strings(p, "actions")]}
    if role.everything:
        return Known(True, evidence)
    if not role.allows(GRANT_ROLES):
        return Known(False, evidence)
    if assignment.condition:  # it may confine which roles can be given; we do not evaluate conditions
        return Unknown(Reason.NOT_BUILT, "the condition of a role assignment")
    return Known(True, evidence)


def _at_subscription_or_above(session: AzureSession, scope: str) -> bool:
    return "/resourcegroups/" not in scope and not (
        scope.startswith("/subscriptions/") and scope != f"/subscriptions/{session.account.id.lower()}"
    )


def _breadth(session: AzureSession, scope: str) -> str:
    """What a scope spans, or nothing for a single resource."""
    if scope == "/":
        return "the tenant"
    if "/managementgroups/" in scope:
        return f"management group {_last(scope)}"
    parts = scope.strip("/").split("/")
    if len(parts) == 2:
        return "the subscription"
    return f"resource group {parts[3]}" if len(parts) == 4 and parts[2] == "resourcegroups" else ""


def _role(body: Any) -> Role | None:
    properties = _properties(body)
    permissions = properties.get("permissions")
    if not isinstance(permissions, list) or not all(isinstance(p, Mapping) for p in permissions):
        return None  # an assignment of it is then judged as one whose definition is missing
    name = str(properties.get("roleName") or _last(body.get("id")))
    custom = str(properties.get("type", "")).lower() != "builtinrole"
    return Role(name, custom, tuple(permissions))


def _assignment(body: Any) -> Assignment:
    properties = _properties(body)
    scope = str(properties.get("scope", "")).lower()
    return Assignment(
        _last(properties.get("roleDefinitionId")), scope.rstrip("/") or "/", str(properties.get("condition") or "")
    )


def _properties(body: Any) -> Mapping[str, Any]:
    properties = native(body, "properties", default={}) if isinstance(body, Mapping) else Known({})
    return properties.value if isinstance(properties, Known) and isinstance(properties.value, Mapping) else {}


def _last(text: object) -> str:
    return str(text or "").rstrip("/").rsplit("/", 1)[-1].lower()


def _strings(permission: Mapping[str, Any], key: str) -> tuple[str, ...]:
    listed = permission.get(key)
    return tuple(str(item) for item in listed) if isinstance(listed, list) else ()


def _matches(patterns: Iterable[str], action: str) -> bool:
    return any(
        re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), action, re.IGNORECASE) is not None
        for pattern in patterns
    )


def _is_wide(pattern: str) -> bool:
    lowered = pattern.lower()
    if lowered in ("*", "*/write", "*/action", "*/delete"):
        return True
    service, _, rest = lowered.partition("/")
    return service in WORKLOAD_SERVICES and (rest == "*" or re.fullmatch(r"[a-z]+/\*", rest) is not None)
