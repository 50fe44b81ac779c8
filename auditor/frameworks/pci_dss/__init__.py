"""PCI DSS 4.0.1: all 250 requirements in 63 sections. Labels are ours; the standard is copyright PCI SSC."""

from __future__ import annotations

from auditor.frameworks.pci_dss.r1_r4 import R1_R4
from auditor.frameworks.pci_dss.r5_r8 import R5_R8
from auditor.frameworks.pci_dss.r9_r10 import R9_R10
from auditor.frameworks.pci_dss.r11_r12 import R11_R12
from auditor.frameworks.pci_dss.sections import SECTIONS
from auditor.model.framework import Framework

__all__ = ["PCI_DSS", "SECTIONS"]

PCI_DSS = Framework(
    id="pci_dss",
    title="PCI DSS",
    edition="4.0.1",
    url="https://www.pcisecuritystandards.org/document_library/",
    note=(
        "This tool cannot determine the cardholder data environment, compensating controls, the customized "
        "approach or which requirements apply only to service providers. Results cover the AI resources that "
        "were read; a requirement is met only when an assessor confirms it for the whole scope. Physical and "
        "provider-run parts need the provider's attestation of compliance and its responsibility matrix."
    ),
    controls=(*R1_R4, *R5_R8, *R9_R10, *R11_R12),
)
