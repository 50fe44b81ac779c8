"""The session: nothing undeclared leaves, nothing unreadable passes, and the SDK's habits stay inside."""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.core.rest import HttpRequest
from azure.mgmt.core.policies import ARMAutoResourceProviderRegistrationPolicy
from azure.mgmt.resource.subscriptions import SubscriptionClient

from auditor.collect import collect
from auditor.demo.authoring import Source
from auditor.model.facts import Reason
from auditor.model.scope import GLOBAL
from auditor.plan import Step
from auditor.providers.azure import ml
from auditor.providers.azure.ai_services import ACCOUNTS
from auditor.providers.azure.endpoints import COLLECTORS as ENDPOINTS
from auditor.providers.azure.networks import COLLECTORS as NETWORK_COLLECTORS
from auditor.providers.azure.networks import NETWORKS
from auditor.providers.azure.session import AzureSession
from auditor.wire.errors import CallFailed, WriteBlocked
from auditor.wire.hop import Answer, Outgoing, TransportFault, Wire, declare
from tests.providers.azure.conftest import ACCOUNT, Azure, Network

SUB = ACCOUNT.id
BASE = f"/subscriptions/{SUB}"
URL = f"https://management.azure.com{BASE}/providers/Microsoft.Network/virtualNetworks"


def ok(body: Any) -> Answer:
    return Answer(200, json.dumps(body).encode(), {"Content-Type": "application/json"})


def refusal(status: int, code: str, **headers: str) -> Answer:
    return Answer(status, json.dumps({"error": {"code": code, "message": "words"}}).encode(), headers)


def vnet(name: str) -> dict[str, Any]:
    arm_id = f"{BASE}/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/{name}"
    return {"id": arm_id, "name": name, "location": "West Europe", "properties": {}}


def compute_instance() -> Any:
    from azure.ai.ml.entities import ComputeInstance

    return ComputeInstance(name="ci-name")


def listing(session: AzureSession) -> list[Any]:
    return list(session.items(NETWORKS, GLOBAL, subscription=SUB))


# --- nothing undeclared leaves


def test_an_unregistered_provider_is_not_registered() -> None:
    network = Network(refusal(409, "MissingSubscriptionRegistration"))
    with pytest.raises(CallFailed) as caught:
        listing(network.session([NETWORKS]))
    assert caught.value.reason is Reason.DISABLED
    assert network.sent == [f"GET {BASE}/providers/Microsoft.Network/virtualNetworks"]


def test_the_pipeline_has_no_registration_and_no_retries() -> None:
    session = Network(ok({"value": []})).session([NETWORKS])
    names = {type(policy).__name__ for policy in session.client_options()["policies"]}
    assert ARMAutoResourceProviderRegistrationPolicy.__name__ not in names
    assert not {n for n in names if "Retry" in n or "Redirect" in n}


@pytest.mark.parametrize(
    "write",
    [
        lambda s: s.resources.providers.register("Microsoft.Storage"),
        lambda s: s.resources.resource_groups.begin_delete("rg"),
        lambda s: s.resources.resource_groups.create_or_update("rg", {"location": "westeurope"}),
        lambda s: s.resources.resources.begin_delete_by_id(
            f"{BASE}/resourceGroups/rg/providers/A/b/c", api_version="2024-01-01"
        ),
        lambda s: s.resources.send_request(HttpRequest("POST", URL, json={})),
        lambda s: s.resources.send_request(HttpRequest("PUT", URL, json={})),
        lambda s: s.resources.send_request(HttpRequest("PATCH", URL, json={})),
        lambda s: s.resources.send_request(HttpRequest("DELETE", URL)),
        lambda s: s.resources.send_request(HttpRequest("GET", f"https://management.azure.com{BASE}/resourceGroups")),
        lambda s: s.resources.send_request(HttpRequest("GET", "https://evil.example/x")),
        lambda s: s.ml_client("rg", "ws").workspaces.get_keys("ws"),
        lambda s: s.ml_client("rg", "ws").compute.begin_stop("c"),
        lambda s: s.ml_client("rg", "ws").compute.begin_create_or_update(compute_instance()),
        lambda s: s.ml_client("rg", "ws").online_endpoints.begin_delete("e"),
    ],
)
def test_what_no_collector_declares_is_stopped_in_every_client(write: Any) -> None:
    network = Network(ok({"value": []}))
    with pytest.raises(WriteBlocked):
        write(network.session([NETWORKS]))
    assert network.sent == []


