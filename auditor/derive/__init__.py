"""Facts that come from other facts: references followed, joins, account-wide statements. Pure."""

from auditor.derive.base import Derived, DeriveSettings, World, derive
from auditor.derive.rules import DERIVED

__all__ = ["DERIVED", "DeriveSettings", "Derived", "World", "derive"]
