"""Agent gateways are encrypted with a key the customer manages."""

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
    if not gateway.customer_key.value:
        return Fail(f"{gateway.name} is encrypted with the provider's key")
    return Pass(f"{gateway.name} is encrypted with a key the customer manages")


CHECK = Check(
    id="agent_gateway_customer_key",
    title="Agent gateways use a customer-managed key",
    why=(
        "A gateway stores how tools and data sources are reached. With a key of its own, the organization "
        "sees every use of that and can end it."
    ),
    severity=Severity.LOW,
    resource=AgentGateway,
    needs=("customer_key",),
    practice="DATA-2.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Set kmsKeyArn of the gateway to a customer-managed key (UpdateGateway).",
                "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/data-encryption.html",
                charges=("aws-kms-key",),
            ),
            same_as=("Security Hub BedrockAgentCore.4",),
        ),
        AZURE: NotBuilt(
            "Azure's counterpart is API Management in front of tools as MCP servers; this version does not list it."
        ),
        GCP: NotBuilt("Google Cloud's counterpart is Apigee in front of tools; this version does not list it."),
    },
    examples=Examples(passes={"customer_key": True}, fails={"customer_key": False}),
)
