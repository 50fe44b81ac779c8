"""The parts of a pack's zip file: names that are safe everywhere, and the one form that each header has."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from datetime import UTC, datetime

FIRST = "README.md"
"""Stands before all other members, which are in order of their names."""
NAME_LENGTH = 180
_SEGMENT = r"[A-Za-z0-9_][A-Za-z0-9._-]*"
_NAME = re.compile(rf"{_SEGMENT}(/{_SEGMENT})*")
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
"""Names that Windows gives to devices, whatever their ending."""

LOCAL = struct.Struct("<4s5H3I2H")
CENTRAL = struct.Struct("<4s6H3I5H2I")
DIGEST = struct.Struct("<2H32s")
FAR = struct.Struct("<2HQ")
END = struct.Struct("<4s4H2IH")
END64 = struct.Struct("<4sQ2H2I4Q")
LOCATOR = struct.Struct("<4sIQI")
COMMENT = b"sha256:"
COMMENT_LENGTH = len(COMMENT) + 64
STORED, DEFLATED = 0, 8
_NEEDED, _NEEDED_64 = 20, 45
MADE_ON_UNIX = 3 << 8
FILE_MODE = 0o100644
_DIGEST_ID = 0x4153
"""Of the extra field with the digest of the compressed bytes. Readers of zip files skip what they do not know."""
_MAX16, _MAX32 = 0xFFFF, 0xFFFFFFFF
"""Numbers from here on do not fit the fields of the first zip files and stand in others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One member, as the directory describes it."""

    name: str
    method: int
    crc: int
    packed: int
    """Bytes in the archive."""
    size: int
    """Bytes of content."""
    offset: int
    digest: bytes
    """SHA-256 of the packed bytes."""


def safe_name(name: str) -> bool:
    """Whether a member may have this name: plain ASCII segments that mean the same file in one folder everywhere."""
    return (
        len(name) <= NAME_LENGTH
        and _NAME.fullmatch(name) is not None
        and not any(part.endswith(".") or _DEVICE.fullmatch(part) for part in name.split("/"))
    )


def stamp_of(moment: str) -> int:
    """A time in ISO format as MS-DOS has it, in UTC: the date of every member."""
    at = datetime.fromisoformat(moment).astimezone(UTC)
    at = min(max(at, datetime(1980, 1, 1, tzinfo=UTC)), datetime(2107, 12, 31, 23, 59, 58, tzinfo=UTC))
    date = (at.year - 1980) << 9 | at.month << 5 | at.day
    return date << 16 | at.hour << 11 | at.minute << 5 | at.second // 2


def order(name: str) -> tuple[bool, str]:
    return name != FIRST, name


def local_header(entry: Entry, stamp: int) -> bytes:
    name = entry.name.encode("ascii")
    return (
        LOCAL.pack(
            b"PK\3\4",
            _needed(entry),
            0,
            entry.method,
            stamp & 0xFFFF,
            stamp >> 16,
            entry.crc,
            entry.packed,
            entry.size,
            len(name),
            0,
        )
        + name
    )


def directory_entry(entry: Entry, stamp: int) -> bytes:
    name = entry.name.encode("ascii")
    far = entry.offset >= _MAX32
    extra = (FAR.pack(1, 8, entry.offset) if far else b"") + DIGEST.pack(_DIGEST_ID, 32, entry.digest)
    return (
        CENTRAL.pack(
            b"PK\1\2",
            MADE_ON_UNIX | _needed(entry),
            _needed(entry),
            0,
            entry.method,
            stamp & 0xFFFF,
            stamp >> 16,
            entry.crc,
            entry.packed,
            entry.size,
            len(name),
            len(extra),
            0,
            0,
            0,
            FILE_MODE << 16,
            0xFFFFFFFF if far else entry.offset,
        )
        + name
        + extra
    )


def _needed(entry: Entry) -> int:
    return _NEEDED_64 if entry.offset >= _MAX32 else _NEEDED


def end_record(count: int, begins: int, size: int) -> bytes:
    """The end of the directory, up to the comment."""
    large = count >= _MAX16 or begins >= _MAX32 or size >= _MAX32
    far = b""
    if large:
        version = MADE_ON_UNIX | _NEEDED_64
        far = END64.pack(b"PK\6\6", END64.size - 12, version, _NEEDED_64, 0, 0, count, count, size, begins)
        far += LOCATOR.pack(b"PK\6\7", 0, begins + size, 1)
        count, begins, size = 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF
    return far + END.pack(b"PK\5\6", 0, 0, count, count, size, begins, COMMENT_LENGTH)
