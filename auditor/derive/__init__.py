"""Facts that come from other facts: references followed, joins, account-wide statements. Pure."""

from auditor.derive import (
    access,
    agents,
    compute,
    delivery,
    generative,
    identity,
    jobs,
    oversight,
    rules,
    serving,
    surroundings,
    trust,
)
from auditor.derive.base import Derived, DeriveSettings, World, derive

DERIVED: tuple[Derived, ...] = (
    *compute.RULES,
    *jobs.RULES,
    *serving.RULES,
    *generative.RULES,
    *agents.RULES,
    *surroundings.RULES,
    *delivery.RULES,
    *rules.RULES,
    *identity.RULES,
    *trust.RULES,
    *oversight.RULES,
    *access.RULES,
)
"""Every derived fact. A rule that reads a derived fact comes after the rule that fills it."""

__all__ = ["DERIVED", "DeriveSettings", "Derived", "World", "derive"]
