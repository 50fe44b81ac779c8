"""The session: what leaves, what comes back, and what it is taken to mean."""

from __future__ import annotations

import json
import socket
from typing import Any
from urllib.parse import parse_qs, urlsplit

import google.auth.exceptions
import pytest
import requests
from google.oauth2.credentials import Credentials

from auditor.model.facts import Reason
from auditor.model.resources import Endpoint, Notebook
from auditor.model.scope import GLOBAL
from auditor.providers.gcp import account, detection, endpoints, models, networks, notebooks
from auditor.providers.gcp.account import COLLECTORS as ACCOUNT_COLLECTORS
from auditor.providers.gcp.credentials import TokenAdapter, token_request
from auditor.providers.gcp.endpoints import ENDPOINTS_LIST
from auditor.providers.gcp.networks import NETWORKS_LIST
from auditor.providers.gcp.session import GcpSession
from auditor.providers.gcp.shared_calls import AI_LOCATIONS, PROJECT_GET, PROJECT_POLICY
from auditor.wire.errors import CallFailed, ReplayMiss, WriteBlocked
from auditor.wire.hop import Answer, TransportFault, Wire, replay_source
from auditor.wire.pace import Pacer
from auditor.wire.store import Recording
from tests.support.gcp import (
    ACCOUNT,
    DECLARED,
    DENIED,
    DISABLED,
    Network,
    answered,
    demo,
    error,
    from_estate,
    refusing,
    run,
)

PROJECT = ACCOUNT.id
REGION = "us-central1"
PROJECT_BODY = {"name": "projects/730241865519", "projectId": PROJECT}


def ok(body: Any) -> Answer:
    return Answer(200, json.dumps(body).encode(), {"content-type": "application/json"})


class Live:
    """A session with credentials and with a network of ours in place of the real one."""

    def __init__(self, *answers: Answer | Exception, attempts: int = 3, **options: Any) -> None:
        self.slept: list[float] = []
        unpaced = Pacer(sleep=lambda _: None)
        self.wire = Wire(declared=DECLARED, attempts=attempts, sleep=self.slept.append, pacer=unpaced)
        self.session = GcpSession(ACCOUNT, self.wire, options.pop("credentials", Credentials(token="t")), **options)
        self.network = Network(*answers)
        self.session.adapter._network = self.network  # type: ignore[assignment]

    @property
    def sent(self) -> list[requests.PreparedRequest]:
        return self.network.sent


def failure(live: Live, call: Any = PROJECT_GET, **params: Any) -> CallFailed:
    with pytest.raises(CallFailed) as caught:
        live.session.call(call, GLOBAL, **(params or {"project": PROJECT}))
    return caught.value


# --- nothing but declared reads leaves -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("DELETE", f"https://cloudresourcemanager.googleapis.com/v3/projects/{PROJECT}"),
        ("POST", f"https://cloudresourcemanager.googleapis.com/v3/projects/{PROJECT}:setIamPolicy"),
        ("PUT", f"https://cloudresourcemanager.googleapis.com/v3/projects/{PROJECT}"),
        ("GET", f"https://storage.googleapis.com/storage/v1/b/x/o/secret?alt=media&project={PROJECT}"),
        ("GET", "https://example.com/v3/projects/x"),
        ("GET", f"http://cloudresourcemanager.googleapis.com/v3/projects/{PROJECT}"),
        ("POST", f"https://{REGION}-aiplatform.googleapis.com/v1/projects/p/locations/{REGION}/endpoints/1:predict"),
    ],
)
def test_what_is_not_declared_does_not_leave(method: str, url: str) -> None:
    live = Live()
    with pytest.raises(WriteBlocked):
        live.session._http.request(method, url)
    assert live.sent == []


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "x-http-method", "X-Method-Override"])
def test_a_declared_read_cannot_be_turned_into_a_write(header: str) -> None:
    live = Live()
    url = f"https://cloudresourcemanager.googleapis.com/v3/projects/{PROJECT}"
    with pytest.raises(WriteBlocked):
        live.session._http.request("GET", url, headers={header: "DELETE"})
    assert live.sent == []


