"""Agent gateways keep the inside of their errors to themselves."""

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
    if gateway.reveals_errors.value:
        return Fail(f"{gateway.name} answers with debugging messages")
    return Pass(f"{gateway.name} answers errors with a general message")


CHECK = Check(
    id="agent_gateway_hides_errors",
    title="Agent gateways do not answer with debugging messages",
    why=(
        "Debugging messages name functions, permissions and parameters behind the tools. That is the map "
        "an attacker would otherwise have to draw."
    ),
    severity=Severity.LOW,
    resource=AgentGateway,
    needs=("reveals_errors",),
    practice="APP-2.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Update the gateway without exceptionLevel (Gateway details > Additional "
                "configurations > Exception level debug).",
                "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/gateway-debug-messages.html",
            ),
        ),
        AZURE: NotBuilt(
            "Azure's counterpart is API Management in front of tools as MCP servers; this version does not list it."
        ),
        GCP: NotBuilt("Google Cloud's counterpart is Apigee in front of tools; this version does not list it."),
    },
    examples=Examples(passes={"reveals_errors": False}, fails={"reveals_errors": True}),
)
