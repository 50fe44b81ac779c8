"""The shape check: a successful body is looked at before an SDK may turn garbage into an empty answer."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree

from auditor.wire.calls import Call
from auditor.wire.errors import MalformedResponse


def check_json(call: Call, body: bytes) -> dict[str, Any]:
    """The body as an object with everything the call promises, or MalformedResponse."""
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        raise MalformedResponse(f"{call.key}: the body is not JSON") from None
    if not isinstance(parsed, dict):
        raise MalformedResponse(f"{call.key}: the body is not a JSON object")
    for key in call.expects:
        if key not in parsed:
            raise MalformedResponse(f"{call.key}: the body lacks {key}")
    if call.items:
        page = parsed.get(call.items)
        if page is None:
            if not call.items_optional:
                raise MalformedResponse(f"{call.key}: a list page without {call.items}")
        elif not isinstance(page, list):
            raise MalformedResponse(f"{call.key}: {call.items} is not a list")
    return parsed


def check_xml(call: Call, body: bytes, root: str) -> None:
    """The body is XML with the documented root element, and holds everything the call promises."""
    try:
        tree = ElementTree.fromstring(body)
    except (ElementTree.ParseError, LookupError, ValueError):  # the latter two: an encoding nobody knows
        raise MalformedResponse(f"{call.key}: the body is not XML") from None
    names = {_local(element.tag) for element in tree.iter()}
    if root and _local(tree.tag) != root:
        raise MalformedResponse(f"{call.key}: the root element is not {root}")
    for key in (*call.expects, *((call.items,) if call.items and not call.items_optional else ())):
        if key not in names:
            raise MalformedResponse(f"{call.key}: the body lacks {key}")


def _local(tag: str) -> str:
    return tag.rsplit("}", 1)[-1]
