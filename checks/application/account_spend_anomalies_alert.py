"""Somebody is told when a service costs more than usual."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    AccountSettings,
    Check,
    Examples,
    Fail,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(account: AccountSettings) -> Verdict:
    if not account.spend_anomaly_alert.value:
        return Fail(f"{account.name} tells nobody when a service costs more than usual")
    return Pass(f"{account.name} tells somebody when a service costs more than usual")


CHECK = Check(
    id="account_spend_anomalies_alert",
    title="Unusual spending on a service is reported",
    why=(
        "A budget speaks up when the month's money runs out. A monitor of anomalies sees the day on which "
        "somebody else began to spend it."
    ),
    severity=Severity.LOW,
    resource=AccountSettings,
    needs=("spend_anomaly_alert",),
    practice="APP-2.5",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Create a cost anomaly monitor of type AWS services with an alert subscription. In an "
                "organization that is done in the management account, which only its own audit sees.",
                "https://docs.aws.amazon.com/cost-management/latest/userguide/getting-started-ad.html",
            ),
        ),
        AZURE: NotBuilt(
            "Azure's counterpart is anomaly alerts of Microsoft Cost Management; this version does not read them."
        ),
        GCP: NotBuilt(
            "Google Cloud's counterpart is the anomaly detection of Cloud Billing; this version does not read it."
        ),
    },
    examples=Examples(passes={"spend_anomaly_alert": True}, fails={"spend_anomaly_alert": False}),
)
