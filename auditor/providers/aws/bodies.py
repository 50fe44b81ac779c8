"""The shape check of AWS bodies: the names a declaration uses are the SDK's, bodies may call them otherwise."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from auditor.wire.calls import Call
from auditor.wire.errors import MalformedResponse
from auditor.wire.shape import check_json, check_xml

PROTOCOLS = frozenset({"json", "rest-json", "query", "ec2", "rest-xml"})
"""Protocols whose bodies can be checked and redacted."""


def check_body(call: Call, operation: Any, body: object) -> None:
    """Raise MalformedResponse unless a successful body is what the operation documents.

    ``operation`` is botocore's model of it. A body is looked at before botocore's parser sees it, because the parser
    turns a web page or half a document into an empty answer.
    """
    if not isinstance(body, bytes):
        raise MalformedResponse(f"{call.key}: the body is a stream")
    shape = operation.output_shape
    if shape is None or not (members := _body_members(shape)):
        return
    protocol = operation.service_model.resolved_protocol
    payload = shape.serialization.get("payload")
    if payload is not None:
        _check_payload(call, shape.members[payload], protocol, body)
        return
    named = replace(
        call,
        expects=tuple(_wire_name(shape, name, protocol) for name in call.expects if name in members),
        items=_wire_name(shape, call.items, protocol) if call.items else "",
    )
    if protocol in ("json", "rest-json"):
        check_json(named, body)
    else:
        check_xml(named, body, _root(operation, protocol))
        _reject_foreign_root(call, body)


def _body_members(shape: Any) -> frozenset[str]:
    return frozenset(name for name, member in shape.members.items() if "location" not in member.serialization)


def _wire_name(shape: Any, name: str, protocol: str) -> str:
    """What the body calls a member of the output."""
    serialization = shape.members[name].serialization if name in shape.members else {}
    if protocol == "json":
        return name
    return str(serialization.get("name", name))


def _root(operation: Any, protocol: str) -> str:
    """The documented root element; S3 documents its own, which the model does not carry."""
    return f"{operation.name}Response" if protocol in ("query", "ec2") else ""


def _check_payload(call: Call, member: Any, protocol: str, body: bytes) -> None:
    """A body that is one member of the output as a whole."""
    if member.type_name == "structure":
        bare = replace(call, expects=(), items="")
        if protocol == "rest-json":
            check_json(bare, body)
        else:
            check_xml(bare, body, str(member.serialization.get("name", member.name)))
    elif not body.strip():
        raise MalformedResponse(f"{call.key}: the body is empty")
    elif member.type_name == "string":  # every text that is read as a payload is a policy
        try:
            json.loads(body)
        except (ValueError, UnicodeDecodeError):
            raise MalformedResponse(f"{call.key}: the body is not JSON") from None


def _reject_foreign_root(call: Call, body: bytes) -> None:
    head = body.lstrip()[:400].lower()
    if b"<html" in head or b"<!doctype html" in head or head.startswith(b"<error"):
        raise MalformedResponse(f"{call.key}: the body is a web page or an error")
