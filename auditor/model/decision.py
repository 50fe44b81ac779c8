"""What people decide and state beside what is measured: accepted risks and attestations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Where a decision holds. Empty fields leave nothing out."""

    provider: str = ""
    account: str = ""
    location: str = ""
    resource: str = ""
    """The id of one resource, as the audit gives it."""

    @property
    def everywhere(self) -> bool:
        return not (self.provider or self.account or self.location or self.resource)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExemptionRule:
    """An accepted risk: failures of one check within a scope, until the end of a day.

    It marks failures. It never makes one a pass, and never changes a level or the outcome of a control.
    """

    check: str
    owner: str
    """Who answers for the risk."""
    reason: str
    expires: date
    scope: Scope = Scope()
    approver: str = ""
    """Who accepted it, where that is somebody else."""
    source: str = ""
    """The file and entry it was read from."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A document that an attestation rests on. The evidence pack carries it."""

    name: str
    sha256: str
    size: int
    path: str
    """Where it was read. Not part of the audit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """What a person states about a practice, or about one control of a framework, until the end of a day.

    It is reported on a line of its own: a statement is no measurement, so it never counts towards a verified level.
    """

    owner: str
    statement: str
    stated: date
    expires: date
    practice: str = ""
    framework: str = ""
    control: str = ""
    scope: Scope = Scope()
    attachments: tuple[Attachment, ...] = ()
    source: str = ""
