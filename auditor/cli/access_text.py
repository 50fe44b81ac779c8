"""The answers of ``auditor access`` for people: what it comes to first, then what it rests on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

Json = dict[str, Any]
ANSWERS = {"allow": "Yes", "conditional": "Under conditions", "deny": "No", "unknown": "Not known"}
TOGETHER = 4
"""As many whom the same statements let are listed together."""
_KINDS: tuple[tuple[bool | None, str, str], ...] = (
    (True, "People", "of people"),
    (False, "Workloads", "of workloads"),
    (None, "Whether people sign in as these is not known", "of which that is not known"),
)


def who_can(found: Json) -> Iterable[str]:
    does = f"do {found['action']} on" if ":" in found["action"] else found["action"]
    yield f"Who can {does} {_noun(found['kind'])} {found['name']}"
    yield f"  {found['resource']}"
    if found["actions"] != [found["action"]]:
        yield f"  by {', '.join(found['actions'])}"
    yield from _given(found)
    sure = [one for one in found["may"] if one["decision"] != "unknown"]
    unsure = [one for one in found["may"] if one["decision"] == "unknown" and one["granted"]]
    silent = len(found["may"]) - len(sure) - len(unsure)
    yield ""
    yield _summary(sure, unsure, found["outsiders"])
    yield from _group("From outside of the account", found["outsiders"], _outsider)
    for person, title, _ in _KINDS:
        yield from _group(title, [one for one in sure if one["person"] is person], _alike)
    yield from _group("Not known, because something that could forbid or grant it was not read", unsure, _alike)
    if silent:
        more = "more " if sure or unsure else ""
        number = _number(silent, f"{more}identity", f"{more}identities")
        yield ""
        yield f"Of {number} it is not known; nothing that was read lets them. --json lists them."
    yield from _unread(found)


def _noun(kind: str) -> str:
    """``AgentGateway`` as people write it."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind).lower()


def _summary(sure: Sequence[Json], unsure: Sequence[Json], outsiders: Sequence[Json]) -> str:
    said = []
    if sure:
        parts = ", ".join(f"{n:,} {words}" for p, _, words in _KINDS if (n := sum(x["person"] is p for x in sure)))
        said.append(f"{_number(len(sure), 'identity', 'identities')} may: {parts}.")
    if unsure:
        said.append(f"{_number(len(unsure), 'identity', 'identities')} may as far as read.")
    if not said:
        said.append("By what was read, no identity of the account may.")
    if outsiders:
        said.append(f"The resource's own policy lets in {_number(len(outsiders), 'outsider')}.")
    return " ".join(said)


def _group(title: str, rows: Sequence[Json], lines: Callable[[Sequence[Json]], Iterable[str]]) -> Iterable[str]:
    if rows:
        yield ""
        yield f"{title} ({len(rows):,})"
        yield from lines(rows)


def _each(lines: Callable[[Json], Iterable[str]]) -> Callable[[Sequence[Json]], Iterable[str]]:
    return lambda rows: (line for row in rows for line in lines(row))


def _alike(rows: Sequence[Json]) -> Iterable[str]:
    """Those whom the same statements let stand together, with the statements once."""
    groups: dict[tuple[str, ...], list[Json]] = {}
    for row in rows:
        groups.setdefault((_how(row), *dict.fromkeys(row["proof"])), []).append(row)
    for (how, *proof), several in groups.items():
        if len(several) < TOGETHER:
            for one in several:
                yield f"  {_named(one)}: {how}"
                yield from (f"      {line}" for line in proof)
                yield from _open_to(one, "      ")
            continue
        yield f"  {how}, {len(several):,} of them by the same:"
        yield from (f"      {line}" for line in proof)
        for one in several:
            yield f"    {_named(one)}"
            yield from _open_to(one, "        ")


def _named(one: Json) -> str:
    """Who is not known for sure stands apart from people and workloads."""
    if one["decision"] != "unknown":
        return str(one["identity"])
    person = {True: " (people)", False: "", None: " (whether people sign in is not known)"}
    return f"{one['identity']}{person[one['person']]}"


def _open_to(one: Json, margin: str) -> Iterable[str]:
    yield from (f"{margin}open to {x['name']} from outside, {x['surely']}" for x in one["open_to"])


@_each
def _outsider(other: Json) -> Iterable[str]:
    how = _how(other) if other["decision"] != "unknown" else "if its own account lets it"
    yield f"  {other['name']} ({other['kind']}), {other['action']}: {how}"
    yield from _proof(other, "      ")


