"""The AWS session: what may leave, what an answer is, and that a recording answers as the live run did."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.credentials import Credentials
from botocore.exceptions import EndpointConnectionError
from botocore.model import ServiceModel

from auditor.model.facts import Reason
from auditor.model.scope import GLOBAL, Account, Provider
from auditor.providers.aws import collectors
from auditor.providers.aws.errors import reason_of
from auditor.providers.aws.hooks import CREDENTIAL_CALLS, Flight
from auditor.providers.aws.models_on_disk import loader
from auditor.providers.aws.sdk import new_session
from auditor.providers.aws.session import AwsSession
from auditor.providers.aws.shared_calls import DESCRIBE_REGIONS, aws_call
from auditor.wire.errors import CallFailed, ReplayMiss, WriteBlocked
from auditor.wire.hop import Answer, Outgoing, TransportFault, Wire, declare, replay_source
from auditor.wire.pace import Pacer
from auditor.wire.store import Recording
from tests.providers.aws.conftest import ACCOUNT, REGION, Aws

LIST_MODELS = aws_call("sagemaker", "ListModels", items="Models")
DESCRIBE_MODEL = aws_call("sagemaker", "DescribeModel", expects=("ModelName",))
LIST_GROUPS = aws_call("ec2", "DescribeSecurityGroups", items="SecurityGroups")
LIST_CREDENTIALS = aws_call("iam", "ListServiceSpecificCredentials", items="ServiceSpecificCredentials")
GET_LOGGING = aws_call("bedrock", "GetModelInvocationLoggingConfiguration")
GET_AGENT = aws_call("bedrock-agent", "GetAgent", "bedrock:GetAgent", expects=("agent",))
LIST_DETECTORS = aws_call("guardduty", "ListDetectors", items="DetectorIds")
LIST_ALIASES = aws_call("kms", "ListAliases", items="Aliases")
LIST_ROLES = aws_call("iam", "ListRoles", items="Roles")
LIST_BUCKETS = aws_call("s3", "ListBuckets", "s3:ListAllMyBuckets", items="Buckets")
GET_POLICY = aws_call("s3", "GetBucketPolicy", absence=("NoSuchBucketPolicy",))
GET_BLOCK = aws_call("s3", "GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock")
ALL = (
    LIST_MODELS,
    DESCRIBE_MODEL,
    LIST_GROUPS,
    LIST_CREDENTIALS,
    GET_LOGGING,
    GET_AGENT,
    LIST_DETECTORS,
    LIST_ALIASES,
    LIST_ROLES,
    LIST_BUCKETS,
    GET_POLICY,
    GET_BLOCK,
    DESCRIBE_REGIONS,
)
HTML = b"<!doctype html><html><body>proxy says hello</body></html>"


class Sockets:
    """Counts attempts to reach the network, and refuses them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.attempts = 0

        def refuse(*_: object, **__: object) -> None:
            self.attempts += 1
            raise OSError("no network in tests")

        monkeypatch.setattr(socket.socket, "connect", refuse)
        monkeypatch.setattr(socket, "getaddrinfo", refuse)


def live_session(calls: tuple[Any, ...]) -> AwsSession:
    wire = Wire(declared=declare(calls), pacer=Pacer(sleep=lambda _: None), sleep=lambda _: None, attempts=2)
    return AwsSession(ACCOUNT, wire, Credentials("AKIAEXAMPLE", "secret"))


@pytest.fixture
def sockets(monkeypatch: pytest.MonkeyPatch) -> Sockets:
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_CONFIG_FILE"):
        monkeypatch.delenv(name, raising=False)
    return Sockets(monkeypatch)


# what may leave


def whole(session: AwsSession) -> Any:
    """The SDK of a session, with every operation back in its clients."""
    session._sdk.register_component("data_loader", loader())
    return session._sdk


