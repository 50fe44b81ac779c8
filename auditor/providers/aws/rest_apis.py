"""REST APIs of Amazon API Gateway."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from auditor.access.aws_documents import Statement
from auditor.access.aws_trust import everyone, public
from auditor.model.facts import Fact, Known, Reason, Unknown, all_true, any_true, combine, native
from auditor.model.resources import FrontDoor, Ref
from auditor.model.scope import Provider
from auditor.providers.aws.integrations import Route, follow, integration_of, routes_that
from auditor.providers.aws.reading import statements_of
from auditor.providers.aws.refs import distinct, owner_of
from auditor.providers.aws.shared_calls import aws_call
from auditor.wire.errors import CallFailed

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

_GET = "apigateway:GET"
_A_SECOND = 10
"""All operations of an account together (developer guide, "Amazon API Gateway quotas")."""
GET_APIS = aws_call("apigateway", "GetRestApis", _GET, items="items", per_second=_A_SECOND)
GET_RESOURCES = aws_call("apigateway", "GetResources", _GET, items="items", per_second=2.5)
GET_STAGES = aws_call("apigateway", "GetStages", _GET, expects=("item",), per_second=_A_SECOND)
GET_VALIDATORS = aws_call("apigateway", "GetRequestValidators", _GET, items="items", per_second=_A_SECOND)
GET_PLANS = aws_call("apigateway", "GetUsagePlans", _GET, items="items", per_second=_A_SECOND)
GET_DOMAINS = aws_call("apigateway", "GetDomainNames", _GET, items="items", per_second=_A_SECOND)
GET_MAPPINGS = aws_call("apigateway", "GetBasePathMappings", _GET, items="items", per_second=_A_SECOND)

_PAGE = 500
ASKS_NOBODY = {"NONE": True, "AWS_IAM": False, "COGNITO_USER_POOLS": False, "CUSTOM": False}
"""Authorization types, and whether they let everybody in. An API key is no authorization: it tells callers apart for
usage plans (developer guide, "API keys and usage plans")."""
_PUBLIC = {"EDGE": True, "REGIONAL": True, "PRIVATE": False}
_WITH_BODY = ("ANY", "PATCH", "POST", "PUT")
_OLD_TLS = {
    "TLS_1_0": True,
    "TLS_1_2": False,
    **dict.fromkeys(
        (
            "SecurityPolicy_TLS12_2018_EDGE",
            "SecurityPolicy_TLS12_PFS_2025_EDGE",
            "SecurityPolicy_TLS13_1_2_2021_06",
            "SecurityPolicy_TLS13_1_2_Ext2_FIPS_PQ_2025_09",
            "SecurityPolicy_TLS13_1_2_Ext2_PQ_2025_09",
            "SecurityPolicy_TLS13_1_2_FIPS_PFS_PQ_2025_09",
            "SecurityPolicy_TLS13_1_2_FIPS_PQ_2025_09",
            "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09",
            "SecurityPolicy_TLS13_1_2_PQ_2025_09",
            "SecurityPolicy_TLS13_1_3_2025_09",
            "SecurityPolicy_TLS13_1_3_FIPS_2025_09",
            "SecurityPolicy_TLS13_2025_EDGE",
        ),
        False,
    ),
}
"""Security policies, and whether they accept TLS before 1.2 (developer guide, "Security policies for REST APIs")."""


def _apis(session: AwsSession, location: str) -> Iterator[Mapping[str, Any]]:
    yield from session.items(GET_APIS, location, limit=_PAGE)


def find(session: AwsSession, location: str) -> Iterator[FrontDoor]:
    for entry in _apis(session, location):
        types = native(entry, "endpointConfiguration.types")
        yield FrontDoor(
            id=f"arn:{session.partition}:apigateway:{location}::/restapis/{entry['id']}",
            name=entry["name"],
            account=session.account,
            location=location,
            native_type="AWS::ApiGateway::RestApi",
            public=types if isinstance(types, Unknown) else _public(types.value),
        )


def _public(types: Sequence[str]) -> Fact[bool]:
    if not types:
        return Unknown(Reason.ABSENT, "endpointConfiguration.types")
    return any_true([Known(name, {"endpointConfiguration.types": list(types)}).map(_PUBLIC) for name in types])


def api_id(door: FrontDoor) -> str:
    return door.id.rpartition("/")[2]


def routes(session: AwsSession, door: FrontDoor) -> tuple[Route, ...]:
    """Every method of every resource. One without an integration is not deployable, so its absence is not taken for an
    answer."""
    return session.once(f"aws.rest_apis.routes.{door.id}", lambda: tuple(_routes(session, door)))


def _routes(session: AwsSession, door: FrontDoor) -> Iterator[Route]:
    found = session.items(GET_RESOURCES, door.location, restApiId=api_id(door), embed=["methods"], limit=_PAGE)
    for resource in found:
        # a resource without methods carries none (API reference, Resource)
        methods: Mapping[str, Any] = native(resource, "resourceMethods", default={}).value
        for verb, method in sorted(methods.items()):
            integration = native(method, "methodIntegration")
            lead = integration if isinstance(integration, Unknown) else integration_of(integration.value, "type", "uri")
            yield Route(f"{verb} {resource['path']}", lead, follow(session, lead), method)


def read_authorization(session: AwsSession, door: FrontDoor) -> Mapping[str, Fact[Any]]:
    answer = routes_that(routes(session, door), lambda route: native(route.body, "authorizationType").map(ASKS_NOBODY))
    if isinstance(answer, Known) and answer.value:
        return {"open_routes": _under_policy(session, door, answer)}
    return {"open_routes": answer}


def _under_policy(session: AwsSession, door: FrontDoor, found: Known[tuple[str, ...]]) -> Fact[tuple[str, ...]]:
    """What a resource policy makes of routes without authorization: it decides alone (developer guide, "How API Gateway
    resource policies affect authorization workflow"). Conditions on where a caller comes from are not weighed."""
    entry = next((e for e in _apis(session, door.location) if e["id"] == api_id(door)), None)
    if entry is None:
        return Unknown(Reason.VANISHED, "the API")
    policy = native(entry, "policy", default="")
    if not policy.value:
        return Known(found.value, {**found.native, "policy": None})
    statements = statements_of(unescaped(policy.value), "policy")
    if isinstance(statements, Unknown):
        return statements
    return _judged(found, statements.value)


def _judged(found: Known[tuple[str, ...]], statements: tuple[Statement, ...]) -> Fact[tuple[str, ...]]:
    open_to_all = [s for s in statements if s.allow and everyone(s)]
    if not open_to_all:
        return Known((), {"policy": "lets nobody in who is not named"})
    denied = any(not s.allow for s in statements)
    if public(statements) and not denied:
        return Known(found.value, {**found.native, "policy": "lets everybody in"})
    return Unknown(Reason.NOT_BUILT, "conditions in the resource policy of the API")


def unescaped(policy: str) -> str:
    """API Gateway escapes the quotes of a policy once more than JSON does."""
    if not policy.lstrip().startswith("{\\"):
        return policy
    try:
        text: object = json.loads(f'"{policy}"')
    except ValueError:
        return policy
    return str(text)


def _stages(session: AwsSession, door: FrontDoor) -> list[Mapping[str, Any]]:
    return list(session.call(GET_STAGES, door.location, restApiId=api_id(door))["item"])


def read_stages(session: AwsSession, door: FrontDoor) -> Mapping[str, Fact[Any]]:
    """Without a stage an API answers nobody, and nothing is missing. A stage has these members only where they are set
    (API reference, Stage)."""
    stages = _stages(session, door)
    walls = [native(stage, "webAclArn", default="") for stage in stages]
    return {
        "access_logged": all_true(
            [native(stage, "accessLogSettings.destinationArn", default="").map(bool) for stage in stages]
        ),
        "traced": all_true([native(stage, "tracingEnabled", default=False) for stage in stages]),
        "firewall": all_true([wall.map(bool) for wall in walls]),
        "firewalls": combine(lambda *arns: distinct(_wall(arn) for arn in arns if arn), *walls),
    }


def _wall(arn: str) -> Ref:
    return Ref("WebFirewall", Provider.AWS, owner_of(arn), arn)


def read_limits(session: AwsSession, door: FrontDoor) -> Mapping[str, Fact[Any]]:
    """A stage has limits of its own, or belongs to a usage plan with a rate and a quota whose keys every route to AI
    asks for."""
    stages = _stages(session, door)
    plans = _usage_plans(session, door.location)
    keyless = routes_that(
        routes(session, door), lambda route: native(route.body, "apiKeyRequired", default=False).map(lambda on: not on)
    )
    by_key = keyless.map(lambda names: not names)
    return {
        "throttled": all_true(
            [any_true((_own_limit(stage), all_true((by_key, _planned(plans, door, stage))))) for stage in stages]
        )
    }


def _usage_plans(session: AwsSession, location: str) -> Fact[tuple[Mapping[str, Any], ...]]:
    try:
        return Known(tuple(session.items(GET_PLANS, location, limit=_PAGE)))
    except CallFailed as error:
        return error.unknown()


def _own_limit(stage: Mapping[str, Any]) -> Fact[bool]:
    """The setting of all methods (``*/*``) caps the rate, and no other takes that back. Without a setting, or with one
    below zero, the limit of the whole account applies (API reference, MethodSetting)."""
    settings: Mapping[str, Any] = native(stage, "methodSettings", default={}).value
    rates = {name: native(setting, "throttlingRateLimit", default=-1).value for name, setting in settings.items()}
    everywhere = rates.get("*/*", -1) >= 0
    lifted = [name for name, rate in rates.items() if name != "*/*" and rate < 0 and _sets_rate(settings[name])]
    return Known(everywhere and not lifted, {f"{stage['stageName']} throttlingRateLimit": dict(sorted(rates.items()))})


def _sets_rate(setting: Mapping[str, Any]) -> bool:
    return setting.get("throttlingRateLimit") is not None


def _planned(plans: Fact[tuple[Mapping[str, Any], ...]], door: FrontDoor, stage: Mapping[str, Any]) -> Fact[bool]:
    def holds(found: tuple[Mapping[str, Any], ...]) -> bool:
        wanted = (api_id(door), stage["stageName"])
        return any(
            plan.get("throttle", {}).get("rateLimit") is not None
            and plan.get("quota", {}).get("limit") is not None
            and wanted in {(entry.get("apiId"), entry.get("stage")) for entry in plan.get("apiStages") or ()}
            for plan in found
        )

    return plans.map(holds)


def read_validation(session: AwsSession, door: FrontDoor) -> Mapping[str, Fact[Any]]:
    """Every route to AI that takes a body checks it against a model that says something."""
    validators = {
        entry["id"]: entry
        for entry in session.items(GET_VALIDATORS, door.location, restApiId=api_id(door), limit=_PAGE)
    }
    taking = [route for route in routes(session, door) if route.name.split(" ")[0] in _WITH_BODY]
    unchecked = routes_that(taking, lambda route: _checked(route.body, validators).map(lambda on: not on))
    return {"validates": unchecked.map(lambda names: not names)}


def _checked(method: Mapping[str, Any], validators: Mapping[str, Mapping[str, Any]]) -> Fact[bool]:
    """A method names its validator and models only where it has some (API reference, Method). The model ``Empty``,
    which every API has, accepts anything."""
    name = native(method, "requestValidatorId", default="")
    if not name.value:
        return name.map(bool)
    if name.value not in validators:
        return Unknown(Reason.ABSENT, "the request validator")
    models = native(method, "requestModels", default={}).map(
        lambda found: bool(found) and "Empty" not in found.values()
    )
    return all_true((native(validators[name.value], "validateRequestBody"), models))


def read_domains(session: AwsSession, door: FrontDoor) -> Mapping[str, Fact[Any]]:
    """The domain names with an old security policy that lead to the API. Only a policy of TLS 1.2 allows mappings of
    several levels, so those of old ones are all base paths (developer guide, "Use API mappings")."""
    found: list[Fact[str]] = []
    for domain in session.items(GET_DOMAINS, door.location, limit=_PAGE):
        old = native(domain, "securityPolicy").map(_OLD_TLS)
        if isinstance(old, Unknown):
            found.append(old)
        elif old.value:
            found.append(_mapped(session, door, domain))
    return {"old_tls_domains": combine(lambda *names: tuple(sorted(name for name in names if name)), *found)}


def _mapped(session: AwsSession, door: FrontDoor, domain: Mapping[str, Any]) -> Fact[str]:
    """The name, if the domain leads to the API; empty if not."""
    name: str = domain["domainName"]
    if native(domain, "routingMode", default="BASE_PATH_MAPPING_ONLY").value != "BASE_PATH_MAPPING_ONLY":
        return Unknown(Reason.NOT_BUILT, "routing rules of a domain name")
    mapped = {m.get("restApiId") for m in session.items(GET_MAPPINGS, door.location, domainName=name, limit=_PAGE)}
    return Known(name if api_id(door) in mapped else "", {name: domain["securityPolicy"]})