def test_writes_through_the_generated_clients_are_blocked() -> None:
    live = Live()
    name = f"projects/{PROJECT}/locations/{REGION}/endpoints/1"
    client = live.session.client(ENDPOINTS_LIST, REGION)
    with pytest.raises(WriteBlocked):
        client.delete_endpoint(name=name, timeout=5)
    with pytest.raises(WriteBlocked):
        client.update_endpoint(endpoint={"name": name}, update_mask={"paths": ["labels"]}, timeout=5)
    with pytest.raises(WriteBlocked):
        live.session.client(PROJECT_POLICY, GLOBAL).set_iam_policy(
            request={"resource": f"projects/{PROJECT}", "policy": {}}, timeout=5
        )
    with pytest.raises(WriteBlocked):  # the mixin that asks the web console's path
        client.list_locations(request={"name": f"projects/{PROJECT}"}, timeout=5)
    assert live.sent == []


def test_no_session_of_a_generated_client_has_another_way_out() -> None:
    live = Live()
    for call in (ENDPOINTS_LIST, models.MODELS_LIST, PROJECT_POLICY):
        session = live.session.client(call, REGION).transport._session
        assert set(session.adapters) == {"https://", "http://"}
        assert all(adapter is live.session.adapter for adapter in session.adapters.values())
        assert session._refresh_status_codes == ()
        assert isinstance(session._auth_request.session.get_adapter("https://example.com"), TokenAdapter)


def test_tokens_come_from_token_hosts_only() -> None:
    request = token_request(Credentials(token="t"))
    for url in ("https://example.com/token", "https://www.googleapis.com/storage/v1/b", "https://oauth2.evil.example/"):
        with pytest.raises(WriteBlocked):
            request.session.request("POST", url)


def test_federated_credentials_may_ask_the_host_they_were_configured_with() -> None:
    class Federated:
        info = {"credential_source": {"url": "https://tokens.ci.example/id", "headers": {"a": "b"}}}

    adapter = token_request(Federated()).session.get_adapter("https://x")
    assert "tokens.ci.example" in adapter._hosts
    assert "a" not in adapter._hosts


# --- what is sent ----------------------------------------------------------------------------------------------------


def test_requests_carry_token_and_quota_project_and_ask_for_named_enums() -> None:
    live = Live(ok({"endpoints": []}), ok(PROJECT_BODY), quota_project="billing-project")
    assert list(live.session.sdk_items(ENDPOINTS_LIST, REGION)) == []
    live.session.call(PROJECT_GET, GLOBAL, project=PROJECT)
    generated, plain = live.sent
    assert urlsplit(str(generated.url)).hostname == f"{REGION}-aiplatform.googleapis.com"
    assert parse_qs(urlsplit(str(generated.url)).query) == {"pageSize": ["100"]}
    for request in (generated, plain):
        assert request.headers["authorization"] == "Bearer t"
        assert request.headers["x-goog-user-project"] == "billing-project"


def test_the_policy_is_asked_for_in_version_3() -> None:
    live = Live(ok({"etag": "ACAB"}))
    live.session.sdk_body(
        PROJECT_POLICY, {"resource": f"projects/{PROJECT}", "options": {"requested_policy_version": 3}}
    )
    (sent,) = live.sent
    assert sent.method == "POST"
    assert json.loads(str(sent.body)) == {"options": {"requestedPolicyVersion": 3}}


