"""``summary.md``: the audit in a screenful, for a pull request or a chat."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from auditor.controls import Outcome
from auditor.model.facts import Reason
from auditor.model.maturity import Layer
from auditor.render.markdown_text import code, link, words
from auditor.render.view.common import count_text, provider_label, utc

LENGTH = 65_000
"""A comment on GitHub holds 65,536 characters; a longer one is refused as a whole."""
ACCOUNTS, FAILURES, ROWS, SETTLING = 20, 5, 10, 3
SENTENCE = 200
Json = Mapping[str, Any]


def pieces(document: Json) -> Iterator[str]:
    """``summary.md`` in pieces."""
    yield from _fit(_lines(document))


def _lines(document: Json) -> Iterator[str]:
    names = {(s["provider"], s["account"]): s["name"] for s in document["scopes"]}
    yield "## Security posture of AI workloads"
    yield ""
    tool = document["tool"]
    yield (
        f"As of {_time(document['as_of'])}, audit {code(document['id'])}, "
        f"{words(tool['name'])} {words(tool['version'])}."
    )
    yield from _notices(document)
    yield from _accounts(document["score"]["accounts"])
    yield from _not_assessed(document, names)
    yield from _fix_first(document, names)
    yield from _accepted(document)
    yield from _frameworks(document["frameworks"])


def _time(text: str) -> str:
    """An ISO time as people read it; anything else as code."""
    shown = utc(text)
    return code(text) if shown == text else shown


def _notices(document: Json) -> Iterator[str]:
    """Whatever limits what the numbers below show."""
    found = [
        f"**{provider_label(f['provider'])} was not read**: {code(f['message'], SENTENCE)}"
        for f in document["failures"][:FAILURES]
    ]
    if document["interrupted"]:
        found.append("**The run was interrupted.** What had not been read by then is not assessed.")
    if document["defects"]:
        number = count_text(len(document["defects"]), "defect")
        found.append(f"**{number} in this tool**, from which nothing was concluded: {code(document['defects'][0])}")
    if document["selection"]:
        chosen = "; ".join(f"{name} {', '.join(map(str, v))}" for name, v in document["selection"].items() if v)
        found.append(f"**The run was filtered**, so there is no level: {code(chosen, SENTENCE)}")
    if document["synthetic"]:
        made_up = sum(call["synthetic"] for call in document["calls"])
        found.append(
            f"**Synthetic answers**: fixtures of this tool answered {made_up:,} of {len(document['calls']):,} calls. "
            "What rests on them says nothing about a real account."
        )
    if document["replayed"]:
        found.append("Made again from a recording; no provider was asked.")
    if found:
        yield ""
        yield from (f"- {notice}" for notice in found)


def _accounts(scores: Sequence[Json]) -> Iterator[str]:
    """The lowest first, so that a cut takes the best away."""
    if not scores:
        yield ""
        yield "**No account could be read.**"
        return
    lowest = sorted(scores, key=lambda s: (_level(s["verified_level"]), _level(s["possible_level"])))
    yield ""
    columns = ("Account", "Level, verified / possible", *(x.value.capitalize() for x in Layer), "Coverage")
    yield f"| {' | '.join(columns)} |"
    yield "|" + "---|" * len(columns)
    for score in lowest[:ACCOUNTS]:
        given = score["layers"] if score["verified_level"] is not None else {}
        layers = (_levels(given[x.value]) if x.value in given else "none" for x in Layer)
        yield (
            f"| {provider_label(score['provider'])} {code(score['name'] or score['account'])} | **{_levels(score)}** | "
            f"{' | '.join(layers)} | {_coverage(score['coverage'])} |"
        )
    yield ""
    if len(scores) > ACCOUNTS:
        yield f"These are the lowest {ACCOUNTS} of {len(scores):,} accounts."
    because = sorted({s["no_level_because"] for s in scores if s["no_level_because"]})
    if because:
        yield f"No level is given where {' or '.join(map(words, because))}."
    yield (
        "A level is verified where everything it asks for was read and holds, and possible where nothing that was read "
        "rules it out. 0 is below Foundation, 4 is the highest. Coverage is the share of questions that were answered."
    )


def _level(level: int | None) -> int:
    return 9 if level is None else level


def _levels(levels: Json) -> str:
    verified, possible = levels["verified_level"], levels["possible_level"]
    return f"{'none' if verified is None else verified} / {'none' if possible is None else possible}"


def _where(provider: str, account: str, names: Mapping[tuple[str, str], str]) -> str:
    return f"{provider_label(provider)} {code(names.get((provider, account)) or account)}"


def _coverage(coverage: Json) -> str:
    return f"{coverage['percent']} % of {coverage['asked']:,}" if coverage["asked"] else "nothing to ask"


def _not_assessed(document: Json, names: Mapping[tuple[str, str], str]) -> Iterator[str]:
    """Why, and the permissions to grant first."""
    unknown = [f for f in document["findings"] if f["unknown"] is not None]
    yield ""
    yield "### Not assessed"
    yield ""
    if document["failures"]:
        failed = sorted({provider_label(f["provider"]) for f in document["failures"]})
        yield f"Nothing of {' and '.join(failed)} was read, so none of its questions are counted here."
    if not document["coverage"]["asked"]:
        yield "There was no question to answer."
        return
    if not unknown:
        yield "Every question that was asked was answered."
        return
    reasons = Counter(f["unknown"]["reason"] for f in unknown)
    told = "; ".join(f"{number:,}, {Reason(reason).label}" for reason, number in _most(reasons))
    yield f"{count_text(len(unknown), 'question')} of {document['coverage']['asked']:,} without an answer: {told}."
    granting = [row for row in document["settle_first"] if row["permissions"]]
    for row in granting[:SETTLING]:
        needed = ", ".join(code(p) for p in row["permissions"][:ROWS])
        more = f" and {len(row['permissions']) - ROWS} more" if len(row["permissions"]) > ROWS else ""
        where = _where(row["provider"], row["account"], names)
        yield f"- {needed}{more} in {where} would settle {count_text(row['questions'], 'question')}"
    if len(granting) > SETTLING:
        yield f"- and {count_text(len(granting) - SETTLING, 'further set')} of permissions in the report"


def _fix_first(document: Json, names: Mapping[tuple[str, str], str]) -> Iterator[str]:
    rows = document["fix_first"]
    if not rows:
        return
    checks = {c["id"]: c for c in document["checks"]}
    yield ""
    yield f"### Fix first ({min(ROWS, len(rows))} of {len(rows):,})"
    yield ""
    for row in rows[:ROWS]:
        where = (
            f"{provider_label(row['provider'])} {code(names.get((row['provider'], row['account'])) or row['account'])}"
        )
        notes = [count_text(row["resources"], "resource")]
        if row["raises"]:
            notes.append(f"raises the level of the {words(row['raises'])}")
        if row["charges"]:
            notes.append("the provider charges for it")
        url = checks[row["check"]]["providers"][row["provider"]]["url"]
        yield (
            f"1. **{words(row['severity'])}**, level {row['level']}: {link(row['title'], url)} "
            f"({', '.join((where, *notes))})"
        )


def _accepted(document: Json) -> Iterator[str]:
    """Risks that somebody accepted, and acceptances that have run out: those failures count as open again."""
    titles = {c["id"]: c["title"] for c in document["checks"]}
    accepted = Counter(
        (f["exemption"]["expires"], f["check"], f["exemption"]["owner"], f["exemption"]["reason"])
        for f in document["findings"]
        if f["exemption"] is not None
    )
    expired = sorted(
        (e["expires"], e["check"], e["owner"]) for e in document.get("exemptions", ()) if e["state"] == "expired"
    )
    if not accepted and not expired:
        return
    yield ""
    yield "### Accepted risks"
    yield ""
    for (expires, check, owner, reason), number in sorted(accepted.items())[:ROWS]:
        what = f"{words(titles.get(check, check))}, {count_text(number, 'failure')}"
        yield f"- {what}: accepted by {code(owner)} until {words(expires)}, {code(reason, SENTENCE)}"
    if len(accepted) > ROWS:
        yield f"- and {len(accepted) - ROWS:,} more in the report"
    for expires, check, owner in expired[:ROWS]:
        yield f"- **Expired** {words(expires)}: {words(titles.get(check, check))}, owner {code(owner)}"
    if len(expired) > ROWS:
        yield f"- and {len(expired) - ROWS:,} more expired"


def _frameworks(frameworks: Sequence[Json]) -> Iterator[str]:
    yield ""
    yield "### Controls"
    yield ""
    yield "| Framework | " + " | ".join(o.label.capitalize() for o in Outcome) + " |"
    yield "|---|" + "---|" * len(Outcome)
    for framework in frameworks:
        found = Counter(control["outcome"] for control in framework["controls"])
        numbers = " | ".join(f"{found[o.value]:,}" for o in Outcome)
        yield f"| {words(framework['title'])}, {words(framework['edition'])} | {numbers} |"
    yield ""
    yield "What a control needs beside these results, and whether it is met, is for an assessor to say."


def _most(found: Counter[Any]) -> list[tuple[Any, int]]:
    """The most frequent first; equals in their own order, not in that of the run."""
    return sorted(found.items(), key=lambda item: (-item[1], item[0]))


def _fit(lines: Iterable[str]) -> Iterator[str]:
    """Whole lines, up to the length that a comment may have; what does not fit is left out, and that is said."""
    cut = "\n**Cut here: the rest is in the report.**\n"
    left = LENGTH - len(cut)
    for line in lines:
        if len(line) + 1 > left:
            yield cut
            return
        left -= len(line) + 1
        yield f"{line}\n"
