"""The normalized inventory: one class per kind of resource, the same on every provider."""

from auditor.model.resources.agents import (
    AgentGateway,
    AgentRuntime,
    AgentStore,
    AgentTool,
    Guardrail,
    KnowledgeBase,
    Prompt,
)
from auditor.model.resources.base import Kind, Ref, Resource, fact
from auditor.model.resources.compute import Notebook
from auditor.model.resources.delivery import FrontDoor, Function, ImageRepository, ModelGroup, WebFirewall
from auditor.model.resources.identity import AccountSettings, Identity
from auditor.model.resources.index import ResourceIndex
from auditor.model.resources.oversight import Oversight, Secret
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
from auditor.model.resources.work import Job, Monitor
from auditor.model.resources.workspace import AiAsset, Cluster, FeatureGroup, Workforce, Workspace
from auditor.model.scope import Provider

KINDS: tuple[Kind, ...] = (
    AccountSettings,
    AgentGateway,
    AgentRuntime,
    AgentStore,
    AgentTool,
    AiAsset,
    AiService,
    AuditLog,
    Budget,
    Cluster,
    Endpoint,
    FeatureGroup,
    FrontDoor,
    Function,
    GenerativeDeployment,
    Guardrail,
    Identity,
    ImageRepository,
    Job,
    Key,
    KnowledgeBase,
    LogStore,
    Model,
    ModelGroup,
    Monitor,
    Network,
    Notebook,
    Oversight,
    PrivateEndpoint,
    Prompt,
    ResourceIndex,
    Secret,
    Storage,
    ThreatDetection,
    WebFirewall,
    Workforce,
    Workspace,
)
KIND_BY_NAME: dict[str, Kind] = {kind.kind(): kind for kind in KINDS}

_AI_EVERYWHERE: tuple[Kind, ...] = (Endpoint, GenerativeDeployment, Model, Notebook)
AI_KINDS: dict[Provider, tuple[Kind, ...]] = {
    Provider.AWS: (
        AgentGateway,
        AgentRuntime,
        AgentTool,
        AiAsset,
        Cluster,
        Endpoint,
        FeatureGroup,
        GenerativeDeployment,
        Job,
        KnowledgeBase,
        Model,
        ModelGroup,
        Notebook,
        Workspace,
    ),
    Provider.AZURE: _AI_EVERYWHERE,
    Provider.GCP: _AI_EVERYWHERE,
}
"""Kinds whose presence makes an account one with AI in it, as far as this version lists them."""

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
    "AgentGateway",
    "AgentRuntime",
    "AgentStore",
    "AgentTool",
    "AiAsset",
    "AiService",
    "AuditLog",
    "Budget",
    "Cluster",
    "Endpoint",
    "FeatureGroup",
    "FrontDoor",
    "Function",
    "GenerativeDeployment",
    "Guardrail",
    "Identity",
    "ImageRepository",
    "Job",
    "Key",
    "Kind",
    "KnowledgeBase",
    "LogStore",
    "Model",
    "ModelGroup",
    "Monitor",
    "Network",
    "Notebook",
    "Oversight",
    "PrivateEndpoint",
    "Prompt",
    "Ref",
    "Resource",
    "ResourceIndex",
    "Secret",
    "Storage",
    "ThreatDetection",
    "WebFirewall",
    "Workforce",
    "Workspace",
    "fact",
]
