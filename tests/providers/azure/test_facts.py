"""What each property means: compliant, not compliant, absent, and a value that nobody knows.

Every row changes one property of the demo's estate, collects for real, and reads one fact.
"""

# ruff: noqa: E501  # one row, one line

from __future__ import annotations

from typing import Any

import pytest

from auditor.model.facts import Fact, Reason, Unknown
from auditor.model.resources import Ref
from auditor.model.scope import Provider
from tests.providers.azure.conftest import ABSENT, ACCOUNT, Azure

Row = tuple[str, str, str, str, str, Any, Any]
"""Kind, resource, fact; where the property is (the row's name, or path/row), its path, its value; what is expected."""

SUB = ACCOUNT.id


def vault_key(name: str) -> str:
    return f"https://kv-kestrel-cmk.vault.azure.net/keys/{name}"


ENDPOINTS: list[Row] = [
    ("Endpoint", "ep-demand", "key_authentication", "ep-demand", "properties.authMode", "AADToken", False),
    ("Endpoint", "ep-demand", "key_authentication", "ep-demand", "properties.authMode", "AMLToken", False),
    ("Endpoint", "ep-demand", "key_authentication", "ep-demand", "properties.authMode", "key", True),
    ("Endpoint", "ep-demand", "key_authentication", "ep-demand", "properties.authMode", ABSENT, Reason.ABSENT),
    ("Endpoint", "ep-demand", "key_authentication", "ep-demand", "properties.authMode", "New", Reason.UNRECOGNISED),
    ("Endpoint", "ep-demand", "anonymous", "ep-demand", "properties.authMode", "Key", False),
    ("Endpoint", "ep-demand", "anonymous", "ep-demand", "properties.authMode", "New", Reason.UNRECOGNISED),
    ("Endpoint", "ep-demand", "private_access", "ep-demand", "properties.publicNetworkAccess", "Disabled", True),
    ("Endpoint", "ep-demand", "private_access", "ep-demand", "properties.publicNetworkAccess", "Enabled", False),
    ("Endpoint", "ep-demand", "private_access", "ep-demand", "properties.publicNetworkAccess", ABSENT, False),
    (
        "Endpoint",
        "ep-demand",
        "private_access",
        "ep-demand",
        "properties.publicNetworkAccess",
        "x",
        Reason.UNRECOGNISED,
    ),
    ("Endpoint", "ep-demand", "identity", "ep-demand", "identity", ABSENT, ()),
    ("Endpoint", "ep-demand", "identity", "ep-demand", "identity.type", "Borrowed", Reason.UNRECOGNISED),
    ("Endpoint", "ep-routing", "identity", "ep-routing", "identity.principalId", ABSENT, Reason.ABSENT),
    ("Endpoint", "ep-demand", "tags", "ep-demand", "tags", ABSENT, {}),
    ("Endpoint", "ep-demand", "tags", "ep-demand", "tags", ["x"], Reason.MALFORMED),
    ("Endpoint", "ep-demand", "invocation_logging", "green", "properties.appInsightsEnabled", True, True),
    ("Endpoint", "ep-demand", "invocation_logging", "green", "properties.appInsightsEnabled", False, False),
    ("Endpoint", "ep-demand", "invocation_logging", "green", "properties.appInsightsEnabled", ABSENT, False),
    (
        "Endpoint",
        "ep-lab-chat",
        "invocation_logging",
        "v1",
        "properties.dataCollector",
        {"collections": {"model_inputs": {"dataCollectionMode": "Enabled"}}},
        True,
    ),
    ("Endpoint", "ep-routing", "invocation_logging", "traffic", "properties.logs.0.enabled", True, True),
    ("Endpoint", "ep-routing", "invocation_logging", "traffic", "properties.logs.0.enabled", False, False),
    ("Endpoint", "ep-routing", "invocation_logging", "traffic", "properties.workspaceId", "", False),
    ("Endpoint", "ep-routing", "invocation_logging", "traffic", "properties.workspaceId", ABSENT, False),
    ("Endpoint", "ep-routing", "invocation_logging", "traffic", "properties.logs", ABSENT, False),
    ("Endpoint", "ep-routing", "invocation_logging", "traffic", "properties.logs.0.enabled", ABSENT, Reason.ABSENT),
    ("Endpoint", "ep-routing", "models", "default", "properties.model", ABSENT, ()),
    ("Endpoint", "be-invoices", "key_authentication", "be-invoices", "properties.authMode", "Key", True),
    ("Endpoint", "be-invoices", "private_access", "mlw-forecast", "properties.publicNetworkAccess", "Enabled", False),
    ("Endpoint", "be-invoices", "private_access", "mlw-forecast", "properties.publicNetworkAccess", ABSENT, False),
    ("Endpoint", "be-invoices", "identity", "cpu-batch", "identity", ABSENT, ()),
    ("Endpoint", "be-invoices", "identity", "invoices-2", "properties.compute", ABSENT, Reason.ABSENT),
]

