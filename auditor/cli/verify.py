"""``auditor verify``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from auditor.cli import exit_codes
from auditor.evidence.answers import Answer, Report, State
from auditor.render.text import inert

SHOWN_DETAILS = 20
_VERDICTS = {
    State.SHOWN: "Everything that was asked for is shown.",
    State.OPEN: "Not everything that was asked for could be shown.",
    State.WRONG: "Do not rely on this: something in it is wrong.",
}


def verify(
    packs: Annotated[
        list[Path], typer.Argument(help="Packs; several are also checked as one series.", metavar="PACK...")
    ],
    key: Annotated[
        list[Path] | None,
        typer.Option(help="A public key you trust, in PEM, got from outside the pack; repeat if keys changed."),
    ] = None,
    replay: Annotated[
        bool, typer.Option("--replay", help="Derive every finding again from the recorded answers, and compare.")
    ] = False,
    checks: Annotated[
        list[Path] | None, typer.Option(help="Your copy of checks that did not come with the tool; repeat for more.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answers as JSON.")] = False,
) -> None:
    from auditor.evidence import sign
    from auditor.evidence.verify import chain
    from auditor.evidence.verify import verify as verify_pack

    keys = [sign.public_key(path) for path in key or ()]
    reports = [verify_pack(path, keys, replay=replay, checks=checks or ()) for path in packs]
    series = chain(reports) if len(reports) > 1 else None
    states = {r.worst for r in reports} | ({series.state} if series is not None else set())
    if as_json:
        typer.echo(json.dumps(_document(reports, series), indent=1))
    else:
        typer.echo("\n".join(_text(reports, series)))
    verdict = next((s for s in (State.WRONG, State.OPEN) if s in states), State.SHOWN)
    if not as_json:
        typer.echo(_VERDICTS[verdict])
    if State.WRONG in states:
        raise typer.Exit(exit_codes.EVIDENCE)
    if State.OPEN in states:
        raise typer.Exit(exit_codes.COVERAGE)


def _document(reports: Sequence[Report], series: Answer | None) -> dict[str, Any]:
    return {
        "packs": [
            {
                "file": str(r.path),
                "sha256": r.sha256,
                "audit": r.audit,
                "as_of": r.as_of,
                "keyid": r.keyid,
                "previous": r.previous,
                "result": r.worst,
                "answers": [_answer(a) for a in r.answers],
            }
            for r in reports
        ],
        "chain": None if series is None else _answer(series),
    }


def _answer(answer: Answer) -> dict[str, Any]:
    return {
        "question": answer.question,
        "state": answer.state,
        "text": answer.text,
        "details": list(answer.details),
    }


def _text(reports: Sequence[Report], series: Answer | None) -> Iterator[str]:
    for r in reports:
        about = f": audit {r.audit} of {r.as_of}, SHA-256 {r.sha256}" if r.sha256 else ""
        yield inert(f"{r.path}{about}")
        for answer in r.answers:
            yield from _lines(answer)
        if series is None and r.previous is not None:
            text = f"it names the pack before it, which was not given: SHA-256 {r.previous['sha256']}"
            yield from _lines(Answer("chain", State.NOTE, text))
    if series is not None:
        yield "all packs"
        yield from _lines(series)


def _lines(answer: Answer) -> Iterator[str]:
    state = answer.state.upper() if answer.state in ("wrong", "not shown") else answer.state
    yield inert(f"  {state:<9}  {answer.question:<10}  {answer.text}")
    for detail in answer.details[:SHOWN_DETAILS]:
        yield inert(f"{'':<25}- {detail}")
    if len(answer.details) > SHOWN_DETAILS:
        yield f"{'':<25}  and {len(answer.details) - SHOWN_DETAILS:,} more (--json prints all)"
