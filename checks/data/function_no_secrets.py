"""No function that fronts AI keeps secrets in its environment variables."""

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
    if function.secrets.value:
        return Fail(f"{function.name} has variables that look like secrets: {', '.join(function.secrets.value)}")
    return Pass(f"{function.name} has no variable that looks like a secret")


CHECK = Check(
    id="function_no_secrets",
    title="Functions in front of AI keep no secrets in environment variables",
    why=(
        "Keys of model providers often end up in variables. Everyone who may list functions reads them there, and "
        "they never rotate."
    ),
    severity=Severity.HIGH,
    resource=Function,
    needs=("fronts_ai", "secrets"),
    practice="DATA-2.4",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                (
                    "Move the value to AWS Secrets Manager, let the function read it at run time with its own "
                    "role, remove the variable, and replace the secret: it counts as known."
                ),
                "https://docs.aws.amazon.com/lambda/latest/dg/with-secrets-manager.html",
                charges=("aws-secret",),
            ),
        ),
        AZURE: NotBuilt(
            "The counterpart is Azure Functions whose managed identity may call a model; their application "
            "settings would have to be listed, which returns the values themselves."
        ),
        GCP: NotBuilt(
            "The counterpart is Cloud Run functions whose service account may call a model; their environment "
            "variables would have to be read and redacted."
        ),
    },
    examples=Examples(
        passes={"fronts_ai": True, "secrets": ()},
        fails={"fronts_ai": True, "secrets": ("OPENAI_API_KEY (openai)",)},
        not_applicable={"fronts_ai": False},
    ),
)
