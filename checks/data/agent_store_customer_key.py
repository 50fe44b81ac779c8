"""What agents keep is encrypted with a key the customer manages."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    AgentStore,
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


def evaluate(store: AgentStore) -> Verdict:
    if not store.customer_key.value:
        return Fail(f"{store.name} is encrypted with the provider's key")
    return Pass(f"{store.name} is encrypted with a key the customer manages")


CHECK = Check(
    id="agent_store_customer_key",
    title="Agent memories, vaults and policies use a customer-managed key",
    why=(
        "Memories hold what people said, token vaults what agents may sign in with. With the provider's "
        "key nobody in the organization can cut access off."
    ),
    severity=Severity.MEDIUM,
    resource=AgentStore,
    needs=("customer_key",),
    practice="DATA-2.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Create a memory or a policy engine again with encryptionKeyArn set to a "
                "customer-managed key; give the token vault one with SetTokenVaultCMK.",
                "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/data-encryption.html",
                charges=("aws-kms-key",),
            ),
            same_as=("Security Hub BedrockAgentCore.3",),
        ),
        AZURE: NotBuilt(
            "Azure's counterpart is the thread storage of Azure AI Foundry agents; this version does not list it."
        ),
        GCP: NotBuilt(
            "Google Cloud's counterpart is the Memory Bank of Vertex AI Agent Engine; this version does not list it."
        ),
    },
    examples=Examples(passes={"customer_key": True}, fails={"customer_key": False}),
)