def test_the_client_pages_and_no_field_is_lost() -> None:
    first = {"endpoints": [{"name": "projects/1/locations/x/endpoints/1", "aNewField": {"kept": True}}]}
    second = {"endpoints": [{"name": "projects/1/locations/x/endpoints/2"}]}
    live = Live(ok({**first, "nextPageToken": "n"}), ok(second))
    found = list(live.session.sdk_items(ENDPOINTS_LIST, REGION))
    assert found == [*first["endpoints"], *second["endpoints"]]
    assert parse_qs(urlsplit(str(live.sent[1].url)).query)["pageToken"] == ["n"]


def test_locations_are_vertex_regions() -> None:
    body = {"locations": [{"locationId": name} for name in ("europe-west4", "global", "us", "us-central1")]}
    live = Live(ok(body))
    assert live.session.ai_locations() == ("europe-west4", "us-central1")
    assert urlsplit(str(live.sent[0].url)).hostname == "aiplatform.googleapis.com"


# --- what comes back -------------------------------------------------------------------------------------------------

HTML = Answer(200, b"<html>Sign in</html>", {"content-type": "text/html"})
TRUNCATED = Answer(200, json.dumps(PROJECT_BODY).encode()[:-10], {"content-type": "application/json"})
EMPTY = Answer(200, b"", {"content-type": "application/json"})


@pytest.mark.parametrize("answer", [HTML, TRUNCATED, EMPTY, ok([]), ok({}), ok({"name": "projects/1"})])
def test_a_success_that_is_not_the_documented_body_is_malformed(answer: Answer) -> None:
    assert failure(Live(answer)).reason is Reason.MALFORMED


@pytest.mark.parametrize(
    "answer", [HTML, TRUNCATED, EMPTY, ok([]), ok({"endpoints": {}}), ok({"endpoints": [{"labels": 5}]})]
)
def test_the_generated_client_does_not_turn_garbage_into_an_empty_list(answer: Answer) -> None:
    live = Live(answer)
    with pytest.raises(CallFailed) as caught:
        list(live.session.sdk_items(ENDPOINTS_LIST, REGION))
    assert caught.value.reason is Reason.MALFORMED


def test_a_redirect_is_not_followed() -> None:
    live = Live(Answer(302, b"", {"location": "https://example.com/"}))
    assert failure(live).reason is Reason.MALFORMED
    live = Live(Answer(302, b"", {"location": "https://example.com/"}))
    with pytest.raises(CallFailed) as caught:
        list(live.session.sdk_items(ENDPOINTS_LIST, REGION))
    assert caught.value.reason is Reason.MALFORMED
    assert len(live.sent) == 1


@pytest.mark.parametrize(
    ("answer", "reason", "code"),
    [
        (DENIED, Reason.DENIED, "IAM_PERMISSION_DENIED"),
        (DISABLED, Reason.DISABLED, "SERVICE_DISABLED"),
        (
            error(
                403, "PERMISSION_DENIED", message="Cloud X API has not been used in project 1 before or it is disabled."
            ),
            Reason.DISABLED,
            "PERMISSION_DENIED",
        ),
        (error(401, "UNAUTHENTICATED"), Reason.DENIED, "UNAUTHENTICATED"),
        (error(404, "NOT_FOUND"), Reason.VANISHED, "NOT_FOUND"),
        (error(400, "INVALID_ARGUMENT"), Reason.UNRECOGNISED, "INVALID_ARGUMENT"),
        (error(403, "PERMISSION_DENIED", "RATE_LIMIT_EXCEEDED"), Reason.THROTTLED, "RATE_LIMIT_EXCEEDED"),
        (
            Answer(403, b'{"error":{"errors":[{"reason":"accessNotConfigured"}]}}'),
            Reason.DISABLED,
            "accessNotConfigured",
        ),
        (Answer(404, b"<html>not here</html>"), Reason.VANISHED, "404"),
        (Answer(403, b'[{"error":{"status":"PERMISSION_DENIED"}}]'), Reason.DENIED, "PERMISSION_DENIED"),
    ],
)
def test_what_an_error_means(answer: Answer, reason: Reason, code: str) -> None:
    live = Live(answer)
    failed = failure(live)
    assert (failed.reason, failed.code) == (reason, code)
    assert len(live.sent) == 1
    assert failed.unknown().permissions == (PROJECT_GET.permissions if reason is Reason.DENIED else ())


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_service_that_stays_down_is_unreachable(status: int) -> None:
    live = Live(*[error(status, "UNAVAILABLE")] * 3)
    assert failure(live).reason is Reason.UNREACHABLE
    assert len(live.sent) == 3


