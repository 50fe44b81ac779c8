"""The shape of a compliance framework: a complete list of control ids with our own labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from auditor.model.maturity import ControlMapping


class EvidenceClass(StrEnum):
    """What a cloud API can contribute to a control, at best."""

    DIRECT = "direct"  # an API shows the technical part
    PARTIAL = "partial"  # an API shows a part; a person adds the rest
    MANUAL = "manual"  # only a person can provide evidence
    INHERITED = "inherited"  # the provider's own assurance report covers it


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """One criterion, standard or requirement. ``label`` is ours, or the framework's own where its licence allows that;
    the text of a control is not reproduced."""

    id: str
    label: str
    evidence: EvidenceClass
    attach: str = ""
    """What a person must attach. Empty only where a practice is direct evidence for the control."""
    designation: str = ""
    """The framework's own status of the item, e.g. ``required`` or ``addressable`` (HIPAA)."""
    group: str = ""
    """The id of the group it is in."""

    def __post_init__(self) -> None:
        if self.evidence is not EvidenceClass.DIRECT and not self.attach:
            raise ValueError(f"{self.id}: say what a person must attach")


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A family or section. The controls in it are those whose ids begin with its own."""

    id: str
    title: str
    attach: str = ""
    """What a person must attach for its controls that say nothing of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework:
    id: str
    title: str
    edition: str
    url: str
    note: str
    """What this tool cannot know about the framework's scope; printed on every report."""
    licence: str = ""
    """Whose the ids and labels are."""
    controls: tuple[Control, ...]
    groups: tuple[Group, ...] = ()
    """Empty, or such that every control is in one of them."""
    mappings: Mapping[str, tuple[ControlMapping, ...]] = field(default_factory=dict, compare=False)
    """By practice: the controls it is evidence for."""
    position: int = 100
    """Its place among the frameworks; the lower, the earlier."""

    def __post_init__(self) -> None:
        ids = [c.id for c in self.controls]
        if len(set(ids)) != len(ids):
            raise ValueError(f"{self.id}: a control id occurs twice")

    def control(self, control_id: str) -> Control:
        """The control with this id; ``KeyError`` if there is none."""
        for control in self.controls:
            if control.id == control_id:
                return control
        raise KeyError(control_id)
