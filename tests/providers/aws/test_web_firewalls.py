"""AWS WAF web ACLs."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.model.facts import Known, Reason, Unknown
from auditor.model.resources import WebFirewall
from auditor.providers.aws import web_firewalls
from auditor.providers.aws.web_firewalls import GET_WEB_ACL, LIST_LOGGING, LIST_WEB_ACLS
from tests.providers.aws.conftest import Aws

ARN = "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/chat/11111111-2222-3333-4444-555555555555"
ID = "11111111-2222-3333-4444-555555555555"
SEEN = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "m"}
LIMIT = {"RateBasedStatement": {"Limit": 300, "AggregateKeyType": "IP"}}
OWN_GROUP = {"RuleGroupReferenceStatement": {"ARN": f"{ARN}-rules"}}


def managed(name: str, vendor: str = "AWS") -> dict[str, Any]:
    return {"ManagedRuleGroupStatement": {"VendorName": vendor, "Name": name}}


def rule(statement: dict[str, Any], **how: Any) -> dict[str, Any]:
    return {"Name": "r", "Priority": 1, "Statement": statement, "VisibilityConfig": SEEN, **how}


def world(aws: Aws, *rules: dict[str, Any], logs: tuple[dict[str, Any], ...] = (), **more: Any) -> None:
    summary = {"Name": "chat", "Id": ID, "ARN": ARN, "LockToken": ID}
    aws.answer(LIST_WEB_ACLS, {"WebACLs": [summary]}, Scope="REGIONAL")
    aws.answer(LIST_LOGGING, {"LoggingConfigurations": list(logs)}, Scope="REGIONAL")
    acl = {"Name": "chat", "Id": ID, "ARN": ARN, "DefaultAction": {"Allow": {}}, "VisibilityConfig": SEEN, **more}
    aws.answer(GET_WEB_ACL, {"WebACL": {**acl, "Rules": list(rules)}, "LockToken": ID}, ARN=ARN)


def only(aws: Aws) -> WebFirewall:
    (found,) = aws.collect(web_firewalls.COLLECTORS)
    assert isinstance(found, WebFirewall)
    return found


def outcome(fact: Any) -> object:
    return fact.value if isinstance(fact, Known) else fact.reason


def test_a_full_web_acl(aws: Aws) -> None:
    destination = "arn:aws:logs:us-east-1:123456789012:log-group:aws-waf-logs-chat"
    world(
        aws,
        rule(LIMIT, Action={"Block": {}}),
        rule(managed("AWSManagedRulesCommonRuleSet"), OverrideAction={"None": {}}),
        logs=({"ResourceArn": ARN, "LogDestinationConfigs": [destination]},),
    )
    found = only(aws)
    assert (found.id, found.name, found.native_type) == (ARN, "chat", "AWS::WAFv2::WebACL")
    assert found.logged.value is found.rate_limited.value is found.managed_rules.value is True
    (collector,) = web_firewalls.COLLECTORS
    assert all(isinstance(getattr(found, n), Known) and getattr(found, n).calls for n in collector.facts())


def test_a_bare_web_acl(aws: Aws) -> None:
    world(aws, logs=({"ResourceArn": f"{ARN}-other", "LogDestinationConfigs": ["arn:x"]},))
    found = only(aws)
    assert found.logged.value is found.rate_limited.value is found.managed_rules.value is False


@pytest.mark.parametrize(
    ("found", "rate_limited", "managed_rules"),
    [
        (rule(LIMIT, Action={"Count": {}}), False, False),
        (rule(LIMIT, Action={"Challenge": {}}), True, False),
        (rule(LIMIT), Reason.ABSENT, False),
        (rule(managed("AWSManagedRulesSQLiRuleSet"), OverrideAction={"Count": {}}), False, False),
        (rule(managed("AWSManagedRulesSQLiRuleSet")), False, Reason.ABSENT),
        (rule(managed("AWSManagedRulesAmazonIpReputationList"), OverrideAction={"None": {}}), False, False),
        (rule(managed("OWASP-Complete", "F5"), OverrideAction={"None": {}}), False, True),
        (rule(OWN_GROUP, OverrideAction={"None": {}}), Reason.NOT_BUILT, Reason.NOT_BUILT),
    ],
)
def test_rules(aws: Aws, found: dict[str, Any], rate_limited: object, managed_rules: object) -> None:
    world(aws, found)
    one = only(aws)
    assert outcome(one.rate_limited) == rate_limited
    assert outcome(one.managed_rules) == managed_rules


def test_rules_that_an_administrator_added(aws: Aws) -> None:
    group = {
        "Name": "g",
        "Priority": 0,
        "FirewallManagerStatement": managed("AWSManagedRulesKnownBadInputsRuleSet"),
        "OverrideAction": {"None": {}},
        "VisibilityConfig": SEEN,
    }
    world(aws, PreProcessFirewallManagerRuleGroups=[group])
    assert only(aws).managed_rules.value is True


def test_every_page_is_read(aws: Aws) -> None:
    """The SDK has no paginators for this service."""
    world(aws)
    summary = {"Name": "chat", "Id": ID, "ARN": ARN, "LockToken": ID}
    aws.answer(LIST_WEB_ACLS, {"WebACLs": [], "NextMarker": "chat"}, Scope="REGIONAL")
    aws.answer(LIST_WEB_ACLS, {"WebACLs": [summary]}, Scope="REGIONAL", NextMarker="chat")
    assert only(aws).id == ARN


@pytest.mark.parametrize(
    ("call", "facts"), [(LIST_LOGGING, {"logged"}), (GET_WEB_ACL, {"rate_limited", "managed_rules"})]
)
def test_a_denied_call_leaves_the_rest_known(aws: Aws, call: Any, facts: set[str]) -> None:
    world(aws)
    aws.refuse(call, "AccessDeniedException", 400)
    found = only(aws)
    (collector,) = web_firewalls.COLLECTORS
    for name in collector.facts():
        fact = getattr(found, name)
        assert isinstance(fact, Unknown if name in facts else Known)
    assert {getattr(found, name).permissions for name in facts} == {call.permissions}
