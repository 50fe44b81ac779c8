"""What is done to an answer at the last hop, per cloud and protocol, and what must be said about it afterwards."""

from __future__ import annotations

import dataclasses
import functools
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import botocore.session

from auditor.model.facts import Reason
from auditor.model.scope import Provider
from auditor.wire.calls import Call
from auditor.wire.hop import Answer, Outgoing, Source, TransportFault
from auditor.wire.ledger import exchange_id

Inject = Callable[[Call, Answer], Answer | None]
"""The answer in place of the recorded one; None where the fault does not exist for it."""


@dataclass(frozen=True)
class Fault:
    name: str
    reasons: frozenset[Reason]
    """What a finding that lost its answer may say."""
    inject: Inject


@functools.cache
def _service_model(service: str) -> Any:
    return botocore.session.get_session().get_service_model(service)


def _aws_error(call: Call, status: int, code: str) -> Answer:
    protocol = _service_model(call.service).resolved_protocol
    if protocol in ("json", "rest-json", "smithy-rpc-v2-cbor"):
        body = json.dumps({"__type": code, "message": "words of the provider"}).encode()
        return Answer(status, body, {"x-amzn-errortype": code, "content-type": "application/json"})
    if protocol == "ec2":
        text = f"<Response><Errors><Error><Code>{code}</Code><Message>m</Message></Error></Errors></Response>"
    elif protocol == "rest-xml":
        text = f"<Error><Code>{code}</Code><Message>m</Message></Error>"
    else:
        text = (
            f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>m</Message></Error></ErrorResponse>"
        )
    return Answer(status, text.encode(), {"content-type": "text/xml"})


def _azure_error(status: int, code: str) -> Answer:
    body = json.dumps({"error": {"code": code, "message": "words of the provider"}}).encode()
    return Answer(status, body, {"content-type": "application/json"})


def _gcp_error(status: int, name: str, reason: str = "") -> Answer:
    error: dict[str, Any] = {"code": status, "message": "words of the provider", "status": name}
    if reason:
        info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "googleapis.com"}
        error["details"] = [info]
    return Answer(status, json.dumps({"error": error}).encode(), {"content-type": "application/json"})


def denied(call: Call, answer: Answer) -> Answer:
    if call.provider is Provider.AWS:
        query = _service_model(call.service).resolved_protocol in ("ec2",)
        return _aws_error(call, 403, "UnauthorizedOperation" if query else "AccessDeniedException")
    if call.provider is Provider.AZURE:
        return _azure_error(403, "AuthorizationFailed")
    return _gcp_error(403, "PERMISSION_DENIED", "IAM_PERMISSION_DENIED")


def _throttled(call: Call, answer: Answer) -> Answer:
    if call.provider is Provider.AWS:
        return _aws_error(call, 400, "ThrottlingException")
    if call.provider is Provider.AZURE:
        return _azure_error(429, "TooManyRequests")
    return _gcp_error(429, "RESOURCE_EXHAUSTED", "RATE_LIMIT_EXCEEDED")


def _disabled(call: Call, answer: Answer) -> Answer:
    if call.provider is Provider.AWS:
        return _aws_error(call, 403, "OptInRequired")
    if call.provider is Provider.AZURE:
        return _azure_error(409, "MissingSubscriptionRegistration")
    return _gcp_error(403, "PERMISSION_DENIED", "SERVICE_DISABLED")


def _cut(call: Call, answer: Answer) -> Answer:
    raise TransportFault("ConnectionClosedError")


def _html(call: Call, answer: Answer) -> Answer | None:
    if answer.status >= 300:
        return None
    page = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in to the network</body></html>"
    return Answer(200, page, {"content-type": "text/html"})


