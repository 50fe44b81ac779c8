"""JSON Schema (2020-12) of what the tool writes."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

FRAMEWORK_SCHEMA = "framework-1.0"
"""Marks evidence of one framework, so that nobody takes it for a whole audit."""
OF_WHOLE_AUDITS = ("score", "fix_first", "settle_first")


def schema() -> dict[str, Any]:
    """Of ``audit.json``."""
    text = files("auditor.render").joinpath("schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def framework_schema() -> dict[str, Any]:
    """Of the evidence of one framework: an audit cut down to it, without what can only be said of a whole audit."""
    cut = schema()
    for name in OF_WHOLE_AUDITS:
        del cut["properties"][name]
        cut["required"].remove(name)
    cut["$id"] = "urn:ml-posture-auditor:framework:1.0"
    cut["title"] = "Evidence of one framework, by ml-posture-auditor"
    cut["properties"]["schema"] = {"const": FRAMEWORK_SCHEMA}
    cut["properties"]["frameworks"] |= {"minItems": 1, "maxItems": 1}
    return cut