def test_a_client_has_no_operation_that_is_not_declared() -> None:
    calls = [call for c in collectors() for call in c.calls()]
    session = live_session(calls)
    for service in sorted({call.service for call in calls}):
        client = session._sdk.create_client(service, region_name=REGION)
        has = {f"{service}:{operation}" for operation in client.meta.method_to_api_mapping.values()}
        assert has == {call.key for call in calls if call.service == service}


@pytest.mark.parametrize("service", ["s3", "ec2", "iam", "sagemaker", "bedrock-agent"])
def test_a_reduced_model_describes_its_operations_as_the_whole_does(service: str) -> None:
    names = sorted({call.operation for c in collectors() for call in c.calls() if call.service == service})
    full = loader().load_service_model(service, "service-2")
    cut = loader(frozenset(f"{service}:{name}" for name in names)).load_service_model(service, "service-2")
    assert sorted(cut["operations"]) == names
    assert len(cut["shapes"]) < len(full["shapes"])
    assert all(cut["shapes"][name] == full["shapes"][name] for name in cut["shapes"])
    model = ServiceModel(cut, service)
    for name in names:
        walk(model.operation_model(name).input_shape)
        walk(model.operation_model(name).output_shape)


def walk(shape: Any, seen: frozenset[str] = frozenset()) -> None:
    """Every shape that a shape reaches exists."""
    if shape is None or shape.name in seen:
        return
    seen |= {shape.name}
    if shape.type_name == "structure":
        for member in shape.members.values():
            walk(member, seen)
    elif shape.type_name == "list":
        walk(shape.member, seen)
    elif shape.type_name == "map":
        walk(shape.value, seen)


def test_nothing_but_credential_calls_leaves_on_its_own(sockets: Sockets) -> None:
    """Every operation of every service, called on clients of the guarded session that had them all."""
    session = live_session(ALL)
    sdk = whole(session)
    passed: dict[str, int] = {}
    tried = 0
    for service in sdk.get_available_services():
        client = sdk.create_client(service, region_name=REGION)
        for method, operation in client.meta.method_to_api_mapping.items():
            before = sockets.attempts
            try:
                getattr(client, method)()
            except WriteBlocked:
                assert sockets.attempts == before
                tried += 1
                continue
            except AttributeError:  # event streams in both directions, which botocore does not expose
                continue
            except Exception:
                passed[f"{service}:{operation}"] = sockets.attempts - before
    assert tried > 15_000
    assert set(passed) <= CREDENTIAL_CALLS
    assert passed["sts:GetCallerIdentity"] > 0
    assert session.ledger.exchanges() == ()


def test_declared_read_reaches_the_network_only_through_the_session(sockets: Sockets) -> None:
    session = live_session(ALL)
    with pytest.raises(CallFailed) as failed:
        session.call(LIST_MODELS, REGION)
    assert failed.value.reason is Reason.UNREACHABLE
    assert sockets.attempts > 0
    (exchange,) = session.ledger.exchanges()
    assert (exchange.status, exchange.error, exchange.attempts) == (None, "EndpointConnectionError", 2)


def test_writes_are_blocked_in_paginators_waiters_and_presigned_urls(sockets: Sockets) -> None:
    sdk = whole(live_session(ALL))
    iam = sdk.create_client("iam", region_name=REGION)
    s3 = sdk.create_client("s3", region_name=REGION)
    sts = sdk.create_client("sts", region_name=REGION)
    with pytest.raises(WriteBlocked):
        list(iam.get_paginator("list_users").paginate())
    with pytest.raises(WriteBlocked):
        iam.get_waiter("role_exists").wait(RoleName="r")
    with pytest.raises(WriteBlocked):
        s3.generate_presigned_url("put_object", Params={"Bucket": "b", "Key": "k"})
    with pytest.raises(WriteBlocked):
        sts.generate_presigned_url("get_caller_identity")
    with pytest.raises(WriteBlocked):
        s3._endpoint.make_request(s3.meta.service_model.operation_model("DeleteBucket"), _request())
    assert sockets.attempts == 0


