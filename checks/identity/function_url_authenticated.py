"""No function that fronts AI has a URL that asks for no credential."""

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
    if function.open_url.value:
        return Fail(f"{function.name} has a URL that asks callers for no credential")
    return Pass(f"{function.name} has no URL that answers callers without a credential")


CHECK = Check(
    id="function_url_authenticated",
    title="URLs of functions in front of AI ask for credentials",
    why=(
        "A function URL is on the internet. Without authorization whoever finds it talks to the model as the "
        "function does."
    ),
    severity=Severity.CRITICAL,
    resource=Function,
    needs=("fronts_ai", "open_url"),
    practice="ID-1.3",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                (
                    "Set the URL's authorization to AWS_IAM, or delete the URL and put an API with an authorizer "
                    "in front of the function."
                ),
                "https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html",
                command=(
                    "aws lambda update-function-url-config --function-name {name} --auth-type AWS_IAM --region "
                    "{location}"
                ),
            ),
        ),
        AZURE: NotBuilt(
            "The counterpart is Azure Functions whose managed identity may call a model; the authorization "
            "level of HTTP triggers is part of their code."
        ),
        GCP: NotBuilt(
            "The counterpart is Cloud Run functions whose service account may call a model; allUsers as their "
            "invoker would have to be looked for."
        ),
    },
    examples=Examples(
        passes={"fronts_ai": True, "open_url": False},
        fails={"fronts_ai": True, "open_url": True},
        not_applicable={"fronts_ai": False},
    ),
)
