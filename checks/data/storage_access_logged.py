"""Reads and writes of objects that AI workloads use are logged."""

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
    if not storage.access_logged.value:
        return Fail(f"Nothing logs who reads and writes the objects of {storage.name} ({kept})")
    return Pass(f"Reads and writes of the objects of {storage.name} ({kept}) are logged")


CHECK = Check(
    id="storage_access_logged",
    title="Access to AI data and models is logged",
    why=(
        "After a leak the question is who read which data set, and after a poisoning who wrote it. Only a "
        "log of single objects answers either."
    ),
    severity=Severity.MEDIUM,
    resource=Storage,
    needs=("ai_uses", "access_logged"),
    practice="DATA-2.5",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Add the bucket to the S3 data events of a trail (AWS::S3::Object, read and write; "
                "selectors.json), or turn on server access logging for it (Properties > Server access logging).",
                "https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html",
                command=(
                    "aws cloudtrail put-event-selectors --trail-name TRAIL --advanced-event-selectors "
                    "file://selectors.json --region {location}"
                ),
                charges=("aws-cloudtrail-data", "aws-s3-storage"),
            ),
            same_as=(
                "Security Hub S3.9",
                "Security Hub S3.22",
                "Security Hub S3.23",
            ),
        ),
        AZURE: NotBuilt(
            "Azure's counterpart is a diagnostic setting for reads, writes and deletes of blobs on the storage "
            "account; which accounts AI workloads use is not read yet."
        ),
        GCP: NotBuilt(
            "Google Cloud's counterpart is Data Access audit logs for Cloud Storage; which buckets AI workloads "
            "use is not read yet."
        ),
    },
    examples=Examples(
        passes={"ai_uses": ("model artifacts",), "access_logged": True},
        fails={"ai_uses": ("model artifacts",), "access_logged": False},
        not_applicable={"ai_uses": ()},
    ),
)
