"""Rows as CSV (RFC 4180) that no spreadsheet takes for formulas. Names in a cell were chosen by the audited account."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from io import StringIO
from typing import Any

from auditor.model.facts import Reason
from auditor.render.text import inert
from auditor.render.view.common import ranges

CELL_LENGTH = 30_000
"""A spreadsheet holds 32,767 characters in a cell and drops the rest without a word."""
_PIECE = 1 << 16
# A program that separates cells by semicolons starts a cell at every semicolon, and a record at every line.
_FORMULA = re.compile('(^|[\n;])(?=[\\s"]*[=+\\-@＝＋－＠﹦﹢﹣﹫])')


class Cell(str):
    """Text that is ready for a cell."""


def csv_pieces(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> Iterator[str]:
    """The header and the rows, in pieces. A column that a row does not have is empty; one that no column names is a
    mistake and raises."""
    buffer = StringIO()
    writer = csv.DictWriter(buffer, columns, restval="", lineterminator="\r\n")
    writer.writeheader()
    for row in rows:
        writer.writerow(cells(row))
        if buffer.tell() > _PIECE:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def cell(value: object) -> Cell:
    """The text of a cell: lines stay lines, everything that hides becomes visible, and what would be a formula gets an
    apostrophe in front."""
    if isinstance(value, Cell):
        return value
    if value is None:
        return Cell()
    lines = str(value).replace("\r\n", "\n").split("\n")
    text = "\n".join(inert(line) for line in lines)
    if len(text) > CELL_LENGTH:
        text = f"{text[:CELL_LENGTH]}… ({len(text):,} characters, all of them in audit.json)"
    return Cell(_FORMULA.sub(r"\1'", text))


def cells(row: Mapping[str, object]) -> dict[str, Cell]:
    """A row whose texts are made once and used many times."""
    return {name: cell(value) for name, value in row.items()}


def reason_text(unknown: str, detail: str) -> str:
    """Why something is not known, in words."""
    label = Reason(unknown).label
    return f"{label} ({detail})" if detail else label


def numbers_text(numbers: Iterable[int]) -> str:
    """Numbers with runs of them drawn together: ``3, 5 to 9``. A dash would make a date of it in a spreadsheet."""
    return ", ".join(str(r.first) if r.first == r.last else f"{r.first} to {r.last}" for r in ranges(numbers))


class Calls:
    """The calls of a document, as cells cite them."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._calls: dict[str, Mapping[str, Any]] = {c["id"]: c for c in document["calls"]}

    def of(self, ids: Iterable[str]) -> list[Mapping[str, Any]]:
        """In the order of the call log."""
        return sorted((self._calls[i] for i in set(ids) if i in self._calls), key=lambda call: int(call["number"]))

    def numbers(self, ids: Iterable[str]) -> str:
        return numbers_text(call["number"] for call in self.of(ids))

    def synthetic(self, ids: Iterable[str]) -> bool:
        """Some of them were answered by fixtures of this tool, not by a provider."""
        return any(call["synthetic"] for call in self.of(ids))


def latest(calls: Iterable[Mapping[str, Any]]) -> str:
    """When the last of the calls was made, in UTC and to the second; empty where no time is recorded."""
    times = []
    for call in calls:
        try:
            moment = datetime.fromisoformat(call["started_at"])
        except ValueError:
            continue
        times.append(moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC))
    return max(times).strftime("%Y-%m-%dT%H:%M:%SZ") if times else ""
