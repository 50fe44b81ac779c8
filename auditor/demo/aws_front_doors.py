"""The APIs of the demo's AWS account, and the firewalls before them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from auditor.demo.aws_estate import ACCOUNT_ID, HOME, PREFIX, SECOND, arn
from auditor.demo.aws_functions import FUNCTIONS, FunctionSpec
from auditor.demo.aws_made import Body, Made, Writer


def _wall(name: str, region: str) -> str:
    ids = {"public-apis": "5d1c3c1e-7a52-4c3f-9b1a-2f0e6d8c4b10", "eu-apis": "a2f4e6d8-1b3c-4d5e-8f70-9a8b7c6d5e4f"}
    return arn("wafv2", region, f"regional/webacl/{name}/{ids[name]}")


WALLS: Mapping[str, str] = {HOME: "public-apis", SECOND: "eu-apis"}


def _access_log(region: str, name: str) -> Body:
    return {"destinationArn": arn("logs", region, f"log-group:/apis/{name}"), "format": "$context.requestId"}


def _by_function(spec: FunctionSpec) -> Body:
    uri = f"arn:aws:apigateway:{spec.region}:lambda:path/2015-03-31/functions/{spec.arn}/invocations"
    return {"type": "AWS_PROXY", "httpMethod": "POST", "uri": uri}


def _method(integration: Body, authorization: str, **more: Any) -> Body:
    return {
        "httpMethod": "POST",
        "authorizationType": authorization,
        "apiKeyRequired": False,
        "methodIntegration": integration,
        **more,
    }


_PREFLIGHT = {**_method({"type": "MOCK"}, "NONE"), "httpMethod": "OPTIONS"}
_CHECKED = {"requestValidatorId": "body01", "requestModels": {"application/json": "Prompt"}}
_SAGEMAKER = f"arn:aws:apigateway:{SECOND}:runtime.sagemaker:path/endpoints/price-elasticity-eu/invocations"


@dataclass(frozen=True, slots=True)
class ApiSpec:
    id: str
    name: str
    region: str
    path: str
    methods: Mapping[str, Body]
    stage: Body
    validated: bool = False


def _live(region: str, name: str, **more: Any) -> Body:
    settings = {"stageName": "live", "deploymentId": "d00001", "tracingEnabled": False}
    return {**settings, "accessLogSettings": _access_log(region, name), **more}


REST_APIS = (
    ApiSpec(
        "claimsapi1",
        "claims-assistant",
        HOME,
        "/chat",
        {"POST": _method(_by_function(FUNCTIONS[0]), "COGNITO_USER_POOLS", **_CHECKED), "OPTIONS": _PREFLIGHT},
        _live(
            HOME,
            "claims-assistant",
            tracingEnabled=True,
            webAclArn=_wall("public-apis", HOME),
            methodSettings={"*/*": {"throttlingRateLimit": 50.0, "throttlingBurstLimit": 100}},
        ),
        validated=True,
    ),
    ApiSpec(
        "scoringap1",
        "scoring",
        HOME,
        "/scores",
        {"POST": _method(_by_function(FUNCTIONS[1]), "AWS_IAM", apiKeyRequired=True)},
        _live(HOME, "scoring", tracingEnabled=True, webAclArn=_wall("public-apis", HOME)),
    ),
    ApiSpec(
        "reportsap1",
        "reports",
        HOME,
        "/reports",
        {"POST": _method(_by_function(FUNCTIONS[2]), "NONE")},
        _live(HOME, "reports"),
    ),
    ApiSpec(
        "pricingeu1",
        "price-elasticity-eu",
        SECOND,
        "/prices",
        {"POST": _method({"type": "AWS", "httpMethod": "POST", "uri": _SAGEMAKER}, "AWS_IAM")},
        _live(SECOND, "price-elasticity-eu", webAclArn=_wall("eu-apis", SECOND)),
    ),
)


def _of(region: str) -> Iterator[ApiSpec]:
    return (api for api in REST_APIS if api.region == region)


def _api(region: str, params: Mapping[str, Any]) -> ApiSpec:
    return next(api for api in _of(region) if api.id == params["restApiId"])


def _rest_apis(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    endpoint = {"types": ["REGIONAL"], "ipAddressType": "ipv4"}
    return {"item": [{"id": api.id, "name": api.name, "endpointConfiguration": endpoint} for api in _of(region)]}


def _resources(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    api = _api(region, params)
    part = {"id": "res001", "parentId": "root01", "pathPart": api.path[1:], "path": api.path}
    return {"item": [{"id": "root01", "path": "/"}, {**part, "resourceMethods": dict(api.methods)}]}


def _stages(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    return {"item": [_api(region, params).stage]}


def _validators(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    body = {"id": "body01", "name": "body", "validateRequestBody": True, "validateRequestParameters": False}
    return {"item": [body] if _api(region, params).validated else []}


def _plans(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    plan = {
        "id": "plan01",
        "name": "partners",
        "apiStages": [{"apiId": "scoringap1", "stage": "live"}],
        "throttle": {"rateLimit": 20.0, "burstLimit": 40},
        "quota": {"limit": 100000, "period": "DAY"},
    }
    return {"item": [plan] if region == HOME else []}


_DOMAINS = {f"ai.{PREFIX}.example": ("TLS_1_2", "claimsapi1"), f"reports.{PREFIX}.example": ("TLS_1_0", "reportsap1")}


def _domain_names(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    found = [
        {"domainName": name, "securityPolicy": policy, "endpointConfiguration": {"types": ["REGIONAL"]}}
        for name, (policy, _) in _DOMAINS.items()
    ]
    return {"item": found if region == HOME else []}


def _mappings(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    return {"item": [{"basePath": "(none)", "restApiId": _DOMAINS[params["domainName"]][1], "stage": "live"}]}


_HTTP_API = "triageeu01"


def _here(region: str, entry: Body) -> Body:
    """The one HTTP API is in the second region."""
    return {"items": [entry] if region == SECOND else []}


def _http_apis(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    address = f"https://{_HTTP_API}.execute-api.{region}.amazonaws.com"
    selection = "$request.method $request.path"
    kind = {"protocolType": "HTTP", "routeSelectionExpression": selection, "apiEndpoint": address}
    return _here(region, {"apiId": _HTTP_API, "name": "triage-eu", **kind})


def _routes(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    route = {"routeId": "r000001", "routeKey": "POST /triage", "target": "integrations/i000001"}
    return _here(region, {**route, "authorizationType": "JWT", "authorizerId": "a00001", "apiKeyRequired": False})


def _integrations(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    uri = arn("lambda", SECOND, "function:triage-eu")
    return _here(region, {"integrationId": "i000001", "integrationType": "AWS_PROXY", "integrationUri": uri})


def _http_stages(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    settings = {"stageName": "$default", "defaultRouteSettings": {"detailedMetricsEnabled": False}}
    return _here(region, {**settings, "accessLogSettings": _access_log(region, "triage-eu"), "autoDeploy": True})


def _web_acls(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    name = WALLS[region]
    acl = _wall(name, region)
    return {"WebACLs": [{"Name": name, "Id": acl.rpartition("/")[2], "ARN": acl, "LockToken": _LOCK}]}


_LOCK = "0e7a1c52-93d4-4b6f-8a21-5c9d3e7f1b20"


def _seen(metric: str) -> Body:
    return {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": metric}


def _rule(priority: int, name: str, statement: Body, **how: Any) -> Body:
    return {"Name": name, "Priority": priority, "Statement": statement, **how, "VisibilityConfig": _seen(name)}


def _group(priority: int, name: str, override: str) -> Body:
    statement = {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": f"AWSManagedRules{name}"}}
    return _rule(priority, name, statement, OverrideAction={override: {}})


def _web_acl(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    name = WALLS[region]
    acl = _wall(name, region)
    rate = {"RateBasedStatement": {"Limit": 500, "AggregateKeyType": "IP", "EvaluationWindowSec": 300}}
    at_home = [
        _rule(0, "per-address", rate, Action={"Block": {}}),
        _group(1, "CommonRuleSet", "None"),
        _group(2, "KnownBadInputsRuleSet", "None"),
    ]
    body = {
        "Name": name,
        "Id": acl.rpartition("/")[2],
        "ARN": acl,
        "DefaultAction": {"Allow": {}},
        "Rules": at_home if region == HOME else [_group(0, "CommonRuleSet", "Count")],
        "VisibilityConfig": _seen(name),
        "Capacity": 902,
    }
    return {"WebACL": body, "LockToken": _LOCK}


def _waf_logs(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    acl = _wall(WALLS[region], region)
    to = f"arn:aws:logs:{region}:{ACCOUNT_ID}:log-group:aws-waf-logs-{WALLS[region]}"
    return {"LoggingConfigurations": [{"ResourceArn": acl, "LogDestinationConfigs": [to]}] if region == HOME else []}


WRITERS: Mapping[str, Writer] = {
    "apigateway:GetBasePathMappings": _mappings,
    "apigateway:GetDomainNames": _domain_names,
    "apigateway:GetRequestValidators": _validators,
    "apigateway:GetResources": _resources,
    "apigateway:GetRestApis": _rest_apis,
    "apigateway:GetStages": _stages,
    "apigateway:GetUsagePlans": _plans,
    "apigatewayv2:GetApis": _http_apis,
    "apigatewayv2:GetIntegrations": _integrations,
    "apigatewayv2:GetRoutes": _routes,
    "apigatewayv2:GetStages": _http_stages,
    "wafv2:GetWebACL": _web_acl,
    "wafv2:ListLoggingConfigurations": _waf_logs,
    "wafv2:ListWebACLs": _web_acls,
}
