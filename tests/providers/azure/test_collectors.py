"""What the tables of properties cannot show: several calls to one fact, and failures on the way."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.demo.azure_rows import LOGS, LOGS_ASSIST, rid
from auditor.model.facts import Fact, Reason, Unknown
from auditor.model.scope import Provider
from auditor.providers.azure import collectors
from auditor.providers.azure.arm import iso_days, parse_id
from auditor.wire.calls import permissions_of
from tests.providers.azure.conftest import ACCOUNT, Azure


def outcome(fact: Fact[Any]) -> Any:
    return fact.reason if isinstance(fact, Unknown) else fact.value


def test_every_listing_is_complete_and_nothing_is_unread(azure: Azure) -> None:
    done = azure.collected()
    assert (done.defects, done.inventory.gaps) == ((), ())
    assert len(done.inventory.listings) == len(collectors())


def test_names_of_collectors_are_unique() -> None:
    names = [c.name for c in collectors()]
    assert len(set(names)) == len(names)
    assert {c.provider for c in collectors()} == {Provider.AZURE}


def test_only_reads_are_asked_for() -> None:
    calls = [call for c in collectors() for call in c.calls()]
    assert all(permission.endswith("/read") for permission in permissions_of(calls))
    assert {call.method for call in calls} == {"GET"}


def test_every_request_matches_one_declaration_best() -> None:
    """Where templates overlap, they differ in length: the choice is never a coin toss."""
    calls = {call.key: call for c in collectors() for call in c.calls()}.values()
    for call in calls:
        path = call.path.replace("{resource+}", "rg/providers/a/b/c")
        path = "/".join("x" if part.startswith("{") else part for part in path.split("/"))
        fitting = sorted((c for c in calls if c.matches("GET", c.host, path)), key=lambda c: -len(c.path))
        assert fitting[0] is call
        assert len(fitting) == 1 or len(fitting[1].path) < len(call.path)


@pytest.mark.parametrize("state", [403, 404, 409, 429, 500])
def test_a_subscription_that_refuses_everything_passes_nothing(azure: Azure, state: int) -> None:
    from auditor.demo.authoring import Refusal

    for key in azure.estate:
        azure.estate[key] = Refusal(state, {"error": {"code": "Refused"}})
    done = azure.collected()
    assert done.defects == ()
    assert done.inventory.resources == ()
    assert len(done.inventory.gaps) == len(collectors())


def test_a_denied_detail_names_the_permission(azure: Azure) -> None:
    service = azure.resource("AiService", "oai-kestrel-lab")
    assert isinstance(service.invocation_logging, Unknown)  # type: ignore[attr-defined]
    assert service.invocation_logging.permissions == ("Microsoft.Insights/diagnosticSettings/read",)  # type: ignore[attr-defined]
    assert service.invocation_logging.calls  # type: ignore[attr-defined]


# --- endpoints


def test_collected_requests_decide_even_if_the_settings_cannot_be_read(azure: Azure) -> None:
    azure.refuse("ep-demand/providers/Microsoft.Insights/diagnosticSettings")
    assert azure.fact("Endpoint", "ep-demand", "invocation_logging").value is True
    azure.change("green", "properties.appInsightsEnabled", False)
    assert outcome(azure.fact("Endpoint", "ep-demand", "invocation_logging")) == Reason.DENIED


def test_an_endpoint_without_deployments_shows_nothing(azure: Azure) -> None:
    azure.reply("/ep-lab-chat/deployments", {"value": []})
    endpoint: Any = azure.resource("Endpoint", "ep-lab-chat")
    assert endpoint.invocation_logging.value is False
    assert endpoint.models.value == ()


def test_a_listed_endpoint_that_is_gone_is_kept_with_unknown_facts(azure: Azure) -> None:
    azure.refuse("/onlineEndpoints/ep-demand", 404, "ResourceNotFound")
    endpoint: Any = azure.resource("Endpoint", "ep-demand")
    assert outcome(endpoint.private_access) == Reason.VANISHED
    assert endpoint.invocation_logging.value is True


def test_one_workspace_that_cannot_be_read_leaves_the_others_and_a_gap(azure: Azure) -> None:
    azure.refuse("/mlw-forecast/onlineEndpoints")
    done = azure.collected(["Endpoint"])
    assert {r.name for r in done.inventory.resources} == {"ep-lab-chat", "be-invoices"}
    assert [(g.collector, g.why.reason) for g in done.inventory.gaps] == [("azure.endpoints.online", Reason.DENIED)]


def test_a_batch_deployment_on_a_compute_that_is_not_listed(azure: Azure) -> None:
    azure.reply("/mlw-forecast/computes", {"value": []})
    assert outcome(azure.fact("Endpoint", "be-invoices", "identity")) == Reason.ABSENT


# --- projects and hubs


def make_project(azure: Azure, hub: str) -> None:
    azure.change("mlw-lab", "kind", "Project")
    azure.change("mlw-lab", "properties.hubResourceId", hub)


def test_a_project_takes_the_settings_of_its_hub(azure: Azure) -> None:
    make_project(azure, rid("rg-ml-prod", "Microsoft.MachineLearningServices", "workspaces", "mlw-forecast"))
    service: Any = azure.resource("AiService", "mlw-lab")
    assert service.private_endpoint.value is True
    assert service.customer_key.value is True


def test_a_project_of_a_hub_elsewhere_is_unknown(azure: Azure) -> None:
    make_project(
        azure, "/subscriptions/other/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/h"
    )
    service: Any = azure.resource("AiService", "mlw-lab")
    assert outcome(service.private_endpoint) == Reason.OUT_OF_SCOPE
    assert outcome(service.identity) != Reason.OUT_OF_SCOPE


# --- logs


def test_a_log_in_log_analytics_only_is_not_immutable(azure: Azure) -> None:
    assert azure.fact("AuditLog", "to-analytics", "immutable").value is False


def test_version_level_immutability_of_the_account_counts(azure: Azure) -> None:
    azure.refuse("/containers/insights-activity-logs")
    locked = {"enabled": True, "immutabilityPolicy": {"state": "Locked"}}
    azure.change("stkestrelaudit", "properties.immutableStorageWithVersioning", locked)
    assert azure.fact("AuditLog", "to-storage", "immutable").value is True
    azure.change("stkestrelaudit", "properties.immutableStorageWithVersioning.immutabilityPolicy.state", "Unlocked")
    assert outcome(azure.fact("AuditLog", "to-storage", "immutable")) == Reason.DENIED


def test_a_log_whose_container_was_never_made(azure: Azure) -> None:
    azure.refuse("/containers/insights-activity-logs", 404, "ContainerNotFound")
    assert azure.fact("AuditLog", "to-storage", "immutable").value is False


def test_log_storage_that_cannot_be_read_is_unknown(azure: Azure) -> None:
    azure.refuse("/containers/insights-activity-logs")
    assert outcome(azure.fact("AuditLog", "to-storage", "immutable")) == Reason.DENIED


def test_several_settings_of_which_one_delivers(azure: Azure) -> None:
    off = {
        "name": "off",
        "properties": {"workspaceId": LOGS, "logs": [{"category": "RequestResponse", "enabled": False}]},
    }
    on = {
        "name": "on",
        "properties": {"storageAccountId": "/s", "logs": [{"category": "requestresponse", "enabled": True}]},
    }
    azure.reply("ais-kestrel-assist/providers/Microsoft.Insights/diagnosticSettings", {"value": [off, on]})
    assert azure.fact("AiService", "ais-kestrel-assist", "invocation_logging").value is True


# --- log stores

LAB_SETTINGS = "oai-kestrel-lab/providers/Microsoft.Insights/diagnosticSettings"
ASSIST_SETTINGS = "ais-kestrel-assist/providers/Microsoft.Insights/diagnosticSettings"


def holds(azure: Azure, name: str = "log-assist") -> Any:
    return outcome(azure.fact("LogStore", name, "holds_ai_logs"))


@pytest.fixture
def readable(azure: Azure) -> Azure:
    """Every source of logs can be read."""
    azure.reply(LAB_SETTINGS, {"value": []})
    return azure


def delivering(**more: Any) -> dict[str, Any]:
    logs = [{"category": "Audit", "enabled": True}]
    return {"value": [{"name": "s", "properties": {"workspaceId": LOGS_ASSIST.upper(), "logs": logs, **more}}]}


def test_a_setting_that_delivers_there_decides_whatever_cannot_be_read(azure: Azure) -> None:
    assert (holds(azure, "log-kestrel"), holds(azure, "log-assist")) == (True, True)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"workspaceId": LOGS}, False),
        ({"workspaceId": ""}, False),
        ({"workspaceId": None, "storageAccountId": "/s"}, False),
        ({"workspaceId": "not an id"}, Reason.MALFORMED),
        ({"logs": []}, False),
        ({"logs": None}, False),
        ({"logs": [{"category": "Audit", "enabled": False}]}, False),
        ({"logs": [{"category": "Audit"}]}, Reason.ABSENT),
        ({"logs": "all"}, Reason.MALFORMED),
    ],
)
def test_what_a_setting_delivers(readable: Azure, changes: dict[str, Any], expected: Any) -> None:
    readable.reply(ASSIST_SETTINGS, delivering(**changes))
    assert holds(readable) == expected


@pytest.mark.parametrize(
    "source",
    [
        f"/subscriptions/{ACCOUNT.id}/providers/Microsoft.Insights/diagnosticSettings",
        "/oai-kestrel-prod/providers/Microsoft.Insights/diagnosticSettings",
        "/workspaces/mlw-lab/providers/Microsoft.Insights/diagnosticSettings",
        "/onlineEndpoints/ep-lab-chat/providers/Microsoft.Insights/diagnosticSettings",
    ],
)
def test_every_source_of_logs_counts_and_is_missed_if_it_cannot_be_read(readable: Azure, source: str) -> None:
    readable.reply(ASSIST_SETTINGS, {"value": []})
    assert holds(readable) is False
    readable.refuse(source)
    assert holds(readable) == Reason.DENIED
    readable.reply(source, delivering())
    assert holds(readable) is True


@pytest.mark.parametrize(
    "listing",
    ["CognitiveServices/accounts", "MachineLearningServices/workspaces", "/mlw-lab/onlineEndpoints"],
)
def test_sources_that_cannot_be_listed_leave_it_open(readable: Azure, listing: str) -> None:
    readable.reply(ASSIST_SETTINGS, {"value": []})
    readable.refuse(listing)
    assert holds(readable) == Reason.DENIED


def test_clusters_are_asked_only_for_workspaces_that_are_in_one(azure: Azure) -> None:
    azure.refuse("OperationalInsights/clusters")
    assert outcome(azure.fact("LogStore", "log-kestrel", "customer_key")) == Reason.DENIED
    assert azure.fact("LogStore", "log-assist", "customer_key").value is False
    assert azure.fact("LogStore", "log-assist", "encryption_key").value is None


def test_the_key_of_a_log_store_is_one_of_the_vault(azure: Azure) -> None:
    store: Any = azure.resource("LogStore", "log-kestrel")
    assert store.encryption_key.value.id in azure.resource("Key", "ml-workspaces").aliases


# --- networks


def test_flow_logs_on_every_subnet_or_its_group_cover_a_network(azure: Azure) -> None:
    network = rid("rg-platform", "Microsoft.Network", "virtualNetworks", "vnet-ml-prod")
    group = "/groups/NSG"
    azure.change("vnet-ml-prod", "properties.targetResourceId", f"{network}/subnets/snet-endpoints", within="flowLogs")
    assert azure.fact("Network", "vnet-ml-prod", "flow_logs").value is False
    rows = azure.estate[azure.path("NetworkWatcher_northeurope/flowLogs")]["value"]  # type: ignore[index]
    rows.append({"name": "n", "properties": {"targetResourceId": group.lower(), "enabled": True}})
    azure.change(
        "vnet-ml-prod", "properties.subnets.1.properties.networkSecurityGroup", {"id": group}, within="virtualN"
    )
    assert azure.fact("Network", "vnet-ml-prod", "flow_logs").value is True


def test_a_watcher_that_cannot_be_read_leaves_networks_unknown_unless_seen_covered(azure: Azure) -> None:
    azure.refuse("NetworkWatcher_northeurope/flowLogs")
    assert azure.fact("Network", "vnet-ml-prod", "flow_logs").value is True
    assert outcome(azure.fact("Network", "vnet-lab", "flow_logs")) == Reason.DENIED
    azure.change("vnet-lab", "properties.subnets", [])
    assert outcome(azure.fact("Network", "vnet-lab", "flow_logs")) == Reason.DENIED


# --- the rest


def test_accounts_that_hold_no_model_are_left_out(azure: Azure) -> None:
    azure.change("oai-kestrel-lab", "kind", "Bing.Search.v7")
    azure.change("oai-kestrel-prod", "kind", "SpeechServices")
    names = {r.name for r in azure.collected(["AiService"]).inventory.resources}
    assert "oai-kestrel-lab" not in names
    assert "oai-kestrel-prod" in names
    deployments = azure.collected(["GenerativeDeployment"]).inventory.resources
    assert {r.name for r in deployments} == {"gpt-4.1", "gpt-4o-mini"}


def test_a_deployment_says_where_its_account_is(azure: Azure) -> None:
    assert azure.resource("GenerativeDeployment", "gpt-4.1").location == "swedencentral"


def test_policies_that_cannot_be_read_leave_the_default_filter_alone(azure: Azure) -> None:
    azure.refuse("oai-kestrel-prod/raiPolicies")
    done = azure.collected(["GenerativeDeployment"])
    guardrails = {(r.name, r.location): outcome(r.guardrail) for r in done.inventory.resources}  # type: ignore[attr-defined]
    assert guardrails["gpt-4o", "westeurope"] is True
    assert guardrails["text-embedding-3-large", "westeurope"] == Reason.DENIED


def test_attached_compute_is_somebody_elses(azure: Azure) -> None:
    azure.change("ci-analyst", "properties.computeType", "Kubernetes")
    assert {r.name for r in azure.collected(["Notebook"]).inventory.resources} == {"cpu-batch"}


def test_one_vault_that_cannot_be_read_leaves_the_others_and_a_gap(azure: Azure) -> None:
    azure.refuse("kv-kestrel-apps/keys")
    done = azure.collected(["Key"])
    assert {r.name for r in done.inventory.resources} == {"ml-workspaces", "openai-data"}
    assert [g.why.reason for g in done.inventory.gaps] == [Reason.DENIED]


def test_keys_are_found_by_the_uris_that_refer_to_them(azure: Azure) -> None:
    service: Any = azure.resource("AiService", "oai-kestrel-prod")
    key = azure.resource("Key", "openai-data")
    assert service.encryption_key.value.id in key.aliases


def test_containers_are_listed_only_where_an_open_one_would_matter(azure: Azure) -> None:
    azure.refuse("stkestrellab/blobServices/default/containers")
    assert outcome(azure.fact("Storage", "stkestrellab", "public")) == Reason.DENIED
    azure.change("stkestrellab", "properties.allowBlobPublicAccess", False)
    assert azure.fact("Storage", "stkestrellab", "public").value is False


def test_file_shares_are_no_object_storage(azure: Azure) -> None:
    azure.change("stkestrellab", "kind", "FileStorage")
    assert len(azure.collected(["Storage"]).inventory.resources) == 2


def test_the_subscription_is_one_resource(azure: Azure) -> None:
    (found,) = azure.collected(["AccountSettings"]).inventory.resources
    assert (found.id, found.name) == (f"/subscriptions/{ACCOUNT.id}", "kestrel-ai-prod")


@pytest.mark.parametrize(
    "text", ["", "string", None, "/subscriptions/s", "/subscriptions/s/resourceGroups/g/providers/a/b/", 3]
)
def test_what_is_no_id(text: object) -> None:
    assert parse_id(text) is None


def test_ids_are_compared_without_case() -> None:
    found = parse_id("/Subscriptions/S/resourcegroups/G/Providers/Microsoft.A/B/Name/c/D")
    assert found is not None
    assert found.text == "/subscriptions/s/resourcegroups/g/providers/microsoft.a/b/name/c/d"
    assert (found.type, found.names) == ("microsoft.a/b/c", ("name", "d"))


@pytest.mark.parametrize(
    ("text", "days"),
    [("P90D", 90), ("P1Y", 365), ("P3M", 91), ("P2W", 14), ("P1Y6M", 548), ("PT5H", None), ("90", None), ("PXD", None)],
)
def test_durations(text: str, days: int | None) -> None:
    assert iso_days(text) == days
