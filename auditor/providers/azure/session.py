"""A guarded, recorded session with one Azure subscription."""

from __future__ import annotations

import json
import logging
import os
import re
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

import requests
from azure.core.credentials import AccessToken
from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError
from azure.core.pipeline import policies as core
from azure.core.pipeline.transport import RequestsTransport
from azure.core.rest import HttpRequest
from azure.mgmt.core.policies import ARMChallengeAuthenticationPolicy
from azure.mgmt.resource.resources import ResourceManagementClient

from auditor.model.facts import Reason
from auditor.model.scope import GLOBAL, Account, Provider
from auditor.providers.azure.arm import HOST
from auditor.providers.azure.ml import MlListing
from auditor.providers.rest import RestSession
from auditor.wire.calls import Call
from auditor.wire.errors import CallFailed, WireError
from auditor.wire.hop import Wire

SCOPE = f"https://{HOST}/.default"
_ML_CLOUD_VARIABLE = "AZUREML_CURRENT_CLOUD"
_ml_lock = threading.Lock()

_DISABLED = ("missingsubscriptionregistration", "notregistered")
_UNSUPPORTED = frozenset({"invalidapiversionparameter", "noregisteredproviderfound", "invalidresourcetype"})


class OfflineCredential:
    """A credential for sessions that cannot reach the network."""

    def get_token(self, *_scopes: str, **_options: Any) -> AccessToken:
        return AccessToken("offline", int(time.time()) + 3600)


