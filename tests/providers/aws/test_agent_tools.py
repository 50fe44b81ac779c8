"""Bedrock AgentCore browsers and code interpreters."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.model.facts import Known, Reason
from auditor.model.resources import AgentTool, Ref
from auditor.model.scope import Provider
from auditor.providers.aws import agent_tools
from auditor.providers.aws.agent_tools import (
    GET_BROWSER,
    GET_CODE_INTERPRETER,
    LIST_BROWSERS,
    LIST_CODE_INTERPRETERS,
)
from tests.providers.aws.conftest import Aws

ROOT = "arn:aws:bedrock-agentcore:us-east-1:123456789012"
ROLE = "arn:aws:iam::123456789012:role/tool"
STATE = {"name": "one", "status": "READY", "createdAt": "2026-08-14T09:30:00Z"}
BROWSER = {"browserId": "one-r6s7t8u9v0", "browserArn": f"{ROOT}:browser-custom/one-r6s7t8u9v0", **STATE}
INTERPRETER = {
    "codeInterpreterId": "one-b6c7d8e9f0",
    "codeInterpreterArn": f"{ROOT}:code-interpreter-custom/one-b6c7d8e9f0",
    **STATE,
}
PLACE = {"bucket": "recordings", "prefix": "browser"}


def browser(aws: Aws, **more: Any) -> None:
    aws.answer(LIST_BROWSERS, {"browserSummaries": [BROWSER]}, type="CUSTOM")
    aws.answer(LIST_CODE_INTERPRETERS, {"codeInterpreterSummaries": []})
    body = {
        **BROWSER,
        "lastUpdatedAt": "2026-08-14T09:30:00Z",
        "executionRoleArn": ROLE,
        "networkConfiguration": {"networkMode": "VPC"},
        "recording": {"enabled": True, "s3Location": PLACE},
        **more,
    }
    aws.answer(GET_BROWSER, {k: v for k, v in body.items() if v is not None}, browserId=BROWSER["browserId"])


def interpreter(aws: Aws, mode: str, **more: Any) -> None:
    aws.answer(LIST_BROWSERS, {"browserSummaries": []})
    aws.answer(LIST_CODE_INTERPRETERS, {"codeInterpreterSummaries": [INTERPRETER]}, type="CUSTOM")
    body = {**INTERPRETER, "lastUpdatedAt": "2026-08-14T09:30:00Z", "networkConfiguration": {"networkMode": mode}}
    aws.answer(GET_CODE_INTERPRETER, {**body, **more}, codeInterpreterId=INTERPRETER["codeInterpreterId"])


def only(aws: Aws) -> AgentTool:
    (found,) = aws.collect(agent_tools.COLLECTORS)
    assert isinstance(found, AgentTool)
    return found


def outcome(fact: Any) -> object:
    return fact.value if isinstance(fact, Known) else fact.reason


def test_a_guarded_browser(aws: Aws) -> None:
    browser(aws)
    found = only(aws)
    assert (found.id, found.name, found.tool.value) == (BROWSER["browserArn"], "one", "browser")
    assert found.identity.value == (Ref("Identity", Provider.AWS, "123456789012", ROLE),)
    assert found.private.value is True
    assert found.recorded.value is True
    assert all(getattr(found, n).calls for n in agent_tools.COLLECTORS[0].facts())


@pytest.mark.parametrize(
    ("changes", "fact", "expected"),
    [
        ({"networkConfiguration": {"networkMode": "PUBLIC"}}, "private", False),
        ({"networkConfiguration": {"networkMode": "UnheardOf"}}, "private", Reason.UNRECOGNISED),
        ({"executionRoleArn": None}, "identity", ()),
        ({"recording": None}, "recorded", False),
        ({"recording": {"enabled": False, "s3Location": PLACE}}, "recorded", False),
        ({"recording": {"enabled": True}}, "recorded", False),
        ({"recording": {"s3Location": PLACE}}, "recorded", Reason.ABSENT),
    ],
)
def test_browser_fields(aws: Aws, changes: dict[str, Any], fact: str, expected: object) -> None:
    browser(aws, **changes)
    assert outcome(getattr(only(aws), fact)) == expected


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("VPC", True), ("SANDBOX", False), ("PUBLIC", False), ("UnheardOf", Reason.UNRECOGNISED)],
)
def test_code_interpreters(aws: Aws, mode: str, expected: object) -> None:
    interpreter(aws, mode)
    found = only(aws)
    assert (found.tool.value, found.recorded.value, found.identity.value) == ("code interpreter", None, ())
    assert outcome(found.private) == expected


def test_denied(aws: Aws) -> None:
    browser(aws)
    aws.refuse(GET_BROWSER, "AccessDeniedException", 403)
    aws.refuse(LIST_CODE_INTERPRETERS, "AccessDeniedException", 403)
    done = aws.collected(agent_tools.COLLECTORS)
    (found,) = done.inventory.resources
    assert isinstance(found, AgentTool)
    assert [outcome(f) for f in (found.tool, found.private, found.recorded)] == [
        "browser",
        Reason.DENIED,
        Reason.DENIED,
    ]
    assert [g.why.reason for g in done.inventory.gaps] == [Reason.DENIED]
