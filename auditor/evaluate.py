"""Checks x inventory -> findings. Pure: no network, no clock, no threads."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from auditor.model.check import AnyCheck, Fail, Inherited, NoCounterpart, NotApplicable, NotBuilt, Pass
from auditor.model.facts import NOT_COLLECTED, Fact, FactUnknown, Reason, Unknown, calls_of
from auditor.model.finding import Finding, Status
from auditor.model.inventory import Gap, Inventory
from auditor.model.resources import Resource
from auditor.model.scope import GLOBAL, Account

log = logging.getLogger(__name__)


def evaluate(checks: Iterable[AnyCheck], inventory: Inventory) -> tuple[Finding, ...]:
    """At least one finding for every check in every account, whatever happened during collection.

    Ordered by check, account, status-independent subject, so that equal inventories give equal findings.
    """
    findings = [
        finding
        for check in sorted(checks, key=lambda c: c.id)
        for account in inventory.accounts
        for finding in _answer(check, account, inventory)
    ]
    return tuple(findings)


def _answer(check: AnyCheck, account: Account, inventory: Inventory) -> Iterator[Finding]:
    coverage = check.providers[account.provider]
    if isinstance(coverage, Inherited):
        limits = f" Limits: {coverage.limits}" if coverage.limits else ""
        yield _about_account(
            check, account, Status.NOT_APPLICABLE, f"{coverage.statement}{limits} ({coverage.url})", inherited=True
        )
        return
    if isinstance(coverage, NoCounterpart):
        yield _about_account(check, account, Status.NOT_APPLICABLE, coverage.reason)
        return
    if isinstance(coverage, NotBuilt):
        why = Unknown(Reason.NOT_BUILT, coverage.reason)
        yield _about_account(check, account, Status.NOT_ASSESSED, str(why), unknown=why)
        return
    gaps = inventory.gaps_of(check.resource, account)
    found = inventory.of(check.resource, account)
    for location, reasons in _by_location(gaps):
        message = f"{check.resource.__name__} could not be listed completely: {'; '.join(map(str, reasons))}"
        why = Unknown(
            reasons[0].reason,
            reasons[0].detail,
            calls_of(reasons),
            tuple(sorted({p for reason in reasons for p in reason.permissions})),
        )
        yield _about_account(check, account, Status.NOT_ASSESSED, message, location=location, unknown=why)
    for resource in found:
        yield _assess(check, resource)
    if gaps or found:
        return
    listings = inventory.listings_of(check.resource, account)
    if not listings:
        why = Unknown(Reason.NOT_COLLECTED, check.resource.__name__)
        yield _about_account(check, account, Status.NOT_ASSESSED, str(why), unknown=why)
        return
    calls = tuple(sorted({c for listing in listings for c in listing.calls}))
    yield _about_account(check, account, Status.NOT_APPLICABLE, f"no {check.resource.__name__} exists", calls=calls)


def _by_location(gaps: Iterable[Gap]) -> Iterator[tuple[str, tuple[Unknown, ...]]]:
    """One question per place, however many collectors could not answer there."""
    reasons: dict[str, list[Unknown]] = {}
    for gap in gaps:
        reasons.setdefault(gap.location, []).append(gap.why)
    for location, found in sorted(reasons.items()):
        yield location, tuple(dict.fromkeys(found))


def judge(check: AnyCheck, resource: Resource) -> Pass | Fail | NotApplicable | Unknown:
    """The check's verdict on one resource; facts it does not declare are hidden from it.

    A check that fails itself, or answers with something else, is a defect of that check and not of the run.
    """
    hidden: dict[str, Any] = dict.fromkeys(resource.fact_names() - set(check.needs), NOT_COLLECTED)
    try:
        verdict = check.evaluate(replace(resource, **hidden))
    except FactUnknown as error:
        return error.fact
    except Exception as error:
        log.debug("defect in check %s", check.id, exc_info=error)
        return Unknown(Reason.DEFECT, f"check {check.id}: {type(error).__name__}")
    if not isinstance(verdict, Pass | Fail | NotApplicable):
        return Unknown(Reason.DEFECT, f"check {check.id}: no verdict")
    return verdict


_STATUS = {Pass: Status.PASS, Fail: Status.FAIL, NotApplicable: Status.NOT_APPLICABLE}


def _assess(check: AnyCheck, resource: Resource) -> Finding:
    facts: dict[str, Fact[Any]] = {name: getattr(resource, name) for name in sorted(check.needs)}
    verdict = judge(check, resource)
    unknown = verdict if isinstance(verdict, Unknown) else None
    return Finding(
        check=check.id,
        practice=check.practice,
        severity=check.severity,
        account=resource.account,
        location=resource.location,
        status=Status.NOT_ASSESSED if isinstance(verdict, Unknown) else _STATUS[type(verdict)],
        message=f"{resource.name}: {verdict}" if isinstance(verdict, Unknown) else verdict.message,
        resource=resource,
        facts=facts,
        calls=calls_of(facts.values()),
        unknown=unknown,
    )


def _about_account(
    check: AnyCheck,
    account: Account,
    status: Status,
    message: str,
    *,
    location: str = GLOBAL,
    calls: tuple[str, ...] = (),
    inherited: bool = False,
    unknown: Unknown | None = None,
) -> Finding:
    return Finding(
        check=check.id,
        practice=check.practice,
        severity=check.severity,
        account=account,
        location=location,
        status=status,
        message=message,
        calls=unknown.calls if unknown is not None else calls,
        inherited=inherited,
        unknown=unknown,
    )
