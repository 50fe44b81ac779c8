"""Derived facts: agent runtimes, gateways, stores and tools."""

from __future__ import annotations

from auditor.derive.base import Derived, customer_key
from auditor.model.resources import AgentGateway, AgentStore

RULES: tuple[Derived, ...] = (customer_key(AgentGateway), customer_key(AgentStore))
