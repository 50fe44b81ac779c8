"""Cloud KMS keys (Key), in every location that Cloud KMS has.

Not only in the regions that are audited: buckets and multi-region resources use keys in ``global`` and in the
multi-regions, and a key that nothing here uses is still one whose policy and rotation count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown, all_true, any_true, native
from auditor.model.resources import Key
from auditor.model.scope import GLOBAL, Provider
from auditor.providers.base import Collector, Detail, Reach, asked
from auditor.providers.gcp.names import flag, labels, last, local, objects, text
from auditor.providers.gcp.policies import EVERYONE, bindings_of, checked
from auditor.wire.calls import Call
from auditor.wire.errors import CallFailed

if TYPE_CHECKING:
    from auditor.providers.gcp.session import GcpSession

_SERVICE = "cloudkms.googleapis.com"
LOCATIONS_LIST = Call(
    provider=Provider.GCP,
    service="cloudkms",
    operation="projects.locations.list",
    host=_SERVICE,
    path="/v1/projects/{project}/locations",
    permissions=("cloudkms.locations.list",),
    items="locations",
)
RINGS_LIST = Call(
    provider=Provider.GCP,
    service="cloudkms",
    operation="projects.locations.keyRings.list",
    host=_SERVICE,
    path="/v1/projects/{project}/locations/{where}/keyRings",
    permissions=("cloudkms.keyRings.list",),
    items="keyRings",
    items_optional=True,  # proto3 JSON leaves an empty list out
)
KEYS_LIST = Call(
    provider=Provider.GCP,
    service="cloudkms",
    operation="projects.locations.keyRings.cryptoKeys.list",
    host=_SERVICE,
    path="/v1/projects/{project}/locations/{where}/keyRings/{ring}/cryptoKeys",
    permissions=("cloudkms.cryptoKeys.list",),
    items="cryptoKeys",
    items_optional=True,  # proto3 JSON leaves an empty list out
)
RING_POLICY = Call(
    provider=Provider.GCP,
    service="cloudkms",
    operation="projects.locations.keyRings.getIamPolicy",
    host=_SERVICE,
    path="/v1/projects/{project}/locations/{where}/keyRings/{ring}:getIamPolicy",
    permissions=("cloudkms.keyRings.getIamPolicy",),
    expects=("etag",),
)
KEY_POLICY = Call(
    provider=Provider.GCP,
    service="cloudkms",
    operation="projects.locations.keyRings.cryptoKeys.getIamPolicy",
    host=_SERVICE,
    path="/v1/projects/{project}/locations/{where}/keyRings/{ring}/cryptoKeys/{key}:getIamPolicy",
    permissions=("cloudkms.cryptoKeys.getIamPolicy",),
    expects=("etag",),
)

_NAME = re.compile(r"projects/[^/]+/locations/([^/]+)/keyRings/([^/]+)/cryptoKeys/([^/]+)")
_SYMMETRIC = "ENCRYPT_DECRYPT"
_SYMMETRIC_PURPOSES = {
    _SYMMETRIC: True,
    "ASYMMETRIC_SIGN": False,
    "ASYMMETRIC_DECRYPT": False,
    "RAW_ENCRYPT_DECRYPT": False,
    "MAC": False,
    "KEY_ENCAPSULATION": False,
    "AES_WRAPPING": False,
}
"""Cloud KMS rotates keys of the first purpose only (cloudkms v1, CryptoKey.rotationPeriod)."""
_ENABLED = {
    "ENABLED": True,
    "DISABLED": False,
    "DESTROYED": False,
    "DESTROY_SCHEDULED": False,
    "PENDING_GENERATION": False,
    "PENDING_IMPORT": False,
    "IMPORT_FAILED": False,
    "GENERATION_FAILED": False,
    "PENDING_EXTERNAL_DESTRUCTION": False,
    "EXTERNAL_DESTRUCTION_FAILED": False,
}
_ORIGIN = {
    "SOFTWARE": "provider",
    "HSM": "provider",
    "HSM_SINGLE_TENANT": "provider",
    "EXTERNAL": "external",
    "EXTERNAL_VPC": "external",
}


def _find(session: GcpSession, location: str) -> Iterator[Key]:
    """All of them; a location or a ring that cannot be read makes the listing a gap once the others were read."""
    project = session.account.id
    failed: CallFailed | None = None
    places = session.items(LOCATIONS_LIST, GLOBAL, project=project, pageSize=200)
    for place in objects(LOCATIONS_LIST, places, "locationId"):
        where = place["locationId"]
        try:
            yield from _in_location(session, where)
        except CallFailed as error:
            failed = failed or error
    if failed is not None:
        raise failed


def _in_location(session: GcpSession, where: str) -> Iterator[Key]:
    project = session.account.id
    for ring in objects(RINGS_LIST, session.items(RINGS_LIST, where, project=project, where=where), "name"):
        inside = {"project": project, "where": where, "ring": last(ring["name"])}
        for item in objects(KEYS_LIST, session.items(KEYS_LIST, where, **inside), "name"):
            if _NAME.fullmatch(item["name"]) is None:
                raise CallFailed(KEYS_LIST, Reason.MALFORMED)
            yield _key(session, where, item)


def _key(session: GcpSession, where: str, item: Mapping[str, Any]) -> Key:
    origin = _origin(item)
    symmetric = native(item, "purpose").map(_SYMMETRIC_PURPOSES)
    made_by_service = origin.map(lambda source: source == "provider")
    return Key(
        id=local(session, _SERVICE, item["name"]),
        name=last(item["name"]),
        account=session.account,
        location=where,
        native_type="cloudkms.googleapis.com/CryptoKey",
        aliases=frozenset({item["name"]}),
        tags=labels(item),
        customer_managed=Known(True),  # the project's owners control its policy and its versions
        enabled=_enabled(item),
        rotatable=all_true((symmetric, made_by_service)),
        rotation_days=_rotation_days(item),
        origin=origin,
    )


def _enabled(item: Mapping[str, Any]) -> Fact[bool]:
    """The state of the primary version. Symmetric keys without one cannot encrypt; other keys never have one, and
    the state of their versions is not read."""
    state = native(item, "primary.state")
    if isinstance(state, Known) or state.reason is not Reason.ABSENT:
        return state.map(_ENABLED)
    if item.get("purpose") == _SYMMETRIC and "primary" not in item:
        return Known(False, {"primary": None})
    return state if "primary" in item else Unknown(Reason.NOT_BUILT, "cryptoKeyVersions[].state")


def _origin(item: Mapping[str, Any]) -> Fact[str]:
    """Imported where the key takes imported versions only, or its primary version came from an import job.

    ``importOnly`` is a boolean without presence; ``importJob`` is "only present if the underlying key material was
    imported". The protection level says what is outside Google.
    """
    job = text(item, "primary.importJob", "")
    only = flag(item, "importOnly")
    if isinstance(job, Unknown):
        return job
    if isinstance(only, Unknown):
        return only
    if only.value or job.value:
        return Known("imported", {**only.native, **job.native})
    return native(item, "versionTemplate.protectionLevel").map(_ORIGIN)


def _rotation_days(item: Mapping[str, Any]) -> Fact[int | None]:
    """``rotationPeriod`` is set only where the service rotates the key; a duration in seconds."""
    period = native(item, "rotationPeriod", default=None)
    if isinstance(period, Unknown) or period.value is None:
        return period
    found = re.fullmatch(r"(\d+)(?:\.\d+)?s", str(period.value))
    if found is None:
        return Unknown(Reason.MALFORMED, "rotationPeriod")
    return Known(-(-int(found.group(1)) // 86400), period.native)


def _public(session: GcpSession, key: Key) -> dict[str, Fact[Any]]:
    """Everyone holds a role on it without a condition, by its own policy or by that of its ring."""
    found = _NAME.search(key.id)
    assert found is not None  # it was built from such a name
    where, ring, name = found.groups()
    inside = {"project": session.account.id, "where": where, "ring": ring, "options.requestedPolicyVersion": 3}
    answers: list[Fact[bool]] = []
    for call, more in ((KEY_POLICY, {"key": name}), (RING_POLICY, {})):
        policy = asked(session, call, where, **inside, **more)
        answers.append(policy.map(lambda body, call=call: _open(checked(call, body))))  # type: ignore[misc]
    return {"public": any_true(answers)}


def _open(policy: Mapping[str, Any]) -> bool:
    return any(not b.conditional and EVERYONE & set(b.members) for b in bindings_of(policy, ""))


COLLECTORS = (
    Collector(
        name="gcp.keys.kms",
        provider=Provider.GCP,
        kind=Key,
        reach=Reach.ACCOUNT,
        find_calls=(LOCATIONS_LIST, RINGS_LIST, KEYS_LIST),
        find=_find,
        find_facts=("tags", "customer_managed", "enabled", "rotatable", "rotation_days", "origin"),
        details=(Detail(calls=(KEY_POLICY, RING_POLICY), facts=("public",), read=_public),),
    ),
)
