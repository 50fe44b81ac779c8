"""What a person sees in a terminal. Progress and remarks go to stderr; nothing here reaches a machine's output."""

from __future__ import annotations

import sys
import time
from collections import Counter
from typing import Any

from auditor.model.audit import CloudFailure
from auditor.model.maturity import Level
from auditor.model.scope import Provider
from auditor.providers.base import Connection
from auditor.render.text import inert
from auditor.run import Listener

SHOWN_FINDINGS = 8


def say(text: str = "") -> None:
    sys.stderr.write(text + "\n")


class Progress:
    """One line that is rewritten in a terminal, and silence elsewhere."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._shown = 0.0

    def __call__(self, done: int, total: int) -> None:
        if self._live and (time.monotonic() - self._shown > 0.1 or done == total):
            self._shown = time.monotonic()
            sys.stderr.write(f"\r  reading: {done} of {total} pieces of work\x1b[K")
            sys.stderr.flush()

    def clear(self) -> None:
        if self._live and self._shown:
            sys.stderr.write("\r\x1b[K")


def listener(progress: Progress) -> Listener:
    return Listener(connected=_connected, failed=failed, progress=progress)


def _connected(connection: Connection) -> None:
    say(f"{connection.provider.label}: signed in as {inert(connection.principal) or 'unknown'}")
    for account in sorted(connection.sessions):
        where = connection.locations[account]
        named = f" ({inert(account.name)})" if account.name and account.name != account.id else ""
        places = ", ".join(where) if len(where) <= 6 else f"{len(where)} locations"
        say(f"  will read {connection.provider.account_noun} {account.id}{named}, in {places or 'all locations'}")


def failed(failure: CloudFailure) -> None:
    hint = f" ({failure.hint})" if failure.hint else ""
    say(f"{failure.provider.label}: {failure.message}{hint}")


def summary(document: dict[str, Any], files: list[str]) -> None:
    """The short table at the end of a run."""
    say()
    if document["score"]["accounts"]:
        _table(document)
    else:
        say("No account could be read.")
    _fix_first(document)
    _missing_permissions(document)
    if document["synthetic"]:
        say()
        say("Some answers come from fixtures marked synthetic; see the evidence section of the report.")
    if document["interrupted"]:
        say()
        say("Interrupted: what was not read is reported as not assessed.")
    for defect in document["defects"]:
        say(f"defect: {inert(defect)} (please report it)")
    say()
    for file in files:
        say(f"wrote {file}")


def _table(document: dict[str, Any]) -> None:
    say(f"{'ACCOUNT':<44} {'VERIFIED':<14} {'POSSIBLE':<14} {'COVERAGE':>8}  PASS  FAIL  NOT ASSESSED")
    for account in document["score"]["accounts"]:
        coverage = account["coverage"]
        name = inert(f"{Provider(account['provider']).label} {account['name'] or account['account']}")
        if account["verified_level"] is None:
            levels = f"{'no level: ' + account['no_level_because']:<29}"
        else:
            levels = f"{_level(account['verified_level']):<14} {_level(account['possible_level']):<14}"
        counts = f"{coverage['pass']:>5} {coverage['fail']:>5} {coverage['not_assessed']:>13}"
        say(f"{name[:44]:<44} {levels} {coverage['percent']:>7}% {counts}")


def _level(level: int) -> str:
    return f"{level} {Level(level).label}" if level else "0"


def _fix_first(document: dict[str, Any]) -> None:
    rows = document["fix_first"]
    if not rows:
        return
    say()
    say("Fix first:")
    for row in rows[:SHOWN_FINDINGS]:
        count = row["resources"]
        noun = "resource" if count == 1 else "resources"
        say(
            f"  [{row['severity']}] level {row['level']} {Provider(row['provider']).label}: "
            f"{inert(row['title'])} ({count} {noun})  {row['check']}"
        )
    if len(rows) > SHOWN_FINDINGS:
        say(f"  ... and {len(rows) - SHOWN_FINDINGS} more in the report")


def _missing_permissions(document: dict[str, Any]) -> None:
    """What to grant so that the next run can answer more."""
    lacking: Counter[tuple[str, str]] = Counter()
    for finding in document["findings"]:
        if finding["unknown"] is not None:
            lacking.update((finding["scope"]["provider"], name) for name in finding["unknown"]["permissions"])
    if not lacking:
        return
    say()
    say("Missing permissions, and how many questions each leaves open:")
    for (provider, name), count in lacking.most_common(SHOWN_FINDINGS):
        say(f"  {Provider(provider).label}: {inert(name)} ({count})")
    if len(lacking) > SHOWN_FINDINGS:
        say(f"  ... and {len(lacking) - SHOWN_FINDINGS} more in the report")
