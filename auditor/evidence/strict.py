"""JSON from a pack: within limits, and only in the one way this program writes it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from auditor.errors import AuditorError, EvidenceError

JSON_BYTES = 1 << 29
JSON_DEPTH = 64


def to_json(value: object) -> bytes:
    """The form of every small JSON file of a pack."""
    return (json.dumps(value, indent=1, sort_keys=True) + "\n").encode()


def from_json(data: bytes, where: str) -> Any:
    """Parse; EvidenceError that names the file if it is no JSON, nests too deeply or holds what JSON does not have."""
    if len(data) > JSON_BYTES:
        raise EvidenceError(f"{where}: {len(data):,} bytes of JSON are more than a pack may hold")
    try:
        value = json.loads(data, parse_constant=_refuse)
    except RecursionError:
        raise EvidenceError(f"{where}: nested more deeply than anything that belongs in a pack") from None
    except ValueError:
        raise EvidenceError(f"{where}: not valid JSON") from None
    _reject_depth(value, where)
    return value


def exact_json(data: bytes, where: str) -> Any:
    """Parse what :func:`to_json` wrote. Another spelling of the same, a name given twice among them, is refused."""
    value = from_json(data, where)
    if to_json(value) != data:
        raise EvidenceError(f"{where}: not in the form that 'auditor pack' writes")
    return value


@contextmanager
def shaped(where: str) -> Iterator[None]:
    """Turns what goes wrong in reading a document of another shape into an error that names it."""
    try:
        yield
    except AuditorError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError) as error:
        raise EvidenceError(f"{where}: not what belongs there ({type(error).__name__})") from None


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)


def _reject_depth(value: Any, where: str) -> None:
    level: list[Any] = [value]
    for _ in range(JSON_DEPTH):
        level = [child for parent in level for child in _children(parent)]
        if not level:
            return
    raise EvidenceError(f"{where}: nested more deeply than anything that belongs in a pack")


def _children(value: Any) -> Iterable[Any]:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return (child for child in inside if isinstance(child, dict | list))
