"""Derived facts: guardrails, agents, knowledge bases, prompts."""

from __future__ import annotations

from auditor.derive.base import Derived

RULES: tuple[Derived, ...] = ()
