"""What a check declares and what it may answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Generic, TypeVar

from auditor.model.resources import Resource
from auditor.model.scope import Provider

R = TypeVar("R", bound=Resource)


class Severity(IntEnum):
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def label(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Pass:
    message: str


@dataclass(frozen=True, slots=True)
class Fail:
    message: str


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """The question does not arise for this resource, shown by facts that are known."""

    message: str


Verdict = Pass | Fail | NotApplicable


@dataclass(frozen=True, slots=True)
class Remediation:
    """What to do about a failure on one provider: a sentence or two, the provider's page, and a command if one exists.

    In ``command``, ``{name}``, ``{id}``, ``{location}`` and ``{account}`` stand for the resource's own (shell-quoted).
    """

    text: str
    url: str
    command: str = ""
    charges: tuple[str, ...] = ()
    """Ids of what the provider charges for once this is done; see :mod:`auditor.prices`."""


@dataclass(frozen=True, slots=True)
class Supported:
    """The check judges this provider's resources."""

    remediation: Remediation
    same_as: tuple[str, ...] = ()
    """The same control in the provider's own catalog, for cross-checking: ``Security Hub SageMaker.1``."""


@dataclass(frozen=True, slots=True)
class Inherited:
    """The provider guarantees the wanted state. Counts as met, and is listed apart with its limits."""

    statement: str
    url: str
    limits: str = ""
    """What the guarantee does not cover, or since when it holds."""


@dataclass(frozen=True, slots=True)
class NoCounterpart:
    """The question does not exist on this provider."""

    reason: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class NotBuilt:
    """The question exists, this version cannot answer it. Always *not assessed*."""

    reason: str = ""


Coverage = Supported | Inherited | NoCounterpart | NotBuilt


@dataclass(frozen=True, slots=True)
class Examples:
    """Fact values that show the check at work. They are run by the tests and printed in the reference."""

    passes: Mapping[str, Any]
    fails: Mapping[str, Any]
    not_applicable: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Check(Generic[R]):
    """One question about one kind of resource, on every cloud.

    ``needs`` are the facts ``evaluate`` may read; reading any other gives *not assessed*. ``evaluate`` must give a
    verdict while a fact is unknown only if every value of that fact would give the same one.
    """

    id: str
    title: str
    why: str
    severity: Severity
    resource: type[R]
    needs: tuple[str, ...]
    practice: str
    evaluate: Callable[[R], Verdict]
    providers: Mapping[Provider, Coverage]
    examples: Examples

    def __post_init__(self) -> None:
        if not self.needs:
            raise ValueError(f"{self.id}: a check that needs no facts can only pass")
        if unknown := set(self.needs) - self.resource.fact_names():
            raise ValueError(f"{self.id}: {self.resource.__name__} has no fact {sorted(unknown)}")
        if missing := set(Provider) - set(self.providers):
            raise ValueError(f"{self.id}: say what it does on {', '.join(sorted(missing))}")
        if not any(isinstance(c, Supported) for c in self.providers.values()):
            raise ValueError(f"{self.id}: supported on no provider")
        for example in (self.examples.passes, self.examples.fails, self.examples.not_applicable or {}):
            if undeclared := set(example) - set(self.needs):
                raise ValueError(f"{self.id}: an example sets {sorted(undeclared)}, which the check does not need")


AnyCheck = Check[Any]