SERVICES: list[Row] = [
    (
        "AiService",
        "oai-kestrel-prod",
        "key_authentication",
        "oai-kestrel-prod",
        "properties.disableLocalAuth",
        True,
        False,
    ),
    (
        "AiService",
        "oai-kestrel-prod",
        "key_authentication",
        "oai-kestrel-prod",
        "properties.disableLocalAuth",
        False,
        True,
    ),
    (
        "AiService",
        "oai-kestrel-prod",
        "key_authentication",
        "oai-kestrel-prod",
        "properties.disableLocalAuth",
        ABSENT,
        True,
    ),
    (
        "AiService",
        "oai-kestrel-prod",
        "key_authentication",
        "oai-kestrel-prod",
        "properties.disableLocalAuth",
        3,
        Reason.UNRECOGNISED,
    ),
    ("AiService", "oai-kestrel-prod", "generative", "oai-kestrel-prod", "kind", "AIServices", True),
    ("AiService", "oai-kestrel-prod", "generative", "oai-kestrel-prod", "kind", "SpeechServices", False),
    ("AiService", "oai-kestrel-prod", "generative", "oai-kestrel-prod", "kind", ABSENT, Reason.ABSENT),
    (
        "AiService",
        "oai-kestrel-prod",
        "private_endpoint",
        "oai-kestrel-prod",
        "properties.privateEndpointConnections",
        ABSENT,
        False,
    ),
    (
        "AiService",
        "oai-kestrel-prod",
        "private_endpoint",
        "oai-kestrel-prod",
        "properties.privateEndpointConnections",
        "x",
        Reason.MALFORMED,
    ),
    ("AiService", "ais-kestrel-assist", "private_endpoint", "ais-kestrel-assist", "location", "x", False),
    (
        "AiService",
        "oai-kestrel-prod",
        "customer_key",
        "oai-kestrel-prod",
        "properties.encryption.keySource",
        "Microsoft.KeyVault",
        True,
    ),
    (
        "AiService",
        "oai-kestrel-prod",
        "customer_key",
        "oai-kestrel-prod",
        "properties.encryption.keySource",
        "Microsoft.CognitiveServices",
        False,
    ),
    ("AiService", "oai-kestrel-prod", "customer_key", "oai-kestrel-prod", "properties.encryption", ABSENT, False),
    (
        "AiService",
        "oai-kestrel-prod",
        "customer_key",
        "oai-kestrel-prod",
        "properties.encryption.keySource",
        "x",
        Reason.UNRECOGNISED,
    ),
    ("AiService", "oai-kestrel-prod", "encryption_key", "oai-kestrel-prod", "properties.encryption", ABSENT, None),
    (
        "AiService",
        "oai-kestrel-prod",
        "encryption_key",
        "oai-kestrel-prod",
        "properties.encryption.keyVaultProperties",
        ABSENT,
        Reason.ABSENT,
    ),
    (
        "AiService",
        "oai-kestrel-prod",
        "encryption_key",
        "oai-kestrel-prod",
        "location",
        "x",
        Ref("Key", Provider.AZURE, "", vault_key("openai-data")),
    ),
    ("AiService", "oai-kestrel-prod", "identity", "oai-kestrel-prod", "identity", ABSENT, ()),
    (
        "AiService",
        "mlw-forecast",
        "private_endpoint",
        "mlw-forecast",
        "properties.privateEndpointConnections",
        ABSENT,
        False,
    ),
    ("AiService", "mlw-forecast", "private_endpoint", "mlw-forecast", "location", "x", True),
    ("AiService", "mlw-forecast", "customer_key", "mlw-forecast", "properties.encryption.status", "Disabled", False),
    (
        "AiService",
        "mlw-forecast",
        "encryption_key",
        "mlw-forecast",
        "location",
        "x",
        Ref("Key", Provider.AZURE, SUB, vault_key("ml-workspaces")),
    ),
    ("AiService", "mlw-forecast", "identity", "mlw-forecast", "identity", ABSENT, ()),
]

