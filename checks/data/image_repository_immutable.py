"""Tags of images that models run cannot be moved."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    ImageRepository,
    NotApplicable,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(repository: ImageRepository) -> Verdict:
    if not repository.runs_ai.value:
        return NotApplicable(f"No model that was read runs an image of {repository.name}")
    if not repository.immutable.value:
        return Fail(f"Tags of {repository.name}, which models run images of, can be moved to other images")
    return Pass(f"Tags of {repository.name}, which models run images of, cannot be moved")


CHECK = Check(
    id="image_repository_immutable",
    title="Tags of model images cannot be moved",
    why=(
        "Who can push to a repository with mutable tags replaces what the next deployment runs, and the "
        "name stays the same."
    ),
    severity=Severity.MEDIUM,
    resource=ImageRepository,
    needs=("runs_ai", "immutable"),
    practice="DATA-4.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Set the tag mutability of the repository to IMMUTABLE, without exclusions, and name images by digest.",
                "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html",
                command=(
                    "aws ecr put-image-tag-mutability --repository-name {name} --image-tag-mutability IMMUTABLE "
                    "--region {location}"
                ),
            ),
            same_as=("Security Hub ECR.2",),
        ),
        AZURE: NotBuilt(
            "Azure's counterpart is the write lock on images and tags of Azure Container Registry; this version "
            "does not list registries."
        ),
        GCP: NotBuilt(
            "Google Cloud's counterpart is the immutable-tags setting of Artifact Registry; this version does "
            "not list repositories."
        ),
    },
    examples=Examples(
        passes={"runs_ai": True, "immutable": True},
        fails={"runs_ai": True, "immutable": False},
        not_applicable={"runs_ai": False},
    ),
)
