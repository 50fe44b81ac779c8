"""Calls to AI services in use are in an audit log with their caller."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    AiService,
    Check,
    Examples,
    Fail,
    NotApplicable,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(service: AiService) -> Verdict:
    if not service.in_use.value:
        return NotApplicable(f"{service.name} is not in use")
    if not service.data_plane_audit.value:
        return Fail(f"Not all calls to {service.name} are in an audit log")
    return Pass(f"Calls to {service.name} are in an audit log")


CHECK = Check(
    id="ai_service_data_plane_audited",
    title="Calls to AI services are in an audit log",
    why=(
        "Management logs show that a model exists, not who called it. Data events answer the first "
        "question after a leak."
    ),
    severity=Severity.MEDIUM,
    resource=AiService,
    needs=("in_use", "data_plane_audit"),
    practice="DATA-2.5",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Add the service's data events (resources.type AWS::Bedrock::Model or "
                "AWS::SageMaker::Endpoint, and the types of agents, flows, knowledge bases, guardrails, AgentCore "
                "runtimes and gateways or feature groups that exist; selectors.json) to a trail of the region.",
                "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html",
                command=(
                    "aws cloudtrail put-event-selectors --trail-name TRAIL --advanced-event-selectors "
                    "file://selectors.json"
                ),
                charges=("aws-cloudtrail-data", "aws-s3-storage"),
            )
        ),
        AZURE: Supported(
            Remediation(
                "Create a diagnostic setting on the resource (Monitoring > Diagnostic settings) with the "
                "audit category group (logs.json) to a Log Analytics workspace or storage account.",
                "https://learn.microsoft.com/azure/azure-monitor/platform/diagnostic-settings",
                command=(
                    "az monitor diagnostic-settings create --name EXPORT --resource {id} --workspace "
                    "WORKSPACE_ID --logs @logs.json"
                ),
                charges=("azure-logs", "azure-storage"),
            )
        ),
        GCP: Supported(
            Remediation(
                "Turn on the Data Access audit logs Data Read and Data Write for the Vertex AI API (IAM & "
                "Admin > Audit Logs), without exempted principals.",
                "https://cloud.google.com/logging/docs/audit/configure-data-access",
                charges=("gcp-logs",),
            )
        ),
    },
    examples=Examples(
        passes={"in_use": True, "data_plane_audit": True},
        fails={"in_use": True, "data_plane_audit": False},
        not_applicable={"in_use": False},
    ),
)