LOGS: list[Row] = [
    ("AiService", "oai-kestrel-prod", "invocation_logging", "oai-kestrel-prod/to-log-analytics", "properties.logs.1.enabled", False, False),
    ("AiService", "oai-kestrel-prod", "data_plane_audit", "oai-kestrel-prod/to-log-analytics", "properties.logs.0.enabled", False, False),
    ("AiService", "oai-kestrel-prod", "data_plane_audit", "oai-kestrel-prod/to-log-analytics", "properties.logs.0.category", "Trace", False),
    ("AiService", "oai-kestrel-prod", "invocation_logging", "oai-kestrel-prod/to-log-analytics", "properties.logs", [{"categoryGroup": "allLogs", "enabled": True}], True),
    ("AiService", "oai-kestrel-prod", "invocation_logging", "oai-kestrel-prod/to-log-analytics", "properties.logs", [{"categoryGroup": "audit", "enabled": True}], False),
    ("AiService", "oai-kestrel-prod", "data_plane_audit", "oai-kestrel-prod/to-log-analytics", "properties.logs", [{"categoryGroup": "audit", "enabled": True}], True),
    ("AiService", "oai-kestrel-prod", "data_plane_audit", "oai-kestrel-prod/to-log-analytics", "properties.workspaceId", None, False),
    ("AiService", "oai-kestrel-prod", "data_plane_audit", "oai-kestrel-prod/to-log-analytics", "properties.logs.0.category", "New", Reason.UNRECOGNISED),
    ("AiService", "oai-kestrel-prod", "data_plane_audit", "oai-kestrel-prod/to-log-analytics", "properties.logs.0", {"category": "New", "enabled": False}, False),
    ("AiService", "oai-kestrel-prod", "data_plane_audit", "oai-kestrel-prod/to-log-analytics", "properties.logs.0.category", ABSENT, Reason.UNRECOGNISED),
    ("AiService", "oai-kestrel-prod", "data_plane_audit", "oai-kestrel-prod/to-log-analytics", "properties.logs.0", {"categoryGroup": "new", "enabled": True}, Reason.UNRECOGNISED),
    ("AiService", "oai-kestrel-prod", "invocation_logging", "oai-kestrel-prod/to-log-analytics", "properties.logs.0.category", "New", True),
    ("AiService", "mlw-forecast", "data_plane_audit", "mlw-forecast/to-log-analytics", "properties.logs.0.categoryGroup", "audit", True),
    ("AiService", "mlw-forecast", "data_plane_audit", "mlw-forecast/to-log-analytics", "properties.logs", [{"category": c, "enabled": True} for c in ("ModelsReadEvent", "DataSetReadEvent")], False),
    ("Endpoint", "be-invoices", "invocation_logging", "mlw-forecast/to-log-analytics", "properties.logs", [{"category": "RunEvent", "enabled": True}], True),
    ("Endpoint", "be-invoices", "invocation_logging", "mlw-forecast/to-log-analytics", "properties.logs", [{"category": "ModelsReadEvent", "enabled": True}], False),
]  # fmt: skip

