"""Environment variables of functions that front AI are encrypted with a key the customer manages."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    Function,
    NotApplicable,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(function: Function) -> Verdict:
    if not function.fronts_ai.value:
        return NotApplicable(f"{function.name} may call no model or agent")
    if not function.has_variables.value:
        return NotApplicable(f"{function.name} has no environment variables to encrypt")
    if not function.customer_key.value:
        return Fail(f"{function.name} has variables encrypted with the provider's key")
    return Pass(f"{function.name} has variables encrypted with a key the customer manages")


CHECK = Check(
    id="function_customer_key",
    title="Functions in front of AI use a customer-managed key for their variables",
    why=(
        "Variables name prompts, endpoints and indexes of an AI application. With a key of the customer's, "
        "reading them needs a right of its own that can be withdrawn."
    ),
    severity=Severity.LOW,
    resource=Function,
    needs=("fronts_ai", "has_variables", "customer_key"),
    practice="DATA-2.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                (
                    "Set a customer-managed KMS key for the environment variables of the function, and let its "
                    "role and those who deploy it use the key."
                ),
                "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html",
                command=(
                    "aws lambda update-function-configuration --function-name {name} --kms-key-arn KEY_ARN "
                    "--region {location}"
                ),
                charges=("aws-kms-key",),
            ),
        ),
        AZURE: NotBuilt(
            "The counterpart is Azure Functions whose managed identity may call a model; their settings are "
            "encrypted by the platform, or kept in Key Vault by reference."
        ),
        GCP: NotBuilt(
            "The counterpart is Cloud Run functions whose service account may call a model; their CMEK "
            "setting (kmsKeyName) would have to be read."
        ),
    },
    examples=Examples(
        passes={"fronts_ai": True, "has_variables": True, "customer_key": True},
        fails={"fronts_ai": True, "has_variables": True, "customer_key": False},
        not_applicable={"fronts_ai": False},
    ),
)
