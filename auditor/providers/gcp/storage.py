"""Cloud Storage buckets (Storage)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown, any_true, native
from auditor.model.resources import Storage
from auditor.model.scope import GLOBAL, Provider
from auditor.providers.base import Collector, Detail, Reach, asked
from auditor.providers.gcp.names import BOOLEAN, customer_key, flag, labels, objects, text
from auditor.providers.gcp.policies import EVERYONE, bindings_of, checked
from auditor.providers.gcp.shared_calls import PROJECT_GET
from auditor.wire.calls import Call

if TYPE_CHECKING:
    from auditor.providers.gcp.session import GcpSession

_SERVICE = "storage.googleapis.com"
BUCKETS_LIST = Call(
    provider=Provider.GCP,
    service="storage",
    operation="buckets.list",
    host=_SERVICE,
    path="/storage/v1/b",
    permissions=("storage.buckets.list",),
    expects=("kind",),
    items="items",
    items_optional=True,  # Cloud Storage JSON leaves an empty list out; the kind is always there
)
"""Buckets that did not answer are named in ``unreachable``."""

BUCKET_POLICY = Call(
    provider=Provider.GCP,
    service="storage",
    operation="buckets.getIamPolicy",
    host=_SERVICE,
    path="/storage/v1/b/{bucket}/iam",
    permissions=("storage.buckets.getIamPolicy",),
    expects=("kind", "etag"),
)

CONSTRAINT = Call(
    provider=Provider.GCP,
    service="orgpolicy",
    operation="projects.policies.getEffectivePolicy",
    host="orgpolicy.googleapis.com",
    path="/v2/projects/{project}/policies/{constraint}:getEffectivePolicy",
    permissions=("orgpolicy.policy.get",),
    expects=("name",),
)

_NO_PUBLIC_ACCESS = "storage.publicAccessPrevention"
_NO_PLAIN_HTTP = "storage.secureHttpTransport"
_SETTING = "iamConfiguration.publicAccessPrevention"
_ENFORCED = {"enforced": True, "inherited": False, "unspecified": False}
"""``unspecified`` is the former name of ``inherited`` (Cloud Storage guide, public access prevention)."""


def _find(session: GcpSession, location: str) -> Iterator[Storage]:
    for item in _buckets(session):
        yield Storage(
            id=f"//{_SERVICE}/{item['name']}",
            name=item["name"],
            account=session.account,
            location=str(item.get("location", GLOBAL)).lower(),
            native_type="storage.googleapis.com/Bucket",
            aliases=frozenset({item["name"], f"gs://{item['name']}"}),
            tags=labels(item),
            encrypted=Known(True),  # Cloud Storage encrypts every object at rest, and this cannot be turned off
            versioned=_restorable(item),
            # storage v1, Bucket.encryption.defaultKmsKeyName: the key used where an object names none
            **customer_key(session, text(item, "encryption.defaultKmsKeyName", "")),
        )


def _buckets(session: GcpSession) -> Iterator[Mapping[str, Any]]:
    asked_for = {"project": session.account.id, "projection": "noAcl", "returnPartialSuccess": "true"}
    return objects(BUCKETS_LIST, session.items(BUCKETS_LIST, GLOBAL, **asked_for), "name")


def _restorable(item: Mapping[str, Any]) -> Fact[bool]:
    """Object versions, or soft delete with a retention; Object Versioning is off unless it was turned on."""
    kept = text(item, "softDeletePolicy.retentionDurationSeconds").map(lambda seconds: seconds.strip("0") != "")
    return any_true((flag(item, "versioning.enabled"), kept))


def _access(session: GcpSession, bucket: Storage) -> dict[str, Fact[Any]]:
    # Asked again, the listing answers from memory; it ends at the bucket, so a page that failed later does not matter.
    item = next(item for item in _buckets(session) if item["name"] == bucket.name)
    blocked = _blocked(session, item)
    return {"public_access_blocked": blocked, "public": _public(session, item, blocked)}


def _blocked(session: GcpSession, item: Mapping[str, Any]) -> Fact[bool]:
    """Public access prevention is enforced, on the bucket or by the organization policy that it inherits.

    It overrides policies and access control lists alike (Cloud Storage guide, public access prevention).
    """
    own = native(item, _SETTING).map(_ENFORCED)
    if isinstance(own, Unknown) or own.value:
        return own
    inherited = _constraint(session, _NO_PUBLIC_ACCESS)
    return Known(inherited.value, {**own.native, **inherited.native}) if isinstance(inherited, Known) else inherited


def _constraint(session: GcpSession, name: str) -> Fact[bool]:
    """Whether an organization policy constraint is enforced on the project, wherever it was set."""
    policy = asked(session, CONSTRAINT, project=session.account.id, constraint=name)
    return _enforced(policy.value) if isinstance(policy, Known) else policy


def _tls(session: GcpSession, location: str, found: Sequence[Storage]) -> dict[str, dict[str, Fact[Any]]]:
    """Cloud Storage answers over plain HTTP too, unless a constraint forbids it for the whole project."""
    required = _constraint(session, _NO_PLAIN_HTTP)
    return {bucket.id: {"requires_tls": required} for bucket in found}


def _enforced(policy: Mapping[str, Any]) -> Fact[bool]:
    rules = native(policy, "spec.rules")
    if isinstance(rules, Unknown):
        return rules
    found = tuple(objects(CONSTRAINT, rules.value))
    if any("condition" in rule for rule in found):
        # A conditional rule says the opposite of the other one, for resources with a tag.
        return Unknown(Reason.NOT_BUILT, "spec.rules[].condition")
    answer = any_true(native(rule, "enforce").map(BOOLEAN) for rule in found)
    shown = {f"{policy['name']} spec.rules[].enforce": [rule.get("enforce") for rule in found]}
    return Known(answer.value, shown) if isinstance(answer, Known) else answer


def _public(session: GcpSession, item: Mapping[str, Any], blocked: Fact[bool]) -> Fact[bool]:
    """Everyone holds a role on it and nothing prevents that.

    Without uniform bucket-level access single objects have access control lists, which are not read. Google refuses
    such members in the policies of projects, folders and organizations, so the bucket's own policy is enough.
    """
    answer = asked(session, BUCKET_POLICY, bucket=item["name"], optionsRequestedPolicyVersion=3)
    if isinstance(blocked, Known) and blocked.value:  # whatever the policy says, even if it cannot be read
        return Known(False, blocked.native)
    if isinstance(answer, Unknown):
        return answer
    bindings = bindings_of(checked(BUCKET_POLICY, answer.value), "")
    given = sorted(f"{b.role} to {m}" for b in bindings for m in b.members if m in EVERYONE)
    shown = {"bindings[].members[]": given}
    if given:
        return blocked if isinstance(blocked, Unknown) else Known(True, shown)
    uniform = native(item, "iamConfiguration.uniformBucketLevelAccess.enabled").map(BOOLEAN)
    if isinstance(uniform, Unknown):
        return uniform
    return Known(False, {**shown, **uniform.native}) if uniform.value else Unknown(Reason.NOT_BUILT, "object ACLs")


COLLECTORS = (
    Collector(
        name="gcp.storage.buckets",
        provider=Provider.GCP,
        kind=Storage,
        reach=Reach.ACCOUNT,
        find_calls=(BUCKETS_LIST, PROJECT_GET),
        find=_find,
        find_facts=("tags", "encrypted", "versioned", "encryption_key", "customer_key"),
        details=(
            Detail(calls=(BUCKET_POLICY, CONSTRAINT), facts=("public_access_blocked", "public"), read=_access),
            Detail(calls=(CONSTRAINT,), facts=("requires_tls",), read_all=_tls),
        ),
    ),
)
