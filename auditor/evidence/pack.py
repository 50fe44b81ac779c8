"""Makes a pack from an audit, its recording and the documents behind attestations, whole or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from auditor.errors import EvidenceError, OutputError
from auditor.evidence import archive, sign, zip_format
from auditor.evidence.contents import Content, Contents, made_members, predicate
from auditor.evidence.opened import BODIES, EXCHANGES, RUN, Opened, sums_text
from auditor.evidence.references import dangling, mismatched, read_recorded
from auditor.evidence.scope import accounts_of, other_accounts
from auditor.evidence.strict import shaped

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Packed:
    """What was written."""

    path: Path
    sha256: str
    members: int
    keyid: str
    remarks: tuple[str, ...]
    """What whoever made it should know: no signature, no recording, documents that are missing."""


def make(
    path: Path,
    document: Json,
    *,
    recording: Path | None = None,
    key: sign.SigningKey | None = None,
    previous: Json | None = None,
    documents: Mapping[str, Path] | None = None,
) -> Packed:
    """Write a pack. ``documents`` are files behind attestations by their SHA-256.

    EvidenceError if the parts do not belong together: a pack that would not verify is not made. OutputError if it
    cannot be written; what stood at ``path`` before is then still there.
    """
    contents = Contents(
        document=document,
        recording=_recorded(recording, document) if recording is not None else {},
        attachments=_readable(document, documents or {}),
        previous=_after(previous, document),
        keyid=key.keyid if key is not None else "",
    )
    loose = dangling(document, set(contents.given))
    if loose:
        raise EvidenceError(f"the audit contradicts itself: {loose[0]}", "Was audit.json changed since it was written?")
    given = contents.given
    digests = {name: hashlib.sha256(read()).hexdigest() for name, read in given.items()}
    made: dict[str, archive.Member] = {}
    for name, content in made_members(contents):
        digests[name] = hashlib.sha256(content).hexdigest()
        made[name] = archive.member(name, content)
    sums = sums_text(digests)
    stated = sign.statement(sums, predicate(contents))
    made[sign.SUMS] = archive.member(sign.SUMS, sums)
    if key is None:
        made[sign.UNSIGNED] = archive.member(sign.UNSIGNED, stated)
    else:
        made[sign.SIGNED] = archive.member(sign.SIGNED, key.envelope(stated))

    def members() -> Iterator[archive.Member]:
        for name in sorted({*made, *given}, key=zip_format.order):
            if name in made:
                yield made[name]
                continue
            content = given[name]()
            if hashlib.sha256(content).hexdigest() != digests[name]:
                raise EvidenceError(f"{name} changed while the pack was made", "Make it again.")
            yield archive.member(name, content)

    sha256 = _write(path, members(), zip_format.stamp_of(document["as_of"]))
    return Packed(path, sha256, len(made) + len(given), contents.keyid, _remarks(contents))


def previous_pack(path: Path) -> Json:
    """What the next pack of a series says of this one. EvidenceError unless its archive and digests hold."""
    with Opened(path) as pack:
        told = pack.predicate
        with shaped(f"{path}: {pack.statement_name}"):
            return {
                "name": path.name,
                "sha256": pack.sha256,
                "audit": str(told["audit"]),
                "as_of": str(told["as_of"]),
                "accounts": sorted(f"{a['provider']}:{a['account']}" for a in told["accounts"]),
            }


def find_documents(document: Json, folder: Path) -> dict[str, Path]:
    """Files of a folder that have the names of documents behind attestations, by the SHA-256 that those should have."""
    return {
        file["sha256"]: folder / Path(file["name"]).name
        for attestation in document["attestations"]
        for file in attestation["attachments"]
    }


def _after(previous: Json | None, document: Json) -> Json | None:
    if previous is None:
        return None
    with shaped(previous["name"]):
        earlier = datetime.fromisoformat(previous["as_of"]) < datetime.fromisoformat(document["as_of"])
    if not earlier:
        raise EvidenceError(
            f"{previous['name']} is of {previous['as_of']}, not before this audit ({document['as_of']})",
            "Name the pack of an earlier run.",
        )
    return previous


def _readable(document: Json, documents: Mapping[str, Path]) -> dict[str, Content]:
    """The documents that attestations name and that are still as they were."""
    wanted = {x["sha256"] for a in document["attestations"] for x in a["attachments"]}
    found: dict[str, Content] = {}
    for digest, path in documents.items():
        try:
            if digest in wanted and hashlib.sha256(path.read_bytes()).hexdigest() == digest:
                found[digest] = path.read_bytes
        except (OSError, ValueError):
            continue
    return found


def _recorded(folder: Path, document: Json) -> dict[str, Content]:
    """The files of a recording. EvidenceError if it is not the audit's own."""
    read = {name: (folder / name).read_bytes for name in (RUN, EXCHANGES)}
    try:
        recorded = read_recorded(read[RUN](), read[EXCHANGES]())
    except OSError as error:
        raise EvidenceError(
            f"{folder}: no recording here ({error.strerror})", "Name a folder written by --record."
        ) from None
    wrong = mismatched(document, recorded)
    if wrong:
        raise EvidenceError(
            f"{folder} is not the recording of this audit: {wrong[0]}", "Record and audit in one run, with --record."
        )
    for digest in sorted(recorded.bodies):
        read[BODIES + digest] = _body(folder / "bodies" / digest)
    return read


def _body(path: Path) -> Content:
    def read() -> bytes:
        try:
            content = path.read_bytes()
        except OSError as error:
            raise EvidenceError(f"{path}: {error.strerror}", "The recording is not complete.") from None
        if hashlib.sha256(content).hexdigest() != path.name:
            raise EvidenceError(f"{path} was altered after it was recorded")
        return content

    return read


def _write(path: Path, members: Iterable[archive.Member], stamp: int) -> str:
    partial = path.with_name(f".{path.name}.partial")
    try:
        with partial.open("wb") as file:
            sha256 = archive.write(file, members, stamp)
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise OutputError(
            f"cannot write {path}: {error.strerror}", "Free some space or choose another folder."
        ) from None
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    return sha256


def _remarks(contents: Contents) -> tuple[str, ...]:
    remarks = []
    if not contents.keyid:
        remarks.append("The pack is NOT SIGNED; --sign-key signs it.")
    if not contents.recording:
        remarks.append("The pack has no recording and cannot be replayed; record the run with --record.")
    wanted = {x["sha256"]: x["name"] for a in contents.document["attestations"] for x in a["attachments"]}
    missing = sorted(name for digest, name in wanted.items() if digest not in contents.attachments)
    if missing:
        remarks.append(f"Documents behind attestations were not found and are not in the pack: {', '.join(missing)}.")
    if contents.previous is not None and (
        others := other_accounts(contents.previous["accounts"], accounts_of(contents.document))
    ):
        remarks.append(f"The previous pack is of other accounts ({others}).")
    return tuple(remarks)
