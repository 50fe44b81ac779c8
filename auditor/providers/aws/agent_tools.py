"""Bedrock AgentCore browsers and code interpreters.

Only those of the customer's: the ready-made ones of AWS are the same for everybody, and no setting of theirs can be
changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, all_true, native
from auditor.model.resources import AgentTool
from auditor.model.scope import Provider
from auditor.providers.aws.agentcore import SERVICE, agentcore_call, role_of
from auditor.providers.base import Collector, Detail, Reach

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

LIST_BROWSERS = agentcore_call("ListBrowsers", items="browserSummaries")
GET_BROWSER = agentcore_call("GetBrowser", expects=("networkConfiguration",))
LIST_CODE_INTERPRETERS = agentcore_call("ListCodeInterpreters", items="codeInterpreterSummaries")
GET_CODE_INTERPRETER = agentcore_call("GetCodeInterpreter", expects=("networkConfiguration",))

_PRIVATE = {"VPC": True, "PUBLIC": False, "SANDBOX": False}
"""A sandbox reaches S3 and nothing else, over no network of the customer's."""


def _find_browsers(session: AwsSession, location: str) -> Iterator[AgentTool]:
    for browser in session.items(LIST_BROWSERS, location, type="CUSTOM"):
        yield AgentTool(
            id=browser["browserArn"],
            name=browser.get("name") or browser["browserId"],
            account=session.account,
            location=location,
            native_type="AWS::BedrockAgentCore::BrowserCustom",
            tool=Known("browser"),
        )


def _read_browser(session: AwsSession, browser: AgentTool) -> Mapping[str, Fact[Any]]:
    body = session.call(GET_BROWSER, browser.location, browserId=browser.id.rpartition("/")[2])
    return {
        "identity": role_of(body),
        "private": native(body, "networkConfiguration.networkMode").map(_PRIVATE),
        "recorded": _recorded(body),
    }


def _recorded(body: Mapping[str, Any]) -> Fact[bool]:
    """Sessions are recorded if that is enabled and has a place in S3 to go to (API reference, RecordingConfig)."""
    if not body.get("recording"):
        return Known(False, {"recording": None})
    bucket: Fact[str] = native(body, "recording.s3Location.bucket", default="")
    return all_true((native(body, "recording.enabled"), bucket.map(bool)))


def _find_code_interpreters(session: AwsSession, location: str) -> Iterator[AgentTool]:
    for interpreter in session.items(LIST_CODE_INTERPRETERS, location, type="CUSTOM"):
        yield AgentTool(
            id=interpreter["codeInterpreterArn"],
            name=interpreter.get("name") or interpreter["codeInterpreterId"],
            account=session.account,
            location=location,
            native_type="AWS::BedrockAgentCore::CodeInterpreterCustom",
            tool=Known("code interpreter"),
            recorded=Known(None),
        )


def _read_code_interpreter(session: AwsSession, interpreter: AgentTool) -> Mapping[str, Fact[Any]]:
    name = interpreter.id.rpartition("/")[2]
    body = session.call(GET_CODE_INTERPRETER, interpreter.location, codeInterpreterId=name)
    return {
        "identity": role_of(body),
        "private": native(body, "networkConfiguration.networkMode").map(_PRIVATE),
    }


COLLECTORS: tuple[Collector[AgentTool, AwsSession], ...] = (
    Collector(
        name="aws.agent_tools.browsers",
        provider=Provider.AWS,
        kind=AgentTool,
        reach=Reach.LOCATION,
        service=SERVICE,
        find_calls=(LIST_BROWSERS,),
        find=_find_browsers,
        find_facts=("tool",),
        details=(Detail(calls=(GET_BROWSER,), facts=("identity", "private", "recorded"), read=_read_browser),),
    ),
    Collector(
        name="aws.agent_tools.code_interpreters",
        provider=Provider.AWS,
        kind=AgentTool,
        reach=Reach.LOCATION,
        service=SERVICE,
        find_calls=(LIST_CODE_INTERPRETERS,),
        find=_find_code_interpreters,
        find_facts=("tool", "recorded"),
        details=(Detail(calls=(GET_CODE_INTERPRETER,), facts=("identity", "private"), read=_read_code_interpreter),),
    ),
)
