"""What people call the kinds of resources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from functools import cache

from auditor.model.resources import AI_KINDS, KIND_BY_NAME, AiService
from auditor.model.scope import Provider

AI_FIRST = (*(kind.kind() for kind in AI_KINDS[Provider.AWS]), AiService.kind())
TITLES = {
    "AccountSettings": "Account settings",
    "AgentGateway": "Agent gateways",
    "AgentRuntime": "Agent runtimes",
    "AgentStore": "What agents keep",
    "AgentTool": "Agent sandboxes",
    "AiAsset": "Custom models, indexes and collections of other AI services",
    "Cluster": "Training clusters",
    "FeatureGroup": "Feature groups",
    "FrontDoor": "APIs in front of functions and models",
    "Function": "Functions",
    "Guardrail": "Guardrails",
    "ImageRepository": "Image repositories",
    "Job": "Jobs",
    "KnowledgeBase": "Knowledge bases",
    "ModelGroup": "Model registry groups",
    "Monitor": "Model monitors",
    "Oversight": "How regions are watched",
    "Prompt": "Stored prompts",
    "ResourceIndex": "Indexes of the provider, as second sources",
    "Secret": "Stored secrets",
    "WebFirewall": "Web application firewalls",
    "Workforce": "Labeling workforces",
    "Workspace": "Workspaces",
    "AiService": "AI services (model APIs, workspaces)",
    "AuditLog": "Audit logs",
    "Budget": "Budgets",
    "Endpoint": "AI endpoints",
    "GenerativeDeployment": "Generative deployments and agents",
    "Identity": "Identities",
    "Key": "Encryption keys",
    "LogStore": "Log stores",
    "Model": "Models",
    "Network": "Networks",
    "Notebook": "Notebooks and attached compute",
    "PrivateEndpoint": "Private endpoints",
    "Storage": "Storage",
    "ThreatDetection": "Threat detection",
}


def title_of(kind: str) -> str:
    return TITLES.get(kind, kind)


@cache
def meanings(kind: str) -> Mapping[str, str]:
    """What the facts of a kind mean, by name; empty for a kind that this version does not know."""
    its = fields(KIND_BY_NAME[kind]) if kind in KIND_BY_NAME else ()
    return {f.name: f.metadata["meaning"] for f in its if "meaning" in f.metadata}
