"""A web application firewall stands before public APIs that lead to AI."""

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
    if not door.public.value:
        return NotApplicable(f"{door.name} can be reached from private networks only")
    if door.firewall.value is None:
        return Fail(f"{door.name} is of a kind that can have no firewall of its own, and answers on the internet")
    if not door.firewall.value:
        return Fail(f"{door.name} has a stage without a web application firewall")
    return Pass(f"{door.name} has no stage without a web application firewall")


CHECK = Check(
    id="front_door_firewall",
    title="A web application firewall protects APIs in front of AI",
    why=(
        "Public APIs are scanned around the clock. A firewall drops known attacks, bots and floods before they "
        "cost model calls."
    ),
    severity=Severity.MEDIUM,
    resource=FrontDoor,
    needs=("fronts_ai", "public", "firewall"),
    practice="APP-2.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                (
                    "Associate a web ACL with every stage of a REST API. HTTP and WebSocket APIs cannot have one: "
                    "move the routes to a REST API, because what stands in front of them can be gone around."
                ),
                "https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-control-access-aws-waf.html",
                command=(
                    "aws wafv2 associate-web-acl --web-acl-arn WEB_ACL_ARN --resource-arn STAGE_ARN --region {location}"
                ),
                charges=("aws-waf-web-acl",),
            ),
            same_as=("Security Hub APIGateway.4",),
        ),
        AZURE: NotBuilt(
            "The counterpart is Azure API Management in front of model endpoints; the Application Gateway or "
            "Front Door before it would have to be found and read."
        ),
        GCP: NotBuilt(
            "The counterpart is API Gateway or Apigee in front of model endpoints; the load balancer with "
            "Cloud Armor before it would have to be found and read."
        ),
    },
    examples=Examples(
        passes={"fronts_ai": True, "public": True, "firewall": True},
        fails={"fronts_ai": True, "public": True, "firewall": False},
        not_applicable={"fronts_ai": False},
    ),
)