def _request() -> dict[str, Any]:
    """As if built by hand, around the client."""
    return {
        "method": "DELETE",
        "url": "https://b.s3.amazonaws.com/",
        "headers": {},
        "body": b"",
        "context": {"client_region": REGION, "client_config": None},
    }


def test_undeclared_read_is_blocked(sockets: Sockets) -> None:
    session = live_session((LIST_MODELS,))
    with pytest.raises(WriteBlocked):
        session.call(LIST_ROLES, GLOBAL)
    twin = aws_call("sagemaker", "ListModels", items="Models", absence=("AccessDeniedException",))
    with pytest.raises(WriteBlocked):
        session.call(twin, REGION)
    assert sockets.attempts == 0


def test_a_question_lets_one_request_pass(sockets: Sockets) -> None:
    session = live_session(ALL)
    client = session._client(LIST_MODELS, REGION)
    with session._hooks.sending(Flight(LIST_MODELS, REGION)):
        with pytest.raises(EndpointConnectionError):
            client.list_models()
        with pytest.raises(WriteBlocked):
            client.list_models()


def test_offline_session_reads_no_environment_and_asks_for_no_credentials(
    sockets: Sockets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "missing")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:1")
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", "ABSK-bearer")
    seen: list[Outgoing] = []

    def source(request: Outgoing) -> Answer:
        seen.append(request)
        return Answer(200, b"{}", {"content-type": "application/json"})

    wire = Wire(declared=declare(ALL), sources=(source,), offline=True)
    session = AwsSession(ACCOUNT, wire)
    urls: list[str] = []
    headers: list[Any] = []
    client = session._client(GET_LOGGING, REGION)
    client.meta.events.register_first(
        "before-send", lambda request, **_: (urls.append(request.url), headers.append(request.headers))[2:] or None
    )
    assert session.call(GET_LOGGING, REGION) == {}
    assert urls[0].startswith("https://bedrock.us-east-1.amazonaws.com/")
    assert b"AWS4-HMAC-SHA256" in headers[0]["Authorization"]
    with pytest.raises(WriteBlocked):
        session._sdk.create_client("sts", region_name=REGION).get_caller_identity()
    assert sockets.attempts == 0
    assert len(seen) == 1


def test_a_session_with_the_network_needs_credentials() -> None:
    with pytest.raises(ValueError, match="credentials"):
        AwsSession(ACCOUNT, Wire(declared={}))


