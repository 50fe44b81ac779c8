"""Signing in: who we are, which subscriptions, and one clear line when it fails."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError, ServiceRequestError

from auditor.errors import CredentialsError
from auditor.model.scope import GLOBAL, Account, Provider
from auditor.providers.azure import CONNECT_CALLS
from auditor.providers.azure.connect import CachedCredential, connect, whoami
from auditor.settings import AzureOptions
from auditor.wire.hop import Answer, Wire, declare
from tests.providers.azure.conftest import Network

TENANT = "00000000-0000-0000-0000-00000000e000"
CLAIMS = {"upn": "a@kestrel.example", "oid": "o1", "tid": TENANT}


def jwt(claims: dict[str, Any]) -> str:
    return f"e30.{base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip('=')}.sig"


class Credential:
    def __init__(self, claims: dict[str, Any] | None = None, lifetime: int = 3600) -> None:
        self.token, self.lifetime = jwt(claims or CLAIMS), lifetime
        self.asked: list[dict[str, Any]] = []

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        self.asked.append(options)
        return AccessToken(self.token, int(time.time()) + self.lifetime)


def subscription(number: int, state: str = "Enabled") -> dict[str, Any]:
    return {
        "id": f"/subscriptions/s{number}",
        "subscriptionId": f"S{number}",
        "displayName": f"n{number}",
        "state": state,
    }


def page(*rows: dict[str, Any], more: bool = False) -> Answer:
    link = (
        {"nextLink": "https://management.azure.com/subscriptions?api-version=2022-12-01&$skiptoken=2"} if more else {}
    )
    return Answer(200, json.dumps({"value": rows, **link}).encode())


def wire(*answers: Answer) -> tuple[Wire, Network]:
    network = Network(*answers)
    return Wire(declared=declare(CONNECT_CALLS), sources=(network,), attempts=1, sleep=lambda _: None), network


def test_every_enabled_subscription_of_all_pages() -> None:
    made, network = wire(
        page(subscription(2), subscription(1), more=True), page(subscription(3, "Disabled"), subscription(4))
    )
    connection = connect(AzureOptions(), made, Credential())
    names = [Account(Provider.AZURE, f"s{n}", f"n{n}") for n in (1, 2, 4)]
    assert list(connection.sessions) == names
    assert connection.locations == dict.fromkeys(names, (GLOBAL,))
    assert connection.principal == f"a@kestrel.example (object o1) in tenant {TENANT}"
    assert network.sent == ["GET /subscriptions"] * 2
    assert len(made.ledger.exchanges()) == 2  # recorded like any other call


def test_subscriptions_asked_for_in_their_order_even_if_disabled() -> None:
    made, _ = wire(page(subscription(1), subscription(2, "Warned")))
    connection = connect(AzureOptions(subscriptions=("S2", "s1", "s2")), made, Credential())
    assert [a.id for a in connection.sessions] == ["s2", "s1"]


@pytest.mark.parametrize(
    ("answer", "options", "words"),
    [
        (page(subscription(1)), AzureOptions(subscriptions=("s9",)), "cannot see subscription s9"),
        (page(subscription(1, "Disabled")), AzureOptions(), "no enabled Azure subscription"),
        (page(), AzureOptions(), "no enabled Azure subscription"),
        (
            Answer(403, b'{"error": {"code": "AuthorizationFailed"}}'),
            AzureOptions(),
            "cannot be listed (permission denied)",
        ),
        (Answer(200, b"<html>"), AzureOptions(), "cannot be listed"),
    ],
)
def test_one_line_when_there_is_nothing_to_read(answer: Answer, options: AzureOptions, words: str) -> None:
    made, _ = wire(answer)
    with pytest.raises(CredentialsError) as caught:
        connect(options, made, Credential())
    assert words in caught.value.message
    assert "\n" not in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize("error", [ClientAuthenticationError("twenty\nlines"), ServiceRequestError("more\nlines")])
def test_one_line_when_there_is_no_token(error: Exception, capfd: pytest.CaptureFixture[str]) -> None:
    class Failing:
        def get_token(self, *scopes: str, **options: Any) -> Any:
            raise error

    with pytest.raises(CredentialsError) as caught:
        connect(AzureOptions(), wire(page())[0], Failing())
    assert "\n" not in caught.value.message
    assert "lines" not in caught.value.message
    assert capfd.readouterr() == ("", "")


def test_the_standard_chain_without_any_source_fails_quietly(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "AzureCliCredential")
    with pytest.raises(CredentialsError, match="no Azure credentials"):
        connect(AzureOptions(tenant=TENANT), wire(page())[0])
    assert capfd.readouterr() == ("", "")


def test_the_cache_forwards_challenges_and_the_tenant() -> None:
    source = Credential()
    cached = CachedCredential(source, "home")
    cached.get_token("scope")
    cached.get_token("scope")
    assert source.asked == [{"claims": None, "tenant_id": "home", "enable_cae": False}]
    cached.get_token("scope", claims="c", tenant_id="other", enable_cae=True)
    assert source.asked[1:] == [{"claims": "c", "tenant_id": "other", "enable_cae": True}]
    cached.get_token("scope", claims="d", tenant_id="other", enable_cae=True)
    assert len(source.asked) == 3


def test_the_cache_renews_what_is_about_to_expire() -> None:
    source = Credential(lifetime=60)
    cached = CachedCredential(source)
    cached.get_token("scope")
    cached.get_token("scope")
    assert len(source.asked) == 2


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"appid": "app1", "oid": "o2", "tid": "t"}, "application app1 (object o2) in tenant t"),
        ({"unique_name": "u@x"}, "u@x"),
        ({}, "unknown principal"),
    ],
)
def test_who_we_are_is_in_the_token(claims: dict[str, Any], name: str) -> None:
    assert whoami(claims) == name


def test_a_token_that_is_no_jwt_still_works() -> None:
    credential = Credential()
    credential.token = "opaque"
    connection = connect(AzureOptions(), wire(page(subscription(1)))[0], credential)
    assert connection.principal == "unknown principal"
