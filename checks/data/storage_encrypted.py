"""Object storage encrypts what is written to it."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    Inherited,
    Pass,
    Remediation,
    Severity,
    Storage,
    Supported,
    Verdict,
)


def evaluate(storage: Storage) -> Verdict:
    if not storage.encrypted.value:
        return Fail(f"{storage.name} does not encrypt new objects")
    return Pass(f"{storage.name} encrypts new objects")


CHECK = Check(
    id="storage_encrypted",
    title="Storage is encrypted at rest",
    why="Unencrypted objects can be read from a copied disk or through a fault of the storage service.",
    severity=Severity.HIGH,
    resource=Storage,
    needs=("encrypted",),
    practice="DATA-1.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Set a default encryption on the bucket (encryption.json; Properties > Default encryption), "
                "and copy older objects over themselves so that they are encrypted too.",
                "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-encryption.html",
                command=(
                    "aws s3api put-bucket-encryption --bucket {name} --server-side-encryption-configuration "
                    "file://encryption.json"
                ),
            )
        ),
        AZURE: Inherited(
            "Azure Storage encrypts all data in every storage account with 256-bit AES; it cannot be turned off.",
            "https://learn.microsoft.com/azure/storage/common/storage-service-encryption",
            limits=(
                "With Microsoft's keys unless the customer sets a key. Blobs written before October 20, 2017 were "
                "encrypted later, in the background."
            ),
        ),
        GCP: Inherited(
            "Cloud Storage encrypts all data on the server side before it is written to disk; it cannot be turned off.",
            "https://cloud.google.com/storage/docs/encryption",
            limits="With Google's keys unless the customer sets a key.",
        ),
    },
    examples=Examples(passes={"encrypted": True}, fails={"encrypted": False}),
)
