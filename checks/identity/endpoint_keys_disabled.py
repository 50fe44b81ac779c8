"""Endpoints take cloud identities only, not static keys."""

from auditor import AWS, AZURE, GCP, Check, Endpoint, Examples, Fail, Pass, Remediation, Severity, Supported, Verdict


def evaluate(endpoint: Endpoint) -> Verdict:
    if endpoint.key_authentication.value:
        return Fail(f"{endpoint.name} accepts a static key")
    return Pass(f"{endpoint.name} accepts cloud identities only")


CHECK = Check(
    id="endpoint_keys_disabled",
    title="Endpoints do not accept static keys",
    why="An endpoint key is shared by all callers, does not expire, and cannot be withdrawn from one of them alone.",
    severity=Severity.HIGH,
    resource=Endpoint,
    needs=("key_authentication",),
    practice="ID-2.3",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Deactivate the Bedrock API keys that can call the model, and let callers sign requests as a "
                "role. SageMaker endpoints take signed requests only.",
                "https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html",
                command=(
                    "aws iam update-service-specific-credential --user-name USER "
                    "--service-specific-credential-id CREDENTIAL_ID --status Inactive"
                ),
            )
        ),
        AZURE: Supported(
            Remediation(
                "Create the endpoint with auth_mode: aad_token, give callers the role Azure Machine Learning "
                "Data Scientist or a custom one with the score action, and move the traffic.",
                "https://learn.microsoft.com/azure/machine-learning/how-to-authenticate-online-endpoint",
            )
        ),
        GCP: Supported(
            Remediation(
                "Restrict each API key of the project to APIs other than Vertex AI (SERVICE), or delete it, "
                "and let callers use service accounts.",
                "https://cloud.google.com/docs/authentication/api-keys-best-practices",
                command="gcloud services api-keys update KEY_ID --api-target=service=SERVICE --project={account}",
            )
        ),
    },
    examples=Examples(passes={"key_authentication": False}, fails={"key_authentication": True}),
)
