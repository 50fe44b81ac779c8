"""The answer to one check for one resource, or for one account when there is no resource to name."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from auditor.model.check import Severity
from auditor.model.facts import Fact, Unknown
from auditor.model.resources import Resource
from auditor.model.scope import Account


class Status(StrEnum):
    PASS = "pass"
    FAIL = "fail"
    NOT_ASSESSED = "not_assessed"
    NOT_APPLICABLE = "not_applicable"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Exemption:
    """A risk accepted by a person. An overlay on a finding, never a status of its own."""

    owner: str
    reason: str
    expires: str
    approver: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    check: str
    practice: str
    severity: Severity
    account: Account
    location: str
    status: Status
    message: str
    resource: Resource | None = None
    facts: Mapping[str, Fact[Any]] = field(default_factory=dict)
    calls: tuple[str, ...] = ()
    inherited: bool = False
    """The provider guarantees the state; nothing was judged here."""
    unknown: Unknown | None = None
    """Why it is not assessed."""
    exemption: Exemption | None = None

    @property
    def fingerprint(self) -> str:
        """The same for the same question about the same thing in every run; what drift and exemptions match on."""
        subject = self.resource.id if self.resource else f"{self.location}"
        text = "\x1f".join((self.check, self.account.provider, self.account.id, subject))
        return hashlib.sha256(text.encode()).hexdigest()[:16]
