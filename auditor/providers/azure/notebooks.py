"""Azure Machine Learning compute instances and compute clusters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown, all_true, any_true, native
from auditor.model.resources import Notebook
from auditor.model.scope import Provider
from auditor.providers.azure import ml
from auditor.providers.azure.arm import ArmId, choice, describe, documented, flag, identify, inverted, parse_id, spread
from auditor.providers.azure.principals import identity_refs
from auditor.providers.base import Collector, Detail, Reach
from auditor.wire.errors import CallFailed

if TYPE_CHECKING:
    from auditor.providers.azure.session import AzureSession

_ATTACHED = frozenset(
    {
        "aks",
        "databricks",
        "datafactory",
        "datalakeanalytics",
        "hdinsight",
        "kubernetes",
        "synapsespark",
        "virtualmachine",
    }
)
"""Compute that belongs to other services and is only linked into a workspace."""

_INSTANCE, _CLUSTER = "computeinstance", "amlcompute"
_DISK_KEYS = "disks of compute instances and clusters are encrypted with Microsoft's keys; customer keys do not apply"
_ENABLED = {"enabled": True, "disabled": False}


def _find(session: AzureSession, _location: str) -> Iterator[Notebook]:
    def in_workspace(row: tuple[ArmId, Mapping[str, Any]]) -> Iterator[Notebook]:
        for body in ml.computes(session, row[0]):
            resource = identify(ml.COMPUTES, body)
            kind = _type(body)
            if kind in _ATTACHED:
                continue
            yield Notebook(
                **describe(session.account, resource, body, f"{ml.SERVICE}/workspaces/computes"),
                identity=identity_refs(session, body),
                root_access=_root(kind, body),
                open_inbound=_open_ports(kind, body),
                platform_current=_current(kind, body),
                customer_key=documented(False, _DISK_KEYS),
                encryption_key=documented(None, _DISK_KEYS),
            )

    yield from spread(ml.workspaces(session), in_workspace)


def _type(body: Mapping[str, Any]) -> str:
    return str(native(body, "properties.computeType", default="").value).lower()


def _unrecognised() -> Unknown:
    return Unknown(Reason.UNRECOGNISED, "properties.computeType")


def _root(kind: str, body: Mapping[str, Any]) -> Fact[bool]:
    """Users of an instance are root unless that is switched off; those of a cluster can sign in to its nodes with a
    local administrator account unless local authentication is off."""
    if kind == _INSTANCE:
        return flag(body, "properties.properties.enableRootAccess", default=True)  # documented default
    if kind == _CLUSTER:
        return inverted(flag(body, "properties.disableLocalAuth", default=False))  # documented default
    return _unrecognised()


def _open_ports(kind: str, body: Mapping[str, Any]) -> Fact[tuple[str, ...]]:
    """SSH, where it is open to the public and the nodes have public addresses."""
    if kind == _INSTANCE:
        # documented default: Disabled
        ssh = choice(body, "properties.properties.sshSettings.sshPublicAccess", _ENABLED, default="Disabled")
    elif kind == _CLUSTER:
        # documented: NotSpecified, the default, is closed in a virtual network and open elsewhere
        subnet = native(body, "properties.properties.subnet.id", default="")
        table = {**_ENABLED, "notspecified": isinstance(subnet, Known) and not subnet.value}
        ssh = choice(body, "properties.properties.remoteLoginPortPublicAccess", table, default="NotSpecified")
    else:
        return _unrecognised()
    return all_true((ssh, _public_address(body))).map(lambda is_open: ("22",) if is_open else ())


def _public_address(body: Mapping[str, Any]) -> Fact[bool]:
    return flag(body, "properties.properties.enableNodePublicIp", default=True)  # documented default


def _current(kind: str, body: Mapping[str, Any]) -> Fact[bool]:
    """Instances say whether their image is the latest. Clusters take the latest one whenever they scale up from zero
    nodes, as Microsoft documents; nodes that are always kept are not upgraded."""
    if kind == _INSTANCE:
        return flag(body, "properties.properties.osImageMetadata.isLatestOsImageVersion")
    if kind == _CLUSTER:
        nodes = native(body, "properties.properties.scaleSettings.minNodeCount", default=0)  # documented default
        return nodes.map(lambda count: count == 0)
    return _unrecognised()


def _read_internet(session: AzureSession, notebook: Notebook) -> Mapping[str, Fact[Any]]:
    """A public address, or outbound traffic that neither a subnet of the customer's nor an approved-only managed
    network carries."""
    resource = parse_id(notebook.id)
    assert resource is not None
    body = next((b for b in ml.computes(session, resource) if parse_id(b.get("id")) == resource), None)
    if body is None:
        raise CallFailed(ml.COMPUTES, Reason.VANISHED)
    public = _public_address(body)
    if isinstance(public, Known) and public.value:
        return {"direct_internet": public}
    subnet = native(body, "properties.properties.subnet.id", default="")
    if isinstance(subnet, Known) and subnet.value:
        return {"direct_internet": all_true((public, Known(True, subnet.native)))}
    workspace = ml.governing(session, ml.workspace_of(session, resource))
    table = {"disabled": True, "allowinternetoutbound": True, "allowonlyapprovedoutbound": False}
    outbound = choice(workspace, "properties.managedNetwork.isolationMode", table, default="Disabled")
    return {"direct_internet": any_true((public, outbound))}


COLLECTORS: tuple[Collector[Notebook, Any], ...] = (
    Collector(
        name="azure.notebooks.computes",
        provider=Provider.AZURE,
        kind=Notebook,
        reach=Reach.ACCOUNT,
        service=ml.SERVICE,
        find_calls=(ml.WORKSPACES.call, ml.COMPUTES),
        find=_find,
        find_facts=(
            "tags",
            "identity",
            "root_access",
            "open_inbound",
            "platform_current",
            "customer_key",
            "encryption_key",
        ),
        details=(Detail(calls=(ml.COMPUTES, ml.WORKSPACE), facts=("direct_internet",), read=_read_internet),),
    ),
)
