"""The shape of the ML Security Maturity Model: layers, levels, practices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum


class Layer(StrEnum):
    IDENTITY = "identity"
    NETWORK = "network"
    DATA = "data"
    APPLICATION = "application"


class Level(IntEnum):
    """Maturity levels. 0 means below Foundation."""

    NONE = 0
    FOUNDATION = 1
    STRUCTURED = 2
    PROACTIVE = 3
    OPTIMIZED = 4

    @property
    def label(self) -> str:
        return "below Foundation" if self is Level.NONE else self.name.capitalize()


class Strength(StrEnum):
    """How much a practice says about a control."""

    DIRECT = "direct"  # the practice is what the control asks for, on the resources we read
    SUPPORTING = "supporting"  # evidence towards the control; never satisfies it alone
    CONTEXTUAL = "contextual"  # background an assessor will want to see


class Measurement(StrEnum):
    AUTOMATED = "automated"  # provider APIs show it
    AUTOMATED_AND_ATTESTED = "automated and attested"  # APIs show a part, a named person states the rest
    ATTESTED = "attested"  # only a person can state it; outside the verified level


@dataclass(frozen=True, slots=True)
class ControlMapping:
    """One control that a practice is evidence for, and why this pair belongs together."""

    framework: str
    control: str
    strength: Strength
    reason: str


def _unmapped(practice_id: str) -> tuple[ControlMapping, ...]:
    del practice_id
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """One practice of the model, e.g. ``ID-1.3``.

    A critical practice must be met by every resource; any failure or unknown blocks its level.
    """

    id: str
    layer: Layer
    level: Level
    title: str
    why: str
    critical: bool = False
    measurement: Measurement = Measurement.AUTOMATED
    mappings: Callable[[str], tuple[ControlMapping, ...]] = field(default=_unmapped, repr=False, compare=False)
    """Asked with the practice's id which controls it is evidence for. A question, because the answer is data of the
    frameworks, which are read only when somebody wants to know."""

    def __post_init__(self) -> None:
        if not 1 <= self.level <= 4:
            raise ValueError(f"{self.id}: level {self.level} is not 1 to 4")

    @property
    def controls(self) -> tuple[ControlMapping, ...]:
        return self.mappings(self.id)
