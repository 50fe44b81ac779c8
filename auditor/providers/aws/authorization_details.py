"""The account's IAM authorization details: every user, group, role and policy with its documents, in bulk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditor.access.aws_documents import Statement, parse
from auditor.access.aws_grants import Policy, Subject
from auditor.model.facts import FactUnknown, Reason, Unknown, native
from auditor.model.scope import GLOBAL
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


def subject_of(details: Details, entry: Mapping[str, Any], parsed: Parsed) -> Subject:
    is_user = "UserName" in entry
    holders: list[tuple[Mapping[str, Any], str]] = [(entry, "UserPolicyList" if is_user else "RolePolicyList")]
    groups: list[str] = []
    for name in native(entry, "GroupList").value if is_user else ():
        if name not in details.groups:
            raise FactUnknown(Unknown(Reason.ABSENT, f"group {name}"))
        groups.append(details.groups[name]["Arn"])
        holders.append((details.groups[name], "GroupPolicyList"))
    policies: list[Policy] = []
    for holder, inline in holders:
        # IAM leaves out the list of a user without inline policies (its API reference shows such a user)
        policies.extend(
            Policy(own["PolicyName"], "", parse(own["PolicyDocument"]))
            for own in native(holder, inline, default=()).value
        )
        for attached in native(holder, "AttachedManagedPolicies").value:
            arn = attached["PolicyArn"]
            policies.append(Policy(attached["PolicyName"], arn, _document(details, arn, parsed)))
    boundary = native(entry, "PermissionsBoundary.PermissionsBoundaryArn", default="").value
    return Subject(
        arn=entry["Arn"],
        is_user=is_user,
        policies=tuple(policies),
        groups=tuple(groups),
        boundary=_document(details, boundary, parsed) if boundary else None,
    )


def _document(details: Details, arn: str, parsed: Parsed) -> tuple[Statement, ...] | None:
    """The statements of a managed policy; None if the answer does not hold its document."""
    if arn not in parsed:
        parsed[arn] = parse(details.documents[arn]) if arn in details.documents else None
    return parsed[arn]