GENERATIVE: list[Row] = [
    ("GenerativeDeployment", "gpt-4.1", "guardrail", "assist-strict", "properties.mode", "Blocking", True),
    ("GenerativeDeployment", "gpt-4.1", "guardrail", "assist-strict", "properties.mode", ABSENT, True),
    ("GenerativeDeployment", "gpt-4.1", "guardrail", "assist-strict", "properties.mode", "Deferred", False),
    ("GenerativeDeployment", "gpt-4.1", "guardrail", "assist-strict", "properties.mode", "New", Reason.UNRECOGNISED),
    ("GenerativeDeployment", "gpt-4.1", "guardrail", "assist-strict", "properties.contentFilters.0.enabled", False, False),
    ("GenerativeDeployment", "gpt-4.1", "guardrail", "assist-strict", "properties.contentFilters.0.blocking", False, False),
    ("GenerativeDeployment", "gpt-4.1", "guardrail", "assist-strict", "properties.contentFilters.0.enabled", ABSENT, Reason.ABSENT),
    ("GenerativeDeployment", "gpt-4.1", "guardrail", "assist-strict", "properties.contentFilters.0.name", "Profanity", False),
    ("GenerativeDeployment", "gpt-4.1", "guardrail", "assist-strict", "properties.contentFilters.0.name", "New", Reason.UNRECOGNISED),
    ("GenerativeDeployment", "gpt-4.1", "guardrail", "assist-strict", "properties.contentFilters.0.source", "New", Reason.UNRECOGNISED),
    ("GenerativeDeployment", "gpt-4.1", "guardrail", "assist-strict", "properties.contentFilters.0.source", "PreToolCall", False),
    ("GenerativeDeployment", "gpt-4.1", "guardrail", "assist-strict", "properties.contentFilters.8.name", "New", True),
    ("GenerativeDeployment", "gpt-4.1", "guardrail", "assist-strict", "properties.contentFilters.8.enabled", False, True),
    ("GenerativeDeployment", "gpt-4.1", "guardrail", "assist-strict", "properties.contentFilters", ABSENT, False),
    ("GenerativeDeployment", "gpt-4.1", "guardrail", "gpt-4.1", "properties.raiPolicyName", ABSENT, True),
    ("GenerativeDeployment", "gpt-4.1", "guardrail", "gpt-4.1", "properties.raiPolicyName", "assist-relaxed", False),
    ("GenerativeDeployment", "gpt-4.1", "guardrail", "gpt-4.1", "properties.raiPolicyName", "gone", Reason.ABSENT),
    ("GenerativeDeployment", "gpt-4.1", "guardrail", "gpt-4.1", "properties.raiPolicyName", "Microsoft.Default", True),
    ("GenerativeDeployment", "gpt-4.1", "guardrail", "gpt-4.1", "properties.model.name", "whisper", False),
]  # fmt: skip

