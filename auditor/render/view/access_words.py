"""The drawings of who can reach a model, in words: what stands in each box and over each arrow."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from auditor.access.alike import Alike
from auditor.access.engine.answer import TRUST_POLICY, Proof
from auditor.access.escalation import ADMIN
from auditor.access.escalation_methods import Way
from auditor.access.invokers import Surely
from auditor.access.picture import AWS_ITSELF, INVOKABLE, SERVICE_LINKED, Figure, Front, Hop, Lane
from auditor.access.world import Target, World
from auditor.render.view.common import count_text

LANES = 12
"""Chains in a drawing; the others are counted."""
NAMES = 6
"""Identities of one chain that are named in the drawing."""
LISTED = 60
"""Targets of which no drawing is made, or that share one, that are named."""
WORKLOADS = ("Function", "Notebook", "Job", "Workspace", *INVOKABLE)
"""What runs with the rights of a role, where it tells a reader more than the role's name."""

_WAYS: Mapping[Way | None, str] = {
    Way.GRANT_SELF: "gives itself rights",
    Way.UNBOUND_SELF: "takes its own boundary away",
    Way.EDIT_TRUST: "lets itself into the role",
    Way.JOIN: "joins the group",
    Way.GRANT_OTHER: "gives it rights, then acts as it",
    Way.UNBOUND_OTHER: "takes its boundary away, then acts as it",
    Way.PASS: "passes the role to something new",
    Way.ENTER: "takes over what runs as it",
    Way.CENTRAL: "adds rights by IAM Identity Center",
}
_METHODS = {
    "assume-role": "assumes the role",
    "call": "calls",
    "create-access-key": "makes an access key",
    "create-login-profile": "sets a password",
    "update-login-profile": "changes the password",
}
_LINES = {Surely.ALWAYS: "sure", Surely.CONDITIONS: "held", Surely.AT_TIMES: "held", Surely.AS_READ: "open"}
_ACTORS = ("role", "user", "service-linked role")
_PARTS = {
    "outside": "Let in from outside of the account",
    "direct": "May invoke it",
    "escalating": "Can take over one that may",
}
KINDS = {
    "Endpoint": ("endpoint", "endpoints"),
    "GenerativeDeployment": ("agent or flow", "agents and flows"),
    "AgentRuntime": ("agent runtime", "agent runtimes"),
    "AgentGateway": ("agent gateway", "agent gateways"),
    "AgentTool": ("agent tool", "agent tools"),
    "Function": ("function", "functions"),
    "Notebook": ("notebook", "notebooks"),
    "Workspace": ("workspace", "workspaces"),
    "Job": ("job", "jobs"),
    "Model": ("model", "models"),
    "ModelGroup": ("model group", "model groups"),
    "KnowledgeBase": ("knowledge base", "knowledge bases"),
    "Storage": ("bucket", "buckets"),
    "ImageRepository": ("image repository", "image repositories"),
    "Secret": ("secret", "secrets"),
    "Key": ("key", "keys"),
}
"""One and many of each, in the order of a reader's interest."""


@dataclass(frozen=True, slots=True)
class Node:
    """Somebody, or several of whom the same holds."""

    text: str
    note: str
    names: tuple[str, ...]
    more: str
    """How many others there are, with what they are."""
    id: str
    tags: tuple[tuple[str, str], ...] = ()
    """Class and text."""


@dataclass(frozen=True, slots=True)
class Arrow:
    text: str
    note: str
    """The permissions that it takes, or the statement that grants it."""
    to: Node | None
    """None: the target."""


@dataclass(frozen=True, slots=True)
class LaneView:
    who: Node
    arrows: tuple[Arrow, ...]
    line: str
    """The class that its lines are drawn in: sure, held to conditions, or open."""


@dataclass(frozen=True, slots=True)
class Part:
    title: str
    lanes: tuple[LaneView, ...]
    more: str


@dataclass(frozen=True, slots=True)
class Things:
    kind: str
    names: tuple[str, ...]
    more: int


