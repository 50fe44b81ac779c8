"""Which identities of an account may use a thing - call a model, read what is stored - and how surely.

What was not read of ceilings (organization policies, permissions boundaries) can only take away access: whoever is not
listed may not, and whoever is listed *as far as read* may in truth be stopped. A pass may rest on the list, a failure
only on those who are listed more surely.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial

from auditor.access.action_sets import Use, acts
from auditor.access.engine.answer import Answer, Decision, Layer
from auditor.access.engine.principals import principal_of
from auditor.access.reach import bits, blocks, keys_of, through_s3, within
from auditor.access.world import Actor, World


class Surely(StrEnum):
    """How sure it is that an identity may do something."""

    ALWAYS = "always"
    CONDITIONS = "under conditions"
    """Which are about the caller, the network and the like."""
    AT_TIMES = "at times"
    """Until a date."""
    AS_READ = "as far as read"
    """Unless a ceiling stops it that was not read."""


_SURER = (Surely.ALWAYS, Surely.CONDITIONS, Surely.AT_TIMES, Surely.AS_READ)
_DATES = frozenset({"aws:currenttime", "aws:epochtime"})
_MET = frozenset({"aws:requestedregion", "aws:securetransport"})
"""Conditions that whoever is let in can always see to."""
LATER: Mapping[str, object] = {"aws:CurrentTime": "2999-01-01T00:00:00Z", "aws:EpochTime": "32472144000"}
"""A time after the end of every right that ends. Policies know no other times than dates."""


@dataclass(frozen=True, slots=True)
class How:
    """One way in which somebody may do something."""

    sure: bool = True
    """Nothing that was not read can stop it."""
    lasts: bool = True
    """No date ends it."""
    plain: bool = True
    """There are no conditions, those aside that the caller can always see to."""

    def __and__(self, other: How) -> How:
        """For two things of which either is of no use without the other."""
        return How(self.sure and other.sure, self.lasts and other.lasts, self.plain and other.plain)

    @property
    def surely(self) -> Surely:
        if not self.sure:
            return Surely.AS_READ
        if not self.lasts:
            return Surely.AT_TIMES
        return Surely.ALWAYS if self.plain else Surely.CONDITIONS


Ways = frozenset[How]
"""Several ways to the same. A sure one that ends and a lasting one that is not sure are both of interest."""
NO_DOUBT = frozenset({How()})


def both(one: Ways, other: Ways) -> Ways:
    return frozenset(a & b for a in one for b in other)


def best(ways: Ways) -> Surely:
    return min((how.surely for how in ways), key=_SURER.index)


def how_of(answer: Answer, later: Callable[[], Answer]) -> How | None:
    """``later`` gives the answer to the same request at :data:`LATER`; it is asked where a date decides. None for a
    denial."""
    if answer.decision is Decision.DENY:
        return None
    dated = not _DATES.isdisjoint(answer.conditions)
    return How(
        sure=answer.decision is not Decision.UNKNOWN,
        lasts=not dated or later().decision is not Decision.DENY,
        plain=answer.decision is Decision.ALLOW or _MET.issuperset(answer.conditions),
    )


def surely(answer: Answer) -> Surely | None:
    """The same for an answer that is not asked for again: a date among its conditions counts as its end."""
    how = how_of(answer, partial(Answer, Decision.DENY, ""))
    return None if how is None else how.surely


# who uses something


@dataclass(frozen=True, slots=True)
class Users:
    """Of one resource."""

    ways: Mapping[str, Ways]
    """By ARN."""
    unread: frozenset[str]
    """Those among them of whom nothing can be said, because their own policies were not all read."""

    @property
    def may(self) -> Mapping[str, Surely]:
        """All others."""
        return {arn: best(ways) for arn, ways in self.ways.items() if arn not in self.unread}


Question = tuple[str, str]
"""An action, and what it is evaluated on."""


def invokers(world: World, targets: Iterable[str]) -> Mapping[str, Users]:
    return users(world, Use.INVOKE, targets)


def users(
    world: World, use: Use, targets: Iterable[str], context: Mapping[str, object] | None = None
) -> Mapping[str, Users]:
    """Who may use each of some resources. Whoever reads a bucket needs its key as well: without ``kms:Decrypt`` an
    encrypted object is of no use. Of a resource whose own policy was not read, that is everybody. Resources with the
    same users share the answer."""
    questions = {arn: _questions(world, use, arn) for arn in dict.fromkeys(targets)}
    answers = _Answers(world)
    answers.ask((q for several in questions.values() for q in several), context or {})
    made: dict[object, Users] = {}
    found: dict[str, Users] = {}
    for arn, several in questions.items():
        keys = keys_of(world, arn) if use is Use.READ else ()
        parts = answers.parts(several)
        if (parts, keys) not in made:
            ways, unread = answers.ways(parts)
            for key in keys:
                opening = answers.opening(key)
                ways = {who: both(how, opening(who)) for who, how in ways.items() if opening(who)}
            made[parts, keys] = Users(ways, frozenset(unread & ways.keys()))
        found[arn] = made[parts, keys]
    return found


def _questions(world: World, use: Use, target: str) -> tuple[Question, ...]:
    return tuple((action, form) for action, on in acts(target, use) for form in (on, *within(world, action, on)))


@dataclass(frozen=True, slots=True)
class _Part:
    """Some identities that get the same answer."""

    who: tuple[str, ...]
    how: How
    unread: bool
    """Their own policies were not all read."""


class _Answers:
    """Each question is asked once, of all identities."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._all: list[_Part] = []
        self._of: dict[Question, list[int]] = {}

    def ask(self, questions: Iterable[Question], more: Mapping[str, object]) -> None:
        by_action: dict[str, dict[str, None]] = {}
        for question in questions:
            if question not in self._of:
                self._of[question] = []
                by_action.setdefault(question[0], {})[question[1]] = None
        for action, named in by_action.items():
            resources = tuple(named)
            for block in blocks(self._world, action, resources, more):
                first = resources[(block.resources & -block.resources).bit_length() - 1]
                later = partial(self._world.ask, block.actors[0], action, first, {**more, **LATER})
                how = how_of(block.answer, later)
                if how is not None:
                    unread = str(Layer.IDENTITY) in block.answer.missing
                    self._all.append(_Part(tuple(actor.arn for actor in block.actors), how, unread))
                    for number in bits(block.resources):
                        self._of[action, resources[number]].append(len(self._all) - 1)

    def parts(self, questions: Iterable[Question]) -> tuple[int, ...]:
        """Of all answers to some questions."""
        return tuple(number for question in questions for number in self._of[question])

    def ways(self, parts: Iterable[int]) -> tuple[dict[str, Ways], set[str]]:
        """How each identity may do it, and whose policies were not all read."""
        ways: dict[str, Ways] = {}
        unread: set[str] = set()
        for part in map(self._all.__getitem__, parts):
            alone = frozenset({part.how})
            ways.update((who, ways[who] | alone if who in ways else alone) for who in part.who)
            unread.update(part.who if part.unread else ())
        return ways, unread

    def opening(self, key: str) -> Callable[[str], Ways]:
        """How each identity may decrypt with a key on the way through S3. A key that the audit does not hold may open
        for anybody."""
        if self._world.target(key) is None:
            return lambda who: frozenset({How(sure=False)})
        question = ("kms:Decrypt", key)
        self.ask([question], through_s3(key))
        ways, _ = self.ways(self._of[question])
        return lambda who: ways.get(who, frozenset())


