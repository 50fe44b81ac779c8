"""No function that fronts AI can be called by everybody."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    Function,
    NotApplicable,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(function: Function) -> Verdict:
    if not function.fronts_ai.value:
        return NotApplicable(f"{function.name} may call no model or agent")
    if function.public.value:
        return Fail(f"{function.name} has a policy that lets everybody call it")
    return Pass(f"{function.name} has no policy that lets everybody call it")


CHECK = Check(
    id="function_not_public",
    title="Functions in front of AI are not public",
    why=(
        "A policy open to every principal, or to every bucket, lets any AWS account run the function, and through "
        "it the model, at the owner's cost."
    ),
    severity=Severity.CRITICAL,
    resource=Function,
    needs=("fronts_ai", "public"),
    practice="NET-1.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                (
                    "Remove the statement with the principal * from the policy of the function, or tie it to the "
                    "caller by a source ARN and a source account."
                ),
                "https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html",
                command=(
                    "aws lambda remove-permission --function-name {name} --statement-id STATEMENT_ID --region "
                    "{location}"
                ),
            ),
            same_as=("Security Hub Lambda.1",),
        ),
        AZURE: NotBuilt(
            "The counterpart is Azure Functions whose managed identity may call a model; their authentication "
            "settings and access restrictions would have to be read."
        ),
        GCP: NotBuilt(
            "The counterpart is Cloud Run functions whose service account may call a model; allUsers in their "
            "IAM policies would have to be looked for."
        ),
    },
    examples=Examples(
        passes={"fronts_ai": True, "public": False},
        fails={"fronts_ai": True, "public": True},
        not_applicable={"fronts_ai": False},
    ),
)
