"""Microsoft Azure. Importing this package loads no SDK; ``connect`` and ``session`` do."""

from __future__ import annotations

from auditor.providers.azure.arm import arm
from auditor.providers.base import AnyCollector, collectors_of

SUBSCRIPTIONS = arm(
    "Microsoft.Resources",
    "subscriptions.list",
    "/subscriptions",
    "2022-12-01",
    items="value",
    permissions=("Microsoft.Resources/subscriptions/read",),
)
CONNECT_CALLS = (SUBSCRIPTIONS,)
"""What connecting asks: which subscriptions the credential sees."""

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
    "networks",
    "notebooks",
    "private_endpoints",
    "resource_index",
    "storage",
)
"""The modules with collectors. A registered model is a plain asset of its workspace, so there is no ``models``."""


def collectors() -> tuple[AnyCollector, ...]:
    """Every Azure collector."""
    return collectors_of(__name__, MODULES)


__all__ = ["CONNECT_CALLS", "SUBSCRIPTIONS", "collectors"]
