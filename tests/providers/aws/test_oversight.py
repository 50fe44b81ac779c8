"""What watches a region: Macie, Security Hub, AWS Config, Inspector."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.model.facts import Known, Reason
from auditor.model.resources import Oversight
from auditor.providers.aws import oversight
from auditor.providers.aws.gates import AI
from auditor.providers.aws.oversight import (
    AI_TYPES,
    DESCRIBE_CONFIG_RULES,
    DESCRIBE_RECORDER_STATUS,
    DESCRIBE_RECORDERS,
    DESCRIBE_REMEDIATIONS,
    GET_DISCOVERY,
    GET_INSPECTOR_STATUS,
    GET_MACIE_SESSION,
    GET_STANDARDS,
)
from auditor.providers.aws.oversight_access import LIST_ANALYZERS, LIST_FINDINGS
from auditor.providers.aws.oversight_notice import DESCRIBE_ALARMS, LIST_RULES, LIST_TARGETS
from auditor.wire.calls import Call
from tests.providers.aws.conftest import Aws

ACCOUNT = "123456789012"
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:security"
ANALYZER = {
    "arn": f"arn:aws:access-analyzer:us-east-1:{ACCOUNT}:analyzer/a",
    "name": "a",
    "type": "ACCOUNT",
    "createdAt": "2026-08-14T09:30:00Z",
    "status": "ACTIVE",
}


def standard(name: str, status: str = "READY") -> dict[str, Any]:
    arn = f"arn:aws:securityhub:us-east-1::standards/{name}"
    return {"StandardsSubscriptionArn": arn, "StandardsArn": arn, "StandardsInput": {}, "StandardsStatus": status}


AI_STANDARD = "ai-security-best-practices/v/1.0.0"


def recorder(**group: Any) -> dict[str, Any]:
    return {"ConfigurationRecorders": [{"name": "default", "recordingGroup": group}]}


def recording(on: bool, status: str) -> dict[str, Any]:
    return {"ConfigurationRecordersStatus": [{"name": "default", "recording": on, "lastStatus": status}]}


def config_rule(name: str) -> dict[str, Any]:
    return {"ConfigRuleName": name, "Source": {"Owner": "AWS", "SourceIdentifier": "X"}}


def remediation(**more: Any) -> dict[str, Any]:
    return {"ConfigRuleName": "r", "TargetType": "SSM_DOCUMENT", "TargetId": "d", **more}


def inspector(**scans: str) -> dict[str, Any]:
    def state(status: str) -> dict[str, str]:
        return {"status": status, "errorCode": "ALREADY_ENABLED", "errorMessage": "-"}

    states = {name: state(status) for name, status in {"ec2": "DISABLED", "ecr": "ENABLED", **scans}.items()}
    return {"accounts": [{"accountId": ACCOUNT, "state": state("ENABLED"), "resourceState": states}]}


def watched(aws: Aws) -> None:
    """A region in which everything is on."""
    aws.answer(GET_MACIE_SESSION, {"status": "ENABLED"})
    aws.answer(GET_DISCOVERY, {"status": "ENABLED"})
    aws.answer(GET_STANDARDS, {"StandardsSubscriptions": [standard(AI_STANDARD)]})
    aws.answer(DESCRIBE_RECORDERS, recorder(allSupported=True))
    aws.answer(DESCRIBE_RECORDER_STATUS, recording(True, "Success"))
    aws.answer(DESCRIBE_CONFIG_RULES, {"ConfigRules": [config_rule("r")]})
    aws.answer(DESCRIBE_REMEDIATIONS, {"RemediationConfigurations": [remediation(Automatic=True)]})
    both = {"lambda": "ENABLED", "lambdaCode": "ENABLED"}
    aws.answer(GET_INSPECTOR_STATUS, inspector(**both), accountIds=[ACCOUNT])
    unused = {**ANALYZER, "type": "ACCOUNT_UNUSED_ACCESS", "arn": ANALYZER["arn"] + "2"}
    aws.answer(LIST_ANALYZERS, {"analyzers": [ANALYZER, unused]})
    aws.answer(LIST_FINDINGS, {"findings": []}, analyzerArn=ANALYZER["arn"])
    alarm = {"AlarmName": "a", "Namespace": "AWS/Bedrock", "ActionsEnabled": True, "AlarmActions": [TOPIC]}
    aws.answer(DESCRIBE_ALARMS, {"MetricAlarms": [alarm]})
    rule = {"Name": "r", "State": "ENABLED", "EventPattern": '{"source": ["aws.securityhub"]}'}
    aws.answer(LIST_RULES, {"Rules": [rule]})
    aws.answer(LIST_TARGETS, {"Targets": [{"Id": "t", "Arn": TOPIC}]}, Rule="r")


def only(aws: Aws) -> Oversight:
    (found,) = aws.collect(oversight.COLLECTORS)
    assert isinstance(found, Oversight)
    return found


def outcome(fact: Any) -> object:
    return fact.value if isinstance(fact, Known) else fact.reason


def test_a_watched_region(aws: Aws) -> None:
    watched(aws)
    found = only(aws)
    assert (found.id, found.name) == ("oversight.us-east-1.amazonaws.com/123456789012", "oversight of us-east-1")
    (collector,) = oversight.COLLECTORS
    assert collector.gate is AI
    facts = {name: getattr(found, name) for name in collector.facts()}
    assert all(fact.calls for fact in facts.values())
    assert {name: outcome(fact) for name, fact in facts.items()} == {
        "data_discovery": True,
        "posture_standard": True,
        "configuration_recorded": True,
        "unrecorded_types": (),
        "remediates": True,
        "unscanned": (),
        "external_access_analyzed": True,
        "unused_access_analyzed": True,
        "open_access_findings": (),
        "alarms": True,
        "findings_routed": True,
    }


ONLY_ONE = [
    (GET_MACIE_SESSION, {"data_discovery"}),
    (GET_DISCOVERY, {"data_discovery"}),
    (GET_STANDARDS, {"posture_standard"}),
    (DESCRIBE_RECORDERS, {"unrecorded_types"}),
    (DESCRIBE_RECORDER_STATUS, {"configuration_recorded"}),
    (DESCRIBE_CONFIG_RULES, {"remediates"}),
    (DESCRIBE_REMEDIATIONS, {"remediates"}),
    (GET_INSPECTOR_STATUS, {"unscanned"}),
    (LIST_ANALYZERS, {"external_access_analyzed", "unused_access_analyzed", "open_access_findings"}),
    (LIST_FINDINGS, {"open_access_findings"}),
    (DESCRIBE_ALARMS, {"alarms"}),
    (LIST_RULES, {"findings_routed"}),
    (LIST_TARGETS, {"findings_routed"}),
]


@pytest.mark.parametrize(("call", "facts"), ONLY_ONE, ids=lambda x: x.key if isinstance(x, Call) else "")
def test_one_denied_permission_leaves_the_rest_known(aws: Aws, call: Call, facts: set[str]) -> None:
    watched(aws)
    aws.refuse(call, "AccessDeniedException", 403, "User: x is not authorized to perform: y")
    found = only(aws)
    unknown = {name: getattr(found, name) for name in oversight.COLLECTORS[0].facts()}
    unknown = {name: fact for name, fact in unknown.items() if not isinstance(fact, Known)}
    assert set(unknown) == facts
    assert {(f.reason, f.permissions) for f in unknown.values()} == {(Reason.DENIED, call.permissions)}


@pytest.mark.parametrize(
    ("session", "discovery", "expected"),
    [
        ("PAUSED", "ENABLED", False),
        ("ENABLED", "DISABLED", False),
        ("UnheardOf", "ENABLED", Reason.UNRECOGNISED),
        ("UnheardOf", "DISABLED", False),
        ("ENABLED", "UnheardOf", Reason.UNRECOGNISED),
    ],
)
def test_macie(aws: Aws, session: str, discovery: str, expected: object) -> None:
    watched(aws)
    aws.answer(GET_MACIE_SESSION, {"status": session})
    aws.answer(GET_DISCOVERY, {"status": discovery})
    assert outcome(only(aws).data_discovery) == expected


def test_services_that_say_that_they_are_not_enabled_are_known_to_be_off(aws: Aws) -> None:
    """They refuse every call then; the same codes without these words are refusals of the caller."""
    watched(aws)
    aws.refuse(GET_MACIE_SESSION, "AccessDeniedException", 403, "Macie is not enabled")
    message = f"Account {ACCOUNT} is not subscribed to AWS Security Hub"
    aws.refuse(GET_STANDARDS, "InvalidAccessException", 401, message)
    found = only(aws)
    assert [outcome(found.data_discovery), outcome(found.posture_standard)] == [False, False]
    assert found.data_discovery.calls
    assert found.posture_standard.calls
    aws.refuse(GET_STANDARDS, "InvalidAccessException", 401, "The account doesn't have permission")
    aws.refuse(GET_MACIE_SESSION, "OptInRequired", 403)
    found = only(aws)
    assert [outcome(found.posture_standard), outcome(found.data_discovery)] == [Reason.DENIED, Reason.DISABLED]


@pytest.mark.parametrize(
    ("standards", "expected"),
    [
        ([], False),
        ([standard("cis-aws-foundations-benchmark/v/5.0.0")], False),
        ([standard(AI_STANDARD, "INCOMPLETE")], False),
        ([standard(AI_STANDARD, "UnheardOf")], Reason.UNRECOGNISED),
        ([standard("ai-security-best-practices/v/2.0.0")], True),
    ],
)
def test_security_hub(aws: Aws, standards: list[Any], expected: object) -> None:
    watched(aws)
    aws.answer(GET_STANDARDS, {"StandardsSubscriptions": standards})
    assert outcome(only(aws).posture_standard) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"ConfigurationRecordersStatus": []}, False),
        (recording(False, "Success"), False),
        (recording(True, "Failure"), False),
        (recording(True, "Pending"), False),
        (recording(True, "UnheardOf"), Reason.UNRECOGNISED),
        ({"ConfigurationRecordersStatus": [{"recording": True}]}, Reason.ABSENT),
    ],
)
def test_recording(aws: Aws, body: dict[str, Any], expected: object) -> None:
    watched(aws)
    aws.answer(DESCRIBE_RECORDER_STATUS, body)
    assert outcome(only(aws).configuration_recorded) == expected


def test_the_status_of_deliveries_is_read_in_either_case(aws: Aws) -> None:
    """The model says ``Success``; the examples of the API reference say ``SUCCESS``."""
    watched(aws)
    body = b'{"ConfigurationRecordersStatus": [{"name": "d", "recording": true, "lastStatus": "SUCCESS"}]}'
    aws.raw(DESCRIBE_RECORDER_STATUS, 200, body, "application/x-amz-json-1.1")
    assert outcome(only(aws).configuration_recorded) is True


EXCLUSION = {
    "allSupported": False,
    "exclusionByResourceTypes": {"resourceTypes": ["AWS::SageMaker::Model", "AWS::EC2::Volume"]},
    "recordingStrategy": {"useOnly": "EXCLUSION_BY_RESOURCE_TYPES"},
}
BUCKETS_ONLY = {"allSupported": False, "resourceTypes": ["AWS::S3::Bucket"]}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"ConfigurationRecorders": []}, AI_TYPES),
        (recorder(**BUCKETS_ONLY), AI_TYPES),
        (recorder(allSupported=False, resourceTypes=[*AI_TYPES[1:]]), AI_TYPES[:1]),
        (recorder(recordingStrategy={"useOnly": "INCLUSION_BY_RESOURCE_TYPES"}, **BUCKETS_ONLY), AI_TYPES),
        (recorder(recordingStrategy={"useOnly": "ALL_SUPPORTED_RESOURCE_TYPES"}), ()),
        (recorder(**EXCLUSION), ("AWS::SageMaker::Model",)),
        (recorder(recordingStrategy={"useOnly": "UnheardOf"}), Reason.UNRECOGNISED),
        (recorder(), Reason.ABSENT),
        ({"ConfigurationRecorders": [{"name": "default"}]}, Reason.ABSENT),
    ],
)
def test_recorded_types(aws: Aws, body: dict[str, Any], expected: object) -> None:
    watched(aws)
    aws.answer(DESCRIBE_RECORDERS, body)
    assert outcome(only(aws).unrecorded_types) == expected


@pytest.mark.parametrize(
    ("configurations", "expected"),
    [([], False), ([remediation(Automatic=False)], False), ([remediation()], Reason.ABSENT)],
)
def test_remediation(aws: Aws, configurations: list[Any], expected: object) -> None:
    watched(aws)
    aws.answer(DESCRIBE_REMEDIATIONS, {"RemediationConfigurations": configurations})
    assert outcome(only(aws).remediates) == expected


def test_remediations_are_read_by_25_rules_until_one_is_automatic(aws: Aws) -> None:
    watched(aws)
    names = [f"rule-{n:02}" for n in range(60)]
    aws.answer(DESCRIBE_CONFIG_RULES, {"ConfigRules": [config_rule(name) for name in names]})
    aws.answer(DESCRIBE_REMEDIATIONS, {"RemediationConfigurations": []}, ConfigRuleNames=names[:25])
    assert only(aws).remediates.value is True
    assert [e.operation for e in aws.ledger.exchanges()].count("DescribeRemediationConfigurations") == 2
    aws.answer(DESCRIBE_CONFIG_RULES, {"ConfigRules": []})
    assert only(aws).remediates.value is False


@pytest.mark.parametrize(
    ("scans", "expected"),
    [
        ({"ecr": "DISABLED", "lambda": "ENABLED", "lambdaCode": "SUSPENDED"}, ("images", "function code")),
        ({"lambda": "DISABLED"}, ("functions",)),
        ({"lambda": "ENABLED"}, Reason.ABSENT),
        ({"lambda": "UnheardOf", "lambdaCode": "ENABLED"}, Reason.UNRECOGNISED),
    ],
)
def test_inspector(aws: Aws, scans: dict[str, str], expected: object) -> None:
    watched(aws)
    aws.answer(GET_INSPECTOR_STATUS, inspector(**scans))
    assert outcome(only(aws).unscanned) == expected


def test_an_account_that_inspector_could_not_read_is_unknown(aws: Aws) -> None:
    watched(aws)
    aws.answer(GET_INSPECTOR_STATUS, {"accounts": []})
    assert outcome(only(aws).unscanned) is Reason.ABSENT
