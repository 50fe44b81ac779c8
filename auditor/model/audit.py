"""One audit: the thing that is stored, rendered, compared and replayed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from auditor.model.decision import Attestation, ExemptionRule
from auditor.model.exchange import Exchange
from auditor.model.finding import Finding
from auditor.model.inventory import Inventory
from auditor.model.scope import Account, Provider

SCHEMA_VERSION = "1.2"
HISTORY_DAYS = 90
"""How far back finished jobs are read unless a run says otherwise."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who read an account, as the provider names it."""

    provider: Provider
    account: str
    identity: str


@dataclass(frozen=True, slots=True)
class CloudFailure:
    """A cloud of the run that could not be read at all."""

    provider: Provider
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    id: str
    tool_version: str
    model_version: str
    checks_digest: str
    as_of: str
    """UTC, ISO 8601: the time that age rules measure from. A replay keeps the recorded one."""
    started_at: str
    finished_at: str
    principals: tuple[Principal, ...]
    places: Mapping[Account, tuple[str, ...]]
    """The locations read in each account."""
    selection: Mapping[str, Any]
    """The filters of the run; empty for a complete one."""
    history_days: int
    """How far back finished jobs were read."""
    inventory: Inventory
    findings: tuple[Finding, ...]
    exchanges: tuple[Exchange, ...]
    code_digest: str = ""
    """Of the tool that judged; see :func:`auditor.run_context.code_digest`."""
    context: Mapping[str, Any] = field(default_factory=dict)
    """Who ran it and with what; see :mod:`auditor.run_context`. A replay keeps that of the recorded run."""
    exemptions: tuple[ExemptionRule, ...] = ()
    exempted: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    """Fingerprints of the failures that each rule marked, by its place in ``exemptions``."""
    attestations: tuple[Attestation, ...] = ()
    failures: tuple[CloudFailure, ...] = ()
    defects: tuple[str, ...] = ()
    interrupted: bool = False
    replayed: bool = False
