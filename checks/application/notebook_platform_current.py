"""Notebooks run on an image or platform the provider still updates."""

from auditor import AWS, AZURE, GCP, Check, Examples, Fail, Notebook, Pass, Remediation, Severity, Supported, Verdict


def evaluate(notebook: Notebook) -> Verdict:
    if not notebook.platform_current.value:
        return Fail(f"{notebook.name} runs on a platform that gets no updates")
    return Pass(f"{notebook.name} runs on a platform that gets updates")


CHECK = Check(
    id="notebook_platform_current",
    title="Notebooks run on a supported platform",
    why="Images out of support get no security fixes, and their flaws are public.",
    severity=Severity.MEDIUM,
    resource=Notebook,
    needs=("platform_current",),
    practice="APP-1.3",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Stop the notebook instance, set a platform identifier that is supported, and start it.",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/nbi-al2.html",
                command=(
                    "aws sagemaker update-notebook-instance --notebook-instance-name {name} "
                    "--platform-identifier notebook-al2023-v1 --region {location}"
                ),
            ),
            same_as=("Security Hub SageMaker.8",),
        ),
        AZURE: Supported(
            Remediation(
                "Create the compute instance again to get the latest image, and turn on OS patching; a "
                "cluster takes the latest image when it scales down to zero nodes.",
                "https://learn.microsoft.com/azure/machine-learning/concept-vulnerability-management",
            )
        ),
        GCP: Supported(
            Remediation(
                "Upgrade the instance, and set an upgrade schedule (metadata entry notebook-upgrade-schedule).",
                "https://cloud.google.com/vertex-ai/docs/workbench/instances/upgrade",
                command="gcloud workbench instances upgrade {id} --location={location} --project={account}",
            )
        ),
    },
    examples=Examples(passes={"platform_current": True}, fails={"platform_current": False}),
)
