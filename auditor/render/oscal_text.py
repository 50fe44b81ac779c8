"""Ids and texts as OSCAL takes them: tokens for control ids, markup, properties in our own namespace."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from auditor.render.interchange import NAMESPACE
from auditor.render.text import inert

Json = dict[str, Any]

_SAFE = re.compile(r"[A-Za-z0-9.-]")
_GROUPED = re.compile(r"([^()]*)((?:\([A-Za-z0-9.-]+\))*)")
_CATALOGS: dict[str, Callable[[str], str]] = {
    "nist_800_53r5": lambda control: control.lower().replace("(", ".").replace(")", ""),
    "nist_csf_2_0": lambda control: control,
}
"""Frameworks that NIST publishes as an OSCAL catalog, and the id that a control has there."""
_MARKUP = re.compile(r"([\\`*\[\]<>{}])")


def control_token(framework: str, control: str) -> str:
    """A control's id as a token: ``164.312(a)(1)`` of ``hipaa`` becomes ``hipaa-164.312_a_1``.

    The framework and a dash come first, because a token starts with a letter. A group in brackets at the end becomes an
    underscore and what is in it; any other character that is no letter, digit, dot or dash becomes two underscores and
    its code point in six hexadecimal digits. No two ids become one, and every id can be read back. Where there is an
    official catalog in OSCAL, its ids are taken: ``AC-2(4)`` is ``ac-2.4``.
    """
    if framework in _CATALOGS:
        return _CATALOGS[framework](control)
    match = _GROUPED.fullmatch(control)
    base, groups = match.groups() if match else (control, "")
    escaped = "".join(c if _SAFE.fullmatch(c) else f"__{ord(c):06x}" for c in base)
    return f"{framework}-{escaped}{groups.replace('(', '_').replace(')', '')}"


def markup(text: str) -> str:
    """Text where OSCAL takes Markdown, shown as it is: nothing in it makes a link, an element or an insert."""
    return _MARKUP.sub(r"\\\1", inert(text)).strip()


def line(text: str) -> str:
    """A title: one line, and never empty."""
    return markup(text) or "-"


def prop(name: str, value: object, *, remarks: str = "", class_: str = "") -> Json:
    """A property of ours."""
    found: Json = {"name": name, "ns": NAMESPACE, "value": inert(str(value)).strip() or "-"}
    if class_:
        found["class"] = class_
    if remarks:
        found["remarks"] = markup(remarks)
    return found


def props(**values: object) -> list[Json]:
    """Properties of ours by name, without those that are empty; an underscore in a name becomes a dash."""
    return [prop(name.replace("_", "-"), value) for name, value in values.items() if value not in ("", None)]
