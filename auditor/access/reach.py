"""Who can do something to something, for all actors and resources of an account at once.

An account of thousands of roles has millions of pairs, but few that differ. Actors with the same policies that speak of
an action get the same answer, and so do resources that the same patterns of those policies match. Each such block is
evaluated once; everybody else is denied, because nothing that was read, nor anything that was not, speaks for them. The
answers are those of :meth:`World.ask` for every pair, which a property test holds them to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from auditor.access.action_sets import Use, acts, evaluated_arn, kind_of
from auditor.access.engine.actions import evaluated_on, snapshot
from auditor.access.engine.answer import BEST_FIRST, Answer, Decision, better
from auditor.access.engine.patterns import resource_matches
from auditor.access.engine.policies import Rule
from auditor.access.engine.principals import Kind, Principal, principal_of
from auditor.access.reach_index import Asked, asked
from auditor.access.request_keys import region_of
from auditor.access.world import Actor, World

Row = tuple[Actor, str, Answer]
Context = Mapping[str, object]
ELSEWHERE = "000000000000"
"""Stands for any account but this one."""


@dataclass(frozen=True, slots=True)
class Block:
    """Actors that get the same answer on the same resources. It is never a denial."""

    actors: tuple[Actor, ...]
    resources: int
    """Bit n stands for the resource of number n."""
    answer: Answer


def bits(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def blocks(
    world: World,
    action: str,
    resources: Sequence[str],
    context: Context | None = None,
    actors: tuple[Actor, ...] | None = None,
    *,
    alike: bool = False,
) -> Iterator[Block]:
    """Every pair of an actor and a resource that is not denied, in blocks that share no pair. ``alike``: the proofs
    need be those of one pair of a block only."""
    resources = [evaluated_on(action, resource) for resource in resources]
    question = asked(world, action, resources, world.actors if actors is None else actors, alike=alike)
    for side in question.sides:
        for group in question.groups_for(side):
            wanted = question.candidates(group, side)
            if not wanted:
                continue
            for members in question.told_apart(group, side):
                for mask in question.split(group, wanted):
                    resource = resources[(mask & -mask).bit_length() - 1]
                    answer = world.ask(members[0], action, resource, context)
                    if answer.decision is not Decision.DENY:
                        yield Block(members, mask, answer)


def reach(
    world: World, questions: Iterable[tuple[str, str]], context: Context | None = None
) -> dict[tuple[str, str], tuple[Row, ...]]:
    """For each action and resource, every actor that is not denied."""
    by_action: dict[str, dict[str, None]] = {}
    for action, resource in questions:
        by_action.setdefault(action, {})[resource] = None
    found: dict[tuple[str, str], tuple[Row, ...]] = {}
    for action, named in by_action.items():
        resources = tuple(named)
        rows: list[list[tuple[Row, ...]]] = [[] for _ in resources]
        for block in blocks(world, action, resources, context):
            shared = tuple((actor, action, block.answer) for actor in block.actors)
            for number in bits(block.resources):
                rows[number].append(shared)
        for resource, parts in zip(resources, rows, strict=True):
            found[action, resource] = tuple(row for part in parts for row in part)
    return found


def who_can(world: World, actions: Iterable[str], target_arn: str) -> tuple[Row, ...]:
    """Every actor that is not denied one of these actions on a target, with the answer. Actions are evaluated on the
    form of resource that they know (:func:`action_sets.evaluated_arn`); where that is any one of many, such as the
    objects of a bucket, the answer is the best that any of them gets."""
    return who_can_each(world, [(action, evaluated_arn(action, target_arn)) for action in actions])


def who_may(world: World, use: Use, target_arn: str) -> tuple[Row, ...]:
    """The same for a use of a target: invoke, read or change."""
    return who_can_each(world, acts(target_arn, use))


def who_can_each(world: World, questions: Sequence[tuple[str, str]], context: Context | None = None) -> tuple[Row, ...]:
    forms = {(action, on): (on, *within(world, action, on)) for action, on in questions}
    found = reach(world, ((action, on) for (action, _), names in forms.items() for on in names), context)
    rows: list[Row] = []
    for (action, _), names in forms.items():
        if len(names) == 1:
            rows.extend(found[action, names[0]])
            continue
        best: dict[str, Row] = {}
        for row in (row for on in names for row in found[action, on]):
            kept = best.get(row[0].arn)
            if kept is None or better(row[2], kept[2]):
                best[row[0].arn] = row
        rows.extend(best.values())
    return tuple(rows)


def who_can_invoke_all(world: World, target_arns: Iterable[str]) -> dict[str, tuple[Row, ...]]:
    """Who may invoke each of many targets."""
    questions = {arn: acts(arn, Use.INVOKE) for arn in target_arns}
    plain = [q for several in questions.values() for q in several if not q[1].endswith("*")]
    found = reach(world, plain)
    rows: dict[str, tuple[Row, ...]] = {}
    for arn, several in questions.items():
        parts = [found[q] if q in found else who_can_each(world, [q]) for q in several]
        rows[arn] = tuple(row for part in parts for row in part)
    return rows


def readers(world: World, target_arn: str) -> tuple[Row, ...]:
    """Who may read a target, with what else it takes."""
    return with_the_rest(world, target_arn, who_may(world, Use.READ, target_arn))


def with_the_rest(
    world: World, target_arn: str, rows: tuple[Row, ...], context: Context | None = None
) -> tuple[Row, ...]:
    """Of those who may read a target, those who may do the rest that it takes: decrypt, because without its key an
    encrypted object is of no use, and get the layers of an image. Of a bucket's actions, either will do."""
    if kind_of(target_arn) == "ecr:repository":
        first, *others = acts(target_arn, Use.READ)
        return _with(tuple(r for r in rows if r[1] == first[0]), [r for r in rows if r[1] == others[0][0]])
    if kind_of(target_arn) not in ("s3:bucket", "s3:object"):
        return rows
    for key in keys_of(world, target_arn):
        if world.target(key) is None:
            rows = tuple((actor, action, both(answer, _KEY_UNREAD)) for actor, action, answer in rows)
            continue
        through = {**(context or {}), **through_s3(key)}
        rows = _with(rows, who_can_each(world, [("kms:Decrypt", key)], through))
    return rows


