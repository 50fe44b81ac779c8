"""The directory of an organization (Google Workspace, Cloud Identity): how people sign in, and who is in a group.

Read through the Directory API of the Admin SDK. What it takes is no IAM permission: a token with the scopes below, and
for the identity that reads an administrator role of the directory with the privileges to read users and groups.

``isEnforcedIn2Sv`` and ``isEnrolledIn2Sv`` speak of Google's own sign-in. Where an organization signs in through
another identity provider, Google's 2-Step Verification does not apply by default
(support.google.com/a/answer/9464354). Its people are normally not enrolled then, and fail here; how their own provider
signs them in is not read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.model.facts import Fact, Known, Reason, Unknown, all_true, any_true, native
from auditor.model.scope import GLOBAL, Provider
from auditor.providers.gcp.names import BOOLEAN, flag, objects
from auditor.wire.calls import Call
from auditor.wire.errors import CallFailed

if TYPE_CHECKING:
    from auditor.providers.gcp.session import GcpSession

_HOST = "admin.googleapis.com"
USER_SCOPE = "https://www.googleapis.com/auth/admin.directory.user.readonly"
MEMBER_SCOPE = "https://www.googleapis.com/auth/admin.directory.group.member.readonly"
DIRECTORY_SCOPES = (USER_SCOPE, MEMBER_SCOPE)

USER_GET = Call(
    provider=Provider.GCP,
    service="directory",
    operation="users.get",
    host=_HOST,
    path="/admin/directory/v1/users/{user}",
    permissions=(USER_SCOPE,),
    expects=("kind", "primaryEmail"),
)
MEMBERS_LIST = Call(
    provider=Provider.GCP,
    service="directory",
    operation="members.list",
    host=_HOST,
    path="/admin/directory/v1/groups/{group}/members",
    permissions=(MEMBER_SCOPE,),
    expects=("kind",),
    items="members",
    items_optional=True,  # a group without members has no list; the kind is always there
)
DIRECTORY_CALLS = (USER_GET, MEMBERS_LIST)

_USER_FIELDS = "kind,primaryEmail,suspended,archived,isEnforcedIn2Sv,isEnrolledIn2Sv"
_MEMBER_FIELDS = "kind,nextPageToken,members(email,type)"
"""Partial responses: names, telephone numbers and addresses of people are not asked for."""

_SERVICE_ACCOUNTS = ".gserviceaccount.com"
"""How the address of every service account ends, whoever made it."""


@dataclass(frozen=True, slots=True)
class SignIn:
    person: Fact[bool]
    mfa: Fact[bool]


@dataclass(frozen=True, slots=True)
class Members:
    """Who is in a group, groups in it opened."""

    people: frozenset[str]
    service_accounts: frozenset[str]
    open: tuple[Unknown, ...]
    """Why there may be more."""


def user_signs_in(session: GcpSession, email: str) -> SignIn:
    """How one Google account signs in. An account that is suspended or archived cannot, so nobody signs in as it."""
    try:
        user = session.call(USER_GET, GLOBAL, user=email, fields=_USER_FIELDS)
    except CallFailed as error:
        return SignIn(Known(True), _outside(error))
    inactive = any_true((flag(user, "suspended"), flag(user, "archived")))
    # enrolled without being made to, a person may turn it off again; made to and not enrolled, a person is in a period
    # of grace, or signs in by another identity provider and has no second factor of Google's at all
    mfa = all_true(native(user, name).map(BOOLEAN) for name in ("isEnforcedIn2Sv", "isEnrolledIn2Sv"))
    if isinstance(mfa, Known):
        mfa = Known(mfa.value, {name: user.get(name) for name in ("isEnforcedIn2Sv", "isEnrolledIn2Sv")})
    return SignIn(inactive.map(lambda off: not off), mfa)


def group_signs_in(session: GcpSession, email: str) -> SignIn:
    """Whether people act through a group, and whether each of them needs a second factor.

    What cannot be looked into (a group elsewhere, a whole organization as a member) leaves both open.
    """
    found = members_of(session, email)
    each = {member: user_signs_in(session, member) for member in sorted(found.people)}
    person = any_true((*(one.person for one in each.values()), *found.open))
    mfa = all_true((*(any_true((one.person.map(lambda is_: not is_), one.mfa)) for one in each.values()), *found.open))
    lacking = [member for member, one in each.items() if _is(one.person, True) and _is(one.mfa, False)]
    shown = {"members[].email": list(each), "members[].email without a second factor": lacking}
    return SignIn(person, mfa if isinstance(mfa, Unknown) else Known(mfa.value, shown))


def _is(fact: Fact[bool], value: bool) -> bool:
    return isinstance(fact, Known) and fact.value is value


def members_of(session: GcpSession, group: str) -> Members:
    """Every member of a group. Groups in it are listed themselves: one that cannot be is said, not left out."""
    return session.once(f"members of {group.lower()}", lambda: _opened(session, group.lower()))


def _opened(session: GcpSession, group: str) -> Members:
    people: set[str] = set()
    accounts: set[str] = set()
    missing: list[Unknown] = []
    seen: set[str] = set()
    waiting = [group]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        try:
            pages = session.items(MEMBERS_LIST, GLOBAL, group=name, maxResults=200, fields=_MEMBER_FIELDS)
            for member in objects(MEMBERS_LIST, pages, "type"):
                kind, address = member["type"], str(member.get("email", "")).lower()
                if kind == "CUSTOMER":  # has no address
                    missing.append(Unknown(Reason.NOT_BUILT, "a group with everyone of an organization in it"))
                elif not address:
                    missing.append(Unknown(Reason.ABSENT, "members[].email"))
                elif address.endswith(_SERVICE_ACCOUNTS):
                    accounts.add(address)
                elif kind in ("USER", "EXTERNAL"):
                    people.add(address)
                elif kind == "GROUP":
                    waiting.append(address)
                else:
                    missing.append(Unknown(Reason.UNRECOGNISED, "members[].type"))
        except CallFailed as error:
            missing.append(_outside(error))
    return Members(frozenset(people), frozenset(accounts), tuple(missing))


def holds_account(session: GcpSession, group: str, account: str) -> Fact[bool]:
    """Whether a service account is in a group."""
    found = members_of(session, group)
    inside: Fact[bool] = Known(account.lower() in found.service_accounts, {"members[].email": account})
    return any_true((inside, *found.open))


def _outside(error: CallFailed) -> Unknown:
    """A directory answers 404 for what it does not hold; it is in somebody else's, or a consumer account."""
    if error.reason is Reason.VANISHED:
        return Unknown(Reason.OUT_OF_SCOPE, error.call.key)
    return error.unknown()
