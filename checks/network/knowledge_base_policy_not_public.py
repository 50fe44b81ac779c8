"""No policy lets everybody ask a knowledge base."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    KnowledgeBase,
    NotApplicable,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(base: KnowledgeBase) -> Verdict:
    public = base.public_policy.value
    if public is None:
        return NotApplicable(f"{base.name} is of a type that has no policy of its own")
    if public:
        return Fail(f"the policy of {base.name} lets any principal retrieve documents")
    return Pass(f"the policy of {base.name} names who may retrieve documents, or there is none")


CHECK = Check(
    id="knowledge_base_policy_not_public",
    title="Knowledge bases are not open to every principal",
    why=(
        "What grounds the answers of a model are the organization's own documents. A policy for everybody lets "
        "any cloud account search and download them without asking the model."
    ),
    severity=Severity.CRITICAL,
    resource=KnowledgeBase,
    needs=("public_policy",),
    practice="NET-1.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Name the principals in the knowledge base's resource policy (policy.json), or add a condition on "
                "their account or organization.",
                "https://docs.aws.amazon.com/bedrock/latest/userguide/kb-managed-cross-account.html",
                command=(
                    "aws bedrock-agent put-resource-policy --resource-arn {id} --policy file://policy.json "
                    "--region {location}"
                ),
            )
        ),
        AZURE: NotBuilt(
            "Azure AI Search, which grounds answers there, is opened by keys and role assignments; this version "
            "does not list it."
        ),
        GCP: NotBuilt("IAM policies of Vertex AI Search data stores and RAG corpora are not read."),
    },
    examples=Examples(
        passes={"public_policy": False}, fails={"public_policy": True}, not_applicable={"public_policy": None}
    ),
)
