"""Agent gateways let in only callers they know."""

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
    callers = gateway.authorization.value
    if callers == "none":
        return Fail(f"{gateway.name} gives its tools to callers who prove nothing")
    if callers != "authenticated only":
        return Pass(f"{gateway.name} knows its callers by a {callers}")
    if gateway.tool_policy.value != "block":
        return Fail(f"{gateway.name} takes any token of its issuer, and no policy decides what it may be used for")
    return Pass(f"{gateway.name} takes any token of its issuer, and a policy decides what it may be used for")


CHECK = Check(
    id="agent_gateway_authorized",
    title="Agent gateways authorize their callers",
    why=(
        "A gateway turns requests into calls of tools and data sources. One that asks nobody for anything "
        "gives them to whoever finds its address."
    ),
    severity=Severity.CRITICAL,
    resource=AgentGateway,
    needs=("authorization", "tool_policy"),
    practice="ID-1.3",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Create the gateway with authorizer type AWS_IAM or CUSTOM_JWT, and limit a token "
                "authorizer to your own audiences, clients or scopes.",
                "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/gateway-inbound-auth.html",
            ),
            same_as=("Security Hub BedrockAgentCore.2",),
        ),
        AZURE: NotBuilt(
            "Azure's counterpart is API Management in front of tools as MCP servers; this version does not list it."
        ),
        GCP: NotBuilt("Google Cloud's counterpart is Apigee in front of tools; this version does not list it."),
    },
    examples=Examples(
        passes={"authorization": "token issuer"}, fails={"authorization": "authenticated only", "tool_policy": "log"}
    ),
)
