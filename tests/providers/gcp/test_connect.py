"""Signing in: which credentials, which projects, which locations, and one clear line when it does not work."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import google.auth
import pytest
import requests
from google.auth import impersonated_credentials
from google.auth.exceptions import DefaultCredentialsError, OAuthError, RefreshError, TransportError
from google.oauth2.credentials import Credentials

from auditor.errors import AuditorError, CredentialsError, UsageError
from auditor.model.scope import Account, Provider
from auditor.providers.gcp import connect as connecting
from auditor.providers.gcp.connect import WHERE_DISABLED, connect, sign_in, whoami
from auditor.providers.gcp.session import GcpSession
from auditor.settings import GcpOptions
from auditor.wire.hop import Answer, Outgoing, Wire
from tests.support.gcp import DECLARED, DENIED, DISABLED, Network

EVERYTHING = "https://www.googleapis.com/auth/cloud-platform"
DIRECTORY = (
    "https://www.googleapis.com/auth/admin.directory.user.readonly",
    "https://www.googleapis.com/auth/admin.directory.group.member.readonly",
)


class Signed(Credentials):  # type: ignore[misc]
    service_account_email = "auditor@lumen.iam.gserviceaccount.com"

    def __init__(self, failing: Exception | None = None) -> None:
        super().__init__(token="t")
        self.failing = failing

    def refresh(self, request: Any) -> None:
        if self.failing:
            raise self.failing


@pytest.fixture
def default(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """What google.auth.default finds."""
    found = SimpleNamespace(credentials=Signed(), project="lumen", scopes=None)

    def answer(scopes: Any = None, **_: Any) -> tuple[Any, Any]:
        found.scopes = scopes
        return found.credentials, found.project

    monkeypatch.setattr(google.auth, "default", answer)
    return found


def ok(body: Any) -> Answer:
    return Answer(200, json.dumps(body).encode(), {"content-type": "application/json"})


PROJECT = {"name": "projects/730241865519", "projectId": "lumen", "displayName": "Lumen"}
LOCATIONS = {"locations": [{"locationId": "us-central1"}, {"locationId": "global"}]}


def wire(project: Answer, places: Answer) -> Wire:
    def source(request: Outgoing) -> Answer:
        return project if request.call.operation == "projects.get" else places

    return Wire(declared=DECLARED, sources=(source,))


def test_the_default_project_and_every_location(default: SimpleNamespace) -> None:
    made = connect(GcpOptions(), wire(ok(PROJECT), ok(LOCATIONS)))
    (account,) = made.sessions
    assert account == Account(Provider.GCP, "lumen", "Lumen")
    assert made.locations == {account: ("us-central1",)}
    assert made.principal == "auditor@lumen.iam.gserviceaccount.com"
    assert made.sessions[account].locations == ("us-central1",)
    assert default.scopes == (EVERYTHING, *DIRECTORY)


@pytest.mark.usefixtures("default")
def test_a_project_named_by_its_number_is_known_by_its_id() -> None:
    made = connect(GcpOptions(projects=("730241865519",), regions=("europe-west4",)), wire(ok(PROJECT), DENIED))
    (account,) = made.sessions
    assert (account.id, made.locations[account]) == ("lumen", ("europe-west4",))


@pytest.mark.usefixtures("default")
def test_connecting_and_collecting_ask_for_the_project_once() -> None:
    used = wire(ok(PROJECT), ok(LOCATIONS))
    made = connect(GcpOptions(), used)
    (session,) = made.sessions.values()
    assert isinstance(session, GcpSession)
    assert session.project_number() == "730241865519"
    assert [e.operation for e in used.ledger.exchanges()].count("projects.get") == 1


@pytest.mark.usefixtures("default")
def test_a_project_that_cannot_be_read_is_still_asked() -> None:
    made = connect(GcpOptions(projects=("hidden",), regions=("us-central1",)), wire(DENIED, DENIED))
    assert [account.id for account in made.sessions] == ["hidden"]


@pytest.mark.usefixtures("default")
@pytest.mark.parametrize(
    ("options", "project", "places", "said"),
    [
        (GcpOptions(projects=("7302",)), DENIED, ok(LOCATIONS), "project 7302 cannot be read"),
        (GcpOptions(), ok(PROJECT), DENIED, "the locations of Vertex AI in project lumen cannot be listed"),
    ],
)
def test_what_cannot_be_settled_is_said(options: GcpOptions, project: Answer, places: Answer, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        connect(options, wire(project, places))
    assert said in caught.value.message
    assert caught.value.hint


@pytest.mark.usefixtures("default")
def test_where_vertex_is_off_one_region_is_asked() -> None:
    made = connect(GcpOptions(), wire(ok(PROJECT), DISABLED))
    assert list(made.locations.values()) == [WHERE_DISABLED]


def test_no_project_at_all(default: SimpleNamespace) -> None:
    default.project = None
    with pytest.raises(UsageError, match="no Google Cloud project"):
        connect(GcpOptions(), wire(ok(PROJECT), ok(LOCATIONS)))


@pytest.mark.parametrize(
    ("failing", "said"),
    [
        (RefreshError("secret words of an exception"), "gave no token while signing in (RefreshError)"),
        (TransportError("secret words of an exception"), "cannot be reached (TransportError)"),
    ],
)
def test_credentials_that_do_not_work(default: SimpleNamespace, failing: Exception, said: str) -> None:
    default.credentials = Signed(failing)
    with pytest.raises(CredentialsError) as caught:
        sign_in()
    assert said in caught.value.message
    assert "secret words" not in caught.value.message
    assert isinstance(caught.value, AuditorError)
    assert caught.value.exit_code == 2


class Agreed(Signed):
    """A user who agreed to some scopes only: Google refuses a token for more."""

    def __init__(self, asked: Any, refused: type[Exception]) -> None:
        super().__init__(refused("invalid_scope") if set(DIRECTORY) & set(asked) else None)


@pytest.mark.parametrize("refused", [RefreshError, OAuthError])
def test_credentials_without_the_scopes_of_the_directory_work_for_the_rest(
    monkeypatch: pytest.MonkeyPatch, refused: type[Exception]
) -> None:
    asked: list[Any] = []

    def answer(scopes: Any = None, **_: Any) -> tuple[Any, str]:
        asked.append(scopes)
        return Agreed(scopes, refused), "lumen"

    monkeypatch.setattr(google.auth, "default", answer)
    credentials, project = sign_in()
    assert asked == [(EVERYTHING, *DIRECTORY), (EVERYTHING,)]
    assert (credentials.failing, project) == (None, "lumen")


def test_an_impersonated_account_without_the_scopes_of_the_directory_works_for_the_rest(
    default: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def impersonated(*, target_scopes: list[str], **_: Any) -> Signed:
        asked.append(target_scopes)
        return Agreed(target_scopes, RefreshError)

    monkeypatch.setattr(impersonated_credentials, "Credentials", impersonated)
    credentials, project = sign_in("reader@x.iam.gserviceaccount.com")
    assert asked == [[EVERYTHING, *DIRECTORY], [EVERYTHING]]
    assert (credentials.failing, project) == (None, default.project)


def test_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(**_: Any) -> None:
        raise DefaultCredentialsError("not found")

    monkeypatch.setattr(google.auth, "default", none)
    with pytest.raises(CredentialsError) as caught:
        sign_in()
    assert "gcloud auth application-default login" in caught.value.hint


def test_impersonation(default: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}

    def impersonated(**options: Any) -> Signed:
        seen.update(options)
        return Signed(RefreshError("no") if options["target_principal"] == "bad@x" else None)

    monkeypatch.setattr(impersonated_credentials, "Credentials", impersonated)
    sign_in("reader@x.iam.gserviceaccount.com")
    assert seen["target_principal"] == "reader@x.iam.gserviceaccount.com"
    assert seen["target_scopes"] == [EVERYTHING, *DIRECTORY]
    assert default.scopes == (EVERYTHING,), "what is impersonated reads the directory, not who impersonates"
    with pytest.raises(CredentialsError, match="impersonating bad@x"):
        sign_in("bad@x")


def test_a_user_is_asked_for_by_token_and_the_token_is_not_in_a_url(monkeypatch: pytest.MonkeyPatch) -> None:
    network = Network(ok({"email": "ines@example.com"}), Answer(400, b"nonsense"))

    def request(_: Any) -> Any:
        session = requests.Session()
        session.mount("https://", network)  # type: ignore[arg-type]
        return google.auth.transport.requests.Request(session)

    monkeypatch.setattr(connecting, "token_request", request)
    assert whoami(Credentials(token="abc")) == "ines@example.com"
    assert whoami(Credentials(token="abc")) == "a user of application default credentials"
    assert "abc" not in str(network.sent[0].url)
