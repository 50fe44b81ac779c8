"""Service accounts of the project, and people who hold a role on it (Identity).

A disabled service account cannot act and is not listed. Groups, domains and federated pools are not identities but
sets of them; who is in them is not readable with rights on a project, so they are not listed (see ``policies`` for
what their roles mean for those who are).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Unknown, any_true
from auditor.model.resources import Identity
from auditor.model.scope import GLOBAL, Provider
from auditor.providers.base import Collector, Detail, Reach
from auditor.providers.gcp.names import asked, objects
from auditor.providers.gcp.policies import (
    EVERYONE,
    Binding,
    Policies,
    bindings_of,
    checked,
    holds,
    policies,
    project_policy,
)
from auditor.providers.gcp.roles import ROLE_CALLS, administers, broad, impersonates
from auditor.providers.gcp.shared_calls import POLICY_CALLS, PROJECT_POLICY
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
        )


def _people(session: GcpSession, location: str) -> Iterator[Identity]:
    """Every Google account that the project's own policy names."""
    members = {m.lower() for b in bindings_of(project_policy(session), "") for m in b.members if m.startswith("user:")}
    for member in sorted(members):
        yield Identity(
            id=f"//cloudresourcemanager.googleapis.com/projects/{session.account.id}/members/{member}",
            name=member.removeprefix("user:"),
            account=session.account,
            location=GLOBAL,
            native_type="iam.googleapis.com/PolicyMember",
            person=Known(True),
            long_lived_keys=Known(()),  # only service accounts can have keys,
            unconditioned_trust=Known(()),  # and only they can be impersonated
        )


def _subject(identity: Identity) -> str:
    person = identity.person
    return f"{'user' if isinstance(person, Known) and person.value else 'serviceAccount'}:{identity.name}"


def _grants(session: GcpSession, location: str, found: Sequence[Identity]) -> dict[str, dict[str, Fact[Any]]]:
    held = policies(session)
    rights = _remembered(partial(administers, session))
    return {identity.id: _rights(held, _subject(identity), rights) for identity in found}


def _remembered(judge: Callable[[str], Fact[bool]]) -> Callable[[str], Fact[bool]]:
    known: dict[str, Fact[bool]] = {}

    def ask(role: str) -> Fact[bool]:
        if role not in known:
            known[role] = judge(role)
        return known[role]

    return ask


def _rights(held: Policies, subject: str, rights: Callable[[str], Fact[bool]]) -> dict[str, Fact[Any]]:
    administrator, _ = holds(held, subject, rights)
    wide, roles = holds(held, subject, broad)
    return {"administrator": administrator, "broad_grants": wide.map(lambda _: roles)}


def _keys(session: GcpSession, identity: Identity) -> dict[str, Fact[Any]]:
    """Keys that a person made or uploaded and that are not disabled; Google's own keys rotate by themselves."""
    place = {"project": session.account.id, "account": identity.name, "keyTypes": "USER_MANAGED"}
    keys = objects(KEYS_LIST, session.items(KEYS_LIST, GLOBAL, **place), "name")
    live = tuple(sorted(str(key["name"]).rsplit("/", 1)[-1] for key in keys if not key.get("disabled", False)))
    return {"long_lived_keys": Known(live, {"keys[].name": list(live)})}


def _trust(session: GcpSession, identity: Identity) -> dict[str, Fact[Any]]:
    """Who may act as it: everyone or a whole federated pool by its own policy; anyone by a policy further up, which
    opens every service account below."""
    version: dict[str, Any] = {"options.requestedPolicyVersion": 3}
    own = asked(session, ACCOUNT_POLICY, project=session.account.id, account=identity.name, **version)
    held = policies(session)
    trusting = [(binding, list(_live(binding))) for binding in held.bindings()]
    if isinstance(own, Known):
        policy = checked(ACCOUNT_POLICY, own.value)
        trusting += [
            (binding, [m for m in _live(binding) if m in EVERYONE or _whole_pool(m)])
            for binding in bindings_of(policy, identity.name)
        ]
    found: set[str] = set()
    open_answers: list[Fact[bool]] = [own] if isinstance(own, Unknown) else []
    for binding, members in trusting:
        if binding.conditional or not members:
            continue
        acts = impersonates(session, binding.role)
        if isinstance(acts, Unknown):
            open_answers.append(acts)
        elif acts.value:
            found.update(members)
    trusted = tuple(sorted(found))
    shown: Fact[bool] = Known(bool(trusted), {"bindings[].members[]": list(trusted)})
    return {"unconditioned_trust": any_true((shown, *open_answers, *held.open)).map(lambda _: trusted)}


def _live(binding: Binding) -> Iterator[str]:
    return (member for member in binding.members if not member.startswith("deleted:"))


def _whole_pool(member: str) -> bool:
    """``principalSet://.../workloadIdentityPools/<pool>/*``: every identity that the pool lets in."""
    return member.startswith("principalSet://") and member.endswith("/*")


COLLECTORS = (
    Collector(
        name="gcp.identities.service_accounts",
        provider=Provider.GCP,
        kind=Identity,
        reach=Reach.ACCOUNT,
        find_calls=(ACCOUNTS_LIST,),
        find=_service_accounts,
        find_facts=("person",),
        details=(
            Detail(calls=(*POLICY_CALLS, *ROLE_CALLS), facts=("administrator", "broad_grants"), read_all=_grants),
            Detail(calls=(KEYS_LIST,), facts=("long_lived_keys",), read=_keys),
            Detail(calls=(ACCOUNT_POLICY, *POLICY_CALLS, *ROLE_CALLS), facts=("unconditioned_trust",), read=_trust),
        ),
    ),
    Collector(
        name="gcp.identities.people",
        provider=Provider.GCP,
        kind=Identity,
        reach=Reach.ACCOUNT,
        find_calls=(PROJECT_POLICY,),
        find=_people,
        find_facts=("person", "long_lived_keys", "unconditioned_trust"),
        details=(
            Detail(calls=(*POLICY_CALLS, *ROLE_CALLS), facts=("administrator", "broad_grants"), read_all=_grants),
        ),
    ),
)
