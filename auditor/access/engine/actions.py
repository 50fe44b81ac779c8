"""What AWS publishes about each IAM action: its level, its resource types, whether it hands a role to a service.

A dated snapshot ships with the package (``python -m tools.build_actions`` makes it). It is never complete: AWS adds
actions daily, and sources drop some. So nothing here raises, and what the snapshot does not say is an explicit unknown
(None, ``Tri.MAYBE``, ``PassRole.UNKNOWN``), never a *no*: a rule that meets one says less, and says so.

Actions are named ``service:Name``, in any case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from functools import lru_cache
from typing import Final

from auditor.access.engine.answer import Tri

ANY: Final = "*"


class Level(StrEnum):
    """What an action does, by its most telling property."""

    LIST = "List"
    READ = "Read"
    WRITE = "Write"
    PERMISSIONS = "Permissions management"
    TAGGING = "Tagging"


class PassRole(Enum):
    """Whether an action hands a role to a service, so that its caller needs ``iam:PassRole``."""

    DOCUMENTED = "AWS says so"
    BY_API = "its API takes a role"
    """AWS documents the need for few of these. Most check it all the same, if a role is given."""
    NO = "neither AWS nor its API names a role"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Source:
    name: str
    version: str
    date: str = ""
    """ISO 8601; empty where the source bears none."""


@dataclass(frozen=True, slots=True)
class Action:
    name: str
    """``service:Name`` as AWS writes it."""
    level: Level | None
    resource_types: tuple[str, ...]
    """None in particular: it can be granted on ``*`` only."""
    pass_role: PassRole


@dataclass(frozen=True, slots=True)
class Service:
    prefix: str
    actions: Mapping[str, Action]
    """By name, in lower case."""
    arns: Mapping[str, tuple[str, ...]]
    """Formats by resource type, as ``arn:${Partition}:sagemaker:…``; of services near AI workloads only."""


_LEVELS: Final = {"L": Level.LIST, "R": Level.READ, "W": Level.WRITE, "P": Level.PERMISSIONS, "T": Level.TAGGING}
_PASSES: Final = {"d": PassRole.DOCUMENTED, "a": PassRole.BY_API, "-": PassRole.NO, "?": PassRole.UNKNOWN}
LEVEL_CODES: Final[Mapping[Level | None, str]] = {**{level: code for code, level in _LEVELS.items()}, None: "?"}
PASS_CODES: Final[Mapping[PassRole, str]] = {way: code for code, way in _PASSES.items()}
START: Final = "\n@"
"""What starts a service. Its lines: ``:type|formats of its ARN``, and ``<level><pass role> names``, which follow the
line with their resource types, ``=type,type``; those without any come first."""


@dataclass(frozen=True, slots=True)
class ActionData:
    """A snapshot. A service is parsed when it is first asked about."""

    sources: tuple[Source, ...]
    rcp_services: frozenset[str]
    """Empty where the source did not list them."""
    _texts: Mapping[str, str] = field(repr=False)
    _parsed: dict[str, Service] = field(default_factory=dict, compare=False, repr=False)
    _bare: dict[str, Tri] = field(default_factory=dict, compare=False, repr=False)
    """Answers of :meth:`without_resources`, which the evaluator asks for each request."""

    @property
    def services(self) -> tuple[str, ...]:
        return tuple(self._texts)

    @property
    def date(self) -> str:
        """The newest of its sources."""
        return max((source.date for source in self.sources), default="")

    def service(self, prefix: str) -> Service | None:
        prefix = prefix.lower()
        found = self._parsed.get(prefix)
        if found is None and prefix in self._texts:
            found = self._parsed[prefix] = _service(prefix, self._texts[prefix])
        return found

    def action(self, name: str) -> Action | None:
        prefix, _, own = name.partition(":")
        service = self.service(prefix)
        return None if service is None else service.actions.get(own.lower())

    def known(self, name: str) -> bool:
        """A service, or an action."""
        return (self.action(name) is not None) if ":" in name else name.lower() in self._texts

    def unknown(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those of a rule's actions that the snapshot does not have: what the rule has to say it could not look up."""
        return tuple(name for name in names if not self.known(name))

    def level(self, action: str) -> Level | None:
        found = self.action(action)
        return None if found is None else found.level

    def resource_types(self, action: str) -> tuple[str, ...] | None:
        """Empty: it has none. None: unknown."""
        found = self.action(action)
        return None if found is None else found.resource_types

    def without_resources(self, action: str) -> Tri:
        """Not known of an entry without a level, either: what was half read is no ground to deny anything."""
        found = self._bare.get(action)
        if found is None:
            entry = self.action(action)
            if entry is None or (entry.level is None and not entry.resource_types):
                found = Tri.MAYBE
            else:
                found = Tri.NO if entry.resource_types else Tri.YES
            self._bare[action] = found
        return found

    def arn_formats(self, service: str, resource_type: str) -> tuple[str, ...] | None:
        found = self.service(service)
        return None if found is None else found.arns.get(resource_type)

    def needs_pass_role(self, action: str) -> PassRole:
        found = self.action(action)
        return PassRole.UNKNOWN if found is None else found.pass_role

    def rcp_applies(self, service: str) -> Tri:
        """Whether resource control policies reach a service. *No* only for one that was there when the list was made
        and was not on it."""
        service = service.lower()
        if service in self.rcp_services:
            return Tri.YES
        return Tri.NO if self.rcp_services and service in self._texts else Tri.MAYBE

    def actions_of(self, service: str, level: Level | None = None) -> tuple[str, ...] | None:
        """All, or those of one level; None for an unknown service. Actions of unknown level are of none."""
        found = self.service(service)
        if found is None:
            return None
        return tuple(a.name for a in found.actions.values() if level is None or a.level is level)


