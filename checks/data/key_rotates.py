"""Keys the customer manages rotate automatically at least once a year."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    Key,
    NotApplicable,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)

MAX_DAYS = 365


def evaluate(key: Key) -> Verdict:
    if not key.customer_managed.value:
        return NotApplicable(f"{key.name} is managed by the provider")
    if not key.enabled.value:
        return NotApplicable(f"{key.name} is not enabled")
    if not key.rotatable.value:
        return NotApplicable(f"{key.name} is of a type the service cannot rotate")
    days = key.rotation_days.value
    if days is None:
        return Fail(f"{key.name} does not rotate automatically")
    if days > MAX_DAYS:
        return Fail(f"{key.name} rotates every {days} days, which is more than {MAX_DAYS}")
    return Pass(f"{key.name} rotates every {days} days")


CHECK = Check(
    id="key_rotates",
    title="Customer-managed keys rotate at least once a year",
    why=(
        "The longer one version of a key is in use, the more data a single leak exposes. Rotation that "
        "depends on memory does not happen."
    ),
    severity=Severity.MEDIUM,
    resource=Key,
    needs=("customer_managed", "enabled", "rotatable", "rotation_days"),
    practice="DATA-3.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Turn on automatic rotation with a period of at most 365 days (KMS > Customer managed keys > "
                "the key > Key rotation).",
                "https://docs.aws.amazon.com/kms/latest/developerguide/rotating-keys-enable.html",
                command="aws kms enable-key-rotation --key-id {id} --rotation-period-in-days 365 --region {location}",
                charges=("aws-kms-key",),
            )
        ),
        AZURE: Supported(
            Remediation(
                "Set a rotation policy with a rotate action at most one year after creation (policy.json; Key "
                "Vault > Keys > the key > Rotation policy).",
                "https://learn.microsoft.com/azure/key-vault/keys/how-to-configure-key-rotation",
                command="az keyvault key rotation-policy update --vault-name VAULT --name {name} --value policy.json",
                charges=("azure-key",),
            )
        ),
        GCP: Supported(
            Remediation(
                "Set a rotation period of at most 365 days and the time of the next rotation.",
                "https://cloud.google.com/kms/docs/rotate-key",
                command="gcloud kms keys update {id} --rotation-period=90d --next-rotation-time=NEXT_TIME",
                charges=("gcp-key",),
            )
        ),
    },
    examples=Examples(
        passes={"customer_managed": True, "enabled": True, "rotatable": True, "rotation_days": 90},
        fails={"customer_managed": True, "enabled": True, "rotatable": True, "rotation_days": None},
        not_applicable={"customer_managed": False},
    ),
)
