"""Applications of a workspace that nobody uses are shut down."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
    Workspace,
)


def evaluate(workspace: Workspace) -> Verdict:
    if not workspace.idle_shutdown.value:
        return Fail(f"{workspace.name} keeps applications running that nobody uses")
    return Pass(f"{workspace.name} shuts applications down that nobody uses")


CHECK = Check(
    id="workspace_idle_shutdown",
    title="Idle applications of workspaces are shut down",
    why=(
        "An application left running keeps a signed-in session and the credentials of its role alive for weeks. "
        "Shutting it down when idle ends both, and the cost."
    ),
    severity=Severity.LOW,
    resource=Workspace,
    needs=("idle_shutdown",),
    practice="ID-4.4",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Turn idle shutdown on for JupyterLab and for Code Editor (LifecycleManagement ENABLED) in the "
                "default user settings and in the default space settings of the domain, and in user profiles "
                "that turn it off.",
                "https://docs.aws.amazon.com/sagemaker/latest/dg/studio-updated-idle-shutdown.html",
            ),
        ),
        AZURE: NotBuilt(
            "The counterpart is the idle shutdown of compute instances (idleTimeBeforeShutdown). This version "
            "does not read it."
        ),
        GCP: NotBuilt(
            "The counterpart is the idle timeout of a Workbench instance (idle-timeout-seconds in its "
            "metadata). This version does not read it."
        ),
    },
    examples=Examples(passes={"idle_shutdown": True}, fails={"idle_shutdown": False}),
)