def test_throttling_is_waited_out_as_long_as_google_asks() -> None:
    busy = Answer(429, b"{}", {"retry-after": "7"})
    live = Live(busy, ok(PROJECT_BODY))
    assert live.session.call(PROJECT_GET, GLOBAL, project=PROJECT)["projectId"] == PROJECT
    assert live.slept == [7.0]
    live = Live(*[error(429, "RESOURCE_EXHAUSTED")] * 3)
    assert failure(live).reason is Reason.THROTTLED


def test_throttling_under_a_generated_client_is_waited_out_too() -> None:
    live = Live(Answer(429, b"{}", {"retry-after": "3"}), ok({"endpoints": [{"name": "n"}]}))
    assert list(live.session.sdk_items(ENDPOINTS_LIST, REGION)) == [{"name": "n"}]
    assert live.slept == [3.0]


def test_a_connection_that_is_cut_is_unreachable_and_recorded() -> None:
    live = Live(*[requests.exceptions.ConnectionError("x")] * 3)
    failed = failure(live)
    assert (failed.reason, failed.code) == (Reason.UNREACHABLE, "ConnectionError")
    (exchange,) = live.wire.ledger.exchanges()
    assert (exchange.status, exchange.error, exchange.attempts) == (None, "ConnectionError", 3)


class Expired(Credentials):  # type: ignore[misc]
    def before_request(self, *_: Any, **__: Any) -> None:
        raise google.auth.exceptions.RefreshError("no")


def test_a_token_that_cannot_be_had_is_recorded_and_replays_the_same() -> None:
    live = Live(credentials=Expired(token="t"))
    first = failure(live)
    with pytest.raises(CallFailed) as listed:
        list(live.session.sdk_items(ENDPOINTS_LIST, REGION))
    assert live.sent == []
    replayed = answered(replay_source(Recording({}, live.wire.ledger.exchanges())))
    with pytest.raises(CallFailed) as again:
        replayed.call(PROJECT_GET, GLOBAL, project=PROJECT)
    with pytest.raises(CallFailed) as listed_again:
        list(replayed.sdk_items(ENDPOINTS_LIST, REGION))
    for live_failure, replay in ((first, again.value), (listed.value, listed_again.value)):
        assert (live_failure.reason, live_failure.code) == (Reason.UNREACHABLE, "RefreshError")
        assert (replay.reason, replay.code) == (live_failure.reason, live_failure.code)


def test_a_401_is_not_tried_again_with_another_token() -> None:
    live = Live(error(401, "UNAUTHENTICATED"))
    assert failure(live).reason is Reason.DENIED
    live = Live(error(401, "UNAUTHENTICATED"))
    with pytest.raises(CallFailed) as caught:
        list(live.session.sdk_items(ENDPOINTS_LIST, REGION))
    assert caught.value.reason is Reason.DENIED
    assert len(live.sent) == 1


# --- gaps ------------------------------------------------------------------------------------------------------------

PATH = f"/v1/projects/{PROJECT}/locations/{REGION}/endpoints"


def by_page(first: Answer, second: Answer, key: str) -> Any:
    otherwise = from_estate(demo())

    def source(request: Any) -> Answer | None:
        if request.call.key != key or request.location not in (REGION, GLOBAL):
            return otherwise(request)
        return second if "pageToken" in request.params.get("query", {}) else first

    return source


