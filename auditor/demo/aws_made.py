"""What the parts of the demo's AWS account share: how they create things, what was created, how they answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from auditor.wire.hop import Answer

Client = Callable[[str, str], Any]
"""Gives a client for a service in a region."""


@dataclass
class Made:
    """What was created and is referred to later."""

    keys: dict[str, str] = field(default_factory=dict)
    """ARNs by alias."""
    subnets: dict[str, list[str]] = field(default_factory=dict)
    """Ids by the name of the VPC."""
    groups: dict[str, str] = field(default_factory=dict)
    vpcs: dict[str, str] = field(default_factory=dict)
    agents: dict[str, str] = field(default_factory=dict)
    """Ids by name."""
    ids: dict[str, str] = field(default_factory=dict)
    """Anything else by a name that begins with its area."""
    counted: dict[tuple[str, str], int] = field(default_factory=dict)
    """How many there are by region (empty: the whole account) and type, as the indexes know."""
    searchable: dict[str, list[str]] = field(default_factory=dict)
    """Names of endpoints by region."""


Body = dict[str, Any]
Writer = Callable[[Made, str, Mapping[str, Any]], "Body | str | Answer | None"]
"""From what was created, the region and the parameters: a JSON body, an XML document, a refusal, or None to let moto
answer."""

DAY = "2026-08-14T09:30:00Z"
DAY_IN_SECONDS = 1786699800


def iam_answer(operation: str, result: str) -> str:
    """An answer of IAM around its result."""
    return (
        f'<{operation}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/">'
        f"<{operation}Result>{result}</{operation}Result>"
        f"<ResponseMetadata><RequestId>demo</RequestId></ResponseMetadata></{operation}Response>"
    )
