"""The monitors of production endpoints ran when they were due."""

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
    if not endpoint.monitored.value:
        return NotApplicable(f"{endpoint.name} has no monitor that could run; endpoint_monitored judges that")
    if not endpoint.monitor_ran.value:
        return Fail(f"the last run of a monitor of {endpoint.name} failed, is overdue, or never took place")
    return Pass(f"the last run of each monitor of {endpoint.name} completed")


CHECK = Check(
    id="endpoint_monitor_ran",
    title="Monitors of production endpoints run as scheduled",
    why=(
        "A schedule that fails every night looks like monitoring in an inventory, and sees nothing. "
        "Only completed runs show that somebody would have been told."
    ),
    severity=Severity.MEDIUM,
    resource=Endpoint,
    needs=(
        "runs_customer_code",
        "environment",
        "monitored",
        "monitor_ran",
    ),
    practice="APP-3.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Look up why the last executions failed (list-monitoring-executions), most often the "
                "permissions or the size of the job, and correct the job definition. Start a schedule "
                "that was stopped.",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-scheduling.html",
                charges=("aws-processing",),
            ),
        ),
        AZURE: NotBuilt(
            "Azure Machine Learning model monitors keep a history of their runs; this version does not read monitors."
        ),
        GCP: NotBuilt(
            "Vertex AI Model Monitoring keeps a history of its monitoring jobs; this version does not "
            "read its monitors."
        ),
    },
    examples=Examples(
        passes={
            "runs_customer_code": True,
            "environment": "production",
            "monitored": ("data quality",),
            "monitor_ran": True,
        },
        fails={
            "runs_customer_code": True,
            "environment": "production",
            "monitored": ("data quality",),
            "monitor_ran": False,
        },
        not_applicable={"runs_customer_code": False},
    ),
)
