"""What a request to AWS asks for, and how it is answered where a simulator has no answer: by botocore's models."""

from __future__ import annotations

import io
import json
import re
from functools import cache
from typing import Any
from urllib.parse import parse_qs

from botocore.session import Session

Environ = dict[str, Any]
_SCOPE = re.compile(r"Credential=[^/]+/\d{8}/([^/]+)/([^/]+)/")
_SESSION = Session()
SIGNED_AS = {
    "access-analyzer": ("accessanalyzer",),
    "bedrock": ("bedrock", "bedrock-agent"),
    "bedrock-agentcore": ("bedrock-agentcore-control",),
    "monitoring": ("cloudwatch",),
    "s3": ("s3control", "s3"),
    "tagging": ("resourcegroupstaggingapi",),
    "aoss": ("opensearchserverless",),
    "sso": ("sso-admin",),
    "apigateway": ("apigatewayv2", "apigateway"),
}
"""Services by the name that their requests are signed with, where it is another."""


def operation_of(environ: Environ) -> str:
    """``service:Operation``, or ``service:METHOD /path`` where no operation fits."""
    service = signing_name(environ)
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    if target:
        return f"{SIGNED_AS.get(service, (service,))[0]}:{target.rpartition('.')[2]}"
    if environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        action = parse_qs(body.decode()).get("Action")
        if action:
            return f"{SIGNED_AS.get(service, (service,))[0]}:{action[0]}"
    method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "")
    query = set(parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True))
    for name in SIGNED_AS.get(service, (service,)):
        for operation, of, pattern, fixed in _routes(name):
            if of == method and pattern.fullmatch(path) and fixed <= query:
                return f"{name}:{operation}"
    return f"{service}:{method} {path}"


def signing_name(environ: Environ) -> str:
    found = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    return found.group(2) if found else "unsigned"


def region_of(environ: Environ) -> str:
    found = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    return found.group(1) if found else ""


@cache
def _routes(service: str) -> tuple[tuple[str, str, re.Pattern[str], frozenset[str]], ...]:
    """Operations, methods, paths and the query that names them; those with most of it first."""
    try:
        model = _SESSION.get_service_model(service)
    except Exception:
        return ()
    found = []
    for name in model.operation_names:
        http = model.operation_model(name).http
        path, _, query = http["requestUri"].partition("?")
        pattern = re.sub(r"\{[^}]+\+\}", ".+", path)
        pattern = re.sub(r"\{[^}]+\}", "[^/]+", pattern)
        fixed = frozenset(parse_qs(query, keep_blank_values=True))
        found.append((name, http["method"], re.compile(pattern.rstrip("/") + "/?"), fixed))
    return tuple(sorted(found, key=lambda x: (-len(x[3]), x[2].pattern.count("["), x[0])))


@cache
def nothing(key: str) -> tuple[int, str, bytes] | None:
    """The answer of an account that has none of what an operation lists; None if it lists nothing."""
    service, _, operation = key.partition(":")
    try:
        model = _SESSION.get_service_model(service).operation_model(operation)
    except Exception:
        return None
    shape = model.output_shape
    lists = [name for name, member in (shape.members if shape else {}).items() if member.type_name == "list"]
    if not lists or not operation.startswith(("List", "Describe", "Get", "BatchGet", "Search")):
        return None
    if model.service_model.resolved_protocol in ("json", "rest-json"):
        body: dict[str, list[Any]] = {shape.members[name].serialization.get("name", name): [] for name in lists}
        return 200, "application/json", json.dumps(body).encode()
    inner = "".join(f"<{shape.members[name].serialization.get('name', name)}/>" for name in lists)
    wrapped = f"<{operation}Response><{operation}Result>{inner}</{operation}Result></{operation}Response>"
    return 200, "text/xml", wrapped.encode()


def throttled(key: str) -> tuple[int, str, bytes]:
    """The refusal of a service whose quota is used up, in its protocol."""
    service = key.partition(":")[0]
    try:
        protocol = _SESSION.get_service_model(service).resolved_protocol
    except Exception:
        protocol = "json"
    if protocol in ("json", "rest-json"):
        return 429, "application/json", b'{"__type": "ThrottlingException", "message": "Rate exceeded"}'
    if protocol == "ec2":
        inner = "<Errors><Error><Code>RequestLimitExceeded</Code><Message>m</Message></Error></Errors>"
        return 503, "text/xml", f"<Response>{inner}</Response>".encode()
    if protocol == "rest-xml":
        return 503, "text/xml", b"<Error><Code>SlowDown</Code><Message>m</Message></Error>"
    return 400, "text/xml", b"<ErrorResponse><Error><Code>Throttling</Code><Message>m</Message></Error></ErrorResponse>"
