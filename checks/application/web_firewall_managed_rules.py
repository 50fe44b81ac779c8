"""Firewalls before AI use maintained rules against known attacks."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    NotApplicable,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
    WebFirewall,
)


def evaluate(firewall: WebFirewall) -> Verdict:
    if not firewall.guards_ai.value:
        return NotApplicable(f"{firewall.name} stands before nothing that leads to AI")
    if not firewall.managed_rules.value:
        return Fail(f"{firewall.name} uses no maintained rules against known attacks, or only counts what they find")
    return Pass(f"{firewall.name} uses maintained rules against known attacks")


CHECK = Check(
    id="web_firewall_managed_rules",
    title="Firewalls in front of AI use managed rules",
    why=(
        "Attack patterns change weekly. Rules that the provider or a vendor maintains follow them; rules written "
        "once do not."
    ),
    severity=Severity.MEDIUM,
    resource=WebFirewall,
    needs=("guards_ai", "managed_rules"),
    practice="APP-2.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                (
                    "Add managed rule groups such as AWSManagedRulesCommonRuleSet and "
                    "AWSManagedRulesKnownBadInputsRuleSet to the web ACL, without an override to count."
                ),
                "https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html",
                charges=("aws-waf-rule",),
            ),
        ),
        AZURE: NotBuilt(
            "The counterpart is a WAF policy of Application Gateway or Front Door; its managed rule sets and "
            "mode would have to be read."
        ),
        GCP: NotBuilt(
            "The counterpart is a Cloud Armor security policy; its preconfigured WAF rules would have to be read."
        ),
    },
    examples=Examples(
        passes={"guards_ai": True, "managed_rules": True},
        fails={"guards_ai": True, "managed_rules": False},
        not_applicable={"guards_ai": False},
    ),
)
