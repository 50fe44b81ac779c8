"""From application default credentials to projects: who we are, what to read, and where."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import google.auth
from google.auth import impersonated_credentials
from google.auth.exceptions import GoogleAuthError, OAuthError, RefreshError, TransportError
from requests.exceptions import RequestException

from auditor.errors import CredentialsError, UsageError
from auditor.model.facts import Reason
from auditor.model.scope import GLOBAL, Account, Provider
from auditor.providers.base import Connection
from auditor.providers.gcp.credentials import SCOPES, WITH_DIRECTORY, token_request
from auditor.providers.gcp.session import GcpSession
from auditor.providers.gcp.shared_calls import PROJECT_GET
from auditor.settings import GcpOptions
from auditor.wire.errors import CallFailed
from auditor.wire.hop import Wire

_HINT = "Run `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS; see docs/permissions."
_TOKEN_INFO = "https://oauth2.googleapis.com/tokeninfo"  # an address, no secret
WHERE_DISABLED = ("us-central1",)
"""Where Vertex AI is off it is off in every region; one is asked, so that the refusal is on record."""


def connect(options: GcpOptions, wire: Wire) -> Connection:
    """Sign in with application default credentials, and find the projects and their locations."""
    credentials, default_project = sign_in(options.impersonate)
    wanted = options.projects or ((default_project,) if default_project else ())
    if not wanted:
        raise UsageError("no Google Cloud project to read", "Name one with --project.")
    sessions = [_open(name, wire, credentials, options.quota_project or None) for name in dict.fromkeys(wanted)]
    for session in sessions:
        session.locations = locations(session, options.regions)
    return Connection(
        provider=Provider.GCP,
        principal=whoami(credentials),
        sessions={session.account: session for session in sessions},
        locations={session.account: session.locations for session in sessions},
    )


def offline(account: Account, places: tuple[str, ...], wire: Wire) -> GcpSession:
    """A session for replay; ``wire`` must be offline."""
    if not wire.offline:
        raise ValueError("an offline session needs an offline wire")
    session = GcpSession(account, wire)
    session.locations = places
    return session


def sign_in(impersonate: str = "") -> tuple[Any, str]:
    """Credentials that gave a token, and the project they belong to, if any. CredentialsError if there are none.

    Service accounts may ask for every scope; a user has those that were agreed to at sign-in, and is refused others.
    """
    try:
        try:
            return _signed(WITH_DIRECTORY, impersonate)
        except (OAuthError, RefreshError):
            return _signed(SCOPES, impersonate)
    except TransportError as error:
        raise CredentialsError(f"Google's token service cannot be reached ({type(error).__name__})", _HINT) from None
    except GoogleAuthError as error:
        doing = f"impersonating {impersonate}" if impersonate else "signing in"
        raise CredentialsError(f"Google Cloud gave no token while {doing} ({type(error).__name__})", _HINT) from None


def _signed(scopes: tuple[str, ...], impersonate: str) -> tuple[Any, str]:
    credentials, project = google.auth.default(scopes=SCOPES if impersonate else scopes)
    if impersonate:
        credentials = impersonated_credentials.Credentials(
            source_credentials=credentials, target_principal=impersonate, target_scopes=list(scopes)
        )
    credentials.refresh(token_request(credentials))
    return credentials, project or ""


def whoami(credentials: Any) -> str:
    """The e-mail address of the identity that reads, as Google knows it."""
    for name in ("service_account_email", "account"):
        value = getattr(credentials, name, None)
        if isinstance(value, str) and "@" in value:
            return value
    body = f"access_token={credentials.token}"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    try:
        answer = token_request(credentials)(_TOKEN_INFO, method="POST", body=body, headers=headers)
        found = json.loads(answer.data).get("email")
    except (GoogleAuthError, RequestException, ValueError, AttributeError):
        found = None
    return found if isinstance(found, str) else "a user of application default credentials"


def locations(session: GcpSession, wanted: tuple[str, ...]) -> tuple[str, ...]:
    """The regions to read: those asked for, or every region in which Vertex AI keeps resources."""
    if wanted:
        return tuple(dict.fromkeys(wanted))
    try:
        return session.ai_locations()
    except CallFailed as error:
        if error.reason is Reason.DISABLED:
            return WHERE_DISABLED
        raise UsageError(
            f"the locations of Vertex AI in project {session.account.id} cannot be listed ({error.reason.label})",
            "Allow aiplatform.locations.list, or name the regions with --region.",
        ) from None


def _open(name: str, wire: Wire, credentials: Any, quota_project: str | None) -> GcpSession:
    """A session under the project's id, whether it was named by id or by number.

    A project that cannot be read keeps the name it was given: its listings become gaps with the reason.
    """
    session = GcpSession(Account(Provider.GCP, name), wire, credentials, quota_project)
    try:
        project = session.call(PROJECT_GET, GLOBAL, project=name)
    except CallFailed as error:
        if name.isdigit():
            raise UsageError(
                f"project {name} cannot be read ({error.reason.label})", "Allow it, or name the project by its id."
            ) from None
        return session
    if project["projectId"] != name:
        session = GcpSession(Account(Provider.GCP, str(project["projectId"])), wire, credentials, quota_project)
    session.account = replace(session.account, name=str(project.get("displayName") or project["projectId"]))
    return session
