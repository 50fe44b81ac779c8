"""Which roles make an administrator, and which are wider than a workload needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown
from auditor.model.scope import GLOBAL, Provider
from auditor.providers.gcp.names import entries
from auditor.providers.gcp.policies import custom_role
from auditor.wire.calls import Call
from auditor.wire.errors import CallFailed

if TYPE_CHECKING:
    from auditor.providers.gcp.session import GcpSession

PROJECT_ROLE = Call(
    provider=Provider.GCP,
    service="iam",
    operation="projects.roles.get",
    host="iam.googleapis.com",
    path="/v1/projects/{project}/roles/{role}",
    permissions=("iam.roles.get",),
    expects=("name",),
)
ORGANIZATION_ROLE = Call(
    provider=Provider.GCP,
    service="iam",
    operation="organizations.roles.get",
    host="iam.googleapis.com",
    path="/v1/organizations/{organization}/roles/{role}",
    permissions=("iam.roles.get",),
    expects=("name",),
)
ROLE_CALLS = (PROJECT_ROLE, ORGANIZATION_ROLE)

BASIC_ROLES = frozenset({"roles/owner", "roles/editor", "roles/viewer", "roles/admin", "roles/writer", "roles/reader"})
"""Roles over every service at once."""

ADMINISTRATOR_ROLES = frozenset(
    {
        "roles/admin",
        "roles/editor",
        "roles/iam.admin",
        "roles/iam.organizationRoleAdmin",
        "roles/iam.roleAdmin",
        "roles/iam.securityAdmin",
        "roles/owner",
        "roles/resourcemanager.folderAdmin",
        "roles/resourcemanager.folderIamAdmin",
        "roles/resourcemanager.organizationAdmin",
        "roles/resourcemanager.projectIamAdmin",
        "roles/writer",
    }
)
"""Predefined roles that may change every resource, or change who may (``setIamPolicy`` on a project, folder or
organization, ``iam.roles.update``). From the contents of Google's predefined roles; the roles of Google's own service
agents, which no customer grants to a workload, are left out."""

_DECIDING_PERMISSIONS = frozenset(
    {
        "iam.roles.update",
        "resourcemanager.folders.setIamPolicy",
        "resourcemanager.organizations.setIamPolicy",
        "resourcemanager.projects.setIamPolicy",
    }
)

_IMPERSONATING_PERMISSIONS = frozenset(
    {
        "iam.serviceAccounts.actAs",
        "iam.serviceAccounts.getAccessToken",
        "iam.serviceAccounts.getOpenIdToken",
        "iam.serviceAccounts.implicitDelegation",
        "iam.serviceAccounts.signBlob",
        "iam.serviceAccounts.signJwt",
    }
)

IMPERSONATION_ROLES = frozenset(
    {
        "roles/iam.serviceAccountOpenIdTokenCreator",
        "roles/iam.serviceAccountTokenCreator",
        "roles/iam.serviceAccountUser",
        "roles/iam.workloadIdentityUser",
    }
)


def administers(session: GcpSession, role: str) -> Fact[bool]:
    """Whether a role makes an administrator. A custom role is read; it may hold any permission."""
    if not custom_role(role):
        return Known(role in ADMINISTRATOR_ROLES)
    return _includes(session, role, _DECIDING_PERMISSIONS)


def impersonates(session: GcpSession, role: str) -> Fact[bool]:
    """Whether a role is there for acting as service accounts. A custom role is read; it may hold any permission."""
    if not custom_role(role):
        return Known(role in IMPERSONATION_ROLES)
    return _includes(session, role, _IMPERSONATING_PERMISSIONS)


def _includes(session: GcpSession, role: str, wanted: frozenset[str]) -> Fact[bool]:
    try:
        body = _custom(session, role)
    except CallFailed as error:
        return error.unknown()
    if body is None:
        return Unknown(Reason.UNRECOGNISED, "bindings[].role")
    if body.get("deleted", False):  # a boolean without presence; a deleted role grants nothing (iam v1, Role)
        return Known(False)
    return entries(body, "includedPermissions").map(lambda found: any(str(p) in wanted for p in found))


def _custom(session: GcpSession, role: str) -> Mapping[str, Any] | None:
    parts = role.split("/")
    if len(parts) != 4 or parts[2] != "roles":
        return None
    answer: Mapping[str, Any] | None = None
    if parts[0] == "projects":
        answer = session.call(PROJECT_ROLE, GLOBAL, project=parts[1], role=parts[3])
    elif parts[0] == "organizations":
        answer = session.call(ORGANIZATION_ROLE, GLOBAL, organization=parts[1], role=parts[3])
    return answer


def broad(role: str) -> Fact[bool]:
    """Basic roles, every service's ``admin`` role, and the administrator roles. Custom roles were cut to measure."""
    return Known(role in BASIC_ROLES or role in ADMINISTRATOR_ROLES or role.lower().endswith(".admin"))
