"""Compliance frameworks as data: every id of each, and what our practices show of it.

A folder below ``data`` is a framework; nothing else knows their names. The files are part of the package, like code,
and are read once, when first asked for.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from auditor.frameworks.load import load
from auditor.model.framework import Framework
from auditor.model.maturity import ControlMapping


@cache
def frameworks() -> tuple[Framework, ...]:
    """All of them, in the order they are reported in."""
    folders = [f for f in files(__name__).joinpath("data").iterdir() if f.is_dir() and f.name[0].isalpha()]
    return tuple(sorted(map(load, folders), key=lambda framework: (framework.position, framework.id)))


def framework(framework_id: str) -> Framework:
    """The framework with this id; ``KeyError`` if there is none."""
    for found in frameworks():
        if found.id == framework_id:
            return found
    raise KeyError(framework_id)


@cache
def mappings_of(practice_id: str) -> tuple[ControlMapping, ...]:
    """Every control that a practice is evidence for, in the order of the frameworks."""
    return tuple(m for found in frameworks() for m in found.mappings.get(practice_id, ()))