# who comes from outside

_STRANGER = "000000000000"
_OTHER_ORGANIZATION = "o-auditorprobe"
_FOREIGN: Mapping[str, object] = {
    "aws:PrincipalOrgID": _OTHER_ORGANIZATION,
    "aws:PrincipalOrgPaths": [f"{_OTHER_ORGANIZATION}/r-0/ou-0/"],
}
_THEIR_SIDE = frozenset({str(Layer.IDENTITY), str(Layer.SCP)})
"""Another account may grant its principals what it likes."""


def outsiders(world: World, role: Actor, own: frozenset[str]) -> Mapping[str, Surely]:
    """The principals of other accounts that the trust policy of a role lets act as it, and how surely. Those whom a
    condition holds to an organization are no outsiders, nor are the accounts of ``own``."""
    return {name: best(ways) for name, ways in let_in(world, (("sts:AssumeRole", role.arn),), own).items()}


def outside_users(world: World, use: Use, target: str, own: frozenset[str]) -> Mapping[str, Ways]:
    """The same for a use of a resource that has a policy of its own: the principals that it names."""
    found = let_in(world, _questions(world, use, target), own)
    for key in keys_of(world, target) if use is Use.READ else ():
        if world.target(key) is None:
            found = {name: both(ways, frozenset({How(sure=False)})) for name, ways in found.items()}
            continue
        opened = {
            name: _probed(world, ("kms:Decrypt", key), caller, through_s3(key))
            for name in found
            if (caller := _probe(world.partition, name))
        }
        found = {name: both(ways, opened[name]) for name, ways in found.items() if opened.get(name)}
    return found


def let_in(world: World, questions: Iterable[Question], own: frozenset[str]) -> dict[str, Ways]:
    """Principals of other accounts, by the names that policies of resources have for them. Whose canonical user is
    named is not known."""
    found: dict[str, Ways] = {}
    for question in questions:
        action, resource = question
        service, _, act = action.lower().partition(":")
        policy = world.side(action, resource).policy
        for rule in policy.allowing(service, act) if policy is not None else ():
            listed = {"AWS": ("*",)} if rule.source.not_principals is not None else rule.source.principals or {}
            for name in listed.get("AWS", ()):
                caller = _probe(world.partition, name)
                if caller is not None and caller.split(":")[4] not in own:
                    ways = _probed(world, question, caller, {})
                    if ways:
                        found[name] = found.get(name, frozenset()) | ways
            for name in listed.get("CanonicalUser", ()):
                found[name] = frozenset({How(sure=False)})
    return found


def _probe(partition: str, name: str) -> str | None:
    """Somebody whom a name in a policy stands for; none for the id of a principal that no longer exists."""
    account = _STRANGER if name == "*" else name if name.isdigit() else "".join(name.split(":")[4:5])
    if not account:
        return None
    if name == "*" or name.isdigit() or name.endswith(":root"):
        return f"arn:{partition}:iam::{account}:role/auditor-probe"
    return name


def _probed(world: World, question: Question, caller: str, more: Mapping[str, object]) -> Ways:
    """How somebody of another organization may do something, whose own account grants everything."""
    action, resource = question
    context = {**_FOREIGN, **more}

    def asked(at: Mapping[str, object]) -> Answer:
        found = world.ask_outsider(principal_of(caller), action, resource, {**context, **at})
        if found.otherwise is None or not _THEIR_SIDE.issuperset(found.missing):
            return found
        return replace(found, decision=found.otherwise, missing=(), otherwise=None)

    how = how_of(asked({}), partial(asked, LATER))
    return frozenset() if how is None else frozenset({how})
