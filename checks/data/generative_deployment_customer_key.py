"""Agents and flows are encrypted with a key the customer manages."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    GenerativeDeployment,
    NoCounterpart,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(deployment: GenerativeDeployment) -> Verdict:
    if not deployment.customer_key.value:
        return Fail(f"{deployment.name} is encrypted with the provider's key")
    return Pass(f"{deployment.name} is encrypted with a key the customer manages")


CHECK = Check(
    id="generative_deployment_customer_key",
    title="Agents and flows use a customer-managed key",
    why=(
        "The instructions of an agent and the memory of its conversations say what it knows and may do. With "
        "a provider's key the organization cannot withdraw access to them."
    ),
    severity=Severity.MEDIUM,
    resource=GenerativeDeployment,
    needs=("customer_key",),
    practice="DATA-2.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Set customerEncryptionKeyArn to a customer-managed key on the agent or flow (Edit > KMS "
                "key selection), after letting its role use the key.",
                "https://docs.aws.amazon.com/bedrock/latest/userguide/encryption-agents.html",
                charges=("aws-kms-key",),
            )
        ),
        AZURE: NoCounterpart(
            (
                "A deployment has no key of its own. What it keeps falls under the key of its account, which "
                "ai_service_customer_key judges."
            ),
            "https://learn.microsoft.com/azure/ai-services/openai/encrypt-data-at-rest",
        ),
        GCP: NoCounterpart(
            (
                "The Gemini API of a project has no key. Models and endpoints have (encryptionSpec), and are "
                "judged one by one."
            ),
            "https://cloud.google.com/vertex-ai/docs/general/cmek",
        ),
    },
    examples=Examples(passes={"customer_key": True}, fails={"customer_key": False}),
)
