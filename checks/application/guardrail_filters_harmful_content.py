"""Guardrails filter every kind of harmful content in prompts and answers."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    Guardrail,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(guardrail: Guardrail) -> Verdict:
    missing = guardrail.unfiltered_harms.value
    if missing:
        names = ", ".join(kind.lower() for kind in missing)
        return Fail(f"{guardrail.name} does not block at medium strength, in prompts and in answers: {names}")
    return Pass(f"{guardrail.name} blocks every kind of harmful content in prompts and in answers")


CHECK = Check(
    id="guardrail_filters_harmful_content",
    title="Guardrails filter every kind of harmful content",
    why=(
        "What a filter leaves out is what a tester finds first. All kinds at medium strength in both "
        "directions is the least that a public application needs."
    ),
    severity=Severity.MEDIUM,
    resource=Guardrail,
    needs=("unfiltered_harms",),
    practice="APP-3.3",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Set the filters for hate, insults, sexual content, violence and misconduct to MEDIUM or "
                "HIGH for prompts and responses, with the action BLOCK, and publish a version.",
                "https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-content-filters.html",
                charges=("aws-guardrail-content",),
            )
        ),
        AZURE: NotBuilt(
            "The counterpart is a content filter of an Azure OpenAI account; its filters are read for each "
            "deployment, not judged one by one yet."
        ),
        GCP: NotBuilt(
            "The counterpart is a Model Armor template; templates are not listed yet, only the floor setting "
            "of the project is read."
        ),
    },
    examples=Examples(passes={"unfiltered_harms": ()}, fails={"unfiltered_harms": ("VIOLENCE",)}),
)
