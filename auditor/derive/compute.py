"""Derived facts: workspaces, notebooks, clusters, feature groups, other AI services."""

from __future__ import annotations

from auditor.derive.base import Derived

RULES: tuple[Derived, ...] = ()
