"""No AI service in use answers callers without credentials."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    AiService,
    Check,
    Examples,
    Fail,
    Inherited,
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
    if service.anonymous.value:
        return Fail(f"{service.name} answers callers without credentials")
    return Pass(f"{service.name} answers only callers with credentials")


CHECK = Check(
    id="ai_service_not_anonymous",
    title="AI services refuse callers without credentials",
    why=(
        "A model API that anyone can call is found within days and used up at the owner's cost, with "
        "whatever data it can reach."
    ),
    severity=Severity.CRITICAL,
    resource=AiService,
    needs=("in_use", "anonymous"),
    practice="ID-1.3",
    evaluate=evaluate,
    providers={
        AWS: Inherited(
            "Amazon Bedrock and Amazon SageMaker answer only requests that are signed with the credentials "
            "of a principal or, on Bedrock, carry an API key of one.",
            "https://docs.aws.amazon.com/bedrock/latest/userguide/security-iam.html",
            limits=(
                "A resource policy can let principals of other accounts in; they are known and signed in, and who they "
                "are is not judged here."
            ),
        ),
        AZURE: Supported(
            Remediation(
                "Require Microsoft Entra ID: disable local authentication, and give callers a data-plane role "
                "such as Cognitive Services OpenAI User.",
                "https://learn.microsoft.com/azure/ai-services/authentication",
                command="az resource update --ids {id} --set properties.disableLocalAuth=true",
            )
        ),
        GCP: Supported(
            Remediation(
                "Remove allUsers and allAuthenticatedUsers from the IAM policies of the project and of its "
                "Vertex AI resources.",
                "https://cloud.google.com/vertex-ai/docs/general/access-control",
                command=(
                    "gcloud projects remove-iam-policy-binding {account} --member=allAuthenticatedUsers --role=ROLE"
                ),
            )
        ),
    },
    examples=Examples(
        passes={"in_use": True, "anonymous": False},
        fails={"in_use": True, "anonymous": True},
        not_applicable={"in_use": False},
    ),
)
