"""Compliance frameworks as complete id lists. Labels are ours; no framework text is reproduced."""

from __future__ import annotations

from auditor.frameworks.hipaa import HIPAA
from auditor.frameworks.pci_dss import PCI_DSS
from auditor.frameworks.soc2 import SOC2
from auditor.model.framework import Framework

FRAMEWORKS: tuple[Framework, ...] = (SOC2, HIPAA, PCI_DSS)

_BY_ID = {item.id: item for item in FRAMEWORKS}


def framework(framework_id: str) -> Framework:
    """The framework with this id; ``KeyError`` if there is none."""
    return _BY_ID[framework_id]
