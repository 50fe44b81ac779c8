"""Stores that AI workloads use are copied to another region or backed up."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    NotApplicable,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Storage,
    Supported,
    Verdict,
)


def evaluate(storage: Storage) -> Verdict:
    if not storage.ai_uses.value:
        return NotApplicable(f"No AI workload uses {storage.name}")
    kept = ", ".join(storage.ai_uses.value)
    if not storage.has_copy.value:
        return Fail(f"{storage.name} ({kept}) is neither copied to another region nor backed up")
    return Pass(f"{storage.name} ({kept}) is copied to another region or backed up")


CHECK = Check(
    id="storage_has_copy",
    title="AI data and models have a copy to recover from",
    why=(
        "Deletion, ransomware or the loss of a region takes every version in a store along. Retraining "
        "from nothing takes weeks, restoring a copy takes hours."
    ),
    severity=Severity.MEDIUM,
    resource=Storage,
    needs=("ai_uses", "has_copy"),
    practice="DATA-3.5",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Replicate the bucket to one in another region (replication.json: a rule without filter, with "
                "SSE-KMS objects selected), or add it to a backup plan of AWS Backup that copies recovery points "
                "to another region.",
                "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html",
                command=(
                    "aws s3api put-bucket-replication --bucket {name} --replication-configuration "
                    "file://replication.json"
                ),
                charges=("aws-s3-copy",),
            ),
            same_as=("Security Hub S3.7",),
        ),
        AZURE: NotBuilt(
            "Azure's counterpart is geo-redundant replication of the storage account (GRS or GZRS) or a vaulted "
            "blob backup; which accounts AI workloads use is not read yet."
        ),
        GCP: NotBuilt(
            "Google Cloud's counterpart is a dual-region or multi-region bucket; which buckets AI workloads use "
            "is not read yet."
        ),
    },
    examples=Examples(
        passes={"ai_uses": ("model artifacts",), "has_copy": True},
        fails={"ai_uses": ("model artifacts",), "has_copy": False},
        not_applicable={"ai_uses": ()},
    ),
)
