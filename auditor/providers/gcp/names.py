"""Google's resource names, and references by them.

Ids are full resource names (``//service/projects/<id>/...``), as the Asset Inventory has them, with the project's id
where a live response has its number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown, native
from auditor.model.resources import Ref
from auditor.model.scope import Provider
from auditor.wire.calls import Call
from auditor.wire.errors import CallFailed

if TYPE_CHECKING:
    from auditor.providers.gcp.session import GcpSession

AI = "aiplatform.googleapis.com"
_REQUIRED = object()
BOOLEAN = {True: True, False: False}
"""For flags: anything that is no boolean is UNRECOGNISED."""
_KEY = re.compile(r"projects/([^/]+)/(locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+)(?:/cryptoKeyVersions/[^/]+)?")
_MODEL = re.compile(r"projects/([^/]+)/(locations/[^/]+/models/[^/@]+)(?:@.+)?")
_ACCOUNT_MAIL = re.compile(r"[^@]+@([a-z0-9.:-]+)\.iam\.gserviceaccount\.com")


def objects(call: Call, items: Iterable[Any], *required: str) -> Iterator[Mapping[str, Any]]:
    """Items that are objects with these text fields; anything else means the response is not what is documented."""
    if isinstance(items, str | Mapping) or not isinstance(items, Iterable):
        raise CallFailed(call, Reason.MALFORMED)
    for item in items:
        if not isinstance(item, Mapping) or not all(isinstance(item.get(name), str) for name in required):
            raise CallFailed(call, Reason.MALFORMED)
        yield item


def part(call: Call, item: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A nested object, empty where it is left out (proto3 JSON); MALFORMED if it is something else."""
    inner = item.get(name, {})
    if not isinstance(inner, Mapping):
        raise CallFailed(call, Reason.MALFORMED)
    return inner


def flag(item: Mapping[str, Any], path: str) -> Fact[bool]:
    """A boolean field without presence: proto3 JSON leaves it out where it is false.

    Only for fields that the published schema declares so, which the tests hold against the discovery documents.
    """
    return native(item, path, default=False).map(BOOLEAN)


def text(item: Mapping[str, Any], path: str, default: Any = _REQUIRED) -> Fact[str]:
    """A text field; anything that is no text is MALFORMED. ``default`` as for :func:`native`."""
    return _typed(native(item, path) if default is _REQUIRED else native(item, path, default=default), str, path)


def entries(item: Mapping[str, Any], path: str) -> Fact[list[Any]]:
    """A repeated field: proto3 JSON leaves an empty one out."""
    return _typed(native(item, path, default=[]), list, path)


def _typed(fact: Fact[Any], kind: type, path: str) -> Fact[Any]:
    return fact if isinstance(fact, Unknown) or isinstance(fact.value, kind) else Unknown(Reason.MALFORMED, path)


def local(session: GcpSession, service: str, name: str) -> str:
    """The id of something that the account's own listing named: its project is the account."""
    return f"//{service}/{re.sub(r'^projects/[^/]+', f'projects/{session.account.id}', name)}"


def last(name: str) -> str:
    return name.rstrip("/").rsplit("/", 1)[-1]


def resource_path(url: str) -> str:
    """``projects/...`` out of a Compute URL, whatever host and version it was written with."""
    found = re.search(r"projects/.+", url)
    return found.group(0) if found else url


def project_id(session: GcpSession, project: str) -> str:
    """The account's id if this is its number. CallFailed if the number is needed and cannot be read."""
    if project.isdigit() and project == session.project_number():
        return session.account.id
    return project


def key_ref(session: GcpSession, name: str) -> Ref:
    """A Cloud KMS key, named with or without a version. FactUnknown or CallFailed are left to the caller."""
    found = _KEY.fullmatch(name.removeprefix("//cloudkms.googleapis.com/"))
    if found is None:
        raise ValueError(name)
    owner = project_id(session, found.group(1))
    return Ref("Key", Provider.GCP, owner, f"//cloudkms.googleapis.com/projects/{owner}/{found.group(2)}")


def customer_key(session: GcpSession, named: Fact[Any]) -> dict[str, Any]:
    """The facts ``encryption_key`` and ``customer_key`` from a field that names a Cloud KMS key or nothing.

    Every Cloud KMS key belongs to a customer; without one Google encrypts with keys of its own.
    """
    managed = named.map(bool)
    if isinstance(named, Unknown):
        return {"encryption_key": named, "customer_key": managed}
    key: Fact[Ref | None]
    try:
        key = Known(key_ref(session, named.value) if named.value else None, named.native)
    except CallFailed as error:
        key = error.unknown()
    except ValueError:
        key = Unknown(Reason.UNRECOGNISED, ", ".join(named.native))
    return {"encryption_key": key, "customer_key": managed}


def model_ref(session: GcpSession, name: str) -> Fact[Ref]:
    found = _MODEL.fullmatch(name)
    if found is None:
        return Unknown(Reason.UNRECOGNISED, "deployedModels[].model")
    try:
        owner = project_id(session, found.group(1))
    except CallFailed as error:
        return error.unknown()
    return Known(Ref("Model", Provider.GCP, owner, f"//{AI}/projects/{owner}/{found.group(2)}"))


def identity_ref(session: GcpSession, email: str) -> Ref:
    """A service account by its e-mail address. The default ones do not say which project is theirs."""
    found = _ACCOUNT_MAIL.fullmatch(email.lower())
    return Ref("Identity", Provider.GCP, found.group(1) if found else "", email.lower())


def labels(item: Mapping[str, Any]) -> Fact[Any]:
    """Labels; proto3 JSON leaves an empty map out."""
    found: Fact[Any] = _typed(native(item, "labels", default={}), Mapping, "labels")
    if isinstance(found, Known) and not all(isinstance(value, str) for value in found.value.values()):
        return Unknown(Reason.MALFORMED, "labels")
    return found


def listed(items: Iterable[Any]) -> Fact[tuple[Any, ...]]:
    """All items of a listing as a fact: unknown unless it was read to its end."""
    try:
        return Known(tuple(items))
    except CallFailed as error:
        return error.unknown()
