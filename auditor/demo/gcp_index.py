"""What Cloud Asset Inventory says of the demo's project: what its services list, and an endpoint in a location that
the audit does not read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from auditor.demo.authoring import Estate, Pages, Refusal, Reply
from auditor.demo.gcp_names import NUMBER, PROJECT

UNREAD = f"//aiplatform.googleapis.com/projects/{NUMBER}/locations/asia-northeast1/endpoints/7083114920045182976"

_LISTS = {
    r"/v1/projects/[^/]+/locations/[^/]+/endpoints": ("endpoints", "aiplatform.googleapis.com/Endpoint", "{name}"),
    r"/v1/projects/[^/]+/locations/[^/]+/models": ("models", "aiplatform.googleapis.com/Model", "{name}"),
    r"/v1/.+/keyRings/[^/]+/cryptoKeys": ("cryptoKeys", "cloudkms.googleapis.com/CryptoKey", "{name}"),
    r"/v2/projects/[^/]+/locations/-/instances": ("instances", "notebooks.googleapis.com/Instance", "{name}"),
    r"/v2/projects/[^/]+/locations/-/buckets": ("buckets", "logging.googleapis.com/LogBucket", "{name}"),
    r"/v2/projects/[^/]+/sinks": ("sinks", "logging.googleapis.com/LogSink", f"projects/{NUMBER}/sinks/{{name}}"),
    r"/storage/v1/b": ("items", "storage.googleapis.com/Bucket", "{name}"),
    r"/compute/v1/projects/[^/]+/global/networks": (
        "items",
        "compute.googleapis.com/Network",
        f"projects/{PROJECT}/global/networks/{{name}}",
    ),
}


def assets_of(estate: Estate) -> Reply:
    """In two pages, from what the services themselves answer."""
    found = sorted(_assets(estate), key=lambda asset: asset["name"])
    half = len(found) // 2
    return Pages({"results": found[:half]}, {"results": found[half:]})


def _assets(estate: Estate) -> Iterator[dict[str, Any]]:
    yield {"name": UNREAD, "assetType": "aiplatform.googleapis.com/Endpoint", "location": "asia-northeast1"}
    for (_, path), reply in estate.items():
        for pattern, (items, asset_type, name) in _LISTS.items():
            if re.fullmatch(pattern, path):
                for item in _items(reply, items):
                    yield _asset(asset_type, name.format(name=item["name"]), item)


def _asset(asset_type: str, name: str, item: Mapping[str, Any]) -> dict[str, Any]:
    place = re.search(r"/locations/([^/]+)/", name)
    location = place.group(1) if place else str(item.get("location", "global")).lower()
    return {"name": f"//{asset_type.partition('/')[0]}/{name}", "assetType": asset_type, "location": location}


def _items(reply: Reply, items: str) -> Iterator[Mapping[str, Any]]:
    bodies = reply.bodies if isinstance(reply, Pages) else () if isinstance(reply, Refusal) else (reply,)
    for body in bodies:
        yield from body.get(items, ())
