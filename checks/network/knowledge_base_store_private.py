"""Indexes of knowledge bases cannot be reached from the internet."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    KnowledgeBase,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(base: KnowledgeBase) -> Verdict:
    if base.store_public.value:
        return Fail(f"{base.name} has an index that can be reached from the internet")
    return Pass(f"{base.name} has an index that cannot be reached from the internet")


CHECK = Check(
    id="knowledge_base_store_private",
    title="Indexes of knowledge bases are not public",
    why=(
        "Open search indexes are found by scanners within hours, and one wrong data access rule is then all "
        "that stands between a stranger and every document."
    ),
    severity=Severity.HIGH,
    resource=KnowledgeBase,
    needs=("store_public",),
    practice="NET-1.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Replace AllowFromPublic in the network policies of the collection (policy.json) by "
                "SourceServices with bedrock.amazonaws.com and by the VPC endpoints that need it. The "
                "version is that of the policy as it is now.",
                "https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-network.html",
                command=(
                    "aws opensearchserverless update-security-policy --type network --name POLICY "
                    "--policy-version VERSION --policy file://policy.json --region {location}"
                ),
            )
        ),
        AZURE: NotBuilt(
            "The counterpart is an Azure AI Search index that a deployment answers from; search services are "
            "not listed yet."
        ),
        GCP: NotBuilt(
            "The counterpart is a Vertex AI RAG corpus or Vertex AI Search data store; neither is listed yet."
        ),
    },
    examples=Examples(passes={"store_public": False}, fails={"store_public": True}),
)
