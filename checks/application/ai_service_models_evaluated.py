"""An evaluation of models was completed in the last 180 days."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    AiService,
    Check,
    Examples,
    Fail,
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
    if not service.evaluated.value:
        return Fail(f"{service.name} has no evaluation that was completed in the last 180 days")
    return Pass(f"{service.name} has an evaluation that was completed in the last 180 days")


CHECK = Check(
    id="ai_service_models_evaluated",
    title="Models were evaluated in the last 180 days",
    why=(
        "Models, prompts and attacks change faster than opinions about them. An evaluation that ran this "
        "half-year is evidence; the one from the launch is history."
    ),
    severity=Severity.MEDIUM,
    resource=AiService,
    needs=("in_use", "generative", "evaluated"),
    practice="APP-4.4",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Run an evaluation job on the models or knowledge bases in use (Bedrock > Evaluations), "
                "with metrics for toxicity and robustness, and repeat it at least twice a year.",
                "https://docs.aws.amazon.com/bedrock/latest/userguide/evaluation.html",
                charges=("aws-evaluation",),
            )
        ),
        AZURE: NotBuilt(
            "The counterpart is an evaluation run in an Azure AI Foundry project, which the management API "
            "does not list."
        ),
        GCP: NotBuilt(
            "The counterpart is an evaluation run of the Gen AI evaluation service in Vertex AI; those runs "
            "are not listed yet."
        ),
    },
    examples=Examples(
        passes={"in_use": True, "generative": True, "evaluated": True},
        fails={"in_use": True, "generative": True, "evaluated": False},
        not_applicable={"in_use": False},
    ),
)
