"""A published guardrail exists wherever foundation models are used."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    AiService,
    Check,
    Examples,
    Fail,
    NoCounterpart,
    NotApplicable,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(service: AiService) -> Verdict:
    if not service.in_use.value:
        return NotApplicable(f"{service.name} is not in use")
    if not service.generative.value:
        return NotApplicable(f"{service.name} serves no foundation models directly")
    if not service.guardrail_available.value:
        return Fail(f"{service.name} has no guardrail with a published version to apply")
    return Pass(f"{service.name} has a guardrail with a published version to apply")


CHECK = Check(
    id="ai_service_guardrail_available",
    title="A published guardrail exists where foundation models are used",
    why=(
        "Without a guardrail in the region nobody who calls a model there can apply one. A published version "
        "is one that does not change under those who rely on it."
    ),
    severity=Severity.HIGH,
    resource=AiService,
    needs=("in_use", "generative", "guardrail_available"),
    practice="APP-2.3",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Create a guardrail in the region, and publish a version of it (GUARDRAIL_ID). "
                "Applications and agents then name the guardrail and the version.",
                "https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-create.html",
                command=(
                    "aws bedrock create-guardrail-version --guardrail-identifier GUARDRAIL_ID --region {location}"
                ),
                charges=(
                    "aws-guardrail-content",
                    "aws-guardrail-topics",
                    "aws-guardrail-personal-data",
                    "aws-guardrail-grounding",
                ),
            )
        ),
        AZURE: NoCounterpart(
            (
                "Every deployment has a content filter, the provider's own if no other is assigned. "
                "generative_deployment_guarded judges what it does."
            ),
            "https://learn.microsoft.com/azure/ai-services/openai/concepts/content-filter",
        ),
        GCP: NotBuilt(
            "The counterpart is a Model Armor template in the location; templates are not listed, only the "
            "floor setting of the project is read."
        ),
    },
    examples=Examples(
        passes={"in_use": True, "generative": True, "guardrail_available": True},
        fails={"in_use": True, "generative": True, "guardrail_available": False},
        not_applicable={"in_use": False},
    ),
)
