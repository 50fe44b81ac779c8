"""A guarded, recorded session with one Google Cloud project.

Everything leaves through one adapter: the generated clients (Vertex AI, Resource Manager) over their REST transport,
and ``AuthorizedSession`` for the other services. Facts are computed from the bodies on the wire, because the generated
models drop fields that they do not know.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib import import_module
from typing import Any, ClassVar, NoReturn
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import requests
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import AuthorizedSession

from auditor.model.facts import Reason
from auditor.model.scope import GLOBAL, Account, Provider
from auditor.providers.gcp.credentials import static_credentials, token_request
from auditor.providers.gcp.errors import error_code, reason_of
from auditor.providers.gcp.shared_calls import AI_LOCATIONS, PROJECT_GET
from auditor.providers.rest import RestSession, WireAdapter
from auditor.wire.calls import Call
from auditor.wire.errors import CallFailed, MalformedResponse
from auditor.wire.hop import Wire

PAGE_SIZE = 100
_IN_PATH = re.compile(r"/locations/([a-z0-9-]+)(?=/|:|$)")
_BENIGN_WARNINGS = frozenset({"NO_RESULTS_ON_PAGE"})
"""Compute puts this beside an empty scope of an aggregated list; any other warning means something is missing."""

_CLIENTS = {
    "aiplatform:projects.locations.endpoints.list": (
        "google.cloud.aiplatform_v1.services.endpoint_service",
        "EndpointService",
        "list_endpoints",
    ),
    "aiplatform:projects.locations.models.list": (
        "google.cloud.aiplatform_v1.services.model_service",
        "ModelService",
        "list_models",
    ),
    "cloudresourcemanager:projects.getIamPolicy": (
        "google.cloud.resourcemanager_v3.services.projects",
        "Projects",
        "get_iam_policy",
    ),
}
"""Calls that Google's generated clients make: package, service, method. Imported when first used: they are slow."""

_IMPORTING = threading.Lock()
"""Collectors run in threads, and two threads that import from one of these packages can block each other."""


class NamedEnums(WireAdapter):
    """Has Google send enums by name: the generated clients ask for numbers, which no reader of evidence knows."""

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        split = urlsplit(request.url or "")
        query = [(k, v) for k, v in parse_qsl(split.query, keep_blank_values=True) if k != "$alt"]
        request.url = urlunsplit(split._replace(query=urlencode(query)))
        return super().send(request, **options)


class _Authorized(AuthorizedSession):  # type: ignore[misc]  # google.auth has no types
    """Puts a token on each request. One that cannot be had is recorded as a request that was not answered."""

    def __init__(self, credentials: Any, adapter: WireAdapter, *, isolated: bool) -> None:
        # No second try on a 401: credentials are renewed before they expire, and a replay could not tell the two.
        super().__init__(credentials, refresh_status_codes=(), auth_request=token_request(credentials))
        self._adapter = adapter
        self.trust_env = not isolated
        adopt(self, adapter)

    def request(self, method: str, url: str, data: Any = None, headers: Any = None, **options: Any) -> Any:
        try:
            return super().request(method, url, data=data, headers=headers, **options)
        except GoogleAuthError as error:
            unsent = requests.Request(method, url, headers, params=options.get("params"), json=options.get("json"))
            self._adapter.unsent(unsent.prepare(), type(error).__name__)


def adopt(session: requests.Session, adapter: WireAdapter) -> None:
    """Make the adapter the only way out of a session, plain http included."""
    for prefix in tuple(session.adapters):
        del session.adapters[prefix]
    session.mount("https://", adapter)
    session.mount("http://", adapter)


