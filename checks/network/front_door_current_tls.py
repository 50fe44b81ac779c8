"""Domain names that lead to AI accept TLS 1.2 or later only."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    FrontDoor,
    NotApplicable,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(door: FrontDoor) -> Verdict:
    if not door.fronts_ai.value:
        return NotApplicable(f"{door.name} leads to no model and to no function that may call one")
    if door.old_tls_domains.value:
        names = ", ".join(door.old_tls_domains.value)
        return Fail(f"{door.name} can be reached by domain names that accept TLS before 1.2: {names}")
    return Pass(f"{door.name} has no domain name of its own that accepts TLS before 1.2")


CHECK = Check(
    id="front_door_current_tls",
    title="Domain names of APIs in front of AI require TLS 1.2",
    why=(
        "Prompts and answers hold what users tell nobody else. Protocol versions before TLS 1.2 can be broken or "
        "forced on a caller on the way."
    ),
    severity=Severity.HIGH,
    resource=FrontDoor,
    needs=("fronts_ai", "old_tls_domains"),
    practice="NET-1.3",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Set the security policy of the custom domain name to TLS_1_2 or a newer one.",
                "https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-custom-domain-tls-version.html",
                command=(
                    "aws apigateway update-domain-name --domain-name DOMAIN_NAME --patch-operations "
                    "op=replace,path=/securityPolicy,value=TLS_1_2 --region {location}"
                ),
            ),
        ),
        AZURE: NotBuilt(
            "The counterpart is Azure API Management in front of model endpoints; its protocol settings "
            "(customProperties) would have to be read."
        ),
        GCP: NotBuilt(
            "The counterpart is API Gateway or Apigee in front of model endpoints; the SSL policy of the load "
            "balancer before it would have to be read."
        ),
    },
    examples=Examples(
        passes={"fronts_ai": True, "old_tls_domains": ()},
        fails={"fronts_ai": True, "old_tls_domains": ("api.example.com",)},
        not_applicable={"fronts_ai": False},
    ),
)
