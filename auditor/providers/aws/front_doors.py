"""Amazon API Gateway APIs: REST, HTTP and WebSocket.

Where an API leads must be read for each of them. The rest is read only for those that lead to AI; for the others every
check is settled by that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, any_true
from auditor.model.resources import FrontDoor
from auditor.model.scope import Provider
from auditor.providers.aws import http_apis, rest_apis
from auditor.providers.aws.authorization_details import GET_AUTHORIZATION_DETAILS
from auditor.providers.aws.functions import LIST_FUNCTIONS
from auditor.providers.aws.gates import AI
from auditor.providers.aws.integrations import Route, functions_of, services_of
from auditor.providers.base import Collector, Detail, Reach
from auditor.wire.calls import Call

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

Read = Callable[["AwsSession", FrontDoor], Mapping[str, Fact[Any]]]
Routes = Callable[["AwsSession", FrontDoor], tuple[Route, ...]]

_TO_AI: tuple[Call, ...] = (LIST_FUNCTIONS, GET_AUTHORIZATION_DETAILS)
"""What shows that a function which an API leads to may call a model or an agent."""


def _leads(routes_of: Routes) -> Read:
    def read(session: AwsSession, door: FrontDoor) -> Mapping[str, Fact[Any]]:
        routes = routes_of(session, door)
        return {
            "fronts_ai": any_true([route.to_ai for route in routes]),
            "functions": functions_of(routes),
            "direct_services": services_of(routes),
        }

    return read


def _before_ai(routes_of: Routes, read: Read) -> Read:
    """Reads nothing unless it is known that the API leads to AI."""

    def read_or_leave(session: AwsSession, door: FrontDoor) -> Mapping[str, Fact[Any]]:
        answer = any_true([route.to_ai for route in routes_of(session, door)])
        return read(session, door) if isinstance(answer, Known) and answer.value else {}

    return read_or_leave


def _details(
    routes_of: Routes, calls: tuple[Call, ...], parts: tuple[tuple[tuple[Call, ...], tuple[str, ...], Read], ...]
) -> tuple[Detail[FrontDoor, AwsSession], ...]:
    """Where the APIs of a kind lead, by ``calls``, and the ``parts`` that are read of those that lead to AI."""
    leading = (*calls, *_TO_AI)
    facts = ("fronts_ai", "functions", "direct_services")
    return (
        Detail(calls=leading, facts=facts, read=_leads(routes_of)),
        *(
            Detail(calls=(*leading, *more), facts=given, read=_before_ai(routes_of, read))
            for more, given, read in parts
        ),
    )


_OF_STAGES = ("access_logged", "traced", "firewall", "firewalls")

COLLECTORS: tuple[Collector[FrontDoor, AwsSession], ...] = (
    Collector(
        name="aws.front_doors.rest",
        provider=Provider.AWS,
        kind=FrontDoor,
        reach=Reach.LOCATION,
        service="apigateway",
        gate=AI,
        find_calls=(rest_apis.GET_APIS,),
        find=rest_apis.find,
        find_facts=("public",),
        details=_details(
            rest_apis.routes,
            (rest_apis.GET_RESOURCES,),
            (
                ((rest_apis.GET_APIS,), ("open_routes",), rest_apis.read_authorization),
                ((rest_apis.GET_STAGES,), _OF_STAGES, rest_apis.read_stages),
                ((rest_apis.GET_STAGES, rest_apis.GET_PLANS), ("throttled",), rest_apis.read_limits),
                ((rest_apis.GET_VALIDATORS,), ("validates",), rest_apis.read_validation),
                ((rest_apis.GET_DOMAINS, rest_apis.GET_MAPPINGS), ("old_tls_domains",), rest_apis.read_domains),
            ),
        ),
    ),
    Collector(
        name="aws.front_doors.http",
        provider=Provider.AWS,
        kind=FrontDoor,
        reach=Reach.LOCATION,
        service="apigatewayv2",
        gate=AI,
        find_calls=(http_apis.GET_APIS,),
        find=http_apis.find,
        find_facts=("public", "firewall", "firewalls", "traced", "old_tls_domains"),
        details=_details(
            http_apis.routes,
            (http_apis.GET_ROUTES, http_apis.GET_INTEGRATIONS),
            (
                ((), ("open_routes", "validates"), http_apis.read_routes),
                ((http_apis.GET_STAGES,), ("access_logged", "throttled"), http_apis.read_stages),
            ),
        ),
    ),
)
