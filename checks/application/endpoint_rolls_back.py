"""A deployment that raises an alarm is rolled back."""

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
    rolls_back = endpoint.rolls_back.value
    if rolls_back is None:
        return NotApplicable(f"deployments to {endpoint.name} cannot be watched by alarms")
    if not rolls_back:
        return Fail(f"no alarm rolls a deployment to {endpoint.name} back")
    return Pass(f"an alarm rolls a bad deployment to {endpoint.name} back")


CHECK = Check(
    id="endpoint_rolls_back",
    title="Deployments to endpoints roll back on an alarm",
    why=(
        "A bad model version shows in errors and latency within minutes. An alarm that undoes the "
        "deployment acts before anybody has read the page."
    ),
    severity=Severity.MEDIUM,
    resource=Endpoint,
    needs=("rolls_back",),
    practice="APP-3.5",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Update the endpoint with a deployment configuration (deployment.json) that names at least "
                "one CloudWatch alarm in AutoRollbackConfiguration.",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-configuration.html",
                command=(
                    "aws sagemaker update-endpoint --endpoint-name {name} --endpoint-config-name NEW_CONFIG "
                    "--deployment-config file://deployment.json --region {location}"
                ),
                charges=("aws-alarm",),
            )
        ),
        AZURE: NotBuilt(
            "Azure Machine Learning shifts traffic between deployments by hand or by pipeline; no setting "
            "of the endpoint rolls back, and pipelines are not read."
        ),
        GCP: NotBuilt(
            "Vertex AI splits traffic between deployed models; no setting of the endpoint rolls back, and "
            "pipelines are not read."
        ),
    },
    examples=Examples(passes={"rolls_back": True}, fails={"rolls_back": False}, not_applicable={"rolls_back": None}),
)
