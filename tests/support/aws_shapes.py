"""Synthetic AWS answers, checked against the API models so that a fixture cannot invent fields."""

from __future__ import annotations

import datetime
import json
from typing import Any
from xml.sax.saxutils import escape

from botocore.session import Session

from auditor.wire.calls import Call

_SESSION = Session()
_MODELS: dict[str, Any] = {}
_SCALARS: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "character": str,
    "blob": str,
    "boolean": bool,
    "integer": int,
    "long": int,
    "float": (int, float),
    "double": (int, float),
    "timestamp": (int, float, str, datetime.datetime),
}


def operation(call: Call) -> Any:
    if call.service not in _MODELS:
        _MODELS[call.service] = _SESSION.get_service_model(call.service)
    return _MODELS[call.service].operation_model(call.operation)


def body_of(call: Call, answer: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
    """The bytes and headers of a successful answer, from a parsed one. AssertionError if the API has no such answer."""
    model = operation(call)
    check(answer, model.output_shape, call.key)
    protocol = model.service_model.resolved_protocol
    shape = model.output_shape
    payload = shape.serialization.get("payload")
    if protocol in ("json", "rest-json"):
        value = _json(answer, shape, protocol) if payload is None else answer[payload]
        return json.dumps(value).encode(), {"content-type": "application/json"}
    if payload is not None and shape.members[payload].type_name == "string":
        return str(answer[payload]).encode(), {"content-type": "application/json"}
    return _xml_document(model, protocol, answer).encode(), {"content-type": "text/xml"}


def error_of(call: Call, code: str, message: str = "") -> tuple[bytes, dict[str, str]]:
    model = operation(call)
    protocol = model.service_model.resolved_protocol
    if protocol in ("json", "rest-json"):
        body = json.dumps({"__type": code, "message": message}).encode()
        return body, {"content-type": "application/json", "x-amzn-errortype": code}
    inner = f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
    if protocol == "ec2":
        inner = f"<Response><Errors>{inner}</Errors><RequestID>r</RequestID></Response>"
    elif protocol == "query":
        inner = f"<ErrorResponse>{inner}<RequestId>r</RequestId></ErrorResponse>"
    return inner.encode(), {"content-type": "text/xml"}


def check(value: Any, shape: Any, where: str) -> None:
    """Fields, types and enumerations are those of the shape; required members are present."""
    kind = shape.type_name
    if kind == "structure":
        assert isinstance(value, dict), f"{where}: not an object"
        assert not (extra := set(value) - set(shape.members)), f"{where}: the API has no {sorted(extra)}"
        assert not (missing := set(shape.required_members) - set(value)), f"{where}: lacks {sorted(missing)}"
        for name, item in value.items():
            check(item, shape.members[name], f"{where}.{name}")
    elif kind == "list":
        assert isinstance(value, list), f"{where}: not a list"
        for number, item in enumerate(value):
            check(item, shape.member, f"{where}[{number}]")
    elif kind == "map":
        assert isinstance(value, dict), f"{where}: not a map"
        for name, item in value.items():
            check(item, shape.value, f"{where}.{name}")
    else:
        assert isinstance(value, _SCALARS[kind]), f"{where}: {value!r} is no {kind}"
        assert kind == "boolean" or not isinstance(value, bool), f"{where}: {value!r} is no {kind}"
        # enumerations grow: a value the model does not know may be meant, so it must look like one
        if getattr(shape, "enum", None) and isinstance(value, str):
            assert value in shape.enum or value.startswith("Unheard"), f"{where}: {value!r} is not in the enumeration"


def from_wire(value: Any, shape: Any) -> Any:
    """Members by the names of the SDK; a name that the API does not send stays and is found by the check."""
    if shape.type_name == "structure" and isinstance(value, dict):
        names = {m.serialization.get("name", name): name for name, m in shape.members.items()}
        return {
            names.get(k, f"?{k}"): from_wire(v, shape.members[names[k]]) if k in names else v for k, v in value.items()
        }
    if shape.type_name == "list" and isinstance(value, list):
        return [from_wire(item, shape.member) for item in value]
    if shape.type_name == "map" and isinstance(value, dict):
        return {name: from_wire(item, shape.value) for name, item in value.items()}
    return value


def _json(value: Any, shape: Any, protocol: str) -> Any:
    if shape.type_name == "structure":
        return {
            (shape.members[n].serialization.get("name", n) if protocol == "rest-json" else n): _json(
                v, shape.members[n], protocol
            )
            for n, v in value.items()
        }
    if shape.type_name == "list":
        return [_json(v, shape.member, protocol) for v in value]
    if shape.type_name == "map":
        return {n: _json(v, shape.value, protocol) for n, v in value.items()}
    if shape.type_name == "timestamp" and isinstance(value, datetime.datetime):
        return value.isoformat() if protocol == "rest-json" else value.timestamp()
    return value


def _xml_document(model: Any, protocol: str, answer: dict[str, Any]) -> str:
    shape = model.output_shape
    inner = _xml_members(answer, shape)
    if protocol == "query":
        wrapper = shape.serialization.get("resultWrapper", f"{model.name}Result")
        return f"<{model.name}Response><{wrapper}>{inner}</{wrapper}></{model.name}Response>"
    if protocol == "ec2":
        return f"<{model.name}Response><requestId>r</requestId>{inner}</{model.name}Response>"
    return inner if shape.serialization.get("payload") else f"<{model.name}Result>{inner}</{model.name}Result>"


def _xml_members(value: dict[str, Any], shape: Any) -> str:
    return "".join(
        _xml(shape.members[name].serialization.get("name", name), item, shape.members[name])
        for name, item in value.items()
    )


def _xml(tag: str, value: Any, shape: Any) -> str:
    if shape.type_name == "list":
        flat = bool(shape.serialization.get("flattened"))
        member = tag if flat else shape.member.serialization.get("name", "member")
        inner = "".join(_xml(member, item, shape.member) for item in value)
        if flat:
            return inner
    elif shape.type_name == "structure":
        inner = _xml_members(value, shape)
    elif shape.type_name == "map":
        inner = "".join(
            f"<entry>{_xml('key', key, shape.key)}{_xml('value', item, shape.value)}</entry>"
            for key, item in value.items()
        )
    elif shape.type_name == "boolean":
        inner = "true" if value else "false"
    elif isinstance(value, datetime.datetime):
        inner = value.isoformat()
    else:
        inner = escape(str(value))
    return f"<{tag}>{inner}</{tag}>"
