"""The tools of a Bedrock agent, and which of them run without asking a person."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from auditor.model.facts import Fact, Known, Reason, Unknown, native

_NONE: tuple[str, ...] = ()
_BUILT_IN: Mapping[str, tuple[str, ...]] = {
    "AMAZON.UserInput": _NONE,  # asks the user
    "AMAZON.CodeInterpreter": _NONE,  # computes in a sandbox of the service
    "ANTHROPIC.Computer": _NONE,  # these three hand control to the application, which acts
    "ANTHROPIC.Bash": _NONE,
    "ANTHROPIC.TextEditor": _NONE,
}
"""Groups that AWS defines. They have no functions of the customer's (API reference, CreateAgentActionGroup)."""
_HANDS_OVER = {"RETURN_CONTROL": _NONE}
"""The agent calls nothing: the application gets the request and decides."""
_CONFIRMED = {"ENABLED": True, "DISABLED": False}
_CHANGES = {"post": True, "put": True, "patch": True, "delete": True}
_READS = {"get": False, "head": False, "options": False, "trace": False}
"""Safe methods (RFC 9110, section 9.2.1)."""


def unconfirmed_in(group: Mapping[str, Any]) -> Fact[tuple[str, ...]]:
    """Names of the functions or API operations of an action group that run without asking a person."""
    if group.get("parentActionSignature") is not None:
        return native(group, "parentActionSignature").map(_BUILT_IN)
    # the executor is a function or a custom control, one of the two (API reference, ActionGroupExecutor)
    control = native(group, "actionGroupExecutor.customControl", default=None)
    if isinstance(control, Unknown) or control.value is not None:
        return control.map(_HANDS_OVER)
    if group.get("functionSchema") is not None:
        functions = native(group, "functionSchema.functions", default=[]).value
        return _unconfirmed((f["name"], native(f, "requireConfirmation", default="DISABLED")) for f in functions)
    payload = native(group, "apiSchema.payload")
    if isinstance(payload, Unknown):
        stored = native(group, "apiSchema.s3")
        return Unknown(Reason.NOT_BUILT, "an API schema that lies in S3") if isinstance(stored, Known) else payload
    operations = _operations(payload.value)
    return operations if isinstance(operations, Unknown) else _unconfirmed(operations.value)


def together(groups: Iterator[Fact[tuple[str, ...]]]) -> Fact[tuple[str, ...]]:
    """The tools of all groups. A group that is unknown leaves the answer unknown unless another one settles it."""
    names: set[str] = set()
    unknowns: list[Unknown] = []
    for found in groups:
        if isinstance(found, Unknown):
            unknowns.append(found)
        else:
            names.update(found.value)
    if unknowns and not names:
        return unknowns[0]
    return Known(tuple(sorted(names)), {"without confirmation": sorted(names)})


def _unconfirmed(tools: Any) -> Fact[tuple[str, ...]]:
    """Confirmation is off where nothing is said (Bedrock user guide, Define OpenAPI schemas, and Define function
    details)."""
    return together(
        setting.map(_CONFIRMED).map(lambda asks, name=name: _NONE if asks else (name,)) for name, setting in tools
    )


_Operation = tuple[str, Fact[Any]]


def _operations(schema: str) -> Fact[tuple[_Operation, ...]]:
    """The operations of an OpenAPI document, in JSON or YAML, that may change something."""
    try:
        document = json.loads(schema)
    except ValueError:
        try:
            import yaml
        except ModuleNotFoundError:
            return Unknown(Reason.NOT_BUILT, "a schema in YAML: the extra 'inspect' is not installed")
        try:
            document = yaml.safe_load(schema)
        except (yaml.YAMLError, ValueError, RecursionError):
            return Unknown(Reason.MALFORMED, "apiSchema.payload")
    except RecursionError:
        return Unknown(Reason.MALFORMED, "apiSchema.payload")
    paths = document.get("paths") if isinstance(document, Mapping) else None
    if not isinstance(paths, Mapping) or not all(isinstance(entry, Mapping) for entry in paths.values()):
        return Unknown(Reason.MALFORMED, "apiSchema.payload")
    return Known(tuple(_changing(paths)))


def _changing(paths: Mapping[Any, Mapping[Any, Any]]) -> Iterator[_Operation]:
    for path, entry in paths.items():
        for method, operation in entry.items():
            name = str(method).lower()
            if not {**_CHANGES, **_READS}.get(name, False):
                continue  # a read, or a field of the path itself such as ``parameters``
            label = f"{name.upper()} {path}"
            if not isinstance(operation, Mapping):
                yield label, Unknown(Reason.MALFORMED, "apiSchema.payload")
                continue
            label = str(operation.get("operationId", label))
            yield label, native(operation, "x-requireConfirmation", default="DISABLED")
