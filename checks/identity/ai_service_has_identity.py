"""AI accounts and workspaces act as a managed identity."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    AiService,
    Check,
    Examples,
    Fail,
    NoCounterpart,
    Pass,
    Provider,
    Ref,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(service: AiService) -> Verdict:
    if not service.identity.value:
        return Fail(f"{service.name} has no managed identity")
    return Pass(f"{service.name} acts as {', '.join(str(ref) for ref in service.identity.value)}")


CHECK = Check(
    id="ai_service_has_identity",
    title="AI accounts and workspaces act as a managed identity",
    why=(
        "Without one, the service reaches storage, keys and search with account keys, which do not expire "
        "and name nobody in the logs."
    ),
    severity=Severity.LOW,
    resource=AiService,
    needs=("identity",),
    practice="ID-1.1",
    evaluate=evaluate,
    providers={
        AWS: NoCounterpart(
            "Amazon Bedrock and SageMaker as services have no identity to choose. Each model, job, "
            "notebook and agent is given a role, and those are judged one by one.",
            "https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html",
        ),
        AZURE: Supported(
            Remediation(
                "Turn on a system-assigned or user-assigned identity (Resource Management > Identity) and "
                "give it the roles it needs on storage and keys.",
                "https://learn.microsoft.com/azure/ai-services/openai/how-to/managed-identity",
                command="az resource update --ids {id} --set identity.type=SystemAssigned",
            )
        ),
        GCP: NoCounterpart(
            "Vertex AI in a project has no identity to choose. Google's own service agent acts for the "
            "service; the service accounts of workloads are judged one by one.",
            "https://cloud.google.com/vertex-ai/docs/general/access-control",
        ),
    },
    examples=Examples(
        passes={
            "identity": (Ref("Identity", Provider.AWS, "123456789012", "arn:aws:iam::123456789012:role/inference"),)
        },
        fails={"identity": ()},
    ),
)
