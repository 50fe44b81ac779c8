"""What was asked of a pack, and what came out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

Json = dict[str, Any]


class State(StrEnum):
    SHOWN = "ok"
    NOTE = "note"
    """Said, because a reader may take it for shown."""
    OPEN = "not shown"
    """Asked for, and neither shown nor refuted."""
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Answer:
    """To one question about a pack."""

    question: str
    state: State
    text: str
    details: tuple[str, ...] = ()


@dataclass(slots=True)
class Report:
    """All answers about one pack."""

    path: Path
    answers: list[Answer] = field(default_factory=list)
    sha256: str = ""
    audit: str = ""
    as_of: str = ""
    accounts: tuple[str, ...] = ()
    keyid: str = ""
    previous: Json | None = None

    def add(self, question: str, state: State, text: str, details: Iterable[str] = ()) -> None:
        self.answers.append(Answer(question, state, text, tuple(details)))

    @property
    def worst(self) -> State:
        states = {a.state for a in self.answers}
        return next((s for s in (State.WRONG, State.OPEN) if s in states), State.SHOWN)
