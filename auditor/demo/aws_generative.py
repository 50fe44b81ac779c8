"""The demo's AWS account: guardrails, agents and flows.

In the home region everything generative is guarded; the assistant of the European team is not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from auditor.demo import aws_estate as estate
from auditor.demo.aws_estate import HOME, SECOND, arn, role_arn
from auditor.demo.aws_generative_rules import CLAIMS_POLICIES, DRAFT_POLICIES
from auditor.demo.aws_knowledge import KEYS, seed_knowledge
from auditor.demo.aws_knowledge import ROLES as KNOWLEDGE_ROLES
from auditor.demo.aws_knowledge import WRITERS as KNOWLEDGE_WRITERS
from auditor.demo.aws_made import DAY, Body, Client, Made, Writer
from auditor.demo.aws_people import Document, allow, document, service_trust

FLOW_ROLE = "bedrock-flow-claims"
_GUARDRAIL, _DRAFT_GUARDRAIL = "gr4claims0001", "gr4drafts0002"
_FLOW, _OLD_FLOW = "FLOWCLAIM1", "FLOWDRAFT1"
_NEVER_PREPARED = "claims-digest-experiment"


def seed(client: Client, made: Made) -> None:
    """What moto can hold."""
    iam = client("iam", HOME)
    for role, policy in {**_ROLES, **KNOWLEDGE_ROLES}.items():
        iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(service_trust("bedrock")))
        iam.put_role_policy(RoleName=role, PolicyName="workload", PolicyDocument=json.dumps(policy))
    seed_knowledge(client, made)


_ROLES: Mapping[str, Document] = {
    FLOW_ROLE: document(
        allow("bedrock:InvokeModel", f"arn:aws:bedrock:{HOME}::foundation-model/{estate.FOUNDATION_MODEL}"),
        allow("bedrock:ApplyGuardrail", arn("bedrock", HOME, f"guardrail/{_GUARDRAIL}")),
    ),
}


# guardrails


def _guardrail_arn(guardrail: str) -> str:
    return arn("bedrock", HOME, f"guardrail/{guardrail}")


def _guardrails(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    if region != HOME:
        return {"guardrails": []}
    asked = params.get("guardrailIdentifier")
    if asked is None:
        return {
            "guardrails": [_summary(_GUARDRAIL, "claims", "DRAFT"), _summary(_DRAFT_GUARDRAIL, "intranet", "DRAFT")]
        }
    if asked == _guardrail_arn(_GUARDRAIL):
        return {"guardrails": [_summary(_GUARDRAIL, "claims", version) for version in ("DRAFT", "1", "2")]}
    return {"guardrails": [_summary(_DRAFT_GUARDRAIL, "intranet", "DRAFT")]}


def _summary(guardrail: str, name: str, version: str) -> Body:
    return {
        "id": guardrail,
        "arn": _guardrail_arn(guardrail),
        "status": "READY",
        "name": name,
        "version": version,
        "createdAt": DAY,
        "updatedAt": DAY,
    }


def _guardrail(made: Made, region: str, params: Mapping[str, Any]) -> Body | None:
    if region != HOME:
        return None
    claims = params["guardrailIdentifier"] == _guardrail_arn(_GUARDRAIL)
    body: Body = {
        "name": "claims" if claims else "intranet",
        "guardrailId": _GUARDRAIL if claims else _DRAFT_GUARDRAIL,
        "guardrailArn": params["guardrailIdentifier"],
        "version": params["guardrailVersion"],
        "status": "READY",
        "createdAt": DAY,
        "updatedAt": DAY,
        "blockedInputMessaging": "This question cannot be answered here.",
        "blockedOutputsMessaging": "The answer was withheld.",
        **(CLAIMS_POLICIES if claims else DRAFT_POLICIES),
    }
    if claims:
        body["kmsKeyArn"] = made.keys[KEYS[HOME]]
    return body


def _guardrail_policy(made: Made, region: str, params: Mapping[str, Any]) -> Body | None:
    """No policies on the guardrails; what other resources have is answered elsewhere."""
    return {} if ":guardrail/" in params["resourceArn"] else None


def _enforced(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    if region != HOME:
        return {"guardrailsConfig": []}
    config = {
        "configId": "enforced0001",
        "guardrailArn": _guardrail_arn(_GUARDRAIL),
        "guardrailId": _GUARDRAIL,
        "guardrailVersion": "2",
        "selectiveContentGuarding": {"system": "COMPREHENSIVE", "messages": "COMPREHENSIVE"},
        "createdAt": DAY,
        "createdBy": role_arn("organization-admin"),
        "updatedAt": DAY,
        "updatedBy": role_arn("organization-admin"),
        "owner": "ACCOUNT",
    }
    return {"guardrailsConfig": [config]}


def _evaluations(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    if region != HOME:
        return {"jobSummaries": []}
    job = {
        "jobArn": arn("bedrock", HOME, "evaluation-job/claimsred001"),
        "jobName": "claims-assistant-robustness",
        "status": "Completed",
        "creationTime": DAY,
        "jobType": "Automated",
        "evaluationTaskTypes": ["QuestionAndAnswer"],
        "modelIdentifiers": [estate.FOUNDATION_MODEL],
        "applicationType": "ModelEvaluation",
    }
    return {"jobSummaries": [job]}


# agents and flows


def _agent(made: Made, region: str, params: Mapping[str, Any]) -> Body | None:
    """moto forgets the guardrail of an agent."""
    agent_id = params["agentId"]
    spec = next((a for a in estate.AGENTS if a.region == region and made.agents[a.name] == agent_id), None)
    if spec is None:
        return None
    agent: Body = {
        "agentId": agent_id,
        "agentName": spec.name,
        "agentArn": arn("bedrock", region, f"agent/{agent_id}"),
        "agentVersion": "DRAFT",
        "instruction": spec.instruction,
        "agentStatus": "PREPARED",
        "foundationModel": estate.FOUNDATION_MODEL,
        "idleSessionTTLInSeconds": 600 if spec.guardrail else 5400,
        "agentResourceRoleArn": role_arn(spec.role),
        "createdAt": DAY,
        "updatedAt": DAY,
        "preparedAt": DAY,
    }
    if spec.guardrail:
        agent["guardrailConfiguration"] = {"guardrailIdentifier": spec.guardrail, "guardrailVersion": "2"}
        agent["customerEncryptionKeyArn"] = made.keys[KEYS[region]]
    return {"agent": agent}


_USER_INPUT: Body = {"parentActionSignature": "AMAZON.UserInput"}
_CLAIMS_TOOLS: Body = {
    "actionGroupExecutor": {"lambda": arn("lambda", HOME, "function:claims-tools")},
    "functionSchema": {
        "functions": [
            {"name": "request_documents", "description": "Asks the customer", "requireConfirmation": "ENABLED"},
            {"name": "approve_payment", "description": "Approves a payment", "requireConfirmation": "ENABLED"},
        ]
    },
}
_INTRANET_SCHEMA = """openapi: 3.0.0
info: {title: Intranet, version: 1.0.0}
paths:
  /documents:
    get: {operationId: findDocuments, description: Finds documents}
  /tickets:
    post: {operationId: openTicket, description: Opens a ticket with the service desk}
