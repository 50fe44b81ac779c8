"""Data inside of an HTML page: text, compressed and in letters that end no element."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterable, Iterator

_GZIP = 16 + zlib.MAX_WBITS
_PIECE = 48 * 1024
"""Bytes per piece: a multiple of three, so that the letters of all pieces are those of one text."""


def packed(pieces: Iterable[str]) -> Iterator[str]:
    """The text as gzip in base64, in pieces. The same text always gives the same letters: no time is in them."""
    compressor = zlib.compressobj(level=7, wbits=_GZIP)
    waiting = bytearray()
    for piece in pieces:
        waiting += compressor.compress(piece.encode("ascii"))
        while len(waiting) >= _PIECE:
            yield _letters(waiting[:_PIECE])
            del waiting[:_PIECE]
    waiting += compressor.flush()
    for start in range(0, len(waiting), _PIECE):
        yield _letters(waiting[start : start + _PIECE])


def _letters(data: bytearray) -> str:
    return base64.b64encode(data).decode("ascii") + "\n"
