"""Amazon Web Services. Importing this package loads no SDK; connecting does."""

from __future__ import annotations

from auditor.providers.aws.shared_calls import DESCRIBE_REGIONS
from auditor.providers.base import AnyCollector, collectors_of

CONNECT_CALLS = (DESCRIBE_REGIONS,)

MODULES = (
    "account",
    "agent_gateways",
    "agent_runtimes",
    "agent_stores",
    "agent_tools",
    "ai_assets",
    "ai_services",
    "audit_logs",
    "budgets",
    "clusters",
    "detection",
    "endpoints",
    "feature_groups",
    "front_doors",
    "functions",
    "generative",
    "guardrails",
    "identities",
    "image_repositories",
    "jobs",
    "keys",
    "knowledge_bases",
    "log_stores",
    "model_groups",
    "models",
    "monitors",
    "networks",
    "notebooks",
    "oversight",
    "private_endpoints",
    "prompts",
    "resource_index",
    "secrets",
    "storage",
    "web_firewalls",
    "workforces",
    "workspaces",
)
"""The modules with collectors, one per kind. Each has a tuple ``COLLECTORS``."""


def collectors() -> tuple[AnyCollector, ...]:
    """Every AWS collector."""
    return collectors_of(__name__, MODULES)


__all__ = ["CONNECT_CALLS", "collectors"]
