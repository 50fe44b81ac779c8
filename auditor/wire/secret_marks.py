"""What a redacted value says about the secret that may have been in it.

Values of variables, hyperparameters and scripts are replaced before anything is parsed. The token that takes the place
of one says what the detector thought of it, so that collectors can report a secret they never see.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from auditor.model.facts import Fact, Known, Reason, Unknown

TOKEN = re.compile(r"\[redacted:(?P<kind>[a-z-]+):(?P<digest>[0-9a-f]{10})(?::(?P<verdict>[a-z0-9+-]+))?\]")
CLEAN = "clean"
"""The verdict on a value in which nothing was found."""


def suspicion(value: object) -> Fact[str]:
    """The detectors that took a redacted value for a secret, joined by ``+``; empty for none.

    Values that were never looked at (another kind of field, a recording of an older version) are unknown.
    """
    if value == "":
        return Known("")
    found = TOKEN.fullmatch(value) if isinstance(value, str) else None
    if found is None or found["verdict"] is None:
        return Unknown(Reason.NOT_BUILT, "secrets were not looked for: the extra 'inspect' is not installed")
    return Known("" if found["verdict"] == CLEAN else found["verdict"])


def secrets_in(variables: Mapping[str, object] | Iterable[tuple[str, object]]) -> Fact[tuple[str, ...]]:
    """``NAME (detector)`` for every redacted value that looks like a secret. One that was not looked at makes the
    answer unknown unless another one already settles it."""
    pairs = variables.items() if isinstance(variables, Mapping) else variables
    found: list[str] = []
    unknown: Unknown | None = None
    for name, value in sorted(pairs, key=lambda pair: pair[0]):
        verdict = suspicion(value)
        if isinstance(verdict, Unknown):
            unknown = verdict if unknown is None else unknown
        elif verdict.value:
            found.append(f"{name} ({verdict.value})")
    if unknown is not None and not found:
        return unknown
    return Known(tuple(found), {"secrets": list(found)})
