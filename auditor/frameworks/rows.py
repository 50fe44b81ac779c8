"""Shorthand shared by the framework tables, one function per evidence class."""

from __future__ import annotations

from auditor.model.framework import Control, EvidenceClass


def direct(control_id: str, label: str, designation: str = "") -> Control:
    return Control(id=control_id, label=label, evidence=EvidenceClass.DIRECT, designation=designation)


def partial(control_id: str, label: str, attach: str, designation: str = "") -> Control:
    return Control(id=control_id, label=label, evidence=EvidenceClass.PARTIAL, attach=attach, designation=designation)


def manual(control_id: str, label: str, attach: str, designation: str = "") -> Control:
    return Control(id=control_id, label=label, evidence=EvidenceClass.MANUAL, attach=attach, designation=designation)


def inherited(control_id: str, label: str, attach: str, designation: str = "") -> Control:
    return Control(id=control_id, label=label, evidence=EvidenceClass.INHERITED, attach=attach, designation=designation)
