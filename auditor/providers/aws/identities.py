"""IAM users and roles, and how far their policies go.

One paged read gives every user, group, role and policy with its documents; a list of the roles adds how long their
sessions may be, and the credential report how users sign in. Policies are judged by :mod:`auditor.access.aws_grants`,
:mod:`auditor.access.aws_invocation`, what is said of trust stands in :mod:`auditor.providers.aws.role_trust`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from auditor.access.aws_documents import PolicyMalformed
from auditor.access.aws_grants import Subject, broad_grants, passes_any_role
from auditor.access.aws_invocation import depends_on_attributes, invocations, unread
from auditor.model.facts import Fact, FactUnknown, Known, Reason, Unknown, native
from auditor.model.resources import Identity
from auditor.model.scope import GLOBAL, Provider
from auditor.providers.aws.authorization_details import (
    GET_AUTHORIZATION_DETAILS,
    Details,
    Parsed,
    holders_of,
    pages,
    policies_of,
    read_details,
    subject_of,
)
from auditor.providers.aws.credential_report import GENERATE_REPORT, GET_REPORT, sign_in
from auditor.providers.aws.identity_use import last_used
from auditor.providers.aws.role_trust import SERVICE_LINKED, TRUST_FACTS, trust
from auditor.providers.aws.service_use import GENERATE_USE, GET_USE, unused_ai_services
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Collector, Detail, Reach

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

LIST_ROLES = aws_call("iam", "ListRoles", items="Roles", expects=("IsTruncated",))

_PAGE = 1000


def _find(session: AwsSession, location: str) -> Iterator[Identity]:
    for page in pages(session):
        for entry in page.get("UserDetailList") or ():
            yield _identity(session, entry, entry["UserName"], "AWS::IAM::User")
        for entry in page.get("RoleDetailList") or ():
            yield _identity(session, entry, entry["RoleName"], "AWS::IAM::Role")


def _identity(session: AwsSession, entry: Mapping[str, Any], name: str, native_type: str) -> Identity:
    return Identity(
        id=entry["Arn"],
        name=name,
        account=session.account,
        location=GLOBAL,
        native_type=native_type,
        tags=_tags(entry),
        service_linked=native(entry, "Path").map(lambda path: path.startswith(SERVICE_LINKED)),
        # no other read tells: IAM gives the element only where a boundary is set (IAM API reference, RoleDetail)
        permissions_boundary=native(entry, "PermissionsBoundary.PermissionsBoundaryArn", default=None),
        **trust(entry, session.account.id),
    )


def _tags(entry: Mapping[str, Any]) -> Fact[Mapping[str, str]]:
    """IAM leaves out the list of an entry without tags, as it does that of inline policies."""
    return native(entry, "Tags", default=()).map(lambda tags: {tag["Key"]: tag["Value"] for tag in tags})


_OF_POLICIES = (
    "broad_grants",
    "passes_any_role",
    "invokes",
    "invokes_generative",
    "invokes_unguarded",
    "invokes_from_anywhere",
    "attribute_conditions",
)


def _grants(
    session: AwsSession, location: str, identities: Sequence[Identity]
) -> Mapping[str, Mapping[str, Fact[Any]]]:
    details = read_details(session)
    parsed: Parsed = {}
    found: dict[str, Mapping[str, Fact[Any]]] = {}
    for identity in identities:
        entry = details.entries[identity.id]
        found[identity.id] = {**_judged(details, entry, parsed), "policies": _documents(details, entry)}
    return found


def _documents(details: Details, entry: Mapping[str, Any]) -> Fact[Mapping[str, Any]]:
    """What grants to an identity, as it was read."""
    try:
        own, *groups = holders_of(details, entry)
        return Known({**policies_of(own), "groups": tuple(group.entry["Arn"] for group in groups)})
    except FactUnknown as error:
        return error.fact


def _judged(details: Details, entry: Mapping[str, Any], parsed: Parsed) -> Mapping[str, Fact[Any]]:
    """What the policies that were read grant stays granted, whatever the others say; only the absence of a grant
    needs all of them. What an identity may call needs all of them, too: any may forbid it."""
    try:
        subject = subject_of(details, entry, parsed)
    except FactUnknown as error:
        return dict.fromkeys(_OF_POLICIES, error.fact)
    except PolicyMalformed:
        return dict.fromkeys(_OF_POLICIES, Unknown(Reason.MALFORMED, "PolicyDocument"))
    wide, passes = broad_grants(subject), passes_any_role(subject)
    policies = {"policies": sorted(p.name for p in subject.policies)}
    missing_names = subject.unread()
    missing = Unknown(Reason.ABSENT, f"document of {', '.join(missing_names)}")

    def found(some: bool, value: Any, **shown: Any) -> Fact[Any]:
        return missing if missing_names and not some else Known(value, {**shown, **policies} if shown else policies)

    return {
        "broad_grants": found(bool(wide), tuple(wide), **{"from": dict(wide)}),
        "passes_any_role": found(bool(passes), tuple(passes)),
        **_calls(subject, policies),
    }


def _calls(subject: Subject, policies: Mapping[str, Any]) -> Mapping[str, Fact[Any]]:
    missing = unread(subject)
    if missing:
        return dict.fromkeys(_OF_POLICIES[2:], Unknown(Reason.ABSENT, f"document of {', '.join(missing)}"))
    may = invocations(subject)
    return {
        "invokes": Known(may.targets, policies),
        "invokes_generative": Known(may.generative, policies),
        "invokes_unguarded": Known(may.unguarded, policies),
        "invokes_from_anywhere": Known(may.from_anywhere, policies),
        "attribute_conditions": Known(depends_on_attributes(subject), policies),
    }


def _sessions(
    session: AwsSession, location: str, identities: Sequence[Identity]
) -> Mapping[str, Mapping[str, Fact[Any]]]:
    """A user has no sessions of its own. The authorization details lack the limit, and the list has it."""
    roles = {role["Arn"]: role for role in session.items(LIST_ROLES, GLOBAL, MaxItems=_PAGE)}
    return {i.id: {"session_hours": _hours(i, roles)} for i in identities}


def _hours(identity: Identity, roles: Mapping[str, Mapping[str, Any]]) -> Fact[int | None]:
    """Hours begun count as whole."""
    if identity.native_type == "AWS::IAM::User":
        return Known(None, {"type": "user"})
    if identity.id not in roles:  # made since the list was
        return Unknown(Reason.ABSENT, "role")
    return native(roles[identity.id], "MaxSessionDuration").map(lambda seconds: -(-seconds // 3600))


COLLECTORS: tuple[Collector[Identity, AwsSession], ...] = (
    Collector(
        name="aws.identities",
        provider=Provider.AWS,
        kind=Identity,
        reach=Reach.ACCOUNT,
        service="iam",
        find_calls=(GET_AUTHORIZATION_DETAILS,),
        find=_find,
        find_facts=(
            "tags",
            "service_linked",
            "permissions_boundary",
            *TRUST_FACTS,
        ),
        details=(
            Detail(calls=(GET_AUTHORIZATION_DETAILS,), facts=(*_OF_POLICIES, "policies"), read_all=_grants),
            Detail(calls=(LIST_ROLES,), facts=("session_hours",), read_all=_sessions),
            Detail(
                calls=(GET_AUTHORIZATION_DETAILS, GENERATE_REPORT, GET_REPORT),
                facts=("last_used",),
                read_all=last_used,
            ),
            Detail(
                calls=(GET_AUTHORIZATION_DETAILS, GENERATE_USE, GET_USE),
                facts=("unused_ai_services",),
                read=unused_ai_services,
            ),
            Detail(calls=(GENERATE_REPORT, GET_REPORT), facts=("person", "mfa", "long_lived_keys"), read_all=sign_in),
        ),
    ),
)
