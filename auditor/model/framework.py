"""The shape of a compliance framework: a complete list of control ids with our own labels."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class EvidenceClass(StrEnum):
    """What a cloud API can contribute to a control, at best."""

    DIRECT = "direct"  # an API shows the technical part
    PARTIAL = "partial"  # an API shows a part; a person adds the rest
    MANUAL = "manual"  # only a person can provide evidence
    INHERITED = "inherited"  # the provider's own assurance report covers it


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """One criterion, standard or requirement. ``label`` is ours; the framework's text is not reproduced."""

    id: str
    label: str
    evidence: EvidenceClass
    attach: str = ""
    """What a person must attach. Required unless the evidence is direct."""
    designation: str = ""
    """The framework's own status of the item, e.g. ``required`` or ``addressable`` (HIPAA)."""

    def __post_init__(self) -> None:
        if self.evidence is not EvidenceClass.DIRECT and not self.attach:
            raise ValueError(f"{self.id}: say what a person must attach")


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework:
    id: str
    title: str
    edition: str
    url: str
    note: str
    """What this tool cannot know about the framework's scope; printed on every report."""
    controls: tuple[Control, ...]

    def __post_init__(self) -> None:
        ids = [c.id for c in self.controls]
        if len(set(ids)) != len(ids):
            raise ValueError(f"{self.id}: a control id occurs twice")

    def control(self, control_id: str) -> Control:
        return next(c for c in self.controls if c.id == control_id)