@pytest.mark.parametrize("second", [HTML, DENIED, error(503, "UNAVAILABLE")])
def test_a_second_page_that_fails_keeps_the_first_and_leaves_a_gap(second: Answer) -> None:
    estate = demo()
    page = estate["GET", PATH]
    first = ok({**page, "nextPageToken": "more"})
    collected = run(by_page(first, second, ENDPOINTS_LIST.key), endpoints.COLLECTORS)
    found = collected.inventory.of(Endpoint, ACCOUNT)
    assert {r.name for r in found} == {"demand-forecast", "returns-scoring", "route-eta-dev"}
    (gap,) = collected.inventory.gaps
    assert (gap.location, gap.why.detail) == (REGION, ENDPOINTS_LIST.key)
    assert gap.why.calls
    assert [x.location for x in collected.inventory.listings] == ["europe-west4"]
    assert collected.defects == ()


def test_a_page_token_that_comes_back_does_not_go_round() -> None:
    page = {"securityCenterServices": [], "nextPageToken": "same"}
    collected = run(by_page(ok(page), ok(page), detection.SERVICES_LIST.key), detection.COLLECTORS)
    (gap,) = collected.inventory.gaps
    assert gap.why.reason is Reason.MALFORMED


def test_a_page_token_that_comes_back_does_not_go_round_in_the_generated_client() -> None:
    page = {"endpoints": [{"name": "n"}], "nextPageToken": "same"}
    live = Live(*[ok(page)] * 5)
    with pytest.raises(CallFailed) as caught:
        list(live.session.sdk_items(ENDPOINTS_LIST, REGION))
    assert caught.value.reason is Reason.MALFORMED
    assert len(live.sent) == 2


def test_places_that_did_not_answer_are_a_gap_and_what_was_read_is_kept() -> None:
    estate = demo()
    estate["GET", f"/v2/projects/{PROJECT}/locations/-/instances"]["unreachable"] = ["projects/x/locations/us-east1-b"]
    collected = run(from_estate(estate), notebooks.COLLECTORS)
    assert [r.name for r in collected.inventory.of(Notebook, ACCOUNT)] == ["research-bench"]
    (gap,) = collected.inventory.gaps
    assert gap.why.reason is Reason.UNREACHABLE
    assert collected.inventory.listings == ()


@pytest.mark.parametrize(
    "change",
    [
        {"unreachables": ["regions/us-east1"]},
        {"warning": {"code": "UNREACHABLE"}},
        {"items": {"regions/us-east1": {"warning": {"code": "UNREACHABLE", "message": "x"}}}},
    ],
)
def test_an_aggregated_list_that_is_partial_settles_nothing(change: Any) -> None:
    estate = demo()
    body = estate["GET", f"/compute/v1/projects/{PROJECT}/aggregated/subnetworks"]
    body.update({**change, "items": {**body["items"], **change.get("items", {})}})
    collected = run(from_estate(estate), networks.COLLECTORS)
    (network,) = collected.inventory.resources
    for name in ("flow_logs", "private_api_access"):
        assert network.facts()[name].reason is Reason.UNREACHABLE  # type: ignore[union-attr]


@pytest.mark.parametrize(("answer", "reason"), [(DENIED, Reason.DENIED), (DISABLED, Reason.DISABLED)])
def test_a_list_that_is_refused_is_a_gap_in_every_location(answer: Answer, reason: Reason) -> None:
    collected = run(refusing({ENDPOINTS_LIST.key: answer}, from_estate(demo())), endpoints.COLLECTORS)
    assert collected.inventory.resources == ()
    assert {g.location for g in collected.inventory.gaps} == {REGION, "europe-west4"}
    assert {g.why.reason for g in collected.inventory.gaps} == {reason}


