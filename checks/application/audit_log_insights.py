"""Complete audit logs notice unusual rates of calls."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    AuditLog,
    Check,
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


def evaluate(audit: AuditLog) -> Verdict:
    if not (audit.active.value and audit.complete.value):
        return NotApplicable(f"{audit.name} is no active log of every management event")
    if not audit.insights.value:
        return Fail(f"{audit.name} does not notice unusual rates of calls")
    return Pass(f"{audit.name} notices unusual rates of calls")


CHECK = Check(
    id="audit_log_insights",
    title="Audit logs notice unusual rates of calls",
    why=(
        "Somebody who copies models or builds endpoints with stolen credentials calls far more often than "
        "the account ever did. An analysis of call rates shows it while it happens."
    ),
    severity=Severity.LOW,
    resource=AuditLog,
    needs=("active", "complete", "insights"),
    practice="APP-4.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Turn on CloudTrail Insights for the API call rate on the trail (CloudTrail > Trails > Insights "
                "events).",
                "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-insights-events-with-"
                "cloudtrail.html",
                command=(
                    "aws cloudtrail put-insight-selectors --trail-name {name} --insight-selectors "
                    "InsightType=ApiCallRateInsight --region {location}"
                ),
                charges=("aws-cloudtrail-insights",),
            )
        ),
        AZURE: NotBuilt(
            "Azure's counterpart is anomaly analytics of Microsoft Sentinel over the activity log; this version "
            "does not read Sentinel."
        ),
        GCP: NotBuilt(
            "Google Cloud's counterpart is Event Threat Detection of Security Command Center over audit logs; "
            "that setting is read for threat detection only."
        ),
    },
    examples=Examples(
        passes={"active": True, "complete": True, "insights": True},
        fails={"active": True, "complete": True, "insights": False},
        not_applicable={"active": False, "complete": False},
    ),
)
