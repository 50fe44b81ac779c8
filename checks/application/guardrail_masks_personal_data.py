"""Guardrails block or mask personal data in answers."""

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
    if not guardrail.masks_personal_data.value:
        return Fail(f"{guardrail.name} lets personal data in answers through")
    return Pass(f"{guardrail.name} blocks or masks personal data in answers")


CHECK = Check(
    id="guardrail_masks_personal_data",
    title="Guardrails block or mask personal data in answers",
    why=(
        "Models repeat names and numbers from their context without knowing whose they are. A filter for "
        "sensitive information is the only place where an answer is read for them."
    ),
    severity=Severity.MEDIUM,
    resource=Guardrail,
    needs=("masks_personal_data",),
    practice="APP-3.3",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Add the types of personal data that answers must not carry, or patterns of your own, "
                "with the action BLOCK or ANONYMIZE for output, and publish a version.",
                "https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-sensitive-filters.html",
                charges=("aws-guardrail-personal-data",),
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
    examples=Examples(passes={"masks_personal_data": True}, fails={"masks_personal_data": False}),
)
