"""Derived facts: networks, storage, images and logs around AI."""

from __future__ import annotations

from auditor.derive.base import Derived

RULES: tuple[Derived, ...] = ()
