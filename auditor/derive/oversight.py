"""Derived facts: how places with AI are watched."""

from __future__ import annotations

from auditor.derive.base import Derived

RULES: tuple[Derived, ...] = ()
