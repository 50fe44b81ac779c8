"""Indexes of knowledge bases use a key the customer manages."""

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
    if not base.store_customer_key.value:
        return Fail(f"{base.name} has an index that is encrypted with the provider's key")
    return Pass(f"{base.name} has an index that is encrypted with a key the customer manages")


CHECK = Check(
    id="knowledge_base_store_customer_key",
    title="Indexes of knowledge bases use a customer-managed key",
    why=(
        "An index holds the documents again, cut in pieces, with vectors from which much of the text can be "
        "restored. It needs the same key control as the originals."
    ),
    severity=Severity.MEDIUM,
    resource=KnowledgeBase,
    needs=("store_customer_key",),
    practice="DATA-2.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "The key of a collection is fixed by the encryption policy it is made under. Make one "
                "with a customer-managed key, a collection under it, and let the knowledge base build its "
                "index there. A managed knowledge base takes its key when it is made.",
                "https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-encryption.html",
                charges=("aws-kms-key", "aws-search-collection"),
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
    examples=Examples(passes={"store_customer_key": True}, fails={"store_customer_key": False}),
)
