"""Machines of distributed monitoring jobs encrypt what they send each other."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    Monitor,
    NotApplicable,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(monitor: Monitor) -> Verdict:
    encrypted = monitor.traffic_encrypted.value
    if encrypted is None:
        return NotApplicable(f"{monitor.name} runs on one machine")
    if not encrypted:
        return Fail(f"the machines of {monitor.name} talk to each other without encryption")
    return Pass(f"the machines of {monitor.name} encrypt what they send each other")


CHECK = Check(
    id="monitor_traffic_encrypted",
    title="Monitoring jobs encrypt traffic between machines",
    why=(
        "A monitoring job on several machines passes captured requests between them. In clear text "
        "they can be read on the way."
    ),
    severity=Severity.MEDIUM,
    resource=Monitor,
    needs=("traffic_encrypted",),
    practice="NET-3.4",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Create the job definition again with EnableInterContainerTrafficEncryption in its "
                "NetworkConfig, and point the schedule to it.",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-scheduling.html",
            ),
            same_as=(
                "Security Hub SageMaker.22",
                "Security Hub SageMaker.9",
                "Security Hub SageMaker.15",
                "Security Hub SageMaker.13",
                "Security Hub SageMaker.10",
            ),
        ),
        AZURE: NotBuilt(
            "Azure Machine Learning model monitors run on Spark compute, whose settings decide this; this "
            "version does not read monitors."
        ),
        GCP: NotBuilt(
            "Vertex AI Model Monitoring runs on machines of the provider; this version does not read its monitors."
        ),
    },
    examples=Examples(
        passes={"traffic_encrypted": True},
        fails={"traffic_encrypted": False},
        not_applicable={"traffic_encrypted": None},
    ),
)