def test_endpoint_url_of_the_environment_is_honored_live(sockets: Sockets, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:1")
    client = live_session(ALL)._client(LIST_MODELS, REGION)
    assert client.meta.endpoint_url == "http://localhost:1"


def test_simulators_do_not_answer_by_themselves(aws: Aws) -> None:
    """Moto adds itself to every botocore session; a recording or a fixture must come first."""
    request = AWSPreparedRequest("GET", "https://ec2.us-east-1.amazonaws.com/", {}, b"", False)
    handlers = new_session().get_component("event_emitter").emit("before-send.ec2.DescribeRegions", request=request)
    assert [response for _, response in handlers if response is not None] == []


# recording and replaying


def _exercise(session: AwsSession) -> list[Any]:
    """Answers and failures of a little of everything."""
    out: list[Any] = []

    def note(work: Any) -> None:
        try:
            out.append(work())
        except CallFailed as error:
            out.append((error.call.key, error.reason, error.code))

    for call in (LIST_MODELS, LIST_GROUPS, LIST_DETECTORS, LIST_ALIASES, DESCRIBE_REGIONS):
        note(lambda call=call: list(session.items(call, REGION)))
    for call in (LIST_ROLES, LIST_BUCKETS):
        note(lambda call=call: list(session.items(call, GLOBAL)))
    note(lambda: list(session.items(LIST_CREDENTIALS, GLOBAL, AllUsers=True)))
    note(lambda: session.call(DESCRIBE_MODEL, REGION, ModelName="m"))
    note(lambda: session.call(DESCRIBE_MODEL, REGION, ModelName="gone"))
    note(lambda: session.call(GET_LOGGING, REGION))
    note(lambda: session.call(GET_LOGGING, "eu-west-1"))
    note(lambda: session.call(GET_POLICY, REGION, Bucket="open"))
    note(lambda: session.call(GET_POLICY, REGION, Bucket="bare"))
    note(lambda: session.call(GET_BLOCK, REGION, Bucket="bare"))
    return out


def test_a_replayed_run_gets_what_the_live_run_got(aws: Aws) -> None:
    for number in range(3):
        aws.boto("iam").create_role(RoleName=f"r{number}", AssumeRolePolicyDocument='{"Statement": []}')
    for bucket in ("open", "bare"):
        aws.boto("s3").create_bucket(Bucket=bucket)
    aws.boto("s3").put_bucket_policy(Bucket="open", Policy='{"Statement": []}')
    aws.boto("sagemaker").create_model(
        ModelName="m",
        ExecutionRoleArn="arn:aws:iam::123456789012:role/r0",
        PrimaryContainer={"Image": "i", "Environment": {"TOKEN": "hunter2"}},
    )
    aws.cut(GET_LOGGING)
    live = aws.session(ALL)
    got = _exercise(live)
    exchanges = live.ledger.exchanges()
    assert b"hunter2" not in b"".join(e.body for e in exchanges)
    assert got[8]["PrimaryContainer"]["Environment"]["TOKEN"].startswith("[redacted:environment:")
    assert got[9] == ("sagemaker:DescribeModel", Reason.VANISHED, "ValidationException")
    assert got[10] == ("bedrock:GetModelInvocationLoggingConfiguration", Reason.UNREACHABLE, "ConnectionClosedError")
    assert got[13] is None
    assert got[14] == ("s3:GetPublicAccessBlock", Reason.VANISHED, "NoSuchPublicAccessBlockConfiguration")

    wire = Wire(declared=declare(ALL), sources=(replay_source(Recording({}, exchanges)),), offline=True)
    replayed = AwsSession(ACCOUNT, wire)
    assert _exercise(replayed) == got
    again = replayed.ledger.exchanges()
    assert [(e.id, e.status, e.error, e.digest) for e in again] == [
        (e.id, e.status, e.error, e.digest) for e in exchanges
    ]


def test_a_replay_miss_is_a_defect(aws: Aws) -> None:
    wire = Wire(declared=declare(ALL), sources=(replay_source(Recording({}, ())),), offline=True)
    session = AwsSession(ACCOUNT, wire)
    with pytest.raises(ReplayMiss, match="ListModels"):
        session.call(LIST_MODELS, REGION)
    assert session.ledger.exchanges() == ()


def test_one_exchange_per_question(aws: Aws) -> None:
    session = aws.session(ALL)
    assert session.call(DESCRIBE_REGIONS, GLOBAL) is session.call(DESCRIBE_REGIONS, GLOBAL)
    (exchange,) = session.ledger.exchanges()
    assert (exchange.location, exchange.service, exchange.operation) == (GLOBAL, "ec2", "DescribeRegions")
    assert exchange.provider is Provider.AWS
    assert exchange.account == ACCOUNT.id


# what an answer is


@pytest.mark.parametrize(
    ("call", "content_type", "body"),
    [
        (LIST_MODELS, "text/html", HTML),
        (LIST_MODELS, "application/x-amz-json-1.1", b'{"Models": [{"Mod'),
        (LIST_MODELS, "application/x-amz-json-1.1", b""),
        (LIST_MODELS, "application/x-amz-json-1.1", b"{}"),
        (LIST_MODELS, "application/x-amz-json-1.1", b'{"Models": null}'),
        (LIST_MODELS, "application/x-amz-json-1.1", b'{"Models": {}}'),
        (LIST_DETECTORS, "application/json", b'{"DetectorIds": []}'),
        (GET_LOGGING, "text/html", HTML),
        (LIST_GROUPS, "text/html", HTML),
        (LIST_GROUPS, "text/xml", b"<DescribeSecurityGroupsResponse><securityGroupInfo><item>"),
        (LIST_GROUPS, "text/xml", b"<DescribeSecurityGroupsResponse/>"),
        (LIST_GROUPS, "text/xml", b""),
        (LIST_CREDENTIALS, "text/xml", b"<ListRolesResponse><Roles/></ListRolesResponse>"),
        (LIST_BUCKETS, "text/html", b"<html><Buckets/></html>"),
        (LIST_BUCKETS, "application/xml", b"<ListAllMyBucketsResult></ListAllMyBucketsResult>"),
    ],
)
def test_a_success_that_is_no_answer_is_malformed(aws: Aws, call: Any, content_type: str, body: bytes) -> None:
    aws.raw(call, 200, body, content_type)
    session = aws.session(ALL)
    with pytest.raises(CallFailed) as failed:
        list(session.items(call, REGION)) if call.items else session.call(call, REGION)
    assert failed.value.reason is Reason.MALFORMED
    (exchange,) = session.ledger.exchanges()
    assert (exchange.status, exchange.error, exchange.body) == (200, "MalformedResponse", body)


def test_an_error_that_s3_sends_as_a_success_is_an_error(aws: Aws) -> None:
    aws.raw(LIST_BUCKETS, 200, b"<Error><Code>SlowDown</Code><Buckets/></Error>", "application/xml")
    with pytest.raises(CallFailed) as failed:
        list(aws.session(ALL).items(LIST_BUCKETS, GLOBAL))
    assert failed.value.reason is Reason.THROTTLED


@pytest.mark.parametrize("body", [HTML, b"", b'{"Statement": ['])
def test_a_policy_that_is_no_document_is_malformed(aws: Aws, body: bytes) -> None:
    aws.raw(GET_POLICY, 200, body, "text/html")
    with pytest.raises(CallFailed) as failed:
        aws.session(ALL).call(GET_POLICY, REGION, Bucket="b")
    assert failed.value.reason is Reason.MALFORMED


def test_empty_lists_are_answers(aws: Aws) -> None:
    aws.answer(LIST_MODELS, {"Models": []})
    aws.answer(LIST_CREDENTIALS, {"ServiceSpecificCredentials": [], "IsTruncated": False})
    aws.answer(LIST_GROUPS, {"SecurityGroups": []})
    aws.answer(LIST_DETECTORS, {"DetectorIds": []})
    session = aws.session(ALL)
    for call in (LIST_MODELS, LIST_CREDENTIALS, LIST_GROUPS, LIST_DETECTORS):
        assert list(session.items(call, REGION)) == []
    assert all(e.synthetic for e in session.ledger.exchanges())


@pytest.mark.parametrize(
    ("call", "code", "status", "reason"),
    [
        (LIST_MODELS, "AccessDeniedException", 400, Reason.DENIED),
        (LIST_MODELS, "ExpiredTokenException", 400, Reason.DENIED),
        (LIST_MODELS, "UnrecognizedClientException", 400, Reason.DISABLED),
        (LIST_GROUPS, "UnauthorizedOperation", 403, Reason.DENIED),
        (LIST_GROUPS, "AuthFailure", 401, Reason.DISABLED),
        (LIST_GROUPS, "OptInRequired", 401, Reason.DISABLED),
        (LIST_CREDENTIALS, "AccessDenied", 403, Reason.DENIED),
        (LIST_CREDENTIALS, "InvalidClientTokenId", 403, Reason.DISABLED),
        (LIST_DETECTORS, "SubscriptionRequiredException", 403, Reason.DISABLED),
        (LIST_MODELS, "ThrottlingException", 400, Reason.THROTTLED),
        (LIST_GROUPS, "RequestLimitExceeded", 503, Reason.THROTTLED),
        (LIST_MODELS, "ResourceNotFound", 400, Reason.VANISHED),
        (LIST_MODELS, "InternalFailure", 500, Reason.UNREACHABLE),
        (LIST_MODELS, "ValidationException", 400, Reason.UNRECOGNISED),
        (LIST_MODELS, "UnheardOfException", 400, Reason.UNRECOGNISED),
    ],
)
def test_error_codes_have_reasons(aws: Aws, call: Any, code: str, status: int, reason: Reason) -> None:
    aws.refuse(call, code, status)
    session = aws.session(ALL)
    with pytest.raises(CallFailed) as failed:
        list(session.items(call, REGION))
    assert (failed.value.reason, failed.value.code) == (reason, code)
    (exchange,) = session.ledger.exchanges()
    assert (exchange.status, exchange.error) == (status, code)


def test_a_denial_names_the_permission_and_never_the_provider_text(aws: Aws) -> None:
    message = "User: arn:aws:iam::1:user/me is not authorized because no identity-based policy allows the action"
    aws.refuse(LIST_MODELS, "AccessDeniedException", message=message)
    with pytest.raises(CallFailed) as failed:
        aws.session(ALL).call(LIST_MODELS, REGION)
    unknown = failed.value.unknown()
    assert unknown.permissions == ("sagemaker:ListModels",)
    assert "no identity" not in f"{failed.value}{unknown}"


@pytest.mark.parametrize(
    ("code", "message", "reason", "said"),
    [
        (
            "AccessDeniedException",
            "User: arn:aws:iam::1:user/me is not authorized with an explicit deny in a service control policy",
            Reason.DENIED,
            "service control policy",
        ),
        ("UnrecognizedClientException", "The security token is invalid", Reason.DISABLED, "not enabled"),
    ],
)
def test_where_no_permission_would_help_none_is_named(
    aws: Aws, code: str, message: str, reason: Reason, said: str
) -> None:
    aws.refuse(LIST_MODELS, code, message=message)
    with pytest.raises(CallFailed) as failed:
        aws.session(ALL).call(LIST_MODELS, REGION)
    unknown = failed.value.unknown()
    assert unknown.reason is reason
    assert unknown.permissions == ()
    assert said in unknown.detail
    assert "arn:aws" not in str(unknown)


@pytest.mark.parametrize("status", [404, 501, 500])
def test_an_unimplemented_operation_is_never_an_empty_answer(aws: Aws, status: int) -> None:
    aws.raw(LIST_MODELS, status, b"Not yet implemented", "text/html")
    with pytest.raises(CallFailed) as failed:
        list(aws.session(ALL).items(LIST_MODELS, REGION))
    assert failed.value.reason in (Reason.UNREACHABLE, Reason.MALFORMED)


def test_a_simulator_that_lacks_an_operation_is_no_answer(aws: Aws) -> None:
    session = aws.session(ALL)
    with pytest.raises(CallFailed) as failed:
        list(session.items(LIST_CREDENTIALS, GLOBAL))
    assert failed.value.reason is Reason.UNREACHABLE
    (exchange,) = session.ledger.exchanges()
    assert (exchange.status, exchange.error, exchange.attempts) == (None, "NotImplementedError", 1)


def test_a_simulator_that_gives_nothing_is_no_answer(sockets: Sockets) -> None:
    wire = Wire(declared=declare(ALL), sleep=lambda _: None)
    session = AwsSession(ACCOUNT, wire, last_hop=lambda *_: None)
    with pytest.raises(CallFailed) as failed:
        session.call(LIST_MODELS, REGION)
    assert failed.value.reason is Reason.UNREACHABLE
    assert sockets.attempts == 0


def test_documented_absence_is_an_answer_and_other_errors_are_not(aws: Aws) -> None:
    session = aws.session(ALL)
    aws.refuse(GET_POLICY, "NoSuchBucketPolicy", 404, Bucket="bare")
    aws.refuse(GET_POLICY, "AccessDenied", 403, Bucket="closed")
    assert session.call(GET_POLICY, REGION, Bucket="bare") is None
    with pytest.raises(CallFailed) as failed:
        session.call(GET_POLICY, REGION, Bucket="closed")
    assert failed.value.reason is Reason.DENIED


def test_sagemaker_says_gone_in_words() -> None:
    assert reason_of("ValidationException", 400, 'Could not find model "m"') is Reason.VANISHED
    assert reason_of("ValidationException", 400, "1 validation error detected") is Reason.UNRECOGNISED
    assert reason_of("404", 404) is Reason.MALFORMED
    assert reason_of("InvalidGroup.NotFound", 400) is Reason.VANISHED


# retries


def test_throttling_is_retried_and_slows_the_pacer(aws: Aws) -> None:
    left = 3

    def throttle(request: Outgoing) -> Answer | None:
        nonlocal left
        left -= 1
        if left < 0:
            return None
        body = b'{"__type": "ThrottlingException"}'
        return Answer(400, body, {"content-type": "application/json", "retry-after": "7"})

    slept: list[float] = []
    wire = aws.wire(ALL, sources=(throttle,), attempts=8)
    wire.sleep = slept.append
    from moto.core.models import botocore_stubber

    session = AwsSession(ACCOUNT, wire, last_hop=botocore_stubber)
    assert list(session.items(LIST_MODELS, REGION)) == []
    (exchange,) = session.ledger.exchanges()
    assert (exchange.status, exchange.attempts) == (200, 4)
    assert slept == [7.0, 7.0, 7.0]
    (bucket,) = wire.pacer._buckets.values()
    assert bucket.rate < bucket.ceiling


def test_retries_run_out(aws: Aws) -> None:
    aws.refuse(LIST_MODELS, "ThrottlingException")
    session = AwsSession(ACCOUNT, aws.wire(ALL, attempts=5), last_hop=lambda *_: None)
    with pytest.raises(CallFailed):
        session.call(LIST_MODELS, REGION)
    (exchange,) = session.ledger.exchanges()
    assert exchange.attempts == 5


def test_a_cut_connection_is_retried(aws: Aws) -> None:
    cuts = iter([True, False])

    def cut(request: Outgoing) -> Answer | None:
        if next(cuts):
            raise TransportFault("ConnectionClosedError")
        return Answer(200, b'{"Models": []}', {"content-type": "application/json"})

    session = AwsSession(ACCOUNT, aws.wire(ALL, sources=(cut,)), last_hop=lambda *_: None)
    assert session.call(LIST_MODELS, REGION) == {"Models": []}
    (exchange,) = session.ledger.exchanges()
    assert exchange.attempts == 2


def test_offline_tries_once_without_waiting(aws: Aws) -> None:
    def throttle(request: Outgoing) -> Answer:
        return Answer(400, b'{"__type": "ThrottlingException"}', {"content-type": "application/json"}, attempts=6)

    def never(_: float) -> None:
        raise AssertionError("an offline session waited")

    wire = Wire(declared=declare(ALL), sources=(throttle,), offline=True, sleep=never, pacer=Pacer(sleep=never))
    session = AwsSession(ACCOUNT, wire)
    with pytest.raises(CallFailed) as failed:
        session.call(LIST_MODELS, REGION)
    assert failed.value.reason is Reason.THROTTLED
    (exchange,) = session.ledger.exchanges()
    assert exchange.attempts == 6


# pages


def test_pages_follow_each_other_and_a_failed_one_keeps_what_was_read(aws: Aws) -> None:
    page = {"ModelArn": "arn", "CreationTime": 1}
    aws.answer(LIST_MODELS, {"Models": [{**page, "ModelName": "a"}], "NextToken": "2"})
    aws.refuse(LIST_MODELS, "AccessDeniedException", NextToken="2")
    session = aws.session(ALL)
    found = session.items(LIST_MODELS, REGION)
    assert next(found)["ModelName"] == "a"
    with pytest.raises(CallFailed):
        next(found)


def test_a_page_that_leads_to_itself_is_malformed(aws: Aws) -> None:
    aws.answer(LIST_MODELS, {"Models": [], "NextToken": "2"})
    session = aws.session(ALL)
    with pytest.raises(CallFailed) as failed:
        list(session.items(LIST_MODELS, REGION))
    assert failed.value.reason is Reason.MALFORMED
    assert len(session.ledger.exchanges()) == 2


@pytest.mark.parametrize(
    ("call", "first", "second", "expected"),
    [
        (
            LIST_ALIASES,
            {"Aliases": [{"AliasName": "alias/a"}], "Truncated": True, "NextMarker": "x"},
            {"Marker": "x"},
            {"Limit": 100},
        ),
        (
            LIST_CREDENTIALS,
            {"ServiceSpecificCredentials": [], "IsTruncated": True, "Marker": "x"},
            {"Marker": "x"},
            {"MaxItems": 1000},
        ),
        (LIST_MODELS, {"Models": [], "NextToken": "x"}, {"NextToken": "x"}, {"MaxResults": 100}),
        (LIST_GROUPS, {"SecurityGroups": [], "NextToken": "x"}, {"NextToken": "x"}, {"MaxResults": 1000}),
        (LIST_DETECTORS, {"DetectorIds": [], "NextToken": "x"}, {"NextToken": "x"}, {"MaxResults": 50}),
    ],
)
def test_page_parameters(aws: Aws, call: Any, first: Any, second: Any, expected: Any) -> None:
    session = aws.session(ALL)
    assert session._page_params(call, {}, None) == expected
    assert session._next_token(call, first) == second
    assert session._page_params(call, {}, second) == {**expected, **second}
    last = {k: v for k, v in first.items() if k not in ("NextToken", "Marker", "NextMarker")}
    assert not session._next_token(call, {**last, "Truncated": False, "IsTruncated": False})


def test_a_marker_without_more_to_come_ends_the_list(aws: Aws) -> None:
    session = aws.session(ALL)
    assert not session._next_token(LIST_CREDENTIALS, {"IsTruncated": False, "Marker": "x"})
    assert not session._next_token(LIST_ALIASES, {"Truncated": False, "NextMarker": "x"})


def test_operations_without_pages_are_one_page(aws: Aws) -> None:
    session = aws.session(ALL)
    assert session._page_params(GET_LOGGING, {"a": 1}, None) == {"a": 1}
    assert not session._next_token(GET_LOGGING, {"nextToken": "x"})


def test_page_size_is_left_out_where_ids_are_asked_for(aws: Aws) -> None:
    params = aws.session(ALL)._page_params(LIST_GROUPS, {"GroupIds": ["sg-1"]}, None)
    assert params == {"GroupIds": ["sg-1"]}


# places


def test_offers() -> None:
    session = AwsSession(ACCOUNT, Wire(declared={}, offline=True))
    assert session.offers("bedrock", "us-east-1")
    assert not session.offers("bedrock", "ap-east-1")
    assert session.offers("bedrock", "mars-north-1")
    assert session.offers("bedrock-agent", "ap-east-1")
    assert session.offers("iam", GLOBAL)


def test_global_services_are_asked_in_the_home_region_of_the_partition() -> None:
    china = AwsSession(Account(Provider.AWS, "1"), Wire(declared={}, offline=True), partition="aws-cn")
    assert china._client(LIST_ROLES, GLOBAL).meta.endpoint_url == "https://iam.cn-north-1.amazonaws.com.cn"
    home = AwsSession(ACCOUNT, Wire(declared={}, offline=True))
    assert home._client(LIST_ROLES, GLOBAL).meta.endpoint_url == "https://iam.amazonaws.com"


def test_an_operation_the_sdk_does_not_know_is_not_built(aws: Aws) -> None:
    call = aws_call("sagemaker", "DescribeTomorrow")
    unknown = aws_call("tomorrow", "DescribeThings")
    session = aws.session((call, unknown))
    for missing in (call, unknown):
        with pytest.raises(CallFailed) as failed:
            session.call(missing, REGION)
        assert failed.value.reason is Reason.NOT_BUILT
