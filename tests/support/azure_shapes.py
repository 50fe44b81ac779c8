"""Is a body of ours one that Azure Resource Manager could have sent?

Bodies of Azure Machine Learning are held against the models of its SDK: names, nesting, and the values of enums. Other
types have no installed model; their names and nesting are held against example bodies published with the API
specifications, kept outside the repository (``AUDITOR_SHARED_DATA``, or ``../shared/data`` beside the checkout).
"""

from __future__ import annotations

import json
import os
import types
import typing
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any

DATA = Path(os.environ.get("AUDITOR_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data")) / "azure_examples"

FREE_KEYS = {"tags", "userassignedidentities", "notifications", "traffic", "mirrortraffic", "environmentvariables"}
"""Objects whose keys are the customer's."""

UNDOCUMENTED = {"sdkTelemetryAppInsightsKey"}
"""Seen in recorded bodies of workspaces, but in no model."""

_CONNECTION = {f"privateLinkServiceConnectionState.{k}" for k in ("status", "description", "actionsRequired")}
_LINK = {f"properties.{p}" for p in (*_CONNECTION, "provisioningState", "privateLinkServiceId", "groupIds[]")} | {
    "name"
}

DOCUMENTED: dict[str, set[str]] = {
    "microsoft.authorization/roleassignments": {"properties.condition"},
    "microsoft.cognitiveservices/accounts": {
        "identity.type",
        "identity.principalId",
        "identity.tenantId",
        "properties.customSubDomainName",
        "properties.dateCreated",
        "properties.disableLocalAuth",
        "properties.encryption.keySource",
        "properties.encryption.keyVaultProperties.keyName",
        "properties.encryption.keyVaultProperties.keyVaultUri",
        "properties.networkAcls.defaultAction",
        "properties.networkAcls.ipRules",
        "properties.networkAcls.virtualNetworkRules",
        "properties.privateEndpointConnections[].name",
        "properties.privateEndpointConnections[].properties.privateEndpoint.id",
        "properties.privateEndpointConnections[].properties.provisioningState",
        *(f"properties.privateEndpointConnections[].properties.{p}" for p in _CONNECTION),
    },
    "microsoft.cognitiveservices/accounts/deployments": {"properties.currentCapacity", "properties.raiPolicyName"},
    "microsoft.cognitiveservices/accounts/raipolicies": {"properties.type", "type"},
    "microsoft.consumption/budgets": {
        "id",
        "name",
        "type",
        "properties.category",
        "properties.amount",
        "properties.timeGrain",
        "properties.timePeriod.startDate",
        "properties.timePeriod.endDate",
        "properties.notifications",
    },
    "microsoft.keyvault/vaults": {"properties.enablePurgeProtection", "properties.enableRbacAuthorization"},
    "microsoft.keyvault/vaults/keys": {
        "properties.rotationPolicy.lifetimeActions[].trigger.timeAfterCreate",
        "properties.rotationPolicy.lifetimeActions[].action.type",
        "properties.rotationPolicy.attributes.expiryTime",
    },
    "microsoft.network/networkwatchers": {"id", "name", "type", "location", "properties.provisioningState"},
    "microsoft.network/networkwatchers/flowlogs": {
        "id",
        "name",
        "type",
        "location",
        "properties.targetResourceId",
        "properties.storageId",
        "properties.enabled",
        "properties.retentionPolicy.days",
        "properties.retentionPolicy.enabled",
        "properties.provisioningState",
    },
    "microsoft.network/privateendpoints": {
        *(f"properties.privateLinkServiceConnections[].{p}" for p in _LINK),
        *(f"properties.manualPrivateLinkServiceConnections[].{p}" for p in _LINK),
    },
    "microsoft.network/virtualnetworks": {"tags"},
    "microsoft.operationalinsights/clusters": {
        "id",
        "name",
        "type",
        "location",
        "sku.name",
        "sku.capacity",
        "properties.provisioningState",
        "properties.billingType",
        "properties.isDoubleEncryptionEnabled",
        *(f"properties.keyVaultProperties.{p}" for p in ("keyVaultUri", "keyName", "keyVersion")),
    },
    "microsoft.operationalinsights/workspaces": {
        "id",
        "name",
        "type",
        "location",
        "tags",
        "properties.provisioningState",
        "properties.sku.name",
        "properties.retentionInDays",
        "properties.publicNetworkAccessForIngestion",
        "properties.publicNetworkAccessForQuery",
        "properties.features.clusterResourceId",
        "properties.features.enableLogAccessUsingOnlyResourcePermissions",
    },
    "microsoft.storage/storageaccounts": {"properties.publicNetworkAccess"},
    "microsoft.storage/storageaccounts/blobservices": {
        "id",
        "name",
        "type",
        "properties.isVersioningEnabled",
        "properties.deleteRetentionPolicy.enabled",
        "properties.deleteRetentionPolicy.days",
    },
    "microsoft.storage/storageaccounts/blobservices/containers": {
        "id",
        "name",
        "type",
        "properties.publicAccess",
        "properties.immutabilityPolicy.properties.state",
        "properties.immutabilityPolicy.properties.immutabilityPeriodSinceCreationInDays",
    },
    "microsoft.web/sites": {
        "id",
        "name",
        "type",
        "location",
        "identity.type",
        "identity.principalId",
        "identity.tenantId",
    },
}
"""Documented properties, by type, that the examples happen not to show, and those of types without an example."""


