"""No object storage can be read by the public."""

from auditor import AWS, AZURE, GCP, Check, Examples, Fail, Pass, Remediation, Severity, Storage, Supported, Verdict


def evaluate(storage: Storage) -> Verdict:
    if storage.public.value:
        return Fail(f"{storage.name} can be read by the public")
    return Pass(f"{storage.name} cannot be read by the public")


CHECK = Check(
    id="storage_not_public",
    title="Storage is not public",
    why="Open buckets are found by scanners within hours. Training data and model weights leave without any exploit.",
    severity=Severity.CRITICAL,
    resource=Storage,
    needs=("public",),
    practice="NET-1.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Turn on all four settings of Block Public Access, then remove the public statements of the "
                "bucket policy and the public grants of its ACL.",
                "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
                command=(
                    "aws s3api put-public-access-block --bucket {name} --public-access-block-configuration "
                    "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true"
                ),
            )
        ),
        AZURE: Supported(
            Remediation(
                "Turn off Allow Blob anonymous access (Settings > Configuration), and set the access level of "
                "each container to private.",
                "https://learn.microsoft.com/azure/storage/blobs/anonymous-read-access-prevent",
                command="az storage account update --ids {id} --allow-blob-public-access false",
            )
        ),
        GCP: Supported(
            Remediation(
                "Remove allUsers and allAuthenticatedUsers from the bucket's IAM policy and from the ACLs of "
                "its objects.",
                "https://cloud.google.com/storage/docs/using-public-access-prevention",
                command="gcloud storage buckets remove-iam-policy-binding gs://{name} --member=allUsers --role=ROLE",
            )
        ),
    },
    examples=Examples(passes={"public": False}, fails={"public": True}),
)
