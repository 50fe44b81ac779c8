"""Shorthand shared by the four layer tables."""

from __future__ import annotations

from auditor.frameworks import mappings_of
from auditor.model.maturity import Layer, Level, Measurement, Practice

_LAYERS = {"ID": Layer.IDENTITY, "NET": Layer.NETWORK, "DATA": Layer.DATA, "APP": Layer.APPLICATION}


def row(
    practice_id: str,
    title: str,
    why: str,
    *,
    critical: bool = False,
    measurement: Measurement = Measurement.AUTOMATED,
) -> Practice:
    """A practice whose layer and level are read from its id: ``NET-2.3`` is Network, level 2."""
    prefix, rank = practice_id.split("-")
    return Practice(
        id=practice_id,
        layer=_LAYERS[prefix],
        level=Level(int(rank.split(".")[0])),
        title=title,
        why=why,
        critical=critical,
        measurement=measurement,
        mappings=mappings_of,
    )