INNER = "properties.properties"
COMPUTES: list[Row] = [
    ("Notebook", "ci-analyst", "root_access", "ci-analyst", f"{INNER}.enableRootAccess", False, False),
    ("Notebook", "ci-analyst", "root_access", "ci-analyst", f"{INNER}.enableRootAccess", ABSENT, True),
    ("Notebook", "cpu-batch", "root_access", "cpu-batch", "properties.disableLocalAuth", True, False),
    ("Notebook", "cpu-batch", "root_access", "cpu-batch", "properties.disableLocalAuth", ABSENT, True),
    ("Notebook", "cpu-batch", "root_access", "cpu-batch", "properties.computeType", "NewKind", Reason.UNRECOGNISED),
    ("Notebook", "ci-analyst", "open_inbound", "ci-analyst", f"{INNER}.sshSettings.sshPublicAccess", "Enabled", ("22",)),
    ("Notebook", "ci-analyst", "open_inbound", "ci-analyst", f"{INNER}.sshSettings.sshPublicAccess", "Disabled", ()),
    ("Notebook", "ci-analyst", "open_inbound", "ci-analyst", f"{INNER}.sshSettings", ABSENT, ()),
    ("Notebook", "ci-analyst", "open_inbound", "ci-analyst", f"{INNER}.enableNodePublicIp", False, ()),
    ("Notebook", "ci-analyst", "open_inbound", "ci-analyst", f"{INNER}.sshSettings.sshPublicAccess", "x", Reason.UNRECOGNISED),
    ("Notebook", "cpu-batch", "open_inbound", "cpu-batch", INNER, {"remoteLoginPortPublicAccess": "Enabled"}, ("22",)),
    ("Notebook", "cpu-batch", "open_inbound", "cpu-batch", INNER, {"remoteLoginPortPublicAccess": "NotSpecified"}, ("22",)),
    ("Notebook", "cpu-batch", "open_inbound", "cpu-batch", INNER, {}, ("22",)),
    ("Notebook", "cpu-batch", "open_inbound", "cpu-batch", INNER, {"subnet": {"id": "/s"}}, ()),
    ("Notebook", "ci-analyst", "platform_current", "ci-analyst", f"{INNER}.osImageMetadata.isLatestOsImageVersion", True, True),
    ("Notebook", "ci-analyst", "platform_current", "ci-analyst", f"{INNER}.osImageMetadata", ABSENT, Reason.ABSENT),
    ("Notebook", "cpu-batch", "platform_current", "cpu-batch", f"{INNER}.scaleSettings.minNodeCount", 2, False),
    ("Notebook", "cpu-batch", "platform_current", "cpu-batch", f"{INNER}.scaleSettings.minNodeCount", ABSENT, True),
    ("Notebook", "cpu-batch", "direct_internet", "cpu-batch", f"{INNER}.enableNodePublicIp", False, False),
    ("Notebook", "cpu-batch", "direct_internet", "cpu-batch", f"{INNER}.enableNodePublicIp", ABSENT, True),
    ("Notebook", "cpu-batch", "direct_internet", "mlw-forecast", "properties.managedNetwork", ABSENT, True),
    ("Notebook", "cpu-batch", "direct_internet", "mlw-forecast", "properties.managedNetwork.isolationMode", "AllowInternetOutbound", True),
    ("Notebook", "ci-analyst", "direct_internet", "ci-analyst", INNER, {"enableNodePublicIp": False, "subnet": {"id": "/s"}}, False),
    ("Notebook", "ci-analyst", "customer_key", "ci-analyst", "location", "x", False),
    ("Notebook", "ci-analyst", "identity", "ci-analyst", "identity", ABSENT, ()),
]  # fmt: skip

