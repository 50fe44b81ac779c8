"""No variable of a model holds a secret."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    Model,
    NotApplicable,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(model: Model) -> Verdict:
    if not model.runs_containers.value:
        return NotApplicable(f"{model.name} is run by the provider, in containers of its own")
    if model.secrets.value:
        return Fail(f"variables of {model.name} look like secrets: {', '.join(model.secrets.value)}")
    return Pass(f"no variable of {model.name} looks like a secret")


CHECK = Check(
    id="model_no_secrets",
    title="Model variables hold no secrets",
    why=(
        "Whoever may describe a model reads its environment. A token for a hub or a database that "
        "stands there belongs to all of them."
    ),
    severity=Severity.HIGH,
    resource=Model,
    needs=("runs_containers", "secrets"),
    practice="DATA-2.4",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Change the secret, keep the new one in Secrets Manager, and let the container fetch it with "
                "the model's role. Create the model again without the variable.",
                "https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets.html",
                charges=("aws-secret",),
            )
        ),
        AZURE: NotBuilt(
            "Variables stand on the deployment of an online endpoint, not on the model; this version does "
            "not read them."
        ),
        GCP: NotBuilt("A Vertex AI model has variables in containerSpec.env, which this version does not read."),
    },
    examples=Examples(
        passes={"runs_containers": True, "secrets": ()},
        fails={"runs_containers": True, "secrets": ("HF_TOKEN (token)",)},
        not_applicable={"runs_containers": False},
    ),
)
