"""Histories of jobs without keeping them: one resource for all jobs that are equal in everything that is judged."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, FactUnknown, Known, Reason, Unknown
from auditor.model.resources import Job
from auditor.wire.calls import Call
from auditor.wire.errors import CallFailed
from auditor.wire.ledger import canonical

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

FACTS = (
    "work",
    "runs",
    "identity",
    "in_customer_network",
    "subnets",
    "security_groups",
    "network_isolated",
    "traffic_encrypted",
    "volume_key",
    "volume_keyable",
    "output_key",
    "output_stores",
    "output_takes_storage_key",
    "input_stores",
    "secrets",
    "shell_access",
)
"""What every collector of jobs reads while it lists."""
SETTINGS = FACTS[2:]
Settings = Mapping[str, Fact[Any]]
Body = Mapping[str, Any]

DESCRIBED = 200
"""How many jobs of one kind are described one by one in a region, the newest. Most kinds can be read in no other way;
at the pace that SageMaker allows, more of them would take longer than all the rest of a run."""
COUNTED = 1000
"""How far a history is listed to say how many were left out."""
_EPOCH = datetime.fromtimestamp(0, UTC)


@dataclass(slots=True)
class _Group:
    newest: tuple[datetime, str]
    name: str
    settings: Settings
    runs: int


class Groups:
    """Grows with the number of different settings, not with that of jobs. The order of adding leaves no trace."""

    def __init__(self, session: AwsSession, location: str, native_type: str, work: str) -> None:
        self._session, self._location, self._native_type, self._work = session, location, native_type, work
        self._groups: dict[tuple[object, ...], _Group] = {}

    def add(self, arn: str, name: str, created: datetime | None, settings: Settings) -> None:
        key = tuple(_judged(settings[fact]) for fact in SETTINGS)
        newest = (created or _EPOCH, arn)
        group = self._groups.get(key)
        if group is None:
            self._groups[key] = _Group(newest, name, settings, 1)
            return
        group.runs += 1
        if newest > group.newest:
            group.newest, group.name, group.settings = newest, name, settings

    def jobs(self) -> Iterator[Job]:
        for key, group in sorted(self._groups.items(), key=lambda item: item[1].newest[1]):
            arn = group.newest[1]
            job = Job(
                # the same as long as the settings are, whichever job is the newest: drift and exemptions rest on it
                id=f"{arn.rpartition('/')[0]}/*#{_digest(key)}",
                aliases=frozenset({arn}),
                name=group.name,
                account=self._session.account,
                location=self._location,
                native_type=self._native_type,
                work=Known(self._work),
                runs=Known(group.runs),
            )
            settings: Mapping[str, Any] = group.settings
            yield replace(job, **settings)


def _digest(key: tuple[object, ...]) -> str:
    return hashlib.sha256(canonical(key).encode()).hexdigest()[:12]


def _judged(fact: Fact[Any]) -> object:
    """What of a fact tells jobs apart: not the fields it was read from, some of which name the job."""
    if isinstance(fact, Unknown):
        return (fact.reason, fact.detail, fact.permissions)
    return (fact.value,)


def settings_of(answer: Body | CallFailed, read: Callable[[Body], Settings]) -> Settings:
    """A job that is listed and could not be described is a job of which nothing is known."""
    if isinstance(answer, CallFailed):
        return dict.fromkeys(SETTINGS, answer.unknown())
    try:
        return read(answer)
    except FactUnknown as error:
        return dict.fromkeys(SETTINGS, error.fact)


def newest_of(
    session: AwsSession, call: Call, location: str, arn: str, *, created: str = "CreationTime", **params: str
) -> tuple[list[Body], Unknown | None]:
    """The newest jobs of a listing, as many as are described, and what to say of the others."""
    kept: list[tuple[datetime, str, int]] = []
    bodies: dict[int, Body] = {}
    number = 0
    failure: Unknown | None = None
    try:
        for number, summary in enumerate(session.stream(call, location, **params), 1):
            entry = (summary.get(created) or _EPOCH, summary[arn], number)
            bodies[number] = summary
            if len(kept) < DESCRIBED:
                heapq.heappush(kept, entry)
            else:
                del bodies[heapq.heappushpop(kept, entry)[2]]
            if number > COUNTED:
                break
    except CallFailed as error:
        failure = error.unknown()
    found = [bodies[position] for _, _, position in sorted(kept, reverse=True)]
    left = number - len(kept)
    if failure is not None or not left:
        return found, failure
    many = f"more than {COUNTED - DESCRIBED}" if number > COUNTED else str(left)
    return found, Unknown(Reason.NOT_COLLECTED, f"{many} older jobs in the window")


def and_then(jobs: Iterable[Job], missing: Unknown | None) -> Iterator[Job]:
    """What was read, and then the gap, if any."""
    yield from jobs
    if missing is not None:
        raise FactUnknown(missing)


def window(session: AwsSession, after: str = "CreationTimeAfter") -> dict[str, str]:
    """Parameters that list the jobs of the window, newest first."""
    by, order = ("SortBy", "SortOrder") if after[0].isupper() else ("sortBy", "sortOrder")
    return {after: session.wire.since(), by: "CreationTime", order: "Descending"}


def described(session: AwsSession, call: Call, location: str, **params: str) -> Body | CallFailed:
    try:
        answer: Body = session.call(call, location, **params)
    except CallFailed as failure:
        return failure
    return answer