ROTATION = "properties.rotationPolicy"
PROTECTION: list[Row] = [
    ("Key", "ml-workspaces", "enabled", "ml-workspaces", "properties.attributes.enabled", False, False),
    ("Key", "ml-workspaces", "enabled", "ml-workspaces", "properties.attributes", ABSENT, Reason.ABSENT),
    ("Key", "ml-workspaces", "rotatable", "ml-workspaces", "properties.kty", "EC-HSM", True),
    ("Key", "ml-workspaces", "rotatable", "ml-workspaces", "properties.kty", "quantum", Reason.UNRECOGNISED),
    ("Key", "ml-workspaces", "rotation_days", "ml-workspaces", ROTATION, ABSENT, None),
    ("Key", "ml-workspaces", "rotation_days", "ml-workspaces", f"{ROTATION}.lifetimeActions", ABSENT, None),
    ("Key", "ml-workspaces", "rotation_days", "ml-workspaces", f"{ROTATION}.lifetimeActions.0.action.type", "notify", None),
    ("Key", "ml-workspaces", "rotation_days", "ml-workspaces", f"{ROTATION}.lifetimeActions.0.trigger", {"timeBeforeExpiry": "P30D"}, 700),
    ("Key", "ml-workspaces", "rotation_days", "ml-workspaces", f"{ROTATION}.lifetimeActions.0.trigger", {"timeAfterCreate": "P1Y"}, 365),
    ("Key", "ml-workspaces", "rotation_days", "ml-workspaces", f"{ROTATION}.lifetimeActions.0.trigger", {"timeAfterCreate": "P18M"}, 548),
    ("Key", "ml-workspaces", "rotation_days", "ml-workspaces", f"{ROTATION}.lifetimeActions.0.trigger", {"timeAfterCreate": "soon"}, Reason.UNRECOGNISED),
    ("Key", "ml-workspaces", "rotation_days", "ml-workspaces", f"{ROTATION}.lifetimeActions.0.trigger", {}, Reason.ABSENT),
    ("PrivateEndpoint", "pe-oai-prod", "available", "pe-oai-prod", "properties.provisioningState", "Failed", False),
    ("PrivateEndpoint", "pe-oai-prod", "available", "pe-oai-prod", "properties.provisioningState", ABSENT, Reason.ABSENT),
    ("PrivateEndpoint", "pe-oai-prod", "services", "pe-oai-prod", "location", "x", frozenset({"account", "microsoft.cognitiveservices/accounts"})),
    ("PrivateEndpoint", "pe-oai-prod", "services", "pe-oai-prod", "properties.privateLinkServiceConnections", [], Reason.ABSENT),
    ("PrivateEndpoint", "pe-oai-prod", "subnets", "pe-oai-prod", "properties.subnet", ABSENT, Reason.ABSENT),
    ("Network", "vnet-ml-prod", "flow_logs", "flowLogs/vnet-ml-prod", "properties.enabled", False, False),
    ("Network", "vnet-ml-prod", "flow_logs", "flowLogs/vnet-ml-prod", "properties.enabled", ABSENT, Reason.ABSENT),
    ("Network", "vnet-ml-prod", "flow_logs", "flowLogs/vnet-ml-prod", "properties.targetResourceId", "/other", False),
    ("Network", "vnet-ml-prod", "flow_logs", "virtualNetworks/vnet-ml-prod", "properties.subnets", ABSENT, True),
    ("Network", "vnet-lab", "flow_logs", "virtualNetworks/vnet-lab", "properties.subnets", ABSENT, False),
    ("AuditLog", "to-storage", "active", "to-storage", "properties.storageAccountId", ABSENT, False),
    ("AuditLog", "to-storage", "complete", "to-storage", "properties.logs.1.enabled", False, False),
    ("AuditLog", "to-storage", "complete", "to-storage", "properties.logs.2.enabled", False, True),
    ("AuditLog", "to-storage", "complete", "to-storage", "properties.logs", [{"categoryGroup": "allLogs", "enabled": True}], True),
    ("AuditLog", "to-storage", "active", "to-storage", "properties.logs", [], False),
    ("AuditLog", "to-storage", "immutable", "insights-activity-logs", "properties.immutabilityPolicy.properties.state", "Unlocked", False),
    ("AuditLog", "to-storage", "immutable", "insights-activity-logs", "properties.immutabilityPolicy", ABSENT, False),
    ("AuditLog", "to-storage", "immutable", "to-storage", "properties.storageAccountId", "not an id", Reason.MALFORMED),
    ("ThreatDetection", "Defender for AI services", "enabled", "AI", "properties.pricingTier", "Standard", True),
    ("ThreatDetection", "Defender for AI services", "enabled", "AI", "properties.pricingTier", "Free", False),
    ("ThreatDetection", "Defender for AI services", "enabled", "AI", "properties.pricingTier", ABSENT, Reason.ABSENT),
    ("ThreatDetection", "Defender for AI services", "enabled", "AI", "name", "Other", Reason.ABSENT),
    ("Budget", "ai-monthly", "alerts", "ai-monthly", "properties.notifications.actual_GreaterThan_80_Percent.enabled", False, False),
    ("Budget", "ai-monthly", "alerts", "ai-monthly", "properties.notifications.actual_GreaterThan_80_Percent.contactEmails", [], False),
    ("Budget", "ai-monthly", "alerts", "ai-monthly", "properties.notifications", ABSENT, False),
    ("Budget", "ai-monthly", "alerts", "ai-monthly", "properties.notifications", [1], Reason.MALFORMED),
]  # fmt: skip

