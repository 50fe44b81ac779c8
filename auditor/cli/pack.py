"""``auditor pack``, and the packs that ``scan`` and ``demo`` make of their runs."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from auditor.cli import console, output
from auditor.errors import AuditorError, UsageError
from auditor.render.document import load_document
from auditor.render.text import inert
from auditor.settings import Settings

if TYPE_CHECKING:
    from auditor.evidence.pack import Packed
    from auditor.evidence.sign import SigningKey
    from auditor.run import Result

Json = dict[str, Any]

PackOption = Annotated[
    Path | None, typer.Option("--pack", help="Also write an evidence pack to this file, e.g. evidence.zip.")
]
SignKeyOption = Annotated[
    Path | None,
    typer.Option(help="Sign the pack: an Ed25519 key in PEM; passphrase in AUDITOR_SIGN_KEY_PASSPHRASE."),
]
PreviousOption = Annotated[
    Path | None, typer.Option(help="The pack before this one: its digest goes into the new one.")
]


def pack(
    audit: Annotated[Path, typer.Argument(help="An audit.json, or the folder it is in.")],
    out: Annotated[Path, typer.Option(help="File to write, e.g. evidence.zip.")],
    recording: Annotated[
        Path | None, typer.Option(help="The run's recording. Default: the folder recording beside the audit.")
    ] = None,
    attachments: Annotated[
        Path | None, typer.Option(help="Where the documents behind attestations are. Default: beside the audit.")
    ] = None,
    sign_key: SignKeyOption = None,
    previous: PreviousOption = None,
) -> None:
    from auditor.evidence.pack import find_documents

    document = load_document(audit)
    beside = audit if audit.is_dir() else audit.parent
    if recording is None and (beside / "recording" / "run.json").is_file():
        recording = beside / "recording"
    wanted = order(out, sign_key, previous)
    packed = wanted.make(document, recording, find_documents(document, attachments or beside))
    console.say(f"wrote {packed.path}")
    say(packed)


@dataclass(slots=True)
class Order:
    """A pack that was asked for, checked as far as it can be before the run."""

    path: Path
    key: SigningKey | None
    previous: Json | None
    recording: Path | None = None
    """A folder of ours that holds the recording until the pack is written."""

    def make(self, document: Json, recording: Path | None, documents: dict[str, Path]) -> Packed:
        from auditor.evidence.pack import make

        return make(self.path, document, recording=recording, key=self.key, previous=self.previous, documents=documents)

    def make_of_run(
        self, document: Json, recording: Path | None, documents: dict[str, Path], out: Path
    ) -> Packed | AuditorError:
        """The pack of a run. A run is not lost by a pack that cannot be made: its recording is then kept."""
        try:
            return self.make(document, recording, documents)
        except AuditorError as error:
            if self.recording is None or recording is None:
                return error
            self.recording = None
            again = f"The recording is kept: auditor pack {out} --recording {recording} --out {self.path}"
            return type(error)(error.message, f"{error.hint} {again}".strip())


def attached(result: Result) -> dict[str, Path]:
    """Where the documents behind the attestations of a run are, by digest."""
    return {a.sha256: Path(a.path) for x in result.audit.attestations for a in x.attachments}


def say(packed: Packed) -> None:
    """What whoever made a pack should know about it."""
    signed = f"signed by the key {packed.keyid}" if packed.keyid else "not signed"
    console.say(f"  {packed.members:,} files, {signed}; SHA-256 {packed.sha256}")
    for remark in packed.remarks:
        console.say(f"  {inert(remark)}")


def order(path: Path, sign_key: Path | None, previous: Path | None) -> Order:
    """Fail before a long run, not after it, for want of a key or an earlier pack or a place to write to."""
    from auditor.evidence import sign
    from auditor.evidence.pack import previous_pack

    key = sign.signing_key(sign_key) if sign_key is not None else None
    told = previous_pack(previous) if previous is not None else None
    if path.is_dir():
        raise UsageError(f"{path} is a folder", "Name the file to write, for example evidence.zip.")
    output.prepare(path.parent)
    return Order(path, key, told)


@contextmanager
def ordered(
    settings: Settings, pack: Path | None, sign_key: Path | None, previous: Path | None
) -> Iterator[tuple[Settings, Order | None]]:
    """The settings of a run of which a pack was asked for: it is recorded, for the time being if nobody keeps it."""
    if pack is None:
        if sign_key is not None or previous is not None:
            raise UsageError("a key and an earlier pack are for a pack", "Add --pack FILE.")
        yield settings, None
        return
    wanted = order(pack, sign_key, previous)
    if settings.record is not None:
        yield settings, wanted
        return
    wanted.recording = Path(tempfile.mkdtemp(prefix="auditor-recording-"))
    folder = wanted.recording
    try:
        yield replace(settings, record=folder), wanted
    finally:
        if wanted.recording is not None:
            shutil.rmtree(folder, ignore_errors=True)
