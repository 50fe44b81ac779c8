"""Google Cloud. Importing this package loads no SDK; connecting does."""

from __future__ import annotations

from auditor.providers.base import AnyCollector, collectors_of
from auditor.providers.gcp.shared_calls import AI_LOCATIONS, PROJECT_GET

MODULES = (
    "account",
    "ai_services",
    "audit_logs",
    "budgets",
    "detection",
    "endpoints",
    "generative",
    "identities",
    "keys",
    "log_stores",
    "models",
    "networks",
    "notebooks",
    "private_endpoints",
    "resource_index",
    "storage",
)
"""The modules with collectors, one per kind. Each has a tuple ``COLLECTORS``."""

CONNECT_CALLS = (PROJECT_GET, AI_LOCATIONS)
"""What signing in itself asks: which project this is, and where Vertex AI is offered."""


def collectors() -> tuple[AnyCollector, ...]:
    """Every Google Cloud collector."""
    return collectors_of(__name__, MODULES)


__all__ = ["CONNECT_CALLS", "collectors"]
