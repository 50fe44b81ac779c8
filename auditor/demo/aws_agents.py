"""The demo's AWS account: agent runtimes, gateways, stores and tools, all in the home region.

The agent of the claims department is run with care. The one of the research team is a prototype.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from auditor.demo import aws_people as people
from auditor.demo.aws_estate import HOME, ORGANIZATION, PREFIX, arn, role_arn
from auditor.demo.aws_made import DAY, DAY_IN_SECONDS, Body, Client, Made, Writer
from auditor.wire.hop import Answer

_MODEL = f"arn:aws:bedrock:{HOME}::foundation-model/amazon.nova-lite-v1:0"
_ROLES: Mapping[str, people.Statement] = {
    "agentcore-claims": people.allow("bedrock:InvokeModel", _MODEL),
    "agentcore-research": people.allow("bedrock:InvokeModel", _MODEL),
    "agentcore-gateway": people.allow("lambda:InvokeFunction", arn("lambda", HOME, "function:claims-lookup")),
    "agentcore-browser": people.allow("s3:PutObject", f"arn:aws:s3:::{PREFIX}-audit-logs/browser/*"),
}
_ENGINE = arn("bedrock-agentcore", HOME, "policy-engine/claims_tools-a1b2c3d4e5")
_KEY = "ml-inference"
_NETWORK = "ml-production"


def seed(client: Client, made: Made) -> None:
    """The roles of agents; the rest is answered from here."""
    iam = client("iam", HOME)
    for name, statement in _ROLES.items():
        trust = people.service_trust("bedrock-agentcore")
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
        policy = json.dumps(people.document(statement))
        iam.put_role_policy(RoleName=name, PolicyName="workload", PolicyDocument=policy)


def _arn(kind: str, name: str) -> str:
    return arn("bedrock-agentcore", HOME, f"{kind}/{name}")


def _network(made: Made, field: str) -> Body:
    return {
        "networkMode": "VPC",
        field: {"subnets": made.subnets[_NETWORK], "securityGroups": [made.groups[_NETWORK]]},
    }


_TOKENS = {
    "customJWTAuthorizer": {
        "discoveryUrl": f"https://login.{PREFIX}.example/.well-known/openid-configuration",
        "allowedAudience": ["claims-agent"],
    }
}
_DATES = {"createdAt": DAY, "lastUpdatedAt": DAY}


def _runtimes(made: Made) -> dict[str, Body]:
    def runtime(name: str, role: str, **more: Any) -> Body:
        return {
            "agentRuntimeArn": _arn("runtime", name),
            "agentRuntimeId": name,
            "agentRuntimeVersion": "3",
            "agentRuntimeName": name.rpartition("-")[0],
            "roleArn": role_arn(role),
            "status": "READY",
            "lifecycleConfiguration": {"idleRuntimeSessionTimeout": 900, "maxLifetime": 28800},
            "protocolConfiguration": {"serverProtocol": "HTTP"},
            **_DATES,
            **more,
        }

    return {
        "claims_agent-Xk29fLmQ0a": runtime(
            "claims_agent-Xk29fLmQ0a",
            "agentcore-claims",
            networkConfiguration=_network(made, "networkModeConfig"),
            authorizerConfiguration=_TOKENS,
            metadataConfiguration={"requireMMDSV2": True},
            environmentVariables={"LOG_LEVEL": "info", "CLAIMS_TABLE": "claims"},
        ),
        "research_agent-Qp71sTzB3d": runtime(
            "research_agent-Qp71sTzB3d",
            "agentcore-research",
            networkConfiguration={"networkMode": "PUBLIC"},
            metadataConfiguration={"requireMMDSV2": False},
            environmentVariables={"SEARCH_API_KEY": "AKIAIOSFODNN7EXAMPLE", "LOG_LEVEL": "debug"},
        ),
    }


def _gateways(made: Made) -> dict[str, Body]:
    def gateway(name: str, authorizer: str, **more: Any) -> Body:
        return {
            "gatewayArn": _arn("gateway", name),
            "gatewayId": name,
            "gatewayUrl": f"https://{name}.gateway.bedrock-agentcore.{HOME}.amazonaws.com/mcp",
            "createdAt": DAY,
            "updatedAt": DAY,
            "status": "READY",
            "name": name.rpartition("-")[0],
            "roleArn": role_arn("agentcore-gateway"),
            "protocolType": "MCP",
            "authorizerType": authorizer,
            **more,
        }

    return {
        "claims-tools-f6g7h8i9j0": gateway(
            "claims-tools-f6g7h8i9j0",
            "CUSTOM_JWT",
            authorizerConfiguration=_TOKENS,
            kmsKeyArn=made.keys[_KEY],
            policyEngineConfiguration={"arn": _ENGINE, "mode": "ENFORCE"},
            webAclArn=arn("wafv2", HOME, "regional/webacl/agent-tools/5f0c7a52-6d1e-4b3b-9a55-2f6f0d0c1a11"),
            wafConfiguration={"failureMode": "FAIL_CLOSE"},
        ),
        "research-tools-k1l2m3n4o5": gateway(
            "research-tools-k1l2m3n4o5",
            "AWS_IAM",
            policyEngineConfiguration={"arn": _ENGINE, "mode": "LOG_ONLY"},
            exceptionLevel="DEBUG",
        ),
    }


def _memories(made: Made) -> dict[str, Body]:
    def memory(name: str, days: int, **more: Any) -> Body:
        return {
            "arn": _arn("memory", name),
            "id": name,
            "name": name.rpartition("-")[0],
            "eventExpiryDuration": days,
            "status": "ACTIVE",
            "createdAt": DAY_IN_SECONDS,
            "updatedAt": DAY_IN_SECONDS,
            **more,
        }

    return {
        "claims_memory-Ab3dE6gH9j": memory("claims_memory-Ab3dE6gH9j", 90, encryptionKeyArn=made.keys[_KEY]),
        "research_memory-Kl2mN5oP8q": memory("research_memory-Kl2mN5oP8q", 3650),
    }


def _browsers(made: Made) -> dict[str, Body]:
    def browser(name: str, **more: Any) -> Body:
        return {
            "browserId": name,
            "browserArn": _arn("browser-custom", name),
            "name": name.rpartition("-")[0],
            "status": "READY",
            **_DATES,
            **more,
        }

    return {
        "claims_portal-r6s7t8u9v0": browser(
            "claims_portal-r6s7t8u9v0",
            executionRoleArn=role_arn("agentcore-browser"),
            networkConfiguration=_network(made, "vpcConfig"),
            recording={"enabled": True, "s3Location": {"bucket": f"{PREFIX}-audit-logs", "prefix": "browser"}},
        ),
        "web_research-w1x2y3z4a5": browser("web_research-w1x2y3z4a5", networkConfiguration={"networkMode": "PUBLIC"}),
    }


def _interpreters(made: Made) -> dict[str, Body]:
    name = "claims_figures-b6c7d8e9f0"
    return {
        name: {
            "codeInterpreterId": name,
            "codeInterpreterArn": _arn("code-interpreter-custom", name),
            "name": name.rpartition("-")[0],
            "networkConfiguration": _network(made, "vpcConfig"),
            "status": "READY",
            **_DATES,
        }
    }


def _listing(resources: Any, items: str, *fields: str) -> Writer:
    def answer(made: Made, region: str, params: Mapping[str, Any]) -> Body:
        found = resources(made).values() if region == HOME else ()
        return {items: [{name: body[name] for name in fields} for body in found]}

    return answer


def _one(resources: Any, parameter: str) -> Writer:
    def answer(made: Made, region: str, params: Mapping[str, Any]) -> Body:
        return dict(resources(made)[params[parameter]])

    return answer


def _runtime_list(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    fields = ("agentRuntimeArn", "agentRuntimeId", "agentRuntimeVersion", "agentRuntimeName", "lastUpdatedAt", "status")
    listed = _listing(_runtimes, "agentRuntimes", *fields)(made, region, params)
    assert isinstance(listed, dict)
    return {"agentRuntimes": [{**runtime, "description": "An agent"} for runtime in listed["agentRuntimes"]]}


def _memory(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    return {"memory": _memories(made)[params["memoryId"]]}


def _resource_policy(made: Made, region: str, params: Mapping[str, Any]) -> Body | Answer:
    """The claims agent has one, which keeps to the organization; the research gateway one for the research agent."""
    resource = params["resourceArn"]
    own: Mapping[str, Body] = {
        _arn("runtime", "claims_agent-Xk29fLmQ0a"): {
            "Principal": "*",
            "Action": "bedrock-agentcore:InvokeAgentRuntime",
            "Condition": {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}},
        },
        _arn("gateway", "research-tools-k1l2m3n4o5"): {
            "Principal": {"AWS": role_arn("agentcore-research")},
            "Action": "bedrock-agentcore:InvokeGateway",
        },
    }
    if resource not in own:
        headers = {"content-type": "application/json", "x-amzn-errortype": "ResourceNotFoundException"}
        return Answer(404, b'{"message": "No policy found"}', headers, synthetic=True)
    return {"policy": json.dumps(people.document({"Effect": "Allow", "Resource": resource, **own[resource]}))}


def _vault(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    key: Body = {"keyType": "ServiceManagedKey"}
    if region == HOME:
        key = {"keyType": "CustomerManagedKey", "kmsKeyArn": made.keys[_KEY]}
    return {"tokenVaultId": "default", "kmsConfiguration": key, "lastModifiedDate": DAY_IN_SECONDS}


def _engines(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    engine = {
        "policyEngineId": "claims_tools-a1b2c3d4e5",
        "name": "claims_tools",
        "createdAt": DAY,
        "updatedAt": DAY,
        "policyEngineArn": _ENGINE,
        "status": "ACTIVE",
        "encryptionKeyArn": made.keys[_KEY],
        "statusReasons": [],
    }
    return {"policyEngines": [engine] if region == HOME else []}


_SUMMARY = ("name", "status", "createdAt")

WRITERS: Mapping[str, Writer] = {
    "bedrock-agentcore-control:ListAgentRuntimes": _runtime_list,
    "bedrock-agentcore-control:GetAgentRuntime": _one(_runtimes, "agentRuntimeId"),
    "bedrock-agentcore-control:GetResourcePolicy": _resource_policy,
    "bedrock-agentcore-control:ListGateways": _listing(
        _gateways, "items", "gatewayId", *_SUMMARY, "updatedAt", "authorizerType", "protocolType"
    ),
    "bedrock-agentcore-control:GetGateway": _one(_gateways, "gatewayIdentifier"),
    "bedrock-agentcore-control:ListMemories": _listing(
        _memories, "memories", "arn", "id", "status", "createdAt", "updatedAt"
    ),
    "bedrock-agentcore-control:GetMemory": _memory,
    "bedrock-agentcore-control:GetTokenVault": _vault,
    "bedrock-agentcore-control:ListPolicyEngines": _engines,
    "bedrock-agentcore-control:ListBrowsers": _listing(
        _browsers, "browserSummaries", "browserId", "browserArn", *_SUMMARY
    ),
    "bedrock-agentcore-control:GetBrowser": _one(_browsers, "browserId"),
    "bedrock-agentcore-control:ListCodeInterpreters": _listing(
        _interpreters, "codeInterpreterSummaries", "codeInterpreterId", "codeInterpreterArn", *_SUMMARY
    ),
    "bedrock-agentcore-control:GetCodeInterpreter": _one(_interpreters, "codeInterpreterId"),
}
"""moto loses half of what runtimes and gateways are configured with, and lacks the rest."""
