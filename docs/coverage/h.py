"""Part H of the table: keys and secrets."""

from docs.coverage import Row

ROWS: tuple[Row, ...] = (
    Row(
        id="H01",
        title="Keys of the customer rotate at least once a year",
        calls=("kms:GetKeyRotationStatus",),
        paths=(".KeyRotationEnabled", ".RotationPeriodInDays"),
        practice="DATA-3.1",
        checks=("key_rotates",),
    ),
    Row(
        id="H02",
        title="Keys of the customer can be used and are not about to be deleted",
        calls=("kms:DescribeKey",),
        paths=(".KeyMetadata.KeyManager", ".KeyMetadata.KeyState"),
        practice="DATA-2.3",
        checks=("key_enabled",),
    ),
    Row(
        id="H03",
        title="No key is open to everybody",
        calls=("kms:GetKeyPolicy",),
        paths=(".Policy",),
        practice="DATA-3.2",
        checks=("key_not_public",),
    ),
    Row(
        id="H04",
        title="Classes of AI data have keys of their own",
        calls=("kms:DescribeKey",),
        paths=(".KeyMetadata.KeyManager",),
        practice="DATA-3.2",
        checks=("account_keys_separated",),
    ),
    Row(
        id="H05",
        title="Secrets rotate on time and are encrypted with the customer's key",
        calls=("secretsmanager:ListSecrets",),
        paths=(
            ".SecretList[].RotationEnabled",
            ".SecretList[].LastRotatedDate",
            ".SecretList[].RotationRules.AutomaticallyAfterDays",
            ".SecretList[].KmsKeyId",
        ),
        practice="DATA-2.4",
        checks=("secret_rotates", "secret_customer_key"),
    ),
)
