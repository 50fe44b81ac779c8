"""Nobody can open a shell in an endpoint's containers."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Endpoint,
    Examples,
    Fail,
    NotApplicable,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(endpoint: Endpoint) -> Verdict:
    if not endpoint.runs_customer_code.value:
        return NotApplicable(f"{endpoint.name} runs no container of the customer's")
    if endpoint.shell_access.value:
        return Fail(f"a shell can be opened in the containers of {endpoint.name}")
    return Pass(f"no shell can be opened in the containers of {endpoint.name}")


CHECK = Check(
    id="endpoint_no_shell",
    title="Nobody can open a shell in an endpoint's containers",
    why=("A shell in a serving container reads requests as they pass, and acts with the rights of the model."),
    severity=Severity.MEDIUM,
    resource=Endpoint,
    needs=("runs_customer_code", "shell_access"),
    practice="ID-2.6",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Create an endpoint configuration without EnableSSMAccess on any variant (NEW_CONFIG), and "
                "update the endpoint to it.",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/ssm-access.html",
                command=(
                    "aws sagemaker update-endpoint --endpoint-name {name} --endpoint-config-name NEW_CONFIG "
                    "--region {location}"
                ),
            )
        ),
        AZURE: NotBuilt(
            "Managed online endpoints open no shell; a deployment on a Kubernetes cluster does, which "
            "this version does not tell apart."
        ),
        GCP: NotBuilt(
            "A deployed model takes enableContainerLogging and, for custom training, a web shell; whether "
            "serving has one is not read in this version."
        ),
    },
    examples=Examples(
        passes={"runs_customer_code": True, "shell_access": False},
        fails={"runs_customer_code": True, "shell_access": True},
        not_applicable={"runs_customer_code": False},
    ),
)
