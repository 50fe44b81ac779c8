"""The events of a botocore session, hooked into the wire before its first client exists.

Nothing leaves the process that :class:`auditor.providers.aws.session.AwsSession` did not send through here, whether
it comes from a client method, a paginator, a waiter or a presigned URL, except the calls that obtain credentials.
"""

from __future__ import annotations

import io
import random
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from botocore.awsrequest import AWSResponse, HeadersDict
from botocore.exceptions import (
    ConnectionError as BotocoreConnectionError,
)
from botocore.exceptions import (
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    ProxyConnectionError,
    SSLError,
)
from botocore.handlers import _handle_200_error

from auditor.model.facts import Reason
from auditor.providers.aws.bodies import check_body
from auditor.providers.aws.errors import reason_of
from auditor.wire.calls import Call
from auditor.wire.errors import WireError, WriteBlocked
from auditor.wire.hop import Answer, Outgoing, TransportFault, Wire

CREDENTIAL_CALLS = frozenset(
    {
        "signin:CreateOAuth2Token",
        "sso-oidc:CreateToken",
        "sso:GetRoleCredentials",
        "sts:AssumeRole",
        "sts:AssumeRoleWithSAML",
        "sts:AssumeRoleWithWebIdentity",
        "sts:GetCallerIdentity",
    }
)
"""What the SDK needs to obtain credentials, and we to learn whose they are. Never recorded."""

LastHop = Callable[[str, Any], Any]
"""Takes the place of the network (a simulator): called with the event name and the request, gives an AWSResponse."""

_MARK = "auditor"
_HEAD = 200
"""Bytes in which the root element of a body is found."""
_SLOWEST = 20.0
_CONNECT_ATTEMPTS = 3
"""Tries when no connection comes about: a name that does not resolve will not after a minute either."""
_SERVER_ERROR_ATTEMPTS = 4
_WEB_PAGE_ATTEMPTS = 2


class NoResponse(HTTPClientError):  # type: ignore[misc]
    """A transport fault with the class name it is recorded under."""

    def __init__(self, code: str) -> None:
        super().__init__(error=code)
        self.code = code


@dataclass(slots=True)
class Flight:
    """One logical call on its way, with what came back last."""

    call: Call
    location: str
    request: Outgoing | None = None
    attempts: int = 0
    status: int | None = None
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    answered: Answer | None = None


class _Credentials:
    """Marks a credential call on its way."""


_CREDENTIALS = _Credentials()