_KEY_UNREAD = Answer(
    Decision.UNKNOWN,
    "not read: the policy of its key",
    missing=("the policy of its key",),
    otherwise=Decision.ALLOW,
)


def keys_of(world: World, target_arn: str) -> tuple[str, ...]:
    """Those that what is stored in a bucket is encrypted with. An alias stands for a key that the audit does not
    hold."""
    holder = world.holder(target_arn) if ":s3:::" in target_arn else None
    return tuple(arn for arn in (holder.leads_to if holder is not None else ()) if ":kms:" in arn)


def through_s3(key: str) -> Context:
    """S3 calls KMS for whoever reads (KMS developer guide, "kms:ViaService"; S3 user guide, "Using server-side
    encryption with AWS KMS keys"). The key is in the region of the bucket."""
    suffix = "amazonaws.com.cn" if key.startswith("arn:aws-cn:") else "amazonaws.com"
    return {"kms:ViaService": f"s3.{region_of(key)}.{suffix}", "aws:ViaAWSService": "true"}


def _with(rows: Iterable[Row], needed: Iterable[Row]) -> tuple[Row, ...]:
    """Of each actor the worse of two answers, with the proofs of both."""
    others = {actor.arn: answer for actor, _, answer in needed}
    found: list[Row] = []
    for actor, action, answer in rows:
        other = others.get(actor.arn)
        if other is not None:
            found.append((actor, action, both(answer, other)))
    return tuple(found)


def both(one: Answer, other: Answer) -> Answer:
    """The answer to two requests of which either is of no use without the other."""
    worse, rest = (other, one) if better(one, other) else (one, other)
    lasting = max((a.otherwise or a.decision for a in (one, other)), key=BEST_FIRST.index)
    return replace(
        worse,
        proof=(*worse.proof, *rest.proof),
        conditions=tuple(sorted({*worse.conditions, *rest.conditions})),
        missing=tuple(dict.fromkeys((*worse.missing, *rest.missing))),
        otherwise=lasting if worse.decision is Decision.UNKNOWN else None,
    )


# resources that stand for any one


def within(world: World, action: str, resource: str) -> tuple[str, ...]:
    """For a resource that ends in ``/*``: those within it that policies tell from the rest, one for each pattern."""
    if not resource.endswith("/*"):
        return ()
    prefix = resource[:-1]
    depth = prefix.count("/")
    question = asked(world, action, (), world.actors)
    rules = list(question.granting_rules())
    side = world.side(action, resource)
    if side.policy is not None:
        rules.extend(side.policy.allowing(question.service, question.name))
    found: dict[str, None] = {}
    for rule in rules:
        for pattern in rule.source.resources:
            parts = pattern.split("/", depth)
            head = "/".join((*parts[:depth], ""))
            if len(parts) > depth and "${" not in pattern and resource_matches(head, prefix, False):
                found[prefix + parts[depth]] = None
    found.pop(resource, None)
    return tuple(found)


def somewhere(
    world: World, actor: Actor, action: str, context: Context | None = None, actors: tuple[Actor, ...] = ()
) -> Answer | None:
    """The best answer that an actor gets to an action on any resource at all, such as one that it is about to make;
    None where all are denied. Resources are made up after the patterns of its policies, and policies of resources have
    no say. ``actors`` are those that it is one of, if not the world's."""
    question = asked(world, action, (), actors or world.actors)
    group = question.group_of[actor.arn]
    return _best_of(world, group.actors[0], action, context, question, group.rules) if group.holds else None


def holding(
    world: World, action: str, context: Context | None, actors: tuple[Actor, ...]
) -> Iterator[tuple[Sequence[Actor], Answer]]:
    """Everybody who gets an answer from :func:`somewhere`, those with the same at once."""
    question = asked(world, action, (), actors)
    for group in question.groups:
        if group.holds:
            answer = _best_of(world, group.actors[0], action, context, question, group.rules)
            if answer is not None:
                yield group.actors, answer


