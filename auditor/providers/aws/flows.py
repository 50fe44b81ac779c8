"""Bedrock flows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown, all_true, any_true, native
from auditor.model.resources import GenerativeDeployment
from auditor.model.scope import Provider
from auditor.providers.aws.gates import GENERATIVE
from auditor.providers.aws.reading import key_ref
from auditor.providers.aws.refs import role_ref
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Collector, Detail, Reach

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

LIST_FLOWS = aws_call("bedrock-agent", "ListFlows", "bedrock:ListFlows", items="flowSummaries")
GET_FLOW = aws_call("bedrock-agent", "GetFlow", "bedrock:GetFlow", expects=("executionRoleArn", "status"))
LIST_FLOW_ALIASES = aws_call("bedrock-agent", "ListFlowAliases", "bedrock:ListFlowAliases", items="flowAliasSummaries")

_PREPARED = {"Prepared": True, "Preparing": False, "NotPrepared": False, "Failed": False}
_ANSWERS = {"Prompt": "prompt", "KnowledgeBase": "knowledgeBase"}
"""Nodes in which a model answers, and where their configuration lies."""
_SILENT = frozenset(
    {
        "Agent",  # guarded by its own agent
        "Collector",
        "Condition",
        "InlineCode",
        "Input",
        "Iterator",
        "LambdaFunction",
        "Lex",
        "LoopController",
        "LoopInput",
        "Output",
        "Retrieval",
        "Storage",
    }
)
_NODES_DEEP = 20
"""Loops cannot hold loops today; a definition nested deeper than this is not one."""


def _find(session: AwsSession, location: str) -> Iterator[GenerativeDeployment]:
    for flow in session.items(LIST_FLOWS, location):
        yield GenerativeDeployment(
            id=flow["arn"],
            name=flow["name"],
            account=session.account,
            location=location,
            native_type="AWS::Bedrock::Flow",
            aliases=frozenset({flow["id"]}),
            # a flow has no session to keep, and goes the way that was drawn (API reference, GetFlow; user guide,
            # "How Amazon Bedrock Flows works")
            session_seconds=Known(None),
            unconfirmed_tools=Known(None),
        )


def _flow(session: AwsSession, flow: GenerativeDeployment) -> Mapping[str, Any]:
    """The working draft."""
    body: Mapping[str, Any] = session.call(GET_FLOW, flow.location, flowIdentifier=flow.id)
    return body


def _read(session: AwsSession, flow: GenerativeDeployment) -> Mapping[str, Fact[Any]]:
    body = _flow(session, flow)
    # without customerEncryptionKeyArn a flow is encrypted with a key of the service (user guide, Encryption of flows)
    key = native(body, "customerEncryptionKeyArn", default="")
    guarded = native(body, "definition").map(lambda definition: _guarded(definition, 0))
    return {
        "identity": native(body, "executionRoleArn").map(lambda arn: (role_ref(arn),)),
        "encryption_key": key.map(lambda name: key_ref(session, flow.location, name) if name else None),
        "guardrail": guarded.value if isinstance(guarded, Known) else guarded,
    }


def _guarded(definition: Mapping[str, Any], depth: int) -> Fact[bool | None]:
    """Whether each node in which a model answers has a guardrail; none if there is no such node."""
    answers = list(_nodes(definition, depth))
    if not answers:
        return Known(None, {"definition.nodes": [node.get("type") for node in _listed(definition)]})
    every: Fact[Any] = all_true(answers)
    return every


def _listed(definition: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    nodes: Sequence[Mapping[str, Any]] = native(definition, "nodes", default=[]).value
    return nodes


def _nodes(definition: Mapping[str, Any], depth: int) -> Iterator[Fact[bool]]:
    for node in _listed(definition):
        kind, label = node.get("type"), f"node {node.get('name')}"
        if kind == "Loop":
            inner = native(node, "configuration.loop.definition")
            if isinstance(inner, Unknown):
                yield inner
            elif depth < _NODES_DEEP:
                yield from _nodes(inner.value, depth + 1)
            else:
                yield Unknown(Reason.MALFORMED, "definition.nodes")
        elif kind in _ANSWERS:
            settings = native(node, f"configuration.{_ANSWERS[kind]}")
            if isinstance(settings, Unknown):
                yield settings
            # without modelId a knowledge base node gives back what it found, and no model answers (API reference,
            # KnowledgeBaseFlowNodeConfiguration)
            elif kind == "Prompt" or settings.value.get("modelId"):
                name = native(settings.value, "guardrailConfiguration.guardrailIdentifier", default=None)
                yield Known(bool(name.value), {label: name.value}) if isinstance(name, Known) else name
        elif kind not in _SILENT:
            yield Unknown(Reason.UNRECOGNISED, "definition.nodes.type")


def _read_use(session: AwsSession, flow: GenerativeDeployment) -> Mapping[str, Fact[Any]]:
    """Prepared, or changed since, while an alias leads callers to a version."""
    prepared: Fact[bool] = native(_flow(session, flow), "status").map(_PREPARED)
    if isinstance(prepared, Unknown) or prepared.value:
        return {"in_use": prepared}
    versions = [
        native(route, "flowVersion").map(lambda version: version != "DRAFT")
        for alias in session.items(LIST_FLOW_ALIASES, flow.location, flowIdentifier=flow.id)
        for route in native(alias, "routingConfiguration").value
    ]
    return {"in_use": any_true((prepared, *versions))}


FLOWS: tuple[Collector[GenerativeDeployment, AwsSession], ...] = (
    Collector(
        name="aws.generative.flows",
        provider=Provider.AWS,
        kind=GenerativeDeployment,
        reach=Reach.LOCATION,
        service="bedrock",
        gate=GENERATIVE,
        find_calls=(LIST_FLOWS,),
        find=_find,
        find_facts=("session_seconds", "unconfirmed_tools"),
        details=(
            Detail(calls=(GET_FLOW,), facts=("identity", "encryption_key", "guardrail"), read=_read),
            Detail(calls=(GET_FLOW, LIST_FLOW_ALIASES), facts=("in_use",), read=_read_use),
        ),
    ),
)
