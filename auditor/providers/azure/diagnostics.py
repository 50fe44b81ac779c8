"""Diagnostic settings: which logs of a resource are delivered, and where to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown, any_true
from auditor.model.scope import GLOBAL
from auditor.providers.azure.arm import SUBSCRIPTION, ArmId, arm, flag, rows

if TYPE_CHECKING:
    from auditor.providers.azure.session import AzureSession

DIAGNOSTICS = arm(
    "Microsoft.Insights",
    "diagnosticSettings.list",
    f"{SUBSCRIPTION}/resourceGroups/{{resource+}}/providers/Microsoft.Insights/diagnosticSettings",
    "2021-05-01-preview",
    items="value",
    permissions=("Microsoft.Insights/diagnosticSettings/read",),
)
SINKS = ("workspaceId", "storageAccountId", "eventHubAuthorizationRuleId", "marketplacePartnerId")
ALL_LOGS = "alllogs"
AUDIT = "audit"
ACTIVITY_CATEGORIES = (
    "Administrative",
    "Alert",
    "Autoscale",
    "Policy",
    "Recommendation",
    "ResourceHealth",
    "Security",
    "ServiceHealth",
)
_RESOURCE_CATEGORIES = (
    # Microsoft.CognitiveServices/accounts
    *("Audit", "AzureOpenAIRequestUsage", "ManagedNetworkEvent", "RequestResponse", "Trace"),
    # Microsoft.MachineLearningServices/workspaces
    *("AmlComputeClusterEvent", "AmlComputeClusterNodeEvent", "AmlComputeCpuGpuUtilization", "AmlComputeJobEvent"),
    *("AmlRunStatusChangedEvent", "ComputeInstanceEvent", "DataLabelChangeEvent", "DataLabelReadEvent"),
    *("DataSetChangeEvent", "DataSetReadEvent", "DataStoreChangeEvent", "DataStoreReadEvent"),
    *("DeploymentEventACI", "DeploymentEventAKS", "DeploymentReadEvent", "EnvironmentChangeEvent"),
    *("EnvironmentReadEvent", "InferencingOperationACI", "InferencingOperationAKS", "ModelsActionEvent"),
    *("ModelsChangeEvent", "ModelsReadEvent", "PipelineChangeEvent", "PipelineReadEvent", "RunEvent", "RunReadEvent"),
    # Microsoft.MachineLearningServices/workspaces/onlineEndpoints
    *("AmlOnlineEndpointConsoleLog", "AmlOnlineEndpointEventLog", "AmlOnlineEndpointTrafficLog"),
)
_CATEGORIES = frozenset(name.lower() for name in (*ACTIVITY_CATEGORIES, *_RESOURCE_CATEGORIES))
"""The log categories that Azure Monitor documents for what is judged here."""
_GROUPS = frozenset({ALL_LOGS, AUDIT})


def settings_of(session: AzureSession, resource: ArmId) -> tuple[Mapping[str, Any], ...]:
    """The diagnostic settings of a resource."""
    below = resource.text.split("/resourcegroups/", 1)[1]
    return tuple(session.items(DIAGNOSTICS, GLOBAL, subscription=resource.subscription, resource=below))


def has_sink(setting: Mapping[str, Any]) -> bool:
    """Some destination is named. An unused one is left out, null, or empty."""
    properties = setting.get("properties")
    return isinstance(properties, Mapping) and any(properties.get(sink) for sink in SINKS)


def _is_documented(category: str, group: str) -> bool:
    """A log goes by a category or by a group of them."""
    known = (not category or category.lower() in _CATEGORIES) and (not group or group.lower() in _GROUPS)
    return known and bool(category or group)


def delivered(
    settings: Iterable[Mapping[str, Any]], categories: Iterable[str], groups: Iterable[str] = ()
) -> Fact[bool]:
    """Whether one of these log categories, or category groups, is enabled in a setting that has a destination.

    An enabled log under a name that Azure Monitor did not document when this was written may carry what is wanted.
    """
    wanted, wanted_groups = {c.lower() for c in categories}, {g.lower() for g in groups}
    facts: list[Fact[bool]] = []
    names: list[str] = []
    for setting in settings:
        names.append(str(setting.get("name", "")))
        if not has_sink(setting):
            continue
        logs = rows(setting, "properties.logs", default=[])  # a setting for metrics only has none
        if isinstance(logs, Unknown):
            facts.append(logs)
            continue
        for log in logs.value:
            category, group = str(log.get("category") or ""), str(log.get("categoryGroup") or "")
            if category.lower() in wanted or group.lower() in wanted_groups:
                enabled = flag(log, "enabled")
                label = f"diagnosticSettings/{setting.get('name', '')}/{category or group}"
                facts.append(Known(enabled.value, {label: enabled.value}) if isinstance(enabled, Known) else enabled)
            elif not _is_documented(category, group):
                enabled = flag(log, "enabled")
                if isinstance(enabled, Unknown) or enabled.value:
                    facts.append(Unknown(Reason.UNRECOGNISED, "properties.logs.category"))
    answer = any_true(facts)
    if isinstance(answer, Known) and not answer.native:
        return Known(answer.value, {"diagnosticSettings": names, "wanted": sorted(wanted | wanted_groups)})
    return answer
