"""Cloud Asset Inventory, as the demo's project has it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from auditor.demo.gcp_names import NUMBER, PROJECT
from auditor.model.facts import Reason
from auditor.model.resources import ResourceIndex
from auditor.model.second_sources import ASSET_INVENTORY
from auditor.providers.gcp import resource_index
from auditor.wire.hop import Answer
from tests.support.gcp import DENIED, DISABLED, demo, from_estate, refusing, run

SEARCH = ("GET", f"/v1/projects/{PROJECT}:searchAllResources")
MODEL, BUCKET = "aiplatform.googleapis.com/Model", "storage.googleapis.com/Bucket"


def collected(*results: Any) -> Any:
    estate = demo()
    estate[SEARCH] = {"results": list(results)} if results else {}
    return run(from_estate(estate), resource_index.COLLECTORS)


def index(*results: Any) -> ResourceIndex:
    done = collected(*results)
    assert (done.defects, done.inventory.gaps) == ((), ())
    (found,) = done.inventory.resources
    assert isinstance(found, ResourceIndex)
    return found


def asset(asset_type: str, name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "assetType": asset_type, **more}


def test_the_inventory_names_what_it_has_of_the_types_that_are_listed() -> None:
    done = run(from_estate(demo()), resource_index.COLLECTORS)
    (found,) = done.inventory.resources
    assert isinstance(found, ResourceIndex)
    assert found.native_type == ASSET_INVENTORY.native_type
    assert found.counts.value == {
        "aiplatform.googleapis.com/Endpoint": 4,
        "aiplatform.googleapis.com/Model": 3,
        "cloudkms.googleapis.com/CryptoKey": 3,
        "compute.googleapis.com/Network": 1,
        "logging.googleapis.com/LogBucket": 3,
        "logging.googleapis.com/LogSink": 4,
        "notebooks.googleapis.com/Instance": 1,
        "storage.googleapis.com/Bucket": 3,
    }
    assert len(found.counts.calls) == 2, "both pages"


def test_ids_have_the_id_of_the_project_and_no_version() -> None:
    name = f"//aiplatform.googleapis.com/projects/{NUMBER}/locations/us-central1/models/7@2"
    ids = index(asset(MODEL, name, location="us-central1"), asset(BUCKET, "//storage.googleapis.com/b")).ids.value
    assert ids[MODEL] == {
        f"//aiplatform.googleapis.com/projects/{PROJECT}/locations/us-central1/models/7": "us-central1"
    }
    assert ids[BUCKET] == {"//storage.googleapis.com/b": "global"}


def test_an_empty_answer_is_an_empty_index() -> None:
    assert set(index().counts.value.values()) == {0}


def test_what_was_not_asked_for_is_not_counted() -> None:
    found = index(asset("compute.googleapis.com/Instance", "//compute.googleapis.com/x"))
    assert set(found.counts.value.values()) == {0}
    assert found.counts.value.keys() == ASSET_INVENTORY.covers.keys()


def test_the_types_are_asked_for_in_one_expression() -> None:
    for name in ASSET_INVENTORY.covers:
        assert re.fullmatch(resource_index._TYPES, name)
    assert not re.fullmatch(resource_index._TYPES, "compute.googleapis.com/Instance")


@pytest.mark.parametrize("entry", ["x", {"name": "//x"}, {"assetType": MODEL}, {"name": 7, "assetType": MODEL}])
def test_an_entry_that_is_not_what_google_documents_makes_the_index_a_gap(entry: Any) -> None:
    done = collected(entry)
    assert (done.defects, done.inventory.resources) == ((), ())
    assert [g.why.reason for g in done.inventory.gaps] == [Reason.MALFORMED]


@pytest.mark.parametrize(
    ("refusal", "reason", "permissions"),
    [(DENIED, Reason.DENIED, ("cloudasset.assets.searchAllResources",)), (DISABLED, Reason.DISABLED, ())],
)
def test_an_api_that_is_off_is_told_from_a_permission_that_is_missing(
    refusal: Answer, reason: Reason, permissions: tuple[str, ...]
) -> None:
    done = run(refusing({resource_index.SEARCH.key: refusal}, from_estate(demo())), resource_index.COLLECTORS)
    (gap,) = done.inventory.gaps
    assert (gap.why.reason, gap.why.permissions) == (reason, permissions)
