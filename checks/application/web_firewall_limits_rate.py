"""Firewalls before AI stop sources that ask too often."""

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
    if not firewall.rate_limited.value:
        return Fail(f"{firewall.name} has no rule that stops sources which ask too often")
    return Pass(f"{firewall.name} has a rule that stops sources which ask too often")


CHECK = Check(
    id="web_firewall_limits_rate",
    title="Firewalls in front of AI limit the rate per source",
    why=(
        "A limit of the API is shared by all callers. Only a rule per source stops one address from using it up "
        "with prompts that cost money."
    ),
    severity=Severity.MEDIUM,
    resource=WebFirewall,
    needs=("guards_ai", "rate_limited"),
    practice="APP-2.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                (
                    "Add a rate-based rule to the web ACL that blocks, or challenges, addresses above what one "
                    "user needs in five minutes."
                ),
                "https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html",
                charges=("aws-waf-rule",),
            ),
        ),
        AZURE: NotBuilt(
            "The counterpart is a WAF policy of Application Gateway or Front Door; its custom rules of type "
            "RateLimitRule would have to be read."
        ),
        GCP: NotBuilt(
            "The counterpart is a Cloud Armor security policy; its rules with the actions throttle and "
            "rate_based_ban would have to be read."
        ),
    },
    examples=Examples(
        passes={"guards_ai": True, "rate_limited": True},
        fails={"guards_ai": True, "rate_limited": False},
        not_applicable={"guards_ai": False},
    ),
)