CLUSTER = "properties.features.clusterResourceId"
VAULT = "properties.keyVaultProperties"
ELSEWHERE = "/subscriptions/other/resourceGroups/g/providers/Microsoft.OperationalInsights/clusters/c"
LOG_STORES: list[Row] = [
    ("LogStore", "log-kestrel", "retention_days", "log-kestrel", "properties.retentionInDays", 90, 90),
    ("LogStore", "log-kestrel", "retention_days", "log-kestrel", "properties.retentionInDays", ABSENT, Reason.ABSENT),
    ("LogStore", "log-kestrel", "retention_days", "log-kestrel", "properties.retentionInDays", -1, Reason.UNRECOGNISED),
    ("LogStore", "log-kestrel", "customer_key", "logc-kestrel", f"{VAULT}.keyVersion", "1", True),
    ("LogStore", "log-kestrel", "customer_key", "logc-kestrel", f"{VAULT}.keyVaultUri", "", False),
    ("LogStore", "log-kestrel", "customer_key", "logc-kestrel", VAULT, ABSENT, False),
    ("LogStore", "log-kestrel", "customer_key", "log-kestrel", CLUSTER, ABSENT, False),
    ("LogStore", "log-kestrel", "customer_key", "log-kestrel", "properties.features", ABSENT, False),
    ("LogStore", "log-kestrel", "customer_key", "log-kestrel", CLUSTER, ELSEWHERE, Reason.OUT_OF_SCOPE),
    ("LogStore", "log-kestrel", "customer_key", "log-kestrel", CLUSTER, "not an id", Reason.MALFORMED),
    ("LogStore", "log-kestrel", "customer_key", "log-kestrel", CLUSTER, ELSEWHERE.replace("other", SUB), Reason.ABSENT),
    ("LogStore", "log-kestrel", "encryption_key", "log-kestrel", "location", "x", Ref("Key", Provider.AZURE, "", vault_key("ml-workspaces"))),
    ("LogStore", "log-kestrel", "encryption_key", "log-kestrel", CLUSTER, "", None),
    ("LogStore", "log-kestrel", "encryption_key", "logc-kestrel", VAULT, ABSENT, None),
    ("LogStore", "log-kestrel", "encryption_key", "logc-kestrel", f"{VAULT}.keyName", ABSENT, Reason.ABSENT),
]  # fmt: skip

