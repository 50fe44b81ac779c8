"""The services that watch a region: one resource per region, and each service a detail of its own, so that one that
cannot be read leaves the others known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown, all_true, any_true, native
from auditor.model.resources import Oversight
from auditor.model.scope import Provider
from auditor.providers.aws.gates import AI
from auditor.providers.aws.oversight_access import ACCESS_DETAILS
from auditor.providers.aws.oversight_notice import NOTICE_DETAILS
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Collector, Detail, Reach
from auditor.wire.errors import CallFailed

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

GET_MACIE_SESSION = aws_call("macie2", "GetMacieSession", expects=("status",))
GET_DISCOVERY = aws_call("macie2", "GetAutomatedDiscoveryConfiguration", expects=("status",))
GET_STANDARDS = aws_call("securityhub", "GetEnabledStandards", items="StandardsSubscriptions")
DESCRIBE_RECORDERS = aws_call("config", "DescribeConfigurationRecorders", expects=("ConfigurationRecorders",))
DESCRIBE_RECORDER_STATUS = aws_call(
    "config", "DescribeConfigurationRecorderStatus", expects=("ConfigurationRecordersStatus",)
)
DESCRIBE_CONFIG_RULES = aws_call("config", "DescribeConfigRules", items="ConfigRules")
DESCRIBE_REMEDIATIONS = aws_call("config", "DescribeRemediationConfigurations", expects=("RemediationConfigurations",))
GET_INSPECTOR_STATUS = aws_call("inspector2", "BatchGetAccountStatus", expects=("accounts",))

_MACIE = {"ENABLED": True, "PAUSED": False}
_DISCOVERY = {"ENABLED": True, "DISABLED": False}
_AI_STANDARD = "/ai-security-best-practices/"
_STANDARD = {"READY": True, "PENDING": False, "INCOMPLETE": False, "DELETING": False, "FAILED": False}
_DELIVERED = {"success": True, "pending": False, "failure": False, "notapplicable": False}
"""In lower case: the API model and its examples differ in this."""
_SCANNED = {
    "ENABLED": True,
    "ENABLING": False,
    "DISABLING": False,
    "DISABLED": False,
    "SUSPENDING": False,
    "SUSPENDED": False,
}
_SCANS = {"ecr": "images", "lambda": "functions", "lambdaCode": "function code"}
AI_TYPES = (
    "AWS::Bedrock::ApplicationInferenceProfile",
    "AWS::Bedrock::Guardrail",
    "AWS::Bedrock::KnowledgeBase",
    "AWS::Bedrock::Prompt",
    "AWS::BedrockAgentCore::BrowserCustom",
    "AWS::BedrockAgentCore::Runtime",
    "AWS::Comprehend::Flywheel",
    "AWS::Kendra::Index",
    "AWS::Personalize::DatasetGroup",
    "AWS::SageMaker::Domain",
    "AWS::SageMaker::FeatureGroup",
    "AWS::SageMaker::Model",
    "AWS::SageMaker::NotebookInstanceLifecycleConfig",
    "AWS::SageMaker::UserProfile",
)
"""Types of AI resources that hold data, run code or decide who may do so, of those that AWS Config can record."""
_RULES_PER_CALL = 25
"""The most that DescribeRemediationConfigurations takes."""


def _find(session: AwsSession, location: str) -> Iterator[Oversight]:
    """One wherever AI is; there is nothing to list."""
    account = session.account
    yield Oversight(
        id=f"oversight.{location}.amazonaws.com/{account.id}",
        name=f"oversight of {location}",
        account=account,
        location=location,
        native_type="AWS::::Oversight",
    )


def _off(error: CallFailed, code: str) -> Fact[bool]:
    """A service that answers that the account has not switched it on is known to be off. It says so with ``code`` and
    its own words; other ways of being disabled (the region, the account) say nothing about the service."""
    if error.reason is Reason.DISABLED and error.code == code:
        return Known(False, {f"{error.call.key}.Error.Code": code})
    return error.unknown()


def _data_discovery(session: AwsSession, oversight: Oversight) -> Mapping[str, Fact[Any]]:
    try:
        account = session.call(GET_MACIE_SESSION, oversight.location)
    except CallFailed as error:
        return {"data_discovery": _off(error, "AccessDeniedException")}
    enabled: Fact[bool] = native(account, "status").map(_MACIE)
    if isinstance(enabled, Known) and not enabled.value:
        return {"data_discovery": enabled}
    discovery = session.call(GET_DISCOVERY, oversight.location)
    return {"data_discovery": all_true((enabled, native(discovery, "status").map(_DISCOVERY)))}


def _posture_standard(session: AwsSession, oversight: Oversight) -> Mapping[str, Fact[Any]]:
    """Security Hub's standard for AI is enabled, in whichever version, and all of it could be."""
    try:
        listed = list(session.items(GET_STANDARDS, oversight.location))
    except CallFailed as error:
        return {"posture_standard": _off(error, "InvalidAccessException")}
    ours = [s for s in listed if _AI_STANDARD in s.get("StandardsArn", "")]
    return {"posture_standard": any_true(native(s, "StandardsStatus").map(_STANDARD) for s in ours)}


