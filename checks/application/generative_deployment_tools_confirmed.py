"""Agents ask a person before they run a tool that may change something."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    GenerativeDeployment,
    NotApplicable,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(deployment: GenerativeDeployment) -> Verdict:
    tools = deployment.unconfirmed_tools.value
    if tools is None:
        return NotApplicable(f"{deployment.name} holds no model that chooses tools")
    if tools:
        return Fail(f"{deployment.name} runs without asking a person: {', '.join(tools)}")
    return Pass(f"{deployment.name} runs no tool by itself that may change something, without asking a person")


CHECK = Check(
    id="generative_deployment_tools_confirmed",
    title="Agents ask a person before they run a tool",
    why=(
        "Sooner or later somebody talks an agent into something. A question to the user before the tool runs "
        "is the last point at which a person can say no."
    ),
    severity=Severity.MEDIUM,
    resource=GenerativeDeployment,
    needs=("unconfirmed_tools",),
    practice="APP-4.5",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Set requireConfirmation to ENABLED on the functions of the action group that change "
                "something, and x-requireConfirmation on such operations of an API schema. Or return "
                "control to the application, and ask there. Whether a function only reads cannot be seen: "
                "exempt those that do.",
                "https://docs.aws.amazon.com/bedrock/latest/userguide/agents-userconfirmation.html",
            )
        ),
        AZURE: NotBuilt(
            "The counterpart is an agent of Azure AI Foundry Agent Service, which lies in its project's data "
            "plane and is not read yet."
        ),
        GCP: NotBuilt(
            "The counterpart is an agent on Vertex AI Agent Engine, which is not listed yet; the Gemini API "
            "itself chooses no tools."
        ),
    },
    examples=Examples(
        passes={"unconfirmed_tools": ()},
        fails={"unconfirmed_tools": ("delete_order",)},
        not_applicable={"unconfirmed_tools": None},
    ),
)
