"""Endpoints log the requests they answer."""

from auditor import AWS, AZURE, GCP, Check, Endpoint, Examples, Fail, Pass, Remediation, Severity, Supported, Verdict


def evaluate(endpoint: Endpoint) -> Verdict:
    if not endpoint.invocation_logging.value:
        return Fail(f"{endpoint.name} does not log invocations")
    return Pass(f"{endpoint.name} logs invocations")


CHECK = Check(
    id="endpoint_invocations_logged",
    title="Endpoints log invocations",
    why=(
        "Abuse, data leaks and attempts to copy the model leave traces in invocation logs only. Without "
        "them there is no case to study."
    ),
    severity=Severity.HIGH,
    resource=Endpoint,
    needs=("invocation_logging",),
    practice="APP-1.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Create an endpoint configuration with data capture on for requests and responses "
                "(NEW_CONFIG), and update the endpoint to it. For a Bedrock provisioned throughput, turn on "
                "model invocation logging in the region.",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html",
                command=(
                    "aws sagemaker update-endpoint --endpoint-name {name} --endpoint-config-name NEW_CONFIG "
                    "--region {location}"
                ),
                charges=("aws-logs", "aws-s3-storage"),
            )
        ),
        AZURE: Supported(
            Remediation(
                "Create a diagnostic setting on the endpoint with the category AmlOnlineEndpointTrafficLog "
                "(logs.json), or turn on data collection on its deployments.",
                "https://learn.microsoft.com/azure/machine-learning/how-to-monitor-online-endpoints",
                command=(
                    "az monitor diagnostic-settings create --name EXPORT --resource {id} --workspace "
                    "WORKSPACE_ID --logs @logs.json"
                ),
                charges=("azure-logs", "azure-storage"),
            )
        ),
        GCP: Supported(
            Remediation(
                "Turn on request-response logging to BigQuery on the endpoint "
                "(predictRequestResponseLoggingConfig), or access logging when deploying the model.",
                "https://cloud.google.com/vertex-ai/docs/predictions/online-prediction-logging",
                charges=("gcp-bigquery", "gcp-logs"),
            )
        ),
    },
    examples=Examples(passes={"invocation_logging": True}, fails={"invocation_logging": False}),
)
