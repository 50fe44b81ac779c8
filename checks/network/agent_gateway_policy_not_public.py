"""No policy lets everybody call an agent gateway."""

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
    if gateway.public_policy.value:
        if gateway.authorization.value == "token issuer":
            return Pass(f"{gateway.name} takes checked tokens only, so that its policy can name nobody but everyone")
        return Fail(f"{gateway.name} has a resource policy that lets any principal in")
    return Pass(f"{gateway.name} has no resource policy that lets any principal in")


CHECK = Check(
    id="agent_gateway_policy_not_public",
    title="Agent gateways are not open to every principal",
    why=(
        "Behind a gateway are the tools and records of the organization. A resource policy that names "
        "everyone opens them to every cloud account."
    ),
    severity=Severity.HIGH,
    resource=AgentGateway,
    needs=("public_policy", "authorization"),
    practice="NET-1.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Name the principals in the gateway's resource policy, or add a condition on "
                "organization, account or network.",
                "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/resource-based-policies.html",
            ),
        ),
        AZURE: NotBuilt(
            "Azure's counterpart is API Management in front of tools as MCP servers; this version does not list it."
        ),
        GCP: NotBuilt("Google Cloud's counterpart is Apigee in front of tools; this version does not list it."),
    },
    examples=Examples(
        passes={"public_policy": True, "authorization": "token issuer"},
        fails={"public_policy": True, "authorization": "cloud identity"},
    ),
)
