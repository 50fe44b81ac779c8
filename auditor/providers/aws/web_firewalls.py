"""AWS WAF web ACLs of regional resources.

Those of CloudFront are left out: they stand before distributions, which this tool does not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown, any_true, native
from auditor.model.resources import WebFirewall
from auditor.model.scope import Provider
from auditor.providers.aws.gates import AI
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Collector, Detail, Reach

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

LIST_WEB_ACLS = aws_call("wafv2", "ListWebACLs", items="WebACLs")
GET_WEB_ACL = aws_call("wafv2", "GetWebACL", expects=("WebACL",))
LIST_LOGGING = aws_call("wafv2", "ListLoggingConfigurations", items="LoggingConfigurations")

_SCOPE = "REGIONAL"
_STOPPING = ("Block", "Captcha", "Challenge")
"""Actions of a rule that keep a request from going on; ``Count`` and ``Allow`` do not."""
AGAINST_ATTACKS = frozenset(
    f"AWSManagedRules{name}RuleSet"
    for name in (
        "AdminProtection",
        "Common",
        "KnownBadInputs",
        "Linux",
        "PHP",
        "SQLi",
        "Unix",
        "Windows",
        "WordPress",
    )
)
"""Groups of AWS that look for known attacks in requests (developer guide, "AWS Managed Rules rule groups list"). The
others judge where a request comes from, or how often. Groups of vendors are taken for what they are sold as."""


def _find(session: AwsSession, location: str) -> Iterator[WebFirewall]:
    for entry in session.items(LIST_WEB_ACLS, location, Scope=_SCOPE):
        yield WebFirewall(
            id=entry["ARN"],
            name=entry["Name"],
            account=session.account,
            location=location,
            native_type="AWS::WAFv2::WebACL",
        )


def _read_logging(
    session: AwsSession, location: str, firewalls: Sequence[WebFirewall]
) -> Mapping[str, Mapping[str, Fact[Any]]]:
    """One list holds the logging configurations of all web ACLs of a region; where there is none, nothing is logged."""
    logged = {entry["ResourceArn"]: entry for entry in session.items(LIST_LOGGING, location, Scope=_SCOPE)}
    return {firewall.id: {"logged": _logged(logged.get(firewall.id))} for firewall in firewalls}


def _logged(entry: Mapping[str, Any] | None) -> Fact[bool]:
    if entry is None:
        return Known(False, {"LoggingConfiguration": None})
    return native(entry, "LogDestinationConfigs").map(bool)


def _read_rules(session: AwsSession, firewall: WebFirewall) -> Mapping[str, Fact[Any]]:
    answer = session.call(GET_WEB_ACL, firewall.location, ARN=firewall.id)
    acl = native(answer, "WebACL").value
    # a web ACL without rules carries none, one that no Firewall Manager policy added to has no groups of it (API
    # reference, WebACL)
    own = native(acl, "Rules", default=()).value
    added = [
        group
        for name in ("PreProcessFirewallManagerRuleGroups", "PostProcessFirewallManagerRuleGroups")
        for group in native(acl, name, default=()).value
    ]
    groups = [*((rule, rule["Statement"]) for rule in own), *((g, g["FirewallManagerStatement"]) for g in added)]
    return {
        "rate_limited": any_true([_limits_rate(rule, statement) for rule, statement in groups]),
        "managed_rules": any_true([_stops_attacks(rule, statement) for rule, statement in groups]),
    }


def _limits_rate(rule: Mapping[str, Any], statement: Mapping[str, Any]) -> Fact[bool]:
    """A rate-based statement stands alone in its rule. Those inside of a group of the customer's are not read."""
    if "RuleGroupReferenceStatement" in statement:
        return _unread_group(rule)
    if "RateBasedStatement" not in statement:
        return Known(False, {rule["Name"]: sorted(statement)})
    return native(rule, "Action").map(lambda action: any(name in action for name in _STOPPING))


def _stops_attacks(rule: Mapping[str, Any], statement: Mapping[str, Any]) -> Fact[bool]:
    """A managed group acts unless it is set to count only."""
    if "RuleGroupReferenceStatement" in statement:
        return _unread_group(rule)
    if "ManagedRuleGroupStatement" not in statement:
        return Known(False, {rule["Name"]: sorted(statement)})
    vendor = native(statement, "ManagedRuleGroupStatement.VendorName").value
    name = native(statement, "ManagedRuleGroupStatement.Name").value
    if vendor == "AWS" and name not in AGAINST_ATTACKS:
        return Known(False, {rule["Name"]: name})
    return native(rule, "OverrideAction").map(lambda override: "Count" not in override)


def _unread_group(rule: Mapping[str, Any]) -> Unknown:
    return Unknown(Reason.NOT_BUILT, f"rules of the group {rule['Name']}")


COLLECTORS: tuple[Collector[WebFirewall, AwsSession], ...] = (
    Collector(
        name="aws.web_firewalls",
        provider=Provider.AWS,
        kind=WebFirewall,
        reach=Reach.LOCATION,
        service="wafv2",
        gate=AI,
        find_calls=(LIST_WEB_ACLS,),
        find=_find,
        details=(
            Detail(calls=(LIST_LOGGING,), facts=("logged",), read_all=_read_logging),
            Detail(calls=(GET_WEB_ACL,), facts=("rate_limited", "managed_rules"), read=_read_rules),
        ),
    ),
)
