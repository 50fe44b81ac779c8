"""Secrets rotate automatically, and no rotation was missed."""

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
        return NotApplicable(f"{secret.name} is made and rotated by a service of the provider")
    if not secret.rotates.value:
        return Fail(f"{secret.name} is not rotated, or its last rotation was missed")
    return Pass(f"{secret.name} is rotated automatically and on time")


CHECK = Check(
    id="secret_rotates",
    title="Secrets rotate",
    why=(
        "A password that never changes works for everybody who ever saw it: former colleagues, old images, "
        "copied notebooks."
    ),
    severity=Severity.MEDIUM,
    resource=Secret,
    needs=("managed", "rotates"),
    practice="DATA-2.4",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Turn on automatic rotation with a rotation function (Secrets Manager > the secret > "
                "Rotation), and read the function's log if a rotation was missed.",
                "https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets.html",
                command=(
                    "aws secretsmanager rotate-secret --secret-id {id} --rotation-lambda-arn FUNCTION_ARN "
                    "--rotation-rules AutomaticallyAfterDays=30 --region {location}"
                ),
                charges=("aws-lambda",),
            ),
            same_as=("Security Hub SecretsManager.1", "Security Hub SecretsManager.4"),
        ),
        AZURE: NotBuilt(
            "Expiry and near-expiry events of secrets in Key Vault, which drive their rotation, are not read."
        ),
        GCP: NotBuilt("The rotation schedule of secrets in Secret Manager is not read."),
    },
    examples=Examples(
        passes={"managed": False, "rotates": True},
        fails={"managed": False, "rotates": False},
        not_applicable={"managed": True},
    ),
)