class Hooks:
    """Guard, last hop, shape check and retries. ``wire`` is None for a session that only obtains credentials."""

    def __init__(self, wire: Wire | None, account: str = "", last_hop: LastHop | None = None) -> None:
        self._wire, self._account, self._last_hop = wire, account, last_hop
        self._local = threading.local()

    def install(self, session: Any) -> None:
        """Before the first client of the session: clients copy its emitter."""
        events = session.get_component("event_emitter")
        events.register_first("provide-client-params", self._guard)
        events.register_first("request-created", self._reject_unguarded)
        events.register_last("request-created", self._board)
        events.register_first("before-send", self._answer)
        # it would turn every strange 200 of S3 into a 500 before its body is looked at
        events.unregister("before-parse.s3.*", _handle_200_error)
        events.register_first("before-parse", self._inspect)
        events.register_first("needs-retry", self._retry)

    @contextmanager
    def sending(self, flight: Flight) -> Iterator[None]:
        """The one door: a call made by this thread inside may leave, once."""
        self._local.asked = flight
        try:
            yield
        finally:
            self._local.asked = None

    def _guard(self, params: Mapping[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        key = f"{model.service_model.service_name}:{model.name}"
        presigned = bool(context.get("is_presign_request"))
        if key in CREDENTIAL_CALLS and not presigned:
            context[_MARK] = _CREDENTIALS
            return
        flight: Flight | None = getattr(self._local, "asked", None)
        if self._wire is None or flight is None or flight.call.key != key:
            raise WriteBlocked(f"{key} was stopped: only declared reads may leave, through the session")
        self._local.asked = None
        flight.request = self._wire.begin(flight.call, self._account, flight.location, params)
        context[_MARK] = flight

    def _reject_unguarded(self, request: Any, **_: Any) -> None:
        if _MARK not in request.context:
            raise WriteBlocked("a request outside the guard was stopped")

    def _board(self, request: Any, **_: Any) -> None:
        """After signing, which may itself have sent credential calls from this thread."""
        self._local.flight = request.context[_MARK]

    def _answer(self, event_name: str, request: Any, **_: Any) -> Any:
        """Nothing of ours means that the request goes to the network."""
        flight = self._local.flight
        if isinstance(flight, Flight) and self._wire is not None and flight.request is not None:
            flight.attempts += 1
            flight.status, flight.body, flight.headers, flight.answered = None, b"", {}, None
            self._wire.pace(flight.request)
            try:
                answer = self._wire.answer(flight.request)
            except TransportFault as fault:
                raise NoResponse(fault.code) from None
            if answer is not None:
                flight.answered = answer
                return AWSResponse(request.url, answer.status, dict(answer.headers), _Raw(answer.body))
        elif self._wire is not None and self._wire.offline:
            raise WriteBlocked("an offline session asked for credentials")
        return self._simulated(event_name, request) if self._last_hop is not None else None

    def _simulated(self, event_name: str, request: Any) -> Any:
        assert self._last_hop is not None
        try:
            response = self._last_hop(event_name, request)
        except WireError:
            raise
        except Exception as error:
            raise _final(NoResponse(type(error).__name__)) from error
        if response is None:
            raise _final(NoResponse("NotImplementedError"))
        return response

    def _inspect(self, operation_model: Any, response_dict: dict[str, Any], **_: Any) -> None:
        """Redact before anything is parsed, so that live and replayed runs see the same; then look at the shape."""
        flight = self._local.flight
        if not isinstance(flight, Flight) or self._wire is None:
            return
        flight.status = int(response_dict["status_code"])
        # an older protocol's error code in a header, which recordings do not keep; the body has the code too
        headers = {k.lower(): v for k, v in response_dict["headers"].items() if k.lower() != "x-amzn-query-error"}
        response_dict["headers"] = HeadersDict(headers)
        flight.headers = headers
        body = response_dict["body"]
        if isinstance(body, bytes):
            body = response_dict["body"] = flight.body = self._wire.redacted(body)
        if isinstance(body, bytes) and b"<Error>" in body[:_HEAD]:
            _handle_200_error(operation_model, response_dict)  # S3 can send an error as a success
            flight.status = int(response_dict["status_code"])
        if flight.status < 300:
            check_body(flight.call, operation_model, body)

    def _retry(
        self,
        response: tuple[Any, Mapping[str, Any]] | None,
        attempts: int,
        caught_exception: Exception | None,
        request_dict: Mapping[str, Any],
        **_: Any,
    ) -> float | None:
        """Our own retries: botocore's give up when a process-wide quota runs dry, which loses data under throttling."""
        flight = request_dict["context"].get(_MARK)
        wire = self._wire
        if wire is None:
            return None
        throttled, allowed = _allowed(response, caught_exception, wire.attempts)
        retry_after = _retry_after(response)
        if isinstance(flight, Flight) and flight.request is not None and not wire.offline:
            if throttled:
                wire.pacer.throttled(flight.request.pace_key, retry_after)
            elif caught_exception is None:
                wire.pacer.succeeded(flight.request.pace_key)
        if wire.offline or attempts >= allowed:
            return None
        pause = min(wire.backoff * 2 ** (attempts - 1), _SLOWEST) * random.uniform(0.5, 1.0)
        wire.sleep(max(pause, retry_after or 0.0))
        return 0.0


class _Raw(io.BytesIO):
    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


def _final(fault: NoResponse) -> NoResponse:
    fault.__dict__["final"] = True
    return fault


def _allowed(
    response: tuple[Any, Mapping[str, Any]] | None, fault: Exception | None, attempts: int
) -> tuple[bool, int]:
    """Whether this was throttling, and how often such a call may be tried in all."""
    if fault is not None:
        if getattr(fault, "final", False) or not isinstance(fault, HTTPClientError | BotocoreConnectionError):
            return False, 1
        if isinstance(fault, EndpointConnectionError | ConnectTimeoutError | ProxyConnectionError | SSLError):
            return False, min(attempts, _CONNECT_ATTEMPTS)
        return False, attempts
    assert response is not None
    http, parsed = response
    if http.status_code < 300:
        return False, 1
    if reason_of(str(parsed.get("Error", {}).get("Code", "")), http.status_code) is Reason.THROTTLED:
        return True, attempts
    if http.status_code in (500, 502, 503, 504):
        # no service answers with a web page: it is of something on the way, or of a server that lacks the operation
        tries = _WEB_PAGE_ATTEMPTS if _is_web_page(http) else _SERVER_ERROR_ATTEMPTS
        return False, min(attempts, tries)
    return False, 1


def _is_web_page(http: Any) -> bool:
    return "html" in http.headers.get("content-type", "")


def _retry_after(response: tuple[Any, Mapping[str, Any]] | None) -> float | None:
    value = response[0].headers.get("retry-after") if response is not None else None
    return min(float(value), 60.0) if value is not None and value.isdigit() else None
