"""Images of a model are pulled from a registry in the customer's network."""

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
    if model.public_pulls.value:
        images = ", ".join(model.public_pulls.value)
        return Fail(f"{model.name} takes images from outside the customer's network: {images}")
    return Pass(f"{model.name} takes its images from a registry in the customer's network")


CHECK = Check(
    id="model_images_through_network",
    title="Model images come from a registry in the customer network",
    why=(
        "An image that the platform fetches by itself passes no network control of the organization, "
        "neither on a scan nor on a block."
    ),
    severity=Severity.LOW,
    resource=Model,
    needs=("runs_containers", "public_pulls"),
    practice="NET-2.4",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Keep the images in a private Docker registry that the model's VPC reaches, and create the "
                "model again with RepositoryAccessMode set to Vpc for every container.",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-containers-inference-private.html",
            ),
            same_as=("Security Hub SageMaker.16", "Security Hub SageMaker.19"),
        ),
        AZURE: NotBuilt(
            "An environment of Azure Machine Learning is built into the workspace's container registry; "
            "whether that one is private is not read in this version."
        ),
        GCP: NotBuilt(
            "Images come from Artifact Registry over Google's network; whether a service perimeter holds "
            "it is not read in this version."
        ),
    },
    examples=Examples(
        passes={"runs_containers": True, "public_pulls": ()},
        fails={"runs_containers": True, "public_pulls": ("image",)},
        not_applicable={"runs_containers": False},
    ),
)
