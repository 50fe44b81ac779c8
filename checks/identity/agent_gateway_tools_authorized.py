"""A policy decides which tools each caller of a gateway may use."""

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
    policy = gateway.tool_policy.value
    if policy == "none":
        return Fail(f"{gateway.name} has no policy engine that decides on calls of tools")
    if policy == "log":
        return Fail(f"{gateway.name} has a policy engine that records forbidden calls of tools and lets them pass")
    return Pass(f"{gateway.name} has a policy engine that blocks forbidden calls of tools")


CHECK = Check(
    id="agent_gateway_tools_authorized",
    title="Calls of tools are decided by an enforced policy",
    why=(
        "A model chooses tools by the text it was given, and the text may come from an attacker. A policy "
        "outside of the model refuses what the caller has no right to."
    ),
    severity=Severity.MEDIUM,
    resource=AgentGateway,
    needs=("tool_policy",),
    practice="ID-4.3",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Attach a policy engine to the gateway with mode ENFORCE once its policies have "
                "proven themselves in LOG_ONLY.",
                "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/policy.html",
                charges=("aws-agent-policy",),
            ),
        ),
        AZURE: NotBuilt(
            "Azure's counterpart is API Management in front of tools as MCP servers; this version does not list it."
        ),
        GCP: NotBuilt("Google Cloud's counterpart is Apigee in front of tools; this version does not list it."),
    },
    examples=Examples(passes={"tool_policy": "block"}, fails={"tool_policy": "log"}),
)
