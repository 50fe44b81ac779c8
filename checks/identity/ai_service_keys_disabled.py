"""AI services in use take cloud identities only, not static keys."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    AiService,
    Check,
    Examples,
    Fail,
    NotApplicable,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(service: AiService) -> Verdict:
    if not service.in_use.value:
        return NotApplicable(f"{service.name} is not in use")
    if service.key_authentication.value:
        return Fail(f"{service.name} accepts static keys")
    return Pass(f"{service.name} accepts cloud identities only")


CHECK = Check(
    id="ai_service_keys_disabled",
    title="AI services do not accept static keys",
    why=(
        "A service key gives everybody who holds it full use of the models, without a name in the log, "
        "until somebody changes it."
    ),
    severity=Severity.HIGH,
    resource=AiService,
    needs=("in_use", "key_authentication"),
    practice="ID-2.3",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Deactivate the long-term Bedrock API keys (service-specific credentials of IAM users), and "
                "deny iam:CreateServiceSpecificCredential for bedrock.amazonaws.com in a service control "
                "policy.",
                "https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html",
                command=(
                    "aws iam update-service-specific-credential --user-name USER "
                    "--service-specific-credential-id CREDENTIAL_ID --status Inactive"
                ),
            )
        ),
        AZURE: Supported(
            Remediation(
                "Give the callers a role in Microsoft Entra ID, then disable local authentication.",
                "https://learn.microsoft.com/azure/ai-services/disable-local-auth",
                command="az resource update --ids {id} --set properties.disableLocalAuth=true",
            )
        ),
        GCP: Supported(
            Remediation(
                "Restrict each API key of the project to APIs other than Vertex AI (SERVICE), or delete it, "
                "and let callers use service accounts.",
                "https://cloud.google.com/docs/authentication/api-keys-best-practices",
                command="gcloud services api-keys update KEY_ID --api-target=service=SERVICE --project={account}",
            )
        ),
    },
    examples=Examples(
        passes={"in_use": True, "key_authentication": False},
        fails={"in_use": True, "key_authentication": True},
        not_applicable={"in_use": False},
    ),
)
