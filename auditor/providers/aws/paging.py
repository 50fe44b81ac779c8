"""How the pages of an AWS list follow each other, from botocore's own paginator models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jmespath  # type: ignore[import-untyped]

PAGE_SIZE = 100
"""Accepted by every list API whose model allows at least as much (KMS documents 100 where its model says 1000)."""
PAGE_SIZES = {"iam": 1000, "ec2": 1000, "s3": 1000}
"""Services that document larger pages for all their lists."""

_TOKENS = (
    ("NextMarker", "Marker"),
    ("NextMarker", "NextMarker"),
    ("Marker", "Marker"),
    ("NextToken", "NextToken"),
    ("nextToken", "nextToken"),
    ("PaginationToken", "PaginationToken"),
)
"""Members that carry the token: in the output, in the input."""
_MORE = ("IsTruncated", "Truncated")
_LIMITS = ("MaxItems", "MaxResults", "maxResults", "Limit", "limit")


@dataclass(frozen=True, slots=True)
class Paging:
    """Where the tokens of one operation are; no tokens means that its answer is always one page."""

    inputs: tuple[str, ...] = ()
    outputs: tuple[Any, ...] = ()
    more: Any = None
    limit: tuple[str, int] | None = None

    def params(self, params: Mapping[str, Any], token: Mapping[str, Any] | None) -> dict[str, Any]:
        """The parameters of a page. Page sizes are left out where single ids are asked for: EC2 refuses both."""
        page = dict(params)
        if self.limit is not None and not any(name.endswith("Ids") for name in params):
            page.setdefault(*self.limit)
        return {**page, **token} if token else page

    def next_token(self, page: Mapping[str, Any]) -> dict[str, Any] | None:
        if self.more is not None and not self.more.search(page):
            return None
        found = {name: path.search(page) for name, path in zip(self.inputs, self.outputs, strict=True)}
        return {name: value for name, value in found.items() if value} or None


def paging_of(service: str, operation: Any, config: Mapping[str, Any] | None) -> Paging:
    """``config`` is the operation's entry in the paginator model. Several lists have none and are paged all the same
    (``iam:ListServiceSpecificCredentials``): their tokens are found by name."""
    config = config or _by_name(operation)
    if config is None:
        return Paging()
    more = config.get("more_results")
    return Paging(
        inputs=tuple(_several(config["input_token"])),
        outputs=tuple(jmespath.compile(path) for path in _several(config["output_token"])),
        more=jmespath.compile(more) if more else None,
        limit=_limit(service, operation, config.get("limit_key")),
    )


def _by_name(operation: Any) -> Mapping[str, Any] | None:
    if operation.input_shape is None or operation.output_shape is None:
        return None
    asked, given = operation.input_shape.members, operation.output_shape.members
    for output, name in _TOKENS:
        if output in given and name in asked:
            return {
                "input_token": name,
                "output_token": output,
                "more_results": next((flag for flag in _MORE if flag in given), None),
                "limit_key": next((limit for limit in _LIMITS if limit in asked), None),
            }
    return None


def _several(value: Any) -> list[str]:
    return list(value) if isinstance(value, list) else [value]


def _limit(service: str, operation: Any, key: str | None) -> tuple[str, int] | None:
    if key is None:
        return None
    shape = operation.input_shape.members[key]
    largest = shape.metadata.get("max")
    if largest is None or shape.type_name not in ("integer", "long"):
        return None
    return key, min(int(largest), PAGE_SIZES.get(service, PAGE_SIZE))