class GcpSession(RestSession):
    """Sends declared calls to Google Cloud. An offline wire means no credentials and no environment."""

    provider: ClassVar[Provider] = Provider.GCP

    def __init__(self, account: Account, wire: Wire, credentials: Any = None, quota_project: str | None = None) -> None:
        super().__init__(account, wire)
        self.adapter = NamedEnums(self)
        if wire.offline:
            credentials = static_credentials()
        elif credentials is None:
            raise ValueError("a session with the network needs credentials")
        elif quota_project and hasattr(credentials, "with_quota_project"):
            credentials = credentials.with_quota_project(quota_project)
        self.credentials = credentials
        self._http = _Authorized(credentials, self.adapter, isolated=wire.offline)

    def request(self, method: str, url: str, query: Mapping[str, Any], body: Any) -> tuple[int, bytes]:
        response = self._http.request(
            method,
            url,
            params=dict(query),
            json=body,
            timeout=self.wire.read_timeout,
            allow_redirects=False,
        )
        return response.status_code, response.content

    def client(self, call: Call, location: str) -> Any:
        """The generated client of a call, over REST through our adapter, with an explicit host and universe."""
        package, service, _ = _CLIENTS[call.key]
        with _IMPORTING:
            import_module(".".join(package.split(".")[:3]))  # the whole of it first: its parts import each other
            transports = import_module(f"{package}.transports")
        host = call.host.replace("{location}", location)
        transport = getattr(transports, f"{service}RestTransport")(host=host, credentials=self.credentials)
        self._take_over(transport._session)
        client = getattr(import_module(package), f"{service}Client")
        return client(transport=transport, client_options={"universe_domain": "googleapis.com"})

    def _take_over(self, session: Any) -> None:
        """A session the generated client made for itself gets our adapter, token handling and isolation."""
        session.trust_env = not self.wire.offline
        session._refresh_status_codes = ()
        session._auth_request = token_request(self.credentials)
        adopt(session, self.adapter)

    def sdk_items(self, call: Call, location: str) -> Iterator[Any]:
        """The items of a list that a generated client pages through, from the bodies it received."""
        request = {"parent": f"projects/{self.account.id}/locations/{location}", "page_size": PAGE_SIZE}
        work = partial(self._drain, call, location, request)
        for body in self.sdk_pages(f"{call.key}@{location}", call, work):
            yield from body.get(call.items) or ()

    def sdk_body(self, call: Call, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """The body of a call that a generated client makes and that has one answer."""
        bodies = tuple(self.sdk_pages(call.key, call, partial(self._drain, call, GLOBAL, request)))
        return bodies[-1]

    def _drain(self, call: Call, location: str, request: Mapping[str, Any]) -> None:
        from google.protobuf.json_format import ParseError

        method: Callable[..., Any] = getattr(self.client(call, location), _CLIENTS[call.key][2])
        try:
            answer = method(request=dict(request), retry=None, timeout=self.wire.read_timeout)
            seen: set[str] = set()
            for page in answer.pages if call.items else ():
                if page.next_page_token in seen:  # the pages would go round for ever
                    raise MalformedResponse(f"{call.key}: a page token came twice")
                seen.add(page.next_page_token)
        except ParseError:
            raise MalformedResponse(f"{call.key}: fields of the wrong type") from None
        except GoogleAuthError as error:
            self._no_token(call, location, request, type(error).__name__)

    def _no_token(self, call: Call, location: str, request: Mapping[str, Any], code: str) -> NoReturn:
        """What :class:`_Authorized` does, for the sessions of the generated clients: the first page was not sent."""
        path = call.path.replace("{location}", location).replace("{project}", self.account.id)
        url = f"https://{call.host.replace('{location}', location)}{path}"
        if "parent" in request:
            unsent = requests.Request(call.method, url, params={"pageSize": request["page_size"]})
        else:
            unsent = requests.Request(call.method, url, json={"options": {"requestedPolicyVersion": 3}})
        self.adapter.unsent(unsent.prepare(), code)

    def items(self, call: Call, location: str, **params: Any) -> Iterator[Any]:
        """As in every session; a page that says some places did not answer makes the listing incomplete at its end."""
        partial_answer = False
        for page in self.pages(call, location, params):
            partial_answer = partial_answer or says_partial(page)
            yield from page.get(call.items) or ()
        if partial_answer:
            raise CallFailed(call, Reason.UNREACHABLE, "partial")

    def scoped_items(self, call: Call, location: str, key: str, **params: Any) -> Iterator[Any]:
        """The items of an aggregated Compute list, a map of scopes that each hold a list under ``key``."""
        partial_answer = False
        for page in self.pages(call, location, params):
            partial_answer = partial_answer or says_partial(page)
            scopes = page.get("items", {})  # an empty aggregated list may leave the map out; its kind was checked
            if not isinstance(scopes, Mapping):
                raise CallFailed(call, Reason.MALFORMED)
            for scope in scopes.values():
                if not isinstance(scope, Mapping) or not isinstance(scope.get(key, []), list):
                    raise CallFailed(call, Reason.MALFORMED)
                partial_answer = partial_answer or says_partial(scope)
                yield from scope.get(key, ())
        if partial_answer:
            raise CallFailed(call, Reason.UNREACHABLE, "partial")

    def _page_params(self, call: Call, params: Mapping[str, Any], token: Any) -> dict[str, Any]:
        return {**params, **({"pageToken": token} if token else {})}

    def _next_token(self, call: Call, page: Mapping[str, Any]) -> Any:
        return page.get("nextPageToken")

    def location_of(self, host: str, path: str) -> str:
        if host.endswith("-aiplatform.googleapis.com"):
            return host.removesuffix("-aiplatform.googleapis.com")
        found = _IN_PATH.search(path)
        return found.group(1) if found and found.group(1) != "-" else GLOBAL

    def error_code(self, status: int, body: bytes) -> str:
        return error_code(body)

    def reason(self, call: Call, status: int, code: str, body: bytes) -> Reason:
        return reason_of(status, code, body)

    def request_id(self, headers: Mapping[str, str]) -> str:
        lowered = {k.lower(): v for k, v in headers.items()}
        return lowered.get("x-request-id") or lowered.get("x-guploader-uploadid") or ""

    def project_number(self) -> str:
        """The number that live names carry in place of the project id. CallFailed if it cannot be read."""
        body = self.call(PROJECT_GET, GLOBAL, project=self.account.id)
        return str(body["name"]).removeprefix("projects/")

    def ai_locations(self) -> tuple[str, ...]:
        """The regions in which Vertex AI keeps resources. Its location ``global`` only answers for Google's models."""
        found = [str(entry["locationId"]) for entry in self.items(AI_LOCATIONS, GLOBAL, project=self.account.id)]
        return tuple(sorted(name for name in found if re.fullmatch(r"[a-z]+-[a-z]+\d+", name)))

    def offers(self, service: str, location: str) -> bool:
        """A run's locations are Vertex AI's own or named by the operator: each is asked, and a refusal is a gap."""
        return True


def says_partial(page: Mapping[str, Any]) -> bool:
    """Whether Google says, inside a success, that it could not answer everything."""
    warning = page.get("warning")
    return bool(page.get("unreachable") or page.get("unreachables")) or (
        isinstance(warning, Mapping) and str(warning.get("code")) not in _BENIGN_WARNINGS
    )
