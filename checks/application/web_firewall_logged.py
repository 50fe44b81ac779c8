"""Firewalls before AI log the requests they judge."""

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
    if not firewall.logged.value:
        return Fail(f"{firewall.name} does not log the requests it judges")
    return Pass(f"{firewall.name} logs the requests it judges")


CHECK = Check(
    id="web_firewall_logged",
    title="Firewalls in front of AI keep logs",
    why=(
        "What a firewall lets through and stops is the first trace of an attack on a model. Without a log its "
        "rules can be neither tuned nor trusted."
    ),
    severity=Severity.MEDIUM,
    resource=WebFirewall,
    needs=("guards_ai", "logged"),
    practice="APP-2.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                (
                    "Send the logs of the web ACL to a log group, bucket or delivery stream whose name begins "
                    "with aws-waf-logs-. In logging.json set ResourceArn to the web ACL and LogDestinationConfigs "
                    "to the destination."
                ),
                "https://docs.aws.amazon.com/waf/latest/developerguide/logging.html",
                command=(
                    "aws wafv2 put-logging-configuration --logging-configuration file://logging.json --region "
                    "{location}"
                ),
                charges=("aws-logs-vended",),
            ),
            same_as=("Security Hub WAF.11",),
        ),
        AZURE: NotBuilt(
            "The counterpart is a WAF policy of Application Gateway or Front Door; the diagnostic settings of "
            "the gateway would have to be read."
        ),
        GCP: NotBuilt(
            "The counterpart is a Cloud Armor security policy; the logging of the backend services would have "
            "to be read."
        ),
    },
    examples=Examples(
        passes={"guards_ai": True, "logged": True},
        fails={"guards_ai": True, "logged": False},
        not_applicable={"guards_ai": False},
    ),
)
