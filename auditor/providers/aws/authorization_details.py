"""The account's IAM authorization details: every user, group, role and policy with its documents, in bulk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditor.access.aws_documents import Statement, parse
from auditor.access.aws_grants import Policy, Subject
from auditor.model.facts import FactUnknown, Reason, Unknown, native
from auditor.model.scope import GLOBAL
from auditor.providers.aws.reading import text_of
from auditor.providers.aws.shared_calls import aws_call
from auditor.wire.errors import CallFailed

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

GET_AUTHORIZATION_DETAILS = aws_call("iam", "GetAccountAuthorizationDetails", expects=("IsTruncated",))

_FILTER = ["User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"]
_PAGE = 1000


def pages(session: AwsSession) -> Iterator[Mapping[str, Any]]:
    """A page carries up to four lists, each only if it has something in it."""
    token: dict[str, str] = {}
    while True:
        page = session.call(GET_AUTHORIZATION_DETAILS, GLOBAL, Filter=_FILTER, MaxItems=_PAGE, **token)
        yield page
        if not page["IsTruncated"]:
            return
        if "Marker" not in page:
            raise CallFailed(GET_AUTHORIZATION_DETAILS, Reason.MALFORMED)
        token = {"Marker": page["Marker"]}


@dataclass(frozen=True, slots=True)
class Details:
    """The account's authorization details, to the last page."""

    entries: Mapping[str, Mapping[str, Any]]
    """Users and roles by ARN."""
    groups: Mapping[str, Mapping[str, Any]]
    """By name."""
    documents: Mapping[str, object]
    """The default version of each managed policy, by ARN."""


def read_details(session: AwsSession) -> Details:
    return session.once("aws.identities.details", lambda: _read_details(session))


def _read_details(session: AwsSession) -> Details:
    entries: dict[str, Mapping[str, Any]] = {}
    groups: dict[str, Mapping[str, Any]] = {}
    documents: dict[str, object] = {}
    for page in pages(session):
        for entry in (*(page.get("UserDetailList") or ()), *(page.get("RoleDetailList") or ())):
            entries[entry["Arn"]] = entry
        groups.update((group["GroupName"], group) for group in page.get("GroupDetailList") or ())
        for policy in page.get("Policies") or ():
            for version in policy.get("PolicyVersionList") or ():
                if version.get("IsDefaultVersion") and "Document" in version:
                    documents[policy["Arn"]] = version["Document"]
    return Details(entries, groups, documents)


Parsed = dict[str, tuple[Statement, ...] | None]
"""Managed policies by ARN, each parsed once."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A user, role or group, and the policies it has itself."""

    entry: Mapping[str, Any]
    kind: str
    """``User``, ``Role`` or ``Group``."""

    def inline(self) -> Iterator[tuple[str, object]]:
        """Names and documents. IAM leaves out the list of a user without inline policies (its API reference shows such
        a user)."""
        for own in native(self.entry, f"{self.kind}PolicyList", default=()).value:
            yield own["PolicyName"], own["PolicyDocument"]

    def attached(self) -> Iterator[tuple[str, str]]:
        """Names and ARNs."""
        for attached in native(self.entry, "AttachedManagedPolicies").value:
            yield attached["PolicyName"], attached["PolicyArn"]


def holders_of(details: Details, entry: Mapping[str, Any]) -> tuple[Holder, ...]:
    """An identity, and the groups it is in. FactUnknown if the answer lacks one of them."""
    if "UserName" not in entry:
        return (Holder(entry, "Role"),)
    groups: list[Holder] = []
    for name in native(entry, "GroupList").value:
        if name not in details.groups:
            raise FactUnknown(Unknown(Reason.ABSENT, f"group {name}"))
        groups.append(Holder(details.groups[name], "Group"))
    return (Holder(entry, "User"), *groups)


def policies_of(holder: Holder) -> dict[str, Any]:
    """The texts of its inline policies by name, and the ARNs of those attached to it."""
    return {
        "inline": {name: text_of(document) for name, document in holder.inline()},
        "managed": tuple(sorted(arn for _, arn in holder.attached())),
    }


def boundary_of(entry: Mapping[str, Any]) -> str:
    """The ARN of its permissions boundary, empty if it has none."""
    return str(native(entry, "PermissionsBoundary.PermissionsBoundaryArn", default="").value)


def subject_of(details: Details, entry: Mapping[str, Any], parsed: Parsed) -> Subject:
    policies: list[Policy] = []
    for holder in holders_of(details, entry):
        policies.extend(Policy(name, "", parse(document)) for name, document in holder.inline())
        policies.extend(Policy(name, arn, _document(details, arn, parsed)) for name, arn in holder.attached())
    boundary = boundary_of(entry)
    return Subject(
        policies=tuple(policies),
        boundary=_document(details, boundary, parsed) if boundary else None,
    )


def _document(details: Details, arn: str, parsed: Parsed) -> tuple[Statement, ...] | None:
    """The statements of a managed policy; None if the answer does not hold its document."""
    if arn not in parsed:
        parsed[arn] = parse(details.documents[arn]) if arn in details.documents else None
    return parsed[arn]
