"""The last hop of the REST clouds: one ``requests`` adapter under every Azure and Google client.

The SDKs keep their own paging, authentication headers and models; every request they make ends here, where it is
matched to a declared call, held back, answered by a source or the network, retried, redacted, checked and recorded.
"""

from __future__ import annotations

import io
import json
import time
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping
from email.utils import parsedate_to_datetime
from typing import Any, NoReturn
from urllib.parse import parse_qsl, quote, urlsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPResponse

from auditor.model.facts import Reason
from auditor.model.scope import Account
from auditor.providers.base import Session
from auditor.wire.calls import Call
from auditor.wire.errors import CallFailed, MalformedResponse, WireError, WriteBlocked
from auditor.wire.hop import Answer, Outgoing, TransportFault, Wire
from auditor.wire.ledger import answers
from auditor.wire.shape import check_json

RETRIED = frozenset({408, 429, 500, 502, 503, 504})
LONGEST_WAIT = 60.0
"""Seconds; a longer Retry-After ends the tries."""
METHOD_OVERRIDES = frozenset({"x-http-method", "x-http-method-override", "x-method-override"})
"""Headers by which a declared GET would be carried out as something else."""
UNUSABLE_HEADERS = frozenset({"content-encoding", "content-length", "transfer-encoding", "location"})
"""Not handed on: the body is already decoded, and a redirect is no answer and is not followed."""


class WireAdapter(BaseAdapter):
    """Mounted on every ``requests`` session that a provider's clients use."""

    def __init__(self, session: RestSession) -> None:
        super().__init__()
        self._session = session
        self._network = HTTPAdapter(pool_maxsize=64, max_retries=0)

    def send(  # type: ignore[override]  # the base class spells out options that are only passed on
        self, request: requests.PreparedRequest, **options: Any
    ) -> requests.Response:
        outgoing = self._outgoing(request)
        call, wire = outgoing.call, self._session.wire
        answer, attempts = self._exchange(outgoing, request, options)
        body = wire.redacted(answer.body)
        ok = 200 <= answer.status < 300
        wire.finish(
            outgoing,
            status=answer.status,
            error="" if ok else self._session.error_code(answer.status, body),
            body=body,
            headers=answer.headers,
            request_id=self._session.request_id(answer.headers),
            attempts=max(attempts, answer.attempts),
            synthetic=answer.synthetic,
        )
        if ok:
            check_json(call, body)
        return _response(request, answer.status, answer.headers, body)

    def unsent(self, request: requests.PreparedRequest, code: str) -> NoReturn:
        """Record a request that could not be made at all, e.g. for want of a token."""
        outgoing = self._outgoing(request)
        self._session.wire.finish(outgoing, status=None, error=code)
        raise CallFailed(outgoing.call, Reason.UNREACHABLE, code)

    def _outgoing(self, request: requests.PreparedRequest) -> Outgoing:
        """The declared call a request is, and its identity; WriteBlocked for anything else."""
        split = urlsplit(request.url or "")
        overridden = any(name.lower() in METHOD_OVERRIDES for name in request.headers)
        call = self._session.declared_call(request.method or "", split.hostname or "", split.path)
        if call is None or split.scheme != "https" or overridden:
            raise WriteBlocked(f"{request.method} {split.hostname}{split.path} is declared by no collector of this run")
        params: dict[str, Any] = {"path": split.path}
        if query := {k: v for k, v in parse_qsl(split.query, keep_blank_values=True) if k != "$alt"}:
            params["query"] = query
        if request.body:
            params["body"] = json.loads(request.body)
        location = self._session.location_of(split.hostname or "", split.path)
        return self._session.wire.begin(call, self._session.account.id, location, params)

    def _exchange(
        self, outgoing: Outgoing, request: requests.PreparedRequest, options: Mapping[str, Any]
    ) -> tuple[Answer, int]:
        """Try until there is an answer worth returning; transport faults that outlast the tries are recorded."""
        wire = self._session.wire
        tries = 1 if wire.offline else wire.attempts
        for attempt in range(1, tries + 1):
            wire.pace(outgoing)
            fault = ""
            answer: Answer | None = None
            try:
                answer = wire.answer(outgoing) or self._live(request, options)
            except TransportFault as error:
                fault = error.code
            except (requests.exceptions.RequestException, OSError) as error:
                fault = type(error).__name__
            if answer is not None and answer.status not in RETRIED:
                if not wire.offline:
                    wire.pacer.succeeded(outgoing.pace_key)
                return answer, attempt
            delay = _retry_after(answer.headers) if answer else None
            if answer is not None and answer.status == 429 and not wire.offline:
                wire.pacer.throttled(outgoing.pace_key, delay)
            if attempt == tries or (delay or 0) > LONGEST_WAIT:
                if answer is not None:
                    return answer, attempt
                wire.finish(outgoing, status=None, error=fault, attempts=attempt)
                raise CallFailed(outgoing.call, Reason.UNREACHABLE, fault)
            wire.sleep(delay if delay is not None else wire.backoff * 2 ** (attempt - 1))
        raise AssertionError("unreachable: the loop returns or raises")

    def _live(self, request: requests.PreparedRequest, options: Mapping[str, Any]) -> Answer:
        """The network itself, with the caller's certificates and proxies and our own deadline."""
        wire = self._session.wire
        response = self._network.send(
            request,
            stream=False,
            timeout=(wire.connect_timeout, wire.read_timeout),
            verify=options.get("verify", True),
            cert=options.get("cert"),
            proxies=options.get("proxies"),
        )
        return Answer(response.status_code, response.content, dict(response.headers))

    def close(self) -> None:
        self._network.close()


