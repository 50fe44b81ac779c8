"""Amazon API Gateway APIs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from auditor.model.facts import Known, Reason, Unknown
from auditor.model.resources import FrontDoor, Ref
from auditor.model.scope import Provider
from auditor.providers.aws import front_doors, http_apis, rest_apis
from auditor.providers.aws.functions import LIST_FUNCTIONS
from auditor.providers.aws.rest_apis import unescaped
from tests.providers.aws.conftest import Aws

CHAT = "arn:aws:lambda:us-east-1:123456789012:function:chat"
PLAIN = "arn:aws:lambda:us-east-1:123456789012:function:plain"
WALL = "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/chat/11111111-2222-3333-4444-555555555555"
LOG = "arn:aws:logs:us-east-1:123456789012:log-group:/apis/chat"
REST, HTTP = front_doors.COLLECTORS
SAGEMAKER = "arn:aws:apigateway:us-east-1:runtime.sagemaker:path/endpoints/fraud/invocations"
BEHIND = {"open_routes", "access_logged", "throttled", "validates"}
ONLY_REST = {"traced", "firewall", "firewalls", "old_tls_domains"}


def by_function(arn: str) -> str:
    return f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{arn}/invocations"


def functions(aws: Aws) -> None:
    """Two functions, one of which may call a model."""
    iam = aws.boto("iam")
    for name, action in (("chat", "bedrock:InvokeModel"), ("plain", "s3:GetObject")):
        statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
        document = {"Version": "2012-10-17", "Statement": [statement]}
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps({**document, "Statement": []}))
        iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=json.dumps(document))
    aws.answer(
        LIST_FUNCTIONS,
        {
            "Functions": [
                {"FunctionName": n, "FunctionArn": a, "Role": f"arn:aws:iam::123456789012:role/{n}"}
                for n, a in (("chat", CHAT), ("plain", PLAIN))
            ]
        },
    )


def method(uri: str = "", **more: Any) -> dict[str, Any]:
    body = {
        "authorizationType": "AWS_IAM",
        "apiKeyRequired": False,
        "requestValidatorId": "v1",
        "requestModels": {"application/json": "Prompt"},
        "methodIntegration": {"type": "AWS_PROXY", "uri": uri or by_function(CHAT)},
        **more,
    }
    return {k: v for k, v in body.items() if v is not None}


def rest(
    aws: Aws,
    *,
    api: dict[str, Any] | None = None,
    methods: dict[str, Any] | None = None,
    stage: dict[str, Any] | None = None,
    domains: tuple[dict[str, Any], ...] = (),
) -> None:
    functions(aws)
    entry = {"id": "a1", "name": "chat", "endpointConfiguration": {"types": ["REGIONAL"]}, **(api or {})}
    aws.answer(rest_apis.GET_APIS, {"items": [entry]})
    resource = {"id": "r1", "path": "/chat", "resourceMethods": methods or {"POST": method()}}
    root = {"id": "r0", "path": "/"}
    aws.answer(rest_apis.GET_RESOURCES, {"items": [root, resource]}, restApiId="a1", embed=["methods"])
    settings = {
        "stageName": "live",
        "webAclArn": WALL,
        "tracingEnabled": True,
        "accessLogSettings": {"destinationArn": LOG, "format": "$context.requestId"},
        "methodSettings": {"*/*": {"throttlingRateLimit": 50.0}},
        **(stage or {}),
    }
    aws.answer(rest_apis.GET_STAGES, {"item": [{k: v for k, v in settings.items() if v is not None}]})
    aws.answer(rest_apis.GET_PLANS, {"items": []})
    aws.answer(rest_apis.GET_VALIDATORS, {"items": [{"id": "v1", "validateRequestBody": True}]})
    aws.answer(rest_apis.GET_DOMAINS, {"items": list(domains)})


def http(
    aws: Aws,
    *,
    protocol: str = "HTTP",
    routes: tuple[dict[str, Any], ...] = ({"RouteKey": "POST /chat"},),
    stage: dict[str, Any] | None = None,
    uri: str = CHAT,
) -> None:
    functions(aws)
    entry = {"ApiId": "b1", "Name": "chat", "ProtocolType": protocol, "RouteSelectionExpression": "$request.method"}
    aws.answer(http_apis.GET_APIS, {"Items": [entry]})
    common = {"AuthorizationType": "JWT", "Target": "integrations/i1"}
    found = [{k: v for k, v in {**common, **r}.items() if v is not None} for r in routes]
    aws.answer(http_apis.GET_ROUTES, {"Items": found})
    integration = {"IntegrationId": "i1", "IntegrationType": "AWS_PROXY", "IntegrationUri": uri}
    aws.answer(http_apis.GET_INTEGRATIONS, {"Items": [integration]})
    settings = {
        "StageName": "$default",
        "AccessLogSettings": {"DestinationArn": LOG},
        "DefaultRouteSettings": {"ThrottlingRateLimit": 50.0},
        **(stage or {}),
    }
    aws.answer(http_apis.GET_STAGES, {"Items": [settings]})


def only(aws: Aws, collector: Any = REST) -> FrontDoor:
    (found,) = aws.collect([collector])
    assert isinstance(found, FrontDoor)
    return found


def outcome(fact: Any) -> object:
    return fact.value if isinstance(fact, Known) else fact.reason


def test_a_guarded_rest_api(aws: Aws) -> None:
    rest(aws, domains=({"domainName": "api.example.com", "securityPolicy": "TLS_1_2"},))
    found = only(aws)
    assert found.id == "arn:aws:apigateway:us-east-1::/restapis/a1"
    assert (found.name, found.native_type) == ("chat", "AWS::ApiGateway::RestApi")
    assert found.fronts_ai.value is found.public.value is found.access_logged.value is True
    assert found.traced.value is found.firewall.value is found.throttled.value is found.validates.value is True
    assert found.functions.value == (Ref("Function", Provider.AWS, "123456789012", CHAT),)
    assert found.firewalls.value == (Ref("WebFirewall", Provider.AWS, "123456789012", WALL),)
    assert found.open_routes.value == found.direct_services.value == found.old_tls_domains.value == ()
    assert all(isinstance(getattr(found, n), Known) and getattr(found, n).calls for n in REST.facts())
    assert REST.facts() == HTTP.facts() == BEHIND | ONLY_REST | {"fronts_ai", "functions", "direct_services", "public"}
    assert "GetBasePathMappings" not in {e.operation for e in aws.ledger.exchanges()}


def test_a_guarded_http_api(aws: Aws) -> None:
    http(aws)
    found = only(aws, HTTP)
    assert (found.id, found.native_type) == ("arn:aws:apigateway:us-east-1::/apis/b1", "AWS::ApiGatewayV2::Api")
    assert found.fronts_ai.value is found.public.value is True
    assert found.access_logged.value is found.throttled.value is True
    assert found.functions.value == (Ref("Function", Provider.AWS, "123456789012", CHAT),)
    assert found.open_routes.value == found.old_tls_domains.value == ()
    assert found.firewalls.value == ()
    assert found.firewall.value is found.traced.value is found.validates.value is None
    assert all(isinstance(getattr(found, n), Known) and getattr(found, n).calls for n in HTTP.facts())


ELSEWHERE = {"type": "HTTP_PROXY", "uri": "https://shop.example.com/orders"}


@pytest.mark.parametrize(
    ("integration", "fronts_ai", "services"),
    [
        ({"type": "AWS_PROXY", "uri": by_function(CHAT)}, True, ()),
        ({"type": "AWS_PROXY", "uri": by_function(f"{CHAT}:live")}, True, ()),
        ({"type": "AWS_PROXY", "uri": by_function(PLAIN)}, False, ()),
        ({"type": "AWS", "uri": SAGEMAKER}, True, ("sagemaker",)),
        (
            {"type": "AWS", "uri": "arn:aws:apigateway:us-east-1:bedrock-runtime:path/model/m/invoke"},
            True,
            ("bedrock",),
        ),
        ({"type": "HTTP", "uri": "https://bedrock-runtime.us-east-1.amazonaws.com/model/m/invoke"}, True, ("bedrock",)),
        ({"type": "AWS", "uri": "arn:aws:apigateway:us-east-1:sqs:path/123456789012/q"}, False, ()),
        (ELSEWHERE, False, ()),
        ({"type": "MOCK"}, False, ()),
        ({"type": "AWS_PROXY"}, Reason.ABSENT, Reason.ABSENT),
        ({"type": "AWS_PROXY", "uri": by_function("${stageVariables.fn}")}, Reason.NOT_BUILT, Reason.NOT_BUILT),
        ({"type": "UnheardOf", "uri": by_function(CHAT)}, Reason.UNRECOGNISED, Reason.UNRECOGNISED),
        ({"type": "AWS", "uri": by_function(CHAT.replace("123456789012", "210987654321"))}, Reason.OUT_OF_SCOPE, ()),
        ({"type": "AWS", "uri": by_function(CHAT.replace("us-east-1", "eu-west-1"))}, Reason.OUT_OF_SCOPE, ()),
        ({"type": "AWS", "uri": by_function(CHAT.replace("chat", "gone"))}, Reason.ABSENT, ()),
        (None, Reason.ABSENT, Reason.ABSENT),
    ],
)
def test_where_an_api_leads(aws: Aws, integration: dict[str, str] | None, fronts_ai: object, services: object) -> None:
    rest(aws, methods={"POST": method(methodIntegration=integration)})
    found = only(aws)
    assert outcome(found.fronts_ai) == fronts_ai
    assert outcome(found.direct_services) == services
    if fronts_ai is not True:
        assert {outcome(getattr(found, n)) for n in BEHIND | ONLY_REST} == {Reason.NOT_COLLECTED}
        assert "GetStages" not in {e.operation for e in aws.ledger.exchanges()}


OPEN = {"authorizationType": "NONE"}
PREFLIGHT = method(**OPEN, methodIntegration={"type": "MOCK"})


@pytest.mark.parametrize(
    ("methods", "expected"),
    [
        ({"POST": method(**OPEN)}, ("POST /chat",)),
        ({"POST": method(**OPEN, apiKeyRequired=True)}, ("POST /chat",)),
        ({"POST": method(authorizationType="COGNITO_USER_POOLS")}, ()),
        ({"POST": method(authorizationType="CUSTOM")}, ()),
        ({"POST": method(), "OPTIONS": PREFLIGHT}, ()),
        ({"POST": method(), "GET": method(by_function(PLAIN), **OPEN)}, ()),
        ({"POST": method(), "GET": method(by_function("${stageVariables.x}"), **OPEN)}, Reason.NOT_BUILT),
        ({"POST": method(authorizationType="UnheardOf")}, Reason.UNRECOGNISED),
        ({"POST": method(authorizationType=None)}, Reason.ABSENT),
        ({"POST": method(**OPEN), "PUT": method(authorizationType=None)}, ("POST /chat",)),
    ],
)
def test_open_routes(aws: Aws, methods: dict[str, Any], expected: object) -> None:
    rest(aws, methods=methods)
    assert outcome(only(aws).open_routes) == expected


def statement(effect: str, principal: Any = "*", **condition: Any) -> dict[str, Any]:
    made = {"Effect": effect, "Principal": principal, "Action": "execute-api:Invoke", "Resource": "*"}
    return {**made, "Condition": condition} if condition else made


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([statement("Allow")], ("POST /chat",)),
        ([statement("Allow", {"AWS": "arn:aws:iam::123456789012:root"})], ()),
        ([statement("Allow", IpAddress={"aws:SourceIp": "203.0.113.0/24"})], Reason.NOT_BUILT),
        (
            [statement("Allow"), statement("Deny", NotIpAddress={"aws:SourceIp": "203.0.113.0/24"})],
            Reason.NOT_BUILT,
        ),
    ],
)
@pytest.mark.parametrize("escaped", [False, True])
def test_open_routes_under_a_policy(
    aws: Aws, statements: list[dict[str, Any]], expected: object, escaped: bool
) -> None:
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    text = json.dumps(policy)[1:-1] if escaped else policy
    rest(aws, api={"policy": text}, methods={"POST": method(**OPEN)})
    assert outcome(only(aws).open_routes) == expected


def test_a_policy_that_is_none(aws: Aws) -> None:
    assert unescaped('{\\"a') == '{\\"a'.replace("\\", "")
    rest(aws, api={"policy": "{\\"}, methods={"POST": method(**OPEN)})
    assert outcome(only(aws).open_routes) is Reason.MALFORMED


@pytest.mark.parametrize(
    ("types", "expected"),
    [(["EDGE"], True), (["PRIVATE"], False), ([], Reason.ABSENT), (["UnheardOf"], Reason.UNRECOGNISED)],
)
def test_public(aws: Aws, types: list[str], expected: object) -> None:
    rest(aws, api={"endpointConfiguration": {"types": types}})
    assert outcome(only(aws).public) == expected


@pytest.mark.parametrize(
    ("fact", "stage", "expected"),
    [
        ("access_logged", {"accessLogSettings": None}, False),
        ("traced", {"tracingEnabled": None}, False),
        ("traced", {"tracingEnabled": False}, False),
        ("firewall", {"webAclArn": None}, False),
        ("firewalls", {"webAclArn": None}, ()),
        ("throttled", {"methodSettings": None}, False),
        ("throttled", {"methodSettings": {"*/*": {}}}, False),
        ("throttled", {"methodSettings": {"*/*": {"throttlingRateLimit": -1.0}}}, False),
        ("throttled", {"methodSettings": {"*/*": {"throttlingRateLimit": 5.0}, "~1x/POST": {}}}, True),
        (
            "throttled",
            {"methodSettings": {"*/*": {"throttlingRateLimit": 5.0}, "~1x/POST": {"throttlingRateLimit": -1.0}}},
            False,
        ),
    ],
)
def test_stages(aws: Aws, fact: str, stage: dict[str, Any], expected: object) -> None:
    rest(aws, stage=stage)
    assert outcome(getattr(only(aws), fact)) == expected


PLAN = {
    "apiStages": [{"apiId": "a1", "stage": "live"}],
    "throttle": {"rateLimit": 5.0},
    "quota": {"limit": 100, "period": "DAY"},
}


@pytest.mark.parametrize(
    ("plan", "keys", "expected"),
    [
        (PLAN, True, True),
        (PLAN, False, False),
        ({**PLAN, "apiStages": [{"apiId": "a1", "stage": "test"}]}, True, False),
        ({**PLAN, "quota": {}}, True, False),
        ({**PLAN, "throttle": {}}, True, False),
    ],
)
def test_a_usage_plan_counts_where_keys_are_asked_for(
    aws: Aws, plan: dict[str, Any], keys: bool, expected: bool
) -> None:
    rest(aws, methods={"POST": method(apiKeyRequired=keys)}, stage={"methodSettings": None})
    aws.answer(rest_apis.GET_PLANS, {"items": [plan]})
    assert only(aws).throttled.value is expected


def test_a_limit_of_the_stage_needs_no_plan(aws: Aws) -> None:
    rest(aws)
    aws.refuse(rest_apis.GET_PLANS, "AccessDeniedException", 403)
    assert only(aws).throttled.value is True
    rest_without = {"stageName": "live"}
    aws.answer(rest_apis.GET_STAGES, {"item": [rest_without]})
    aws.answer(
        rest_apis.GET_RESOURCES, {"items": [{"path": "/", "resourceMethods": {"GET": method(apiKeyRequired=True)}}]}
    )
    assert outcome(only(aws).throttled) is Reason.DENIED


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"requestValidatorId": None}, False),
        ({"requestModels": None}, False),
        ({"requestModels": {"application/json": "Empty"}}, False),
        ({"requestValidatorId": "gone"}, Reason.ABSENT),
    ],
)
def test_validation(aws: Aws, changes: dict[str, Any], expected: object) -> None:
    rest(aws, methods={"POST": method(**changes), "GET": method(requestValidatorId=None)})
    assert outcome(only(aws).validates) == expected


def test_a_validator_that_looks_at_parameters_only(aws: Aws) -> None:
    rest(aws)
    aws.answer(rest_apis.GET_VALIDATORS, {"items": [{"id": "v1", "validateRequestBody": False}]})
    assert only(aws).validates.value is False


OLD = {"domainName": "old.example.com", "securityPolicy": "TLS_1_0"}


@pytest.mark.parametrize(
    ("domain", "mapped", "expected"),
    [
        (OLD, "a1", ("old.example.com",)),
        (OLD, "other", ()),
        ({**OLD, "securityPolicy": "SecurityPolicy_TLS13_1_3_2025_09"}, "a1", ()),
        ({**OLD, "securityPolicy": "UnheardOf"}, "a1", Reason.UNRECOGNISED),
        ({"domainName": "old.example.com"}, "a1", Reason.ABSENT),
        ({**OLD, "routingMode": "ROUTING_RULE_ONLY"}, "a1", Reason.NOT_BUILT),
    ],
)
def test_domain_names(aws: Aws, domain: dict[str, Any], mapped: str, expected: object) -> None:
    rest(aws, domains=(domain,))
    aws.answer(rest_apis.GET_MAPPINGS, {"items": [{"restApiId": mapped}]}, domainName="old.example.com")
    assert outcome(only(aws).old_tls_domains) == expected


@pytest.mark.parametrize(
    ("options", "fact", "expected"),
    [
        ({"routes": ({"RouteKey": "POST /chat", "AuthorizationType": "NONE"},)}, "open_routes", ("POST /chat",)),
        ({"routes": ({"RouteKey": "POST /chat", "AuthorizationType": "AWS_IAM"},)}, "open_routes", ()),
        ({"routes": ({"RouteKey": "x", "AuthorizationType": "UnheardOf"},)}, "open_routes", Reason.UNRECOGNISED),
        ({"routes": ({"RouteKey": "x", "Target": None},)}, "fronts_ai", False),
        ({"routes": ({"RouteKey": "x", "Target": "integrations/gone"},)}, "fronts_ai", Reason.ABSENT),
        ({"uri": PLAIN}, "fronts_ai", False),
        ({"stage": {"AccessLogSettings": {}}}, "access_logged", False),
        ({"stage": {"DefaultRouteSettings": {}}}, "throttled", False),
        ({"protocol": "UnheardOf"}, "public", Reason.UNRECOGNISED),
        ({"protocol": "UnheardOf"}, "open_routes", Reason.UNRECOGNISED),
    ],
)
def test_http_apis(aws: Aws, options: dict[str, Any], fact: str, expected: object) -> None:
    http(aws, **options)
    assert outcome(getattr(only(aws, HTTP), fact)) == expected


@pytest.mark.parametrize(
    ("routes", "open_routes", "validates"),
    [
        (({"RouteKey": "$connect"}, {"RouteKey": "say", "AuthorizationType": "NONE"}), (), False),
        (
            (
                {"RouteKey": "$connect", "AuthorizationType": "NONE"},
                {"RouteKey": "say", "AuthorizationType": "NONE", "RequestModels": {"$default": "Prompt"}},
            ),
            ("$connect", "say"),
            True,
        ),
        (({"RouteKey": "say"},), ("say",), False),
    ],
)
def test_websocket_apis_ask_when_a_caller_connects(
    aws: Aws, routes: tuple[dict[str, Any], ...], open_routes: object, validates: bool
) -> None:
    http(aws, protocol="WEBSOCKET", routes=routes)
    found = only(aws, HTTP)
    assert found.open_routes.value == open_routes
    assert found.validates.value is validates


@pytest.mark.parametrize(
    ("call", "facts"),
    [
        (rest_apis.GET_RESOURCES, BEHIND | ONLY_REST | {"fronts_ai"}),
        (rest_apis.GET_STAGES, {"access_logged", "traced", "firewall", "firewalls", "throttled"}),
        (rest_apis.GET_VALIDATORS, {"validates"}),
        (rest_apis.GET_DOMAINS, {"old_tls_domains"}),
        (LIST_FUNCTIONS, {"fronts_ai"}),
    ],
)
def test_a_denied_call_leaves_the_rest_known(aws: Aws, call: Any, facts: set[str]) -> None:
    rest(aws)
    aws.refuse(call, "AccessDeniedException", 403)
    found = only(aws)
    for name in facts:
        fact = getattr(found, name)
        assert isinstance(fact, Unknown)
        assert fact.permissions == call.permissions
    if call is not LIST_FUNCTIONS:
        assert all(
            isinstance(getattr(found, n), Known) for n in REST.facts() - facts - {"functions", "direct_services"}
        )