@dataclass(frozen=True, slots=True)
class FigureView:
    anchor: str
    title: str
    kind: str
    names: tuple[tuple[str, str], ...]
    """Name and place of each target that it holds for."""
    more: int
    tags: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    nobody: str
    silent: str
    behind: tuple[Things, ...]
    fronts: tuple[str, ...]
    command: str

    @property
    def total(self) -> int:
        return len(self.names) + self.more


class Words:
    """The figures of one account in words."""

    def __init__(self, world: World, options: str) -> None:
        self.world = world
        self.options = options
        self.runs: dict[str, list[str]] = {}
        for target in (t for kind in WORKLOADS for t in world.targets if t.kind == kind):
            for role in target.runs_as:
                self.runs.setdefault(role, []).append(f"{KINDS[target.kind][0]} {target.name}")

    def figure(self, seen: Figure, where: str) -> FigureView:
        first, many = seen.targets[0], len(seen.targets)
        one, several = KINDS[first.kind]
        silent = count_text(len(seen.silent), "identity", "identities")
        return FigureView(
            anchor=where,
            title=first.name if many == 1 else f"{first.name} and {many - 1:,} more",
            kind=one if many == 1 else f"{many:,} {several}",
            names=tuple((t.name, _place(t)) for t in seen.targets[:LISTED]),
            more=max(0, many - LISTED),
            tags=tuple(_tags(seen)),
            parts=tuple(self._parts(seen)),
            nobody="" if seen.reached or seen.silent else "No identity may, by everything that was read.",
            silent=f"Of {silent} it is not known: nothing that was read lets them, and not everything was read."
            if seen.silent
            else "",
            behind=tuple(_things(seen.behind, NAMES if many == 1 else NAMES // 2)),
            fronts=tuple(map(_front, seen.fronts)),
            command=f"auditor access paths --to {shlex.quote(first.arn)} --audit FOLDER{self.options}",
        )

    def left_out(self, seen: Alike) -> str:
        number = sum(mask.bit_count() for mask, _ in seen.parts)
        others = f" and {len(seen.targets) - 1:,} more" if len(seen.targets) > 1 else ""
        return f"{seen.targets[0].name}{others}: {count_text(number, 'identity', 'identities')} directly"

    def _parts(self, seen: Figure) -> Iterable[Part]:
        most = LANES // 2
        shown = {"outside": seen.outside[:most], "direct": seen.direct[:most]}
        shown["escalating"] = seen.escalating[: LANES - len(shown["outside"]) - len(shown["direct"])]
        for name, title in _PARTS.items():
            lanes: tuple[Lane, ...] = getattr(seen, name)
            if lanes:
                left = lanes[len(shown[name]) :]
                who = len({arn for lane in left for arn in lane.who})
                noun = ("outsider", "outsiders") if name == "outside" else ("identity", "identities")
                chains = count_text(len(left), "more chain")
                more = f"and {chains}, of {count_text(who, *noun)}" if left else ""
                yield Part(title, tuple(map(self._lane, shown[name])), more)

    def _lane(self, lane: Lane) -> LaneView:
        arrows = [Arrow(_method(hop), ", ".join(hop.rights), self._node(hop.to, "", None)) for hop in lane.hops]
        through = "passes it on, " if lane.hops and lane.hops[-1].method == "call" else ""
        arrows.append(Arrow(through + _certainty(lane), "; ".join(map(_statement, lane.proof[:2])), None))
        return LaneView(self._node(lane.who, lane.what, lane.person, lane.admin), tuple(arrows), _LINES[lane.how])

    def _node(self, who: Sequence[str], what: str, person: bool | None, admin: bool = False) -> Node:
        if what and what not in _ACTORS:
            return _outsider(who, what)
        tags = (("r-person", "people"),) if person else ()
        if len(who) > 1:
            noun = f"workload {what}" if person is False and what == "role" else what
            text = count_text(len(who), noun) if what else f"one of {len(who):,} identities"
            return Node(text, "administrators" if admin else "", *_named(who), "", tags)
        (arn,) = who
        if arn == ADMIN:
            return Node("administrator", "every right", (), "", "")
        target = self.world.target(arn)
        if target is not None:
            return Node(target.name, KINDS[target.kind][0], (), "", arn)
        runs = self.runs.get(arn, [])
        others = f" and {len(runs) - 2:,} more" if len(runs) > 2 else ""
        of = f", runs {', '.join(runs[:2])}{others}" if runs else ""
        kind = "user" if ":user/" in arn else "group" if ":group/" in arn else "role"
        kind = "service-linked role" if SERVICE_LINKED in arn else kind
        known = f"{kind}, whether of people is not known" if what and person is None else kind
        return Node(short(arn), f"{known}{', administrator' if admin else ''}{of}", (), "", arn, tags)


def short(arn: str) -> str:
    """The name at the end of an ARN; of what has none, the whole."""
    return re.split("[/:]", arn)[-1]


def _named(who: Sequence[str]) -> tuple[tuple[str, ...], str]:
    return tuple(map(short, who[:NAMES])), f"and {len(who) - NAMES:,} more" if len(who) > NAMES else ""


def _outsider(who: Sequence[str], what: str) -> Node:
    tags = () if what in AWS_ITSELF else (("r-out", "outside"),)
    if len(who) > 1:
        _, more = _named(who)
        return Node(f"{len(who):,} others", "", tuple(_name(n, what) for n in who[:NAMES]), more, "", tags)
    return Node(_name(who[0], what), "", (), "", who[0] if who[0] != "*" else "", tags)


def _name(name: str, what: str) -> str:
    if name == "*":
        return "everyone, without credentials" if what == "anonymous" else "every AWS account"
    account = name if name.isdigit() else name.split(":")[4] if name.startswith("arn:") else ""
    if account and (name.isdigit() or name.endswith(":root")):
        return f"account {account}"
    return f"{short(name)} of account {account}" if account else f"{what} {name}"


def _method(hop: Hop) -> str:
    text = _METHODS.get(hop.method) or _WAYS.get(hop.way, hop.method)
    return f"{text}: {short(hop.via)}" if hop.via and hop.way is Way.ENTER else text


def _certainty(lane: Lane) -> str:
    open_ = f": {', '.join(lane.conditions)}" if lane.conditions else ""
    if lane.how is not Surely.AS_READ:
        return f"{lane.how}{open_}"
    held = f", and under conditions{open_}" if lane.conditions else ""
    return f"as far as read; not read: {', '.join(lane.missing)}{held}"


def _statement(proof: Proof) -> str:
    if proof.policy == TRUST_POLICY:
        return f"trust policy, statement {proof.statement}"
    return f"policy {short(proof.policy)}, statement {proof.statement}"


def _tags(seen: Figure) -> Iterable[tuple[str, str]]:
    who = {name: {w for lane in getattr(seen, name) for w in lane.who} for name in _PARTS}
    people = {w for name in ("direct", "escalating") for x in getattr(seen, name) if x.person for w in x.who}
    strangers = {w for lane in seen.outside if lane.what not in AWS_ITSELF for w in lane.who}
    if strangers:
        yield "r-out", count_text(len(strangers), "outsider")
    if people:
        yield "r-person", f"people: {len(people):,}"
    yield "", f"{len(who['direct']):,} directly"
    if who["escalating"]:
        yield "", f"{len(who['escalating']):,} by escalation"
    if seen.silent:
        yield "s-not_assessed", f"{len(seen.silent):,} not known"


def _place(target: Target) -> str:
    return "".join(target.arn.split(":")[3:4])


def _things(behind: Mapping[str, tuple[Target, ...]], most: int) -> Iterable[Things]:
    for kind in sorted(behind, key=lambda k: (list(KINDS).index(k) if k in KINDS else len(KINDS), k)):
        found = behind[kind]
        one, many = KINDS.get(kind, (kind, kind))
        names = tuple(t.name or short(t.arn) for t in found[:most])
        yield Things(one if len(found) == 1 else many, names, max(0, len(found) - most))


def _front(front: Front) -> str:
    callers = ", ".join(f"{_name(name, kind)} {how}" for name, kind, how in front.outsiders[:NAMES])
    return f"{KINDS[front.target.kind][0]} {front.target.name}{f', called by {callers}' if callers else ''}"
