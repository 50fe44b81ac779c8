"""Derived facts: workspaces, notebooks, clusters, feature groups, other AI services."""

from __future__ import annotations

from auditor.derive.base import Derived, customer_key
from auditor.model.resources import AiAsset, FeatureGroup, Workspace

RULES: tuple[Derived, ...] = (
    customer_key(Workspace),
    customer_key(AiAsset),
    customer_key(FeatureGroup, "offline_key", "offline_customer_key"),
    customer_key(FeatureGroup, "online_key", "online_customer_key"),
)
