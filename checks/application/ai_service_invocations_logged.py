"""Model APIs in use log the invocations of foundation models."""

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
    if not service.generative.value:
        return NotApplicable(f"{service.name} serves no foundation models directly")
    if not service.invocation_logging.value:
        return Fail(f"{service.name} does not log model invocations")
    return Pass(f"{service.name} logs model invocations")


CHECK = Check(
    id="ai_service_invocations_logged",
    title="Model APIs log invocations",
    why=(
        "Prompt abuse and leaked answers leave traces in invocation logs only. Without them an incident "
        "cannot even be described."
    ),
    severity=Severity.HIGH,
    resource=AiService,
    needs=("in_use", "generative", "invocation_logging"),
    practice="APP-1.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Turn on model invocation logging in the region (Bedrock > Settings), with text delivery to "
                "CloudWatch Logs or S3 (logging.json).",
                "https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html",
                command=(
                    "aws bedrock put-model-invocation-logging-configuration --logging-config file://logging.json "
                    "--region {location}"
                ),
                charges=("aws-logs", "aws-s3-storage"),
            )
        ),
        AZURE: Supported(
            Remediation(
                "Create a diagnostic setting on the account with the category RequestResponse (logs.json) to "
                "a Log Analytics workspace or storage account.",
                "https://learn.microsoft.com/azure/ai-services/diagnostic-logging",
                command=(
                    "az monitor diagnostic-settings create --name EXPORT --resource {id} --workspace "
                    "WORKSPACE_ID --logs @logs.json"
                ),
                charges=("azure-logs", "azure-storage"),
            )
        ),
        GCP: Supported(
            Remediation(
                "Turn on request-response logging for the foundation models in use (setPublisherModelConfig "
                "with loggingConfig) to a BigQuery table.",
                "https://cloud.google.com/vertex-ai/generative-ai/docs/multimodal/request-response-logging",
                charges=("gcp-bigquery",),
            )
        ),
    },
    examples=Examples(
        passes={"in_use": True, "generative": True, "invocation_logging": True},
        fails={"in_use": True, "generative": True, "invocation_logging": False},
        not_applicable={"in_use": True, "generative": False},
    ),
)
