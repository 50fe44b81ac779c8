"""Who there is in an account: users, roles and groups with their policies, from the facts of an audit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from auditor.access.aws_documents import PolicyMalformed, parse
from auditor.access.engine.answer import TRUST_POLICY, Layer
from auditor.access.engine.evaluate import Read
from auditor.access.engine.policies import Policy, compile_policy
from auditor.access.unread import Json, Notes, fact_of, known, value_of
from auditor.access.world import Actor
from auditor.model.facts import Reason

_DETAILS = "iam:GetAccountAuthorizationDetails"


@lru_cache(maxsize=1024)
def compiled(text: str, layer: Layer, name: str) -> Policy | None:
    """None if it is malformed. Managed policies and trust policies are the same for many."""
    try:
        return compile_policy(text, layer, name)
    except PolicyMalformed:
        return None


@dataclass(frozen=True)
class Shelf:
    """What identities have in common: managed policies, and groups."""

    notes: Notes
    managed: Json
    groups: Mapping[str, Actor]

    def read(self, policies: Json) -> Read:
        found: list[Policy] = []
        partly = False
        for name, text in policies["inline"].items():
            try:
                found.append(compile_policy(text, Layer.IDENTITY, name))
            except PolicyMalformed:
                self.notes.add("an inline policy", (), Reason.MALFORMED.label)
                partly = True
        for arn in policies["managed"]:
            policy = self.policy(arn, Layer.IDENTITY)
            partly = partly or policy is None
            if policy is not None:
                found.append(policy)
        return Read(tuple(found), partly)

    def policy(self, arn: str, layer: Layer) -> Policy | None:
        if arn not in self.managed:
            self.notes.add(f"the text of {arn}", (_DETAILS,), Reason.ABSENT.label)
            return None
        policy = compiled(self.managed[arn], layer, arn)
        if policy is None:
            self.notes.add(f"the text of {arn}", (), Reason.MALFORMED.label)
        return policy


def shelf_of(notes: Notes, settings: Json | None, *, needed: bool) -> Shelf:
    managed, groups = (fact_of(settings, name) for name in ("managed_policies", "group_policies"))
    for what, fact in (("the texts of managed policies", managed), ("the policies of groups", groups)):
        if needed and not known(fact):
            notes.fact(what, fact)
    texts = managed["value"] if managed is not None and known(managed) else {}
    alone = Shelf(notes, texts, {})
    found: dict[str, Actor] = {}
    for arn, policies in (groups["value"] if groups is not None and known(groups) else {}).items():
        found[arn] = Actor(arn=arn, person=False, identity=alone.read(policies), attached=tuple(policies["managed"]))
    return Shelf(notes, texts, found)


def actor_of(shelf: Shelf, identity: Json) -> Actor:
    notes = shelf.notes
    fact = fact_of(identity, "policies")
    policies = fact["value"] if fact is not None and known(fact) else None
    if policies is None:
        notes.fact("the policies of an identity", fact)
    groups = tuple(policies["groups"]) if policies is not None else ()
    memberships = [shelf.groups.get(arn) for arn in groups]
    read = Read(None) if policies is None else _together(shelf.read(policies), memberships)
    attached = {arn for member in memberships if member is not None for arn in member.attached}
    boundary, boundary_read = _boundary(shelf, fact_of(identity, "permissions_boundary"))
    trust = value_of(identity, "trust_document")
    is_role = ":role/" in identity["id"]
    tags = value_of(identity, "tags")
    return Actor(
        arn=identity["id"],
        person=comes_by_federation(trust, identity["id"]) if is_role else value_of(identity, "person"),
        identity=read,
        boundary=boundary,
        boundary_read=boundary_read,
        trust=_trust(notes, identity) if is_role else None,
        groups=groups,
        attached=tuple(sorted({*attached, *(policies["managed"] if policies is not None else ())})),
        tags=dict(tags) if tags is not None else None,
    )


def _together(own: Read, groups: Iterable[Actor | None]) -> Read:
    policies, partly = list(own.policies or ()), own.partly
    for group in groups:
        partly = partly or group is None or group.identity.partly
        policies.extend(group.identity.policies or () if group is not None else ())
    return Read(tuple(policies), partly)


def _trust(notes: Notes, identity: Json) -> Policy | None:
    fact = fact_of(identity, "trust_document")
    if fact is None or not known(fact) or fact["value"] is None:
        notes.fact("the trust policy of a role", None if fact is None or known(fact) else fact)
        return None
    policy = compiled(fact["value"], Layer.RESOURCE, TRUST_POLICY)
    if policy is None:
        notes.add("the trust policy of a role", (), Reason.MALFORMED.label)
    return policy


def _boundary(shelf: Shelf, fact: Json | None) -> tuple[Policy | None, bool]:
    if fact is None or not known(fact):
        shelf.notes.fact("whether an identity has a permissions boundary", fact)
        return None, False
    arn = fact["value"]
    if arn is None:
        return None, True
    policy = shelf.policy(arn, Layer.BOUNDARY)
    return (Policy(arn, ()), False) if policy is None else (policy, True)


@lru_cache(maxsize=1024)
def comes_by_federation(trust: str | None, arn: str) -> bool | None:
    """Whether people come to a role by federation. SAML providers and IAM Identity Center sign people in; of token
    issuers it is not known, but those of clusters, pipelines and applications are for programs."""
    if "/aws-reserved/sso.amazonaws.com/" in arn:
        return True
    if trust is None:
        return None
    try:
        statements = parse(trust)
    except PolicyMalformed:
        return None
    names = {n for s in statements if s.allow for n in (s.principals or {}).get("Federated", ())}
    if any(":saml-provider/" in name for name in names):
        return True
    return None if any(not _FOR_PROGRAMS.search(name) for name in names) else False


_FOR_PROGRAMS = re.compile(
    r"token\.actions\.githubusercontent\.com|gitlab|bitbucket|circleci|buildkite|app\.terraform\.io|oidc\.eks\."
    r"|container\.googleapis\.com|cognito-identity\.amazonaws\.com"
)
