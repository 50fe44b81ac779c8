"""A firewall that fails closed stands before agent gateways."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    AgentGateway,
    Check,
    Examples,
    Fail,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(gateway: AgentGateway) -> Verdict:
    if not gateway.firewall.value:
        return Fail(f"{gateway.name} has no firewall in front, or one that lets requests pass when it fails")
    return Pass(f"{gateway.name} has a firewall in front that refuses requests when it fails")


CHECK = Check(
    id="agent_gateway_firewall",
    title="Agent gateways stand behind a firewall that fails closed",
    why=(
        "The address of a gateway is public and speaks a documented protocol. A firewall stops scanners "
        "and floods, unless an overload is enough to open it."
    ),
    severity=Severity.MEDIUM,
    resource=AgentGateway,
    needs=("firewall",),
    practice="APP-2.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Associate an AWS WAF web ACL with the gateway, and set failureMode to FAIL_CLOSE in wafConfiguration.",
                "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/gateway-waf.html",
                charges=("aws-waf-web-acl",),
            ),
        ),
        AZURE: NotBuilt(
            "Azure's counterpart is API Management in front of tools as MCP servers; this version does not list it."
        ),
        GCP: NotBuilt("Google Cloud's counterpart is Apigee in front of tools; this version does not list it."),
    },
    examples=Examples(passes={"firewall": True}, fails={"firewall": False}),
)
