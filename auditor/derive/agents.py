"""Derived facts: agent runtimes, gateways, stores and tools."""

from __future__ import annotations

from auditor.derive.base import Derived

RULES: tuple[Derived, ...] = ()
