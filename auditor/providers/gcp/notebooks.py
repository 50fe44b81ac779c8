"""Vertex AI Workbench instances (Notebook). One listing covers every zone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown, all_true, combine, native
from auditor.model.resources import Notebook, Ref
from auditor.model.scope import GLOBAL, Provider
from auditor.providers.base import Collector, Detail, Reach
from auditor.providers.gcp.firewalls import open_ports
from auditor.providers.gcp.names import customer_key, entries, flag, identity_ref, labels, last, local, objects, text
from auditor.providers.gcp.shared_calls import PROJECT_GET
from auditor.wire.calls import Call
from auditor.wire.errors import CallFailed

if TYPE_CHECKING:
    from auditor.providers.gcp.session import GcpSession

_SERVICE = "notebooks.googleapis.com"
INSTANCES_LIST = Call(
    provider=Provider.GCP,
    service="notebooks",
    operation="projects.locations.instances.list",
    host=_SERVICE,
    path="/v2/projects/{project}/locations/-/instances",
    permissions=("notebooks.instances.list",),
    items="instances",
    items_optional=True,  # proto3 JSON leaves an empty list out
)
"""Places that did not answer are named in ``unreachable``."""

UPGRADABILITY = Call(
    provider=Provider.GCP,
    service="notebooks",
    operation="projects.locations.instances.checkUpgradability",
    host=_SERVICE,
    path="/v2/projects/{project}/locations/{zone}/instances/{instance}:checkUpgradability",
    permissions=("notebooks.instances.checkUpgradability",),
)

EFFECTIVE_FIREWALLS = Call(
    provider=Provider.GCP,
    service="compute",
    operation="instances.getEffectiveFirewalls",
    host="compute.googleapis.com",
    path="/compute/v1/projects/{project}/zones/{zone}/instances/{instance}/getEffectiveFirewalls",
    permissions=("compute.instances.getEffectiveFirewalls",),
    expects=("firewalls",),
)
"""The rules in force on one machine: its network's, wherever that is, and those of every firewall policy above it."""

_NAME = re.compile(r"projects/[^/]+/locations/([a-z0-9-]+)/instances/([^/]+)")
_DISABLES_ROOT = {"true": False, "false": True}
_CUSTOMER_MANAGED = {"CMEK": True, "GMEK": False, "DISK_ENCRYPTION_UNSPECIFIED": False}


def _find(session: GcpSession, location: str) -> Iterator[Notebook]:
    instances = session.items(INSTANCES_LIST, GLOBAL, project=session.account.id)
    for item in objects(INSTANCES_LIST, instances, "name"):
        found = _NAME.fullmatch(item["name"])
        if found is None:
            raise CallFailed(INSTANCES_LIST, Reason.MALFORMED)
        yield Notebook(
            id=local(session, _SERVICE, item["name"]),
            name=last(item["name"]),
            account=session.account,
            location=re.sub(r"-[a-z]$", "", found.group(1)),
            native_type="notebooks.googleapis.com/Instance",
            tags=labels(item),
            identity=_identity(session, item),
            direct_internet=_public_address(item),
            root_access=_root(item),
            **_keys(session, item),
        )


def _identity(session: GcpSession, item: Mapping[str, Any]) -> Fact[tuple[Ref, ...]]:
    accounts = native(item, "gceSetup.serviceAccounts")
    if isinstance(accounts, Unknown):
        return accounts
    emails = [account["email"] for account in objects(INSTANCES_LIST, accounts.value, "email")]
    refs = tuple(identity_ref(session, email) for email in emails)
    return Known(refs, {"gceSetup.serviceAccounts[].email": emails})


