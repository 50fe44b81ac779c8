"""Exemptions and attestations: read from TOML files of the user's repository, and held against an audit.

Each entry has an owner, a reason or statement, a scope and a day on which it ends; without any of them it is refused.
An entry that has expired counts as absent and is shown as expired.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from auditor.errors import UsageError
from auditor.model.decision import Attachment, Attestation, ExemptionRule, Scope
from auditor.model.finding import Exemption, Finding, Status
from auditor.model.scope import Account, Provider

ATTACHMENT_BYTES = 25 * 1024 * 1024
_SCOPE = ("provider", "account", "location", "resource")


@dataclass(frozen=True, slots=True)
class Exemptions:
    """The findings with what was accepted marked on them, and which findings each rule marked."""

    findings: tuple[Finding, ...]
    marked: Mapping[int, tuple[str, ...]]
    """Fingerprints by the rule's place in the list of rules."""


def day_of(as_of: str) -> date:
    """The day by which expiry is judged: that of the audit, so that a replay judges as the run did."""
    return datetime.fromisoformat(as_of).date()


def exempt(findings: Iterable[Finding], rules: Sequence[ExemptionRule], as_of: str) -> Exemptions:
    """Mark failures that somebody accepted. The status stays *fail*, and so do the score and every control."""
    today = day_of(as_of)
    live: dict[str, list[tuple[int, ExemptionRule]]] = {}
    for number, rule in enumerate(rules):
        if rule.expires >= today:
            live.setdefault(rule.check, []).append((number, rule))
    result: list[Finding] = []
    marked: dict[int, list[str]] = {}
    for finding in findings:
        if finding.status is Status.FAIL:
            for number, rule in live.get(finding.check, ()):
                if _holds(rule.scope, finding):
                    marked.setdefault(number, []).append(finding.fingerprint)
                    overlay = Exemption(rule.owner, rule.reason, rule.expires.isoformat(), rule.approver)
                    finding = replace(finding, exemption=overlay)
                    break
        result.append(finding)
    return Exemptions(tuple(result), {number: tuple(prints) for number, prints in marked.items()})


def _holds(scope: Scope, finding: Finding) -> bool:
    resource = finding.resource.id if finding.resource is not None else ""
    return covers(scope, finding.account) and all(
        not wanted or wanted == found
        for wanted, found in ((scope.location, finding.location), (scope.resource, resource))
    )


def covers(scope: Scope, account: Account) -> bool:
    return scope.provider in ("", account.provider) and scope.account in ("", account.id)


def state(expires: date, as_of: str, begins: date | None = None) -> str:
    """``active``, ``expired`` or, before it begins, ``not_yet``. The last two count as absent."""
    today = day_of(as_of)
    if expires < today:
        return "expired"
    return "not_yet" if begins is not None and begins > today else "active"


