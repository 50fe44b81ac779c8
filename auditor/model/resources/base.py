"""What every kind of resource has, and how a kind declares its facts."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from auditor.model.facts import NOT_COLLECTED, Fact
from auditor.model.scope import Account, Provider


def fact(meaning: str, *, values: tuple[Any, ...] = (True, False)) -> Any:
    """Declare a fact. ``meaning`` is printed in the reference; ``values`` are examples of its domain.

    The contract tests try every check with each of these values in place of an unknown, so they must span what the
    checks distinguish.
    """
    return dataclasses.field(default=NOT_COLLECTED, metadata={"meaning": meaning, "values": values})


@dataclass(frozen=True, slots=True)
class Ref:
    """A reference to a resource of some kind, by the id its provider gives it (canonical form)."""

    kind: str
    provider: Provider
    account: str
    """The owning account, empty where the reference does not say."""
    id: str

    def __str__(self) -> str:
        return self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One thing in an account. Every attribute below ``aliases`` is a fact."""

    id: str
    """Canonical and unique within the provider: an ARN, an ARM id in lower case, a full Google resource name."""
    name: str
    account: Account
    location: str
    """A region, or ``global``."""
    native_type: str
    """The provider's own type, e.g. ``AWS::SageMaker::Endpoint``."""
    aliases: frozenset[str] = frozenset()
    """Other ids that references may use."""
    tags: Fact[Mapping[str, str]] = fact(
        "The tags (AWS, Azure) or labels (Google Cloud) on it.", values=({}, {"owner": "x"})
    )

    @classmethod
    @cache
    def fact_names(cls) -> frozenset[str]:
        return frozenset(f.name for f in fields(cls) if "meaning" in f.metadata)

    @classmethod
    def kind(cls) -> str:
        return cls.__name__

    @property
    def provider(self) -> Provider:
        return self.account.provider

    def ref(self) -> Ref:
        return Ref(self.kind(), self.provider, self.account.id, self.id)

    def facts(self) -> dict[str, Fact[Any]]:
        return {name: getattr(self, name) for name in sorted(self.fact_names())}


Kind = type[Resource]
