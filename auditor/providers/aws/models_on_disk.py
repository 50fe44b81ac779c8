"""botocore's API models, cut down to what is declared.

A model describes every operation of a service; those of EC2 and SageMaker alone take 37 MB once loaded. A client of
ours makes a handful of declared reads, so it is given a model of these and of nothing else. It then has no method that
writes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from botocore.loaders import JSONFileLoader, Loader

Json = dict[str, Any]


def loader(declared: frozenset[str] | None = None) -> Any:
    """A loader of botocore's own models, and of no local additions. ``declared`` are the operations to keep, as
    ``service:Operation``; services without one of them, and all services if it is None, are left whole."""
    kept = None if declared is None else frozenset(declared)
    return _loader(kept)


@cache
def _loader(declared: frozenset[str] | None) -> Any:
    """One for all sessions that may do the same: it makes the clients of a further account ten times cheaper."""
    files = JSONFileLoader() if declared is None else _Declared(declared)
    return Loader(file_loader=files, extra_search_paths=[Loader.BUILTIN_DATA_PATH], include_default_search_paths=False)


def forget() -> None:
    """Let go of every model; the next client loads its own again."""
    _loader.cache_clear()


class _Declared(JSONFileLoader):  # type: ignore[misc]
    def __init__(self, declared: Iterable[str]) -> None:
        self._operations: dict[str, set[str]] = {}
        for key in declared:
            service, _, operation = key.partition(":")
            self._operations.setdefault(service, set()).add(operation)

    def _load_file(self, full_path: str, open_method: Any) -> Any:
        """As its parent, in plain dictionaries: ordered ones take three times the memory."""
        if not os.path.isfile(full_path):
            return None
        with open_method(full_path, "rb") as file:
            return json.loads(file.read())

    def load_file(self, file_path: str) -> Any:
        document = super().load_file(file_path)
        folder, name = os.path.split(file_path)
        service = os.path.basename(os.path.dirname(folder))
        kept = self._operations.get(service)
        if document is None or kept is None:
            return document
        if name == "service-2":
            return reduced(document, kept)
        if name == "paginators-1":
            return {**document, "pagination": {k: v for k, v in document["pagination"].items() if k in kept}}
        return document


def reduced(model: Mapping[str, Any], operations: Iterable[str]) -> Json:
    """A service model with these operations and the shapes that they reach."""
    kept = {name: model["operations"][name] for name in sorted(operations) if name in model["operations"]}
    shapes: Json = {}
    todo = [
        part["shape"]
        for operation in kept.values()
        for part in (operation.get("input"), operation.get("output"), *operation.get("errors", ()))
        if part
    ]
    while todo:
        name = todo.pop()
        if name not in shapes:
            shape = shapes[name] = model["shapes"][name]
            members = (*shape.get("members", {}).values(), *(shape.get(x) for x in ("member", "key", "value")))
            todo.extend(member["shape"] for member in members if member)
    return {**model, "operations": kept, "shapes": shapes}
