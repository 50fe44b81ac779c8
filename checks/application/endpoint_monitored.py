"""Production endpoints are watched by an active monitoring schedule."""

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
        return NotApplicable(f"{endpoint.name} serves a model that the provider runs, which no monitor can watch")
    if endpoint.environment.value != "production":
        return NotApplicable(f"{endpoint.name} is not a production endpoint")
    watched = endpoint.monitored.value
    if not watched:
        return Fail(f"no active schedule monitors {endpoint.name}")
    return Pass(f"{endpoint.name} is monitored by schedule for {', '.join(watched)}")


CHECK = Check(
    id="endpoint_monitored",
    title="Production endpoints have an active monitor",
    why=(
        "Inputs drift, and attackers steer them. Without a monitor that compares requests with a "
        "baseline, a model goes wrong for weeks before anybody notices."
    ),
    severity=Severity.MEDIUM,
    resource=Endpoint,
    needs=(
        "runs_customer_code",
        "environment",
        "monitored",
    ),
    practice="APP-3.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Capture requests of the endpoint, make a baseline, and create a monitoring schedule for "
                "at least data quality (a job definition, and a cron expression).",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor.html",
                charges=("aws-processing", "aws-s3-storage"),
            ),
        ),
        AZURE: NotBuilt(
            "Azure Machine Learning model monitors watch deployments for drift on a schedule; this "
            "version does not read monitors."
        ),
        GCP: NotBuilt(
            "Vertex AI Model Monitoring watches endpoints for skew and drift on a schedule; this version "
            "does not read its monitors."
        ),
    },
    examples=Examples(
        passes={"runs_customer_code": True, "environment": "production", "monitored": ("data quality",)},
        fails={"runs_customer_code": True, "environment": "production", "monitored": ()},
        not_applicable={"runs_customer_code": False},
    ),
)
