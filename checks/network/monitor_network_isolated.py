"""Containers of monitoring jobs can make no network calls of their own."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    Monitor,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(monitor: Monitor) -> Verdict:
    if not monitor.network_isolated.value:
        return Fail(f"the containers of {monitor.name} can make network calls")
    return Pass(f"the containers of {monitor.name} can make no network calls")


CHECK = Check(
    id="monitor_network_isolated",
    title="Monitoring jobs are cut off from the network",
    why=(
        "A monitoring job reads requests and answers of a live model. If its container can call out, "
        "so can whatever was smuggled into it."
    ),
    severity=Severity.MEDIUM,
    resource=Monitor,
    needs=("network_isolated",),
    practice="NET-3.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Create the job definition again with EnableNetworkIsolation in its NetworkConfig, and "
                "point the schedule to it.",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-scheduling.html",
            ),
            same_as=(
                "Security Hub SageMaker.14",
                "Security Hub SageMaker.11",
                "Security Hub SageMaker.12",
                "Security Hub SageMaker.25",
                "Security Hub SageMaker.20",
            ),
        ),
        AZURE: NotBuilt(
            "Azure Machine Learning model monitors run as jobs on serverless Spark compute; this version "
            "does not read monitors."
        ),
        GCP: NotBuilt(
            "Vertex AI Model Monitoring runs in the provider's network; this version does not read its monitors."
        ),
    },
    examples=Examples(
        passes={"network_isolated": True},
        fails={"network_isolated": False},
    ),
)
