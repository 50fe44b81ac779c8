"""Service accounts of the project, and people who hold a role on it or above it (Identity).

A disabled service account cannot act and is not listed. People come as members of policies: one by one, as a group, or
as everyone of a domain or of a workforce pool. Each such member is an identity; how people sign in is in the
``directory`` for the first two, and nowhere that this version reads for the others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, FactUnknown, Known, Reason, Unknown, any_true
from auditor.model.resources import Identity
from auditor.model.scope import GLOBAL, Provider
from auditor.providers.base import Collector, Detail, Reach, asked
from auditor.providers.gcp.directory import (
    DIRECTORY_CALLS,
    MEMBERS_LIST,
    SignIn,
    group_signs_in,
    holds_account,
    user_signs_in,
)
from auditor.providers.gcp.names import objects
from auditor.providers.gcp.policies import (
    EVERYONE,
    Binding,
    Policies,
    bindings_of,
    checked,
    holds,
    policies,
)
from auditor.providers.gcp.roles import ROLE_CALLS, administers, broad, impersonates
from auditor.providers.gcp.shared_calls import POLICY_CALLS
from auditor.wire.calls import Call

if TYPE_CHECKING:
    from auditor.providers.gcp.session import GcpSession

_SERVICE = "iam.googleapis.com"
ACCOUNTS_LIST = Call(
    provider=Provider.GCP,
    service="iam",
    operation="projects.serviceAccounts.list",
    host=_SERVICE,
    path="/v1/projects/{project}/serviceAccounts",
    permissions=("iam.serviceAccounts.list",),
    items="accounts",
    items_optional=True,  # proto3 JSON leaves an empty list out
)
KEYS_LIST = Call(
    provider=Provider.GCP,
    service="iam",
    operation="projects.serviceAccounts.keys.list",
    host=_SERVICE,
    path="/v1/projects/{project}/serviceAccounts/{account}/keys",
    permissions=("iam.serviceAccountKeys.list",),
    items="keys",
    items_optional=True,  # proto3 JSON leaves an empty list out
)
ACCOUNT_POLICY = Call(
    provider=Provider.GCP,
    service="iam",
    operation="projects.serviceAccounts.getIamPolicy",
    method="POST",
    host=_SERVICE,
    path="/v1/projects/{project}/serviceAccounts/{account}:getIamPolicy",
    permissions=("iam.serviceAccounts.getIamPolicy",),
    expects=("etag",),
)


def _service_accounts(session: GcpSession, location: str) -> Iterator[Identity]:
    accounts = session.items(ACCOUNTS_LIST, GLOBAL, project=session.account.id, pageSize=100)
    for item in objects(ACCOUNTS_LIST, accounts, "name", "email"):
        if item.get("disabled", False):  # iam v1, ServiceAccount.disabled: a boolean without presence
            continue
        email = item["email"].lower()
        unique = {str(item["uniqueId"])} if "uniqueId" in item else set()
        yield Identity(
            id=f"//{_SERVICE}/projects/{session.account.id}/serviceAccounts/{email}",
            name=email,
            account=session.account,
            location=GLOBAL,
            native_type="iam.googleapis.com/ServiceAccount",
            aliases=frozenset({email, *unique}),
            person=Known(False),
            mfa=Known(False),  # nobody signs in as it
        )


_MEMBER_TYPES = {
    "user": "iam.googleapis.com/PolicyMember",
    "group": "cloudidentity.googleapis.com/Group",
    "domain": "cloudidentity.googleapis.com/Domain",
    "principal": "iam.googleapis.com/WorkforcePoolSubject",
    "principalSet": "iam.googleapis.com/WorkforcePool",
}
_NO_PEOPLE = ("serviceAccount", "deleted", "projectOwner", "projectEditor", "projectViewer")
_WORKLOADS = re.compile(
    r"principal(Set)?://(iam\.googleapis\.com/projects/[^/]+/locations/[^/]+/workloadIdentityPools/"
    r"|cloudresourcemanager\.googleapis\.com/.+/type/Service(Account|Agent)$)"
)
"""Federated workloads, and all the service accounts or service agents of a resource (IAM, principal identifiers)."""


def _people(session: GcpSession, location: str) -> Iterator[Identity]:
    """Every member of the policies that hold in the project through which people sign in."""
    held = policies(session)
    members = {_plain(m) for binding in held.bindings() for m in binding.members if _may_be_people(m)}
    for member in sorted(members):
        kind, _, address = member.partition(":")
        yield Identity(
            id=f"{_members_of(session)}{member}",
            name=address if kind in ("user", "group", "domain") else member,
            account=session.account,
            location=GLOBAL,
            native_type=_MEMBER_TYPES.get(kind, "iam.googleapis.com/PolicyMember"),
            long_lived_keys=Known(()),  # only service accounts can have keys,
            unconditioned_trust=Known(()),  # and only they can be impersonated
            federations=Known(()),
            unbound_federations=Known(()),
        )
    if held.open:  # people may be named in what could not be read
        why = any_true(held.open)
        assert isinstance(why, Unknown)
        raise FactUnknown(why)


def _may_be_people(member: str) -> bool:
    kind = member.partition(":")[0]
    return member not in EVERYONE and kind not in _NO_PEOPLE and not _WORKLOADS.match(member)


def _plain(member: str) -> str:
    """Addresses are the same in either case; the names in a pool need not be."""
    return member if member.startswith("principal") else member.lower()


def _members_of(session: GcpSession) -> str:
    return f"//cloudresourcemanager.googleapis.com/projects/{session.account.id}/members/"


def _sign_in(session: GcpSession, identity: Identity) -> dict[str, Fact[Any]]:
    member = identity.id.removeprefix(_members_of(session))
    kind = member.partition(":")[0]
    if kind == "user":
        found = user_signs_in(session, identity.name)
    elif kind == "group":
        found = group_signs_in(session, identity.name)
    elif kind == "domain" or "/workforcePools/" in member:
        found = SignIn(Known(True), Unknown(Reason.NOT_BUILT, f"how everyone behind a {kind}: member signs in"))
    else:
        unknown = Unknown(Reason.UNRECOGNISED, "bindings[].members[]")
        found = SignIn(unknown, unknown)
    return {"person": found.person, "mfa": found.mfa}


def _account_grants(session: GcpSession, location: str, found: Sequence[Identity]) -> dict[str, dict[str, Fact[Any]]]:
    held, rights = policies(session), _remembered(partial(administers, session))
    return {
        identity.id: _rights(held, f"serviceAccount:{identity.name}", rights, _groups(session, identity.name))
        for identity in found
    }


def _groups(session: GcpSession, email: str) -> Callable[[str], Fact[bool]]:
    return lambda group: holds_account(session, group, email)


def _people_grants(session: GcpSession, location: str, found: Sequence[Identity]) -> dict[str, dict[str, Fact[Any]]]:
    held, rights = policies(session), _remembered(partial(administers, session))
    return {i.id: _rights(held, i.id.removeprefix(_members_of(session)), rights) for i in found}


def _remembered(judge: Callable[[str], Fact[bool]]) -> Callable[[str], Fact[bool]]:
    known: dict[str, Fact[bool]] = {}

    def ask(role: str) -> Fact[bool]:
        if role not in known:
            known[role] = judge(role)
        return known[role]

    return ask


def _rights(
    held: Policies,
    subject: str,
    rights: Callable[[str], Fact[bool]],
    grouped: Callable[[str], Fact[bool]] | None = None,
) -> dict[str, Fact[Any]]:
    administrator, _ = holds(held, subject, rights, grouped)
    wide, roles = holds(held, subject, broad, grouped)
    return {"administrator": administrator, "broad_grants": wide.map(lambda _: roles)}


def _keys(session: GcpSession, identity: Identity) -> dict[str, Fact[Any]]:
    """Keys that a person made or uploaded and that are not disabled; Google's own keys rotate by themselves."""
    place = {"project": session.account.id, "account": identity.name, "keyTypes": "USER_MANAGED"}
    keys = objects(KEYS_LIST, session.items(KEYS_LIST, GLOBAL, **place), "name")
    live = tuple(sorted(str(key["name"]).rsplit("/", 1)[-1] for key in keys if not key.get("disabled", False)))
    return {"long_lived_keys": Known(live, {"keys[].name": list(live)})}


