"""What can be shown of a pack, question by question. Nothing from a pack is run."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from auditor.errors import EvidenceError
from auditor.evidence.answers import Answer, Report, State
from auditor.evidence.contents import (
    AUDIT,
    RECORDING,
    Content,
    Contents,
    attachment_names,
    made_members,
    packer,
    predicate,
)
from auditor.evidence.opened import Opened
from auditor.evidence.references import dangling, mismatched
from auditor.evidence.replay import replay_pack
from auditor.evidence.scope import other_accounts
from auditor.evidence.sign import SUMS, PublicKey
from auditor.evidence.strict import shaped
from auditor.model.audit import SCHEMA_VERSION


def verify(path: Path, keys: Sequence[PublicKey] = (), *, replay: bool = False, checks: Sequence[Path] = ()) -> Report:
    """Ask everything about one pack. ``keys`` are trusted, and come from outside of it."""
    report = Report(path)
    try:
        with Opened(path) as pack:
            report.sha256, report.keyid = pack.sha256, pack.keyid
            _told(report, pack)
            held = f"{len(pack.archive.entries):,} files; every byte of the zip is accounted for"
            report.add("archive", State.SHOWN, held)
            held = f"{len(pack.digests):,} files are as {SUMS} says, and the statement is about it"
            report.add("digests", State.SHOWN, held)
            _signature(report, pack, keys)
            _references(report, pack)
            _made(report, pack)
            if replay:
                _replayed(report, pack, checks)
    except EvidenceError as error:
        report.add("pack", State.WRONG, error.message)
    return report


def _told(report: Report, pack: Opened) -> None:
    """What the statement says the pack is; held against the audit later."""
    told = pack.predicate
    with shaped(pack.named(pack.statement_name)):
        report.audit, report.as_of = str(told["audit"]), str(told["as_of"])
        report.accounts = tuple(f"{a['provider']}:{a['account']}" for a in told["accounts"])
        report.previous = told["previous"]
        if report.previous is not None:
            for name in ("name", "sha256", "audit", "as_of"):
                if not isinstance(report.previous[name], str):
                    raise TypeError


def _signature(report: Report, pack: Opened, keys: Sequence[PublicKey]) -> None:
    signature = pack.signature
    if signature is None:
        if keys:
            report.add("signature", State.WRONG, "the pack is NOT SIGNED, and a key was given")
        else:
            report.add("signature", State.NOTE, "NOT SIGNED: nothing shows who made it, nor that it was not made anew")
    elif not keys:
        text = f"not checked, integrity only: it names the key {signature.keyid}; --key says whose key you trust"
        report.add("signature", State.NOTE, text)
    else:
        own = [key for key in keys if key.keyid == signature.keyid]
        if not own:
            report.add("signature", State.WRONG, f"signed by another key ({signature.keyid}) than the one given")
        elif own[0].verify(signature):
            report.add("signature", State.SHOWN, f"signed by the key you gave ({signature.keyid})")
        else:
            report.add(
                "signature", State.WRONG, f"{pack.statement_name}: the signature is not that of the key it names"
            )


def _references(report: Report, pack: Opened) -> None:
    recorded = pack.recorded
    if not pack.readable:
        report.add("references", State.OPEN, _other_schema(pack))
        return
    with shaped(pack.named(AUDIT)):
        loose = dangling(pack.document, pack.digests)
        if recorded is not None:
            loose += [f"recording: {text}" for text in mismatched(pack.document, recorded)]
    if loose:
        text = f"audit.json: {loose[0]}" if len(loose) == 1 else f"audit.json: {len(loose):,} contradictions"
        report.add("references", State.WRONG, text, loose)
        return
    calls = len(pack.document["calls"])
    held = f"all {calls:,} calls are in the recording, with their bodies" if recorded else "the pack has no recording"
    report.add("references", State.SHOWN, f"nothing that audit.json cites is missing; {held}")


def _made(report: Report, pack: Opened) -> None:
    """Make every file that follows from the audit again, and compare."""
    if not pack.readable:
        report.add("files", State.OPEN, _other_schema(pack))
        return
    if pack.context.get("packed_by") != packer():
        version = str((pack.context.get("packed_by") or {}).get("version"))
        text = (
            f"report and tables were made by other code or templates (version {version}) than are installed: they are "
            f"not compared; pip install 'ml-posture-auditor[all,evidence]=={version}'"
        )
        report.add("files", State.OPEN, text)
        return
    contents = contents_of(pack)
    wrong = []
    with shaped(pack.named(AUDIT)):
        made = {name: hashlib.sha256(content).hexdigest() for name, content in made_members(contents)}
        stated = predicate(contents)
    for name in sorted((pack.digests.keys() | made.keys()) - contents.given.keys()):
        if name not in made:
            wrong.append(f"{name}: no part of a pack of this audit")
        elif name not in pack.digests:
            wrong.append(f"{name}: missing")
        elif made[name] != pack.digests[name]:
            wrong.append(f"{name}: not what the tool makes of audit.json")
    if stated != pack.predicate:
        wrong.append(f"{pack.statement_name}: does not describe this audit")
    if wrong:
        text = wrong[0] if len(wrong) == 1 else f"{len(wrong)} files do not say what audit.json says"
        report.add("files", State.WRONG, text, wrong)
    else:
        report.add(
            "files", State.SHOWN, f"{len(made)} files (report, tables, README and others) say what audit.json says"
        )


def contents_of(pack: Opened) -> Contents:
    """What a pack would have to be made of to be this one."""

    def reader(name: str) -> Content:
        return lambda: pack.archive.read(name)

    with shaped(pack.named(AUDIT)):
        places = attachment_names(pack.document)
    for digest, name in places.items():
        if pack.digests.get(name, digest) != digest:
            raise EvidenceError(f"{pack.named(name)}: another document than the attestation names")
    return Contents(
        document=pack.document,
        recording={n.removeprefix(RECORDING): reader(n) for n in pack.digests if n.startswith(RECORDING)},
        attachments={digest: reader(name) for digest, name in places.items() if name in pack.digests},
        previous=pack.predicate.get("previous"),
        keyid=pack.keyid,
    )


def _replayed(report: Report, pack: Opened, checks: Sequence[Path]) -> None:
    if pack.recorded is None:
        report.add("replay", State.OPEN, "the pack has no recording: nothing can be derived again")
    elif not pack.readable:
        report.add("replay", State.OPEN, _other_schema(pack))
    elif pack.document["interrupted"]:
        report.add("replay", State.OPEN, "the run was interrupted: what it had not asked cannot be asked again")
    else:
        report.answers.append(replay_pack(pack, checks))


def _other_schema(pack: Opened) -> str:
    tool = pack.document.get("tool")
    version = tool.get("version") if isinstance(tool, dict) else None
    return (
        f"audit.json is of schema {pack.document.get('schema')!r}, this version reads {SCHEMA_VERSION!r}; "
        f"pip install 'ml-posture-auditor[all,evidence]=={version}'"
    )


def chain(reports: Sequence[Report]) -> Answer:
    """Whether packs form one series, each naming the file before it."""
    if any(r.worst is State.WRONG and not r.sha256 for r in reports):
        return Answer("chain", State.WRONG, "a pack that cannot be read breaks it")
    by_digest = {r.sha256: r for r in reports}
    if len(by_digest) != len(reports):
        return Answer("chain", State.WRONG, "the same pack was given twice")
    first = [r for r in reports if r.previous is None or r.previous["sha256"] not in by_digest]
    if len(first) != 1:
        names = ", ".join(str(r.path) for r in first)
        return Answer(
            "chain",
            State.WRONG,
            f"the packs are no one series: {len(first)} of them follow none of the others ({names})",
        )
    wrong, others, line = [], [], [first[0]]
    followers: dict[str, list[Report]] = {}
    for r in reports:
        if r.previous is not None:
            followers.setdefault(r.previous["sha256"], []).append(r)
    while next_ones := followers.get(line[-1].sha256, []):
        if len(next_ones) > 1:
            wrong.append(f"{' and '.join(str(r.path) for r in next_ones)} both follow {line[-1].path}")
            break
        before, after = line[-1], next_ones[0]
        claimed = after.previous or {}
        if (claimed["audit"], claimed["as_of"]) != (before.audit, before.as_of):
            wrong.append(f"{after.path} names another audit than that of {before.path}")
        if not before.as_of < after.as_of:
            wrong.append(f"{after.path} is not later than {before.path}")
        if differ := other_accounts(before.accounts, after.accounts):
            others.append(f"{after.path} is of other accounts than {before.path}: {differ}")
        line.append(after)
    if wrong or len(line) != len(reports):
        return Answer("chain", State.WRONG, wrong[0] if wrong else "the packs are no one series", tuple(wrong))
    begins = ""
    if line[0].previous is not None:
        begins = f"; the first names a pack before it that was not given ({line[0].previous['sha256']})"
    order = " <- ".join(f"{r.path.name} ({r.as_of})" for r in line)
    return Answer("chain", State.SHOWN, f"each pack names the file before it: {order}{begins}", tuple(others))
