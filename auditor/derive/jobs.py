"""Derived facts: jobs and monitors."""

from __future__ import annotations

from auditor.derive.base import Derived

RULES: tuple[Derived, ...] = ()
