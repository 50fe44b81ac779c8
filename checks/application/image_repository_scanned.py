"""Images that models run are scanned for vulnerabilities."""

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
    if not repository.scanned.value:
        return Fail(f"Images of {repository.name}, which models run, are not scanned")
    return Pass(f"Images of {repository.name}, which models run, are scanned")


CHECK = Check(
    id="image_repository_scanned",
    title="Images of models are scanned",
    why=(
        "A model container brings hundreds of packages, and each of them can be the way in. What is "
        "scanned when pushed, or all the time, shows flaws before somebody else uses them."
    ),
    severity=Severity.MEDIUM,
    resource=ImageRepository,
    needs=("runs_ai", "scanned"),
    practice="APP-2.4",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Turn on scanning on push or continuous scanning for the registry, with a filter that takes in "
                "this repository (scanning.json), or scanning on push for the repository.",
                "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html",
                command=(
                    "aws ecr put-registry-scanning-configuration --scan-type ENHANCED --rules file://scanning.json "
                    "--region {location}"
                ),
                charges=("aws-inspector",),
            ),
            same_as=("Security Hub ECR.1",),
        ),
        AZURE: NotBuilt(
            "Azure's counterpart is Defender for Containers over Azure Container Registry; this version does not "
            "list registries."
        ),
        GCP: NotBuilt(
            "Google Cloud's counterpart is vulnerability scanning of Artifact Registry; this version does not "
            "list repositories."
        ),
    },
    examples=Examples(
        passes={"runs_ai": True, "scanned": True},
        fails={"runs_ai": True, "scanned": False},
        not_applicable={"runs_ai": False},
    ),
)
