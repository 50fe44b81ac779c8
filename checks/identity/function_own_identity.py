"""Every function that fronts AI runs as an identity of its own."""

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
    if not function.own_identity.value:
        return Fail(f"{function.name} shares the identity it runs as with another function")
    return Pass(f"{function.name} is the only function that runs as its identity")


CHECK = Check(
    id="function_own_identity",
    title="Functions in front of AI have identities of their own",
    why=(
        "A role that several functions share holds what all of them need together, and the logs of model calls "
        "cannot tell which of them called."
    ),
    severity=Severity.MEDIUM,
    resource=Function,
    needs=("fronts_ai", "own_identity"),
    practice="ID-2.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                (
                    "Give the function an execution role of its own with only what it needs, and leave the shared "
                    "role to the others."
                ),
                "https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html",
                command=(
                    "aws lambda update-function-configuration --function-name {name} --role ROLE_ARN --region "
                    "{location}"
                ),
            ),
        ),
        AZURE: NotBuilt(
            "The counterpart is Azure Functions whose managed identity may call a model; their identities "
            "would have to be compared across function apps."
        ),
        GCP: NotBuilt(
            "The counterpart is Cloud Run functions whose service account may call a model; their service "
            "accounts would have to be compared across functions."
        ),
    },
    examples=Examples(
        passes={"fronts_ai": True, "own_identity": True},
        fails={"fronts_ai": True, "own_identity": False},
        not_applicable={"fronts_ai": False},
    ),
)
