"""From the standard credential chain to the subscriptions that are read."""

from __future__ import annotations

import base64
import json
import logging
import threading
import time
from collections.abc import Mapping
from typing import Any

from azure.core.credentials import AccessToken
from azure.core.exceptions import AzureError, ClientAuthenticationError
from azure.identity import DefaultAzureCredential
from azure.mgmt.resource.subscriptions import SubscriptionClient

from auditor.errors import CredentialsError
from auditor.model.scope import GLOBAL, Account, Provider
from auditor.providers.azure import SUBSCRIPTIONS
from auditor.providers.azure.arm import HOST
from auditor.providers.azure.session import SCOPE, AzureSession
from auditor.providers.base import Connection
from auditor.settings import AzureOptions
from auditor.wire.errors import CallFailed
from auditor.wire.hop import Wire

_HINT = "Sign in with 'az login', or set AZURE_TENANT_ID, AZURE_CLIENT_ID and a secret; --tenant chooses a tenant."
_FRESH = 300
"""Seconds a cached token must still be good for."""


class CachedCredential:
    """One token for all clients: the CLI as a source takes a second per token, and each client asks for its own."""

    def __init__(self, source: Any, tenant: str = "") -> None:
        self._source, self._tenant = source, tenant
        self._lock = threading.Lock()
        self._tokens: dict[tuple[Any, ...], AccessToken] = {}

    def get_token(
        self,
        *scopes: str,
        claims: str | None = None,
        tenant_id: str | None = None,
        enable_cae: bool = False,
        **options: Any,
    ) -> AccessToken:
        """A cached token, or a new one; always a new one when the service challenges with ``claims``."""
        tenant = tenant_id or self._tenant or None
        key = (scopes, tenant, enable_cae)
        with self._lock:
            token = self._tokens.get(key)
            if token is None or claims is not None or token.expires_on - time.time() < _FRESH:
                token = self._source.get_token(
                    *scopes, claims=claims, tenant_id=tenant, enable_cae=enable_cae, **options
                )
                self._tokens[key] = token
            return token


def connect(options: AzureOptions, wire: Wire, credential: Any = None) -> Connection:
    """Sign in and find the subscriptions: those asked for, or every enabled one. CredentialsError if that fails.

    ``credential`` takes the place of the standard chain.
    """
    logging.getLogger("azure.identity").setLevel(logging.CRITICAL)  # its warnings list every source it tried
    if credential is None:
        allowed = {"additionally_allowed_tenants": [options.tenant]} if options.tenant else {}
        credential = DefaultAzureCredential(exclude_interactive_browser_credential=True, **allowed)
    cached = CachedCredential(credential, options.tenant)
    try:
        claims = claims_of(cached.get_token(SCOPE).token)
    except ClientAuthenticationError:
        raise CredentialsError("no Azure credentials were found, or Microsoft Entra refused them", _HINT) from None
    except (AzureError, ValueError) as error:
        raise CredentialsError(f"Azure credentials cannot be obtained ({type(error).__name__})", _HINT) from None
    accounts = _subscriptions(options, wire, cached, claims)
    return Connection(
        provider=Provider.AZURE,
        principal=whoami(claims),
        sessions={account: AzureSession(account, wire, cached) for account in accounts},
        locations=dict.fromkeys(accounts, (GLOBAL,)),
    )


def offline(account: Account, locations: tuple[str, ...], wire: Wire) -> AzureSession:
    """A session for replay."""
    return AzureSession(account, wire)


def claims_of(token: str) -> Mapping[str, Any]:
    """What an access token says about its holder. Its signature is the services' business."""
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError, UnicodeDecodeError):
        return {}
    return claims if isinstance(claims, dict) else {}


def whoami(claims: Mapping[str, Any]) -> str:
    """The holder of a token: a user's name, or an application and its object id; and the tenant."""
    name = claims.get("upn") or claims.get("unique_name") or claims.get("preferred_username")
    if not name:
        application = claims.get("appid") or claims.get("azp")
        name = f"application {application}" if application else "unknown principal"
    oid, tenant = claims.get("oid"), claims.get("tid")
    return str(name) + (f" (object {oid})" if oid else "") + (f" in tenant {tenant}" if tenant else "")


def _subscriptions(options: AzureOptions, wire: Wire, credential: Any, claims: Mapping[str, Any]) -> list[Account]:
    tenant = AzureSession(Account(Provider.AZURE, str(claims.get("tid") or "tenant")), wire, credential)
    client = SubscriptionClient(
        credential, base_url=f"https://{HOST}", credential_scopes=[SCOPE], **tenant.client_options()
    )
    rows: list[Mapping[str, Any]] = []
    try:
        for body in tenant.sdk_pages("subscriptions", SUBSCRIPTIONS, lambda: list(client.subscriptions.list())):
            rows.extend(body["value"])
    except CallFailed as error:
        raise CredentialsError(
            f"the Azure subscriptions cannot be listed ({error.reason.label})",
            "The credential needs the role Reader on the subscriptions to audit.",
        ) from None
    seen = {str(row.get("subscriptionId", "")).lower(): row for row in rows}
    if options.subscriptions:
        wanted = list(dict.fromkeys(s.lower() for s in options.subscriptions))
        if missing := [s for s in wanted if s not in seen]:
            raise CredentialsError(
                f"{whoami(claims)} cannot see subscription {', '.join(missing)}",
                "Check --subscription and --tenant; 'az account list' shows what the credential sees.",
            )
    else:
        wanted = sorted(s for s, row in seen.items() if s and str(row.get("state", "")).lower() == "enabled")
    if not wanted:
        raise CredentialsError(
            f"{whoami(claims)} sees no enabled Azure subscription",
            "The credential needs the role Reader on the subscriptions to audit.",
        )
    return [Account(Provider.AZURE, s, str(seen[s].get("displayName") or "")) for s in wanted]