# --- replay ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def hostile_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment that would lead the SDKs astray, and no network at all."""
    for name, value in {
        "GOOGLE_APPLICATION_CREDENTIALS": "/nowhere.json",
        "GOOGLE_CLOUD_PROJECT": "another",
        "GOOGLE_CLOUD_QUOTA_PROJECT": "another",
        "GOOGLE_CLOUD_UNIVERSE_DOMAIN": "universe.example",
        "GOOGLE_API_USE_CLIENT_CERTIFICATE": "true",
        "HTTPS_PROXY": "http://127.0.0.1:9",
    }.items():
        monkeypatch.setenv(name, value)

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("the network was touched")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.mark.usefixtures("hostile_environment")
def test_offline_needs_no_credentials_no_environment_and_no_network() -> None:
    collected = run(from_estate(demo()), [*endpoints.COLLECTORS, *ACCOUNT_COLLECTORS])
    assert collected.defects == ()
    assert len(collected.inventory.resources) == 4


def test_a_question_the_recording_does_not_hold_is_a_miss() -> None:
    session = answered(replay_source(Recording({}, ())))
    with pytest.raises(ReplayMiss):
        session.call(PROJECT_GET, GLOBAL, project=PROJECT)
    with pytest.raises(ReplayMiss):
        list(session.sdk_items(ENDPOINTS_LIST, REGION))


def test_live_and_replay_make_the_same_exchanges() -> None:
    estate = demo()

    class Estate(Network):
        def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
            call = live.session.declared_call(
                str(request.method), str(urlsplit(str(request.url)).hostname), path(request)
            )
            key = (str(request.method), path(request))
            assert call is not None
            self.answers.append(ok(estate[key]))
            return super().send(request, **options)

    def path(request: requests.PreparedRequest) -> str:
        return urlsplit(str(request.url)).path

    live = Live()
    live.session.adapter._network = Estate()  # type: ignore[assignment]
    body = live.session.call(PROJECT_GET, GLOBAL, project=PROJECT)
    listed = list(live.session.sdk_items(ENDPOINTS_LIST, REGION))
    networked = list(live.session.items(NETWORKS_LIST, GLOBAL, project=PROJECT))
    recorded = live.wire.ledger.exchanges()
    replayed = answered(replay_source(Recording({}, recorded)))
    assert replayed.call(PROJECT_GET, GLOBAL, project=PROJECT) == body
    assert list(replayed.sdk_items(ENDPOINTS_LIST, REGION)) == listed
    assert list(replayed.items(NETWORKS_LIST, GLOBAL, project=PROJECT)) == networked
    assert [e.id for e in replayed.ledger.exchanges()] == [e.id for e in recorded]


def test_recorded_faults_come_back_as_they_were() -> None:
    def cut(_: Any) -> Answer:
        raise TransportFault("ReadTimeout")

    with pytest.raises(CallFailed) as caught:
        answered(cut).call(PROJECT_GET, GLOBAL, project=PROJECT)
    assert (caught.value.reason, caught.value.code) == (Reason.UNREACHABLE, "ReadTimeout")


def test_a_live_session_needs_credentials() -> None:
    with pytest.raises(ValueError, match="credentials"):
        GcpSession(ACCOUNT, Wire(declared=DECLARED))


def test_where_a_request_asks() -> None:
    session = answered(replay_source(Recording({}, ())))
    for host, path, location in (
        ("europe-west4-aiplatform.googleapis.com", "/v1/projects/p/locations/europe-west4/models", "europe-west4"),
        ("notebooks.googleapis.com", "/v2/projects/p/locations/-/instances", GLOBAL),
        ("cloudkms.googleapis.com", "/v1/projects/p/locations/us/keyRings/r:getIamPolicy", "us"),
        ("aiplatform.googleapis.com", "/v1/projects/p/locations", GLOBAL),
        ("storage.googleapis.com", "/storage/v1/b", GLOBAL),
    ):
        assert session.location_of(host, path) == location
    assert AI_LOCATIONS.matches("GET", "aiplatform.googleapis.com", "/v1/projects/p/locations")
    assert account.COLLECTORS
