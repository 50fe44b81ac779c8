"""Images of a model are fixed by digest or by a tag that cannot move."""

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
    if model.unpinned_images.value:
        return Fail(f"{model.name} names images by a tag that can move: {', '.join(model.unpinned_images.value)}")
    return Pass(f"every image of {model.name} is fixed by a digest or by an immutable tag")


CHECK = Check(
    id="model_images_pinned",
    title="Model images are pinned",
    why=(
        "Whoever can push to a tag decides what the next instance of the endpoint runs. A digest, or "
        "a repository that keeps tags where they are, takes that away."
    ),
    severity=Severity.MEDIUM,
    resource=Model,
    needs=("runs_containers", "unpinned_images"),
    practice="DATA-4.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Name each image by its digest (repository@sha256:...) when the model is created, or make "
                "tags of the repository immutable. Copy images of other accounts to a repository of your own.",
                "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html",
            )
        ),
        AZURE: NotBuilt(
            "A deployment names an environment by version, and the version names an image; this version reads neither."
        ),
        GCP: NotBuilt("A Vertex AI model names its image in containerSpec.imageUri, which this version does not read."),
    },
    examples=Examples(
        passes={"runs_containers": True, "unpinned_images": ()},
        fails={"runs_containers": True, "unpinned_images": ("image",)},
        not_applicable={"runs_containers": False},
    ),
)
