"""Recordings: one folder that holds every exchange of a run. See docs/recording.md for the format.

``run.json``          format version, as_of, accounts, locations, selection, digests of tool and checks
``exchanges.jsonl``   one exchange a line, in canonical order; ``body`` names a file below ``bodies/``
``bodies/<sha256>``   the redacted bodies, each once
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from auditor.errors import OutputError, RecordingError
from auditor.model.exchange import Exchange
from auditor.model.scope import Provider

FORMAT = 1


class Discard:
    """Takes bodies that nobody wants to keep."""

    failure: OutputError | None = None

    def __call__(self, digest: str, body: bytes) -> None:
        """Its digest stays with the exchange."""


class Spool(Discard):
    """Writes bodies to a recording as they arrive, so that a long history is never in memory.

    A disk that is full does not end the run: what happened is kept in ``failure``.
    """

    def __init__(self, folder: Path) -> None:
        prepare(folder)
        self._folder = folder
        self._lock = threading.Lock()
        self._written: set[str] = set()

    def __call__(self, digest: str, body: bytes) -> None:
        with self._lock:
            if self.failure is not None or digest in self._written:
                return
            self._written.add(digest)
        try:
            bodies = self._folder / "bodies"
            bodies.mkdir(exist_ok=True)
            (bodies / digest).write_bytes(body)
        except OSError as error:
            with self._lock:
                self.failure = _unwritable(self._folder, error)


def sink_for(folder: Path | None) -> Discard:
    """Where the bodies of a run go: into its recording, or nowhere. OutputError if no recording can be made there."""
    return Spool(folder) if folder is not None else Discard()


def save(folder: Path, run: Mapping[str, Any], exchanges: Iterable[Exchange]) -> None:
    """Write a recording. The folder may exist only if it is empty or a recording. Bodies that an exchange does not
    carry have been written there before, by a :class:`Spool`, which made sure of the folder."""
    if not (folder / "bodies").is_dir():
        prepare(folder)
    try:
        bodies = folder / "bodies"
        bodies.mkdir(exist_ok=True)
        lines = []
        for exchange in exchanges:
            record = asdict(exchange)
            del record["body"]
            if not exchange.page_of:
                del record["page_of"]
            name = exchange.digest if (bodies / exchange.digest).is_file() else ""
            if exchange.body:
                name = hashlib.sha256(exchange.body).hexdigest()
                if not (bodies / name).exists():
                    (bodies / name).write_bytes(exchange.body)
            lines.append(json.dumps({**record, "body": name}, sort_keys=True))
        (folder / "exchanges.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        document = {"format": FORMAT, **run}
        (folder / "run.json").write_text(json.dumps(document, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    except OSError as error:
        raise _unwritable(folder, error) from None


def prepare(folder: Path) -> None:
    """Fail before a long run, not after it, when its recording could not be written there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()) and not (folder / "run.json").is_file():
            raise OutputError(f"{folder} is not empty and holds no recording", "Give --record a new folder.")
        probe = folder / ".auditor-probe"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise _unwritable(folder, error) from None


def _unwritable(folder: Path, error: OSError) -> OutputError:
    return OutputError(
        f"cannot write the recording to {folder}: {error.strerror}", "Free some space or choose another folder."
    )


class Recording:
    """A stored recording, answering by exchange id. Thread-safe."""

    def __init__(self, run: Mapping[str, Any], exchanges: Iterable[Exchange]) -> None:
        self.run = run
        self._by_id = {exchange.id: exchange for exchange in exchanges}
        self._lock = threading.Lock()
        self.misses: list[str] = []

    def find(self, exchange_id: str, describe: str) -> Exchange | None:
        found = self._by_id.get(exchange_id)
        if found is None:
            with self._lock:
                self.misses.append(describe)
        return found

    def made(self, exchange_id: str) -> Exchange | None:
        return self._by_id.get(exchange_id)

    def exchanges(self) -> tuple[Exchange, ...]:
        return tuple(self._by_id.values())


def load(folder: Path) -> Recording:
    """Read a recording; RecordingError if it is missing, damaged or of another format."""
    try:
        run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        lines = (folder / "exchanges.jsonl").read_text(encoding="utf-8").split("\n")
    except OSError as error:
        raise RecordingError(
            f"{folder}: no recording here ({error.strerror})", "Name a folder written by --record."
        ) from None
    except ValueError:
        raise RecordingError(f"{folder}/run.json is damaged", "Record the run again.") from None
    if not isinstance(run, dict):
        raise RecordingError(f"{folder}/run.json is damaged", "Record the run again.")
    if run.get("format") != FORMAT:
        raise RecordingError(f"{folder}: format {run.get('format')!r}, this version reads {FORMAT}")
    return Recording(run, [_read(folder, number, line) for number, line in enumerate(lines, 1) if line])


def _read(folder: Path, number: int, line: str) -> Exchange:
    where = f"{folder}/exchanges.jsonl line {number}"
    try:
        record = json.loads(line)
        name = record.pop("body")
        exchange = Exchange(**{**record, "provider": Provider(record["provider"])})
        if not name:
            return exchange
        body = (folder / "bodies" / Path(name).name).read_bytes()
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise RecordingError(f"{where} is damaged ({type(error).__name__})", "Record the run again.") from None
    except OSError as error:
        raise RecordingError(f"{where}: its body cannot be read ({error.strerror})") from None
    if hashlib.sha256(body).hexdigest() != name:
        raise RecordingError(f"{where}: its body was altered after it was recorded")
    return replace(exchange, body=body)
