"""Cloud Asset Inventory: what it knows of the project, of the types that this audit lists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from auditor.model.facts import Known
from auditor.model.resources import ResourceIndex
from auditor.model.scope import GLOBAL, Provider
from auditor.model.second_sources import ASSET_INVENTORY
from auditor.providers.base import Collector, Reach
from auditor.providers.gcp.names import objects
from auditor.wire.calls import Call

if TYPE_CHECKING:
    from auditor.providers.gcp.session import GcpSession

_SERVICE = "cloudasset.googleapis.com"
SEARCH = Call(
    provider=Provider.GCP,
    service="cloudasset",
    operation="searchAllResources",
    host=_SERVICE,
    path="/v1/projects/{project}:searchAllResources",
    permissions=("cloudasset.assets.searchAllResources",),
    items="results",
    items_optional=True,  # proto3 JSON leaves an empty list out
)
_TYPES = "|".join(re.escape(name) for name in sorted(ASSET_INVENTORY.covers))
"""One expression for all: a list with a type that the inventory does not know would be refused as a whole."""
_PAGE = 500
"""The most that it gives."""
_IN_PROJECT = re.compile(r"(//[^/]+)/projects/[^/]+(/.+)")


def _find(session: GcpSession, location: str) -> Iterator[ResourceIndex]:
    found: dict[str, dict[str, str]] = {name: {} for name in sorted(ASSET_INVENTORY.covers)}
    results = session.items(
        SEARCH,
        GLOBAL,
        project=session.account.id,
        assetTypes=_TYPES,
        readMask="name,assetType,location",
        pageSize=_PAGE,
    )
    for item in objects(SEARCH, results, "name", "assetType"):
        if item["assetType"] in found:
            found[item["assetType"]][_id(session, item["name"])] = str(item.get("location") or GLOBAL)
    project = f"projects/{session.account.id}"
    yield ResourceIndex(
        id=f"//{_SERVICE}/{project}/assets",
        name=ASSET_INVENTORY.title,
        account=session.account,
        location=GLOBAL,
        native_type=ASSET_INVENTORY.native_type,
        tags=Known({}),  # an index has no labels
        counts=Known({name: len(ids) for name, ids in found.items()}),
        ids=Known(found),
        left_out=Known(()),
    )


def _id(session: GcpSession, name: str) -> str:
    """With the project's id where the inventory has its number, and of a model without the version."""
    return _IN_PROJECT.sub(rf"\1/projects/{session.account.id}\2", name).partition("@")[0]


COLLECTORS = (
    Collector(
        name=ASSET_INVENTORY.collector,
        provider=Provider.GCP,
        kind=ResourceIndex,
        reach=Reach.ACCOUNT,
        find_calls=(SEARCH,),
        find=_find,
        find_facts=("tags", "counts", "ids", "left_out"),
    ),
)
