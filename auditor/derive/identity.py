"""Derived facts: what policies, ceilings and keys add up to."""

from __future__ import annotations

from auditor.derive.base import Derived

RULES: tuple[Derived, ...] = ()
