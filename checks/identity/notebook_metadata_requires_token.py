"""The metadata service of notebooks answers only requests with a session token."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    NoCounterpart,
    Notebook,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(notebook: Notebook) -> Verdict:
    if not notebook.metadata_v2.value:
        return Fail(f"{notebook.name} still answers metadata requests without a session token")
    return Pass(f"{notebook.name} answers metadata requests with a session token only")


CHECK = Check(
    id="notebook_metadata_requires_token",
    title="Notebooks require version 2 of the metadata service",
    why=(
        "The metadata service hands out the credentials of the notebook's role. Version 1 gives them to any "
        "request that code on the notebook can be tricked into sending."
    ),
    severity=Severity.MEDIUM,
    resource=Notebook,
    needs=("metadata_v2",),
    practice="ID-2.6",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Stop the notebook instance, set the minimum version of the instance metadata service to 2, and "
                "start it again.",
                "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_InstanceMetadataServiceConfiguration.html",
                command=(
                    "aws sagemaker update-notebook-instance --notebook-instance-name {name} "
                    "--instance-metadata-service-configuration MinimumInstanceMetadataServiceVersion=2 --region "
                    "{location}"
                ),
            ),
        ),
        AZURE: NoCounterpart(
            "The metadata service of Azure has one version, and answers only requests that carry a header which "
            "a redirected request lacks.",
            "https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service",
        ),
        GCP: NoCounterpart(
            "The metadata server of Compute Engine answers only requests that carry a header which a redirected "
            "request lacks; older endpoints without it are gone.",
            "https://cloud.google.com/compute/docs/metadata/querying-metadata",
        ),
    },
    examples=Examples(passes={"metadata_v2": True}, fails={"metadata_v2": False}),
)