def _public_address(item: Mapping[str, Any]) -> Fact[bool]:
    """An external address, or none forbidden: without ``disablePublicIp`` a machine gets an ephemeral one.

    notebooks v2: a boolean without presence, so false is left out; "If no accessConfigs specified, the instance will
    have an external internet access through an ephemeral external IP address."
    """
    setup = item.get("gceSetup")
    if not isinstance(setup, Mapping):
        return Unknown(Reason.ABSENT, "gceSetup")
    addresses = [
        str(access["externalIp"])
        for interface in objects(INSTANCES_LIST, setup.get("networkInterfaces", ()))
        for access in objects(INSTANCES_LIST, interface.get("accessConfigs", ()))
        if access.get("externalIp")
    ]
    if addresses:
        return Known(True, {"gceSetup.networkInterfaces[].accessConfigs[].externalIp": addresses})
    return flag(item, "gceSetup.disablePublicIp").map({True: False, False: True})


def _root(item: Mapping[str, Any]) -> Fact[bool]:
    """Workbench guide, metadata keys: ``notebook-disable-root`` is false, that is root allowed, unless set."""
    setup = item.get("gceSetup")
    metadata = setup.get("metadata", {}) if isinstance(setup, Mapping) else None
    if not isinstance(metadata, Mapping):
        return Unknown(Reason.ABSENT, "gceSetup.metadata")
    value = metadata.get("notebook-disable-root")
    shown = {"gceSetup.metadata.notebook-disable-root": value}
    return Known("false" if value is None else str(value).lower(), shown).map(_DISABLES_ROOT)


def _keys(session: GcpSession, item: Mapping[str, Any]) -> dict[str, Any]:
    """Every disk has a key of the customer's; the key that is named is the boot disk's."""
    boot = native(item, "gceSetup.bootDisk")
    data = entries(item, "gceSetup.dataDisks")  # repeated: left out where there is none
    if isinstance(boot, Unknown):
        return {"encryption_key": boot, "customer_key": boot}
    if isinstance(data, Unknown):
        return {"encryption_key": data, "customer_key": data}
    disks = [*objects(INSTANCES_LIST, [boot.value]), *objects(INSTANCES_LIST, data.value)]
    # BootDisk.diskEncryption and DataDisk.diskEncryption: "defaults to GMEK", Google's own keys
    managed = [native(disk, "diskEncryption", default="GMEK").map(_CUSTOMER_MANAGED) for disk in disks]
    named = text(disks[0], "kmsKey", "")  # "only applicable if disk_encryption is CMEK"
    everywhere = all_true(managed)
    shown = {"gceSetup disks[].diskEncryption": [disk.get("diskEncryption") for disk in disks]}
    if isinstance(everywhere, Known):
        everywhere = Known(everywhere.value, shown)
    key = customer_key(session, combine(lambda cmek, name: name if cmek else "", managed[0], named))
    return {"encryption_key": key["encryption_key"], "customer_key": everywhere}


def _place(notebook: Notebook) -> dict[str, str]:
    found = _NAME.search(notebook.id)
    assert found is not None  # it was built from such a name
    return {"project": notebook.account.id, "zone": found.group(1), "instance": found.group(2)}


def _platform(session: GcpSession, notebook: Notebook) -> dict[str, Fact[Any]]:
    """No newer image is offered. notebooks v2: ``upgradeable`` is a boolean without presence, so false is left out."""
    answer = session.call(UPGRADABILITY, notebook.location, **_place(notebook))
    return {"platform_current": flag(answer, "upgradeable").map({True: False, False: True})}


def _open_inbound(session: GcpSession, notebook: Notebook) -> dict[str, Fact[Any]]:
    answer = session.call(EFFECTIVE_FIREWALLS, notebook.location, networkInterface="nic0", **_place(notebook))
    return {"open_inbound": open_ports(answer)}


COLLECTORS = (
    Collector(
        name="gcp.notebooks.workbench",
        provider=Provider.GCP,
        kind=Notebook,
        reach=Reach.ACCOUNT,
        find_calls=(INSTANCES_LIST, PROJECT_GET),
        find=_find,
        find_facts=(
            "tags",
            "identity",
            "direct_internet",
            "root_access",
            "encryption_key",
            "customer_key",
        ),
        details=(
            Detail(calls=(UPGRADABILITY,), facts=("platform_current",), read=_platform),
            Detail(calls=(EFFECTIVE_FIREWALLS,), facts=("open_inbound",), read=_open_inbound),
        ),
    ),
)
