"""Where an audit looks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Provider(StrEnum):
    AWS = "aws"
    AZURE = "azure"
    GCP = "gcp"

    @property
    def label(self) -> str:
        return {"aws": "AWS", "azure": "Azure", "gcp": "Google Cloud"}[self.value]

    @property
    def account_noun(self) -> str:
        """What this provider calls an account."""
        return {"aws": "account", "azure": "subscription", "gcp": "project"}[self.value]


GLOBAL = "global"
"""The location of resources, and of listings, that belong to no region."""


@dataclass(frozen=True, slots=True, order=True)
class Account:
    """The unit of audit: an AWS account, an Azure subscription or a Google Cloud project."""

    provider: Provider
    id: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.provider}:{self.id}"
