"""Stored prompts are encrypted with a key the customer manages."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    NoCounterpart,
    NotBuilt,
    Pass,
    Prompt,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(prompt: Prompt) -> Verdict:
    if not prompt.customer_key.value:
        return Fail(f"{prompt.name} is encrypted with the provider's key")
    return Pass(f"{prompt.name} is encrypted with a key the customer manages")


CHECK = Check(
    id="prompt_customer_key",
    title="Stored prompts use a customer-managed key",
    why=(
        "System prompts hold rules, examples and at times customers' data. With a key of its own the "
        "organization decides who can read how its assistants are told to behave."
    ),
    severity=Severity.LOW,
    resource=Prompt,
    needs=("customer_key",),
    practice="DATA-2.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Set customerEncryptionKeyArn to a customer-managed key on the prompt (PROMPT_ID). Give "
                "its variants again in the same call (variants.json), or they are lost.",
                "https://docs.aws.amazon.com/bedrock/latest/userguide/encryption-prompts.html",
                command=(
                    "aws bedrock-agent update-prompt --prompt-identifier {id} --name {name} --variants "
                    "file://variants.json --customer-encryption-key-arn KEY_ARN --region {location}"
                ),
                charges=("aws-kms-key",),
            )
        ),
        AZURE: NoCounterpart(
            (
                "Azure OpenAI stores no prompts as resources. What an AI Foundry project keeps falls under "
                "its account's key, which ai_service_customer_key judges."
            ),
            "https://learn.microsoft.com/azure/ai-services/openai/encrypt-data-at-rest",
        ),
        GCP: NotBuilt(
            "The counterpart is a saved prompt in Vertex AI Studio, kept as a dataset; those datasets are not "
            "listed yet."
        ),
    },
    examples=Examples(passes={"customer_key": True}, fails={"customer_key": False}),
)
