"""The policies that hold in a project: its own, and those of the folders and the organization above it.

A role granted above is a role here. So a policy that shows something decides; that nothing is there is only known when
the whole chain was read.

Members of domains and federated pools are not expanded, those of groups only for service accounts (see
``directory``): where such a member holds a role, what it means for one identity is OUT_OF_SCOPE, not absent. Conditions
are not evaluated: what is granted only under a condition is NOT_BUILT, not absent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown, any_true
from auditor.model.scope import GLOBAL
from auditor.providers.gcp.names import objects
from auditor.providers.gcp.shared_calls import (
    FOLDER_GET,
    FOLDER_POLICY,
    ORGANIZATION_POLICY,
    PROJECT_GET,
    PROJECT_POLICY,
)
from auditor.wire.calls import Call
from auditor.wire.errors import CallFailed

if TYPE_CHECKING:
    from auditor.providers.gcp.session import GcpSession

EVERYONE = frozenset({"allUsers", "allAuthenticatedUsers", "principalSet://goog/public:all"})
_SINGLE = ("user:", "serviceAccount:", "deleted:", "principal://", "projectOwner:", "projectEditor:", "projectViewer:")
_COLLECTIVE = ("group:", "domain:", "principalSet://")


@dataclass(frozen=True, slots=True)
class Binding:
    role: str
    members: tuple[str, ...]
    conditional: bool
    where: str
    """The resource whose policy has it."""

    def describe(self, member: str) -> str:
        return f"{self.role} to {member} on {self.where}" + (" under a condition" if self.conditional else "")


@dataclass(frozen=True, slots=True)
class Policies:
    """The policies that could be read, and why there may be more."""

    policies: tuple[tuple[str, Mapping[str, Any]], ...]
    open: tuple[Unknown, ...]

    def bindings(self) -> Iterator[Binding]:
        for where, policy in self.policies:
            yield from bindings_of(policy, where)


def bindings_of(policy: Mapping[str, Any], where: str) -> Iterator[Binding]:
    """An empty policy has no ``bindings`` (proto3 JSON)."""
    for entry in policy.get("bindings", ()):
        members = tuple(str(m) for m in entry.get("members", ()))
        yield Binding(str(entry["role"]), members, "condition" in entry, where)


def project_policy(session: GcpSession) -> Mapping[str, Any]:
    request = {"resource": f"projects/{session.account.id}", "options": {"requested_policy_version": 3}}
    return checked(PROJECT_POLICY, session.sdk_body(PROJECT_POLICY, request))


def checked(call: Call, policy: Mapping[str, Any]) -> Mapping[str, Any]:
    """A policy of the documented shape, or CallFailed(MALFORMED)."""
    bindings, audit = policy.get("bindings", []), policy.get("auditConfigs", [])
    if not isinstance(bindings, list) or not isinstance(audit, list):
        raise CallFailed(call, Reason.MALFORMED)
    for entry in bindings:
        members = entry.get("members", []) if isinstance(entry, Mapping) else None
        texts = isinstance(members, list) and all(isinstance(member, str) for member in members)
        if not texts or not isinstance(entry.get("role"), str):
            raise CallFailed(call, Reason.MALFORMED)
    for entry in objects(call, audit, "service"):
        tuple(objects(call, entry.get("auditLogConfigs", ()), "logType"))
    return policy


def policies(session: GcpSession) -> Policies:
    """The project's own policy and everything it inherits."""
    found: list[tuple[str, Mapping[str, Any]]] = []
    missing: list[Unknown] = []

    def read(where: str, ask: Callable[[], Mapping[str, Any]]) -> None:
        try:
            found.append((where, ask()))
        except CallFailed as error:
            missing.append(error.unknown())

    read(f"projects/{session.account.id}", lambda: project_policy(session))
    body = {"options": {"requestedPolicyVersion": 3}}
    try:
        parent = _parent(session.call(PROJECT_GET, GLOBAL, project=session.account.id))
        above: set[str] = set()
        while parent:
            if parent in above:
                raise CallFailed(FOLDER_GET, Reason.MALFORMED, "a folder lies in itself")
            above.add(parent)
            kind, number = parent.split("/", 1)
            call, name = (FOLDER_POLICY, "folder") if kind == "folders" else (ORGANIZATION_POLICY, "organization")
            params = {name: number, "body": body}
            read(parent, lambda c=call, p=params: checked(c, session.call(c, GLOBAL, **p)))  # type: ignore[misc]
            parent = _parent(session.call(FOLDER_GET, GLOBAL, folder=number)) if kind == "folders" else ""
    except CallFailed as error:
        missing.append(error.unknown())
    return Policies(tuple(found), tuple(missing))


