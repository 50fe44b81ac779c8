"""The ML Security Maturity Model, version 1.0: 70 practices in four layers and four levels.

Layer and level names follow the published model; the practices are our completion and wording of it.
"""

from __future__ import annotations

from auditor.maturity import application, data, identity, network
from auditor.model.maturity import Layer, Practice

MODEL_VERSION = "1.0"

LAYER_TITLES: dict[Layer, str] = {
    Layer.IDENTITY: "Identity",
    Layer.NETWORK: "Network",
    Layer.DATA: "Data",
    Layer.APPLICATION: "Application",
}

_LAYER_ORDER = {layer: position for position, layer in enumerate(Layer)}


def _rank(item: Practice) -> tuple[int, int, int]:
    return _LAYER_ORDER[item.layer], int(item.level), int(item.id.rpartition(".")[2])


PRACTICES: tuple[Practice, ...] = tuple(
    sorted((*identity.PRACTICES, *network.PRACTICES, *data.PRACTICES, *application.PRACTICES), key=_rank)
)

_BY_ID = {item.id: item for item in PRACTICES}


def practice(practice_id: str) -> Practice:
    """The practice with this id; ``KeyError`` if the model has none."""
    return _BY_ID[practice_id]
