"""The zip file of a pack: one way to write it, and a reader that accepts nothing else.

The reader never searches and never repairs. It takes the few numbers it needs from the directory, forms every header
anew from them with the functions that wrote it, and compares byte for byte. Each entry of the directory also carries
the SHA-256 of its member's compressed bytes, and the comment that of the whole file up to it, so there is no byte in
which a change would not show, and the member it belongs to can be named.
"""

from __future__ import annotations

import hashlib
import os
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from auditor.errors import EvidenceError, UsageError
from auditor.evidence.zip_format import (
    CENTRAL,
    COMMENT,
    COMMENT_LENGTH,
    DEFLATED,
    DIGEST,
    END,
    END64,
    FAR,
    FILE_MODE,
    LOCAL,
    LOCATOR,
    MADE_ON_UNIX,
    NAME_LENGTH,
    STORED,
    Entry,
    directory_entry,
    end_record,
    local_header,
    order,
    safe_name,
)
from auditor.render.text import inert

_CHUNK = 1 << 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a pack may take of the machine it is read on. A pack beyond them is not written either."""

    members: int = 500_000
    member_bytes: int = 1 << 30
    total_bytes: int = 16 << 30
    ratio: int = 200
    """Bytes of content for one of the archive; a member that packs better is stored as it is."""


LIMITS = Limits()


# writing


@dataclass(frozen=True, slots=True)
class Member:
    """A file on its way into an archive, packed."""

    name: str
    method: int
    crc: int
    size: int
    packed: bytes


def member(name: str, content: bytes, limits: Limits = LIMITS) -> Member:
    """EvidenceError if no pack may hold it."""
    if not safe_name(name):
        raise EvidenceError(f"{name!r} cannot be the name of a file in a pack")
    if len(content) > limits.member_bytes:
        raise EvidenceError(f"{name}: too large for a pack", "Audit fewer accounts at once.")
    worker = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed, method = worker.compress(content) + worker.flush(), DEFLATED
    if len(packed) >= len(content) or len(content) > limits.ratio * len(packed):
        packed, method = content, STORED
    return Member(name, method, zlib.crc32(content), len(content), packed)


def write(file: IO[bytes], members: Iterable[Member], stamp: int, limits: Limits = LIMITS) -> str:
    """Write an archive and give the SHA-256 of the file. Members come in their order; EvidenceError beyond a limit."""
    whole, entries, at, total = hashlib.sha256(), list[Entry](), 0, 0

    def put(data: bytes) -> None:
        nonlocal at
        file.write(data)
        whole.update(data)
        at += len(data)

    for its in members:
        entry = Entry(
            name=its.name,
            method=its.method,
            crc=its.crc,
            packed=len(its.packed),
            size=its.size,
            offset=at,
            digest=hashlib.sha256(its.packed).digest(),
        )
        total += entry.size
        entries.append(entry)
        if total > limits.total_bytes or len(entries) > limits.members:
            raise EvidenceError(f"{its.name}: with it the pack is too large", "Audit fewer accounts at once.")
        put(local_header(entry, stamp))
        put(its.packed)
    begins = at
    for entry in entries:
        put(directory_entry(entry, stamp))
    put(end_record(len(entries), begins, at - begins))
    file.write(comment := COMMENT + whole.hexdigest().encode())
    whole.update(comment)
    return whole.hexdigest()


# reading


class Archive:
    """A pack's file, checked to the last byte when it is opened. Nothing of it is ever written to a disk by this class.

    Raises EvidenceError that names the file, and the member where it is one; UsageError if it cannot be read at all.
    """

    def __init__(self, path: Path, limits: Limits = LIMITS) -> None:
        self.path, self._limits = path, limits
        try:
            self._file = path.open("rb")
        except OSError as error:
            raise UsageError(f"{path}: {error.strerror}", "Name a pack written by 'auditor pack'.") from None
        try:
            self._read()
        except OSError as error:
            self.close()
            raise UsageError(f"{path}: {error.strerror}") from None
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._file.close()

    def __contains__(self, name: str) -> bool:
        return name in self.entries

    def read(self, name: str) -> bytes:
        """The content of a member."""
        return b"".join(self.chunks(name))

    def chunks(self, name: str) -> Iterator[bytes]:
        """The content of a member in pieces: never more than the directory says, and its checksum in the end."""
        entry = self.entries[name]
        self._file.seek(entry.offset + len(local_header(entry, self.stamp)))
        done, crc = 0, 0
        for piece in self._inflated(entry) if entry.method == DEFLATED else self._raw(entry):
            done, crc = done + len(piece), zlib.crc32(piece, crc)
            if done > entry.size:
                raise self._broken(name, "holds more than the directory says")
            yield piece
        if (done, crc) != (entry.size, entry.crc):
            raise self._broken(name, "its content does not match its checksum")

    def _raw(self, entry: Entry) -> Iterator[bytes]:
        left = entry.packed
        while left:
            piece = self._file.read(min(_CHUNK, left))
            if not piece:
                raise self._broken(entry.name, "ends early")
            left -= len(piece)
            yield piece

    def _inflated(self, entry: Entry) -> Iterator[bytes]:
        worker = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            for packed in self._raw(entry):
                while packed:
                    if worker.eof:
                        raise self._broken(entry.name, "has data behind the end of its content")
                    yield worker.decompress(packed, _CHUNK)
                    packed = worker.unconsumed_tail or worker.unused_data
            yield worker.flush()
        except zlib.error:
            raise self._broken(entry.name, "its compressed data is damaged") from None
        if not worker.eof:
            raise self._broken(entry.name, "its compressed data is damaged")

    # structure

    def _read(self) -> None:
        length = os.fstat(self._file.fileno()).st_size
        count, begins, size, comment = self._ending(length)
        self._file.seek(begins)
        directory = self._file.read(size)
        self.stamp = struct.unpack_from("<I", directory, 12)[0] if len(directory) >= 16 else 0
        entries = list(self._directory(directory, count, begins))
        whole = hashlib.sha256()
        self._file.seek(0)
        for entry in entries:
            self._member(entry, whole)
        self._in_order(entries)
        self.entries = {entry.name: entry for entry in entries}
        self._file.seek(begins)
        whole.update(self._file.read(length - begins - COMMENT_LENGTH))
        if comment != COMMENT + whole.hexdigest().encode():
            raise self._whole("the archive's comment is not the SHA-256 of the bytes before it")
        whole.update(comment)
        self.sha256 = whole.hexdigest()

    def _ending(self, length: int) -> tuple[int, int, int, bytes]:
        """How many members there are, where the directory begins, its size, and the comment."""
        tail_length = END.size + COMMENT_LENGTH
        if length < tail_length:
            raise self._whole("this is not a pack: the file is too short")
        self._file.seek(max(0, length - tail_length - LOCATOR.size - END64.size))
        tail = self._file.read()
        at = len(tail) - tail_length
        fields: tuple[Any, ...] = END.unpack_from(tail, at)
        if fields[0] != b"PK\5\6" or fields[7] != COMMENT_LENGTH:
            raise self._no_end(length)
        count, size, begins = fields[4], fields[5], fields[6]
        if (count, size, begins) == (0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF) and at >= LOCATOR.size + END64.size:
            far: tuple[Any, ...] = END64.unpack_from(tail, at - LOCATOR.size - END64.size)
            count, size, begins = far[7], far[8], far[9]
        if count > self._limits.members:
            raise self._whole(f"the directory names {count:,} files, more than a pack may have")
        expected = end_record(count, begins, size)
        comment = tail[at + END.size :]
        if begins + size + len(expected) + COMMENT_LENGTH != length:
            raise self._whole("there is data before the first member, or the end record does not fit the file")
        if not tail[: at + END.size].endswith(expected):
            raise self._whole("its end record is not as 'auditor pack' writes it")
        return count, begins, size, comment

    def _no_end(self, length: int) -> EvidenceError:
        self._file.seek(0)
        if self._file.read(2) != b"PK":
            return self._whole("this is not a zip file")
        self._file.seek(max(0, length - (1 << 16) - END.size))
        if b"PK\5\6" in self._file.read():
            return self._whole("its end record or comment was changed, or there is data after the end of the archive")
        return self._whole("its end record is missing: the file is cut off or not a pack")

    def _directory(self, directory: bytes, count: int, begins: int) -> Iterator[Entry]:
        at, offset, total = 0, 0, 0
        for number in range(1, count + 1):
            entry, fields = self._entry(directory, at, number)
            raw = directory_entry(entry, self.stamp)
            label = f"entry {number} of the directory ({inert(entry.name)})"
            if directory[at : at + len(raw)] != raw:
                raise self._whole(f"{label}: {_why_unusual(fields)}")
            if entry.offset != offset:
                where = "overlaps the one before it" if entry.offset < offset else "leaves a gap before it"
                raise self._whole(f"{label}: the member {where if number > 1 else 'has data before it'}")
            total += entry.size
            if entry.size > self._limits.member_bytes or total > self._limits.total_bytes:
                raise self._whole(f"{label}: it would take more space than a pack may")
            if entry.size > self._limits.ratio * max(entry.packed, 1):
                raise self._whole(f"{label}: {entry.packed:,} bytes that unpack to {entry.size:,} are refused")
            at += len(raw)
            offset += len(local_header(entry, self.stamp)) + entry.packed
            yield entry
        if at != len(directory):
            raise self._whole("the directory holds more than its entries")
        if offset != begins:
            raise self._whole("there is data between the last member and the directory")

    def _entry(self, directory: bytes, at: int, number: int) -> tuple[Entry, tuple[Any, ...]]:
        damaged = self._whole(f"entry {number} of the directory is damaged")
        if at + CENTRAL.size > len(directory):
            raise damaged
        fields: tuple[Any, ...] = CENTRAL.unpack_from(directory, at)
        raw_name = directory[at + CENTRAL.size :][: fields[10]]
        extra = directory[at + CENTRAL.size + fields[10] :][: fields[11]]
        try:
            name = raw_name.decode("ascii")
        except UnicodeDecodeError:
            raise self._whole(f"entry {number} of the directory ({inert(repr(raw_name))}): unsafe name") from None
        if not safe_name(name):
            raise self._whole(f"entry {number} of the directory ({inert(name[:NAME_LENGTH])!r}): unsafe name")
        far = fields[16] == 0xFFFFFFFF and len(extra) == FAR.size + DIGEST.size
        if not far and len(extra) != DIGEST.size:
            raise self._whole(f"entry {number} of the directory ({name}): {_why_unusual(fields)}")
        entry = Entry(
            name=name,
            method=fields[4],
            crc=fields[7],
            packed=fields[8],
            size=fields[9],
            offset=FAR.unpack_from(extra)[2] if far else fields[16],
            digest=extra[-32:],
        )
        return entry, fields

    def _in_order(self, entries: list[Entry]) -> None:
        seen: set[str] = set()
        folders: set[str] = set()
        for before, entry in zip([None, *entries], entries, strict=False):
            name = entry.name
            if name.lower() in seen:
                raise self._broken(name, "stands twice in the archive")
            if before is not None and order(before.name) > order(name):
                raise self._broken(name, "is not in its place; this archive was not written by 'auditor pack'")
            seen.add(name.lower())
            parts = name.lower().split("/")
            folders.update("/".join(parts[:depth]) for depth in range(1, len(parts)))
        for name in sorted(seen & folders):
            raise self._broken(name, "is both a file and a folder")

    def _member(self, entry: Entry, whole: Any) -> None:
        """Compare a local header with the directory and the packed bytes with their digest, on the way through."""
        if entry.method not in (STORED, DEFLATED):
            raise self._broken(entry.name, f"is compressed by method {entry.method}")
        if entry.method == STORED and entry.packed != entry.size:
            raise self._broken(entry.name, "is stored in another size than its own")
        expected = local_header(entry, self.stamp)
        header = self._file.read(len(expected))
        if header != expected:
            named = inert(header[LOCAL.size :].decode("ascii", "backslashreplace"))
            raise self._broken(entry.name, f"its local header (of {named}) does not say what the directory says")
        whole.update(header)
        own = hashlib.sha256()
        for piece in self._raw(entry):
            own.update(piece)
            whole.update(piece)
        if own.digest() != entry.digest:
            raise self._broken(entry.name, "its bytes in the archive were changed")

    def _broken(self, name: str, what: str) -> EvidenceError:
        return EvidenceError(f"{self.path}: {name}: {what}")

    def _whole(self, what: str) -> EvidenceError:
        return EvidenceError(f"{self.path}: {what}")


def _why_unusual(fields: tuple[Any, ...]) -> str:
    """What is wrong with an entry that 'auditor pack' would not have written so."""
    made_on, flags, method, mode = fields[1] >> 8, fields[3], fields[4], fields[15] >> 16
    if flags & 1:
        return "the member is encrypted"
    if mode & 0o170000 == 0o120000:
        return "the member is a link"
    if mode & 0o170000 not in (0, 0o100000):
        return "the member is not a plain file"
    if method not in (STORED, DEFLATED):
        return f"the member is compressed by method {method}"
    if made_on != MADE_ON_UNIX >> 8 or flags or mode != FILE_MODE:
        return "flags or permissions are not as 'auditor pack' writes them"
    return "not as 'auditor pack' writes it"
