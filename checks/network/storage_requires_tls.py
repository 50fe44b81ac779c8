"""Object storage refuses requests without TLS."""

from auditor import AWS, AZURE, GCP, Check, Examples, Fail, Pass, Remediation, Severity, Storage, Supported, Verdict


def evaluate(storage: Storage) -> Verdict:
    if not storage.requires_tls.value:
        return Fail(f"{storage.name} accepts requests without TLS")
    return Pass(f"{storage.name} accepts requests over TLS only")


CHECK = Check(
    id="storage_requires_tls",
    title="Storage refuses requests without TLS",
    why="A request without TLS shows its data, and a signed link its signature, to everybody on the path.",
    severity=Severity.MEDIUM,
    resource=Storage,
    needs=("requires_tls",),
    practice="NET-1.3",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Add a bucket policy statement (policy.json) that denies s3:* to every principal where "
                "aws:SecureTransport is false, on the bucket and its objects.",
                "https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html",
                command="aws s3api put-bucket-policy --bucket {name} --policy file://policy.json",
            )
        ),
        AZURE: Supported(
            Remediation(
                "Turn on Secure transfer required and set the minimum TLS version to 1.2 (Settings > Configuration).",
                "https://learn.microsoft.com/azure/storage/common/storage-require-secure-transfer",
                command="az storage account update --ids {id} --https-only true --min-tls-version TLS1_2",
            )
        ),
        GCP: Supported(
            Remediation(
                "Enforce the organization policy storage.secureHttpTransport: without it the XML API of Cloud "
                "Storage also answers over plain HTTP.",
                "https://cloud.google.com/storage/docs/org-policy-constraints",
                command=(
                    "gcloud resource-manager org-policies enable-enforce storage.secureHttpTransport "
                    "--project={account}"
                ),
            )
        ),
    },
    examples=Examples(passes={"requires_tls": True}, fails={"requires_tls": False}),
)