class AzureSession(RestSession):
    """Sends declared calls through the Azure SDK.

    The clients get our own pipeline. The stock one registers resource providers, with a POST, when a read meets an
    unregistered one; ours has no such policy, and no retries, which belong to the wire.
    """

    provider: ClassVar[Provider] = Provider.AZURE

    def __init__(self, account: Account, wire: Wire, credential: Any = None) -> None:
        super().__init__(account, wire)
        if wire.offline:
            credential = OfflineCredential()
        if credential is None:
            raise ValueError("a session with the network needs a credential")
        http = requests.Session()
        http.trust_env = not wire.offline
        http.mount("https://", self.adapter)
        self.credential = credential
        self._transport = RequestsTransport(session=http, session_owner=False)
        self.resources = ResourceManagementClient(
            credential,
            account.id,
            base_url=f"https://{HOST}",
            credential_scopes=[SCOPE],
            policies=self._policies(),  # bodies are ours to decode: a refusal in HTML is still a refusal
            transport=self._transport,
        )

    def client_options(self) -> dict[str, Any]:
        """What a client of this session must be made with; for one client each.

        azure-core links the policies of a pipeline by an attribute of theirs. Clients that shared a policy would send
        what the others send through the pipeline that was made last, or through one that is only half made.
        """
        return {"policies": [*self._policies(), core.ContentDecodePolicy()], "transport": self._transport}

    def _policies(self) -> list[Any]:
        return [
            core.RequestIdPolicy(),
            core.HeadersPolicy(),
            core.UserAgentPolicy("ml-posture-auditor", user_agent_use_env=False),
            ARMChallengeAuthenticationPolicy(self.credential, SCOPE),
            core.CustomHookPolicy(),
        ]

    def request(self, method: str, url: str, query: Mapping[str, Any], body: Any) -> tuple[int, bytes]:
        request = HttpRequest(method, url, params=dict(query), json=body)
        response = self.resources.send_request(request)
        return response.status_code, response.content

    def _send(self, call: Call, location: str, params: Mapping[str, Any]) -> Any:
        try:
            return super()._send(call, location, params)
        except AzureError as error:
            raise _no_answer(call, error) from None

    def items(self, call: Call, location: str, **params: Any) -> Iterator[Any]:
        """As in the base class; pages that hold something else than objects are MALFORMED."""
        for page in self.pages(call, location, params):
            yield from _objects(call, page)

    def ml_items(self, listing: MlListing, **names: str) -> Iterator[Any]:
        """The rows of a listing that the Azure Machine Learning SDK makes, from the bodies it received.

        ``names`` are those in the path of the listing's call: group, workspace, endpoint. Where the SDK gives up over
        something that is no answer, such as a row it cannot turn into an object of its own, what it has not asked for
        is asked without it: a listing ends only with a page that says so.
        """
        call = listing.call
        params = {"subscription": self.account.id, **names}
        last: Mapping[str, Any] | None = None
        for body in self.sdk_pages(f"{call.key}:{sorted(names.items())}", call, self._ml_work(listing, names)):
            yield from _objects(call, body)
            last = body
        token = self._next_token(call, last) if last is not None else None
        if token or last is None:
            for page in self.pages(call, GLOBAL, params, token):
                yield from _objects(call, page)

    def _ml_work(self, listing: MlListing, names: Mapping[str, str]) -> Callable[[], None]:
        def work() -> None:
            client = self.ml_client(names.get("group"), names.get("workspace"))
            try:
                for _ in listing.sdk(client, names):
                    pass
            except (WireError, HttpResponseError) as error:
                if isinstance(error, ClientAuthenticationError) and error.response is None:
                    raise _no_answer(listing.call, error) from None
                raise
            except Exception as error:
                # No failed call: the wire kept the pages that came, and ml_items goes on from the last of them.
                logging.getLogger(__name__).debug("azure-ai-ml gave up on %s: %s", listing.call.key, type(error))

        return work

    def ml_client(self, group: str | None = None, workspace: str | None = None) -> Any:
        """An ``MLClient`` on the pipeline of this session. Imported when first needed: it takes seconds."""
        with _ml_lock:
            before = os.environ.get(_ML_CLOUD_VARIABLE)
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # of its own dependencies, about each other
                    from azure.ai.ml import MLClient

                client = MLClient(
                    self.credential,
                    self.account.id,
                    group,
                    workspace,
                    cloud="AzureCloud",
                    enable_telemetry=False,
                    show_progress=False,
                    **self.client_options(),
                )
            finally:
                if before is None:
                    os.environ.pop(_ML_CLOUD_VARIABLE, None)
                else:
                    os.environ[_ML_CLOUD_VARIABLE] = before
                _silence("azure.ai.ml")
        return client

    def location_of(self, host: str, path: str) -> str:
        """ARM is one global endpoint."""
        return GLOBAL

    def error_code(self, status: int, body: bytes) -> str:
        """``error.code`` of an ARM error; some services give the object inside ``error`` alone."""
        try:
            parsed = json.loads(body)
        except (ValueError, UnicodeDecodeError):
            return ""
        error = parsed.get("error", parsed) if isinstance(parsed, dict) else None
        code = error.get("code", error.get("Code")) if isinstance(error, dict) else None
        return code if isinstance(code, str) and re.fullmatch(r"[\w .:-]{1,80}", code) else ""

    def reason(self, call: Call, status: int, code: str, body: bytes) -> Reason:
        name = re.sub(r"[^a-z]", "", code.lower())
        if any(part in name for part in _DISABLED):
            return Reason.DISABLED
        if status in (401, 403) or name == "subscriptionnotfound":  # so ARM answers those who may not see one
            return Reason.DENIED
        if name in _UNSUPPORTED:
            return Reason.NOT_BUILT
        if status == 404:
            return Reason.VANISHED if name.endswith("notfound") or not call.items else Reason.UNREACHABLE
        return Reason.THROTTLED if status == 429 else Reason.UNREACHABLE

    def request_id(self, headers: Mapping[str, str]) -> str:
        lowered = {k.lower(): v for k, v in headers.items()}
        return lowered.get("x-ms-request-id") or lowered.get("x-ms-correlation-request-id", "")

    def _page_params(self, call: Call, params: Mapping[str, Any], token: Any) -> dict[str, Any]:
        return {**params, **(token or {})}

    def _next_token(self, call: Call, page: Mapping[str, Any]) -> Any:
        """The query of ``nextLink``: the path is the call's own."""
        link = page.get("nextLink")
        if not link:
            return None
        split = urlsplit(link) if isinstance(link, str) else None
        query = dict(parse_qsl(split.query)) if split else {}
        if split is None or split.hostname != HOST or not query:
            raise CallFailed(call, Reason.MALFORMED, "nextLink")
        return query

    def offers(self, service: str, location: str) -> bool:
        """Every listing here covers the subscription, whatever its regions offer."""
        return True


def _objects(call: Call, page: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for row in page[call.items]:
        if not isinstance(row, Mapping):
            raise CallFailed(call, Reason.MALFORMED, call.items)
        yield row


def _no_answer(call: Call, error: AzureError) -> CallFailed:
    """The SDK gave up before anything was sent, for want of a token, or without telling us more."""
    denied = isinstance(error, ClientAuthenticationError)
    return CallFailed(call, Reason.DENIED if denied else Reason.UNREACHABLE, type(error).__name__)


def _silence(prefix: str) -> None:
    """The SDK installs handlers that write to stderr; what they would say is in our record or of no use."""
    for name, logger in list(logging.root.manager.loggerDict.items()):
        if isinstance(logger, logging.Logger) and (name == prefix or name.startswith(f"{prefix}.")):
            logger.handlers = [logging.NullHandler()]
            logger.propagate = False
