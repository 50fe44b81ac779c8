"""Google Cloud. Importing this package loads no SDK; connecting does."""

from __future__ import annotations

from importlib import import_module

from auditor.providers.base import AnyCollector
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
    "storage",
)
"""The modules with collectors, one per kind. Each has a tuple ``COLLECTORS``."""

CONNECT_CALLS = (PROJECT_GET, AI_LOCATIONS)
"""What signing in itself asks: which project this is, and where Vertex AI is offered."""


def collectors() -> tuple[AnyCollector, ...]:
    """Every Google Cloud collector."""
    found: list[AnyCollector] = []
    for name in MODULES:
        found.extend(import_module(f"{__name__}.{name}").COLLECTORS)
    return tuple(found)


__all__ = ["CONNECT_CALLS", "collectors"]
