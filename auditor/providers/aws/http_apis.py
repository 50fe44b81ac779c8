"""HTTP and WebSocket APIs of Amazon API Gateway."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown, all_true, native
from auditor.model.resources import FrontDoor
from auditor.providers.aws.integrations import NOWHERE, Lead, Route, follow, integration_of, routes_that
from auditor.providers.aws.shared_calls import aws_call

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

_GET = "apigateway:GET"
_A_SECOND = 10
GET_APIS = aws_call("apigatewayv2", "GetApis", _GET, items="Items", per_second=_A_SECOND)
GET_ROUTES = aws_call("apigatewayv2", "GetRoutes", _GET, items="Items", per_second=_A_SECOND)
GET_INTEGRATIONS = aws_call("apigatewayv2", "GetIntegrations", _GET, items="Items", per_second=_A_SECOND)
GET_STAGES = aws_call("apigatewayv2", "GetStages", _GET, items="Items", per_second=_A_SECOND)

_ASKS_NOBODY = {"NONE": True, "AWS_IAM": False, "CUSTOM": False, "JWT": False}
_KINDS = {"HTTP": "HTTP", "WEBSOCKET": "WebSocket"}
_TYPE = "AWS::ApiGatewayV2::Api"
_CONNECT = "$connect"
_LIFECYCLE = (_CONNECT, "$disconnect")


def find(session: AwsSession, location: str) -> Iterator[FrontDoor]:
    """Neither HTTP nor WebSocket APIs can be private, have a web ACL or be traced, and their domain names accept no TLS
    before 1.2 (developer guide, "Choose between REST APIs and HTTP APIs" and "Choose a security policy for your custom
    domain")."""
    for entry in session.items(GET_APIS, location):
        kind = native(entry, "ProtocolType").map(_KINDS)
        yield FrontDoor(
            id=f"arn:{session.partition}:apigateway:{location}::/apis/{entry['ApiId']}",
            name=entry["Name"],
            account=session.account,
            location=location,
            native_type=_TYPE,
            public=kind.map(lambda _: True),
            firewall=kind.map(lambda _: None),
            firewalls=kind.map(lambda _: ()),
            traced=kind.map(lambda _: None),
            old_tls_domains=kind.map(lambda _: ()),
        )


def _kind(session: AwsSession, door: FrontDoor) -> Fact[str]:
    entry = next((e for e in session.items(GET_APIS, door.location) if e["ApiId"] == _id(door)), None)
    return Unknown(Reason.VANISHED, "the API") if entry is None else native(entry, "ProtocolType").map(_KINDS)


def _id(door: FrontDoor) -> str:
    return door.id.rpartition("/")[2]


def routes(session: AwsSession, door: FrontDoor) -> tuple[Route, ...]:
    return session.once(f"aws.http_apis.routes.{door.id}", lambda: tuple(_routes(session, door)))


def _routes(session: AwsSession, door: FrontDoor) -> Iterator[Route]:
    integrations = {
        f"integrations/{entry['IntegrationId']}": entry
        for entry in session.items(GET_INTEGRATIONS, door.location, ApiId=_id(door))
    }
    for route in session.items(GET_ROUTES, door.location, ApiId=_id(door)):
        lead = _lead(route, integrations)
        yield Route(route["RouteKey"], lead, follow(session, lead), route)


def _lead(route: Mapping[str, Any], integrations: Mapping[str, Mapping[str, Any]]) -> Fact[Lead]:
    """A route without a target is attached to nothing (API reference, Route)."""
    target = native(route, "Target", default="")
    if not target.value:
        return target.map(lambda _: NOWHERE)
    if target.value not in integrations:
        return Unknown(Reason.ABSENT, "the integration of a route")
    return integration_of(integrations[target.value], "IntegrationType", "IntegrationUri", "IntegrationSubtype")


def read_routes(session: AwsSession, door: FrontDoor) -> Mapping[str, Fact[Any]]:
    """An HTTP API cannot look at bodies (developer guide, "Choose between REST APIs and HTTP APIs")."""
    kind = _kind(session, door)
    found = routes(session, door)
    if kind.value == "WebSocket":
        return _of_websocket(found)
    asks_nobody = routes_that(found, lambda route: native(route.body, "AuthorizationType").map(_ASKS_NOBODY))
    return {"open_routes": asks_nobody, "validates": kind.map(lambda _: None)}


def _of_websocket(found: tuple[Route, ...]) -> Mapping[str, Fact[Any]]:
    """A WebSocket API asks its callers once, when they connect (developer guide, "Control and manage access to
    WebSocket APIs in API Gateway")."""
    connect = next((route for route in found if route.name == _CONNECT), None)
    entrance: Fact[bool] = Known(True, {_CONNECT: None})
    if connect is not None:
        entrance = native(connect.body, "AuthorizationType").map(_ASKS_NOBODY)
    messages = [route for route in found if route.name not in _LIFECYCLE]
    unchecked = routes_that(
        messages, lambda route: native(route.body, "RequestModels", default={}).map(lambda models: not models)
    )
    return {
        "open_routes": routes_that(found, lambda _: entrance),
        "validates": unchecked.map(lambda names: not names),
    }


def read_stages(session: AwsSession, door: FrontDoor) -> Mapping[str, Fact[Any]]:
    """Without these settings a stage logs nothing, and the limit of the whole account applies (API reference, Stage and
    RouteSettings)."""
    stages = list(session.items(GET_STAGES, door.location, ApiId=_id(door)))
    return {
        "access_logged": all_true(
            [native(stage, "AccessLogSettings.DestinationArn", default="").map(bool) for stage in stages]
        ),
        "throttled": all_true(
            [
                native(stage, "DefaultRouteSettings.ThrottlingRateLimit", default=None).map(lambda x: x is not None)
                for stage in stages
            ]
        ),
    }