def ml_problems(body: Mapping[str, Any], model: str) -> list[str]:
    """What an Azure Machine Learning body has that the SDK's model of it does not."""
    from azure.ai.ml._restclient.arm_ml_service import models

    return list(_against_model(body, getattr(models, model), models, model))


def _against_model(value: Any, kind: Any, models: types.ModuleType, where: str) -> Iterator[str]:
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        enums = [a for a in args if isinstance(a, type) and issubclass(a, Enum)]
        if enums and isinstance(value, str):
            if value not in {member.value for enum in enums for member in enum}:
                yield f"{where}: {value!r} is no {enums[0].__name__}"
            return
        rest = [a for a in args if a is not type(None)]
        yield from _against_model(value, rest[0], models, where) if len(rest) == 1 else ()
    elif origin is list:
        for item in value if isinstance(value, list) else ():
            yield from _against_model(item, args[0], models, f"{where}[]")
    elif origin is dict:
        for key, item in value.items() if isinstance(value, Mapping) else ():
            yield from _against_model(item, args[1], models, f"{where}.{key}")
    elif isinstance(kind, type) and kind.__module__.startswith("azure.") and isinstance(value, Mapping):
        yield from _against_fields(value, _concrete(kind, value), models, where)
    elif kind in (str, bool, int) and value is not None and type(value) is not kind:
        yield f"{where}: {value!r} is no {kind.__name__}"


def _concrete(kind: Any, value: Mapping[str, Any]) -> Any:
    """The subclass that a discriminator such as ``computeType`` selects."""
    mapping = getattr(kind, "__mapping__", {})
    return next((mapping[v] for v in value.values() if isinstance(v, str) and v in mapping), kind)


def _against_fields(value: Mapping[str, Any], kind: Any, models: types.ModuleType, where: str) -> Iterator[str]:
    kind({})  # the SDK fills the table of fields with the first instance
    hints = typing.get_type_hints(kind, None, {"_models": models})
    by_name = {rest._rest_name: hints.get(attribute) for attribute, rest in kind._attr_to_rest_field.items()}
    for key, item in value.items():
        if key in UNDOCUMENTED:
            continue
        if key not in by_name:
            yield f"{where}: {kind.__name__} has no {key}"
        else:
            yield from _against_model(item, by_name[key], models, f"{where}.{key}")


def example_paths() -> dict[str, set[str]]:
    """The property paths that example bodies show, by resource type in lower case."""
    found: dict[str, set[str]] = {}
    for record in json.loads((DATA / "index.json").read_text()):
        body = json.loads((DATA / record["file"]).read_text())
        rows = body.get("value") if isinstance(body, dict) and isinstance(body.get("value"), list) else [body]
        for row in rows:
            if isinstance(row, dict):
                kind = str(row.get("type") or _type_in(record["path_template"])).lower()
                found.setdefault(kind, set()).update(paths(row))
    return found


def _type_in(template: str) -> str:
    parts = template.rsplit("/providers/", 1)[-1].split("/")
    return "/".join([parts[0], *parts[1::2]])


def paths(value: Any, prefix: str = "") -> set[str]:
    """The paths of all leaves, e.g. ``properties.logs[].enabled``."""
    if isinstance(value, Mapping):
        found: set[str] = set()
        for key, item in value.items():
            where = f"{prefix}.{key}" if prefix else key
            found |= {where} if key.lower() in FREE_KEYS else paths(item, where)
        return found or {prefix}
    if isinstance(value, list):
        return {p for item in value for p in paths(item, f"{prefix}[]")} or {prefix}
    return {prefix}


def known_by(path: str, examples: set[str]) -> bool:
    """A path, or an object or list that the examples show filled and we left empty."""
    bare = path.removesuffix("[]")
    return bare in examples or any(e.startswith((f"{bare}.", f"{bare}[")) for e in examples)
