"""Object storage is encrypted with a key the customer manages."""

from auditor import AWS, AZURE, GCP, Check, Examples, Fail, Pass, Remediation, Severity, Storage, Supported, Verdict


def evaluate(storage: Storage) -> Verdict:
    if not storage.customer_key.value:
        return Fail(f"{storage.name} is encrypted with the provider's key")
    return Pass(f"{storage.name} is encrypted with a key the customer manages")


CHECK = Check(
    id="storage_customer_key",
    title="Storage uses a customer-managed key",
    why=(
        "Training data and model artifacts lie here. With a key of its own the organization decides who "
        "can decrypt them, sees each use and can withdraw access."
    ),
    severity=Severity.MEDIUM,
    resource=Storage,
    needs=("customer_key",),
    practice="DATA-2.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Set the default encryption of the bucket to SSE-KMS with a customer-managed key and bucket "
                "key (encryption.json).",
                "https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html",
                command=(
                    "aws s3api put-bucket-encryption --bucket {name} --server-side-encryption-configuration "
                    "file://encryption.json"
                ),
                charges=("aws-kms-key",),
            )
        ),
        AZURE: Supported(
            Remediation(
                "Set a key from Key Vault on the storage account (Security + networking > Encryption), "
                "without a version so that it follows rotation.",
                "https://learn.microsoft.com/azure/storage/common/customer-managed-keys-configure-existing-account",
                command=(
                    "az storage account update --ids {id} --encryption-key-source Microsoft.Keyvault "
                    "--encryption-key-vault VAULT_URI --encryption-key-name KEY_NAME"
                ),
                charges=("azure-key",),
            )
        ),
        GCP: Supported(
            Remediation(
                "Set a Cloud KMS key of the same location as the bucket's default key, after granting it to "
                "the Cloud Storage service agent.",
                "https://cloud.google.com/storage/docs/encryption/using-customer-managed-keys",
                command="gcloud storage buckets update gs://{name} --default-encryption-key=KEY_ID",
                charges=("gcp-key",),
            )
        ),
    },
    examples=Examples(passes={"customer_key": True}, fails={"customer_key": False}),
)