def test_endpoint_keys_cannot_be_read() -> None:
    endpoint = {
        "id": f"{BASE}/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/ws/onlineEndpoints/e",
        "name": "e",
        "location": "westeurope",
        "kind": "Managed",
        "properties": {"authMode": "Key", "traffic": {}},
    }
    network = Network(ok(endpoint))
    with pytest.raises(WriteBlocked):
        network.session([ml.ONLINE_ENDPOINT]).ml_client("rg", "ws").online_endpoints.get_keys("e")
    assert not [sent for sent in network.sent if not sent.startswith("GET ")]


# --- answers that are none


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body>gateway</body></html>",
        b'{"value": [{"id": "/sub',
        b"",
        b"[]",
        b"{}",
        b'{"value": {}}',
        b'{"value": [1]}',
    ],
    ids=["html", "truncated", "empty", "list", "no value", "value no list", "row no object"],
)
def test_a_success_that_is_no_page_is_malformed(body: bytes) -> None:
    with pytest.raises(CallFailed) as caught:
        listing(Network(Answer(200, body)).session([NETWORKS]))
    assert caught.value.reason is Reason.MALFORMED


@pytest.mark.parametrize("body", [b"<html></html>", b'{"value": [', b"", b"{}"])
def test_a_page_the_ml_sdk_would_take_for_empty_is_malformed(body: bytes) -> None:
    with pytest.raises(CallFailed) as caught:
        list(Network(Answer(200, body)).session([ml.WORKSPACES.call]).ml_items(ml.WORKSPACES))
    assert caught.value.reason is Reason.MALFORMED


def test_a_connection_that_is_cut_is_recorded_and_unreachable() -> None:
    network = Network(TransportFault("ConnectionError"))
    session = network.session([NETWORKS])
    with pytest.raises(CallFailed) as caught:
        listing(session)
    assert (caught.value.reason, len(network.sent)) == (Reason.UNREACHABLE, 3)
    (exchange,) = session.ledger.exchanges()
    assert (exchange.status, exchange.error, exchange.attempts) == (None, "ConnectionError", 3)


def test_throttling_waits_as_told_and_goes_on() -> None:
    network = Network(refusal(429, "TooManyRequests", **{"Retry-After": "7"}), ok({"value": [vnet("a")]}))
    session = network.session([NETWORKS])
    assert len(listing(session)) == 1
    assert network.slept == [7.0]
    assert session.ledger.exchanges()[0].attempts == 2


def test_throttling_without_end() -> None:
    with pytest.raises(CallFailed) as caught:
        listing(Network(refusal(429, "TooManyRequests")).session([NETWORKS]))
    assert caught.value.reason is Reason.THROTTLED


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (401, "InvalidAuthenticationToken", Reason.DENIED),
        (403, "AuthorizationFailed", Reason.DENIED),
        (404, "SubscriptionNotFound", Reason.DENIED),
        (404, "ResourceNotFound", Reason.VANISHED),
        (404, "ParentResourceNotFound", Reason.VANISHED),
        (404, "ResourceGroupNotFound", Reason.VANISHED),
        (404, "", Reason.UNREACHABLE),
        (404, "Subscription Not Registered", Reason.DISABLED),
        (409, "MissingSubscriptionRegistration", Reason.DISABLED),
        (409, "SubscriptionNotRegistered", Reason.DISABLED),
        (409, "Conflict", Reason.UNREACHABLE),
        (400, "InvalidApiVersionParameter", Reason.NOT_BUILT),
        (400, "NoRegisteredProviderFound", Reason.NOT_BUILT),
        (400, "BadRequest", Reason.UNREACHABLE),
        (500, "InternalServerError", Reason.UNREACHABLE),
        (503, "ServerBusy", Reason.UNREACHABLE),
    ],
)
def test_what_a_refusal_means(status: int, code: str, reason: Reason) -> None:
    network = Network(refusal(status, code))
    session = network.session([NETWORKS], attempts=1)
    with pytest.raises(CallFailed) as caught:
        listing(session)
    assert caught.value.reason is reason
    assert session.ledger.exchanges()[0].error == code
    with pytest.raises(CallFailed) as same:  # and the same through the ML SDK
        list(Network(refusal(status, code)).session([ml.WORKSPACES.call], attempts=1).ml_items(ml.WORKSPACES))
    assert same.value.reason is reason


