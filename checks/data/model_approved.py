"""A model was made from an approved version in a registry."""

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
    if not model.runs_containers.value:
        return NotApplicable(f"{model.name} is run by the provider, in containers of its own")
    if not model.approved.value:
        return Fail(f"{model.name} was not made from an approved version in a registry")
    return Pass(f"{model.name} was made from approved versions in a registry")


CHECK = Check(
    id="model_approved",
    title="Models come from an approved version",
    why=(
        "A version that somebody approved says who tested the model and on what. A model made "
        "straight from files says where the files lay."
    ),
    severity=Severity.MEDIUM,
    resource=Model,
    needs=("runs_containers", "approved"),
    practice="DATA-4.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Register the artifacts and image as a version in a model package group, have it approved, "
                "and create the model from it (ModelPackageName in place of Image and ModelDataUrl).",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-deploy.html",
            )
        ),
        AZURE: NotBuilt(
            "Azure Machine Learning registers models by version, and has stages but no approval; this "
            "version does not read them."
        ),
        GCP: NotBuilt(
            "Vertex AI Model Registry keeps versions and aliases, and has no approval of its own; labels "
            "that stand for one are not read."
        ),
    },
    examples=Examples(
        passes={"runs_containers": True, "approved": True},
        fails={"runs_containers": True, "approved": False},
        not_applicable={"runs_containers": False},
    ),
)
