"""Google's published schemas, strictly: no unknown field, no wrong type, no unknown enum value.

From the discovery documents that google-api-python-client brings along. Two APIs have none there; their schemas stand
below, written from the REST reference.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import googleapiclient.discovery_cache

from auditor.model.exchange import Exchange

_DOCUMENTS = Path(googleapiclient.discovery_cache.__file__).parent / "documents"
_VERSIONS = {
    "aiplatform": "v1",
    "apikeys": "v2",
    "billingbudgets": "v1",
    "cloudasset": "v1",
    "cloudbilling": "v1",
    "cloudkms": "v1",
    "cloudresourcemanager": "v3",
    "compute": "v1",
    "directory": "directory_v1",
    "iam": "v1",
    "logging": "v2",
    "notebooks": "v2",
    "orgpolicy": "v2",
    "serviceusage": "v1",
    "storage": "v1",
}

_OWN: dict[str, Any] = {
    "schemas": {
        "FloorSetting": {
            "properties": {
                "name": {"type": "string"},
                "createTime": {"type": "string", "format": "google-datetime"},
                "updateTime": {"type": "string", "format": "google-datetime"},
                "filterConfig": {"$ref": "FilterConfig"},
                "enableFloorSettingEnforcement": {"type": "boolean"},
                "integratedServices": {
                    "type": "array",
                    "items": {
                        "type": "string",
                        "enum": ["INTEGRATED_SERVICE_UNSPECIFIED", "AI_PLATFORM", "GOOGLE_MCP_SERVER"],
                    },
                },
                "aiPlatformFloorSetting": {"$ref": "AiPlatformFloorSetting"},
            }
        },
        "AiPlatformFloorSetting": {
            "properties": {
                "inspectOnly": {"type": "boolean"},
                "inspectAndBlock": {"type": "boolean"},
                "enableCloudLogging": {"type": "boolean"},
            }
        },
        "FilterConfig": {
            "properties": {
                "piAndJailbreakFilterSettings": {
                    "type": "object",
                    "properties": {
                        "filterEnforcement": {
                            "type": "string",
                            "enum": ["PI_AND_JAILBREAK_FILTER_ENFORCEMENT_UNSPECIFIED", "ENABLED", "DISABLED"],
                        },
                        "confidenceLevel": {"$ref": "ConfidenceLevel"},
                    },
                },
                "raiSettings": {
                    "type": "object",
                    "properties": {
                        "raiFilters": {
                            "type": "array",
                            "items": {
                                "type": "object",
                                "properties": {
                                    "filterType": {
                                        "type": "string",
                                        "enum": ["SEXUALLY_EXPLICIT", "HATE_SPEECH", "HARASSMENT", "DANGEROUS"],
                                    },
                                    "confidenceLevel": {"$ref": "ConfidenceLevel"},
                                },
                            },
                        }
                    },
                },
            }
        },
        "ConfidenceLevel": {
            "type": "string",
            "enum": ["DETECTION_CONFIDENCE_LEVEL_UNSPECIFIED", "LOW_AND_ABOVE", "MEDIUM_AND_ABOVE", "HIGH"],
        },
        "ListSecurityCenterServicesResponse": {
            "properties": {
                "securityCenterServices": {"type": "array", "items": {"$ref": "SecurityCenterService"}},
                "nextPageToken": {"type": "string"},
            }
        },
        "SecurityCenterService": {
            "properties": {
                "name": {"type": "string"},
                "intendedEnablementState": {"$ref": "EnablementState"},
                "effectiveEnablementState": {"$ref": "EnablementState"},
                "modules": {"type": "object", "additionalProperties": {"type": "any"}},
                "updateTime": {"type": "string"},
                "serviceConfig": {"type": "any"},
            }
        },
        "EnablementState": {
            "type": "string",
            "enum": ["ENABLEMENT_STATE_UNSPECIFIED", "INHERITED", "ENABLED", "DISABLED", "INGEST_ONLY"],
        },
    }
}
_OWN_RESPONSES = {
    "modelarmor.projects.locations.getFloorSetting": "FloorSetting",
    "securitycentermanagement.projects.locations.securityCenterServices.list": "ListSecurityCenterServicesResponse",
}

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "array": (list,),
    "object": (dict,),
}
_FORMATS = {
    "int64": re.compile(r"-?\d+"),
    "uint64": re.compile(r"\d+"),
    "google-duration": re.compile(r"-?\d+(\.\d{1,9})?s"),
    "google-datetime": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z"),
    "date-time": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"),
}


def violations(exchange: Exchange) -> list[str]:
    """What is wrong with the body of a successful exchange; empty if it is what Google documents."""
    document, schema = response_schema(exchange.service, exchange.operation)
    return list(_check(document, document["schemas"][schema], json.loads(exchange.body), ""))


def response_schema(service: str, operation: str) -> tuple[Mapping[str, Any], str]:
    method = f"{service}.{operation}"
    if method in _OWN_RESPONSES:
        return _OWN, _OWN_RESPONSES[method]
    document = discovery(service)
    found = dict(_methods(document))
    return document, found[method]["response"]["$ref"]


@cache
def discovery(service: str) -> Mapping[str, Any]:
    name = {"directory": "admin"}.get(service, service)  # the Directory API is a part of the Admin SDK API
    parsed: Mapping[str, Any] = json.loads((_DOCUMENTS / f"{name}.{_VERSIONS[service]}.json").read_text())
    return parsed


def _methods(node: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for method in node.get("methods", {}).values():
        yield method["id"], method
    for inner in node.get("resources", {}).values():
        yield from _methods(inner)


def methods(service: str) -> dict[str, Mapping[str, Any]]:
    return dict(_methods(discovery(service)))


def _check(document: Mapping[str, Any], schema: Mapping[str, Any], value: Any, where: str) -> Iterator[str]:
    if "$ref" in schema:
        yield from _check(document, document["schemas"][schema["$ref"]], value, where)
        return
    kind = schema.get("type", "object")
    if kind == "any":
        return
    if not isinstance(value, _TYPES[kind]) or (isinstance(value, bool) and kind != "boolean"):
        yield f"{where}: {type(value).__name__} where {kind} is documented"
        return
    if kind == "string":
        if "enum" in schema and value not in schema["enum"]:
            yield f"{where}: {value!r} is no documented value"
        pattern = _FORMATS.get(schema.get("format", ""))
        if pattern and not pattern.fullmatch(value):
            yield f"{where}: {value!r} is no {schema['format']}"
    elif kind == "array":
        for number, entry in enumerate(value):
            yield from _check(document, schema["items"], entry, f"{where}[{number}]")
    elif kind == "object":
        for name, entry in value.items():
            inner = schema.get("properties", {}).get(name, schema.get("additionalProperties"))
            if inner is None:
                yield f"{where}.{name}: no documented field"
            else:
                yield from _check(document, inner, entry, f"{where}.{name}")