def _trust(session: GcpSession, identity: Identity) -> dict[str, Fact[Any]]:
    """Who may act as it: everyone by its own policy; anyone by a policy further up, which opens every service account
    below; the identities of federated pools, one by one or all of a pool."""
    version: dict[str, Any] = {"options.requestedPolicyVersion": 3}
    own = asked(session, ACCOUNT_POLICY, project=session.account.id, account=identity.name, **version)
    held = policies(session)
    wide: set[str] = set()
    pools: set[str] = set()
    whole_pools: set[str] = set()
    open_answers: list[Fact[bool]] = [own] if isinstance(own, Unknown) else []
    trusting = [(binding, True) for binding in held.bindings()]
    if isinstance(own, Known):
        policy = checked(ACCOUNT_POLICY, own.value)
        trusting += [(binding, False) for binding in bindings_of(policy, identity.name)]
    for binding, above in trusting:
        federated = {m for m in _live(binding) if _in_pool(m)}
        anybody = set() if binding.conditional else {m for m in _live(binding) if above or m in EVERYONE}
        if not federated and not anybody:
            continue
        acts = impersonates(session, binding.role)
        if isinstance(acts, Unknown):
            open_answers.append(acts)
        elif acts.value:
            wide |= anybody
            pools |= federated
            whole_pools |= set() if binding.conditional else {m for m in federated if m.endswith("/*")}

    def answer(members: set[str]) -> Fact[tuple[str, ...]]:
        """What was seen decides; that nothing is there needs all policies."""
        found = tuple(sorted(members))
        shown: Fact[bool] = Known(bool(found), {"bindings[].members[]": list(found)})
        return any_true((shown, *open_answers, *held.open)).map(lambda _: found)

    return {
        "unconditioned_trust": answer(wide),
        "federations": answer(pools),
        "unbound_federations": answer(whole_pools),
    }


