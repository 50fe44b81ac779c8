"""Guardrails are encrypted with a key the customer manages."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    Guardrail,
    NoCounterpart,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(guardrail: Guardrail) -> Verdict:
    if not guardrail.customer_key.value:
        return Fail(f"{guardrail.name} is encrypted with the provider's key")
    return Pass(f"{guardrail.name} is encrypted with a key the customer manages")


CHECK = Check(
    id="guardrail_customer_key",
    title="Guardrails use a customer-managed key",
    why=(
        "Denied topics and patterns tell an attacker exactly what is watched for. With a key of its own the "
        "organization decides who reads them."
    ),
    severity=Severity.LOW,
    resource=Guardrail,
    needs=("customer_key",),
    practice="DATA-2.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Set a customer-managed key on the guardrail (Bedrock > Guardrails > the guardrail > "
                "Edit), publish a version, and let those who apply it use the key.",
                "https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-permissions-kms.html",
                charges=("aws-kms-key",),
            )
        ),
        AZURE: NoCounterpart(
            (
                "A content filter has no key of its own. It lies in its account, whose key "
                "ai_service_customer_key judges."
            ),
            "https://learn.microsoft.com/azure/ai-services/openai/encrypt-data-at-rest",
        ),
        GCP: NotBuilt(
            "The counterpart is a Model Armor template, which is not listed yet; it takes no key of its own today."
        ),
    },
    examples=Examples(passes={"customer_key": True}, fails={"customer_key": False}),
)
