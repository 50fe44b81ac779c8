"""The index of Azure Resource Manager: what it knows of, whichever service it belongs to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Known, Reason
from auditor.model.resources import ResourceIndex
from auditor.model.scope import GLOBAL, Provider
from auditor.model.second_sources import RESOURCE_MANAGER
from auditor.providers.azure import storage
from auditor.providers.azure.ai_services import is_ai
from auditor.providers.azure.arm import documented, identify, location_of
from auditor.providers.azure.identities import RESOURCES
from auditor.providers.base import Collector, Reach
from auditor.wire.errors import CallFailed

if TYPE_CHECKING:
    from auditor.providers.azure.session import AzureSession

_COVERED = {name.lower(): name for name in RESOURCE_MANAGER.covers}


def _find(session: AzureSession, _location: str) -> Iterator[ResourceIndex]:
    """It has been asked already, for the identities of resources."""
    found: dict[str, dict[str, str]] = {name: {} for name in sorted(RESOURCE_MANAGER.covers)}
    for body in session.items(RESOURCES, GLOBAL, subscription=session.account.id):
        name = _COVERED.get(_type(body))
        if name is not None and _is_listed(name, body):
            found[name][identify(RESOURCES, body).text] = location_of(body)
    yield ResourceIndex(
        id=f"/subscriptions/{session.account.id}/resources".lower(),
        name=RESOURCE_MANAGER.title,
        account=session.account,
        location=GLOBAL,
        native_type=RESOURCE_MANAGER.native_type,
        tags=documented({}, "the index carries no tags"),
        counts=Known({name: len(ids) for name, ids in found.items()}),
        ids=Known(found),
        left_out=Known(()),
    )


def _type(body: Mapping[str, Any]) -> str:
    name = body.get("type")
    if not isinstance(name, str):
        raise CallFailed(RESOURCES, Reason.MALFORMED, "type")
    return name.lower()


def _is_listed(name: str, body: Mapping[str, Any]) -> bool:
    """What the lists leave out of a type is left out here, too."""
    if name == "Microsoft.CognitiveServices/accounts":
        return is_ai(body)
    return name != "Microsoft.Storage/storageAccounts" or storage.holds_objects(body)


COLLECTORS: tuple[Collector[ResourceIndex, Any], ...] = (
    Collector(
        name=RESOURCE_MANAGER.collector,
        provider=Provider.AZURE,
        kind=ResourceIndex,
        reach=Reach.ACCOUNT,
        service="Microsoft.Resources",
        find_calls=(RESOURCES,),
        find=_find,
        find_facts=("tags", "counts", "ids", "left_out"),
    ),
)
