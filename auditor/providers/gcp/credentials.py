"""Credentials and the only hosts that they may be fetched from. Token traffic is not recorded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from google.auth.transport.requests import Request
from google.oauth2.credentials import Credentials
from requests.adapters import HTTPAdapter

from auditor.providers.gcp.directory import DIRECTORY_SCOPES
from auditor.wire.errors import WriteBlocked

SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)
"""Several read methods accept no narrower scope; the permissions of the identity are what limits us."""

WITH_DIRECTORY = (*SCOPES, *DIRECTORY_SCOPES)
"""What is asked for first. A credential that cannot have it reads without the directory, which then refuses itself."""

TOKEN_HOSTS = frozenset(
    {
        "accounts.google.com",
        "iamcredentials.googleapis.com",
        "metadata.google.internal",
        "169.254.169.254",
        "oauth2.googleapis.com",
        "oauth2.mtls.googleapis.com",
        "sts.googleapis.com",
        "www.googleapis.com",
    }
)
"""Where Google credentials get their tokens, the metadata server included."""
_WWW_PATHS = ("/oauth2/",)


def static_credentials() -> Any:
    """A token that is none: for sessions from which nothing can leave."""
    return Credentials(token="offline")  # noqa: S106


class TokenAdapter(HTTPAdapter):
    """Lets requests through to hosts that give out tokens, and to no other."""

    def __init__(self, hosts: frozenset[str]) -> None:
        super().__init__(max_retries=0)
        self._hosts = hosts

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        split = urlsplit(request.url or "")
        host = (split.hostname or "").lower()
        if host not in self._hosts or (host == "www.googleapis.com" and not split.path.startswith(_WWW_PATHS)):
            raise WriteBlocked(f"{request.method} {host} is no source of tokens")
        return super().send(request, **options)


def token_request(credentials: Any) -> Any:
    """What credentials renew themselves with."""
    session = requests.Session()
    adapter = TokenAdapter(TOKEN_HOSTS | _federation_hosts(credentials))
    for prefix in ("https://", "http://"):
        session.mount(prefix, adapter)
    return Request(session)


def _federation_hosts(credentials: Any) -> frozenset[str]:
    """Hosts that the operator's own workload identity configuration names as the source of its subject token."""
    info = getattr(credentials, "info", None)
    source = info.get("credential_source") if isinstance(info, Mapping) else None
    if not isinstance(source, Mapping):
        return frozenset()
    urls = [value for key, value in source.items() if key.endswith("url") and isinstance(value, str)]
    return frozenset(host for url in urls if (host := (urlsplit(url).hostname or "").lower()))
