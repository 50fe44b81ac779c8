"""Whoever may call models can do so from the customer's networks only."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    Identity,
    NoCounterpart,
    NotApplicable,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(identity: Identity) -> Verdict:
    if not identity.invokes.value:
        return NotApplicable(f"The policies of {identity.name} let it call no model, endpoint or agent")
    if identity.service_acts.value:
        return NotApplicable(f"{identity.name} is used by services of the provider only, from their own network")
    if identity.invokes_from_anywhere.value:
        return Fail(f"{identity.name} may call models, endpoints or agents from any network")
    return Pass(f"{identity.name} may call models, endpoints and agents from named networks only")


CHECK = Check(
    id="identity_invokes_privately",
    title="Models are called from the customer's networks only",
    why=(
        "Runtime APIs of models keep a public address. With stolen credentials anybody reaches them, unless "
        "the policy asks where a call comes from."
    ),
    severity=Severity.MEDIUM,
    resource=Identity,
    needs=("invokes", "service_acts", "invokes_from_anywhere"),
    practice="NET-3.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Add a Deny of the invoking actions with StringNotEquals on aws:SourceVpce or aws:SourceVpc "
                "to the identity's policies (policy.json); leave calls by AWS services alone with "
                "BoolIfExists aws:ViaAWSService false.",
                "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html",
                command=(
                    "aws iam put-role-policy --role-name {name} --policy-name POLICY --policy-document "
                    "file://policy.json"
                ),
            ),
        ),
        AZURE: NoCounterpart(
            "The account of the model decides where calls may come from: its public access is the subject of "
            "ai_service_private_endpoint.",
            "https://learn.microsoft.com/azure/ai-services/cognitive-services-virtual-networks",
        ),
        GCP: NotBuilt(
            "Access levels and VPC Service Controls, which bind calls of Vertex AI to networks, are not read."
        ),
    },
    examples=Examples(
        passes={"invokes": ("arn",), "service_acts": False, "invokes_from_anywhere": False},
        fails={"invokes": ("arn",), "service_acts": False, "invokes_from_anywhere": True},
        not_applicable={"invokes": ()},
    ),
)
