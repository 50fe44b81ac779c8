"""The normalized inventory: one class per kind of resource, the same on every provider."""

from auditor.model.resources.base import Kind, Ref, Resource, fact
from auditor.model.resources.compute import Notebook
from auditor.model.resources.identity import AccountSettings, Identity
from auditor.model.resources.protection import (
    AuditLog,
    Budget,
    Key,
    Network,
    PrivateEndpoint,
    Storage,
    ThreatDetection,
)
from auditor.model.resources.serving import AiService, Endpoint, GenerativeDeployment, Model

KINDS: tuple[Kind, ...] = (
    AccountSettings,
    AiService,
    AuditLog,
    Budget,
    Endpoint,
    GenerativeDeployment,
    Identity,
    Key,
    Model,
    Network,
    Notebook,
    PrivateEndpoint,
    Storage,
    ThreatDetection,
)
KIND_BY_NAME: dict[str, Kind] = {kind.kind(): kind for kind in KINDS}

AI_KINDS: tuple[Kind, ...] = (Endpoint, GenerativeDeployment, Model, Notebook)
"""Kinds whose presence makes an account one with AI in it."""

__all__ = [
    "AI_KINDS",
    "KINDS",
    "KIND_BY_NAME",
    "AccountSettings",
    "AiService",
    "AuditLog",
    "Budget",
    "Endpoint",
    "GenerativeDeployment",
    "Identity",
    "Key",
    "Kind",
    "Model",
    "Network",
    "Notebook",
    "PrivateEndpoint",
    "Ref",
    "Resource",
    "Storage",
    "ThreatDetection",
    "fact",
]