def read_file(path: Path) -> tuple[tuple[ExemptionRule, ...], tuple[Attestation, ...]]:
    """The ``[[exemptions]]`` and ``[[attestations]]`` of a file; UsageError that names file, entry and key."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: not valid TOML: {error}") from None
    for name in document:
        if name not in ("exemptions", "attestations"):
            raise UsageError(f"{path}: unknown table [{name}]", "Known tables: exemptions, attestations.")
    return exemptions(document.get("exemptions", []), path), attestations(document.get("attestations", []), path)


def exemptions(rows: Any, path: Path) -> tuple[ExemptionRule, ...]:
    return tuple(
        _exemption(_Entry(row, path, "exemptions", n)) for n, row in enumerate(_list(rows, path, "exemptions"), 1)
    )


def attestations(rows: Any, path: Path) -> tuple[Attestation, ...]:
    listed = _list(rows, path, "attestations")
    return tuple(_attestation(_Entry(row, path, "attestations", n)) for n, row in enumerate(listed, 1))


def _list(rows: Any, path: Path, name: str) -> list[Any]:
    if not isinstance(rows, list):
        raise UsageError(f"{path}: write {name} as [[{name}]]")
    return rows


@dataclass(frozen=True, slots=True)
class _Entry:
    """One table of a file, read key by key with errors that say where."""

    row: Any
    path: Path
    table: str
    number: int

    @property
    def where(self) -> str:
        return f"{self.path}: {self.table}, entry {self.number}"

    def known(self, *names: str) -> None:
        if not isinstance(self.row, dict):
            raise UsageError(f"{self.where} must be a table")
        for key in self.row:
            if key not in names:
                raise UsageError(f"{self.where} has no setting {key!r}", f"Known: {', '.join(sorted(names))}.")

    def text(self, key: str, *, required: bool = False) -> str:
        value = self.row.get(key, "")
        if not isinstance(value, str):
            raise UsageError(f"{self.where}: {key} must be a string")
        if required and not value.strip():
            raise UsageError(f"{self.where} needs {key}")
        return value

    def day(self, key: str) -> date:
        value = self.row.get(key)
        if not isinstance(value, date) or isinstance(value, datetime):
            raise UsageError(f"{self.where} needs {key}, a date such as 2027-01-31")
        return value

    def scope(self, *names: str) -> Scope:
        """What the entry names; everything only if it says so: an entry without a scope is more often an oversight."""
        scope = Scope(**{name: self.text(name) for name in names})
        everywhere = self.row.get("everywhere", False)
        if not isinstance(everywhere, bool):
            raise UsageError(f"{self.where}: everywhere must be true or false")
        if scope.provider and scope.provider not in tuple(Provider):
            raise UsageError(f"{self.where}: unknown provider {scope.provider!r}", "Choose from aws, azure, gcp.")
        if everywhere is scope.everywhere:
            return scope
        if everywhere:
            raise UsageError(f"{self.where} names a scope and says everywhere", "Keep one of them.")
        raise UsageError(
            f"{self.where} needs a scope", f"Name {', '.join(names)} (one or more), or write everywhere = true."
        )


def _exemption(entry: _Entry) -> ExemptionRule:
    entry.known("check", "owner", "approver", "reason", "expires", "everywhere", *_SCOPE)
    return ExemptionRule(
        check=entry.text("check", required=True),
        owner=entry.text("owner", required=True),
        reason=entry.text("reason", required=True),
        expires=entry.day("expires"),
        scope=entry.scope(*_SCOPE),
        approver=entry.text("approver"),
        source=f"{entry.path.name}, entry {entry.number}",
    )


def _attestation(entry: _Entry) -> Attestation:
    entry.known(
        *("practice", "framework", "control", "owner", "statement", "stated", "expires", "attachments", "everywhere"),
        *("provider", "account"),
    )
    practice, framework, control = (entry.text(name) for name in ("practice", "framework", "control"))
    if bool(practice) is bool(control) or bool(framework) is not bool(control):
        raise UsageError(f"{entry.where} needs a practice, or a framework and a control", "One of the two, not both.")
    _exists(entry, practice, framework, control)
    stated, expires = entry.day("stated"), entry.day("expires")
    if expires < stated:
        raise UsageError(f"{entry.where} expires before it was stated")
    return Attestation(
        practice=practice,
        framework=framework,
        control=control,
        owner=entry.text("owner", required=True),
        statement=entry.text("statement", required=True),
        stated=stated,
        expires=expires,
        scope=entry.scope("provider", "account"),
        attachments=_attachments(entry),
        source=f"{entry.path.name}, entry {entry.number}",
    )


def _exists(entry: _Entry, practice: str, framework: str, control: str) -> None:
    from auditor.frameworks import framework as framework_of
    from auditor.maturity import practice as practice_of

    try:
        if practice:
            practice_of(practice)
        else:
            framework_of(framework).control(control)
    except (KeyError, StopIteration):
        what = f"practice {practice!r}" if practice else f"control {control!r} in framework {framework!r}"
        raise UsageError(
            f"{entry.where}: there is no {what}", "'auditor checks list' and 'auditor frameworks list' show the ids."
        ) from None


def _attachments(entry: _Entry) -> tuple[Attachment, ...]:
    names = entry.row.get("attachments", [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise UsageError(f"{entry.where}: attachments must be a list of file names")
    return tuple(_attachment(entry, entry.path.parent / name) for name in names)


def _attachment(entry: _Entry, path: Path) -> Attachment:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{entry.where}: attachment {path}: {error.strerror}") from None
    if len(content) > ATTACHMENT_BYTES:
        raise UsageError(f"{entry.where}: attachment {path} is larger than {ATTACHMENT_BYTES // 1024 // 1024} MB")
    return Attachment(path.name, hashlib.sha256(content).hexdigest(), len(content), str(path))