STORAGE: list[Row] = [
    ("Storage", "stkestrelforecast", "public_access_blocked", "stkestrelforecast", "properties.allowBlobPublicAccess", False, True),
    ("Storage", "stkestrelforecast", "public_access_blocked", "stkestrelforecast", "properties.allowBlobPublicAccess", True, False),
    ("Storage", "stkestrelforecast", "public_access_blocked", "stkestrelforecast", "properties.allowBlobPublicAccess", ABSENT, False),
    ("Storage", "stkestrellab", "public", "stkestrellab", "properties.allowBlobPublicAccess", False, False),
    ("Storage", "stkestrellab", "public", "stkestrellab", "properties.allowBlobPublicAccess", ABSENT, True),
    ("Storage", "stkestrellab", "public", "stkestrellab", "properties.publicNetworkAccess", "Disabled", False),
    ("Storage", "stkestrellab", "public", "stkestrellab", "properties.networkAcls", {"defaultAction": "Deny"}, False),
    ("Storage", "stkestrellab", "public", "datasets", "properties.publicAccess", "Container", True),
    ("Storage", "stkestrellab", "public", "datasets", "properties.publicAccess", "None", False),
    ("Storage", "stkestrellab", "public", "datasets", "properties.publicAccess", ABSENT, Reason.ABSENT),
    ("Storage", "stkestrellab", "public", "datasets", "properties.publicAccess", "New", Reason.UNRECOGNISED),
    ("Storage", "stkestrelforecast", "customer_key", "stkestrelforecast", "properties.encryption.keySource", "Microsoft.Storage", False),
    ("Storage", "stkestrelforecast", "customer_key", "stkestrelforecast", "properties.encryption", ABSENT, False),
    ("Storage", "stkestrelforecast", "encryption_key", "stkestrelforecast", "location", "x", Ref("Key", Provider.AZURE, "", vault_key("ml-workspaces"))),
    ("Storage", "stkestrelforecast", "encryption_key", "stkestrelforecast", "properties.encryption.keyvaultproperties", ABSENT, Reason.ABSENT),
    ("Storage", "stkestrelforecast", "requires_tls", "stkestrelforecast", "properties.minimumTlsVersion", "TLS1_3", True),
    ("Storage", "stkestrelforecast", "requires_tls", "stkestrelforecast", "properties.minimumTlsVersion", "TLS1_1", False),
    ("Storage", "stkestrelforecast", "requires_tls", "stkestrelforecast", "properties.minimumTlsVersion", ABSENT, False),
    ("Storage", "stkestrelforecast", "requires_tls", "stkestrelforecast", "properties.supportsHttpsTrafficOnly", False, False),
    ("Storage", "stkestrelforecast", "requires_tls", "stkestrelforecast", "properties.supportsHttpsTrafficOnly", ABSENT, True),
    ("Storage", "stkestrelforecast", "requires_tls", "stkestrelforecast", "properties.minimumTlsVersion", "TLS9", Reason.UNRECOGNISED),
    ("Storage", "stkestrelforecast", "versioned", "stkestrelforecast/default", "properties", {"isVersioningEnabled": True}, True),
    ("Storage", "stkestrelforecast", "versioned", "stkestrelforecast/default", "properties", {}, False),
    ("Storage", "stkestrelaudit", "versioned", "stkestrelaudit", "properties.isHnsEnabled", True, False),
    ("Storage", "stkestrelaudit", "versioned", "stkestrelaudit", "properties.isHnsEnabled", False, True),
]  # fmt: skip

ROWS = [*ENDPOINTS, *SERVICES, *LOGS, *GENERATIVE, *COMPUTES, *PROTECTION, *LOG_STORES, *STORAGE]


def outcome(fact: Fact[Any]) -> Any:
    return fact.reason if isinstance(fact, Unknown) else fact.value


@pytest.mark.parametrize(
    ("kind", "resource", "fact", "where", "path", "value", "expected"),
    ROWS,
    ids=[f"{r[1]}.{r[2]}:{r[4].rsplit('.', 1)[-1]}={'absent' if r[5] is ABSENT else str(r[5])[:24]}" for r in ROWS],
)
def test_a_property_and_its_meaning(
    azure: Azure, kind: str, resource: str, fact: str, where: str, path: str, value: Any, expected: Any
) -> None:
    within, _, name = where.rpartition("/")
    azure.change(name, path, value, within=within)
    found = azure.fact(kind, resource, fact)
    assert outcome(found) == expected
    assert found.calls or isinstance(found, Unknown)
