"""Endpoints that run customer code run as an identity of their own."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Endpoint,
    Examples,
    Fail,
    NotApplicable,
    Pass,
    Provider,
    Ref,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(endpoint: Endpoint) -> Verdict:
    if not endpoint.runs_customer_code.value:
        return NotApplicable(f"{endpoint.name} runs no code of the customer's")
    if not endpoint.identity.value:
        return Fail(f"{endpoint.name} runs customer code without an identity")
    return Pass(f"{endpoint.name} runs as {', '.join(str(ref) for ref in endpoint.identity.value)}")


CHECK = Check(
    id="endpoint_has_identity",
    title="Endpoints with customer code run as a cloud identity",
    why=(
        "Model code without an identity is given stored keys to reach its data. Keys in images and "
        "settings leak, and what is done with them cannot be told apart."
    ),
    severity=Severity.MEDIUM,
    resource=Endpoint,
    needs=("runs_customer_code", "identity"),
    practice="ID-1.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Create the model again with an execution role (ExecutionRoleArn), put it into a new endpoint "
                "configuration, and update the endpoint to that configuration (NEW_CONFIG).",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html",
                command=(
                    "aws sagemaker update-endpoint --endpoint-name {name} --endpoint-config-name NEW_CONFIG "
                    "--region {location}"
                ),
            )
        ),
        AZURE: Supported(
            Remediation(
                "The identity of an endpoint is fixed when it is created. Create the endpoint again with a "
                "system-assigned or user-assigned identity (identity: in its YAML) and move the traffic.",
                "https://learn.microsoft.com/azure/machine-learning/how-to-access-resources-from-endpoints-managed-identities",
            )
        ),
        GCP: Supported(
            Remediation(
                "Deploy the model again with a service account made for it (the deployment's Service account "
                "field, or --service-account), then undeploy the old one.",
                "https://cloud.google.com/vertex-ai/docs/general/custom-service-account",
                command=(
                    "gcloud ai endpoints deploy-model {id} --model=MODEL_ID --display-name=DEPLOYMENT "
                    "--service-account=SERVICE_ACCOUNT_EMAIL --region={location} --project={account}"
                ),
            )
        ),
    },
    examples=Examples(
        passes={
            "runs_customer_code": True,
            "identity": (Ref("Identity", Provider.AWS, "123456789012", "arn:aws:iam::123456789012:role/inference"),),
        },
        fails={"runs_customer_code": True, "identity": ()},
        not_applicable={"runs_customer_code": False},
    ),
)
