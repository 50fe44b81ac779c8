"""Endpoints carry tags for owner, environment and data classification."""

from auditor import AWS, AZURE, GCP, Check, Endpoint, Examples, Fail, Pass, Remediation, Severity, Supported, Verdict


def evaluate(endpoint: Endpoint) -> Verdict:
    if endpoint.missing_tags.value:
        return Fail(f"{endpoint.name} has no tag for {', '.join(endpoint.missing_tags.value)}")
    return Pass(f"{endpoint.name} is tagged with owner, environment and data classification")


CHECK = Check(
    id="endpoint_tagged",
    title="Endpoints are tagged with owner, environment and classification",
    why=(
        "Nobody patches or reviews a model they do not know about. Tags say who answers for it and how "
        "sensitive its data is."
    ),
    severity=Severity.LOW,
    resource=Endpoint,
    needs=("missing_tags",),
    practice="DATA-1.4",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Add the missing tags to the endpoint (Tag Editor, or SageMaker AI > Endpoints > the endpoint > Tags).",
                "https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html",
                command=(
                    "aws resourcegroupstaggingapi tag-resources --resource-arn-list {id} --tags "
                    "owner=OWNER,environment=ENVIRONMENT,data-classification=CLASSIFICATION --region {location}"
                ),
            )
        ),
        AZURE: Supported(
            Remediation(
                "Add the missing tags (owner, environment, data-classification) to the endpoint (the endpoint > Tags).",
                "https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources",
                command=(
                    "az tag update --resource-id {id} --operation Merge --tags owner=OWNER "
                    "environment=ENVIRONMENT data-classification=CLASSIFICATION"
                ),
            )
        ),
        GCP: Supported(
            Remediation(
                "Add the missing labels (owner, environment, data-classification) to the endpoint.",
                "https://cloud.google.com/resource-manager/docs/creating-managing-labels",
                command=(
                    "gcloud ai endpoints update {id} "
                    "--update-labels=owner=OWNER,environment=ENVIRONMENT,data-classification=CLASSIFICATION "
                    "--region={location} --project={account}"
                ),
            )
        ),
    },
    examples=Examples(passes={"missing_tags": ()}, fails={"missing_tags": ("owner",)}),
)