"""
_INTRANET_TOOLS: Body = {
    "actionGroupExecutor": {"lambda": arn("lambda", SECOND, "function:intranet-tools")},
    "apiSchema": {"payload": _INTRANET_SCHEMA},
}
_GROUPS: Mapping[str, Mapping[str, tuple[str, Body]]] = {
    HOME: {"GROUPUSER1": ("ask-the-user", _USER_INPUT), "GROUPTOOL1": ("claims-tools", _CLAIMS_TOOLS)},
    SECOND: {"GROUPTOOL2": ("intranet-tools", _INTRANET_TOOLS)},
}


def _groups(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    return {
        "actionGroupSummaries": [
            {"actionGroupId": group, "actionGroupName": name, "actionGroupState": "ENABLED", "updatedAt": DAY}
            for group, (name, _) in _GROUPS[region].items()
        ]
    }


def _group(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    name, tools = _GROUPS[region][params["actionGroupId"]]
    group = {
        "agentId": params["agentId"],
        "agentVersion": params["agentVersion"],
        "actionGroupId": params["actionGroupId"],
        "actionGroupName": name,
        "actionGroupState": "ENABLED",
        "createdAt": DAY,
        "updatedAt": DAY,
        **tools,
    }
    return {"agentActionGroup": group}


def _flow_summary(flow: str, name: str, status: str) -> Body:
    return {
        "id": flow,
        "arn": arn("bedrock", HOME, f"flow/{flow}"),
        "name": name,
        "status": status,
        "version": "DRAFT",
        "createdAt": DAY,
        "updatedAt": DAY,
    }


_FLOWS = {
    _FLOW: _flow_summary(_FLOW, "claims-intake", "Prepared"),
    _OLD_FLOW: _flow_summary(_OLD_FLOW, _NEVER_PREPARED, "NotPrepared"),
}


def _flows(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    return {"flowSummaries": list(_FLOWS.values()) if region == HOME else []}


def _flow(made: Made, region: str, params: Mapping[str, Any]) -> Body | None:
    if region != HOME:
        return None
    flow = params["flowIdentifier"].rpartition("/")[2]
    prompt: Body = {
        "sourceConfiguration": {"resource": {"promptArn": arn("bedrock", HOME, "prompt/PROMPTCLM1")}},
    }
    body: Body = {**_FLOWS[flow], "executionRoleArn": role_arn(FLOW_ROLE)}
    if flow == _FLOW:
        prompt["guardrailConfiguration"] = {"guardrailIdentifier": _GUARDRAIL, "guardrailVersion": "2"}
        body["customerEncryptionKeyArn"] = made.keys[KEYS[HOME]]
    else:
        body["executionRoleArn"] = role_arn("bedrock-agent-claims")
    body["definition"] = {
        "nodes": [
            {"name": "in", "type": "Input", "configuration": {"input": {}}},
            {"name": "summarize", "type": "Prompt", "configuration": {"prompt": prompt}},
            {"name": "out", "type": "Output", "configuration": {"output": {}}},
        ],
        "connections": [],
    }
    return body


def _flow_aliases(made: Made, region: str, params: Mapping[str, Any]) -> Body:
    """Only the alias for tests, which every flow has."""
    flow = params["flowIdentifier"].rpartition("/")[2]
    alias = {
        "id": "TSTALIASID",
        "arn": arn("bedrock", region, f"flow/{flow}/alias/TSTALIASID"),
        "name": "TestAlias",
        "flowId": flow,
        "routingConfiguration": [{"flowVersion": "DRAFT"}],
        "createdAt": DAY,
        "updatedAt": DAY,
    }
    return {"flowAliasSummaries": [alias]}


WRITERS: Mapping[str, Writer] = {
    **KNOWLEDGE_WRITERS,
    "bedrock:GetGuardrail": _guardrail,
    "bedrock:GetResourcePolicy": _guardrail_policy,
    "bedrock:ListEnforcedGuardrailsConfiguration": _enforced,
    "bedrock:ListEvaluationJobs": _evaluations,
    "bedrock:ListGuardrails": _guardrails,
    "bedrock-agent:GetAgent": _agent,
    "bedrock-agent:GetAgentActionGroup": _group,
    "bedrock-agent:GetFlow": _flow,
    "bedrock-agent:ListAgentActionGroups": _groups,
    "bedrock-agent:ListFlowAliases": _flow_aliases,
    "bedrock-agent:ListFlows": _flows,
}
"""What moto lacks or gets wrong."""
