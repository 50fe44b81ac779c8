"""No endpoint answers callers without credentials."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Endpoint,
    Examples,
    Fail,
    Inherited,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(endpoint: Endpoint) -> Verdict:
    if endpoint.anonymous.value:
        return Fail(f"{endpoint.name} answers callers without credentials")
    return Pass(f"{endpoint.name} answers only callers with credentials")


CHECK = Check(
    id="endpoint_not_anonymous",
    title="Endpoints refuse callers without credentials",
    why=(
        "An open inference endpoint lets anyone spend the budget, copy the model by asking it, and read "
        "what it learned from the data."
    ),
    severity=Severity.CRITICAL,
    resource=Endpoint,
    needs=("anonymous",),
    practice="ID-1.3",
    evaluate=evaluate,
    providers={
        AWS: Inherited(
            "Amazon SageMaker and Amazon Bedrock answer only requests that are signed with the credentials "
            "of a principal or, on Bedrock, carry an API key of one.",
            "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html",
            limits=(
                "A resource policy can let principals of other accounts in; they are known and signed in, and who they "
                "are is not judged here."
            ),
        ),
        AZURE: Supported(
            Remediation(
                "Create the endpoint with auth_mode: aad_token, so that only callers with a Microsoft Entra "
                "token and a role on the endpoint get an answer.",
                "https://learn.microsoft.com/azure/machine-learning/how-to-authenticate-online-endpoint",
            )
        ),
        GCP: Supported(
            Remediation(
                "Remove allUsers and allAuthenticatedUsers from the IAM policies of the endpoint and of the project.",
                "https://cloud.google.com/vertex-ai/docs/general/access-control",
                command=(
                    "gcloud projects remove-iam-policy-binding {account} --member=allAuthenticatedUsers --role=ROLE"
                ),
            )
        ),
    },
    examples=Examples(passes={"anonymous": False}, fails={"anonymous": True}),
)
