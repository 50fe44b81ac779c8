"""An approved model card is about the model."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    Model,
    NotApplicable,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(model: Model) -> Verdict:
    documented = model.documented.value
    if documented is None:
        return NotApplicable(f"{model.name} is of a kind that model cards are not made for")
    if not documented:
        return Fail(f"no approved model card is about {model.name}")
    return Pass(f"an approved model card is about {model.name}")


CHECK = Check(
    id="model_documented",
    title="Models have an approved model card",
    why=(
        "Purpose, limits and risk rating of a model are known to those who built it. A card keeps "
        "them once those people have left."
    ),
    severity=Severity.LOW,
    resource=Model,
    needs=("documented",),
    practice="DATA-4.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Write a model card whose overview names the model's ARN (model_id), or the ARN of the "
                "version it was made from, and set its status to Approved.",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/model-cards.html",
            )
        ),
        AZURE: NotBuilt(
            "Azure Machine Learning has a description and a responsible-AI scorecard per model version; "
            "this version reads neither."
        ),
        GCP: NotBuilt(
            "Vertex AI keeps a description and evaluations with a model version; this version reads neither."
        ),
    },
    examples=Examples(passes={"documented": True}, fails={"documented": False}, not_applicable={"documented": None}),
)