def parse(text: str) -> ActionData:
    head, *services = text.split(START)
    sources, rcp = [], frozenset[str]()
    for line in head.splitlines():
        name, _, rest = line.partition(" ")
        if name == "rcp":
            rcp = frozenset(rest.split())
        else:
            version, _, date = rest.partition(" ")
            sources.append(Source(name, version, date))
    texts = dict(service.partition("\n")[::2] for service in services)
    return ActionData(tuple(sources), rcp, texts)


def _service(prefix: str, text: str) -> Service:
    actions: dict[str, Action] = {}
    arns: dict[str, tuple[str, ...]] = {}
    types: tuple[str, ...] = ()
    for line in text.splitlines():
        mark, rest = line[:1], line[1:]
        if mark == ":":
            kind, _, formats = rest.partition("|")
            arns[kind] = tuple(formats.split())
        elif mark == "=":
            types = tuple(rest.split(","))
        else:
            way, _, names = rest.partition(" ")
            level, passes = _LEVELS.get(mark), _PASSES.get(way, PassRole.UNKNOWN)
            actions.update({n.lower(): Action(f"{prefix}:{n}", level, types, passes) for n in names.split()})
    return Service(prefix, actions, arns)


@lru_cache(maxsize=1)
def snapshot() -> ActionData:
    """The one that ships with the package."""
    from auditor.access.data.aws_actions import SNAPSHOT

    return parse(SNAPSHOT)


def level(action: str) -> Level | None:
    return snapshot().level(action)


def resource_types(action: str) -> tuple[str, ...] | None:
    return snapshot().resource_types(action)


def without_resources(action: str) -> Tri:
    return snapshot().without_resources(action)


def arn_formats(service: str, resource_type: str) -> tuple[str, ...] | None:
    return snapshot().arn_formats(service, resource_type)


def needs_pass_role(action: str) -> PassRole:
    return snapshot().needs_pass_role(action)


def rcp_applies(service: str) -> Tri:
    return snapshot().rcp_applies(service)


def known(name: str) -> bool:
    return snapshot().known(name)


def unknown(names: Iterable[str]) -> tuple[str, ...]:
    return snapshot().unknown(names)


def actions_of(service: str, level: Level | None = None) -> tuple[str, ...] | None:
    return snapshot().actions_of(service, level)


# for the evaluator


def evaluated_on(action: str, resource: str) -> str:
    """The resource that policies are matched against: ``*`` for an action without resource types whatever was named,
    since such a request has no resource (IAM user guide, "IAM JSON policy elements: Resource"). Otherwise, and for an
    unknown action, what was named."""
    return ANY if snapshot().without_resources(action) is Tri.YES else resource


def rcps_reach(action: str) -> Tri:
    """Whether resource control policies take part in a request.

    NO: leave them out. MAYBE (the service is newer than the snapshot, or has left it): a denial that comes from them
    alone is not certain, an allow that passes them is; so decide with and without them, and where the two differ
    answer *unknown*.
    """
    return snapshot().rcp_applies(action.partition(":")[0])