def _parent(resource: Mapping[str, Any]) -> str:
    """A project without an organization has no parent (``Project.parent`` is optional)."""
    parent = str(resource.get("parent", ""))
    if parent and not re.fullmatch(r"(folders|organizations)/\d+", parent):
        raise CallFailed(PROJECT_GET, Reason.UNRECOGNISED)
    return parent


def member_matches(member: str, subject: str, grouped: Callable[[str], Fact[bool]] | None = None) -> Fact[bool]:
    """Whether a member of a binding is or contains a subject such as ``serviceAccount:x@y``.

    ``grouped`` tells whether the subject is in the group with this address, where that can be asked.
    """
    if member in EVERYONE or member.lower() == subject.lower():
        return Known(True)
    if member.startswith(_SINGLE):
        return Known(False)
    if not member.startswith(_COLLECTIVE):
        return Unknown(Reason.UNRECOGNISED, "bindings[].members[]")
    if grouped is not None and member.startswith("group:"):
        return grouped(member.removeprefix("group:"))
    if member.startswith("domain:") and not subject.startswith("user:"):
        return Known(False)  # a domain stands for the accounts of people
    if member.startswith("principalSet://iam.googleapis.com/"):
        return Known(False)  # a federated pool, which holds neither Google accounts nor service accounts
    return Unknown(Reason.OUT_OF_SCOPE, f"who belongs to each {member.split(':', 1)[0]} that holds a role")


def holds(
    held: Policies,
    subject: str,
    wanted: Callable[[str], Fact[bool]],
    grouped: Callable[[str], Fact[bool]] | None = None,
) -> tuple[Fact[bool], tuple[str, ...]]:
    """Whether a subject holds a role for which ``wanted`` says yes, and the roles for which that is certain."""
    answers: list[Fact[bool]] = []
    roles: list[str] = []
    shown: list[str] = []
    for binding in held.bindings():
        wide = wanted(binding.role)
        if isinstance(wide, Known) and not wide.value:
            continue
        for member in binding.members:
            match = member_matches(member, subject, grouped)
            if isinstance(match, Known) and not match.value:
                continue
            if isinstance(match, Unknown) or isinstance(wide, Unknown):
                answers.append(match if isinstance(match, Unknown) else wide)
            elif binding.conditional:
                answers.append(Unknown(Reason.NOT_BUILT, "bindings[].condition"))
            else:
                roles.append(binding.role)
                shown.append(binding.describe(member))
    known: Fact[bool] = Known(bool(roles), {"bindings[]": sorted(shown)})
    return any_true((known, *answers, *held.open)), tuple(sorted(set(roles)))


def custom_role(role: str) -> bool:
    return not role.startswith("roles/")


def audited(held: Policies, service: str, log_types: tuple[str, ...]) -> Fact[bool]:
    """Whether audit configurations log these types of access to a service, for everybody.

    The configurations of a resource and of everything above it add up, and so do their exemptions: only an exemption
    that is seen decides before the whole chain was read.
    """
    on: dict[str, list[str]] = {}
    exempt: set[str] = set()
    for where, policy in held.policies:
        for config in policy.get("auditConfigs", ()):
            if config["service"] not in ("allServices", service):
                continue
            for entry in config.get("auditLogConfigs", ()):
                kind = entry["logType"]
                on.setdefault(kind, []).append(where)
                if entry.get("exemptedMembers"):
                    exempt.add(kind)
    shown = {"auditConfigs[]": {kind: sorted(set(places)) for kind, places in sorted(on.items())}}
    if exempt & set(log_types):
        return Known(False, {**shown, "exemptedMembers": sorted(exempt)})
    return held.open[0] if held.open else Known(set(log_types) <= set(on), shown)
