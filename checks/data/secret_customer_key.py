"""Secrets are encrypted with a key the customer manages."""

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
    Secret,
    Severity,
    Supported,
    Verdict,
)


def evaluate(secret: Secret) -> Verdict:
    if secret.managed.value:
        return NotApplicable(f"{secret.name} is made by a service of the provider")
    if not secret.customer_key.value:
        return Fail(f"{secret.name} is encrypted with a key of the provider's")
    return Pass(f"{secret.name} is encrypted with a key the customer manages")


CHECK = Check(
    id="secret_customer_key",
    title="Secrets use customer-managed keys",
    why=(
        "The provider's default key lets everybody decrypt who may read secrets in the account. A key of your "
        "own is a second lock with its own list."
    ),
    severity=Severity.LOW,
    resource=Secret,
    needs=("managed", "customer_key"),
    practice="DATA-2.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Set a customer-managed KMS key as the encryption key of the secret (Secrets Manager > the "
                "secret > Actions > Edit encryption key).",
                "https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html",
                command="aws secretsmanager update-secret --secret-id {id} --kms-key-id KEY_ARN --region {location}",
                charges=("aws-kms-key",),
            ),
        ),
        AZURE: NotBuilt(
            "Secrets lie in a Key Vault, whose protection by hardware and by network is not read for this."
        ),
        GCP: NotBuilt("The customer-managed key of secrets in Secret Manager is not read."),
    },
    examples=Examples(
        passes={"managed": False, "customer_key": True},
        fails={"managed": False, "customer_key": False},
        not_applicable={"managed": True},
    ),
)
