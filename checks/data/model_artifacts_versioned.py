"""Overwritten artifacts of a model can be restored."""

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
    Ref,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(model: Model) -> Verdict:
    if not model.artifacts.value:
        return NotApplicable(f"{model.name} has no artifacts in storage of its own")
    if not model.artifacts_versioned.value:
        return Fail(f"the artifacts of {model.name} lie in storage that keeps no earlier versions")
    return Pass(f"the artifacts of {model.name} lie in storage that keeps earlier versions")


CHECK = Check(
    id="model_artifacts_versioned",
    title="Model artifacts lie in versioned storage",
    why=(
        "An endpoint loads the file that lies at the address of the model. Once that file is "
        "replaced, only an earlier version of it shows what was served."
    ),
    severity=Severity.MEDIUM,
    resource=Model,
    needs=("artifacts", "artifacts_versioned"),
    practice="DATA-2.3",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Turn on versioning for the bucket that holds the model's artifacts.",
                "https://docs.aws.amazon.com/AmazonS3/latest/userguide/manage-versioning-examples.html",
                command=("aws s3api put-bucket-versioning --bucket BUCKET --versioning-configuration Status=Enabled"),
                charges=("aws-s3-storage",),
            )
        ),
        AZURE: NotBuilt(
            "A registered model is files in the workspace's storage account; storage_versioned judges the "
            "account, and the way to it is not followed."
        ),
        GCP: NotBuilt(
            "A Vertex AI model names its bucket in artifactUri, which this version does not follow; "
            "storage_versioned judges all buckets."
        ),
    },
    examples=Examples(
        passes={"artifacts": (Ref("Storage", AWS, "123456789012", "s"),), "artifacts_versioned": True},
        fails={"artifacts": (Ref("Storage", AWS, "123456789012", "s"),), "artifacts_versioned": False},
        not_applicable={"artifacts": ()},
    ),
)
