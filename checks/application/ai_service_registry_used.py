"""Models are registered where models are made."""

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
    if service.generative.value:
        return NotApplicable(f"{service.name} serves models that no registry of the customer's holds")
    if not service.has_models.value:
        return NotApplicable(f"{service.name} has no models of the customer's")
    if not service.registry_used.value:
        return Fail(f"{service.name} has models of the customer's, and no registry that they come from")
    return Pass(f"models of {service.name} are kept in a registry")


CHECK = Check(
    id="ai_service_registry_used",
    title="Models are kept in a registry",
    why=(
        "Without a registry the path in a bucket is the version, and nobody can say which model was "
        "live last month or go back to it."
    ),
    severity=Severity.LOW,
    resource=AiService,
    needs=("generative", "has_models", "registry_used"),
    practice="APP-3.5",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Create a model package group per use case, and let the training pipeline register every "
                "model that is to be deployed as a version in it.",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry.html",
                command=(
                    "aws sagemaker create-model-package-group --model-package-group-name GROUP --region {location}"
                ),
            )
        ),
        AZURE: NotBuilt(
            "Every Azure Machine Learning workspace has a registry of models; whether deployments take "
            "theirs from it is not read in this version."
        ),
        GCP: NotBuilt(
            "A model must be in Vertex AI Model Registry to be deployed; that an older way is still in "
            "use cannot be seen in this version."
        ),
    },
    examples=Examples(
        passes={"generative": False, "has_models": True, "registry_used": True},
        fails={"generative": False, "has_models": True, "registry_used": False},
        not_applicable={"generative": False, "has_models": False},
    ),
)
