"""The index of Azure Resource Manager, as the demo's subscription has it."""

from __future__ import annotations

from typing import Any

import pytest
from azure.mgmt.resource.resources import models

from auditor.demo.authoring import Pages
from auditor.demo.azure_rows import SUBSCRIPTION, resource
from auditor.model.facts import Reason
from auditor.model.resources import ResourceIndex
from auditor.model.second_sources import RESOURCE_MANAGER
from tests.providers.azure.conftest import Azure

LIST = f"/subscriptions/{SUBSCRIPTION}/resources"
ACCOUNTS, STORAGE = "Microsoft.CognitiveServices/accounts", "Microsoft.Storage/storageAccounts"


def answer(azure: Azure, *rows: dict[str, Any]) -> None:
    azure.reply(LIST, {"value": list(rows)})


def index(azure: Azure) -> ResourceIndex:
    done = azure.collected(["ResourceIndex"])
    assert (done.defects, done.inventory.gaps) == ((), ())
    (found,) = done.inventory.resources
    assert isinstance(found, ResourceIndex)
    return found


def test_the_index_names_what_it_has_of_the_types_that_are_listed(azure: Azure) -> None:
    found = index(azure)
    assert found.native_type == RESOURCE_MANAGER.native_type
    assert found.counts.value == {
        "Microsoft.CognitiveServices/accounts": 3,
        "Microsoft.MachineLearningServices/workspaces": 2,
        "Microsoft.MachineLearningServices/workspaces/batchEndpoints": 1,
        "Microsoft.MachineLearningServices/workspaces/onlineEndpoints": 3,
        "Microsoft.ManagedIdentity/userAssignedIdentities": 2,
        "Microsoft.Network/privateEndpoints": 3,
        "Microsoft.Network/virtualNetworks": 2,
        "Microsoft.OperationalInsights/workspaces": 2,
        "Microsoft.Storage/storageAccounts": 3,
    }
    assert {name: len(ids) for name, ids in found.ids.value.items()} == found.counts.value
    online = found.ids.value["Microsoft.MachineLearningServices/workspaces/onlineEndpoints"]
    (demand,) = (name for name in online if name.endswith("/mlw-forecast/onlineendpoints/ep-demand"))
    assert online[demand] == "westeurope"
    assert len(found.counts.calls) == 2, "both pages"


@pytest.mark.parametrize(
    ("native_type", "kind", "counted"),
    [(ACCOUNTS, "OpenAI", 1), (ACCOUNTS, "Bing.Search.v7", 0), (STORAGE, "StorageV2", 1), (STORAGE, "FileStorage", 0)],
)
def test_what_the_lists_leave_out_is_left_out(azure: Azure, native_type: str, kind: str, counted: int) -> None:
    answer(azure, resource("rg", native_type, "x", "westeurope", kind=kind))
    assert index(azure).counts.value[native_type] == counted


def test_types_and_ids_are_the_same_in_any_case(azure: Azure) -> None:
    row = resource("RG", ACCOUNTS, "X", "westeurope", kind="OpenAI")
    answer(azure, {**row, "type": ACCOUNTS.upper()})
    (found,) = index(azure).ids.value[ACCOUNTS]
    assert found == row["id"].lower()


def test_rows_of_other_types_need_no_id_that_we_know(azure: Azure) -> None:
    answer(azure, {"id": "/subscriptions/x/providers/Microsoft.Odd/things/y", "type": "Microsoft.Odd/things"})
    assert set(index(azure).counts.value.values()) == {0}


@pytest.mark.parametrize("row", [{"id": "x"}, {"type": 7}, {"type": ACCOUNTS, "kind": "OpenAI"}, "x"])
def test_a_row_that_is_not_what_arm_documents_makes_the_index_a_gap(azure: Azure, row: Any) -> None:
    answer(azure, row)
    done = azure.collected(["ResourceIndex"])
    assert (done.defects, done.inventory.resources) == ((), ())
    assert [g.why.reason for g in done.inventory.gaps] == [Reason.MALFORMED]


def test_a_page_that_fails_makes_it_a_gap_and_no_smaller_index(azure: Azure) -> None:
    azure.refuse(LIST)
    (gap,) = azure.collected(["ResourceIndex"]).inventory.gaps
    assert gap.why.permissions == ("Microsoft.Resources/subscriptions/resources/read",)


def test_rows_are_those_of_the_model_of_the_sdk(azure: Azure) -> None:
    pages = azure.estate[azure.path(LIST)]
    assert isinstance(pages, Pages)
    rows = [row for body in pages.bodies for row in body["value"]]
    known = {field._rest_name for field in models.GenericResourceExpanded()._attr_to_rest_field.values()}
    assert rows
    assert {name for row in rows for name in row} <= known
