"""Indexes that a provider keeps of the resources of an account, beside the lists of its services."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from auditor.model.facts import Fact
from auditor.model.resources.base import Resource, fact


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceIndex(Resource):
    """A second source for what an account has: AWS Config, the index of ARM, Cloud Asset Inventory.

    It judges nothing and is judged by nothing: lists are held against it (:mod:`auditor.reconcile`).
    """

    counts: Fact[Mapping[str, int]] = fact(
        "How many resources it knows, by type; a type that is missing is one it does not tell about.",
        values=({}, {"x": 1}),
    )
    ids: Fact[Mapping[str, Mapping[str, str]]] = fact(
        "Their ids and where each is, by type, as far as it names them.", values=({}, {"x": {"y": "z"}})
    )
    left_out: Fact[tuple[str, ...]] = fact("Types that it was set not to record here.", values=((), ("x",)))
