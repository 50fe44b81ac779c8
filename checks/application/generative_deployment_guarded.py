"""Everything that answers prompts has a guardrail that blocks."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    GenerativeDeployment,
    NotApplicable,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(deployment: GenerativeDeployment) -> Verdict:
    if not deployment.in_use.value:
        return NotApplicable(f"{deployment.name} cannot be called")
    if deployment.guardrail.value is None:
        return NotApplicable(f"{deployment.name} holds no model that answers prompts")
    if not deployment.guardrail.value:
        return Fail(f"{deployment.name} answers prompts without a guardrail that blocks")
    return Pass(f"{deployment.name} has a guardrail that blocks")


CHECK = Check(
    id="generative_deployment_guarded",
    title="Generative deployments and agents have a guardrail",
    why=(
        "A model answers whatever it is asked unless something checks both sides. A guardrail is the one "
        "control that sees the text itself."
    ),
    severity=Severity.HIGH,
    resource=GenerativeDeployment,
    needs=("in_use", "guardrail"),
    practice="APP-2.3",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Associate a guardrail version with the agent (Bedrock > Agents > the agent > Edit > "
                "Guardrail details), or with each prompt and knowledge base node of the flow, and prepare it.",
                "https://docs.aws.amazon.com/bedrock/latest/userguide/agents-guardrail.html",
                charges=(
                    "aws-guardrail-content",
                    "aws-guardrail-topics",
                    "aws-guardrail-personal-data",
                    "aws-guardrail-grounding",
                ),
            )
        ),
        AZURE: Supported(
            Remediation(
                "Assign a content filter whose filters are enabled and blocking (POLICY) to the deployment "
                "(Guardrails + controls > Content filters).",
                "https://learn.microsoft.com/azure/ai-services/openai/how-to/content-filters",
                command="az resource update --ids {id} --set properties.raiPolicyName=POLICY",
            )
        ),
        GCP: Supported(
            Remediation(
                "Enforce a Model Armor floor setting for Vertex AI that inspects and blocks.",
                "https://cloud.google.com/security-command-center/docs/set-up-model-armor-floor-settings",
                command=(
                    "gcloud model-armor floorsettings update "
                    "--full-uri=projects/{account}/locations/global/floorSetting "
                    "--enable-floor-setting-enforcement=true --add-integrated-services=VERTEX_AI "
                    "--vertex-ai-enforcement-type=INSPECT_AND_BLOCK"
                ),
                charges=("gcp-model-armor",),
            )
        ),
    },
    examples=Examples(
        passes={"in_use": True, "guardrail": True},
        fails={"in_use": True, "guardrail": False},
        not_applicable={"in_use": False},
    ),
)
