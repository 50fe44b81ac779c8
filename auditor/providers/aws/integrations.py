"""Where a route of an API leads: to a function, to a service of AWS, or elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown, all_true, any_true, combine, native
from auditor.model.resources import Ref
from auditor.model.scope import Provider
from auditor.providers.aws.functions import fronts_ai, functions_in
from auditor.providers.aws.refs import distinct
from auditor.wire.errors import CallFailed

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

MODEL_APIS: Mapping[str, str] = {
    "bedrock-agent-runtime": "bedrock",
    "bedrock-agentcore": "bedrock-agentcore",
    "bedrock-runtime": "bedrock",
    "comprehend": "comprehend",
    "kendra": "kendra",
    "personalize-runtime": "personalize",
    "rekognition": "rekognition",
    "runtime.sagemaker": "sagemaker",
    "textract": "textract",
}
"""APIs that answer with what a model or an agent says, by the name of their host, and the service they belong to."""

_FUNCTION = re.compile(r"arn:[^:/]+:lambda:[^:/]+:\d{12}:function:[A-Za-z0-9_-]+")
_HOST = re.compile(r"https?://([^/:?]+)")
_VARIABLE = "${stageVariables."


@dataclass(frozen=True, slots=True)
class Lead:
    """What stands behind one route; at most one of the two."""

    function: str = ""
    """The ARN of the function itself, without version or alias."""
    service: str = ""
    """A service of AWS with models in it."""


NOWHERE = Lead()


def lead_of(kind: Fact[str], uri: Fact[Any]) -> Fact[Lead]:
    """What an integration of some type and address leads to. A mock answers by itself; web servers and other services
    of AWS are neither functions nor model APIs, unless the address is that of a model API."""
    if isinstance(kind, Unknown):
        return kind
    if kind.value == "MOCK":
        return Known(NOWHERE, kind.native)
    if kind.value not in ("AWS", "AWS_PROXY", "HTTP", "HTTP_PROXY"):
        return Unknown(Reason.UNRECOGNISED, "integration type")
    if isinstance(uri, Unknown):
        return uri
    text = str(uri.value)
    if _VARIABLE in text:
        return Unknown(Reason.NOT_BUILT, "an integration that depends on a stage variable")
    if (function := _FUNCTION.search(text)) is not None:
        return Known(Lead(function=function[0]), uri.native)
    return Known(Lead(service=MODEL_APIS.get(_called(text), "")), uri.native)


def _called(uri: str) -> str:
    """The name of the API in ``arn:aws:apigateway:REGION:NAME:path/...`` or in ``https://NAME.REGION.amazonaws.com``."""
    if uri.startswith("arn:"):
        return "".join(uri.split(":")[4:5])
    host = _HOST.match(uri)
    if host is None or ".amazonaws.com" not in host[1]:
        return ""
    parts = host[1].partition(".amazonaws.com")[0].split(".")
    return ".".join(parts[:-1])


def integration_of(body: Mapping[str, Any], kind: str, uri: str, subtype: str = "") -> Fact[Lead]:
    """The lead of an integration as the API describes it. One that names an action of AWS has no address, and none of
    these actions calls a model (developer guide, "Integration subtype reference")."""
    if subtype and body.get(subtype):
        return Known(NOWHERE, {subtype: body[subtype]})
    return lead_of(native(body, kind), native(body, uri))


def follow(session: AwsSession, lead: Fact[Lead]) -> Fact[bool]:
    """Whether a lead ends at a model API, or at a function that may call one."""
    if isinstance(lead, Unknown):
        return lead
    if lead.value.service:
        return Known(True, lead.native)
    if not lead.value.function:
        return Known(False, lead.native)
    return _function_fronts_ai(session, lead.value.function)


def _function_fronts_ai(session: AwsSession, arn: str) -> Fact[bool]:
    region, account = arn.split(":")[3:5]
    if account != session.account.id or region not in session.locations:
        return Unknown(Reason.OUT_OF_SCOPE, "a function in another account or region")
    try:
        found = functions_in(session, region).get(arn)
        if found is None:
            return Unknown(Reason.ABSENT, "a function that does not exist")
        return fronts_ai(session, found)
    except CallFailed as error:
        return error.unknown()


def function_ref(arn: str) -> Ref:
    return Ref("Function", Provider.AWS, arn.split(":")[4], arn)


@dataclass(frozen=True, slots=True)
class Route:
    """One way into an API."""

    name: str
    """E.g. ``POST /chat``."""
    lead: Fact[Lead]
    to_ai: Fact[bool]
    body: Mapping[str, Any]
    """The method or route as the API describes it."""


def functions_of(routes: Iterable[Route]) -> Fact[tuple[Ref, ...]]:
    def refs(*leads: Lead) -> tuple[Ref, ...]:
        return distinct(function_ref(lead.function) for lead in leads if lead.function)

    return combine(refs, *(route.lead for route in routes))


def services_of(routes: Iterable[Route]) -> Fact[tuple[str, ...]]:
    def names(*leads: Lead) -> tuple[str, ...]:
        return tuple(sorted({lead.service for lead in leads if lead.service}))

    return combine(names, *(route.lead for route in routes))


def routes_that(routes: Iterable[Route], holds: Callable[[Route], Fact[bool]]) -> Fact[tuple[str, ...]]:
    """The routes to AI of which something holds. Those that are known are enough; that there are none needs all."""
    answers = [(route.name, all_true((route.to_ai, holds(route)))) for route in routes]
    found = [name for name, answer in answers if isinstance(answer, Known) and answer.value]
    any_of_them = any_true([answer for _, answer in answers])
    if isinstance(any_of_them, Unknown):
        return any_of_them
    return Known(tuple(sorted(found)), any_of_them.native)
