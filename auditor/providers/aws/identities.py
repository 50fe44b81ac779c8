"""IAM users and roles, and how far their policies go.

One paged read gives every user, group, role and policy with its documents; the credential report gives how users sign
in. Policies are judged by :mod:`auditor.access.aws_grants` and :mod:`auditor.access.aws_trust`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditor.access.aws_documents import PolicyMalformed, Statement, parse
from auditor.access.aws_grants import Policy, Subject, administrator, broad_grants
from auditor.access.aws_trust import ai_services, unconditioned
from auditor.model.facts import Fact, FactUnknown, Known, Reason, Unknown, native
from auditor.model.resources import Identity
from auditor.model.scope import GLOBAL, Provider
from auditor.providers.aws.credential_report import GENERATE_REPORT, GET_REPORT, sign_in
from auditor.providers.aws.reading import statements_of
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Collector, Detail, Reach
from auditor.wire.errors import CallFailed

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

GET_AUTHORIZATION_DETAILS = aws_call("iam", "GetAccountAuthorizationDetails", expects=("IsTruncated",))

_FILTER = ["User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"]
_PAGE = 1000
_SERVICE_LINKED = "/aws-service-role/"


def _pages(session: AwsSession) -> Iterator[Mapping[str, Any]]:
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


def _find(session: AwsSession, location: str) -> Iterator[Identity]:
    for page in _pages(session):
        for entry in page.get("UserDetailList") or ():
            yield _identity(session, entry, entry["UserName"], "AWS::IAM::User")
        for entry in page.get("RoleDetailList") or ():
            yield _identity(session, entry, entry["RoleName"], "AWS::IAM::Role")


def _identity(session: AwsSession, entry: Mapping[str, Any], name: str, native_type: str) -> Identity:
    trusted, open_trust = _trust(entry, session.account.id)
    return Identity(
        id=entry["Arn"],
        name=name,
        account=session.account,
        location=GLOBAL,
        native_type=native_type,
        trusted_by_ai_service=trusted,
        unconditioned_trust=open_trust,
        # no other read tells: IAM gives the element only where a boundary is set (IAM API reference, RoleDetail)
        permissions_boundary=native(entry, "PermissionsBoundary.PermissionsBoundaryArn", default=None),
    )


def _trust(entry: Mapping[str, Any], account: str) -> tuple[Fact[bool], Fact[tuple[str, ...]]]:
    """Nobody acts as a user by trust. The trust of a service-linked role is fixed by AWS."""
    if "UserName" in entry:
        user = {"UserName": entry["UserName"]}
        return Known(False, user), Known((), user)
    document = native(entry, "AssumeRolePolicyDocument")
    if isinstance(document, Unknown):
        return document, document
    found = statements_of(document.value, "AssumeRolePolicyDocument")
    trusted = found.map(lambda statements: bool(ai_services(statements)))
    if str(entry.get("Path", "")).startswith(_SERVICE_LINKED):
        return trusted, Known((), {"Path": entry["Path"]})
    return trusted, found.map(lambda statements: unconditioned(statements, account))


@dataclass(frozen=True, slots=True)
class _Details:
    """The account's authorization details, to the last page."""

    entries: Mapping[str, Mapping[str, Any]]
    """Users and roles by ARN."""
    groups: Mapping[str, Mapping[str, Any]]
    """By name."""
    documents: Mapping[str, object]
    """The default version of each managed policy, by ARN."""


def _details(session: AwsSession) -> _Details:
    return session.once("aws.identities.details", lambda: _read_details(session))


def _read_details(session: AwsSession) -> _Details:
    entries: dict[str, Mapping[str, Any]] = {}
    groups: dict[str, Mapping[str, Any]] = {}
    documents: dict[str, object] = {}
    for page in _pages(session):
        for entry in (*(page.get("UserDetailList") or ()), *(page.get("RoleDetailList") or ())):
            entries[entry["Arn"]] = entry
        groups.update((group["GroupName"], group) for group in page.get("GroupDetailList") or ())
        for policy in page.get("Policies") or ():
            for version in policy.get("PolicyVersionList") or ():
                if version.get("IsDefaultVersion") and "Document" in version:
                    documents[policy["Arn"]] = version["Document"]
    return _Details(entries, groups, documents)


def _grants(
    session: AwsSession, location: str, identities: Sequence[Identity]
) -> Mapping[str, Mapping[str, Fact[Any]]]:
    details = _details(session)
    parsed: dict[str, tuple[Statement, ...] | None] = {}
    return {identity.id: _judged(details, details.entries[identity.id], parsed) for identity in identities}


_Parsed = dict[str, tuple[Statement, ...] | None]


def _judged(details: _Details, entry: Mapping[str, Any], parsed: _Parsed) -> Mapping[str, Fact[Any]]:
    """What the policies that were read grant stays granted, whatever the others say; only the absence of a grant
    needs all of them."""
    try:
        subject = _subject(details, entry, parsed)
    except FactUnknown as error:
        return {"administrator": error.fact, "broad_grants": error.fact}
    except PolicyMalformed:
        malformed = Unknown(Reason.MALFORMED, "PolicyDocument")
        return {"administrator": malformed, "broad_grants": malformed}
    by, wide = administrator(subject), broad_grants(subject)
    policies = {"policies": sorted(p.name for p in subject.policies)}
    unread = subject.unread()
    missing = Unknown(Reason.ABSENT, f"document of {', '.join(unread)}")
    return {
        "administrator": missing if unread and by is None else Known(by is not None, {"by": by, **policies}),
        "broad_grants": missing if unread and not wide else Known(tuple(wide), {"from": dict(wide), **policies}),
    }


def _subject(details: _Details, entry: Mapping[str, Any], parsed: _Parsed) -> Subject:
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


def _document(details: _Details, arn: str, parsed: _Parsed) -> tuple[Statement, ...] | None:
    """The statements of a managed policy; None if the answer does not hold its document."""
    if arn not in parsed:
        parsed[arn] = parse(details.documents[arn]) if arn in details.documents else None
    return parsed[arn]


COLLECTORS: tuple[Collector[Identity, AwsSession], ...] = (
    Collector(
        name="aws.identities",
        provider=Provider.AWS,
        kind=Identity,
        reach=Reach.ACCOUNT,
        service="iam",
        find_calls=(GET_AUTHORIZATION_DETAILS,),
        find=_find,
        find_facts=("trusted_by_ai_service", "unconditioned_trust", "permissions_boundary"),
        details=(
            Detail(calls=(GET_AUTHORIZATION_DETAILS,), facts=("administrator", "broad_grants"), read_all=_grants),
            Detail(calls=(GENERATE_REPORT, GET_REPORT), facts=("person", "mfa", "long_lived_keys"), read_all=sign_in),
        ),
    ),
)