def test_a_refusal_in_html_has_no_code() -> None:
    session = Network(Answer(403, b"<html>blocked by proxy</html>")).session([NETWORKS])
    with pytest.raises(CallFailed) as caught:
        listing(session)
    assert (caught.value.reason, session.ledger.exchanges()[0].error) == (Reason.DENIED, "")


def test_a_credential_that_fails_on_the_way_is_denied() -> None:
    class Failing:
        def get_token(self, *scopes: str, **options: Any) -> Any:
            raise ClientAuthenticationError("long words")

    network = Network(ok({"value": []}))
    calls = [NETWORKS, ml.WORKSPACES.call]
    session = AzureSession(ACCOUNT, Wire(declared=declare(calls), sources=(network,)), Failing())
    for ask in (lambda: listing(session), lambda: list(session.ml_items(ml.WORKSPACES))):
        with pytest.raises(CallFailed) as caught:
            ask()
        assert (caught.value.reason, network.sent) == (Reason.DENIED, [])


# --- threads


def test_a_client_that_is_made_disturbs_no_request_of_another() -> None:
    """azure-core links the policies of a pipeline while it is made; a policy that two clients share breaks both."""
    network = Network(ok({"value": []}))
    session = network.session([NETWORKS, ml.WORKSPACES.call])
    own = session.client_options()["policies"]
    assert not {id(p) for p in own} & {id(p) for p in session.client_options()["policies"]}
    stop = threading.Event()

    def make_clients() -> None:
        while not stop.is_set():
            SubscriptionClient(session.credential, base_url="https://management.azure.com", **session.client_options())

    def ask(worker: int) -> int:
        return sum(
            session.request("GET", URL, {"worker": worker, "number": number}, None)[0] == 200 for number in range(100)
        )

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(12) as pool:
            makers = [pool.submit(make_clients) for _ in range(4)]
            answered = [pool.submit(ask, worker) for worker in range(8)]
            try:
                assert [future.result() for future in answered] == [100] * 8
            finally:
                stop.set()
            for maker in makers:
                maker.result()
    finally:
        sys.setswitchinterval(before)
    assert len(network.sent) == 800


# --- pages


def test_pages_are_followed_by_the_query_of_next_link() -> None:
    network = Network(
        ok({"value": [vnet("a")], "nextLink": f"{URL}?api-version=2024-01-01&$skiptoken=p2"}),
        ok({"value": [vnet("b")]}),
    )
    session = network.session([NETWORKS])
    assert [row["name"] for row in listing(session)] == ["a", "b"]
    assert [e.params["query"].get("$skiptoken") for e in session.ledger.exchanges()] == ["p2", None]


@pytest.mark.parametrize(
    "link", ["string", "https://evil.example/x?a=b", 7, f"{URL}?api-version=2024-01-01&$skiptoken=1"]
)
def test_links_to_nowhere_or_in_a_circle_are_malformed(link: object) -> None:
    network = Network(ok({"value": [vnet("a")], "nextLink": link}))
    rows = network.session([NETWORKS]).items(NETWORKS, GLOBAL, subscription=SUB)
    seen = []
    with pytest.raises(CallFailed) as caught:
        seen.extend(rows)
    assert caught.value.reason is Reason.MALFORMED
    assert len(network.sent) <= 2


def test_a_failing_second_page_keeps_the_first_and_leaves_a_gap() -> None:
    first = ok({"value": [vnet("a")], "nextLink": f"{URL}?api-version=2024-01-01&$skiptoken=p2"})
    session = Network(first, refusal(403, "AuthorizationFailed")).session([NETWORKS])
    done = collect([Step(ACCOUNT, GLOBAL, NETWORK_COLLECTORS[0], ())], {ACCOUNT: session})
    assert [r.name for r in done.inventory.resources] == ["a"]
    assert [g.why.reason for g in done.inventory.gaps] == [Reason.DENIED]
    assert done.inventory.listings == ()