class RestSession(Session):
    """What Azure and Google Cloud sessions share: matching, sending and judging REST calls."""

    def __init__(self, account: Account, wire: Wire) -> None:
        super().__init__(account, wire.ledger)
        self.wire = wire
        self.adapter = WireAdapter(self)
        self._declared = [c for c in wire.declared.values() if c.provider is self.provider]

    def declared_call(self, method: str, host: str, path: str) -> Call | None:
        """The declared call a request is. The longest template wins where several match."""
        matching = [c for c in self._declared if c.matches(method, host.lower(), path)]
        return max(matching, key=lambda c: len(c.path), default=None)

    @abstractmethod
    def location_of(self, host: str, path: str) -> str:
        """The location a request asks, or ``global``."""

    @abstractmethod
    def error_code(self, status: int, body: bytes) -> str:
        """The provider's own error code in a failed response."""

    @abstractmethod
    def reason(self, call: Call, status: int, code: str, body: bytes) -> Reason:
        """What a failed response means."""

    @abstractmethod
    def request_id(self, headers: Mapping[str, str]) -> str: ...

    @abstractmethod
    def request(self, method: str, url: str, query: Mapping[str, Any], body: Any) -> tuple[int, bytes]:
        """Send one authenticated request through the SDK; status and body. Errors of status do not raise."""

    def _send(self, call: Call, location: str, params: Mapping[str, Any]) -> Any:
        url, query, body = build_url(call, location, params)
        try:
            status, content = self.request(call.method, url, query, body)
        except MalformedResponse:
            raise CallFailed(call, Reason.MALFORMED) from None
        return self._judge(call, status, content)

    def _judge(self, call: Call, status: int, content: bytes) -> Any:
        if 200 <= status < 300:
            try:
                return check_json(call, content)
            except MalformedResponse:
                raise CallFailed(call, Reason.MALFORMED) from None
        code = self.error_code(status, content)
        if code in call.absence:
            return None
        raise CallFailed(call, self.reason(call, status, code, content), code or str(status))

    def sdk_pages(self, key: str, call: Call, work: Callable[[], Any]) -> Iterator[Mapping[str, Any]]:
        """Let an SDK do a listing and yield the bodies it received, so that no field its models drop is lost.

        Bodies received before a failure are yielded first; then the failure is raised as CallFailed.
        """
        bodies, failure = self.once(f"sdk:{key}", lambda: self._sdk_pages(call, work))
        yield from bodies
        if failure is not None:
            raise failure

    def _sdk_pages(self, call: Call, work: Callable[[], Any]) -> tuple[tuple[Mapping[str, Any], ...], WireError | None]:
        failure: WireError | None = None
        with answers() as made:
            try:
                work()
            except MalformedResponse:
                failure = CallFailed(call, Reason.MALFORMED)
            except WireError as error:
                failure = error
            except Exception:
                # The SDK raised over a response that the wire has recorded: its exchange says what it was.
                last = made[-1] if made else None
                if last is None or (last.status is not None and 200 <= last.status < 300):
                    raise
                code = last.error or str(last.status)
                failure = CallFailed(call, self.reason(call, last.status or 0, last.error, last.body), code)
        bodies = []
        for exchange in made:
            if exchange.status is not None and 200 <= exchange.status < 300:
                try:
                    bodies.append(check_json(call, exchange.body))
                except MalformedResponse:
                    failure = failure or CallFailed(call, Reason.MALFORMED)
                    break
        return tuple(bodies), failure


def build_url(call: Call, location: str, params: Mapping[str, Any]) -> tuple[str, dict[str, Any], Any]:
    """The URL of a declared call, its query, and its JSON body (the parameter ``body``)."""
    path = call.path
    query: dict[str, Any] = {}
    body = None
    for name, value in params.items():
        if name == "body":
            body = value
        elif f"{{{name}+}}" in path:
            path = path.replace(f"{{{name}+}}", quote(str(value).strip("/"), safe="/@:-._~()"))
        elif f"{{{name}}}" in path:
            path = path.replace(f"{{{name}}}", quote(str(value), safe="@:-._~()"))
        elif value is not None:
            query[name] = value
    path = path.replace("{location}", location)
    if "{" in path:
        raise ValueError(f"{call.key}: a parameter of {call.path} is missing")
    if call.version:
        query.setdefault("api-version", call.version)
    return f"https://{call.host.replace('{location}', location)}{path}", query, body


def _response(
    request: requests.PreparedRequest, status: int, headers: Mapping[str, str], body: bytes
) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response.request = request
    response.url = request.url or ""
    kept = {k: v for k, v in headers.items() if k.lower() not in UNUSABLE_HEADERS}
    kept.setdefault("Content-Type", "application/json")
    response.headers.update(kept)
    response.raw = HTTPResponse(body=io.BytesIO(body), headers=kept, status=status, preload_content=False)
    response.encoding = "utf-8"
    return response


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, from ``Retry-After`` (a number or a date) or ``retry-after-ms``."""
    lowered = {k.lower(): v for k, v in headers.items()}
    try:
        if "retry-after-ms" in lowered:
            return float(lowered["retry-after-ms"]) / 1000
        value = lowered.get("retry-after")
        if value is None:
            return None
        if value.strip().isdigit():
            return float(value)
        return max(parsedate_to_datetime(value).timestamp() - time.time(), 0.0)
    except ValueError:
        return None
