"""Derives an audit again from the recorded answers of a pack, with the installed checks, and compares."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from auditor import run
from auditor.catalog import Catalog, load_catalog
from auditor.errors import AuditorError, EvidenceError
from auditor.evidence.answers import Answer, State
from auditor.evidence.contents import AUDIT
from auditor.evidence.opened import Opened
from auditor.evidence.strict import shaped
from auditor.model.decision import Attachment, Attestation, ExemptionRule, Scope
from auditor.render.document import to_document
from auditor.run_context import code_digest, run_context
from auditor.settings import Settings

Json = dict[str, Any]

OWN = ("started_at", "finished_at", "replayed")
"""Parts of an audit in which a replay differs from its run."""
VALUE_LENGTH = 80
_NAMES = (
    *("kind", "check", "practice", "framework", "control", "provider", "account", "location", "resource", "collector"),
    "source",
)
"""What tells one row of a list from another, where it has neither a fingerprint nor an id."""


def replay_pack(pack: Opened, check_folders: Sequence[Path] = ()) -> Answer:
    """Replay and compare every part of the audit.

    Findings of a check that is not installed as the run had it are not compared, and nothing is where the code of the
    tool is another: a difference would show nothing then, and neither would its absence.
    """
    packed, catalog = pack.document, load_catalog(check_folders)
    with shaped(pack.named(AUDIT)):
        same_code = packed["tool"]["code_digest"] == code_digest()
        changed = _changed(packed, catalog)
    try:
        replayed = _replay(pack, check_folders)
    except EvidenceError as error:
        if not changed:
            raise
        return Answer("replay", State.OPEN, f"{error.message}; the installed tool is not that of the run", changed)
    with shaped(pack.named(AUDIT)):
        return _compared(packed, replayed, catalog, changed, same_code)


def _compared(packed: Json, replayed: Json, catalog: Catalog, changed: tuple[str, ...], same_code: bool) -> Answer:
    findings = packed["findings"]
    if not changed:
        differences = tuple(compare(packed, replayed))
        if differences:
            text = f"{len(differences):,} differences between audit.json and what the recorded answers give"
            return Answer("replay", State.WRONG, text, differences)
        text = (
            f"{len(findings):,} findings, {len(packed['resources']):,} resources, levels and controls follow from the "
            "recorded answers: derived again with the same checks and code, all are equal"
        )
        return Answer("replay", State.SHOWN, text)
    same = {c["id"] for c in packed["checks"] if catalog.digests.get(c["id"]) == c["digest"]}
    kept = [f for f in findings if f["check"] in same]
    different = tuple(_rows("findings", kept, [f for f in replayed["findings"] if f["check"] in same]))
    if different and same_code:
        text = f"{len(different):,} differences in findings of checks that are the same here as in the run"
        return Answer("replay", State.WRONG, text, (*different, *changed))
    text = (
        f"not compared in full, because the installed tool is not that of the run; {len(kept) - len(different):,} of "
        f"{len(findings):,} findings come out the same"
    )
    return Answer("replay", State.OPEN, text, (*changed, *different))


def _changed(packed: Json, catalog: Catalog) -> tuple[str, ...]:
    """What of the installed tool is not as it was in the run."""
    tool, rows = packed["tool"], []
    if tool["code_digest"] != code_digest():
        rows.append(
            f"the code of the tool: the run used version {tool['version']} ({tool['code_digest'][:16]}), here is "
            f"{code_digest()[:16]}; pip install 'ml-posture-auditor[all,evidence]=={tool['version']}'"
        )
    for check in packed["checks"]:
        here = catalog.digests.get(check["id"])
        if here is None:
            where = "" if check["bundled"] else "; name the folder it is in with --checks"
            rows.append(f"{check['id']}: not installed{where}")
        elif here != check["digest"]:
            rows.append(f"{check['id']}: another version of the check is installed")
    if not rows and tool["checks_digest"] != catalog.digest:
        rows.append("other checks are installed than the run had, beside those it used")
    if rows:
        theirs, ours = packed["run"]["packages"], run_context(Settings())["packages"]
        names = sorted(n for n in theirs.keys() | ours.keys() if theirs.get(n) != ours.get(n))
        rows += [f"{n}: {theirs.get(n, 'none')} in the run, {ours.get(n, 'none')} here" for n in names]
    return tuple(rows)


def _replay(pack: Opened, check_folders: Sequence[Path]) -> Json:
    """The audit as the recording gives it: no configuration file, no network, no credentials."""
    with shaped(pack.named(AUDIT)):
        exemptions, attestations = decisions(pack.document)
    with tempfile.TemporaryDirectory(prefix="auditor-replay-") as folder:
        recording = Path(folder) / "recording"
        pack.extract_recording(recording)
        settings = Settings(
            replay=recording, check_folders=tuple(check_folders), exemptions=exemptions, attestations=attestations
        )
        try:
            result = run.scan(settings, run.Listener())
            return to_document(result.audit, result.scores, result.catalog)
        except AuditorError as error:
            raise EvidenceError(f"{pack.path}: the recording cannot be replayed: {error.message}") from None
        except Exception as error:
            raise EvidenceError(f"{pack.path}: the recording cannot be replayed ({type(error).__name__})") from None


def decisions(document: Json) -> tuple[tuple[ExemptionRule, ...], tuple[Attestation, ...]]:
    """The exemptions and attestations of an audit, as settings again."""
    exemptions = tuple(
        ExemptionRule(
            check=row["check"],
            owner=row["owner"],
            reason=row["reason"],
            expires=date.fromisoformat(row["expires"]),
            scope=Scope(
                provider=row["provider"], account=row["account"], location=row["location"], resource=row["resource"]
            ),
            approver=row["approver"],
            source=row["source"],
        )
        for row in document["exemptions"]
    )
    attestations = tuple(
        Attestation(
            owner=row["owner"],
            statement=row["statement"],
            stated=date.fromisoformat(row["stated"]),
            expires=date.fromisoformat(row["expires"]),
            practice=row["practice"],
            framework=row["framework"],
            control=row["control"],
            scope=Scope(provider=row["provider"], account=row["account"]),
            attachments=tuple(Attachment(x["name"], x["sha256"], x["size"], "") for x in row["attachments"]),
            source=row["source"],
        )
        for row in document["attestations"]
    )
    return exemptions, attestations


# comparing


def compare(packed: Json, replayed: Json) -> Iterator[str]:
    """Every difference that is not due to its being a replay, as a sentence. Calls that only the run made, as it signed
    in, are no difference; a call that only the replay made is one."""
    packed, replayed = _without_clocks(packed), _without_clocks(replayed)
    for part in [*packed, *(name for name in replayed if name not in packed)]:
        if part in OWN or part == "calls":
            continue
        ours, theirs = packed.get(part), replayed.get(part)
        if isinstance(ours, list) and isinstance(theirs, list):
            yield from _rows(part, ours, theirs)
        else:
            yield from _paths(part, ours, theirs)
    made = {c["id"]: c for c in replayed["calls"]}
    answered = [c for c in packed["calls"] if c["id"] in made]
    for call in answered:
        yield from _paths(f"call {call['number']}", {**call, "number": 0}, {**made.pop(call["id"]), "number": 0})
    for call in made.values():
        yield f"call {call['service']} {call['operation']}: made in the replay only"


def _without_clocks(document: Json) -> Json:
    """They count the calls of signing in as well, which a replay does not make. See :func:`references.mismatched`."""
    return {**document, "run": {name: value for name, value in document["run"].items() if name != "clocks"}}


def _rows(part: str, ours: list[Any], theirs: list[Any]) -> Iterator[str]:
    """Differences of two lists, matched by what names their rows, so that one row too many is one difference."""
    mine, other = _keyed(part, ours), _keyed(part, theirs)
    for key, row in mine.items():
        if key in other:
            yield from _paths(f"{part} {key}", row, other[key])
        else:
            yield f"{part} {key}: in audit.json only"
    yield from (f"{part} {key}: only in what the recorded answers give" for key in other if key not in mine)
    if list(mine) != list(other) and mine.keys() == other.keys():
        yield f"{part}: in another order"


def _keyed(part: str, rows: list[Any]) -> dict[str, Any]:
    keyed: dict[str, Any] = {}
    for row in rows:
        name = _name(row)
        number, key = 1, name
        while key in keyed:
            number += 1
            key = f"{name} ({number})"
        keyed[key] = row
    return keyed


def _name(row: Any) -> str:
    if not isinstance(row, Mapping):
        return _short(row)
    for key in ("fingerprint", "id"):
        if key in row:
            scope = row.get("scope")
            place = f"{scope['provider']}:{scope['account']}/{row.get('kind', '')} " if key == "id" and scope else ""
            return f"{place}{row[key]}"
    return " ".join(str(row[n]) for n in _NAMES if isinstance(row.get(n), str) and row[n])


def _paths(where: str, ours: Any, theirs: Any) -> Iterator[str]:
    """Where two values differ, down to the smallest part."""
    if type(ours) is type(theirs) and ours == theirs:
        return
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        for key in [*ours, *(k for k in theirs if k not in ours)]:
            yield from _paths(f"{where}: {key}", ours.get(key, _NOTHING), theirs.get(key, _NOTHING))
    else:
        yield f"{where}: {_short(ours)} in the pack, {_short(theirs)} from the recorded answers"


_NOTHING = "nothing"


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= VALUE_LENGTH else f"{text[:VALUE_LENGTH]}…"
