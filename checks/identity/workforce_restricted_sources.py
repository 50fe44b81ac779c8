"""People who label data sign in only from known addresses."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    NoCounterpart,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
    Workforce,
)


def evaluate(workforce: Workforce) -> Verdict:
    if workforce.open_sources.value:
        return Fail(f"{workforce.name} can reach its labeling portal from any address")
    return Pass(f"{workforce.name} can reach its labeling portal from named address ranges only")


CHECK = Check(
    id="workforce_restricted_sources",
    title="Labeling portals accept known addresses only",
    why=(
        "Labels decide what a model learns, and those who label see the raw data. A portal that answers "
        "everywhere lets a stolen password be used from anywhere."
    ),
    severity=Severity.MEDIUM,
    resource=Workforce,
    needs=("open_sources",),
    practice="ID-2.5",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Limit the workforce to the address ranges its people work from (up to ten), such as those of "
                "the office and the VPN.",
                "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateWorkforce.html",
                command=(
                    "aws sagemaker update-workforce --workforce-name {name} --source-ip-config Cidrs=CIDR "
                    "--region {location}"
                ),
            ),
        ),
        AZURE: NoCounterpart(
            "Data labeling happens in the studio of a workspace; there is no portal of its own. The workspace "
            "is judged by ai_service_private_endpoint.",
            "https://learn.microsoft.com/azure/machine-learning/how-to-create-image-labeling-projects",
        ),
        GCP: NoCounterpart(
            "Vertex AI has no portal for a labeling workforce of the customer any more; data labeling service "
            "was shut down.",
            "https://cloud.google.com/vertex-ai/docs/deprecations",
        ),
    },
    examples=Examples(passes={"open_sources": False}, fails={"open_sources": True}),
)
