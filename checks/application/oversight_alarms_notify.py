"""An alarm on AI metrics tells somebody."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    NotBuilt,
    Oversight,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(oversight: Oversight) -> Verdict:
    if not oversight.alarms.value:
        return Fail(f"No alarm on a metric of an AI service notifies anybody under the {oversight.name}")
    return Pass(f"An alarm on a metric of an AI service notifies somebody under the {oversight.name}")


CHECK = Check(
    id="oversight_alarms_notify",
    title="Alarms on AI metrics notify somebody",
    why=(
        "Floods of prompts, failing endpoints and stolen capacity show in metrics first. An alarm without "
        "a recipient is a line on a chart."
    ),
    severity=Severity.MEDIUM,
    resource=Oversight,
    needs=("alarms",),
    practice="APP-2.5",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Create an alarm or anomaly detection alarm on invocations, errors and throttles of "
                "Bedrock and SageMaker, with an SNS topic as its action.",
                "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html",
                charges=("aws-alarm",),
            ),
        ),
        AZURE: NotBuilt(
            "Azure's counterpart is metric alerts of Azure Monitor with an action group; this version "
            "does not read them."
        ),
        GCP: NotBuilt(
            "Google Cloud's counterpart is alerting policies of Cloud Monitoring; this version does not read them."
        ),
    },
    examples=Examples(passes={"alarms": True}, fails={"alarms": False}),
)