def _truncated(call: Call, answer: Answer) -> Answer | None:
    if answer.status >= 300 or len(answer.body) < 2:
        return None
    return Answer(answer.status, answer.body[: len(answer.body) // 2], answer.headers)


def _empty(call: Call, answer: Answer) -> Answer | None:
    return None if answer.status >= 300 or not answer.body else Answer(answer.status, b"", answer.headers)


_ENUM = re.compile(r"(?:[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*|(?:[A-Z][a-z]+){1,4}|[a-z]{3,12})")
_NAMES = re.compile(
    r"(?i)(name|id|arn|description|email|region|location|zone|tag|label|key|title|display|version|kind|type|host|url|uri|path|prefix|token|user|member|principal|filter|operation|detail)"
)


def _unknown_enum(call: Call, answer: Answer) -> Answer | None:
    """Every value that looks like a member of an enumeration, and is no name, becomes one nobody knows."""
    if answer.status >= 300:
        return None
    try:
        body = json.loads(answer.body)
    except (ValueError, UnicodeDecodeError):
        return None
    changed = _without_known_enums(body, "")
    return None if changed == body else Answer(answer.status, json.dumps(changed).encode(), answer.headers)


def _without_known_enums(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        kept = {"tags", "labels", "Tags", "environmentVariables", "metadata", "params"}
        return {k: v if k in kept else _without_known_enums(v, k) for k, v in value.items()}
    if isinstance(value, list):
        return [_without_known_enums(v, name) for v in value]
    if isinstance(value, str) and _ENUM.fullmatch(value) and not _NAMES.search(name):
        return "ValueFromTheFuture"
    return value


FAULTS = (
    Fault("denied", frozenset({Reason.DENIED}), denied),
    Fault("throttled", frozenset({Reason.THROTTLED}), _throttled),
    Fault("disabled", frozenset({Reason.DISABLED}), _disabled),
    Fault("cut off", frozenset({Reason.UNREACHABLE}), _cut),
    Fault("HTML with status 200", frozenset({Reason.MALFORMED}), _html),
    Fault("truncated", frozenset({Reason.MALFORMED}), _truncated),
    Fault("empty body", frozenset({Reason.MALFORMED}), _empty),
    Fault("unknown enum value", frozenset(Reason) - {Reason.DEFECT, Reason.DENIED}, _unknown_enum),
)

_TOKENS = ("nexttoken", "marker", "pagetoken", "paginationtoken", "continuationtoken", "$skiptoken", "skiptoken")


def is_later_page(params: Any) -> bool:
    """Whether a request asks for a page after the first."""
    names = {str(k).lower() for k in params} | {str(k).lower() for k in params.get("query", {})}
    return bool(names & set(_TOKENS))


@functools.cache
def _aws_paging(service: str, operation: str) -> tuple[str, str, str, str] | None:
    """The parameter that asks for a page, and what the body calls the token of the next, the list, and the flag that
    there is more ("" where there is none); for JSON only."""
    model = _service_model(service)
    pages = botocore.session.get_session().get_paginator_model(service)
    try:
        config = pages.get_paginator(operation)
    except ValueError:
        return None
    output = model.operation_model(operation).output_shape
    asked, token, items = config["input_token"], config["output_token"], config["result_key"]
    if model.resolved_protocol not in ("json", "rest-json") or not all(
        isinstance(x, str) for x in (asked, token, items)
    ):
        return None
    if token not in output.members or items not in output.members:
        return None
    wire = {name: output.members[name].serialization.get("name", name) for name in (token, items)}
    return asked, wire[token], wire[items], str(config.get("more_results", ""))


_SECOND = "second-page"


def in_pages(recorded: Source) -> Source:
    """The recorded AWS answers with each JSON list of two or more items cut into two pages: the simulated account is
    too small for a second page of the real size."""

    def answer(request: Outgoing) -> Answer | None:
        call = request.call
        if call.provider is not Provider.AWS or not call.items:
            return recorded(request)
        paging = _aws_paging(call.service, call.operation)
        if paging is None:
            return recorded(request)
        asked, token, items, more = paging
        first = {k: v for k, v in request.params.items() if k != asked}
        later = request.params.get(asked) == _SECOND
        whole_id = exchange_id(call.provider, request.account, request.location, call.service, call.operation, first, 0)
        given = recorded(dataclasses.replace(request, id=whole_id, params=first))
        if given is None or given.status != 200:
            return given
        body = json.loads(given.body)
        found = body.get(items) or []
        if len(found) < 2:
            return given
        half = len(found) // 2
        flag = {more: True} if more else {}
        part = {**body, items: found[half:]} if later else {**body, items: found[:half], token: _SECOND, **flag}
        return dataclasses.replace(given, body=json.dumps(part).encode())

    return answer


def failing(fault: Fault, key: str, later: bool, recorded: Source, hits: list[str]) -> Source:
    """A source that spoils the answers to one declared call, on first or on later pages, and gives the rest."""

    def answer(request: Outgoing) -> Answer | None:
        given = recorded(request)
        if request.call.key != key or is_later_page(request.params) is not later or given is None:
            return given
        spoiled = fault.inject(request.call, given)
        if spoiled is None:
            return given
        hits.append(request.id)
        return spoiled

    def hooked(request: Outgoing) -> Answer | None:
        try:
            return answer(request)
        except TransportFault:
            hits.append(request.id)
            raise

    return hooked
