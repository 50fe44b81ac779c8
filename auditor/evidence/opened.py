"""A pack that somebody gave us: opened only if its archive, its digests and its statement hold."""

from __future__ import annotations

import hashlib
import re
from functools import cached_property
from pathlib import Path
from typing import Any

from auditor.errors import EvidenceError
from auditor.evidence import archive, sign, zip_format
from auditor.evidence.contents import AUDIT, CONTEXT, RECORDING
from auditor.evidence.references import Recorded, read_recorded
from auditor.evidence.strict import exact_json, from_json, shaped
from auditor.model.audit import SCHEMA_VERSION

Json = dict[str, Any]

RUN, EXCHANGES, BODIES = "run.json", "exchanges.jsonl", "bodies/"
"""Files of a recording, by their names in it."""
_LINE = re.compile(r"([0-9a-f]{64})  ([!-~]+)")
_SHOWN = 5


def sums_text(digests: dict[str, str]) -> bytes:
    """``SHA256SUMS`` as coreutils write and read it."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items())).encode()


class Opened:
    """Reading it raises EvidenceError that names the file, and the member where it is one."""

    def __init__(self, path: Path, limits: archive.Limits = archive.LIMITS) -> None:
        self.path = path
        self.archive = archive.Archive(path, limits)
        try:
            self._check_members()
            self.digests = self._checked_digests()
            self._read_statement()
        except BaseException:
            self.archive.close()
            raise

    def __enter__(self) -> Opened:
        return self

    def __exit__(self, *_: object) -> None:
        self.archive.close()

    @property
    def sha256(self) -> str:
        """Of the file: what the next pack of a series names."""
        return self.archive.sha256

    @property
    def keyid(self) -> str:
        return self.signature.keyid if self.signature is not None else ""

    @cached_property
    def document(self) -> Json:
        """The audit. EvidenceError if it is of a schema that this version does not read; see :attr:`schema`."""
        document = from_json(self.archive.read(AUDIT), self.named(AUDIT))
        if not isinstance(document, dict):
            raise EvidenceError(f"{self.named(AUDIT)}: not an audit")
        with shaped(self.named(AUDIT)):
            stamp = zip_format.stamp_of(document["as_of"])
        if stamp != self.archive.stamp:
            raise EvidenceError(f"{self.path}: the dates of its members are not that of the audit")
        return document

    @property
    def readable(self) -> bool:
        """Whether the audit is of the schema that this version reads."""
        return self.document.get("schema") == SCHEMA_VERSION

    @cached_property
    def context(self) -> Json:
        context = exact_json(self.archive.read(CONTEXT), self.named(CONTEXT))
        if not isinstance(context, dict):
            raise EvidenceError(f"{self.named(CONTEXT)}: not the context of a run")
        return context

    @cached_property
    def recorded(self) -> Recorded | None:
        """The recording without its bodies; None if the pack has none. The bodies are there, each under its digest."""
        inside = {name.removeprefix(RECORDING) for name in self.digests if name.startswith(RECORDING)}
        if not inside:
            return None
        if not {RUN, EXCHANGES} <= inside:
            raise EvidenceError(f"{self.named(RECORDING)}: {RUN} or {EXCHANGES} is missing")
        recorded = read_recorded(self.archive.read(RECORDING + RUN), self.archive.read(RECORDING + EXCHANGES))
        expected = {RUN, EXCHANGES, *(BODIES + digest for digest in recorded.bodies)}
        for name in sorted(inside ^ expected):
            what = "a body that a call names is missing" if name in expected else "no call names it"
            raise EvidenceError(f"{self.named(RECORDING + name)}: {what}")
        for digest in sorted(recorded.bodies):
            if self.digests[f"{RECORDING}{BODIES}{digest}"] != digest:
                raise EvidenceError(f"{self.named(RECORDING + BODIES + digest)}: altered after it was recorded")
        return recorded

    def named(self, member: str) -> str:
        return f"{self.path}: {member}"

    def extract_recording(self, folder: Path) -> None:
        """Write the recording to a folder, where a replay reads it. Its names have been checked one by one."""
        assert self.recorded is not None
        (folder / BODIES).mkdir(parents=True)
        for name in (RUN, EXCHANGES, *(BODIES + digest for digest in sorted(self.recorded.bodies))):
            with (folder / name).open("xb") as file:
                for piece in self.archive.chunks(RECORDING + name):
                    file.write(piece)

    def _check_members(self) -> None:
        for name in (sign.SUMS, AUDIT, CONTEXT, zip_format.FIRST):
            if name not in self.archive:
                raise EvidenceError(f"{self.path}: {name} is missing")
        if (sign.SIGNED in self.archive) is (sign.UNSIGNED in self.archive):
            what = "both are there" if sign.SIGNED in self.archive else "both are missing"
            raise EvidenceError(f"{self.path}: of {sign.SIGNED} and {sign.UNSIGNED} one is expected, {what}")
        self.statement_name = sign.SIGNED if sign.SIGNED in self.archive else sign.UNSIGNED

    def _checked_digests(self) -> dict[str, str]:
        where = self.named(sign.SUMS)
        found = {}
        for number, line in enumerate(self.archive.read(sign.SUMS).decode("ascii", "replace").splitlines(), 1):
            match = _LINE.fullmatch(line)
            if match is None:
                raise EvidenceError(f"{where}: line {number} is not a digest and a name")
            found[match.group(2)] = match.group(1)
        if sums_text(found) != self.archive.read(sign.SUMS):
            raise EvidenceError(f"{where}: not in the form that 'auditor pack' writes")
        members = self.archive.entries.keys() - {sign.SUMS, self.statement_name}
        for name in sorted(members ^ found.keys()):
            what = "has no digest in" if name in members else "is missing, and has a digest in"
            raise EvidenceError(f"{self.named(name)}: {what} {sign.SUMS}")
        wrong = [name for name in sorted(members, key=zip_format.order) if self._digest(name) != found[name]]
        if wrong:
            more = f", and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
            names = self.named(", ".join(wrong[:_SHOWN]))
            raise EvidenceError(f"{names}{more}: changed; not the content that {sign.SUMS} names")
        return found

    def _digest(self, name: str) -> str:
        own = hashlib.sha256()
        for piece in self.archive.chunks(name):
            own.update(piece)
        return own.hexdigest()

    def _read_statement(self) -> None:
        where, content = self.named(self.statement_name), self.archive.read(self.statement_name)
        self.signature: sign.Signature | None = None
        if self.statement_name == sign.SIGNED:
            self.signature = sign.read_envelope(content, where)
            content = self.signature.payload
        self.predicate: Json = sign.read_statement(content, self.archive.read(sign.SUMS), where)
