"""Overwritten and deleted objects can be restored."""

from auditor import AWS, AZURE, GCP, Check, Examples, Fail, Pass, Remediation, Severity, Storage, Supported, Verdict


def evaluate(storage: Storage) -> Verdict:
    if not storage.versioned.value:
        return Fail(f"{storage.name} keeps no earlier versions")
    return Pass(f"{storage.name} keeps earlier versions")


CHECK = Check(
    id="storage_versioned",
    title="Storage keeps earlier versions",
    why="Poisoned or deleted data can be undone only if an earlier version still exists.",
    severity=Severity.MEDIUM,
    resource=Storage,
    needs=("versioned",),
    practice="DATA-2.3",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Turn on versioning (Properties > Bucket Versioning), with a lifecycle rule for old versions.",
                "https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html",
                command="aws s3api put-bucket-versioning --bucket {name} --versioning-configuration Status=Enabled",
                charges=("aws-s3-storage",),
            )
        ),
        AZURE: Supported(
            Remediation(
                "Turn on versioning and soft delete for blobs (Data management > Data protection).",
                "https://learn.microsoft.com/azure/storage/blobs/versioning-overview",
                command=(
                    "az storage account blob-service-properties update --account-name {name} --enable-versioning "
                    "true --enable-delete-retention true --delete-retention-days 30"
                ),
                charges=("azure-storage",),
            )
        ),
        GCP: Supported(
            Remediation(
                "Turn on object versioning, with a lifecycle rule for old versions.",
                "https://cloud.google.com/storage/docs/object-versioning",
                command="gcloud storage buckets update gs://{name} --versioning",
                charges=("gcp-storage",),
            )
        ),
    },
    examples=Examples(passes={"versioned": True}, fails={"versioned": False}),
)