def test_a_failing_second_page_of_the_ml_sdk_keeps_the_first_and_leaves_a_gap(azure: Azure) -> None:
    inner = Source(azure.estate)

    def source(request: Outgoing) -> Answer:
        if request.call is ml.ONLINE_ENDPOINTS.call and "$skiptoken" in request.params["query"]:
            return refusal(500, "InternalServerError")
        return inner(request)

    wire = Wire(declared=declare(c for x in ENDPOINTS for c in x.calls()), sources=(source,), offline=True)
    done = collect([Step(ACCOUNT, GLOBAL, ENDPOINTS[0], ())], {ACCOUNT: AzureSession(ACCOUNT, wire)})
    assert {r.name for r in done.inventory.resources} == {"ep-demand", "ep-lab-chat"}
    assert [g.why.reason for g in done.inventory.gaps] == [Reason.UNREACHABLE]
    assert done.defects == ()


def test_rows_the_ml_sdk_cannot_read_end_no_listing() -> None:
    odd = {"id": f"{BASE}/resourceGroups/rg/providers/{ml.SERVICE}/workspaces/odd", "properties": None}
    even = {"id": f"{BASE}/resourceGroups/rg/providers/{ml.SERVICE}/workspaces/even", "properties": {}}
    link = f"https://management.azure.com{BASE}/providers/{ml.SERVICE}/workspaces?api-version=2024-10-01-preview&$skiptoken=p"
    pages = (
        ok({"value": [odd, even], "nextLink": f"{link}2"}),
        ok({"value": [odd], "nextLink": f"{link}3"}),
        ok({"value": [even]}),
    )
    session = Network(*pages).session([ml.WORKSPACES.call])

    class GivesUp:
        def list(self, **_: object) -> Any:
            raise TypeError("an SDK's own mistake")

    assert len(list(session.ml_items(ml.WORKSPACES))) == 4
    broken = ml.MlListing(ml.WORKSPACES.call, lambda client, names: GivesUp().list())
    fresh = Network(*pages).session([ml.WORKSPACES.call])
    assert len(list(fresh.ml_items(broken))) == 4  # a listing the SDK never began is no empty one


def test_equal_questions_are_asked_once() -> None:
    network = Network(ok({"value": [vnet("a")]}))
    session = network.session([NETWORKS, ml.WORKSPACES.call])
    assert listing(session) == listing(session)
    list(session.ml_items(ml.WORKSPACES))
    list(session.ml_items(ml.WORKSPACES))
    assert len(network.sent) == 2


# --- the SDK's habits


def test_the_ml_sdk_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("AZUREML_CURRENT_CLOUD", raising=False)
    logging.getLogger("azure.ai.ml").addHandler(logging.StreamHandler())  # as it does when it is first imported
    before = dict(os.environ)
    handlers = list(logging.getLogger().handlers)
    session = Network(ok({"value": []})).session([ml.WORKSPACES.call, ml.ONLINE_ENDPOINTS.call])
    list(session.ml_items(ml.WORKSPACES))
    list(session.ml_items(ml.ONLINE_ENDPOINTS, group="rg", workspace="ws"))
    logging.getLogger("azure.ai.ml.operations").warning("noise")
    assert dict(os.environ) == before
    assert logging.getLogger().handlers == handlers
    assert capfd.readouterr() == ("", "")


def test_a_variable_of_the_operator_survives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZUREML_CURRENT_CLOUD", "AzureChinaCloud")
    network = Network(ok({"value": []}))
    list(network.session([ml.WORKSPACES.call]).ml_items(ml.WORKSPACES))
    assert os.environ["AZUREML_CURRENT_CLOUD"] == "AzureChinaCloud"
    assert len(network.sent) == 1  # and the public cloud was asked: nothing else is declared


def test_an_offline_session_needs_and_uses_no_credential() -> None:
    class Never:
        def get_token(self, *scopes: str, **options: Any) -> Any:
            raise AssertionError("asked for a token")

    wire = Wire(declared=declare([NETWORKS]), sources=(lambda _: ok({"value": []}),), offline=True)
    assert listing(AzureSession(ACCOUNT, wire, Never())) == []
    with pytest.raises(ValueError, match="credential"):
        AzureSession(ACCOUNT, Wire(declared={}))


def test_secrets_are_redacted_before_anybody_reads_them() -> None:
    account = {
        "id": f"{BASE}/resourceGroups/rg/providers/{'Microsoft.CognitiveServices'}/accounts/a",
        "primaryKey": "secret-value",
    }
    session = Network(ok({"value": [account]})).session([ACCOUNTS])
    (row,) = session.items(ACCOUNTS, GLOBAL, subscription=SUB)
    assert "secret-value" not in json.dumps(row)
    assert b"secret-value" not in session.ledger.exchanges()[0].body