def _how(one: Json) -> str:
    if one["decision"] == "unknown":
        return f"not known ({one['because']}){_without(one)}"
    conditions = f" ({', '.join(one['conditions'])})" if one["conditions"] else ""
    return f"{one['surely']}{conditions}"


def _without(one: Json) -> str:
    return "" if one["otherwise"] is None else f"; but for that, {ANSWERS[one['otherwise']].lower()}"


def _proof(one: Json, margin: str) -> Iterable[str]:
    yield from (f"{margin}{proof}" for proof in dict.fromkeys(one["proof"]))


def _given(found: Json) -> Iterable[str]:
    if found["context"]:
        values = (
            f"{key}={value}" for key, given in found["context"].items() for value in ([given], given)[_many(given)]
        )
        yield f"  given {', '.join(values)}"
    yield from (f"  {note}" for note in found["notes"])


def _many(given: object) -> bool:
    return isinstance(given, list)


def can(found: Json) -> Iterable[str]:
    yield f"{ANSWERS[found['decision']]}: {found['because']}"
    yield f"  {found['principal']}"
    yield f"  {found['action']} on {found['resource']}"
    yield from _given(found)
    if found["proof"]:
        yield ""
        yield "By"
        yield from _proof(found, "  ")
    yield from _to_settle(found)
    if found["decision"] != "deny":
        yield from _unread(found)


def _to_settle(found: Json) -> Iterable[str]:
    if found["decision"] == "unknown" and found["otherwise"] is not None:
        yield ""
        yield f"Without what was not read it would be: {ANSWERS[found['otherwise']].lower()}"
    if found["conditions"]:
        yield ""
        yield f"Open: {', '.join(found['conditions'])}. --context {found['conditions'][0]}=VALUE settles one."


def paths(found: Json) -> Iterable[str]:
    admin = found["use"] is None
    yield "Ways to administrator" if admin else f"Ways to {found['use']} {_noun(found['kind'])} {found['name']}"
    if not admin:
        yield f"  {found['to']}"
    there = [one for one in found["paths"] if not one["steps"]]
    others = [one for one in found["paths"] if one["steps"]]
    yield ""
    if found["paths"]:
        number = _number(len(found["paths"]), "identity has", "identities have")
        unsure = sum(one["decision"] == "unknown" for one in found["paths"])
        doubt = f" Of {unsure:,} it is not known whether something that was not read stops them." if unsure else ""
        yield f"{number} one: {len(there):,} by themselves, {len(others):,} by what they can take over.{doubt}"
    else:
        yield "By what was read, no identity of the account has one."
    yield from _group("Administrators" if admin else "By themselves", there, _there)
    yield from _group("By what they can take over", others, _each(lambda one: _chain(one, found)))
    if found["not_known"]:
        number = _number(len(found["not_known"]), "identity", "identities")
        yield ""
        yield f"Of {number} it is not known; nothing that was read gives them a way. --json lists them."
    for one in found["not_looked_up"]:
        yield ""
        yield f"AWS's list of actions lacks {', '.join(one['actions'])}: {one['method']} is looked for by name only."
    yield from _unread(found)


@_each
def _there(one: Json) -> Iterable[str]:
    yield f"  {_who(one)}"
    yield from _proof(one["last"], "      ")


def _who(one: Json) -> str:
    people = " (people)" if one["person"] else ""
    last = one["last"]
    why = f" ({last['because']})" if one["decision"] == "unknown" and not one["steps"] else ""
    conditions = f" ({', '.join(last['conditions'])})" if last["conditions"] and not one["steps"] else ""
    return f"{one['identity']}{people}: {ANSWERS[one['decision']].lower()}{why or conditions}{_without(one)}"


def _chain(one: Json, found: Json) -> Iterable[str]:
    yield f"  {_who(one)}"
    for number, step in enumerate(one["steps"], 1):
        sure = "" if step["decision"] == "allow" else f": {ANSWERS[step['decision']].lower()}"
        doubt = f", if {step['doubt']}" if step["doubt"] else ""
        yield f"      {number}. {step['words']}{sure}{doubt}"
        proofs = dict.fromkeys(proof for right in step["rights"] for proof in right["proof"])
        yield from (f"           {proof}" for proof in proofs)
    if found["use"] is not None:
        yield f"      {len(one['steps']) + 1}. {found['use']} {found['name']}: {one['last']['because']}"
        yield from _proof(one["last"], "           ")


def _unread(found: Json) -> Iterable[str]:
    if found["unread"]:
        yield ""
        yield "As far as read:"
        yield from (f"  {line}" for line in found["unread"])


def _number(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"
