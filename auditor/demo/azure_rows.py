"""The demo subscription: its ids, and the shapes that rows of Azure Resource Manager share."""

from __future__ import annotations

from typing import Any

Body = dict[str, Any]

SUBSCRIPTION = "00000000-0000-0000-0000-00000000a001"
TENANT = "00000000-0000-0000-0000-00000000e000"
PROD_TAGS = {"owner": "forecasting", "environment": "production", "data-classification": "confidential"}


def rid(group: str, namespace: str, *pairs: str) -> str:
    """An ARM id in the demo subscription."""
    return f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{group}/providers/{namespace}/{'/'.join(pairs)}"


LOGS = rid("rg-platform", "Microsoft.OperationalInsights", "workspaces", "log-kestrel")
LOGS_ASSIST = rid("rg-genai", "Microsoft.OperationalInsights", "workspaces", "log-assist")


def listed(*rows: Body) -> Body:
    return {"value": list(rows)}


def resource(group: str, arm_type: str, name: str, location: str, /, **more: Any) -> Body:
    """A row; ``name`` holds those of the resources it lies in, too, with slashes between."""
    parts = arm_type.split("/")
    arm_id = rid(group, parts[0], *(x for pair in zip(parts[1:], name.split("/"), strict=True) for x in pair))
    return {"id": arm_id, "name": name.split("/")[-1], "type": arm_type, "location": location, **more}


def connection(resource_name: str, endpoint: str, status: str) -> Body:
    return {
        "name": f"{resource_name}.{endpoint}",
        "properties": {
            "privateEndpoint": {"id": rid("rg-platform", "Microsoft.Network", "privateEndpoints", endpoint)},
            "privateLinkServiceConnectionState": {"status": status, "actionsRequired": "None"},
            "provisioningState": "Succeeded",
        },
    }


def setting(name: str, *logs: tuple[str, str], workspace: str = LOGS) -> Body:
    return {
        "name": name,
        "type": "Microsoft.Insights/diagnosticSettings",
        "properties": {
            "workspaceId": workspace,
            "metrics": [],
            "logs": [{key: value, "enabled": True} for key, value in logs],
        },
    }


def logs_of(arm_id: str) -> str:
    return f"{arm_id}/providers/Microsoft.Insights/diagnosticSettings"
