"""Data sources of knowledge bases use a key the customer manages."""

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
    if not base.source_keys.value:
        return NotApplicable(f"{base.name} has no data source")
    if not base.customer_key.value:
        return Fail(f"{base.name} takes documents in under the provider's key")
    return Pass(f"{base.name} takes documents in under keys the customer manages")


CHECK = Check(
    id="knowledge_base_customer_key",
    title="Data sources of knowledge bases use a customer-managed key",
    why=(
        "While documents are taken in, a copy of them lies with the service. A key of the customer's makes "
        "each reading of that copy a decision that can be seen and withdrawn."
    ),
    severity=Severity.MEDIUM,
    resource=KnowledgeBase,
    needs=("source_keys", "customer_key"),
    practice="DATA-2.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Set a customer-managed key on each data source (DATA_SOURCE_ID, key.json), after letting "
                "the role of the knowledge base use the key. Name and configuration have to be given "
                "again (source.json).",
                "https://docs.aws.amazon.com/bedrock/latest/userguide/encryption-kb.html",
                command=(
                    "aws bedrock-agent update-data-source --knowledge-base-id KNOWLEDGE_BASE_ID "
                    "--data-source-id DATA_SOURCE_ID --name NAME --data-source-configuration "
                    "file://source.json --server-side-encryption-configuration file://key.json --region "
                    "{location}"
                ),
                charges=("aws-kms-key",),
            ),
            same_as=("Security Hub Bedrock.1",),
        ),
        AZURE: NotBuilt(
            "The counterpart is an Azure AI Search index that a deployment answers from; search services are "
            "not listed yet."
        ),
        GCP: NotBuilt(
            "The counterpart is a Vertex AI RAG corpus or Vertex AI Search data store; neither is listed yet."
        ),
    },
    examples=Examples(
        passes={"source_keys": ("key",), "customer_key": True},
        fails={"source_keys": ("key",), "customer_key": False},
        not_applicable={"source_keys": ()},
    ),
)