def _live(binding: Binding) -> Iterator[str]:
    return (member for member in binding.members if not member.startswith("deleted:"))


def _in_pool(member: str) -> bool:
    """``principal://`` is one identity of a pool, ``principalSet://`` some of them, and with ``/*`` every identity that
    the pool lets in."""
    return member.startswith(("principal://", "principalSet://")) and "/workloadIdentityPools/" in member


_TRUST = ("unconditioned_trust", "federations", "unbound_federations")

COLLECTORS = (
    Collector(
        name="gcp.identities.service_accounts",
        provider=Provider.GCP,
        kind=Identity,
        reach=Reach.ACCOUNT,
        find_calls=(ACCOUNTS_LIST,),
        find=_service_accounts,
        find_facts=("person", "mfa"),
        details=(
            Detail(
                calls=(*POLICY_CALLS, *ROLE_CALLS, MEMBERS_LIST),
                facts=("administrator", "broad_grants"),
                read_all=_account_grants,
            ),
            Detail(calls=(KEYS_LIST,), facts=("long_lived_keys",), read=_keys),
            Detail(calls=(ACCOUNT_POLICY, *POLICY_CALLS, *ROLE_CALLS), facts=_TRUST, read=_trust),
        ),
    ),
    Collector(
        name="gcp.identities.people",
        provider=Provider.GCP,
        kind=Identity,
        reach=Reach.ACCOUNT,
        find_calls=POLICY_CALLS,
        find=_people,
        find_facts=("long_lived_keys", *_TRUST),
        details=(
            Detail(calls=DIRECTORY_CALLS, facts=("person", "mfa"), read=_sign_in),
            Detail(
                calls=(*POLICY_CALLS, *ROLE_CALLS), facts=("administrator", "broad_grants"), read_all=_people_grants
            ),
        ),
    ),
)
