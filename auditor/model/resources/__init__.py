"""The normalized inventory: one class per kind of resource, the same on every provider."""

from auditor.model.resources.base import Kind, Ref, Resource, fact
from auditor.model.resources.compute import Notebook
from auditor.model.resources.identity import AccountSettings, Identity
from auditor.model.resources.protection import (
    AuditLog,
    Budget,
    Key,
    LogStore,
    Network,
    PrivateEndpoint,
    Storage,
    ThreatDetection,
)
from auditor.model.resources.serving import AiService, Endpoint, GenerativeDeployment, Model
from auditor.model.scope import Provider

KINDS: tuple[Kind, ...] = (
    AccountSettings,
    AiService,
    AuditLog,
    Budget,
    Endpoint,
    GenerativeDeployment,
    Identity,
    Key,
    LogStore,
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

KINDS_ABSENT: dict[tuple[Provider, Kind], str] = {
    (Provider.AZURE, Model): "a registered model is files in the storage of its workspace, and is judged as Storage",
}
"""Kinds that a provider does not have as resources of their own, and why. No collector lists them there, and there
is nothing to list: that none was found is known without a call. Any other kind that nothing listed is unknown."""

__all__ = [
    "AI_KINDS",
    "KINDS",
    "KINDS_ABSENT",
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
    "LogStore",
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
