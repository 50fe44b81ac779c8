"""Amazon Web Services. Importing this package loads no SDK; connecting does."""

from __future__ import annotations

from importlib import import_module

from auditor.providers.aws.shared_calls import DESCRIBE_REGIONS
from auditor.providers.base import AnyCollector

CONNECT_CALLS = (DESCRIBE_REGIONS,)

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


def collectors() -> tuple[AnyCollector, ...]:
    """Every AWS collector."""
    found: list[AnyCollector] = []
    for name in MODULES:
        found.extend(import_module(f"{__name__}.{name}").COLLECTORS)
    return tuple(found)


__all__ = ["CONNECT_CALLS", "collectors"]
