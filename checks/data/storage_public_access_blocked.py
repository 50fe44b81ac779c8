"""A setting makes public access to object storage impossible."""

from auditor import AWS, AZURE, GCP, Check, Examples, Fail, Pass, Remediation, Severity, Storage, Supported, Verdict


def evaluate(storage: Storage) -> Verdict:
    if not storage.public_access_blocked.value:
        return Fail(f"{storage.name} does not block public access")
    return Pass(f"{storage.name} blocks public access")


CHECK = Check(
    id="storage_public_access_blocked",
    title="Storage blocks public access",
    why="One careless policy edit publishes a training set. A block overrides that mistake.",
    severity=Severity.HIGH,
    resource=Storage,
    needs=("public_access_blocked",),
    practice="DATA-1.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Turn on all four settings of Block Public Access on the account, or on the bucket where a "
                "single bucket has to differ.",
                "https://docs.aws.amazon.com/AmazonS3/latest/userguide/configuring-block-public-access-account.html",
                command=(
                    "aws s3control put-public-access-block --account-id {account} "
                    "--public-access-block-configuration "
                    "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true"
                ),
            )
        ),
        AZURE: Supported(
            Remediation(
                "Turn off Allow Blob anonymous access (Settings > Configuration).",
                "https://learn.microsoft.com/azure/storage/blobs/anonymous-read-access-prevent",
                command="az storage account update --ids {id} --allow-blob-public-access false",
            )
        ),
        GCP: Supported(
            Remediation(
                "Enforce public access prevention on the bucket, or the organization policy "
                "storage.publicAccessPrevention.",
                "https://cloud.google.com/storage/docs/public-access-prevention",
                command="gcloud storage buckets update gs://{name} --public-access-prevention",
            )
        ),
    },
    examples=Examples(passes={"public_access_blocked": True}, fails={"public_access_blocked": False}),
)