def _best_of(
    world: World, actor: Actor, action: str, context: Context | None, question: Asked, rules: Iterable[Rule]
) -> Answer | None:
    best: Answer | None = None
    for resource in _made_up(world, question, rules):
        answer = world.ask(actor, action, resource, context)
        if answer.decision is not Decision.DENY and (best is None or better(answer, best)):
            best = answer
            if best.decision is Decision.ALLOW:
                break
    return best


_PART = re.compile(r"\$\{[^}]*\}|[*?]+")
_PLACE = re.compile(r"\$\{(\w+)\}")
MOST = 40
"""Patterns that are tried."""


def _made_up(world: World, question: Asked, rules: Iterable[Rule]) -> tuple[str, ...]:
    if evaluated_on(question.key, "") == "*":
        return ("*",)
    known, formats = _formats(world, question)
    fitting = [re.compile(re.escape(form).replace("x\\-any", ".*")) for form in formats]
    found = dict.fromkeys(formats)
    for rule in rules:
        for pattern in rule.source.resources if rule.allow else ():
            fields = pattern.split(":", 5)
            if len(fields) < 6:
                continue
            likely = {1: world.partition, 2: question.service, 4: world.account}
            fields = [likely[n] if n in likely and _PART.search(f) else f for n, f in enumerate(fields)]
            made = _PART.sub("x-any", ":".join(fields))
            if any(form.fullmatch(made) for form in fitting) if known else fields[2] == question.service:
                found[made] = None
    return tuple(found)[:MOST]


def _formats(world: World, question: Asked) -> tuple[bool, tuple[str, ...]]:
    """An ARN of each type of resource that the action knows, all that it names made up; and whether these are known."""
    filled = {"Partition": world.partition, "Account": world.account, "Region": "x-any"}
    data = snapshot()
    found = [
        _PLACE.sub(lambda place: filled.get(place[1], "x-any"), form)
        for kind in data.resource_types(question.key) or ()
        for form in data.arn_formats(question.service, kind) or ()
    ]
    made_up = f"arn:{world.partition}:{question.service}:x-any:{world.account}:x-any"
    return bool(found), tuple(dict.fromkeys(found)) or (made_up,)


# callers that are none of the account's own


@dataclass(frozen=True, slots=True)
class Outsider:
    """A caller that a target's own policy names and that is no actor of the account."""

    name: str
    """As the policy has it: ``*`` for everybody."""
    kind: str


def outsiders(world: World, actions: Iterable[str], target_arn: str) -> tuple[tuple[Outsider, str, Answer], ...]:
    """Everybody else that the target's own policy lets do one of these actions: anonymous callers and accounts of
    whoever, other accounts, services, identity providers. What another account grants to its own is not read, so that
    its principals are *unknown*, and *otherwise* says what the policy gives them."""
    found: list[tuple[Outsider, str, Answer]] = []
    for action in actions:
        resource = evaluated_arn(action, target_arn)
        policy = world.side(action, resource).policy
        service, _, name = action.lower().partition(":")
        callers: dict[Outsider, Principal] = {}
        for rule in policy.allowing(service, name) if policy is not None else ():
            for outsider, caller in _named(rule, world.account):
                callers.setdefault(outsider, caller)
        for outsider, caller in callers.items():
            best: Answer | None = None
            for on in (resource, *within(world, action, resource)):
                answer = world.ask_outsider(caller, action, on)
                best = answer if best is None or better(answer, best) else best
            if best is not None and best.decision is not Decision.DENY:
                found.append((outsider, action, best))
    return tuple(found)


def _named(rule: Rule, account: str) -> Iterator[tuple[Outsider, Principal]]:
    if rule.source.not_principals is not None:
        yield from _everyone()
    for kind, names in (rule.source.principals or {}).items():
        for name in names:
            if name == "*" and kind == "AWS":
                yield from _everyone()
            elif kind == "AWS":
                yield from _of_account(name, account)
            elif kind == "Federated":
                yield Outsider(name, "identity provider"), Principal(name, Kind.IDENTITY_PROVIDER)
            elif kind == "Service":
                yield Outsider(name, "service"), Principal(name, Kind.SERVICE)
            else:
                yield Outsider(name, "canonical user"), Principal(name, Kind.OTHER)


def _everyone() -> Iterator[tuple[Outsider, Principal]]:
    yield Outsider("*", "anonymous"), principal_of("*")
    yield Outsider("*", "any account"), principal_of(f"arn:aws:iam::{ELSEWHERE}:role/x-any")


def _of_account(name: str, account: str) -> Iterator[tuple[Outsider, Principal]]:
    found = re.fullmatch(r"(?:arn:[a-z-]+:iam::)?(\d{12})(?::root)?", name)
    caller = principal_of(f"arn:aws:iam::{found[1]}:role/x-any") if found else principal_of(name)
    if caller.account != account:
        yield Outsider(name, "account" if found else "principal of another account"), caller