def _recording(session: AwsSession, oversight: Oversight) -> Mapping[str, Fact[Any]]:
    """Recorders of the customer's own; those that services keep for themselves are not in these answers."""
    answer = session.call(DESCRIBE_RECORDER_STATUS, oversight.location)
    works = (
        all_true((native(s, "recording"), native(s, "lastStatus").map(str.lower).map(_DELIVERED)))
        for s in answer["ConfigurationRecordersStatus"]
    )
    return {"configuration_recorded": any_true(works)}


def _unrecorded(session: AwsSession, oversight: Oversight) -> Mapping[str, Fact[Any]]:
    answer = session.call(DESCRIBE_RECORDERS, oversight.location)
    left = set(AI_TYPES)
    for recorder in answer["ConfigurationRecorders"]:
        outside = outside_of(recorder, AI_TYPES)
        if isinstance(outside, Unknown):
            return {"unrecorded_types": outside}
        left &= outside.value
    groups = [recorder.get("recordingGroup", {}) for recorder in answer["ConfigurationRecorders"]]
    strategies = [g.get("recordingStrategy", {}).get("useOnly", g.get("allSupported")) for g in groups]
    return {"unrecorded_types": Known(tuple(sorted(left)), {"recordingGroup": strategies})}


def outside_of(recorder: Mapping[str, Any], types: Iterable[str]) -> Fact[frozenset[str]]:
    """The types that a recorder leaves out, by its strategy; one from before strategies has ``allSupported``."""
    group: Fact[Mapping[str, Any]] = native(recorder, "recordingGroup")
    if isinstance(group, Unknown):
        return group
    every = frozenset(types)
    named = frozenset(group.value.get("resourceTypes", ()))
    excluded = frozenset(group.value.get("exclusionByResourceTypes", {}).get("resourceTypes", ()))
    by_strategy = {
        "ALL_SUPPORTED_RESOURCE_TYPES": frozenset[str](),
        "INCLUSION_BY_RESOURCE_TYPES": every - named,
        "EXCLUSION_BY_RESOURCE_TYPES": every & excluded,
    }
    if group.value.get("recordingStrategy"):
        return native(group.value, "recordingStrategy.useOnly").map(by_strategy)
    return native(group.value, "allSupported").map({True: frozenset[str](), False: every - named})


def _remediates(session: AwsSession, oversight: Oversight) -> Mapping[str, Fact[Any]]:
    rules = sorted(rule["ConfigRuleName"] for rule in session.items(DESCRIBE_CONFIG_RULES, oversight.location))
    automatic: list[Fact[bool]] = []
    for first in range(0, len(rules), _RULES_PER_CALL):
        names = rules[first : first + _RULES_PER_CALL]
        answer = session.call(DESCRIBE_REMEDIATIONS, oversight.location, ConfigRuleNames=names)
        automatic += [native(found, "Automatic") for found in answer["RemediationConfigurations"]]
        if any(isinstance(found, Known) and found.value for found in automatic):
            break
    return {"remediates": any_true(automatic)}


def _unscanned(session: AwsSession, oversight: Oversight) -> Mapping[str, Fact[Any]]:
    account = oversight.account.id
    answer = session.call(GET_INSPECTOR_STATUS, oversight.location, accountIds=[account])
    mine = next((a for a in answer["accounts"] if a.get("accountId") == account), None)
    if mine is None:  # it is among those that failed, with a reason of Inspector's own
        return {"unscanned": Unknown(Reason.ABSENT, "accounts")}
    scans = {label: native(mine, f"resourceState.{name}.status").map(_SCANNED) for name, label in _SCANS.items()}
    off = tuple(label for label, on in scans.items() if isinstance(on, Known) and not on.value)
    if not off and (unknown := next((on for on in scans.values() if isinstance(on, Unknown)), None)) is not None:
        return {"unscanned": unknown}
    states = {f"resourceState.{name}": native(mine, f"resourceState.{name}.status", default=None) for name in _SCANS}
    return {"unscanned": Known(off, {name: state.value for name, state in states.items()})}


COLLECTORS: tuple[Collector[Oversight, AwsSession], ...] = (
    Collector(
        name="aws.oversight",
        provider=Provider.AWS,
        kind=Oversight,
        reach=Reach.LOCATION,
        gate=AI,
        find_calls=(),
        find=_find,
        details=(
            Detail(calls=(GET_MACIE_SESSION, GET_DISCOVERY), facts=("data_discovery",), read=_data_discovery),
            Detail(calls=(GET_STANDARDS,), facts=("posture_standard",), read=_posture_standard),
            Detail(calls=(DESCRIBE_RECORDER_STATUS,), facts=("configuration_recorded",), read=_recording),
            Detail(calls=(DESCRIBE_RECORDERS,), facts=("unrecorded_types",), read=_unrecorded),
            Detail(calls=(DESCRIBE_CONFIG_RULES, DESCRIBE_REMEDIATIONS), facts=("remediates",), read=_remediates),
            Detail(calls=(GET_INSPECTOR_STATUS,), facts=("unscanned",), read=_unscanned),
            *ACCESS_DETAILS,
            *NOTICE_DETAILS,
        ),
    ),
)
